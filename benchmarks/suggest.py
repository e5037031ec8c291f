"""How many beads a laboratory needs until it knows its dilution: suggested, or spread evenly."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from page import Row, conditions, table, write_section

from reclad.errors import LabError
from reclad.job import Trial, read_machine, read_material, read_nozzle, read_powder
from reclad.lab import fit, observe
from reclad.lab.candidates import Box, feasible_settings
from reclad.lab.ensemble import Aim, Ensemble, believed, logarithms, reading_variance
from reclad.lab.likelihood import FREEDOM, WIDTHS
from reclad.lab.suggestion import pick_beads
from reclad.process import (
    QUANTITIES,
    Beam,
    ProcessParameters,
    Substrate,
    combined_parameters,
    predict,
)

LABORATORIES, BEADS, DRAWS, KEPT = 50, 12, 20_000, 1024
CHECKED, FITTED = 5, 6  # laboratories fitted in full as well, and of how many beads
ASKED = (5.0, 4.0, 3.0, 2.0)  # points of dilution; the bar is at the first
BAR, SHARE = 5.0, 0.6
DILUTION = QUANTITIES.index("dilution")
PARENT, POWDER, NOZZLE = read_material("42CrMo4"), read_powder("IN625"), read_nozzle("coaxial-15")
MACHINE = read_machine("x-y-z-3kw")
AIM = Aim(
    ProcessParameters.of(
        power=2200.0, travel_speed=0.01, feed_rate=15.0 / 6e4, stand_off=0.015, interpass=293.15
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

    truth: Ensemble
    number: int

    def mean(self, settings: ProcessParameters) -> np.ndarray:
        """(settings, 5) logarithms of the mean beads."""
        told = self.truth.draws.discrepancy
        wrong = told.offset + told.slope * away(settings)
        return modelled(self.truth, settings)[0] + wrong

    def read(self, settings: ProcessParameters, repeat: int) -> np.ndarray:
        """(5,) one section of one bead; without depth and dilution where it does not bond."""
        rng = np.random.default_rng([self.number, repeat])
        mean = self.mean(settings)
        sd = np.sqrt(self.truth.scatter**2 + reading_variance(mean, 0.0 * mean, AIM.beam))
        value = (mean + sd * rng.standard_t(FREEDOM, mean.shape))[0]
        if not bonds(self.truth, settings):
            value[2:4] = np.nan
        return value


def modelled(ensemble: Ensemble, settings: ProcessParameters) -> np.ndarray:
    """(draws, settings, 5) by the model alone, without its discrepancy."""
    plain = Ensemble(replace(ensemble.draws, discrepancy=None), ensemble.scatter)
    return logarithms(plain.beads(settings, AIM, AIM.substrate), AIM.beam)


def bonds(truth: Ensemble, settings: ProcessParameters) -> bool:
    """Whether the bead of the truth reaches into the parent."""
    made = predict(settings, AIM.beam, AIM.substrate, AIM.powder, AIM.clad, truth.draws)
    return bool(made.depth[0, 0] > 0.0)


def away(settings: ProcessParameters) -> np.ndarray:
    """(settings, 5) combined parameters from those of the aim."""
    return combined_parameters(settings, AIM.beam) - combined_parameters(AIM.settings, AIM.beam)


def one(settings: ProcessParameters, row: int) -> ProcessParameters:
    """One of many settings."""
    names = ("power", "travel_speed", "feed_rate", "stand_off", "interpass")
    return ProcessParameters(**{n: getattr(settings, n)[row : row + 1] for n in names})


def laboratories() -> list[Laboratory]:
    """As many as asked, of those whose bead at the aim bonds: dilution is nothing else."""
    drawn = believed(AIM, count=4 * LABORATORIES, seed=7)
    found: list[Laboratory] = []
    for row in range(len(drawn)):
        columns = {n: getattr(drawn.draws, n)[row : row + 1] for n in drawn.draws.__dict__
                   if n != "discrepancy"}  # fmt: skip
        told = drawn.draws.discrepancy
        told = replace(told, offset=told.offset[[row]], slope=told.slope[[row]])
        truth = Ensemble(replace(drawn.draws, **columns, discrepancy=told), drawn.scatter[[row]])
        if len(found) < LABORATORIES and bonds(truth, AIM.settings):
            found.append(Laboratory(truth, row))
    return found


@dataclass(eq=False)
class Belief:
    """Prior draws weighed by readings; offsets and slopes are reckoned as normal for each draw.

    Readings are taken as normal with the variance of Student's t, so that a section far off does
    not leave one draw alone.
    """

    scatter: np.ndarray  # (draws, 5)
    known: np.ndarray  # (draws, 5, 2, 2) precision of offset and slope
    pulled: np.ndarray  # (draws, 5, 2) precision times mean
    weight: np.ndarray  # (draws,) logarithm

    @classmethod
    def first(cls, scatter: np.ndarray) -> Belief:
        """Before any reading."""
        known = np.zeros((*scatter.shape, 2, 2))
        known[..., 0, 0], known[..., 1, 1] = WIDTHS[0] ** -2, WIDTHS[1] ** -2
        return cls(scatter, known, np.zeros((*scatter.shape, 2)), np.zeros(len(scatter)))

    def learn(self, model: np.ndarray, reading: np.ndarray, off: np.ndarray) -> None:
        """Weigh by a reading (5,) of a bead that the model (draws, 5) gives."""
        read = reading_variance(reading[None], np.zeros((1, 5)), AIM.beam)[0]
        for q in np.flatnonzero(np.isfinite(reading)):
            row = np.array([1.0, off[q]])
            cov = np.linalg.inv(self.known[:, q])
            mean = np.einsum("nij,nj->ni", cov, self.pulled[:, q])
            own = 2.0 * (self.scatter[:, q] ** 2 + read[q])
            variance = own + np.einsum("i,nij,j->n", row, cov, row)
            miss = reading[q] - model[:, q]
            self.weight += -0.5 * (miss - mean @ row) ** 2 / variance - 0.5 * np.log(variance)
            self.known[:, q] += row[:, None] * row / own[:, None, None]
            self.pulled[:, q] += row * (miss / own)[:, None]

    def sample(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
        """Rows of the draws by weight, with offset and slope (rows, 5, 2); and how many count."""
        share = np.exp(self.weight - self.weight.max())
        share /= share.sum()
        places = (np.arange(KEPT) + rng.random()) / KEPT
        rows = np.minimum(np.searchsorted(np.cumsum(share), places), len(share) - 1)
        cov = np.linalg.inv(self.known[rows])
        mean = np.einsum("nqij,nqj->nqi", cov, self.pulled[rows])
        normal = rng.standard_normal((*mean.shape, 1))
        both = mean + (np.linalg.cholesky(cov) @ normal)[..., 0]
        return rows, both, float(1.0 / (share**2).sum())


@dataclass(frozen=True, eq=False)
class Study:
    """What all laboratories share: prior draws and the candidates' beads, the aim's first."""

    prior: Ensemble
    box: Box
    candidates: ProcessParameters
    beads: np.ndarray  # (draws, candidates, 5)

    @classmethod
    def begin(cls) -> Study:
        """Draws and beads, worked out once."""
        prior = believed(AIM, count=DRAWS)
        box = Box.of(MACHINE, lead=0.01)
        candidates = feasible_settings(prior, AIM, box, AIM.substrate)
        return cls(prior, box, candidates, modelled(prior, candidates))

    def run(self, lab: Laboratory, design: str) -> tuple[list[float], list[float], list[int]]:
        """Error of dilution (points) before any bead and after each, draws that count, and the
        candidates laid."""
        belief, rng = Belief.first(self.prior.scatter), np.random.default_rng([lab.number, 99])
        settings, beads = self.candidates, self.beads
        if design == "spread":
            spread = feasible_settings(
                self.prior, AIM, self.box, AIM.substrate, count=BEADS + 1, seed=lab.number
            )
            settings = ProcessParameters(**{k: v[1:] for k, v in spread.__dict__.items()})
            beads = modelled(self.prior, settings)
        true = share_of(lab.mean(AIM.settings)[0, DILUTION])
        errors, counting, laid = [], [], []
        for number in range(BEADS + 1):
            rows, both, effective = belief.sample(rng)
            target = self.beads[rows, 0, DILUTION] + both[:, DILUTION, 0]
            errors.append(100.0 * abs(float(np.median(share_of(target))) - true))
            counting.append(effective)
            if number == BEADS:
                break
            row = {"spread": number, "repeat": 0}.get(design)
            row = self.pick(rows, both, target) if row is None else row
            laid.append(row)
            bead = one(settings, row)
            reading = lab.read(bead, number)
            belief.learn(beads[:, row], reading, away(bead)[0])
        return errors, counting, laid

    def pick(self, rows: np.ndarray, both: np.ndarray, target: np.ndarray) -> int:
        """The one bead to lay next, as `reclad suggest` picks it."""
        off = away(self.candidates)
        beads = self.beads[rows] + both[:, None, :, 0] + both[:, None, :, 1] * off
        noise = reading_variance(np.median(beads, axis=0), self.prior.scatter[rows], AIM.beam)
        return pick_beads(target, beads, noise, 1)[0].candidate


def share_of(odds: np.ndarray) -> np.ndarray:
    """Dilution of a logarithm of melted over clad area."""
    return 1.0 / (1.0 + np.exp(-odds))


def fitted_error(lab: Laboratory, settings: list[ProcessParameters]) -> float:
    """Error of dilution (points) by the fit itself, of the same readings."""
    trials = [_trial(f"b{n}", bead) for n, bead in enumerate(settings)]
    seen = observe(trials)
    readings = np.array([lab.read(bead, n) for n, bead in enumerate(settings)])
    read = np.nan_to_num(readings, nan=-2.0)
    known = np.sqrt(reading_variance(read, np.zeros((1, 5)), AIM.beam))
    posterior = fit(replace(seen, measured=readings, known=known))
    found = posterior.expect(observe([_trial("aim", AIM.settings)]))[:, 0, DILUTION]
    true = share_of(lab.mean(AIM.settings)[0, DILUTION])
    return 100.0 * abs(float(np.median(share_of(found))) - true)


def _trial(name: str, bead: ProcessParameters) -> Trial:
    """A trial whose readings are put in afterwards."""
    return Trial.model_validate(
        {
            "id": name,
            "origin": "simulated",
            "power": f"{bead.power[0]} W",
            "travel_speed": f"{bead.travel_speed[0] * 1e3} mm/s",
            "feed_rate": f"{bead.feed_rate[0] * 6e4} g/min",
            "spot": f"{2e3 * AIM.beam.radius} mm",
            "spot_definition": "1/e2",
            "stand_off": f"{bead.stand_off[0] * 1e3} mm",
            "parent": PARENT.name,
            "powder": POWDER.name,
            "base_temperature": f"{bead.interpass[0]} K",
        }
    )


def needed(curve: np.ndarray, bar: float) -> int | None:
    """Beads until the median error is at most `bar`; None: not with the beads there were."""
    under = np.flatnonzero(curve <= bar)
    return int(under[0]) if under.size else None


def full_check(study: Study, labs: list[Laboratory], beads: int) -> dict[str, list[float]]:
    """Errors of a few laboratories by the fit itself, after as many beads of each design."""
    found: dict[str, list[float]] = {"suggested": [], "spread": []}
    for lab in labs:
        for design, errors in found.items():
            settings = study.candidates
            if design == "spread":
                settings = feasible_settings(
                    study.prior, AIM, study.box, AIM.substrate, count=BEADS + 1, seed=lab.number
                )
            laid = study.run(lab, design)[2][:beads]
            rows = laid if design == "suggested" else [1 + row for row in laid]
            try:
                errors.append(fitted_error(lab, [one(settings, row) for row in rows]))
            except LabError:  # a fit that refuses is told as such
                errors.append(np.nan)
    return found


def section() -> str:
    """The figures, in words and a table."""
    before = time.process_time()
    study, labs = Study.begin(), laboratories()
    runs = {
        design: [study.run(lab, design) for lab in labs]
        for design in ("suggested", "spread", "repeat")
    }
    curves = {d: np.median([errors for errors, _, _ in r], axis=0) for d, r in runs.items()}
    counting = {d: np.median([n for _, n, _ in r], axis=0) for d, r in runs.items()}
    took = time.process_time() - before
    checked = full_check(study, labs[:CHECKED], FITTED)
    return _written(curves, counting, runs, checked, took)


def _written(
    curves: dict[str, np.ndarray],
    counting: dict[str, np.ndarray],
    runs: dict[str, list[tuple[list[float], list[float], list[int]]]],
    checked: dict[str, list[float]],
    took: float,
) -> str:
    rows = []
    for bar in ASKED:
        told = {design: needed(curve, bar) for design, curve in curves.items()}
        shown = {d: f"over {BEADS}" if n is None else str(n) for d, n in told.items()}
        measured = (
            f"{shown['suggested']} suggested, {shown['spread']} spread evenly, "
            f"{shown['repeat']} at the job's own settings"
        )
        if bar != BAR:
            rows.append(Row(f"beads to a median error of {bar:g} points", measured))
            continue
        few, many = told["suggested"], told["spread"] or BEADS + 1
        rows.append(
            Row(
                f"beads to a median error of {bar:g} points",
                measured,
                f"≤ {100 * SHARE:.0f} % of spread evenly",
                few is not None and few <= SHARE * many,
            )
        )
    shown = (1, 2, 4, 6, 8, BEADS)
    names = {"suggested": "suggested", "spread": "spread evenly", "repeat": "job's own settings"}
    rows += [
        Row(
            f"median error, {names[design]}, after {', '.join(map(str, (0, *shown)))} beads",
            ", ".join(f"{curve[n]:.1f}" for n in (0, *shown)) + " points",
        )
        for design, curve in curves.items()
    ]
    rows += [
        Row(
            f"draws that count after {BEADS} beads, {names[design]}, median",
            f"{number[-1]:.0f} of {DRAWS:,}",
        )
        for design, number in counting.items()
    ]
    own = np.mean([row == 0 for _, _, laid in runs["suggested"] for row in laid])
    first = np.mean([laid[0] == 0 for _, _, laid in runs["suggested"]])
    rows.append(
        Row(
            "suggested beads at the job's own settings",
            f"{100 * own:.0f} %; of the first {100 * first:.0f} %",
        )
    )
    rows += [
        Row(
            f"{CHECKED} laboratories by the fit itself, {FITTED} beads, {names[design]}",
            ", ".join("refused" if np.isnan(e) else f"{e:.1f}" for e in errors) + " points",
        )
        for design, errors in checked.items()
    ]
    return (
        "## Beads that are suggested\n\n"
        f"By `python benchmarks/suggest.py` on {conditions()}; {took:.0f} CPU s without the last "
        f"rows. {LABORATORIES}\nlaboratories drawn from what is believed before any trial, model "
        "error and scatter of single\nbeads (Student's t) with them, "
        "of those whose bead at the job's settings bonds. IN625 on 42CrMo4,\n3 mm spot; the job "
        "is at 2.2 kW, 10 mm/s, 15 g/min. Suggested: one bead at a time, each by what\nthe beads "
        "before it said. Spread evenly: scrambled Sobol over the same settings a shop can lay. To "
        f"be\naffordable the {DRAWS:,} draws are weighed instead of fitted, readings taken as "
        "normal; the last rows\nfit in full. Truth and fit share one model, so these are no "
        "errors of a real shop. Most of what the\nmodel may get wrong is believed to be common to "
        "all beads of a shop, so that any bead tells of it.\nWhere few draws "
        "count, part of an error is the weighing's own.\n\n" + table(rows)
    )


if __name__ == "__main__":
    text = section()
    print(text)
    write_section("suggest", text)
