"""How turns of a clad draw a pipe in: a thin shell under ring loads, over draws, SI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def neck_in(
    force: ArrayLike,
    turns: ArrayLike,
    at: ArrayLike,
    *,
    radius: float,
    wall: float,
    modulus: ArrayLike,
    poisson: ArrayLike,
) -> Floats:
    """How far (draws, places) m a pipe's radius shrinks at places `at` (places,) m along it.

    force   (draws,) N of one turn along itself, see `tendon_force`
    turns   (turns,) m, where along the pipe they lie
    radius  m of the middle of the wall;  wall m;  modulus, poisson (draws,) Pa, -

    Each turn loads the shell with N = F / R per metre of circumference:
    u = N / (8 b^3 D) exp(-b |z|) (cos b |z| + sin b |z|), b^4 = 3 (1 - nu^2) / (R^2 t^2),
    D = E t^3 / (12 (1 - nu^2)). Turns that lie close over a long band: N R^2 / (p E t).
    For a wall thin against the radius and turns 3 / b or more from a free end, beside which a pipe
    gives up to four times as much. Source: a beam on an elastic foundation. Checked:
    tests/risk/test_distortion.py against the shell's equation in differences.
    Raises ProcessError for a wall too thick to be a shell.
    """
    if not 0.0 < wall <= 0.3 * radius:
        raise ProcessError(
            f"wall {wall:g} m on radius {radius:g} m is no thin shell (0 to 0.3 of the radius); "
            "treat it as a shaft, whose radius hardly gives"
        )
    pull, stiff, nu = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (force, modulus, poisson))
    )
    beta = (3.0 * (1.0 - nu**2)) ** 0.25 / np.sqrt(radius * wall)
    bending = stiff * wall**3 / (12.0 * (1.0 - nu**2))
    places = np.atleast_1d(np.asarray(at, dtype=np.float64))
    lies = np.atleast_1d(np.asarray(turns, dtype=np.float64))
    shape = np.empty((pull.size, places.size))
    # One place at a time: draws x places x turns would not fit for a long pipe.
    for i, place in enumerate(places):
        away = beta[:, None] * np.abs(place - lies)
        shape[:, i] = np.sum(np.exp(-away) * (np.cos(away) + np.sin(away)), axis=1)
    return np.asarray((pull / (radius * 8.0 * beta**3 * bending))[:, None] * shape)
