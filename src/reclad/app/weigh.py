"""`reclad weigh`: a feeder curve from weighings, out of a table or asked one by one."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reclad.app.asking import Question, past_date, toml, whole, words
from reclad.app.measured import read_measured
from reclad.app.weighings import (
    DELAY,
    KINDS,
    ask_delays,
    ask_weighings,
    carrier,
    fit_lines,
    fit_together,
)
from reclad.errors import FileError, JobError, RecladError
from reclad.job import (
    FeederCurve,
    Machine,
    WeighedPowder,
    place_file,
    read_machine,
    read_powder,
    with_curve,
)
from reclad.job.library import Found
from reclad.job.placing import expect_free
from reclad.job.reading import TextFile, parse_toml, validate
from reclad.units import format_quantity, to_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reclad.app.asking import Answers, Asker

COLUMNS = {"rpm": KINDS["rpm"], "mass_g": KINDS["mass"], "time_s": KINDS["time"]}
DELAYS = {"delay_s": DELAY}
NEEDED = ("machine", "powder", "lot", "carrier")
OPTION = {"carrier": "gas", "weighed": "date", "valid_days": "valid-days"}


@dataclass
class Options:
    """Answers given on the command line by key; what is not given there is asked."""

    given: Mapping[str, str]
    rest: Answers

    def take(self, question: Question, default: str | None) -> str:
        if question.key in self.given:
            return self.given[question.key]
        return self.rest.take(question, default)

    def rows(self, question: Question) -> list[str]:
        return self.rest.rows(question)

    def refuse(self, key: str, error: RecladError) -> None:
        if key in self.given:
            raise JobError(f"--{OPTION.get(key, key)}: {error}") from error
        self.rest.refuse(key, error)

    def finish(self, asked: set[str], /) -> None:
        self.rest.finish(asked)


def make_curve(
    name: str, asker: Asker, table: Path | None, folder: Path, *, replace: bool
) -> FeederCurve:
    """Put `folder`/feeders/`name`.toml, read back, in its place, and give what it holds.

    table     CSV or XLSX of the weighings; None: they are asked
    replace   whether a curve of that name may be given up for it
    """
    if not replace and (folder / "feeders" / f"{name}.toml").exists():
        raise FileError(
            f"feeders/{name}.toml: exists already; give --replace to give it up for these "
            "weighings, or choose another name"
        )
    expect_free("feeders", name, folder, replace=replace)
    _ask_lot(asker, folder)
    if table is None:
        weighed = asker.until_right("weighings", lambda: _ask_line(asker))
        delays = asker.until_right("delays", lambda: ask_delays(asker, "delays"))
    else:
        rows, delays = read_measured(table, COLUMNS, DELAYS)
        weighed = [WeighedPowder(*row) for row in rows]
    asker.answers.finish(asker.asked)
    cell = read_machine(asker.table("")["machine"], folder)
    text = _curve_text(name, asker, weighed, delays, cell)
    place_file("feeders", name, text, FeederCurve, folder, replace=replace)
    return _read(text, name)


def _ask_line(asker: Asker) -> list[WeighedPowder]:
    weighed = ask_weighings(asker, "weighings")
    fit_together(weighed)
    return weighed


def _ask_lot(asker: Asker, folder: Path) -> None:
    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date().isoformat()
    for question in (
        Question(
            "machine",
            "machine whose feeder was weighed, a name of `reclad list machines`",
            lambda name: toml(read_machine(name, folder).name),
        ),
        Question(
            "powder",
            "powder that was weighed, a name of `reclad list powders`",
            lambda name: toml(read_powder(name, folder).name),
        ),
        Question("lot", "its lot number", words),
        Question(
            "carrier",
            'gas that carried it, and its flow, for example "Ar 5 L/min"',
            carrier,
        ),
        Question("weighed", "day of the weighings", past_date, today),
        Question("valid_days", "days until it is weighed again", whole(1, 3650), "90"),
        Question("who", "who weighed it", words, ""),
    ):
        asker.ask(question)


def _curve_text(
    name: str,
    asker: Asker,
    weighed: Sequence[WeighedPowder],
    delays: Sequence[float],
    cell: Machine,
) -> str:
    """The file's text, once its curve has been tried on the machine."""
    told = asker.told
    rows = [
        f'  ["{w.rpm:.12g} rpm", "{to_unit(w.mass, "g"):.12g} g", "{w.time:.12g} s"],'
        for w in weighed
    ]
    head = [
        "# Made by `reclad weigh`; correct a weighing here, or weigh again with --replace.",
        f"name = {toml(name)}",
        *(f"{key} = {told[key]}" for key in ("machine", "powder", "lot", "carrier")),
        'source = "shop"',
        *(f"{key} = {told[key]}" for key in ("weighed", "valid_days", "who")),
    ]
    readings = [f'"{delay:.12g} s"' for delay in delays]
    data = ["weighings = [", *rows, "]"]
    data += [f"delays = [{', '.join(readings)}]"] if readings else []
    curve = _read("\n".join((*head, *data)), name)
    with_curve(cell, Found(curve, f"feeders/{name}.toml", ""))
    notes = [f"# {line}" for line in (*fit_lines(curve.fit), delay_line(curve))]
    return "\n".join((*head, *notes, *data)) + "\n"


def _read(text: str, name: str) -> FeederCurve:
    file = f"feeders/{name}.toml"
    return validate(FeederCurve, parse_toml(TextFile(file, text, "")), file)


def delay_line(curve: FeederCurve) -> str:
    """The powder delay and how far its repeats spread, for people."""
    if curve.delay is None:
        return "delay: not measured, that of the machine counts"
    count, spread = len(curve.delays), curve.delay_spread
    told = f"delay: {format_quantity(curve.delay, 's')}, median of {count}"
    return told + (f", spread {format_quantity(spread, 's', 2)}" if spread is not None else "")


def curve_lines(curve: FeederCurve) -> list[str]:
    """A curve for people: the line, each weighing's misfit, the delay, until when it is good."""
    last = datetime.date.fromisoformat(curve.weighed) + datetime.timedelta(days=curve.valid_days)
    return [
        f"{curve.powder}, lot {curve.lot}, {curve.carrier.text}, on {curve.machine}",
        *(f"  {line}" for line in fit_lines(curve.fit)),
        f"  {delay_line(curve)}",
        f"  good until {last.isoformat()}",
    ]


def curve_json(curve: FeederCurve) -> dict[str, Any]:
    """The same as plain JSON values, in the units of the table."""
    fit = curve.fit
    return {
        "name": curve.name,
        "machine": curve.machine,
        "powder": curve.powder,
        "lot": curve.lot,
        "carrier": curve.carrier.text,
        "weighed": curve.weighed,
        "valid_days": curve.valid_days,
        "offset_g_min": to_unit(fit.offset, "g/min"),
        "slope_g_min_per_rpm": to_unit(fit.slope, "g/min"),
        "weighings": [
            {
                "rpm": w.rpm,
                "rate_g_min": to_unit(w.rate, "g/min"),
                "line_g_min": to_unit(fit.rate_at(w.rpm), "g/min"),
                "misfit": fit.misfit(n),
            }
            for n, w in enumerate(fit.weighed)
        ],
        "delay_s": curve.delay,
        "delay_spread_s": curve.delay_spread,
    }
