"""The heat of a repair over many draws: a summary, and a table for a spreadsheet."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.errors import FileError
from reclad.record.summary import quantity

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from reclad.heat import Ensemble
    from reclad.plan import Plan

    Floats = NDArray[np.float64]

BAND = (0.05, 0.5, 0.95)


def summarise_draws(plan: Plan, ensemble: Ensemble) -> dict[str, Any]:
    """What the draws agree and differ on, and how far the plan's own band (one solve, spread in
    closed form) lies from the band of all these solves, at worst (K)."""
    middle = ensemble.interpass.shape[1] // 2
    rows = (
        ("interpass, middle of the repair", ensemble.interpass[:, middle], "degC"),
        ("interpass, hottest turn", ensemble.interpass.max(axis=1), "degC"),
        ("inner wall or axis, hottest", ensemble.bore.max(axis=1), "degC"),
        ("melt pool width, middle", ensemble.width[:, middle], "mm"),
        ("fused depth, middle", ensemble.depth[:, middle], "mm"),
        ("fused depth, last turn", ensemble.depth[:, -1], "mm"),
    )
    same = plan.history.interpass[: ensemble.interpass.shape[0]]
    off = np.quantile(ensemble.interpass, BAND, axis=0) - np.quantile(same, BAND, axis=0)
    return {
        "job": plan.job.name,
        "draws": ensemble.interpass.shape[0],
        "turns": ensemble.interpass.shape[1],
        "rows": [{"what": what, "value": quantity(values, unit)} for what, values, unit in rows],
        "spread_off": quantity(float(np.abs(off).max()), "K"),
        "ledger_gap": float(ensemble.gap.max()),
    }


def write_draws(plan: Plan, ensemble: Ensemble, folder: Path) -> list[Path]:
    """`heat-draws.csv`: turn by turn the 5, 50 and 95 % curves. FileError where it cannot be
    written or lies there already."""
    target = folder / "heat-draws.csv"
    columns: list[tuple[str, Floats]] = [("turn", np.arange(1, ensemble.power.shape[1] + 1))]
    columns.append(("time_s", plan.history.turns.arrival))
    columns.append(("power_W", ensemble.power[0]))
    for name, unit, values in (
        ("interpass", "degC", ensemble.interpass - 273.15),
        ("bore", "degC", ensemble.bore - 273.15),
        ("width", "mm", ensemble.width * 1e3),
        ("depth", "mm", ensemble.depth * 1e3),
    ):
        curves = np.quantile(values, BAND, axis=0)
        columns += [
            (f"{name}_p{100 * b:02.0f}_{unit}", c) for b, c in zip(BAND, curves, strict=True)
        ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow([name for name, _ in columns])
            for row in zip(*(c for _, c in columns), strict=True):
                table.writerow([f"{v:.6g}" for v in row])
    except FileExistsError as error:
        raise FileError(f"{target}: lies there already; move it or name another folder") from error
    except OSError as error:
        raise FileError(f"{target}: cannot be written ({error.strerror}); free space") from error
    return [target]
