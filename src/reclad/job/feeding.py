"""Which feeder curve a job runs on: its own powder lot's, and no other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reclad.errors import JobError
from reclad.job.feeder import Feeder
from reclad.job.feeder_curve import FeederCurve
from reclad.job.library import Found, find
from reclad.job.machine import Machine
from reclad.job.names import fold
from reclad.job.numbers import quantities
from reclad.job.reading import validate

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.job.material import Powder


def read_feeder(name: str, folder: Path | None = None) -> FeederCurve:
    """The feeder curve of that name (SI), from the job folder or the shipped library."""
    return find("feeders", name, FeederCurve, folder).model


def read_cell(machine: str, feeder: str | None, folder: Path | None = None) -> Machine:
    """The machine of that name (SI), with the feeder curve of that name in place of its own."""
    cell = find("machines", machine, Machine, folder).model
    return (
        cell if feeder is None else with_curve(cell, find("feeders", feeder, FeederCurve, folder))
    )


def with_curve(cell: Machine, curve: Found[FeederCurve]) -> Machine:
    """The machine with a measured curve in place of its feeder's own; outputs and top speed stay.

    JobError for a curve of another machine or carrier gas, or weighed faster than the disc may
    turn.
    """
    told, file = curve.model, curve.file
    if fold(told.machine) not in (fold(name) for name in (cell.name, *cell.aliases)):
        raise JobError(
            f"{file} machine: weighed on {told.machine}, but the job runs on {cell.name}; weigh "
            f"it there with `reclad weigh NAME --machine {cell.name}`"
        )
    carrier = cell.feeder.carrier
    if carrier is not None and not carrier.carries_like(told.carrier):
        raise JobError(
            f"{file} carrier: weighed with {told.carrier.text}, but {cell.name} feeds with "
            f"{carrier.text}; weigh it with that gas, its flow within 10 %"
        )
    return cell.model_copy(update={"feeder": _feeder(cell.feeder, told, file)})


def _feeder(own: Feeder, told: FeederCurve, file: str) -> Feeder:
    q, delay = quantities(Feeder), told.delay
    return validate(
        Feeder,
        {
            "analog": own.analog,
            "source": told.source,
            "carrier": told.carrier.text,
            "powder": told.powder,
            "lot": told.lot,
            "weighed": told.weighed,
            "valid_days": told.valid_days,
            "rpm_max": q["rpm_max"].text(own.rpm_max),
            "delay": q["delay"].text(own.delay if delay is None else delay),
            "weighings": [(f"{rpm!r} rpm", f"{rate!r} kg/s") for rpm, rate in told.fit.curve],
        },
        file,
    )


def expect_powder_weighed(file: str, cell: Machine, powder: Powder) -> None:
    """JobError unless the feeder was weighed with this powder; an example's curve, which nobody
    weighed, is listed among the assumed numbers instead."""
    feeder = cell.feeder
    known = (fold(name) for name in (powder.name, *powder.aliases))
    if cell.curve_is_assumed or fold(feeder.powder) in known:
        return
    raise JobError(
        f"{file} powder: {powder.name}, but the feeder curve of {cell.name} was weighed with "
        f"{feeder.powder}, lot {feeder.lot}; weigh this lot with `reclad weigh NAME` and write "
        'feeder = "NAME"'
    )
