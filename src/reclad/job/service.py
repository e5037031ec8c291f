"""What the part will serve in, and how hard the metal may then be."""

from __future__ import annotations

import re
from typing import Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from reclad.job.declared import Name, Text
from reclad.job.names import fold
from reclad.units import Declared, broken_rule, nearest, show

Metal = Literal["parent", "clad"]
ZONES: dict[str, Metal] = {
    "heat-affected zone": "parent",
    "HAZ": "parent",
    "热影响区": "parent",
    "base metal": "parent",
    "parent metal": "parent",
    "base zone": "parent",
    "母材": "parent",
    "weld": "clad",
    "weld metal": "clad",
    "weld cap": "clad",
    "clad": "clad",
    "overlay": "clad",
    "焊缝": "clad",
    "熔覆层": "clad",
}
_FOLDED = {fold(name): metal for name, metal in ZONES.items()}
_JOINTS = re.compile(r"\band\b|[,、和及/+&]")
_HARDNESS = re.compile(r"(\d{1,4}) ?(HV10|HV5|HV|HRC)", re.ASCII)


class Hardness(Declared):
    """A hardness in the scale it is measured in; scales are never converted into each other."""

    number: StrictInt = Field(ge=1, le=3000)
    scale: Literal["HV", "HV5", "HV10", "HRC"]

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return data
        match = _HARDNESS.fullmatch(data) if isinstance(data, str) else None
        if match is None:
            raise broken_rule("", f'{show(data)} is no hardness; write for example "250 HV"')
        return {"number": int(match[1]), "scale": match[2]}

    def __str__(self) -> str:
        return f"{self.number} {self.scale}"


class HardnessLimit(Declared):
    """The hardest a zone may be; an exception holds only where its note is agreed."""

    zone: Name = Field(description="where the hardness is measured, zones joined by and")
    highest: Hardness
    steel: StrictBool = Field(False, description="of carbon and low-alloy steel alone")
    exception: StrictBool = Field(False, description="only by agreement with the user of the part")
    source: Name
    note: Text = ""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        for one in _JOINTS.split(self.zone):
            if fold(one) not in _FOLDED:
                raise broken_rule(
                    "zone", f"{show(one.strip())} is no zone; {nearest(one.strip(), [*ZONES])}"
                )
        return self

    @property
    def metals(self) -> frozenset[Metal]:
        """Which metals it binds: the parent beside the beads, the clad, or both."""
        return frozenset(_FOLDED[fold(one)] for one in _JOINTS.split(self.zone))


class Service(Declared):
    """A service and its hardness limits; an empty list limits nothing."""

    name: Name
    aliases: tuple[Name, ...] = ()
    note: Text = ""
    limits: tuple[HardnessLimit, ...]

    def limits_of(self, metal: Metal) -> tuple[HardnessLimit, ...]:
        """The limits that bind the parent beside the beads, or the clad; no exceptions."""
        return tuple(one for one in self.limits if not one.exception and metal in one.metals)
