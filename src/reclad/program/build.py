"""Toolpath and power to neutral program: approach, purge, settle, flying start, track, retract."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.errors import ProgramError
from reclad.path.toolpath import Bools, Floats, Ints, Toolpath
from reclad.program._reach import check_axes
from reclad.program.neutral import (
    COLUMNS,
    CUT,
    DWELL,
    RAPID,
    REASON,
    Program,
    ProgramMeta,
)

if TYPE_CHECKING:
    from reclad.job import Machine

Turns = tuple[int, int | None]
Pose = tuple[float, float, float, float]  # X, Y, Z in m, A in rad


@dataclass(frozen=True, eq=False)
class Pass:
    """A path and what it is laid with: `power` W per block (only lit blocks count), `feed_rate`
    kg/s of powder."""

    toolpath: Toolpath
    power: Floats
    feed_rate: float


def build_program(
    toolpath: Toolpath,
    power: Floats,
    feed_rate: float,
    machine: Machine,
    *,
    name: str,
    header: Iterable[str] = (),
    preliminary: bool = True,
    dry_run: bool = False,
    turns: Turns | None = None,
) -> Program:
    """Turn a path into the states a machine runs, in order.

    `power` W per block (only lit blocks count), `feed_rate` kg/s of powder.
    `dry_run`: same motion, gate never opened, 0 W, no powder, no gas, aiming beam on over the path.
    `turns=(first, last)`: only these turns, counted over all layers from 1; last None: to the end.
    A start inside a layer flies in unlit along the helix just before it, a stop flies out after it.
    On a plate a turn is a track. From one track to the next the beam goes off and the powder stays
    on, as long as the nozzle only has to step aside level, at most the machine's `retract` far:
    it stands off above what it has just passed. Else it retracts and the powder settles anew.
    Where the path waits, the nozzle retracts, goes back, waits there clear of the part with beam
    and powder off and gas as before, then comes down and the powder settles. A dry run waits too; a
    program that begins where the path waits keeps that wait, for nobody knows how hot the part is.
    Raises ProgramError: an axis the machine lacks, power outside the laser's range, powder rate the
    feeder was not weighed at, a turn that does not exist, a track without a lead-in or lead-out.
    """
    meta = ProgramMeta(name, tuple(header), machine.name, preliminary, dry_run, toolpath.form)
    return _build([Pass(toolpath, power, feed_rate)], machine, meta, turns)


def build_passes(
    passes: Sequence[Pass],
    machine: Machine,
    *,
    name: str,
    header: Iterable[str] = (),
    preliminary: bool = True,
) -> Program:
    """Turn several paths, each with its own travel speed, stand-off, power and powder, into one
    program that runs them in order.

    From one to the next the nozzle retracts above all of them with beam and powder off, waits
    there where the path asks for it, comes down, and the powder of the next settles before it is
    lit. Within each path all is as `build_program` makes it.
    Raises ProgramError as `build_program` does, and when there is no path or they differ in form.
    """
    forms = {one.toolpath.form for one in passes}
    if len(forms) != 1:
        raise ProgramError(
            f"{len(passes)} paths of form {' and '.join(sorted(forms)) or 'none'}: one program "
            f"lays round or flat ones - give one path at least and make one program for each form"
        )
    form = passes[0].toolpath.form
    meta = ProgramMeta(name, tuple(header), machine.name, preliminary, form=form)
    return _build(passes, machine, meta, None)


def _build(
    passes: Sequence[Pass], machine: Machine, meta: ProgramMeta, turns: Turns | None
) -> Program:
    rows = _Rows(machine, meta.dry_run)
    safe = max(float(one.toolpath.radius.max()) + one.toolpath.stand_off for one in passes)
    safe += machine.retract
    for number, one in enumerate(passes):
        lit, runs = _lit_runs(one, machine, turns, dry_run=meta.dry_run)
        if number:
            rows.retract(safe, last=False)
        else:
            rows.start(one.toolpath, runs[0][0], safe)
        _lay(rows, one, lit, runs, safe)
    rows.retract(safe, last=True)
    return rows.program(meta)


def _lit_runs(
    one: Pass, machine: Machine, turns: Turns | None, *, dry_run: bool
) -> tuple[Bools, list[tuple[int, int]]]:
    """Blocks to light, and stretches to cut, of a path that this machine can run."""
    path, power = one.toolpath, np.asarray(one.power, dtype=np.float64)
    check_axes(machine, flat=path.form == "flat")
    if power.shape != (path.blocks,):
        raise ProgramError(
            f"power has shape {power.shape}, the path has {path.blocks} blocks: one power per "
            f"block - rebuild the power profile"
        )
    lit = path.lit if turns is None else path.lit & _selected(path, turns)
    runs = _runs(path, lit, whole=turns is None)
    _check(path, lit, power, runs)
    if not dry_run:
        _check_power(power[lit], machine)
        machine.feeder.rpm_for(one.feed_rate)
    return lit, runs


def _lay(rows: _Rows, one: Pass, lit: Bools, runs: list[tuple[int, int]], safe: float) -> None:
    """Add the tracks of one path, from a nozzle that is up to one that has left the last track."""
    path, power = one.toolpath, np.asarray(one.power, dtype=np.float64)
    for number, (first, stop) in enumerate(runs):
        wait = float(path.wait[first])
        if number and not wait and _steps_aside(path, runs[number - 1][1], first, rows.machine):
            rows.change(path, first)
        else:
            if number:
                rows.retract(safe, last=False)
            rows.approach(path, first, safe, wait)
            rows.settle(one.feed_rate)
        rows.cut(path, lit, power, first, stop)


def turn_numbers(toolpath: Toolpath) -> Ints:
    """Number of each block's turn counted over all layers from 1, shape (n-1,); 0 if unlit."""
    lit = toolpath.lit
    layer, turn = toolpath.layer[lit], toolpath.turn[lit]
    new = np.ones(layer.size, dtype=np.int32)
    new[1:] = (np.diff(layer) != 0) | (np.diff(turn) != 0)
    numbers = np.zeros(lit.size, dtype=np.int32)
    numbers[lit] = np.cumsum(new)
    return numbers


def _selected(path: Toolpath, turns: Turns) -> Bools:
    numbers = turn_numbers(path)
    total = int(numbers.max(initial=0))
    first, last = turns[0], total if turns[1] is None else turns[1]
    if not 1 <= first <= last <= total:
        raise ProgramError(
            f"turns {first} to {last}: the path has turns 1 to {total} over all layers - "
            f"choose turns within them"
        )
    return np.asarray((numbers >= first) & (numbers <= last))


def _runs(path: Toolpath, lit: Bools, *, whole: bool) -> list[tuple[int, int]]:
    """Unbroken stretches of blocks to cut, (first, one past last), each with its leads."""
    edges = np.diff(np.concatenate(([0], path.joined.astype(np.int8), [0])))
    starts, stops = np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist()
    runs = []
    for start, stop in zip(starts, stops, strict=True):
        own = np.flatnonzero(path.lit[start:stop])
        mine = np.flatnonzero(lit[start:stop])
        if not mine.size:
            continue
        if whole:
            runs.append((start, stop))
            continue
        # As many blocks of flying start and run-out as the whole path has.
        lead_in, lead_out = int(own[0]), stop - start - 1 - int(own[-1])
        first = max(start, start + int(mine[0]) - lead_in)
        runs.append((first, min(stop, start + int(mine[-1]) + 1 + lead_out)))
    return runs


def _steps_aside(path: Toolpath, end: int, start: int, machine: Machine) -> bool:
    """Whether the next track of a plate's layer starts level and near where the last one ended."""
    if path.form != "flat" or path.layer[end - 1] != path.layer[start]:
        return False
    way = math.hypot(
        path.axial[start] - path.axial[end],
        path.across[start] - path.across[end],
    )
    return bool(path.radius[start] == path.radius[end]) and way <= machine.retract


def _pose(path: Toolpath, node: int) -> Pose:
    """Where the nozzle tip stands over a node."""
    return (
        float(path.axial[node]),
        float(path.across[node]),
        float(path.radius[node]) + path.stand_off,
        float(path.angle[node]),
    )


def _check(path: Toolpath, lit: Bools, power: Floats, runs: list[tuple[int, int]]) -> None:
    if not runs:
        raise ProgramError("the path has no lit block: nothing to clad - check the deposit")
    for first, stop in runs:
        if lit[first] or lit[stop - 1]:
            raise ProgramError(
                f"path blocks {first} to {stop - 1} start or end lit: every track needs an unlit "
                f"lead-in and lead-out - add them to the path"
            )
        empty = np.flatnonzero(path.block_time[first:stop] <= 0.0)
        if empty.size:
            raise ProgramError(
                f"path block {first + int(empty[0])} has no length: every block must move - "
                f"remove the repeated node"
            )
    wrong = np.flatnonzero(lit & ~np.isfinite(power))
    if wrong.size:
        raise ProgramError(
            f"power of block {int(wrong[0])} is not a number - rebuild the power profile"
        )


def _check_power(watts: Floats, machine: Machine) -> None:
    laser = machine.laser
    for value in (float(watts.min()), float(watts.max())):
        if not laser.power_min <= value <= laser.power_max:
            raise ProgramError(
                f"power {value:.1f} W is outside {laser.power_min:.0f} to {laser.power_max:.0f} W "
                f"of machine {machine.name} - choose another procedure or machine"
            )


@dataclass
class _Rows:
    """States under construction: lists of column pieces and the outputs now in force."""

    machine: Machine
    dry_run: bool
    pieces: list[dict[str, Any]] = field(default_factory=list)
    pose: Pose = (0.0, 0.0, 0.0, 0.0)
    start_pose: Pose = (0.0, 0.0, 0.0, 0.0)
    powder: float = 0.0
    gas: bool = False
    purged: bool = False
    place: tuple[int, int] = (0, 0)

    def start(self, path: Toolpath, node: int, safe: float) -> None:
        """Where the program begins: above the first node, so the first rapid goes straight out."""
        x, y, _, a = _pose(path, node)
        self.start_pose = self.pose = (x, y, safe, a)
        self.place = (int(path.layer[node]), int(path.turn[node]))
        self._state(RAPID, self.pose, "start")

    def approach(self, path: Toolpath, node: int, safe: float, wait: float) -> None:
        """Over to a node at the safe height, a wait (s) there if the part must cool, then down."""
        x, y, z, a = _pose(path, node)
        self.place = (int(path.layer[node]), int(path.turn[node]))
        self._state(RAPID, (x, y, safe, a), "travel")
        if wait > 0.0:
            self._state(DWELL, self.pose, "pause", _whole_ms(wait))
        self._state(RAPID, (x, y, z, a), "approach")

    def change(self, path: Toolpath, node: int) -> None:
        """Step aside to the next track, powder and gas as they are."""
        self.place = (int(path.layer[node]), int(path.turn[node]))
        self._state(RAPID, _pose(path, node), "travel")

    def settle(self, feed_rate: float) -> None:
        """Gas first, for its purge time; then powder, until it is steady at the nozzle."""
        if self.machine.gas.purge > 0.0 and not self.purged:
            self.gas, self.purged = not self.dry_run, True
            self._state(DWELL, self.pose, "purge", _whole_ms(self.machine.gas.purge))
        self.gas = not self.dry_run
        self.powder = 0.0 if self.dry_run else feed_rate
        self._state(DWELL, self.pose, "settle", _whole_ms(self.machine.feeder.delay))

    def cut(self, path: Toolpath, lit: Bools, power: Floats, first: int, stop: int) -> None:
        blocks, ends = slice(first, stop), slice(first + 1, stop + 1)
        on = lit[blocks]
        beam = on & (not self.dry_run)
        order = np.arange(stop - first)
        lit_at = np.flatnonzero(on)
        reason = np.full(stop - first, REASON["between"])
        reason[order < lit_at[0]] = REASON["lead-in"]
        reason[order > lit_at[-1]] = REASON["lead-out"]
        reason[on] = REASON["track"]
        size = (stop - first,)
        self.pieces.append(
            {
                "kind": np.full(size, CUT),
                "duration": path.block_time[blocks],
                "x": path.axial[ends],
                "y": path.across[ends],
                "z": path.radius[ends] + path.stand_off,
                "a": path.angle[ends],
                "laser": np.where(beam, power[blocks], 0.0),
                "gate": beam,
                "powder": np.full(size, self.powder),
                "gas": np.full(size, self.gas),
                "aiming": np.full(size, self.dry_run),
                "reason": reason,
                "layer": path.layer[blocks],
                "turn": path.turn[blocks],
                "line": np.zeros(size),
            }
        )
        self.pose = _pose(path, int(stop))
        self.place = (int(path.layer[stop - 1]), int(path.turn[stop - 1]))

    def retract(self, safe: float, *, last: bool) -> None:
        """Straight out, powder off; gas stays on between tracks to keep the nozzle clean."""
        self.powder = 0.0
        self.gas = self.gas and not last
        x, y, _, a = self.pose
        self._state(RAPID, (x, y, safe, a), "end" if last else "retract")

    def program(self, meta: ProgramMeta) -> Program:
        columns = {
            name: np.concatenate([np.asarray(piece[name]) for piece in self.pieces]).astype(dtype)
            for name, dtype in COLUMNS.items()
        }
        x0, y0, z0, a0 = self.start_pose
        return Program(**columns, x0=x0, y0=y0, z0=z0, a0=a0, meta=meta)

    def _state(self, kind: int, pose: Pose, reason: str, duration: float = 0.0) -> None:
        if kind == RAPID:
            duration = rapid_time(self.pose, pose, self.machine)
        self.pose = pose
        values = {
            "kind": kind,
            "duration": duration,
            "x": pose[0],
            "y": pose[1],
            "z": pose[2],
            "a": pose[3],
            "laser": 0.0,
            "gate": False,
            "powder": self.powder,
            "gas": self.gas,
            "aiming": False,
            "reason": REASON[reason],
            "layer": self.place[0],
            "turn": self.place[1],
            "line": 0,
        }
        self.pieces.append({key: np.array([value]) for key, value in values.items()})


def rapid_time(start: Pose, end: Pose, machine: Machine) -> float:
    """Time of a rapid from pose to pose (m, m, m, rad) at the slowest axis's top speed, s."""
    axes = machine.axes.as_dict()
    return max(
        abs(there - here) / axes[letter].max_speed
        for letter, here, there in zip("XYZA", start, end, strict=True)
        if letter in axes
    )


def _whole_ms(seconds: float) -> float:
    """Round a wait up to what is printed, never down: powder and part need all of it."""
    return math.ceil(seconds * 1000.0 - 1e-6) / 1000.0
