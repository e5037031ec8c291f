"""What the shop pays and asks: a file of prices, each with its unit, spread and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError, core_schema

from reclad.errors import UnitError
from reclad.job.declared import Name, Property, Spread, Text
from reclad.job.library import find
from reclad.job.names import fold
from reclad.job.sources import source_key
from reclad.shop.money import CARBON, CURRENCIES, Amount, amount, parse_amount
from reclad.units import Declared, Q, broken_rule, format_number, format_quantity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

LARGEST = 1e9  # of any price, in its currency and declared unit


def _read(value: object) -> Amount:
    try:
        return value if isinstance(value, Amount) else parse_amount(value)
    except UnitError as error:
        raise PydanticCustomError("quantity", "{line}", {"line": str(error)}) from error


def _write(value: Amount) -> str:
    unit = value.dimension.text
    return f"{value.to(unit):.15g} {unit}"


class _AmountText:
    """Annotation of an amount that a file writes as text with a unit."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                _write, when_used="json"
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "examples": ["120 CNY/h"]}


class Price(Declared):
    """One price or one emission factor: amount (SI), relative spread (1 sigma), source, note."""

    value: Annotated[Amount, _AmountText]
    spread: Spread
    source: Name
    note: Text = ""


class NamedPrice(Price):
    """A price of one alloy or one gas."""

    of: Name = Field(description="the alloy or gas, as materials and machines name it")


@dataclass(frozen=True)
class Per:
    """Declares a price: the unit it is paid per ("" for a plain sum) and what it is for."""

    unit: str
    meaning: str

    def _check(self, price: Price) -> Price:
        given = price.value.dimension
        account = given.account or CURRENCIES[0]
        wanted = f"{account}/{self.unit}" if self.unit else account
        if given != amount(1.0, wanted).dimension:
            shown = _write(price.value)
            line = f'{shown} where {wanted} is wanted ({self.meaning}); write "1 {wanted}"'
            raise PydanticCustomError("quantity", "{line}", {"line": line})
        if not 0 <= price.value.to(wanted) <= LARGEST:
            line = f"{_write(price.value)} is outside 0 to {LARGEST:g} {wanted} ({self.meaning})"
            raise PydanticCustomError(
                "quantity", "{line}", {"line": f"{line}; write a value within this range"}
            )
        return price

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))


_Watts = Property[Annotated[float, Q("kW", "electric power drawn while it runs", 0, 1000)]]
PerHour = Annotated[Price, Per("h", "price of one hour")]


class LaserPlant(Declared):
    """What the laser cell costs and for how long it earns."""

    price: Annotated[Price, Per("", "laser, head, feeder and machine as bought")]
    life: Property[Annotated[float, Q("d", "time until it is written off", 30, 20000)]]
    hours_per_year: Property[Annotated[float, Q("h", "hours a year it could run", 1, 8784)]]
    utilisation: Property[Annotated[float, Q("%", "share of those hours it is paid for", 1, 100)]]


class Power(Declared):
    """What the machines draw from the wall."""

    wall_plug: Property[Annotated[float, Q("%", "laser light / electricity drawn", 1, 100)]]
    chiller: _Watts
    auxiliary: _Watts
    furnace: _Watts
    machining: _Watts


class Liability(Declared):
    """Who bears damage: the customer up to the deductible, the shop above it up to its limit."""

    limit: Annotated[Price, Per("", "most the shop pays for one damage")]
    deductible: Annotated[Price, Per("", "what the customer bears of each damage")]


_Hours = Property[Annotated[float, Q("h", "working time of one repair", 0, 1000)]]
_Share = Property[Annotated[float, Q("%", "share of the whole", 0.1, 100)]]


class Work(Declared):
    """What every repair takes beside cladding, where nothing better is known of the job."""

    setup_time: _Hours
    inspection_time: _Hours
    removal_rate: Property[
        Annotated[float, Q("kg/h", "chips a machine tool takes off", 0.01, 1000)]
    ]
    furnace_share: _Share = Field(description="of the furnace's electricity that warms the part")
    wash_water: Property[Annotated[float, Q("L", "wash water of one part", 0, 1e6)]]
    oil: Property[Annotated[float, Q("g", "oil and coolant on a part before washing", 0, 1e6)]]
    collected_share: _Share = Field(description="of the lost powder that is swept up or filtered")
    washed_share: _Share = Field(description="of the powder not collected that goes into the water")
    valid: Property[Annotated[float, Q("d", "how long a quote binds the shop", 1, 3650)]]


class SorbentBed(Declared):
    """The bed that cleans the wash water, and one bottle test of its sorbent with this oil."""

    isotherm: Literal["langmuir", "freundlich", "linear"] = Field(
        description="how uptake follows the oil in the water, through the tested point"
    )
    volume: Property[Annotated[float, Q("L", "packed bed", 0.001, 1e6)]]
    porosity: Property[Annotated[float, Q("%", "share of the bed that is water", 1, 99)]]
    bulk_density: Property[Annotated[float, Q("kg/m^3", "dry sorbent per bed volume", 0.1, 5000)]]
    uptake: Property[
        Annotated[float, Q("%", "oil held / sorbent, by mass, when tested", 0.01, 1e5)]
    ]
    tested_at: Property[Annotated[float, Q("kg/m^3", "oil left in the tested water", 1e-6, 900)]]
    filled: Property[Annotated[float, Q("%", "tested / largest uptake; langmuir", 0.1, 99)]] = (
        Field(description="read by langmuir only")
    )
    exponent: Property[Annotated[float, Q("%", "power of the uptake; freundlich", 1, 100)]] = Field(
        description="read by freundlich only"
    )


class Footprint(Declared):
    """Emission factors: kgCO2e per unit of what is used, or of a new part."""

    electricity: Annotated[Price, Per("kWh", "grid electricity")]
    water: Annotated[Price, Per("m^3", "wash water supplied and treated")]
    new_part: Annotated[Price, Per("kg", "finished new part")]
    powder: tuple[Annotated[NamedPrice, Per("kg", "powder of one alloy")], ...]
    gas: tuple[Annotated[NamedPrice, Per("m^3", "gas of one kind")], ...]


class Prices(Declared):
    """All prices of one shop, in one currency; every field says what it is paid per."""

    name: Name
    aliases: tuple[Name, ...] = ()
    note: Text = ""
    currency: Literal["CNY", "EUR", "USD"]
    laser: LaserPlant
    power: Power
    labour: PerHour
    attended: Property[
        Annotated[float, Q("%", "share of cladding time a person stands by", 0, 100)]
    ]
    setup: PerHour
    machining: PerHour
    furnace: PerHour
    inspection: PerHour
    coupon: Annotated[Price, Per("", "a coupon laid, cut, etched and measured")]
    lens: Annotated[Price, Per("h", "protective glass, per hour of beam")]
    electricity: Annotated[Price, Per("kWh", "electricity")]
    water: Annotated[Price, Per("m^3", "wash water supplied and disposed of")]
    powder: tuple[Annotated[NamedPrice, Per("kg", "powder of one alloy")], ...]
    gas: tuple[Annotated[NamedPrice, Per("m^3", "gas of one kind, 20 degC and 1 bar")], ...]
    new_part: Annotated[Price, Per("kg", "finished new part, where no price is known")]
    overhead: Property[Annotated[float, Q("%", "rent, office, sales over direct cost", 0, 300)]]
    margin: Property[Annotated[float, Q("%", "share of the price meant to remain", 0, 95)]]
    liability: Liability
    work: Work
    footprint: Footprint
    bed: SorbentBed

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        for path, price in named_prices(self):
            wanted = CARBON if path.startswith("footprint ") else self.currency
            account = price.value.dimension.account
            if account != wanted:
                raise broken_rule(
                    path,
                    f"{_write(price.value)} is in {account}, but {wanted} is wanted here; "
                    "convert it yourself and say in the note at which rate",
                )
        for table, rows in (("powder", self.powder), ("gas", self.gas)):
            names = [fold(row.of) for row in rows]
            if len(set(names)) < len(names):
                raise broken_rule(table, "one name stands in two rows; keep one of them")
        return self


def leaves(model: Declared, path: str = "") -> Iterator[tuple[str, Price | Property[Any]]]:
    """Every price and property of a file with the words that lead to it, in declared order."""
    for key in type(model).model_fields:
        value = getattr(model, key)
        here = f"{path}{key}"
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Price | Property):
                yield (f"{here} {item.of}" if isinstance(item, NamedPrice) else here), item
            elif isinstance(item, Declared):
                yield from leaves(item, f"{here} ")


def named_prices(model: Declared) -> Iterator[tuple[str, Price]]:
    """Every price of a file with the words that lead to it."""
    for path, leaf in leaves(model):
        if isinstance(leaf, Price):
            yield path, leaf


def assumed_prices(prices: Prices) -> list[str]:
    """Every number of the file that nobody has measured or quoted: what, value, spread, why."""
    lines = []
    for path, leaf in leaves(prices):
        if source_key(leaf.source) == "assumed":
            spread = format_quantity(leaf.spread, "%")
            shown = show_price(leaf)
            lines.append(f"{path.replace('_', ' ')}: {shown} ± {spread}: {leaf.note}")
    return lines


def show_price(leaf: Price | Property[Any]) -> str:
    """A price or property with its unit, e.g. "350 CNY/kg"."""
    if isinstance(leaf, Price):
        unit = leaf.value.dimension.text
        return f"{format_number(float(leaf.value.to(unit)))} {unit}"
    return format_quantity(leaf.value, quantity_of(leaf).unit)


def quantity_of(leaf: Property[Any]) -> Q:
    """How the value of a property is declared: unit, meaning, range."""
    return next(m for m in type(leaf).model_fields["value"].metadata if isinstance(m, Q))


def read_prices(name: str, folder: Path | None = None) -> Prices:
    """The prices of that name, from the job folder's prices/ or the shipped library.

    Raises JobError, UnitError or FileError with the file, the key and the way out.
    """
    return find("prices", name, Prices, folder).model
