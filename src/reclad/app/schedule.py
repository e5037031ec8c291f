"""`reclad schedule` and `reclad capacity`: the plan of the shop, its dates, and what comes next."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reclad.app.door import mention, tell
from reclad.app.order import HERE, AsJson, Database, ShopFile, _opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reclad.orders import Order
    from reclad.schedule.capacity import Ranked
    from reclad.schedule.problem import Problem
    from reclad.schedule.promise import PromisedDate
    from reclad.schedule.solve import Solved

PAGE = "schedule.html"
_RUNS = 1000
_SHOWN = 12  # moves on the screen; all in the JSON
_TimeLimit = Annotated[float, typer.Option("--time-limit", help="s of search")]
_Seed = Annotated[int, typer.Option(help="of the search")]


def add_commands(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.command()(schedule)
    app.command()(capacity)


def schedule(
    shop_file: ShopFile = HERE,
    database: Database = "",
    time_limit: _TimeLimit = 20.0,
    seed: _Seed = 0,
    freeze_for: Annotated[
        float, typer.Option("--freeze", help="h from now that stay as planned")
    ] = 0.0,
    confidence: Annotated[float, typer.Option(help="%, of the dates to promise")] = 90.0,
    instance: Annotated[
        Path | None, typer.Option(help="plan a job shop out of a .fjs file instead")
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="do not spare the plan that is kept")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="keep nothing")] = False,
    as_json: AsJson = False,
) -> None:
    """Who does what on which machine, and dates to promise.

    Keeps the plan in the order book and writes schedule.html beside the shop file.
    """
    from reclad.app.instance import solve_instance

    if instance is not None:
        solve_instance(instance, time_limit=time_limit, as_json=as_json, seed=seed)
        return
    from reclad.orders import read_problem, read_shop
    from reclad.orders.clock import zone_of
    from reclad.orders.kept import freeze, kept_plan
    from reclad.record.gantt import render_gantt
    from reclad.schedule.chances import assumed_uncertainty
    from reclad.schedule.promise import promise, simulate
    from reclad.schedule.replan import replan
    from reclad.schedule.solve import make_schedule

    with _opened(shop_file, database) as book:
        orders = book.orders()
        shop = read_shop(shop_file)
        now = _minute().astimezone(zone_of(shop.zone))
        problem = _expect_work(read_problem(orders, shop, now), orders)
        kept = kept_plan(problem, orders, now)
        if kept is not None and freeze_for > 0.0:
            problem = freeze(problem, kept, round(60.0 * freeze_for))
        mention(f"  {len(problem.tasks)} steps of {len(problem.promises)} orders")
        if kept is None or anew:
            solved, moves = make_schedule(problem, seconds=time_limit, seed=seed, start=kept), None
        else:
            again = replan(problem, kept, seconds=time_limit, seed=seed)
            solved = replace(again.best, schedule=again.schedule, tardiness=again.tardiness)
            moves = [{"task": one.task, "change": one.change} for one in again.moves]
        mention(f"  carrying the plan out in {_RUNS} shops as this one may be")
        runs = simulate(
            problem, solved.schedule, assumed_uncertainty(problem), runs=_RUNS, seed=seed
        )
        dates = promise(runs, 0.01 * confidence)
        page = None
        if not dry_run:
            book.keep_schedule(solved.schedule, now)
            page = _folder(shop_file) / PAGE
            sure = {one.order: round(one.minutes) for one in dates}
            _write(page, render_gantt(problem, solved.schedule, now, sure=sure,
                                      confidence=0.01 * confidence))  # fmt: skip
    told = _told(problem, solved, dates, now) | {"moved": moves}
    tell(json.dumps(told, indent=2, allow_nan=False) if as_json
         else "\n".join(_lines(told, confidence, page)))  # fmt: skip


def capacity(
    shop_file: ShopFile = HERE,
    database: Database = "",
    load: Annotated[
        float, typer.Option(min=0.1, help="orders of each, over those there are")
    ] = 1.0,
    backlogs: Annotated[int, typer.Option(min=2, help="like the present one, to judge by")] = 8,
    steps: Annotated[int, typer.Option(min=1, help="of search for each plan")] = 300,
    seed: _Seed = 0,
    as_json: AsJson = False,
) -> None:
    """What to buy, whom to hire or train next.

    Each way is planned over several backlogs like the present one.
    """
    from reclad.schedule.capacity import advise, planner
    from reclad.schedule.growth import ways_to_grow
    from reclad.schedule.resample import resample

    problem, _ = read_work(shop_file, database)
    options = ways_to_grow(problem)
    mention(
        f"  {len(options)} ways, each over {backlogs} backlogs of {len(problem.promises)} orders"
    )
    ranked = advise(
        lambda number: resample(problem, number, load),
        options,
        seeds=range(seed, seed + backlogs),
        plan=planner(steps=steps, seed=seed),
    )
    if as_json:
        tell(json.dumps([_ranked(one) for one in ranked], indent=2, allow_nan=False))
    else:
        tell("\n".join(_ranking(ranked, backlogs)))


def read_work(shop_file: Path, database: str) -> tuple[Problem, datetime.datetime]:
    """What is left to do in a shop, from this minute on, by the shop's own clock."""
    from reclad.orders import read_problem, read_shop
    from reclad.orders.clock import zone_of

    with _opened(shop_file, database) as book:
        shop = read_shop(shop_file)
        now = _minute().astimezone(zone_of(shop.zone))
        orders = book.orders()
        return _expect_work(read_problem(orders, shop, now), orders), now


def _expect_work(problem: Problem, orders: Sequence[Order]) -> Problem:
    from reclad.errors import ShopError

    if not problem.tasks:
        state = "all done or on hold" if orders else "none entered yet"
        raise ShopError(f"no orders to schedule: {state}; enter one with `reclad order add JOB`")
    return problem


def _minute() -> datetime.datetime:
    return datetime.datetime.now(tz=datetime.UTC).replace(second=0, microsecond=0)


def _folder(shop_file: Path) -> Path:
    return shop_file if shop_file.is_dir() else shop_file.parent


def _write(page: Path, text: str) -> None:
    from reclad.errors import FileError

    scratch = page.with_name(f".{page.name}.part")
    try:
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(page)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise FileError(f"{page}: cannot be written ({error.strerror}); free it or its disk") from (
            error
        )


def _told(
    problem: Problem, solved: Solved, dates: Sequence[PromisedDate], now: datetime.datetime
) -> dict[str, Any]:
    def at(minute: float) -> str:
        moment = now + datetime.timedelta(minutes=round(minute))
        return moment.isoformat(timespec="minutes")

    done = solved.schedule.finish(problem)
    sure = {one.order: one for one in dates}
    return {
        "from": at(0),
        "makespan": solved.schedule.makespan,
        "tardiness": solved.tardiness,
        "found": {
            "rules": solved.by_rule,
            "search": solved.searched,
            "solver": solved.solved,
            "lower_bound": solved.bound,
        },
        "orders": [
            {
                "order": one.order,
                "due": at(one.due - 1)[:10],
                "planned": at(done[one.order]),
                "sure": at(sure[one.order].minutes),
                "sure_between": [at(sure[one.order].low), at(sure[one.order].high)],
                "late": done[one.order] > one.due,
            }
            for one in sorted(problem.promises, key=lambda one: (one.due, one.order))
        ],
        "plan": [
            {
                "task": one.task,
                "process": problem.task[one.task].process,
                "start": at(one.start),
                "end": at(one.end),
                "machine": one.machine,
                "person": one.person,
            }
            for one in sorted(solved.schedule.placed, key=lambda one: (one.start, one.task))
        ],
    }


def _lines(told: dict[str, Any], confidence: float, page: Path | None) -> list[str]:
    late = [one for one in told["orders"] if one["late"]]
    lines = [
        f"{len(told['orders'])} orders, {len(late)} late as planned; "
        f"{told['tardiness'] / 60.0:.1f} weighted hours late",
        *(
            f"  {rule:22}{value / 60.0:.1f} h"
            for rule, value in told["found"]["rules"].items()
            if rule == "due date"
        ),
        "",
        f"  {'order':20}{'due':18}{'as planned':18}{f'{confidence:g} % sure':18}",
    ]
    for one in told["orders"]:
        planned, sure = (_shown(one[key]) for key in ("planned", "sure"))
        lines.append(f"  {one['order'][:19]:20}{one['due']:18}{planned:18}{sure:18}"
                     f"{'LATE' if one['late'] else ''}".rstrip())  # fmt: skip
    if told["moved"] is not None:
        lines += ["", f"  moved against the plan before: {len(told['moved'])} steps"]
        lines += [f"    {one['task']}: {one['change']}" for one in told["moved"][:_SHOWN]]
    if page is not None:
        lines += ["", f"  page      {page}"]
    return lines


def _shown(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _ranked(one: Ranked) -> dict[str, Any]:
    return {
        "option": one.option.label,
        "saved_h": {"value": one.saved / 60.0, "low": one.low / 60.0, "high": one.high / 60.0},
        "comes_first": one.leads,
    }


def _ranking(ranked: Sequence[Ranked], backlogs: int) -> list[str]:
    lines = [f"  {'next':46}{'weighted hours saved':28}first in"]
    for one in ranked:
        saved = f"{one.saved / 60.0:.1f} ({one.low / 60.0:.1f} to {one.high / 60.0:.1f})"
        lines.append(f"  {one.option.label[:45]:46}{saved:28}{one.leads:.0%}")
    if not any(one.high for one in ranked):
        lines.append(
            "  nothing is late in these backlogs; ask with --load 1.5 for half as many again"
        )
    return [*lines, f"  over {backlogs} backlogs drawn from the present orders; 95 % intervals"]
