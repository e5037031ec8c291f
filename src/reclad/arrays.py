"""Arrays on disk whose bytes depend on the arrays alone, and what need not be computed twice."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray


def write_arrays(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write named arrays to a .npz that `numpy.load` reads; equal arrays give equal bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.asarray(array), allow_pickle=False)
            # A fixed date: a zip member otherwise carries the clock into the bytes.
            member = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            archive.writestr(member, buffer.getvalue(), compresslevel=1)


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a file written by `write_arrays`; FileError when it is not one."""
    try:
        # np.load would leave the file open when it turns out not to be an archive.
        with zipfile.ZipFile(path) as archive:
            return {
                name.removesuffix(".npy"): np.lib.format.read_array(
                    io.BytesIO(archive.read(name)), allow_pickle=False
                )
                for name in archive.namelist()
            }
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise FileError(
            f"{path}: not arrays of reclad ({error.__class__.__name__}) - write it again with "
            "reclad plan"
        ) from error


def cache_folder() -> Path:
    """Where reclad keeps what it can compute again: RECLAD_CACHE, else the user's cache."""
    chosen = os.environ.get("RECLAD_CACHE")
    if chosen:
        return Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(home) if home else Path.home() / ".cache") / "reclad"


def fingerprint(parts: Iterable[NDArray[Any] | bytes | str | float]) -> str:
    """16 hexadecimal digits of all the parts: numbers, text, bytes, arrays."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, bytes):
            content = part
        elif isinstance(part, str):
            content = part.encode()
        else:
            content = np.ascontiguousarray(part).tobytes() + str(np.shape(part)).encode()
        digest.update(len(content).to_bytes(8, "little") + content)
    return digest.hexdigest()[:16]


def recall(
    name: str,
    parts: Iterable[NDArray[Any] | bytes | str | float],
    compute: Callable[[], dict[str, NDArray[Any]]],
) -> dict[str, NDArray[Any]]:
    """`compute()`, or what it gave when last called with the same `parts`, kept on disk.

    Everything the result depends on belongs to the parts, the code that computes it included. A
    damaged file is computed again; a full or read-only disk only costs the next run the same time.
    """
    stored = cache_folder() / f"{name}-{fingerprint(parts)}.npz"
    try:
        return read_arrays(stored)
    except FileError:
        pass
    arrays = compute()
    try:
        # Written beside and renamed: a reader or a kill never meets half a file.
        stored.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=stored.parent, suffix=".npz", delete=False) as file:
            pass
        write_arrays(Path(file.name), arrays)
        Path(file.name).replace(stored)
    except OSError:
        pass
    return arrays
