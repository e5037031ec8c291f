"""What lies between a process and its commands: streams, signals, exit codes."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from typing import TYPE_CHECKING

from reclad.errors import FileError, RecladError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_DEBUG = "RECLAD_DEBUG"


class _StoppedError(BaseException):
    """Ctrl-C or a polite kill; no KeyboardInterrupt, which the command parser would swallow."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def run(command: Callable[[], object]) -> int:
    """Run a parsed command line and give the exit code: 0 done, 1 refused, 2 usage, 130 Ctrl-C.

    Whatever goes wrong becomes one line on stderr. RECLAD_DEBUG=1 lets the traceback of a fault
    of reclad itself through.
    """
    _print_what_the_console_can()
    try:
        with _stoppable():
            code = _call(command)
            _flush()
    except _StoppedError as stop:
        _say("stopped; no file is half written, and the plan before is kept")
        return 128 + stop.number
    except RecladError as error:
        return _refuse(str(error))
    except OSError as error:
        _drop_output()
        where = f"{error.filename}: " if error.filename else "output: "
        return _refuse(f"{where}{error.strerror or error}; free space or check the name")
    except MemoryError:
        return _refuse("not enough memory; use longer blocks, a larger pitch or a smaller file")
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        return _refuse(
            f"a fault of reclad itself, not of your input ({type(error).__name__}: {error}); "
            f"please report it with what {_DEBUG}=1 prints"
        )
    return code


def tell(text: str) -> None:
    """Print a result. FileError when nobody takes it: a closed pipe, a full disk."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError as error:
        _drop_output()
        raise FileError(
            f"the output could not be written ({error.strerror}); what was printed is not complete"
        ) from error


def mention(line: str) -> None:
    """Print how far the work is, beside the result."""
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()


def _call(command: Callable[[], object]) -> int:
    try:
        command()
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    return 0


def _refuse(line: str) -> int:
    _say(line)
    return 1


def _say(line: str) -> None:
    """One line whatever is in it: a file name may hold line breaks and terminal commands."""
    mention("reclad: " + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line))


def _print_what_the_console_can() -> None:
    """A shop console may be GBK or ASCII: never stop for a sign it does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _drop_output() -> None:
    """Nothing more can be printed; keep Python from trying once more as it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C and SIGTERM unwind through every `finally`, so that nothing half done is left."""

    def stop(number: int, _: FrameType | None) -> None:
        raise _StoppedError(number)

    try:
        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    except ValueError:  # not the main thread: whoever runs us keeps the signals
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
