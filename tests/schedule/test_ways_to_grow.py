"""Ways to grow a shop, and backlogs like the present one."""

from __future__ import annotations

from dataclasses import replace

from small_shops import small_shop

from reclad.schedule.growth import ways_to_grow
from reclad.schedule.possible import expect_possible
from reclad.schedule.problem import Placed
from reclad.schedule.resample import resample


def test_each_way_makes_a_shop_that_can_be_planned() -> None:
    problem = small_shop(3)
    ways = ways_to_grow(problem)
    labels = [one.label for one in ways]
    assert len(set(labels)) == len(labels)
    for way in ways:
        expect_possible(way.enlarge(problem))
    assert any("like L" in label for label in labels)
    assert any("more in F" in label for label in labels)
    assert any("Ben" in label and "trained" in label for label in labels)
    # Who can do everything already needs no training.
    assert not any("Dan trained" in label for label in labels)


def test_a_machine_without_work_is_not_bought_again() -> None:
    problem = small_shop(3)
    idle = replace(
        problem,
        tasks=tuple(
            replace(task, modes=tuple(m for m in task.modes if m.machine != "C2"))
            for task in problem.tasks
        ),
    )
    assert not any("like C2" in one.label for one in ways_to_grow(idle))


def test_a_backlog_drawn_again_has_whole_orders_of_those_there_are() -> None:
    problem = small_shop(3, orders=6)
    again = resample(problem, 5)
    assert len(again.promises) == 6
    assert {one.order.split(".", 1)[1] for one in again.promises} < {
        one.order for one in problem.promises
    }
    for one in again.promises:
        mine = [task for task in again.tasks if task.order == one.order]
        old = [task for task in problem.tasks if task.order == one.order.split(".", 1)[1]]
        assert [task.modes for task in mine] == [task.modes for task in old]
    expect_possible(again)
    assert again == resample(problem, 5)
    assert again != resample(problem, 6)
    assert len(resample(problem, 5, load=2.5).promises) == 15


def test_what_has_begun_is_not_begun_in_a_backlog_drawn_again() -> None:
    problem = small_shop(3)
    first = problem.tasks[0]
    mode = first.modes[0]
    begun = replace(first, fixed=Placed(first.name, 400, 400 + mode.minutes, mode.machine, "Ada"))
    held = replace(problem, tasks=(begun, *problem.tasks[1:]))
    assert all(task.fixed is None for task in resample(held, 1).tasks)
