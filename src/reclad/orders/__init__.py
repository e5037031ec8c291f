"""The shop's orders: what it has, what it must do, and what a plan already says about both."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reclad.orders.backlog import read_problem
    from reclad.orders.book import Book, open_book
    from reclad.orders.cutting import route_cutting
    from reclad.orders.drawing import Drawing, read_drawing
    from reclad.orders.exchange import export_operations, export_orders, import_orders
    from reclad.orders.order import Hold, NewOrder, Operation, Order
    from reclad.orders.routing import Route, Step, route_repair
    from reclad.orders.shop_file import Shop, new_shop, read_shop
    from reclad.orders.store import Store, open_store

_HOME = {
    "Book": "book",
    "Drawing": "drawing",
    "Hold": "order",
    "NewOrder": "order",
    "Operation": "order",
    "Order": "order",
    "Route": "routing",
    "Shop": "shop_file",
    "Step": "routing",
    "Store": "store",
    "export_operations": "exchange",
    "export_orders": "exchange",
    "import_orders": "exchange",
    "new_shop": "shop_file",
    "open_book": "book",
    "open_store": "store",
    "read_drawing": "drawing",
    "read_problem": "backlog",
    "read_shop": "shop_file",
    "route_cutting": "cutting",
    "route_repair": "routing",
}
__all__ = [
    "Book",
    "Drawing",
    "Hold",
    "NewOrder",
    "Operation",
    "Order",
    "Route",
    "Shop",
    "Step",
    "Store",
    "export_operations",
    "export_orders",
    "import_orders",
    "new_shop",
    "open_book",
    "open_store",
    "read_drawing",
    "read_problem",
    "read_shop",
    "route_cutting",
    "route_repair",
]


def __getattr__(name: str) -> Any:
    # The database and the drawing reader load only where they are used.
    if name in _HOME:
        return getattr(import_module(f"reclad.orders.{_HOME[name]}"), name)
    raise AttributeError(f"module 'reclad.orders' has no attribute {name!r}")
