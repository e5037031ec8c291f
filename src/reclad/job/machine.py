"""The cell: axes, laser, feeder, gas and how the controller addresses them; and the nozzle."""

from __future__ import annotations

import datetime
from bisect import bisect_left
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from reclad.errors import ProcessError
from reclad.job.declared import LogPrior, Name, Output, Property, Text
from reclad.units import Declared, Q, broken_rule, format_number, format_quantity, show

Position = Annotated[float, Q("mm", "axis position", -50000, 50000)]
Turned = Annotated[float, Q("deg", "axis angle", -1e9, 1e9)]
Rpm = Annotated[float, Q("rpm", "feeder disc speed", 0.01, 1000)]
Rate = Annotated[float, Q("g/min", "powder mass fed", 0.01, 1000)]


def _iso_date(value: Any) -> Any:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        line = f"{show(value)} is no date; write for example 2026-10-15"
        raise PydanticCustomError("rule", "{line}", {"line": line}) from error


Date = Annotated[str, BeforeValidator(_iso_date)]


class LinearAxis(Declared):
    """A linear axis: travel (m), top speed (m/s), top acceleration (m/s2)."""

    min: Position
    max: Position
    max_speed: Annotated[float, Q("mm/s", "top speed of the axis", 0.1, 5000)]
    max_acceleration: Annotated[float, Q("mm/s^2", "top acceleration of the axis", 1, 1e5)]

    @model_validator(mode="after")
    def _has_travel(self) -> Self:
        _check_travel(self.min, self.max, "mm")
        return self


class RotaryAxis(Declared):
    """A rotary axis: travel (rad, None = unlimited), speed (rad/s), acceleration (rad/s2)."""

    min: Turned | None = None
    max: Turned | None = None
    max_speed: Annotated[float, Q("deg/s", "top speed of the axis", 0.1, 36000)]
    max_acceleration: Annotated[float, Q("deg/s^2", "top acceleration of the axis", 1, 1e6)]

    @model_validator(mode="after")
    def _has_travel(self) -> Self:
        _check_travel(self.min, self.max, "deg")
        return self


def _check_travel(lowest: float | None, highest: float | None, unit: str) -> None:
    if lowest is not None and highest is not None and highest <= lowest:
        raise broken_rule(
            "max",
            f"{format_quantity(highest, unit)} does not lie above min "
            f"{format_quantity(lowest, unit)}; swap or correct them",
        )


class Axes(Declared):
    """X along the part, Z away from its surface; A about X for round parts, Y for plates.

    Also readable by letter, axes["X"], for the axes the cell has.
    """

    X: LinearAxis
    Y: LinearAxis | None = None
    Z: LinearAxis
    A: RotaryAxis | None = None

    @model_validator(mode="after")
    def _moves_sideways(self) -> Self:
        if self.Y is None and self.A is None:
            raise broken_rule(
                "A",
                "missing, and Y too: beads need a second direction; add the table axes.A of a "
                "cell for round parts or axes.Y of one for plates",
            )
        return self

    def __getitem__(self, name: str) -> LinearAxis | RotaryAxis:
        return self.as_dict()[name]

    def as_dict(self) -> dict[str, LinearAxis | RotaryAxis]:
        """The axes the cell has, by letter."""
        every = {"X": self.X, "Y": self.Y, "Z": self.Z, "A": self.A}
        return {letter: axis for letter, axis in every.items() if axis is not None}


VOLTS = 10.0  # an analog output ends here


class Laser(Declared):
    """The laser and its outputs (SI); analog E carries watts or volts, gate P lets the beam out.

    unit "V" needs the powers measured at 1 V and at 10 V; between them the laser is a straight
    line, and 0 V is off.
    """

    unit: Literal["W", "V"] = "W"
    watts_at_1_volt: Annotated[float, Q("W", "power at 1 V of the output", 0, 50000)] | None = None
    watts_at_10_volts: Annotated[float, Q("W", "power at 10 V of the output", 10, 50000)] | None = (
        None
    )
    power_min: Annotated[float, Q("W", "lowest power the laser holds steady", 0, 50000)]
    power_max: Annotated[float, Q("W", "highest power at the workpiece", 10, 50000)]
    power_step_max: Annotated[float, Q("W", "largest jump between neighbouring blocks", 1, 50000)]
    analog: Output
    gate: Output
    spot: Annotated[float, Q("mm", "beam diameter at the work, 1/e2", 0.1, 50)]
    spot_shape: Literal["gaussian", "top-hat"]
    wavelength: Annotated[float, Q("nm", "laser wavelength", 400, 11000)]

    @model_validator(mode="after")
    def _has_a_range(self) -> Self:
        if self.power_max <= self.power_min:
            raise broken_rule(
                "power_max",
                f"{format_quantity(self.power_max, 'W')} does not lie above power_min "
                f"{format_quantity(self.power_min, 'W')}; swap or correct them",
            )
        return self

    @model_validator(mode="after")
    def _output_reaches_every_power(self) -> Self:
        one, ten = self.watts_at_1_volt, self.watts_at_10_volts
        if self.unit == "W":
            if one is not None or ten is not None:
                raise broken_rule(
                    "unit",
                    'watts at 1 V or 10 V are given, but unit is "W"; write unit = "V" or leave '
                    "both out",
                )
            return self
        if one is None or ten is None:
            key = "watts_at_1_volt" if one is None else "watts_at_10_volts"
            raise broken_rule(key, 'missing, but unit is "V"; measure it and add this key')
        if ten <= one:
            raise broken_rule(
                "watts_at_10_volts",
                f"{format_quantity(ten, 'W')} does not lie above watts_at_1_volt "
                f"{format_quantity(one, 'W')}; swap or correct them",
            )
        for key, power in (("power_min", self.power_min), ("power_max", self.power_max)):
            volts = _volts(power, one, ten)
            if volts <= 0 < power or volts > VOLTS * (1 + 1e-9):
                raise broken_rule(
                    key,
                    f"{format_quantity(power, 'W')} would need {format_number(volts)} V, outside "
                    "0 V (off) to 10 V; correct it or measure the two powers again",
                )
        return self

    def output_for(self, power: float) -> float:
        """What to write to the analog output for a power (W): watts, or volts if unit is "V".

        No power is always 0. Raises ProcessError outside what the output can say.
        """
        if self.watts_at_1_volt is None or self.watts_at_10_volts is None or power == 0:
            return power
        volts = _volts(power, self.watts_at_1_volt, self.watts_at_10_volts)
        if not 0 < volts <= VOLTS * (1 + 1e-9):
            raise ProcessError(
                f"laser power {format_quantity(power, 'W')} would need {format_number(volts)} V, "
                "outside 0 to 10 V; choose a power the laser was measured for"
            )
        return min(volts, VOLTS)

    def power_for(self, output: float) -> float:
        """Power (W) at a value of the analog output, the inverse of `output_for`; 0 is off.

        Raises ProcessError for volts outside 0 to 10.
        """
        if self.watts_at_1_volt is None or self.watts_at_10_volts is None or output == 0:
            return output
        if not 0 < output <= VOLTS:
            raise ProcessError(
                f"laser output {format_number(output)} V lies outside 0 to 10 V; correct it"
            )
        slope = (self.watts_at_10_volts - self.watts_at_1_volt) / (VOLTS - 1)
        return max(self.watts_at_1_volt + slope * (output - 1), 0.0)


def _volts(power: float, at_one: float, at_ten: float) -> float:
    return 1 + (VOLTS - 1) * (power - at_one) / (at_ten - at_one)


class Weighing(Declared):
    """One weighing of the feeder: disc speed (rpm) and powder mass per time (kg/s)."""

    rpm: Rpm
    rate: Rate

    @model_validator(mode="before")
    @classmethod
    def _from_row(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return data
        if not isinstance(data, list | tuple) or len(data) != 2:
            raise broken_rule(
                "",
                f"{show(data)} where a row of 2 is wanted; write [disc speed, powder rate], "
                'for example ["4 rpm", "16 g/min"]',
            )
        return {"rpm": data[0], "rate": data[1]}


class Feeder(Declared):
    """The powder feeder: output number, weighings of one powder lot, and its delay (s)."""

    analog: Output
    powder: Name = Field(description="powder that was weighed")
    lot: Name
    weighed: Date = Field(description="date of the weighings")
    valid_days: Annotated[StrictInt, Field(ge=1, le=3650)]
    rpm_max: Rpm
    delay: Annotated[float, Q("s", "powder on until the stream at the nozzle is steady", 0, 120)]
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

    @property
    def rpm(self) -> tuple[float, ...]:
        """Disc speeds weighed (rpm), rising."""
        return tuple(w.rpm for w in self.weighings)

    @property
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
        age = today - datetime.date.fromisoformat(self.weighed)
        return self.valid_days - age.days


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


class Gas(Declared):
    """Shielding and carrier gas: output number, flow (m3/s), purge before the first track (s)."""

    output: Output
    flow: Annotated[float, Q("L/min", "gas flow", 0.1, 500)]
    purge: Annotated[float, Q("s", "gas on before the beam", 0, 600)]


class Machine(Declared):
    """The cell as the shop has it; every length m, every time s, every power W."""

    name: Name
    aliases: tuple[Name, ...] = ()
    controller: Literal["linuxcnc", "sinumerik840d"]
    source: Name
    note: Text = ""
    nozzle: Name
    aiming: Output
    stand_off_tolerance: Annotated[float, Q("mm", "stand-off error the bead forgives", 0.05, 10)]
    retract: Annotated[float, Q("mm", "radial clearance for rapids", 1, 1000)]
    path_tolerance: Annotated[float, Q("mm", "path blending tolerance, G64 P", 0.0005, 1)]
    axes: Axes
    laser: Laser
    feeder: Feeder
    gas: Gas

    @model_validator(mode="after")
    def _outputs_are_distinct(self) -> Self:
        if self.laser.analog == self.feeder.analog:
            raise broken_rule(
                "feeder analog",
                f"{self.feeder.analog} is also the laser's analog output; give each its own",
            )
        taken: dict[int, str] = {self.laser.gate: "laser gate"}
        for key, output in (("gas output", self.gas.output), ("aiming", self.aiming)):
            if output in taken:
                raise broken_rule(
                    key,
                    f"{output} is also the {taken[output]} output; give each its own",
                )
            taken[output] = key
        return self


class Nozzle(Declared):
    """A powder nozzle: stand-off (m) and the shape and speed of its powder stream (SI).

    stream_radius 1/e2 radius at the stream's waist (m); stream_focus distance of the waist from
    the nozzle tip (m); divergence dR/dz far from the waist (-, as an angle in rad);
    particle_speed log-normal prior (m/s).
    """

    name: Name
    aliases: tuple[Name, ...] = ()
    kind: Literal["coaxial"]
    note: Text = ""
    stand_off: Annotated[float, Q("mm", "nozzle tip to surface", 1, 100)]
    stream_radius: Property[Annotated[float, Q("mm", "powder stream radius at its waist", 0.1, 20)]]
    stream_focus: Property[Annotated[float, Q("mm", "nozzle tip to powder waist", 1, 100)]]
    divergence: Property[Annotated[float, Q("rad", "opening of the stream, dR/dz", 0.005, 1)]]
    particle_speed: LogPrior[Annotated[float, Q("m/s", "speed of the grains", 0.1, 100)]]
