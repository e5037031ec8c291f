"""The door for files: bytes to a valid model, or one line that says what to change."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from reclad.errors import FileError, JobError, UnitError
from reclad.units import Declared, nearest, show

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from pydantic_core import ErrorDetails

M = TypeVar("M", bound=Declared)
SIZE_LIMIT = 1_000_000


@dataclass(frozen=True)
class TextFile:
    """A file as read: the name shown in messages, its text, the sha256 of its bytes."""

    name: str
    text: str
    sha256: str


def read_text(path: Traversable, name: str) -> TextFile:
    """The UTF-8 text of a file (a byte-order mark is dropped); FileError if it is none."""
    raw = _read_bytes(path, name)
    if len(raw) > SIZE_LIMIT:
        raise FileError(f"{name}: larger than 1 MB, so no {_what(name)}; check the name")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileError(
            f"{name} line {line}: not UTF-8 text; save the file as UTF-8 in the editor"
        ) from error
    if not text.strip():
        raise FileError(f"{name}: empty; copy the example with `reclad new`")
    return TextFile(name, text, hashlib.sha256(raw).hexdigest())


def _read_bytes(path: Traversable, name: str) -> bytes:
    try:
        if path.is_dir():
            raise FileError(f"{name}: a folder, not a file; check the name")
        if not path.is_file():
            raise FileError(f"{name}: no such file; check the name, or start with `reclad new`")
        with path.open("rb") as stream:
            return stream.read(SIZE_LIMIT + 1)
    except PermissionError as error:
        raise FileError(f"{name}: permission denied; make the file readable") from error
    except (OSError, ValueError) as error:
        raise FileError(f"{name}: cannot be read ({show(str(error))})") from error


def _what(name: str) -> str:
    return "job file" if name.endswith("job.toml") else "data file"


def parse_toml(file: TextFile) -> dict[str, Any]:
    """The tables of a TOML file; FileError with line and column where the syntax breaks."""
    # A dotted key costs the parser the square of its dots: 1 MB of them would take hours.
    if max(piece.count(".") for piece in re.split(r"[=,\n]", file.text)) > 100:
        raise FileError(f"{file.name}: more than 100 dots in one key or value; shorten it")
    try:
        return tomllib.loads(file.text)
    except RecursionError as error:
        raise FileError(f"{file.name}: nested too deeply; copy the form of the example") from error
    except ValueError as error:  # also a number of more digits than Python converts
        reason = str(error)
        where = ""
        if "(at " in reason:
            reason, _, where = reason.rstrip(")").rpartition(" (at ")
            last = file.text.rstrip().split("\n")
            end = f"line {len(last)}, column {len(last[-1]) + 1}"
            where = " " + where.replace("end of document", end)
        elif "integer string" in reason:
            reason = "a whole number of more than 4300 digits"
        raise FileError(
            f"{file.name}{where}: {_printable(reason)}; correct this line (TOML text needs quotes)"
        ) from error


def _printable(text: str) -> str:
    return show(text, 120)[1:-1]


def validate(model: type[M], data: dict[str, Any], name: str) -> M:
    """The valid model of a parsed file; JobError or UnitError with one line if it is not."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise refusal(error, name) from error


def refusal(error: ValidationError, name: str) -> JobError | UnitError:
    """One line for the first thing wrong in a file, and how many more there are."""
    errors = error.errors(include_url=False)
    first = errors[0]
    rest = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    line = f"{name} {_key_path(first)}: {_sentence(first)}{rest}"
    return UnitError(line) if first["type"] == "quantity" else JobError(line)


def faults(error: ValidationError) -> list[tuple[str, str]]:
    """Everything wrong in a table: its key, "" where a rule involves several, and the sentence."""
    return [
        (str(one["loc"][0]) if one["loc"] else "", _sentence(one))
        for one in error.errors(include_url=False)
    ]


def _key_path(error: ErrorDetails) -> str:
    tables: list[str] = []
    key = ""
    for step in error["loc"]:
        if isinstance(step, int):
            key += f" row {step + 1}"
        elif " row " in key:
            key += f" {step}"
        else:
            if key:
                tables.append(key)
            key = str(step)
    extra = (error.get("ctx") or {}).get("key", "") if error["type"] == "rule" else ""
    if extra and error["loc"]:
        if " row " not in key:
            tables, key = [*tables, key], ""
        words = extra.split(" ")
        if len(words) == 2 and words[1].isidentifier() and not key:
            tables, words = [*tables, words[0]], words[1:]
        key = " ".join([key, *words]).strip()
    elif extra:
        *outer, key = extra.split(" ") if " row " not in extra else [extra]
        tables = outer
    shown = f"[{'.'.join(_printable(t) for t in tables)}] " if tables else ""
    return f"{shown}{_printable(key)}".strip()


_SENTENCES = {
    "missing": "missing; add this key",
    "string_type": "{value} where text in quotes is wanted",
    "int_type": "{value} where a whole number is wanted; write it without quotes",
    "float_type": "{value} where a bare number is wanted; write it without quotes",
    "tuple_type": "{value} where a list in [ ] is wanted",
    "dict_type": "{value} where a table is wanted; write [{key}] on a line of its own",
    "model_type": "{value} where a table is wanted; write [{key}] on a line of its own",
    "too_short": "{value} is too short; give at least {min_length}",
    "too_long": "{value} is too long; give at most {max_length}",
    "string_too_short": "{value} is empty; write a name",
    "string_too_long": "{value} is too long; use at most {max_length} characters",
    "string_pattern_mismatch": '{value} is no element symbol; write for example "Cr"',
    "greater_than_equal": "{value} is below {ge}; write a larger number",
    "less_than_equal": "{value} is above {le}; write a smaller number",
    "greater_than": "{value} is not above {gt}; write a larger number",
}


def _sentence(error: ErrorDetails) -> str:
    context = dict(error.get("ctx") or {})
    kind = error["type"]
    if kind in ("quantity", "rule"):
        return str(context["line"])
    value = show(error.get("input"))
    if kind == "literal_error":
        expected = str(context["expected"]).replace(" or ", ", ").split(",")
        choices = [c.strip(" '") for c in expected]
        near = nearest(value.strip('"'), choices)
        return f"{value} is not one of {', '.join(choices)}" + (
            "; write one of these" if near.startswith("known") else f"; {near}"
        )
    template = _SENTENCES.get(kind)
    if template is None:
        return f"{value}: {_printable(error['msg'])}"
    key = next((str(s) for s in reversed(error["loc"]) if isinstance(s, str)), "")
    return template.format(**(context | {"value": value, "key": _printable(key)}))
