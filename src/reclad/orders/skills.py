"""What a person may do, in the words in which a step asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reclad.orders.shop_file import Person


def skills_of(person: Person) -> frozenset[str]:
    """Processes a person is authorised for; cladding powder by powder, e.g. "clad IN625"."""
    plain = {skill for skill in person.skills if skill != "clad"}
    return frozenset(plain | {f"clad {powder}" for powder in person.powders})
