"""What beads are to be suggested for: a job, or a machine, a parent and settings by option."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reclad.errors import JobError, ProcessError, RecladError
from reclad.job import (
    Limits,
    PathSettings,
    read_job,
    read_machine,
    read_material,
    read_nozzle,
    read_powder,
)
from reclad.job.feeding import expect_powder_weighed
from reclad.lab import Aim
from reclad.path import Offcut, Plate
from reclad.process import Beam, ProcessParameters, Substrate
from reclad.record import load_plan
from reclad.units import parse_quantity, show

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reclad.job import Job, Machine, Material, Nozzle, Powder
    from reclad.path import Blank

_ROOM = 293.15
_UNITS = {"power": "W", "travel_speed": "mm/s", "feed_rate": "g/min"}
_PLATE = Plate(length=0.2, width=0.1, thickness=0.012)
_PIPE = Offcut(length=0.15, diameter=0.2, wall=0.015)
_SIZES = re.compile(r"\s*([\d.]+)\s*[x×*]\s*([\d.]+)\s*[x×*]\s*([\d.]+)\s*mm\s*")


@dataclass(frozen=True, eq=False)
class Task:
    """The beads whose dilution is wanted, the machine that lays single beads to learn from, and
    how steep a bead may be (rad) and how long its lead-in (m) is."""

    aim: Aim
    machine: Machine
    toe_angle_max: float
    lead: float


def aim_of_job(where: Path) -> Task:
    """Of the settings that the job fixes, or else of its plan.

    JobError when neither says them all.
    """
    job = read_job(where)
    pinned = {name: getattr(job.procedure, name) for name in _UNITS}
    stand_off, interpass = job.procedure.stand_off or job.nozzle.stand_off, job.preheat
    if None in pinned.values():
        try:
            told = load_plan(where, dict(job.sources)).manifest["procedure"]
        except RecladError as error:
            lacking = ", ".join(name for name, value in pinned.items() if value is None)
            raise JobError(
                f"{where}: job.toml does not fix {lacking}, and the plan cannot be taken: {error}"
            ) from error
        pinned = {name: told[name] for name in _UNITS}
        stand_off, interpass = told["stand_off"], told["interpass"]
    settings = ProcessParameters.of(**pinned, stand_off=stand_off, interpass=interpass)
    wall = None if job.part.shape == "shaft" else job.part.across
    substrate = Substrate(job.parent, wall, job.ambient)
    return _task(job.cell, job.nozzle, job.feedstock, job.clad, substrate, settings, job)


def aim_of_options(
    machine: str, powder: str, parent: str, given: Mapping[str, str], folder: Path
) -> Task:
    """Of a machine, a powder ("": the one its feeder was weighed with), a parent, and settings in
    units by option name; on a thick part at 20 degC."""
    cell = read_machine(machine, folder)
    feedstock = read_powder(powder or cell.feeder.powder, folder)
    expect_powder_weighed("options", cell, feedstock)
    nozzle = read_nozzle(cell.nozzle, folder)
    values = {}
    for name, unit in _UNITS.items():
        option = f"--{name.replace('_', '-')}"
        try:
            values[name] = parse_quantity(given[name], unit)
        except RecladError as error:
            raise type(error)(f"{option}: {error}") from error
    settings = ProcessParameters.of(**values, stand_off=nozzle.stand_off, interpass=_ROOM)
    substrate = Substrate(read_material(parent, folder), None, _ROOM)
    clad = read_material(feedstock.alloy, folder)
    return _task(cell, nozzle, feedstock, clad, substrate, settings, None)


def _task(
    machine: Machine,
    nozzle: Nozzle,
    powder: Powder,
    clad: Material,
    substrate: Substrate,
    settings: ProcessParameters,
    job: Job | None,
) -> Task:
    # An example's curve may stand for any powder; the sheet must name the one that is laid.
    feeder = machine.feeder.model_copy(update={"powder": powder.name})
    aim = Aim(
        settings=settings,
        beam=Beam(0.5 * machine.laser.spot, machine.laser.spot_shape),
        substrate=substrate,
        powder=powder,
        clad=clad,
        nozzle=nozzle,
        made_with={"machine": machine.name, "powder": powder.name, "nozzle": nozzle.name},
    )
    limits, path = (job.limits, job.path) if job else (Limits(), PathSettings())
    return Task(aim, machine.model_copy(update={"feeder": feeder}), limits.toe_angle_max, path.lead)


def blank_of(text: str, machine: Machine) -> Blank:
    """The coupon: length x width x thickness of a plate where the machine has Y, else length x
    diameter x wall of a pipe; "" is 200 x 100 x 12 mm or 150 x 200 x 15 mm."""
    flat = machine.axes.Y is not None
    if not text:
        return _PLATE if flat else _PIPE
    match = _SIZES.fullmatch(text)
    if match is None:
        sizes = "length x width x thickness" if flat else "length x diameter x wall"
        raise ProcessError(
            f'--blank: {show(text)} is no coupon; write {sizes}, for example "200 x 100 x 12 mm"'
        )
    try:
        one, two, three = (parse_quantity(f"{size} mm", "mm") for size in match.groups())
    except RecladError as error:
        raise ProcessError(f"--blank: {error}") from error
    return Plate(one, two, three) if flat else Offcut(one, two, three)
