"""Putting a data file in its place: read back first, over another file only when told to."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from reclad.errors import FileError
from reclad.job.folder import expect_plain_name
from reclad.job.library import find
from reclad.units import show

if TYPE_CHECKING:
    from reclad.job.reading import M


def place_file(
    kind: str, name: str, text: str, model: type[M], folder: Path, *, replace: bool = False
) -> Path:
    """Write `folder`/`kind`/`name`.toml once it has been read back as a valid `model`.

    kind      materials, powders, machines, ...
    replace   whether a file of that name may be given up for it
    Gives the path. FileError if the name is no plain file name, the file exists or cannot be
    written; JobError or UnitError if the text does not read back. In all cases nothing is left,
    and what was there before is kept.
    """
    target = expect_free(kind, name, folder, replace=replace)
    try:
        made = not target.parent.is_dir()
        target.parent.mkdir(exist_ok=True)
        try:
            _write(kind, name, text, model, target, replace=replace)
        except BaseException:
            if made:
                with contextlib.suppress(OSError):  # somebody else may have put a file there
                    target.parent.rmdir()
            raise
    except OSError as error:
        raise FileError(
            f"{kind}/{name}.toml: cannot be written ({error.strerror}); choose a folder you may "
            "write to"
        ) from error
    return target


def expect_free(kind: str, name: str, folder: Path, *, replace: bool = False) -> Path:
    """Where `folder`/`kind`/`name`.toml will lie; FileError if anything lies there already, but
    for a plain file that `replace` gives up."""
    expect_plain_name(name)
    target = folder / kind / f"{name}.toml"
    given_up = replace and target.is_file() and not target.is_symlink()
    if os.path.lexists(target) and not given_up:
        raise FileError(
            f"{show(f'{kind}/{name}.toml', 120)}: exists already and is not overwritten; choose "
            "another name"
        )
    return target


def _write(kind: str, name: str, text: str, model: type[M], target: Path, *, replace: bool) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".reclad-new-") as scratch:
        draft = Path(scratch) / kind / target.name
        draft.parent.mkdir()
        draft.write_text(text, encoding="utf-8", newline="\n")
        find(kind, name, model, Path(scratch))
        if replace:
            draft.replace(target)
            return
        try:
            # A link fails where something has appeared meanwhile; a rename would replace it.
            target.hardlink_to(draft)
        except FileExistsError:
            expect_free(kind, name, target.parent.parent)
        except OSError:  # a file system without links
            _write_anew(target, text)


def _write_anew(target: Path, text: str) -> None:
    with target.open("x", encoding="utf-8", newline="\n") as file:
        try:
            file.write(text)
        except BaseException:
            target.unlink()
            raise
