"""Licences that data are shared under, and what each allows whoever receives them."""

from __future__ import annotations

from dataclasses import dataclass

from reclad.errors import FileError
from reclad.units import nearest, show


@dataclass(frozen=True)
class Licence:
    """An open licence: name, key in the list of open licences, what it allows and asks."""

    name: str
    key: str
    allows: str


_CREDIT = "name the source and say what was changed"
LICENCES = (
    Licence("CC0 1.0", "CC0-1.0", "any use, without conditions"),
    Licence("CC BY 4.0", "CC-BY-4.0", f"any use, commercial too; {_CREDIT}"),
    Licence(
        "CC BY-SA 4.0",
        "CC-BY-SA-4.0",
        f"any use, commercial too; {_CREDIT}, and pass it on under this licence only",
    ),
    Licence("CC BY-NC 4.0", "CC-BY-NC-4.0", f"use that is not commercial; {_CREDIT}"),
    Licence("CC BY-ND 4.0", "CC-BY-ND-4.0", "passing it on unchanged; name the source"),
    Licence("ODC-By 1.0", "ODC-By-1.0", f"any use, commercial too; {_CREDIT}"),
    Licence(
        "ODbL 1.0",
        "ODbL-1.0",
        f"any use, commercial too; {_CREDIT}, and pass a changed database on under this licence",
    ),
)
_BY_NAME = {one.key.casefold(): one for one in LICENCES}


def find_licence(name: str) -> Licence:
    """The licence of that name or key; FileError with the nearest if it is none of LICENCES."""
    found = known_licence(name)
    if found is None:
        raise FileError(
            f"licence {show(name)} is not known; {nearest(name, [one.name for one in LICENCES])}; "
            "or share under an agreement with --agreement FILE"
        )
    return found


def known_licence(name: str) -> Licence | None:
    """The licence of that name or key, None if it is none of LICENCES."""
    return _BY_NAME.get("-".join(name.casefold().split()))
