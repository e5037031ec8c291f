"""`new-machine` and `new-powder`: questions, wrong answers then right ones, and never a loss."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reclad.app.asking import Asker, Lines, choice, past_date, toml, whole, words
from reclad.app.cell import make_machine
from reclad.errors import RecladError
from reclad.job import list_names, new_job, read_job, read_machine, read_powder

# Key -> answer; an empty one takes the default.
CELL = {
    "cell.controller": "",
    "cell.parts": "",
    "cell.nozzle": "",
    "stand_off_tolerance": "",
    "retract": "40 mm",
    "path_tolerance": "",
    "axes.X.min": "0 mm",
    "axes.X.max": "1800 mm",
    "axes.X.max_speed": "6 m/min",
    "axes.X.max_acceleration": "",
    "axes.Z.min": "0 mm",
    "axes.Z.max": "400 mm",
    "axes.Z.max_speed": "50 mm/s",
    "axes.Z.max_acceleration": "",
    "axes.A.min": "",
    "axes.A.max": "",
    "axes.A.max_speed": "60 deg/s",
    "axes.A.max_acceleration": "",
    "laser.unit": "V",
    "laser.watts_at_1_volt": "300 W",
    "laser.watts_at_10_volts": "4.2 kW",
    "laser.power_min": "200 W",
    "laser.power_max": "4000 W",
    "laser.power_step_max": "",
    "spot.diameter": "3 mm",
    "spot.definition": "fwhm",
    "laser.wavelength": "",
    "feeder.powder": "Inconel 625",
    "feeder.lot": 'L-77 "三号"',
    "feeder.weighed": "2026-01-02",
    "feeder.valid_days": "60",
    "feeder.rpm_max": "12 rpm",
    "feeder.delay": "3 s",
    "feeder.carrier": "argon 5 L/min",
    "feeder.weighings": "2, 8.1, 60\n4, 32.3 g, 2 min\n8 rpm， 32.1， 60\n",
    "gas.flow": "15 L/min",
    "gas.purge": "",
    "outputs.laser.analog": "",
    "outputs.laser.gate": "",
    "outputs.feeder.analog": "",
    "outputs.gas.output": "",
    "outputs.aiming": "5",
}
POWDER = {
    "alloy": "司太立6",
    "lot": "S6-2026-3",
    "grain.size_min": "53 um",
    "grain.size_max": "150 um",
    "grain.median": "95 um",
}


def lines(answers: dict[str, str], **changes: str) -> str:
    """Answers as a pipe brings them; a change may hold several lines: wrong ones first."""
    told = answers | {key.replace("__", "."): value for key, value in changes.items()}
    assert set(told) == set(answers)
    return "".join(f"{answer}\n" for answer in told.values())


@pytest.fixture
def ask(reclad: Callable, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Runs a command with this text on stdin."""

    def call(text: str, *args: object) -> object:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        return reclad(*args)

    return call


def test_a_machine_is_made_from_answers_and_read_back(ask: Callable) -> None:
    ran = ask(lines(CELL), "new-machine", "cell-7")
    assert (ran.code, Path("machines/cell-7.toml").exists()) == (0, True)
    assert 'machine = "cell-7"' in ran.out
    made = read_machine("cell-7", Path())
    assert (made.name, made.controller, made.source) == ("cell-7", "linuxcnc", "shop")
    assert made.axes["X"].max == 1.8
    assert made.axes["X"].max_speed == pytest.approx(0.1)
    assert made.axes["A"].min is None
    assert (made.laser.unit, made.laser.watts_at_10_volts) == ("V", 4200.0)
    assert made.laser.output_for(2250.0) == pytest.approx(5.5)
    assert made.laser.spot == pytest.approx(0.003 * 1.69864, rel=1e-4)  # FWHM told, 1/e2 kept
    assert made.laser.spot_shape == "gaussian"
    assert (made.feeder.powder, made.feeder.lot) == ("IN625", 'L-77 "三号"')
    assert made.feeder.carrier.text == "Ar 5 L/min"
    assert (made.feeder.weighed, made.feeder.valid_days) == ("2026-01-02", 60)
    assert made.feeder.rpm == (2.0, 4.0, 8.0)
    assert made.feeder.rate_for(4.0) == pytest.approx(16.117 / 60000, rel=1e-3)
    assert (made.feeder.delay, made.gas.purge, made.aiming) == (3.0, 5.0, 5)
    assert (made.laser.analog, made.feeder.analog, made.gas.output) == (0, 1, 2)


def test_what_was_not_answered_is_named_in_the_file(ask: Callable) -> None:
    assert ask(lines(CELL), "new-machine", "cell-7").code == 0
    note = read_machine("cell-7", Path()).note
    assert note.startswith("taken over from the example, unasked: ")
    assert "gas.purge" in note
    assert "gas.flow" not in note
    text = Path("machines/cell-7.toml").read_text("utf-8")
    assert "# spot told as 3 mm, FWHM" in text
    assert "# 4 rpm: weighed 16.15 g/min, line 16.12 g/min, off by +0.20 %" in text


def test_every_question_shows_its_default_and_the_line_its_residuals(ask: Callable) -> None:
    told = ask(lines(CELL), "new-machine", "cell-7").err
    for key in CELL:
        assert f"\n  {key}: " in f"\n{told}", key
    assert "gas.purge: gas on before the beam, 0 to 600 s [5 s]" in told
    assert "feeder.lot: its lot number\n" in told
    assert "line through the weighings: 0.125 g/min + 3.998 g/min per rpm" in told
    assert "8 rpm: weighed 32.1 g/min, line 32.11 g/min, off by -0.03 %" in told


@pytest.mark.parametrize(
    ("key", "wrong", "says"),
    [
        ("cell.controller", "fanuc", '"fanuc" is not one of linuxcnc'),
        ("cell.parts", "square", "round, plates, both; write one of these"),
        ("cell.nozzle", "coaxial", 'no nozzle "coaxial"; did you mean "coaxial-15"'),
        ("retract", "40", '"40" has no unit; write for example "40 mm"'),
        ("axes.X.max", "", "an answer is needed"),
        ("axes.X.max_speed", "6 kg", "is a mass, but a speed is wanted"),
        ("axes.A.min", "never", "does not start with a number"),
        ("laser.unit", "A", '"A" is not one of V, W'),
        ("laser.power_min", "200", '"200" has no unit'),
        ("laser.power_max", "4 MW", "is outside 10 to 50000 W"),
        ("spot.diameter", "１ mm", "full-width"),
        ("spot.definition", "big", "write one of these"),
        ("feeder.powder", "IN62", 'no powder "IN62"; did you mean "IN625"'),
        ("feeder.lot", "x" * 90, "no plain text of up to 80 signs"),
        ("feeder.weighed", "2 January", "is no date"),
        ("feeder.weighed", "2999-01-01", "lies in the future"),
        ("feeder.valid_days", "0", "no whole number from 1 to 3650"),
        ("feeder.delay", "-3 s", "outside 0 to 120 s"),
        ("outputs.laser.gate", "64", "no whole number from 0 to 63"),
        ("outputs.laser.gate", "1.5", "no whole number from 0 to 63"),
        ("outputs.laser.gate", "９", "no whole number from 0 to 63"),
    ],
)
def test_a_wrong_answer_is_refused_at_once_and_asked_again(
    ask: Callable, key: str, wrong: str, says: str
) -> None:
    text = lines(CELL | {key: f"{wrong}\n{CELL[key]}"})
    ran = ask(text, "new-machine", "cell-7")
    assert ran.code == 0, ran.err
    refused = [line for line in ran.err.splitlines() if line.startswith(f"  {key}: no - ")]
    assert len(refused) == 1
    assert says in refused[0]
    # The whole file is what it would have been without the slip.
    slipped = Path("machines/cell-7.toml").read_text("utf-8")
    assert ask(lines(CELL), "new-machine", "cell-8").code == 0
    assert slipped == Path("machines/cell-8.toml").read_text("utf-8").replace("cell-8", "cell-7")


AGAIN = "\n" * 8  # ends the list, and keeps the seven answers before it
# Where the slip is, what is typed from there on, which answer follows, what is said of the slip.
# Empty lines keep the answers of the first round.
TOGETHER = {
    "axis": (
        "axes.X.max",
        ["-5 mm", "6 m/min", "", "", "1800 mm", "", ""],
        "axes.Z.min",
        "axes.X: no - max: -5 mm does not lie above min 0 mm",
    ),
    "laser": (
        "laser.power_max",
        ["9 kW", "", "3 mm", "fwhm", "", "", "", "", "", "4000 W", "", "", "", ""],
        "feeder.powder",
        "laser: no - power_max: 9000 W would need",
    ),
    "outputs": (
        "outputs.aiming",
        ["2", "", "", "", "", "5"],
        None,
        "outputs: no - aiming: 2 is also the gas output",
    ),
    "analog outputs": (
        "outputs.feeder.analog",
        ["0", "", "5", "", "", "1", "", ""],
        None,
        "outputs: no - [feeder] analog: 0 is also the laser's",
    ),
}
WEIGHINGS = {
    "4, 32.1": "line 1 has 2 numbers; write rpm, grams, seconds",
    "4, 32.1, 120\n6, x, 60": "line 2: ",
    "4, 32.1 mm, 120": "line 1: ",
    "4, 32.1, 0": "line 1: ",
    "4, 32.1, 120": "1 weighings at 1 disc speeds; weigh at least 3 times",
    "2, 8, 60\n4, 22, 60\n6, 24, 60": "weighing 2, 22 g/min at 4 rpm, is 22 % off",
    "2, 8, 60\n4, 16, 60\n16, 64, 60": "rpm_max: 12 rpm lies below the fastest weighing of 16 rpm",
}


@pytest.mark.parametrize("slip", TOGETHER)
def test_answers_wrong_together_are_asked_again_keeping_the_right_ones(
    ask: Callable, slip: str
) -> None:
    key, typed, resume, says = TOGETHER[slip]
    order = list(CELL)
    after = order[order.index(resume) :] if resume else []
    told = [*(CELL[k] for k in order[: order.index(key)]), *typed, *(CELL[k] for k in after)]
    ran = ask("".join(f"{answer}\n" for answer in told), "new-machine", "cell-7")
    assert ran.code == 0, ran.err
    assert f"\n  {says}" in ran.err
    assert ask(lines(CELL), "new-machine", "cell-8").code == 0
    assert read_machine("cell-7", Path()).model_copy(
        update={"name": "cell-8", "note": ""}
    ) == read_machine("cell-8", Path()).model_copy(update={"note": ""})


@pytest.mark.parametrize("slip", WEIGHINGS)
def test_weighings_that_make_no_line_are_asked_again(ask: Callable, slip: str) -> None:
    text = lines(CELL | {"feeder.weighings": f"{slip}\n{AGAIN}{CELL['feeder.weighings']}"})
    ran = ask(text, "new-machine", "cell-7")
    assert ran.code == 0, ran.err
    assert f"\n  feeder: no - {WEIGHINGS[slip]}" in ran.err
    assert read_machine("cell-7", Path()).feeder.rpm == (2.0, 4.0, 8.0)


@pytest.mark.parametrize("count", [0, 1, 17, 33, 36, len(CELL) + 2])
def test_answers_that_end_early_write_nothing(ask: Callable, count: int) -> None:
    text = "".join(lines(CELL).splitlines(keepends=True)[:count])
    ran = ask(text, "new-machine", "cell-7")
    assert ran.code == 1
    assert "which is not answered; nothing is written; start again" in ran.refusal
    assert list(Path().iterdir()) == []


def test_endless_wrong_answers_come_to_an_end(ask: Callable) -> None:
    ran = ask("y\n" * 200, "new-machine", "cell-7")
    assert ran.code == 1
    assert "cell.controller: 10 answers and none fits; nothing is written" in ran.refusal
    assert list(Path().iterdir()) == []


def test_a_machine_is_never_written_over_another(ask: Callable) -> None:
    Path("machines").mkdir()
    Path("machines/cell-7.toml").write_text("mine")
    ran = ask("", "new-machine", "cell-7")
    assert ran.code == 1
    assert "exists already and is not overwritten" in ran.refusal
    assert Path("machines/cell-7.toml").read_text() == "mine"


@pytest.mark.parametrize("name", ["../cell", "a/b", "", "con", "x" * 81, "-x?"])
def test_a_machine_has_a_plain_name(ask: Callable, name: str) -> None:
    ran = ask(lines(CELL), "new-machine", "--", name)
    assert ran.code == 1
    assert ran.refusal
    assert list(Path().iterdir()) == []


def test_a_plate_cell_in_watts_is_asked_other_questions(ask: Callable) -> None:
    told = {k: v for k, v in CELL.items() if "volt" not in k and not k.startswith("axes.A")}
    told |= {"cell.parts": "plates", "laser.unit": "w", "spot.definition": "top-hat"}
    order = list(told)
    at = order.index("axes.Z.min")
    y_axis = ["0 mm", "800 mm", "100 mm/s", ""]
    text = "".join(f"{told[k]}\n" for k in order[:at]) + "".join(f"{a}\n" for a in y_axis)
    ran = ask(text + "".join(f"{told[k]}\n" for k in order[at:]), "new-machine", "gantry")
    assert ran.code == 0, ran.err
    made = read_machine("gantry", Path())
    assert set(made.axes.as_dict()) == {"X", "Y", "Z"}
    assert (made.laser.unit, made.laser.watts_at_1_volt) == ("W", None)
    assert (made.laser.spot, made.laser.spot_shape) == (0.003, "top-hat")


def test_a_machine_of_the_job_folder_is_used_by_its_job(
    ask: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_job("pipe-9")
    monkeypatch.chdir(folder)
    assert ask(lines(CELL), "new-machine", "cell-7").code == 0
    job = Path("job.toml")
    job.write_text(job.read_text("utf-8").replace('"x-axial-4kw"', '"cell-7"'), "utf-8")
    assert read_job(Path()).cell.name == "cell-7"
    assert list_names("machines", Path())[0] == "cell-7"


def as_toml(answers: dict[str, str]) -> str:
    kept = {k: v for k, v in answers.items() if v and k != "feeder.weighings"}
    rows = [row for row in answers.get("feeder.weighings", "").split("\n") if row]
    text = "".join(f"{key} = {toml(value)}\n" for key, value in kept.items())
    return text + (f"feeder.weighings = [{', '.join(map(toml, rows))}]\n" if rows else "")


def test_a_toml_file_of_answers_makes_the_same_machine(ask: Callable) -> None:
    Path("answers.toml").write_text(as_toml(CELL), "utf-8")
    Path("answers.txt").write_text(lines(CELL), "utf-8")
    assert ask("", "new-machine", "one", "--answers", "answers.toml").code == 0
    assert ask("", "new-machine", "two", "--from", "answers.txt").code == 0
    assert ask(lines(CELL), "new-machine", "six").code == 0
    texts = {
        Path(f"machines/{name}.toml").read_text("utf-8").replace(name, "x", 1)
        for name in ("one", "two", "six")
    }
    texts = {text.replace('name = "one"', 'name = "x"') for text in texts}
    assert len({text.split("controller", 1)[1] for text in texts}) == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('retract = "40 mm"', "retract = 40", 'answers.toml retract: "40" has no unit'),
        ('retract = "40 mm"', "retract = 4.5", "answers.toml retract: 4.5 where text in quotes"),
        ('retract = "40 mm"', 'retrakt = "40 mm"', 'retrakt: unknown key; did you mean "retract"'),
        ('axes.X.max = "1800 mm"\n', "", "answers.toml axes.X.max: missing; add this key"),
        ('"1800 mm"', '"-1 mm"', "answers.toml axes.X: max: -1 mm does not lie above"),
        ('"2, 8.1, 60"', '"2, 8.1"', "answers.toml feeder: line 1 has 2 numbers"),
        ('"2, 8.1, 60"', "8", "answers.toml feeder.weighings: a list of 3 where a list of texts"),
        ('aiming = "5"', 'aiming = "2"', "answers.toml outputs: aiming: 2 is also"),
        ('retract = "40 mm"', "retract = ", "answers.toml line 1, column"),
    ],
)
def test_a_wrong_answer_in_a_file_ends_the_questions_by_name(
    ask: Callable, old: str, new: str, says: str
) -> None:
    text = as_toml(CELL)
    assert old in text
    Path("answers.toml").write_text(text.replace(old, new, 1), "utf-8")
    ran = ask("", "new-machine", "cell-7", "--answers", "answers.toml")
    assert ran.code == 1
    assert says in ran.refusal
    assert not Path("machines").exists()


def test_a_file_of_answers_that_cannot_be_read_is_refused(ask: Callable) -> None:
    assert "no such file" in ask("", "new-machine", "a", "--answers", "none.toml").refusal
    Path("bad.txt").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in ask("", "new-machine", "a", "--answers", "bad.txt").refusal


def test_a_powder_is_made_from_its_certificate(ask: Callable) -> None:
    ran = ask(lines(POWDER), "new-powder", "S6-3")
    assert ran.code == 0, ran.err
    made = read_powder("S6-3", Path())
    assert (made.alloy, made.note) == ("Stellite6", "lot S6-2026-3")
    assert made.particle_radius.value == pytest.approx(47.5e-6)
    assert made.particle_radius.source == "shop"
    assert (made.size_min, made.size_max) == pytest.approx((53e-6, 150e-6))


def test_a_median_nobody_knows_is_assumed_and_said_so(ask: Callable) -> None:
    assert ask(lines(POWDER, grain__median=""), "new-powder", "S6-4").code == 0
    made = read_powder("S6-4", Path()).particle_radius
    assert made.value == pytest.approx(0.5 * (53e-6 * 150e-6) ** 0.5, rel=1e-4)
    assert (made.source, made.spread) == ("assumed", 0.2)


@pytest.mark.parametrize(
    ("key", "wrong", "says"),
    [
        ("alloy", "42CrMo4", "42CrMo4 is not listed as a clad metal"),
        ("alloy", "Stelite6", 'did you mean "Stellite6"'),
        ("grain.size_min", "53", '"53" has no unit'),
        ("grain.median", "0.1 mm x", "unknown unit"),
    ],
)
def test_a_wrong_answer_about_a_powder_is_asked_again(
    ask: Callable, key: str, wrong: str, says: str
) -> None:
    ran = ask(lines(POWDER | {key: f"{wrong}\n{POWDER[key]}"}), "new-powder", "S6-3")
    assert ran.code == 0
    assert f"  {key}: no - " in ran.err
    assert says in ran.err


@pytest.mark.parametrize(
    ("median", "says"),
    [("200 um", "the median 200 um lies outside the sieve cut"), ("10 um", "the median 10 um")],
)
def test_a_median_outside_the_sieves_is_asked_again(ask: Callable, median: str, says: str) -> None:
    ran = ask(lines(POWDER, grain__median=f"{median}\n\n\n95 um"), "new-powder", "S6-3")
    assert ran.code == 0, ran.err
    assert says in ran.err
    assert read_powder("S6-3", Path()).particle_radius.value == pytest.approx(47.5e-6)


def test_sieves_the_wrong_way_round_are_asked_again(ask: Callable) -> None:
    text = lines(POWDER, grain__size_max="20 um\n\n\n150 um")
    ran = ask(text, "new-powder", "S6-3")
    assert ran.code == 0, ran.err
    assert "20 um is not coarser than 53 um" in ran.err


def test_a_powder_is_never_written_over_another_and_ends_with_its_answers(ask: Callable) -> None:
    assert ask(lines(POWDER), "new-powder", "S6-3").code == 0
    kept = Path("powders/S6-3.toml").read_text("utf-8")
    assert "not overwritten" in ask(lines(POWDER), "new-powder", "S6-3").refusal
    assert Path("powders/S6-3.toml").read_text("utf-8") == kept
    assert "nothing is written" in ask("431\n", "new-powder", "b").refusal
    assert [p.name for p in Path("powders").iterdir()] == ["S6-3.toml"]


@pytest.mark.slow
def test_a_real_pipe_and_a_closed_stdin_are_answered(process: Callable, tmp_path: Path) -> None:
    done = process("new-powder", "S6-3", input=lines(POWDER).encode())
    assert (done.code, (tmp_path / "powders" / "S6-3.toml").is_file()) == (0, True)
    done = process("new-powder", "S6-4", input=b"\xff\xfe\n")
    assert done.code == 1
    assert "not UTF-8" in done.refusal
    assert "nothing is written" in process("new-powder", "S6-4", input=b"").refusal


@settings(max_examples=30)
@given(st.text(max_size=30))
def test_no_answer_brings_down_the_questions(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("asking", numbered=True)
    with pytest.raises(RecladError):
        make_machine("cell", Asker(Lines(io.StringIO(f"\n\n\n{text}\n" * 4))), folder)
    assert list(folder.iterdir()) == []


@given(st.text(max_size=30))
def test_a_checked_answer_is_toml_that_reads_back(text: str) -> None:
    for check in (words, choice("V", "W"), whole(0, 63), past_date):
        try:
            kept = check(text)
        except RecladError:
            continue
        assert tomllib.loads(f"a = {kept}")["a"] is not None
