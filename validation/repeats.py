"""How far beads of one setting lie apart, where a source repeats one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from reclad.lab.likelihood import WIDTHS
from reclad.process import QUANTITIES
from validation.comparison import read_sources

_MEASURED = {"width": "width_mm", "height": "height_mm"}


def scatter_of_repeats(key: str = "MSAM-2025") -> dict[str, Any]:
    """By quantity: standard deviation of the logarithm between beads of one setting, the same about
    straight lines over all settings, and what is believed of it before any trial, all in %."""
    rows = read_sources()[key]["data"]
    names = [name for name in rows[0] if name.endswith(("_given", "_correction"))]
    settings = np.array([[float(row[name]) for name in names] for row in rows])
    groups: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for number, at in enumerate(settings):
        groups[tuple(at)].append(number)
    repeated = [numbers for numbers in groups.values() if len(numbers) > 1]
    design = np.column_stack((np.ones(len(rows)), settings))
    found: dict[str, Any] = {"rows": len(rows), "repeats": sum(map(len, repeated))}
    for name, column in _MEASURED.items():
        logs = np.log([float(row[column]) for row in rows])
        apart = [logs[numbers] - logs[numbers].mean() for numbers in repeated]
        freedom = sum(len(numbers) - 1 for numbers in repeated)
        line = np.linalg.lstsq(design, logs, rcond=None)[0]
        left = logs - design @ line
        found[name] = {
            "repeats": _percent(np.sqrt(np.sum(np.concatenate(apart) ** 2) / freedom)),
            "lines": _percent(np.sqrt(np.sum(left**2) / (len(rows) - design.shape[1]))),
            "believed": _percent(WIDTHS[2, QUANTITIES.index(name)]),
        }
    return found


def _percent(share: float) -> float:
    return round(100.0 * float(share), 2)
