"""Histories and beads -> hardness, cracking, distortion, and what damage costs."""

from reclad.risk.assess import Interval, JudgedMode, Outcome, Risk, assess
from reclad.risk.chance import learn_shift, share_interval
from reclad.risk.modes import Laid

__all__ = [
    "Interval",
    "JudgedMode",
    "Laid",
    "Outcome",
    "Risk",
    "assess",
    "learn_shift",
    "share_interval",
]
