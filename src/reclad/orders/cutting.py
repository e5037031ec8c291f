"""An order that is a drawing: how long the laser cutter takes for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reclad.errors import JobError, ShopError
from reclad.job.names import fold
from reclad.orders.drawing import read_drawing
from reclad.orders.routing import Route, Step, expect_machines, whole_minutes
from reclad.units import format_quantity, show

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.orders.drawing import Drawing
    from reclad.orders.shop_file import CutRow, Cutting, Shop


def route_cutting(
    drawing: Path, shop: Shop, material: str, thickness: float, pieces: int = 1, unit: str = ""
) -> Route:
    """The one step of an order that is a drawing.

    material, thickness   of the sheet, as a line of the shop's [[cutting.table]] has them (m)
    pieces                how often the drawing is cut, from one sheet
    unit                  of the drawing where its header states none
    Raises JobError where the table has no such line, FileError where the drawing cannot be cut.
    Checked in tests/orders/test_drawing.py.
    """
    if not 1 <= pieces <= 100_000:
        raise ShopError(f"--pieces {pieces}: lies outside 1 to 100000; correct it")
    cutting = shop.cutting
    if cutting is None:
        raise JobError(f"{shop.name}: no [cutting] table, so no drawing can be timed; add one")
    row = _row(shop.name, cutting, material, thickness)
    measured = read_drawing(drawing, unit)
    told = shop.steps.cut
    step = Step(
        process="cut",
        minutes=whole_minutes(cutting_time(measured, cutting, row, pieces)),
        spread=cutting.spread,
        rework=told.rework,
        kind="laser-cutter",
        family=f"{row.material} {format_quantity(row.thickness, 'mm')}",
        skill="cut",
        share=round(100.0 * told.attended),
    )
    expect_machines(shop, (step,))
    return Route("cut", drawing, (step,), "", measured.sha256)


def cutting_time(drawing: Drawing, cutting: Cutting, row: CutRow, pieces: int = 1) -> float:
    """Time on the cutter (s): set-up, and per piece the cut, its pierces and the way between."""
    each = (
        drawing.cut_length / row.cutting_speed
        + drawing.pierces * row.pierce
        + drawing.rapid_length / cutting.rapid.value
    )
    return cutting.setup.value + pieces * each


def _row(shop: str, cutting: Cutting, material: str, thickness: float) -> CutRow:
    for row in cutting.table:
        if fold(row.material) == fold(material) and abs(row.thickness - thickness) < 1e-6:
            return row
    known = ", ".join(
        f"{row.material} {format_quantity(row.thickness, 'mm')}" for row in cutting.table[:20]
    )
    raise JobError(
        f"{shop} [[cutting.table]]: no line for {show(material)} of "
        f"{format_quantity(thickness, 'mm')}; known: {known or 'none'}; add it"
    )
