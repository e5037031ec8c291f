"""The tutorials do what they say: their shell blocks are run in order, in a new folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
# Made-up numbers in place of a laboratory's; nothing in it was measured.
EXAMPLE_SHEET = Path(__file__).parent / "example-sheet.csv"
pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("page", "made"),
    [
        (
            "tutorials/first-hour.md",
            ["pipe-0412/plan/report.html", "pipe-0412/plan/from-turn-120.ngc"],
        ),
        (
            "tutorials/calibration-day.md",
            ["my-cell/posterior.npz", "my-cell/before-after.html", "coupon-12/job.toml"],
        ),
    ],
)
def test_every_block_of_the_tutorial_runs(page: str, made: list[str], tmp_path: Path) -> None:
    shutil.copy(EXAMPLE_SHEET, tmp_path)
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
    for name in made:
        assert (tmp_path / name).is_file()
