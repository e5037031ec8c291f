"""The figures of the main job, measured: `python benchmarks/main_job.py`, which writes its section
of docs/benchmarks.md."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from page import conditions, write_section

from reclad.arrays import cache_folder
from reclad.job import new_job, read_job
from reclad.lab import prior
from reclad.process import ProcessParameters, Substrate, predict, read_spot
from reclad.process import _pool_kernels as kernels
from reclad.process.pool import load_pool_table
from reclad.program import check_program, load_program, referee

POINT = np.array([[1.0, 0.0, 0.0, 1.0]])
Row = tuple[str, str, str]


def cpu() -> float:
    """CPU seconds of this process."""
    return time.process_time()


def timed(work: Callable[[], object]) -> float:
    start = cpu()
    work()
    return cpu() - start


def child(arguments: list[str], folder: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a reclad command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "reclad", *arguments], cwd=folder, check=True, capture_output=True
    )
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def example_rows(folder: Path) -> list[Row]:
    rows = []
    for name in ("pipe", "bearing", "shaft", "plate"):
        new_job(name, like=name, where=folder)
        for kept in ("melt-pools", "pool-edges", "part-heat"):
            for file in cache_folder().glob(f"{kept}-*"):
                file.unlink()
        first, _ = child(["plan", name], folder)
        again, _ = child(["plan", name], folder)
        told = f"`reclad plan {name}`: choose, program, `rs274`, report"
        rows.append(
            (told, f"{first:.1f} s wall, heat of the part not known; again {again:.1f} s",
             "< 15 s each")
        )  # fmt: skip
    return rows


def command_rows(folder: Path) -> list[Row]:
    child(["demo"], folder)
    wall, used = child(["demo"], folder)
    _, helped = child(["--help"], folder)
    return [
        ("`reclad demo`, second run", f"{wall:.1f} s wall, {used:.1f} s CPU", "< 15 s wall"),
        ("`reclad --help`", f"{helped:.2f} s CPU", "< 0.3 s CPU"),
    ]


def physics_rows() -> list[Row]:
    worst = 0.0
    for x, y, z in ((-1.0, 0.0, 0.0), (-0.6, 0.8, 0.0), (0.0, 0.0, 1.0), (0.3, 0.5, 0.4)):
        far, pe = 400.0, 2.0 / 400.0
        r = float(np.sqrt(x * x + y * y + z * z))
        exact = np.exp(-pe * far * (r + x) / 2) / (2 * np.pi * r * far)
        found = kernels.temperature_rise(x * far, y * far, z * far, pe, 0.0, POINT)[0]
        worst = max(worst, abs(found / exact - 1))
    table, rng = load_pool_table("gaussian"), np.random.default_rng(3)
    exact, fast, errors = np.zeros(5), np.zeros(5), []
    for _ in range(1000):
        pe, g = np.exp(rng.uniform(np.log(0.1), np.log(20))), rng.choice([0, rng.uniform(0, 0.3)])
        n = np.exp(rng.uniform(0.15, 2.0) ** 2) / kernels.hottest_point(pe, g, POINT)[1]
        kernels.pool_shape(n, pe, g, POINT, exact)
        kernels.look_up(n, pe, g, table.axes, table.hot, table.shape, table.kernels, True, fast)
        errors.append(abs(fast[0] / exact[0] - 1))
    return [
        ("Rosenthal limit, largest error at four points", f"{100 * worst:.4f} %", "≤ 0.1 %"),
        (
            "tabulated pool width against the exact integral, 1000 random cases",
            f"median {100 * np.median(errors):.4f} %, 99 % within "
            f"{100 * np.quantile(errors, 0.99):.2f} %",
            "",
        ),
    ]


def bead_rows(folder: Path) -> list[Row]:
    job = read_job(folder)
    draws = prior(job.parent, job.clad, job.nozzle)
    grid = np.meshgrid(np.linspace(1000, 4000, 20), np.linspace(1e-4, 5e-4, 20))
    settings = ProcessParameters.of(
        power=grid[0], travel_speed=0.01, feed_rate=grid[1], stand_off=0.015, interpass=450.0
    )
    spot, wall = read_spot(3e-3, "1/e2"), Substrate(job.parent, 0.015, 293.15)
    bead = predict(settings, spot, wall, job.feedstock, job.clad, draws)
    used = timed(lambda: predict(settings, spot, wall, job.feedstock, job.clad, draws))
    kept = bead.catchment * settings.feed_rate
    with np.errstate(invalid="ignore"):
        mass = np.nanmax(np.abs(bead.area * job.clad.density.value * 0.01 / kept - 1))
    return [
        ("mass balance, largest relative error of 102 400 beads", f"{mass:.1e}", "1e-12"),
        (
            "coupled beads on one core",
            f"{bead.width.size / used:,.0f} a second",
            "≥ 50,000 a second",
        ),
    ]


def program_rows(folder: Path) -> list[Row]:
    job = read_job(folder)
    text = (folder / "plan" / "program.ngc").read_text(encoding="ascii")
    planned = load_program(folder / "plan" / "program.npz")
    steps = text.count("M67 E0 Q") - text.count("M67 E0 Q0.0")
    wanted = int(np.ceil(285 * np.pi * 200 / 5))
    used = timed(lambda: check_program(text, job.cell, planned))
    start = time.monotonic()
    seen = referee(text, job.cell)
    wall = time.monotonic() - start
    said = f"exit {seen.exit_code}, {seen.message}" if seen.available else seen.message
    return [
        (
            "power steps of the pipe's program",
            f"{steps}",
            f"≥ {wanted} (turns × circumference / 5 mm)",
        ),
        ("`rs274` on the program, replayed", f"{said}; {wall:.1f} s wall", "exit 0, safe"),
        ("lint, read-back and comparison, 72 000 lines", f"{used:.2f} s CPU", ""),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        os.environ["RECLAD_CACHE"] = str(folder / "cache")
        rows = command_rows(folder)
        rows += example_rows(folder)
        rows += program_rows(folder / "pipe-demo")
        rows += physics_rows()
        rows += bead_rows(new_job("bench", where=folder))
    lines = ["| figure | measured | wanted |", "|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    figures = "\n".join(lines)
    text = f"""## The main job

By `python benchmarks/main_job.py` on {conditions()}.

{figures}

Broken programs refused for their physical reason with their line, checksums off,
alone and against the plan: `pytest tests/program/test_mutants.py`. The four knobs of a
designed experiment: `pytest tests/process/test_bead.py -k knobs`, and
[validation](validation.md)."""
    write_section("main job", text)


if __name__ == "__main__":
    main()
