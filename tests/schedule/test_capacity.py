"""Options make a shop larger and never a plan later; hours and rush orders cost what they must."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.schedule.shop_of_two import DAY, SURE, first_a_then_b, shop, two_orders

from reclad.errors import ScheduleError
from reclad.schedule.capacity import advise, plan_larger, planner
from reclad.schedule.check import check_schedule
from reclad.schedule.options import (
    AddMachine,
    AddPerson,
    AddPlaces,
    AddShift,
    Option,
    Train,
    joined,
)
from reclad.schedule.problem import Link, Mode, Problem, Promise, Schedule, Task
from reclad.schedule.promise import simulate
from reclad.schedule.worth import Rush, accept_rush, worth_of_an_hour

PLAN = planner(steps=40)
OPTIONS: tuple[Option, ...] = (
    AddMachine("cladder"),
    AddMachine("grinder"),
    AddPlaces("furnace"),
    AddShift(("cladder", "grinder", "Ana", "Bo"), 120),
    AddPerson("Ana"),
    Train("Bo", frozenset({"clad"})),
)


lengths = st.lists(st.integers(20, 300), min_size=4, max_size=4)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(lengths, lengths, st.sampled_from(OPTIONS))
def test_adding_never_makes_a_plan_later(
    clads: list[int], grinds: list[int], option: Option
) -> None:
    problem = shop(clads, grinds)
    begun = PLAN(problem, None)
    larger = option.enlarge(problem)
    assert check_schedule(larger, begun) == ()
    found, late = plan_larger(problem, larger, begun, PLAN)
    assert check_schedule(larger, found) == ()
    assert late == found.tardiness(larger) <= begun.tardiness(problem)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(lengths, lengths, st.sampled_from((50, 100)))
def test_a_plan_that_meets_no_surprise_is_finished_no_later_than_planned(
    clads: list[int], grinds: list[int], share: int
) -> None:
    problem = shop(clads, grinds, share=share)
    finishes = simulate(problem, PLAN(problem, None), SURE, runs=1, seed=0)
    assert (finishes.minutes <= finishes.planned + 1e-6).all()


def test_a_planner_that_finds_worse_is_not_believed() -> None:
    problem = two_orders()
    good = first_a_then_b()
    late = Schedule(
        tuple(replace(one, start=one.start + 500, end=one.end + 500) for one in good.placed)
    )
    found, minutes = plan_larger(problem, problem, good, lambda *_: late)
    assert (found, minutes) == (good, 0.0)


def test_options_change_what_they_name_and_nothing_else() -> None:
    problem = shop([100, 100], [50, 50])
    more = AddMachine("cladder", "cladder 2").enlarge(problem)
    assert more.resource["cladder 2"] == replace(problem.resource["cladder"], name="cladder 2")
    assert {m.machine for m in more.task["order 0 clad"].modes} == {"cladder", "cladder 2"}
    assert more.task["order 0 grind"] == problem.task["order 0 grind"]
    assert AddPlaces("furnace", 2).enlarge(problem).resource["furnace"].places == 4
    assert AddShift(("Ana",), 60).enlarge(problem).resource["Ana"].open[1] == (DAY, DAY + 540)
    assert AddPerson("Ana", "Cem").enlarge(problem).resource["Cem"].skills == {"clad", "grind"}
    assert Train("Bo", frozenset({"clad"})).enlarge(problem).resource["Bo"].skills == {
        "clad",
        "grind",
    }


def test_windows_that_meet_become_one() -> None:
    assert joined([(10, 20), (0, 10), (30, 40), (35, 36)]) == ((0, 20), (30, 40))


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (AddMachine("Ana"), "Ana: no machine or furnace of this shop; there are cladder, grinder"),
        (AddMachine("cladder", "grinder"), "already the name of a resource"),
        (AddPlaces("cladder"), "no furnace"),
        (AddShift(("nobody",), 60), "nobody: no machine"),
        (AddPerson("cladder"), "no person"),
        (Train("Zoe", frozenset({"clad"})), "there are Ana, Bo"),
    ],
)
def test_options_for_what_is_not_there_are_refused(option: Option, said: str) -> None:
    with pytest.raises(ScheduleError, match=said):
        option.enlarge(shop([100], [50]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("clad", "grind", "share", "bottleneck"),
    [(60, 280, 100, 1), (280, 60, 50, 0), (280, 60, 100, 4)],
)
def test_the_one_thing_that_is_short_comes_first(
    clad: int, grind: int, share: int, bottleneck: int
) -> None:
    # Three orders: grinding takes all of two days; or cladding does, Ana able to run two machines;
    # or Ana herself is short, one machine more or less. Training Bo frees her only by half.
    def backlog(seed: int) -> Problem:
        problem = shop([clad + seed] * 3, [grind + seed] * 3, share=share)
        if bottleneck == 4:
            problem = AddMachine("cladder", "cladder 2").enlarge(problem)
        return problem

    ranked = advise(backlog, OPTIONS[:5], seeds=range(3), plan=PLAN)
    assert ranked[0].option is OPTIONS[bottleneck]
    assert ranked[0].leads == 1.0
    assert ranked[0].low > ranked[1].high
    assert ranked[0].behind == (0.0, 0.0, 0.0)
    assert all(one.behind[0] >= 0.0 for one in ranked)
    assert [one.saved for one in ranked] == sorted((one.saved for one in ranked), reverse=True)


def test_what_costs_less_for_what_it_saves_comes_first_and_pays_back_when_it_says() -> None:
    # Grinding is short: a grinder saves more than longer shifts do, at a hundred times the price.
    def backlog(seed: int) -> Problem:
        return shop([60] * 3, [280 + seed] * 3)

    dear = AddMachine("grinder", price=100_000.0)
    cheap = AddShift(("grinder", "Bo"), 240, price=1000.0, running=0.01)
    useless = AddPlaces("furnace", 1, price=1.0)
    ranked = advise(
        backlog, (dear, useless, cheap), seeds=(0, 1), plan=PLAN, money=2.0, every=10_000.0
    )
    assert [one.option for one in ranked] == [cheap, dear, useless]
    grinder, shifts = ranked[1], ranked[0]
    assert grinder.saved > 0.0
    assert grinder.pay_back[0] == pytest.approx(100_000.0 / (2.0 * grinder.saved / 10_000.0))
    gain = 2.0 * shifts.saved / 10_000.0 - 0.01
    assert shifts.pay_back[0] == pytest.approx(1000.0 / gain)
    assert shifts.pay_back[1] <= shifts.pay_back[0] <= shifts.pay_back[2]
    assert ranked[2].pay_back == (math.inf, math.inf, math.inf)


def test_fewer_than_two_backlogs_tell_nothing() -> None:
    with pytest.raises(ScheduleError, match="at least 1 option and 2 seeds"):
        advise(lambda _: shop([60], [60]), OPTIONS, seeds=[1], plan=PLAN)
    with pytest.raises(ScheduleError, match="0 options"):
        advise(lambda _: shop([60], [60]), (), seeds=[1, 2], plan=PLAN)


def test_an_hour_is_worth_the_night_it_saves() -> None:
    # Two claddings of 250 min in a shift of 480: the second waits for the morning, and its order,
    # due at noon of the first day, is late by a night. One hour more and it is done that evening.
    problem = shop([250, 250], [1, 1], share=50)
    tasks = tuple(task for task in problem.tasks if task.process == "clad")
    problem = replace(
        problem, tasks=tasks, links=(), promises=(Promise("order 0", 250), Promise("order 1", 480))
    )
    present = PLAN(problem, None)
    assert present.tardiness(problem) == DAY + 250 - 480
    hours = worth_of_an_hour(problem, "cladder", schedule=present, plan=PLAN, windows=3)
    assert [one.at for one in hours] == [480, DAY + 480, 2 * DAY + 480]
    assert [one.saved for one in hours] == [DAY + 250 - 500, 0.0, 0.0]
    # A quarter of an hour is too short for it.
    few = worth_of_an_hour(problem, "cladder", schedule=present, plan=PLAN, minutes=15, windows=1)
    assert few[0].saved == 0.0


def test_an_hour_of_what_is_no_machine_is_refused() -> None:
    problem = two_orders()
    for name in ("Ana", "press"):
        with pytest.raises(ScheduleError, match="there are cladder, grinder"):
            worth_of_an_hour(problem, name, schedule=first_a_then_b(), plan=PLAN)
    with pytest.raises(ScheduleError, match="ask for 60 min"):
        worth_of_an_hour(problem, "cladder", schedule=first_a_then_b(), plan=PLAN, minutes=0)


def rush(due: int, weight: float) -> Rush:
    own = (
        Task("R clad", "R", "clad", (Mode("cladder", 100),), "clad"),
        Task("R grind", "R", "grind", (Mode("grinder", 50),)),
    )
    return Rush(own, (Link("R clad", "R grind"),), Promise("R", due, weight))


def test_a_rush_order_in_the_gaps_moves_nobody_and_pushed_in_costs_the_others() -> None:
    answer = accept_rush(
        two_orders(),
        rush(150, 10.0),
        schedule=first_a_then_b(),
        plan=PLAN,
        uncertainty=SURE,
        runs=50,
    )
    gaps, together = answer.in_gaps, answer.together
    assert (gaps.planned, gaps.cost, gaps.later) == (350, 0.0, ())
    assert gaps.date.minutes == pytest.approx(350.0)
    assert gaps.kept == (("A", 1.0, 1.0), ("B", 1.0, 1.0))
    # First in line it is done at 150; A and B are each 100 min late.
    assert (together.planned, together.cost) == (150, 200.0)
    assert dict(together.later) == {"A": 100, "B": 100}
    assert together.kept == (("A", 1.0, 0.0), ("B", 1.0, 0.0))


def test_a_rush_order_that_matters_little_waits() -> None:
    answer = accept_rush(
        two_orders(),
        rush(350, 1.0),
        schedule=first_a_then_b(),
        plan=PLAN,
        uncertainty=SURE,
        runs=50,
    )
    assert answer.together.cost == 0.0
    assert answer.together.planned == 350


def test_an_order_that_is_planned_already_is_no_rush_order() -> None:
    asked = replace(rush(150, 1.0), promise=Promise("A", 150))
    with pytest.raises(ScheduleError, match="order A: already in the plan"):
        accept_rush(
            two_orders(), asked, schedule=first_a_then_b(), plan=PLAN, uncertainty=SURE, runs=20
        )
