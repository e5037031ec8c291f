"""Amounts that know their unit: yuan, yuan per hour, hours, kilograms of CO2e.

A price is an amount such as 120 CNY/h; a cost is a price times a quantity of the matching unit.
Unlike amounts never add: yuan per hour and yuan per square metre are refused together, and so are
yuan and euro, since no exchange rate is known here. Values are SI (CNY/s, CNY/J, ...).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reclad.errors import UnitError
from reclad.units import kind_of, nearest, parse_quantity, show

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = float | NDArray[np.float64]

CARBON = "kgCO2e"
CURRENCIES = ("CNY", "EUR", "USD")
_ACCOUNTS = {
    **dict.fromkeys(("CNY", "yuan", "RMB", "元", "¥"), "CNY"),
    **dict.fromkeys(("EUR", "euro", "€"), "EUR"),
    **dict.fromkeys(("USD", "$"), "USD"),
    CARBON: CARBON,
}
# kind of unit -> exponents of length, mass, time
_EXPONENTS = {
    **{"length": (1, 0, 0), "area": (2, 0, 0), "volume": (3, 0, 0), "time": (0, 0, 1)},
    **{"mass": (0, 1, 0), "energy": (2, 1, -2), "power": (2, 1, -3), "share": (0, 0, 0)},
}
# What people read before bare exponents: energy per hour is written kW, not kg m^2 h^-3.
_SHOWN = (("kWh", (2, 1, -2)), ("kW", (2, 1, -3)), ("m^3", (3, 0, 0)), ("m^2", (2, 0, 0)))
_AMOUNT = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(\S.*?)?\s*", re.ASCII)


class Dimension(NamedTuple):
    """What an amount counts: the account (a currency or kgCO2e) and every exponent."""

    account: str = ""
    counted: int = 0
    length: int = 0
    mass: int = 0
    time: int = 0

    @property
    def text(self) -> str:
        """As people write it, e.g. "CNY/m^2"; "1" for a bare number."""
        above: list[str] = []
        below: list[str] = []
        for name, power in ((self.account, self.counted), *_physical(self[2:])):
            whole = f"{name}^{abs(power)}" if abs(power) > 1 else name
            (above if power > 0 else below).extend([whole] if power else [])
        return "/".join(["*".join(above) or "1", *below])

    def joined(self, other: Dimension, sign: int) -> Dimension:
        """The dimension of a product (sign 1) or quotient (-1); two accounts: UnitError."""
        if self.counted and other.counted and self.account != other.account:
            raise UnitError(
                f"{self.text} and {other.text} count in {self.account} and {other.account}; "
                "write all prices in one currency, since none is converted"
            )
        powers = [a + sign * b for a, b in zip(self[1:], other[1:], strict=True)]
        account = (self.account or other.account) if powers[0] else ""
        return Dimension(account, *powers)


def _physical(powers: tuple[int, ...]) -> list[tuple[str, int]]:
    for unit, known in _SHOWN:
        for sign in (1, -1):
            if powers == tuple(sign * k for k in known):
                return [(unit, sign)]
    return [*zip(("m", "kg", "h"), powers, strict=True)]


@dataclass(frozen=True, eq=False)
class Amount:
    """A value or an array of values (draws,) in SI, and what they count."""

    value: Values
    dimension: Dimension

    # An array times an amount is an amount: numpy must not take the amount apart.
    __array_ufunc__ = None

    def __add__(self, other: Amount) -> Amount:
        """The sum of two amounts of one unit; UnitError names both units when they differ."""
        return Amount(self.value + self._like(other, "add").value, self.dimension)

    def __sub__(self, other: Amount) -> Amount:
        """The difference of two amounts of one unit; UnitError when they differ."""
        return Amount(self.value - self._like(other, "subtract").value, self.dimension)

    def __mul__(self, other: Amount | Values) -> Amount:
        """A product; by a bare number the unit stays."""
        if isinstance(other, Amount):
            return Amount(self.value * other.value, self.dimension.joined(other.dimension, 1))
        return Amount(self.value * other, self.dimension)

    __rmul__ = __mul__

    def __truediv__(self, other: Amount | Values) -> Amount:
        """A quotient; UnitError where a divisor is zero."""
        divisor = other.value if isinstance(other, Amount) else other
        if np.any(np.asarray(divisor) == 0):
            raise UnitError(f"an amount in {self.dimension.text} is divided by zero; give a size")
        if isinstance(other, Amount):
            return Amount(self.value / divisor, self.dimension.joined(other.dimension, -1))
        return Amount(self.value / divisor, self.dimension)

    def _like(self, other: object, verb: str) -> Amount:
        if not isinstance(other, Amount):
            raise UnitError(f"cannot {verb} {show(other)} and {self.dimension.text}; give its unit")
        if self.dimension != other.dimension:
            raise UnitError(
                f"cannot {verb} {self.dimension.text} and {other.dimension.text}; multiply each "
                "price by its quantity first, so that both have the same unit"
            )
        return other

    def to(self, unit: str) -> Values:
        """The values in a unit such as "CNY/h"; UnitError if it counts something else."""
        factor, dimension = _unit(unit)
        self._like(Amount(1.0, dimension), "read")
        return self.value / factor

    @property
    def expected(self) -> float:
        """The mean over the draws, in SI."""
        return float(np.mean(self.value))

    def band(self, share: float = 0.9) -> tuple[float, float]:
        """The middle `share` of the draws: its two ends, in SI."""
        low, high = np.quantile(np.asarray(self.value), [(1 - share) / 2, (1 + share) / 2])
        return float(low), float(high)


def amount(number: Values, unit: str) -> Amount:
    """An amount from a number in a unit, e.g. amount(1.2, "m^2/h") or amount(120, "yuan/h")."""
    factor, dimension = _unit(unit)
    return Amount(number * factor, dimension)


def from_si(value: Values, unit: str) -> Amount:
    """An amount from an SI value of the kind that `unit` measures, e.g. from_si(3600.0, "h")."""
    return Amount(value, _unit(unit)[1])


def parse_amount(text: object, like: str = "CNY/h") -> Amount:
    """The amount a text gives, e.g. "120 yuan/h"; UnitError for a bare number or unknown unit.

    like    a unit to show in the message
    """
    match = _AMOUNT.fullmatch(text) if isinstance(text, str) and len(text) <= 100 else None
    if match is None or not match[2]:
        raise UnitError(f'{show(text)} is no amount with a unit; write for example "120 {like}"')
    number = float(match[1])
    if not math.isfinite(number):
        raise UnitError(f"{show(text)} is too large for a number; write a finite value")
    return amount(number, match[2])


def _unit(text: str) -> tuple[float, Dimension]:
    """SI value of one unit, and its dimension: factors by "*", divisors after each "/"."""
    size, dimension = 1.0, Dimension()
    for place, part in enumerate(re.sub(r"\s*([/*])\s*", r"\1", text.strip()).split("/")):
        for word in part.split("*"):
            factor, one = _factor(word.replace(" ", ""), text)
            size = size / factor if place else size * factor
            dimension = dimension.joined(one, -1 if place else 1)
    return size, dimension


def _factor(word: str, text: str) -> tuple[float, Dimension]:
    if word in _ACCOUNTS:
        return 1.0, Dimension(_ACCOUNTS[word], 1)
    if word == "1":
        return 1.0, Dimension()
    try:
        exponents = _EXPONENTS.get(kind_of(word))
    except UnitError:
        exponents = None
    if exponents is None:
        units = ["h", "min", "s", "m", "m^2", "m^3", "L", "kg", "g", "kWh", "kW"]
        raise UnitError(
            f"{show(text)}: unknown unit {show(word)} of an amount; "
            f"{nearest(word, [*_ACCOUNTS, *units])}"
        )
    length, mass, time = exponents
    return parse_quantity(f"1 {word}", word), Dimension(length=length, mass=mass, time=time)
