"""The first call of a calibration day: calibration.toml, commented, from options or examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reclad.app.asking import toml
from reclad.errors import FileError, JobError
from reclad.job.reading import TextFile, parse_toml, validate
from reclad.lab.calibration import FILE, Calibration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_EXAMPLE = {
    "machine": "x-y-z-3kw",
    "powder": "IN625",
    "lot": "L-77",
    "parent": "42CrMo4",
    "carrier": "Ar 5 L/min",
    "plate": "150 x 100 x 15 mm",
}
_SAYS = {
    "machine": "the cell, a name of `reclad list machines` 机床",
    "powder": "a name of `reclad list powders` 粉末",
    "lot": "its lot number: another lot, another day like this 粉末批号",
    "parent": "metal of the coupon, a name of `reclad list materials` 试块材料",
    "carrier": "gas that carries the powder, and its flow 载气及流量",
    "plate": "length along X, width along Y, thickness 试板：长、宽、厚",
    "pipe": "length along X, outside diameter, wall 管段：长、外径、壁厚",
}
_REST = """
coupon_temperature = "20 degC"    # before each bead 每道之前的试块温度
rest = "2 min"                    # wait before each bead, until it is back at that 每道之前的等待
power_meter = "power.csv"         # or "none": the laser is not metered, and the page says so 功率计
# weighed = 2026-11-20            # day of the weighings; else that on which they are read 称量日期
# metered = 2026-11-20            # day of the power readings, likewise 功率测量日期
valid_days = 90                   # days the weighings are good for 称量有效天数
who = ""                          # who weighed and measured 测量者

# Lowest and highest setting to cover; what is left out comes from the machine. 要覆盖的参数范围
[cover]
# power = ["1.5 kW", "2.8 kW"]
# travel_speed = ["8 mm/s", "18 mm/s"]
# feed_rate = ["10 g/min", "24 g/min"]

# Settings that before and after are told for; else the middle of the beads. 关心的参数
[aim]
# power = "2.2 kW"
# travel_speed = "12 mm/s"
# feed_rate = "17 g/min"
"""


def start_day(folder: Path, given: Mapping[str, str]) -> dict[str, Any] | None:
    """Write calibration.toml where there is none, and say what to do next; None where the day can
    go on: the file is there, or machine, powder and parent were given.

    Raises FileError for options beside a file that is there, which is never changed, or a folder
    that cannot be written; JobError or UnitError for an option that is none.
    """
    file = folder / FILE
    if file.exists():
        if given:
            raise FileError(
                f"{file}: is there already and is not changed; edit it, and call again without "
                f"--{', --'.join(_option(key) for key in given)}"
            )
        return None
    if "plate" in given and "pipe" in given:
        raise JobError("--plate and --pipe: a coupon is one of them; give one")
    example = {k: v for k, v in _EXAMPLE.items() if k != "plate" or "pipe" not in given}
    text = _text(example | dict(given))
    validate(Calibration, parse_toml(TextFile(FILE, text, "")), FILE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{FILE}.new"
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.rename(file)
    except OSError as error:
        raise FileError(
            f"{file}: cannot be written ({error.strerror}); choose a folder you may write to"
        ) from error
    if {"machine", "powder", "lot", "parent"} <= given.keys():
        return None
    taken = ", ".join(key for key in example if key not in given)
    return {
        "folder": str(folder),
        "written": str(file),
        "next": f"{file}: written, with example values for {taken}; edit it, then run "
        f"`reclad calibrate {folder}` again",
    }


def _option(key: str) -> str:
    return "gas" if key == "carrier" else key


def _text(values: Mapping[str, str]) -> str:
    head = [
        "# A calibration day: one cell, one powder lot, one coupon. 标定日：一台机床、一批粉末",
        "# Every number carries its unit. 每个数值都要写单位。",
        "",
    ]
    lines = [
        f"{f'{key} = {toml(values[key])}':33} # {_SAYS[key]}" for key in _SAYS if key in values
    ]
    return "\n".join((*head, *lines)) + _REST
