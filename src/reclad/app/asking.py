"""Questions on the terminal, each answer checked at once; from a pipe or a file as well."""

from __future__ import annotations

import datetime
import io
import json
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from reclad.app.door import mention
from reclad.errors import FileError, JobError, RecladError
from reclad.job.reading import parse_toml, read_text, validate
from reclad.units import nearest, show

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from reclad.units import Declared, Q

R = TypeVar("R")
_TRIES = 10
_LINE_LIMIT = 2000


@dataclass(frozen=True)
class Question:
    """One question: key in the answers, words, what counts without an answer, and its check.

    check    the answer as TOML; raises RecladError with the way out
    """

    key: str
    asks: str
    check: Callable[[str], str]
    default: str | None = None


class Answers(Protocol):
    """Where answers come from."""

    def take(self, question: Question, default: str | None) -> str:
        """The answer as typed, "" for none; FileError when there are no more."""

    def rows(self, question: Question) -> list[str]:
        """The lines of a list, which ends with an empty one."""

    def refuse(self, key: str, error: RecladError) -> None:
        """Say what is wrong with an answer before it is asked again; or raise."""

    def finish(self, asked: set[str], /) -> None:
        """Refuse answers to questions nobody asked."""


@dataclass
class Lines:
    """Answers line by line: a terminal, a pipe, or a text file."""

    stream: TextIO | None
    name: str = "answers"

    def take(self, question: Question, default: str | None) -> str:
        shown = f" [{default}]" if default is not None else ""
        mention(f"  {question.key}: {question.asks}{shown}")
        return self._line(question.key)

    def rows(self, question: Question) -> list[str]:
        mention(f"  {question.key}: {question.asks}")
        found = []
        while line := self._line(question.key):
            found.append(line)
            if len(found) > 200:
                raise FileError(f"{self.name}: more than 200 lines for {question.key}; stop there")
        return found

    def refuse(self, key: str, error: RecladError) -> None:
        mention(f"  {key}: no - {error}")

    def finish(self, _: set[str], /) -> None:
        return None

    def _line(self, key: str) -> str:
        try:
            line = self.stream.readline(_LINE_LIMIT) if self.stream is not None else ""
            line.encode()  # bytes that are no text may pass a pipe in disguise
        except UnicodeError as error:
            raise FileError(
                f"{self.name}: not UTF-8 text at {key}; nothing is written; save them as UTF-8"
            ) from error
        except ValueError:  # a closed stream
            line = ""
        if not line:
            raise FileError(
                f"{self.name}: they end at {key}, which is not answered; nothing is written; "
                "start again"
            )
        if len(line) >= _LINE_LIMIT:
            raise FileError(f"{self.name}: a line of over {_LINE_LIMIT} signs at {key}; shorten it")
        return line.strip()


@dataclass
class TableOfAnswers:
    """Answers by key from a TOML file; a wrong one ends the questions."""

    table: dict[str, Any]
    name: str

    def take(self, question: Question, default: str | None) -> str:
        if question.key not in self.table:
            if default is None:
                raise JobError(f"{self.name} {question.key}: missing; add this key")
            return ""
        value = self.table[question.key]
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value.isoformat()
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value).strip()
        raise JobError(f"{self.name} {question.key}: {show(value)} where text in quotes is wanted")

    def rows(self, question: Question) -> list[str]:
        value = self.table.get(question.key)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise JobError(
                f"{self.name} {question.key}: {show(value)} where a list of texts is wanted; "
                'write for example ["2, 8.1, 60", "4, 16.2, 60", "8, 32.0, 60"]'
            )
        return [row.strip() for row in value]

    def refuse(self, key: str, error: RecladError) -> None:
        raise JobError(f"{self.name} {key}: {error}") from error

    def finish(self, asked: set[str], /) -> None:
        for key in self.table:
            if key not in asked:
                raise JobError(f"{self.name} {key}: unknown key; {nearest(key, sorted(asked))}")


@dataclass
class Asker:
    """Asks until each answer passes its check, and keeps what was answered as TOML."""

    answers: Answers
    told: dict[str, str] = field(default_factory=dict)
    defaulted: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    _typed: dict[str, str] = field(default_factory=dict)

    def ask(self, question: Question) -> str:
        """The checked answer as TOML; asked again, the answer given before is the default."""
        key = question.key
        self.asked.add(key)
        default = self._typed.get(key, question.default)
        for _ in range(_TRIES):
            line = self.answers.take(question, default)
            answer = line or default
            try:
                if answer is None:
                    raise JobError(f"an answer is needed; {question.asks}")
                self.told[key] = question.check(answer)
            except RecladError as error:
                self.answers.refuse(key, error)
                continue
            self._typed[key] = answer
            if answer == question.default and not line:
                self.defaulted.add(key)
            else:
                self.defaulted.discard(key)
            return self.told[key]
        raise JobError(f"{key}: {_TRIES} answers and none fits; nothing is written; start again")

    def until_right(self, key: str, ask: Callable[[], R]) -> R:
        """What `ask` gives; its questions, whose keys start with `key`, are asked again while it
        refuses the answers together."""
        for _ in range(_TRIES):
            self.told = {k: v for k, v in self.told.items() if not k.startswith(f"{key}.")}
            try:
                return ask()
            except TogetherError as error:
                self.answers.refuse(key, error)
        raise JobError(f"{key}: {_TRIES} times refused; nothing is written; start again")

    def rows(self, question: Question) -> list[str]:
        """The lines of a list."""
        self.asked.add(question.key)
        return self.answers.rows(question)

    def table(self, prefix: str) -> dict[str, Any]:
        """The answers whose keys start with a prefix, as plain values to validate together."""
        below = {k.removeprefix(prefix): v for k, v in self.told.items() if k.startswith(prefix)}
        return tomllib.loads("\n".join(f"{key} = {value}" for key, value in below.items()))

    def expect(self, model: type[Declared], prefix: str, more: dict[str, Any]) -> None:
        """TogetherError unless the answers below a prefix, and `more`, are a valid model."""
        name = prefix.rstrip(".")
        try:
            validate(model, self.table(prefix) | more, name)
        except RecladError as error:
            raise TogetherError(str(error).removeprefix(f"{name} ")) from error


class TogetherError(JobError):
    """Answers that are right one by one and wrong together."""


def open_answers(file: Path | None) -> Answers:
    """Answers from a file (TOML if its name ends so, else line by line), or from stdin."""
    if file is None:
        return Lines(sys.stdin)
    text = read_text(file, file.name)
    if file.suffix.lower() == ".toml":
        return TableOfAnswers(_flat(parse_toml(text), ""), file.name)
    return Lines(io.StringIO(text.text), file.name)


def _flat(table: dict[str, Any], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def quantity(q: Q) -> Callable[[str], str]:
    """A check by the unit door: kind of unit and range; kept as it was typed."""

    def check(answer: str) -> str:
        q.parse(answer)
        return toml(answer)

    return check


def whole(low: int, high: int) -> Callable[[str], str]:
    """A check for a whole number."""

    def check(answer: str) -> str:
        if not (answer.isascii() and answer.isdecimal()) or not low <= int(answer[:9]) <= high:
            raise JobError(f"{show(answer)} is no whole number from {low} to {high}; write one")
        return str(int(answer))

    return check


def choice(*known: str) -> Callable[[str], str]:
    """A check for one of a few words, capitals forgiven."""

    def check(answer: str) -> str:
        for word in known:
            if word.casefold() == answer.casefold():
                return toml(word)
        raise JobError(f"{show(answer)} is not one of {', '.join(known)}; write one of these")

    return check


def words(answer: str) -> str:
    """A check for free text: one line of up to 80 printable signs."""
    if not answer.isprintable() or len(answer) > 80:
        raise JobError(f"{show(answer)} is no plain text of up to 80 signs; shorten it")
    return toml(answer)


def past_date(answer: str) -> str:
    """A check for a date that is not in the future."""
    try:
        date = datetime.date.fromisoformat(answer)
    except ValueError as error:
        raise JobError(f"{show(answer)} is no date; write for example 2026-10-15") from error
    if date > datetime.datetime.now(tz=datetime.UTC).astimezone().date():
        raise JobError(f"{show(answer)} lies in the future; write the day it was done")
    return date.isoformat()


def toml(text: str) -> str:
    """Printable text as a TOML string."""
    return json.dumps(text, ensure_ascii=False)
