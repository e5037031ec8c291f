"""The cell of a calibration day: its copy in the folder, the feeder weighed, the laser metered."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reclad.app.asking import Asker, TableOfAnswers
from reclad.app.measured import read_measured
from reclad.app.meter import make_meter, meter_lines
from reclad.app.weigh import COLUMNS, DELAYS, curve_lines, make_curve
from reclad.errors import FileError, JobError
from reclad.job import Machine, Material, Nozzle, Powder, place_file, read_feeder, read_machine
from reclad.job.library import data_folder, find
from reclad.job.numbers import quantities
from reclad.job.power_meter import PowerReading
from reclad.job.reading import read_text
from reclad.lab.calibration import FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reclad.job import FeederCurve, PowerMeter
    from reclad.job.library import Found
    from reclad.job.reading import M
    from reclad.lab.calibration import Calibration

WEIGHED, METERED = "feeder.csv", "power.csv"
_POWERS = {"set_W": "commanded", "measured_W": "measured"}
_METER_DAYS = 180


@dataclass(frozen=True)
class Day:
    """A calibration day: its folder, what it is about, the day it is.

    replace   whether weighings and readings kept before may be given up for those in the tables
    say       hears how far the work is
    """

    folder: Path
    asked: Calibration
    today: datetime.date
    replace: bool
    say: Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """How far one step is, what is to say of it, and what somebody has to do next ("" if nothing).

    waits     for a step before it
    """

    name: str
    state: Literal["done", "skipped", "open", "waits", "refused"]
    lines: tuple[str, ...] = ()
    to_do: str = ""


def bring_library(day: Day) -> None:
    """Copy the machine into the folder's machines/, and what the shop has of its own beside the
    folder (powder, its alloy, parent, nozzle); what lies in the folder is kept."""
    asked, folder = day.asked, day.folder
    cell = _bring(folder, "machines", asked.machine, Machine, shipped=True)
    powder = _bring(folder, "powders", asked.powder, Powder)
    _bring(folder, "materials", powder.alloy, Material)
    _bring(folder, "materials", asked.parent, Material)
    _bring(folder, "nozzles", cell.nozzle, Nozzle)


def _bring(folder: Path, kind: str, name: str, model: type[M], *, shipped: bool = False) -> M:
    """The file of that name; copied into the folder if the shop's own, or if `shipped` are too."""
    kept = _own(folder, kind, name, model)
    if kept is not None:
        return kept.model
    own = _own(Path(), kind, name, model)
    found = own or find(kind, name, model)
    if own or shipped:
        inner = found.file.split("/")[1:]
        source = Path(found.file) if own else data_folder().joinpath(*inner)
        text = read_text(source, found.file).text
        place_file(kind, Path(found.file).stem, text, model, folder)
    return found.model


def _own(place: Path, kind: str, name: str, model: type[M]) -> Found[M] | None:
    """The file of that name in a folder's own library."""
    try:
        found = find(kind, name, model, place)
    except JobError as error:
        if str(error).startswith("no "):
            return None
        raise
    return found if found.file.startswith(f"{kind}/") else None


def weigh_feeder(day: Day) -> tuple[Step, FeederCurve | None]:
    """feeder.csv becomes feeders/LOT.toml; FileError for a table that makes no curve, or another
    than the one kept."""
    table, name = day.folder / WEIGHED, day.asked.curve
    kept = (day.folder / "feeders" / f"{name}.toml").is_file()
    filled = _filled(table)
    if not kept and not filled:
        _start_table(table, (*COLUMNS, *DELAYS))
        return Step("feeder", "open", to_do=_weigh(day)), None
    if not kept or (filled and _weighed_anew(day, table, name)):
        curve = _make_curve(day, name, table)
    else:
        curve = read_feeder(name, day.folder)
    carrier = day.asked.carrier
    if not carrier.carries_like(curve.carrier):
        raise JobError(
            f"feeders/{name}.toml carrier: weighed with {curve.carrier.text}, but {FILE} says "
            f"{carrier.text}; weigh it with that gas, then call again with --replace"
        )
    lines = (f"feeders/{name}.toml", *curve_lines(curve))
    if curve.days_left(day.today) < 0:
        return Step("feeder", "open", lines, f"the weighings have run out: {_weigh(day)}, then "
                    f"set weighed in {FILE} and call again with --replace"), curve  # fmt: skip
    return Step("feeder", "done", lines), curve


def _weigh(day: Day) -> str:
    return (
        f"weigh {day.asked.powder}, lot {day.asked.lot}, at three disc speeds or more and fill in "
        f"{day.folder / WEIGHED}: rpm, mass_g, time_s, and delay_s where the delay was timed"
    )


def _weighed_anew(day: Day, table: Path, name: str) -> bool:
    """Whether the table holds other weighings than the curve kept; FileError unless told to."""
    rows, delays = read_measured(table, COLUMNS, DELAYS)
    curve = read_feeder(name, day.folder)
    same = _agree(rows, [(w.rpm, w.mass, w.time) for w in curve.weighings])
    if same and _agree([delays], [curve.delays]):
        return False
    return _expect_told(day, WEIGHED, f"feeders/{name}.toml")


def _make_curve(day: Day, name: str, table: Path) -> FeederCurve:
    asked = day.asked
    told = {
        "machine": asked.machine,
        "powder": asked.powder,
        "lot": asked.lot,
        "carrier": asked.carrier.text,
        "weighed": asked.weighed or day.today.isoformat(),
        "valid_days": asked.valid_days,
        "who": asked.who,
    }
    asker = Asker(TableOfAnswers(told, FILE))
    return make_curve(name, asker, table, day.folder, replace=day.replace)


def meter_laser(day: Day) -> tuple[Step, PowerMeter | None]:
    """power.csv goes into the folder's machine file; FileError for a table that makes no line, or
    other readings than those kept."""
    name = read_machine(day.asked.machine, day.folder).name
    meter, table = read_machine(name, day.folder).laser.meter, day.folder / METERED
    if day.asked.power_meter == "none":
        if meter is not None:
            return Step("power meter", "done", _meter_told(name, meter)), meter
        line = f'power_meter = "none" in {FILE}: every power is what the controller is told'
        return Step("power meter", "skipped", (line,)), None
    filled = _filled(table)
    if meter is None and not filled:
        _start_table(table, tuple(_POWERS))
        return Step("power meter", "open", to_do=_read_meter(day)), None
    if meter is None or (filled and _metered_anew(day, table, meter, name)):
        head = {
            "date": day.asked.metered or day.today.isoformat(),
            "valid_days": str(_METER_DAYS),
            "who": day.asked.who,
        }
        meter = make_meter(name, table, day.folder, head, replace=day.replace)
    lines = _meter_told(name, meter)
    if meter.days_left(day.today) < 0:
        return Step("power meter", "open", lines, f"the readings have run out: {_read_meter(day)}, "
                    f"then set metered in {FILE} and call again with --replace"), meter  # fmt: skip
    return Step("power meter", "done", lines), meter


def _read_meter(day: Day) -> str:
    return (
        "measure the laser at the workpiece at three powers or more and fill in "
        f"{day.folder / METERED}: set_W, measured_W; without a power meter write "
        f'power_meter = "none" in {FILE}'
    )


def _meter_told(name: str, meter: PowerMeter) -> tuple[str, ...]:
    return (f"machines/{name}.toml", *meter_lines(meter))


def _metered_anew(day: Day, table: Path, meter: PowerMeter, name: str) -> bool:
    kinds = quantities(PowerReading)
    rows, _ = read_measured(table, {column: kinds[key] for column, key in _POWERS.items()})
    if _agree(rows, [(r.commanded, r.measured) for r in meter.readings]):
        return False
    return _expect_told(day, METERED, f"machines/{name}.toml")


def _expect_told(day: Day, table: str, kept: str) -> bool:
    if not day.replace:
        raise FileError(
            f"{table}: holds other measurements than {kept}; give --replace to take those of the "
            "table, or correct it"
        )
    return True


def _agree(one: Sequence[Sequence[float]], other: Sequence[Sequence[float]]) -> bool:
    """Whether two tables hold the same numbers; files keep twelve digits."""
    return [len(row) for row in one] == [len(row) for row in other] and all(
        math.isclose(a, b, rel_tol=1e-9)
        for row, like in zip(one, other, strict=True)
        for a, b in zip(row, like, strict=True)
    )


def _filled(table: Path) -> bool:
    """Whether a table holds more than its header."""
    if not table.exists():
        return False
    lines = read_text(table, table.name).text.splitlines()
    return sum(bool(line.strip(" ,;\t")) for line in lines) > 1


def _start_table(table: Path, columns: Sequence[str]) -> None:
    if not table.exists():
        try:
            with table.open("x", encoding="utf-8", newline="\n") as file:
                file.write(",".join(columns) + "\n")
        except OSError as error:
            raise FileError(
                f"{table.name}: cannot be written ({error.strerror}); choose a folder you may "
                "write to"
            ) from error
