"""A list of settings becomes one checked program, each bead laid as it was asked for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.coupon import BeadSetting, CouponPlan, label_beads, plan_coupon
from reclad.errors import ProcessError, ProgramError
from reclad.job import Machine, read_machine, read_nozzle
from reclad.path import Blank, Offcut, Plate, Spacing
from reclad.process import ProcessParameters
from reclad.program import read_text
from reclad.program.neutral import REASON
from rs274 import needs_rs274

GANTRY, LATHE, SIEMENS = (
    read_machine(name) for name in ("x-y-z-3kw", "x-axial-4kw", "x-axial-6kw-840d")
)
# A lathe with a Y of its own lays both.
BOTH = LATHE.model_copy(update={"axes": LATHE.axes.model_copy(update={"Y": GANTRY.axes.Y})})
PLATE = Plate(length=0.2, width=0.1, thickness=0.012)
PIPE = Offcut(length=0.15, diameter=0.2, wall=0.015)
RINGS = Offcut(length=0.15, diameter=0.2, wall=0.015, rings=True)
CELLS = [(GANTRY, PLATE), (LATHE, PIPE), (LATHE, RINGS), (SIEMENS, PIPE), (BOTH, PLATE)]


def setting(label: str = "B1", **other: float) -> BeadSetting:
    usual = {"power": 2000.0, "travel_speed": 0.01, "feed_rate": 17e-3 / 60, "stand_off": 0.015}
    return BeadSetting(**({"label": label, "interpass": 293.15} | usual | other))


def lay(
    *beads: BeadSetting, machine: Machine = GANTRY, blank: Blank = PLATE, **other: Any
) -> CouponPlan:
    given = {"parent": "42CrMo4", "wait": 60.0} | other
    return plan_coupon(machine, read_nozzle("coaxial-15"), beads, blank, **given)


bead_lists = st.lists(
    st.tuples(
        st.floats(400.0, 2900.0),
        st.floats(3e-3, 25e-3),
        st.floats(4.5, 39.5),
        st.floats(8e-3, 25e-3),
        st.sampled_from([293.15, 373.15, 473.15]),
    ),
    min_size=1,
    max_size=8,
)


@given(rows=bead_lists, cell=st.sampled_from(CELLS), wait=st.floats(0.0, 300.0))
@settings(max_examples=40, deadline=None)
def test_every_bead_of_the_text_has_its_own_settings(
    rows: list[tuple[float, ...]], cell: tuple[Machine, Blank], wait: float
) -> None:
    machine, blank = cell
    power, speed, grams, stand_off, warm = np.array(rows).T
    asked = label_beads(
        ProcessParameters.of(
            power=power, travel_speed=speed, feed_rate=grams / 6e4, stand_off=stand_off,
            interpass=warm,
        )
    )  # fmt: skip
    plan = lay(*asked, machine=machine, blank=blank, wait=wait, cool_down=900.0)
    assert plan.verdict.accepted, [str(finding) for finding in plan.verdict.findings]
    assert plan.refereed.accepted or not plan.refereed.available, plan.refereed.message
    read = read_text(plan.text, machine).program
    tracks = list(read.tracks())
    assert [int(read.turn[first]) for first, _ in tracks] == [
        1 + asked.index(bead.setting) for bead in plan.as_laid
    ]
    surface = 0.012 if blank is PLATE else 0.1
    for bead, (first, stop) in zip(plan.as_laid, tracks, strict=True):
        on, one = slice(first, stop), bead.setting
        assert read.laser[on] == pytest.approx(one.power, abs=0.06)
        assert read.powder[on] == pytest.approx(one.feed_rate, abs=0.01 / 6e4)
        assert read.z[on] - surface == pytest.approx(one.stand_off, abs=1e-8)
        way = np.hypot(read.steps.x[on], surface * read.steps.a[on])
        assert way / read.duration[on] == pytest.approx(one.travel_speed, rel=1e-3)
        assert way.sum() == pytest.approx(plan.layout.bead, rel=1e-5)
    # none is laid before the coupon has cooled to it
    temperatures = [bead.setting.interpass for bead in plan.as_laid]
    assert temperatures == sorted(temperatures, reverse=True)
    rests = read.duration[read.reason == REASON["pause"]].sum()
    cooler = len(set(temperatures)) - 1
    assert rests == pytest.approx(900.0 * cooler + wait * (len(rows) - 1 - cooler), abs=0.01)


@needs_rs274
@pytest.mark.referee
@pytest.mark.parametrize(("machine", "blank"), [(GANTRY, PLATE), (LATHE, PIPE), (LATHE, RINGS)])
def test_the_independent_interpreter_accepts_a_coupon(machine: Machine, blank: Blank) -> None:
    beads = [setting(f"B{n}", power=1000.0 + 150 * n, travel_speed=4e-3 + n * 1e-3)
             for n in range(1, 9)]  # fmt: skip
    plan = lay(*beads, machine=machine, blank=blank)
    assert plan.refereed.accepted, plan.refereed.message
    assert plan.accepted


def test_the_program_says_which_track_is_which_bead() -> None:
    plan = lay(setting("B1"), setting("hot-2", power=2500.0))
    assert (
        "( track 2 is bead hot-2: 2500 W, 10 mm/s, 17 g/min, stand-off 15 mm, coupon at 20 degC )"
        in plan.text
    )
    assert "( layer 1 track 2 )" in plan.text
    assert "COUPON FIRST" not in plan.text


def test_labels_count_from_b1_unless_given() -> None:
    two = ProcessParameters.of(
        power=[1000.0, 2000.0], travel_speed=0.01, feed_rate=3e-4, stand_off=0.015, interpass=300.0
    )
    assert [bead.label for bead in label_beads(two)] == ["B1", "B2"]
    assert label_beads(two, ["low", "high"])[1] == BeadSetting(
        "high", 2000.0, 0.01, 3e-4, 0.015, 300.0
    )
    with pytest.raises(ProcessError, match=r"1 label.s. for 2 bead.s."):
        label_beads(two, ["low"])


def test_the_pitch_grows_with_the_spot_and_may_not_be_under_three() -> None:
    wide = GANTRY.model_copy(
        update={"laser": GANTRY.laser.model_copy(update={"spot": 5e-3})}
    )  # fmt: skip
    assert lay(setting(), machine=wide).layout.pitch == pytest.approx(15e-3)
    assert lay(setting()).layout.pitch == pytest.approx(12e-3)
    with pytest.raises(ProcessError, match="pitch 8 mm is under 3 spots of 3 mm"):
        lay(setting(), spacing=Spacing(pitch=8e-3))


def small(axis: str, **limits: float) -> Machine:
    """The gantry, or the lathe for A, with one axis changed."""
    cell = LATHE if axis == "A" else GANTRY
    changed = cell.axes[axis].model_copy(update=limits)
    return cell.model_copy(update={"axes": cell.axes.model_copy(update={axis: changed})})


REFUSED = [
    (setting(power=3100.0), {}, r"bead B1: power 3100 W lies outside 200 W to 3000 W of machine"),
    (setting(power=math.nan), {}, "bead B1: power nan W lies outside"),
    (setting(feed_rate=50 / 6e4), {}, r"bead B1: powder rate 50 g/min lies outside the weighed"),
    (setting(feed_rate=0.0), {}, r"bead B1: powder rate 0 g/min lies outside the weighed"),
    (setting(stand_off=2e-3), {}, "bead B1: stand-off 2 mm is under 3 mm: the nozzle would touch"),
    (setting(), {"machine": small("X", max=0.06)}, "bead B1: needs X at 65 mm, but X of machine"),
    (setting(), {"machine": small("X", min=0.006)}, "needs X at 5 mm, but X .* ends at 6 mm"),
    (setting(), {"machine": small("Y", max=0.014)}, "bead B1: needs Y at 15 mm"),
    (setting(), {"machine": small("Z", max=0.070)}, "bead B1: needs Z at 77 mm"),
    (setting(), {"machine": small("A", max=0.5), "blank": PIPE}, r"needs A at 34\.38 deg"),
    (setting(), {"machine": small("X", max_speed=9e-3)}, "10 mm/s of travel is faster than X"),
    (setting(), {"machine": small("A", max_speed=0.09), "blank": PIPE}, "is faster than A"),
    (setting(), {"machine": small("X", max_acceleration=4e-3)}, "X .* does not reach 10 mm/s"),
    (setting("G1"), {}, 'bead label "G1"'),
    (setting("道1"), {}, "bead label"),
    (setting(), {"wait": -1.0}, r"coupon wait -1\.0 s is no time"),
    (setting(), {"wait": math.inf}, "coupon wait inf s is no time"),
    (setting(), {"blank": Plate(0.05, 0.1, 0.01)}, r"1 bead.s. do not fit"),
]


@pytest.mark.parametrize(("bead", "other", "words"), REFUSED)
def test_what_cell_or_coupon_cannot_have_is_refused_by_name(
    bead: BeadSetting, other: dict[str, Any], words: str
) -> None:
    with pytest.raises(ProcessError, match=words):
        lay(bead, **other)


def test_lists_that_make_no_coupon_are_refused() -> None:
    with pytest.raises(ProcessError, match="no bead to lay"):
        lay()
    with pytest.raises(ProcessError, match="label B1 is there twice"):
        lay(setting(), setting())
    with pytest.raises(ProcessError, match="at 200 degC down to 20 degC; give cool_down"):
        lay(setting(), setting("B2", interpass=473.15))
    with pytest.raises(ProgramError, match="not Y"):
        lay(setting(), machine=LATHE)
    with pytest.raises(ProgramError, match="not A"):
        lay(setting(), blank=PIPE)
