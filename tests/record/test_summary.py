"""A plan in numbers: units, intervals in order, and explanations that lead to a source."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.job.sources import known_sources
from reclad.program import may_run
from reclad.record.explain import explain
from reclad.record.summary import quantity, summarise
from reclad.units import kind_of


def quantities(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if {"unit", "p05", "p50", "p95"} & value.keys():
            yield value
        else:
            for inner in value.values():
                yield from quantities(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from quantities(inner)


def expect_promise_kept(value: Any) -> int:
    """Every quantity has its unit and an ordered interval; gives how many there are."""
    json.dumps(value, allow_nan=False)
    found = list(quantities(value))
    for told in found:
        assert told.keys() == {"value", "unit", "p05", "p50", "p95"}
        assert told["p05"] <= told["p50"] <= told["p95"]
        assert told["value"] == told["p50"]
        assert told["unit"] == "" or kind_of(told["unit"])
    return len(found)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300))
def test_a_quantity_is_the_middle_of_its_draws_in_its_unit(draws: list[float]) -> None:
    told = quantity(draws, "mm")
    expect_promise_kept(told)
    assert told["p50"] == pytest.approx(1e3 * float(np.median(draws)), abs=1e-6)
    assert 1e3 * min(draws) - 1e-6 <= told["p05"]
    assert told["p95"] <= 1e3 * max(draws) + 1e-6


def test_one_number_is_its_own_interval() -> None:
    assert quantity(0.010, "mm/s") == {
        "value": 10.0,
        "unit": "mm/s",
        "p05": 10.0,
        "p50": 10.0,
        "p95": 10.0,
    }
    assert quantity(293.15, "degC")["value"] == pytest.approx(20.0)
    assert quantity(0.37, "")["value"] == 0.37


@pytest.mark.parametrize(
    ("found", "available", "agrees", "allowed"),
    [
        (False, True, True, True),
        (False, True, False, False),
        (False, False, False, True),
        (True, True, True, False),
        (True, False, False, False),
    ],
)
def test_a_program_may_run_when_nobody_objects(
    found: bool, available: bool, agrees: bool, allowed: bool
) -> None:
    from types import SimpleNamespace

    verdict = SimpleNamespace(accepted=not found)
    assert may_run(verdict, SimpleNamespace(available=available, accepted=agrees)) is allowed


@pytest.mark.slow
def test_every_number_of_a_plan_has_its_unit_and_its_interval(pipe_plan: Any) -> None:
    summary = summarise(pipe_plan)
    assert expect_promise_kept(summary) > 30
    assert summary["chances"][summary["binding"]] == min(summary["chances"].values())
    assert all(0.0 <= chance <= 1.0 for chance in summary["chances"].values())
    assert summary["chance"] <= min(summary["chances"].values())
    assert summary["program"]["states"] == len(pipe_plan.program)
    kept, fed = (summary["repair"][name]["value"] for name in ("powder_kept", "powder_fed"))
    assert 0.0 < kept < fed
    assert summary["repair"]["laser_time"]["value"] < summary["repair"]["time"]["value"]


@pytest.mark.slow
def test_the_same_plan_gives_the_same_numbers(pipe_plan: Any) -> None:
    assert json.dumps(summarise(pipe_plan)) == json.dumps(summarise(pipe_plan))
    assert json.dumps(explain(pipe_plan)) == json.dumps(explain(pipe_plan))


@pytest.mark.slow
def test_settings_are_explained_by_what_stands_on_either_side(pipe_plan: Any) -> None:
    told = explain(pipe_plan)
    assert expect_promise_kept(told) > 40
    assert told["travel_speed"]["origin"] == "pinned in job.toml"
    assert told["power"]["origin"] == "chosen"
    lower, chosen, higher = told["power"]["sides"]
    assert lower["at"]["value"] < chosen["at"]["value"] < higher["at"]["value"]
    assert chosen["at"]["value"] == told["power"]["value"]["value"]
    for side in told["power"]["sides"]:
        assert side["chance"] <= side["binding_chance"]
    along = told["power"]["along"]
    assert along["last_turn"]["value"] < along["first_turn"]["value"]


@pytest.mark.slow
def test_predictions_are_traced_to_beliefs_with_a_source(pipe_plan: Any) -> None:
    told = explain(pipe_plan)
    for name in ("width", "height", "depth", "dilution", "catchment", "thickness", "interpass"):
        one = told[name]
        assert one["origin"] == "predicted"
        assert one["model"]
        influences = [p["influence"] for p in one["parameters"]]
        assert all(-1.0 <= i <= 1.0 and math.isfinite(i) for i in influences)
        assert [abs(i) for i in influences] == sorted((abs(i) for i in influences), reverse=True)
        for p in one["parameters"]:
            assert p["source"] in known_sources()
            assert len(p["meaning"].split()) >= 2
    assert told["dilution"]["parameters"][0]["influence"] != 0.0
