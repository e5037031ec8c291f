"""Finding the rows of an order, a step or a powder lot by what people call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from reclad.errors import ShopError
from reclad.orders.tables import LotRow, OperationRow, OrderRow
from reclad.units import nearest, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

EXAMPLE = "pipe-0412.3"


def find_order(session: Session, number: str) -> OrderRow | None:
    """The order of that number, if there is one."""
    return session.scalars(select(OrderRow).where(OrderRow.number == number)).one_or_none()


def _numbers(session: Session) -> Sequence[str]:
    return session.scalars(select(OrderRow.number).order_by(OrderRow.id.desc()).limit(500)).all()


def expect_order(session: Session, number: str) -> OrderRow:
    """The order of that number; ShopError with the nearest one where there is none."""
    found = find_order(session, number)
    if found is None:
        numbers = [*_numbers(session)]
        near = nearest(number, numbers) if numbers else "the order book is empty"
        raise ShopError(f"no order {show(number)}; {near}")
    return found


def open_order_of(session: Session, job: str) -> str | None:
    """Number of the order of that job that is not done, if there is one."""
    undone = OrderRow.operations.any(OperationRow.state != "done")
    chosen = select(OrderRow.number).where(OrderRow.job == job, undone)
    return session.scalars(chosen).first()


def expect_operation(session: Session, name: str) -> OperationRow:
    """The step of that name, "pipe-0412.3"; ShopError where there is none."""
    number, _, place = name.rpartition(".")
    if not number or not place.isdecimal() or len(place) > 4:
        raise ShopError(
            f"{show(name)} is no operation; write order and place, for example {EXAMPLE}"
        )
    order = expect_order(session, number)
    for row in order.operations:
        if row.position == int(place):
            return row
    raise ShopError(
        f"order {show(number)} has no step {place}; it has 1 to {len(order.operations)}"
    )


def find_lot(session: Session, powder: str, lot: str) -> LotRow | None:
    """The lot of a powder, if it is known."""
    chosen = select(LotRow).where(LotRow.powder == powder, LotRow.lot == lot)
    return session.scalars(chosen).one_or_none()
