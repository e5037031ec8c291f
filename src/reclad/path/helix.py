"""The helix that clads a pipe from end to end, layer by layer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.path.toolpath import Toolpath
from reclad.units import format_quantity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import PathSettings
    from reclad.part import Deposit
    from reclad.process.choice import Procedure

_BLOCKS_MAX = 4_000_000


def lay(
    deposit: Deposit, procedure: Procedure, settings: PathSettings, layer_thickness: float
) -> Toolpath:
    """The path that lays `deposit`: one helix per layer, over-travel included.

    Every layer starts at the same end, `start_shift` further round than the one before, so that
    starts never stack; its beam goes off `end_gap` of arc before it comes round to the angle of its
    start, so that stops never stack on the start line. Each track is entered and left along its own
    helix, unlit, over `lead` of surface at cladding speed. Blocks are equal, at most `block` of
    surface long, and a whole number of them makes a turn, so a turn can be found and resumed.

    layer_thickness   expected thickness of one layer (m): the next layer is laid that much higher
    Raises ProcessError when the path would not fit a controller (over 4 million blocks).
    """
    radius = float(deposit.worn_radius.max()) + (procedure.layers - 1) * layer_thickness
    per_turn = math.ceil(math.hypot(2.0 * math.pi * radius, procedure.pitch) / settings.block)
    turns = math.ceil(deposit.length / procedure.pitch - 1e-9)
    if per_turn * turns * procedure.layers > _BLOCKS_MAX:
        raise ProcessError(
            f"path of {turns} turns at {format_quantity(procedure.pitch, 'mm')} pitch in blocks of "
            f"{format_quantity(settings.block, 'mm')} has over {_BLOCKS_MAX} blocks; "
            "use longer blocks or a larger pitch"
        )
    layers = [
        _layer(deposit, settings, per_turn, turns, k * layer_thickness)
        for k in range(procedure.layers)
    ]
    axial: list[NDArray[np.float64]] = []
    angle: list[NDArray[np.float64]] = []
    radii: list[NDArray[np.float64]] = []
    lit: list[NDArray[np.bool_]] = []
    layer: list[NDArray[np.int32]] = []
    turn: list[NDArray[np.int32]] = []
    joined: list[NDArray[np.bool_]] = []
    reached = -math.inf
    for number, (x, a, r, on, t) in enumerate(layers, start=1):
        shift = (number - 1) * settings.start_shift
        whole = 0.0
        if reached > -math.inf:
            whole = 2.0 * math.pi * math.ceil((reached - a[0] - shift) / (2.0 * math.pi))
            _append_jump(lit, layer, turn, joined, number)
        axial.append(x)
        angle.append(a + shift + whole)
        radii.append(r)
        lit.append(on)
        layer.append(np.full(on.size, number, dtype=np.int32))
        turn.append(t)
        joined.append(np.ones(on.size, dtype=np.bool_))
        reached = float(angle[-1][-1])
    return Toolpath(
        axial=np.concatenate(axial),
        angle=np.concatenate(angle),
        radius=np.concatenate(radii),
        lit=np.concatenate(lit),
        layer=np.concatenate(layer),
        turn=np.concatenate(turn),
        joined=np.concatenate(joined),
        travel_speed=procedure.travel_speed,
        stand_off=procedure.stand_off,
        pitch=procedure.pitch,
    )


def _layer(
    deposit: Deposit,
    settings: PathSettings,
    per_turn: int,
    turns: int,
    raised: float,
) -> tuple[
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.bool_],
    NDArray[np.int32],
]:
    """Nodes (axial, angle, radius) and blocks (lit, turn) of one layer starting at angle 0."""
    at_start = float(deposit.worn_radius_at(np.array([deposit.start]))[0]) + raised
    at_end = float(deposit.worn_radius_at(np.array([deposit.end]))[0]) + raised
    step = 2.0 * math.pi / per_turn
    # On a taper the beam goes off where the part is not quite as thick as at the end.
    last = 2.0 * math.pi * turns - settings.end_gap / at_end
    off = deposit.start + last / (2.0 * math.pi) * deposit.length / turns
    at_off = float(deposit.worn_radius_at(np.array([off]))[0]) + raised
    last = max(2.0 * math.pi * turns - settings.end_gap / at_off, 3.0 * step)
    lit_nodes = np.append(np.arange(0.0, last - 1e-9, step), last)
    # The rest may be a sliver that no controller could time: share it with the block before.
    lit_nodes[-2] = 0.5 * (lit_nodes[-3] + last)
    lead_blocks = math.floor(settings.lead / settings.block) + 1
    before = -np.linspace(settings.lead / at_start, 0.0, lead_blocks, endpoint=False)
    after = last + np.linspace(0.0, settings.lead / at_end, lead_blocks + 1)[1:]
    angle = np.concatenate((before, lit_nodes, after))
    axial = deposit.start + angle / (2.0 * math.pi) * deposit.length / turns
    radius = deposit.worn_radius_at(axial) + raised
    lit = np.zeros(angle.size - 1, dtype=np.bool_)
    lit[lead_blocks : lead_blocks + lit_nodes.size - 1] = True
    turn = np.clip(np.floor(angle[:-1] / (2.0 * math.pi) + 1e-9) + 1, 1, turns).astype(np.int32)
    return axial, angle, radius, lit, turn


def _append_jump(
    lit: list[NDArray[np.bool_]],
    layer: list[NDArray[np.int32]],
    turn: list[NDArray[np.int32]],
    joined: list[NDArray[np.bool_]],
    number: int,
) -> None:
    """The block between two layers: a rapid, never lit."""
    lit.append(np.zeros(1, dtype=np.bool_))
    layer.append(np.full(1, number, dtype=np.int32))
    turn.append(np.ones(1, dtype=np.int32))
    joined.append(np.zeros(1, dtype=np.bool_))
