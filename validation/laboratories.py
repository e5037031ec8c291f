"""Fit the model to laboratories' trials and write docs/validation-fitted.md: `python -m
validation.laboratories` in the repository, about four minutes on two processors."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FIGURES = "validation/laboratories.json"
PAGE, PICTURE = "docs/validation-fitted.md", "docs/img/validation-fitted.svg"
ROWS = {
    "hofmann2026": "src/reclad/data/trials/hofmann/trials.csv",
    "dai2024": "src/reclad/data/trials/dai/trials.csv",
    "CHEN-2020": "validation/sources/chen_2020_in718_preheat.csv",
    "MSAM-2025": "validation/sources/msam_2025_laser_arc_bead.csv",
}
_THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def fingerprint() -> dict[str, str]:
    """Source -> SHA-256 of the rows that the figures come from, ends of lines aside."""
    return {
        key: hashlib.sha256("\n".join(_lines(path)).encode()).hexdigest()
        for key, path in ROWS.items()
    }


def compute() -> dict[str, Any]:
    """Every figure of the page, fitted in two processes of one thread each."""
    from validation.dilution_splits import SPLITS, keyhole_indices, split
    from validation.repeats import scatter_of_repeats
    from validation.track_transfer import CUTS, between_laboratories, between_spots

    # A process started afresh reads these before it loads anything that computes.
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:

        def start(function: Callable[..., Any], *at: Any) -> Callable[[], Any]:
            return pool.submit(function, *at).result

        laboratories = start(between_laboratories)
        spots = [start(between_spots, fitted, cut) for cut in CUTS for fitted in (0, 1)]
        splits = [start(split, number) for number in range(SPLITS)]
        return {
            "rows": fingerprint(),
            "spots": [found() for found in spots],
            "laboratories": laboratories(),
            "dilution": {
                "index": keyhole_indices(),
                "splits": [found() for found in splits],
            },
            "repeats": scatter_of_repeats(),
        }


def read_figures() -> dict[str, Any]:
    """The figures as last computed."""
    figures: dict[str, Any] = json.loads((ROOT / FIGURES).read_text("utf-8"))
    return figures


def build(figures: dict[str, Any]) -> dict[str, str]:
    """The page and its picture: path in the repository and text."""
    from validation.laboratories_page import write_page
    from validation.laboratories_picture import draw

    return {PAGE: write_page(figures), PICTURE: draw(figures)}


def _lines(path: str) -> list[str]:
    return (ROOT / path).read_text("utf-8").splitlines()


def main() -> None:
    """Compute, then write figures, page and picture."""
    (ROOT / FIGURES).write_bytes(_packed(compute()).encode("utf-8"))
    for name, text in build(read_figures()).items():
        (ROOT / name).write_bytes(text.encode("utf-8"))


def _packed(figures: dict[str, Any]) -> str:
    """JSON with every list of plain numbers on one line."""
    text = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
    return re.sub(r"\[\s+([^][{}\"]*?)\s+\]", lambda f: f"[{' '.join(f[1].split())}]", text)


if __name__ == "__main__":
    main()
