"""What a calibration day changed, as a page a customer may see: before and after."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from reclad.errors import FileError
from reclad.record import _display
from reclad.record._change_figure import SHOWN, draw_changes, estimate
from reclad.record.words import Words, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reclad.lab.before_after import Change
    from reclad.lab.calibration import Calibration
    from reclad.process import ProcessParameters


def write_before_after(
    page: Path,
    about: Calibration,
    aim: ProcessParameters,
    changes: Sequence[Change],
    *,
    fitted: int,
    left_out: Sequence[str],
    metered: bool,
) -> None:
    """Write the page, as a whole or not at all; the same calibration gives the same bytes.

    aim        the one setting that it is told for
    fitted     beads behind it; `left_out` the others, by name
    metered    whether the laser was measured at the workpiece
    Raises FileError when it cannot be written.
    """
    text = _page().render(
        about=about,
        power=aim.power[0],
        speed=aim.travel_speed[0],
        feed=aim.feed_rate[0],
        changes=changes,
        figure=Markup(draw_changes(changes)),
        fitted=str(fitted),
        left_out=", ".join(left_out),
        metered=metered,
    )
    draft = page.with_name(f".{page.name}.new")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(page)
    except OSError as error:
        raise FileError(
            f"{page}: cannot be written ({error.strerror}); choose a folder you may write to"
        ) from error


@cache
def _page() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.globals.update(
        t=lambda words, **values: _both(say(words, **values)),
        words=lambda change: SHOWN[change.name][0],
        name=lambda change: _both(SHOWN[change.name][0]),
        told=lambda change, points: _display.interval(estimate(points), SHOWN[change.name][1]),
        left=lambda change: _display.chance(change.left),
        quantity=_display.quantity,
    )
    room = resources.files("reclad.record") / "templates"
    return environment.from_string((room / "before-after.html.j2").read_text(encoding="utf-8"))


def _both(words: Words) -> Markup:
    """Both languages side by side, Chinese first; equal texts stand once."""
    if words.en == words.zh:
        return Markup("{}").format(words.en)
    return Markup('<span lang="zh-CN">{}</span> <span class="en" lang="en">{}</span>').format(
        words.zh, words.en
    )
