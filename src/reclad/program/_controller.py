"""The part of reading a text that all controllers share: pose, outputs, place, and the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from reclad.program._dialect import PLACE, Dialect
from reclad.program._outputs import Outputs
from reclad.program._states import States
from reclad.program._words import show
from reclad.program.findings import Findings
from reclad.program.neutral import RAPID, ProgramMeta
from reclad.program.readback import ReadBack

if TYPE_CHECKING:
    from reclad.job import Machine

Target = tuple[float | None, float | None, float | None, float | None]
_KNOWN = ("job", "machine", "PRELIMINARY", "DRY RUN")


@dataclass
class Controller:
    """Modal state while a text is read line by line; X, Y, Z in mm and A in deg, None unknown."""

    machine: Machine
    found: Findings
    dialect: Dialect
    inverse: bool = False
    x: float | None = None
    y: float | None = None
    z: float | None = None
    a: float | None = None
    seen: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    end_line: int = 0
    machine_line: int = 0
    first_axes: str = ""
    meta: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.states = States(self.machine)
        self.outputs = Outputs(self.machine, self.found, self.states)
        self.axes = "".join(self.machine.axes.as_dict())
        # What the cell cannot move stands at its zero.
        self.y = None if "Y" in self.axes else 0.0
        self.a = None if "A" in self.axes else 0.0

    def note(self, number: int, comment: str) -> None:
        """Take what a comment says about place, job and machine."""
        place = PLACE.match(comment)
        if place:
            self.states.place = (int(place.group(1)), int(place.group(2)))
            return
        key, colon, value = comment.strip().partition(": ")
        if colon and key in _KNOWN:
            self.meta.setdefault(key, value)
            if key == "machine" and not self.machine_line:
                self.machine_line = number

    def ended(self, number: int, raw: str) -> None:
        """Report text behind the end of the program."""
        end = self.dialect.end
        self.found.add(
            number,
            "text-after-end",
            f"{show(raw)} stands after {end} in line {self.end_line}: it will never run - "
            f"move {end} to the end",
        )

    def unknown_word(self, number: int, word: str) -> None:
        """Report a word that means nothing here, such as an axis the cell lacks."""
        self.found.add(
            number,
            "unknown-word",
            f"{word} has no meaning here on machine {self.machine.name} "
            f"(axes {', '.join(self.axes)}) - remove it",
        )

    def no_axes(self, number: int, raw: str) -> None:
        """Report a motion without a target."""
        some, last = self.axes[:-1], self.axes[-1]
        self.found.add(
            number,
            "no-axis-words",
            f"{show(raw)}: a motion without {', '.join(some)} or {last} - name the target",
        )

    def target(self, values: dict[str, float]) -> Target | None:
        """Where a motion's axis words lead, using them up; None when there are none."""
        given = {axis: values.pop(axis) for axis in self.axes if axis in values}
        if not given:
            return None
        self.name("".join(given))
        get = given.get
        return get("X", self.x), get("Y", self.y), get("Z", self.z), get("A", self.a)

    def name(self, axes: str) -> None:
        """Remember which axes are programmed."""
        self.first_axes = self.first_axes or axes
        self.named.update(axes)

    def go(
        self, number: int, target: Target, *, cutting: bool
    ) -> tuple[float, float, float, float, bool]:
        """Move; queued outputs take effect with it. Gives the way along X, Y, Z, A, and if none."""
        x, y, z, a = target
        dx = 0.0 if x is None or self.x is None else x - self.x
        dy = 0.0 if y is None or self.y is None else y - self.y
        dz = 0.0 if z is None or self.z is None else z - self.z
        da = 0.0 if a is None or self.a is None else a - self.a
        still = (
            dx == dy == dz == da == 0.0
            and self.x is not None
            and self.z is not None
            and (self.y is not None or "Y" not in self.named)
            and (self.a is not None or "A" not in self.named)
        )
        if still and (self.outputs.queue or cutting):
            self.found.add(
                number,
                "no-motion",
                "a motion that moves nothing: queued outputs do not fire and no time passes - "
                "remove it",
            )
        if self.outputs.queue and not still:
            self.outputs.fire()
        self.x, self.y, self.z, self.a = x, y, z, a
        return dx, dy, dz, da, still

    def rapid(self, number: int, target: Target) -> None:
        """One rapid, at the machine's own speeds."""
        dx, dy, dz, da, _ = self.go(number, target, cutting=False)
        self.state(RAPID, self.states.rapid_time(dx, dy, dz, da), number)

    def state(self, kind: int, seconds: float, number: int) -> None:
        """Add one state at the pose and under the outputs now in force."""
        out = self.outputs
        if not len(self.states):
            switched = {event.role for event in out.immediates}
            still_on = {role for role, on in (("laser", out.watts), ("gate", out.gate)) if on}
            self.seen |= {f"{role} off" for role in switched - still_on}
        pose = (inf if p is None else p for p in (self.x, self.y, self.z, self.a))
        row = (kind, min(seconds, 1e12), *pose, out.watts, out.gate, number)
        self.states.append(row, self.inverse, out.laser_line, out.gate_line)

    def no_feed_rate(self, number: int, rate: float | None) -> None:
        """Report a cutting move whose time nobody can tell."""
        said = "without F" if rate is None else f"with F{rate:g}"
        mode = "G93" if self.inverse else "G94"
        self.found.add(
            number, "no-feed-rate", f"{mode} move {said}: no time can be kept - write F above 0"
        )

    def result(self, lines: list[str]) -> ReadBack:
        """Everything read, once the text is over."""
        out, end = self.outputs, self.dialect.end
        last = len(lines) - 1 if len(lines) > 1 and not lines[-1] else len(lines)
        if not self.end_line:
            what = "empty program" if not any(lines) else f"program without {end}"
            self.found.add(last, "no-end", f"{what}: nothing says it is over - end it with {end}")
        flat = "Y" in self.axes and "A" not in self.named
        meta = ProgramMeta(
            name=self.meta.get("job", ""),
            machine=self.meta.get("machine", ""),
            preliminary="PRELIMINARY" in self.meta,
            dry_run="DRY RUN" in self.meta,
            form="flat" if flat else "round",
        )
        return ReadBack(
            program=self.states.program(meta),
            findings=tuple(self.found.sorted()),
            inverse=np.array(self.states.inverse, dtype=np.bool_),
            laser_line=np.array(self.states.laser_line, dtype=np.int32),
            gate_line=np.array(self.states.gate_line, dtype=np.int32),
            power_lines=np.array(out.power_lines, dtype=np.int32),
            powers=np.array(out.powers, dtype=np.float64),
            immediates=tuple(out.immediates),
            pending=tuple((line, f"{name} {role}") for line, name, role, _ in out.queue),
            seen=frozenset(self.seen),
            end_line=self.end_line,
            machine_line=self.machine_line,
            first_axes=self.first_axes,
            left_on=out.left_on(),
            known_from=self.states.known_from,
            dialect=self.dialect,
        )
