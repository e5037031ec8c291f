"""A calibration day from its files: every step that can be done, done; what to do next, said."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reclad.app.calibration_beads import POSTERIOR, fit_sheet, lay_beads, read_sheet
from reclad.app.calibration_cell import Day, Step, bring_library, meter_laser, weigh_feeder
from reclad.errors import FileError, RecladError
from reclad.lab.calibration import read_calibration
from reclad.units import format_quantity, to_unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reclad.app.calibration_beads import Fitted
    from reclad.job import FeederCurve, PowerMeter, TrialSet
    from reclad.lab.before_after import Change

STEPS = ("feeder", "power meter", "beads", "measuring", "fit", "plan")
_MARKS = {"done": "[x]", "skipped": "[-]", "open": "[ ]", "waits": "[ ]", "refused": "[!]"}
_UNITS = {"width": "mm", "height": "mm", "depth": "mm", "dilution": "%", "catchment": "%"}


@dataclass
class Course:
    """How far the day is: its steps so far, what they gave, and what stopped it (None: nothing)."""

    day: Day
    steps: list[Step] = field(default_factory=list)
    curve: FeederCurve | None = None
    meter: PowerMeter | None = None
    found: TrialSet | None = None
    fitted: Fitted | None = None
    refusal: RecladError | None = None

    @property
    def to_do(self) -> list[str]:
        """What somebody has to do next."""
        return [step.to_do for step in self.steps if step.to_do and step.state != "refused"]


def go_on(
    folder: Path, *, today: datetime.date, replace: bool, say: Callable[[str], None]
) -> Course:
    """Do every step that the files of `folder` allow, up to one that is refused."""
    if not folder.is_dir():
        raise FileError(f"{folder}: no folder; call it with a name that is free, or a folder")
    course = Course(Day(folder, read_calibration(folder), today, replace, say))
    for name, take in zip(STEPS, (_weigh, _meter, _beads, _measure, _fit, _plan), strict=True):
        if course.refusal is not None:
            course.steps.append(Step(name, "waits"))
            continue
        try:
            if not course.steps:
                bring_library(course.day)
            course.steps.append(take(course))
        except RecladError as error:
            course.refusal = error
            course.steps.append(Step(name, "refused", to_do=str(error)))
    return course


def _weigh(course: Course) -> Step:
    step, course.curve = weigh_feeder(course.day)
    return step


def _meter(course: Course) -> Step:
    step, course.meter = meter_laser(course.day)
    return step


def _beads(course: Course) -> Step:
    return lay_beads(course.day, ready=all(s.state in ("done", "skipped") for s in course.steps))


def _measure(course: Course) -> Step:
    step, course.found = read_sheet(course.day)
    return step


def _fit(course: Course) -> Step:
    step, course.fitted = fit_sheet(course.day, course.found, metered=course.meter is not None)
    return step


def _plan(course: Course) -> Step:
    if course.fitted is None or course.curve is None:
        return Step("plan", "waits")
    folder, curve = course.day.folder, course.curve
    last = datetime.date.fromisoformat(curve.weighed) + datetime.timedelta(days=curve.valid_days)
    return Step(
        "plan",
        "open",
        (
            f"copy {folder / 'machines'} and {folder / 'feeders'} beside job.toml, and write in it "
            f'machine = "{curve.machine}", feeder = "{curve.name}"',
            f"the feeder curve is good until {last.isoformat()}; weigh the lot again then",
        ),
        f"reclad plan JOB --posterior {folder / POSTERIOR}",
    )


def day_lines(course: Course) -> list[str]:
    """The list of steps with their ticks, before and after, and what to do next, for people."""
    lines = [f"{course.day.folder}: {course.day.asked.powder}, lot {course.day.asked.lot}, on "
             f"{course.day.asked.machine}"]  # fmt: skip
    for number, step in enumerate(course.steps, start=1):
        lines.append(f"{_MARKS[step.state]} {number}. {step.name}")
        lines += [f"      {line}" for line in step.lines]
        if step.name == "fit" and course.fitted is not None:
            lines += [f"      {line}" for line in _change_lines(course.fitted)]
    return [*lines, *(f"next: {line}" for line in course.to_do)]


def _change_lines(fitted: Fitted) -> list[str]:
    aim = fitted.aim
    power, speed, feed = (
        format_quantity(float(v[0]), unit)
        for v, unit in ((aim.power, "W"), (aim.travel_speed, "mm/s"), (aim.feed_rate, "g/min"))
    )
    lines = [f"mean bead at {power}, {speed}, {feed}: 50 % (5 to 95 %)"]
    for change in fitted.changes:
        unit = _UNITS[change.name]
        after = "not measured" if change.after is None else _points(change.after, unit)
        lines.append(f"  {change.name:10} {_points(change.before, unit):27} -> {after}")
    unsure = [change.name for change in fitted.changes if not change.determined]
    return [*lines, f"  not determined by these beads: {', '.join(unsure) or 'nothing'}"]


def _points(points: tuple[float, float, float], unit: str) -> str:
    low, middle, high = (f"{to_unit(value, unit):.3g}" for value in points)
    return f"{middle} {unit} ({low} to {high})"


def day_json(course: Course) -> dict[str, Any]:
    """The same as plain JSON values."""
    fitted = course.fitted
    return {
        "folder": str(course.day.folder),
        "steps": [
            {"step": s.name, "state": s.state, "lines": [*s.lines], "to_do": s.to_do}
            for s in course.steps
        ],
        "next": course.to_do,
        "before_after": [_change_json(change) for change in fitted.changes] if fitted else [],
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "quantity": change.name,
        "before": _quantity(change.before, _UNITS[change.name]),
        "after": _quantity(change.after, _UNITS[change.name]) if change.after else None,
        "values_measured": change.values,
        "determined": change.determined,
    }


def _quantity(points: tuple[float, float, float], unit: str) -> dict[str, Any]:
    low, middle, high = (float(to_unit(value, unit)) for value in points)
    return {"value": middle, "unit": unit, "p05": low, "p50": middle, "p95": high}
