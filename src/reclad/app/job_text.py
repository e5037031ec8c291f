"""A job as the text of its job.toml, each line with what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reclad.app.asking import toml
from reclad.job import JobFile
from reclad.job.numbers import quantities

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reclad.units import Declared

_REMARK_AT = 34  # column of the remarks, as in the shipped examples


def job_text(job: JobFile, head: Sequence[str]) -> str:
    """The text that `read_job` reads back as `job`, below the lines of `head` as remarks; tables
    with nothing but what is taken anyway are left out.

    Checked: tests/app/test_buffer_command.py.
    """
    # Only what the file may hold: a job also carries what its names were looked up as.
    told = job.model_dump(mode="json", include={*JobFile.model_fields}, exclude_none=True)
    sections = {key: value for key, value in told.items() if isinstance(value, dict)}
    lines = [*(f"# {line}" for line in head), ""]
    lines += _lines(JobFile, {key: told[key] for key in told if key not in sections})
    for key, values in sections.items():
        section = getattr(job, key)
        if section != JobFile.model_fields[key].default:
            lines += ["", f"[{key}]", *_lines(type(section), values)]
    return "\n".join(lines) + "\n"


def _lines(model: type[Declared], told: dict[str, Any]) -> Iterator[str]:
    declared = quantities(model)
    for key, value in told.items():
        if key == "caliper":
            yield from _caliper(value)
            continue
        line = f"{key} = {toml(value) if isinstance(value, str) else value}"
        meaning = declared[key].meaning if key in declared else model.model_fields[key].description
        yield f"{line:{_REMARK_AT - 1}} # {meaning}" if meaning else line


def _caliper(rows: Sequence[dict[str, str]]) -> Iterator[str]:
    yield "# position, size found, size wanted: diameters, thicknesses of a plate"
    yield "# 位置，实测尺寸，要求尺寸：直径；平板为厚度"
    yield "caliper = ["
    yield from (f"  [{', '.join(toml(text) for text in row.values())}]," for row in rows)
    yield "]"
