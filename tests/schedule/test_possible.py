"""What can never be planned is refused with its reason and the way out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_shops import bench, one_task, small_shop

from reclad.errors import ScheduleError
from reclad.schedule.possible import expect_possible
from reclad.schedule.problem import Link, Mode, Placed, Problem, Promise, Resource

A, B = one_task("a"), one_task("b")
ALWAYS = ((0, 1000),)


def machine(**more: object) -> tuple[Resource, ...]:
    return (replace(Resource("M", "machine", ALWAYS), **more),)


HOPELESS = {
    "nobody has the skill": (bench(one_task("a", skill="weld")), "skill weld, which nobody has"),
    "longer than any open time": (bench(one_task("a", minutes=1001)), "lengthen a shift"),
    "machine and person never open together": (
        bench(
            one_task("a", skill="clad"),
            resources=(
                Resource("M", "machine", ((0, 150),)),
                Resource("Ada", "person", ((60, 500),), skills=frozenset({"clad"})),
            ),
        ),
        "fits no time",
    ),
    "too late to begin": (bench(one_task("a", earliest=901)), "from 901 min on"),
    "a circle": (bench(A, B, links=(Link("a", "b"), Link("b", "a"))), "circle: "),
    "an unknown task in a link": (bench(A, links=(Link("a", "z"),)), "unknown task z"),
    "an unknown machine": (bench(one_task("a", "Z")), "asks for Z"),
    "a person as a machine": (bench(one_task("a", "Ada")), "asks for Ada"),
    "a task twice": (bench(A, A), "task a is given 2 times"),
    "a resource twice": (bench(A, resources=machine() * 2), "resource M is given 2 times"),
    "a promise twice": (
        bench(A, promises=(Promise("a", 1), Promise("a", 2))),
        "promise for order a is given 2 times",
    ),
    "a promise without a task": (bench(A, promises=(Promise("z", 1),)), "order z is promised"),
    "no mode": (bench(replace(A, modes=())), "has no mode"),
    "no minute": (bench(replace(A, modes=(Mode("M", 0),))), "less than a minute"),
    "a share above all": (bench(replace(A, share=101)), "101 %"),
    "a wait that cannot be": (bench(A, B, links=(Link("a", "b", 9, 8),)), "least 9 min, most 8"),
    "hours out of order": (
        bench(A, resources=machine(open=((500, 900), (0, 400)))),
        "in order and apart",
    ),
    "a furnace without a place": (bench(A, resources=machine(places=0)), "at least 1"),
    "a weight below nothing": (bench(A, promises=(Promise("a", 1, -1.0),)), "weighs -1.0"),
    "two fixed at once": (
        bench(
            replace(A, fixed=Placed("a", 0, 100, "M")),
            replace(B, fixed=Placed("b", 50, 150, "M")),
        ),
        "fixed tasks disturb each other",
    ),
    "fixed to nobody known": (
        bench(replace(A, fixed=Placed("a", 0, 100, "M", "Zoe"))),
        "no known person",
    ),
    "fixed under another name": (bench(replace(A, fixed=Placed("b", 0, 9, "M"))), "its own name"),
    "fixed backwards": (bench(replace(A, fixed=Placed("a", 9, 9, "M"))), "before its start"),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_a_problem_is_refused_for(name: str) -> None:
    problem, said = HOPELESS[name]
    with pytest.raises(ScheduleError, match=r"\S") as refused:
        expect_possible(problem)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("seed", range(5))
def test_a_problem_that_can_be_planned_passes(seed: int) -> None:
    expect_possible(small_shop(seed))


def test_nothing_to_do_is_possible() -> None:
    expect_possible(Problem((), (), (), ()))
