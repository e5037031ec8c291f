"""`reclad buffer`: two job folders that read back, carry the library, and are never overwritten."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from reclad.job import read_job


@pytest.fixture
def pipe(reclad: Callable) -> Path:
    """The shipped pipe, laid of Ni60."""
    assert reclad("new", "pipe").code == 0
    _edit("pipe", 'powder = "IN625"', 'powder = "Ni60"')
    return Path("pipe")


@pytest.fixture
def foreseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A buffer 0.8 mm thick, whatever is asked: choosing takes seconds."""
    monkeypatch.setattr("reclad.foresight.foresee", lambda job: job)
    monkeypatch.setattr("reclad.buffer.thickness_of", lambda _: [0.7e-3, 0.8e-3, 0.9e-3])


def _edit(folder: str | Path, old: str, new: str) -> None:
    file = Path(folder) / "job.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.slow
def test_the_two_jobs_are_written_checked_and_the_next_steps_told(
    reclad: Callable, pipe: Path
) -> None:
    ran = reclad("buffer", pipe, "--powder", "IN625", "--turn-down", "1.5 mm")
    assert ran.code == 0, ran.err
    for words in ("pipe-buffer: IN625, at least 0.6 mm; foreseen", "Ni60 on it",
                  "down by 1.5 mm", "reclad plan pipe-buffer", "measure the buffer",
                  "reclad plan pipe-over"):  # fmt: skip
        assert words in ran.out
    assert max(len(line) for line in ran.out.splitlines()) <= 80
    for name in ("pipe-buffer", "pipe-over"):
        assert reclad("check", name).code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["pipe", "pipe-buffer", "pipe-over"]


def test_what_is_written_reads_back_as_the_jobs_that_were_foreseen(
    reclad: Callable, pipe: Path, foreseen: None
) -> None:
    from reclad.buffer import buffered, turn_down

    assert reclad("buffer", pipe, "--powder", "IN625", "--turn-down", "0.8 mm").code == 0
    meant = buffered(turn_down(read_job(pipe), 0.8e-3), "IN625", 0.6e-3, laid=0.8e-3)
    for name, job in zip(("pipe-buffer", "pipe-over"), meant, strict=True):
        read = read_job(name)
        for key in sorted(type(job).model_fields.keys() - {"sources", "part"}):
            assert getattr(read, key) == getattr(job, key), key
        for row, asked in zip(read.part.caliper, job.part.caliper, strict=True):
            assert row.worn == pytest.approx(asked.worn, rel=1e-12)
            assert row.finished == pytest.approx(asked.finished, rel=1e-12)
        assert read.part.wall == pytest.approx(job.part.wall)


@pytest.mark.parametrize("like", ["shaft", "bearing", "plate"])
def test_parts_of_every_shape_are_written_and_read_back(
    reclad: Callable, foreseen: None, like: str
) -> None:
    assert reclad("new", "part", "--like", like).code == 0
    own = read_job("part").powder
    _edit("part", f'powder = "{own}"', 'powder = "Stellite6"')
    ran = reclad("buffer", "part", "--powder", "IN718", "--turn-down", "0.8 mm")
    assert ran.code == 0, ran.err
    assert read_job("part-buffer").part.shape == read_job("part-over").part.shape
    assert read_job("part-buffer").parent == read_job("part").parent
    assert read_job("part-over").parent.name == "IN718"


def test_the_overlays_readings_say_that_they_are_a_forecast_in_both_languages(
    reclad: Callable, pipe: Path, foreseen: None
) -> None:
    assert reclad("buffer", pipe, "--powder", "IN625", "--turn-down", "0.8 mm").code == 0
    over, under = (Path(f"pipe-{end}/job.toml").read_text("utf-8") for end in ("over", "buffer"))
    for words in ("FORECAST: measure the buffer", "请测量过渡层并填入实测值"):
        assert words in over
        assert words not in under
    assert "turned down by 0.8 mm" in under
    assert 'powder = "IN625"                  # feedstock' in under


def test_json_tells_the_same(reclad: Callable, pipe: Path, foreseen: None) -> None:
    told = reclad("buffer", pipe, "--powder", "IN625", "--turn-down", "0.8 mm", "--json").json
    assert (told["buffer"], told["over"]) == ("pipe-buffer", "pipe-over")
    assert told["thickness"]["value"] == pytest.approx(0.8)
    assert told["turned_down"] == "0.8 mm"
    read = tomllib.loads(Path("pipe-over/job.toml").read_text("utf-8"))
    assert read["part"]["caliper"][1] == ["110 mm", "199 mm", "200 mm"]


def test_without_room_nothing_is_written_and_how_far_to_turn_down_is_told(
    reclad: Callable, pipe: Path, foreseen: None
) -> None:
    ran = reclad("buffer", pipe, "--powder", "IN625")
    assert ran.code == 1
    assert "turn or mill the zone down by 0.8 mm first (--turn-down)" in ran.refusal
    assert [path.name for path in Path().iterdir()] == ["pipe"]


@pytest.mark.parametrize("there", ["pipe-buffer", "pipe-over"])
def test_what_is_there_is_never_overwritten(
    reclad: Callable, pipe: Path, foreseen: None, there: str
) -> None:
    Path(there).mkdir()
    ran = reclad("buffer", pipe, "--powder", "IN625", "--turn-down", "0.8 mm")
    assert ran.code == 1
    assert f'"{there}": exists already and is not overwritten' in ran.refusal
    assert sorted(path.name for path in Path().iterdir()) == ["pipe", there]
    assert list(Path(there).iterdir()) == []


def test_the_jobs_own_library_is_carried_along(
    reclad: Callable, pipe: Path, foreseen: None, shipped: Path
) -> None:
    for kind, name in (("powders", "IN625"), ("materials", "IN625"), ("damages", "general")):
        (pipe / kind).mkdir()
        text = (shipped / kind / f"{name}.toml").read_text("utf-8")
        text = text.replace(f'name = "{name}"', f'name = "own-{name}"').replace(
            'alloy = "IN625"', 'alloy = "own-IN625"'
        )
        text = "\n".join(line for line in text.splitlines() if not line.startswith("aliases"))
        (pipe / kind / f"own-{name}.toml").write_text(text, "utf-8")
    _edit(pipe, "[part]", 'damages = "own-general"\n\n[part]')
    ran = reclad("buffer", pipe, "--powder", "own-IN625", "--turn-down", "0.8 mm")
    assert ran.code == 0, ran.err
    assert read_job("pipe-buffer").clad.name == "own-IN625"
    assert read_job("pipe-over").parent.name == "own-IN625"
    assert "damages/own-general.toml" in read_job("pipe-over").sources


def test_a_feeder_weighed_with_another_powder_asks_for_the_buffers_curve(
    reclad: Callable, pipe: Path, foreseen: None, shipped: Path
) -> None:
    (pipe / "machines").mkdir()
    text = (shipped / "machines" / "x-axial-4kw.toml").read_text("utf-8")
    head, feeder = text.split("[feeder]", 1)
    feeder = feeder.replace('powder = "IN625"', 'powder = "Ni60"\nsource = "shop"', 1)
    (pipe / "machines" / "x-axial-4kw.toml").write_text(f"{head}[feeder]{feeder}", "utf-8")
    assert read_job(pipe).cell.feeder.powder == "Ni60"
    ran = reclad("buffer", pipe, "--powder", "IN625", "--turn-down", "0.8 mm")
    assert ran.code == 1
    assert "then name it with --feeder" in ran.refusal
    assert sorted(path.name for path in Path().iterdir()) == ["pipe"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--powder", "Stellite6"), "cracks as a hard alloy itself"),
        (("--powder", "IN625", "--thickness", "0.8"), "--thickness: "),
        (("--powder", "IN625", "--turn-down", "1 kg"), "--turn-down: "),
        (("--powder", "IN625", "--turn-down", "20 mm"), "is left of the part"),
    ],
)
def test_bad_input_is_one_line(
    reclad: Callable, pipe: Path, foreseen: None, words: tuple[str, ...], said: str
) -> None:
    ran = reclad("buffer", pipe, *words)
    assert ran.code == 1
    assert said in ran.refusal
