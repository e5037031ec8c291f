"""The command line, called as a process would call it, but in this one."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reclad.app.cli import app
from reclad.app.door import run


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one line that says why not; everything else on stderr is progress."""
        lines = [line for line in self.err.splitlines() if not line.startswith("  ")]
        assert len(lines) == 1, self.err
        assert lines[0].startswith("reclad: ")
        assert lines[0].isprintable()
        assert len(lines[0]) < 500
        return lines[0]

    @property
    def json(self) -> Any:
        """The output as JSON, whose quantities keep their promise."""
        value = json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
        for told in quantities(value):
            assert told.keys() == {"value", "unit", "p05", "p50", "p95"}
            assert told["p05"] <= told["p50"] <= told["p95"], told
            assert told["value"] == told["p50"]
            assert all(math.isfinite(told[k]) for k in ("p05", "p50", "p95"))
        return value


def quantities(value: Any) -> Iterator[dict[str, Any]]:
    """Every quantity inside a JSON value: whatever has a unit or a percentile."""
    if isinstance(value, dict):
        if {"unit", "p05", "p50", "p95"} & value.keys():
            yield value
        else:
            for inner in value.values():
                yield from quantities(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from quantities(inner)


@pytest.fixture
def reclad(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Ran]:
    """Runs a command line in an empty working folder; a fault of reclad itself fails the test."""
    monkeypatch.setenv("RECLAD_DEBUG", "1")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def call(*words: object) -> Ran:
        capsys.readouterr()
        code = run(lambda: app([str(word) for word in words]))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Ran(code, printed.out, printed.err)

    return call


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., Ran]:
    """Runs `python -m reclad` as a process of its own, in a folder of its own."""

    def call(*words: object, env: dict[str, str] | None = None, **options: Any) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "reclad", *map(str, words)],
            cwd=options.pop("cwd", tmp_path),
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""} | (env or {}),
            capture_output=not {"stdout", "stderr"} & options.keys(),
            timeout=300,
            check=False,
            **options,
        )
        out, err = ((s or b"").decode("utf-8", "replace") for s in (done.stdout, done.stderr))
        assert "Traceback" not in err
        assert "Exception ignored" not in err
        return Ran(done.returncode, out, err)

    return call
