"""Trials and shares in lines and as JSON: every row told, faults first, counts at the end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from reclad.errors import JobError
from reclad.job.trial_check import USES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reclad.job import TrialSet
    from reclad.job.trial_rows import Remark, TrialRow
    from reclad.record import Shared


_SPANS_SHOWN = 8


def trials_lines(found: TrialSet) -> str:
    """All that is to say of the rows; a remark that many share is told once with its rows."""
    head = found.head
    lines = [f"{found.name}: {len(found.rows)} rows{': ' + head.title if head.title else ''}"]
    lines += [f"  source     {one.title}" for one in head.sources]
    lines += [f"  licence    {_terms(found)}"]
    for row in found.rows:
        for remark in row.remarks:
            if remark.refuses:
                lines.append(f"  REFUSED    {_where(row)}{_said(remark)}")
    shared: dict[tuple[str, str], list[int]] = {}
    for row in found.rows:
        for remark in row.remarks:
            if not remark.refuses:
                shared.setdefault((remark.column, remark.text), []).append(row.number)
    for (column, text), numbers in shared.items():
        lines.append(f"  remark     {_spans(numbers, found)}, {column}: {text}")
    if found.left:
        lines.append(f"  not read   columns {', '.join(found.left)}")
    if found.empty:
        lines.append(f"  not read   {found.empty} empty rows")
    return "\n".join([*lines, *_counts(found)])


def _terms(found: TrialSet) -> str:
    if found.head.restricted:
        return f"RESTRICTED: {' '.join(found.head.agreement.split())}"
    return found.head.licence or "none stated; it cannot be shared without one"


def _where(row: TrialRow) -> str:
    named = "" if row.id == str(row.number) else f" ({row.id})"
    return f"row {row.number}{named}"


def _said(remark: Remark) -> str:
    return f", {remark.column}: {remark.text}" if remark.column else f": {remark.text}"


def _spans(numbers: Sequence[int], found: TrialSet) -> str:
    """Row numbers as spans of the table's rows, e.g. "rows 2-5, 9"."""
    if len(numbers) == len(found.rows):
        return "every row"
    order = {row.number: place for place, row in enumerate(found.rows)}
    spans: list[list[int]] = []
    for number in dict.fromkeys(numbers):
        if spans and order[number] == order[spans[-1][-1]] + 1:
            spans[-1] = [spans[-1][0], number]
        else:
            spans.append([number])
    text = ", ".join("-".join(map(str, span)) for span in spans[:_SPANS_SHOWN])
    if len(spans) > _SPANS_SHOWN:
        return f"{len(numbers)} rows ({text}, ...; all of them: --json)"
    return f"row{'s' if len(numbers) > 1 else ''} {text}"


def _counts(found: TrialSet) -> list[str]:
    lines = [f"  refused    {len(found.refused)} of {len(found.rows)} rows"]
    origins = Counter(row.trial.origin for row in found.rows if row.trial is not None)
    for origin in ("simulated", "fitted"):
        if origins[origin]:
            lines.append(f"  {origin:10} {origins[origin]} rows: shown, never enter a score")
    for use in USES:
        count = sum(use in row.good_for for row in found.rows)
        why = Counter(row.lacks[use] for row in found.rows if use in row.lacks and not row.refused)
        rest = "; ".join(f"{text} ({n})" for text, n in why.most_common())
        lines.append(f"  {use:10} {count} usable{': else ' + rest if rest else ''}")
    return lines


def trials_json(found: TrialSet) -> dict[str, Any]:
    """Every row with all its remarks, what it is good for and what it lacks; counts."""
    return {
        "name": found.name,
        "title": found.head.title,
        "licence": found.head.licence,
        "restricted": found.head.restricted,
        "agreement": found.head.agreement,
        "citation": found.head.citation,
        "columns_not_read": [*found.left],
        "empty_rows": found.empty,
        "rows": [_row(row) for row in found.rows],
        "counts": {
            "rows": len(found.rows),
            "refused": len(found.refused),
            "usable": {use: sum(use in r.good_for for r in found.rows) for use in USES},
            "origin": dict(Counter(r.trial.origin for r in found.rows if r.trial is not None)),
        },
    }


def _row(row: TrialRow) -> dict[str, Any]:
    return {
        "row": row.number,
        "id": row.id,
        "refused": row.refused,
        "remarks": [
            {"column": one.column, "text": one.text, "refuses": one.refuses} for one in row.remarks
        ],
        "usable_for": [*row.good_for],
        "lacks": dict(row.lacks),
        "trial": row.trial.model_dump(mode="json") if row.trial is not None else None,
    }


def expect_usable(found: TrialSet) -> None:
    """JobError, so that the exit code is 1, if a row is refused or none is good for anything."""
    if found.refused:
        first = ", ".join(str(row.number) for row in found.refused[:10])
        more = f" and {len(found.refused) - 10} more" if len(found.refused) > 10 else ""
        raise JobError(
            f"{found.name}: row {first}{more} refused; correct them, or take them out on purpose"
        )
    if not found.trials:
        raise JobError(f"{found.name}: no row can be held against a prediction, see above")


def shared_lines(shared: Shared, output: Path) -> str:
    """What was written and on which terms."""
    lines = [f"{output}: {_content(shared)}", *_terms_lines(shared)]
    if shared.marked:
        lines.append("  datapackage.json in it now says restricted, with the agreement")
    lines += [f"  left out   {path}" for path in shared.left_out]
    return "\n".join(lines)


def received_lines(shared: Shared, output: Path) -> str:
    """What came, from whom, and what may be done with it."""
    lines = [f"{output}: {_content(shared)}, every sha256 agrees", *_terms_lines(shared)]
    earlier = shared.manifest.earlier
    while earlier is not None:
        lines.append(f"  before     from {earlier.sender}, {earlier.date}")
        earlier = earlier.earlier
    return "\n".join(lines)


def _content(shared: Shared) -> str:
    manifest = shared.manifest
    kind = "a job" if manifest.kind == "job" else "trials"
    size = sum(one.size for one in manifest.files)
    return f"{kind}, {manifest.what}, {len(manifest.files)} files, {size} bytes"


def _terms_lines(shared: Shared) -> list[str]:
    manifest = shared.manifest
    lines = [f"  from       {manifest.sender}, {manifest.date}"]
    if manifest.restricted:
        agreed = ["".join(c if c.isprintable() else " " for c in line)
                  for line in manifest.agreement.splitlines()]  # fmt: skip
        return [
            *lines,
            "  RESTRICTED only what this agreement says:",
            *(f"    {a}" for a in agreed),
        ]
    return [*lines, f"  licence    {manifest.licence}: allows {manifest.allows}"]
