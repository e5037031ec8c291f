"""`reclad buffer`: a hard overlay on a ductile buffer layer, as two jobs one after the other."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reclad.app.door import mention, tell

if TYPE_CHECKING:
    from reclad.job import Job

_UNDER, _OVER = "buffer", "over"


def add_commands(app: typer.Typer) -> None:
    """Put the command of this module on the command line."""
    app.command()(buffer)


def buffer(
    job: Annotated[Path, typer.Argument(metavar="JOB", help="job folder of the overlay")],
    powder: Annotated[str, typer.Option(help="powder of the buffer, for example IN625")],
    thickness: Annotated[
        str, typer.Option(help='least thickness, "0.8 mm"; else a fifth of the spot')
    ] = "",
    turn_down: Annotated[
        str, typer.Option("--turn-down", help='metal turned off the zone first, "1 mm"')
    ] = "",
    feeder: Annotated[
        str | None, typer.Option(help="curve of the buffer's powder lot, by name")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the result as JSON")] = False,
) -> None:
    """A buffer layer under a hard overlay, as two jobs.

    Writes JOB-buffer and JOB-over beside JOB.
    """
    import numpy as np

    from reclad.buffer import buffer_job, least_thickness, overlay_job, thickness_of
    from reclad.buffer import turn_down as turned_down
    from reclad.foresight import foresee
    from reclad.job import read_job
    from reclad.record.folder import job_folder_of

    folder = job_folder_of(job).resolve()
    for end in (_UNDER, _OVER):
        _expect_free(folder, end)
    read = read_job(job)
    cut = _length("turn-down", turn_down) if turn_down else 0.0
    least = _length("thickness", thickness) if thickness else least_thickness(read)
    turned = turned_down(read, cut)
    under = buffer_job(turned, powder, least, feeder=feeder, folder=folder)
    mention("  foreseeing the buffer layer")
    low, middle, high = np.quantile(thickness_of(foresee(under)), (0.05, 0.5, 0.95))
    forecast = round(float(middle), 5)  # a caliper reads no more
    over = overlay_job(turned, powder, forecast, folder=folder)
    wanted = [(row.finished - row.worn) / (1.0 if over.part.flat else 2.0)
              for row in over.part.caliper]  # fmt: skip
    told = {
        "buffer": f"{folder.name}-{_UNDER}",
        "over": f"{folder.name}-{_OVER}",
        "powder": under.feedstock.name,
        "turned_down": _mm(cut),
        "least_thickness": _mm(least),
        "thickness": {"value": 1e3 * float(middle), "unit": "mm", "p05": 1e3 * float(low),
                      "p50": 1e3 * float(middle), "p95": 1e3 * float(high)},
        "finished_overlay": [_mm(min(wanted)), _mm(max(wanted))],
    }  # fmt: skip
    _write(folder, {_UNDER: (under, _under_head(read, cut)), _OVER: (over, _over_head(under))})
    tell(json.dumps(told, indent=2, allow_nan=False) if as_json else "\n".join(_lines(told, over)))


def _length(option: str, text: str) -> float:
    from reclad.errors import UnitError
    from reclad.units import Q

    try:
        return Q("mm", f"--{option}", 0.01, 50).parse(text)
    except UnitError as error:
        raise UnitError(f"--{option}: {error}") from error


def _mm(metres: float) -> str:
    from reclad.units import format_quantity

    return format_quantity(metres, "mm", 3)


def _expect_free(folder: Path, end: str) -> Path:
    from reclad.errors import FileError
    from reclad.job.folder import expect_plain_name
    from reclad.units import show

    target = folder.with_name(f"{folder.name}-{end}")
    expect_plain_name(target.name)
    if os.path.lexists(target):
        raise FileError(
            f"{show(target.name)}: exists already and is not overwritten; move it elsewhere"
        )
    return target


def _under_head(job: Job, cut: float) -> list[str]:
    head = [
        f"The buffer layer under the {job.feedstock.name} of {job.name}: laid first, in one layer.",
        "面层之下的过渡层：先熔覆，单层。",
    ]
    if cut:
        head += [
            f"The zone is turned down by {_mm(cut)} (radial) first: the sizes found below are a",
            f"forecast; measure them then. 熔覆区先车（铣）去 {_mm(cut)}（半径方向）；下列实测值",
            "为预计值，加工后请重新测量。",
        ]
    if job.treatment.post_heat is not None:
        head += ["One furnace, after the overlay: none between. 面层之后只入炉一次，中间不入炉。"]
    return head


def _over_head(under: Job) -> list[str]:
    return [
        f"The overlay on the {under.feedstock.name} of {under.name}: plan it once that is welded.",
        "过渡层之上的面层：过渡层焊完后再规划。",
        "The sizes found below are a FORECAST: measure the buffer and put the readings in.",
        "下列实测值为预计值：请测量过渡层并填入实测值。",
    ]


def _write(folder: Path, jobs: dict[str, tuple[Job, list[str]]]) -> None:
    """Both job folders beside that of the job, with its own library; or neither."""
    from reclad.app.job_text import job_text
    from reclad.errors import FileError

    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".reclad-new-") as scratch:
            for end, (job, head) in jobs.items():
                made = Path(scratch) / f"{folder.name}-{end}"
                made.mkdir()
                _carry_library(folder, made)
                text = job_text(job, head)
                (made / "job.toml").write_text(text, encoding="utf-8", newline="\n")
                _read_back(made)
            targets = [_expect_free(folder, end) for end in jobs]
            for target in targets:
                (Path(scratch) / target.name).rename(target)
    except OSError as error:
        raise FileError(
            f"{folder.parent}: cannot make a folder here ({error.strerror}); choose a folder you "
            "may write to"
        ) from error


def _carry_library(folder: Path, made: Path) -> None:
    from reclad.job.library import KINDS

    for kind in KINDS:
        if (folder / kind).is_dir():
            shutil.copytree(folder / kind, made / kind)
    if (folder / "sources.bib").is_file():
        shutil.copyfile(folder / "sources.bib", made / "sources.bib")


def _read_back(made: Path) -> None:
    from reclad.errors import JobError
    from reclad.job import read_job

    try:
        read_job(made)
    except JobError as error:
        hint = "; then name it with --feeder" if "reclad weigh" in str(error) else ""
        raise JobError(f"{made.name}/{error}{hint}") from error


def _lines(told: dict[str, Any], over: Job) -> list[str]:
    thick, (thinnest, thickest) = told["thickness"], told["finished_overlay"]
    part, ends = over.part, over.path.over_travel
    zone = f"{_mm(part.clad_from - ends)} to {_mm(part.clad_to + ends)}"
    lines = [
        f"{told['buffer']}: {told['powder']}, at least {told['least_thickness']}; foreseen "
        f"{thick['value']:.2f} mm ({thick['p05']:.2f}-{thick['p95']:.2f})",
        f"{told['over']}: {over.feedstock.name} on it, {thinnest} to {thickest} of it left on the "
        "finished part",
        "",
    ]
    if told["turned_down"] != _mm(0.0):
        lines.append(f"  turn the zone, {zone}, down by {told['turned_down']} and measure it")
    return [
        *lines,
        f"  reclad plan {told['buffer']}, and weld it",
        f"  measure the buffer; put the readings into [part] caliper of {told['over']}, which",
        "  holds a forecast until then",
        f"  reclad plan {told['over']}, and weld it",
    ]
