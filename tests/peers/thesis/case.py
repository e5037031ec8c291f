"""The peer case B1 as its own input files state it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np

from reclad.heat.sources import BeamPath, Block, GaussianBeam, MovingSource

HERE = Path(__file__).parent
SNAPSHOTS = HERE / "inputs" / "B1_snapshots"
HISTORY = HERE / "inputs" / "B1_meltpool_history"
EXPECTED = HERE / "expected"


def numbers(file: Path) -> dict[str, float]:
    """Every `key number` line of an input file; keys that occur per axis keep the last axis."""
    lines = re.findall(r"^\s*(\w+)\s+([-+.\deE]+)\s*$", file.read_text("ascii"), re.MULTILINE)
    return {key: float(value) for key, value in lines}


def read_path(file: Path) -> BeamPath:
    """Path.txt: mode 1 waits at a point for Param s, mode 0 goes there at Param m/s."""
    time, place, power = [0.0], [np.zeros(3)], []
    for line in file.read_text("ascii").splitlines()[1:]:
        mode, x, y, z, share, parameter = (float(cell) for cell in line.split())
        there = np.array([x, y, z]) * 1e-3
        away = float(np.linalg.norm(there - place[-1]))
        if mode == 1 and away > 0.0:  # a spot jumps: no time passes
            place.append(there)
            time.append(time[-1])
            power.append(0.0)
        place.append(there)
        time.append(time[-1] + (parameter if mode == 1 else away / parameter))
        power.append(share)
    return BeamPath(np.array(time), np.array(place), np.array([*power, 0.0]))


def read_source(folder: Path = SNAPSHOTS) -> MovingSource:
    """Beam, material and path of an input folder."""
    beam, metal = numbers(folder / "Beam.txt"), numbers(folder / "Material.txt")
    path = read_path(folder / "Path.txt")
    return MovingSource(
        BeamPath(path.time, path.place, path.power * beam["Power"]),
        GaussianBeam(
            beam["Efficiency"],
            *(beam[key] / math.sqrt(6.0) for key in ("Width_X", "Width_Y", "Depth_Z")),
        ),
        Block(metal["k"], metal["c"], metal["p"], metal["T_0"]),
    )


def read_axes(folder: Path = SNAPSHOTS) -> list[np.ndarray]:
    """Coordinates x, y, z (m) of the grid."""
    axes = []
    for low, high, step in re.findall(
        r"Min\s+(\S+)\s+Max\s+(\S+)\s+Res\s+(\S+)", (folder / "Domain.txt").read_text("ascii")
    ):
        count = round((float(high) - float(low)) / float(step)) + 1
        axes.append(np.linspace(float(low), float(high), count))
    return axes


def read_times(folder: Path = SNAPSHOTS) -> np.ndarray:
    """Times (s) asked for."""
    return np.array([float(t) for t in
                     re.search(r"Times\s+(\S+)", (folder / "Mode.txt").read_text("ascii"))[1]
                     .split(",")])  # fmt: skip
