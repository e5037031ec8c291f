"""What a shop owner reads on the terminal: plain, aligned, with units, never more than is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reclad.app import show
from reclad.errors import ProgramError


def told(low: float, middle: float, high: float, unit: str) -> dict[str, Any]:
    return {"value": middle, "unit": unit, "p05": low, "p50": middle, "p95": high}


def known(value: float, unit: str) -> dict[str, Any]:
    return told(value, value, value, unit)


RISK = {
    "verdict": "coupon first",
    "binding": "lack_of_fusion",
    "reasons": ["no trials stand behind it", "the part is lost too often"],
    "loss": told(7.4, 12.2, 20.1, "%"),
    "damage": told(70.0, 88.0, 99.9, "%"),
}


@pytest.fixture
def summary() -> dict[str, Any]:
    procedure = {
        "power": known(1910.0, "W"),
        "travel_speed": known(10.0, "mm/s"),
        "feed_rate": known(20.6, "g/min"),
        "feeder_speed": known(5.12, "rpm"),
        "pitch": known(2.0, "mm"),
        "layers": 1,
        "stand_off": known(15.0, "mm"),
    }
    names = ("width", "height", "depth", "thickness")
    expected = {name: told(0.01234, 1.0, 123.4, "mm") for name in names} | {
        "dilution": told(0.0, 3.4, 25.8, "%"),
        "catchment": told(60.0, 80.6, 93.4, "%"),
        "thickness_needed": known(1.2, "mm"),
        "interpass_highest": told(153.0, 215.0, 273.0, "degC"),
    }
    return {
        "job": "pipe-1",
        "shape": "pipe",
        "status": "preliminary",
        "learned": None,
        "chance": 0.19,
        "chance_middle": 0.25,
        "asked": 0.9,
        "binding": "dilution_min",
        "chances": {"dilution_min": 0.51, "excess": 0.97},
        "measurements": {"weighed_and_etched": 0.63, "etched_section": 0.49, "none": 0.2},
        "procedure": procedure,
        "expected": expected,
        "free_choice": {
            "chance": 0.3,
            "procedure": procedure | {"power": known(3150.0, "W")},
            "laser_time": known(2.6, "h"),
        },
        "repair": {
            "turns": 285,
            "form": "round",
            "time": known(4.949, "h"),
            "laser_time": known(4.944, "h"),
            "powder_fed": known(6.11, "kg"),
            "powder_kept": told(3.67, 4.93, 5.71, "kg"),
            "power_first_turn": known(2047.0, "W"),
            "power_last_turn": known(1872.0, "W"),
        },
        "risk": RISK,
        "program": {
            "file": "program.ngc",
            "states": 35922,
            "power_steps": 35910,
            "accepted": True,
            "findings": [],
            "referee": {"said": "rs274 accepts the program"},
        },
    }


def test_a_plan_reads_from_the_verdict_to_the_next_step(summary: dict[str, Any]) -> None:
    text = show.plan_lines(summary, Path("pipe-1/plan"))
    lines = [line for line in text.splitlines() if line]
    assert lines[0] == "pipe-1: PRELIMINARY - weld and measure a coupon first"
    assert lines[1] == "  chance that every limit is kept: 19 % (the job asks 90 %)"
    assert "kept with 51 %" in lines[2]
    assert lines[-2:] == ["next      reclad post pipe-1 --coupon", "risk      reclad assess pipe-1"]
    assert "repair    4 h 57 min, beam on 4 h 57 min, 285 turns" in lines
    assert "program   accepted: 35922 steps, power set 35910 times" in lines
    assert max(map(len, lines)) < 120


def test_numbers_stand_under_their_heads(summary: dict[str, Any]) -> None:
    lines = show.plan_lines(summary, Path("pipe-1/plan")).splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("settings"))
    power = lines[head + 1]
    for word, number in (("proposed", "1910 W"), ("nothing fixed", "3150 W")):
        assert lines[head].index(word) + len(word) == power.index(number) + len(number)
    head = next(i for i, line in enumerate(lines) if line.startswith("expected"))
    width = lines[head + 1]
    for word, number in (("low", "0.012"), ("middle", "1"), ("high", "123")):
        end = lines[head].index(word) + len(word)
        assert width[:end].endswith(number)


def test_without_pins_there_is_nothing_to_compare(summary: dict[str, Any]) -> None:
    text = show.plan_lines(summary | {"free_choice": None}, Path("pipe-1/plan"))
    assert "nothing fixed" not in text
    assert "proposed" in text


def test_a_plan_tells_its_risk_in_two_lines(summary: dict[str, Any]) -> None:
    lines = show.plan_lines(summary, Path("pipe-1/plan")).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("  risk:"))
    assert lines[at : at + 2] == [
        "  risk: COUPON FIRST, part lost with 12 % (7 % to 20 %), most by lack of fusion",
        "  because no trials stand behind it",
    ]
    borne = RISK | {"verdict": "accept", "reasons": []}
    lines = show.plan_lines(summary | {"risk": borne}, Path("pipe-1/plan")).splitlines()
    assert "  any damage, mostly rework, with 88 % (70 % to > 99 %)" in lines
    unknown = {"verdict": None, "why_not": "the furnace is too hot; lower it"}
    text = show.plan_lines(summary | {"risk": unknown}, Path("pipe-1/plan"))
    assert "  risk not weighed: the furnace is too hot; lower it\n" in text


def test_a_ready_plan_asks_for_no_coupon(summary: dict[str, Any]) -> None:
    ready = summary | {"status": "ready", "chance": 0.93, "risk": RISK | {"verdict": "accept"}}
    text = show.plan_lines(ready, Path("pipe-1/plan"))
    assert text.strip().startswith("pipe-1: ready\n")
    assert "coupon" not in text


def test_a_hopeless_plan_says_so_before_any_coupon(summary: dict[str, Any]) -> None:
    text = show.plan_lines(summary | {"chance": 0.0}, Path("pipe-1/plan"))
    assert "chance that every limit is kept: < 1 %" in text
    assert "no settings are likely to keep every limit" in text


def test_a_refused_plan_shows_its_faults_and_no_program(summary: dict[str, Any]) -> None:
    summary["program"] |= {
        "accepted": False,
        "file": "refused.ngc",
        "findings": ["note: line 3: old weighing", "line 7: X400 is outside", "line 9: more"],
    }
    text = show.plan_lines(summary, Path("pipe-1/plan"))
    assert text.strip().startswith("pipe-1: REFUSED - the program must not run")
    assert "REFUSED, faults: 2" in text
    assert "refused.ngc" in text
    assert "program.ngc" not in text
    assert "next " not in text
    with pytest.raises(ProgramError, match=r"line 7: X400 is outside \(and 1 more\)"):
        show.expect_plan_accepted(summary)


def test_a_plan_that_only_the_interpreter_refuses_says_what_it_said(
    summary: dict[str, Any],
) -> None:
    summary["program"] |= {"accepted": False, "referee": {"said": "rs274 refuses line 12: what"}}
    with pytest.raises(ProgramError, match="rs274 refuses line 12: what"):
        show.expect_plan_accepted(summary)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 s"),
        (12.4, "12 s"),
        (59.6, "1 min 00 s"),
        (76.0, "1 min 16 s"),
        (3599.6, "1 h 00 min"),
        (3600.0, "1 h 00 min"),
        (17814.0, "4 h 57 min"),
        (360000.0, "100 h 00 min"),
    ],
)
def test_times_are_told_as_a_shop_tells_them(seconds: float, text: str) -> None:
    assert show.duration(seconds) == text


@pytest.mark.parametrize(
    ("chance", "text"),
    [(0.0, "< 1 %"), (0.004, "< 1 %"), (0.19, "19 %"), (0.99, "99 %"), (1.0, "> 99 %")],
)
def test_a_chance_is_never_a_certainty(chance: float, text: str) -> None:
    assert show._chance(chance) == text


def test_an_explanation_leads_from_value_to_source() -> None:
    text = show.explanation(
        "dilution",
        {
            "value": told(0.0, 3.44, 25.8, "%"),
            "origin": "predicted",
            "model": ["melt pool: heat (eagar1983)"],
            "parameters": [
                {
                    "name": "offset",
                    "meaning": "lift of the pool floor",
                    "believed": told(0.04, 0.15, 0.28, ""),
                    "influence": -0.45,
                    "source": "assumed",
                }
            ],
        },
    )
    assert text.splitlines() == [
        "dilution: 3.44 % (0 to 25.8), predicted",
        "  from: melt pool: heat (eagar1983)",
        "  what moves it most (-1 to +1), what is believed of it, and why:",
        "    -0.45  lift of the pool floor: 0.15 (0.04 to 0.28), assumed",
        "  in brackets: nine out of ten lie between",
    ]


def test_a_chosen_setting_shows_what_holds_it_on_either_side() -> None:
    sides = [
        {
            "at": known(watts, "W"),
            "chance": chance,
            "binding": "dilution_min",
            "binding_name": "bonded: dilution not too low",
            "binding_chance": 0.5,
        }
        for watts, chance in ((1719.0, 0.13), (1910.0, 0.25), (2101.0, 0.22))
    ]
    text = show.explanation(
        "power",
        {
            "value": known(1910.0, "W"),
            "origin": "chosen",
            "model": [],
            "sides": sides,
            "along": {
                "turn": "turn",
                "first_turn": known(2047.0, "W"),
                "last_turn": known(1872.0, "W"),
            },
        },
    )
    assert "2047 W in the first turn, 1872 W in the last" in text
    assert text.count("most at risk: bonded: dilution not too low, kept with 50 %") == 3
    assert "brackets" not in text


def test_a_plan_says_what_it_learned_from_and_what_that_does_not_cover(
    summary: dict[str, Any],
) -> None:
    summary["learned"] = {"trials": "lab.csv", "beads": 9, "restricted": True,
                          "lacks": ["power lies outside the trials"]}  # fmt: skip
    text = show.plan_lines(summary, Path("pipe-1/plan"))
    assert "learned from 9 beads of lab.csv, RESTRICTED by their agreement" in text
    assert "do not stand behind these settings: power lies outside the trials" in text
