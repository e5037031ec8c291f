"""What trials teach the process model; without trials, the prior."""

from reclad.lab.candidates import Box, feasible_settings
from reclad.lab.convergence import Convergence, check_convergence, diagnose
from reclad.lab.ensemble import Aim, Ensemble, believed, learned
from reclad.lab.fit import fit
from reclad.lab.lesson import Lesson, draw_lesson
from reclad.lab.measurement import Gain, rank_measurements
from reclad.lab.mode import SetAside, modes, sort_by_mode
from reclad.lab.observations import Observations, observe
from reclad.lab.posterior import Posterior
from reclad.lab.posterior_file import (
    Origin,
    SavedPosterior,
    read_posterior,
    restriction_in,
    write_posterior,
)
from reclad.lab.prior import DRAWS, SEED, Belief, beliefs, prior
from reclad.lab.sampler import Chains, extend, sample
from reclad.lab.suggestion import Suggestion, settings_of, suggest

__all__ = [
    "DRAWS",
    "SEED",
    "Aim",
    "Belief",
    "Box",
    "Chains",
    "Convergence",
    "Ensemble",
    "Gain",
    "Lesson",
    "Observations",
    "Origin",
    "Posterior",
    "SavedPosterior",
    "SetAside",
    "Suggestion",
    "beliefs",
    "believed",
    "check_convergence",
    "diagnose",
    "draw_lesson",
    "extend",
    "feasible_settings",
    "fit",
    "learned",
    "modes",
    "observe",
    "prior",
    "rank_measurements",
    "read_posterior",
    "restriction_in",
    "sample",
    "settings_of",
    "sort_by_mode",
    "suggest",
    "write_posterior",
]
