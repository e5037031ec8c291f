"""What the part will serve in, and how hard the metal may then be."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, StrictBool, StrictInt, model_validator

from reclad.job.declared import Name, Text
from reclad.units import Declared, broken_rule, show

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

    zone: Name = Field(description="where the hardness is measured")
    highest: Hardness
    exception: StrictBool = Field(False, description="only by agreement with the user of the part")
    source: Name
    note: Text = ""


class Service(Declared):
    """A service and its hardness limits; an empty list limits nothing."""

    name: Name
    aliases: tuple[Name, ...] = ()
    note: Text = ""
    limits: tuple[HardnessLimit, ...]
