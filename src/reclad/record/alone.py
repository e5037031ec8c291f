"""One writer at a time in a job folder."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

from reclad.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 20.0  # s: writing a plan takes a fraction of one
_RETRY = 0.05  # s


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Hold a job folder while its plan is read or written; yields whether it could be locked.

    The lock is on the folder itself and goes with the process: a kill leaves none behind, and
    nothing on disk. Where folders cannot be locked (Windows, some network shares) two runs that
    write at the same instant are told apart by rename alone: one fails, no plan is half written.
    Raises FileError when another process does not let go within 20 s.
    """
    if sys.platform == "win32":
        yield False
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise FileError(
            f"{folder}: cannot be opened ({error.strerror}); give a job folder"
        ) from error
    try:
        yield _lock(handle, folder)
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> bool:
    if sys.platform == "win32":
        return False
    import fcntl

    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise FileError(
                    f"{folder}: another reclad has been writing there for over {PATIENCE:.0f} s; "
                    "end it, then try again"
                ) from None
            time.sleep(_RETRY)
        except OSError:  # a share that cannot lock
            return False
        else:
            return True
