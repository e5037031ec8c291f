"""The orders not yet done, as the scheduler asks for them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from reclad.errors import ShopError
from reclad.job.names import fold
from reclad.orders.clock import minutes_until, open_windows, zone_of
from reclad.orders.skills import skills_of
from reclad.schedule.problem import Link, Mode, Placed, Problem, Promise, Resource, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reclad.orders.order import Operation, Order
    from reclad.orders.shop_file import Closed, Shop, ShopMachine

RUSH_WEIGHT = 10.0  # assumed: a minute of a rush order weighs as much as ten of another
HORIZON = 180  # days ahead for which shifts are laid out


def read_problem(
    orders: Sequence[Order], shop: Shop, now: datetime.datetime, days: int = HORIZON
) -> Problem:
    """What is left to do, and what there is to do it with, in minutes from `now`.

    orders   of one order book; those done are left out
    now      with its time zone
    days     how far ahead people and machines have shifts
    A step on hold and what follows it are left out, and no promise is made of such an order. A
    running step stays where it is; where it should have ended by now, it is taken to end at once;
    where nobody wrote who runs it and on what, it is the first that may. Raises ShopError where a
    step needs a machine or a skill the shop no longer has.
    Checked in tests/orders/test_backlog.py.
    """
    tasks, links, promises = [], [], []
    for order in orders:
        held = False
        before: Operation | None = None
        for one in order.operations:
            held = held or one.state == "on hold"
            if one.state != "done" and not held:
                tasks.append(_task(one, order, shop, now, before))
                if before is not None and before.state != "done":
                    links.append(Link(before.name, one.name, one.least, one.most))
            before = one
        if not held and order.state != "done":
            promises.append(_promise(order, shop, now))
    return Problem(
        resources=tuple(_resources(shop, now, days)),
        tasks=tuple(tasks),
        links=tuple(links),
        promises=tuple(promises),
    )


def _promise(order: Order, shop: Shop, now: datetime.datetime) -> Promise:
    """Due by the end of its day, where the shop is."""
    next_day = order.due + datetime.timedelta(days=1)
    midnight = datetime.datetime.combine(next_day, datetime.time(), zone_of(shop.zone))
    weight = order.weight * (RUSH_WEIGHT if order.rush else 1.0)
    return Promise(order.number, minutes_until(midnight, now), weight)


def _task(
    one: Operation,
    order: Order,
    shop: Shop,
    now: datetime.datetime,
    before: Operation | None,
) -> Task:
    machines = machines_for(one, shop)
    earliest = 0
    if before is not None and before.ended is not None:
        earliest = max(0, minutes_until(before.ended, now) + one.least)
    return Task(
        name=one.name,
        order=order.number,
        process=one.process,
        modes=tuple(Mode(name, one.minutes) for name in machines) or (Mode(None, one.minutes),),
        skill=one.skill,
        share=one.share,
        family=one.family,
        earliest=earliest,
        fixed=_running(one, shop, machines, now) if one.state == "running" else None,
    )


def _running(
    one: Operation, shop: Shop, machines: tuple[str, ...], now: datetime.datetime
) -> Placed:
    start = 0 if one.started is None else min(0, minutes_until(one.started, now))
    able = [person.name for person in shop.person if one.skill in skills_of(person)]
    return Placed(
        task=one.name,
        start=start,
        end=max(0, start + one.minutes),
        machine=_first(one.machine, machines),
        person=_first(one.person, able),
    )


def _first(written: str | None, able: Sequence[str]) -> str | None:
    if written in able:
        return written
    return able[0] if able else None


def machines_for(one: Operation, shop: Shop) -> tuple[str, ...]:
    """Names of the machines that can do a step; () where it takes none. ShopError where the shop
    has none."""
    if not one.kind:
        return ()
    found = tuple(
        machine.name
        for machine in shop.machine
        if machine.kind == one.kind and (not one.cell or fold(machine.cell or "") == fold(one.cell))
    )
    if not found:
        raise ShopError(
            f"{one.name}, {one.process}: the shop has no {one.kind} {one.cell} any more; add it to "
            "the shop file again"
        )
    return found


def _resources(shop: Shop, now: datetime.datetime, days: int) -> Iterator[Resource]:
    shifts = {shift.name: shift for shift in shop.shift}
    for machine in shop.machine:
        yield Resource(
            name=machine.name,
            kind="furnace" if machine.kind == "furnace" else "machine",
            open=open_windows(
                [shifts[name] for name in machine.shifts],
                [*_closed_for(shop, machine), *machine.closed],
                shop.zone,
                now,
                days,
            ),
            places=machine.places,
            changeover=-int(-machine.changeover // 60.0),
            family=machine.set_up_for,
        )
    for person in shop.person:
        yield Resource(
            name=person.name,
            kind="person",
            open=open_windows(
                [shifts[name] for name in person.shifts],
                [*shop.closed, *person.off],
                shop.zone,
                now,
                days,
            ),
            skills=skills_of(person),
        )


def _closed_for(shop: Shop, machine: ShopMachine) -> tuple[Closed, ...]:
    """A machine that runs day and night runs on through days on which the shop stands still."""
    return shop.closed if machine.shifts else ()
