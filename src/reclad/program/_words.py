"""One line of a LinuxCNC program to words and comments; whatever is doubtful is a finding."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reclad.program._dialect import ACTIVE, COMMAND, LINE_LIMIT
from reclad.program.findings import Findings

_WORD = re.compile(r"\s*([A-Z])\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))\s*")
_EXPONENT = re.compile(r"[0-9.]E[+-]?[0-9]")
_LARGEST = 1e9


@dataclass
class Words:
    """Words of one line: G and M codes in tenths (G61.1 is 611), other letters once each."""

    g: list[int] = field(default_factory=list)
    m: list[int] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.g or self.m or self.values)


def split_line(number: int, raw: str, found: Findings) -> Words | None:
    """Words of a line, or None when it cannot be trusted (the reason is in `found`)."""
    if len(raw) > LINE_LIMIT:
        found.add(
            number,
            "long-line",
            f"line of {len(raw)} characters: the controller reads {LINE_LIMIT} - split it",
        )
        return None
    raw = raw.replace("\t", " ")
    if not (raw.isascii() and raw.isprintable()):
        found.add(
            number,
            "not-text",
            f"{show(raw)} holds characters a controller does not read - save as plain ASCII text",
        )
        return None
    words = Words()
    code = _strip_comments(number, raw, words, found) if "(" in raw or ";" in raw else raw
    if code is None or (")" in code and not _stray(number, code, found)):
        return None
    return words if _fill(number, code.upper().strip(), words, found) else None


def show(text: str) -> str:
    """Text of a line for a message: quoted, escaped, short."""
    short = text if len(text) <= 40 else text[:37] + "..."
    return '"' + short.encode("unicode_escape").decode() + '"'


def _stray(number: int, code: str, found: Findings) -> bool:
    found.add(number, "comment", f"{show(code)}: bracket closes no comment - remove it")
    return False


def _strip_comments(number: int, raw: str, words: Words, found: Findings) -> str | None:
    kept, at = "", 0
    while at < len(raw):
        start = re.compile(r"[(;]").search(raw, at)
        if start is None:
            return kept + raw[at:]
        kept += raw[at : start.start()] + " "
        if start.group() == ";":
            _comment(number, raw[start.end() :], words, found)
            return kept
        stop = raw.find(")", start.end())
        inside = raw[start.end() : stop if stop >= 0 else len(raw)]
        if stop < 0 or "(" in inside:
            rule = "comment is not closed" if stop < 0 else "comment within a comment"
            found.add(number, "comment", f"{show(raw)}: {rule} - mend the brackets")
            return None
        _comment(number, inside, words, found)
        at = stop + 1
    return kept


def _comment(number: int, text: str, words: Words, found: Findings) -> None:
    words.comments.append(text)
    hidden = COMMAND.search(text)
    if hidden:
        found.add(
            number,
            "command-in-comment",
            f'comment hides the command "{hidden.group()}": a lost line break or bracket makes it '
            f"run or not run unseen - move it to its own line or reword the comment",
        )
    if ACTIVE.match(text):
        found.add(
            number,
            "active-comment",
            f"{show(text)} is a comment the controller executes - remove it",
        )


def _fill(number: int, code: str, words: Words, found: Findings) -> bool:
    if not code:
        return True
    if _EXPONENT.search(code):
        found.add(
            number,
            "exponent",
            f"{show(code)}: the controller reads an exponent as a second E word - "
            f"write the number out",
        )
        return False
    at = 0
    while at < len(code):
        match = _WORD.match(code, at)
        if match is None:
            rule = "not-a-number" if code[at].isalpha() else "syntax"
            found.add(
                number, rule, f"{show(code[at:])}: no letter with a plain number - correct the word"
            )
            return False
        letter, value = match.group(1), float(match.group(2))
        if not abs(value) <= _LARGEST:
            found.add(number, "not-a-number", f"{letter}{value:g} is no usable number - correct it")
            return False
        if letter == "N" and at == 0:
            pass
        elif letter in "GM":
            (words.g if letter == "G" else words.m).append(round(value * 10))
        elif letter in words.values:
            found.add(number, "duplicate-word", f"{show(code)}: two {letter} words - keep one")
            return False
        else:
            words.values[letter] = value
        at = match.end()
    return True
