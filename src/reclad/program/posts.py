"""Posts by controller: the built-in one is found the same way as a stranger's."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from reclad.errors import ProgramError

if TYPE_CHECKING:
    from collections.abc import Callable

    from reclad.job import Machine
    from reclad.program.neutral import Program

GROUP = "reclad.posts"


def post(program: Program, machine: Machine) -> str:
    """The program as text for the machine's controller.

    Posts are entry points of the group `reclad.posts`, a function of (Program, Machine) each.
    Raises ProgramError when no post of that name is installed.
    """
    return _find(machine.controller)(program, machine)


@cache
def _find(controller: str) -> Callable[[Program, Machine], str]:
    found = {point.name: point for point in entry_points(group=GROUP)}
    if controller not in found:
        raise ProgramError(
            f"controller {controller!r} has no post; installed are {', '.join(sorted(found))}"
        )
    loaded: Callable[[Program, Machine], str] = found[controller].load()
    return loaded
