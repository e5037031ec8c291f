"""What takes heat from the part: air, gas jet, bore, whatever holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.heat._cell_kernels import Air

if TYPE_CHECKING:
    from reclad.heat.grid import Mesh


@dataclass(frozen=True)
class Clasp:
    """A chuck or rest: holds the surface from `start` to `end` m with `film` W/m2/K; a lump of
    `capacity` J/K that gives `loss` W/K to the shop."""

    start: float
    end: float
    film: float
    capacity: float
    loss: float


@dataclass(frozen=True)
class Surroundings:
    """Losses of a part in a shop at `ambient` K, SI.

    film W/m2/K and emissivity of every outer face, which above `glow` K loses no more than there
    (the pool's own glow is part of the measured absorptivity, and conduction alone would overrate
    it); jet W/m2/K more under the nozzle, falling off
    over `reach` m; bore_film W/m2/K inside a pipe to a medium that enters at bore_inlet K (None:
    ambient) and warms as it flows with bore_flow W/K (its heat capacity rate; 0: stays cool).
    """

    ambient: float
    film: float = 0.0
    emissivity: float = 0.0
    glow: float = 1e4
    jet: float = 0.0
    reach: float = 20e-3
    bore_film: float = 0.0
    bore_inlet: float | None = None
    bore_flow: float = 0.0
    clasps: tuple[Clasp, ...] = ()


def on_mesh(around: Surroundings, mesh: Mesh) -> Air:
    """The surroundings slice by slice, for the kernels."""
    edges = mesh.grid.axial
    middle = 0.5 * (edges[1:] + edges[:-1])
    held = np.full(middle.size, -1, dtype=np.int64)
    for number, clasp in enumerate(around.clasps):
        held[(middle >= clasp.start) & (middle <= clasp.end)] = number
    return Air(
        film=around.film,
        emissivity=around.emissivity,
        ambient=around.ambient,
        glow=around.glow,
        jet=around.jet,
        reach=around.reach,
        bore_film=np.full(middle.size, around.bore_film),
        bore_inlet=around.ambient if around.bore_inlet is None else around.bore_inlet,
        bore_flow=around.bore_flow,
        clasp=held,
        clasp_film=np.array([c.film for c in around.clasps], dtype=np.float64),
        clasp_capacity=np.array([c.capacity for c in around.clasps], dtype=np.float64),
        clasp_loss=np.array([c.loss for c in around.clasps], dtype=np.float64),
    )
