"""The files of a quote in its job folder, never written over somebody's own."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from reclad.errors import FileError
from reclad.record.alone import alone
from reclad.record.folder import job_folder_of
from reclad.record.offer import render_offer
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

    The same quote gives the same bytes. Files that reclad did not write are never touched; raises
    FileError where one is in the way or nothing can be written.
    Checked in tests/shop/test_quote_page.py.
    """
    folder = job_folder_of(where) / FOLDER
    told = tell_quote(quote)
    files = {PAGE: render_offer(view_of(quote)), COSTS: cost_table(told)}
    told |= {"files": {name: _digest(text.encode("utf-8")) for name, text in files.items()}}
    files[NUMBERS] = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with alone(folder.parent):
        try:
            folder.mkdir(exist_ok=True)
            _expect_ours(folder, told["files"], replace=replace)
            # The numbers go first: a kill in between leaves a page that the next run knows by its
            # new digest or finds missing, and none that nobody knows.
            for name in (NUMBERS, PAGE, COSTS):
                draft = folder / f".{name}.part"
                draft.write_text(files[name], encoding="utf-8", newline="\n")
                draft.replace(folder / name)
        except OSError as error:
            raise FileError(
                f"{folder}: cannot be written ({error.strerror}); free space or check the name"
            ) from error
    return told, folder


def _expect_ours(folder: Path, now: dict[str, str], *, replace: bool) -> None:
    before = _written(folder / NUMBERS)
    for name, digest in now.items():
        path = folder / name
        if not os.path.lexists(path):
            continue
        if name not in before:
            raise FileError(f"{path}: was not written by reclad; move it elsewhere")
        found = _digest(path.read_bytes()) if path.is_file() else ""
        if not replace and found not in (before[name], digest):
            raise FileError(
                f"{path}: was changed after it was written and is not overwritten; move it "
                "elsewhere, or quote again with --replace"
            )


def _written(path: Path) -> dict[str, str]:
    """Digests of the files of the quote before; none where there is no quote yet."""
    if not os.path.lexists(path):
        return {}
    try:
        told = json.loads(path.read_bytes())
        if told["kind"] == "reclad quote":
            return {str(name): str(digest) for name, digest in told["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise FileError(f"{path}: is in the way and no quote of reclad; move it elsewhere")


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
