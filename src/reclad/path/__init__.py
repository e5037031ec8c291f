"""Deposit to toolpath: where the nozzle goes, before any machine is known."""

from reclad.path.helix import lay
from reclad.path.toolpath import Toolpath

__all__ = ["Toolpath", "lay"]
