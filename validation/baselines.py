"""Plain models fitted to the same rows as the process model: what it has to beat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reclad.lab import Observations
from reclad.process import PARAMETERS, predict
from reclad.process.metal import mean_properties

Floats = NDArray[np.float64]
ABSORPTIVITY = (0.02, 1.0)  # no surface takes up less or more of the light
WIDTH, DEPTH = 0, 2  # columns of QUANTITIES


def rosenthal_radius(power: Floats, speed: Floats, rise: Floats, k: Floats, a: Floats) -> Floats:
    """Radius (m) of the half-round pool of a point source moving over a thick plate.

    power W taken up, speed m/s, rise K from the plate to melting, conductivity k W/m/K, diffusivity
    a m2/s. On the isotherm at a distance R from the source and y beside its path
    (y / R0)^2 = -(ln u / m) (2 u + ln u / m), u = R / R0, R0 = power / (2 pi k rise),
    m = R0 speed / 2 a; widest where m u (1 + ln u) = -ln u, which bisection finds.
    Source: Rosenthal 1946. Checked: tests/validation/test_fitted.py against both limits.
    """
    still = power / (2.0 * np.pi * k * rise)
    m = still * speed / (2.0 * a)
    low, high = np.full(m.shape, -1.0), np.zeros(m.shape)
    for _ in range(60):
        middle = 0.5 * (low + high)
        over = (1.0 + middle) * m * np.exp(middle) + middle > 0.0
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    log_u = 0.5 * (low + high)
    share = -log_u / m * (2.0 * np.exp(log_u) + log_u / m)
    return np.asarray(still * np.sqrt(share))


def rosenthal(observed: Observations, absorptivity: float) -> Floats:
    """Logarithms of width and depth (rows, 2) of a point source."""
    out = np.empty((len(observed), 2))
    for bench in observed.benches:
        at = bench.settings
        metal = mean_properties(bench.substrate.parent, at.interpass)
        diffusivity = metal.conductivity / (metal.density * metal.specific_heat)
        radius = rosenthal_radius(
            absorptivity * at.power,
            at.travel_speed,
            metal.melting - at.interpass,
            metal.conductivity,
            diffusivity,
        )
        out[bench.rows] = np.log(np.column_stack((2.0 * radius, radius)))
    return out


def eagar_tsai(observed: Observations, absorptivity: float) -> Floats:
    """Logarithms of width and depth (rows, 2) of a round Gaussian source on still metal: the
    process model with nothing drawn, no flow in the pool and nothing learned but absorptivity."""
    out = np.empty((len(observed), 2))
    for bench in observed.benches:
        middle = bench.parameters(np.zeros((1, len(PARAMETERS))))
        one = np.ones(1)
        draws = replace(
            middle,
            absorptivity=absorptivity * one,
            convection=one,
            conductivity=one,
            heat_capacity=one,
        )
        bead = predict(bench.settings, bench.beam, bench.substrate, None, None, draws)
        with np.errstate(divide="ignore"):
            out[bench.rows] = np.log(np.column_stack((bead.width[0], bead.depth[0])))
    return out


def fit_absorptivity(model: Callable[[Observations, float], Floats], known: Observations) -> float:
    """The one absorptivity with the least squares of logarithms, width and depth together."""
    from scipy.optimize import minimize_scalar

    measured = known.measured[:, [WIDTH, DEPTH]]

    def loss(log_absorptivity: float) -> float:
        off = model(known, float(np.exp(log_absorptivity))) - measured
        return float(np.minimum(off**2, 1e3).sum())

    found = minimize_scalar(
        loss, bounds=np.log(ABSORPTIVITY), method="bounded", options={"xatol": 1e-6}
    )
    return float(np.exp(found.x))


def combined_line(known: Observations, asked: Observations, *, spot: bool) -> Floats:
    """Logarithms of width and depth (rows of asked, 2): a + b log(P / sqrt(v)), each its own line
    by least squares through the rows of `known`.

    spot   sizes over the spot radius against P / sqrt(v radius^3): rows of one spot carry over to
           another; else the spot plays no part
    """

    def at(observed: Observations) -> tuple[Floats, Floats]:
        radius = np.log(observed.spot)
        heat = observed.combined[:, WIDTH]  # P / sqrt(v radius^3)
        return (heat, radius) if spot else (heat + 1.5 * radius, np.zeros(len(observed)))

    (x, size), (x_asked, size_asked) = at(known), at(asked)
    design = np.column_stack((np.ones(x.size), x))
    measured = known.measured[:, [WIDTH, DEPTH]] - size[:, None]
    line = np.linalg.lstsq(design, measured, rcond=None)[0]
    return (
        np.asarray(np.column_stack((np.ones(x_asked.size), x_asked)) @ line) + size_asked[:, None]
    )


def dilution_line(
    settings: Floats, dilution: Floats, asked: Floats, *, logarithms: bool = False
) -> Floats:
    """Dilution (rows of asked,) by a straight line over settings (rows, 3), power, travel speed and
    powder, or over their logarithms."""
    at, of = (np.log(settings), np.log(asked)) if logarithms else (settings, asked)
    middle, spread = at.mean(axis=0), at.std(axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)

    def design(x: Floats) -> Floats:
        return np.column_stack((np.ones(len(x)), (x - middle) / spread))

    line = np.linalg.lstsq(design(at), dilution, rcond=None)[0]
    return np.asarray(design(of) @ line)
