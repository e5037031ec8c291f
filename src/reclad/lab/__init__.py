"""What trials teach the process model; without trials, the prior."""

from reclad.lab.measurement import Gain, rank_measurements
from reclad.lab.prior import DRAWS, SEED, Belief, beliefs, prior

__all__ = ["DRAWS", "SEED", "Belief", "Gain", "beliefs", "prior", "rank_measurements"]
