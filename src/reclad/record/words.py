"""Both languages of every text: English is the key, `words.toml` holds the Chinese."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from markupsafe import Markup

from reclad.errors import RecladError


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    en: str
    zh: str


@cache
def read_catalogue() -> dict[str, str]:
    """English text -> Chinese text, from the shipped `words.toml`."""
    text = (resources.files("reclad.record") / "words.toml").read_text(encoding="utf-8")
    return {str(english): str(chinese) for english, chinese in tomllib.loads(text).items()}


def say(text: str, **values: str | Words) -> Words:
    """The text in both languages, `{name}` filled from values (`Words` fill per language).

    text     English, a key of `words.toml`
    raises   RecladError when the catalogue has no Chinese for it
    >>> say("Power").zh
    '激光功率'
    """
    chinese = read_catalogue().get(text)
    if chinese is None:
        raise RecladError(
            f"text {text!r} has no Chinese - both languages are always printed - "
            "add it to reclad/record/words.toml"
        )
    if not values:
        return Words(text, chinese)
    english = {name: v.en if isinstance(v, Words) else v for name, v in values.items()}
    local = {name: v.zh if isinstance(v, Words) else v for name, v in values.items()}
    return Words(text.format_map(english), chinese.format_map(local))


def side_by_side(words: Words) -> Markup:
    """Both languages as HTML, Chinese first; equal texts stand once."""
    if words.en == words.zh:
        return Markup("{}").format(words.en)
    return Markup('<span lang="zh-CN">{}</span> <span class="en" lang="en">{}</span>').format(
        words.zh, words.en
    )


def name_number(path: str) -> Words:
    """The name of a number in a data file, "machine x-1 laser power max", in both languages.

    The Chinese is put together from the longest pieces the catalogue knows; names of machines and
    alloys stay as they are.
    """
    words, pieces = path.split(), []
    while words:
        for length in range(len(words), 0, -1):
            chinese = read_catalogue().get(" ".join(words[:length]))
            if chinese is not None or length == 1:
                pieces.append(chinese or words[0])
                del words[:length]
                break
    return Words(path, " ".join(pieces))


def say_if_known(text: str) -> Words:
    """The text in both languages where the catalogue has it, else as it stands in both: for notes
    that a shop writes in its own data files."""
    return Words(text, read_catalogue().get(text, text))


# round parts: X along the part, Z from the axis, A about the axis
ZERO_LINES = (
    say("X0: nozzle over the end face on the tailstock side."),
    say("Z0: nozzle tip on the rotation axis (set from the measured diameter)."),
    say("A0: scribed mark under the nozzle."),
)
# plates: X along the tracks, Y across them, Z from the underside
PLATE_ZERO_LINES = (
    say("X0, Y0: nozzle over the corner that the clad zone is measured from."),
    say("Z0: nozzle tip on the plate’s underside (set from the measured thickness)."),
)
