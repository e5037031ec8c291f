"""Two thousand broken files of every kind a shop may hand over: read or refused, never a crash."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from reclad.app.settings import read_csv
from reclad.errors import RecladError
from reclad.job import read_job, read_machine
from reclad.job.library import data_folder
from reclad.program import check_program

pytestmark = pytest.mark.slow
PIECES = [
    b'"', b"'", b"=", b"[", b"]", b"{", b"}", b"\n", b"\r", b"\t", b"\x00", b"\xff\xfe", b"#",
    b"nan", b"inf", b"-1", b"1e999", b'"10 mm"', b'"-5 kg"', "“10 毫米”".encode(), b"true", b"[[]]",
    b'"""', b"\\u0000", b"9" * 400, b"a." * 150, "\u202e".encode(), b"[part]\n", b"caliper = 3\n",
]  # fmt: skip


def damage(data: bytes, rng: np.random.Generator) -> bytes:
    """The file after one to four accidents: bytes lost, doubled, swapped or typed over."""
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(0, max(len(data), 1)))
        size = int(rng.integers(1, 40))
        piece = PIECES[int(rng.integers(len(PIECES)))]
        kind = int(rng.integers(6))
        if kind == 0:
            data = data[:at] + data[at + size :]
        elif kind == 1:
            data = data[:at] + piece + data[at:]
        elif kind == 2:
            data = data[:at] + piece + data[at + size :]
        elif kind == 3:
            data = data[:at] + data[at : at + size] * 3 + data[at + size :]
        elif kind == 4:
            data = data[:at]
        else:
            lines = data.split(b"\n")
            rng.shuffle(lines)
            data = b"\n".join(lines)
    return data


def refused_or_read(work) -> None:
    """Run; only a one-line refusal may come out of it, and within two seconds."""
    start, said = time.monotonic(), ""
    try:
        work()
    except RecladError as error:
        said = str(error)
    assert "\n" not in said
    assert len(said) < 1500
    assert time.monotonic() - start < 2.0


@pytest.mark.parametrize("example", ["pipe", "bearing", "shaft", "plate"])
def test_broken_jobs(example: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(len(example))
    good = data_folder().joinpath("examples", example, "job.toml").read_bytes()
    path = tmp_path / "job.toml"
    for _ in range(200):
        path.write_bytes(damage(good, rng))
        refused_or_read(lambda: read_job(tmp_path))


@pytest.mark.parametrize(
    ("kind", "name"),
    [("materials", "42CrMo4"), ("powders", "IN625"), ("nozzles", "coaxial-15"),
     ("machines", "x-axial-4kw")],
)  # fmt: skip
def test_broken_data_files_of_a_job(kind: str, name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(len(kind))
    job = data_folder().joinpath("examples", "pipe", "job.toml")
    (tmp_path / "job.toml").write_bytes(job.read_bytes())
    good = data_folder().joinpath(kind, f"{name}.toml").read_bytes()
    (tmp_path / kind).mkdir()
    for _ in range(200):
        (tmp_path / kind / f"{name}.toml").write_bytes(damage(good, rng))
        refused_or_read(lambda: read_job(tmp_path))
    shutil.rmtree(tmp_path / kind)


def test_broken_settings_tables(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    good = (
        b"power_W,travel_speed_mm_s,feed_rate_g_min,spot_mm,spot_definition,interpass_C,powder,"
        b"material\n2000,10,17,3,1/e2,20,IN625,42CrMo4\n1500,8,,2.5,FWHM,,,316L\n"
    )
    path = tmp_path / "settings.csv"
    for _ in range(200):
        path.write_bytes(damage(good, rng))
        refused_or_read(lambda: read_csv(path))


def test_broken_programs_are_read_without_a_crash() -> None:
    rng = np.random.default_rng(6)
    good = (
        b"G21 G90 G40 G49 G54 G94 G64 P0.02\nM68 E0 Q0\nM65 P0\nG0 Z164.5\nG0 X64.97 A-5.7\n"
        b"G0 Z114.5\nM64 P2\nG4 P5\nM68 E1 Q5.3\nG4 P4\nG93\nG1 X65 Z114.5 A0 F120\nM67 E0 Q2100\n"
        b"M62 P0\nG1 X65.1 A18 F40\nM67 E0 Q2100\nG1 X65.2 A36 F40\nM67 E0 Q0\nM63 P0\n"
        b"G1 X65.25 A45 F80\nM68 E0 Q0\nM65 P0\nG94\nM68 E1 Q0\nM65 P2\nG0 Z164.5\nM2\n"
    )
    machine = read_machine("x-axial-4kw")
    for _ in range(400):
        text = damage(good, rng)
        start = time.monotonic()
        check_program(text, machine, checksum=False)
        assert time.monotonic() - start < 2.0
