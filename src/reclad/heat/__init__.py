"""Toolpath and process to temperature: the heat of a whole repair, and the power that follows."""

from reclad.heat.fin import (
    InterpassHistory,
    PowerLaw,
    Tube,
    Turns,
    fin_rise,
    march_turns,
)

__all__ = ["InterpassHistory", "PowerLaw", "Tube", "Turns", "fin_rise", "march_turns"]
