"""What writer and reader of one controller must agree on: codes, comments, line limit, digest."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

LINE_LIMIT = 255
PRINT = 2e-8  # m: two roundings of 5 decimals of a millimetre
# A word a controller would act on: a lost line break or bracket once hid "emission on" this way.
COMMAND = re.compile(
    r"(?<![A-Z0-9.])[GM]\s?\d{1,3}(?:\.\d)?(?![A-Z0-9])|\bEMO(?:N|FF)\b|\bAB[NF]\b", re.IGNORECASE
)
# Comments LinuxCNC itself executes.
ACTIVE = re.compile(r"\s*(?:MSG|DEBUG|PRINT|LOG\w*|PROBE\w*|PY)\s*,", re.IGNORECASE)
PLACE = re.compile(r"\s*layer (\d{1,9}) (?:turn|track) (\d{1,9})\s*\Z")
DIGEST = re.compile(r"\A(?:\( sha256: ([0-9a-f]{64}) \)|; sha256: ([0-9a-f]{64}))\Z")


@dataclass(frozen=True)
class Dialect:
    """One controller's words, as rules and their messages need them.

    `needed` before the first motion: code, rule, what its absence does; `power_off` and `gate_off`
    formats of the output's number; `slowest_rate` the least inverse-time rate it keeps (length x F,
    mm/min; 0: it keeps any); `command` what a comment must not hide.
    """

    name: str
    needed: tuple[tuple[str, str, str], ...]
    power_off: str
    gate_off: str
    queued_on: str
    queued_off: str
    queued: str
    off_now: str
    off_word: str
    open_gate: str
    end: str
    value: str
    comment: str
    slowest_rate: float
    command: re.Pattern[str]


_MILLIMETRES = "millimetres are not set: a controller may wake up in inches"
_ABSOLUTE = "absolute positions are not set: every move could be taken as a step"
_BLENDED = "blending is not set: the machine may stop and burn at every block"
_NO_CUTTER = "cutter compensation is not cancelled: it would shift the path"
_NO_FRAME = "a left-over transformation is not cancelled: it would bend the path"
_NO_TOOL = "a left-over tool length is not cancelled: it would shift Z"

LINUXCNC = Dialect(
    name="LinuxCNC",
    needed=(
        ("G21", "units", _MILLIMETRES),
        ("G90", "distance", _ABSOLUTE),
        ("G64", "path-mode", _BLENDED),
        ("G40", "header", _NO_CUTTER),
        ("G49", "header", _NO_TOOL),
    ),
    power_off="M68 E{} Q0",
    gate_off="M65 P{}",
    queued_on="M67 and M62",
    queued_off="M67 Q0 and M63",
    queued="M67, M62 or M63",
    off_now="M68 Q0 and M65",
    off_word="M65 or M68",
    open_gate="M62",
    end="M2",
    value="Q",
    comment="( {} )",
    # LinuxCNC never feeds slower than this in inverse time: length x F is clamped upwards.
    slowest_rate=0.1,
    command=COMMAND,
)

SINUMERIK = Dialect(
    name="SINUMERIK 840D",
    needed=(
        ("G710", "units", _MILLIMETRES),
        ("G90", "distance", _ABSOLUTE),
        ("G64", "path-mode", _BLENDED),
        ("G40", "header", _NO_CUTTER),
        ("D0", "header", _NO_TOOL),
        ("TRAFOOF", "header", _NO_FRAME),
        ("DIAMOF", "header", "diameter programming is not cancelled: it would halve a radius"),
    ),
    power_off="$A_OUTA[{}]=0",
    gate_off="$A_OUT[{}]=0",
    queued_on="DO $A_OUTA and DO $A_OUT",
    queued_off="DO $A_OUTA=0 and DO $A_OUT=0",
    queued="DO",
    off_now="STOPRE, $A_OUTA=0 and $A_OUT=0",
    off_word="STOPRE and the output itself",
    open_gate="DO $A_OUT=1",
    end="M30",
    value="the value",
    comment="; {}",
    slowest_rate=0.0,
    command=re.compile(COMMAND.pattern + r"|\$A\w+|\bSTOPRE\b", re.IGNORECASE),
)


def clean_comment(text: str, command: re.Pattern[str] = COMMAND) -> str:
    """Text fit for the inside of a comment: ASCII, no brackets, nothing a controller would run."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.encode("ascii", "replace").decode()
    plain = "".join(c if c.isprintable() else " " for c in plain)
    plain = plain.translate(str.maketrans("();%", "[],p"))
    plain = command.sub(lambda found: "-".join(found.group().replace(" ", "")), plain)
    plain = plain.replace("sha256:", "sha256").strip()
    return f"text {plain}" if ACTIVE.match(plain) else plain


def written_digest(line: str) -> str:
    """The digest a line carries, hexadecimal; "" if it carries none."""
    match = DIGEST.match(line)
    return (match.group(1) or match.group(2)) if match else ""


def digest(lines: list[str]) -> str:
    """SHA-256 of a program's lines but for its own `sha256: ...` line, hexadecimal."""
    body = "\n".join(line for line in lines if not DIGEST.match(line))
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
