"""What a repair's heat was: along the path, turn by turn, at named points, in the whole part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Along:
    """The melt pool and the part where the beam is, station by station (one a lit block); each
    (stations,).

    time s; axial m, angle rad, across m (a plate's second direction; zeros on a round part);
    layer and turn from 1; power W of the laser; interpass K met by the beam;
    width, depth, length m of the melt pool; gradient K/m and growth m/s where the pool's tail
    freezes; cooling K/s there; t85 s from 800 to 500 degC under the track (nan where never so hot);
    solidus, ac3, ac1 m: how deep under the surface each isotherm reaches (nan: no such isotherm).
    """

    time: Floats
    axial: Floats
    angle: Floats
    across: Floats
    layer: NDArray[np.int32]
    turn: NDArray[np.int32]
    power: Floats
    interpass: Floats
    width: Floats
    depth: Floats
    length: Floats
    gradient: Floats
    growth: Floats
    cooling: Floats
    t85: Floats
    solidus: Floats
    ac3: Floats
    ac1: Floats


@dataclass(frozen=True, eq=False)
class Probes:
    """Temperature (points, times) K at named points of the part over time (times,) s; where a point
    lies: axial m, angle rad, radius m (on a plate: across the tracks in m for angle, height for
    radius)."""

    names: tuple[str, ...]
    axial: Floats
    angle: Floats
    radius: Floats
    time: Floats
    temperature: Floats


@dataclass(frozen=True, eq=False)
class Field:
    """The whole part at a few times: temperature (times, axial, rows, around) K, nan where no metal
    is; row 0 lies at the bore (round) or the underside (flat).

    time (times,) s; axial_edges (axial + 1,) m; angle_edges (around + 1,) rad, or m along the
    tracks on a plate; radius_edges (rows + 1,) m; surface (axial,) m outer radius or height of each
    slice before cladding: its outermost cell reaches there.
    """

    form: Literal["round", "flat"]
    time: Floats
    axial_edges: Floats
    angle_edges: Floats
    radius_edges: Floats
    surface: Floats
    temperature: NDArray[np.float32]


@dataclass(frozen=True)
class Ledger:
    """Where the absorbed laser power went, J; the only income is `absorbed` (powder's share
    included), new metal enters at shop temperature and so brings nothing."""

    absorbed: float
    stored: float
    convection: float
    radiation: float
    jet: float
    bore: float
    contacts: float

    @property
    def gap(self) -> float:
        """What the books do not explain, as a share of the absorbed heat; of the largest entry
        where the beam was never on."""
        spent = (
            *(self.stored, self.convection, self.radiation),
            *(self.jet, self.bore, self.contacts),
        )
        whole = self.absorbed or max(map(abs, spent)) or 1.0
        return abs(self.absorbed - sum(spent)) / whole


@dataclass(frozen=True, eq=False)
class ThermalHistory:
    """The heat of one whole repair.

    bore (turns,) K: hottest inner wall (or underside, or axis) while each turn is laid, with
    `turn_time` (turns,) s at its end.
    """

    along: Along
    turn_time: Floats
    bore: Floats
    probes: Probes
    field: Field
    ledger: Ledger
