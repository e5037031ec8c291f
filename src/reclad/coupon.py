"""Single beads on one coupon, joined from the rooms below: settings become a checked program."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.job import PathSettings
from reclad.path import (
    Blank,
    Layout,
    Place,
    Plate,
    Spacing,
    Toolpath,
    lay_bead,
    order_beads,
    place_beads,
)
from reclad.process import Procedure, ProcessParameters
from reclad.program import (
    Pass,
    Program,
    RefereeReport,
    Verdict,
    build_passes,
    check_program,
    may_run,
    post,
    referee,
)
from reclad.units import format_quantity, show

if TYPE_CHECKING:
    import datetime

    from numpy.typing import NDArray

    from reclad.job import Machine, Nozzle

    Floats = NDArray[np.float64]

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,11}")
_COMMAND = re.compile(r"[GgMm]\d{1,3}")
_SPOTS_APART = 3.0  # a bead is about a spot wide: three widths keep metal and heat apart
_NOZZLE_AIR = 3e-3  # m between the nozzle tip and the bead that grows below it
_SAME_PART = 0.5  # K: nobody sets a coupon's temperature finer


@dataclass(frozen=True)
class BeadSetting:
    """One bead to lay, in SI and in the words of `ProcessParameters`; `label` is marked beside it.

    power W, travel_speed m/s, feed_rate kg/s, stand_off m, interpass K of the coupon before it
    """

    label: str
    power: float
    travel_speed: float
    feed_rate: float
    stand_off: float
    interpass: float


@dataclass(frozen=True)
class LaidBead:
    """A bead on its coupon: where it begins, and when it is laid, `turn` counted from 1."""

    setting: BeadSetting
    place: Place
    turn: int


@dataclass(frozen=True, eq=False)
class CouponPlan:
    """One program that lays single beads on one coupon, checked; SI.

    parent     parent metal of the coupon, by name
    layout     the coupon, and where its beads lie
    lead       m of unlit travel before and after each
    beads      in the order of their list; track (on a pipe: turn) n of the program is bead n
    toolpaths  one for each bead, in the order they are laid
    wait       s of rest before each bead but the first; `cool_down` s instead, before the first
               bead that wants a cooler coupon (None: all want the same)
    text       the machine program; `program` as planned, `verdict` on the text read back,
               `refereed` what the independent interpreter said
    """

    name: str
    machine: Machine
    nozzle: Nozzle
    parent: str
    layout: Layout
    lead: float
    wait: float
    cool_down: float | None
    beads: tuple[LaidBead, ...]
    toolpaths: tuple[Toolpath, ...]
    program: Program
    text: str
    verdict: Verdict
    refereed: RefereeReport

    @property
    def accepted(self) -> bool:
        """Nothing found, and the independent interpreter, where installed, agrees."""
        return may_run(self.verdict, self.refereed)

    @property
    def as_laid(self) -> tuple[LaidBead, ...]:
        """The beads in the order they are laid."""
        return tuple(sorted(self.beads, key=lambda bead: bead.turn))


def label_beads(
    settings: ProcessParameters, labels: Sequence[str] | None = None
) -> tuple[BeadSetting, ...]:
    """One bead for each candidate, labelled B1, B2, ... unless `labels` are given.

    Raises ProcessError when there are not as many labels as candidates.
    """
    if labels is None:
        labels = [f"B{number}" for number in range(1, len(settings) + 1)]
    if len(labels) != len(settings):
        raise ProcessError(
            f"{len(labels)} label(s) for {len(settings)} bead(s): give each bead its own"
        )
    names = ("power", "travel_speed", "feed_rate", "stand_off", "interpass")
    columns = [getattr(settings, name).tolist() for name in names]
    return tuple(BeadSetting(*row) for row in zip(labels, *columns, strict=True))


def plan_coupon(
    machine: Machine,
    nozzle: Nozzle,
    beads: Sequence[BeadSetting],
    blank: Blank,
    *,
    parent: str,
    wait: float,
    cool_down: float | None = None,
    name: str = "coupon",
    spacing: Spacing | None = None,
    settings: PathSettings | None = None,
    today: datetime.date | None = None,
) -> CouponPlan:
    """The program that lays every bead by itself on one coupon, read back and refereed.

    Beads that want a hotter coupon come first, for it cools by itself; among equals none is laid
    right after its neighbour, where the coupon has room for that.
    blank      the coupon: a plate for X and Y, a piece of pipe for X and A
    parent     its metal, by name
    wait       s before each bead but the first, until the coupon is back at its temperature
    cool_down  s instead, before the first bead of a lower temperature; needed only if there is one
    spacing    length, pitch and margin; left out: 40 mm beads, 12 mm (or 3 spots) apart
    Raises ProcessError naming the bead that the coupon, the laser, the feeder or an axis cannot
    have, ProgramError when the machine lacks the coupon's axes; a program that breaks a rule is
    returned with its verdict, for the caller to refuse.
    """
    spacing = spacing or Spacing(pitch=max(Spacing.pitch, _SPOTS_APART * machine.laser.spot))
    settings = settings or PathSettings()
    _expect_labels(beads)
    _expect_waits(beads, wait, cool_down)
    _expect_apart(spacing, machine)
    for bead in beads:
        _expect_settings(bead, machine)
    layout = place_beads(blank, len(beads), spacing, settings)
    groups = _by_temperature(beads)
    order = order_beads(layout, groups)
    passes = []
    for number, rest in zip(order, _rests(groups, wait, cool_down), strict=True):
        passes.append(_pass(beads[number], layout, number, settings, rest))
        _expect_travel(beads[number].label, passes[-1].toolpath, machine)
        _expect_run_up(beads[number].label, passes[-1].toolpath, machine)
    laid = tuple(
        LaidBead(bead, layout.places[number], order.index(number) + 1)
        for number, bead in enumerate(beads)
    )
    header = _header(laid, nozzle, blank, parent)
    program = build_passes(passes, machine, name=name, header=header, preliminary=False)
    text = post(program, machine)
    verdict = check_program(text, machine, program, today=today)
    return CouponPlan(
        name=name,
        machine=machine,
        nozzle=nozzle,
        parent=parent,
        layout=layout,
        lead=settings.lead,
        wait=wait,
        cool_down=cool_down if len(groups) > 1 else None,
        beads=laid,
        toolpaths=tuple(one.toolpath for one in passes),
        program=program,
        text=text,
        verdict=verdict,
        refereed=referee(text, machine, read=verdict.read),
    )


def _expect_labels(beads: Sequence[BeadSetting]) -> None:
    labels = [bead.label for bead in beads]
    for label in labels:
        if not _LABEL.fullmatch(label) or _COMMAND.fullmatch(label):
            raise ProcessError(
                f"bead label {show(label)}: it is marked on the coupon and in the program - write "
                "a letter, then up to 11 letters, digits, - or _, and no command such as G1"
            )
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise ProcessError(f"bead label {twice} is there twice; name one of them otherwise")


def _expect_waits(beads: Sequence[BeadSetting], wait: float, cool_down: float | None) -> None:
    for key, seconds in (("wait", wait), ("cool_down", cool_down)):
        if seconds is not None and not (math.isfinite(seconds) and seconds >= 0.0):
            raise ProcessError(f"coupon {key} {seconds} s is no time; give 0 s or more")
    warm = [bead.interpass for bead in beads]
    if cool_down is None and warm and max(warm) - min(warm) > _SAME_PART:
        hot, cold = (format_quantity(kelvin, "degC") for kelvin in (max(warm), min(warm)))
        raise ProcessError(
            f"beads want the coupon at {hot} down to {cold}; give cool_down, the time it takes "
            "from one to the next, or plan one coupon for each temperature"
        )


def _by_temperature(beads: Sequence[BeadSetting]) -> list[list[int]]:
    """Numbers of the beads that want the coupon equally warm, hottest first."""
    groups: list[list[int]] = []
    for number in sorted(range(len(beads)), key=lambda i: (-beads[i].interpass, i)):
        if not groups or beads[groups[-1][0]].interpass - beads[number].interpass > _SAME_PART:
            groups.append([])
        groups[-1].append(number)
    return [sorted(group) for group in groups]


def _rests(groups: Sequence[Sequence[int]], wait: float, cool_down: float | None) -> list[float]:
    """Rest (s) before each bead: none before the first, `cool_down` before a cooler group."""
    rests: list[float] = []
    for group in groups:
        rests += [(cool_down or 0.0) if rests else 0.0, *[wait] * (len(group) - 1)]
    return rests


def _expect_apart(spacing: Spacing, machine: Machine) -> None:
    spot = machine.laser.spot
    if spacing.pitch < _SPOTS_APART * spot * (1.0 - 1e-9):
        raise ProcessError(
            f"coupon pitch {format_quantity(spacing.pitch, 'mm')} is under {_SPOTS_APART:g} spots "
            f"of {format_quantity(spot, 'mm')}: one bead would heat the next; set them wider apart"
        )


def _expect_settings(bead: BeadSetting, machine: Machine) -> None:
    """Refuse what no process can have, and what laser, feeder or nozzle of the cell cannot."""
    laser = machine.laser
    try:
        ProcessParameters.of(
            power=bead.power,
            travel_speed=bead.travel_speed,
            feed_rate=bead.feed_rate,
            stand_off=bead.stand_off,
            interpass=bead.interpass,
        )
        machine.feeder.rpm_for(bead.feed_rate)
    except ProcessError as error:
        raise ProcessError(f"bead {bead.label}: {error}") from error
    if not laser.power_min <= bead.power <= laser.power_max:
        raise ProcessError(
            f"bead {bead.label}: power {format_quantity(bead.power, 'W')} lies outside "
            f"{format_quantity(laser.power_min, 'W')} to {format_quantity(laser.power_max, 'W')} "
            f"of machine {machine.name}; choose one within"
        )
    if bead.stand_off < _NOZZLE_AIR:
        raise ProcessError(
            f"bead {bead.label}: stand-off {format_quantity(bead.stand_off, 'mm')} is under "
            f"{format_quantity(_NOZZLE_AIR, 'mm')}: the nozzle would touch the bead; raise it"
        )


def _pass(
    bead: BeadSetting, layout: Layout, number: int, settings: PathSettings, wait: float
) -> Pass:
    """A bead in its place with its own power and powder."""
    procedure = Procedure(
        power=bead.power,
        travel_speed=bead.travel_speed,
        feed_rate=bead.feed_rate,
        pitch=layout.pitch,
        layers=1,
        stand_off=bead.stand_off,
        interpass=bead.interpass,
    )
    toolpath = lay_bead(layout, number, procedure, settings, wait)
    return Pass(toolpath, np.full(toolpath.blocks, bead.power), bead.feed_rate)


def _ways(path: Toolpath) -> dict[str, Floats]:
    """Where each axis stands at the nodes, m and rad."""
    return {
        "X": path.axial,
        "Y": path.across,
        "Z": path.radius + path.stand_off,
        "A": path.angle,
    }


def _expect_travel(label: str, path: Toolpath, machine: Machine) -> None:
    """Refuse a bead, its leads and the retract above it beyond the travel of an axis."""
    ways = _ways(path)
    for letter, axis in machine.axes.as_dict().items():
        unit, scale = ("deg", 1e-6) if letter == "A" else ("mm", 1e-9)
        low, high = float(ways[letter].min()), float(ways[letter].max())
        high += machine.retract if letter == "Z" else 0.0
        below = axis.min is not None and low < axis.min - scale
        if below or (axis.max is not None and high > axis.max + scale):
            end, limit = (low, axis.min) if below else (high, axis.max)
            raise ProcessError(
                f"bead {label}: needs {letter} at {format_quantity(end, unit)}, but {letter} of "
                f"machine {machine.name} ends at {format_quantity(limit or 0.0, unit)}; move the "
                "bead or the zero, or take a machine with more travel"
            )


def _expect_run_up(label: str, path: Toolpath, machine: Machine) -> None:
    """Refuse a travel speed that an axis does not reach, or not within the lead-in."""
    ways, lit = _ways(path), int(np.flatnonzero(path.lit)[0])
    shown = format_quantity(path.travel_speed, "mm/s")
    for letter, axis in machine.axes.as_dict().items():
        way = ways[letter]
        axis_speed = float(np.max(np.abs(np.diff(way)) / path.block_time))
        if axis_speed > axis.max_speed:
            unit = "deg/s" if letter == "A" else "mm/s"
            raise ProcessError(
                f"bead {label}: {shown} of travel is faster than {letter} of machine "
                f"{machine.name}, {format_quantity(axis.max_speed, unit)}; choose a lower one"
            )
        if axis_speed**2 > 2.0 * axis.max_acceleration * abs(way[lit] - way[0]):
            raise ProcessError(
                f"bead {label}: {letter} of machine {machine.name} does not reach {shown} within "
                "the lead-in, and the bead would begin too slow; give [path] a longer lead"
            )


def _header(
    beads: Sequence[LaidBead], nozzle: Nozzle, blank: Blank, parent: str
) -> tuple[str, ...]:
    """What the operator reads first in the program: the coupon, its zero, the beads as laid."""
    flat = isinstance(blank, Plate)
    zero = (
        "X0 Y0 corner of the plate, Z0 nozzle tip at its underside"
        if flat
        else "X0 end face of the pipe, Z0 axis of rotation at the nozzle tip, A0 scribed mark"
    )
    lines = [
        f"coupon: {len(beads)} single bead(s) on {parent}, nozzle {nozzle.name}",
        zero,
    ]
    word = "track" if flat else "turn"
    numbers = {bead.setting.label: number for number, bead in enumerate(beads, start=1)}
    for bead in sorted(beads, key=lambda bead: bead.turn):
        one = bead.setting
        lines.append(
            f"{word} {numbers[one.label]} is bead {one.label}: {format_quantity(one.power, 'W')}, "
            f"{format_quantity(one.travel_speed, 'mm/s')}, "
            f"{format_quantity(one.feed_rate, 'g/min')}, stand-off "
            f"{format_quantity(one.stand_off, 'mm')}, coupon at "
            f"{format_quantity(one.interpass, 'degC')}"
        )
    return tuple(lines)
