"""What may go wrong with a repair, how often it is believed to, and what it costs the part."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reclad.job.declared import Name, Text
from reclad.units import Declared, Q, broken_rule

Mode = Literal[
    "hard_zone", "cold_cracking", "hot_cracking", "hard_phase_cracking", "lack_of_fusion",
    "over_dilution", "distortion", "too_little_metal", "stop_crater",
]  # fmt: skip
Share = Annotated[float, Q("%", "chance or share", 0, 100)]

Growth = Annotated[float, Q("%", "growth of the odds of a damage", 0, 1000)]


class DamageMode(Declared):
    """One kind of damage: how far shops differ, and how many of the damaged parts are lost.

    Where the process model says how likely it is, there is no `chance`; else `chance` is that of
    the reference case of the note, and the growths say how its odds change.
    """

    mode: Mode
    chance: Share | None = Field(None, description="of a repair at the reference case")
    between_shops: Growth = Field(description="one standard deviation of the odds between shops")
    lost: Share = Field(description="of the parts damaged so; the others are reworked")
    per_hardness: Growth = Field(0.0, description="for each 100 HV over 350 HV")
    per_shortfall: Growth = Field(0.0, description="for each 100 K that the preheat falls short")
    per_buffer: Annotated[float, Q("%", "share of the odds of a damage", 1, 100)] = Field(
        1.0, description="left where the clad lies on a ductile metal, as on a buffer layer"
    )
    source: Name
    note: Text = ""

    @model_validator(mode="after")
    def _differs_between_shops(self) -> Self:
        if not self.between_shops > 0.0:
            raise broken_rule(
                "between_shops",
                f'0 % for {self.mode}: no two shops are alike; write for example "65 %", or leave '
                "the mode out",
            )
        return self


class AlloyHazard(Declared):
    """How readily a clad alloy cracks: in hot metal, and, where it is hard, on cooling."""

    alloy: Name
    hot_cracking: Share
    hard_phase_cracking: Share = Field(description="of a repair preheated as advised")
    preheat: Annotated[float, Q("degC", "advised before cladding", -40, 700)] | None = None
    source: Name
    note: Text = ""


class Damages(Declared):
    """All kinds of damage that are judged, and the clad alloys."""

    name: Name
    aliases: tuple[Name, ...] = ()
    note: Text = ""
    gate: Share = Field(description="highest chance that a hardness limit of the service is broken")
    bearable: Share = Field(description="highest chance of a lost part that is accepted")
    refused: Share = Field(description="chance of damage, coupon or not, above which to refuse")
    modes: tuple[DamageMode, ...] = Field(min_length=1)
    alloys: tuple[AlloyHazard, ...]

    def mode(self, name: str) -> DamageMode | None:
        """The kind of damage of that name; None where the list leaves it out."""
        return next((one for one in self.modes if one.mode == name), None)

    def alloy(self, name: str) -> AlloyHazard | None:
        """What is said of a clad alloy; None where nothing is."""
        return next((one for one in self.alloys if one.alloy == name), None)

    def ductile(self, name: str) -> bool:
        """Whether that metal is listed as one in which no hard phase cracks."""
        told = self.alloy(name)
        return told is not None and told.hard_phase_cracking == 0.0

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        listed: dict[str, list[str]] = {
            "modes": [one.mode for one in self.modes],
            "alloys": [one.alloy for one in self.alloys],
        }
        for key, names in listed.items():
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise broken_rule(key, f"{twice} stands there twice; keep one of them")
        return self
