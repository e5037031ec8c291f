"""What trials teach the process model; without trials, the prior."""

from reclad.lab.convergence import Convergence, check_convergence, diagnose
from reclad.lab.measurement import Gain, rank_measurements
from reclad.lab.prior import DRAWS, SEED, Belief, beliefs, prior
from reclad.lab.sampler import Chains, extend, sample

__all__ = [
    "DRAWS",
    "SEED",
    "Belief",
    "Chains",
    "Convergence",
    "Gain",
    "beliefs",
    "check_convergence",
    "diagnose",
    "extend",
    "prior",
    "rank_measurements",
    "sample",
]
