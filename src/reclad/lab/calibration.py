"""What a calibration day is about: cell, powder lot, coupon, and the settings to cover."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from reclad.job import Carrier
from reclad.job.declared import Date, Name, Text, ValidDays, row_of
from reclad.job.reading import parse_toml, read_text, validate
from reclad.units import Declared, Q, broken_rule

if TYPE_CHECKING:
    from pathlib import Path

FILE = "calibration.toml"
_BY = re.compile(r"\s*[x×*]\s*")
_UNIT = re.compile(r"[\d.]+\s*(\D+)")

Power = Annotated[float, Q("kW", "laser power at the workpiece", 0.05, 20)]
Speed = Annotated[float, Q("mm/s", "travel speed over the surface", 0.5, 500)]
Rate = Annotated[float, Q("g/min", "powder mass fed", 0.01, 1000)]
Size = Annotated[float, Q("mm", "size of the coupon", 1, 10_000)]


class _Sizes(Declared):
    """Three sizes, in files "150 x 100 x 15 mm"."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        names = tuple(cls.model_fields)
        if isinstance(data, str) and len(data) < 80:
            cells = _BY.split(data.strip())
            unit = _UNIT.fullmatch(cells[-1])
            data = [c if unit is None or _UNIT.fullmatch(c) else f"{c} {unit[1]}" for c in cells]
        return row_of(data, names, ", ".join(names), '"150 x 100 x 15 mm"')


class PlateSize(_Sizes):
    """A flat coupon: length along the beads, width across them, thickness (m)."""

    length: Size
    width: Size
    thickness: Size


class PipeSize(_Sizes):
    """A piece of pipe as coupon: length, outside diameter, wall (m)."""

    length: Size
    diameter: Size
    wall: Size


class Cover(Declared):
    """Lowest and highest setting to cover: power (W), travel speed (m/s), feed rate (kg/s); what is
    left out comes from the machine."""

    power: tuple[Power, Power] | None = None
    travel_speed: tuple[Speed, Speed] | None = None
    feed_rate: tuple[Rate, Rate] | None = None

    @model_validator(mode="after")
    def _rises(self) -> Self:
        for key in type(self).model_fields:
            span = getattr(self, key)
            if span is not None and span[1] <= span[0]:
                raise broken_rule(key, "does not rise; write [lowest, highest]")
        return self


class Aim(Declared):
    """Settings that before and after are told for: power (W), travel speed (m/s), feed rate (kg/s);
    what is left out is the middle of what the beads cover."""

    power: Power | None = None
    travel_speed: Speed | None = None
    feed_rate: Rate | None = None


class Calibration(Declared):
    """calibration.toml: the calibration day of one cell with one powder lot (SI).

    plate, pipe    the coupon, one of them
    power_meter    "none" says on purpose that the laser was not metered
    rest           s before each bead, until the coupon is back at its temperature
    weighed, metered   days of the measurements; None: the day they are read
    """

    machine: Name
    powder: Name
    lot: Name
    parent: Name
    plate: PlateSize | None = None
    pipe: PipeSize | None = None
    carrier: Carrier
    coupon_temperature: Annotated[
        float, Q("degC", "temperature of the coupon before each bead", -20, 900)
    ] = 293.15
    rest: Annotated[float, Q("s", "wait before each bead", 0, 36_000)] = 120.0
    power_meter: Literal["power.csv", "none"] = "power.csv"
    weighed: Date | None = Field(None, description="day of the weighings")
    metered: Date | None = Field(None, description="day of the power readings")
    valid_days: ValidDays = 90
    who: Text = ""
    cover: Cover = Cover()
    aim: Aim = Aim()

    @model_validator(mode="after")
    def _has_one_coupon(self) -> Self:
        if (self.plate is None) == (self.pipe is None):
            raise broken_rule(
                "plate",
                'give either plate or pipe, the coupon to lay beads on, as "150 x 100 x 15 mm"',
            )
        return self

    @property
    def wall(self) -> float:
        """Metal under the beads, m."""
        return self.plate.thickness if self.plate else self.pipe.wall if self.pipe else 0.0

    @property
    def curve(self) -> str:
        """Name of the feeder curve of this lot: a plain file name."""
        plain = re.sub(r"[^a-z0-9]+", "-", f"{self.powder}-{self.lot}".casefold()).strip("-")
        return plain[:60] or "lot"


def read_calibration(folder: Path) -> Calibration:
    """calibration.toml of a folder; FileError, UnitError or JobError, one line, if it is none."""
    return validate(Calibration, parse_toml(read_text(folder / FILE, FILE)), FILE)
