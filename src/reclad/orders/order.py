"""An order and its steps as they stand, free of the database."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from reclad.errors import ShopError
from reclad.units import show

if TYPE_CHECKING:
    from reclad.orders.tables import OperationRow, OrderRow


@dataclass(frozen=True)
class NewOrder:
    """What a customer asks: number "" takes the name of the job; weight of a minute of lateness
    beside that of other orders; rush: goes before the others."""

    due: datetime.date
    number: str = ""
    customer: str = ""
    weight: float = 1.0
    rush: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.weight) and 0 < self.weight <= 1e6):
            raise ShopError(
                f"weight {self.weight:g} lies outside 0 to 1000000; write for example 1"
            )
        for key, text in (("number", self.number), ("customer", self.customer)):
            limit = 80 if key == "number" else 400
            if len(text) > limit or (text and not text.isprintable()):
                raise ShopError(f"{key} {show(text)} is longer than {limit} or has line breaks")


@dataclass(frozen=True)
class Hold:
    """Why an operation must not start, and since when; released None: it still holds."""

    reason: str
    since: datetime.datetime
    released: datetime.datetime | None


@dataclass(frozen=True)
class Operation:
    """One step of an order as it stands; see `routing.Step` for what it needs.

    name      order and place, "pipe-0412.3": what a person writes for it
    state     waiting for the step before, ready, running, done, on hold
    planned_* as last scheduled, started to person as it was
    """

    name: str
    order: str
    position: int
    process: str
    kind: str
    cell: str
    family: str
    skill: str
    share: int
    minutes: int
    spread: float
    rework: float
    least: int
    most: int | None
    state: str
    planned_start: datetime.datetime | None
    planned_end: datetime.datetime | None
    planned_machine: str | None
    planned_person: str | None
    started: datetime.datetime | None
    ended: datetime.datetime | None
    machine: str | None
    person: str | None
    holds: tuple[Hold, ...]


@dataclass(frozen=True)
class Order:
    """An order with its steps; job as it was given, powder_mass kg fed by its plan."""

    number: str
    kind: str
    customer: str
    received: datetime.datetime
    due: datetime.date
    weight: float
    rush: bool
    finish: str
    job: str
    job_sha256: str
    plan_sha256: str
    powder: str
    powder_mass: float
    operations: tuple[Operation, ...]

    @property
    def state(self) -> str:
        """done, running, on hold (one of its steps is), begun (some are done), or open."""
        states = {one.state for one in self.operations}
        if states == {"done"}:
            return "done"
        for state in ("running", "on hold"):
            if state in states:
                return state
        return "begun" if "done" in states else "open"


@dataclass(frozen=True)
class Lot:
    """A powder lot and what is left of it, kg."""

    powder: str
    lot: str
    mass_left: float


def told_order(row: OrderRow) -> Order:
    """An order as it stands, free of the database."""
    own = {f.name: getattr(row, f.name) for f in fields(Order) if f.name != "operations"}
    return Order(operations=tuple(_told_operation(one) for one in row.operations), **own)


def _told_operation(row: OperationRow) -> Operation:
    own = {f.name: getattr(row, f.name) for f in fields(Operation)} | {
        "order": row.order.number,
        "holds": tuple(Hold(one.reason, one.since, one.released) for one in row.holds),
    }
    return Operation(**own)
