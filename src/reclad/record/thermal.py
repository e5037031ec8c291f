"""A repair's heat on disk: one HDF5 file that ParaView opens and reclad reads back, and a table of
the path for spreadsheets."""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from reclad.errors import FileError
from reclad.heat.history import Along, Field, Ledger, Probes, ThermalHistory
from reclad.record._heat_arrays import ALONG, FIELD, LEDGER, PROBES, TURNS, Meaning
from reclad.record._heat_mesh import build_mesh
from reclad.units import to_unit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HEAT_FILE = "heat.vtkhdf"
HEAT_TABLE = "heat.csv"
_FORMAT = "reclad thermal history 1"
_SEAL = len("\nsha256 \n") + 64
_VTK_HEXAHEDRON = 12
_CHUNK = 1 << 17  # values
# The table's columns: name, unit shown ("" as it is), attribute of `Along`.
_COLUMNS = (
    ("time", "s", "time"),
    ("position along the part", "mm", "axial"),
    ("angle", "deg", "angle"),
    ("position across", "mm", "across"),
    ("layer", "", "layer"),
    ("turn", "", "turn"),
    ("laser power", "W", "power"),
    ("temperature met by the beam", "degC", "interpass"),
    ("pool width", "mm", "width"),
    ("pool depth", "mm", "depth"),
    ("pool length", "mm", "length"),
    ("gradient at the tail", "K/m", "gradient"),
    ("freezing speed at the tail", "mm/s", "growth"),
    ("cooling rate at the tail", "K/s", "cooling"),
    ("time from 800 to 500 degC", "s", "t85"),
    ("depth of the solidus", "mm", "solidus"),
    ("depth of Ac3", "mm", "ac3"),
    ("depth of Ac1", "mm", "ac1"),
)


def write_history(history: ThermalHistory, target: Path) -> None:
    """Write a thermal history (SI) to one HDF5 file; equal histories give equal bytes.

    The group /VTKHDF is a temporal unstructured grid (VTKHDF 2.0) that ParaView opens as it is:
    hexahedra of the part's metal, cell data "temperature" in K at each time of the field. Beside
    it /along, /turns, /probes, /field and /ledger hold every array with its unit and meaning.
    Written beside and renamed, so that a kill leaves the file before it. Raises FileError when it
    cannot be written, RecladError when the field holds no metal.
    """
    # In memory first: HDF5 itself does not survive a full disk.
    content = _pack(history)
    _write_beside(target, content + _seal(content))


def read_history(path: Path) -> ThermalHistory:
    """The thermal history (SI) that `write_history` kept, equal to it value by value; FileError
    when the file cannot be read, is another's, or was damaged."""
    import h5py

    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(
            f"{path}: cannot be read ({error.strerror}); give the {HEAT_FILE} of a plan"
        ) from error
    # HDF5 itself can hang on broken bytes, so that they are looked at first.
    if content[-_SEAL:] != _seal(content[:-_SEAL]):
        raise FileError(
            f"{path}: is no thermal history of reclad, or was changed after it was written; write "
            "it again with `reclad plan`"
        )
    with h5py.File(io.BytesIO(content), "r") as file:
        if file.attrs["format"] != _FORMAT:
            raise FileError(
                f"{path}: is of another reclad ({file.attrs['format']}, {_FORMAT} is read); write "
                "it again with `reclad plan`"
            )
        return _read(file)


def write_heat_table(along: Along, target: Path) -> None:
    """Write what the beam met along the path as a comma-separated table in shop units (mm, degC,
    W), one row a station; an empty cell where there is no value. Raises FileError."""
    columns = [np.asarray(getattr(along, name), dtype=np.float64) for _, _, name in _COLUMNS]
    shown = [
        to_unit(column, unit) if unit not in ("", "K/m", "K/s") else column
        for column, (_, unit, _) in zip(columns, _COLUMNS, strict=True)
    ]
    head = ",".join(f"{title} ({unit})" if unit else title for title, unit, _ in _COLUMNS)
    rows = (
        ",".join("" if math.isnan(value) else f"{value:.7g}" for value in row)
        for row in np.stack(shown, axis=1).tolist()
    )
    text = "\n".join((head, *rows)) + "\n"
    _write_beside(target, text.encode("ascii"))


def _write_beside(target: Path, content: bytes) -> None:
    scratch = target.with_name(f".{target.name}.part")
    try:
        with scratch.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(target)
    except OSError as error:
        raise FileError(
            f"{target}: cannot be written ({error.strerror}); free space or choose another folder"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)


def _pack(history: ThermalHistory) -> bytes:
    import h5py

    packed = io.BytesIO()
    # The oldest layout: it carries no clock, and every ParaView reads it.
    with h5py.File(packed, "w", libver=("earliest", "v110")) as file:
        file.attrs["format"] = _FORMAT
        file.attrs["units"] = "SI; temperatures in K, angles in rad"
        cell = _write_grid(history.field, file.create_group("VTKHDF"))
        for name, (thing, meanings) in _groups(history).items():
            group = file.create_group(name)
            for key, meaning in meanings.items():
                _put(group, key, _as_stored(getattr(thing, key)), meaning)
        field = file["field"]
        field.attrs["form"] = history.field.form
        field.attrs["shape"] = history.field.temperature.shape[1:]
        _put(field, "cell", cell, ("1", "cell of the field, raveled, that each hexahedron shows"))
        file["ledger"].attrs["gap"] = history.ledger.gap
    return packed.getvalue()


def _seal(content: bytes) -> bytes:
    """A fingerprint that stands beyond the end HDF5 knows of, where no other reader looks."""
    return f"\nsha256 {hashlib.sha256(content).hexdigest()}\n".encode("ascii")


def _groups(history: ThermalHistory) -> dict[str, tuple[Any, dict[str, Meaning]]]:
    return {
        "along": (history.along, ALONG),
        "turns": (history, TURNS),
        "probes": (history.probes, PROBES),
        "field": (history.field, FIELD),
        "ledger": (history.ledger, LEDGER),
    }


def _write_grid(field: Field, group: Any) -> NDArray[np.int64]:
    """The field as VTKHDF; gives the cell each hexahedron shows."""
    mesh = build_mesh(field)
    cells, steps = len(mesh.corners), field.time.size
    group.attrs["Version"] = np.array([2, 0], dtype=np.int64)
    group.attrs["Type"] = np.bytes_("UnstructuredGrid")
    counts = (len(mesh.points), cells, mesh.corners.size)
    names = ("NumberOfPoints", "NumberOfCells", "NumberOfConnectivityIds")
    for name, count in zip(names, counts, strict=True):
        _put(group, name, np.array([count], dtype=np.int64))
    _put(group, "Points", mesh.points, ("m", "corners of the cells: x, y, z"))
    _put(group, "Connectivity", mesh.corners.ravel())
    _put(group, "Offsets", 8 * np.arange(cells + 1, dtype=np.int64))
    _put(group, "Types", np.full(cells, _VTK_HEXAHEDRON, dtype=np.uint8))
    shown = field.temperature.reshape(steps, -1)[:, mesh.origin]
    data = group.create_group("CellData")
    _put(data, "temperature", shown.ravel(), ("K", "temperature of each cell, time after time"))
    times = group.create_group("Steps")
    times.attrs["NSteps"] = np.int64(steps)
    _put(times, "Values", field.time, ("s", "times of the field"))
    nowhere = np.zeros(steps, dtype=np.int64)
    _put(times, "NumberOfParts", nowhere + 1)
    # One grid serves every time: its offsets stay at nothing, the data's go on.
    for name in ("PartOffsets", "PointOffsets"):
        _put(times, name, nowhere)
    for name in ("CellOffsets", "ConnectivityIdOffsets"):
        _put(times, name, nowhere[:, None])
    offsets = times.create_group("CellDataOffsets")
    _put(offsets, "temperature", cells * np.arange(steps, dtype=np.int64))
    return mesh.origin


def _put(group: Any, name: str, values: NDArray[Any], meaning: Meaning | None = None) -> None:
    import h5py

    text = values.dtype.kind == "O"
    packed: dict[str, Any] = {}
    if values.size > 64 and not text:
        rows = max(1, min(len(values), _CHUNK // max(1, values.size // len(values))))
        packed = {"chunks": (rows, *values.shape[1:]), "compression": 4, "shuffle": True}
    kind = h5py.string_dtype("utf-8") if text else values.dtype
    made = group.create_dataset(name, data=values, dtype=kind, track_times=False, **packed)
    if meaning is not None:
        made.attrs["unit"], made.attrs["meaning"] = meaning


def _as_stored(value: Any) -> NDArray[Any]:
    return np.array(value, dtype=object) if isinstance(value, tuple) else np.asarray(value)


def _read(file: Any) -> ThermalHistory:
    def take(group: str, names: dict[str, Meaning]) -> dict[str, Any]:
        return {name: file[group][name][()] for name in names}

    probes = take("probes", PROBES)
    probes["names"] = tuple(name.decode("utf-8") for name in probes["names"])
    field = file["field"]
    time = file["VTKHDF/Steps/Values"][()]
    shown = file["VTKHDF/CellData/temperature"][()].reshape(time.size, -1)
    whole = np.full((time.size, *field.attrs["shape"]), np.nan, dtype=shown.dtype)
    whole.reshape(time.size, -1)[:, field["cell"][()]] = shown
    return ThermalHistory(
        along=Along(**take("along", ALONG)),
        **take("turns", TURNS),
        probes=Probes(**probes),
        field=Field(form=field.attrs["form"], time=time, temperature=whole, **take("field", FIELD)),
        ledger=Ledger(**{name: float(v) for name, v in take("ledger", LEDGER).items()}),
    )
