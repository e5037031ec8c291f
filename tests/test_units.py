"""Quantities at the door: what is accepted, what is refused, and that the refusal helps."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Annotated

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reclad.errors import UnitError
from reclad.units import (
    _KINDS,
    _ZERO,
    Declared,
    Q,
    format_number,
    format_quantity,
    nearest,
    parse_quantity,
    show,
    to_unit,
)

POWER = Q("kW", "laser power at the workpiece", 0.05, 20)


@pytest.mark.parametrize(
    ("text", "unit", "si"),
    [
        ("1.8 kW", "kW", 1800.0),
        ("1800W", "kW", 1800.0),
        ("600 mm/min", "mm/s", 0.01),
        ("0.6 m/min", "mm/s", 0.01),
        ("60 g/min", "g/min", 0.001),
        ("3.6 kg/h", "g/min", 0.001),
        ("60 L/min", "L/min", 0.001),
        ("60 l/min", "L/min", 0.001),
        ("4 rpm", "rpm", 4.0),
        ("30 rpm", "deg/s", math.pi),
        ("180 deg", "deg", math.pi),
        ("180°", "deg", math.pi),
        ("45 µm", "um", 45e-6),
        ("45 μm", "um", 45e-6),
        ("45 um", "mm", 45e-6),
        ("15 %", "%", 0.15),
        ("15%", "%", 0.15),
        ("350 degC", "degC", 623.15),
        ("350 °C", "degC", 623.15),
        ("350 ℃", "degC", 623.15),
        ("350 K", "degC", 350.0),
        ("212 degF", "degC", 373.15),
        ("20 K", "K", 20.0),
        ("20 delta_degC", "K", 20.0),
        ("9 delta_degF", "K", 5.0),
        ("7850 kg/m^3", "kg/m^3", 7850.0),
        ("7850 kg/m³", "kg/m^3", 7850.0),
        ("7.85 g/cm^3", "kg/m^3", 7850.0),
        ("42 W/(m·K)", "W/m/K", 42.0),
        ("1 inch", "mm", 0.0254),
        ("2 hp", "kW", 1491.4),
        (" 67 mm ", "mm", 0.067),
        ("-4 mm", "mm", -0.004),
        ("1e3 mm", "mm", 1.0),
        (".5 mm", "mm", 0.0005),
    ],
)
def test_shop_spellings_are_read_as_si(text: str, unit: str, si: float) -> None:
    assert parse_quantity(text, unit) == pytest.approx(si, rel=1e-4 if "hp" in text else 1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        (1800, "kW", '1800 has no unit; write for example "1800 kW"'),
        ("0.4", "%", "has no unit"),
        (0.4, "%", "has no unit"),
        (True, "kW", "true is no quantity"),
        (None, "kW", "no quantity"),
        (["1 kW"], "kW", "a list of 1 is no quantity"),
        ({"a": 1}, "kW", "a table is no quantity"),
        ("", "kW", "is empty"),
        ("  ", "kW", "is empty"),
        ("fast", "kW", "does not start with a number"),
        ("nan kW", "kW", "not a finite number"),
        ("-inf kW", "kW", "not a finite number"),
        ("1e400 kW", "kW", "too large"),
        ("1e9999 kW", "kW", "too large"),
        ("1 kw", "kW", 'did you mean "kW"?'),
        ("1 zorkmids", "kW", 'unknown unit "zorkmids"'),
        ("1 mm", "kW", "is a length, but a power is wanted"),
        ("1 furlong", "kW", "is no power"),
        ("10,5 kW", "kW", 'comma in the number; write for example "10.5 kW"'),
        ("１.８ kW", "kW", 'full-width characters or odd spaces; write for example "1.8 kW"'),
        ("1\tkW", "kW", "tabs, newlines or invisible"),
        ("1 kW\n", "kW", "tabs, newlines or invisible"),
        ("1 9**9**9**9 m", "mm", "unknown unit"),
        ("1 m^99", "mm", "unknown unit"),
        ("20 degC", "K", 'point on the temperature scale, but a difference is wanted; write "20'),
        ("20 delta_degC", "degC", "is a temperature difference, but a temperature is wanted"),
        ("20 C", "degC", 'did you mean "degC"?'),
        ("30 %", "deg", "is a share, but an angle is wanted"),
        ("3 rad", "%", "is an angle, but a share is wanted"),
        ("3 radian", "%", "unknown unit"),
        ("1 m**", "mm", "unknown unit"),
        ("1 (m", "mm", "unknown unit"),
        ("9" * 200 + " mm", "mm", "too long for a quantity"),
        ("1 " + "m" * 90, "mm", "unknown unit"),
    ],
)
def test_every_refusal_says_what_is_wrong_on_one_line(text: object, unit: str, says: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_quantity(text, unit)
    assert says in str(caught.value)
    assert str(caught.value).isprintable()


def test_millimetres_are_exact_to_the_last_bit() -> None:
    for number in range(1, 3000):
        assert parse_quantity(f"{number} mm", "mm") == float(f"{number}e-3")


@given(st.text(max_size=40))
def test_no_text_at_all_brings_down_the_door(text: str) -> None:
    for unit in ("kW", "degC", "K", "%", "rpm"):
        try:
            assert math.isfinite(parse_quantity(text, unit))
        except UnitError as error:
            assert str(error).isprintable()  # noqa: PT017


@given(st.from_regex(r"[0-9]{1,3} [a-zA-Z*/^()%°]{0,12}", fullmatch=True))
def test_no_unit_text_at_all_brings_down_the_door(text: str) -> None:
    try:
        assert math.isfinite(parse_quantity(text, "mm"))
    except UnitError as error:
        assert str(error).isprintable()  # noqa: PT017


def test_a_very_long_text_is_refused_at_once() -> None:
    with pytest.raises(UnitError, match="too long"):
        parse_quantity("1 a" + " " * 900_000 + "b", "mm")


def _pint_spelling(unit: str) -> str:
    return unit.replace("^", "**").replace("%", "percent").replace("L", "liter")


@pytest.fixture(scope="module")
def registry() -> pint.UnitRegistry:
    return pint.UnitRegistry()


@pytest.mark.parametrize("kind", [k for k in _KINDS if k not in ("disc speed", "hardness")])
def test_our_table_of_units_agrees_with_pint(kind: str, registry: pint.UnitRegistry) -> None:
    si = _pint_spelling(next(iter(_KINDS[kind])))
    si = {"share": "dimensionless", "temperature": "K"}.get(kind, si)
    for unit, (multiply, divide) in _KINDS[kind].items():
        spelled = _pint_spelling(unit.replace("(m K)", "(m*K)").replace("(kg K)", "(kg*K)"))
        spelled = spelled.replace("(m**2 K)", "(m**2*K)")
        theirs = registry.Quantity(7.0, spelled).to(si).magnitude
        ours = (7.0 + (_ZERO.get(unit, 0.0) if kind == "temperature" else 0.0)) * multiply / divide
        assert ours == pytest.approx(theirs, rel=1e-12), unit


@given(
    unit=st.sampled_from(sorted({u for units in _KINDS.values() for u in units})),
    number=st.floats(-1e6, 1e6),
)
def test_text_and_back_is_the_same_value(unit: str, number: float) -> None:
    si = parse_quantity(f"{number:.17g} {unit}", unit)
    assert to_unit(si, unit) == pytest.approx(number, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "unit", "digits", "text"),
    [
        (2100.0, "kW", 4, "2.1 kW"),
        (0.01, "mm/s", 4, "10 mm/s"),
        (623.15, "degC", 4, "350 degC"),
        (0.15, "%", 4, "15 %"),
        (36000.0, "s", 4, "36000 s"),
        (0.0, "mm", 4, "0 mm"),
        (1.23456e-3, "mm", 3, "1.23 mm"),
        (-0.0005, "mm", 4, "-0.5 mm"),
        (math.nan, "mm", 4, "nan mm"),
        (1e30, "mm", 3, "1e+33 mm"),
        (2e6, "W", 4, "2000000 W"),
    ],
)
def test_values_are_printed_as_a_person_writes_them(
    value: float, unit: str, digits: int, text: str
) -> None:
    assert format_quantity(value, unit, digits) == text


@given(st.floats(1e-6, 1e8), st.integers(3, 8))
def test_printed_numbers_keep_their_significant_digits(number: float, digits: int) -> None:
    assert float(format_number(number, digits)) == pytest.approx(number, rel=10.0 ** (1 - digits))


def test_a_declared_range_is_named_in_the_unit_of_the_shop() -> None:
    with pytest.raises(UnitError, match=r'"21 kW" is outside 0.05 to 20 kW \(laser power'):
        POWER.parse("21 kW")
    assert POWER.parse("20 kW") == 20000.0
    assert POWER.parse("50 W") == 50.0
    with pytest.raises(UnitError, match="outside"):
        POWER.parse("-1 kW")


def test_a_bare_number_is_answered_with_what_its_writer_meant() -> None:
    for bare, fix in ((1800, "1.8 kW"), ("1800", "1.8 kW"), (0.1, "0.1 kW"), (1e9, "1 kW")):
        with pytest.raises(UnitError, match=f'write for example "{fix}"'):
            POWER.parse(bare)
    with pytest.raises(UnitError, match='"15 %"'):
        Q("%", "dilution", 1, 90).parse("0.15")
    with pytest.raises(UnitError, match='"350 degC"'):
        Q("degC", "preheat", -40, 700).parse(350)


def test_a_quantity_may_not_be_declared_in_an_unknown_unit() -> None:
    with pytest.raises(UnitError, match="not in the table of units"):
        Q("furlong", "distance", 0, 1)


class Settings(Declared):
    power: Annotated[float, POWER]
    cool_by: Annotated[float, Q("K", "temperature difference", 0, 500)] = 0.0


def test_a_model_stores_si_and_writes_text_that_reads_back() -> None:
    settings = Settings.model_validate({"power": "1.8 kW", "cool_by": "30 K"})
    assert (settings.power, settings.cool_by) == (1800.0, 30.0)
    assert Settings.model_validate(settings.model_dump(mode="json")) == settings
    assert settings.model_dump()["power"] == 1800.0


def test_a_model_is_frozen_and_knows_its_keys() -> None:
    settings = Settings.model_validate({"power": "1.8 kW"})
    with pytest.raises(ValidationError, match="frozen"):
        settings.power = 3.0  # type: ignore[misc]
    with pytest.raises(ValidationError, match='did you mean "power"'):
        Settings.model_validate({"powr": "1.8 kW"})


def test_the_schema_carries_unit_meaning_and_range() -> None:
    schema = Settings.model_json_schema()["properties"]["power"]
    assert schema["type"] == "string"
    assert schema["x-unit"] == "kW"
    assert schema["x-range"] == [0.05, 20]
    assert "laser power at the workpiece" in schema["description"]
    assert POWER.parse(schema["examples"][0]) > 0


def test_shown_values_are_short_and_printable() -> None:
    assert show("a\x00b\u202ec") == '"a\\x00b\\u202ec"'
    assert len(show("x" * 10**6)) < 60
    assert show(10**5000) == "a whole number of more than 18 digits"
    assert show([[1]]) == "a list of 1"


def test_a_far_off_word_gets_the_list_and_a_near_one_a_guess() -> None:
    assert nearest("dilution_mx", ["dilution_max", "pitch"]) == 'did you mean "dilution_max"?'
    assert nearest("zzz", ["dilution_max", "pitch"]) == "known: dilution_max, pitch"


def test_importing_and_reading_shop_units_loads_neither_pint_nor_numpy() -> None:
    code = (
        "import sys, reclad.units as u; u.parse_quantity('1.8 kW', 'kW');"
        "u.format_quantity(1.0, 'kW'); sys.exit('pint' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
