"""How many beads a laboratory needs until it knows its dilution: suggested, or spread evenly.

`python benchmarks/suggest.py [COUNT]`, 50 laboratories if no count is given.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from page import Row, conditions, table, write_section

from reclad.errors import LabError
from reclad.job import Trial, read_machine, read_material, read_nozzle, read_powder
from reclad.lab import (
    Aim,
    Box,
    Ensemble,
    Posterior,
    believed,
    feasible_settings,
    fit,
    learned,
    observe,
    settings_of,
    suggest,
)
from reclad.lab.ensemble import logarithms, reading_variance
from reclad.lab.likelihood import FREEDOM
from reclad.process import (
    QUANTITIES,
    Beam,
    ProcessParameters,
    Substrate,
    combined_parameters,
    predict,
)

LABORATORIES, BEADS = 50, 6
ASKED = (5.0, 4.0, 3.0, 2.0)  # points of dilution
SHARE = 0.6
DILUTION = QUANTITIES.index("dilution")
PARENT, POWDER, NOZZLE = read_material("42CrMo4"), read_powder("IN625"), read_nozzle("coaxial-15")
MACHINE = read_machine("x-y-z-3kw")
AIMS = {"middle": (2200.0, 0.01, 15.0), "edge": (2900.0, 0.02, 20.0)}  # W, m/s, g/min


def aim_of(name: str) -> Aim:
    """The job's own settings."""
    power, speed, grams = AIMS[name]
    return Aim(
        ProcessParameters.of(
            power=power,
            travel_speed=speed,
            feed_rate=grams / 6e4,
            stand_off=0.015,
            interpass=293.15,
        ),
        Beam(0.5 * MACHINE.laser.spot, MACHINE.laser.spot_shape),
        Substrate(PARENT, None, 293.15),
        POWDER,
        read_material(POWDER.alloy),
        NOZZLE,
    )


@dataclass(frozen=True, eq=False)
class Laboratory:
    """A truth drawn from what is believed: one draw of the model, its discrepancy and scatter."""

    aim: Aim
    truth: Ensemble
    number: int

    def mean(self, settings: ProcessParameters) -> np.ndarray:
        """(settings, 5) logarithms of the mean beads."""
        told, beam = self.truth.draws.discrepancy, self.aim.beam
        plain = Ensemble(replace(self.truth.draws, discrepancy=None), self.truth.scatter)
        made = logarithms(plain.beads(settings, self.aim, self.aim.substrate), beam)[0]
        away = combined_parameters(settings, beam) - combined_parameters(self.aim.settings, beam)
        return made + told.offset + told.slope * away

    @property
    def dilution(self) -> float:
        """True dilution of the job's beads, points."""
        return 100.0 * share_of(self.mean(self.aim.settings)[0, DILUTION])

    def read(self, settings: ProcessParameters) -> tuple[np.ndarray, np.ndarray]:
        """(settings, 5) one section of each bead, and the sd of the reading; without depth and
        dilution where it does not bond."""
        mean = self.mean(settings)
        known = np.sqrt(reading_variance(mean, np.zeros((1, 5)), self.aim.beam))
        noise = [np.random.default_rng([self.number, n]).standard_t(FREEDOM, 5)
                 for n in range(len(settings))]  # fmt: skip
        value = mean + np.hypot(self.truth.scatter, known) * noise
        value[~bonds(self.truth, self.aim, settings), 2:4] = np.nan
        return value, known

    def fit(self, settings: ProcessParameters) -> Posterior:
        """What a fit makes of these beads, measured."""
        trials = [_trial(n, settings, self.aim) for n in range(len(settings))]
        value, known = self.read(settings)
        return fit(replace(observe(trials), measured=value, known=known), seed=self.number)

    def error(self, ensemble: Ensemble) -> float:
        """Of the dilution that draws foretell in the middle, points."""
        beads = ensemble.beads(self.aim.settings, self.aim, self.aim.substrate)
        told = logarithms(beads, self.aim.beam)[:, 0, DILUTION]
        return abs(100.0 * share_of(float(np.median(told))) - self.dilution)


def bonds(truth: Ensemble, aim: Aim, settings: ProcessParameters) -> np.ndarray:
    """(settings,) whether the beads of the truth reach into the parent."""
    made = predict(settings, aim.beam, aim.substrate, aim.powder, aim.clad, truth.draws)
    return np.asarray(made.depth[0] > 0.0)


def share_of(odds: float) -> float:
    """Dilution of a logarithm of melted over clad area."""
    return float(1.0 / (1.0 + np.exp(-odds)))


def laboratories(name: str, count: int) -> list[Laboratory]:
    """As many as asked, of those whose bead at the aim bonds: dilution is nothing else."""
    aim = aim_of(name)
    drawn = believed(aim, count=4 * count, seed=7)
    found: list[Laboratory] = []
    for row in range(len(drawn)):
        columns = {n: getattr(drawn.draws, n)[row : row + 1] for n in drawn.draws.__dict__
                   if n != "discrepancy"}  # fmt: skip
        told = drawn.draws.discrepancy
        told = replace(told, offset=told.offset[[row]], slope=told.slope[[row]])
        truth = Ensemble(replace(drawn.draws, **columns, discrepancy=told), drawn.scatter[[row]])
        if len(found) < count and bonds(truth, aim, aim.settings)[0]:
            found.append(Laboratory(aim, truth, row))
    return found


def run(task: tuple[str, int, int, bool]) -> tuple[list[float], list[bool], int]:
    """Error of dilution (points) before any bead and after each, which beads were at the job's own
    settings, and how many fits refused: the shop then stays with what it knew."""
    name, place, count, suggested = task
    lab = laboratories(name, count)[place]
    aim, box = lab.aim, Box.of(MACHINE, lead=0.01)
    known = believed(aim)
    candidates = feasible_settings(known, aim, box, aim.substrate, seed=lab.number)
    errors, own, refused, laid = [lab.error(known)], [], 0, None
    spread = rows_of(candidates, slice(1, 1 + BEADS))
    for number in range(BEADS):
        if suggested:
            next_one = suggest(known, aim, candidates, 1)
            own.append(next_one[0].at_aim)
            laid = joined(laid, settings_of(next_one))
        else:
            laid = rows_of(spread, slice(0, number + 1))
        try:
            known = learned(lab.fit(laid), aim)
        except LabError:
            refused += 1
        errors.append(lab.error(known))
    return errors, own, refused


def rows_of(settings: ProcessParameters, rows: slice) -> ProcessParameters:
    """Some of many settings."""
    return ProcessParameters(**{n: v[rows] for n, v in settings.__dict__.items()})


def joined(some: ProcessParameters | None, more: ProcessParameters) -> ProcessParameters:
    """Settings after one another."""
    if some is None:
        return more
    both = {n: np.concatenate((v, more.__dict__[n])) for n, v in some.__dict__.items()}
    return ProcessParameters(**both)


def _trial(row: int, settings: ProcessParameters, aim: Aim) -> Trial:
    """A trial whose readings are put in afterwards."""
    return Trial.model_validate(
        {
            "id": f"b{row}",
            "origin": "simulated",
            "power": f"{settings.power[row]} W",
            "travel_speed": f"{settings.travel_speed[row] * 1e3} mm/s",
            "feed_rate": f"{settings.feed_rate[row] * 6e4} g/min",
            "spot": f"{2e3 * aim.beam.radius} mm",
            "spot_definition": "1/e2",
            "stand_off": f"{settings.stand_off[row] * 1e3} mm",
            "parent": PARENT.name,
            "powder": POWDER.name,
            "base_temperature": f"{settings.interpass[row]} K",
        }
    )


def needed(curve: np.ndarray, bar: float) -> int | None:
    """Beads until the median error is at most `bar` and stays so; None: not with those there
    were."""
    over = np.flatnonzero(curve > bar)
    first = int(over[-1]) + 1 if over.size else 0
    return first if first < len(curve) else None


def rows_about(name: str, count: int, pool: ProcessPoolExecutor) -> list[Row]:
    """The figures of one aim."""
    tasks = [(name, place, count, way) for way in (True, False) for place in range(count)]
    runs = list(pool.map(run, tasks))
    ways = {"suggested": runs[:count], "spread evenly": runs[count:]}
    curves = {way: np.median([r[0] for r in found], axis=0) for way, found in ways.items()}
    power, speed, grams = AIMS[name]
    job = f"job at {power / 1e3:g} kW, {speed * 1e3:g} mm/s, {grams:g} g/min"
    rows = []
    for bar in ASKED:
        told = {way: needed(curve, bar) for way, curve in curves.items()}
        few, many = told["suggested"], told["spread evenly"]
        many = BEADS + 1 if many is None else many
        measured = ", ".join(f"{n if n is not None else f'over {BEADS}'} {way}"
                             for way, n in told.items())  # fmt: skip
        rows.append(
            Row(
                f"{job}: beads to a median error of {bar:g} points",
                measured,
                f"≤ {100 * SHARE:.0f} % of spread evenly",
                few is not None and few <= SHARE * many if many else None,
            )
        )
    rows += [
        Row(
            f"{job}: median error, {way}, before any bead and after each",
            ", ".join(f"{e:.1f}" for e in curve)
            + f" points; {sum(r[2] for r in ways[way])} of {count * BEADS} fits refused",
        )
        for way, curve in curves.items()
    ]
    own = np.mean([r[1] for r in ways["suggested"]])
    rows.append(Row(f"{job}: suggested beads at its own settings", f"{100 * own:.0f} %"))
    return rows


def main(count: int) -> None:
    began = time.monotonic()
    with ProcessPoolExecutor(2) as pool:
        rows = [row for name in AIMS for row in rows_about(name, count, pool)]
    text = (
        "## Beads that are suggested\n\n"
        f"By `python benchmarks/suggest.py` on {conditions()}, {time.monotonic() - began:.0f} s.\n"
        f"{count} laboratories for each job, drawn from what is believed before any trial, model "
        "error and\nscatter of single beads (Student's t) with them, of those whose bead at the "
        "job's settings bonds.\nIN625 on 42CrMo4, 3 mm spot, 3 kW. Suggested: one bead at a time, "
        "each by a fit to those before\nit. Spread evenly: scrambled Sobol over the same settings "
        "a shop can lay. Truth and fit share one\nmodel, so these are no errors of a real shop: "
        "**verified, not validated**.\n\n" + table(rows)
    )
    print(text)
    write_section("suggest", text)


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LABORATORIES)
