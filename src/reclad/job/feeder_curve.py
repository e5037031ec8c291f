"""The feeder weighed for one powder lot and carrier gas, as a file of its own."""

from __future__ import annotations

import statistics
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, model_validator

from reclad.errors import JobError
from reclad.job.declared import Date, Name, Text, ValidDays, days_left, row_of
from reclad.job.feeder import Carrier, Delay, Rpm
from reclad.job.weighing import FeederFit, WeighedPowder, fit_weighings
from reclad.units import Declared, Q, broken_rule

if TYPE_CHECKING:
    import datetime


class CaughtPowder(Declared):
    """One weighing as weighed: disc speed (rpm), powder caught (kg), in a time (s)."""

    rpm: Rpm
    mass: Annotated[float, Q("g", "powder caught", 0.1, 100_000)]
    time: Annotated[float, Q("s", "time powder was caught", 1, 36_000)]

    @model_validator(mode="before")
    @classmethod
    def _from_row(cls, data: Any) -> Any:
        return row_of(
            data,
            ("rpm", "mass", "time"),
            "disc speed, powder caught, time",
            '["4 rpm", "32.1 g", "120 s"]',
        )


class FeederCurve(Declared):
    """feeders/NAME.toml: one feeder weighed with one powder lot and carrier gas (SI).

    delays    repeats of powder on until the stream at the nozzle is steady; none: the machine's
    who       who weighed, in free words
    The line through the weighings is not kept but fitted when read, so that it cannot disagree.
    """

    name: Name
    aliases: tuple[Name, ...] = ()
    machine: Name
    powder: Name
    lot: Name
    carrier: Carrier
    source: Name
    weighed: Date = Field(description="date of the weighings")
    valid_days: ValidDays
    who: Text = ""
    note: Text = ""
    weighings: Annotated[tuple[CaughtPowder, ...], Field(max_length=200)]
    delays: Annotated[tuple[Delay, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _is_a_line(self) -> Self:
        try:
            fit_weighings(self._weighed)
        except JobError as error:
            raise broken_rule("weighings", str(error)) from error
        return self

    @property
    def _weighed(self) -> list[WeighedPowder]:
        return [WeighedPowder(w.rpm, w.mass, w.time) for w in self.weighings]

    @cached_property
    def fit(self) -> FeederFit:
        """The line through the weighings, and how far each is off it."""
        return fit_weighings(self._weighed)

    @property
    def delay(self) -> float | None:
        """Median of the delays measured (s); None when none was."""
        return statistics.median(self.delays) if self.delays else None

    @property
    def delay_spread(self) -> float | None:
        """Standard deviation of the delays measured (s); None for fewer than two."""
        return statistics.stdev(self.delays) if len(self.delays) > 1 else None

    def days_left(self, today: datetime.date) -> int:
        """Days the weighings stay valid from `today` on; negative when they have expired."""
        return days_left(self.weighed, self.valid_days, today)
