"""What the LinuxCNC writer and reader must agree on: comments, line limit, digest."""

from __future__ import annotations

import hashlib
import re
import unicodedata

LINE_LIMIT = 255
# LinuxCNC never feeds slower than this in inverse time: length x F is clamped upwards (measured).
SLOWEST_RATE = 0.1
# A word a controller would act on: a lost line break or bracket once hid "emission on" this way.
COMMAND = re.compile(
    r"(?<![A-Z0-9.])[GM]\s?\d{1,3}(?:\.\d)?(?![A-Z0-9])|\bEMO(?:N|FF)\b|\bAB[NF]\b", re.IGNORECASE
)
# Comments LinuxCNC itself executes.
ACTIVE = re.compile(r"\s*(?:MSG|DEBUG|PRINT|LOG\w*|PROBE\w*|PY)\s*,", re.IGNORECASE)
PLACE = re.compile(r"\s*layer (\d{1,9}) turn (\d{1,9})\s*\Z")
DIGEST = re.compile(r"\A\( sha256: ([0-9a-f]{64}) \)\Z")


def clean_comment(text: str) -> str:
    """Text fit for the inside of a comment: ASCII, no brackets, nothing a controller would run."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.encode("ascii", "replace").decode()
    plain = "".join(c if c.isprintable() else " " for c in plain)
    plain = plain.translate(str.maketrans("();%", "[],p"))
    plain = COMMAND.sub(lambda found: "-".join(found.group().replace(" ", "")), plain)
    plain = plain.replace("sha256:", "sha256").strip()
    return f"text {plain}" if ACTIVE.match(plain) else plain


def digest(lines: list[str]) -> str:
    """SHA-256 of a program's lines but for its own `( sha256: ... )` line, hexadecimal."""
    body = "\n".join(line for line in lines if not DIGEST.match(line))
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
