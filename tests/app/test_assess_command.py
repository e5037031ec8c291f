"""`reclad assess` and `reclad outcome`: a verdict with its reasons, and what it learns from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def seat(reclad: Callable) -> Path:
    """The shipped bearing seat."""
    assert reclad("new", "seat", "--like", "bearing").code == 0
    return Path("seat")


def _edit(folder: Path, old: str, new: str) -> None:
    file = folder / "job.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.slow
def test_without_trials_a_coupon_comes_first_and_says_why(reclad: Callable, seat: Path) -> None:
    ran = reclad("assess", seat, "--no-levers")
    assert ran.code == 0
    assert ran.out.startswith("seat: COUPON FIRST\n")
    assert "no trials of these metals and settings" in ran.out
    assert "hardest under the last bead" in ran.out
    page = (seat / "risk" / "risk.html").read_text("utf-8")
    for text in ("先做试件", "Coupon first", "Lack of fusion", "热影响区硬度", "<svg"):
        assert text in page
    assert "How the part warps" in page
    assert "What would lower it" not in page


@pytest.mark.slow
def test_json_tells_chances_levers_and_what_was_foretold(reclad: Callable, seat: Path) -> None:
    told = reclad("assess", seat, "--json").json
    assert told == json.loads((seat / "risk" / "risk.json").read_text("utf-8"))
    assert told["verdict"] == "coupon first"
    assert told["foretold"].keys() == told["modes"].keys() >= {"cold_cracking", "lack_of_fusion"}
    assert told["belief"] == pytest.approx(1.0, abs=1e-3)
    assert {lever["name"] for lever in told["levers"]} >= {"preheat", "post-heat", "coupon"}
    losses = [lever["loss"]["value"] for lever in told["levers"] if lever["possible"]]
    assert min(losses) < told["loss"]["value"]


def test_quenched_steel_in_sour_service_is_refused_for_its_hardness(
    reclad: Callable, seat: Path
) -> None:
    _edit(seat, 'preheat = "250 degC"', 'service = "sour"\npreheat = "250 degC"')
    told = reclad("assess", seat, "--no-levers", "--json").json
    assert told["verdict"] == "refuse"
    assert "hardness limit of service sour" in told["reasons"][0]
    assert told["hardness"]["last"]["p05"] > 500.0
    assert told["binding"] == "hard_zone"


@pytest.mark.slow
def test_the_same_job_gives_the_same_bytes(reclad: Callable, seat: Path) -> None:
    files = [seat / "risk" / name for name in ("risk.html", "risk.json")]
    reclad("assess", seat, "--no-levers")
    before = [file.read_bytes() for file in files]
    reclad("assess", seat, "--no-levers")
    assert [file.read_bytes() for file in files] == before


@pytest.mark.slow
def test_a_shop_whose_repairs_crack_is_told_so(reclad: Callable, seat: Path) -> None:
    before = reclad("assess", seat, "--no-levers", "--json").json
    risk = (seat / "risk" / "risk.json").read_text("utf-8")
    for number in range(5):
        other = Path(f"job-{number}")
        (other / "risk").mkdir(parents=True)
        (other / "risk" / "risk.json").write_text(
            risk.replace('"job": "seat"', f'"job": "job-{number}"'), "utf-8"
        )
        came = ("--damage", "cold-cracking") if number < 3 else ()
        ran = reclad("outcome", other, "--outcomes", "shop.jsonl", "--date", "2026-05-04", *came)
        assert ran.code == 0
    assert "job-4 sound; 5 repairs now" in ran.out
    after = reclad("assess", seat, "--no-levers", "--json", "--outcomes", "shop.jsonl").json
    cracked, was = (told["modes"]["cold_cracking"] for told in (after, before))
    assert cracked["chance"]["value"] > 3.0 * was["chance"]["value"]
    assert (cracked["outcomes"], cracked["damaged"]) == (5, 3)
    assert cracked["belief"] < was["belief"]
    assert (
        after["modes"]["hot_cracking"]["chance"]["value"]
        <= (before["modes"]["hot_cracking"]["chance"]["value"])
    )


def test_nothing_of_somebody_elses_is_overwritten(reclad: Callable, seat: Path) -> None:
    page = seat / "risk" / "risk.html"
    page.parent.mkdir()
    page.write_text("my notes", "utf-8")
    assert "was not written by reclad" in reclad("assess", seat, "--no-levers").refusal
    page.unlink()
    assert reclad("assess", seat, "--no-levers").code == 0
    page.write_text("my notes", "utf-8")
    assert "--replace" in reclad("assess", seat, "--no-levers").refusal
    assert page.read_text("utf-8") == "my notes"
    assert reclad("assess", seat, "--no-levers", "--replace").code == 0
    (seat / "risk" / "risk.json").write_text("{}", "utf-8")
    assert "no reclad risk" in reclad("assess", seat, "--no-levers").refusal


def test_a_repair_counts_once(reclad: Callable, seat: Path) -> None:
    reclad("assess", seat, "--no-levers")
    assert reclad("outcome", seat, "--outcomes", "shop.jsonl").code == 0
    ran = reclad("outcome", seat, "--outcomes", "shop.jsonl")
    assert ran.code == 1
    assert "stands there already" in ran.refusal
    assert len(Path("shop.jsonl").read_text("utf-8").splitlines()) == 1


def test_an_outcome_needs_an_assessment_and_a_known_damage(reclad: Callable, seat: Path) -> None:
    ran = reclad("outcome", seat, "--outcomes", "shop.jsonl")
    assert ran.code == 1
    assert "run `reclad assess seat` first" in ran.refusal
    reclad("assess", seat, "--no-levers")
    ran = reclad("outcome", seat, "--outcomes", "shop.jsonl", "--damage", "rust")
    assert ran.code == 1
    assert "rust" in ran.refusal
    assert not Path("shop.jsonl").exists()


def test_a_mistyped_file_of_outcomes_is_not_an_empty_one(reclad: Callable, seat: Path) -> None:
    ran = reclad("assess", seat, "--no-levers", "--outcomes", "shp.jsonl")
    assert ran.code == 1
    assert "shp.jsonl: no such file" in ran.refusal


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 1: no outcome"),
        ('{"job": "a", "date": "2026-01-01", "foretold": {"rust": 0.1}}', "rust"),
        ('{"job": "a", "date": "2026-01-01", "foretold": {"cold_cracking": 1.5}}', "1.5"),
        ('{"job": "a", "date": "today", "foretold": {}}', "today"),
    ],
)
def test_a_broken_file_of_outcomes_names_its_line(
    reclad: Callable, seat: Path, line: str, told: str
) -> None:
    Path("shop.jsonl").write_text(f"{line}\n", "utf-8")
    ran = reclad("assess", seat, "--no-levers", "--outcomes", "shop.jsonl")
    assert ran.code == 1
    assert "shop.jsonl" in ran.refusal
    assert told in ran.refusal
