"""Result files in a folder of their own inside a job, never written over somebody else's."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from reclad.errors import FileError
from reclad.record.alone import alone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_own(
    folder: Path,
    numbers: str,
    told: Mapping[str, Any],
    files: Mapping[str, str],
    *,
    replace: bool = False,
) -> dict[str, Any]:
    """Write `files` (name -> text) and what they hold as plain values, `told`, into `folder` under
    the name `numbers`; gives `told` with the digests of the files.

    folder    its parent, the job folder, must exist
    told      has its "kind", by which the next run knows its own
    replace   give up a file that somebody changed since it was written

    The same values give the same bytes. Raises FileError where a file that reclad did not write, or
    one that was changed since, is in the way, or nothing can be written.
    Checked in tests/shop/test_quote_page.py, tests/app/test_assess_command.py.
    """
    now = {name: _digest(text.encode("utf-8")) for name, text in files.items()}
    whole = {**told, "files": now}
    text = json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with alone(folder.parent):
        try:
            folder.mkdir(exist_ok=True)
            _expect_ours(folder, numbers, str(told["kind"]), now, replace=replace)
            # The numbers go first: a kill in between leaves a page that the next run knows by its
            # new digest or finds missing, and none that nobody knows.
            for name, written in ((numbers, text), *files.items()):
                draft = folder / f".{name}.part"
                draft.write_text(written, encoding="utf-8", newline="\n")
                draft.replace(folder / name)
        except OSError as error:
            raise FileError(
                f"{folder}: cannot be written ({error.strerror}); free space or check the name"
            ) from error
    return whole


def _expect_ours(
    folder: Path, numbers: str, kind: str, now: Mapping[str, str], *, replace: bool
) -> None:
    before = _written(folder / numbers, kind)
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
                "elsewhere, or run this again with --replace"
            )


def _written(path: Path, kind: str) -> dict[str, str]:
    """Digests of the files of the run before; none where there is none yet."""
    if not os.path.lexists(path):
        return {}
    try:
        told = json.loads(path.read_bytes())
        if told["kind"] == kind:
            return {str(name): str(digest) for name, digest in told["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise FileError(f"{path}: is in the way and no {kind}; move it elsewhere")


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
