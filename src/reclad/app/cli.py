"""The commands: each parses, makes one library call and prints. Exit 0 done, 1 refused, 2 usage."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from reclad.app import assess as assessing
from reclad.app import buffer as buffering
from reclad.app import calibrate, fluids, measuring, order, rush, schedule
from reclad.app import fit as fitting
from reclad.app import quote as quoting
from reclad.app import suggest as suggesting
from reclad.app.door import mention, run, tell
from reclad.app.trials import add_commands

app = typer.Typer(
    name="reclad",
    help="Laser-cladding repair: from a worn part to a proven machine program.",
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_DEMO = "pipe-demo"

JobFolder = Annotated[Path, typer.Argument(metavar="JOB", help="job folder, holding job.toml")]
AsJson = Annotated[bool, typer.Option("--json", help="print the result as JSON")]
Replace = Annotated[
    bool, typer.Option("--replace", help="give up plan files that somebody changed by hand")
]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="name of the new file")]
PosteriorFile = Annotated[
    Path | None, typer.Option("--posterior", help="what `reclad fit` wrote; else published data")
]
AnswersFile = Annotated[
    Path | None,
    typer.Option("--answers", "--from", help="file of answers, TOML or one per line; else asked"),
]


@app.command()
def demo(as_json: AsJson = False) -> None:
    """The shipped pipe: writes and plans ./pipe-demo."""
    from reclad.errors import FileError
    from reclad.job import new_job

    folder = Path(_DEMO)
    if not folder.exists():
        new_job(_DEMO)
    elif not (folder / "job.toml").is_file():
        raise FileError(
            f"{_DEMO}: exists already and is no job folder; move it elsewhere, or start in "
            "another folder"
        )
    _plan(folder, as_json=as_json, replace=False)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="name of the new folder")],
    like: Annotated[str, typer.Option(help="example to start from")] = "pipe",
) -> None:
    """A new job folder, from a commented example."""
    from reclad.job import new_job

    folder = new_job(name, like=like)
    if (folder / "job.toml").is_file():
        tell(f"{folder.name}: edit job.toml, then run `reclad plan {folder.name}`")
        return
    cases = sorted(file.name for file in folder.glob("*.toml"))
    tell(
        f"{folder.name}: edit {', '.join(cases)}, then run "
        f"`reclad simulate {folder.name}/{cases[0]}`"
    )


@app.command()
def check(job: JobFolder, as_json: AsJson = False) -> None:
    """Whether a job can be planned: files, units, rules."""
    from reclad.app import show
    from reclad.job import assumed, read_job

    read = read_job(job)
    if as_json:
        _tell_json(
            {
                "job": read.name,
                "inputs": read.sources,
                "assumed": [a._asdict() for a in assumed(read)],
            }
        )
        return
    tell(show.job_lines(read, assumed(read)))


@app.command()
def plan(
    job: JobFolder,
    posterior: PosteriorFile = None,
    as_json: AsJson = False,
    replace: Replace = False,
) -> None:
    """Settings, path, program, report: writes JOB/plan."""
    _plan(job, posterior, as_json=as_json, replace=replace)


@app.command()
def explain(
    job: JobFolder,
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="what to explain, for example power")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Why a number of the plan is what it is."""
    from reclad.app import show
    from reclad.errors import JobError
    from reclad.job import read_job
    from reclad.record import load_plan
    from reclad.units import nearest

    told = load_plan(job, dict(read_job(job).sources)).explanations
    if name and name not in told:
        raise JobError(f"{name!r} is not explained; {nearest(name, [*told])}")
    chosen = {name: told[name]} if name else told
    if as_json:
        _tell_json(chosen)
    else:
        tell(show.explanation(name, told[name]) if name else show.explained(told))


@app.command()
def diagnose(
    job: JobFolder,
    symptom: Annotated[str, typer.Argument(help="cracked, pores, no-bond, too-thin or too-hot")],
    as_json: AsJson = False,
) -> None:
    """Likely causes of a defect, and what to change."""
    from dataclasses import asdict

    from reclad.app import show
    from reclad.job import read_job
    from reclad.record import diagnose_job

    causes = diagnose_job(read_job(job), job, symptom)
    if as_json:
        _tell_json({"symptom": symptom, "causes": [asdict(cause) for cause in causes]})
    else:
        tell(show.causes(symptom, causes))


@app.command()
def post(
    job: JobFolder,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="same motion, laser never on, aiming beam, no powder"),
    ] = False,
    coupon: Annotated[
        bool, typer.Option("--coupon", help="the first turn alone, to weld and measure")
    ] = False,
    from_turn: Annotated[
        int | None, typer.Option("--from-turn", help="resume at this turn, counted over layers")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A program of a plan: whole, dry run, coupon, rest."""
    from reclad.app import show
    from reclad.job import read_job
    from reclad.record import post_program

    if coupon and from_turn is not None:
        raise typer.BadParameter("--coupon and --from-turn exclude each other; give one of them")
    posted = post_program(read_job(job), job, dry_run=dry_run, coupon=coupon, from_turn=from_turn)
    if as_json:
        _tell_json(show.checked_json(posted))
    else:
        tell(show.checked_lines(posted, written=posted.accepted))
    show.expect_accepted(posted, "it is not written")


@app.command()
def verify(
    program: Annotated[Path, typer.Argument(metavar="PROGRAM", help="machine program to check")],
    machine: Annotated[
        str | None, typer.Option("--machine", help="machine, when neither plan nor program says")
    ] = None,
    plan_folder: Annotated[
        Path | None, typer.Option("--plan", help="plan or job folder, when not beside the program")
    ] = None,
    checksum: Annotated[
        bool, typer.Option("--checksum/--no-checksum", help="also check the text's own checksum")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Whether a program may run: rules, limits, its plan."""
    from reclad.app import show
    from reclad.record import verify_program

    checked = verify_program(program, machine=machine, plan=plan_folder, checksum=checksum)
    if as_json:
        _tell_json(show.checked_json(checked))
    else:
        tell(show.checked_lines(checked))
    show.expect_accepted(checked, "do not run it")


@app.command()
def predict(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.csv]", help="one setting per row")
    ] = None,
    power: Annotated[str | None, typer.Option(help='for example "2 kW"')] = None,
    travel_speed: Annotated[str | None, typer.Option(help='for example "10 mm/s"')] = None,
    feed_rate: Annotated[
        str | None, typer.Option(help='powder fed, for example "17 g/min"; else a bare track')
    ] = None,
    spot: Annotated[str | None, typer.Option(help='spot diameter; else "3 mm"')] = None,
    spot_definition: Annotated[
        str | None, typer.Option(help="1/e2 (else this), D4sigma, 1/e, FWHM or top-hat")
    ] = None,
    interpass: Annotated[str | None, typer.Option(help='part temperature; else "20 degC"')] = None,
    powder: Annotated[str | None, typer.Option(help="powder, for example IN625")] = None,
    material: Annotated[str | None, typer.Option(help="parent metal; else 42CrMo4")] = None,
    posterior: PosteriorFile = None,
    as_json: AsJson = False,
) -> None:
    """The bead of one setting, or of every CSV row.

    CSV columns: power_W, travel_speed_mm_s, feed_rate_g_min (0 or empty: bare melt track),
    spot_mm, spot_definition, interpass_C, powder, material.
    """
    from reclad.app import settings, show

    options = {
        "power": power,
        "travel_speed": travel_speed,
        "feed_rate": feed_rate,
        "spot": spot,
        "spot_definition": spot_definition,
        "interpass": interpass,
        "powder": powder,
        "material": material,
    }
    given = {name: text for name, text in options.items() if text is not None}
    if file is not None and given:
        raise typer.BadParameter("give a CSV file or options, not both")
    if file is None and not {"power", "travel_speed"} <= given.keys():
        raise typer.BadParameter(
            "give a CSV file, or at least --power and --travel-speed, for example "
            '--power "2 kW" --travel-speed "10 mm/s" --feed-rate "17 g/min" --powder IN625'
        )
    rows = [settings.read_options(given)] if file is None else settings.read_csv(file)
    predicted = settings.predict_rows(rows, posterior)
    if as_json:
        tell("[\n" + ",\n".join(json.dumps(p, allow_nan=False) for p in predicted) + "\n]")
    else:
        tell(show.bead_table(predicted))


@app.command()
def simulate(
    case: Annotated[
        Path, typer.Argument(metavar="CASE.toml|JOB", help="heat case with its path CSV, or a job")
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="folder for CSV files and a picture")
    ] = None,
    draws: Annotated[
        int, typer.Option(min=2, max=256, help="of a job: how many draws are solved, each whole")
    ] = 32,
    as_json: AsJson = False,
) -> None:
    """Heat of a beam on a path, or of a job over its draws."""
    from reclad.app import simulate as work

    if case.is_dir() or case.name == "job.toml":
        told = work.solve_job(case, draws, output, mention)
        lines = work.job_lines
    else:
        told = work.solve_case(case, output, mention)
        lines = work.case_lines
    if as_json:
        _tell_json(told)
    else:
        tell(lines(told))


@app.command("list")
def list_library(
    kind: Annotated[
        str, typer.Argument(metavar="[KIND]", help="materials, powders, machines, nozzles, ...")
    ] = "",
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="one of them, in full")] = "",
    as_json: AsJson = False,
) -> None:
    """Materials, powders, machines and their numbers."""
    from dataclasses import asdict

    from reclad.app import listing

    here = Path()
    if name:
        one = listing.read_one(kind, name, here)
        if as_json:
            _tell_json(one)
        else:
            tell(listing.one_lines(one))
    elif kind:
        rows = listing.list_kind(kind, here)
        if as_json:
            _tell_json({"kind": kind, "names": [asdict(row) for row in rows]})
        else:
            tell(listing.rows_lines(kind, rows))
    else:
        counts = listing.count_kinds(here)
        if as_json:
            _tell_json(counts)
        else:
            tell(listing.kinds_lines(counts))


@app.command("new-machine")
def new_machine(name: NewName, answers: AnswersFile = None) -> None:
    """A machine file, from questions and weighings."""
    from reclad.app.asking import Asker, open_answers
    from reclad.app.cell import make_machine

    made = make_machine(name, Asker(open_answers(answers)), Path())
    tell(f'{made}: read back and kept; write machine = "{name}" in job.toml beside machines/')


@app.command("new-powder")
def new_powder(name: NewName, answers: AnswersFile = None) -> None:
    """A powder file, from its certificate."""
    from reclad.app.asking import Asker, open_answers
    from reclad.app.feedstock import make_powder

    made = make_powder(name, Asker(open_answers(answers)), Path())
    tell(f'{made}: read back and kept; write powder = "{name}" in job.toml beside powders/')


add_commands(app)
assessing.add_commands(app)
buffering.add_commands(app)
calibrate.add_commands(app)
fitting.add_commands(app)
measuring.add_commands(app)
suggesting.add_commands(app)
quoting.add_commands(app)
fluids.add_commands(app)
order.add_commands(app)
schedule.add_commands(app)
rush.add_commands(app)


def _plan(job: Path, posterior: Path | None = None, *, as_json: bool, replace: bool) -> None:
    import datetime

    from reclad.app import show
    from reclad.job import read_job
    from reclad.lab import read_posterior
    from reclad.plan import plan_job
    from reclad.record import expect_writable, write_plan

    started = time.monotonic()

    def say(line: str) -> None:
        mention(f"  {time.monotonic() - started:5.1f} s  {line}")

    read = read_job(job)
    learned = None if posterior is None else read_posterior(posterior)
    expect_writable(job, replace=replace)
    now = datetime.datetime.now(tz=datetime.UTC).astimezone()
    made = plan_job(read, learned=learned, today=now.date(), say=say)
    say("drawing the report")
    summary, where = write_plan(made, job, now=now, replace=replace)
    say("done")
    if as_json:
        _tell_json(summary | {"folder": str(where)})
    else:
        tell(show.plan_lines(summary, where))
    show.expect_plan_accepted(summary)


def _tell_json(value: dict[str, Any]) -> None:
    # ASCII only: a console that lacks a sign must not change the data.
    tell(json.dumps(value, indent=2, allow_nan=False))


def main() -> None:
    """Entry point: every refusal is one line on stderr, never a traceback."""
    if not sys.warnoptions:
        # A remark of a library on its arithmetic tells a shop nothing; the tests heed them all.
        warnings.simplefilter("ignore")
    sys.exit(run(app))
