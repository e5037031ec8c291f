"""The powder feeder: weighings of one powder lot, the curve through them, and its delay."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from reclad.errors import ProcessError
from reclad.job.declared import Date, Name, Output, ValidDays, days_left, row_of
from reclad.job.names import fold
from reclad.units import (
    Declared,
    Q,
    broken_rule,
    format_number,
    format_quantity,
    show,
)

if TYPE_CHECKING:
    import datetime

Rpm = Annotated[float, Q("rpm", "feeder disc speed", 0.01, 1000)]
Rate = Annotated[float, Q("g/min", "powder mass fed", 0.01, 1000)]
Delay = Annotated[float, Q("s", "powder on until the stream at the nozzle is steady", 0, 120)]
_GASES = {
    **{"ar": "Ar", "argon": "Ar", "氩": "Ar", "氩气": "Ar"},
    **{"he": "He", "helium": "He", "氦": "He", "氦气": "He"},
    **{"n2": "N2", "nitrogen": "N2", "氮": "N2", "氮气": "N2"},
}
_CARRIER = re.compile(r"\s*(\w+?)[\s,，]+(\S.*)")
FLOW_MISFIT_MAX = 0.1  # another carrier flow carries the powder another way


class Carrier(Declared):
    """The gas that carries the powder, and its flow (m3/s); in files "Ar 5 L/min"."""

    gas: Literal["Ar", "He", "N2"]
    flow: Annotated[float, Q("L/min", "carrier gas flow", 0.1, 100)]

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return data
        match = _CARRIER.fullmatch(data) if isinstance(data, str) and len(data) < 80 else None
        gas = _GASES.get(fold(match[1])) if match else None
        if match is None or gas is None:
            raise broken_rule(
                "",
                f"{show(data)} is no carrier gas; write gas (Ar, He or N2) and flow, for example "
                '"Ar 5 L/min"',
            )
        return {"gas": gas, "flow": match[2]}

    @property
    def text(self) -> str:
        """As a file writes it."""
        return f"{self.gas} {format_quantity(self.flow, 'L/min', 6)}"

    def carries_like(self, other: Carrier) -> bool:
        """Whether a curve weighed with `other` holds here: the same gas, its flow within 10 %."""
        off = abs(other.flow - self.flow)
        return self.gas == other.gas and off <= FLOW_MISFIT_MAX * self.flow * (1 + 1e-9)


class Weighing(Declared):
    """One weighing of the feeder: disc speed (rpm) and powder mass per time (kg/s)."""

    rpm: Rpm
    rate: Rate

    @model_validator(mode="before")
    @classmethod
    def _from_row(cls, data: Any) -> Any:
        return row_of(data, ("rpm", "rate"), "disc speed, powder rate", '["4 rpm", "16 g/min"]')


class Feeder(Declared):
    """The powder feeder: output number, weighings of one powder lot, and its delay (s).

    source    where weighings and delay come from; None: where the machine's numbers do
    carrier   the gas they were weighed with and the job will use; None: not stated
    """

    analog: Output
    source: Name | None = None
    carrier: Carrier | None = None
    powder: Name = Field(description="powder that was weighed")
    lot: Name
    weighed: Date = Field(description="date of the weighings")
    valid_days: ValidDays
    rpm_max: Rpm
    delay: Delay
    weighings: Annotated[tuple[Weighing, ...], Field(min_length=2, max_length=200)]

    @model_validator(mode="after")
    def _weighings_rise(self) -> Self:
        for number, (one, two) in enumerate(
            zip(self.weighings, self.weighings[1:], strict=False), start=2
        ):
            if two.rpm <= one.rpm or two.rate <= one.rate:
                raise broken_rule(
                    f"weighings row {number}",
                    f"{_weighed(two)} does not lie above {_weighed(one)} in both numbers; "
                    "order the rows by disc speed and weigh outliers again",
                )
        if self.rpm[-1] > self.rpm_max:
            raise broken_rule(
                "rpm_max",
                f"{format_number(self.rpm_max)} rpm lies below the fastest weighing of "
                f"{format_number(self.rpm[-1])} rpm; correct one of them",
            )
        return self

    @cached_property
    def rpm(self) -> tuple[float, ...]:
        """Disc speeds weighed (rpm), rising."""
        return tuple(w.rpm for w in self.weighings)

    @cached_property
    def rate(self) -> tuple[float, ...]:
        """Powder rates weighed (kg/s), rising."""
        return tuple(w.rate for w in self.weighings)

    def rpm_for(self, rate: float) -> float:
        """Disc speed (rpm) that feeds `rate` (kg/s); ProcessError outside the weighed range."""
        return _on_line(rate, self.rate, self.rpm, "g/min", "powder rate")

    def rate_for(self, rpm: float) -> float:
        """Powder fed (kg/s) at a disc speed (rpm); ProcessError outside the weighed range."""
        return _on_line(rpm, self.rpm, self.rate, "rpm", "disc speed")

    def days_left(self, today: datetime.date) -> int:
        """Days the weighings stay valid from `today` on; negative when they have expired."""
        return days_left(self.weighed, self.valid_days, today)


def _weighed(w: Weighing) -> str:
    return f"{format_number(w.rpm)} rpm, {format_quantity(w.rate, 'g/min')}"


def _on_line(x: float, xs: tuple[float, ...], ys: tuple[float, ...], unit: str, what: str) -> float:
    slack = 1e-9 * xs[-1]
    if not xs[0] - slack <= x <= xs[-1] + slack:
        raise ProcessError(
            f"{what} {format_quantity(x, unit)} lies outside the weighed range "
            f"{format_quantity(xs[0], unit)} to {format_quantity(xs[-1], unit)}; "
            "choose a value inside or weigh the feeder there"
        )
    high = min(max(bisect_left(xs, x), 1), len(xs) - 1)
    share = (x - xs[high - 1]) / (xs[high] - xs[high - 1])
    return ys[high - 1] + min(max(share, 0.0), 1.0) * (ys[high] - ys[high - 1])
