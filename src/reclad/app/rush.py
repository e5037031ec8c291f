"""`reclad accept`, `reclad worth`: what a rush order costs the others, what an hour saves."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reclad.app.door import mention, tell
from reclad.app.order import HERE, AsJson, Database, ShopFile
from reclad.app.schedule import read_work

if TYPE_CHECKING:
    from reclad.schedule.problem import Problem
    from reclad.schedule.worth import Overtime, Rush, RushPlan

_Steps = Annotated[int, typer.Option(min=1, help="of search for each plan")]
_SHOWN = 12


def add_commands(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.command()(accept)
    app.command()(worth)


def accept(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="entered, and not begun")],
    shop_file: ShopFile = HERE,
    database: Database = "",
    steps: _Steps = 300,
    confidence: Annotated[float, typer.Option(help="%, of the date")] = 90.0,
    as_json: AsJson = False,
) -> None:
    """Take a rush order? Its date, and who is later for it.

    Planned twice: in the gaps of the plan, and together with all others. Nothing is kept.
    """
    from reclad.schedule.capacity import planner
    from reclad.schedule.chances import assumed_uncertainty
    from reclad.schedule.worth import accept_rush

    problem, now = read_work(shop_file, database)
    rest, rush = _apart(problem, order)
    plan = planner(steps=steps)
    mention(f"  planning {len(rest.promises)} orders without {order}, then with it")
    answer = accept_rush(
        rest, rush, schedule=plan(rest, None), plan=plan,
        uncertainty=assumed_uncertainty(problem), confidence=0.01 * confidence,
    )  # fmt: skip
    told = {
        "order": order,
        "in_gaps": _rush_told(answer.in_gaps, now),
        "together": _rush_told(answer.together, now),
    }
    tell(json.dumps(told, indent=2, allow_nan=False) if as_json
         else "\n".join(_rush_lines(told, confidence)))  # fmt: skip


def worth(
    machine: Annotated[str, typer.Argument(metavar="MACHINE", help="as the shop file names it")],
    minutes: Annotated[int, typer.Option(min=1, help="longer; 480 for a shift")] = 60,
    shop_file: ShopFile = HERE,
    database: Database = "",
    steps: _Steps = 300,
    as_json: AsJson = False,
) -> None:
    """What one more hour of a machine saves, day by day."""
    from reclad.schedule.capacity import planner
    from reclad.schedule.worth import worth_of_an_hour

    problem, now = read_work(shop_file, database)
    plan = planner(steps=steps)
    mention(f"  planning {len(problem.promises)} orders with {machine} open longer, day by day")
    found = worth_of_an_hour(
        problem, machine, schedule=plan(problem, None), plan=plan, minutes=minutes
    )
    told = [_overtime(one, now) for one in found]
    if as_json:
        tell(json.dumps(told, indent=2, allow_nan=False))
        return
    lines = [f"  {machine}, and who attends it, {minutes} min longer: weighted hours late saved"]
    lines += [f"    after {one['after']}{one['saved_h']:10.1f} h" for one in told]
    if not any(one["saved_h"] for one in told):
        lines.append("  none: nothing is late for want of this machine")
    tell("\n".join(lines))


def _apart(problem: Problem, order: str) -> tuple[Problem, Rush]:
    """The work without one order, and that order by itself."""
    from dataclasses import replace

    from reclad.errors import ShopError
    from reclad.schedule.worth import Rush
    from reclad.units import nearest, show

    promise = next((one for one in problem.promises if one.order == order), None)
    mine = tuple(task for task in problem.tasks if task.order == order)
    if promise is None:
        names = [one.order for one in problem.promises]
        raise ShopError(f"no open order {show(order)}; {nearest(order, names)}")
    if any(task.fixed is not None for task in mine):
        raise ShopError(f"order {show(order)} has begun: it is accepted; see `reclad schedule`")
    names_of_it = {task.name for task in mine}
    rush = Rush(mine, tuple(one for one in problem.links if one.before in names_of_it), promise)
    rest = replace(
        problem,
        tasks=tuple(task for task in problem.tasks if task.order != order),
        links=tuple(one for one in problem.links if one.before not in names_of_it),
        promises=tuple(one for one in problem.promises if one.order != order),
    )
    return rest, rush


def _rush_told(found: RushPlan, now: datetime.datetime) -> dict[str, Any]:
    return {
        "planned": _at(now, found.planned),
        "sure": _at(now, found.date.minutes),
        "others_later_h": found.cost / 60.0,
        "later": [{"order": name, "hours": minutes / 60.0} for name, minutes in found.later],
        "kept": [
            {"order": name, "before": before, "after": after} for name, before, after in found.kept
        ],
    }


def _rush_lines(told: dict[str, Any], confidence: float) -> list[str]:
    lines = []
    for name, words in (("in_gaps", "in the gaps, nobody moved"), ("together", "with all anew")):
        one = told[name]
        lines += [
            f"{told['order']} {words}",
            f"  as planned {one['planned']}, {confidence:g} % sure {one['sure']}",
            f"  others: {one['others_later_h']:.1f} weighted hours later",
        ]
        lines += [
            f"    {late['order']:20}{late['hours']:.1f} h later" for late in one["later"][:_SHOWN]
        ]
        fallen = [kept for kept in one["kept"] if kept["after"] < kept["before"] - 0.01]
        lines += [
            f"    {kept['order']:20}in time with {kept['after']:.0%}, before {kept['before']:.0%}"
            for kept in fallen[:_SHOWN]
        ]
    return lines


def _overtime(one: Overtime, now: datetime.datetime) -> dict[str, Any]:
    return {"after": _at(now, one.at), "minutes": one.minutes, "saved_h": one.saved / 60.0}


def _at(now: datetime.datetime, minute: float) -> str:
    return f"{now + datetime.timedelta(minutes=round(minute)):%Y-%m-%d %H:%M}"
