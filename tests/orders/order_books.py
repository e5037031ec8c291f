"""Orders that nobody planned: enough for the book, whatever their times."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from reclad.orders import Book, NewOrder, Order, Route, Step

NOW = datetime.datetime(2026, 11, 27, 1, 0, tzinfo=datetime.UTC)  # Friday, 09:00 in the shop
DUE = datetime.date(2026, 12, 20)


def plain_route(job: Path, minutes: tuple[int, ...] = (30, 70, 20)) -> Route:
    """Receive, clad and papers of a job that nobody planned."""
    kinds = (("receive", "", "", ""), ("clad", "cladder", "x-axial-4kw", "IN625"),
             ("certificate", "", "", ""))  # fmt: skip
    steps = tuple(
        Step(
            process=name, minutes=length, spread=0.3, rework=0.0, kind=kind, cell=cell,
            family=family, skill="clad IN625" if kind else name,
        )
        for (name, kind, cell, family), length in zip(kinds, minutes, strict=True)
    )  # fmt: skip
    return Route("repair", job, steps, "turn", "0" * 64, "1" * 64, "IN625", 0.25)


def enter(book: Book, number: str = "a", **asked: Any) -> Order:
    """An order of three steps in the book."""
    return book.add(plain_route(Path(f"/jobs/{number}")), NewOrder(DUE, number, **asked), NOW)
