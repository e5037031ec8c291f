"""The order book: what is ordered, how far each step is, and what holds it up."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from reclad.errors import ShopError
from reclad.orders.finding import (
    expect_operation,
    expect_order,
    find_lot,
    find_order,
    open_order_of,
)
from reclad.orders.order import Lot, NewOrder, Order, told_order
from reclad.orders.store import open_store
from reclad.orders.tables import HoldRow, LotRow, OperationRow, OrderRow
from reclad.units import show

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from reclad.orders.routing import Route
    from reclad.orders.store import Store
    from reclad.schedule.problem import Placed, Schedule

Now = datetime.datetime


@dataclass(frozen=True, eq=False)
class Book:
    """The orders of one store. Every change is one transaction and moves the steps behind it."""

    store: Store

    def add(self, route: Route, new: NewOrder, now: Now) -> Order:
        """Enter an order with all its steps, or nothing. ShopError where its number is taken or
        its job is already ordered and not done."""
        number = new.number or route.job.stem
        job = str(route.job.resolve())
        with self.store.write() as session:
            if find_order(session, number) is not None:
                raise ShopError(f"order {show(number)} exists already; give another --number")
            twin = open_order_of(session, job)
            if twin is not None:
                raise ShopError(
                    f"{route.job}: is order {show(twin)} already, which is not done; finish it "
                    "first, or copy the job folder"
                )
            row = OrderRow(
                number=number,
                kind=route.kind,
                customer=new.customer,
                received=now,
                due=new.due,
                weight=new.weight,
                rush=new.rush,
                job=job,
            )
            _fill(row, route)
            session.add(row)
            return _settled(session, row)

    def orders(self) -> list[Order]:
        """Every order, the earliest due first."""
        steps = selectinload(OrderRow.operations).selectinload(OperationRow.holds)
        chosen = select(OrderRow).options(steps).order_by(OrderRow.due, OrderRow.id)
        with self.store.read() as session:
            return [told_order(row) for row in session.scalars(chosen)]

    def order(self, number: str) -> Order:
        """The order of that number; ShopError with the nearest one where there is none."""
        with self.store.read() as session:
            return told_order(expect_order(session, number))

    def find(self, number: str) -> Order | None:
        """The order of that number, if there is one."""
        with self.store.read() as session:
            row = find_order(session, number)
            return None if row is None else told_order(row)

    def change(self, asked: NewOrder) -> Order:
        """Give the order of that number another due day, customer, weight and rush."""
        with self.store.write() as session:
            row = expect_order(session, asked.number)
            row.due, row.customer = asked.due, asked.customer
            row.weight, row.rush = asked.weight, asked.rush
            session.flush()
            return told_order(row)

    def start(
        self, name: str, now: Now, machine: str | None = None, person: str | None = None
    ) -> Order:
        """Begin an operation that is ready; machine and person default to those planned."""
        with self.store.write() as session:
            row = expect_operation(session, name)
            if row.state != "ready":
                raise ShopError(f"{name} cannot start: it is {row.state}{_why(row)}")
            row.state, row.started = "running", now
            row.machine = machine or row.planned_machine
            row.person = person or row.planned_person
            return _settled(session, row.order)

    def finish(self, name: str, now: Now, lot: str | None = None) -> Order:
        """End an operation that is running, or ready and done in one go; what follows gets ready.

        lot   of the powder used: the powder that the plan feeds is taken from it
        """
        with self.store.write() as session:
            row = expect_operation(session, name)
            if row.state not in ("running", "ready"):
                raise ShopError(f"{name} cannot be done: it is {row.state}{_why(row)}")
            row.started = row.started or now
            row.state, row.ended = "done", now
            row.machine = row.machine or row.planned_machine
            row.person = row.person or row.planned_person
            if lot is not None:
                _take(session, row, lot)
            return _settled(session, row.order)

    def hold(self, name: str, reason: str, now: Now) -> Order:
        """Set a hold point before an operation that has not started."""
        if not reason.strip() or len(reason) > 400 or not reason.isprintable():
            raise ShopError('a hold point needs a reason of one line, for example "customer looks"')
        with self.store.write() as session:
            row = expect_operation(session, name)
            if row.state in ("running", "done"):
                raise ShopError(f"{name} cannot be held: it is {row.state}; hold a later step")
            row.holds.append(HoldRow(reason=reason, since=now))
            return _settled(session, row.order)

    def release(self, name: str, now: Now) -> Order:
        """Release every hold point of an operation; ShopError where it has none."""
        with self.store.write() as session:
            row = expect_operation(session, name)
            held = [hold for hold in row.holds if hold.released is None]
            if not held:
                raise ShopError(f"{name} is not on hold: it is {row.state}; nothing was changed")
            for hold in held:
                hold.released = now
            return _settled(session, row.order)

    def keep_schedule(self, schedule: Schedule, start: Now) -> int:
        """Write where every step is planned, and forget the plan before; gives how many.

        start   of minute 0. Steps that run or are done keep what was planned. ShopError where the
        schedule has a step that the book has not, or that is done: it is of other orders.
        """
        with self.store.write() as session:
            open_steps = {
                row.name: row
                for row in session.scalars(
                    select(OperationRow)
                    .where(OperationRow.state != "done")
                    .options(selectinload(OperationRow.order))
                )
            }
            for name in schedule.at:
                if name not in open_steps:
                    raise ShopError(f"{show(name)} is no step to plan; schedule the orders again")
            for name, row in open_steps.items():
                if row.state != "running":
                    _plan(row, schedule.at.get(name), start)
            return len(schedule.at)

    def replan(self, number: str, route: Route) -> Order:
        """Give an order the steps of its job as planned now; ShopError once a step has begun.

        Hold points are kept where the order still has a step of that process.
        """
        with self.store.write() as session:
            row = expect_order(session, number)
            begun = [one for one in row.operations if one.state in ("running", "done")]
            if begun:
                raise ShopError(
                    f"order {show(number)}: {begun[0].name}, {begun[0].process}, has begun; its "
                    "steps stay as they are"
                )
            held = {one.process: list(one.holds) for one in row.operations}
            row.operations.clear()
            session.flush()
            _fill(row, route)
            for one in row.operations:
                for hold in held.get(one.process, []):
                    one.holds.append(
                        HoldRow(reason=hold.reason, since=hold.since, released=hold.released)
                    )
            return _settled(session, row)

    def add_powder(self, powder: str, lot: str, mass: float, now: Now) -> Lot:
        """Put `mass` kg of a lot into the store, on top of what is left of it."""
        if not 0 < mass <= 1e5:
            raise ShopError(f"lot {show(lot)}: {mass:g} kg lies outside 0 to 100000 kg; correct it")
        with self.store.write() as session:
            row = find_lot(session, powder, lot)
            if row is None:
                row = LotRow(powder=powder, lot=lot, mass_left=0.0, received=now)
                session.add(row)
            row.mass_left += mass
            return Lot(row.powder, row.lot, row.mass_left)

    def powder(self) -> list[Lot]:
        """Every lot, by powder and lot."""
        with self.store.read() as session:
            rows = session.scalars(select(LotRow).order_by(LotRow.powder, LotRow.lot))
            return [Lot(row.powder, row.lot, row.mass_left) for row in rows]


_STEP = (
    *("process", "kind", "cell", "family", "skill", "share", "minutes", "spread", "rework"),
    *("least", "most"),
)


def open_book(shop: str | Path | None = None, url: str = "") -> Book:
    """The order book beside a shop file, or at a database URL; see `open_store`."""
    return Book(open_store(shop, url))


def settle(order: OrderRow) -> None:
    """Set what may start now: a step is ready once all before it are done and nothing holds it."""
    before_done = True
    for row in order.operations:
        if row.state not in ("running", "done"):
            held = any(hold.released is None for hold in row.holds)
            row.state = "on hold" if held else "ready" if before_done else "waiting"
        before_done = before_done and row.state == "done"


def _fill(row: OrderRow, route: Route) -> None:
    """What an order takes from its route."""
    row.finish, row.powder, row.powder_mass = route.finish, route.powder, route.powder_mass
    row.job_sha256, row.plan_sha256 = route.job_sha256, route.plan_sha256
    for position, step in enumerate(route.steps, start=1):
        told = {key: getattr(step, key) for key in _STEP}
        row.operations.append(OperationRow(position=position, state="waiting", **told))


def _plan(row: OperationRow, placed: Placed | None, start: Now) -> None:
    minute = datetime.timedelta(minutes=1)
    row.planned_start = None if placed is None else start + placed.start * minute
    row.planned_end = None if placed is None else start + placed.end * minute
    row.planned_machine = None if placed is None else placed.machine
    row.planned_person = None if placed is None else placed.person


def _settled(session: Session, order: OrderRow) -> Order:
    settle(order)
    session.flush()
    return told_order(order)


def _why(row: OperationRow) -> str:
    held = [hold.reason for hold in row.holds if hold.released is None]
    if row.state == "on hold":
        return f" ({show(held[0])}); release it first"
    if row.state == "waiting":
        before = next(one for one in row.order.operations if one.state != "done")
        return f" for {before.name}, {before.process}; finish that first"
    return "; nothing was changed"


def _take(session: Session, row: OperationRow, lot: str) -> None:
    """Powder of the order's plan out of a lot."""
    order = row.order
    if row.process != "clad":
        raise ShopError(f"{row.name} is {row.process} and takes no powder; leave --lot out")
    found = find_lot(session, order.powder, lot)
    if found is None:
        raise ShopError(f"no lot {show(lot)} of {order.powder}; enter it with `reclad shop powder`")
    if found.mass_left < order.powder_mass:
        raise ShopError(
            f"lot {show(lot)} of {order.powder} holds {found.mass_left:.3g} kg, the plan feeds "
            f"{order.powder_mass:.3g} kg; weigh the lot and enter the rest, or name another"
        )
    found.mass_left -= order.powder_mass
