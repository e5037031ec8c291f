"""Write docs/validation.md and its picture: `python -m validation.run` in the repository."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE, PICTURE = "docs/validation.md", "docs/img/validation-melt-pool.svg"


def build() -> dict[str, str]:
    """The generated files: path in the repository and text."""
    from validation.comparison import predict_effects, predict_tracks, read_sources
    from validation.page import assume, write_page
    from validation.picture import draw

    sources = read_sources()
    steel, nickel = (predict_tracks(sources[key]) for key in ("HOFMANN-2026", "CHEN-2020"))
    experiment = sources["MRO-DOE"]
    page = write_page(steel, nickel, assume(steel), experiment, predict_effects(experiment))
    return {PAGE: page, PICTURE: draw(steel, nickel)}


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for name, text in build().items():
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_bytes(text.encode("utf-8"))
