"""`reclad fit`: a laboratory's trials turn the process model into this shop's model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reclad.app.door import mention, tell

if TYPE_CHECKING:
    from reclad.lab import Lesson, Origin, Posterior
    from reclad.lab.lesson import Outlier, QuantityLesson


def add_commands(app: typer.Typer) -> None:
    """Put the command of this module on the command line."""
    app.command()(fit)


def fit(
    where: Annotated[
        str,
        typer.Argument(metavar="TRIALS", help="data package, table, or hofmann, dai"),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="posterior to write, a .npz")],
    replace: Annotated[bool, typer.Option("--replace", help="write over an older one")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the result as JSON")] = False,
) -> None:
    """What trials teach the model: writes a posterior."""
    from reclad.errors import FileError
    from reclad.job import read_trials
    from reclad.lab import Origin, draw_lesson, sort_by_mode, write_posterior
    from reclad.lab import fit as fit_trials
    from reclad.record import write_lesson

    page = output.with_suffix(".html")
    for file in (output, page):
        if file.exists() and not replace:
            raise FileError(f"{file}: exists already; name another file or add --replace")
    found = read_trials(where)
    if found.refused:
        first = ", ".join(str(row.number) for row in found.refused[:10])
        mention(
            f"{len(found.refused)} rows are refused and left out (row {first}): see trials check"
        )
    observed, aside = sort_by_mode(found.trials, found.folder)
    posterior = fit_trials(observed, say=lambda line: mention(f"  {line}"))
    origin = Origin.of(found, observed, aside)
    lesson = draw_lesson(posterior, observed)
    write_posterior(output, posterior, origin)
    write_lesson(page, posterior, observed, lesson, origin)
    if as_json:
        tell(json.dumps(_json(posterior, lesson, origin, output), indent=2, allow_nan=False))
    else:
        tell("\n".join(_lines(posterior, lesson, origin, output)))


def _lines(posterior: Posterior, lesson: Lesson, origin: Origin, output: Path) -> list[str]:
    found, title = posterior.convergence, f" ({origin.title})" if origin.title else ""
    lines = [
        f"{output}: {posterior.rows} trials of {origin.trials}{title}",
        *(["  RESTRICTED only what this agreement says: " + " ".join(origin.agreement.split())]
          if origin.restricted else []),
        "  quantity    values  in band  measured / modelled    fitted within  scatter of beads",
        *(_quantity_line(one) for one in lesson.quantities),
    ]  # fmt: skip
    if lesson.undetermined:
        lines.append(f"  not measured, so as believed before: {', '.join(lesson.undetermined)}")
    learned = [one for one in lesson.unknowns if one.learned]
    told = ", ".join(f"{one.name} (to {one.left:.0%} of its width)" for one in learned)
    lines.append(f"  determined  {told or 'no single parameter, only their sums'}")
    rest = ", ".join(one.name for one in lesson.unknowns if not one.learned)
    lines.append(f"  left open   {rest}")
    lines += [_outlier_line(one) for one in lesson.outliers]
    if origin.set_aside:
        example = next(iter(origin.set_aside.items()))
        lines.append(f"  set aside   {len(origin.set_aside)} trials, e.g. {': '.join(example)}")
    least = min(found.bulk.min(), found.tail.min())
    lines.append(
        f"  settled     R-hat {found.r_hat.max():.3f}, {least:.0f} effective draws, "
        f"{posterior.effective:.0f} weighed with the model itself"
    )
    lines.append(f"  picture     {output.with_suffix('.html')}")
    lines.append(f"  use it      reclad plan JOB --posterior {output}")
    return lines


def _quantity_line(one: QuantityLesson) -> str:
    low, middle, high = one.factor
    unit = "points" if one.name == "dilution" else "%"
    return (
        f"  {one.name:10}{one.values:8}{one.inside:9}   {middle:.2f} ({low:.2f}-{high:.2f})"
        f"{100 * one.off:15.1f} {unit:6}{one.scatter:12.0%}"
    )


def _outlier_line(one: Outlier) -> str:
    unit, size = ("%", 100.0) if one.quantity in ("dilution", "catchment") else ("mm", 1e3)
    return (
        f"  doubtful    {one.id} {one.quantity}: {one.measured * size:.3g} {unit}, expected "
        f"{one.expected * size:.3g} {unit}; counts {one.weight:.0%}"
    )


def _json(posterior: Posterior, lesson: Lesson, origin: Origin, output: Path) -> dict[str, Any]:
    from dataclasses import asdict

    found = posterior.convergence
    return {
        "posterior": str(output),
        "origin": origin.model_dump(mode="json"),
        "trials": posterior.rows,
        "range": {name: [*span] for name, span in posterior.range.items()},
        "quantities": [asdict(one) for one in lesson.quantities],
        "undetermined": [*lesson.undetermined],
        "parameters": [asdict(one) | {"learned": one.learned} for one in lesson.unknowns],
        "doubtful": [asdict(one) for one in lesson.outliers],
        "r_hat": float(found.r_hat.max()),
        "effective_draws": float(min(found.bulk.min(), found.tail.min(), posterior.effective)),
    }
