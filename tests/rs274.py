"""Tests that ask the independent interpreter: one mark, one reason.
`.ci/run` installs it, so nothing is left out there."""

from __future__ import annotations

import shutil

import pytest

needs_rs274 = pytest.mark.skipif(
    shutil.which("rs274") is None,
    reason="NOT REFEREED: rs274 is not installed (apt-get install linuxcnc-uspace)",
)
