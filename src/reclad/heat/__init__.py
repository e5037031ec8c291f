"""Toolpath and process to temperature: the heat of a whole repair, and the power that follows."""

from reclad.heat.body import (
    Body,
    Turns,
    bar,
    describe_heat,
    mean_by_turn,
    sheet,
    tube,
    turn_numbers,
    turns_along,
)
from reclad.heat.conduction import CaseResult, simulate_case
from reclad.heat.ensemble import Ensemble, Repair, simulate_draws
from reclad.heat.fin import InterpassHistory, PowerLaw, fin_rise, march_turns
from reclad.heat.following import Followed, follow, hold_power, spread_over_draws
from reclad.heat.history import Along, Field, Ledger, Probes, ThermalHistory
from reclad.heat.part_scale import Heating, heating_of, middle_of
from reclad.heat.repair import PoolModel, power_for_depth, resolve_pools, simulate
from reclad.heat.sources import BeamPath, GaussianBeam, MovingSource

__all__ = [
    "Along",
    "BeamPath",
    "Body",
    "CaseResult",
    "Ensemble",
    "Field",
    "Followed",
    "GaussianBeam",
    "Heating",
    "InterpassHistory",
    "Ledger",
    "MovingSource",
    "PoolModel",
    "PowerLaw",
    "Probes",
    "Repair",
    "ThermalHistory",
    "Turns",
    "bar",
    "describe_heat",
    "fin_rise",
    "follow",
    "heating_of",
    "hold_power",
    "march_turns",
    "mean_by_turn",
    "middle_of",
    "power_for_depth",
    "resolve_pools",
    "sheet",
    "simulate",
    "simulate_case",
    "simulate_draws",
    "spread_over_draws",
    "tube",
    "turn_numbers",
    "turns_along",
]
