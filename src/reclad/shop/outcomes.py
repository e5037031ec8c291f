"""What came of a shop's repairs: one line per repair, added at the end and never changed."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from pydantic import ValidationError, model_validator

from reclad.errors import FileError, ShopError
from reclad.job.damages import Mode
from reclad.job.declared import Date, Name
from reclad.risk import Outcome
from reclad.units import Declared, broken_rule

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Self


class Finished(Declared):
    """One finished repair: when, what was foretold, and what damage came of it (empty: sound)."""

    job: Name
    date: Date
    foretold: dict[Mode, float]
    damaged: tuple[Mode, ...] = ()

    @model_validator(mode="after")
    def _chances(self) -> Self:
        for mode, chance in self.foretold.items():
            if not 0.0 <= chance <= 1.0:
                raise broken_rule("foretold", f"{mode} {chance:g} is no chance; write 0 to 1")
        unknown = [mode for mode in self.damaged if mode not in self.foretold]
        if unknown:
            raise broken_rule(
                "damaged", f"{unknown[0]} was not foretold; assess the job again, then add it"
            )
        return self


def read_outcomes(path: Path) -> tuple[Outcome, ...]:
    """All outcomes of a file that `add_outcome` wrote. FileError where there is none, or names the
    line that cannot be read."""
    if not path.exists():
        raise FileError(f"{path}: no such file; `reclad outcome JOB --outcomes {path}` begins it")
    return tuple(
        Outcome({str(mode): p for mode, p in one.foretold.items()}, frozenset(one.damaged))
        for one in _read(path)
    )


def add_outcome(
    path: Path, job: str, date: str, foretold: Mapping[str, float], damaged: tuple[str, ...]
) -> int:
    """Add a finished repair at the end of the file; gives how many stand there now.

    damaged   kinds of damage that came; empty for a sound repair
    Each repair counts once: ShopError where the job stands there already. FileError where the file
    cannot be read or written.
    """
    before = _read(path)
    if any(one.job == job for one in before):
        raise ShopError(
            f"{path}: {job} stands there already; a repair counts once, name the job otherwise"
        )
    told = {"job": job, "date": date, "foretold": dict(foretold), "damaged": [*damaged]}
    one = _checked(told, f"{path}")
    line = json.dumps(one.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({error.strerror})") from error
    return len(before) + 1


def _read(path: Path) -> list[Finished]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{path}: cannot be read ({error}); give a file of outcomes") from error
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(_checked(json.loads(line), f"{path} line {number}"))
        except json.JSONDecodeError as error:
            raise FileError(
                f"{path} line {number}: no outcome; take the line out or restore it"
            ) from error
    return found


def _checked(told: object, where: str) -> Finished:
    from reclad.job.reading import refusal

    try:
        return Finished.model_validate(told)
    except ValidationError as error:
        raise FileError(str(refusal(error, where))) from error
