"""Suggested beads: worked out, laid on a coupon, told in lines and as JSON."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reclad.coupon import label_beads, plan_coupon
from reclad.errors import RecladError
from reclad.lab import Box, believed, feasible_settings, learned, settings_of, suggest
from reclad.path import Offcut
from reclad.process import Substrate
from reclad.record import write_coupon
from reclad.units import format_quantity, parse_quantity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reclad.app.aiming import Task
    from reclad.coupon import BeadSetting
    from reclad.lab import Posterior, Suggestion
    from reclad.path import Blank

_SET = {"power": "W", "travel_speed": "mm/s", "feed_rate": "g/min", "stand_off": "mm",
        "interpass": "degC"}  # fmt: skip
_SHOWN = ("power", "travel_speed", "feed_rate")
_UNREAD = 0.0201  # a share up to this is as much as a section cannot show


@dataclass(frozen=True, eq=False)
class Suggested:
    """Beads with their labels, what they are for, and how many trials were known."""

    task: Task
    beads: tuple[BeadSetting, ...]
    suggestions: tuple[Suggestion, ...]
    trials: int


def suggest_beads(task: Task, blank: Blank, posterior: Posterior | None, count: int) -> Suggested:
    """The beads to lay next on a coupon like `blank`, labelled."""
    aim = task.aim
    wall, radius = (
        (blank.wall, blank.radius) if isinstance(blank, Offcut) else (blank.thickness, math.inf)
    )
    coupon = Substrate(aim.substrate.parent, wall, aim.substrate.ambient)
    box = Box.of(task.machine, lead=task.lead, radius=radius)
    ensemble = believed(aim) if posterior is None else learned(posterior, aim)
    candidates = feasible_settings(ensemble, aim, box, coupon, toe_angle_max=task.toe_angle_max)
    found = suggest(ensemble, aim, candidates, count, substrate=coupon)
    beads = label_beads(settings_of(found))
    return Suggested(task, beads, found, 0 if posterior is None else posterior.rows)


def lay_coupon(told: Suggested, blank: Blank, wait: str, folder: Path) -> list[Path]:
    """Program, drawing and sheet of a coupon with these beads; the files written."""
    try:
        rest = parse_quantity(wait, "s")
    except RecladError as error:
        raise type(error)(f"--wait: {error}") from error
    aim = told.task.aim
    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    plan = plan_coupon(
        told.task.machine,
        aim.nozzle,
        told.beads,
        blank,
        parent=aim.substrate.parent.name,
        wait=rest,
        today=today,
    )
    return [*write_coupon(plan, folder)]


def lines(told: Suggested, files: Sequence[Path]) -> list[str]:
    """The beads and what each is expected to buy, in plain words."""
    aim, first = told.task.aim, told.suggestions[0]
    settings = {name: getattr(aim.settings, name)[0] for name in _SHOWN}
    wanted = ", ".join(format_quantity(value, _SET[name]) for name, value in settings.items())
    out = [
        f"{aim.powder.name} on {aim.substrate.parent.name}, machine {told.task.machine.name}: "
        f"dilution of one bead at {wanted}, part at "
        f"{format_quantity(aim.settings.interpass[0], 'degC')}",
        f"  known so far   {_interval(first.before)}, from {told.trials or 'no'} trials",
        f"  {'bead':6}{'power':>9}{'travel':>12}{'powder':>13}   dilution then known to",
        *(_row(bead, one) for bead, one in zip(told.beads, told.suggestions, strict=True)),
        "  each row holds with the beads above it; nine out of ten lie between",
        f"  lay them on a coupon at {format_quantity(first.interpass, 'degC')}, cut and weigh "
        "every one, then `reclad fit`",
    ]
    return [*out, *(f"  written        {file}" for file in files)]


def _row(bead: BeadSetting, one: Suggestion) -> str:
    power, speed, feed = (format_quantity(getattr(bead, name), _SET[name]) for name in _SHOWN)
    narrower = f"{100 * one.gain:.0f} % narrower"
    own = ", the settings asked for" if one.at_aim else ""
    return (
        f"  {bead.label:6}{power:>9}{speed:>12}{feed:>13}   {_interval(one.after)}, {narrower}{own}"
    )


def _interval(points: tuple[float, float, float]) -> str:
    low, _, high = points
    if high <= _UNREAD:
        return "under 2 %"
    return f"{'under 2' if low <= _UNREAD else f'{100 * low:.0f}'} to {100 * high:.0f} %"


def as_json(told: Suggested, files: Sequence[Path]) -> dict[str, Any]:
    """The same as plain JSON values; `gain` is the part of the interval before that is gone."""
    from reclad.record.summary import quantity

    aim = told.task.aim
    return {
        "machine": told.task.machine.name,
        "parent": aim.substrate.parent.name,
        "powder": aim.powder.name,
        "aim": {name: quantity(getattr(aim.settings, name)[0], unit)
                for name, unit in _SET.items()},
        "trials": told.trials,
        "dilution": _share(told.suggestions[0].before),
        "beads": [
            {"label": bead.label}
            | {name: quantity(getattr(bead, name), unit) for name, unit in _SET.items()}
            | {"dilution": _share(one.after), "gain": round(one.gain, 4), "at_aim": one.at_aim}
            for bead, one in zip(told.beads, told.suggestions, strict=True)
        ],
        "files": [str(file) for file in files],
    }  # fmt: skip


def _share(points: tuple[float, float, float]) -> dict[str, float | str]:
    low, middle, high = (100.0 * point for point in points)
    return {"value": middle, "unit": "%", "p05": low, "p50": middle, "p95": high}
