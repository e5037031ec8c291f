"""The cell: axes, laser, feeder, gas and how the controller addresses them; and the nozzle."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import model_validator

from reclad.errors import ProcessError
from reclad.job.declared import LogPrior, Name, Output, Property, Text
from reclad.job.feeder import Feeder
from reclad.job.power_meter import PowerMeter
from reclad.job.sources import source_key
from reclad.units import Declared, Q, broken_rule, format_number, format_quantity

Position = Annotated[float, Q("mm", "axis position", -50000, 50000)]
Turned = Annotated[float, Q("deg", "axis angle", -1e9, 1e9)]


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
    line, and 0 V is off. With a `meter` every power is what arrives at the workpiece, and the
    output says what the laser must be set to for it.
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
    meter: PowerMeter | None = None

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
    def _was_metered_over_its_range(self) -> Self:
        if self.meter is None:
            return self
        low, high = self.meter.power_range
        for key, power, within in (
            ("power_min", self.power_min, f"raise it to {math.ceil(low - 1e-6)} W"),
            ("power_max", self.power_max, f"lower it to {math.floor(high + 1e-6)} W"),
        ):
            if not self.meter.reaches(power):
                raise broken_rule(
                    key,
                    f"{format_quantity(power, 'W')} at the workpiece lies outside the "
                    f"{format_quantity(low, 'W')} to {format_quantity(high, 'W')} that "
                    f"[laser.meter] measured; {within}, or measure there too",
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
            volts = _volts(self._set_for(power), one, ten)
            if volts <= 0 < power or volts > VOLTS * (1 + 1e-9):
                raise broken_rule(
                    key,
                    f"{format_quantity(power, 'W')} would need {format_number(volts)} V, outside "
                    "0 V (off) to 10 V; correct it or measure the two powers again",
                )
        return self

    def output_for(self, power: float) -> float:
        """What to write to the analog output for a power at the workpiece (W): watts, or volts if
        unit is "V".

        No power is always 0. Raises ProcessError outside what the output can say, or the meter
        measured.
        """
        if power == 0:
            return power
        told = self._set_for(power)
        if self.watts_at_1_volt is None or self.watts_at_10_volts is None:
            return told
        volts = _volts(told, self.watts_at_1_volt, self.watts_at_10_volts)
        if not 0 < volts <= VOLTS * (1 + 1e-9):
            raise ProcessError(
                f"laser power {format_quantity(power, 'W')} would need {format_number(volts)} V, "
                "outside 0 to 10 V; choose a power the laser was measured for"
            )
        return min(volts, VOLTS)

    def power_for(self, output: float) -> float:
        """Power (W) at the workpiece at a value of the analog output, the inverse of `output_for`;
        0 is off.

        Raises ProcessError for volts outside 0 to 10.
        """
        if output == 0:
            return output
        if self.watts_at_1_volt is None or self.watts_at_10_volts is None:
            return output if self.meter is None else self.meter.power_at(output)
        if not 0 < output <= VOLTS:
            raise ProcessError(
                f"laser output {format_number(output)} V lies outside 0 to 10 V; correct it"
            )
        slope = (self.watts_at_10_volts - self.watts_at_1_volt) / (VOLTS - 1)
        told = max(self.watts_at_1_volt + slope * (output - 1), 0.0)
        return told if self.meter is None else self.meter.power_at(told)

    def _set_for(self, power: float) -> float:
        return power if self.meter is None else self.meter.set_for(power)


def _volts(power: float, at_one: float, at_ten: float) -> float:
    return 1 + (VOLTS - 1) * (power - at_one) / (at_ten - at_one)


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

    @property
    def curve_is_assumed(self) -> bool:
        """Whether nobody weighed the feeder: an example's numbers, which cannot expire."""
        return source_key(self.feeder.source or self.source) == "assumed"


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
