"""A buffer layer under a hard overlay: two jobs whose metal adds up to the one, each with what is
its own, and a risk that the two share."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad import levers as levers_module
from reclad.buffer import (
    buffer_powders,
    buffered,
    depth_to_turn,
    foresee_buffered,
    least_thickness,
    thickness_of,
    turn_down,
)
from reclad.errors import JobError, ProcessError
from reclad.foresight import foresee
from reclad.job import Job, Pins, new_job, read_job, read_material
from reclad.levers import try_levers
from reclad.part import size_deposit
from reclad.risk import Laid, assess


def example(like: str, where: Path, **lines: str) -> Job:
    """A shipped example laid of Ni60, with some lines of its job.toml changed."""
    path = new_job(like, like=like, where=where) / "job.toml"
    text = path.read_text("utf-8")
    for key, value in ({"powder": "Ni60"} | lines).items():
        text, found = re.subn(f'^{key} = "[^"]*"', f'{key} = "{value}"', text, flags=re.MULTILINE)
        assert found == 1
    path.write_text(text, "utf-8")
    return read_job(path.parent)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Job]:
    where = tmp_path_factory.mktemp("jobs")
    return {like: example(like, where) for like in ("pipe", "shaft", "bearing", "plate")}


SHAPES = ("pipe", "shaft", "bearing", "plate")


def metal(job: Job) -> float:
    """Volume between the worn and the finished surface of the zone (m3)."""
    return size_deposit(job.part, 0.0, 0.0).volume


@pytest.mark.parametrize("like", SHAPES)
def test_buffer_and_overlay_add_up_to_the_metal_of_the_one_job(jobs, like: str) -> None:
    job = turn_down(jobs[like], 0.5e-3)
    under, over = buffered(job, "IN625", 0.6e-3)
    assert metal(under) > 0.0 < metal(over)
    assert metal(under) + metal(over) == pytest.approx(metal(job), rel=2e-3)  # rows: 0.01 mm


@pytest.mark.parametrize("like", SHAPES)
def test_each_of_the_two_has_the_metals_that_it_joins(jobs, like: str) -> None:
    job = turn_down(jobs[like], 0.5e-3)
    under, over = buffered(job, "Inconel 625 powder", 0.6e-3)
    assert (under.parent.name, under.clad.name, under.powder) == (job.parent.name, "IN625", "IN625")
    assert (over.parent.name, over.material, over.clad.name) == ("IN625", "IN625", "NiCrBSi")
    assert over.feedstock == job.feedstock
    assert (under.name, over.name) == (f"{like}-buffer", f"{like}-over")


def test_what_is_the_overlays_stays_with_the_overlay(jobs) -> None:
    job = turn_down(jobs["pipe"], 0.6e-3)
    under, over = buffered(job, "IN625", 0.6e-3)
    assert job.procedure != Pins()
    assert (under.procedure, over.procedure) == (Pins(layers=1), job.procedure)
    assert (under.allowance, over.allowance) == (0.0, job.allowance)
    hard = job.model_copy(update={"kind": "hardfacing"})
    assert [one.kind for one in buffered(hard, "IN625", 0.6e-3)] == ["overlay", "hardfacing"]
    for same in ("preheat", "treatment", "limits", "tolerances", "holding", "serving", "hazards"):
        assert getattr(under, same) == getattr(over, same) == getattr(job, same)


def test_the_overlay_is_forecast_on_the_buffer_as_it_is_foreseen(jobs) -> None:
    job = turn_down(jobs["pipe"], 1e-3)
    under, over = buffered(job, "IN625", 0.6e-3, laid=0.9e-3)
    for old, low, high in zip(under.part.caliper, job.part.caliper, over.part.caliper, strict=True):
        assert old.worn == pytest.approx(low.worn)
        assert old.finished - old.worn == pytest.approx(2 * 0.6e-3)
        assert high.worn - low.worn == pytest.approx(2 * 0.9e-3)
        assert high.finished == low.finished


def test_the_bore_of_a_pipe_stays_where_it_is(jobs) -> None:
    job = turn_down(jobs["pipe"], 1e-3)
    under, over = buffered(job, "IN625", 0.6e-3)
    finished = min(row.finished for row in under.part.caliper)
    bore = job.part.caliper[0].finished / 2 - job.part.wall
    assert finished / 2 - under.part.wall == pytest.approx(bore)
    assert over.part.wall == job.part.wall


def test_a_shoulder_stands_higher_over_the_buffer_than_over_the_finished_seat(jobs) -> None:
    job = turn_down(jobs["bearing"], 0.6e-3)
    assert job.part.shoulder_to > 0.0
    under, over = buffered(job, "IN625", 0.5e-3)
    lowest = min(row.finished for row in under.part.caliper)
    lower = (job.part.caliper[0].finished - lowest) / 2
    assert under.part.shoulder_to == pytest.approx(job.part.shoulder_to + lower)
    assert over.part.shoulder_to == job.part.shoulder_to


def test_a_buffer_that_stands_proud_is_refused_and_turning_down_as_told_makes_room(jobs) -> None:
    for like in SHAPES:
        job = jobs[like]
        with pytest.raises(JobError, match=r"turn or mill the zone down by .* mm first") as refused:
            buffered(job, "IN625", 2e-3)
        told = float(re.search(r"down by ([\d.]+) mm", str(refused.value))[1]) * 1e-3
        _, over = buffered(turn_down(job, told), "IN625", 2e-3)
        assert min(row.finished - row.worn for row in over.part.caliper) > 0.0


@settings(max_examples=40, deadline=None)
@given(laid=st.floats(0.1e-3, 3e-3))
def test_the_overlay_stays_as_thick_as_it_was_or_as_the_buffer(jobs, laid: float) -> None:
    job = jobs["pipe"]
    cut = depth_to_turn(job, laid)
    assert 0.0 <= cut <= laid + 1e-4
    _, over = buffered(turn_down(job, cut), "IN625", 0.1e-3, laid=laid)
    left = min((row.finished - row.worn) / 2 for row in over.part.caliper)
    before = min((row.finished - row.worn) / 2 for row in turn_down(job, 0.0).part.caliper)
    assert left >= min(before, laid) - 2e-5


def test_deep_wear_is_not_turned_down(jobs) -> None:
    deep = turn_down(jobs["shaft"], 3e-3)
    assert depth_to_turn(deep, 1e-3) == 0.0


def test_turning_down_leaves_a_wall(jobs) -> None:
    with pytest.raises(JobError, match=r"turned down by 16 mm, but 14\.\d mm is left"):
        turn_down(jobs["pipe"], 16e-3)


@pytest.mark.parametrize(
    ("powder", "words"),
    [
        ("Ni60", "Ni60 is the overlay itself"),
        ("Stellite6", "Stellite6 cracks as a hard alloy itself"),
        ("Bronze", "no powder"),
    ],
)
def test_what_is_no_ductile_buffer_is_refused_with_those_that_are(jobs, powder, words) -> None:
    with pytest.raises(JobError, match=words) as refused:
        buffered(jobs["pipe"], powder, 0.3e-3)
    assert "IN625" in str(refused.value)


def test_a_buffer_is_of_an_alloy_listed_without_hard_phase_cracking(jobs) -> None:
    job = jobs["pipe"]
    assert buffer_powders(job) == ("316L", "IN625", "IN718")
    rows = [row for row in job.hazards.alloys if row.alloy != "IN718"]
    fewer = job.hazards.model_copy(update={"alloys": tuple(rows)})
    assert buffer_powders(job.model_copy(update={"hazards": fewer})) == ("316L", "IN625")
    steel = job.model_copy(update={"parent": read_material("316L")})
    assert buffer_powders(steel) == ("IN625", "IN718")


def test_the_curve_of_the_overlays_lot_does_not_feed_the_buffer(tmp_path: Path, shipped) -> None:
    job = example("pipe", tmp_path, powder="IN625")
    toml = tmp_path / "pipe" / "job.toml"
    text = toml.read_text("utf-8").replace('powder = "IN625"', 'powder = "IN625"\nfeeder = "lot"')
    toml.write_text(text, "utf-8")
    (tmp_path / "pipe" / "feeders").mkdir()
    curve = (shipped / "feeders" / "example-IN625.toml").read_text("utf-8")
    curve = re.sub(r'^name = ".*"', 'name = "lot"', curve, flags=re.MULTILINE)
    (tmp_path / "pipe" / "feeders" / "lot.toml").write_text(curve, "utf-8")
    curved = turn_down(read_job(tmp_path / "pipe"), 0.6e-3)
    assert curved.cell.feeder != job.cell.feeder
    under, over = buffered(curved, "316L", 0.6e-3, folder=tmp_path / "pipe")
    assert (under.feeder, under.cell.feeder) == (None, job.cell.feeder)
    assert (over.feeder, over.cell.feeder) == ("lot", curved.cell.feeder)


@pytest.fixture(scope="module")
def laid(jobs) -> Laid:
    return foresee(jobs["pipe"].model_copy(update={"preheat": 573.15}))


@pytest.fixture(scope="module")
def two(laid: Laid) -> tuple[Laid, Laid]:
    under, over, _ = foresee_buffered(laid.job, "IN625", seed=laid.seed)
    return under, over


def chance(risk, kind: str) -> float:
    return next(mode.told.chance for mode in risk.modes if mode.name == kind)


@pytest.mark.slow
def test_the_part_must_come_through_both(two: tuple[Laid, Laid]) -> None:
    under, over = two
    both, first, second = assess(over, under=under), assess(under), assess(over)
    for kind in ("lack_of_fusion", "over_dilution", "too_little_metal", "hot_cracking"):
        a, b = chance(first, kind), chance(second, kind)
        assert chance(both, kind) == pytest.approx(1.0 - (1.0 - a) * (1.0 - b))
    for kind, alone in (("cold_cracking", first), ("hard_phase_cracking", second)):
        assert chance(both, kind) == pytest.approx(chance(alone, kind))


@pytest.mark.slow
def test_the_zone_is_that_under_the_buffer_and_the_clad_is_the_overlay(two) -> None:
    under, over = two
    both, first, second = (
        r.evidence for r in (assess(over, under=under), assess(under), assess(over))
    )
    assert second.first is None
    assert both.first.hardest.tolist() == first.first.hardest.tolist()
    assert both.warping.bow.tolist() == first.warping.bow.tolist()
    assert both.clad.hardness == second.clad.hardness != first.clad.hardness
    assert "what the heat of the overlay adds to them is not reckoned" in str(both.notes[-1])


@pytest.mark.slow
def test_a_hard_clad_cracks_more_rarely_over_a_ductile_buffer(laid: Laid, two) -> None:
    under, over = two
    now, then = assess(laid), assess(over, under=under)
    odds = [p / (1.0 - p) for p in (chance(r, "hard_phase_cracking") for r in (now, then))]
    told = laid.job.hazards.mode("hard_phase_cracking").per_buffer
    assert odds[1] / odds[0] == pytest.approx(told, rel=0.05)  # draws of other warmth
    assert "NiCrBSi over IN625" in next(
        str(m.told.why) for m in then.modes if m.name == "hard_phase_cracking"
    )


@pytest.mark.slow
def test_each_ductile_powder_is_a_way_with_the_risk_of_both_jobs(laid, two, monkeypatch) -> None:
    monkeypatch.setattr(levers_module, "_ways", lambda _: iter(()))
    monkeypatch.setattr(levers_module, "buffer_powders", lambda _: ("IN625",))
    heard: list[str] = []
    (lever,) = [one for one in try_levers(laid, say=heard.append) if one.name == "buffer"]
    assert str(lever.change) == "a buffer layer of powder IN625 first"
    assert f"planning again: {lever.change}" in heard
    assert lever.risk.loss == assess(two[1], under=two[0]).loss
    assert re.match(r"the zone turned down by [\d.]+ mm for it; a second powder", str(lever.takes))


@pytest.mark.slow
def test_a_buffer_that_cannot_be_says_why(laid: Laid, monkeypatch) -> None:
    def refuse(*_, **__):
        raise ProcessError("nothing can be chosen")

    monkeypatch.setattr(levers_module, "_ways", lambda _: iter(()))
    monkeypatch.setattr(levers_module, "foresee_buffered", refuse)
    levers = [one for one in try_levers(laid) if one.name == "buffer"]
    assert len(levers) == 2
    assert {(one.risk, str(one.takes)) for one in levers} == {(None, "nothing can be chosen")}


def test_no_buffer_under_a_soft_clad_nor_on_a_ductile_part(jobs) -> None:
    job = jobs["pipe"]
    assert set(buffer_powders(job)) == {"316L", "IN625", "IN718"}
    # IN718 cracks hot more often than the others.
    assert set(levers_module._buffers(job)) == {"316L", "IN625"}
    soft = job.model_copy(update={"clad": read_material("IN718")})
    assert levers_module._buffers(soft) == ()
    ductile = job.model_copy(update={"parent": read_material("316L")})
    assert levers_module._buffers(ductile) == ()


@pytest.mark.slow
def test_the_buffer_is_one_layer_that_reaches_what_is_asked(two) -> None:
    under, over = two
    assert under.procedure.layers == 1
    assert under.deposit.thickness_max == pytest.approx(least_thickness(under.job), abs=2e-5)
    # Turned down up to the next 0.1 mm, the overlay lies at most so far under the worn surface.
    rise = np.median(over.deposit.worn_radius) - np.median(under.deposit.worn_radius)
    assert -0.1e-3 <= rise <= np.median(thickness_of(under))
