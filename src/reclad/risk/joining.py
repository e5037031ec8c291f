"""Two claddings of one part, one after the other, judged as the one repair that they make."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reclad.risk.said import Said

if TYPE_CHECKING:
    from reclad.risk.modes import Evidence, ModeChance


def join(under: Evidence, over: Evidence, parent: str) -> Evidence:
    """The evidence of a buffer layer and of the overlay on it, as of one repair.

    under, over   of the job that lays the buffer on the part, and of the one that lays the overlay
    parent        name of the part's own metal
    Per kind of damage the part must come through both: 1 - (1 - a)(1 - b), with figure and words of
    the likelier. Zone, warping and steel are those of the buffer's job, the clad is the overlay's;
    what the overlay's heat does to the part's own metal under the buffer is not reckoned, and is
    noted. Checked: tests/risk/test_joining.py.
    """
    names = list(dict.fromkeys(one.mode.mode for one in (*under.modes, *over.modes)))
    apart = Said(
        "zone and warping of {parent} are those of the buffer layer: what the heat of the overlay "
        "adds to them is not reckoned",
        {"parent": parent},
    )
    notes = [*under.notes, *(note for note in over.notes if note not in under.notes), apart]
    return replace(
        under,
        modes=tuple(_joined(name, under, over) for name in names),
        clad=over.clad,
        clad_limit=over.clad_limit,
        notes=tuple(notes),
    )


def _joined(name: str, under: Evidence, over: Evidence) -> ModeChance:
    found = [one for one in (*under.modes, *over.modes) if one.mode.mode == name]
    sound = 1.0
    for one in found:
        sound *= 1.0 - one.chance
    return replace(max(found, key=lambda one: one.chance), chance=1.0 - sound)
