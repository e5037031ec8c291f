"""Orders as CSV: a spreadsheet opens it, it reads back, and the same file twice changes nothing."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from order_books import DUE, NOW, enter, plain_route

from reclad.errors import FileError
from reclad.orders import Book, NewOrder, export_operations, export_orders, import_orders, open_book
from reclad.orders.exchange import OPERATION_COLUMNS, ORDER_COLUMNS, write_new


def told(path: Path, finish: str) -> Any:
    return plain_route(path)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(("order,customer,due,weight,rush,finish,job", *lines)), "utf-8")
    return path


def test_a_spreadsheet_can_open_it(book: Book) -> None:
    enter(book, "a", customer="油田 3, north")
    content = export_orders(book.orders())
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 2
    (row,) = rows(content)
    assert tuple(row) == ORDER_COLUMNS
    assert row["customer"] == "油田 3, north"
    assert (row["due"], row["received"]) == ("2026-12-20", "2026-11-27T01:00Z")
    assert (row["weight"], row["rush"], row["state"]) == ("1", "no", "open")


def test_steps_go_out_with_what_holds_them_up(book: Book) -> None:
    enter(book)
    book.start("a.1", NOW, "bench", "operator 1")
    book.hold("a.2", "customer looks", NOW)
    first, second, _ = rows(export_operations(book.orders()))
    assert tuple(first) == OPERATION_COLUMNS
    assert (first["operation"], first["state"], first["machine"]) == ("a.1", "running", "bench")
    assert first["started"] == "2026-11-27T01:00Z"
    assert (second["on_hold"], second["minutes"]) == ("customer looks", "70")


def test_no_cell_is_a_formula(book: Book) -> None:
    enter(book, "a", customer='=HYPERLINK("x")')
    (row,) = rows(export_orders(book.orders()))
    assert row["customer"] == '\'=HYPERLINK("x")'


def test_what_went_out_comes_back_and_changes_nothing(book: Book, tmp_path: Path) -> None:
    enter(book, "a", customer="=1+1", weight=2.5, rush=True)
    enter(book, "b", customer="'quoted")
    before = book.orders()
    path = tmp_path / "orders.csv"
    path.write_bytes(export_orders(before))
    again = import_orders(path, book, told, NOW)
    assert (again.same, again.added, again.changed, again.refused) == (("a", "b"), (), (), ())
    assert book.orders() == before
    empty = open_book(url="sqlite://")
    made = import_orders(path, empty, told, NOW)
    assert made.added == ("a", "b")
    assert export_orders(empty.orders()) == export_orders(before)
    empty.store.close()


def test_new_rows_are_entered_and_known_ones_changed(book: Book, tmp_path: Path) -> None:
    path = write(
        tmp_path / "in.csv", "p1,Mine 2,2026-12-24,2,yes,,jobs/p1", ",,2026-12-25,,,,jobs/p2"
    )
    assert import_orders(path, book, told, NOW).added == ("p1", "p2")
    one, two = book.orders()
    assert (one.customer, one.weight, one.rush) == ("Mine 2", 2.0, True)
    assert one.job == str(tmp_path / "jobs" / "p1")
    assert (two.number, two.weight, two.rush) == ("p2", 1.0, False)
    write(path, "p1,,2026-12-30,,,,jobs/p1", "p2,,2026-12-25,,,,jobs/p2")
    again = import_orders(path, book, told, NOW)
    assert (again.changed, again.same) == (("p1",), ("p2",))
    after = book.order("p1")
    assert (after.due.day, after.customer, after.weight, after.rush) == (30, "Mine 2", 2.0, True)
    assert import_orders(path, book, told, NOW).same == ("p1", "p2")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("x,,24.12.2026,,,,jobs/x", 'due "24.12.2026": no day; write for example 2026-12-20'),
        ("x,,,,,,jobs/x", 'due "": no day'),
        ("x,,2026-12-24,heavy,,,jobs/x", 'weight "heavy": no number'),
        ("x,,2026-12-24,-1,,,jobs/x", "weight -1 lies outside"),
        ("x,,2026-12-24,,maybe,,jobs/x", 'rush "maybe": write yes or no'),
        ("x,,2026-12-24,,,,", "no job; write the job folder"),
        ("a,,2026-12-24,,,,jobs/other", "is of /jobs/a, not of"),
        ("a,,2026-12-24,,,grind,/jobs/a", "is finished by turn, which fixes its steps"),
    ],
)
def test_a_row_is_refused_with_its_line_and_the_others_stand(
    book: Book, tmp_path: Path, line: str, says: str
) -> None:
    enter(book)
    path = write(
        tmp_path / "in.csv", "b,,2026-12-24,,,,jobs/b", "", line, "c,,2026-12-24,,,,jobs/c"
    )
    made = import_orders(path, book, told, NOW)
    assert made.added == ("b", "c")
    (refused,) = made.refused
    assert refused.startswith("in.csv line 4: ")
    assert says in refused
    assert refused.isprintable()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"order;due;job\na;2026-12-20;a\n", "no column due; .*separate columns by commas"),
        (b"order,job\n", "no column due"),
        (b"due,job,due\n", "column due stands twice"),
        (b"due,job\n2026-12-20,\xff\n", "line 2: not UTF-8"),
        (b'due,job\n"2026-12-20,x\n', "is no CSV"),
        (b"", "no column due"),
    ],
)
def test_a_file_that_is_no_list_of_orders_is_refused_whole(
    book: Book, tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    with pytest.raises(FileError, match=says) as refused:
        import_orders(path, book, told, NOW)
    assert str(refused.value).isprintable()
    with pytest.raises(FileError, match="cannot be read"):
        import_orders(tmp_path / "none.csv", book, told, NOW)


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_new(path, b"one")
    with pytest.raises(FileError, match="exists already and is not overwritten"):
        write_new(path, b"two")
    assert path.read_bytes() == b"one"
    with pytest.raises(FileError, match="cannot be written"):
        write_new(tmp_path / "no" / "out.csv", b"two")


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=30)


@pytest.mark.slow
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(customer=TEXT, weight=st.floats(1e-3, 1e6), rush=st.booleans())
def test_every_order_comes_back_as_it_went_out(tmp_path: Path, customer, weight, rush) -> None:
    book = open_book(url="sqlite://")
    book.add(plain_route(Path("/jobs/a")), NewOrder(DUE, "a", customer, weight, rush), NOW)
    content = export_orders(book.orders())
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    again = import_orders(path, book, told, NOW)
    assert not again.refused
    assert export_orders(book.orders()) == content
    assert rows(content)[0]["customer"] in (customer, f"'{customer}")
    book.store.close()
