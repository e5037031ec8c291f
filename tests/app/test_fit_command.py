"""`reclad fit`, and what is planned and predicted with a posterior, as a shop types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import reclad.lab
from guessed_posterior import guess_posterior
from reclad.errors import FileError, LabError
from reclad.job import read_job, read_material, read_nozzle, read_trials
from reclad.lab import Origin, observe, read_posterior, restriction_in, write_posterior
from reclad.record import Terms, share_folder

HEAD = (
    "id,power_W,speed_mm_s,feed_g_min,spot_mm,spot_definition,parent,powder,origin,"
    "base_temperature (degC),width (mm),height (mm),depth (mm),dilution (%)"
)
ROWS = (
    "A1,2000,10,16,3,1/e2,42CrMo4,IN625,measured,20,3.1,1.0,0.2,9",
    "A2,2200,10,16,3,1/e2,42CrMo4,IN625,measured,20,3.2,1.0,0.3,12",
    "A3,2400,9,18,3,1/e2,42CrMo4,IN625,measured,20,3.4,1.2,0.3,11",
)


@pytest.fixture
def trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("lab.csv")
    path.write_text("\n".join((HEAD, *ROWS)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No walkers: a posterior as if it had been drawn."""
    monkeypatch.setattr(
        reclad.lab, "fit", lambda observed, **_: guess_posterior(observed, narrow=0.3)
    )


@pytest.fixture
def posterior(trials: Path) -> Path:
    found = read_trials(trials)
    observed = observe(found.trials, found.folder)
    path = Path("ours.npz")
    write_posterior(path, guess_posterior(observed), Origin.of(found, observed, ()))
    return path


@pytest.mark.usefixtures("quick")
def test_a_fit_writes_its_posterior_and_its_page_and_says_what_was_learned(
    reclad: Callable, trials: Path
) -> None:
    ran = reclad("fit", trials, "-o", "p.npz")
    assert ran.code == 0
    assert "p.npz: 3 trials of lab.csv" in ran.out
    assert "not measured, so as believed before: catchment" in ran.out
    assert "reclad plan JOB --posterior p.npz" in ran.out
    page = Path("p.html").read_text(encoding="utf-8")
    assert "试验教会模型什么" in page
    assert "熔道宽度" in page
    saved = read_posterior(Path("p.npz"))
    assert saved.posterior.rows == 3
    assert saved.origin.used == ("A1", "A2", "A3")


@pytest.mark.usefixtures("quick")
def test_a_fit_never_writes_over_an_older_one_unasked(reclad: Callable, trials: Path) -> None:
    Path("p.npz").write_bytes(b"mine")
    ran = reclad("fit", trials, "-o", "p.npz")
    assert ran.code == 1
    assert "p.npz: exists already" in ran.err
    assert Path("p.npz").read_bytes() == b"mine"
    assert reclad("fit", trials, "-o", "p.npz", "--replace").code == 0


@pytest.mark.usefixtures("quick")
def test_the_json_of_a_fit_names_trials_left_out(reclad: Callable) -> None:
    ran = reclad("fit", "hofmann", "-o", "p.npz", "--json")
    told = json.loads(ran.out)
    assert told["trials"] == 30
    assert len(told["origin"]["set_aside"]) == 74
    assert told["undetermined"] == ["height", "dilution", "catchment"]


def test_a_posterior_reads_back_as_it_was_and_gives_equal_bytes(posterior: Path) -> None:
    saved = read_posterior(posterior)
    write_posterior(Path("again.npz"), saved.posterior, saved.origin)
    assert Path("again.npz").read_bytes() == posterior.read_bytes()
    told = saved.posterior
    assert told.told.tolist() == [3, 3, 3, 3, 0]


def test_a_posterior_narrows_a_prediction_and_moves_it(reclad: Callable, posterior: Path) -> None:
    bead = ("--power", "2.2 kW", "--travel-speed", "10 mm/s", "--feed-rate", "16 g/min",
            "--powder", "IN625", "--json")  # fmt: skip
    before, after = (
        json.loads(reclad("predict", *bead, *more).out)[0]["width"]
        for more in ((), ("--posterior", posterior))
    )
    assert after["p95"] - after["p05"] < 0.6 * (before["p95"] - before["p05"])


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "no such file; `reclad fit TRIALS -o"), (b"", "not arrays of reclad"),
     (b"PK\x03\x04", "not arrays of reclad")],
)  # fmt: skip
def test_what_is_no_posterior_is_refused_in_one_line(
    reclad: Callable, content: bytes | None, words: str
) -> None:
    if content is not None:
        Path("x.npz").write_bytes(content)
    ran = reclad("predict", "--power", "2 kW", "--travel-speed", "10 mm/s", "--posterior", "x.npz")
    assert ran.code == 1
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_another_models_posterior_is_refused(
    posterior: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reclad.lab import posterior_file

    monkeypatch.setattr(posterior_file, "PARAMETERS", ("absorptivity",))
    with pytest.raises(FileError, match="another version of the process model; fit the trials"):
        read_posterior(posterior)


def test_a_posterior_of_restricted_trials_stays_restricted_when_its_job_is_shared(
    trials: Path,
) -> None:
    found = read_trials(trials)
    observed = observe(found.trials, found.folder)
    origin = Origin.of(found, observed, ()).model_copy(
        update={"restricted": True, "agreement": "Only to plan this shop's repairs."}
    )
    job = Path("job")
    job.mkdir()
    (job / "job.toml").write_text("# a job\n", encoding="utf-8")
    write_posterior(job / "posterior.npz", guess_posterior(observed), origin)
    assert restriction_in((job / "posterior.npz").read_bytes()) == origin.agreement
    terms = Terms("Lab North", "job", "2026-11-01", "CC BY 4.0")
    with pytest.raises(FileError, match=r"restricted already: .*Only to plan"):
        share_folder(job, Path("a.zip"), terms)
    shared = share_folder(job, Path("b.zip"), Terms("Lab North", "job", "2026-11-01"))
    assert shared.manifest.restricted
    assert shared.manifest.agreement == origin.agreement


def test_trials_of_other_metals_settings_or_quantities_stand_behind_nothing(
    posterior: Path,
) -> None:
    saved = read_posterior(posterior).posterior
    parent, clad = read_material("42CrMo4"), read_material("IN625")
    from dataclasses import replace

    known = replace(saved, metals=(("42CrMo4", "IN625"),), range={"power": (2000.0, 2400.0)})
    assert known.lacks({"power": 2050.0}, parent, clad) == []
    assert known.lacks({"power": 3000.0}, parent, clad) == ["power lies outside the trials"]
    assert "was not tried" in known.lacks({}, read_material("S355"), clad)[0]
    blind = replace(known, told=np.array([3, 3, 3, 0, 0]))
    assert blind.lacks({}, parent, clad) == ["dilution was not measured"]


def test_more_draws_than_there_are_is_refused(posterior: Path) -> None:
    saved = read_posterior(posterior).posterior
    parent, nozzle = read_material("42CrMo4"), read_nozzle("coaxial-15")
    with pytest.raises(LabError, match="600 draws of a posterior that holds 512"):
        saved.draws(parent, None, nozzle, count=600)


@pytest.mark.slow
def test_a_plan_with_a_posterior_keeps_it_and_is_diagnosed_with_it(
    reclad: Callable, posterior: Path
) -> None:
    assert reclad("new", "plate", "--like", "plate").code == 0
    ran = reclad("plan", "plate", "--posterior", posterior)
    assert ran.code == 0, ran.err
    manifest = json.loads(Path("plate/plan/manifest.json").read_text(encoding="utf-8"))
    assert manifest["learned"]["trials"] == "lab.csv"
    kept = read_posterior(Path("plate/plan/posterior.npz"))
    assert kept.posterior.rows == 3
    assert read_job(Path("plate")).name
    assert reclad("diagnose", "plate", "no-bond").code == 0
    # S355 was not tried in these trials, so a coupon still comes first.
    assert "PRELIMINARY" in Path("plate/plan/program.ngc").read_text(encoding="ascii")
