"""A ductile buffer layer under a hard overlay: the job that lays it, and the one laid on it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import JobError
from reclad.foresight import foresee
from reclad.job import Pins, list_names, read_cell, read_material, read_powder
from reclad.part import CaliperRow
from reclad.part.wear import cut_profile
from reclad.process import evaluate
from reclad.units import format_quantity

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from reclad.job import Job, Machine, Material, Powder
    from reclad.part import Part
    from reclad.risk import Laid

# Assumed: of the spot, least thickness asked of a buffer; what one layer of a job's own spot gives.
_OF_SPOT = 0.2
_CUT_STEP = 1e-4  # m that a lathe or mill is told in


def buffer_powders(job: Job, folder: Path | None = None) -> tuple[str, ...]:
    """Names of the powders that a buffer may be laid of: those of an alloy that the job's list of
    damages gives no cracking of a hard phase, other than the overlay's and the part's own.

    folder   of the job, whose own powders count as well. Checked: tests/test_buffer.py.
    """
    return tuple(name for name in list_names("powders", folder) if not _refusal(job, name, folder))


def least_thickness(job: Job) -> float:
    """The thickness (radial, m) that a buffer is asked for where nobody says: a fifth of the spot
    (assumed), which one layer gives."""
    return _OF_SPOT * job.cell.laser.spot


def buffered(
    job: Job,
    powder: str,
    thickness: float,
    *,
    laid: float | None = None,
    feeder: str | None = None,
    folder: Path | None = None,
) -> tuple[Job, Job]:
    """A job as two: the buffer layer on the part, and the overlay on the buffer.

    powder      of the buffer, by name or alias
    thickness   radial m that the buffer must reach everywhere
    laid        radial m that it is foreseen to have in the mean, which the overlay's readings are
                forecast by; the thickness where left out
    feeder      curve of the buffer's powder lot, by name; else the machine's own
    folder      of the job, whose own files go before the shipped ones
    JobError where the alloy is no ductile one, or the wear leaves no room for it under the
    finished size. Checked: tests/test_buffer.py.
    """
    return (
        buffer_job(job, powder, thickness, feeder=feeder, folder=folder),
        overlay_job(job, powder, thickness if laid is None else laid, folder=folder),
    )


def buffer_job(
    job: Job,
    powder: str,
    thickness: float,
    *,
    feeder: str | None = None,
    folder: Path | None = None,
) -> Job:
    """The job of the buffer alone: one layer, nothing to machine off, no setting of the overlay.

    Arguments and errors as in `buffered`. Preheat, furnace and limits stay: the part's own steel is
    heated by this job, and the furnace after the overlay is the one it sees.
    """
    metal, alloy = _metal(job, powder, folder)
    if not thickness > 0.0:
        raise JobError(f"a buffer of {_mm(thickness)} is none; ask for a thicker one")
    part, size = job.part, _per_radial(job.part)
    rows = [(position, worn, worn + size * thickness) for position, worn, _ in _zone_rows(part)]
    lower = max((old[2] - new[2]) / size for old, new in zip(_zone_rows(part), rows, strict=True))
    return job.model_copy(
        update={
            "name": f"{job.name}-buffer",
            "kind": "overlay",
            "powder": metal.name,
            "feedstock": metal,
            "clad": alloy,
            "feeder": feeder,
            "cell": _cell(job, feeder, folder),
            "allowance": 0.0,
            "procedure": Pins(layers=1),
            "part": _with_rows(part, rows, lower),
        }
    )


def overlay_job(job: Job, powder: str, laid: float, *, folder: Path | None = None) -> Job:
    """The job of the overlay on a buffer of `powder` that stands `laid` m (radial) over the worn
    surface: its parent is the buffer's alloy, all else stays. Errors as in `buffered`."""
    _, alloy = _metal(job, powder, folder)
    part, size = job.part, _per_radial(job.part)
    rows = [
        (position, worn + size * laid, finished) for position, worn, finished in _zone_rows(part)
    ]
    short = max((worn - finished) / size for _, worn, finished in rows)
    if short > 1e-9:
        needed = _mm(depth_to_turn(job, laid))
        raise JobError(
            f"a buffer of {_mm(laid)} stands {_mm(short)} over the finished size where the part is "
            f"worn least: turn or mill the zone down by {needed} first (--turn-down), or lay a "
            "thinner buffer"
        )
    return job.model_copy(
        update={
            "name": f"{job.name}-over",
            "material": alloy.name,
            "parent": alloy,
            "part": _with_rows(part, rows, 0.0),
        }
    )


def depth_to_turn(job: Job, laid: float) -> float:
    """How far (radial, m, up to the next 0.1 mm) the zone is turned or milled down before a buffer
    `laid` m thick, so that the finished overlay is nowhere thinner than the buffer, or than it
    would be without one. The rule is assumed."""
    size = _per_radial(job.part)
    wear = min((finished - worn) / size for _, worn, finished in _zone_rows(job.part))
    wanted = min(max(2.0 * laid - wear, 0.0), laid)
    return math.ceil(round(wanted / _CUT_STEP, 6)) / round(1.0 / _CUT_STEP)


def turn_down(job: Job, by: float) -> Job:
    """The job with its zone turned or milled down by so much first (radial, m). JobError if that
    leaves no wall."""
    part, size = job.part, _per_radial(job.part)
    rows = _zone_rows(part)
    left = min(
        worn / size if part.wall is None else part.wall - (finished - worn) / size
        for _, worn, finished in rows
    )
    if not 0.0 <= by < left:
        raise JobError(
            f"turned down by {_mm(by)}, but {_mm(left)} is left of the part where it is worn most; "
            "turn down less"
        )
    lowered = [(position, worn - size * by, finished) for position, worn, finished in rows]
    return job.model_copy(update={"part": _with_rows(part, lowered, 0.0)})


def foresee_buffered(job: Job, powder: str, *, seed: int) -> tuple[Laid, Laid, float]:
    """Buffer and overlay in closed form, each with its own heat; and how far the zone is turned
    down first (radial, m).

    The buffer is reckoned on the radius before turning down. A RecladError where either cannot be.
    """
    under = foresee(buffer_job(job, powder, least_thickness(job)), seed=seed)
    laid = float(np.median(thickness_of(under)))
    cut = depth_to_turn(job, laid)
    over = foresee(overlay_job(turn_down(job, cut), powder, laid), seed=seed)
    return under, over, cut


def thickness_of(laid: Laid) -> NDArray[np.float64]:
    """Mean thickness of a clad as foreseen, (draws,) m, radial."""
    _, clad, _ = evaluate(laid.job, laid.case, laid.procedure, laid.draws)
    return np.asarray(clad.mean[:, 0])


def _metal(job: Job, name: str, folder: Path | None) -> tuple[Powder, Material]:
    refusal = _refusal(job, name, folder)
    if refusal:
        known = ", ".join(buffer_powders(job, folder)) or "none"
        raise JobError(f"{refusal}; powders for a buffer here: {known}")
    powder = read_powder(name, folder)
    return powder, read_material(powder.alloy, folder)


def _refusal(job: Job, name: str, folder: Path | None) -> str:
    """Why a powder cannot be the buffer of a job; "" where it can."""
    powder = read_powder(name, folder)
    alloy = read_material(powder.alloy, folder)
    told = job.hazards.alloy(alloy.name)
    if alloy.name == job.clad.name:
        return f"{powder.name} is the overlay itself"
    if alloy.name == job.parent.name:
        return f"{powder.name} is what the part is made of: it needs no such buffer"
    if told is None:
        return f"damages {job.hazards.name} says nothing of {alloy.name}: add a row for it"
    if told.hard_phase_cracking > 0.0:
        return f"{alloy.name} cracks as a hard alloy itself, by damages {job.hazards.name}"
    if "parent" not in alloy.kind:
        return f'{alloy.name} is not listed as a parent metal: add "parent" to its kind'
    return ""


def _cell(job: Job, feeder: str | None, folder: Path | None) -> Machine:
    """The machine without the curve of the overlay's powder."""
    if feeder is None and job.feeder is None:
        return job.cell
    return read_cell(job.machine, feeder, folder)


def _zone_rows(part: Part) -> list[tuple[float, float, float]]:
    """Position, worn and finished size (m) at the ends of the zone and at the readings inside, to
    0.01 mm, as a caliper reads."""
    size = _per_radial(part)
    columns = cut_profile(part, part.clad_from, part.clad_to)
    return [
        (float(x), round(size * float(worn), 5), round(size * float(finished), 5))
        for x, worn, finished in zip(*columns, strict=True)
    ]


def _with_rows(part: Part, rows: list[tuple[float, float, float]], lower: float) -> Part:
    """The part with these readings, finished `lower` m (radial) under what it was: the bore stays
    where it is, and a shoulder stands so much higher over it."""
    caliper = tuple(
        CaliperRow.model_construct(position=position, worn=worn, finished=finished)
        for position, worn, finished in rows
    )
    changes: dict[str, object] = {"caliper": caliper}
    if part.wall is not None:
        changes["wall"] = part.wall - lower
    for key in ("shoulder_from", "shoulder_to"):
        if getattr(part, key):
            changes[key] = getattr(part, key) + lower
    return part.model_copy(update=changes)


def _per_radial(part: Part) -> float:
    """What one metre of metal adds to a caliper reading: two on a diameter, one on a thickness."""
    return 1.0 if part.flat else 2.0


def _mm(metres: float) -> str:
    return format_quantity(metres, "mm", 3)
