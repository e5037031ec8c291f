"""What damage costs a job, kind by kind: parts that are lost, and work done again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.shop.damage import Damage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reclad.risk import JudgedMode, Risk
    from reclad.shop.money import Amount

    Floats = NDArray[np.float64]


def draw_chances(risk: Risk, draws: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Chance (draws,) of each kind of damage, with what is not known of the shop."""
    return {mode.name: _drawn(mode, draws, rng) for mode in risk.modes}


def _drawn(mode: JudgedMode, draws: int, rng: np.random.Generator) -> Floats:
    shift = mode.shift
    picked = rng.choice(shift.values.size, size=draws, p=shift.weights)
    return np.asarray(shift.chances(np.array(mode.told.chance))[picked])


def lost_parts(risk: Risk, chances: Mapping[str, Floats], cost: Amount) -> tuple[Damage, ...]:
    """The damages that cost the part: chance that it is lost by each kind, at `cost`.

    A part is lost once, however many kinds meet: with kinds independent, the chance that any of
    them takes it, 1 - prod(1 - p), is split over the kinds in proportion to p.
    Checked in tests/shop/test_quote_numbers.py.
    """
    single = {m.name: chances[m.name] * m.told.mode.lost for m in risk.modes}
    return tuple(Damage(name, p, cost) for name, p in _split(single).items())


def rework_chance(risk: Risk, chances: Mapping[str, Floats]) -> Floats:
    """Chance (draws,) that the part is damaged but kept, so that the work is done again once.

    Work that fails a second time is left out. Checked in tests/shop/test_quote_numbers.py.
    """
    any_damage = _any({m.name: chances[m.name] for m in risk.modes})
    any_loss = _any({m.name: chances[m.name] * m.told.mode.lost for m in risk.modes})
    return any_damage - any_loss


def _any(single: Mapping[str, Floats]) -> Floats:
    return np.asarray(1.0 - np.prod([1.0 - p for p in single.values()], axis=0))


def _split(single: Mapping[str, Floats]) -> dict[str, Floats]:
    together = np.sum([*single.values()], axis=0)
    scale = np.divide(_any(single), together, out=np.ones_like(together), where=together > 0)
    return {name: p * scale for name, p in single.items()}
