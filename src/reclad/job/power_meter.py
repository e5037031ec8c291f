"""The laser under a power meter: a straight line from power set to power at the workpiece."""

from __future__ import annotations

import statistics
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, model_validator

from reclad.errors import ProcessError
from reclad.job.declared import Date, Name, Text, ValidDays, days_left, row_of
from reclad.units import Declared, Q, broken_rule, format_quantity

if TYPE_CHECKING:
    import datetime

MISFIT_MAX = 0.05  # a reading further off the line is a slip, or the laser is no line


class PowerReading(Declared):
    """One reading: power the laser was set to and power measured at the workpiece (W)."""

    commanded: Annotated[float, Q("W", "power the laser was set to", 1, 50000)]
    measured: Annotated[float, Q("W", "power measured at the workpiece", 1, 50000)]

    @model_validator(mode="before")
    @classmethod
    def _from_row(cls, data: Any) -> Any:
        return row_of(
            data, ("commanded", "measured"), "power set, power measured", '["500 W", "478 W"]'
        )


class PowerMeter(Declared):
    """Readings of a power meter, and the least-squares line through them; powers in W.

    Refused: fewer than 3 powers set, a line that does not rise, a reading over 5 % off the line.
    """

    source: Name
    date: Date = Field(description="date of the readings")
    valid_days: ValidDays
    who: Text = ""
    readings: Annotated[tuple[PowerReading, ...], Field(max_length=200)]

    @model_validator(mode="after")
    def _is_a_line(self) -> Self:
        powers = len({r.commanded for r in self.readings})
        if powers < 3:
            raise broken_rule(
                "readings", f"{powers} different powers set; measure at 3 or more to see a line"
            )
        low, high = self.power_range
        if self.slope <= 0 or low <= 0:
            raise broken_rule(
                "readings",
                f"the line through them goes from {_watts(low)} to {_watts(high)} and does not "
                "rise from above zero; check the meter and measure again",
            )
        worst = max(range(len(self.readings)), key=lambda n: abs(self.misfit(n)))
        if abs(self.misfit(worst)) > MISFIT_MAX:
            reading = self.readings[worst]
            raise broken_rule(
                f"readings row {worst + 1}",
                f"{_watts(reading.measured)} measured at {_watts(reading.commanded)} set is "
                f"{abs(self.misfit(worst)) * 100:.1f} % off the line through all, and "
                f"{MISFIT_MAX * 100:.0f} % is allowed; measure it again, or have the laser seen to",
            )
        return self

    @cached_property
    def _line(self) -> tuple[float, float]:
        slope, offset = statistics.linear_regression(
            [r.commanded for r in self.readings], [r.measured for r in self.readings]
        )
        return offset, slope

    @property
    def offset(self) -> float:
        """Power at the workpiece (W) where the line crosses no power set."""
        return self._line[0]

    @property
    def slope(self) -> float:
        """Power at the workpiece gained per power set (-)."""
        return self._line[1]

    def on_line(self, commanded: float) -> float:
        """Power on the line (W) at a power set (W)."""
        return self.offset + self.slope * commanded

    def misfit(self, number: int) -> float:
        """How far reading `number` (from 0) is off, as a share of the line."""
        reading = self.readings[number]
        line = self.on_line(reading.commanded)
        return (reading.measured - line) / line if line > 0 else float("inf")

    def error(self, number: int) -> float:
        """How far the laser was off at reading `number` (from 0), as a share of the power set."""
        reading = self.readings[number]
        return reading.measured / reading.commanded - 1

    @property
    def power_range(self) -> tuple[float, float]:
        """Lowest and highest power at the workpiece (W) that the readings vouch for."""
        told = [r.commanded for r in self.readings]
        return self.on_line(min(told)), self.on_line(max(told))

    def reaches(self, power: float) -> bool:
        """Whether a power at the workpiece (W) lies in `power_range`, rounding forgiven."""
        low, high = self.power_range
        slack = 1e-9 * high
        return low - slack <= power <= high + slack

    def set_for(self, power: float) -> float:
        """What to set (W) for a power at the workpiece (W); ProcessError outside `power_range`."""
        if not self.reaches(power):
            low, high = self.power_range
            raise ProcessError(
                f"laser power {_watts(power)} lies outside the measured range {_watts(low)} to "
                f"{_watts(high)}; choose a power inside or measure there too"
            )
        return (power - self.offset) / self.slope

    def power_at(self, commanded: float) -> float:
        """Power at the workpiece (W) at a power set (W), the inverse of `set_for` carried on
        beyond the readings; what is set to nothing or less stays as it is."""
        return commanded if commanded <= 0 else max(self.on_line(commanded), 0.0)

    def days_left(self, today: datetime.date) -> int:
        """Days the readings stay valid from `today` on; negative when they have expired."""
        return days_left(self.date, self.valid_days, today)


def _watts(power: float) -> str:
    return format_quantity(power, "W")
