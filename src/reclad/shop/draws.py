"""Prices as draws: what is uncertain in a price reaches every line of the cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.errors import ShopError
from reclad.shop.money import Amount, from_si
from reclad.shop.prices import Price, leaves, quantity_of
from reclad.units import format_quantity, nearest, show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reclad.job.declared import Property
    from reclad.shop.prices import Prices


@dataclass(frozen=True)
class PriceDraws:
    """Every number of a price file by name, e.g. "labour" or "powder IN625".

    currency   of all money
    values     amounts (SI), each one float or (draws,)
    """

    currency: str
    values: Mapping[str, Amount]

    def __getitem__(self, name: str) -> Amount:
        """The amount of that name; ShopError with the nearest name if the file has none."""
        found = self.values.get(name)
        if found is None:
            near = nearest(name, [*self.values])
            raise ShopError(f"the price file has no {show(name)}; add it there, or {near}")
        return found


def expected_prices(prices: Prices) -> PriceDraws:
    """The prices as the file states them, without their spread."""
    values = {path: _stated(leaf) for path, leaf in leaves(prices)}
    return PriceDraws(prices.currency, values)


def draw_prices(prices: Prices, draws: int, rng: np.random.Generator) -> PriceDraws:
    """Prices drawn with their spread: (draws,) each, independent of one another.

    A price is log-normal with the stated mean and relative spread, so it stays positive and its
    expectation is the stated one. A share of 0 to 100 % is a beta distribution of that mean and
    spread. Independence is assumed: no file says how prices move together.
    Checked in tests/shop/test_prices.py.
    """
    values = {}
    for path, leaf in leaves(prices):
        stated = _stated(leaf)
        drawn = _draw(path, leaf, float(stated.value), draws, rng)
        values[path] = Amount(drawn, stated.dimension)
    return PriceDraws(prices.currency, values)


def _stated(leaf: Price | Property[Any]) -> Amount:
    if isinstance(leaf, Price):
        return leaf.value
    return from_si(leaf.value, quantity_of(leaf).unit)


def _draw(
    path: str, leaf: Price | Property[Any], mean: float, draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    if leaf.spread == 0 or mean == 0:
        return np.full(draws, mean)
    q = None if isinstance(leaf, Price) else quantity_of(leaf)
    if q is None or q.unit != "%" or q.hi > 100:
        return draw_positive(mean, leaf.spread, draws, rng)
    sd = mean * leaf.spread
    weight = mean * (1 - mean) / sd**2 - 1
    if weight <= 0:
        raise ShopError(
            f"{path.replace('_', ' ')}: {format_quantity(mean, '%')} ± "
            f"{format_quantity(leaf.spread, '%')} does not fit between 0 and 100 %; "
            "write a smaller spread"
        )
    return rng.beta(mean * weight, (1 - mean) * weight, draws)


def draw_positive(
    mean: float, spread: float, draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Log-normal draws (draws,) of that mean and relative spread (one standard deviation)."""
    log_var = np.log1p(spread**2)
    return rng.lognormal(np.log(mean) - log_var / 2, np.sqrt(log_var), draws)
