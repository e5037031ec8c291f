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


@dataclass(frozen=True)
class TransformationPoints:
    """Where austenite begins to form (ac1) and is complete (ac3) on heating, K; nan where not
    known."""

    ac1: float
    ac3: float


def transformation_points(material: Material) -> TransformationPoints:
    """Ac1 and Ac3 of a low-alloy steel from its composition; nan for other metals.

    Source: Andrews 1965 (key andrews1965), for low-alloy steels under 0.6 % carbon; more alloyed
    steels (over 5 % in all, or 0.6 % carbon) give nan. Checked: tests/process/test_metal.py.
    """
    alloy = material.composition
    if alloy is None or alloy.base != "Fe" or alloy.share("Fe") < 0.95 or alloy.share("C") > 0.006:
        return TransformationPoints(float("nan"), float("nan"))
    x = {name: 100.0 * share for name, share in alloy.mass_share.items()}

    def sum_of(**weights: float) -> float:
        return sum(weight * x.get(name, 0.0) for name, weight in weights.items())

    ac1 = 723.0 + sum_of(Mn=-10.7, Ni=-16.9, Si=29.1, Cr=16.9, As=290.0, W=6.38)
    ac3 = 910.0 - 203.0 * float(np.sqrt(x.get("C", 0.0))) + sum_of(
        Ni=-15.2, Si=44.7, V=104.0, Mo=31.5, W=13.1, Mn=-30.0, Cr=-11.0, Cu=-20.0, P=700.0,
        Al=400.0, As=120.0, Ti=400.0,
    )  # fmt: skip
    return TransformationPoints(ac1 + 273.15, ac3 + 273.15)
