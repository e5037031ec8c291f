"""The files of a quote in its job folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reclad.record.folder import job_folder_of
from reclad.record.offer import render_offer
from reclad.record.own_files import write_own
from reclad.shop.offer import view_of
from reclad.shop.quote_table import cost_table, tell_quote

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.shop.quote import Quote

FOLDER, PAGE, COSTS, NUMBERS = "quote", "quote.html", "costs.csv", "quote.json"


def write_quote(quote: Quote, where: Path, *, replace: bool = False) -> tuple[dict[str, Any], Path]:
    """Write JOB/quote: quote.html for the customer, costs.csv and quote.json for the shop; gives
    what quote.json holds and the folder.

    where     job folder or its job.toml
    replace   give up a page or sheet that somebody changed since it was written

    Errors as in `write_own`. Checked in tests/shop/test_quote_page.py.
    """
    folder = job_folder_of(where) / FOLDER
    told = tell_quote(quote)
    files = {PAGE: render_offer(view_of(quote)), COSTS: cost_table(told)}
    return write_own(folder, NUMBERS, told, files, replace=replace), folder
