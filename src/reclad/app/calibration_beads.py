"""The beads of a calibration day: laid out, measured by the shop, fitted."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reclad.app.calibration_cell import Step
from reclad.app.trials_told import expect_usable, trials_lines
from reclad.errors import FileError, JobError
from reclad.job import read_cell, read_material, read_nozzle, read_powder, read_trials
from reclad.lab.calibration_beads import Ground, aim_of, lay_out_beads
from reclad.units import format_quantity

if TYPE_CHECKING:
    from reclad.app.calibration_cell import Day
    from reclad.job import TrialSet
    from reclad.job.trial_rows import TrialRow
    from reclad.lab.before_after import Change
    from reclad.lab.observations import Observations
    from reclad.lab.posterior import Posterior
    from reclad.lab.posterior_file import Origin
    from reclad.path import Blank
    from reclad.process import ProcessParameters

COUPON, POSTERIOR, PAGE = "coupon", "posterior.npz", "before-after.html"
_SHEETS = ("sheet.csv", "sheet.xlsx")
_LIBRARY = ("materials", "powders", "nozzles")
_TOLD = ("width", "height", "depth", "clad_area", "melted_area", "dilution", "mass_gained")


def lay_beads(day: Day, *, ready: bool) -> Step:
    """coupon/: program, drawing and sheet, in its place as a whole or not at all."""
    coupon = day.folder / COUPON
    if coupon.exists():
        return Step("beads", "done", (f"{coupon}: program, drawing, sheet",))
    if not ready:
        return Step("beads", "waits")
    from reclad.coupon import label_beads, plan_coupon
    from reclad.record import write_coupon

    asked, ground = day.asked, _ground(day)
    day.say("looking for settings that bond and stay in conduction mode")
    found = lay_out_beads(ground, asked)
    plan = plan_coupon(
        ground.cell,
        ground.nozzle,
        label_beads(found.settings),
        _blank(day),
        parent=ground.parent.name,
        wait=asked.rest,
        name=asked.curve,
        today=day.today,
    )
    with tempfile.TemporaryDirectory(dir=day.folder, prefix=".reclad-new-") as scratch:
        draft = Path(scratch) / COUPON
        write_coupon(plan, draft)
        for kind in _LIBRARY:  # the sheet is read, and may be handed on, with its own metals
            if (day.folder / kind).is_dir():
                shutil.copytree(day.folder / kind, draft / kind)
        draft.rename(coupon)
    lines = [f"{coupon}: {len(found.settings)} beads, program, drawing, sheet"]
    lines += [
        f"left out: at {format_quantity(speed, 'mm/s')} no power both bonds and stays calm"
        for speed in found.left_out
    ]
    return Step("beads", "done", tuple(lines))


def _ground(day: Day) -> Ground:
    asked, folder = day.asked, day.folder
    cell = read_cell(asked.machine, asked.curve, folder)
    powder = read_powder(asked.powder, folder)
    return Ground(
        cell=cell,
        nozzle=read_nozzle(cell.nozzle, folder),
        parent=read_material(asked.parent, folder),
        powder=powder,
        clad=read_material(powder.alloy, folder),
    )


def _blank(day: Day) -> Blank:
    from reclad.path import Offcut, Plate

    plate, pipe = day.asked.plate, day.asked.pipe
    if plate is not None:
        return Plate(plate.length, plate.width, plate.thickness)
    if pipe is None:
        raise FileError("calibration.toml: names neither plate nor pipe; give one of them")
    return Offcut(pipe.length, pipe.diameter, pipe.wall)


def read_sheet(day: Day) -> tuple[Step, TrialSet | None]:
    """The sheet as filled in, once every row holds something measured or says why not.

    FileError when it is gone or filled in twice; JobError for a row that cannot be.
    """
    coupon = day.folder / COUPON
    if not coupon.exists():
        return Step("measuring", "waits"), None
    there = [coupon / name for name in _SHEETS if (coupon / name).is_file()]
    if not there:
        raise FileError(
            f"{coupon}: holds no {' or '.join(_SHEETS)}; put it back, or move the folder away and "
            "the beads are laid out anew"
        )
    sets = [found for found in map(read_trials, there) if any(map(_begun, found.rows))]
    if not sets:
        names = " or ".join(map(str, there))
        return Step("measuring", "open", to_do=f"lay the beads, cut, etch and measure them, then "
                    f"fill in {names}: width, height, depth, and clad_area, melted_area or "
                    "mass_gained where measured"), None  # fmt: skip
    if len(sets) > 1 and sets[0].trials != sets[1].trials:
        raise FileError(
            f"{coupon}: {' and '.join(_SHEETS)} are both filled in and differ; empty or delete one"
        )
    found = sets[0]
    lines = (str(coupon / found.name), *trials_lines(found).splitlines())
    empty = [row.id for row in found.rows if not _begun(row)]
    if empty:
        return Step("measuring", "open", lines, f"still empty in {coupon / found.name}: "
                    f"{', '.join(empty)}; measure them, or say in note why not"), None  # fmt: skip
    expect_usable(found)
    _expect_same_day(day, found)
    return Step("measuring", "done", lines), found


def _expect_same_day(day: Day, found: TrialSet) -> None:
    """Refuse beads of another lot: what they teach would be written down to this one."""
    for trial in found.trials:
        if trial.lot not in (None, day.asked.lot):
            raise JobError(
                f"{found.name} {trial.id}: laid with lot {trial.lot}, but calibration.toml says "
                f"{day.asked.lot}; a day is of one lot, so take a new folder for another"
            )


def _begun(row: TrialRow) -> bool:
    """Whether a row holds something measured, or says why it does not."""
    trial = row.trial
    if trial is None:
        return True
    told = any(getattr(trial, key) is not None for key in _TOLD)
    return told or bool(trial.flaw or trial.note)


@dataclass(frozen=True)
class Fitted:
    """What a fit gave: the settings it is told for, before and after there."""

    aim: ProcessParameters
    changes: tuple[Change, ...]


def fit_sheet(day: Day, found: TrialSet | None, *, metered: bool) -> tuple[Step, Fitted | None]:
    """posterior.npz, made anew only when what was measured has changed, and before-after.html."""
    if found is None:
        return Step("fit", "waits"), None
    from reclad.lab import sort_by_mode
    from reclad.lab.before_after import compare_before_after
    from reclad.lab.posterior_file import Origin
    from reclad.record.calibration import write_before_after

    observed, aside = sort_by_mode(found.trials, day.folder)
    posterior = _posterior(day, observed, Origin.of(found, observed, aside))
    ground, page = _ground(day), day.folder / PAGE
    aim = aim_of(ground, day.asked, observed.trials)
    made_with = {
        "machine": ground.cell.name,
        "powder": ground.powder.name,
        "nozzle": ground.nozzle.name,
    }
    changes = compare_before_after(posterior, aim, made_with)
    write_before_after(
        page,
        day.asked,
        aim.settings,
        changes,
        fitted=len(observed),
        left_out=[one.id for one in aside],
        metered=metered,
    )
    lines = (
        f"{day.folder / POSTERIOR}: {len(observed)} beads fitted",
        *(f"left out {one.id}: {one.reason}" for one in aside),
        f"{page}: what is expected before and after",
    )
    return Step("fit", "done", lines), Fitted(aim.settings, changes)


def _posterior(day: Day, observed: Observations, origin: Origin) -> Posterior:
    from reclad.lab import fit
    from reclad.lab.posterior_file import read_posterior, write_posterior

    path = day.folder / POSTERIOR
    if path.exists():
        try:
            saved = read_posterior(path)
        except FileError as error:
            raise FileError(f"{error}: move it away, and call again") from error
        if saved.origin == origin:
            return saved.posterior
    posterior = fit(observed, say=day.say)
    with tempfile.TemporaryDirectory(dir=day.folder, prefix=".reclad-new-") as scratch:
        draft = Path(scratch) / POSTERIOR
        write_posterior(draft, posterior, origin)
        draft.replace(path)
    return posterior
