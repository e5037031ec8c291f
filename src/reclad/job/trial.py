"""A trial: what was set, what it was made with, what was measured on it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictInt

from reclad.job.declared import Date, Name, Text
from reclad.job.names import fold
from reclad.units import Declared, Q

Origin = Literal["measured", "fitted", "simulated"]
SpotDefinition = Literal["1/e2", "D4sigma", "1/e", "FWHM", "top-hat", "not stated"]
_SPOT_WORDS = {
    "1/e2": "1/e2",
    "1/e^2": "1/e2",
    "d4sigma": "D4sigma",
    "d4σ": "D4sigma",
    "1/e": "1/e",
    "fwhm": "FWHM",
    "top-hat": "top-hat",
    "tophat": "top-hat",
    "flat-top": "top-hat",
    "uniform": "top-hat",
    "notstated": "not stated",
}


def _spot_word(value: Any) -> Any:
    return _SPOT_WORDS.get(fold(value), value) if isinstance(value, str) else value


Length = Annotated[float, Q("mm", "size measured on cross-sections", 0, 100)]
LengthScatter = Annotated[float, Q("mm", "standard deviation between cross-sections", 0, 100)]
Area = Annotated[float, Q("mm^2", "area measured on cross-sections", 0, 10000)]
AreaScatter = Annotated[float, Q("mm^2", "standard deviation between cross-sections", 0, 10000)]
GasFlow = Annotated[float, Q("L/min", "gas flow", 0, 200)]


class Trial(Declared):
    """One trial (SI): a bead or clad as laid and as measured; None is not known.

    Lengths are of the cross-section across the track: `depth` and `melted_area` below the surface
    of the parent, `height` and `clad_area` above it. A scatter is one standard deviation between
    the `sections`. `check_trial` tells what cannot be and what a trial is good for.
    """

    id: Name = Field(description="name of the trial, for example its coupon and track")
    origin: Origin = Field(description="measured counts in a score, fitted and simulated never do")
    # What was set.
    power: Annotated[float, Q("W", "laser power at the workpiece", 1, 50000)]
    travel_speed: Annotated[float, Q("mm/s", "surface speed of the track", 0.05, 20000)]
    feed_rate: Annotated[float, Q("g/min", "powder mass fed; 0 is a bare melt track", 0, 1000)]
    feed_weighed: (
        Annotated[float, Q("g/min", "powder mass weighed at the nozzle", 0, 1000)] | None
    ) = None
    spot: Annotated[float, Q("mm", "beam diameter at the work", 0.01, 50)]
    spot_definition: Annotated[SpotDefinition, BeforeValidator(_spot_word)] = "not stated"
    stand_off: Annotated[float, Q("mm", "nozzle tip to surface", 0.1, 200)] | None = None
    base_temperature: (
        Annotated[float, Q("degC", "temperature of the part where the beam arrives", -60, 3000)]
        | None
    ) = None
    tracks: Annotated[StrictInt, Field(ge=1, le=10000, description="side by side in a layer")] = 1
    layers: Annotated[StrictInt, Field(ge=1, le=10000, description="one on the other")] = 1
    pitch: Annotated[float, Q("mm", "centre distance of neighbouring tracks", 0.01, 100)] | None = (
        None
    )
    track_length: (
        Annotated[float, Q("mm", "length laid with powder on, all tracks and layers", 1, 1e7)]
        | None
    ) = None
    powder_layer: Annotated[float, Q("mm", "powder spread beforehand; 0 is none", 0, 10)] = 0.0
    gas: Name | None = None
    shielding_gas: GasFlow | None = None
    carrier_gas: GasFlow | None = None
    # What it was made with.
    parent: Name = Field(description="parent metal, a name of the library if it holds it")
    thickness: Annotated[float, Q("mm", "plate or wall under the bead", 0.05, 5000)] | None = None
    powder: Name | None = None
    lot: Name | None = None
    machine: Name | None = None
    nozzle: Name | None = None
    # What was measured.
    width: Length | None = None
    width_scatter: LengthScatter | None = None
    height: Length | None = None
    height_scatter: LengthScatter | None = None
    depth: Length | None = None
    depth_scatter: LengthScatter | None = None
    clad_area: Area | None = None
    clad_area_scatter: AreaScatter | None = None
    melted_area: Area | None = None
    melted_area_scatter: AreaScatter | None = None
    dilution: (
        Annotated[float, Q("%", "melted parent area over clad and melted area", 0, 100)] | None
    ) = None
    dilution_scatter: (
        Annotated[float, Q("%", "standard deviation between cross-sections", 0, 100)] | None
    ) = None
    mass_gained: Annotated[float, Q("g", "weight after less weight before", 0, 1e6)] | None = None
    mass_gained_scatter: (
        Annotated[float, Q("g", "standard deviation of the weighing", 0, 1e6)] | None
    ) = None
    sections: (
        Annotated[StrictInt, Field(ge=1, le=1000, description="cross-sections cut")] | None
    ) = None
    flaw: Text = Field("", description="what was seen: balling, no bond, cracks")
    # Who, when.
    date: Date | None = None
    laboratory: Name | None = None
    note: Text = Field("", description="the operator's note")

    @property
    def bare(self) -> bool:
        """Whether no powder was fed."""
        return self.feed_rate == 0.0

    @property
    def single(self) -> bool:
        """Whether it is one bead, no clad of several."""
        return self.tracks == 1 and self.layers == 1

    @property
    def counted(self) -> bool:
        """Whether it may enter a score: measured, neither fitted nor simulated."""
        return self.origin == "measured"

    @property
    def powder_rate(self) -> float:
        """Powder per time (kg/s): as weighed at the nozzle if it was, else as fed."""
        return self.feed_rate if self.feed_weighed is None else self.feed_weighed

    @property
    def powder_used(self) -> float | None:
        """Powder fed along the whole track (kg)."""
        if self.track_length is None:
            return None
        return self.powder_rate * self.track_length / self.travel_speed

    @property
    def weighed_catchment(self) -> float | None:
        """Powder kept over powder fed (0 to 1), by weighing."""
        if self.mass_gained is None or not self.powder_used:
            return None
        return self.mass_gained / self.powder_used

    @property
    def area_dilution(self) -> float | None:
        """Melted parent area over clad and melted area (0 to 1), from the two areas."""
        if self.clad_area is None or self.melted_area is None:
            return None
        total = self.clad_area + self.melted_area
        return self.melted_area / total if total else None
