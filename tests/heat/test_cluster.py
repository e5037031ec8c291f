"""The same ensemble on a Dask cluster of this machine, a worker killed half-way."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest

distributed = pytest.importorskip("distributed", reason="NOT RUN: needs distributed (Dask)")

from reclad.heat import (  # noqa: E402
    Repair,
    heating_of,
    middle_of,
    resolve_pools,
    simulate_draws,
)
from reclad.job import new_job, read_job  # noqa: E402
from reclad.plan import plan_job  # noqa: E402

DRAWS = 4


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_killed_worker_costs_the_ensemble_nothing_but_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECLAD_CACHE", str(tmp_path / "cache"))
    plan = plan_job(read_job(new_job("seat", like="bearing", where=tmp_path)))
    heatings = heating_of(plan.job, plan.choice, plan.draws)
    middle, procedure = middle_of(heatings), plan.choice.procedure
    repair = Repair(
        plan.job,
        plan.deposit,
        plan.toolpath,
        procedure,
        middle,
        resolve_pools(plan.job, plan.deposit, procedure, middle),
        plan.block_power,
    )
    killed: list[int] = []

    def kill_one(_: float) -> None:
        if not killed:
            killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        spread = simulate_draws(
            repair, heatings[:DRAWS], executor=client.get_executor(), say=kill_one
        )
    assert killed
    alone = simulate_draws(repair, heatings[:1], workers=1)
    assert spread.interpass.shape == (DRAWS, plan.history.power.size)
    # to nine digits, as in test_ensemble
    assert np.allclose(spread.interpass[0], alone.interpass[0], rtol=1e-9, atol=0.0)
    assert spread.gap.max() < 1e-9
