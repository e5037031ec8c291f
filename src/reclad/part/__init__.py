"""Geometry of the repair: nominal part, measured wear, metal to lay."""

from reclad.part.deposit import Deposit, size_deposit
from reclad.part.part import CaliperRow, Part
from reclad.part.wear import Wear, measure

__all__ = ["CaliperRow", "Deposit", "Part", "Wear", "measure", "size_deposit"]
