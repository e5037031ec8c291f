"""What holds the part lies on it and clear of the clad; what is left out is said to be assumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from reclad.errors import RecladError
from reclad.job import Holding, assumed, new_job, read_job


def job_with(folder: Path, like: str, holding: str) -> Path:
    where = new_job("part", like=like, where=folder)
    text = (where / "job.toml").read_text("utf-8")
    head, _, tail = text.partition("[holding]")
    customer = tail[tail.index("[customer]") :] if tail else ""
    (where / "job.toml").write_text(f"{head}\n{customer}\n[holding]\n{holding}\n", "utf-8")
    return where


@pytest.mark.parametrize(
    ("like", "holding", "said"),
    [
        ("pipe", 'chuck_length = "100 mm"', "chuck_length: 100 mm grips into the zone to clad"),
        ("pipe", 'rest_at = "900 mm"', "rest_at: 900 mm does not lie on the 700 mm part"),
        ("shaft", 'bore_film = "100 W/m^2/K"', "bore_film: a shaft has no bore"),
        ("pipe", 'chuck_length = "-1 mm"', "chuck_length"),
        ("pipe", 'bore_water = "10 mm"', "bore_water"),
        ("pipe", 'chuck_lenght = "10 mm"', 'did you mean "chuck_length"'),
    ],
)
def test_a_holding_that_cannot_be_is_refused(
    tmp_path: Path, like: str, holding: str, said: str
) -> None:
    with pytest.raises(RecladError) as refused:
        read_job(job_with(tmp_path, like, holding))
    assert said in str(refused.value)


def test_what_is_left_out_takes_no_heat_but_for_the_gas_and_is_told_as_assumed(
    tmp_path: Path,
) -> None:
    job = read_job(job_with(tmp_path, "pipe", 'chuck_length = "40 mm"'))
    assert (job.holding.bore_film, job.holding.rest_at) == (0.0, None)
    told = {a.what: a.value for a in assumed(job) if a.what.startswith("holding")}
    assert told["holding gas film"] == "60 W/m^2/K"
    assert told["holding chuck film"] == "500 W/m^2/K"
    assert "holding rest film" not in told
    (tmp_path / "bare").mkdir()
    bare = read_job(job_with(tmp_path / "bare", "pipe", ""))
    told = {a.what for a in assumed(bare) if a.what.startswith("holding")}
    assert told == {"holding gas film", "holding gas reach"}
    assert Holding().chuck_length == 0.0
