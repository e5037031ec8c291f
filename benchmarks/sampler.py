"""What the sampler costs beside the density it draws from: its own time, and time to 400 draws."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from page import Row, conditions, table, write_section

from reclad.lab.convergence import diagnose, has_settled
from reclad.lab.sampler import Chains, extend, sample

WANTED = 400.0  # effective draws, bulk and tail, of every parameter
WALKERS = 56


def gaussian(parameters: int) -> tuple[Callable[[np.ndarray], np.ndarray], np.ndarray]:
    """A correlated normal density in units from 1e-4 to 1e4, and its spreads."""
    rng = np.random.default_rng(parameters)
    root = rng.standard_normal((parameters, parameters))
    covariance = root @ root.T + 0.05 * np.eye(parameters)
    unit = 10.0 ** rng.uniform(-4.0, 4.0, parameters)
    level = np.linalg.inv(np.linalg.cholesky(covariance)).T / unit[:, None]
    return lambda x: -0.5 * ((x @ level) ** 2).sum(axis=1), unit * np.sqrt(np.diag(covariance))


def overhead(walkers: int, parameters: int, draws: int = 1500) -> float:
    """Evaluations per CPU second, best of three, where the density costs nothing to speak of."""
    start = np.random.default_rng(0).standard_normal((walkers, parameters))
    best = np.inf
    for seed in range(3):
        before = time.process_time()
        sample(lambda x: -0.5 * (x[:, 0] ** 2), start, draws=draws, burn=0, seed=seed)
        best = min(best, time.process_time() - before)
    return walkers * draws / best


def until_enough(wide: float) -> tuple[float, Chains, int]:
    """CPU seconds, run and burn-in of 14 unknowns until every parameter has its effective draws,
    walkers starting `wide` spreads about; diagnosing included."""
    density, spread = gaussian(14)
    start = wide * spread * np.random.default_rng(0).standard_normal((WALKERS, 14))
    burn, step = 600, 100
    before = time.process_time()
    run = sample(density, start, draws=step, burn=burn, seed=1)
    while True:
        found = diagnose(run)
        if min(found.bulk.min(), found.tail.min()) >= WANTED and found.r_hat.max() < 1.1:
            return time.process_time() - before, run, burn
        run = extend(density, run, draws=step)


def until_agreed() -> tuple[float, Chains, float]:
    """CPU seconds, run and worst R-hat of 14 unknowns until the walkers agree to 1.01."""
    density, spread = gaussian(14)
    start = spread * np.random.default_rng(0).standard_normal((WALKERS, 14))
    before = time.process_time()
    run = sample(density, start, draws=1000, burn=600, seed=1)
    while (worst := diagnose(run).r_hat.max()) > 1.01:
        run = extend(density, run, draws=1000)
    return time.process_time() - before, run, float(worst)


def until_settled(parameters: int) -> tuple[float, Chains]:
    """CPU seconds and run of a density that tells its slopes, until it has settled."""
    rng = np.random.default_rng(parameters)
    root = rng.standard_normal((parameters, parameters))
    precision = np.linalg.inv(root @ root.T + 0.05 * np.eye(parameters))

    def slopes(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        pull = -x @ precision
        return 0.5 * (x * pull).sum(axis=1), pull

    start = np.random.default_rng(0).standard_normal((2 * parameters, parameters))
    before = time.process_time()
    run = sample(lambda x: slopes(x)[0], start, draws=300, burn=600, seed=1, slopes=slopes)
    while not has_settled(run):
        run = extend(lambda x: slopes(x)[0], run, draws=300, slopes=slopes)
    return time.process_time() - before, run


def section() -> str:
    """The figures, in words and a table."""
    rows = [
        Row(
            f"own cost, {walkers} walkers, {parameters} unknowns",
            f"{overhead(walkers, parameters):,.0f} evaluations per CPU s",
        )
        for walkers, parameters in ((20, 5), (56, 14), (400, 14))
    ]
    for wide in (1.0, 30.0):
        seconds, run, burn = until_enough(wide)
        found, draws = diagnose(run), run.points.shape[1]
        rows.append(
            Row(
                f"14 unknowns, begun {wide:g} spreads about, to {WANTED:.0f} effective draws",
                f"{seconds:.2f} CPU s, {WALKERS * (burn + draws):,} evaluations, of which "
                f"{WALKERS * burn:,} to burn in; bulk {found.bulk.min():.0f}, tail "
                f"{found.tail.min():.0f}, R-hat {found.r_hat.max():.3f}",
            )
        )
    seconds, run, worst = until_agreed()
    rows.append(
        Row(
            "14 unknowns, until the groups of walkers agree",
            f"{seconds:.1f} CPU s, {WALKERS * (600 + run.points.shape[1]):,} evaluations; R-hat "
            f"{worst:.4f}, bulk {diagnose(run).bulk.min():,.0f}",
            "R-hat ≤ 1.01",
            met=worst <= 1.01,
        )
    )
    seconds, run = until_settled(29)
    found = diagnose(run)
    rows.append(
        Row(
            "29 unknowns with slopes, until settled",
            f"{seconds:.1f} CPU s, {run.points.shape[1]} sweeps kept; R-hat "
            f"{found.r_hat.max():.4f}, bulk {found.bulk.min():,.0f}",
            "R-hat ≤ 1.01, 400 effective draws",
            met=has_settled(run),
        )
    )
    return (
        "## Draws of what trials leave open\n\n"
        f"By `python benchmarks/sampler.py` on {conditions()}. A density that costs next to\n"
        f"nothing, so this is the sampler's own time; {WALKERS} walkers.\n\n" + table(rows)
    )


if __name__ == "__main__":
    text = section()
    print(text)
    write_section("sampler", text)
