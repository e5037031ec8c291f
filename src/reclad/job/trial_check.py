"""What cannot be in a trial, what it lacks, and for which quantity it is good."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reclad.errors import JobError
from reclad.job.library import read_material, read_powder
from reclad.job.trial_rows import Remark, TrialRow
from reclad.units import format_quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from reclad.job.material import Material, Powder
    from reclad.job.trial import Trial

USES = ("width", "height", "depth", "dilution", "catchment")
SCALE_SLACK = 0.02  # of the powder: two scales differ by as much
AREA_SLACK = 0.25  # of width times depth: a pool may be widest below the surface
DILUTION_SLACK = 0.02  # share; areas and dilution are rounded apart
_DENSITY_SLACK = 0.1  # a clad is lighter or heavier than its alloy by no more


@dataclass(frozen=True)
class Metals:
    """Parent, powder and its alloy, None where the library holds none of that name."""

    parent: Material | None
    clad: Material | None
    powder: Powder | None = None


def check_rows(rows: Sequence[TrialRow], folder: Path | None = None) -> list[TrialRow]:
    """The rows with all that is to say of them, materials looked up in `folder` and the library."""
    known: dict[tuple[str, str | None], Metals] = {}
    names: dict[str, int] = {}
    contents: dict[Trial, int] = {}
    checked = []
    for row in rows:
        remarks = list(row.remarks)
        first = names.setdefault(row.id, row.number)
        if first != row.number:
            remarks.append(Remark("id", f"{row.id} is in row {first} already; name it otherwise"))
        good_for: tuple[str, ...] = ()
        lacks: dict[str, str] = {}
        if row.trial is not None:
            trial = row.trial
            same = contents.setdefault(trial.model_copy(update={"id": ""}), row.number)
            if same != row.number:
                text = f"the same as row {same}, name aside; delete it, repeats scatter"
                remarks.append(Remark("", text))
            pair = (trial.parent, trial.powder)
            if pair not in known:
                known[pair] = look_up(trial, folder)
            remarks += check_trial(trial, known[pair])
            lacks = what_lacks(trial, known[pair])
            if not any(remark.refuses for remark in remarks):
                good_for = tuple(use for use in USES if use not in lacks)
        checked.append(replace(row, remarks=tuple(remarks), good_for=good_for, lacks=lacks))
    return checked


def look_up(trial: Trial, folder: Path | None = None) -> Metals:
    """The metals of a trial, from the folder or the library."""
    clad = powder = None
    if trial.powder is not None:
        try:
            powder = read_powder(trial.powder, folder)
            clad = _material(powder.alloy, folder)
        except JobError as error:
            if not str(error).startswith("no "):
                raise
    return Metals(_material(trial.parent, folder), clad, powder)


def _material(name: str, folder: Path | None) -> Material | None:
    try:
        return read_material(name, folder)
    except JobError as error:
        if str(error).startswith("no "):
            return None
        raise


def check_trial(trial: Trial, metals: Metals) -> list[Remark]:
    """What is missing, impossible or doubtful in a trial."""
    return [
        *_missing(trial),
        *_doubts(trial, metals),
        *_powder(trial),
        *_areas(trial),
        *_heat(trial, metals),
        *_caught(trial, metals),
    ]


def _missing(trial: Trial) -> Iterator[Remark]:
    if trial.tracks > 1 and trial.pitch is None:
        yield Remark("pitch", f"missing; {trial.tracks} tracks side by side have one")
    if not trial.bare and trial.powder is None:
        yield Remark("powder", "missing; powder was fed, so name it")
    for key in ("width", "height", "depth", "clad_area", "melted_area", "dilution", "mass_gained"):
        if getattr(trial, f"{key}_scatter") is not None and getattr(trial, key) is None:
            yield Remark(f"{key}_scatter", f"a scatter without {key}; give both or neither")
    if trial.depth and trial.thickness is not None and trial.depth > trial.thickness:
        yield Remark(
            "depth",
            f"{format_quantity(trial.depth, 'mm')} is deeper than the plate, "
            f"{format_quantity(trial.thickness, 'mm')} thick; correct one of them",
        )
    if trial.width == 0.0:
        yield Remark("width", "0 mm is no bead; leave the cell empty if it was not measured")


def _doubts(trial: Trial, metals: Metals) -> Iterator[Remark]:
    def doubt(column: str, text: str) -> Remark:
        return Remark(column, text, refuses=False)

    if not trial.counted:
        yield doubt("origin", f"{trial.origin}: shown, and never enters a score")
    if trial.spot_definition == "not stated":
        text = "not stated; the pool's width depends on it (1/e2, D4sigma, 1/e, FWHM, top-hat)"
        yield doubt("spot_definition", text)
    if trial.base_temperature is None:
        yield doubt("base_temperature", "not stated; whoever uses the row has to assume it")
    if trial.stand_off is None and not trial.bare:
        yield doubt("stand_off", "not stated; what the nozzle catches depends on it")
    if trial.powder_layer:
        yield doubt("powder_layer", "powder spread beforehand: no bead of fed powder, not used")
    if trial.flaw:
        yield doubt("flaw", f"{trial.flaw}: kept, a fit may leave it out")
    if metals.parent is None:
        yield doubt("parent", f"{trial.parent} is not in the library; heat and melting unchecked")
    cut = (trial.width, trial.height, trial.depth, trial.clad_area, trial.melted_area)
    if trial.sections is None and any(size is not None for size in cut):
        yield doubt("sections", "not stated; one cross-section is assumed")


def _powder(trial: Trial) -> Iterator[Remark]:
    weighed = trial.feed_weighed
    if weighed is not None and weighed > trial.feed_rate * (1 + SCALE_SLACK):
        yield Remark(
            "feed_weighed",
            f"{format_quantity(weighed, 'g/min')} weighed, but "
            f"{format_quantity(trial.feed_rate, 'g/min')} fed; correct one of them",
        )
    gained, used = trial.mass_gained, trial.powder_used
    if gained and trial.bare:
        yield Remark("mass_gained", f"{format_quantity(gained, 'g')} gained, but no powder was fed")
    elif gained and used is not None and gained > used * (1 + SCALE_SLACK):
        yield Remark(
            "mass_gained",
            f"{format_quantity(gained, 'g')} gained from {format_quantity(used, 'g')} of powder "
            "fed; correct feed_rate, travel_speed, track_length or this",
        )
    if trial.bare and not trial.powder_layer:
        for key in ("height", "clad_area"):
            if getattr(trial, key):
                yield Remark(key, "a bead above the surface, but no powder was fed")


def _areas(trial: Trial) -> Iterator[Remark]:
    for key, side in (("melted_area", "depth"), ("clad_area", "height")):
        area, size = getattr(trial, key), getattr(trial, side)
        if area is None or size is None or trial.width is None or not trial.single:
            continue
        box = trial.width * size
        if area > box:
            yield Remark(
                key,
                f"{format_quantity(area, 'mm^2')} is more than width times {side}, "
                f"{format_quantity(box, 'mm^2')}; check the units and which width it is",
                refuses=area > box * (1 + AREA_SLACK),
            )
    told, reckoned = trial.dilution, trial.area_dilution
    if told is not None and reckoned is not None:
        slack = max(DILUTION_SLACK, 2 * (trial.dilution_scatter or 0.0))
        if abs(told - reckoned) > slack:
            yield Remark(
                "dilution",
                f"{format_quantity(told, '%')}, but the areas give "
                f"{format_quantity(reckoned, '%')}; correct one of them",
            )
    if told and trial.depth == 0.0:
        yield Remark("dilution", f"{format_quantity(told, '%')} without any depth of melt")


def _heat(trial: Trial, metals: Metals) -> Iterator[Remark]:
    """Melting takes heat: even if all light were absorbed and none of it led away."""
    parent, base = metals.parent, trial.base_temperature
    if parent is None:
        return
    if base is not None and base >= parent.solidus.value:
        yield Remark(
            "base_temperature",
            f"{format_quantity(base, 'degC')} is above the melting of {parent.name}, "
            f"{format_quantity(parent.solidus.value, 'degC')}; check the value and its unit",
        )
        return
    start = 293.15 if base is None else base
    melted = trial.melted_area
    if melted is None and trial.width and trial.depth and trial.single:
        melted = trial.width * trial.depth / 3  # no pool is more pointed than a cusp
    needed = _melting_heat(parent, start) * (melted or 0.0)
    if metals.clad is not None and not trial.powder_layer:
        needed += _melting_heat(metals.clad, 293.15) * (trial.clad_area or 0.0)
    given = trial.power / trial.travel_speed * (trial.tracks * trial.layers)
    if needed > given:
        yield Remark(
            "power",
            f"{format_quantity(given, 'J/mm')} along the track is less than the "
            f"{format_quantity(needed, 'J/mm')} that melting this cross-section takes; check "
            "power, travel_speed and the areas",
        )


def _melting_heat(metal: Material, start: float) -> float:
    """Heat per volume (J/m3) from `start` (K) to just molten, by the specific heat halfway."""
    end = metal.solidus.value
    rise = max(end - start, 0.0)
    middle = float(metal.specific_heat.interpolate(start + rise / 2))
    return metal.density.value * (middle * rise + metal.latent_heat.value)


def _caught(trial: Trial, metals: Metals) -> Iterator[Remark]:
    area = trial.clad_area
    if metals.clad is None or area is None or trial.bare or trial.powder_layer:
        return
    laid = area * trial.travel_speed * metals.clad.density.value / (trial.tracks * trial.layers)
    if laid > trial.powder_rate * (1 + _DENSITY_SLACK):
        yield Remark(
            "clad_area",
            f"{format_quantity(area, 'mm^2')} of {metals.clad.name} is "
            f"{format_quantity(laid, 'g/min')} laid from "
            f"{format_quantity(trial.powder_rate, 'g/min')} fed; check the units",
        )


def what_lacks(trial: Trial, metals: Metals) -> dict[str, str]:
    """Quantity of USES -> why this trial cannot be held against it; those missing here it can."""
    if not trial.counted:
        return dict.fromkeys(USES, f"is {trial.origin}")
    if trial.powder_layer:
        return dict.fromkeys(USES, "powder was spread beforehand")
    lacks = {}
    for use in ("width", "height", "depth"):
        if not trial.single:
            lacks[use] = "is a clad of several beads"
        elif getattr(trial, use) is None:
            lacks[use] = f"{use} was not measured"
    if trial.bare:
        return lacks | dict.fromkeys(("height", "dilution", "catchment"), "no powder was fed")
    if trial.layers > 1:
        lacks["dilution"] = "has several layers"
    elif trial.dilution is None and trial.area_dilution is None:
        lacks["dilution"] = "needs dilution, or clad_area and melted_area"
    by_area = trial.clad_area is not None and metals.clad is not None
    if trial.weighed_catchment is None and not by_area:
        lacks["catchment"] = (
            "needs mass_gained and track_length, or clad_area and a powder of the library"
        )
    return lacks
