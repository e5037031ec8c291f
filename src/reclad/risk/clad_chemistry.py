"""What the clad is made of, layer by layer: mixing with what lies below, and carbide kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.risk._chemistry import mass_percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

# Highest iron content (mass share) of an alloy 625 overlay per class of API 6A. FE10: key
# MP2013-02; FE5 is recalled and agrees with the 5 % of UNS N06625 there.
IRON_CLASSES = (("FE5", 0.05), ("FE10", 0.10))
# Share of the tungsten carbide lost per kelvin of pool superheat: assumed, for grains of 45 to
# 150 um in a laser pool, so that 500 K lose 10 %; uncertain by a factor of two either way.
DISSOLVED_PER_KELVIN = 2e-4
_DISSOLVED_SD = 0.42  # of its logarithm: a factor of two between 5 or 95 % and the middle
# Of the pool of a carbide clad above the matrix's liquidus: assumed, 130 to 680 K in 90 %.
SUPERHEAT, _SUPERHEAT_SD = 300.0, 0.5  # K, and sd of its logarithm
_TUNGSTEN_IN_CARBIDE = 183.84 / (183.84 + 12.011)  # mass share of W in WC, from atomic masses


@dataclass(frozen=True, eq=False)
class CarbideShares:
    """Mass shares of tungsten carbide per layer (..., layers): still whole in the clad, and gone
    into the matrix, where it makes it harder and more brittle."""

    whole: NDArray[np.float64]
    dissolved: NDArray[np.float64]


def mass_dilution(
    dilution: ArrayLike, below_density: ArrayLike, powder_density: ArrayLike
) -> NDArray[np.float64]:
    """Share by mass of what was melted from below, from dilution by area (0 to 1) and the densities
    (kg/m3) of the metal below and of the powder's alloy, any shapes that broadcast.

    The mass balance of the section. Checked: tests/risk/test_clad_chemistry.py.
    """
    share = _share(dilution)
    below = share * np.asarray(below_density, dtype=np.float64)
    return below / (below + (1.0 - share) * np.asarray(powder_density, dtype=np.float64))


def layer_chemistry(
    powder: Mapping[str, ArrayLike], parent: Mapping[str, ArrayLike], dilution: ArrayLike
) -> dict[str, NDArray[np.float64]]:
    """Mass share per element in each layer (..., layers), the first on the parent.

    powder    mass shares of the powder's alloy, base metal included, numbers or arrays (...)
    parent    the same of the parent
    dilution  (..., layers) by mass, 0 to 1: of the parent in the first layer, of the clad already
              diluted in each later one
    Nothing burns off, and each layer is mixed evenly; the tracks of a layer are taken alike.
    Source: mass balance. Checked: tests/risk/test_clad_chemistry.py.
    """
    share = _layered(dilution)
    fed, base = mass_percent(powder), mass_percent(parent)
    layers: dict[str, NDArray[np.float64]] = {}
    for element in sorted({*fed, *base}):
        layers[element] = _mix(base[element] / 100.0, fed[element] / 100.0, share)
    return layers


def iron_class(iron: ArrayLike) -> NDArray[np.str_]:
    """Class of an alloy 625 overlay by its iron (mass share, any shape): "FE5" up to 5 %, "FE10" up
    to 10 %, "none" above.

    Source: API 6A as quoted under key MP2013-02. Checked: tests/risk/test_clad_chemistry.py.
    """
    share = mass_percent({"Fe": iron})["Fe"] / 100.0
    named = np.full(share.shape, "none", dtype="<U4")
    for name, highest in reversed(IRON_CLASSES):
        named[share <= highest] = name
    return named


def carbide_shares(
    powder_share: ArrayLike,
    dilution: ArrayLike,
    superheat: ArrayLike,
    dissolved_per_kelvin: ArrayLike = DISSOLVED_PER_KELVIN,
) -> CarbideShares:
    """Mass shares of tungsten carbide whole and dissolved in each layer of a composite clad.

    powder_share          mass share of carbide in the powder, (...)
    dilution              (..., layers) by mass, 0 to 1; what a layer remelts loses carbide again
    superheat             (...) K of the pool above the liquidus of the matrix; none goes below it
    dissolved_per_kelvin  (...) share lost per kelvin; assumed, see DISSOLVED_PER_KELVIN
    Heavy carbide sinks in the pool; a layer is taken as even. Checked:
    tests/risk/test_clad_chemistry.py.
    """
    fed, share = _share(powder_share, "carbide share"), _layered(dilution)
    heat = np.maximum(np.asarray(superheat, dtype=np.float64), 0.0)
    lost = np.minimum(heat * np.asarray(dissolved_per_kelvin, dtype=np.float64), 1.0)
    whole = _mix(np.zeros(()), fed, share, 1.0 - lost)
    everything = _mix(np.zeros(()), fed, share)
    return CarbideShares(whole, everything - whole)


def carbide_fed(tungsten: float) -> float:
    """Mass share of tungsten carbide (WC) in a powder whose tungsten (mass share) is all in it.

    Source: atomic masses. Checked: tests/risk/test_clad_chemistry.py. ProcessError for more
    tungsten than pure carbide holds.
    """
    return float(_share(tungsten / _TUNGSTEN_IN_CARBIDE, "carbide share"))


def drawn_carbide(powder_share: float, dilution: ArrayLike) -> CarbideShares:
    """`carbide_shares` (draws, layers) with what nobody measures drawn for each draw.

    dilution   (draws, layers) by mass
    The pool's superheat is log-normal about SUPERHEAT and the loss per kelvin about
    DISSOLVED_PER_KELVIN, both assumed; the scores are the same every time. Checked:
    tests/risk/test_clad_chemistry.py.
    """
    share = _layered(dilution)
    heat, loss = np.random.default_rng(8).standard_normal((2, share.shape[0]))
    return carbide_shares(
        powder_share,
        share,
        SUPERHEAT * np.exp(_SUPERHEAT_SD * heat),
        DISSOLVED_PER_KELVIN * np.exp(_DISSOLVED_SD * loss),
    )


def _mix(
    below: NDArray[np.float64],
    fed: NDArray[np.float64],
    share: NDArray[np.float64],
    kept: NDArray[np.float64] | float = 1.0,
) -> NDArray[np.float64]:
    """Content of each layer: share of what lies below, the rest fed, times what is kept."""
    layers = []
    for i in range(share.shape[-1]):
        below = np.asarray(kept * (share[..., i] * below + (1.0 - share[..., i]) * fed))
        layers.append(below)
    return np.stack(layers, axis=-1)


def _layered(dilution: ArrayLike) -> NDArray[np.float64]:
    share = _share(dilution)
    if share.ndim == 0 or share.shape[-1] == 0:
        raise ProcessError(
            "dilution of no layer: give one value per layer along the last axis, [0.1] for one"
        )
    return share


def _share(given: ArrayLike, name: str = "dilution") -> NDArray[np.float64]:
    share = np.asarray(given, dtype=np.float64)
    wrong = ~((share >= 0.0) & (share <= 1.0))
    if wrong.any():
        raise ProcessError(
            f"{name} {share[wrong].flat[0]:g} must lie between 0 and 1; divide per cent by 100"
        )
    return share
