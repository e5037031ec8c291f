"""Building blocks of the files: a sourced value, a sourced table, a spread, a name."""

from __future__ import annotations

import datetime
import math
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    StrictInt,
    StrictStr,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from reclad.errors import UnitError
from reclad.units import Declared, Q, broken_rule, format_quantity, parse_quantity, show, to_unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")


def _printable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError(
            "rule",
            "{line}",
            {"line": f"{show(text)} has tabs, newlines or invisible characters; remove them"},
        )
    return text


def _iso_date(value: Any) -> Any:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        line = f"{show(value)} is no date; write for example 2026-10-15"
        raise PydanticCustomError("rule", "{line}", {"line": line}) from error


def days_left(since: str, valid_days: int, today: datetime.date) -> int:
    """Days a measurement of the ISO date `since` stays valid; negative when it has run out."""
    return valid_days - (today - datetime.date.fromisoformat(since)).days


def row_of(data: Any, keys: tuple[str, ...], says: str, example: str) -> Any:
    """A row such as ["4 rpm", "16 g/min"] as a table of `keys`; a table stays as it is."""
    if isinstance(data, dict):
        return data
    if not isinstance(data, list | tuple) or len(data) != len(keys):
        raise broken_rule(
            "",
            f"{show(data)} where a row of {len(keys)} is wanted; write [{says}], for example "
            f"{example}",
        )
    return dict(zip(keys, data, strict=True))


Text = Annotated[StrictStr, Field(max_length=400), AfterValidator(_printable)]
Name = Annotated[StrictStr, Field(min_length=1, max_length=80), AfterValidator(_printable)]
Date = Annotated[str, BeforeValidator(_iso_date)]
ValidDays = Annotated[StrictInt, Field(ge=1, le=3650)]
Output = Annotated[StrictInt, Field(ge=0, le=63)]
Spread = Annotated[float, Q("%", "relative spread, one standard deviation", 0, 200)]


class _Generic(Declared):
    """A model with a type parameter that another process can be sent."""

    def __reduce__(self) -> tuple[Any, ...]:
        # A class made by Property[...] has no name that the other process could import.
        origin = type(self).__pydantic_generic_metadata__["origin"] or type(self)
        return _rebuild, (origin, dict(self))


def _rebuild(origin: type[_Generic], values: dict[str, Any]) -> _Generic:
    return origin.model_construct(**values)


class Property(_Generic, Generic[T]):
    """One number of a data file: SI value, relative spread (1 sigma), source key, note."""

    value: T
    spread: Spread
    source: Name
    note: Text = ""


class LogPrior(_Generic, Generic[T]):
    """A positive number known only as a log-normal: SI median, sd of its logarithm, source."""

    median: T
    log_sd: Annotated[float, Field(gt=0, le=3, strict=True)]
    source: Name
    note: Text = ""


def _name_units(schema: dict[str, Any]) -> None:
    schema["properties"] |= {
        "unit": {"type": "string", "description": "unit of every number in value"},
        "at_unit": {"type": "string", "description": 'unit of every number in at, e.g. "K"'},
    }
    schema["required"] += ["unit", "at_unit"]


class Table(Declared):
    """A property over temperature: at (K) and value (SI), one spread, one source.

    In the file the numbers stand bare beside `unit` and `at_unit`, which say what they are.
    """

    model_config = ConfigDict(json_schema_extra=_name_units)

    quantity: ClassVar[Q]

    at: tuple[float, ...]
    value: tuple[float, ...]
    spread: Spread
    source: Name
    note: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _numbers_take_their_unit(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not {"at", "value"} <= data.keys() <= {*cls._known_keys()}:
            return data  # the next validator names the key that is missing or misspelt
        rest = {k: v for k, v in data.items() if k not in ("unit", "at_unit")}
        kelvin = Q("degC", "temperature of a table point", -273.15, 5000)
        rest["at"] = _column(data, "at", "at_unit", kelvin, "K")
        rest["value"] = _column(data, "value", "unit", cls.quantity, cls.quantity.unit)
        return rest

    @model_validator(mode="after")
    def _columns_fit(self) -> Self:
        if len(self.at) != len(self.value):
            raise broken_rule(
                "value",
                f"{len(self.value)} values for {len(self.at)} temperatures in at; "
                "give one value per temperature",
            )
        for number, (one, two) in enumerate(zip(self.at, self.at[1:], strict=False), start=2):
            if two <= one:
                raise broken_rule(
                    "at",
                    f"item {number}, {format_quantity(two, 'K', 6)}, does not rise above the one "
                    "before; order the table by temperature",
                )
        return self

    @model_serializer(mode="wrap")
    def _numbers_show_their_unit(
        self, dump: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, Any]:
        data: dict[str, Any] = dump(self)
        if info.mode == "json":
            unit = self.quantity.unit
            data |= {"at_unit": "K", "unit": unit}
            data["value"] = [to_unit(v, unit) for v in self.value]
        return data

    @classmethod
    def _known_keys(cls) -> list[str]:
        return [*cls.model_fields, "unit", "at_unit"]

    @cached_property
    def _columns(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        import numpy as np

        return np.array(self.at), np.array(self.value)

    def interpolate(self, kelvin: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """The property (SI) at temperatures (K); beyond the table its end value is kept."""
        import numpy as np

        return np.asarray(np.interp(kelvin, *self._columns))


def _column(data: dict[str, Any], key: str, unit_key: str, q: Q, example: str) -> list[float]:
    unit, numbers = data.get(unit_key), data[key]
    if not isinstance(unit, str):
        raise broken_rule(
            unit_key, f'missing or no text; write for example {unit_key} = "{example}"'
        )
    if not isinstance(numbers, list | tuple) or not 1 <= len(numbers) <= 2000:
        raise broken_rule(key, f"{show(numbers)} where a list of 1 to 2000 numbers is wanted")
    try:
        zero = parse_quantity(f"0 {unit}", q.unit)
        slope = parse_quantity(f"1 {unit}", q.unit) - zero
    except UnitError as error:
        raise broken_rule(unit_key, str(error)) from error
    low, high = q.lo_si, q.hi_si
    column = []
    for number, item in enumerate(numbers, start=1):
        if isinstance(item, bool) or not isinstance(item, int | float) or not math.isfinite(item):
            raise broken_rule(
                key, f"item {number}, {show(item)}, is not a finite number; write it without a unit"
            )
        value = zero + item * slope
        if not low <= value <= high:
            try:
                q.check(value, f"item {number}, {show(item)} {unit},")
            except UnitError as error:
                raise broken_rule(key, str(error)) from error
        column.append(value)
    return column
