"""Plans carried out in shops that differ: by hand where all is sure, by law where it is not."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.schedule.shop_of_two import OPEN, SURE, first_a_then_b, two_orders

from reclad.errors import ScheduleError
from reclad.schedule.chances import Breakdown, Rework, Spread, Uncertainty, assumed_uncertainty
from reclad.schedule.problem import Link, Mode, Placed, Problem, Promise, Resource, Schedule, Task
from reclad.schedule.promise import Finishes, promise, simulate

DAY = 1440


def finish(problem: Problem, plan: Schedule, uncertainty: Uncertainty, **asked: int) -> np.ndarray:
    return simulate(problem, plan, uncertainty, **{"runs": 4, "seed": 3} | asked).minutes


def test_a_shop_that_keeps_every_time_keeps_the_plan() -> None:
    done = finish(two_orders(), first_a_then_b(), SURE)
    assert done == pytest.approx(np.tile([150.0, 250.0], (4, 1)))


def test_what_takes_longer_pushes_what_follows_to_the_right() -> None:
    # A known bias on cladding alone: all of a shop's cladding takes the same factor longer.
    slow = replace(SURE, durations={"clad": Spread(0.0, 0.3)})
    done = finish(two_orders(), first_a_then_b(), slow, runs=200)
    factor = (done[:, 0] - 50.0) / 100.0
    assert factor.std() > 0.2
    # B is clad after A; ground when clad, and not before A is ground.
    ground = np.maximum(200.0 * factor, 100.0 * factor + 50.0) + 50.0
    assert done[:, 1] == pytest.approx(ground)


def test_durations_keep_their_planned_mean_and_their_spread() -> None:
    problem = two_orders()
    wide = replace(SURE, durations={"clad": Spread(0.4, 0.0)})
    clad = finish(problem, first_a_then_b(), wide, runs=40_000)[:, 0] - 50.0
    assert clad.mean() == pytest.approx(100.0, abs=4 * 40.0 / math.sqrt(40_000))
    assert clad.std() == pytest.approx(40.0, rel=0.03)


def test_work_that_no_longer_fits_its_shift_waits_for_the_next() -> None:
    problem = two_orders()
    shifts = tuple((d * DAY, d * DAY + 210) for d in range(5))
    resources = tuple(replace(one, open=shifts) for one in problem.resources)
    problem = replace(problem, resources=resources)
    plan = Schedule(
        (
            Placed("A clad", 0, 100, "cladder", "Ana"),
            Placed("A grind", 100, 150, "grinder"),
            Placed("B clad", 100, 200, "cladder", "Ana"),
            Placed("B grind", DAY, DAY + 50, "grinder"),
        )
    )
    assert finish(problem, plan, SURE)[0] == pytest.approx([150.0, DAY + 50.0])
    late = replace(SURE, durations={"clad": Spread(0.0, 0.3)})
    done = finish(problem, plan, late, runs=300)
    factor = (done[:, 0] - 50.0) / 100.0
    # B is begun on the first day where A leaves its 100 min of the shift, whatever B then takes.
    same_day = (factor < 1.1) & (factor > 0.0)
    ground = np.where(same_day, np.maximum(200.0 * factor, DAY), DAY + 100.0 * factor)
    ground = np.where((200.0 * factor <= 160.0) & same_day, 200.0 * factor, ground)
    assert done[:, 1] == pytest.approx(np.maximum(ground, done[:, 0]) + 50.0)


def test_a_calendar_that_ends_goes_on_as_its_last_week() -> None:
    problem = two_orders()
    resources = tuple(replace(one, open=((0, 200),)) for one in problem.resources)
    problem = replace(problem, resources=resources)
    done = finish(problem, first_a_then_b(), SURE)
    assert done[0] == pytest.approx([150.0, 7 * DAY + 50.0])


def test_a_machine_stops_as_often_as_it_is_said_to() -> None:
    # Mean time lost is running over mean time between, times the mean repair.
    breaking = replace(SURE, breakdowns={"cladder": Breakdown(400.0, 30.0, spread=0.0)})
    done = finish(two_orders(), first_a_then_b(), breaking, runs=20_000)
    lost = done[:, 0] - 150.0
    assert lost.mean() == pytest.approx(100.0 / 400.0 * 30.0, rel=0.1)
    assert (lost == 0.0).mean() == pytest.approx(math.exp(-100.0 / 400.0), abs=0.02)


def test_what_is_found_wanting_is_done_again_before_its_order_is_done() -> None:
    again = replace(SURE, reworks=(Rework("grind", 0.3, ("clad",), effort=0.5, spread=0.0),))
    done = finish(two_orders(), first_a_then_b(), again, runs=20_000)
    first = done[:, 0] == 150.0
    assert first.mean() == pytest.approx(0.7, abs=0.015)
    # A's cladding again (half of 100 min) waits for B's (until 200), is then ground once more.
    twice = np.isclose(done[:, 0], 300.0) | np.isclose(done[:, 0], 350.0)
    assert twice[~first].mean() > 0.6
    assert done[~first, 0].min() == pytest.approx(300.0)


def test_each_shop_has_its_own_chance_of_rework() -> None:
    # Two orders of one shop are found wanting together more often than chance alone would have it.
    alone = Rework("grind", 0.2, (), spread=0.0)
    own = replace(alone, spread=2.0)

    def both(rework: Rework) -> float:
        done = finish(two_orders(), first_a_then_b(), replace(SURE, reworks=(rework,)), runs=20_000)
        found = np.stack([done[:, 0] > 151.0, done[:, 1] > 251.0])
        return float(np.corrcoef(found)[0, 1])

    assert both(own) > both(alone) + 0.1


def test_a_machine_waits_for_whose_turn_it_is_and_then_takes_the_next() -> None:
    # B is planned second on the grinder but A's metal comes 1000 min late.
    problem = two_orders()
    tasks = tuple(
        replace(task, earliest=1000) if task.name == "A clad" else task for task in problem.tasks
    )
    late = replace(problem, tasks=tasks)
    strict = finish(late, first_a_then_b(), SURE)
    assert strict[0] == pytest.approx([1150.0, 1250.0])
    loose = finish(late, first_a_then_b(), replace(SURE, patience=0.0))
    assert loose[0] == pytest.approx([1150.0, 150.0])


def test_one_person_attends_no_more_than_there_is_of_them() -> None:
    open_all = OPEN
    tasks = tuple(
        Task(f"{n} clad", str(n), "clad", (Mode(f"cladder {n}", 100),), "clad", share=60)
        for n in (1, 2)
    )
    resources = (
        Resource("cladder 1", "machine", open_all),
        Resource("cladder 2", "machine", open_all),
        Resource("Ana", "person", open_all, skills=frozenset({"clad"})),
    )
    plan = Schedule(
        (
            Placed("1 clad", 0, 100, "cladder 1", "Ana"),
            Placed("2 clad", 100, 200, "cladder 2", "Ana"),
        )
    )
    problem = Problem(resources, tasks, (), ())
    assert finish(problem, plan, SURE)[0] == pytest.approx([100.0, 200.0])
    light = replace(problem, tasks=tuple(replace(task, share=50) for task in tasks))
    assert finish(light, plan, SURE)[0] == pytest.approx([100.0, 100.0])


def furnace_shop(places: int = 2) -> tuple[Problem, Schedule]:
    """Two parts heated together, then clad one after the other within 60 min."""
    tasks, links, placed = [], [], []
    for n, order in enumerate(("A", "B")):
        tasks += [
            Task(f"{order} heat", order, "preheat", (Mode("furnace", 120),), family="250 C"),
            Task(f"{order} clad", order, "clad", (Mode("cladder", 50),)),
        ]
        links.append(Link(f"{order} heat", f"{order} clad", 0, 60))
        begin = 120 + 50 * n
        placed += [
            Placed(f"{order} heat", 0, 120, "furnace"),
            Placed(f"{order} clad", begin, begin + 50, "cladder"),
        ]
    resources = (
        Resource("furnace", "furnace", OPEN, places=places),
        Resource("cladder", "machine", OPEN),
    )
    return Problem(resources, tuple(tasks), tuple(links), ()), Schedule(tuple(placed))


def test_a_batch_goes_into_the_furnace_and_out_of_it_together() -> None:
    problem, plan = furnace_shop()
    assert finish(problem, plan, SURE)[0] == pytest.approx([170.0, 220.0])


def test_a_part_that_waited_too_long_is_heated_again() -> None:
    # A is clad for some 100 min instead of 50: B's 60 min are over before the cladder is free.
    problem, plan = furnace_shop()
    slow = replace(SURE, durations={"clad": Spread(0.0, 0.5)})
    done = finish(problem, plan, slow, runs=400)
    factor = (done[:, 0] - 120.0) / 50.0
    waited = 50.0 * factor > 60.0
    assert 0.1 < waited.mean() < 0.9
    assert done[~waited, 1] == pytest.approx((120.0 + 100.0 * factor)[~waited])
    begin = np.maximum(120.0 + 60.0 + 120.0, 120.0 + 50.0 * factor)
    assert done[waited, 1] == pytest.approx((begin + 50.0 * factor)[waited])


def test_parts_planned_together_go_in_before_others_of_their_family() -> None:
    tasks = tuple(
        Task(f"{order} heat", order, "preheat", (Mode("furnace", 60),), family="250 C")
        for order in ("X", "A", "B")
    )
    furnace = Resource("furnace", "furnace", OPEN, places=2)
    starts = {"X": 60, "A": 0, "B": 0}
    plan = Schedule(
        tuple(
            Placed(one.name, starts[one.order], starts[one.order] + 60, "furnace") for one in tasks
        )
    )
    done = finish(Problem((furnace,), tasks, (), ()), plan, SURE)
    assert done[0] == pytest.approx([120.0, 60.0, 60.0])


def heated_last(earliest: int, heat: int) -> tuple[Problem, Schedule]:
    """On one cladder A (100 min), C (100 min, from `earliest`), then B, heated at `heat` min for
    120 and clad at most 60 min after that."""
    tasks = (
        Task("A build", "A", "build", (Mode("cladder", 100),)),
        Task("C clad", "C", "clad", (Mode("cladder", 100),), earliest=earliest),
        Task("B heat", "B", "preheat", (Mode("furnace", 120),)),
        Task("B clad", "B", "clad", (Mode("cladder", 50),)),
    )
    begin = max(100, earliest)
    plan = Schedule(
        (
            Placed("A build", 0, 100, "cladder"),
            Placed("C clad", begin, begin + 100, "cladder"),
            Placed("B heat", heat, heat + 120, "furnace"),
            Placed("B clad", begin + 100, begin + 150, "cladder"),
        )
    )
    resources = (Resource("cladder", "machine", OPEN), Resource("furnace", "furnace", OPEN))
    links = (Link("B heat", "B clad", 0, 60),)
    return Problem(resources, tasks, links, ()), plan


def test_a_part_is_heated_no_sooner_than_planned() -> None:
    # As soon as the furnace is free would be too soon: C, clad before B, is only there at 200.
    problem, plan = heated_last(earliest=200, heat=120)
    assert finish(problem, plan, SURE)[0] == pytest.approx([100.0, 300.0, 350.0])


def test_heating_waits_while_those_before_it_on_the_cladder_are_late() -> None:
    problem, plan = heated_last(earliest=0, heat=80)
    slow = replace(SURE, durations={"build": Spread(0.0, 0.5)})
    done = finish(problem, plan, slow, runs=300)
    assert (done[:, 0] > 180.0).any()  # heated at 80 min, B would have waited too long
    assert done[:, 2] == pytest.approx(np.maximum(200.0, done[:, 0] + 100.0) + 50.0)


def test_heating_looks_to_the_machine_that_follows_whatever_else_its_person_has_in_hand() -> None:
    clad = Task("B clad", "B", "clad", (Mode("cladder", 50),), "clad", 50)
    heat = Task("B heat", "B", "preheat", (Mode("furnace", 120),))
    long = Task("D turn", "D", "turn", (Mode("lathe", 1000),), "clad", 50)
    machines = [Resource(name, "machine", OPEN) for name in ("cladder", "furnace", "lathe")]
    ana = Resource("Ana", "person", OPEN, skills=frozenset({"clad"}))
    links = (Link("B heat", "B clad", 0, 60),)
    plan = Schedule(
        (
            Placed("B heat", 0, 120, "furnace"),
            Placed("B clad", 120, 170, "cladder", "Ana"),
            Placed("D turn", 0, 1000, "lathe", "Ana"),
        )
    )
    done = finish(Problem((*machines, ana), (heat, clad, long), links, ()), plan, SURE)
    assert done[0] == pytest.approx([170.0, 1000.0])


def test_a_changeover_is_kept_between_families() -> None:
    problem = two_orders()
    tasks = tuple(
        replace(task, family="Ni" if task.order == "B" else "Fe") if "clad" in task.name else task
        for task in problem.tasks
    )
    cladder = replace(problem.resources[0], changeover=30, family="Ni")
    problem = replace(problem, tasks=tasks, resources=(cladder, *problem.resources[1:]))
    assert finish(problem, first_a_then_b(), SURE)[0] == pytest.approx([180.0, 310.0])


def test_a_task_that_has_begun_stays_where_it_is() -> None:
    problem, plan = two_orders(), first_a_then_b()
    begun = Placed("A clad", -40, 60, "cladder", "Ana")
    tasks = tuple(
        replace(task, fixed=begun) if task.name == begun.task else task for task in problem.tasks
    )
    plan = Schedule((begun, *plan.placed[1:]))
    done = finish(replace(problem, tasks=tasks), plan, SURE)
    assert done[0] == pytest.approx([110.0, 210.0])


def test_an_order_put_behind_the_others_leaves_their_draws_as_they_were() -> None:
    problem, plan = two_orders(), first_a_then_b()
    uncertain = assumed_uncertainty(problem)
    alone = finish(problem, plan, uncertain, runs=50)
    task = Task("C cool", "C", "cool", (Mode(None, 30),))
    more = replace(problem, tasks=(*problem.tasks, task))
    with_c = Schedule((*plan.placed, Placed("C cool", 0, 30)))
    assert finish(more, with_c, uncertain, runs=50)[:, :2] == pytest.approx(alone)


def test_the_same_seed_gives_the_same_dates() -> None:
    problem, plan = two_orders(), first_a_then_b()
    uncertain = assumed_uncertainty(problem)
    one, two = (finish(problem, plan, uncertain, runs=300, seed=7) for _ in range(2))
    assert (one == two).all()
    assert (finish(problem, plan, uncertain, runs=300, seed=8) != one).any()


def test_a_date_asked_with_more_confidence_is_later_and_lies_in_its_interval() -> None:
    problem, plan = two_orders(), first_a_then_b()
    finishes = simulate(problem, plan, assumed_uncertainty(problem), runs=2000, seed=1)
    for half, sure in zip(promise(finishes, 0.5), promise(finishes, 0.95), strict=True):
        assert half.minutes < sure.minutes
        assert half.low <= half.minutes <= half.high
        assert sure.low <= sure.minutes <= sure.high
    assert finishes.chance_by("A", promise(finishes, 0.9)[0].minutes) == pytest.approx(
        0.9, abs=0.001
    )


def test_intervals_of_dates_hold_the_quantile_as_often_as_they_say() -> None:
    # Standard normal finishes: the 90 % quantile is 1.2816 (tables of the normal distribution).
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(1000):
        date = promise(Finishes(("A",), rng.standard_normal((200, 1)), np.zeros(1)), 0.9)[0]
        held += date.low <= 1.2816 <= date.high
    assert 0.93 <= held / 1000 <= 0.985


def test_dates_that_rest_on_few_runs_hold_no_less_often_than_they_say() -> None:
    # Of exchangeable draws the next one is below the k-th of n with chance k / (n + 1).
    rng = np.random.default_rng(6)
    kept = 0
    for _ in range(4000):
        draws = rng.standard_normal((20, 1))
        kept += (
            rng.standard_normal()
            <= promise(Finishes(("A",), draws[:19], np.zeros(1)), 0.9)[0].minutes
        )
    assert kept / 4000 == pytest.approx(0.9, abs=0.015)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 0.95, -1.0, math.nan])
def test_a_confidence_that_the_runs_cannot_tell_is_refused(confidence: float) -> None:
    finishes = Finishes(("A",), np.zeros((10, 1)), np.zeros(1))
    with pytest.raises(ScheduleError, match="runs"):
        promise(finishes, confidence)


def test_what_makes_no_sense_is_refused_in_one_line() -> None:
    problem, plan = two_orders(), first_a_then_b()
    with pytest.raises(ScheduleError, match="ask for 1000"):
        simulate(problem, plan, SURE, runs=0, seed=1)
    with pytest.raises(ScheduleError, match="B grind: has no place"):
        simulate(problem, Schedule(plan.placed[:-1]), SURE, runs=1, seed=1)
    with pytest.raises(ScheduleError, match="not in this plan"):
        simulate(problem, plan, SURE, runs=1, seed=1).of("Z")
    with pytest.raises(ScheduleError, match="chance of rework found at grind"):
        Uncertainty(reworks=(Rework("grind", 1.0, ()),))
    with pytest.raises(ScheduleError, match="mean time above 0"):
        Uncertainty(breakdowns={"cladder": Breakdown(0.0, 1.0)})
    with pytest.raises(ScheduleError, match="spread of clad"):
        Uncertainty(durations={"clad": Spread(-0.1, 0.0)})


def test_orders_due_have_the_chance_their_own_runs_show() -> None:
    problem = replace(two_orders(), promises=(Promise("A", 150),))
    finishes = simulate(problem, first_a_then_b(), SURE, runs=3, seed=0)
    assert finishes.chance_by("A", 150) == 1.0
    assert finishes.chance_by("A", 149) == 0.0
