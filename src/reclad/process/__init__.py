"""Parameters to bead: beam, powder stream, melt pool, bead, overlap; window and choice."""

from reclad.process.bead import Bead, Substrate, predict
from reclad.process.beam import Beam, read_spot
from reclad.process.choice import Case, Choice, Procedure, ProcessWindow, describe_case, evaluate
from reclad.process.discrepancy import QUANTITIES, Discrepancy, combined_parameters
from reclad.process.limits import Target
from reclad.process.parameters import PARAMETERS, ModelParameters, ProcessParameters
from reclad.process.power import power_for_constant_dilution
from reclad.process.search import choose, map_window

__all__ = [
    "PARAMETERS",
    "QUANTITIES",
    "Bead",
    "Beam",
    "Case",
    "Choice",
    "Discrepancy",
    "ModelParameters",
    "Procedure",
    "ProcessParameters",
    "ProcessWindow",
    "Substrate",
    "Target",
    "choose",
    "combined_parameters",
    "describe_case",
    "evaluate",
    "map_window",
    "power_for_constant_dilution",
    "predict",
    "read_spot",
]
