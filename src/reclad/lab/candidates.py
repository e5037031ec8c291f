"""Which single beads a shop can lay to learn from: within the cell, melted, bonded, no keyhole."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import LabError
from reclad.job import Limits
from reclad.lab.prior import SEED
from reclad.process import ProcessParameters
from reclad.process.limits import CONDUCTION_MAX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Machine
    from reclad.lab.ensemble import Aim, Ensemble
    from reclad.process import Substrate

CANDIDATES = 96
_TRIED, _ROUGH = 1024, 64  # settings looked at, with so many draws
_LEAST = 4
_TRADE = (4e-3, 25e-3)  # m/s of travel that cladding uses
_STEPS = (10.0, 1e-4, 0.1e-3 / 60.0)  # W, m/s, kg/s that a shop can set
_BONDS = 0.5  # chance


@dataclass(frozen=True)
class Box:
    """What a cell can be set to, lowest and highest: power W, travel_speed m/s, feed_rate kg/s."""

    power: tuple[float, float]
    travel_speed: tuple[float, float]
    feed_rate: tuple[float, float]

    @classmethod
    def of(cls, machine: Machine, *, lead: float, radius: float = math.inf) -> Box:
        """Of a machine, for beads along X of a plate, or round A of a pipe of `radius` (m).

        lead   m in which the axis reaches its speed
        LabError when the machine reaches no speed of the trade there.
        """
        axis = machine.axes.X if math.isinf(radius) or machine.axes.A is None else machine.axes.A
        arm = 1.0 if axis is machine.axes.X else radius
        top = min(
            axis.max_speed * arm, math.sqrt(2.0 * axis.max_acceleration * arm * lead), _TRADE[1]
        )
        if top <= _TRADE[0]:
            raise LabError(
                f"machine {machine.name} reaches {1e3 * top:.3g} mm/s of travel here, under the "
                f"{1e3 * _TRADE[0]:g} mm/s of cladding; give a longer lead or another machine"
            )
        laser, feeder = machine.laser, machine.feeder
        return cls(
            (laser.power_min, laser.power_max), (_TRADE[0], top), (feeder.rate[0], feeder.rate[-1])
        )

    @property
    def ends(self) -> NDArray[np.float64]:
        """(3, 2) lowest and highest of power, travel speed and feed rate."""
        return np.array([self.power, self.travel_speed, self.feed_rate])


def feasible_settings(
    ensemble: Ensemble,
    aim: Aim,
    box: Box,
    substrate: Substrate,
    *,
    toe_angle_max: float = Limits().toe_angle_max,
    count: int = CANDIDATES,
    seed: int = SEED,
) -> ProcessParameters:
    """Settings spread evenly (scrambled Sobol) over what can be laid on `substrate`, those of the
    aim first where they can, at most `count` and those; all at the substrate's ambient
    temperature, in steps a shop can set.

    Can be laid: within the box; keyhole index at most 3 and toe angle at most `toe_angle_max` (rad)
    in the middle of the draws; a chance of at least 50 % that the bead has metal and bonds.
    LabError where fewer than 4 can.
    """
    tried = _join(_at_room(aim.settings, substrate.ambient), _spread(aim, box, substrate, seed))
    rough = ensemble.some(min(_ROUGH, len(ensemble)))
    bead = rough.beads(tried, aim, substrate)
    good = np.median(bead.keyhole_index, axis=0) <= CONDUCTION_MAX
    good &= np.median(bead.toe_angle, axis=0) <= toe_angle_max
    good &= ((bead.depth > 0.0) & (bead.area > 0.0)).mean(axis=0) >= _BONDS
    good &= _inside(tried, box)
    chosen = np.flatnonzero(good)
    if len(chosen) < _LEAST:
        raise LabError(
            f"of {len(tried)} settings within machine and powder {len(chosen)} are likely to give "
            "a sound single bead; check spot, laser power and feed rate of the machine"
        )
    return _take(tried, chosen[: count + int((chosen < len(aim.settings)).sum())])


def _spread(aim: Aim, box: Box, substrate: Substrate, seed: int) -> ProcessParameters:
    from scipy.stats import qmc

    low, high = box.ends.T
    share = qmc.Sobol(3, seed=np.random.default_rng(seed)).random(_TRIED)
    spread = np.exp(np.log(low) + share * (np.log(high) - np.log(low)))
    rounded = np.clip(np.round(spread / _STEPS) * _STEPS, low, high)
    return ProcessParameters.of(
        power=rounded[:, 0],
        travel_speed=rounded[:, 1],
        feed_rate=rounded[:, 2],
        stand_off=aim.settings.stand_off[0],
        interpass=substrate.ambient,
    )


def _at_room(settings: ProcessParameters, ambient: float) -> ProcessParameters:
    return replace(settings, interpass=np.full(len(settings), ambient))


def _inside(settings: ProcessParameters, box: Box) -> NDArray[np.bool_]:
    low, high = box.ends.T
    each = np.column_stack((settings.power, settings.travel_speed, settings.feed_rate))
    return np.asarray(((each >= low * (1 - 1e-9)) & (each <= high * (1 + 1e-9))).all(axis=1))


def _take(settings: ProcessParameters, rows: NDArray[np.intp]) -> ProcessParameters:
    return ProcessParameters(**{name: getattr(settings, name)[rows] for name in _NAMES})


def _join(one: ProcessParameters, other: ProcessParameters) -> ProcessParameters:
    return ProcessParameters(
        **{n: np.concatenate((getattr(one, n), getattr(other, n))) for n in _NAMES}
    )


_NAMES = ("power", "travel_speed", "feed_rate", "stand_off", "interpass")
