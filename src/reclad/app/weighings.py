"""Weighings of a feeder: asked row by row, and the line through them told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from reclad.app.asking import Question, TogetherError, toml
from reclad.errors import JobError, RecladError
from reclad.job import Carrier, FeederFit, WeighedPowder, fit_weighings
from reclad.job.feeder_curve import CaughtPowder, FeederCurve
from reclad.job.numbers import quantities
from reclad.job.reading import faults
from reclad.units import format_number, format_quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reclad.app.asking import Asker
    from reclad.units import Q

KINDS = quantities(CaughtPowder)
DELAY = quantities(FeederCurve)["delays"]


def ask_weighings(asker: Asker, key: str) -> list[WeighedPowder]:
    """The weighings of rows such as "4, 32.1, 120"; TogetherError names the row that is none."""
    question = Question(
        key,
        "at least 3 lines of rpm, grams, seconds, for example 4, 32.1, 120; an empty line ends",
        toml,
    )
    return [_read_weighing(n, row) for n, row in enumerate(asker.rows(question), start=1)]


def ask_delays(asker: Asker, key: str) -> list[float]:
    """Readings of the powder delay (s), one a line; none is a good answer too."""
    question = Question(
        key,
        "seconds from powder on until its stream is steady, one reading a line; an empty line "
        "ends, and without a reading that of the machine counts",
        toml,
    )
    return [
        _read_cell(n, row.replace("，", ","), DELAY)
        for n, row in enumerate(asker.rows(question), start=1)
    ]


def _read_weighing(number: int, row: str) -> WeighedPowder:
    plain = row.replace("，", ",").replace("；", ";")
    cells = [cell.strip() for cell in plain.split(";" if ";" in plain else ",")]
    if len(cells) != 3:
        raise TogetherError(
            f"line {number} has {len(cells)} numbers; write rpm, grams, seconds, for example "
            "4, 32.1, 120"
        )
    values = [_read_cell(number, c, q) for c, q in zip(cells, KINDS.values(), strict=True)]
    return WeighedPowder(*values)


def _read_cell(number: int, cell: str, q: Q) -> float:
    bare = cell.isascii() and cell.replace(".", "", 1).isdecimal()
    try:
        # The question names the column's unit, so a bare number has one here.
        return q.parse(f"{cell} {q.unit}" if bare else cell)
    except RecladError as error:
        raise TogetherError(f"line {number}: {error}") from error


def fit_together(weighed: Sequence[WeighedPowder]) -> FeederFit:
    """The line through asked weighings; TogetherError when they make none."""
    try:
        return fit_weighings(weighed)
    except RecladError as error:
        raise TogetherError(str(error)) from error


def carrier(answer: str) -> str:
    """A check for a carrier gas and its flow; as a file writes it."""
    try:
        return toml(Carrier.model_validate(answer).text)
    except ValidationError as error:
        raise JobError(faults(error)[0][1]) from error


def fit_lines(fit: FeederFit) -> list[str]:
    """The line, and what each weighing is off it, for people."""
    offset, slope = (format_quantity(v, "g/min") for v in (fit.offset, fit.slope))
    return [
        f"line through the weighings: {offset} + {slope} per rpm",
        *(
            f"{format_number(w.rpm)} rpm: weighed {format_quantity(w.rate, 'g/min')}, line "
            f"{format_quantity(fit.rate_at(w.rpm), 'g/min')}, off by {fit.misfit(n) * 100:+.2f} %"
            for n, w in enumerate(fit.weighed)
        ),
    ]
