"""A writer that turns text into a job folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def write_job(tmp_path: Path) -> Callable[[str], Path]:
    """Writes text as pipe-1/job.toml and gives the folder."""

    def write(text: str) -> Path:
        folder = tmp_path / "pipe-1"
        folder.mkdir(exist_ok=True)
        (folder / "job.toml").write_text(text, "utf-8")
        return folder

    return write
