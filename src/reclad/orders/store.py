"""The database behind the orders: SQLite beside the shop file, or any by URL.

A change is one short transaction: it is there whole or not at all, whatever is killed meanwhile.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reclad.errors import FileError, RecladError, ShopError
from reclad.units import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session

PATIENCE = 20.0  # s that a writer waits for another; a change takes milliseconds
_RETRY = 0.02  # s
_SUFFIX = ".sqlite"


@dataclass(frozen=True, eq=False)
class Store:
    """An open order database. `shown` is its name in messages, `lite` whether it is SQLite."""

    engine: Engine
    shown: str
    lite: bool

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment of the database; it changes nothing."""
        snapshot = {} if self.lite else {"isolation_level": "REPEATABLE READ"}
        with self._session(**snapshot) as session:
            yield session
            session.rollback()

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is committed at the end, or undone whole when anything is raised.

        Of two writers the second waits up to 20 s, then FileError. ShopError where the change
        breaks a rule of the tables.
        """
        from sqlalchemy import text

        with self._session(immediate=True) as session:
            session.connection()  # begins
            if not self.lite:  # one row that every writer takes first, so that they queue
                session.execute(text("SELECT version_num FROM alembic_version FOR UPDATE"))
            yield session
            session.commit()

    def close(self) -> None:
        """Give the database back."""
        self.engine.dispose()

    @contextlib.contextmanager
    def _session(self, **options: Any) -> Iterator[Session]:
        from sqlalchemy.orm import Session

        with (
            refusing(self.shown),
            Session(self.engine.execution_options(**options)) as session,
        ):
            yield session


def open_store(shop: str | Path | None = None, url: str = "") -> Store:
    """The order database, made or brought up to date where need be.

    shop   shop file: the database lies beside it, under its name with .sqlite
    url    of another database, as SQLAlchemy writes it; goes before `shop`
    Raises FileError where it cannot be opened, is none, or is newer than this reclad; ShopError for
    a URL that names no database. Checked in tests/orders/test_store.py.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    place = url or f"sqlite:///{Path(shop or 'shop.toml').with_suffix(_SUFFIX)}"
    shown = url_without_password(place)
    lite = place.startswith("sqlite")
    try:
        engine = create_engine(place)
    except (ArgumentError, NoSuchModuleError) as error:
        raise ShopError(
            f"--db {show(shown, 120)}: no database URL; write for example sqlite:///orders.sqlite"
        ) from error
    except ImportError as error:
        raise ShopError(
            f"--db {show(shown, 120)}: its driver is not installed ({error.name}); install it, or "
            "leave --db out"
        ) from error
    if lite:
        _follow_sqlite(engine)
    store = Store(engine, shown, lite)
    try:
        _bring_up_to_date(store)
    except BaseException:
        store.close()
        raise
    return store


def url_without_password(url: str) -> str:
    """The URL as it may stand in a message; of SQLite, the file."""
    return re.sub(r"^sqlite(\+\w+)?:///", "", re.sub(r"//([^/:@]*):[^/@]*@", r"//\1:***@", url))


def _follow_sqlite(engine: Engine) -> None:
    """Transactions that begin when they are begun, checked references, a journal beside it.

    Left to itself the driver begins a transaction at its first change, so that two writers that
    both read before can only be told apart by failing.
    """
    from sqlalchemy import event

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _: Any) -> None:
        cursor = raw.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout = {1000 * PATIENCE:.0f}")
            cursor.execute("PRAGMA foreign_keys = ON")
            _write_ahead(cursor)
            cursor.execute("PRAGMA synchronous = FULL")
        finally:
            cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _write_ahead(cursor: Any) -> None:
    """Readers beside a writer. Of two that open a new file at once SQLite turns one away at once,
    whatever its patience."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(_RETRY)
        else:
            return


def _bring_up_to_date(store: Store) -> None:
    from reclad.orders.tables import HEAD

    with refusing(store.shown):
        with store.engine.connect() as connection:
            found = _revision(connection)
        if found == HEAD:
            return
        with store.engine.execution_options(immediate=True).begin() as connection:
            found = _revision(connection)  # another process may have been quicker
            if found is not None and found > HEAD:
                raise FileError(
                    f"{store.shown}: was made by a newer reclad (tables {found}, this one knows "
                    f"{HEAD}); update reclad"
                )
            if found != HEAD:
                migrate(connection)


def _revision(connection: Connection) -> str | None:
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the tables of an open connection up to a revision, in its transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option(
        "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
    )
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@contextlib.contextmanager
def refusing(shown: str) -> Iterator[None]:
    """Every fault of the database as one line that says what to do."""
    from sqlalchemy.exc import DBAPIError, IntegrityError

    try:
        yield
    except RecladError:
        raise
    except IntegrityError as error:
        raise ShopError(
            f"{shown}: the change breaks a rule of the order book ({_reason(error)}) and was "
            "undone; correct the entry"
        ) from error
    except DBAPIError as error:
        raise FileError(f"{shown}: {_fault(_reason(error))}") from error


def _reason(error: Any) -> str:
    return show(str(error.orig).splitlines()[0], 120)[1:-1]


def _fault(reason: str) -> str:
    if "locked" in reason or "busy" in reason:
        return (
            f"somebody else has been writing for over {PATIENCE:.0f} s ({reason}), nothing was "
            "changed; try again"
        )
    if "full" in reason or "I/O" in reason:
        return f"cannot be written ({reason}), nothing was changed; free space and try again"
    if "connection" in reason:
        return f"cannot be reached ({reason}); check --db and whether it runs"
    if "readonly" in reason or "unable to open" in reason:
        return f"cannot be opened for writing ({reason}); choose a folder you may write to"
    if "not a database" in reason or "malformed" in reason:
        return f"is no order database or is damaged ({reason}); put a copy in its place"
    return f"the database refused ({reason}); nothing was changed"
