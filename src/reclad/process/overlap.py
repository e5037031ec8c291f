"""Beads side by side: the profile of a layer, its valleys and crests."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CELLS = 400  # per bead width


@dataclass(frozen=True)
class Layer:
    """A steady layer of equal beads, in units of bead height; y in units of bead width.

    mean, valley, crest  -  heights over the surface it lies on, over one pitch
    """

    mean: float
    valley: float
    crest: float


def lay_side_by_side(pitch: float, tracks: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Profile of `tracks` beads at `pitch` (bead widths): y (n,) bead widths, z (n,) bead heights.

    Each new track is a parabola whose feet stand on the profile already there, a bead width apart,
    and which adds exactly one bead's area: the recursive model of Ocelik 2014.
    """
    step = 1.0 / _CELLS
    y = np.arange(-0.5, (tracks - 1) * pitch + 0.5 + step / 2, step)
    z = np.zeros_like(y)
    for i in range(tracks):
        x = (y - i * pitch) / 0.5
        under = np.abs(x) < 1.0
        left, right = np.interp((i * pitch - 0.5, i * pitch + 0.5), y, z)
        chord = 0.5 * (left + right) + 0.5 * (right - left) * x[under]
        z[under] += _added(chord, 1.0 - x[under] ** 2, z[under], step)
    return y, z


def _added(
    chord: NDArray[np.float64], cap: NDArray[np.float64], floor: NDArray[np.float64], step: float
) -> NDArray[np.float64]:
    """Metal above `floor` under chord + c cap, with c such that it holds one bead's area, 2/3."""
    low, high = 0.0, 20.0
    for _ in range(60):
        c = 0.5 * (low + high)
        if np.maximum(chord + c * cap - floor, 0.0).sum() * step < 2.0 / 3.0:
            low = c
        else:
            high = c
    added = np.maximum(chord + high * cap - floor, 0.0)
    return np.asarray(added * (2.0 / 3.0) / (added.sum() * step))


@lru_cache
def _layers() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Valley and crest over pitch, once: they scale with nothing but pitch / width."""
    pitches = np.linspace(0.2, 1.0, 33)
    valley, crest = np.zeros_like(pitches), np.zeros_like(pitches)
    for i, pitch in enumerate(pitches):
        tracks = int(np.ceil(6.0 / pitch)) + 4
        y, z = lay_side_by_side(float(pitch), tracks)
        middle = (tracks - 1) * pitch / 2
        steady = (y >= middle - pitch / 2) & (y <= middle + pitch / 2)
        valley[i], crest[i] = z[steady].min(), z[steady].max()
    return pitches, valley, crest


def level(pitch_over_width: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Mean, valley and crest of a layer in units of bead height, over pitch / width (any shape).

    The mean, 2/3 / pitch, is the mass balance H = A / pitch. Tracks a width or more apart leave
    bare metal: valley 0, crest 1. Holds to about 50 % overlap (pitch/width 0.5); above that
    measured layers are thinner than the mass balance says.
    """
    ratio = np.asarray(pitch_over_width)
    pitches, valley, crest = _layers()
    apart = ratio >= 1.0
    return (
        (2.0 / 3.0) / ratio,
        np.where(apart, 0.0, np.interp(ratio, pitches, valley)),
        np.where(apart, 1.0, np.interp(ratio, pitches, crest)),
    )


def layer_thickness(
    area: NDArray[np.float64], pitch: NDArray[np.float64] | float, radius: float
) -> NDArray[np.float64]:
    """Mean radial thickness (m) of a layer of beads of `area` (m2) wound at `pitch` (m) on a
    cylinder of `radius` (m): exact mass balance, (R + H)^2 = R^2 + 2 R A / p; A / p on a plate,
    whose radius is infinite."""
    if np.isinf(radius):
        return np.asarray(area / pitch)
    return np.asarray(np.sqrt(radius**2 + 2.0 * radius * area / pitch) - radius)
