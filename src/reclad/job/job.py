"""The repair job as its folder states it, and the same job with every name looked up."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from reclad.job.damages import Damages
from reclad.job.declared import Name, Text
from reclad.job.holding import Holding
from reclad.job.machine import Machine, Nozzle
from reclad.job.material import Material, Powder
from reclad.job.service import Service
from reclad.part import Part
from reclad.units import Declared, Q, broken_rule, format_quantity

Dilution = Annotated[float, Q("%", "melted parent area over clad plus melted parent area", 0.1, 90)]
Degrees = Annotated[float, Q("degC", "temperature", -40, 900)]


class Limits(Declared):
    """What the clad must keep to; shares 0 to 1, temperature K, angle rad, length m."""

    dilution_min: Dilution = 0.02
    dilution_max: Dilution = 0.15
    interpass_max: Annotated[float, Q("degC", "hottest surface before the next pass", 20, 900)] = (
        673.15
    )
    toe_angle_max: Annotated[float, Q("deg", "steepest bead flank at its foot", 10, 90)] = (
        math.radians(70)
    )
    excess_thickness_max: Annotated[
        float, Q("mm", "radial metal above the target that machining will take", 0.01, 20)
    ] = 0.001
    probability: Annotated[float, Q("%", "chance asked that every limit is kept", 50, 99.99)] = 0.9

    @model_validator(mode="after")
    def _dilution_has_a_range(self) -> Self:
        if self.dilution_max <= self.dilution_min:
            raise broken_rule(
                "dilution_max",
                f"{format_quantity(self.dilution_max, '%')} does not lie above dilution_min "
                f"{format_quantity(self.dilution_min, '%')}; swap or correct them",
            )
        return self


class Pins(Declared):
    """Settings the shop fixes beforehand; what is left out is chosen (SI)."""

    travel_speed: Annotated[float, Q("mm/s", "surface speed of the track", 0.5, 500)] | None = None
    pitch: Annotated[float, Q("mm", "centre distance of neighbouring tracks", 0.1, 20)] | None = (
        None
    )
    power: Annotated[float, Q("kW", "laser power at the workpiece", 0.02, 50)] | None = None
    feed_rate: Annotated[float, Q("g/min", "powder mass fed", 0.1, 500)] | None = None
    stand_off: Annotated[float, Q("mm", "nozzle tip to surface", 1, 100)] | None = None
    layers: Annotated[StrictInt, Field(ge=1, le=9, description="one on the other")] | None = None


class PathSettings(Declared):
    """How the path is cut into blocks and where tracks start and end (m, rad)."""

    block: Annotated[float, Q("mm", "longest surface travel at one power", 0.2, 100)] = 0.005
    lead: Annotated[float, Q("mm", "unlit surface travel before and after a track", 1, 200)] = 0.01
    over_travel: Annotated[float, Q("mm", "clad laid beyond each end of the zone", 0, 100)] = 0.002
    start_shift: Annotated[float, Q("deg", "turn between the starts of two layers", 0, 360)] = (
        math.radians(120)
    )
    end_gap: Annotated[
        float, Q("mm", "beam off this far before a layer ends at its start line", 0, 100)
    ] = 0.003
    restart_overlap: Annotated[
        float, Q("mm", "clad laid again where a pause stopped the beam", 0, 50)
    ] = 0.005


class Tolerances(Declared):
    """How much the part may warp (m); what is left out is not judged."""

    bow: Annotated[float, Q("mm", "bow of axis or plate, over its length", 0.001, 50)] | None = None
    shortening: Annotated[float, Q("mm", "loss of length", 0.001, 50)] | None = None
    bore: Annotated[float, Q("mm", "change of a pipe's radius", 0.001, 10)] | None = None


class Treatment(Declared):
    """Heat treatment of the whole part after cladding (K, s); none if nothing is said."""

    slow_cooling: (
        Annotated[float, Q("degC", "furnace that takes the part hot from cladding", 110, 700)]
        | None
    ) = None
    slow_cooling_time: Annotated[
        float, Q("h", "until it is down to 100 degC in there", 0.5, 100)
    ] = 28800.0
    post_heat: Annotated[float, Q("degC", "furnace after cladding", 100, 800)] | None = None
    post_heat_time: Annotated[float, Q("h", "time at that temperature", 0.1, 100)] = 7200.0


class Customer(Declared):
    """Whom the paper is for; printed, never computed with."""

    name: Text = ""
    order: Text = ""
    part_number: Text = ""
    drawing: Text = ""


class JobFile(Declared):
    """job.toml: what the shop was handed and what it wants (SI)."""

    kind: Literal["overlay", "build_up", "hardfacing"]
    material: Name = Field(description="parent metal, by name or alias")
    powder: Name = Field(description="feedstock, by name or alias")
    machine: Name = Field(description="machine file, by name")
    feeder: Name | None = Field(
        None, description="feeder curve of the powder lot, by name; else the machine's own"
    )
    allowance: Annotated[float, Q("mm", "radial metal left for machining", 0, 20)]
    ambient: Annotated[float, Q("degC", "shop temperature", -40, 60)] = 293.15
    preheat: Annotated[float, Q("degC", "part temperature before the first pass", -40, 700)]
    service: Name = Field("none", description="what the part serves in, by name or alias")
    damages: Name = Field("general", description="list of what may go wrong, by name")
    note: Text = ""
    part: Part
    limits: Limits = Limits()
    procedure: Pins = Pins()
    path: PathSettings = PathSettings()
    holding: Holding = Holding()
    tolerances: Tolerances = Tolerances()
    treatment: Treatment = Treatment()
    customer: Customer = Customer()

    @model_validator(mode="after")
    def _temperatures_are_ordered(self) -> Self:
        if self.preheat < self.ambient:
            raise broken_rule(
                "preheat",
                f"{_celsius(self.preheat)} lies below ambient {_celsius(self.ambient)}; "
                "without preheating write the ambient temperature",
            )
        if self.limits.interpass_max < self.preheat:
            raise broken_rule(
                "limits interpass_max",
                f"{_celsius(self.limits.interpass_max)} lies below preheat "
                f"{_celsius(self.preheat)}: no pass could ever start; raise it or preheat less",
            )
        return self

    @model_validator(mode="after")
    def _clad_stays_on_the_part(self) -> Self:
        part, over = self.part, self.path.over_travel
        before = part.clad_from - (0.0 if part.shoulder_from else over)
        after = part.clad_to + (0.0 if part.shoulder_to else over)
        runs_off = before < 0 or after > part.length
        if part.side_from is not None and part.side_to is not None and part.width is not None:
            runs_off |= part.side_from - over < 0 or part.side_to + over > part.width
        if runs_off:
            raise broken_rule(
                "path over_travel",
                f"{format_quantity(over, 'mm')} beyond the zone {_mm(part.clad_from)} to "
                f"{_mm(part.clad_to)} runs off the {_mm(part.length)} part; "
                "shorten the zone or over_travel",
            )
        return self

    @model_validator(mode="after")
    def _held_clear_of_the_clad(self) -> Self:
        part, holding = self.part, self.holding
        if holding.chuck_length > part.length - part.clad_to:
            raise broken_rule(
                "holding chuck_length",
                f"{_mm(holding.chuck_length)} grips into the zone to clad, which ends "
                f"{_mm(part.length - part.clad_to)} from the far end; grip less",
            )
        rest = holding.rest_at
        if rest is not None and not 0.5 * holding.rest_width <= rest <= part.length:
            raise broken_rule(
                "holding rest_at",
                f"{_mm(rest)} does not lie on the {_mm(part.length)} part; correct it",
            )
        if part.shape != "pipe" and holding.bore_film > 0.0:
            raise broken_rule(
                "holding bore_film", f"a {part.shape} has no bore; leave the line out"
            )
        return self


def _celsius(kelvin: float) -> str:
    return format_quantity(kelvin, "degC")


def _mm(metres: float) -> str:
    return format_quantity(metres, "mm", 6)


class Job(JobFile):
    """A job with its material, powder, machine and nozzle looked up; `read_job` makes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    parent: Material
    feedstock: Powder
    clad: Material
    cell: Machine
    nozzle: Nozzle
    serving: Service
    hazards: Damages
    sources: dict[str, str] = Field(description="file name -> sha256 of its bytes")
