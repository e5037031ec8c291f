"""A sheet: named lines of one unit that add up, as draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import NamedTuple

from reclad.errors import ShopError
from reclad.shop.money import Amount


class Row(NamedTuple):
    """One line for people: name, expected value, ends of the 90 % band, in the unit."""

    name: str
    expected: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class Sheet:
    """Lines by name, each an amount (draws,); all count the same.

    Raises UnitError naming both units where two lines do not add, ShopError when there is no line.
    """

    lines: dict[str, Amount]

    def __post_init__(self) -> None:
        if not self.lines:
            raise ShopError("a sheet without a line adds up to nothing; give at least one line")
        _ = self.total  # a sheet whose lines do not add must not exist

    @property
    def total(self) -> Amount:
        """The sum of all lines, draw by draw."""
        return reduce(add, self.lines.values())

    def rows(self) -> list[Row]:
        """The lines and their total, expected and with the 90 % band.

        The total's band comes from the draws of the total: bands of lines do not add.
        """
        named = {**self.lines, "total": self.total}
        return [_row(name, one) for name, one in named.items()]


def _row(name: str, one: Amount) -> Row:
    unit = one.dimension.text
    shown = Amount(one.to(unit), one.dimension)
    return Row(name, shown.expected, *shown.band(), unit)
