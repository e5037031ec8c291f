"""A solved heat case as numbers for a program, as CSV files and as one picture."""

from __future__ import annotations

import csv
import itertools
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.arrays import write_arrays
from reclad.errors import FileError
from reclad.record._case_figure import draw_case
from reclad.record.summary import quantity
from reclad.units import to_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reclad.heat.conduction import CaseResult
    from reclad.job.heat_case import HeatCase
    from reclad.record.views import Floats

_MOST_ROWS = 1_000_000  # of a grid as text; beyond, the same numbers as arrays
_FILES = ("result.json", "points.csv", "pool.csv", "grid.csv", "grid.npz", "picture.svg")


def summarise_case(case: HeatCase, result: CaseResult) -> dict[str, Any]:
    """What was solved and what came out, as plain JSON values; lists say their unit in their name.

    A grid is told by its axes and its highest temperature at each time; `write_case` writes it.
    """
    hottest = int(result.peak.argmax())
    told: dict[str, Any] = {
        "case": case.name,
        "inputs": case.sources,
        "solver": result.solver,
        "notes": [*result.notes],
        "start": quantity(case.start, "K"),
        "melting": None if case.melting is None else quantity(case.melting, "K"),
        "peak": quantity(result.peak[hottest], "K"),
        "peak_time": quantity(result.time[hottest], "s"),
        "t_s": result.time.tolist(),
        "peak_K": result.peak.tolist(),
        "points": [
            {f"{axis}_mm": to_unit(float(v), "mm") for axis, v in zip("xyz", place, strict=True)}
            | {"temperature_K": values.tolist()}
            for place, values in zip(result.points, result.temperature, strict=True)
        ],
        "pools": [dict(zip(_POOL, row, strict=True)) for row in _pool_rows(result)],
        "grid": None,
    }
    if result.axes is not None and result.grid is not None:
        told["grid"] = {
            f"{name}_mm": to_unit(axis, "mm").tolist()
            for name, axis in zip("xyz", result.axes, strict=True)
        } | {"highest_K": result.grid.max(axis=(1, 2, 3)).tolist()}
    return told


def write_case(case: HeatCase, result: CaseResult, folder: Path) -> list[Path]:
    """Write result.json, points.csv, pool.csv, grid.csv (grid.npz beyond a million rows) and
    picture.svg, as far as the case has them; gives the files.

    An earlier result in `folder` is replaced; FileError if it holds anything else or cannot be
    written.
    """
    try:
        found = {p.name for p in folder.iterdir()} if folder.exists() else set()
        if found - set(_FILES):
            raise FileError(
                f"{folder}: holds other files ({min(found - set(_FILES))}); choose another folder"
            )
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".reclad-case-"))
        try:
            _write_files(case, result, scratch)
            made = sorted(p.name for p in scratch.iterdir())
            for name in made:
                (scratch / name).replace(folder / name)
            for name in found - set(made):
                (folder / name).unlink()
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise FileError(
            f"{folder}: cannot be written ({error.strerror}); free space or choose another folder"
        ) from error
    return [folder / name for name in made]


def _write_files(case: HeatCase, result: CaseResult, folder: Path) -> None:
    text = json.dumps(summarise_case(case, result), indent=1, allow_nan=False)
    (folder / "result.json").write_text(text + "\n", encoding="ascii", newline="\n")
    (folder / "picture.svg").write_text(draw_case(result) + "\n", encoding="utf-8", newline="\n")
    if len(result.points):
        _write_csv(folder / "points.csv", _PLACE, _point_rows(result))
    if result.pools:
        _write_csv(folder / "pool.csv", _POOL, _pool_rows(result))
    if result.axes is None or result.grid is None:
        return
    if result.grid.size <= _MOST_ROWS:
        _write_csv(folder / "grid.csv", _PLACE, _grid_rows(result.axes, result.time, result.grid))
    else:
        axes = dict(zip("xyz", result.axes, strict=True))
        write_arrays(folder / "grid.npz", axes | {"time": result.time, "temperature": result.grid})


_PLACE = ("t_s", "x_mm", "y_mm", "z_mm", "temperature_K")
_POOL = ("t_s", "width_mm", "length_mm", "depth_mm", "peak_K")


def _pool_rows(result: CaseResult) -> Iterable[tuple[float, ...]]:
    for p in result.pools:
        yield (p.time, *(to_unit(v, "mm") for v in (p.width, p.length, p.depth)), p.peak)


def _point_rows(result: CaseResult) -> Iterable[tuple[float, ...]]:
    places = to_unit(result.points, "mm")
    for n, time in enumerate(result.time):
        for place, values in zip(places, result.temperature, strict=True):
            yield (time, *place, values[n])


def _grid_rows(
    axes: tuple[Floats, ...], times: Floats, grid: Floats
) -> Iterable[tuple[float, ...]]:
    along = [to_unit(axis, "mm").tolist() for axis in axes]
    for time, field in zip(times, grid, strict=True):
        for place, value in zip(itertools.product(*along), np.ravel(field).tolist(), strict=True):
            yield (time, *place, value)


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[float, ...]]) -> None:
    with path.open("w", encoding="ascii", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows([f"{value:.9g}" for value in row] for row in rows)
