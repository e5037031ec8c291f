"""Toolpath and process to temperature: the heat of a whole repair, and the power that follows."""

from reclad.heat.body import Body, Turns, bar, describe_heat, sheet, tube
from reclad.heat.fin import InterpassHistory, PowerLaw, fin_rise, march_turns

__all__ = [
    "Body",
    "InterpassHistory",
    "PowerLaw",
    "Turns",
    "bar",
    "describe_heat",
    "fin_rise",
    "march_turns",
    "sheet",
    "tube",
]
