"""Quantities at the door: text with a unit comes in, SI floats go on.

A quantity is declared once, as an annotation on a model field:

    power: Annotated[float, Q("kW", "laser power at the workpiece", 0.05, 20)]

The limits are given in the declared unit; the stored value is SI (m, s, kg, W, K, rad; a share is
0 to 1). `Q("degC", ...)` declares a temperature, `Q("K", ...)` a temperature difference: the two
are never converted into each other. One exception to SI: `Q("rpm", ...)` stays rpm, because a
feeder disc is weighed, commanded and reported in rpm. Spellings a shop uses come from a table;
pint is loaded only for units outside it.
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, overload

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError, core_schema

from reclad.errors import UnitError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

_TURN = 2 * math.pi

# kind -> spelling -> (multiply, divide): SI = number * multiply / divide. Two exact integers keep
# "67 mm" equal to 0.067 to the last bit, which a factor of 1e-3 does not.
_KINDS: dict[str, dict[str, tuple[float, float]]] = {
    "length": {"m": (1, 1), "mm": (1, 1000), "cm": (1, 100), "um": (1, 1e6), "nm": (1, 1e9)},
    "area": {"m^2": (1, 1), "mm^2": (1, 1e6), "cm^2": (1, 1e4)},
    "volume": {"m^3": (1, 1), "mm^3": (1, 1e9), "cm^3": (1, 1e6), "L": (1, 1000)},
    "time": {"s": (1, 1), "ms": (1, 1000), "min": (60, 1), "h": (3600, 1), "d": (86400, 1)},
    "speed": {"m/s": (1, 1), "mm/s": (1, 1000), "mm/min": (1, 60000), "m/min": (1, 60)},
    "acceleration": {"m/s^2": (1, 1), "mm/s^2": (1, 1000)},
    "power": {"W": (1, 1), "kW": (1000, 1)},
    "energy": {"J": (1, 1), "kJ": (1000, 1), "MJ": (1e6, 1), "kWh": (3.6e6, 1)},
    "mass": {"kg": (1, 1), "g": (1, 1000)},
    "mass rate": {"kg/s": (1, 1), "g/min": (1, 60000), "g/s": (1, 1000), "kg/h": (1, 3600)},
    "gas flow": {"m^3/s": (1, 1), "L/min": (1, 60000), "m^3/h": (1, 3600)},
    "energy per length": {"J/m": (1, 1), "J/mm": (1000, 1), "kJ/mm": (1e6, 1)},
    "angle": {"rad": (1, 1), "deg": (_TURN, 360), "turn": (_TURN, 1), "mrad": (1, 1000)},
    "angular speed": {
        "rad/s": (1, 1),
        "deg/s": (_TURN, 360),
        "deg/min": (_TURN, 21600),
        "rpm": (_TURN, 60),
    },
    "angular acceleration": {"rad/s^2": (1, 1), "deg/s^2": (_TURN, 360)},
    "disc speed": {"rpm": (1, 1), "rev/min": (1, 1), "r/min": (1, 1)},
    "share": {"%": (1, 100)},
    "temperature": {"degC": (1, 1), "K": (1, 1), "degF": (5, 9)},
    "temperature difference": {"K": (1, 1), "delta_degC": (1, 1), "delta_degF": (5, 9)},
    "density": {"kg/m^3": (1, 1), "g/cm^3": (1000, 1)},
    "conductivity": {"W/m/K": (1, 1), "W/(m*K)": (1, 1), "W/(m K)": (1, 1)},
    "specific heat": {"J/kg/K": (1, 1), "J/(kg*K)": (1, 1), "J/(kg K)": (1, 1)},
    "heat of melting": {"J/kg": (1, 1), "kJ/kg": (1000, 1)},
    "heat transfer": {"W/m^2/K": (1, 1), "W/(m^2*K)": (1, 1), "W/(m^2 K)": (1, 1)},
    "cooling rate": {"K/s": (1, 1)},
    "hardness": {"HV": (1, 1)},
    "pressure": {"Pa": (1, 1), "MPa": (1e6, 1), "GPa": (1e9, 1), "bar": (1e5, 1)},
}
# The unit a declaration is written in names its kind; "rpm" and "K" occur in two kinds.
_DECLARED = {unit: kind for kind, units in reversed(_KINDS.items()) for unit in units} | {
    "K": "temperature difference",
    "rpm": "disc speed",
}
_ZERO = {"degC": 273.15, "degF": 459.67}
# pint cannot tell an angle from a share or a point from a difference, so these stay on the table.
_TABLE_ONLY = {k for k in _KINDS if k.startswith(("ang", "disc", "share", "temperature"))}
_SPELLINGS = {
    "µ": "u",
    "μ": "u",
    "℃": "degC",
    "℉": "degF",
    "°C": "degC",
    "°F": "degF",
    "°": "deg",
    "Δ": "delta_",
    "·": "*",
    "⋅": "*",
    "**": "^",
    "²": "^2",
    "³": "^3",
    "l/min": "L/min",
}
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?)\s*(.*?)\s*", re.ASCII)
_PINT_UNIT = re.compile(r"(?:[A-Za-z_]++(?:\^-?[1-9])?+|[*/() ])++")
_BAD_NUMBER = re.compile(r"\s*[+-]?(?:nan|inf|infinity)\b", re.IGNORECASE)


def show(value: object, limit: int = 48) -> str:
    """A value as it may stand in a one-line message: printable, short, lists and tables named."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, int) and abs(value) > 10**18:
        return "a whole number of more than 18 digits"
    text = str(value)
    clipped = text if len(text) <= limit else text[: limit - 1] + "…"
    clean = "".join(c if c.isprintable() else repr(c)[1:-1] for c in clipped)
    return f'"{clean}"' if isinstance(value, str) else clean


def parse_quantity(text: object, unit: str) -> float:
    """The SI value of text such as "1.8 kW", where a quantity of the kind of `unit` is wanted.

    text     number, space, unit, as written in a file or on the command line
    unit     the unit the quantity is declared in, e.g. "kW"; "degC" wants a temperature,
             "K" a temperature difference
    returns  SI float (rpm for "rpm")

    Raises UnitError for a bare number, another kind of unit, an unknown unit, nan and inf.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise UnitError(f'{show(text)} is no quantity; write for example "1 {unit}"')
    if not isinstance(text, str):
        raise UnitError(f'{show(text)} has no unit; write for example "{show(text)} {unit}"')
    match = _NUMBER.fullmatch(text) if len(text) <= 100 and text.isprintable() else None
    if match is None or match[2].startswith(","):
        raise UnitError(_not_a_quantity(text, unit))
    number, spelled = match.groups()
    value = float(number)
    if not math.isfinite(value):
        raise UnitError(f"{show(text)} is too large for a number; write a finite value")
    if not spelled:
        raise UnitError(f'{show(text)} has no unit; write for example "{number} {unit}"')
    return _to_si(value, spelled, unit, text)


def _not_a_quantity(text: str, unit: str) -> str:
    plain = unicodedata.normalize("NFKC", text[:100])
    point = re.sub(r"(\d),(\d)", r"\1.\2", text[:100])
    fix = f"1 {unit}"
    if not plain.strip():
        reason = "is empty"
    elif len(text) > 100:
        reason = "is too long for a quantity"
    elif plain != text and plain.isprintable() and _NUMBER.fullmatch(plain):
        reason, fix = "has full-width characters or odd spaces", plain.strip()
    elif not text.isprintable():
        reason = "has tabs, newlines or invisible characters"
    elif point != text and _NUMBER.fullmatch(point):
        reason, fix = "has a comma in the number", point
    elif _BAD_NUMBER.match(text):
        reason = "is not a finite number"
    else:
        reason = "does not start with a number"
    return f"{show(text)} {reason}; write for example {show(fix)}"


def _to_si(value: float, spelled: str, unit: str, text: str) -> float:
    kind = kind_of(unit)
    name = _plain(spelled)
    factor = _KINDS[kind].get(name)
    if factor is not None:
        zero = _ZERO.get(name, 0.0) if kind == "temperature" else 0.0
        return (value + zero) * factor[0] / factor[1]
    if kind == "temperature difference" and name in _KINDS["temperature"]:
        raise UnitError(
            f"{show(text)} is a point on the temperature scale, but a difference is wanted; "
            f'write "{show(value)} K" or "{show(value)} delta_{name}"'
        )
    if name in _DECLARED:
        raise UnitError(
            f'{show(text)} is {_a(_DECLARED[name])}, but {_a(kind)} is wanted; write it in "{unit}"'
        )
    if kind in _TABLE_ONLY or not _PINT_UNIT.fullmatch(name) or len(name) > 40:
        raise UnitError(_unknown_unit(spelled, kind, unit, text))
    return _pint_si(value, name, kind, unit, text)


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _plain(spelled: str) -> str:
    name = spelled
    for fancy, plain in _SPELLINGS.items():
        name = name.replace(fancy, plain)
    return re.sub(r"\s*([/*^])\s*", r"\1", name)


def _unknown_unit(spelled: str, kind: str, unit: str, text: str) -> str:
    known = [*_KINDS[kind]]
    folded = {u.lower(): u for u in reversed(known)}
    near = difflib.get_close_matches(_plain(spelled).lower(), folded, 1, 0.5)
    if kind == "temperature" and spelled in ("C", "F"):
        near = ["deg" + spelled.lower()]
    hint = f'did you mean "{folded[near[0]]}"?' if near else f'write it in "{unit}"'
    return f"{show(text)}: unknown unit {show(spelled)} for {_a(kind)}; {hint}"


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry()


def _pint_si(value: float, name: str, kind: str, unit: str, text: str) -> float:
    si = next(iter(_KINDS[kind])).replace("^", "**")
    try:
        given = _registry().Unit(name.replace("^", "**"))
    except Exception as error:  # pint's parser lets through errors of many unrelated types
        raise UnitError(_unknown_unit(name, kind, unit, text)) from error
    if not given.is_compatible_with(si):
        raise UnitError(f'{show(text)} is no {kind}; write it in "{unit}"')
    result = float(_registry().Quantity(value, given).to(si).magnitude)
    if not math.isfinite(result):
        raise UnitError(f"{show(text)} is too large for a number; write a finite value")
    return result


def kind_of(unit: str) -> str:
    """The kind of quantity a declared unit measures, e.g. "mass rate" for "g/min"."""
    kind = _DECLARED.get(_plain(unit))
    if kind is None:
        raise UnitError(f"unit {show(unit)} is not in the table of units; use one of its spellings")
    return kind


@overload
def to_unit(value: float, unit: str) -> float: ...
@overload
def to_unit(value: NDArray[np.float64], unit: str) -> NDArray[np.float64]: ...
def to_unit(value: Any, unit: str) -> Any:
    """An SI value (or array of values) as a number in the display unit; no pint, no text."""
    name = _plain(unit)
    multiply, divide = _KINDS[kind_of(name)][name]
    return value * divide / multiply - _ZERO.get(name, 0.0)


def format_quantity(value: float, unit: str, digits: int = 4) -> str:
    """An SI value as text for people, e.g. format_quantity(2100.0, "kW") -> "2.1 kW"."""
    return f"{format_number(to_unit(float(value), unit), digits)} {unit}"


def format_number(number: float, digits: int = 4) -> str:
    """A number with so many significant digits, without trailing zeros, without an exponent
    between 1e-4 and 1e9."""
    if number == 0 or not math.isfinite(number):
        return f"{number + 0.0:g}" if number else "0"
    magnitude = math.floor(math.log10(abs(number)))
    if not -5 < magnitude < 9:
        return f"{number:.{digits}g}"
    text = f"{number:.{max(0, digits - 1 - magnitude)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _bare_number(value: object) -> float | None:
    if isinstance(value, str):
        match = _NUMBER.fullmatch(value) if len(value) <= 100 and value.isprintable() else None
        value = float(match[1]) if match and not match[2] else None
        return value if value is not None and math.isfinite(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e18 else math.nan


@dataclass(frozen=True)
class Q:
    """One declared quantity: unit for people, meaning in shop words, legal range in that unit.

    As a pydantic annotation it takes text with a unit, checks kind and range, and stores SI.
    """

    unit: str
    meaning: str
    lo: float
    hi: float

    def __post_init__(self) -> None:
        kind_of(self.unit)

    @property
    def lo_si(self) -> float:
        """The lower limit in SI."""
        return self._si(self.lo)

    @property
    def hi_si(self) -> float:
        """The upper limit in SI."""
        return self._si(self.hi)

    @property
    def range_text(self) -> str:
        """The legal range for people, e.g. "0.05 to 20 kW"."""
        return f"{format_number(self.lo, 6)} to {format_number(self.hi, 6)} {self.unit}"

    def _si(self, number: float) -> float:
        return _to_si(number, self.unit, self.unit, self.unit)

    def parse(self, value: object) -> float:
        """The SI value of text with a unit; raises UnitError with the fix in the message."""
        bare = _bare_number(value)
        if bare is not None:
            example = self._example(bare)
            raise UnitError(f'{show(value)} has no unit; write for example "{example}"')
        result = parse_quantity(value, self.unit)
        self.check(result, show(value))
        return result

    def check(self, value: float, shown: str) -> None:
        """Refuse an SI value outside the range; `shown` is the value as the file has it."""
        slack = 1e-12 * max(abs(self.lo_si), abs(self.hi_si))
        if not self.lo_si - slack <= value <= self.hi_si + slack:
            raise UnitError(
                f"{shown} is outside {self.range_text} ({self.meaning}); "
                "write a value within this range"
            )

    def _example(self, number: float) -> str:
        """The bare number as its writer may have meant it, else a value in the range."""
        if math.isfinite(number):
            if self.lo_si <= number <= self.hi_si and self.unit != "degC":
                return format_quantity(number, self.unit, 6)
            if self.lo <= number <= self.hi:
                return f"{format_number(float(number), 6)} {self.unit}"
        middle = math.sqrt(self.lo * self.hi) if self.lo > 0 else (self.lo + self.hi) / 2
        return f"{format_number(middle, 1)} {self.unit}"

    def text(self, value: float) -> str:
        """An SI value as text that reads back to the same value, e.g. "1.8 kW"."""
        return f"{to_unit(value, self.unit):.15g} {self.unit}"

    def _validate(self, value: object) -> float:
        try:
            return self.parse(value)
        except UnitError as error:
            raise PydanticCustomError("quantity", "{line}", {"line": str(error)}) from error

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.text, when_used="json"
            ),
            metadata={"unit": self.unit},
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "description": f"{self.meaning}; {self.range_text}",
            "examples": [self._example(math.nan)],
            "x-unit": self.unit,
            "x-range": [self.lo, self.hi],
        }


def broken_rule(key: str, line: str) -> PydanticCustomError:
    """What a model raises when `key` breaks a rule that involves other keys as well."""
    return PydanticCustomError("rule", "{line}", {"line": line, "key": key})


def nearest(word: str, words: list[str]) -> str:
    """The text 'did you mean "x"?' for the closest of `words`, or the list of them."""
    folded = {w.lower(): w for w in words}
    near = difflib.get_close_matches(word[:60].lower(), folded, 1, 0.6)
    if near:
        return f'did you mean "{folded[near[0]]}"?'
    return "known: " + ", ".join(words[:20])


class Declared(BaseModel):
    """A frozen table of declared keys; an unknown key is refused with the nearest known one."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, data: Any) -> Any:
        if isinstance(data, dict):
            known = cls._known_keys()
            for key in data:
                if key not in known:
                    raise broken_rule(str(key), f"unknown key; {nearest(str(key), known)}")
        return data

    @classmethod
    def _known_keys(cls) -> list[str]:
        return list(cls.model_fields)
