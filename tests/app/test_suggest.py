"""`reclad suggest`: the next beads in words, as JSON and as a coupon to lay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from reclad.units import parse_quantity

CELL = ("--machine", "x-y-z-3kw")
AT = ("--power", "2.2 kW", "--travel-speed", "10 mm/s", "--feed-rate", "15 g/min")
PINS = 'power = "2.2 kW"\nfeed_rate = "15 g/min"\n'


def job(reclad: Callable, pins: str = PINS) -> Path:
    """A pipe job that fixes all three settings."""
    assert reclad("new", "job").code == 0
    file = Path("job/job.toml")
    text = file.read_text("utf-8")
    file.write_text(text.replace("[procedure]", f"[procedure]\n{pins}", 1), "utf-8")
    return Path("job")


def test_a_new_shop_is_told_what_each_bead_is_expected_to_buy(reclad: Callable) -> None:
    ran = reclad("suggest", "none", "--n", 3, *CELL, *AT)
    assert ran.code == 0
    assert "from no trials" in ran.out
    assert "2200 W, 10 mm/s, 15 g/min" in ran.out
    rows = [line.split() for line in ran.out.splitlines() if line.startswith("  B")]
    assert [row[0] for row in rows] == ["B1", "B2", "B3"]
    assert all("narrower" in " ".join(row) for row in rows)


def test_json_tells_settings_intervals_and_gain(reclad: Callable) -> None:
    told = reclad("suggest", "none", "--n", 2, *CELL, *AT, "--json").json
    assert told["trials"] == 0
    assert told["parent"] == "42CrMo4"
    assert told["powder"] == "IN625"
    assert told["aim"]["power"]["value"] == pytest.approx(2200.0)
    one, two = told["beads"]
    assert one["label"] == "B1"
    assert told["dilution"]["p95"] > one["dilution"]["p95"] > two["dilution"]["p95"]
    width = told["dilution"]["p95"] - told["dilution"]["p05"]
    after = one["dilution"]["p95"] - one["dilution"]["p05"]
    assert one["gain"] == pytest.approx(1.0 - after / width, abs=1e-3)


def test_a_coupon_has_the_suggested_beads(reclad: Callable) -> None:
    words = ("suggest", "none", "--n", 2, *CELL, *AT, "--coupon", "next", "--json")
    told = reclad(*words).json
    assert {Path(file).name for file in told["files"]} >= {
        "coupon.ngc", "coupon.svg", "coupon.html", "sheet.csv",
    }  # fmt: skip
    sheet = Path("next/sheet.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in sheet[1:]] == ["coupon-B1", "coupon-B2"]
    header, *rows = (line.split(",") for line in sheet)
    powers = [float(row[header.index("power (W)")]) for row in rows]
    assert powers == pytest.approx([bead["power"]["value"] for bead in told["beads"]])
    # a sheet may be filled in: it is not written over
    again = reclad(*words)
    assert again.code == 1
    assert "holds coupon.ngc" in again.refusal


def test_a_job_brings_machine_metals_and_settings(reclad: Callable) -> None:
    told = reclad("suggest", "none", "--n", 1, "--job", job(reclad), "--json").json
    assert told["machine"] == "x-axial-4kw"
    assert told["aim"]["power"]["value"] == pytest.approx(2200.0)
    assert told["aim"]["travel_speed"]["value"] == pytest.approx(10.0)


def test_a_job_that_leaves_settings_open_needs_its_plan(reclad: Callable) -> None:
    ran = reclad("suggest", "none", "--job", job(reclad, 'power = "2 kW"\n'))
    assert ran.code == 1
    assert "does not fix feed_rate" in ran.refusal
    assert "reclad plan" in ran.refusal


def test_a_job_that_was_planned_is_taken_at_its_plan(
    reclad: Callable, short_planned: Path, short_plan: SimpleNamespace
) -> None:
    told = reclad("suggest", "none", "--n", 1, "--job", short_planned, "--json").json["aim"]
    planned = short_plan.choice.procedure
    for name in ("power", "travel_speed", "feed_rate", "stand_off", "interpass"):
        value = parse_quantity(f"{told[name]['value']!r} {told[name]['unit']}", told[name]["unit"])
        assert value == pytest.approx(getattr(planned, name))


@pytest.mark.slow
def test_trials_measured_at_the_aim_leave_less_to_learn(reclad: Callable) -> None:
    Path("trials.csv").write_text(
        "id,origin,power (W),travel_speed (mm/s),feed_rate (g/min),spot (mm),spot_definition,"
        "parent,powder,width (mm),height (mm),depth (mm),dilution (%)\n"
        + "".join(
            f"a{n},measured,2200,10,15,3,1/e2,42CrMo4,IN625,{2.7 + 0.02 * n},1.0,0.35,{18 + n}\n"
            for n in range(3)
        ),
        "utf-8",
    )
    first = reclad("suggest", "none", "--n", 1, *CELL, *AT, "--json").json
    later = reclad("suggest", "trials.csv", "--n", 1, *CELL, *AT, "--json").json
    assert later["trials"] == 3
    width = [t["dilution"]["p95"] - t["dilution"]["p05"] for t in (first, later)]
    assert width[1] < 0.6 * width[0]
    assert later["dilution"]["p05"] < 19.0 < later["dilution"]["p95"]
    assert later["beads"][0]["gain"] < first["beads"][0]["gain"]
    assert reclad("fit", "trials.csv", "-o", "shop.npz").code == 0
    kept = reclad("suggest", "--posterior", "shop.npz", "--n", 1, *CELL, *AT, "--json").json
    assert kept["dilution"] == pytest.approx(later["dilution"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none",), "give --job, or --machine"),
        (("none", *CELL, "--power", "2 kW"), "--travel-speed, --feed-rate as well"),
        (("none", "--job", "job", *CELL), "leave out --machine"),
        ((*CELL, *AT), "none where there are none"),
        (("none", "--posterior", "x.npz", *CELL, *AT), "one of them"),
        (("none", "--n", 0, *CELL, *AT), "greater than or equal to 1"),
    ],
)
def test_what_does_not_go_together_is_a_matter_of_usage(
    reclad: Callable, words: tuple[str, ...], said: str
) -> None:
    ran = reclad("suggest", *words)
    assert ran.code == 2
    assert said in " ".join(ran.err.replace("│", " ").split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none", *CELL, *AT[2:], "--power", "2"), "--power"),
        (("none", *CELL, *AT, "--blank", "20 cm"), "200 x 100 x 12 mm"),
        (("none", *CELL, *AT, "--blank", "0 x 100 x 12 mm"), "coupon length"),
        (("none", "--machine", "none-such", *AT), "none-such"),
        (("none", "--n", 1, *CELL, *AT, "--coupon", "c", "--wait", "2 mm"), "--wait"),
        (("none", "--n", 9, *CELL, *AT, "--coupon", "c", "--blank", "90 x 60 x 9 mm"), "9 bead"),
    ],
)
def test_a_fault_is_refused_in_one_line_that_names_it(
    reclad: Callable, words: tuple[str, ...], said: str
) -> None:
    ran = reclad("suggest", *words)
    assert ran.code == 1
    assert said in ran.refusal
    assert not Path("c").exists()
