"""A material over temperature, reduced to the constants the moving-source kernel takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Material


@dataclass(frozen=True)
class MeanProperties:
    """Constants between an interpass temperature and melting, each (candidates,), SI.

    conductivity W/m/K and specific_heat J/kg/K are means over that range (the latter from the
    enthalpy, so that a transformation peak counts for what it holds); melting K is midway between
    solidus and liquidus; latent J/kg.
    """

    conductivity: NDArray[np.float64]
    specific_heat: NDArray[np.float64]
    density: float
    melting: float
    latent: float


def melting_point(material: Material) -> float:
    """The isotherm (K) taken as the pool's edge: midway through the melting range."""
    return 0.5 * (material.solidus.value + material.liquidus.value)


def mean_properties(material: Material, interpass: NDArray[np.float64]) -> MeanProperties:
    """The constants of `material` for pools that start from `interpass` (candidates,) K."""
    melting = melting_point(material)
    return MeanProperties(
        conductivity=_mean(
            material.conductivity.at, material.conductivity.value, interpass, melting
        ),
        specific_heat=_mean(
            material.specific_heat.at, material.specific_heat.value, interpass, melting
        ),
        density=material.density.value,
        melting=melting,
        latent=material.latent_heat.value,
    )


def enthalpy_between(material: Material, cold: float, hot: float) -> float:
    """Heat (J/kg) that takes the solid from `cold` to `hot` (K), melting not counted."""
    table = material.specific_heat
    return float(_mean(table.at, table.value, np.array([cold]), hot)[0]) * (hot - cold)


def _mean(
    at: tuple[float, ...], value: tuple[float, ...], start: NDArray[np.float64], end: float
) -> NDArray[np.float64]:
    """Mean of a table between each `start` and `end`, exact for straight segments; the end values
    hold beyond the table."""
    low = min(float(start.min()), at[0]) - 1.0
    high = max(end, at[-1]) + 1.0
    grid = np.unique(np.concatenate(([low], at, start, [end], [high])))
    height = np.interp(grid, at, value)
    area = np.concatenate(([0.0], np.cumsum(0.5 * (height[1:] + height[:-1]) * np.diff(grid))))
    total = np.interp(end, grid, area) - np.interp(start, grid, area)
    return np.asarray(total / (end - start))


def carbon_equivalent(material: Material) -> float | None:
    """Hardening tendency CE = C + Mn/6 + (Cr + Mo + V)/5 + (Ni + Cu)/15, in % by mass (IIW); None
    where the composition is not known or the metal is no steel."""
    alloy = material.composition
    if alloy is None or alloy.base != "Fe":
        return None
    weights = (("C", 1), ("Mn", 6), ("Cr", 5), ("Mo", 5), ("V", 5), ("Ni", 15), ("Cu", 15))
    return 100.0 * sum(alloy.share(element) / part for element, part in weights)
