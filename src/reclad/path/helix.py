"""The helix that clads a pipe from end to end, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.path._stretches import Stretch, string_together
from reclad.path.pauses import Pause, waits_by_layer
from reclad.path.toolpath import Toolpath
from reclad.units import format_quantity

if TYPE_CHECKING:
    from reclad.job import PathSettings
    from reclad.part import Deposit
    from reclad.path.toolpath import Floats
    from reclad.process.choice import Procedure

_BLOCKS_MAX = 4_000_000
_TURN = 2.0 * math.pi
_LEAST_LEFT = 0.25  # of a turn still to lay after a stop, else it would only pile up craters


def lay(
    deposit: Deposit,
    procedure: Procedure,
    settings: PathSettings,
    layer_thickness: float,
    pauses: Sequence[Pause] = (),
) -> Toolpath:
    """The path that lays `deposit`: one helix per layer, over-travel included.

    Every layer starts at the same end, `start_shift` further round than the one before, so that
    starts never stack; its beam goes off `end_gap` of arc before it comes round to the angle of its
    start, so that stops never stack on the start line. Each track is entered and left along its own
    helix, unlit, over `lead` of surface at cladding speed. Blocks are equal, at most `block` of
    surface long, and a whole number of them makes a turn, so a turn can be found and resumed.

    At a pause the beam goes off at the first block that ends past the turn, `start_shift` and one
    overlap further round than the stop before, so that craters do not stack on a line: less than
    a turn late. The nozzle leaves along the helix, goes back, A too, waits, and relights
    `restart_overlap` of arc before the stop; from the stop on every block is the one of the path
    without pauses. Where less than a quarter turn would be left, the stop lies that much before the
    end of the layer; after its last turn the wait comes before the next layer.

    layer_thickness   expected thickness of one layer (m): the next layer is laid that much higher
    Raises ProcessError when the path would not fit a controller (over 4 million blocks), or a pause
    has no place in it.
    """
    radius = float(deposit.worn_radius.max()) + (procedure.layers - 1) * layer_thickness
    per_turn = math.ceil(math.hypot(_TURN * radius, procedure.pitch) / settings.block)
    turns = math.ceil(deposit.length / procedure.pitch - 1e-9)
    if per_turn * turns * procedure.layers > _BLOCKS_MAX:
        raise ProcessError(
            f"path of {turns} turns at {format_quantity(procedure.pitch, 'mm')} pitch in blocks of "
            f"{format_quantity(settings.block, 'mm')} has over {_BLOCKS_MAX} blocks; "
            "use longer blocks or a larger pitch"
        )
    waits = waits_by_layer(pauses, [turns] * procedure.layers)
    stretches: list[Stretch] = []
    wait = 0.0
    for number, after_turn in enumerate(waits, start=1):
        layer = _Layer(deposit, settings, per_turn, turns, number, (number - 1) * layer_thickness)
        laid, left = layer.stretches(after_turn, wait)
        turned = (number - 1) * settings.start_shift
        whole = 0.0
        if stretches:
            behind = stretches[-1].angle[-1] - laid[0].angle[0] - turned
            whole = _TURN * math.ceil(behind / _TURN)
        stretches += [replace(part, angle=part.angle + turned + whole) for part in laid]
        wait = left
    if wait:
        raise ProcessError(
            f"pause after layer {procedure.layers} turn {max(waits[-1])}: less than a quarter turn "
            f"is laid after it - leave it out"
        )
    return Toolpath(
        **string_together(stretches),
        travel_speed=procedure.travel_speed,
        stand_off=procedure.stand_off,
        pitch=procedure.pitch,
    )


@dataclass(frozen=True, eq=False)
class _Layer:
    """One layer from angle 0 on: `raised` m above the worn surface, `per_turn` blocks a turn."""

    deposit: Deposit
    settings: PathSettings
    per_turn: int
    turns: int
    number: int
    raised: float

    def stretches(self, waits: dict[int, float], first_wait: float) -> tuple[list[Stretch], float]:
        """The layer from stop to stop, and a wait (s) that is left for its end.

        waits        turn -> s to wait after it
        first_wait   s to wait before the layer
        """
        nodes = self._lit_nodes()
        end = nodes.size - 1
        stops, left = self._stops(end, waits)
        begun, wait, low = 0, first_wait, 1
        laid = []
        for stop, seconds in [*stops, (end, 0.0)]:
            again = self._again(float(nodes[begun])) if begun else nodes[:0]
            on = np.concatenate((again, nodes[begun : stop + 1]))
            high = self.turns if stop == end else int(_turns(nodes[stop - 1]))
            at = self._radius(self.deposit.end) if stop == end else self._radius_on(on[-1])
            laid.append(self._stretch(on, at, (low, high), wait))
            begun, wait, low = stop, seconds, high
        return laid, left

    def _radius(self, axial: float) -> float:
        return float(self.deposit.worn_radius_at(np.array([axial]))[0]) + self.raised

    def _radius_on(self, angle: float) -> float:
        """Radius (m) of the surface where the helix has turned so far (rad)."""
        return self._radius(float(self._axial(np.array([angle]))[0]))

    def _axial(self, angle: Floats) -> Floats:
        return self.deposit.start + angle / _TURN * self.deposit.length / self.turns

    def _lit_nodes(self) -> Floats:
        """Angles (rad) from where the beam comes on to where the layer's end puts it off."""
        step = _TURN / self.per_turn
        # On a taper the beam goes off where the part is not quite as thick as at the end.
        last = _TURN * self.turns - self.settings.end_gap / self._radius(self.deposit.end)
        at_off = self._radius_on(last)
        last = max(_TURN * self.turns - self.settings.end_gap / at_off, 3.0 * step)
        nodes = np.append(np.arange(0.0, last - 1e-9, step), last)
        # The rest may be a sliver that no controller could time: share it with the block before.
        nodes[-2] = 0.5 * (nodes[-3] + last)
        return nodes

    def _stops(self, end: int, waits: dict[int, float]) -> tuple[list[tuple[int, float]], float]:
        """Node where each pause puts the beam off and its s; s of those with no room before `end`.

        A stop lies on a node of the layer, so that none is moved and the turns stay whole.
        """
        step = _TURN / self.per_turn
        radius = self._radius(self.deposit.start)
        around = self.settings.start_shift + self.settings.restart_overlap / radius
        # The last blocks are cut short, so one more than the quarter turn has.
        latest = end - max(3, math.ceil(_LEAST_LEFT * self.per_turn) + 1)
        stops: list[tuple[int, float]] = []
        left, before = 0.0, 0
        for turn, seconds in waits.items():
            earliest = max(turn * self.per_turn, before + 1)
            if earliest > latest:
                left += seconds
                continue
            further = ((len(stops) + 1) * around - earliest * step) % _TURN
            before = min(earliest + math.ceil(further / step - 1e-9), latest)
            stops.append((before, seconds))
        return stops, left

    def _again(self, stop: float) -> Floats:
        """Angles (rad) before a stop over which clad is laid a second time, the stop left out."""
        overlap, radius = self.settings.restart_overlap, self._radius_on(stop)
        if overlap > 0.5 * _TURN * radius:
            raise ProcessError(
                f"[path] restart_overlap {format_quantity(overlap, 'mm')} is over half a turn on "
                f"a radius of {format_quantity(radius, 'mm')} - shorten it"
            )
        count = math.ceil(overlap / self.settings.block - 1e-9)
        return stop - np.linspace(overlap / radius, 0.0, count, endpoint=False)

    def _stretch(
        self, on: Floats, radius_off: float, turns: tuple[int, int], wait: float
    ) -> Stretch:
        """Nodes `on` (rad) lit, entered and left along the helix; turns numbered within `turns`."""
        lead = self.settings.lead
        count = math.floor(lead / self.settings.block) + 1
        before = on[0] - np.linspace(lead / self._radius_on(on[0]), 0.0, count, endpoint=False)
        after = on[-1] + np.linspace(0.0, lead / radius_off, count + 1)[1:]
        angle = np.concatenate((before, on, after))
        axial = self._axial(angle)
        lit = np.zeros(angle.size - 1, dtype=np.bool_)
        lit[count : count + on.size - 1] = True
        return Stretch(
            axial=axial,
            angle=angle,
            radius=self.deposit.worn_radius_at(axial) + self.raised,
            lit=lit,
            turn=np.clip(_turns(angle[:-1]), *turns).astype(np.int32),
            layer=self.number,
            wait=wait,
        )


def _turns(angle: Floats) -> Floats:
    """Turn, from 1, that begins or goes on at an angle (rad) along its layer."""
    return np.asarray(np.floor(angle / _TURN + 1e-9) + 1)
