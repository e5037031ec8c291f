"""The tabulated melt pool against the exact integral: `python benchmarks/pool_table.py`, which
writes its section of docs/benchmarks.md."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from page import conditions, write_section

from reclad.job import read_material, read_nozzle, read_powder
from reclad.lab import prior
from reclad.process import ProcessParameters, Substrate, bead, predict, read_spot
from reclad.process import _pool_kernels as kernels
from reclad.process.beam import SpotShape
from reclad.process.pool import PoolTable, load_pool_table

POOLS = 10_000
RADIUS = 1.5e-3  # m, the beam that 5 um are judged at
WALLS = (None, 15e-3, 6e-3)
SHAPES: tuple[SpotShape, ...] = ("gaussian", "top-hat")
Floats = NDArray[np.float64]


def pools(shape: SpotShape) -> Floats:
    """Width, length, depth (points, 3, 2) in beam radii of random pools, tabulated and exact: from
    below the melting threshold to sixty times above it, thick and in walls down to two radii."""
    table, rng = load_pool_table(shape), np.random.default_rng(11)
    found = np.empty((POOLS, 3, 2))
    fast, exact = np.zeros(5), np.zeros(5)
    for row in found:
        pe = float(np.exp(rng.uniform(np.log(0.05), np.log(30.0))))
        g = float(rng.choice([0.0, rng.uniform(0.0, 0.5)]))
        hottest = kernels.hottest_point(pe, g, table.kernels)[1]
        n = float(np.exp(rng.uniform(np.log(0.9), np.log(60.0))) / hottest)
        kernels.look_up(n, pe, g, table.axes, table.hot, table.shape, table.kernels, True, fast)
        kernels.pool_shape(n, pe, g, table.kernels, exact)
        for column, pool in enumerate((fast, exact)):
            row[:, column] = 2.0 * pool[0], pool[2] - pool[3], pool[4]
    return found


def beads(wall: float | None, exact: bool) -> tuple[Floats, float]:
    """Dilution of 64 draws x 64 random settings, and seconds; `exact` empties the table, so that
    every pool of the coupled solution comes from the integral."""
    parent, powder = read_material("42CrMo4"), read_powder("IN625")
    clad = read_material(powder.alloy)
    rng = np.random.default_rng(7)
    settings = ProcessParameters.of(
        power=rng.uniform(600.0, 4000.0, 64),
        travel_speed=rng.uniform(3e-3, 30e-3, 64),
        feed_rate=rng.uniform(5.0, 40.0, 64) / 60e3,
        stand_off=0.015,
        interpass=rng.uniform(293.0, 700.0, 64),
    )
    table = load_pool_table("gaussian")
    if exact:
        outside = table.axes.copy()
        outside[0, 0] = 1e9
        table = replace(table, axes=outside)

    def given(_: str) -> PoolTable:
        return table

    bead.load_pool_table = given
    start = time.process_time()
    laid = predict(
        settings, read_spot(3e-3, "1/e2"), Substrate(parent, wall, 293.15), powder, clad,
        prior(parent, clad, read_nozzle("coaxial-15")).some(64),
    )  # fmt: skip
    used = time.process_time() - start
    bead.load_pool_table = load_pool_table
    return laid.dilution, used


def main() -> None:
    rows = []
    for shape in SHAPES:
        load_pool_table(shape)
        found = pools(shape)
        fast, exact = found[..., 0], found[..., 1]
        off = np.abs(fast - exact)
        relative = off / np.where(exact > 0.0, exact, np.nan)
        broken = (relative > 0.01) & (off * RADIUS > 5e-6)
        appeared = (fast > 0.0) != (exact > 0.0)
        for k, name in enumerate(("width", "length", "depth")):
            beyond = broken[:, k] | (appeared[:, k] & (off[:, k] * RADIUS > 5e-6))
            rows.append(
                f"| {shape}: {name} of {len(off):,} pools | median "
                f"{100 * np.nanmedian(relative[:, k]):.4f} %, 99 % within "
                f"{100 * np.nanquantile(relative[:, k], 0.99):.2f} %; worst "
                f"{1e6 * RADIUS * np.nanmax(np.where(relative[:, k] > 0.01, off[:, k], 0)):.1f} um "
                f"where over 1 % | {int(beyond.sum())} over 1 % and 5 um | none |"
            )
    beads(None, exact=False)  # compiled
    for wall in WALLS:
        fast, quick = beads(wall, exact=False)
        exact, slow = beads(wall, exact=True)
        off = 100.0 * np.abs(fast - exact)
        told = "thick" if wall is None else f"wall {1e3 * wall:.0f} mm"
        rows.append(
            f"| {told}: dilution of {off.size:,} coupled beads | "
            f"median {np.median(off):.4f}, worst {off.max():.3f} points; "
            f"{off.size / quick:,.0f} beads a second against "
            f"{off.size / slow:,.0f} | {int((off > 0.5).sum())} over 0.5 points | none |"
        )
    write_section(
        "pool table",
        f"""## The tabulated pool

By `python benchmarks/pool_table.py` on {conditions()}.
Random pools from below the melting threshold to sixty times above it, thick and in walls down to
two beam radii, molten through included; micrometres at a beam radius of {1e3 * RADIUS:.1f} mm.
Random beads of IN625 on 42CrMo4: 600 to 4,000 W, 3 to 30 mm/s, 5 to 40 g/min, part 20 to 427 degC.

| figure | measured | outside | wanted |
|---|---|---|---|
"""
        + "\n".join(rows),
    )


if __name__ == "__main__":
    main()
