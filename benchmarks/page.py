"""The page of benchmarks, section by section: each script rewrites its own and leaves the rest."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Measured, not promised. Each section is written by the command it names and can be made again alone.
Timings on shared cores vary by a factor of two, CPU seconds less; a bar that is missed says so.
"""
ORDER = (
    "main job",
    "pool table",
    "heat of whole parts",
    "heat against fine",
    "heat over draws",
    "peer",
    "sampler",
    "laboratories",
    "suggest",
    "job shop",
    "risk",
    "hand reckoned",
    "schedule",
    "promises",
    "capacity",
)


@dataclass(frozen=True)
class Row:
    """A figure, what was measured, what is wanted and whether it is met (None: no bar)."""

    figure: str
    measured: str
    wanted: str = ""
    met: bool | None = None


def at_most(figure: str, value: float, bar: float, form: str, note: str = "") -> Row:
    """A row whose value may be no more than the bar; `form` writes both, as "{:.1f} s"."""
    return Row(figure, form.format(value) + note, f"≤ {form.format(bar)}", value <= bar)


def table(rows: list[Row]) -> str:
    """Rows as a table."""
    said = {True: "met", False: "**missed**", None: ""}
    lines = ["| figure | measured | wanted | |", "|---|---|---|---|"]
    lines += [f"| {r.figure} | {r.measured} | {r.wanted} | {said[r.met]} |" for r in rows]
    return "\n".join(lines)


def conditions() -> str:
    """The machine, in words."""
    info = Path("/proc/cpuinfo")
    model = platform.processor()
    if info.exists():
        found = re.search(r"model name\s*: (.+)", info.read_text(encoding="ascii", errors="ignore"))
        model = found.group(1).strip() if found else model
    return f"{os.cpu_count()} shared cores ({model}), Python {platform.python_version()}"


def write_section(name: str, text: str) -> None:
    """Put the section on the page, in its place."""
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    sections = dict(re.findall(r"<!-- begin (.+?) -->\n(.*?)\n<!-- end \1 -->", old, re.DOTALL))
    sections[name] = text.strip()
    parts = [HEAD]
    parts += [
        f"<!-- begin {key} -->\n{sections[key]}\n<!-- end {key} -->\n"
        for key in ORDER
        if key in sections
    ]
    PAGE.write_text("\n".join(parts), encoding="utf-8")
