"""The database loses no order: not to a kill, not to a second writer, not to a full disk."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from order_books import DUE, NOW, enter, plain_route

from reclad.errors import FileError, ShopError
from reclad.orders import Book, NewOrder, open_book, open_store
from reclad.orders.store import migrate, url_without_password
from reclad.orders.tables import HEAD, Table

HERE = Path(__file__).parent

# Enters orders without end and prints each number once it is committed.
WRITER = """
import sys
from order_books import enter
from reclad.orders import open_book
book, name, count = open_book(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("open", flush=True)
for number in range(count):
    enter(book, f"{name}-{number}")
    print(f"{name}-{number}", flush=True)
"""
FILLED = """
import resource, sys
from order_books import enter
from reclad.errors import RecladError
from reclad.orders import open_book
book = open_book(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
for number in range(2000):
    try:
        enter(book, f"f-{number}")
    except RecladError as error:
        print("refused", error, flush=True)
        break
    print(f"f-{number}", flush=True)
"""

KILLED = """
import os, signal, sys
from sqlalchemy import event
from order_books import enter
from reclad.orders import open_book
book = open_book(sys.argv[1])
enter(book, "whole")
@event.listens_for(book.store.engine, "before_cursor_execute")
def stop(connection, cursor, statement, *_):
    if "INSERT INTO " + sys.argv[2] in statement:
        os.kill(os.getpid(), signal.SIGKILL)
enter(book, "half")
print("not killed")
"""


def writer(shop_file: Path, *words: object, script: str = WRITER) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(shop_file), *map(str, words)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(HERE)},
    )


def whole_orders(shop_file: Path) -> set[str]:
    """Numbers in the book, every one with its three steps, in a file without damage."""
    with sqlite3.connect(shop_file.with_suffix(".sqlite")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()
    book = open_book(shop_file)
    orders = book.orders()
    book.store.close()
    assert all(len(one.operations) == 3 for one in orders)
    return {one.number for one in orders}


def test_the_database_lies_beside_the_shop_file(shop_file: Path, book: Book) -> None:
    enter(book)
    assert shop_file.with_suffix(".sqlite").is_file()
    with sqlite3.connect(shop_file.with_suffix(".sqlite")) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
    raw.close()


def test_the_migrations_make_exactly_the_tables_that_are_mapped(book: Book) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with book.store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_the_newest_migration_is_the_one_the_store_asks_for(tmp_path: Path) -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    import reclad.orders

    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option(
        "script_location", str(Path(reclad.orders.__file__).parent / "migrations")
    )
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path, monkeypatch) -> None:
    def broken(connection) -> None:
        migrate(connection)
        raise FileError("stopped half way")

    monkeypatch.setattr("reclad.orders.store.migrate", broken)
    with pytest.raises(FileError, match="stopped half way"):
        open_store(tmp_path / "shop.toml")
    with sqlite3.connect(tmp_path / "shop.sqlite") as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == []
    raw.close()
    monkeypatch.undo()
    open_store(tmp_path / "shop.toml").close()


def test_any_database_is_opened_by_its_url(tmp_path: Path) -> None:
    book = open_book(url=f"sqlite:///{tmp_path / 'elsewhere.db'}")
    enter(book)
    book.store.close()
    assert (tmp_path / "elsewhere.db").is_file()


@pytest.mark.parametrize(
    ("url", "kind", "says"),
    [
        ("orders", ShopError, "no database URL"),
        ("oracle8://x", ShopError, "no database URL"),
        ("sqlite:////no/such/folder/a.db", FileError, "choose a folder you may write to"),
    ],
)
def test_a_database_that_cannot_be_is_refused_in_one_line(url, kind, says) -> None:
    with pytest.raises(kind, match=says) as refused:
        open_store(url=url)
    assert str(refused.value).isprintable()


def test_a_password_never_stands_in_a_message() -> None:
    assert url_without_password("postgresql://me:secret@host/db") == "postgresql://me:***@host/db"


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    other = tmp_path / "shop.sqlite"
    other.write_text("a letter to a customer, long enough to be looked at as a database " * 20)
    before = other.read_bytes()
    with pytest.raises(FileError, match="is no order database or is damaged"):
        open_store(tmp_path / "shop.toml")
    assert other.read_bytes() == before


def test_a_database_of_a_newer_reclad_is_left_alone(shop_file: Path, book: Book) -> None:
    with sqlite3.connect(shop_file.with_suffix(".sqlite")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(FileError, match="made by a newer reclad"):
        open_store(shop_file)


def test_a_change_that_fails_half_way_is_undone_whole(book: Book) -> None:
    from reclad.orders.tables import OperationRow

    enter(book)

    def forget() -> None:
        with book.store.write() as session:
            for row in session.query(OperationRow):
                row.state = "done" if row.position == 1 else "forgotten"

    with pytest.raises(ShopError, match="breaks a rule of the order book"):
        forget()
    assert [one.state for one in book.order("a").operations] == ["ready", "waiting", "waiting"]


def test_a_second_writer_waits_and_then_says_so(book: Book, shop_file: Path, monkeypatch) -> None:
    monkeypatch.setattr("reclad.orders.store.PATIENCE", 0.05)
    hurried = open_book(shop_file)
    with book.store.write():
        assert hurried.orders() == []  # a reader does not wait
        with pytest.raises(FileError, match="somebody else has been writing"):
            enter(hurried)
    assert enter(hurried).number == "a"
    hurried.store.close()


def test_a_new_file_that_another_is_opening_is_tried_again(shop_file: Path, monkeypatch) -> None:
    other = sqlite3.connect(shop_file.with_suffix(".sqlite"))
    other.execute("BEGIN EXCLUSIVE")
    waited = []

    def let_go(seconds: float) -> None:
        waited.append(seconds)
        other.rollback()

    clock = SimpleNamespace(monotonic=lambda: 0.0, sleep=let_go)
    monkeypatch.setattr("reclad.orders.store.time", clock)
    monkeypatch.setattr("reclad.orders.store.PATIENCE", 0.05)
    open_store(shop_file).close()
    assert len(waited) == 1
    other.close()


@pytest.mark.slow
def test_a_kill_loses_no_order_and_leaves_none_half_written(shop_file: Path) -> None:
    said: set[str] = set()
    for round_ in range(4):
        running = writer(shop_file, f"k{round_}", 10_000)
        assert running.stdout is not None
        told = [running.stdout.readline().strip() for _ in range(3 + 5 * round_)]
        running.send_signal(signal.SIGKILL)  # in the middle of the next one
        said |= {*told} - {"open"}
        said |= set(running.stdout.read().splitlines())
        running.wait()
        running.stdout.close()
    found = whole_orders(shop_file)
    assert len(said) > 4
    assert said <= found
    assert len(found) <= len(said) + 4  # committed, and killed before it was told


@pytest.mark.slow
@pytest.mark.parametrize("table", ["orders", "operations"])
def test_an_order_killed_half_way_is_not_there(shop_file: Path, table: str) -> None:
    running = writer(shop_file, table, script=KILLED)
    out, _ = running.communicate(timeout=120)
    assert (out, running.returncode) == ("", -signal.SIGKILL)
    assert whole_orders(shop_file) == {"whole"}


@pytest.mark.slow
def test_two_writers_at_once_lose_nothing(shop_file: Path) -> None:
    both = [writer(shop_file, name, 40) for name in ("a", "b")]
    said = []
    for one in both:
        out, _ = one.communicate(timeout=120)
        assert one.returncode == 0
        said += [line for line in out.splitlines() if line != "open"]
    assert len(said) == 80
    assert whole_orders(shop_file) == set(said)


@pytest.mark.slow
def test_of_two_that_start_one_step_at_once_only_one_does(book: Book, shop_file: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    enter(book)
    books = [open_book(shop_file) for _ in range(4)]

    def begin(one: Book) -> str:
        try:
            return one.start("a.1", NOW).operations[0].state
        except ShopError as error:
            return str(error)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(begin, books))
    assert told.count("running") == 1
    assert sum("cannot start: it is running" in one for one in told) == 3
    for one in books:
        one.store.close()


@pytest.mark.slow
def test_a_full_disk_refuses_in_one_line_and_keeps_what_was_there(shop_file: Path) -> None:
    book = open_book(shop_file)
    enter(book, "before")
    book.store.close()
    size = shop_file.with_suffix(".sqlite").stat().st_size + 200_000
    out, _ = writer(shop_file, size, script=FILLED).communicate(timeout=120)
    *said, last = out.splitlines()
    assert last.startswith("refused "), out
    assert "free space and try again" in last
    assert "nothing was changed" in last
    assert len(said) > 3
    assert whole_orders(shop_file) == {"before", *said}


@pytest.mark.slow
def test_many_first_openings_at_once_make_one_database(shop_file: Path) -> None:
    many = [writer(shop_file, f"m{number}", 2) for number in range(4)]
    for one in many:
        one.communicate(timeout=120)
        assert one.returncode == 0
    assert len(whole_orders(shop_file)) == 8


def test_an_order_is_of_its_job_not_of_its_number(book: Book) -> None:
    made = book.add(plain_route(Path("/jobs/x/../y")), NewOrder(DUE, "z"), NOW)
    assert made.job == "/jobs/y"
