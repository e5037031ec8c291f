"""The page of a calibration day: before and after, what was not determined, both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reclad.lab.before_after import Change
from reclad.lab.calibration import Calibration
from reclad.process import ProcessParameters
from reclad.record.calibration import write_before_after

ABOUT = Calibration.model_validate(
    {
        "machine": "x-y-z-3kw",
        "powder": "IN625",
        "lot": "<L-77>",
        "parent": "42CrMo4",
        "carrier": "Ar 5 L/min",
        "plate": "150 x 100 x 15 mm",
    }
)
AIM = ProcessParameters.of(
    power=2470.0, travel_speed=13e-3, feed_rate=17.2 / 6e4, stand_off=0.015, interpass=293.15
)
WIDTH = Change("width", (2.1e-3, 3e-3, 3.9e-3), (2.55e-3, 2.62e-3, 2.69e-3), 12)
DEPTH = Change("depth", (0.0, 0.4e-3, 0.8e-3), (0.02e-3, 0.4e-3, 0.78e-3), 8)
CAUGHT = Change("catchment", (0.58, 0.8, 0.97), None, 0)


def page(
    folder: Path, *changes: Change, left_out: tuple[str, ...] = (), metered: bool = True
) -> str:
    path = folder / "before-after.html"
    write_before_after(
        path, ABOUT, AIM, changes, fitted=12, left_out=left_out, metered=metered
    )  # fmt: skip
    assert [p.name for p in folder.iterdir()] == ["before-after.html"]
    return path.read_text("utf-8")


def test_it_tells_both_bands_in_both_languages(tmp_path: Path) -> None:
    text = page(tmp_path, WIDTH)
    for told in ("3.0 mm (2.1–3.9)", "2.62 mm (2.55–2.69)"):
        assert text.replace("\N{NO-BREAK SPACE}", " ").count(told) == 2  # figure and table
    for words in (
        "熔道宽度",
        "Bead width",
        "标定前",
        "Before",
        "8\N{NO-BREAK SPACE}%",
        "各项都比标定前明显更有把握",
    ):
        assert words in text
    assert "Nothing: every quantity is clearly surer than before." in text


def test_what_the_beads_left_open_is_said(tmp_path: Path) -> None:
    text = page(tmp_path, WIDTH, DEPTH, CAUGHT, left_out=("B7",), metered=False)
    told = text[text.index("What these beads did not determine") :]
    assert "Depth of melting: measured, but hardly surer than before" in told
    assert "Catchment: not measured, what was believed before stays" in told
    assert "粉末利用率：没有实测数据" in told
    assert "Bead width" not in told
    assert "Beads left out of the fit: B7" in told
    assert "laser was not measured at the workpiece" in told


def test_the_bands_are_drawn_to_scale(tmp_path: Path) -> None:
    text = page(tmp_path, WIDTH)
    was, now = (
        float(re.search(rf'<rect class="{look}"[^>]* width="([\d.]+)"', text)[1])
        for look in ("was", "is")
    )
    assert now / was == pytest.approx(0.14 / 1.8, abs=0.003)


def test_the_same_gives_the_same_bytes_and_names_are_escaped(tmp_path: Path) -> None:
    assert page(tmp_path, WIDTH, CAUGHT) == page(tmp_path, WIDTH, CAUGHT)
    text = page(tmp_path, WIDTH)
    assert "&lt;L-77&gt;" in text
    assert "<L-77>" not in text
