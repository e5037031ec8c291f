"""Parent metal and feedstock: sourced numbers with a spread."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from reclad.job.declared import Name, Property, Table, Text
from reclad.units import Declared, Q, broken_rule, format_quantity

Share = Annotated[float, Q("%", "mass share of an element", 0, 100)]
Density = Property[Annotated[float, Q("kg/m^3", "density", 500, 25000)]]
MeltPoint = Property[Annotated[float, Q("degC", "end or start of melting", 300, 3600)]]
BoilPoint = Property[Annotated[float, Q("degC", "boiling temperature", 1000, 6500)]]
LatentHeat = Property[Annotated[float, Q("J/kg", "latent heat of melting", 1e4, 1e6)]]
Absorptivity = Property[Annotated[float, Q("%", "share of laser light absorbed", 1, 100)]]
Emissivity = Property[Annotated[float, Q("%", "share of black-body radiation", 1, 100)]]
Length = Annotated[float, Q("um", "powder grain size", 1, 1000)]


class Conductivity(Table):
    """Thermal conductivity (W/m/K) over temperature (K)."""

    quantity: ClassVar[Q] = Q("W/m/K", "thermal conductivity", 1, 500)


class SpecificHeat(Table):
    """Specific heat (J/kg/K), latent heat of melting excluded, over temperature (K)."""

    quantity: ClassVar[Q] = Q("J/kg/K", "specific heat", 50, 20000)


HardAsLaid = Property[Annotated[float, Q("HV", "Vickers hardness as laid, undiluted", 50, 3000)]]


class Composition(Declared):
    """Alloy content: mass share (0 to 1) per element, the rest being the named base."""

    base: Annotated[str, Field(pattern=r"^[A-Z][a-z]?$")]
    mass_share: dict[Annotated[str, Field(pattern=r"^[A-Z][a-z]?$")], Share]
    source: Name
    note: Text = ""

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        total = sum(self.mass_share.values())
        if total >= 1:
            raise broken_rule(
                "mass_share",
                f"the elements beside {self.base} add up to {format_quantity(total, '%')}; "
                "they must leave room for it",
            )
        return self

    def share(self, element: str) -> float:
        """Mass share (0 to 1) of an element; the base takes what the others leave."""
        if element == self.base:
            return 1.0 - sum(v for k, v in self.mass_share.items() if k != element)
        return self.mass_share.get(element, 0.0)


class Material(Declared):
    """A parent metal, a clad alloy, or both (SI)."""

    name: Name
    aliases: tuple[Name, ...] = ()
    kind: tuple[Literal["parent", "clad"], ...] = Field(min_length=1)
    note: Text = ""
    caution: Text = Field("", description="what a welder must know first; printed")
    density: Density
    conductivity: Conductivity
    specific_heat: SpecificHeat
    solidus: MeltPoint
    liquidus: MeltPoint
    latent_heat: LatentHeat
    emissivity: Emissivity
    absorptivity: Absorptivity | None = None
    boiling: BoilPoint | None = None
    hardness: HardAsLaid | None = None
    composition: Composition | None = None

    @model_validator(mode="after")
    def _melting_is_ordered(self) -> Self:
        if self.liquidus.value <= self.solidus.value:
            raise broken_rule(
                "liquidus value",
                f"{format_quantity(self.liquidus.value, 'K')} does not lie above the solidus "
                f"{format_quantity(self.solidus.value, 'K')}; some tables print them swapped",
            )
        if self.boiling is not None and self.boiling.value <= self.liquidus.value:
            raise broken_rule(
                "boiling value",
                f"{format_quantity(self.boiling.value, 'K')} does not lie above the liquidus "
                f"{format_quantity(self.liquidus.value, 'K')}; correct one of them",
            )
        return self


class Powder(Declared):
    """A feedstock: which alloy, how coarse (SI; radius is half the median diameter)."""

    name: Name
    aliases: tuple[Name, ...] = ()
    alloy: Name = Field(description="name of the material the powder is made of")
    note: Text = ""
    particle_radius: Property[Length]
    size_min: Length
    size_max: Length

    @model_validator(mode="after")
    def _sizes_are_ordered(self) -> Self:
        if not self.size_min <= 2 * self.particle_radius.value <= self.size_max:
            raise broken_rule(
                "particle_radius value",
                f"twice {format_quantity(self.particle_radius.value, 'um')} lies outside the "
                f"grain sizes {format_quantity(self.size_min, 'um')} to "
                f"{format_quantity(self.size_max, 'um')}; correct one of them",
            )
        return self
