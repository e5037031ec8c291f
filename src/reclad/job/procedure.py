"""Procedures that trials have qualified: what was laid, and how far the proof reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, Self, TypeVar

from pydantic import Field, StrictInt, model_validator

from reclad.errors import ProcessError
from reclad.job.declared import Date, Name, Text
from reclad.job.names import fold
from reclad.job.numbers import quantities
from reclad.units import Declared, Q, broken_rule, show

T = TypeVar("T", bound=float)
EXAMPLE = "example"
Spot = Annotated[float, Q("mm", "beam diameter at the work, 1/e2", 0.1, 50)]
Power = Annotated[float, Q("kW", "laser power at the workpiece", 0.02, 50)]
Travel = Annotated[float, Q("mm/s", "surface speed of the track", 0.5, 500)]
Feed = Annotated[float, Q("g/min", "powder mass fed", 0.1, 500)]
StandOff = Annotated[float, Q("mm", "nozzle tip to surface", 1, 100)]
Pitch = Annotated[float, Q("mm", "centre distance of neighbouring tracks", 0.1, 20)]
Degrees = Annotated[float, Q("degC", "temperature of the part", -40, 900)]
Wall = Annotated[float, Q("mm", "wall or body under the clad", 0.5, 5000)]
CladThickness = Annotated[float, Q("mm", "clad left after machining", 0.05, 100)]
Diameter = Annotated[float, Q("mm", "diameter of the surface clad", 1, 20000)]


class Span(Declared, Generic[T]):
    """From low to high (SI), both included."""

    low: T
    high: T

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        low, high = _text(self, self.low), _text(self, self.high)
        if self.high < self.low:
            raise broken_rule("high", f"{high} lies below low {low}; swap or correct them")
        return self


class Proven(Span[T], Generic[T]):
    """A setting as the trials had it (SI), and the range in which it holds."""

    value: T

    @model_validator(mode="after")
    def _lies_inside(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise broken_rule(
                "value",
                f"{_text(self, self.value)} lies outside {_text(self, self.low)} to "
                f"{_text(self, self.high)}; correct one of them",
            )
        return self


def _text(span: Span[T], number: float) -> str:
    return quantities(type(span))["low"].text(number)


class QualifiedProcedure(Declared):
    """A procedure, the trials behind it and the range in which they prove it (SI).

    Without trials, or with an origin that says example, it is shown but never counts as
    qualified.
    """

    name: Name
    aliases: tuple[Name, ...] = ()
    note: Text = ""
    origin: Name = Field(description="where the trials are kept, e.g. a report number")
    trials: StrictInt = Field(ge=0, le=10000, description="number of trials behind it")
    date: Date = Field(description="date of qualification")
    who: Name = Field(description="who qualified it")
    parent: Name
    powder: Name
    nozzle: Name
    spot: Spot
    power: Proven[Power]
    travel_speed: Proven[Travel]
    feed_rate: Proven[Feed]
    stand_off: Proven[StandOff]
    pitch: Proven[Pitch]
    preheat: Proven[Degrees]
    interpass: Proven[Degrees]
    thickness: Span[Wall]
    clad_thickness: Span[CladThickness]
    diameter: Span[Diameter]

    @model_validator(mode="after")
    def _says_what_it_rests_on(self) -> Self:
        if self.trials == 0 and not self.is_example:
            raise broken_rule(
                "trials", f'0 trials prove nothing; count them, or write origin = "{EXAMPLE}"'
            )
        if self.trials and self.is_example:
            raise broken_rule("origin", "an example has no trials; name the report, or trials = 0")
        return self

    @property
    def is_example(self) -> bool:
        """Whether it only shows the form of a procedure."""
        return self.origin.casefold().startswith(EXAMPLE)

    @property
    def qualified(self) -> bool:
        """Whether trials stand behind it."""
        return self.trials > 0 and not self.is_example


@dataclass(frozen=True)
class Settings:
    """What is about to be laid, to hold against a procedure (SI: W, m/s, kg/s, m, K).

    Where a setting varies over the repair, check its lowest and its highest value.
    """

    parent: str
    powder: str
    nozzle: str
    spot: float
    power: float
    travel_speed: float
    feed_rate: float
    stand_off: float
    pitch: float
    preheat: float
    interpass: float
    thickness: float
    clad_thickness: float
    diameter: float


_NAMES = ("parent", "powder", "nozzle")
_RANGES = (
    *("power", "travel_speed", "feed_rate", "stand_off", "pitch", "preheat", "interpass"),
    *("thickness", "clad_thickness", "diameter"),
)


def check_range(procedure: QualifiedProcedure, settings: Settings) -> list[str]:
    """Why the procedure does not cover the settings, one line each; empty when it does.

    Names are compared as their files have them (`read_procedure` looks aliases up); an example
    covers nothing.
    """
    reasons = []
    if not procedure.qualified:
        reasons.append(f"{procedure.name} is an example without trials and qualifies nothing")
    for key in _NAMES:
        told, proven = getattr(settings, key), getattr(procedure, key)
        if fold(told) != fold(proven):
            reasons.append(f"{key} {show(told)} is not {show(proven)}")
    spot = quantities(QualifiedProcedure)["spot"]
    if not _within(settings.spot, procedure.spot, procedure.spot):
        reasons.append(
            f"spot {spot.text(settings.spot)} is not the qualified {spot.text(procedure.spot)}"
        )
    for key in _RANGES:
        span: Span[float] = getattr(procedure, key)
        value: float = getattr(settings, key)
        if not _within(value, span.low, span.high):
            q = quantities(type(span))["low"]
            reasons.append(
                f"{key.replace('_', ' ')} {q.text(value)} lies outside {q.text(span.low)} to "
                f"{q.text(span.high)}"
            )
    return reasons


def _within(value: float, low: float, high: float) -> bool:
    slack = 1e-9 * max(abs(low), abs(high))
    return low - slack <= value <= high + slack


def expect_within(procedure: QualifiedProcedure, settings: Settings) -> None:
    """ProcessError unless the procedure covers the settings: leaving its range is no warning."""
    reasons = check_range(procedure, settings)
    if reasons:
        more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
        raise ProcessError(
            f"procedure {procedure.name}: {reasons[0]}{more}; stay within its range, or qualify "
            "the new settings by trials"
        )
