"""Beads of a model small enough to be fitted twice: sections over power, speed and feed.

Shapes as in the process model (width from the heat left by the powder, height from mass, depth
lifted by the deposit), numbers plausible and without a source: only the posterior matters here.
The same function runs on NumPy and on any array module with its names.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

NAMES = ("absorptivity", "sink", "sticking", "offset", "bead over pool", "depth over width",
         "scatter of sizes", "scatter of depths")  # fmt: skip
# Normal beliefs on: log, itself, logit, itself, log, log, log, log.
CENTRE = np.array([np.log(0.36), 1.2, 1.5, 0.15, 0.0, np.log(0.3), np.log(0.08), np.log(0.08)])
SPREAD = np.array([0.17, 0.2, 0.6, 0.08, 0.08, 0.25, 0.3, 0.3])

_GRID = np.meshgrid([1.2, 1.8, 2.4], [8.0, 12.0, 18.0], [10.0, 16.0, 24.0], indexing="ij")
POWER, SPEED, FEED = (axis.reshape(-1) for axis in _GRID)  # kW, mm/s, g/min


def sections(unknowns: Any, xp: ModuleType = np) -> tuple[Any, Any, Any]:
    """Logarithm of width and height (of mm) and depth (mm), (..., 27), of (..., 8) unknowns."""
    absorbed, sink, landing, offset, over, ratio = (unknowns[..., i, None] for i in range(6))
    kept = 1.0 / (1.0 + xp.exp(-landing))
    heat = absorbed + np.log(POWER) - 0.25 * sink * kept * FEED / 24.0
    pool = np.log(6.0) + 0.5 * (heat - np.log(0.36 * 1.8)) - 0.35 * np.log(SPEED / 8.0)
    width = over + pool
    # Mass: two thirds of width x height is what lands; 8 g/cm3, feed in g/min, speed in mm/s.
    height = xp.log(kept) + np.log(1.5 * FEED / 60.0 / 0.008 / SPEED) - width
    depth = xp.exp(ratio + pool) - offset * xp.exp(height)
    return width, height, depth


def log_density(unknowns: Any, measured: tuple[Any, Any, Any], xp: ModuleType = np) -> Any:
    """Belief and likelihood of the measured sections, up to a constant, (...)."""
    width, height, depth = sections(unknowns, xp)
    sizes, depths = unknowns[..., 6], unknowns[..., 7]
    belief = -0.5 * (((unknowns - CENTRE) / SPREAD) ** 2).sum(-1)
    off = ((width - measured[0]) ** 2).sum(-1) + ((height - measured[1]) ** 2).sum(-1)
    off_depth = ((depth - measured[2]) ** 2).sum(-1)
    return (
        belief
        - 0.5 * off * xp.exp(-2.0 * sizes) - 2 * POWER.size * sizes
        - 0.5 * off_depth * xp.exp(-2.0 * depths) - POWER.size * depths
    )  # fmt: skip


def measure(
    truth: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sections of the true unknowns (8,) with their scatter."""
    width, height, depth = sections(truth)
    sizes, depths = np.exp(truth[6]), np.exp(truth[7])
    noise = rng.standard_normal((3, POWER.size))
    return width + sizes * noise[0], height + sizes * noise[1], depth + depths * noise[2]
