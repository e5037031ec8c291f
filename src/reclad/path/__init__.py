"""Deposit to toolpath: where the nozzle goes, before any machine is known."""

from reclad.path.helix import lay
from reclad.path.pauses import Pause
from reclad.path.raster import lay_raster
from reclad.path.toolpath import Toolpath

__all__ = ["Pause", "Toolpath", "lay", "lay_raster"]
