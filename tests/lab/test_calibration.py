"""A calibration day: what its file may say, which beads it lays, what it changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guessed_posterior import guess_posterior
from reclad.errors import LabError, RecladError
from reclad.job import Trial, read_machine, read_material, read_nozzle, read_powder
from reclad.lab import observe
from reclad.lab.before_after import Change, compare_before_after
from reclad.lab.calibration import Calibration, read_calibration
from reclad.lab.calibration_beads import Ground, aim_of, lay_out_beads
from reclad.process import PARAMETERS, Substrate, predict
from reclad.process.limits import CONDUCTION_MAX

GANTRY = Ground(
    cell=read_machine("x-y-z-3kw"),
    nozzle=read_nozzle("coaxial-15"),
    parent=read_material("42CrMo4"),
    powder=read_powder("IN625"),
    clad=read_material("IN625"),
)
TOLD = {
    "machine": "x-y-z-3kw",
    "powder": "IN625",
    "lot": "L-77",
    "parent": "42CrMo4",
    "carrier": "Ar 5 L/min",
    "plate": "150 x 100 x 15 mm",
}


def asked(**other: Any) -> Calibration:
    return Calibration.model_validate(TOLD | other)


# --- calibration.toml ---


@pytest.mark.parametrize(
    "plate", ["150 x 100 x 15 mm", "150x100x15mm", "150 mm × 100 mm × 15 mm", "15 cm*10 cm*15 mm"]
)
def test_a_plate_is_read_as_a_shop_writes_it(plate: str) -> None:
    read = asked(plate=plate).plate
    assert read is not None
    assert (read.length, read.width, read.thickness) == pytest.approx((0.15, 0.1, 0.015))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('plate = "150 x 100 mm"', "length, width, thickness"),
        ('plate = "150 x 100 x 15"', "has no unit"),
        ('pipe = "300 x 200 x 15 mm"\nplate = "150 x 100 x 15 mm"', "either plate or pipe"),
        ('power_meter = "meter.csv"', "power_meter"),
        ('[cover]\npower = ["2 kW", "1 kW"]', "does not rise"),
        ('[cover]\nspeed = ["8 mm/s", "9 mm/s"]', "unknown key"),
    ],
)
def test_a_wrong_line_is_refused_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    head = [f'{key} = "{value}"' for key, value in TOLD.items() if f"{key} =" not in text]
    (tmp_path / "calibration.toml").write_text("\n".join((*head, text)), "utf-8")
    with pytest.raises(RecladError, match=r"^calibration\.toml ") as refused:
        read_calibration(tmp_path)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_curve_of_a_lot_has_a_plain_file_name() -> None:
    assert asked(lot="L 77/批 3").curve == "in625-l-77-3"


# --- the beads ---


def test_beads_cover_three_speeds_and_powers_two_more_feeds_and_a_repeat() -> None:
    laid = lay_out_beads(GANTRY, asked()).settings
    assert len(laid) == 12
    rows = np.column_stack((laid.power, laid.travel_speed, laid.feed_rate))
    assert len(np.unique(rows, axis=0)) == 11
    assert len(np.unique(laid.travel_speed)) == 3
    assert len(np.unique(laid.feed_rate)) == 3
    for speed in np.unique(laid.travel_speed):
        assert len(np.unique(laid.power[laid.travel_speed == speed])) >= 3


def test_every_bead_is_one_that_the_cell_can_lay_and_the_fit_will_take() -> None:
    cell = GANTRY.cell
    laid = lay_out_beads(GANTRY, asked()).settings
    assert laid.power.min() >= cell.laser.power_min
    assert laid.power.max() <= cell.laser.power_max
    assert laid.feed_rate.min() >= cell.feeder.rate[0]
    assert laid.feed_rate.max() <= cell.feeder.rate[-1]
    bench = GANTRY.bench(asked(), laid.power, laid.travel_speed, laid.feed_rate)
    middle = bench.parameters(np.zeros((1, len(PARAMETERS))))
    ground = Substrate(GANTRY.parent, 0.015, 293.15)
    bead = predict(laid, bench.beam, ground, GANTRY.powder, GANTRY.clad, middle)
    assert bead.keyhole_index.max() < CONDUCTION_MAX
    assert bead.penetration.min() > 0.0


def test_a_range_that_was_asked_for_is_kept_to() -> None:
    cover = {
        "power": ["2.2 kW", "2.8 kW"],
        "travel_speed": ["9 mm/s", "15 mm/s"],
        "feed_rate": ["12 g/min", "18 g/min"],
    }
    laid = lay_out_beads(GANTRY, asked(cover=cover)).settings
    assert 2200 <= laid.power.min() < laid.power.max() <= 2800
    assert (laid.travel_speed.min(), laid.travel_speed.max()) == pytest.approx((0.009, 0.015))
    assert 6e4 * laid.feed_rate.min() == pytest.approx(12)
    assert 6e4 * laid.feed_rate.max() == pytest.approx(18)


def test_a_range_in_which_nothing_bonds_is_refused() -> None:
    with pytest.raises(LabError, match="no power of x-y-z-3kw both bonds"):
        lay_out_beads(GANTRY, asked(cover={"power": ["0.3 kW", "0.6 kW"]}))


def test_a_feed_rate_that_was_not_weighed_is_refused() -> None:
    with pytest.raises(LabError, match="outside what the feeder was weighed for, 4 g/min to 40"):
        lay_out_beads(GANTRY, asked(cover={"feed_rate": ["60 g/min", "80 g/min"]}))


# --- before and after ---


def trials() -> list[Trial]:
    laid = lay_out_beads(GANTRY, asked()).settings
    return [
        Trial.model_validate(
            {
                "id": f"B{n}", "origin": "simulated", "power": f"{laid.power[n]} W",
                "travel_speed": f"{laid.travel_speed[n]} m/s", "spot": "3 mm",
                "feed_rate": f"{laid.feed_rate[n]} kg/s", "spot_definition": "1/e2",
                "parent": "42CrMo4", "powder": "IN625", "base_temperature": "20 degC",
                "width": "3 mm", "height": "1 mm", "depth": "0.4 mm",
            }
        )
        for n in range(len(laid))
    ]  # fmt: skip


def changes(narrow: float) -> dict[str, Change]:
    observed = observe(trials())
    aim = aim_of(GANTRY, asked(aim={"power": "2.5 kW"}), observed.trials)
    found = compare_before_after(guess_posterior(observed, narrow=narrow), aim, {})
    return {change.name: change for change in found}


def test_what_was_measured_is_determined_by_a_narrow_posterior_alone() -> None:
    narrow, wide = changes(0.2), changes(1.0)
    for name in ("width", "height", "depth"):
        assert narrow[name].determined
        assert narrow[name].left < 0.5
        assert not wide[name].determined
        assert wide[name].left == pytest.approx(1.0, abs=0.25)
        assert narrow[name].before == wide[name].before


def test_what_was_not_measured_is_said_to_be_as_before() -> None:
    found = changes(0.2)
    for name in ("dilution", "catchment"):
        assert found[name].after is None
        assert found[name].values == 0
        assert not found[name].determined


def test_the_aim_is_as_asked_and_else_the_middle_of_the_beads() -> None:
    laid = trials()
    aim = aim_of(GANTRY, asked(aim={"power": "2.5 kW"}), laid).settings
    speeds = [trial.travel_speed for trial in laid]
    assert aim.power[0] == pytest.approx(2500)
    assert aim.travel_speed[0] == pytest.approx(0.5 * (min(speeds) + max(speeds)), abs=1e-4)


def test_a_band_without_width_is_no_division_by_zero() -> None:
    flat = Change("depth", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 3)
    assert flat.left == 1.0
    assert not replace(flat, values=0, after=None).determined


def test_a_calibration_names_its_coupon() -> None:
    with pytest.raises(ValueError, match="either plate or pipe"):
        asked(plate=None)
    assert asked(plate=None, pipe="300 x 200 x 15 mm").wall == pytest.approx(0.015)
