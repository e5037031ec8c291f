"""Lets the tests import `validation`, which lies beside the package and is not installed; and the
predictions that its tests share."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def tracks() -> dict[str, Any]:
    from validation import comparison

    sources = comparison.read_sources()
    return {key: comparison.predict_tracks(sources[key]) for key in ("HOFMANN-2026", "CHEN-2020")}


@pytest.fixture(scope="session")
def assumed(tracks: dict[str, Any]) -> dict[str, Any]:
    from validation import page

    return page.assume(tracks["HOFMANN-2026"])


@pytest.fixture(scope="session")
def effects() -> dict[str, Any]:
    from validation import comparison

    return comparison.predict_effects(comparison.read_sources()["MRO-DOE"])
