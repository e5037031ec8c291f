"""Beads of a calibration day: spread over all that bonds and stays in conduction mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import LabError
from reclad.lab.observations import AMBIENT, Bench
from reclad.lab.prior import SEED, normal_scores
from reclad.process import PARAMETERS, Beam, ProcessParameters, Substrate, predict
from reclad.process.limits import CONDUCTION_MAX
from reclad.units import format_quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reclad.job import Machine, Material, Nozzle, Powder, Trial
    from reclad.lab.calibration import Calibration

    Floats = NDArray[np.float64]
    Span = tuple[float, float]

_DRAWS = 64
_BONDS = 0.7  # of what is believed; a bead that may not bond teaches little, so few are risked
_CALM = 0.9  # of the keyhole index up to which a fit takes beads
_POWERS = 41
# Where calibration.toml leaves a range out: usual in powder cladding, judgement of this project.
_SPEEDS = (8e-3, 18e-3)
_FEED_PER_POWER = (3.5e-3 / 60 / 1e3, 8e-3 / 60 / 1e3)  # kg/s per W of the laser
_STEPS = {"power": 10.0, "travel_speed": 1e-4, "feed_rate": 0.1e-3 / 60}


@dataclass(frozen=True, eq=False)
class CalibrationBeads:
    """Settings to lay, and speeds (m/s) at which no power both bonds and stays calm."""

    settings: ProcessParameters
    left_out: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Ground:
    """What the beads are laid with, looked up: cell with its feeder curve, nozzle, metals."""

    cell: Machine
    nozzle: Nozzle
    parent: Material
    powder: Powder
    clad: Material

    def bench(self, asked: Calibration, power: Floats, speed: Floats, feed: Floats) -> Bench:
        """Settings (candidates,) on the coupon of this calibration."""
        laser = self.cell.laser
        settings = ProcessParameters.of(
            power=power,
            travel_speed=speed,
            feed_rate=feed,
            stand_off=self.nozzle.stand_off,
            interpass=asked.coupon_temperature,
        )
        return Bench(
            rows=np.arange(len(settings)),
            settings=settings,
            beam=Beam(0.5 * laser.spot, laser.spot_shape),
            spot_stated=True,
            substrate=Substrate(self.parent, asked.wall, AMBIENT),
            powder=self.powder,
            clad=self.clad,
            nozzle=self.nozzle,
        )


def lay_out_beads(ground: Ground, asked: Calibration) -> CalibrationBeads:
    """Three travel speeds; at each three powers over what bonds and stays calm there; in their
    middle a second bead, and one each at the lowest and highest feed rate.

    LabError when no speed has such a power.
    """
    low, middle, high = _feeds(ground, asked)
    speeds = np.geomspace(*_span(asked.cover.travel_speed, _SPEEDS), 3)
    windows = {float(v): _window(ground, asked, float(v), middle) for v in speeds}
    left_out = tuple(speed for speed, window in windows.items() if window is None)
    kept = {speed: np.linspace(*window, 3) for speed, window in windows.items() if window}
    if not kept:
        raise LabError(
            f"no power of {ground.cell.name} both bonds and stays out of keyhole mode at "
            f"{format_quantity(speeds[0], 'mm/s')} to {format_quantity(speeds[-1], 'mm/s')} and "
            f"{format_quantity(middle, 'g/min')}; widen [cover] in calibration.toml, or feed less"
        )
    rows = [(power, speed, middle) for speed, powers in kept.items() for power in powers]
    centre = [*kept][len(kept) // 2]
    rows.append((kept[centre][1], centre, middle))
    for feed in (low, high):
        window = _window(ground, asked, centre, feed)
        if window is not None:
            rows.append((np.clip(kept[centre][1], *window), centre, feed))
    columns = [_rounded(name, v) for name, v in zip(_STEPS, np.array(rows).T, strict=True)]
    return CalibrationBeads(ground.bench(asked, *columns).settings, left_out)


def aim_of(ground: Ground, asked: Calibration, laid: Sequence[Trial]) -> Bench:
    """The settings that before and after are told for: as asked, else the middle of those laid."""
    told = []
    for name in _STEPS:
        value = getattr(asked.aim, name)
        column = np.array([getattr(trial, name) for trial in laid])
        middle = _rounded(name, np.array([0.5 * (column.min() + column.max())]))
        told.append(middle if value is None else np.array([value]))
    return ground.bench(asked, *told)


def _feeds(ground: Ground, asked: Calibration) -> tuple[float, float, float]:
    """Lowest, middle and highest feed rate (kg/s) within what the feeder was weighed for."""
    rate = ground.cell.feeder.rate
    usual = (
        _FEED_PER_POWER[0] * ground.cell.laser.power_max,
        _FEED_PER_POWER[1] * ground.cell.laser.power_max,
    )
    low, high = np.clip(_span(asked.cover.feed_rate, usual), rate[0], rate[-1])
    if not high > low:
        raise LabError(
            "[cover] feed_rate of calibration.toml lies outside what the feeder was weighed for, "
            f"{format_quantity(rate[0], 'g/min')} to {format_quantity(rate[-1], 'g/min')}; change "
            "it, or weigh slower and faster discs"
        )
    return float(low), float(0.5 * (low + high)), float(high)


def _window(ground: Ground, asked: Calibration, speed: float, feed: float) -> Span | None:
    """Lowest and highest power (W) that bonds and stays calm; None if there is none."""
    laser = ground.cell.laser
    low, high = _span(asked.cover.power, (laser.power_min, laser.power_max))
    step = _STEPS["power"]
    power = np.linspace(
        max(low, laser.power_min) + step, min(high, laser.power_max) - step, _POWERS
    )
    bench = ground.bench(asked, power, np.full(_POWERS, speed), np.full(_POWERS, feed))
    rng = np.random.default_rng(SEED)
    scores = np.concatenate(
        (np.zeros((1, len(PARAMETERS))), normal_scores(_DRAWS, len(PARAMETERS), rng))
    )
    bead = predict(
        bench.settings,
        bench.beam,
        bench.substrate,
        bench.powder,
        bench.clad,
        bench.parameters(scores),
        exact=False,
    )
    bonds = (bead.penetration[1:] > 0.0).mean(axis=0) >= _BONDS
    good = power[bonds & (bead.keyhole_index[0] <= _CALM * CONDUCTION_MAX)]
    return (float(good[0]), float(good[-1])) if good.size > 1 else None


def _span(asked: Span | None, usual: Span) -> Span:
    return usual if asked is None else asked


def _rounded(name: str, values: Floats) -> Floats:
    """In steps that a shop can set."""
    return np.asarray(np.round(values / _STEPS[name]) * _STEPS[name])
