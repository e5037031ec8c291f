"""A folder of trials as a Frictionless Data Package: datapackage.json beside its table."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    ValidationError,
    model_validator,
)

from reclad.errors import FileError
from reclad.job.folder import expect_plain_name
from reclad.job.reading import refusal
from reclad.job.trial import Trial
from reclad.job.trial_columns import (
    QUANTITIES,
    WHOLE,
    Column,
    expect_columns,
    expect_no_slip,
    make_column,
    split_header,
)
from reclad.job.trial_rows import Reading, check_defaults
from reclad.job.trial_table import number_fault, read_bytes, read_table
from reclad.units import broken_rule, show, to_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reclad.job.trial_table import Table

PACKAGE = "datapackage.json"
TABLE = "trials.csv"
_NUMERIC = ("number", "integer", "any")
P = TypeVar("P", bound=BaseModel)
LongText = Annotated[StrictStr, Field(max_length=20_000)]


class _Open(BaseModel):
    """A table of the standard, which allows keys of others beside its own and ours."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Constraints(_Open):
    """Limits the package sets on a column, in its own unit."""

    required: StrictBool = False
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[str | float, ...] = ()

    def faults(self, text: str) -> list[str]:
        """What a cell breaks of them."""
        if not text:
            return ["missing; the package requires it"] if self.required else []
        if self.enum and text not in {str(value) for value in self.enum}:
            return [f"{show(text)} is not one of {', '.join(map(str, self.enum[:10]))}"]
        value = float(text) if not number_fault(text, "") else math.nan
        if self.minimum is not None and value < self.minimum:
            return [f"{show(text)} is below {self.minimum:g}, the minimum of the package"]
        if self.maximum is not None and value > self.maximum:
            return [f"{show(text)} is above {self.maximum:g}, the maximum of the package"]
        return []


class PackageField(_Open):
    """One column: name, type, our `unit` and, where the name is another, the key of `Trial`."""

    name: StrictStr
    type: StrictStr = "any"
    unit: StrictStr = ""
    quantity: StrictStr | None = None
    decimal: StrictStr = Field(".", alias="decimalChar", pattern=r"^[.,]$")
    constraints: Constraints = Constraints()


class TableSchema(_Open):
    """The columns, and the texts that mean no value."""

    fields_: tuple[PackageField, ...] = Field(alias="fields", min_length=1)
    missing: tuple[StrictStr, ...] = Field(("",), alias="missingValues")


class Dialect(_Open):
    """How the CSV is written."""

    delimiter: StrictStr = Field(",", pattern=r"^[,;\t]$")


class Resource(_Open):
    """One file of the package; the first holds the trials."""

    path: StrictStr
    encoding: StrictStr = "utf-8"
    dialect: Dialect = Dialect()
    hash: StrictStr = ""
    table_schema: TableSchema = Field(alias="schema")


class PackageLicence(_Open):
    """A licence: its name in the list of open licences, and its title."""

    name: StrictStr = ""
    title: StrictStr = ""


class PackageSource(_Open):
    """Where the data come from."""

    title: StrictStr


class PackageHead(_Open):
    """What datapackage.json says of the trials; the first of its resources is their table.

    trial_defaults  keys of `Trial` (text with unit) that hold wherever a row does not say else
    restricted      the data may be used only as `agreement` says
    """

    name: StrictStr = ""
    title: StrictStr = ""
    description: LongText = ""
    citation: LongText = ""
    licenses: tuple[PackageLicence, ...] = ()
    sources: tuple[PackageSource, ...] = ()
    trial_defaults: dict[str, StrictStr] = Field(default_factory=dict)
    restricted: StrictBool = False
    agreement: LongText = ""
    resources: tuple[dict[str, Any], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _says_how_it_is_restricted(self) -> Self:
        if self.restricted and not self.agreement.strip():
            raise broken_rule(
                "agreement", "missing, but restricted is true; write what the data may be used for"
            )
        return self

    @property
    def licence(self) -> str:
        """The licences by name, "" if none is stated."""
        return ", ".join(one.title or one.name for one in self.licenses if one.title or one.name)


def read_package(folder: Path, name: str) -> tuple[PackageHead, Table, tuple[Column, ...], Reading]:
    """A package folder: its head, its table, what each column gives, how to read the cells.

    FileError names file, key, value and rule.
    """
    where = f"{name}/{PACKAGE}"
    package = parse_head(read_bytes(folder / PACKAGE, where), where)
    resource = _parse(Resource, package.resources[0], f"{where} resources 1")
    expect_plain_name(resource.path)
    shown = f"{name}/{resource.path}"
    _expect_hash(folder / resource.path, shown, resource.hash)
    table = read_table(
        folder / resource.path,
        shown,
        encoding=resource.encoding,
        delimiter=resource.dialect.delimiter,
    )
    fields = {one.name.strip(): one for one in resource.table_schema.fields_}
    _expect_same(shown, table.header, list(fields))
    check_defaults(where, package.trial_defaults)
    columns = tuple(_column(where, fields[head]) for head in table.header)
    guessed = [column for column in columns if fields[column.name].quantity is None]
    expect_no_slip(shown, guessed, columns)
    expect_columns(shown, columns, [*package.trial_defaults])
    reading = Reading(
        missing=(*resource.table_schema.missing, ""),
        decimal={head: one.decimal for head, one in fields.items() if one.decimal != "."},
        limits={
            h: one.constraints for h, one in fields.items() if one.constraints != Constraints()
        },
        defaults=package.trial_defaults,
    )
    return package, table, columns, reading


def parse_head(raw: bytes, name: str) -> PackageHead:
    """datapackage.json from its bytes; FileError with line and column, or key and rule."""
    return _parse(PackageHead, read_json(raw, name), name)


def _parse(model: type[P], data: dict[str, Any], name: str) -> P:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise FileError(str(refusal(error, name))) from error


def read_json(raw: bytes, name: str) -> dict[str, Any]:
    """The object of a JSON file; FileError names line and column of what breaks it."""
    try:
        data = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise FileError(f"{name}: is not UTF-8 text; save it as UTF-8") from error
    except json.JSONDecodeError as error:
        raise FileError(
            f"{name} line {error.lineno} column {error.colno}: {error.msg}; correct this line"
        ) from error
    except (RecursionError, ValueError) as error:
        raise FileError(f"{name}: is no plain JSON; copy the form of a shipped package") from error
    if not isinstance(data, dict):
        raise FileError(f"{name}: is no JSON object; copy the form of a shipped package")
    return data


def _no_constant(word: str) -> float:
    raise ValueError(word)


def _expect_hash(path: Path, shown: str, told: str) -> None:
    kind, _, digest = told.rpartition(":")
    if kind == "sha256" and hashlib.sha256(read_bytes(path, shown)).hexdigest() != digest.lower():
        raise FileError(
            f"{shown}: differs from its sha256 in {PACKAGE}; get it anew, or take the hash out if "
            "you changed the table on purpose"
        )


def _expect_same(shown: str, header: Sequence[str], fields: Sequence[str]) -> None:
    lacking = [show(one) for one in fields if one not in header]
    if lacking:
        raise FileError(f"{shown}: lacks the columns {', '.join(lacking)} that {PACKAGE} lists")
    unlisted = [show(one) for one in header if one not in fields]
    if unlisted:
        raise FileError(
            f"{shown}: {PACKAGE} does not list the columns {', '.join(unlisted)}; add them there"
        )


def _column(name: str, told: PackageField) -> Column:
    key, unit = split_header(told.name)
    if told.quantity is not None:
        key = told.quantity
        if key and key not in Trial.model_fields:
            raise FileError(
                f"{name} field {show(told.name)} quantity: {show(key)} is no key of a trial; "
                f"known: {', '.join(Trial.model_fields)}"
            )
    if not key:
        return Column(told.name.strip(), "")
    if unit and told.unit and unit != told.unit:
        raise FileError(
            f"{name} field {show(told.name)}: the name says {unit}, unit says {show(told.unit)}; "
            "correct one of them"
        )
    numeric = key in QUANTITIES or key in WHOLE
    if numeric and told.type not in _NUMERIC:
        raise FileError(
            f"{name} field {show(told.name)} type: {show(told.type)} for numbers; write "
            f'"{"integer" if key in WHOLE else "number"}"'
        )
    return make_column(name, told.name.strip(), key, told.unit or unit)


def pack_trials(trials: Sequence[Trial], head: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of a package that hold these trials: name -> bytes, the same for the same trials.

    head  keys of datapackage.json beside resources: name, title, licenses, ...
    """
    rows = [trial.model_dump() for trial in trials]
    keys = [key for key in Trial.model_fields if any(_known(key, row[key]) for row in rows)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(keys)
    writer.writerows([_cell(key, row[key]) for key in keys] for row in rows)
    table = text.getvalue().encode("utf-8")
    resource = {
        "name": "trials",
        "path": TABLE,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "schema": {"fields": [describe_field(key) for key in keys]},
    }
    told = {"profile": "tabular-data-package", **head, "resources": [resource]}
    text_json = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    made = {PACKAGE: text_json.encode("utf-8"), TABLE: table}
    parse_head(made[PACKAGE], PACKAGE)
    return made


def describe_field(key: str) -> dict[str, Any]:
    """The entry of a key of `Trial` in a schema: type, unit, meaning, legal range."""
    field = Trial.model_fields[key]
    q = QUANTITIES.get(key)
    if q is not None:
        limits: dict[str, Any] = {"minimum": q.lo, "maximum": q.hi}
        told = {"name": key, "type": "number", "unit": q.unit, "description": q.meaning}
        return told | {"constraints": limits | _required(field.is_required())}
    kind = "integer" if key in WHOLE else "date" if key == "date" else "string"
    told = {"name": key, "type": kind}
    told |= {"description": field.description} if field.description else {}
    return told | ({"constraints": _required(True)} if field.is_required() else {})


def _required(needed: bool) -> dict[str, bool]:
    return {"required": True} if needed else {}


def _known(key: str, value: Any) -> bool:
    return Trial.model_fields[key].is_required() or value != Trial.model_fields[key].default


def _cell(key: str, value: Any) -> str:
    if value is None:
        return ""
    q = QUANTITIES.get(key)
    return f"{to_unit(value, q.unit):.15g}" if q is not None else str(value)
