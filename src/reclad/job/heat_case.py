"""A heat case for people who are not repairing a job: CASE.toml with its path and metal read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from reclad.errors import FileError, JobError
from reclad.job.beam_table import BeamRow, read_beam_table
from reclad.job.declared import Table
from reclad.job.heat_case_file import CaseMetal, HeatCaseFile, outside
from reclad.job.library import find
from reclad.job.material import Conductivity, Material, SpecificHeat
from reclad.job.reading import parse_toml, read_text, validate
from reclad.units import show

T = TypeVar("T", bound=Table)


@dataclass(frozen=True, eq=False)
class CaseProperties:
    """The metal's numbers as one case uses them (SI): tables over temperature, or tables of one row
    that hold everywhere; melting None where none is told."""

    conductivity: Conductivity
    specific_heat: SpecificHeat
    density: float
    solidus: float | None
    liquidus: float | None
    latent_heat: float

    @property
    def constant(self) -> bool:
        """Whether nothing changes with temperature."""
        tables = (self.conductivity, self.specific_heat)
        return all(len(set(t.value)) == 1 for t in tables) and not self.latent_heat


@dataclass(frozen=True, eq=False)
class HeatCase:
    """A heat case with its path and metal read; sources: file name -> sha256 of its bytes."""

    name: str
    told: HeatCaseFile
    rows: tuple[BeamRow, ...]
    metal: CaseProperties
    sources: dict[str, str]

    @property
    def start(self) -> float:
        """Temperature of the metal before the beam (K)."""
        air = self.told.air
        return air.ambient if air.start is None else air.start

    @property
    def melting(self) -> float | None:
        """The isotherm of the melt pool (K): as told, else midway through the melting range."""
        told, metal = self.told.melting, self.metal
        if told is not None or metal.solidus is None or metal.liquidus is None:
            return told
        return 0.5 * (metal.solidus + metal.liquidus)

    @property
    def numerical_because(self) -> str:
        """Why the closed form does not hold for this case; empty where it does."""
        body, air = self.told.body, self.told.air
        if body.shape in ("cylinder", "pipe"):
            return f"the body is a {body.shape}"
        if not self.metal.constant:
            return "the metal's properties change with temperature, or it takes heat to melt"
        if air.film or air.emissivity:
            return "the surface loses heat"
        return ""


def read_case(where: str | Path) -> HeatCase:
    """The heat case in a TOML file with its path and metal, checked (SI).

    A material is looked up in materials/ beside the file, then in the shipped library. Raises
    FileError, UnitError or JobError with one line that names file, key, value, rule and way out.
    """
    path = Path(where)
    file = read_text(path, path.name)
    told = validate(HeatCaseFile, parse_toml(file), file.name)
    metal, sources = _look_up_metal(told.metal, file.name, path.parent)
    if "/" in told.path or "\\" in told.path:
        raise FileError(
            f"{file.name} path: {show(told.path)} must lie beside {file.name}; write its name only"
        )
    rows = read_beam_table(path.parent / told.path, told.path)
    for row in rows:
        for key, reason in outside(told.body, row.x, row.y, row.z):
            raise FileError(f"{row.where} {key}_mm: {reason}")
    case = HeatCase(path.stem, told, rows, metal, {file.name: file.sha256} | sources)
    if told.solver == "closed-form" and case.numerical_because:
        raise JobError(
            f'{file.name} solver: no "closed-form" where {case.numerical_because}; leave the line '
            "out"
        )
    return case


def _look_up_metal(
    told: CaseMetal, name: str, folder: Path
) -> tuple[CaseProperties, dict[str, str]]:
    """The metal's numbers, and the library file they are from."""
    sources: dict[str, str] = {}
    k: Conductivity | None = told.conductivity
    heat: SpecificHeat | None = told.specific_heat
    density = told.density
    solidus, liquidus, latent = told.solidus, told.liquidus, told.latent_heat
    if told.material is not None:
        try:
            found = find("materials", told.material, Material, folder)
        except JobError as error:
            raise JobError(f"{name} [metal] material: {error}") from error
        named, sources = found.model, {found.file: found.sha256}
        k, heat = k or named.conductivity, heat or named.specific_heat
        density = density or named.density.value
        solidus, liquidus = solidus or named.solidus.value, liquidus or named.liquidus.value
        if latent is None and told.constants_at is None:
            latent = named.latent_heat.value
    if k is None or heat is None or density is None:
        raise JobError(f"{name} [metal]: conductivity, specific_heat and density are needed")
    if told.constants_at is not None:
        k, heat = _hold(k, told.constants_at), _hold(heat, told.constants_at)
    return CaseProperties(k, heat, density, solidus, liquidus, latent or 0.0), sources


def _hold(table: T, kelvin: float) -> T:
    """The table's value at one temperature (K), for every temperature."""
    value = (float(table.interpolate(kelvin)),)
    # A new table, not a copy: a copy would keep the columns it has interpolated in.
    held = type(table).model_construct(
        at=(kelvin,), value=value, spread=table.spread, source=table.source, note=table.note
    )
    return cast("T", held)
