"""Warping of whole jobs: what applies to which shape, and how it grows with heat and pitch."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from reclad.job import Job, new_job, read_job, read_material
from reclad.part import size_deposit
from reclad.process import Procedure
from reclad.process.metal import enthalpy_between
from reclad.risk.warping import EXPANSION, MODULUS, YIELD, Warping, warp_part, warps

DRAWS = 40
ORDINARY = Procedure(
    power=1900.0, travel_speed=0.010, feed_rate=4e-4, pitch=2e-3, layers=1, stand_off=0.015,
    interpass=293.15,
)  # fmt: skip
# So far apart that each bead has metal enough to pull with.
APART = replace(ORDINARY, pitch=10e-3)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Job]:
    where = tmp_path_factory.mktemp("jobs")
    made = {name: read_job(new_job(name, like=name, where=where)) for name in ("pipe", "plate")}
    pipe = made["pipe"]
    solid = pipe.part.model_copy(update={"shape": "shaft", "wall": None})
    return made | {"shaft": pipe.model_copy(update={"part": solid})}


def warp(job: Job, procedure: Procedure = ORDINARY, heat: float = 720.0, seed: int = 5) -> Warping:
    deposit = size_deposit(job.part, job.allowance, job.path.over_travel)
    bead = SimpleNamespace(heat=np.full((DRAWS, 1), heat))
    return warp_part(job.part, deposit, procedure, job.parent, bead, seed=seed)


def with_wall(job: Job, wall: float) -> Job:
    return job.model_copy(update={"part": job.part.model_copy(update={"wall": wall})})


def test_only_steels_warp_as_reckoned() -> None:
    told = {name: warps(read_material(name)) for name in ("42CrMo4", "C45", "IN718", "Ti-6Al-4V")}
    assert told == {"42CrMo4": True, "C45": True, "IN718": False, "Ti-6Al-4V": False}


@pytest.mark.parametrize(
    ("shape", "applies"),
    [("pipe", (True, True, True)), ("shaft", (True, True, False)), ("plate", (True, False, False))],
)
def test_each_shape_has_its_own_ways_to_warp_and_the_others_are_nan(jobs, shape, applies) -> None:
    warped = warp(jobs[shape])
    for values, does in zip((warped.bow, warped.shortening, warped.bore), applies, strict=True):
        assert values.shape == (DRAWS,)
        assert np.isfinite(values).all() == does
        assert np.isnan(values).all() == (not does)
        assert not (values < 0.0).any()


def test_a_pipe_too_thick_to_be_a_shell_has_no_neck(jobs) -> None:
    assert np.isnan(warp(with_wall(jobs["pipe"], 0.030)).bore).all()
    assert np.isfinite(warp(with_wall(jobs["pipe"], 0.020)).bore).all()


def test_a_thinner_pipe_necks_in_and_shortens_more(jobs) -> None:
    thick, thin = (warp(with_wall(jobs["pipe"], wall)) for wall in (0.015, 0.007))
    assert (thin.bore > 1.5 * thick.bore).all()
    assert (thin.shortening > 1.5 * thick.shortening).all()


def test_a_shaft_shortens_less_than_a_pipe_of_its_radius(jobs) -> None:
    pipe, shaft = warp(jobs["pipe"]), warp(jobs["shaft"])
    assert (shaft.shortening < pipe.shortening).all()
    # The same beads on each: only the section differs. The bore lies 15 mm inside the finished
    # diameter; what is worn off was wall.
    deposit = size_deposit(jobs["pipe"].part, 0.0, 2e-3)
    bore = deposit.target_radius.mean() - 0.015
    share = 1.0 - (bore / deposit.worn_radius.mean()) ** 2
    assert shaft.shortening / pipe.shortening == pytest.approx(np.full(DRAWS, share), rel=2e-3)


@pytest.mark.parametrize("shape", ["pipe", "shaft", "plate"])
def test_beads_far_apart_pull_with_their_heat(jobs, shape) -> None:
    once, twice = warp(jobs[shape], APART, 200.0), warp(jobs[shape], APART, 400.0)
    for name in ("bow", "shortening", "bore"):
        both = getattr(once, name), getattr(twice, name)
        if np.isfinite(both[0]).all():
            assert both[1] == pytest.approx(2.0 * both[0])


def test_beads_side_by_side_pull_with_no_more_than_the_strip_that_yields(jobs) -> None:
    once, twice = warp(jobs["plate"], heat=720.0), warp(jobs["plate"], heat=1440.0)
    # The depth of that strip, and so the pull, grows as the root of the heat.
    assert twice.bow == pytest.approx(np.sqrt(2.0) * once.bow)


def test_shortening_and_neck_of_a_long_clad_are_those_of_a_bar_and_a_tube(jobs) -> None:
    job = jobs["pipe"]
    warped, line = warp(job, APART, 200.0), 200.0 / 0.010
    warm = enthalpy_between(job.parent, 293.15, 773.15) / 480.0
    force = 0.3 * MODULUS * EXPANSION / (job.parent.density.value * warm) * line
    deposit = size_deposit(job.part, job.allowance, job.path.over_travel)
    radius, wall = deposit.worn_radius.mean(), 0.015
    pull = force * 2.0 * np.pi * radius / APART.pitch
    area = np.pi * (radius**2 - (radius - wall) ** 2)
    short = pull * deposit.length / (MODULUS * area)
    # a quarter of 40 draws' middle is what their spread of a factor 1.5 leaves open
    assert np.median(warped.shortening) == pytest.approx(short, rel=0.25)
    factor = warped.shortening / short
    tube = force * (radius - wall / 2.0) / (APART.pitch * MODULUS * wall)
    assert warped.bore / tube == pytest.approx(factor, rel=0.1)
    assert np.log(factor).std() == pytest.approx(np.log(1.5), rel=0.3)
    assert force < YIELD * 1e-4


def test_a_plate_bows_more_when_longer_and_when_thinner(jobs) -> None:
    job = jobs["plate"]
    rows = [row.model_copy(update={"worn": 0.0075, "finished": 0.0085}) for row in job.part.caliper]
    thin = job.model_copy(update={"part": job.part.model_copy(update={"caliper": tuple(rows)})})
    longer = job.part.model_copy(update={"clad_from": 0.005, "clad_to": 0.145})
    usual = warp(job)
    # Stoney: as the inverse square of thickness, for a layer that is thin against it.
    assert warp(thin).bow / usual.bow == pytest.approx(np.full(DRAWS, 4.0), rel=0.25)
    lengths = [
        size_deposit(part, job.allowance, job.path.over_travel).length
        for part in (job.part, longer)
    ]
    bowed = warp(job.model_copy(update={"part": longer})).bow / usual.bow
    assert bowed == pytest.approx(np.full(DRAWS, (lengths[1] / lengths[0]) ** 2))


def test_the_spread_of_warping_is_the_seeds(jobs) -> None:
    first, again, other = (warp(jobs["pipe"], seed=s).shortening for s in (1, 1, 2))
    assert first.tolist() == again.tolist()
    assert (first != other).all()
