"""shop.toml: machines, people, shifts and the times that no program tells."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, model_validator

from reclad.errors import FileError, JobError
from reclad.job.declared import Date, Name, Property, Spread, Text
from reclad.job.folder import expect_plain_name
from reclad.job.library import data_folder
from reclad.job.names import fold
from reclad.job.reading import parse_toml, read_text, validate
from reclad.job.sources import expect_known_sources, known_sources
from reclad.orders.clock import Clock, Day, Zone
from reclad.shop.prices import PerHour
from reclad.units import Declared, Q, broken_rule, nearest, show

SHOP = "shop.toml"
EXAMPLE = "desert-shop"

Kind = Literal["cladder", "lathe", "grinder", "laser-cutter", "furnace", "bench"]
Process = Literal[
    "receive",
    "strip",
    "preheat",
    "clad",
    "slow_cool",
    "post_heat",
    "cool",
    "turn",
    "grind",
    "inspect",
    "certificate",
    "cut",
]
Skill = Literal["receive", "strip", "clad", "turn", "grind", "inspect", "certificate", "cut"]
_Count = Annotated[StrictInt, Field(ge=1, le=100)]
_Rows = Field(default=(), max_length=500)


class Shift(Declared):
    """A shift: the days on which it begins and its hours; one that ends at or before its start
    ends on the next day."""

    name: Name
    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)]
    start: Clock
    end: Clock

    @model_validator(mode="after")
    def _days_stand_once(self) -> Self:
        if len(set(self.days)) < len(self.days):
            raise broken_rule("days", "a day stands twice; keep one of them")
        return self


class Closed(Declared):
    """Whole days on which something stands still, first and last included."""

    first: Date
    last: Date
    reason: Text = ""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.last < self.first:
            raise broken_rule("last", f"{self.last} lies before first {self.first}; swap them")
        return self


class ShopMachine(Declared):
    """A machine, a furnace or a bench: when it runs and what a change on it takes (s).

    shifts empty: day and night. cell: of a cladder, the machine file that its jobs name.
    places: of a furnace, parts in it at once. set_up_for: powder it holds now.
    """

    name: Name
    kind: Kind
    cell: Name | None = None
    shifts: tuple[Name, ...] = ()
    places: _Count = 1
    changeover: Annotated[
        float, Q("min", "between two powders, or two nozzles, on this machine", 0, 10000)
    ] = 0.0
    set_up_for: Text = ""
    closed: Annotated[tuple[Closed, ...], _Rows]
    hour: PerHour | None = Field(None, description="what an hour of it costs the shop")

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if (self.kind == "cladder") != (self.cell is not None):
            need = "missing; a cladder needs" if self.cell is None else "only a cladder has"
            raise broken_rule("cell", f"{need} the machine file that its jobs name")
        if self.places > 1 and self.kind != "furnace":
            raise broken_rule("places", f"a {self.kind} takes one part; leave the line out")
        return self


class Person(Declared):
    """Someone who works: shifts, what they may do, and the powders they may clad with."""

    name: Name
    shifts: Annotated[tuple[Name, ...], Field(min_length=1)]
    skills: tuple[Skill, ...] = ()
    powders: tuple[Name, ...] = Field((), description="authorised for cladding with these")
    off: Annotated[tuple[Closed, ...], _Rows]
    hour: PerHour | None = Field(None, description="what an hour of them costs the shop")

    @model_validator(mode="after")
    def _clads_with_some_powder(self) -> Self:
        if ("clad" in self.skills) != bool(self.powders):
            raise broken_rule(
                "powders",
                'goes with the skill "clad", which is authorised powder by powder; write both or '
                "neither",
            )
        return self


class Step(Declared):
    """A step whose time a plan or the price file tells: share of a person's attention, chance
    that it is done again (0 to 1)."""

    attended: Annotated[float, Q("%", "share of one person's attention", 0, 100)]
    rework: Annotated[float, Q("%", "chance that the step is done again", 0, 90)]
    source: Name
    note: Text = ""


class TimedStep(Step):
    """A step whose time (s) only the shop knows."""

    time: Property[Annotated[float, Q("min", "time of the step", 0, 100000)]]


class Again(Declared):
    """Chance (0 to 1) that a step is done again."""

    rework: Annotated[float, Q("%", "chance that the step is done again", 0, 90)]
    source: Name
    note: Text = ""


class Steps(Declared):
    """What the shop knows of each step; cladding is attended as the price file says, furnaces run
    by themselves."""

    receive: TimedStep
    strip: TimedStep
    clad: Again
    turn: Step
    grind: Step
    inspect: Step
    certificate: TimedStep
    cut: Step


_Rate = Property[Annotated[float, Q("kg/h", "metal ground off", 0.001, 100)]]


class Grinding(Declared):
    """How the shop grinds: set-up (s), metal taken in an hour (kg/s), what turning leaves for it
    (radial m), and the clad (HV) that cannot be turned."""

    setup: Property[Annotated[float, Q("min", "set-up of the grinder", 0, 10000)]]
    removal_rate: _Rate
    allowance: Property[Annotated[float, Q("mm", "radial metal that turning leaves", 0.01, 5)]]
    harder_than: Property[Annotated[float, Q("HV", "clad that is ground, not turned", 100, 3000)]]


class Cooling(Declared):
    """How a part that no furnace takes cools in the shop: film (W/m2/K), and how cold (K) it must
    be to be handled."""

    film: Property[Annotated[float, Q("W/m^2/K", "heat lost to still air, radiation too", 1, 200)]]
    handled_at: Property[Annotated[float, Q("degC", "surface that hands can work on", 25, 100)]]


class Waiting(Declared):
    """How long a hot part may wait (s) between furnace and cladder."""

    hot: Property[Annotated[float, Q("min", "longest wait of a hot part for what is next", 1, 600)]]


class CutRow(Declared):
    """One line of the laser cutter's table: thickness (m), cutting speed (m/s), one pierce (s)."""

    material: Name
    thickness: Annotated[float, Q("mm", "thickness of the sheet", 0.1, 100)]
    cutting_speed: Annotated[float, Q("m/min", "speed of the cut", 0.01, 200)]
    pierce: Annotated[float, Q("s", "time of one pierce", 0, 120)]
    source: Name
    note: Text = ""


class Cutting(Declared):
    """The laser cutter's own: set-up of a sheet (s), rapid between cuts (m/s), its table, and the
    relative spread of the speeds and pierces in there."""

    spread: Spread
    setup: Property[Annotated[float, Q("min", "load and unload a sheet", 0, 10000)]]
    rapid: Property[Annotated[float, Q("m/min", "speed between two cuts", 0.1, 500)]]
    table: Annotated[tuple[CutRow, ...], _Rows]


class Shop(Declared):
    """All that a shop has and how it works, as shop.toml states it (SI)."""

    name: Name
    source: Name
    note: Text = ""
    zone: Zone
    prices: Name = Field(description="price file: set-up, removal rate, inspection, furnace")
    shift: Annotated[tuple[Shift, ...], Field(min_length=1, max_length=50)]
    closed: Annotated[tuple[Closed, ...], _Rows] = ()
    machine: Annotated[tuple[ShopMachine, ...], Field(min_length=1, max_length=200)]
    person: Annotated[tuple[Person, ...], Field(min_length=1, max_length=500)]
    steps: Steps
    grinding: Grinding
    cooling: Cooling
    waiting: Waiting
    cutting: Cutting | None = None

    @model_validator(mode="after")
    def _names_lead_somewhere(self) -> Self:
        machines = [one.name for one in self.machine]
        for table, names, others in (
            ("shift", [one.name for one in self.shift], []),
            ("machine", machines, []),
            ("person", [one.name for one in self.person], machines),
        ):
            taken = [fold(name) for name in others]
            for number, name in enumerate(names, start=1):
                if fold(name) in taken:
                    raise broken_rule(
                        f"{table} row {number} name",
                        f"{show(name)} stands twice; give each its own name",
                    )
                taken.append(fold(name))
        known = [one.name for one in self.shift]
        for table, worked in (
            ("machine", [one.shifts for one in self.machine]),
            ("person", [one.shifts for one in self.person]),
        ):
            for number, shifts in enumerate(worked, start=1):
                for name in shifts:
                    if name not in known:
                        raise broken_rule(
                            f"{table} row {number} shifts",
                            f"no shift {show(name)}; {nearest(name, known)}",
                        )
        return self

    @model_validator(mode="after")
    def _a_cutter_has_a_table(self) -> Self:
        if any(one.kind == "laser-cutter" for one in self.machine) and self.cutting is None:
            raise broken_rule("cutting", "missing; a laser-cutter needs [cutting] with its table")
        return self


def read_shop(where: str | Path) -> Shop:
    """The shop that a file or its folder declares, checked (SI).

    where   shop.toml, or the folder that holds it
    Raises FileError, UnitError or JobError with file, key, value, rule and way out.
    Checked in tests/orders/test_shop_file.py.
    """
    path = shop_path(where)
    if not path.exists():
        raise FileError(
            f"{show(str(path), 120)}: no such shop file; make one with `reclad shop new NAME`, or "
            "give --shop FILE"
        )
    file = read_text(path, path.name)
    shop = validate(Shop, parse_toml(file), file.name)
    expect_known_sources(shop, file.name, known_sources(path.parent))
    return shop


def shop_path(where: str | Path) -> Path:
    """The shop file itself, given it or its folder."""
    path = Path(where)
    return path / SHOP if path.is_dir() else path


def new_shop(name: str, where: str | Path | None = None) -> Path:
    """A new folder `where`/`name` with the commented shop.toml; gives the file.

    where   folder to put it in; None is the working folder
    Raises FileError where the name is no plain folder name or anything of that name exists.
    """
    expect_plain_name(name)
    parent = Path.cwd() if where is None else Path(where)
    target = parent / name
    if os.path.lexists(target):
        raise FileError(f"{show(name)}: exists already and is not overwritten; choose another name")
    text = data_folder().joinpath("shops", f"{EXAMPLE}.toml").read_text("utf-8")
    text = text.replace(f'name = "{EXAMPLE}"', f'name = "{name}"', 1)
    try:
        with tempfile.TemporaryDirectory(dir=parent, prefix=".reclad-new-") as scratch:
            made = Path(scratch) / name
            made.mkdir()
            (made / SHOP).write_text(text, encoding="utf-8", newline="\n")
            made.rename(target)
    except OSError as error:
        raise FileError(
            f"{show(str(parent), 120)}: cannot make a folder here ({error.strerror}); "
            "choose a folder you may write to"
        ) from error
    return target / SHOP


def machines_of(shop: Shop, kind: str, process: str, cell: str = "") -> list[ShopMachine]:
    """The machines of that kind, of that cell where one is asked; JobError where there is none."""
    found = [
        one
        for one in shop.machine
        if one.kind == kind and (not cell or fold(one.cell or "") == fold(cell))
    ]
    if not found:
        what = f"{kind} of cell {show(cell)}" if cell else kind
        raise JobError(
            f"{shop.name}: no {what} for the step {process.replace('_', ' ')}; add a [[machine]] "
            "to the shop file"
        )
    return found
