"""A small pipe and a small plate, their paths and programs, and the example machines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from reclad.job import Machine, PathSettings, read_machine
from reclad.path import lay_raster
from reclad.path.toolpath import Toolpath
from reclad.process import Procedure
from reclad.program import Program, build_program, post, write_program

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


def make_raster(
    layers: int = 2,
    *,
    zone: tuple[float, float, float, float] = (0.1, 0.16, 0.2, 0.2078),
    height: float = 0.02,
    speed: float = 0.010,
) -> Toolpath:
    """Tracks of pitch 1.95 mm on a plate, 4 in odd layers and 5 in even ones, 0.8 mm thick."""
    settings = Procedure(
        power=2000.0,
        travel_speed=speed,
        feed_rate=FEED,
        pitch=0.002,
        layers=layers,
        stand_off=0.015,
        interpass=400.0,
    )
    return lay_raster(zone, settings, PathSettings(), height, 0.0008)


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


@pytest.fixture(scope="session")
def gantry() -> Machine:
    return read_machine("x-y-z-3kw")


@pytest.fixture(scope="session")
def plate() -> Toolpath:
    return make_raster()


@pytest.fixture(scope="session")
def raster() -> PathMaker:
    """Makes rasters: see `make_raster`."""
    return make_raster


@pytest.fixture(scope="session")
def plate_program(plate: Toolpath, gantry: Machine) -> Program:
    return build_program(plate, make_power(plate), FEED, gantry, name="plate 7")


@pytest.fixture(scope="session")
def plate_lines(plate_program: Program, gantry: Machine) -> list[str]:
    return post(plate_program, gantry).split("\n")


@pytest.fixture(scope="session")
def siemens() -> Machine:
    return read_machine("x-axial-6kw-840d")


@pytest.fixture(scope="session")
def siemens_program(path: Toolpath, siemens: Machine) -> Program:
    return build_program(
        path, make_power(path), FEED, siemens, name="pipe (0412)", header=("powder IN625",)
    )


@pytest.fixture(scope="session")
def siemens_lines(siemens_program: Program, siemens: Machine) -> list[str]:
    return post(siemens_program, siemens).split("\n")


@pytest.fixture(scope="session")
def volts(machine: Machine) -> Machine:
    """The reference machine with a laser that takes volts: 380 W at 1 V, 4000 W at 10 V."""
    scale = {"unit": "V", "watts_at_1_volt": 380.0, "watts_at_10_volts": 4000.0}
    return machine.model_copy(update={"laser": machine.laser.model_copy(update=scale)})
