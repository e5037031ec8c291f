"""`reclad new-powder`: the questions that make a powder file."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from reclad.app.asking import Question, TogetherError, quantity, toml, words
from reclad.errors import JobError
from reclad.job import Powder, place_file, read_material
from reclad.job.numbers import quantities
from reclad.job.placing import expect_free
from reclad.units import Q, format_number, to_unit

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.app.asking import Asker

_UNKNOWN = "unknown"
_MEDIAN = Q("um", "median grain diameter, d50", 2, 2000)


def make_powder(name: str, asker: Asker, folder: Path) -> Path:
    """Ask for a powder and put `folder`/powders/`name`.toml, read back, in its place."""
    expect_free("powders", name, folder)
    _ask_alloy(asker, folder)
    text = asker.until_right("grain", lambda: _ask_grain(name, asker))
    asker.answers.finish(asker.asked)
    return place_file("powders", name, text, Powder, folder)


def _ask_alloy(asker: Asker, folder: Path) -> None:
    def check(answer: str) -> str:
        alloy = read_material(answer, folder)
        if "clad" not in alloy.kind:
            raise JobError(f"{alloy.name} is not listed as a clad metal; name the powder's alloy")
        return toml(alloy.name)

    asker.ask(Question("alloy", "what it is made of, a name of `reclad list materials`", check))
    asker.ask(Question("lot", "lot number on the certificate", words))


def _ask_grain(name: str, asker: Asker) -> str:
    q = quantities(Powder)["size_min"]
    for key, asks in (("size_min", "finest"), ("size_max", "coarsest")):
        asker.ask(Question(f"grain.{key}", f"{asks} grain of the sieve cut", quantity(q)))
    check = quantity(_MEDIAN)
    asker.ask(
        Question(
            "grain.median",
            "median grain diameter (d50) of the certificate",
            lambda answer: toml(_UNKNOWN) if answer == _UNKNOWN else check(answer),
            _UNKNOWN,
        )
    )
    told = asker.table("grain.")
    low, high = (q.parse(told[key]) for key in ("size_min", "size_max"))
    if high <= low:
        raise TogetherError(f"{told['size_max']} is not coarser than {told['size_min']}; swap them")
    known = told["median"] != _UNKNOWN
    median = _MEDIAN.parse(told["median"]) if known else math.sqrt(low * high)
    if not low <= median <= high:
        raise TogetherError(
            f"the median {told['median']} lies outside the sieve cut {told['size_min']} to "
            f"{told['size_max']}; correct one of them"
        )
    return "\n".join(
        (
            "# Made by `reclad new-powder`; every number may be edited here.",
            f"name = {toml(name)}",
            f"alloy = {asker.told['alloy']}",
            f"note = {toml('lot ' + json.loads(asker.told['lot']))}",
            f"size_min = {asker.told['grain.size_min']}",
            f"size_max = {asker.told['grain.size_max']}",
            "",
            "[particle_radius]                 # half the median grain diameter",
            f'value = "{format_number(to_unit(median / 2, "um"), 5)} um"',
            f'spread = "{"10 %" if known else "20 %"}"',
            f'source = "{"shop" if known else "assumed"}"',
            f'note = "{"certificate of the lot" if known else "middle of the sieve cut"}"',
            "",
        )
    )
