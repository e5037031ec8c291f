"""The tutorials do what they say: their shell blocks are run in order, in a new folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("page", ["tutorials/first-hour.md"])
def test_every_block_of_the_tutorial_runs(page: str, tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", (DOCS / page).read_text("utf-8"), re.M | re.S)
    assert len(blocks) >= 5
    tools = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert (tmp_path / "pipe-0412" / "plan" / "report.html").is_file()
    assert (tmp_path / "pipe-0412" / "plan" / "from-turn-120.ngc").is_file()
