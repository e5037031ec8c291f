"""`reclad order` and `reclad shop`: what is ordered, how far it is, and what the shop has."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reclad.app.door import mention, tell

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from reclad.orders import Book, Order, Route

order = typer.Typer(
    help="Orders of the shop: in, on, done, out.", no_args_is_help=True, rich_markup_mode=None
)
shop = typer.Typer(
    help="The shop file, and powder in store.", no_args_is_help=True, rich_markup_mode=None
)

ShopFile = Annotated[Path, typer.Option("--shop", help="shop file, or its folder")]
Database = Annotated[
    str, typer.Option("--db", help="another database, by URL; else beside the shop file")
]
AsJson = Annotated[bool, typer.Option("--json", help="print the result as JSON")]
Operation = Annotated[
    str, typer.Argument(metavar="OPERATION", help="order and step, for example pipe-0412.3")
]
Csv = Annotated[Path, typer.Argument(metavar="CSV", help="file, for example orders.csv")]
HERE = Path("shop.toml")


def add_commands(app: typer.Typer) -> None:
    """Put the commands of this module on the command line."""
    app.add_typer(order, name="order")
    app.add_typer(shop, name="shop")


@order.command()
def add(
    job: Annotated[
        Path, typer.Argument(metavar="JOB|DXF", help="planned job folder, or a drawing to cut")
    ],
    due: Annotated[str, typer.Option(help="day it is due, for example 2026-12-20")],
    number: Annotated[str, typer.Option(help="number of the order; else the job's name")] = "",
    customer: Annotated[str, typer.Option(help="for whom")] = "",
    weight: Annotated[float, typer.Option(help="of a day late, beside other orders")] = 1.0,
    rush: Annotated[bool, typer.Option("--rush", help="goes before the others")] = False,
    finish: Annotated[
        str, typer.Option(help="turn, grind or 'turn and grind'; else by the clad's hardness")
    ] = "",
    material: Annotated[str, typer.Option(help="of a drawing: sheet, for example S355")] = "",
    thickness: Annotated[str, typer.Option(help='of a drawing: for example "6 mm"')] = "",
    pieces: Annotated[int, typer.Option(help="of a drawing: how many")] = 1,
    unit: Annotated[str, typer.Option(help="of a drawing that states none: mm, inch, ...")] = "",
    shop_file: ShopFile = HERE,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Enter a planned job, or a drawing to cut."""
    from reclad.orders import NewOrder
    from reclad.orders.exchange import read_day

    new = NewOrder(read_day(due), number, customer, weight, rush)
    if job.suffix.casefold() == ".dxf":
        route = _cut(job, shop_file, material, thickness, pieces, unit)
    else:
        route = _repair(job, shop_file, finish)
    with _opened(shop_file, database) as book:
        _show(book.add(route, new, _now()), as_json=as_json)


@order.command("list")
def list_orders(
    every: Annotated[bool, typer.Option("--all", help="also those that are done")] = False,
    shop_file: ShopFile = HERE,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Orders, the earliest due first."""
    from reclad.app import order_told as told

    with _opened(shop_file, database) as book:
        found = [one for one in book.orders() if every or one.state != "done"]
    if as_json:
        tell(_json([told.order_json(one) for one in found]))
    else:
        tell("\n".join(told.list_lines(found)))


@order.command()
def show(
    number: Annotated[str, typer.Argument(metavar="ORDER", help="number of the order")],
    shop_file: ShopFile = HERE,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """One order and its steps."""
    with _opened(shop_file, database) as book:
        _show(book.order(number), as_json=as_json)


@order.command()
def replan(
    number: Annotated[str, typer.Argument(metavar="ORDER", help="number of the order")],
    shop_file: ShopFile = HERE,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Take the times of a job's new plan into its order."""
    from reclad.errors import ShopError

    with _opened(shop_file, database) as book:
        known = book.order(number)
        if known.kind != "repair":
            raise ShopError(
                f"order {number} is a drawing, which has no plan; enter it under another number"
            )
        route = _repair(Path(known.job), shop_file, known.finish)
        _show(book.replan(number, route), as_json=as_json)


@order.command()
def start(
    operation: Operation,
    machine: Annotated[str, typer.Option(help="that runs it; else as planned")] = "",
    person: Annotated[str, typer.Option(help="who runs it; else as planned")] = "",
    shop_file: ShopFile = HERE,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """A step has begun."""
    with _opened(shop_file, database) as book:
        _show(book.start(operation, _now(), machine or None, person or None), as_json=as_json)


@order.command()
def done(
    operation: Operation,
    lot: Annotated[str, typer.Option(help="powder lot it used; else none is taken")] = "",
    shop_file: ShopFile = HERE,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """A step is done; what follows may start."""
    with _opened(shop_file, database) as book:
        _show(book.finish(operation, _now(), lot or None), as_json=as_json)


@order.command()
def hold(
    operation: Operation,
    reason: Annotated[str, typer.Option(help='why, for example "customer looks first"')],
    shop_file: ShopFile = HERE,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """A step must not start until it is released."""
    with _opened(shop_file, database) as book:
        _show(book.hold(operation, reason, _now()), as_json=as_json)


@order.command()
def release(
    operation: Operation,
    shop_file: ShopFile = HERE,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """A step on hold may start."""
    with _opened(shop_file, database) as book:
        _show(book.release(operation, _now()), as_json=as_json)


@order.command("import")
def import_csv(
    file: Csv, shop_file: ShopFile = HERE, database: Database = "", as_json: AsJson = False
) -> None:
    """Orders from a CSV: new ones in, known ones changed.

    Columns: due, job (folder, relative to the CSV); order, customer, weight, rush (yes or no),
    finish. Rows are refused one by one; the same file again changes nothing.
    """
    from dataclasses import asdict

    from reclad.app import order_told as told
    from reclad.errors import ShopError
    from reclad.orders.exchange import import_orders

    with _opened(shop_file, database) as book:
        made = import_orders(
            file, book, lambda job, finish: _repair(job, shop_file, finish), _now()
        )
    tell(_json(asdict(made)) if as_json else "\n".join(told.import_lines(made)))
    if made.refused:
        raise ShopError(f"{file}: {len(made.refused)} rows refused; correct them and import again")


@order.command("export")
def export_csv(
    file: Csv,
    steps: Annotated[bool, typer.Option("--steps", help="a row per step, not per order")] = False,
    shop_file: ShopFile = HERE,
    database: Database = "",
) -> None:
    """Orders, or their steps, as CSV for a spreadsheet."""
    from reclad.orders.exchange import export_operations, export_orders, write_new

    with _opened(shop_file, database) as book:
        found = book.orders()
    write_new(file, export_operations(found) if steps else export_orders(found))
    tell(f"{file}: {len(found)} orders")


@shop.command("new")
def new_shop_file(
    name: Annotated[str, typer.Argument(metavar="NAME", help="name of the new folder")],
) -> None:
    """A new shop folder, from the commented example."""
    from reclad.orders import new_shop

    made = new_shop(name)
    tell(f"{name}/{made.name}: edit it, then run `reclad shop check {name}`")


@shop.command("check")
def check_shop(
    shop_file: Annotated[
        Path, typer.Argument(metavar="[SHOP]", help="shop file, or its folder")
    ] = HERE,
    as_json: AsJson = False,
) -> None:
    """Whether a shop file can be used: names, hours, units."""
    from reclad.app import order_told as told
    from reclad.job import assumed_in
    from reclad.orders import read_shop

    read = read_shop(shop_file)
    guessed = assumed_in(read)
    if as_json:
        tell(_json(told.shop_json(read, guessed)))
    else:
        tell("\n".join(told.shop_lines(read, guessed)))


@shop.command()
def powder(
    name: Annotated[str, typer.Argument(metavar="[POWDER]", help="as orders name it")] = "",
    lot: Annotated[str, typer.Argument(metavar="[LOT]", help="lot number")] = "",
    mass: Annotated[str, typer.Argument(metavar="[MASS]", help='put in, "20 kg"')] = "",
    shop_file: ShopFile = HERE,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Powder lots in store; with all three, one more."""
    from dataclasses import asdict

    from reclad.app import order_told as told
    from reclad.units import parse_quantity

    if any((name, lot, mass)) and not all((name, lot, mass)):
        raise typer.BadParameter('give powder, lot and mass, for example IN625 L77 "20 kg"')
    with _opened(shop_file, database) as book:
        if mass:
            book.add_powder(name, lot, parse_quantity(mass, "kg"), _now())
        found = book.powder()
    tell(_json([asdict(one) for one in found]) if as_json else "\n".join(told.powder_lines(found)))


@contextlib.contextmanager
def _opened(shop_file: Path, database: str) -> Iterator[Book]:
    """An order book for one command, given back at its end."""
    from reclad.orders import open_book, read_shop
    from reclad.orders.shop_file import shop_path

    if not database:
        read_shop(shop_file)  # no database beside a file that is none
    book = open_book(shop_path(shop_file), database)
    try:
        yield book
    finally:
        book.store.close()


def _repair(job: Path, shop_file: Path, finish: str) -> Route:
    from reclad.errors import ShopError
    from reclad.orders import read_shop, route_repair
    from reclad.orders.routing import FINISHES
    from reclad.units import nearest, show

    chosen = next((one for one in FINISHES if one == finish), None)
    if finish and chosen is None:
        raise ShopError(f"finish {show(finish)}: {nearest(finish, [*FINISHES])}; give one of them")
    mention(f"  reading the plan of {job}")
    return route_repair(job, read_shop(shop_file), chosen)


def _cut(
    drawing: Path, shop_file: Path, material: str, thickness: str, pieces: int, unit: str
) -> Route:
    from reclad.orders import read_shop, route_cutting
    from reclad.units import parse_quantity

    if not material or not thickness:
        raise typer.BadParameter('a drawing needs --material S355 --thickness "6 mm"')
    return route_cutting(
        drawing, read_shop(shop_file), material, parse_quantity(thickness, "mm"), pieces, unit
    )


def _show(found: Order, *, as_json: bool) -> None:
    from reclad.app import order_told as told

    tell(_json(told.order_json(found)) if as_json else "\n".join(told.order_lines(found)))


def _now() -> datetime.datetime:
    import datetime

    return datetime.datetime.now(tz=datetime.UTC).replace(microsecond=0)


def _json(value: Any) -> str:
    # ASCII only: a console that lacks a sign must not change the data.
    return json.dumps(value, indent=2, allow_nan=False)
