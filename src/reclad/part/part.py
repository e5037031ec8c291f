"""The part as the shop was handed it: nominal shape, caliper readings, zone to clad."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from reclad.units import Declared, Q, broken_rule, format_quantity, show

Axial = Annotated[float, Q("mm", "axial position from the tailstock end", 0, 20000)]
Diameter = Annotated[float, Q("mm", "outside diameter", 5, 3000)]


def _mm(value: float) -> str:
    return format_quantity(value, "mm", 6)


class CaliperRow(Declared):
    """One caliper reading: where, the worn diameter found, the finished diameter wanted (m)."""

    position: Axial
    worn_diameter: Diameter
    finished_diameter: Diameter

    @model_validator(mode="before")
    @classmethod
    def _from_row(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return data
        if not isinstance(data, list | tuple) or len(data) != 3:
            raise broken_rule(
                "",
                f"{show(data)} where a row of 3 is wanted; write [position, worn diameter, "
                'finished diameter], for example ["67 mm", "198.6 mm", "200.0 mm"]',
            )
        return dict(zip(cls.model_fields, data, strict=True))


class Part(Declared):
    """A worn part of revolution with its caliper readings and the zone to clad (SI, m)."""

    shape: Literal["pipe"] = Field(description="what the part is; a pipe has a bore")
    length: Annotated[float, Q("mm", "length of the part", 10, 20000)]
    wall: Annotated[float, Q("mm", "wall thickness at the finished diameter", 1, 500)]
    clad_from: Axial
    clad_to: Axial
    caliper: Annotated[tuple[CaliperRow, ...], Field(min_length=2, max_length=5000)]

    @model_validator(mode="after")
    def _rows_make_sense(self) -> Self:
        for number, row in enumerate(self.caliper, start=1):
            self._check_row(f"caliper row {number}", row)
        for number, (one, two) in enumerate(
            zip(self.caliper, self.caliper[1:], strict=False), start=2
        ):
            if two.position <= one.position:
                raise broken_rule(
                    f"caliper row {number} position",
                    f"{_mm(two.position)} does not lie after {_mm(one.position)} of the row "
                    "before; order the rows by position and keep one per position",
                )
        return self

    def _check_row(self, where: str, row: CaliperRow) -> None:
        wear = (row.finished_diameter - row.worn_diameter) / 2
        if row.position > self.length:
            raise broken_rule(
                f"{where} position",
                f"{_mm(row.position)} lies beyond the part length of {_mm(self.length)}; "
                "correct the row or the length",
            )
        if wear < 0:
            raise broken_rule(
                f"{where} worn_diameter",
                f"{_mm(row.worn_diameter)} is above the finished diameter "
                f"{_mm(row.finished_diameter)}; turn the part down first or correct the reading",
            )
        if 2 * self.wall >= row.finished_diameter:
            raise broken_rule(
                "wall",
                f"{_mm(self.wall)} leaves no bore in a diameter of {_mm(row.finished_diameter)}; "
                "write the wall thickness, not the outside diameter",
            )
        if wear >= self.wall:
            raise broken_rule(
                f"{where} worn_diameter",
                f"{_mm(row.worn_diameter)} means {_mm(wear)} of wear in a wall of "
                f"{_mm(self.wall)}: the pipe is worn through; correct the reading",
            )

    @model_validator(mode="after")
    def _zone_lies_on_the_part(self) -> Self:
        first, last = self.caliper[0].position, self.caliper[-1].position
        if self.clad_to <= self.clad_from:
            raise broken_rule(
                "clad_to",
                f"{_mm(self.clad_to)} does not lie after clad_from {_mm(self.clad_from)}; "
                "swap or correct them",
            )
        for key, value in (("clad_from", self.clad_from), ("clad_to", self.clad_to)):
            if not first <= value <= last:
                raise broken_rule(
                    key,
                    f"{_mm(value)} lies outside the caliper rows ({_mm(first)} to "
                    f"{_mm(last)}); measure there too or move the zone",
                )
        return self
