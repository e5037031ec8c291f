"""A plan on disk: written whole or not at all, and never over somebody's edits."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reclad.arrays import read_arrays, write_arrays
from reclad.errors import FileError
from reclad.path import Toolpath
from reclad.program import Program, load_program

if TYPE_CHECKING:
    import datetime

    import numpy as np
    from numpy.typing import NDArray

    from reclad.plan import Plan

PLAN = "plan"
MANIFEST = "manifest.json"
_PACKAGES = ("reclad", "numpy", "scipy", "numba", "pydantic")
_PATH_COLUMNS = ("axial", "angle", "radius", "lit", "layer", "turn", "joined")
_PATH_SCALARS = ("travel_speed", "stand_off", "pitch")


@dataclass(frozen=True, eq=False)
class SavedPlan:
    """What a plan folder holds, read back: the parts another program is posted or checked from."""

    folder: Path
    manifest: dict[str, Any]
    summary: dict[str, Any]
    toolpath: Toolpath
    block_power: NDArray[np.float64]
    program: Program


def save_plan(
    plan: Plan,
    job_folder: Path,
    report: str,
    summary: dict[str, Any],
    *,
    now: datetime.datetime,
    replace: bool = False,
) -> Path:
    """Write `job_folder`/plan and give its path.

    Everything is written beside and moved into place at once, so that a kill, a full disk or a
    refusal leaves the plan before it untouched. Files that somebody changed since they were written
    are not overwritten unless `replace`. Raises FileError.
    """
    target = job_folder / PLAN
    if target.exists() and not replace:
        _expect_untouched(target)
    try:
        scratch = Path(tempfile.mkdtemp(dir=job_folder, prefix=".plan-"))
    except OSError as error:
        raise FileError(
            f"{job_folder}: cannot write there ({error.strerror}); free space or choose "
            "another folder"
        ) from error
    try:
        _write_files(plan, scratch, report, summary, now)
        scratch.chmod(0o755)
        _move_into_place(scratch, target)
    except OSError as error:
        raise FileError(
            f"{target}: cannot be written ({error.strerror}); free space and plan again, the plan "
            "before it is kept"
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def load_plan(job_folder: Path, sources: dict[str, str] | None = None) -> SavedPlan:
    """The plan of a job folder; FileError when there is none, it was changed, or `sources` (the
    job's files now) are not those it was made from."""
    folder = job_folder / PLAN
    if not (folder / MANIFEST).is_file():
        raise FileError(f"{job_folder}: holds no plan yet; run `reclad plan {job_folder}`")
    _expect_untouched(folder)
    manifest = _read_json(folder / MANIFEST)
    if sources is not None and manifest.get("inputs") != sources:
        before = manifest.get("inputs", {})
        changed = sorted(n for n in sources if before.get(n) != sources[n]) or sorted(before)
        raise FileError(
            f"{folder}: was made before {', '.join(changed)} changed; run `reclad plan "
            f"{job_folder}` again"
        )
    arrays: dict[str, Any] = read_arrays(folder / "path.npz")
    scalars = dict(zip(_PATH_SCALARS, arrays["scalars"].tolist(), strict=True))
    toolpath = Toolpath(**{name: arrays[name] for name in _PATH_COLUMNS}, **scalars)
    return SavedPlan(
        folder,
        manifest,
        _read_json(folder / "plan.json"),
        toolpath,
        arrays["power"],
        load_program(folder / "program.npz"),
    )


def register(folder: Path, files: dict[str, bytes | Program]) -> None:
    """Add files to a plan folder and its manifest, each whole or not at all. Raises FileError."""
    manifest = _read_json(folder / MANIFEST)
    try:
        for name, content in files.items():
            scratch = folder / f".{name}.part"
            if isinstance(content, bytes):
                scratch.write_bytes(content)
            else:
                content.save(scratch)
            scratch.replace(folder / name)
            manifest["files"][name] = _sha256(folder / name)
        scratch = folder / f".{MANIFEST}.part"
        _write_json(scratch, manifest)
        scratch.replace(folder / MANIFEST)
    except OSError as error:
        raise FileError(
            f"{folder}: cannot be written ({error.strerror}); free space and post again"
        ) from error


def _write_files(
    plan: Plan, folder: Path, report: str, summary: dict[str, Any], now: datetime.datetime
) -> None:
    (folder / "program.ngc").write_text(plan.text, encoding="ascii", newline="\n")
    plan.program.save(folder / "program.npz")
    path = plan.toolpath
    columns = {name: getattr(path, name) for name in _PATH_COLUMNS}
    scalars = _as_array([getattr(path, name) for name in _PATH_SCALARS])
    write_arrays(folder / "path.npz", columns | {"scalars": scalars, "power": plan.block_power})
    (folder / "report.html").write_text(report, encoding="utf-8", newline="\n")
    _write_json(folder / "plan.json", summary)
    written = {p.name: _sha256(p) for p in sorted(folder.iterdir())}
    _write_json(
        folder / MANIFEST,
        {
            "written": now.isoformat(timespec="seconds"),
            "versions": versions(),
            "seed": plan.seed,
            "draws": len(plan.draws),
            "machine": plan.job.cell.name,
            "procedure": asdict(plan.choice.procedure),
            "inputs": dict(plan.job.sources),
            "files": written,
        },
    )


def versions() -> dict[str, str]:
    """Version of every package that can move a number."""
    return {name: version(name) for name in _PACKAGES}


def _move_into_place(scratch: Path, target: Path) -> None:
    old = scratch.with_name(scratch.name + "-old")
    if target.exists():
        target.rename(old)
    try:
        scratch.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _expect_untouched(folder: Path) -> None:
    if not folder.is_dir() or not (folder / MANIFEST).is_file():
        raise FileError(f"{folder}: is in the way and no plan of reclad; move it elsewhere")
    files = _read_json(folder / MANIFEST).get("files", {})
    for path in sorted(folder.iterdir()):
        if path.name not in files and path.name != MANIFEST and not path.name.startswith("."):
            raise FileError(
                f"{path}: was not written by reclad and would be lost; move it elsewhere, or plan "
                "again with --replace"
            )
    for name, digest in files.items():
        path = folder / name
        if not path.is_file():
            raise FileError(
                f"{path}: is missing from the plan; run `reclad plan` again with --replace"
            )
        if _sha256(path) != digest:
            raise FileError(
                f"{path}: was changed after it was written and is not overwritten; move it "
                "elsewhere, or plan again with --replace"
            )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _as_array(values: list[float]) -> NDArray[np.float64]:
    import numpy as np

    return np.array(values, dtype=np.float64)


def _write_json(path: Path, value: dict[str, Any]) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: cannot be read ({error}); plan again with --replace") from error
    if not isinstance(value, dict):
        raise FileError(f"{path}: is not what reclad wrote; plan again with --replace")
    return value
