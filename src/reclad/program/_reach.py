"""Which axes a path or program needs, and whether the machine has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reclad.errors import ProgramError

if TYPE_CHECKING:
    from reclad.job import Machine


def check_axes(machine: Machine, *, flat: bool, sideways: bool = False) -> None:
    """Refuse a plate on a machine without Y, a round part without A, motion in a missing Y.

    `sideways`: a round program leaves Y 0 all the same. Raises ProgramError.
    """
    axes = machine.axes.as_dict()
    missing = "Y" if (flat or sideways) and "Y" not in axes else ""
    if not flat and "A" not in axes:
        missing = "A"
    if missing:
        what = "a plate is clad along X and Y" if missing == "Y" else "a round part is turned by A"
        raise ProgramError(
            f"machine {machine.name} has the axes {', '.join(axes)}, not {missing}: {what} - "
            f"choose a machine with {missing}"
        )
