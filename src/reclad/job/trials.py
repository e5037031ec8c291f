"""Trials from a package folder, a bare CSV or a spreadsheet, checked row by row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reclad.errors import FileError
from reclad.job.library import data_folder
from reclad.job.trial_check import check_rows
from reclad.job.trial_columns import read_columns
from reclad.job.trial_package import PACKAGE, PackageHead, read_package
from reclad.job.trial_rows import Reading, read_rows
from reclad.job.trial_table import read_table
from reclad.units import show

if TYPE_CHECKING:
    from reclad.job.trial import Trial
    from reclad.job.trial_rows import TrialRow


@dataclass(frozen=True)
class TrialSet:
    """All rows of a table, refused ones included, in its order.

    head      what datapackage.json says; empty for a bare table
    left      columns no trial takes anything from
    empty     rows without any cell that were passed over
    folder    where its own materials, powders and nozzles may lie
    """

    name: str
    head: PackageHead
    rows: tuple[TrialRow, ...]
    left: tuple[str, ...]
    empty: int
    folder: Path

    @property
    def refused(self) -> tuple[TrialRow, ...]:
        """Rows with something missing or impossible."""
        return tuple(row for row in self.rows if row.refused)

    @property
    def trials(self) -> tuple[Trial, ...]:
        """The trials that may enter a score: sound, measured and good for something."""
        return tuple(row.trial for row in self.rows if row.trial is not None and row.good_for)


def read_trials(where: str | Path) -> TrialSet:
    """The trials of a package folder (or its datapackage.json), a .csv, an .xlsx or a shipped data
    set by its name, every row checked; a row that is refused stays in it and says why.

    Materials are looked up in the folder, then in the library. FileError if the table as a whole
    cannot be read: it names file, row, column, value and rule.
    """
    path = _shipped(Path(where))
    if path.name == PACKAGE:
        path = path.parent
    if _is_folder(path):
        name = path.resolve().name or "trials"
        if not (path / PACKAGE).is_file():
            raise FileError(
                f"{show(name, 120)}: has no {PACKAGE}; name the .csv or .xlsx in it, or add one "
                "(docs/how-to/bring-your-trials.md)"
            )
        head, table, columns, reading = read_package(path, name)
        folder = path
    else:
        if path.suffix.lower() not in (".csv", ".xlsx", ".tsv", ".txt"):
            raise FileError(
                f"{show(path.name, 120)}: no table of trials; give a .csv, an .xlsx or a folder "
                f"that holds {PACKAGE}"
            )
        table = read_table(path, path.name)
        columns, reading, folder = read_columns(table.name, table.header), Reading(), path.parent
        head, name = PackageHead.model_construct(resources=()), path.name
    rows = read_rows(table, columns, reading)
    left = tuple(column.name for column in columns if not column.key)
    return TrialSet(name, head, tuple(check_rows(rows, folder)), left, table.empty, folder)


def shipped_trials() -> list[str]:
    """Names of the data sets that come with reclad."""
    folder = data_folder().joinpath("trials")
    return sorted(one.name for one in folder.iterdir() if one.is_dir())


def _shipped(path: Path) -> Path:
    """The shipped data set of that name, unless something of that name lies here."""
    name = str(path)
    if name in shipped_trials() and not path.exists():
        return Path(str(data_folder().joinpath("trials", name)))
    return path


def _is_folder(path: Path) -> bool:
    try:
        if not path.exists():
            raise FileError(
                f"{show(str(path), 120)}: no such file or folder; check the name, or take "
                f"one that is shipped: {', '.join(shipped_trials())}"
            )
        return path.is_dir()
    except (OSError, ValueError) as error:
        raise FileError(f"{show(str(path), 120)}: cannot be read; check the name") from error
