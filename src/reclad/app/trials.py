"""`reclad trials check`, `reclad share`, `reclad receive`: a laboratory's trials in and out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reclad.app.door import tell

if TYPE_CHECKING:
    from reclad.record import Shared

trials = typer.Typer(
    help="Trials of a laboratory: what is missing in them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
AsJson = Annotated[bool, typer.Option("--json", help="print the result as JSON")]


def add_commands(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.add_typer(trials, name="trials")
    app.command()(share)
    app.command()(receive)


@trials.command()
def check(
    where: Annotated[
        str,
        typer.Argument(metavar="FOLDER|CSV|XLSX", help="data package, table, or hofmann, dai"),
    ],
    as_json: AsJson = False,
) -> None:
    """Row by row what is missing or cannot be."""
    from reclad.app import trials_told as told
    from reclad.job import read_trials

    found = read_trials(where)
    tell(_json(told.trials_json(found)) if as_json else told.trials_lines(found))
    told.expect_usable(found)


def share(
    where: Annotated[Path, typer.Argument(metavar="FOLDER|JOB", help="data package or job folder")],
    output: Annotated[Path, typer.Option("-o", "--output", help="file to write, a .zip")],
    sender: Annotated[str, typer.Option("--from", help='who shares, for example "Lab North"')],
    licence: Annotated[str, typer.Option(help='for example "CC BY 4.0"')] = "",
    agreement: Annotated[
        Path | None, typer.Option(help="text file: what the receiver may do; restricts the data")
    ] = None,
    what: Annotated[str, typer.Option(help="what it is; else the name of the folder")] = "",
    date: Annotated[str, typer.Option(help="date of sharing; else today")] = "",
    as_json: AsJson = False,
) -> None:
    """Trials or a job as one file, with terms and sums."""
    import datetime

    from reclad.app.trials_told import shared_lines
    from reclad.job.reading import read_text
    from reclad.record import Terms, share_folder

    folder = where.parent if where.is_file() else where
    text = read_text(agreement, agreement.name).text.strip() if agreement is not None else ""
    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date().isoformat()
    terms = Terms(sender, what or folder.resolve().name, date or today, licence, text)
    shared = share_folder(where, output, terms)
    tell(_json(_told(shared, output)) if as_json else shared_lines(shared, output))


def receive(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="what `reclad share` made")],
    output: Annotated[Path, typer.Option("-o", "--output", help="folder to make")],
    as_json: AsJson = False,
) -> None:
    """Checks a shared file, unpacks it, tells its terms."""
    from reclad.app.trials_told import received_lines
    from reclad.record import receive_file

    received = receive_file(file, output)
    tell(_json(_told(received, output)) if as_json else received_lines(received, output))


def _told(shared: Shared, output: Path) -> dict[str, Any]:
    return {
        "output": str(output),
        "left_out": [*shared.left_out],
        "marked": shared.marked,
        "manifest": shared.manifest.model_dump(mode="json"),
    }


def _json(value: dict[str, Any]) -> str:
    # ASCII only: a console that lacks a sign must not change the data.
    return json.dumps(value, indent=2, allow_nan=False)
