"""The part as the shop was handed it: nominal shape, caliper readings, zone to clad."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from reclad.units import Declared, Q, broken_rule, format_quantity, show

Axial = Annotated[float, Q("mm", "axial position from the tailstock end", 0, 20000)]
Size = Annotated[float, Q("mm", "outside diameter, or thickness of a plate", 1, 3000)]
Height = Annotated[float, Q("mm", "radial height of a shoulder at an end of the zone", 0, 500)]
Side = Annotated[float, Q("mm", "position across a plate", 0, 20000)]


def _mm(value: float) -> str:
    return format_quantity(value, "mm", 6)


class CaliperRow(Declared):
    """One caliper reading: where, the worn size found, the finished size wanted (m): diameters of
    a round part, thicknesses of a plate."""

    position: Axial
    worn: Size
    finished: Size

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
    """A worn part with its caliper readings and the zone to clad (SI, m).

    A pipe has a wall; a shaft is solid, its zone may end at shoulders; a plate has a width and a
    zone across it, and its caliper reads thickness.
    """

    shape: Literal["pipe", "shaft", "plate"] = Field(description="what the part is")
    length: Annotated[float, Q("mm", "length of the part", 10, 20000)]
    wall: Annotated[float, Q("mm", "wall thickness at the finished diameter", 1, 500)] | None = None
    width: Annotated[float, Q("mm", "width of a plate", 5, 20000)] | None = None
    clad_from: Axial
    clad_to: Axial
    side_from: Side | None = None
    side_to: Side | None = None
    shoulder_from: Height = 0.0
    shoulder_to: Height = 0.0
    caliper: Annotated[tuple[CaliperRow, ...], Field(min_length=2, max_length=5000)]

    @property
    def flat(self) -> bool:
        """Whether the part is a plate."""
        return self.shape == "plate"

    @property
    def across(self) -> float:
        """Metal behind the surface (m): wall of a pipe, radius of a shaft, thickness of a plate."""
        thinnest = min(row.worn for row in self.caliper)
        if self.wall is not None:
            return self.wall
        return thinnest if self.flat else thinnest / 2

    @model_validator(mode="after")
    def _has_what_its_shape_needs(self) -> Self:
        needed = {"pipe": {"wall"}, "shaft": set(), "plate": {"width", "side_from", "side_to"}}
        for key in ("wall", "width", "side_from", "side_to"):
            given = getattr(self, key) is not None
            if given and key not in needed[self.shape]:
                raise broken_rule(key, f"a {self.shape} has none; leave the line out")
            if not given and key in needed[self.shape]:
                raise broken_rule(key, f'is missing; a {self.shape} needs it, for example "15 mm"')
        if self.flat and (self.shoulder_from or self.shoulder_to):
            raise broken_rule("shoulder_from", "a plate has no shoulders; leave the line out")
        if self.side_from is not None and self.side_to is not None:
            self._check_sides(self.side_from, self.side_to, self.width or 0.0)
        return self

    @staticmethod
    def _check_sides(side_from: float, side_to: float, width: float) -> None:
        if not side_from < side_to <= width:
            raise broken_rule(
                "side_to",
                f"{_mm(side_to)} must lie after side_from {_mm(side_from)} and within the width "
                f"{_mm(width)}; correct them",
            )

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
        wear = (row.finished - row.worn) * (1.0 if self.flat else 0.5)
        size = "thickness" if self.flat else "diameter"
        if row.position > self.length:
            raise broken_rule(
                f"{where} position",
                f"{_mm(row.position)} lies beyond the part length of {_mm(self.length)}; "
                "correct the row or the length",
            )
        if wear < 0:
            raise broken_rule(
                f"{where} worn",
                f"{_mm(row.worn)} is above the finished {size} "
                f"{_mm(row.finished)}; turn the part down first or correct the reading",
            )
        if self.wall is None:
            return
        if 2 * self.wall >= row.finished:
            raise broken_rule(
                "wall",
                f"{_mm(self.wall)} leaves no bore in a diameter of {_mm(row.finished)}; "
                "write the wall thickness, not the outside diameter",
            )
        if wear >= self.wall:
            raise broken_rule(
                f"{where} worn",
                f"{_mm(row.worn)} means {_mm(wear)} of wear in a wall of "
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
