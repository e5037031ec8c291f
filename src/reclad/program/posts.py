"""Posts and readers by controller: the built-in ones are found the same way as a stranger's."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from reclad.errors import ProgramError

if TYPE_CHECKING:
    from reclad.job import Machine
    from reclad.program.neutral import Program
    from reclad.program.readback import ReadBack

POSTS = "reclad.posts"
READERS = "reclad.readers"
_SUFFIXES = {"linuxcnc": ".ngc", "sinumerik840d": ".mpf"}


def post(program: Program, machine: Machine) -> str:
    """The program as text for the machine's controller.

    Posts are entry points of the group `reclad.posts`, a function of (Program, Machine) each.
    Raises ProgramError when no post of that name is installed.
    """
    text: str = _find(POSTS, machine.controller)(program, machine)
    return text


def read_text(text: str | bytes, machine: Machine) -> ReadBack:
    """What a text makes the machine do, as its controller means it.

    Readers are entry points of the group `reclad.readers`, a function of (text, Machine) each.
    Raises ProgramError when no reader of that name is installed; a bad text is findings.
    """
    read: ReadBack = _find(READERS, machine.controller)(text, machine)
    return read


def program_suffix(machine: Machine) -> str:
    """How the machine's controller wants program files to end, such as ".ngc"."""
    return _SUFFIXES.get(machine.controller, ".txt")


@cache
def _find(group: str, controller: str) -> Any:
    found = {point.name: point for point in entry_points(group=group)}
    if controller not in found:
        raise ProgramError(
            f"controller {controller!r} has no {group.removeprefix('reclad.').removesuffix('s')}; "
            f"installed are {', '.join(sorted(found))}"
        )
    return found[controller].load()
