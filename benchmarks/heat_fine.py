"""Five turns solved uniformly fine, and as a repair solves them: `heat_fine.py pipe|shaft`.

A section 40 mm long and 60 mm thick, 800 W absorbed, 10 mm/s, pitch 2 mm, in 42CrMo4 that loses
heat to air and by radiation; the pipe has a wall of 10 mm. Nothing of the fine solves is kept.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from reclad.heat.enthalpy import enthalpy_of
from reclad.heat.grid import Mesh, mesh_round
from reclad.heat.part_scale import mesh_part
from reclad.heat.pool_shape import PoolShape, measure_pool
from reclad.heat.pool_table import PoolTable, tabulate_pools
from reclad.heat.solution import Solution, Walk, solve
from reclad.heat.surroundings import Surroundings
from reclad.heat.window import Bench, settle
from reclad.job import Material, new_job, read_job, read_material
from reclad.part import size_deposit
from reclad.process.metal import melting_point, transformation_points

AMBIENT, POWER, SPEED, SIGMA = 293.15, 800.0, 10e-3, 0.75e-3
RADIUS, WALL, LENGTH, START, PITCH = 30e-3, 10e-3, 40e-3, 15e-3, 2e-3
TURNS, BLOCKS = 5, 160  # a turn
FINE, FINEST = 0.5e-3, 0.25e-3
# Blocks, seven a turn: each with the track elsewhere within a slice of fine cells, since a pool
# measured in cells of 0.5 mm depends on that by a few per cent.
LOOKED_AT = np.arange(20, TURNS * BLOCKS, 23)
EARLY = 3  # of them, which end before the turn closes
PHASES = 4  # moments over which a pool is averaged, one cell's passing
HOTTEST = 530.0  # K over ambient, as far as a job with a limit of 400 degC tabulates
POWERS = (0.3, 1.6)  # of the power, likewise
NAMES = ("width", "depth", "length")


@dataclass(frozen=True, eq=False)
class Section:
    """The short pipe or shaft."""

    shape: str
    steel: Material
    loses: bool = True

    @property
    def bore(self) -> float:
        return RADIUS - WALL if self.shape == "pipe" else 0.0

    @property
    def melting(self) -> float:
        return melting_point(self.steel)

    @cached_property
    def metal(self):  # type: ignore[no-untyped-def]
        return enthalpy_of(self.steel, AMBIENT)

    @property
    def around(self) -> Surroundings:
        if not self.loses:
            return Surroundings(AMBIENT)
        return Surroundings(AMBIENT, film=20.0, emissivity=0.7, glow=self.melting)

    @cached_property
    def table(self) -> PoolTable:
        """Pools as a repair tabulates them, in windows of 0.5 mm."""
        points = transformation_points(self.steel)
        return tabulate_pools(
            self.bench(FINE), (AMBIENT, AMBIENT + HOTTEST), (POWERS[0] * POWER, POWERS[1] * POWER),
            (self.steel.solidus.value, points.ac3, points.ac1),
        )  # fmt: skip

    def bench(self, cell: float) -> Bench:
        wall = WALL if self.shape == "pipe" else None
        spot = ((1.0, 0.0, 0.0, SIGMA),)
        return Bench(self.metal, spot, RADIUS, wall, self.melting, SPEED, cell)

    def walk(self, law: tuple[np.ndarray, np.ndarray] | None = None) -> Walk:
        """Five turns at constant power, or at the power of a law over the temperature met."""
        count = TURNS * BLOCKS
        angle = np.linspace(0.0, TURNS * 2.0 * np.pi, count + 1)
        walk = Walk(
            time=angle * RADIUS / SPEED, axial=START + angle / (2.0 * np.pi) * PITCH, turned=angle,
            radius=np.full(count + 1, RADIUS), lit=np.ones(count, dtype=np.bool_),
            power=np.full(count, POWER), clad=np.zeros(count), share=1.0,
            spot=np.array([[1.0, 0.0, 0.0, SIGMA]]),
        )  # fmt: skip
        return walk if law is None else replace(walk, law_interpass=law[0], law_power=law[1])

    def even(self, cell: float, rows: int | None = None) -> Mesh:
        """Cells of one size throughout."""
        around = round(2.0 * np.pi * RADIUS / cell)
        if self.shape == "shaft":
            # As many halvings towards the axis as the rows need.
            most = 64 if cell < 1e-3 else 16
            around = most * round(2.0 * np.pi * RADIUS / cell / most)
        slices = round(LENGTH / cell)
        rows = rows or round((RADIUS - self.bore) / cell)
        return mesh_round(
            np.linspace(0.0, LENGTH, slices + 1), np.full(slices, RADIUS), self.bore,
            np.linspace(self.bore, RADIUS, rows + 1), around,
        )  # fmt: skip

    def as_a_repair(self, seconds: float) -> Mesh:
        """The cells that a repair of this section would get."""
        wall = f'wall = "{1e3 * WALL + 0.5:g} mm"' if self.shape == "pipe" else ""
        text = JOB.format(shape=self.shape, wall=wall)
        with tempfile.TemporaryDirectory() as scratch:
            made = new_job("section", where=scratch)
            (made / "job.toml").write_text(text, encoding="utf-8")
            job = read_job(made)
        return mesh_part(job, size_deposit(job.part, job.allowance, 0.0), seconds, SPEED)


JOB = """kind = "overlay"
material = "42CrMo4"
powder = "IN625"
machine = "x-axial-4kw"
allowance = "0.5 mm"
preheat = "20 degC"
[part]
shape = "{shape}"
length = "40 mm"
{wall}
clad_from = "15 mm"
clad_to = "25 mm"
caliper = [["0 mm", "60 mm", "61 mm"], ["40 mm", "60 mm", "61 mm"]]
[path]
over_travel = "0 mm"
"""


@dataclass(frozen=True, eq=False)
class Fine:
    """A fine solve and the pools seen in it at `LOOKED_AT`, (blocks, 3) width, depth, length m."""

    done: Solution
    pools: np.ndarray
    cpu: float


def solve_fine(section: Section, mesh: Mesh, walk: Walk, blocks: np.ndarray) -> Fine:
    passing = float(mesh.skin.around[0]) * RADIUS / SPEED
    phases = passing * (np.arange(PHASES) - 0.5 * (PHASES - 1)) / PHASES
    shots = (walk.time[blocks][:, None] + phases).ravel()
    until = min(float(walk.time[-1]), float(shots[-1]) + 2.0 * passing)
    if blocks[-1] == LOOKED_AT[-1]:
        until = float(walk.time[-1])
    start = time.process_time()
    done = solve(
        mesh, section.metal, section.around, walk, AMBIENT, shots=shots, until=until, say=_say
    )
    used = time.process_time() - start
    pools = []
    for number, block in enumerate(blocks):
        seen = done.shots[PHASES * number : PHASES * (number + 1)]
        shapes = [
            measure_pool(mesh, field, section.melting, walk.axial[block], SPEED) for field in seen
        ]
        pools.append([getattr(PoolShape.mean(shapes), name) for name in NAMES])
    return Fine(replace(done, shots=done.shots[:0]), np.array(pools), used)


def compare(section: Section, fine: Fine, walk: Walk, mesh: Mesh) -> dict:
    """The same walk as a repair solves it, coarse cells and tabulated pools, against the fine."""
    start = time.process_time()
    done = solve(mesh, section.metal, section.around, walk, AMBIENT)
    used = time.process_time() - start
    off = done.interpass - fine.done.interpass
    at = section.table.at(done.interpass[LOOKED_AT], done.power[LOOKED_AT])
    ratio = np.column_stack([getattr(at, n) for n in NAMES]) / fine.pools - 1.0
    return {
        "cells": mesh.count,
        "cell": float(np.diff(mesh.grid.axial).min()),
        "rows": int(mesh.cells.around.size),
        "cpu": used,
        "interpass": done.interpass.tolist(),
        "power": done.power.tolist(),
        "depth": np.asarray(section.table.at(done.interpass, done.power).depth).tolist(),
        "off_mean": float(off[BLOCKS:].mean()),
        "off_worst": float(np.abs(off).max()),
        "rms": np.sqrt((ratio**2).mean(axis=0)).tolist(),
        "mean": ratio.mean(axis=0).tolist(),
        "worst": np.abs(ratio).max(axis=0).tolist(),
        "gap": done.ledger.gap,
    }


def own_error(section: Section) -> dict:
    """Pools of windows of 0.5 mm over those of 0.25 mm, by temperature."""
    out: dict = {"windows": []}
    for over in (0.0, 150.0, 300.0):
        pools = [settle(section.bench(c), POWER, AMBIENT + over).pool for c in (FINE, FINEST)]
        three = [np.array([getattr(p, n) for n in NAMES]) for p in pools]
        out["windows"].append([over, *(three[0] / three[1] - 1.0).tolist()])
    return out


def follow(section: Section, mesh: Mesh) -> dict:
    """The fine march with the power following the part as the table says, so that the depth of the
    first, cold pool is kept."""
    wanted = float(section.table.at(np.array([AMBIENT]), np.array([POWER])).depth[0])
    met = np.linspace(section.table.interpass[0], section.table.interpass[-1], 25)
    law = met, section.table.power_for_depth(met, wanted)
    walk = section.walk(law)
    fine = solve_fine(section, mesh, walk, LOOKED_AT)
    coarse = compare(section, fine, walk, section.as_a_repair(float(walk.time[-1])))
    later = LOOKED_AT >= BLOCKS
    off = fine.pools[:, 1] / wanted - 1.0
    return {
        "wanted": wanted,
        "fine": told(fine),
        "coarse": coarse,
        "worst": float(np.abs(off[later]).max()),
        "worst_to_first": float(np.abs(fine.pools[later, 1] / fine.pools[0, 1] - 1.0).max()),
    }


def told(fine: Fine) -> dict:
    """What is kept of a fine solve: its pools and temperatures met, never its field."""
    return {
        "cpu": fine.cpu,
        "rate": fine.done.updates / fine.cpu,
        "pools": fine.pools.tolist(),
        "interpass": fine.done.interpass.tolist(),
        "power": fine.done.power.tolist(),
        "gap": fine.done.ledger.gap,
    }


def _say(share: float) -> None:
    if sys.stderr.isatty():
        print(f"  {100 * share:.0f} %", end="\r", file=sys.stderr)


def main() -> None:
    section = Section(sys.argv[1], read_material("42CrMo4"))
    mesh, walk = section.even(FINE), section.walk()
    fine = solve_fine(section, mesh, walk, LOOKED_AT)
    found = {
        "cells": mesh.count,
        "time": walk.time.tolist(),
        "looked_at": LOOKED_AT.tolist(),
        "fine": told(fine),
        "repair": compare(section, fine, walk, section.as_a_repair(float(walk.time[-1]))),
        "coarse": compare(section, fine, walk, section.even(5e-3, 2 if section.bore else 6)),
        "own": own_error(section),
    }
    if section.shape == "pipe":
        found["follow"] = follow(section, mesh)
        early = LOOKED_AT[:EARLY]
        kept = solve_fine(replace(section, loses=False), mesh, walk, early)
        found["lossless"] = (fine.pools[:EARLY] / kept.pools - 1.0).mean(axis=0).tolist()
        finest = solve_fine(section, section.even(FINEST), walk, early)
        found["finest"] = told(finest) | {
            "ratio": (fine.pools[:EARLY] / finest.pools - 1.0).tolist()
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
