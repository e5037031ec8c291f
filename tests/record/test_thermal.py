"""A thermal history on disk: read back equal, the same bytes, refused when damaged or foreign."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import math
import random
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from fake_heat import fake_history
from reclad.errors import FileError, RecladError
from reclad.heat.history import Along, Field, Ledger, Probes, ThermalHistory
from reclad.record import _heat_arrays, thermal
from reclad.record.thermal import read_history, write_heat_table, write_history

SHAPES = ("pipe", "shaft", "plate")


def short(shape: str = "pipe") -> ThermalHistory:
    return fake_history(shape, turns=5, blocks=12)


def expect_equal(a: ThermalHistory, b: ThermalHistory) -> None:
    for left, right in ((a.along, b.along), (a.probes, b.probes), (a.field, b.field), (a, b)):
        for entry in dataclasses.fields(left):
            one, other = getattr(left, entry.name), getattr(right, entry.name)
            if isinstance(one, np.ndarray):
                assert one.dtype == other.dtype, entry.name
                np.testing.assert_array_equal(one, other, err_msg=entry.name)
            elif not dataclasses.is_dataclass(one):
                assert one == other, entry.name
    assert a.ledger == b.ledger


@pytest.mark.parametrize("shape", SHAPES)
def test_a_kept_history_is_read_back_equal(shape: str, tmp_path: Path) -> None:
    history = fake_history(shape)
    write_history(history, tmp_path / "heat.vtkhdf")
    expect_equal(read_history(tmp_path / "heat.vtkhdf"), history)


def test_coarse_cells_round_the_part_and_metal_laid_later_are_read_back_equal(
    tmp_path: Path,
) -> None:
    history = short()
    field = history.field
    ring = field.temperature[:, :, :, :1].copy()
    ring[:3, 20:30, -1] = np.nan  # no metal there before the bead is laid
    field = dataclasses.replace(field, angle_edges=np.array([0.0, 2 * np.pi]), temperature=ring)
    history = dataclasses.replace(history, field=field)
    write_history(history, tmp_path / "heat.vtkhdf")
    expect_equal(read_history(tmp_path / "heat.vtkhdf"), history)


@pytest.mark.slow
def test_equal_histories_give_equal_bytes_in_any_process(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; "
        "from fake_heat import fake_history; from reclad.record.thermal import write_history; "
        "write_history(fake_history(turns=5, blocks=12), Path(sys.argv[2]))"
    )
    here = tmp_path / "here.vtkhdf"
    write_history(short(), here)
    for seed in ("1", "2"):
        there = tmp_path / f"{seed}.vtkhdf"
        command = [sys.executable, "-c", code, str(Path(__file__).parents[1]), str(there)]
        subprocess.run(command, env={"PYTHONHASHSEED": seed}, check=True)
        assert there.read_bytes() == here.read_bytes()


def test_no_object_of_the_file_keeps_the_clock(tmp_path: Path) -> None:
    write_history(short(), tmp_path / "heat.vtkhdf")
    clocks: dict[str, int] = {}
    with h5py.File(tmp_path / "heat.vtkhdf") as file:
        file.visititems(
            lambda name, thing: clocks.update({name: h5py.h5o.get_info(thing.id).mtime})
        )
    assert len(clocks) > 40
    assert set(clocks.values()) == {0}


def test_every_array_says_its_unit_and_meaning(tmp_path: Path) -> None:
    write_history(short(), tmp_path / "heat.vtkhdf")
    with h5py.File(tmp_path / "heat.vtkhdf") as file:
        for group in ("along", "turns", "probes", "field", "ledger"):
            assert len(file[group]) >= 2
            for name, array in file[group].items():
                assert isinstance(array.attrs["unit"], str), name
                assert len(array.attrs["meaning"]) > 5, name


def test_the_file_holds_every_array_of_the_contract() -> None:
    kept = {
        Along: _heat_arrays.ALONG,
        Probes: _heat_arrays.PROBES,
        Ledger: _heat_arrays.LEDGER,
        Field: _heat_arrays.FIELD | dict.fromkeys(("form", "time", "temperature")),
        ThermalHistory: _heat_arrays.TURNS | dict.fromkeys(("along", "probes", "field", "ledger")),
    }
    for contract, names in kept.items():
        assert {entry.name for entry in dataclasses.fields(contract)} == set(names)


def test_a_foreign_or_missing_file_is_refused_in_one_line(tmp_path: Path) -> None:
    text, other = tmp_path / "notes.vtkhdf", tmp_path / "other.vtkhdf"
    text.write_text("not HDF5", encoding="utf-8")
    with h5py.File(other, "w") as file:
        file.create_group("VTKHDF")
    for path, why in (
        (text, "is no thermal history of reclad"),
        (other, "is no thermal history of reclad"),
        (tmp_path, "cannot be read"),
        (tmp_path / "none.vtkhdf", "cannot be read"),
    ):
        with pytest.raises(FileError, match=why) as refused:
            read_history(path)
        assert "\n" not in str(refused.value)
        assert path.name in str(refused.value)


def test_the_heat_of_another_reclad_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        later.setattr(thermal, "_FORMAT", "reclad thermal history 9")
        write_history(short(), tmp_path / "heat.vtkhdf")
    with pytest.raises(FileError, match=r"another reclad.*history 9"):
        read_history(tmp_path / "heat.vtkhdf")


def test_a_changed_value_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "heat.vtkhdf"
    write_history(short(), path)
    with h5py.File(path, "r+") as file:
        file["ledger/stored"][...] = file["ledger/stored"][()] + 1.0
    with pytest.raises(FileError, match="changed after it was written"):
        read_history(path)


def test_a_damaged_file_is_refused_before_the_library_sees_it(tmp_path: Path) -> None:
    path, broken = tmp_path / "heat.vtkhdf", tmp_path / "broken.vtkhdf"
    write_history(short(), path)
    whole, dice = path.read_bytes(), random.Random(3)
    damages = [whole[: len(whole) * k // 20] for k in range(20)] + [whole + b" "]
    for _ in range(200):
        at = dice.randrange(len(whole))
        damages.append(whole[:at] + bytes([whole[at] ^ dice.randrange(1, 256)]) + whole[at + 1 :])
    for damage in damages:
        broken.write_bytes(damage)
        with pytest.raises(FileError, match="changed after it was written"):
            read_history(broken)


def test_a_write_that_fails_leaves_the_file_before_it(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="NOT RUN: no limit on file sizes here")
    path = tmp_path / "heat.vtkhdf"
    write_history(short(), path)
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(FileError, match=r"File too large.*free space"):
            write_history(fake_history("shaft", turns=5), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["heat.vtkhdf"]
    with pytest.raises(FileError, match="cannot be written"):
        write_heat_table(short().along, tmp_path / "no" / "heat.csv")


def test_a_history_without_named_points_is_read_back_equal(tmp_path: Path) -> None:
    history = short()
    nowhere = np.zeros(0)
    bare = Probes((), nowhere, nowhere, nowhere, nowhere, np.zeros((0, 0)))
    history = dataclasses.replace(history, probes=bare)
    write_history(history, tmp_path / "heat.vtkhdf")
    expect_equal(read_history(tmp_path / "heat.vtkhdf"), history)


def test_a_field_that_no_mesh_can_show_is_refused(tmp_path: Path) -> None:
    history = short()
    field = history.field
    for change, why in (
        ({"temperature": np.full_like(field.temperature, np.nan)}, "holds no metal"),
        ({"surface": np.full_like(field.surface, 0.09)}, "under its outermost cell"),
    ):
        bad = dataclasses.replace(history, field=dataclasses.replace(field, **change))
        with pytest.raises(RecladError, match=why):
            write_history(bad, tmp_path / "heat.vtkhdf")


def test_the_table_holds_every_station_in_shop_units(tmp_path: Path) -> None:
    along = short().along
    holes = along.t85.copy()
    holes[0] = np.nan
    along = dataclasses.replace(along, t85=holes)
    path = tmp_path / "heat.csv"
    write_heat_table(along, path)
    with path.open(encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == along.time.size
    assert rows[0]["time from 800 to 500 degC (s)"] == ""
    for name, values in (
        ("temperature met by the beam (degC)", along.interpass - 273.15),
        ("pool depth (mm)", along.depth * 1000),
        ("angle (deg)", along.angle * 180 / math.pi),
        ("laser power (W)", along.power),
        ("turn", along.turn),
    ):
        assert [float(row[name]) for row in rows] == pytest.approx(values, rel=1e-6)
    assert len(rows[0]) == len(dataclasses.fields(Along))
    digest = hashlib.sha256(path.read_bytes()).digest()
    write_heat_table(along, path)
    assert hashlib.sha256(path.read_bytes()).digest() == digest
