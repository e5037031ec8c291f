"""Small repairs for the tests of whole parts: a slender pipe, a bearing seat, a coupon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reclad.heat import pool_table
from reclad.heat.part_scale import Heating
from reclad.heat.pool_table import EdgeEffects, Pools, PoolTable
from reclad.heat.repair import PoolModel
from reclad.job import Job, read_job
from reclad.part import Deposit, size_deposit
from reclad.path import Pause, Toolpath, lay, lay_raster
from reclad.process import Procedure

HEATING = Heating(
    share=0.4,
    drawn=120.0,
    lifted=0.2e-3,
    thickness=0.8e-3,
    conductivity=1.0,
    heat_capacity=1.0,
    film=15.0,
    emissivity=0.7,
)

PARTS = {
    "pipe": """
shape = "pipe"
length = "120 mm"
wall = "6 mm"
clad_from = "40 mm"
clad_to = "64 mm"
caliper = [["30 mm", "59.0 mm", "60.0 mm"], ["80 mm", "59.0 mm", "60.0 mm"]]
""",
    "shaft": """
shape = "shaft"
length = "110 mm"
clad_from = "45 mm"
clad_to = "65 mm"
shoulder_from = "5 mm"
shoulder_to = "3 mm"
caliper = [["45 mm", "39.0 mm", "40.0 mm"], ["65 mm", "39.2 mm", "40.0 mm"]]
""",
    "plate": """
shape = "plate"
length = "90 mm"
width = "60 mm"
clad_from = "20 mm"
clad_to = "70 mm"
side_from = "25 mm"
side_to = "33 mm"
caliper = [["15 mm", "10.0 mm", "11.0 mm"], ["75 mm", "10.0 mm", "11.0 mm"]]
""",
}


@dataclass(frozen=True, eq=False)
class Small:
    """A small job with its deposit, settings and path."""

    job: Job
    deposit: Deposit
    procedure: Procedure
    toolpath: Toolpath
    lay: Callable[[tuple[Pause, ...]], Toolpath]


def small(folder: Path, shape: str = "pipe", *, preheat: str = "20 degC", layers: int = 1,
          limits: str = "", holding: str = "", power: float = 1500.0) -> Small:  # fmt: skip
    """Write a small job of this shape into `folder`, read it back and lay its path."""
    machine = "x-y-z-3kw" if shape == "plate" else "x-axial-4kw"
    text = (
        f'kind = "build_up"\nmaterial = "42CrMo4"\npowder = "316L"\nmachine = "{machine}"\n'
        f'allowance = "0.3 mm"\nambient = "20 degC"\npreheat = "{preheat}"\n'
        f"[part]{PARTS[shape]}\n[limits]\n{limits}\n[holding]\n{holding}\n"
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job.toml").write_text(text, "utf-8")
    job = read_job(folder)
    gap = 0.5 * job.cell.laser.spot
    deposit = size_deposit(job.part, job.allowance, job.path.over_travel, shoulder_gap=gap)
    procedure = Procedure(power, 10e-3, 15e-3 / 60.0, 2e-3, layers, 15e-3, 400.0)

    def again(pauses: tuple[Pause, ...]) -> Toolpath:
        if deposit.side is None:
            return lay(deposit, procedure, job.path, HEATING.thickness, pauses)
        zone = (deposit.start, deposit.end, *deposit.side)
        surface = float(deposit.worn_radius.mean())
        return lay_raster(zone, procedure, job.path, surface, HEATING.thickness, pauses)

    return Small(job, deposit, procedure, again(()), again)


def made_up_pools() -> PoolModel:
    """Pools known beforehand: as deep as power and part temperature say, straight in both; half at
    a start, a tenth larger within 5 mm of an end."""
    t = np.linspace(280.0, 1100.0, pool_table._INTERPASS_NODES)
    p = np.linspace(50.0, 1200.0, pool_table._POWER_NODES)
    depth = 1e-6 * (p[None, :] + 0.5 * (t[:, None] - 280.0))
    even = np.ones_like(depth)
    table = PoolTable(
        t,
        p,
        Pools(
            width=4.0 * depth,
            depth=depth,
            length=6.0 * depth,
            gradient=4e5 * even,
            cooling=4e3 * even,
            t85=3.0 * even,
            solidus=1.05 * depth,
            ac3=2.0 * depth,
            ac1=2.5 * depth,
        ),
    )
    edges = EdgeEffects(
        since=np.array([0.0, 2.0]),
        starting=np.array([[0.5, 0.5, 0.5], [1.0, 1.0, 1.0]]),
        beside=np.array([5e-3, 5.001e-3]),
        ending=np.array([[1.1, 1.1, 1.1], [1.0, 1.0, 1.0]]),
    )
    return PoolModel(table, edges)
