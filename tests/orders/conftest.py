"""A shop, a planned job and its route, read once; an order book of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reclad.orders import Book, Shop, new_shop, open_book, read_shop


@pytest.fixture(scope="session")
def shop_text(shipped: Path) -> str:
    return (shipped / "shops" / "desert-shop.toml").read_text("utf-8")


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    return new_shop("ours", tmp_path)


@pytest.fixture(scope="session")
def shop(shipped: Path) -> Shop:
    return read_shop(shipped / "shops" / "desert-shop.toml")


@pytest.fixture(scope="session")
def ordered_folder(
    tmp_path_factory: pytest.TempPathFactory, short_job_text: str, short_plan: Any
) -> Path:
    from short_pipe import planned_folder

    return planned_folder(tmp_path_factory.mktemp("ordered"), short_job_text, short_plan)


@pytest.fixture(scope="session")
def short_read(ordered_folder: Path) -> Any:
    from reclad.shop import read_planned

    return read_planned(ordered_folder)


@pytest.fixture
def book(shop_file: Path) -> Iterator[Book]:
    opened = open_book(shop_file)
    yield opened
    opened.store.close()
