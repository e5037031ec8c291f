"""Deposit to toolpath: where the nozzle goes, before any machine is known."""

from reclad.path.helix import lay
from reclad.path.raster import lay_raster
from reclad.path.toolpath import Toolpath

__all__ = ["Toolpath", "lay", "lay_raster"]
