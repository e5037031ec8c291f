"""A metal as the cells see it: enthalpy, Kirchhoff's potential and temperature of one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.heat._cell_kernels import Metal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Material

    Floats = NDArray[np.float64]

_COLDEST, _HOTTEST = 150.0, 4500.0  # K, beyond anything a solve meets
_TABLE = 4096
_MELT_RANGE = 20.0  # K, least width over which latent heat is spread


def enthalpy_of(
    material: Material, ambient: float, conductivity: float = 1.0, heat_capacity: float = 1.0
) -> Metal:
    """A library metal for the cells, enthalpy counted from `ambient` K; the factors scale its
    tables as a draw does. Latent heat is taken up between solidus and liquidus."""
    k, cp = material.conductivity, material.specific_heat
    return tabulate(
        np.array(k.at),
        np.array(k.value) * conductivity,
        np.array(cp.at),
        np.array(cp.value) * heat_capacity,
        material.density.value,
        ambient,
        material.latent_heat.value,
        (material.solidus.value, material.liquidus.value),
    )


def tabulate(
    k_at: Floats,
    k: Floats,
    cp_at: Floats,
    cp: Floats,
    density: float,
    ambient: float,
    latent: float = 0.0,
    melting: tuple[float, float] | None = None,
) -> Metal:
    """k (W/m/K) and cp (J/kg/K) over temperature (K), end values held beyond the tables, as curves
    over enthalpy, in steps of a kelvin or two. Raises ProcessError where a value is not above 0.
    """
    if min(k.min(), cp.min(), density) <= 0.0:
        raise ProcessError(
            f"conductivity {k.min():g} W/m/K, specific heat {cp.min():g} J/kg/K and density "
            f"{density:g} kg/m3 must all be above 0; check the material table"
        )
    marks = [np.linspace(_COLDEST, _HOTTEST, 8700), k_at, cp_at, [ambient]]
    if melting is not None:
        low, high = melting[0], max(melting[1], melting[0] + _MELT_RANGE)
        marks.append(np.array([low, high]))
    t = np.unique(np.concatenate([np.asarray(m, dtype=np.float64) for m in marks]))
    middle = 0.5 * (t[1:] + t[:-1])
    gained = density * np.interp(middle, cp_at, cp)
    if melting is not None:
        gained = gained + density * latent / (high - low) * ((middle > low) & (middle < high))
    h = np.concatenate(([0.0], np.cumsum(gained * np.diff(t))))
    theta = np.concatenate(([0.0], np.cumsum(np.interp(middle, k_at, k) * np.diff(t))))
    h -= np.interp(ambient, t, h)
    theta -= np.interp(ambient, t, theta)

    grid = np.linspace(h[0], h[-1], _TABLE)
    temperature = np.interp(grid, h, t)
    potential = np.interp(grid, h, theta)
    rise = np.diff(potential, append=potential[-1])
    return Metal(
        low=float(h[0]),
        fine=float((_TABLE - 1) / (h[-1] - h[0])),
        temperature=temperature,
        conductivity=np.interp(temperature, k_at, k),
        base=potential - rise * np.arange(_TABLE),
        rise=rise,
    )


def largest_diffusivity(metal: Metal) -> float:
    """m2/s, what limits the time step."""
    return float(metal.rise.max() * metal.fine)


def enthalpy_at(metal: Metal, temperature: Floats | float) -> Floats:
    """H (J/m3) at temperatures (K), the table read the other way."""
    grid = metal.low + np.arange(metal.temperature.size) / metal.fine
    return np.asarray(np.interp(temperature, metal.temperature, grid))


def temperatures(metal: Metal, enthalpy: Floats) -> Floats:
    """T (K) of enthalpies (J/m3), as the kernels read it."""
    grid = metal.low + np.arange(metal.temperature.size) / metal.fine
    return np.asarray(np.interp(enthalpy, grid, metal.temperature))
