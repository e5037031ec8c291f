"""Orders, steps and the shop as lines for people and as JSON."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reclad.job import Assumed
    from reclad.orders import Operation, Order, Shop
    from reclad.orders.exchange import Imported
    from reclad.orders.order import Lot


def order_json(order: Order) -> dict[str, Any]:
    """An order with its steps; days and times as ISO text, times in UTC."""
    told: dict[str, Any] = _plain(asdict(order))
    return told | {"state": order.state}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def list_lines(orders: Sequence[Order]) -> list[str]:
    """One line per order, and what can start now."""
    if not orders:
        return ["no orders; enter one with `reclad order add JOB --due DAY`"]
    lines = [f"{'order':22}{'due':12}{'weight':>7}  {'state':9}{'left':>8}  next"]
    for one in orders:
        left = sum(step.minutes for step in one.operations if step.state != "done")
        weight = f"{one.weight:g}{' rush' if one.rush else ''}"
        lines.append(
            f"{one.number[:21]:22}{one.due.isoformat():12}{weight:>7}  {one.state:9}"
            f"{left / 60:6.1f} h  {_next(one)}"
        )
    return lines


def _next(order: Order) -> str:
    for step in order.operations:
        if step.state in ("running", "ready", "on hold"):
            return f"{step.name} {step.process.replace('_', ' ')}, {step.state}"
    return "nothing"


def order_lines(order: Order) -> list[str]:
    """An order and its steps, and whether its job is still as it was entered."""
    from reclad.orders.routing import changed_since

    changed = changed_since(Path(order.job), order.job_sha256, order.plan_sha256)
    rush = ", rush" if order.rush else ""
    lines = [
        f"{order.number}: {order.state}, due {order.due}, weight {order.weight:g}{rush}",
        f"  job       {order.job}",
    ]
    if changed:
        again = f"; run `reclad order replan {order.number}`" if order.kind == "repair" else ""
        lines.append(f"  CHANGED   since it was entered: {changed}{again}")
    if order.customer:
        lines.append(f"  customer  {order.customer}")
    if order.powder:
        lines.append(f"  powder    {1000 * order.powder_mass:.4g} g of {order.powder}")
    lines += ["", f"{'step':26}{'process':13}{'state':9}{'min':>6}  on"]
    lines += [_step_line(one) for one in order.operations]
    lines += [
        f"  hold      {one.name}: {hold.reason}"
        for one in order.operations
        for hold in one.holds
        if hold.released is None
    ]
    return lines


def _step_line(one: Operation) -> str:
    on = ", ".join(
        name
        for name in (
            one.machine or one.planned_machine or one.kind,
            one.person or one.planned_person,
        )
        if name
    )
    process = one.process.replace("_", " ")
    return f"{one.name[:25]:26}{process:13}{one.state:9}{one.minutes:>6}  {on}".rstrip()


def import_lines(made: Imported) -> list[str]:
    """What became of an imported CSV."""
    return [
        f"{len(made.added)} added, {len(made.changed)} changed, {len(made.same)} the same, "
        f"{len(made.refused)} refused",
        *(f"  refused   {line}" for line in made.refused),
    ]


def powder_lines(lots: Sequence[Lot]) -> list[str]:
    """Powder in store, a line per lot."""
    if not lots:
        return ['no powder; enter a lot with `reclad shop powder POWDER LOT "20 kg"`']
    lines = [f"{'powder':20}{'lot':20}{'left, kg':>10}"]
    return lines + [f"{one.powder[:19]:20}{one.lot[:19]:20}{one.mass_left:>10.3f}" for one in lots]


def shop_json(shop: Shop, guessed: Sequence[Assumed]) -> dict[str, Any]:
    """A shop file as read, units in every quantity, and what is assumed in it."""
    return {
        "shop": shop.model_dump(mode="json"),
        "assumed": [one._asdict() for one in guessed],
    }


def shop_lines(shop: Shop, guessed: Sequence[Assumed]) -> list[str]:
    """What a shop has, and what of it is assumed."""
    return [
        f"{shop.name}: {len(shop.machine)} machines, {len(shop.person)} people, {shop.zone}",
        *(f"  {one.kind:14}{one.name}" for one in shop.machine),
        *(f"  {'person':14}{one.name}: {', '.join(one.skills)}" for one in shop.person),
        "",
        f"assumed: {len(guessed)} numbers; write in your own",
        *(f"  {one.what}: {one.value}" for one in guessed),
    ]
