"""`reclad new-machine`: the questions that make a machine file."""

from __future__ import annotations

import datetime
import tomllib
import typing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from reclad.app.asking import (
    Question,
    TogetherError,
    choice,
    past_date,
    quantity,
    toml,
    whole,
    words,
)
from reclad.app.door import mention
from reclad.app.weighings import ask_weighings, carrier, fit_lines, fit_together
from reclad.errors import RecladError
from reclad.job import (
    Feeder,
    Gas,
    Laser,
    LinearAxis,
    Machine,
    RotaryAxis,
    place_file,
    read_machine,
    read_nozzle,
    read_powder,
)
from reclad.job.numbers import quantities
from reclad.job.placing import expect_free
from reclad.job.reading import validate
from reclad.units import format_number, to_unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydantic import BaseModel

    from reclad.app.asking import Asker
    from reclad.job import FeederFit

_EXAMPLES = {"linuxcnc": "x-axial-4kw", "sinumerik840d": "x-axial-6kw-840d"}
_LETTERS = {"round": "XZA", "plates": "XYZ", "both": "XYZA"}
_DEFINITIONS = ("1/e2", "D4sigma", "1/e", "FWHM", "top-hat")
_UNKNOWN = "unknown"
_ENDS = {"min": "lowest ", "max": "highest "}
_OUTPUTS = ("laser.analog", "laser.gate", "feeder.analog", "gas.output", "aiming")


def make_machine(name: str, asker: Asker, folder: Path) -> Path:
    """Ask for a machine and put `folder`/machines/`name`.toml, read back, in its place."""
    expect_free("machines", name, folder)
    text = ask_machine(name, asker, folder)
    return place_file("machines", name, text, Machine, folder)


def ask_machine(name: str, asker: Asker, folder: Path) -> str:
    """The text of a machine file from answers, each checked when given."""
    _ask_cell(asker, folder)
    for letter in _LETTERS[asker.table("cell.")["parts"]]:
        asker.until_right(f"axes.{letter}", partial(_ask_axis, asker, letter))
    asker.until_right("laser", lambda: _ask_laser(asker))
    fit = asker.until_right("feeder", lambda: _ask_feeder(asker, folder))
    for key in ("flow", "purge"):
        asker.ask(_of(asker, Gas, "gas", key))
    text = asker.until_right("outputs", lambda: _ask_outputs(name, asker, fit))
    asker.answers.finish(asker.asked)
    return text


def _example(asker: Asker) -> Machine:
    return read_machine(_EXAMPLES[asker.table("cell.")["controller"]])


def _of(
    asker: Asker, model: type[BaseModel], prefix: str, key: str, *, ours: bool = True
) -> Question:
    """A question for a declared quantity, its default (if `ours`) from the example cell."""
    q = quantities(model)[key]
    default = None
    if ours:
        value: Any = _example(asker)
        for step in prefix.split(".") if prefix else ():
            value = getattr(value, step)
        default = q.text(getattr(value, key))
    dotted = f"{prefix}.{key}" if prefix else key
    return Question(dotted, f"{q.meaning}, {q.range_text}", quantity(q), default)


def _ask_cell(asker: Asker, folder: Path) -> None:
    controllers = typing.get_args(Machine.model_fields["controller"].annotation)
    for question in (
        Question(
            "cell.controller",
            f"what runs the programs: {', '.join(controllers)}",
            choice(*controllers),
            "linuxcnc",
        ),
        Question(
            "cell.parts",
            "round parts on X, Z, A; plates on X, Y, Z; or both: round, plates, both",
            choice(*_LETTERS),
            "round",
        ),
        Question(
            "cell.nozzle",
            "powder nozzle, a name of `reclad list nozzles`",
            lambda name: toml(read_nozzle(name, folder).name),
            "coaxial-15",
        ),
    ):
        asker.ask(question)
    for key in ("stand_off_tolerance", "retract", "path_tolerance"):
        asker.ask(_of(asker, Machine, "", key))


def _ask_axis(asker: Asker, letter: str) -> None:
    model = RotaryAxis if letter == "A" else LinearAxis
    prefix = f"axes.{letter}"
    for key, q in quantities(model).items():
        dotted = f"{prefix}.{key}"
        asks = f"{letter}: {_ENDS.get(key, '')}{q.meaning}, {q.range_text}"
        if letter == "A" and key in ("min", "max"):
            asks += ", or none where it turns without end"
            asker.ask(Question(dotted, asks, _none_or(quantity(q)), "none"))
            if asker.told[dotted] == toml("none"):
                del asker.told[dotted]
        else:
            default = "500 mm/s^2" if key == "max_acceleration" else None
            if letter == "A" and default:
                default = "120 deg/s^2"
            asker.ask(Question(dotted, asks, quantity(q), default))
    asker.expect(model, f"{prefix}.", {})


def _none_or(check: Callable[[str], str]) -> Callable[[str], str]:
    return lambda answer: toml("none") if answer.casefold() == "none" else check(answer)


def _ask_laser(asker: Asker) -> None:
    asker.ask(
        Question(
            "laser.unit",
            "what the program writes to the laser's analog output: V (0 to 10), or W where the "
            "control scales it",
            choice("V", "W"),
            "V",
        )
    )
    if asker.told["laser.unit"] == '"V"':
        for key in ("watts_at_1_volt", "watts_at_10_volts"):
            asker.ask(_of(asker, Laser, "laser", key, ours=False))
    for key in ("power_min", "power_max"):
        asker.ask(_of(asker, Laser, "laser", key, ours=False))
    asker.ask(_of(asker, Laser, "laser", "power_step_max"))
    _ask_spot(asker)
    asker.ask(_of(asker, Laser, "laser", "wavelength"))
    asker.expect(Laser, "laser.", {"analog": 0, "gate": 0})


def _ask_spot(asker: Asker) -> None:
    from reclad.process.beam import read_spot

    q = quantities(Laser)["spot"]
    asker.ask(Question("spot.diameter", "beam diameter at the work", quantity(q)))
    asker.ask(
        Question(
            "spot.definition",
            f"what that diameter means in its data sheet: {', '.join(_DEFINITIONS)}",
            choice(*_DEFINITIONS),
        )
    )
    told = asker.table("spot.")
    beam = read_spot(q.parse(told["diameter"]), told["definition"])
    asker.told["laser.spot"] = toml(f"{format_number(to_unit(2 * beam.radius, 'mm'), 6)} mm")
    asker.told["laser.spot_shape"] = toml(beam.shape)


def _ask_feeder(asker: Asker, folder: Path) -> FeederFit:
    today = datetime.datetime.now(tz=datetime.UTC).astimezone().date().isoformat()
    for question in (
        Question(
            "feeder.powder",
            "powder that was weighed, a name of `reclad list powders`",
            lambda name: toml(read_powder(name, folder).name),
        ),
        Question("feeder.lot", "its lot number", words),
        Question("feeder.weighed", "day of the weighings", past_date, today),
        Question("feeder.valid_days", "days until it is weighed again", whole(1, 3650), "90"),
        replace(
            _of(asker, Feeder, "feeder", "rpm_max", ours=False),
            asks="fastest the feeder disc may turn",
        ),
        _of(asker, Feeder, "feeder", "delay"),
        Question(
            "feeder.carrier",
            'gas that carries the powder, and its flow, for example "Ar 5 L/min", or unknown',
            lambda answer: toml(_UNKNOWN) if answer == _UNKNOWN else carrier(answer),
            _UNKNOWN,
        ),
    ):
        asker.ask(question)
    if asker.told["feeder.carrier"] == toml(_UNKNOWN):
        del asker.told["feeder.carrier"]
    fit = fit_together(ask_weighings(asker, "feeder.weighings"))
    rates = [[f"{rpm:.6g} rpm", _rate(rate)] for rpm, rate in fit.curve]
    asker.expect(Feeder, "feeder.", {"analog": 0, "weighings": rates})
    for line in fit_lines(fit):
        mention(f"  {line}")
    return fit


def _rate(rate: float) -> str:
    return f"{to_unit(rate, 'g/min'):.6g} g/min"


def _ask_outputs(name: str, asker: Asker, fit: FeederFit) -> str:
    asks = {
        "laser.analog": "number of the analog output that sets laser power",
        "laser.gate": "number of the digital output that lets the beam out",
        "feeder.analog": "number of the analog output that sets the feeder disc",
        "gas.output": "number of the digital output of the gas",
        "aiming": "number of the digital output of the aiming beam",
    }
    example = _example(asker)
    for key in _OUTPUTS:
        value: Any = example
        for step in key.split("."):
            value = getattr(value, step)
        asker.ask(Question(f"outputs.{key}", asks[key], whole(0, 63), str(value)))
    text = _machine_text(name, asker, fit)
    try:
        validate(Machine, tomllib.loads(text), "outputs")
    except RecladError as error:
        raise TogetherError(str(error).removeprefix("outputs ")) from error
    return text


def _machine_text(name: str, asker: Asker, fit: FeederFit) -> str:
    told = asker.told | {key: asker.told[f"outputs.{key}"] for key in _OUTPUTS}
    taken = sorted(asker.defaulted)
    note = f"taken over from the example, unasked: {', '.join(taken)}" if taken else "all answered"
    lines = [
        "# Made by `reclad new-machine`; every number may be edited here.",
        f"name = {toml(name)}",
        f"controller = {told['cell.controller']}",
        'source = "shop"',
        f"note = {toml(note if len(note) <= 400 else note[:399] + '…')}",
        f"nozzle = {told['cell.nozzle']}",
        *(f"{k} = {told[k]}" for k in ("aiming", "stand_off_tolerance", "retract")),
        f"path_tolerance = {told['path_tolerance']}",
    ]
    letters = _LETTERS[asker.table("cell.")["parts"]]
    for table in (*(f"axes.{letter}" for letter in letters), "laser", "feeder", "gas"):
        lines += ["", f"[{table}]"]
        if table == "laser":
            spot = asker.table("spot.")
            lines.append(
                f"# spot told as {spot['diameter']}, {spot['definition']}; 1/e2 or edge here"
            )
        lines += [
            f"{key.removeprefix(table + '.')} = {value}"
            for key, value in told.items()
            if key.startswith(f"{table}.")
        ]
        if table == "feeder":
            lines += _weighing_lines(fit)
    return "\n".join(lines) + "\n"


def _weighing_lines(fit: FeederFit) -> list[str]:
    return [
        *(f"# {line}" for line in fit_lines(fit)),
        "weighings = [                     # on the line",
        *(f'  ["{rpm:.6g} rpm", "{_rate(rate)}"],' for rpm, rate in fit.curve),
        "]",
    ]
