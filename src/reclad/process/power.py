"""The power that keeps a bead the same while the part warms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reclad.process.choice import lay_beads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Job
    from reclad.process.choice import Case, Procedure
    from reclad.process.parameters import ModelParameters


def power_for_constant_dilution(
    job: Job,
    case: Case,
    procedure: Procedure,
    draws: ModelParameters,
    interpass: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Power (W) at each inter-pass temperature (K) that keeps the median dilution of `procedure`;
    held at the machine's limits where those come first."""
    laser = job.cell.laser
    powers = procedure.power * np.linspace(0.5, 1.5, 17)
    dilution = np.empty((interpass.size, powers.size))
    for i, temperature in enumerate(interpass):
        bead = lay_beads(
            job,
            case,
            powers,
            procedure.travel_speed,
            procedure.feed_rate,
            float(temperature),
            draws,
        )
        dilution[i] = np.median(bead.dilution, axis=0)
    wanted = np.median(
        lay_beads(
            job,
            case,
            procedure.power,
            procedure.travel_speed,
            procedure.feed_rate,
            procedure.interpass,
            draws,
        ).dilution
    )
    power = [np.interp(wanted, row, powers) for row in np.maximum.accumulate(dilution, axis=1)]
    return np.clip(power, laser.power_min, laser.power_max)
