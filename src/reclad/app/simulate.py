"""A heat case from its file, or a job over its draws: solved, written, told in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SHOWN = 12  # rows of a list on a terminal; the files and --json hold all


def solve_case(
    path: Path, output: Path | None, say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Read, solve and, if `output` is given, write a heat case; the summary with its files. `say`
    hears how far a numerical solve is."""
    from reclad.heat.conduction import simulate_case
    from reclad.job.heat_case import read_case
    from reclad.record.heat_case import summarise_case, write_case

    case = read_case(path)
    result = simulate_case(case, _by_tenths(say))
    files = write_case(case, result, output) if output is not None else []
    return summarise_case(case, result) | {"files": [str(file) for file in files]}


def solve_job(
    path: Path, draws: int, output: Path | None, say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Plan a job and solve its whole repair for `draws` draws; the summary with its files. Stopped
    with Ctrl-C it goes on next time where it was."""
    from reclad.job import read_job
    from reclad.plan import plan_job, resolve_draws
    from reclad.record.heat_draws import summarise_draws, write_draws

    plan = plan_job(read_job(path), say=say)
    say(f"solving the whole repair for {draws} draws (Ctrl-C keeps what is done)")
    ensemble = resolve_draws(plan, draws, say=_by_tenths(say))
    files = write_draws(plan, ensemble, output) if output is not None else []
    return summarise_draws(plan, ensemble) | {"files": [str(file) for file in files]}


def job_lines(told: dict[str, Any]) -> str:
    """A job's heat over its draws: 5, 50 and 95 % of what matters, and how near one solve came."""
    lines = [
        f"{told['job']}: the whole repair solved for {told['draws']} draws, {told['turns']} turns"
    ]
    lines.append(f"  {'':34}{'5 %':>9}{'50 %':>9}{'95 %':>9}")
    for row in told["rows"]:
        value = row["value"]
        lines.append(
            f"  {row['what']:34}"
            + "".join(f"{value[p]:>9.4g}" for p in ("p05", "p50", "p95"))
            + f"  {value['unit']}"
        )
    lines.append(
        f"  one solve spread over the draws differs by up to {told['spread_off']['value']:.1f} K "
        "from these curves"
    )
    lines += [f"  written          {file}" for file in told["files"]]
    return "\n".join(lines)


def case_lines(told: dict[str, Any]) -> str:
    """A solved case: how, how hot, the pool and the points at the times asked for."""
    start, peak = told["start"]["value"], told["peak"]["value"]
    lines = [
        f"{told['case']}: solved, {told['solver']}, {len(told['t_s'])} times, "
        f"metal at {start:.1f} K before the beam",
        *(f"  note             {note}" for note in told["notes"]),
        f"  hottest surface  {peak:.0f} K at {told['peak_time']['value']:g} s",
    ]
    if told["pools"]:
        lines.append(f"  melt pool inside {told['melting']['value']:.1f} K")
        lines.append(
            f"  {'time s':>10}{'width mm':>10}{'length mm':>11}{'depth mm':>10}{'peak K':>9}"
        )
        lines += _first(
            [
                f"  {p['t_s']:>10g}{p['width_mm']:>10.3f}{p['length_mm']:>11.3f}"
                f"{p['depth_mm']:>10.3f}{p['peak_K']:>9.0f}"
                for p in told["pools"]
            ]
        )
    if told["points"]:
        lines.append(
            f"  {'point':>7}{'x mm':>10}{'y mm':>10}{'z mm':>10}{'highest K':>11}{'last K':>9}"
        )
        lines += _first(
            [
                f"  {number:>7}{p['x_mm']:>10g}{p['y_mm']:>10g}{p['z_mm']:>10g}"
                f"{max(p['temperature_K']):>11.1f}{p['temperature_K'][-1]:>9.1f}"
                for number, p in enumerate(told["points"], start=1)
            ]
        )
    if told["grid"]:
        size = " x ".join(str(len(told["grid"][f"{axis}_mm"])) for axis in "xyz")
        lines.append(
            f"  grid             {size} points, hottest {max(told['grid']['highest_K']):.0f} K"
        )
    lines += [f"  written          {file}" for file in told["files"]]
    return "\n".join(lines)


def _first(lines: list[str]) -> list[str]:
    if len(lines) <= _SHOWN:
        return lines
    return [*lines[:_SHOWN], f"  ... {len(lines) - _SHOWN} more: --json, or -o FOLDER"]


def _by_tenths(say: Callable[[str], None]) -> Callable[[float], None]:
    """Tells each tenth of a solve once."""
    told = 0

    def hear(share: float) -> None:
        nonlocal told
        if int(share * 10.0) > told:
            told = int(share * 10.0)
            say(f"  {10 * told:3} % solved")

    return hear
