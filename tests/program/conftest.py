"""A small pipe, its path and its program, and the reference machine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from reclad.job import Machine, read_machine
from reclad.path.toolpath import Toolpath
from reclad.program import Program, build_program, write_program

FEED = 17e-3 / 60.0


def make_path(
    turns: int = 3,
    layers: int = 2,
    per_turn: int = 12,
    *,
    radius: float = 0.1,
    lead: int = 2,
    wear: float = 0.0005,
    start: float = 0.1,
    speed: float = 0.010,
) -> Toolpath:
    """Helices of pitch 2 mm on a worn pipe, each layer 0.8 mm further out and started anew."""
    pitch, step, height = 0.002, 2.0 * np.pi / per_turn, 0.0008
    lit_blocks = turns * per_turn
    columns: dict[str, list[np.ndarray]] = {key: [] for key in ("x", "a", "r", "lit", "k", "t")}
    angle0 = 0.0
    for layer in range(1, layers + 1):
        index = np.arange(-lead, lit_blocks + lead + 1)
        a = angle0 + index * step
        columns["x"].append(start + pitch * index / per_turn)
        columns["a"].append(a)
        columns["r"].append(radius - wear * np.sin(a / 7.0) ** 2 + (layer - 1) * height)
        block = index[:-1]
        columns["lit"].append((block >= 0) & (block < lit_blocks))
        columns["k"].append(np.full(block.size, layer))
        columns["t"].append(np.clip(block // per_turn, 0, turns - 1) + 1)
        angle0 = float(a[-1]) + 0.3 + lead * step
    joined = np.ones(sum(c.size for c in columns["x"]) - 1, dtype=bool)
    seams = np.cumsum([c.size for c in columns["x"]])[:-1] - 1
    joined[seams] = False
    for key, fill in (("lit", 0), ("k", 1), ("t", 1)):
        parts = columns[key]
        for i in range(1, layers):
            parts[i] = np.concatenate(([fill], parts[i]))
    return Toolpath(
        axial=np.concatenate(columns["x"]),
        angle=np.concatenate(columns["a"]),
        radius=np.concatenate(columns["r"]),
        lit=np.concatenate(columns["lit"]).astype(bool),
        layer=np.concatenate(columns["k"]).astype(np.int32),
        turn=np.concatenate(columns["t"]).astype(np.int32),
        joined=joined,
        travel_speed=speed,
        stand_off=0.015,
        pitch=pitch,
    )


def make_power(path: Toolpath, first: float = 2000.0, last: float = 1800.0) -> np.ndarray:
    """Falling power over the path, as a part that warms up asks for."""
    return np.linspace(first, last, path.blocks)


PathMaker = Callable[..., Toolpath]
PowerMaker = Callable[..., np.ndarray]


@pytest.fixture(scope="session")
def pipe() -> PathMaker:
    """Makes paths: see `make_path`."""
    return make_path


@pytest.fixture(scope="session")
def power_for() -> PowerMaker:
    """Makes powers: see `make_power`."""
    return make_power


@pytest.fixture(scope="session")
def feed() -> float:
    """Powder rate of the tests, kg/s."""
    return FEED


@pytest.fixture(scope="session")
def machine() -> Machine:
    return read_machine("x-axial-4kw")


@pytest.fixture(scope="session")
def path() -> Toolpath:
    return make_path()


@pytest.fixture(scope="session")
def program(path: Toolpath, machine: Machine) -> Program:
    return build_program(
        path, make_power(path), FEED, machine, name="pipe (0412)", header=("powder IN625",)
    )


@pytest.fixture(scope="session")
def text(program: Program, machine: Machine) -> str:
    return write_program(program, machine)


@pytest.fixture(scope="session")
def lines(text: str) -> list[str]:
    return text.split("\n")
