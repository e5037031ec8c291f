"""Marching a head over a mesh: one call from a walk to the temperatures it leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.heat import _cell_kernels as cells
from reclad.heat import _loss_kernels as losses
from reclad.heat import _march_kernels
from reclad.heat.enthalpy import enthalpy_at, largest_diffusivity
from reclad.heat.history import Ledger
from reclad.heat.surroundings import Surroundings, on_mesh

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from reclad.heat._cell_kernels import Metal
    from reclad.heat.grid import Mesh

    Floats = NDArray[np.float64]

STEFAN_BOLTZMANN = 5.670374419e-8  # W/m2/K4, CODATA 2018, exact since 2019
_SELDOM = 8  # steps between two reckonings of the losses, at most,
_SMALL = 0.1  # and share of a skin cell's excess lost between two
_CROSSED = 0.6  # of a cell, by the head in one step at most
_HOT, _WARMED = 700.0, 400.0  # K where radiation, and rise over which heat, is judged for that
_PATIENCE = 30  # times the walk's own length that a head may stand still
_BREATH = 40_000_000  # cell updates between two looks at the keyboard


def _nothing() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Walk:
    """What the head does. Nodes (nodes,): time s, axial m, turned rad (flat: m along the track),
    radius m of the surface (flat: ones). Blocks (nodes - 1,): lit, power W, clad m3/s of metal laid
    at shop temperature. share of the power the part absorbs, powder's heat included; spot (k, 4):
    share, along m, across m, sigma m of each Gaussian of the beam. law_interpass (n,) K and
    law_power (n,) W replace `power` by one that follows the part's temperature, which is looked for
    `ahead` m before the beam. At blocks with `gate` (blocks,; left out: none) the head stands still
    while the part ahead is over `above` K, until it is down to `below` K."""

    time: Floats
    axial: Floats
    turned: Floats
    radius: Floats
    lit: NDArray[np.bool_]
    power: Floats
    clad: Floats
    share: float
    spot: Floats
    law_interpass: Floats = field(default_factory=_nothing)
    law_power: Floats = field(default_factory=_nothing)
    ahead: float = 18e-3
    gate: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    above: float = np.inf
    below: float = np.inf


@dataclass(frozen=True, eq=False)
class Solution:
    """What a march leaves.

    interpass (blocks,) K met and power (blocks,) W of lit blocks, nan and 0 of others; look
    (looks,) s, probes (looks, points) K, bore (looks,) K hottest innermost cell; shot (shots,) s
    and shots (shots, slices, width) K, laid out as the mesh; enthalpy (slices, width) J/m3 at the
    end; thick (slices, cells) m of the skin at the end; updates: cells times steps; waits (blocks,)
    s stood still before each block.
    """

    interpass: Floats
    power: Floats
    look: Floats
    probes: Floats
    bore: Floats
    shot: Floats
    shots: NDArray[np.float32]
    enthalpy: Floats
    thick: Floats
    ledger: Ledger
    dt: float
    updates: int
    waits: Floats


def solve(
    mesh: Mesh,
    metal: Metal,
    around: Surroundings,
    walk: Walk,
    start: float,
    *,
    until: float | None = None,
    probes: NDArray[np.int64] | None = None,
    look: float = 5.0,
    shots: Floats | None = None,
    dt: float | None = None,
    say: Callable[[float], None] = lambda _: None,
) -> Solution:
    """March `walk` over a body that starts at `start` K, until the walk's end or `until` s.

    probes (points, 3) slice, row, cell looked at every `look` s; shots (n,) s for whole fields;
    dt s no longer than the stable step (chosen when left out); say: share done, now and then.
    Conservative: what the ledger does not explain stays under 1e-9 of the absorbed heat.
    Raises ProcessError where dt is unstable. Checked: tests/heat/test_solution.py.
    """
    longest = mesh.longest_step(largest_diffusivity(metal))
    if dt is not None and dt > longest:
        raise ProcessError(
            f"time step {dt:.3g} s is over the stable {longest:.3g} s; leave it out or use larger "
            "cells"
        )
    end = float(walk.time[-1]) if until is None else until
    dt = min(longest, _head_step(mesh, walk)) if dt is None else dt
    seldom = _seldom(mesh, metal, around, dt)
    steps = seldom * int(np.ceil(end / dt / seldom - 1e-9))
    dt = end / steps
    every = max(1, round(look / dt))
    looks = (steps + every - 1) // every
    probes = np.zeros((0, 3), dtype=np.int64) if probes is None else probes
    shot = np.zeros(0) if shots is None else np.sort(shots)
    shot_steps = np.minimum(np.round(shot / dt).astype(np.int64), steps - 1)
    slices = mesh.cells.top.size
    air, skin = on_mesh(around, mesh), mesh.fresh_skin()
    h = np.full((slices, mesh.width), float(enthalpy_at(metal, start)))
    stored = cells.total_heat(mesh.cells, skin, h)
    clasps = np.full(air.clasp_film.size, around.ambient)
    seen, bore = np.zeros((looks, probes.shape[0])), np.zeros(looks)
    fields = np.zeros((shot.size, slices, mesh.width), dtype=np.float32)
    interpass, power = np.full(walk.lit.size, np.nan), np.zeros(walk.lit.size)
    ledger, at = np.zeros(losses.LEDGER), np.zeros(1, dtype=np.int64)
    delay, waits = np.zeros(1), np.zeros(walk.lit.size)
    theta = np.zeros((slices + 4, mesh.width))
    drain = np.zeros_like(h)
    inside = bool(air.bore_film.any())
    half = 0.5 * float(mesh.rows[1] - mesh.rows[0])
    drive = _drive(walk)
    # Compiled code hears no Ctrl-C: come up for air now and then.
    stride = max(seldom, _BREATH // mesh.count // seldom * seldom)
    first, most = 0, _PATIENCE * steps
    while first < steps or (walk.gate.any() and at[0] < walk.lit.size):
        if first > most:
            raise ProcessError(
                f"the part does not cool to {walk.below:.0f} K within {most * dt / 3600:.1f} h of "
                "waiting; allow hotter passes, cool the bore, or lower the power"
            )
        last = first + stride if first >= steps else min(steps, first + stride)
        _march_kernels.march(
            mesh.cells, skin, metal, air, mesh.grid, drive, h, theta, drain, inside,
            clasps, half, dt,
            first, last, seldom, every, probes, seen, bore, shot_steps, fields, interpass, power,
            ledger, at, delay, waits,
        )  # fmt: skip
        say(min(last / steps, 1.0))
        first = last
    return Solution(
        interpass=interpass,
        power=power,
        look=np.arange(looks, dtype=np.float64) * every * dt,
        probes=seen,
        bore=bore,
        shot=shot_steps * dt,
        shots=fields,
        enthalpy=h,
        thick=skin.thick[:, 1:-1],
        ledger=_close(ledger, cells.total_heat(mesh.cells, skin, h) - stored),
        dt=dt,
        updates=mesh.count * first,
        waits=waits,
    )


def _close(ledger: Floats, stored: float) -> Ledger:
    return Ledger(
        absorbed=float(ledger[losses.ABSORBED]),
        stored=float(stored),
        convection=float(ledger[losses.CONVECTION]),
        radiation=float(ledger[losses.RADIATION]),
        jet=float(ledger[losses.JET]),
        bore=float(ledger[losses.BORE]),
        contacts=float(ledger[losses.CONTACTS]),
    )


def _seldom(mesh: Mesh, metal: Metal, around: Surroundings, dt: float) -> int:
    """Every how many steps losses are reckoned: they change far more slowly than conduction."""
    film = around.film + 4.0 * around.emissivity * STEFAN_BOLTZMANN * _HOT**3
    film = max([film, around.bore_film, *(around.film + c.film for c in around.clasps)])
    warm = enthalpy_at(metal, np.array([around.ambient, around.ambient + _WARMED]))
    capacity = float(warm[1] - warm[0]) / _WARMED
    thin = min(float(mesh.skin.thick[:, 1].min()), float(mesh.rows[1] - mesh.rows[0]))
    return max(1, min(_SELDOM, int(_SMALL * capacity * thin / max(film * dt, 1e-300))))


def _head_step(mesh: Mesh, walk: Walk) -> float:
    """Time (s) in which the head crosses most of a cell."""
    moved = np.hypot(np.diff(walk.axial), np.diff(walk.turned) * walk.radius[1:])
    taken = np.diff(walk.time)
    speed = float(np.max(moved[walk.lit] / taken[walk.lit], initial=1e-9))
    cell = mesh.skin.around * (1.0 if mesh.flat else mesh.skin.inner + mesh.skin.thick[:, 1])
    return _CROSSED * float(min(cell.min(), np.diff(mesh.grid.axial).min())) / speed


def _drive(walk: Walk) -> cells.Drive:
    return cells.Drive(
        time=walk.time,
        axial=walk.axial,
        turned=walk.turned,
        lit=walk.lit.astype(np.int64),
        power=walk.power,
        clad=walk.clad,
        share=walk.share,
        law_interpass=walk.law_interpass,
        law_power=walk.law_power,
        spot=walk.spot,
        ahead=walk.ahead,
        radius=walk.radius,
        gate=(walk.gate if walk.gate.size else np.zeros(walk.lit.size)).astype(np.int64),
        above=walk.above,
        below=walk.below,
    )
