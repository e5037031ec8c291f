"""CASE.toml as it is written: body, metal, beam, what is around, what to tell."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from reclad.errors import UnitError
from reclad.job.declared import Name, Spread, Text
from reclad.job.material import Conductivity, SpecificHeat
from reclad.units import Declared, Q, broken_rule, format_quantity, parse_quantity, show, to_unit

Degrees = Annotated[float, Q("degC", "temperature", -100, 3000)]
Melting = Annotated[float, Q("degC", "isotherm taken as the edge of the melt pool", 100, 3600)]
Moment = Annotated[float, Q("s", "time to tell the temperature at", 0, 1e7)]
Along = Annotated[float, Q("mm", "place along or across the surface", -1e5, 1e5)]
Deep = Annotated[float, Q("mm", "place above the surface: 0 or, in the metal, negative", -1e4, 0)]
Size = Annotated[float, Q("mm", "size of the body", 0.1, 20000)]
MOST_TIMES = 100_000
MOST_VALUES = 20_000_000  # of points or of a grid, over all times


def _constant(table: Any, data: Any) -> Any:
    """A property told as one quantity becomes a table of one row."""
    if isinstance(data, dict):
        return data
    unit = table.quantity.unit
    try:
        value = to_unit(table.quantity.parse(data), unit)
    except UnitError as error:
        raise PydanticCustomError("quantity", "{line}", {"line": str(error)}) from error
    return {"unit": unit, "at_unit": "K", "at": [300.0], "value": [value]}


class CaseConductivity(Conductivity):
    """Thermal conductivity (W/m/K): one quantity, or a table over temperature."""

    spread: Spread = 0.0
    source: Name = "stated in the case"

    @model_validator(mode="before")
    @classmethod
    def _takes_one_quantity(cls, data: Any) -> Any:
        return _constant(cls, data)


class CaseSpecificHeat(SpecificHeat):
    """Specific heat (J/kg/K), melting not counted: one quantity, or a table over temperature."""

    spread: Spread = 0.0
    source: Name = "stated in the case"

    @model_validator(mode="before")
    @classmethod
    def _takes_one_quantity(cls, data: Any) -> Any:
        return _constant(cls, data)


class CaseMetal(Declared):
    """The metal: by name from the library, or its numbers; both: the numbers go before (SI).

    constants_at takes a library metal's properties at that one temperature.
    """

    material: Name | None = None
    constants_at: Degrees | None = None
    conductivity: CaseConductivity | None = None
    specific_heat: CaseSpecificHeat | None = None
    density: Annotated[float, Q("kg/m^3", "density", 500, 25000)] | None = None
    solidus: Annotated[float, Q("degC", "start of melting", 100, 3600)] | None = None
    liquidus: Annotated[float, Q("degC", "end of melting", 100, 3600)] | None = None
    latent_heat: Annotated[float, Q("J/kg", "latent heat of melting", 0, 1e6)] | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        for key in ("conductivity", "specific_heat", "density"):
            if self.material is None and getattr(self, key) is None:
                raise broken_rule(
                    key, 'missing; add this key, or name a metal with material = "42CrMo4"'
                )
        if self.constants_at is not None and self.material is None:
            raise broken_rule(
                "constants_at", "belongs to a metal of the library; leave it out, or add material"
            )
        if self.material is None and self.latent_heat:
            for key in ("solidus", "liquidus"):
                if getattr(self, key) is None:
                    raise broken_rule(key, "missing, but latent_heat is given; add this key")
        if self.solidus and self.liquidus and self.liquidus <= self.solidus:
            raise broken_rule(
                "liquidus",
                f"{format_quantity(self.liquidus, 'K')} does not lie above the solidus "
                f"{format_quantity(self.solidus, 'K')}; swap or correct them",
            )
        return self


class CaseBody(Declared):
    """What is heated (m). z = 0 is the surface, metal below. On a cylinder or pipe x runs along the
    axis and y around it, measured on the surface; a plate with length and width lies at x from 0
    and y from 0."""

    shape: Literal["semi-infinite", "plate", "cylinder", "pipe"]
    thickness: Size | None = None
    length: Size | None = None
    width: Size | None = None
    diameter: Size | None = None
    wall: Size | None = None

    @model_validator(mode="after")
    def _has_what_its_shape_needs(self) -> Self:
        needed = {
            "semi-infinite": set(),
            "plate": {"thickness"},
            "cylinder": {"diameter", "length"},
            "pipe": {"diameter", "wall", "length"},
        }[self.shape]
        allowed = needed | ({"length", "width"} if self.shape == "plate" else set())
        for key in ("thickness", "length", "width", "diameter", "wall"):
            given = getattr(self, key) is not None
            if given and key not in allowed:
                raise broken_rule(key, f"a {self.shape} body has none; leave the line out")
            if not given and key in needed:
                raise broken_rule(key, f'missing; a {self.shape} needs it, for example "15 mm"')
        if self.wall and self.diameter and 2.0 * self.wall >= self.diameter:
            raise broken_rule(
                "wall",
                f"{_mm(self.wall)} leaves no bore in a diameter of {_mm(self.diameter)}; write the "
                "wall thickness",
            )
        return self

    @property
    def deepest(self) -> float:
        """Metal under the surface (m): thickness, wall or radius."""
        radius = self.diameter / 2.0 if self.diameter else None
        return self.thickness or self.wall or radius or math.inf


class CaseBeam(Declared):
    """The beam: Gaussian, D4sigma diameter `spot` (along x; along y too unless `across` is given),
    heating a volume that fades with depth (m); absorbed share of the laser power."""

    spot: Annotated[float, Q("mm", "D4sigma diameter of the beam", 0.01, 100)]
    across: Annotated[float, Q("mm", "D4sigma diameter along y", 0.01, 100)] | None = None
    depth: Annotated[
        float, Q("mm", "depth where 5 % (e^-3) of the surface's heat is left", 0.001, 100)
    ] = 1e-5
    absorbed: Annotated[float, Q("%", "share of laser light absorbed", 0.1, 100)]


class CaseAir(Declared):
    """What is around: ambient and start temperature (K; start is ambient unless given), film of air
    (W/m2/K) and emissivity of every surface."""

    ambient: Degrees = 293.15
    start: Degrees | None = None
    film: Annotated[float, Q("W/m^2/K", "heat lost to air", 0, 10000)] = 0.0
    emissivity: Annotated[float, Q("%", "share of black-body radiation", 0, 100)] = 0.0


def _row(names: tuple[str, ...], example: str, data: Any) -> Any:
    if isinstance(data, dict):
        return data
    if not isinstance(data, list | tuple) or len(data) != len(names):
        raise broken_rule(
            "", f"{show(data)} where a row of {len(names)} is wanted; write {example}"
        )
    return dict(zip(names, data, strict=True))


class CasePoint(Declared):
    """A point to tell the temperature of: x, y, z (m)."""

    x: Along
    y: Along
    z: Deep

    @model_validator(mode="before")
    @classmethod
    def _from_row(cls, data: Any) -> Any:
        return _row(("x", "y", "z"), '[x, y, z], for example ["20 mm", "0 mm", "-1 mm"]', data)


class GridAxis(Declared):
    """Coordinates from start to stop, both included, about `step` apart (m)."""

    start: Along
    stop: Along
    step: Annotated[float, Q("mm", "distance of grid points", 0.001, 1000)]

    @model_validator(mode="before")
    @classmethod
    def _from_row(cls, data: Any) -> Any:
        names = ("start", "stop", "step")
        return _row(names, '[from, to, step], for example ["0 mm", "40 mm", "0.5 mm"]', data)

    @model_validator(mode="after")
    def _runs_upwards(self) -> Self:
        if self.stop < self.start:
            raise broken_rule(
                "stop", f"{_mm(self.stop)} lies below start {_mm(self.start)}; swap them"
            )
        return self

    @property
    def count(self) -> int:
        """Grid points along the axis."""
        return round((self.stop - self.start) / self.step) + 1


class CaseGrid(Declared):
    """A grid of points: x, y, z each [from, to, step]."""

    x: GridAxis
    y: GridAxis
    z: GridAxis

    @property
    def count(self) -> int:
        """Points of the grid."""
        return self.x.count * self.y.count * self.z.count


class HeatCaseFile(Declared):
    """CASE.toml: what is heated, how, and what to tell (SI)."""

    note: Text = ""
    path: Name = Field(description="CSV file beside this one: t_s, x_mm, y_mm, z_mm, power_W")
    solver: Literal["auto", "closed-form", "numerical"] = "auto"
    cell: (
        Annotated[
            float, Q("mm", "cell of the numerical solver near the path; else spot/6", 0.001, 50)
        ]
        | None
    ) = None
    melting: Melting | None = None
    times: Annotated[tuple[Moment, ...], Field(min_length=1, max_length=MOST_TIMES)]
    body: CaseBody
    metal: CaseMetal
    beam: CaseBeam
    air: CaseAir = CaseAir()
    points: Annotated[tuple[CasePoint, ...], Field(max_length=100_000)] = ()
    grid: CaseGrid | None = None

    @model_validator(mode="before")
    @classmethod
    def _spells_out_times(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("times"), dict):
            return data | {"times": _spell_out(data["times"])}
        return data

    @model_validator(mode="after")
    def _times_rise(self) -> Self:
        for number, (one, two) in enumerate(pairwise(self.times), start=2):
            if two <= one:
                raise broken_rule(
                    f"times row {number}",
                    f"{format_quantity(two, 's')} does not lie after {format_quantity(one, 's')}; "
                    "order the times",
                )
        return self

    @model_validator(mode="after")
    def _places_lie_in_the_body(self) -> Self:
        for number, point in enumerate(self.points, start=1):
            for key, reason in outside(self.body, point.x, point.y, point.z):
                raise broken_rule(f"points row {number} {key}", reason)
        told = len(self.points) * len(self.times)
        if told > MOST_VALUES:
            raise broken_rule(
                "points",
                f"{len(self.points)} points at {len(self.times)} times are {told} values; at most "
                f"{MOST_VALUES} are told: leave points or times out",
            )
        if self.grid is not None:
            for at in ("start", "stop"):
                place = [getattr(axis, at) for axis in (self.grid.x, self.grid.y, self.grid.z)]
                for key, reason in outside(self.body, *place):
                    raise broken_rule(f"grid {key}", reason)
            values = self.grid.count * len(self.times)
            if values > MOST_VALUES:
                raise broken_rule(
                    "grid step",
                    f"{self.grid.count} points at {len(self.times)} times are {values} values; at "
                    f"most {MOST_VALUES} are told: take larger steps or fewer times",
                )
        return self


def _spell_out(told: dict[str, Any]) -> list[str]:
    """["0 s", "0.1 s", ...] from { from, to, step }, both ends included."""
    keys = ("from", "to", "step")
    if set(told) != set(keys):
        raise broken_rule(
            "times", 'write a list, or { from = "0 s", to = "10 s", step = "0.1 s" }, all three'
        )
    try:
        first, last, step = (parse_quantity(told[key], "s") for key in keys)
    except UnitError as error:
        raise broken_rule("times", str(error)) from error
    if step <= 0.0 or last < first or (last - first) / step > MOST_TIMES:
        raise broken_rule(
            "times",
            f"from {first:g} s to {last:g} s by {step:g} s are no 1 to {MOST_TIMES} times; correct "
            "one of them",
        )
    return [f"{first + n * step:.12g} s" for n in range(round((last - first) / step) + 1)]


def outside(body: CaseBody, x: float, y: float, z: float) -> list[tuple[str, str]]:
    """Which coordinates (m) do not lie in the body, and why."""
    slack = 1e-9
    found = []
    limits = [("x", x, body.length)]
    if body.diameter is None:  # round it, y may go on for as many turns as it likes
        limits.append(("y", y, body.width))
    for key, value, size in limits:
        if size is not None and not -slack <= value <= size + slack:
            found.append(
                (key, f"{_mm(value)} lies outside the body, 0 to {_mm(size)}; move it inside")
            )
    if z > slack:
        found.append(
            ("z", f"{_mm(z)} lies above the surface; z is 0 there and negative in the metal")
        )
    if z < -body.deepest - slack:
        found.append(
            ("z", f"{_mm(z)} lies below the body, {_mm(body.deepest)} deep; move it inside")
        )
    return found


def _mm(metres: float) -> str:
    return format_quantity(metres, "mm", 6)
