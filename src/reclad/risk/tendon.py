"""The pull of a cooled bead: tendon force, the zone that yielded, and how well either is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from reclad.errors import ProcessError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

# Share of E alpha / (rho c) that a bead keeps as pull, N per J/m. Assumed: 0.2 N per J/m, the usual
# figure for steel (E 210 GPa, alpha 12e-6 1/K, rho c 3.77 MJ/m3/K), lies between what fibres that
# yield keep in a thick part, ln 2 / e = 0.255, and in a thin one, ln 2 sqrt(2 / (pi e)) = 0.335.
TENDON_SHARE = 0.3
# Assumed: of ten untried parts about seven lie within a factor 1.5 of the estimate.
SPREAD = 1.5


@dataclass(frozen=True, eq=False)
class ElasticMetal:
    """What a metal does when it is cold, each field (draws,), SI.

    modulus         Pa      Young's
    poisson         -
    expansion       1/K     mean coefficient over the rise that the bead brings
    yield_strength  Pa
    heat_capacity   J/m3/K  mean over that rise, per volume
    """

    modulus: Floats
    poisson: Floats
    expansion: Floats
    yield_strength: Floats
    heat_capacity: Floats

    @classmethod
    def of(
        cls,
        *,
        modulus: ArrayLike,
        poisson: ArrayLike,
        expansion: ArrayLike,
        yield_strength: ArrayLike,
        heat_capacity: ArrayLike,
    ) -> Self:
        """Scalars and arrays broadcast to draws; ProcessError names the first value that no metal
        has."""
        columns = np.broadcast_arrays(
            *(
                np.atleast_1d(np.asarray(v, dtype=np.float64))
                for v in (modulus, poisson, expansion, yield_strength, heat_capacity)
            )
        )
        rules = (
            ("modulus", 1e9, 1e12, "Pa"),
            ("poisson", 0.0, 0.499, ""),
            ("expansion", 1e-7, 1e-4, "1/K"),
            ("yield_strength", 1e6, 5e9, "Pa"),
            ("heat_capacity", 1e5, 1e8, "J/m3/K"),
        )
        for column, (name, low, high, unit) in zip(columns, rules, strict=True):
            wrong = ~((column >= low) & (column <= high))
            if wrong.any():
                raise ProcessError(
                    f"{name} {column[wrong][0]:g} {unit} lies outside {low:g} to {high:g} {unit}; "
                    "check the value and its unit"
                )
        return cls(*(np.ascontiguousarray(c) for c in columns))


def plastic_reach(heat_per_length: ArrayLike, metal: ElasticMetal) -> Floats:
    """How far from a bead the metal yielded (draws,) m: where the peak rise alone, held back,
    reaches yield.

    heat_per_length  (draws,) J/m absorbed
    Thick part: T_p - T0 = 2 Q / (pi e rho c r^2), so r^2 = 2 Q alpha E / (pi e rho c sigma_y).
    Source: physics of a line source in a thick part. Checked: tests/risk/test_distortion.py.
    """
    warmed = np.asarray(heat_per_length) * metal.expansion / (np.pi * np.e * metal.heat_capacity)
    return np.asarray(np.sqrt(2.0 * warmed * metal.modulus / metal.yield_strength))


def plastic_area(
    heat_per_length: ArrayLike,
    metal: ElasticMetal,
    *,
    pitch: float | None = None,
    wall: float = np.inf,
) -> Floats:
    """Section (draws,) m2 that one bead can pull with: half a disc of `plastic_reach`, or no more
    than its own strip where beads lie side by side at a pitch (m). Assumed.

    wall m: nothing beyond it yields. Checked: tests/risk/test_distortion.py.
    """
    reach = plastic_reach(heat_per_length, metal)
    inside = np.minimum(reach, wall)
    alone = np.minimum(0.5 * np.pi * reach**2, 2.0 * reach * inside)
    return alone if pitch is None else np.minimum(alone, pitch * inside)


def tendon_force(
    heat_per_length: ArrayLike,
    metal: ElasticMetal,
    section: ArrayLike,
    factor: ArrayLike = 1.0,
) -> Floats:
    """The force (draws,) N with which one cooled bead pulls along itself.

    heat_per_length  (draws,) J/m absorbed
    section          (draws,) m2 that can pull, see `plastic_area`: the force is at most yield on it
    factor           (draws,) from `spread_factors`, or from a bar that was clad and measured

    F = 0.3 E alpha / (rho c) Q, that is 0.2 N per J/m for steel: assumed. Steels that turn to
    martensite on cooling pull less. Checked: tests/risk/test_distortion.py against fibres that
    yield about a thick and a thin part's line of heat.
    """
    free = TENDON_SHARE * metal.modulus * metal.expansion / metal.heat_capacity
    pull = np.minimum(
        free * np.asarray(heat_per_length), metal.yield_strength * np.asarray(section)
    )
    return np.asarray(pull * np.asarray(factor))


def spread_factors(draws: int, seed: int) -> Floats:
    """Factors (draws,) on a distortion that no test bar has calibrated: lognormal about 1, two
    thirds of them within +-50 %. Assumed. Same seed, same factors."""
    scatter = np.random.default_rng(seed).standard_normal(draws)
    return np.asarray(np.exp(np.log(SPREAD) * scatter))
