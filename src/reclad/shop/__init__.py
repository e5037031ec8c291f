"""Orders, quotes, schedules: what a repair costs and when it can be done."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reclad.shop.job_use import Hours
    from reclad.shop.leavings import tell_leavings
    from reclad.shop.planned import PlannedJob, read_planned
    from reclad.shop.prices import Prices, read_prices
    from reclad.shop.quote import Asked, Quote, quote_job
    from reclad.shop.quote_folder import write_quote
    from reclad.shop.wash_bed import BedAsked

_HOME = {
    "Asked": "quote",
    "BedAsked": "wash_bed",
    "Hours": "job_use",
    "PlannedJob": "planned",
    "Prices": "prices",
    "Quote": "quote",
    "quote_job": "quote",
    "read_planned": "planned",
    "read_prices": "prices",
    "tell_leavings": "leavings",
    "write_quote": "quote_folder",
}
__all__ = [
    "Asked",
    "BedAsked",
    "Hours",
    "PlannedJob",
    "Prices",
    "Quote",
    "quote_job",
    "read_planned",
    "read_prices",
    "tell_leavings",
    "write_quote",
]


def __getattr__(name: str) -> Any:
    # A price file is read without the solvers that a quote needs.
    if name in _HOME:
        return getattr(import_module(f"reclad.shop.{_HOME[name]}"), name)
    raise AttributeError(f"module 'reclad.shop' has no attribute {name!r}")
