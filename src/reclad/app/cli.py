"""The commands: each parses, makes one library call and prints. Exit 0 done, 1 refused, 2 usage."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from reclad.errors import RecladError

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
    bool, typer.Option("--replace", help="overwrite plan files somebody changed by hand")
]


@app.command()
def demo(as_json: AsJson = False) -> None:
    """The main job on the shipped pipe: writes ./pipe-demo with report and machine program."""
    from reclad.job import new_job

    if not Path(_DEMO).exists():
        new_job(_DEMO)
    _plan(Path(_DEMO), as_json=as_json, replace=False)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="name of the new folder")],
    like: Annotated[str, typer.Option(help="example to start from")] = "pipe",
) -> None:
    """A new job folder here, from a commented example."""
    from reclad.job import new_job

    folder = new_job(name, like=like)
    print(f"{folder.name}: edit job.toml, then run `reclad plan {folder.name}`")


@app.command()
def check(job: JobFolder, as_json: AsJson = False) -> None:
    """Whether a job can be read: every file, unit, name and rule."""
    from reclad.app import show
    from reclad.job import assumed, read_job

    read = read_job(job)
    if as_json:
        _print_json(
            {
                "job": read.name,
                "inputs": read.sources,
                "assumed": [a._asdict() for a in assumed(read)],
            }
        )
        return
    print(show.job_lines(read, len(assumed(read))))


@app.command()
def plan(job: JobFolder, as_json: AsJson = False, replace: Replace = False) -> None:
    """Parameters, path, machine program and report for a job: writes JOB/plan."""
    _plan(job, as_json=as_json, replace=replace)


@app.command()
def explain(
    job: JobFolder,
    name: Annotated[str, typer.Argument(help="what to explain, for example power")] = "",
    as_json: AsJson = False,
) -> None:
    """Why a number of the plan is what it is: value, model, parameters, source."""
    from reclad.app import show
    from reclad.errors import JobError
    from reclad.job import read_job
    from reclad.record import load_plan

    told = load_plan(job, dict(read_job(job).sources)).summary["explain"]
    if name not in told:
        wanted = f"{name!r} is not explained" if name else "say what to explain"
        raise JobError(f"{wanted}; choose one of {', '.join(told)}")
    if as_json:
        _print_json({name: told[name]})
    else:
        print(show.explanation(name, told[name]))


@app.command()
def post(
    job: JobFolder,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="same motion, gate 0, aiming beam, no powder")
    ] = False,
    coupon: Annotated[bool, typer.Option("--coupon", help="one turn, from the middle")] = False,
    from_turn: Annotated[
        int | None, typer.Option("--from-turn", help="resume at this turn, counted over layers")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A machine program of a planned job: whole, dry run, one-turn coupon, or the rest."""
    from reclad.app import show
    from reclad.job import read_job
    from reclad.record import post_program

    read = read_job(job)
    posted = post_program(read, job, dry_run=dry_run, coupon=coupon, from_turn=from_turn)
    if as_json:
        _print_json(show.verdict_json(posted.path, posted.verdict, posted.refereed))
    else:
        print(show.verdict_lines(posted.path, posted.verdict, posted.refereed))
    if not posted.accepted:
        raise typer.Exit(1)


@app.command()
def verify(
    program: Annotated[Path, typer.Argument(metavar="PROGRAM", help="machine program to check")],
    machine: Annotated[
        str | None, typer.Option("--machine", help="machine, when the program does not name it")
    ] = None,
    plan_folder: Annotated[
        Path | None, typer.Option("--plan", help="plan folder, when not beside the program")
    ] = None,
    checksum: Annotated[
        bool, typer.Option("--checksum/--no-checksum", help="also check the text's own checksum")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Whether a machine program may run: rules, limits, and its plan pose by pose."""
    from reclad.app import show
    from reclad.record import verify_program

    checked = verify_program(program, machine=machine, plan=plan_folder, checksum=checksum)
    if as_json:
        _print_json(
            show.verdict_json(program, checked.verdict, checked.refereed)
            | {"plan": checked.plan and str(checked.plan), "machine": checked.machine}
        )
    else:
        print(show.verdict_lines(program, checked.verdict, checked.refereed, checked.plan))
    if not checked.accepted:
        raise typer.Exit(1)


@app.command()
def predict(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.csv]", help="one setting per row")
    ] = None,
    power: Annotated[str | None, typer.Option(help='for example "2 kW"')] = None,
    travel_speed: Annotated[str | None, typer.Option(help='for example "10 mm/s"')] = None,
    feed_rate: Annotated[
        str, typer.Option(help='powder fed, for example "17 g/min"; "0 g/min" is a bare track')
    ] = "0 g/min",
    spot: Annotated[str, typer.Option(help="spot diameter")] = "3 mm",
    spot_definition: Annotated[
        str, typer.Option(help="1/e2, D4sigma, 1/e, FWHM or top-hat")
    ] = "1/e2",
    interpass: Annotated[str, typer.Option(help="part temperature")] = "20 degC",
    powder: Annotated[str | None, typer.Option(help="powder, for example IN625")] = None,
    material: Annotated[str, typer.Option(help="parent metal")] = "42CrMo4",
    as_json: AsJson = False,
) -> None:
    """The bead of one setting (options) or of every row of a CSV, with intervals.

    CSV columns: power_W, travel_speed_mm_s, feed_rate_g_min (0 or empty: bare melt track),
    spot_mm, spot_definition, interpass_C, powder, material.
    """
    from reclad.app import settings, show

    rows = (
        settings.read_csv(file)
        if file is not None
        else [
            settings.read_options(
                power, travel_speed, feed_rate, spot, spot_definition, interpass, powder, material
            )
        ]
    )
    predicted = settings.predict_rows(rows)
    if as_json:
        print("[\n" + ",\n".join(json.dumps(p, allow_nan=False) for p in predicted) + "\n]")
    else:
        print(show.bead_table(predicted))


def _plan(folder: Path, *, as_json: bool, replace: bool) -> None:
    import datetime

    from reclad.app import show
    from reclad.job import read_job
    from reclad.plan import plan_job
    from reclad.record import write_plan

    started = time.monotonic()

    def say(line: str) -> None:
        print(f"  {time.monotonic() - started:5.1f} s  {line}", file=sys.stderr, flush=True)

    now = datetime.datetime.now(tz=datetime.UTC).astimezone()
    made = plan_job(read_job(folder), today=now.date(), say=say)
    say("drawing the report")
    summary, where = write_plan(made, folder, now=now, replace=replace)
    say("done")
    if as_json:
        _print_json(summary | {"folder": str(where)})
    else:
        print(show.plan_lines(summary, where))
    if not made.verdict.accepted or (made.refereed.available and not made.refereed.accepted):
        raise typer.Exit(1)


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=str))


def main() -> None:
    """Entry point: every refusal is one line on stderr, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A shop console may be GBK or ASCII: print what it can, never stop for what it cannot.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except RecladError as error:
        print(f"reclad: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("reclad: interrupted; nothing was overwritten", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        print(f"reclad: {error.filename or ''} {error.strerror or error}".strip(), file=sys.stderr)
        sys.exit(1)
