"""Deposit to toolpath: where the nozzle goes, before any machine is known."""

from reclad.path.coupon import (
    Blank,
    Layout,
    Offcut,
    Place,
    Plate,
    Spacing,
    lay_bead,
    order_beads,
    place_beads,
)
from reclad.path.helix import lay
from reclad.path.pauses import Pause
from reclad.path.raster import lay_raster
from reclad.path.toolpath import Toolpath

__all__ = [
    "Blank",
    "Layout",
    "Offcut",
    "Pause",
    "Place",
    "Plate",
    "Spacing",
    "Toolpath",
    "lay",
    "lay_bead",
    "lay_raster",
    "order_beads",
    "place_beads",
]
