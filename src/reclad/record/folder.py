"""A plan on disk: written whole or not at all, and never over what somebody else put there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from reclad.arrays import read_arrays, write_arrays
from reclad.errors import FileError, RecladError
from reclad.lab import write_posterior
from reclad.path import Toolpath
from reclad.program import Program, load_program
from reclad.record.alone import alone
from reclad.record.summary import program_name
from reclad.record.thermal import HEAT_FILE, HEAT_TABLE, write_heat_table, write_history

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from reclad.plan import Plan

PLAN = "plan"
MANIFEST = "manifest.json"
POSTERIOR = "posterior.npz"
_PACKAGES = ("reclad", "numpy", "scipy", "numba", "pydantic", "h5py")
_OURS = re.compile(
    r"(manifest\.json|plan\.json|report\.html|(path|posterior)\.npz|heat\.(vtkhdf|csv)"
    r"|(program|refused|(dry-run-?)?(coupon|from-turn-\d+)?)\.(ngc|mpf|txt|npz))"
)
# What a desktop, an editor or a killed `reclad post` leaves; nobody's work.
_LITTER = re.compile(r"\.DS_Store|Thumbs\.db|desktop\.ini|\.~lock\..*#|\..*\.part")


@dataclass(frozen=True, eq=False)
class SavedPlan:
    """What a plan folder holds, read back: the parts another program is posted or checked from."""

    folder: Path
    manifest: dict[str, Any]
    summary: dict[str, Any]
    explanations: dict[str, Any]
    feed_rate: float
    preliminary: bool
    toolpath: Toolpath
    block_power: NDArray[np.float64]
    program: Program


def job_folder_of(where: Path) -> Path:
    """The job folder, given it or its job.toml."""
    return where.parent if where.is_file() else where


def expect_writable(where: Path, *, replace: bool = False) -> None:
    """Refuse, before hours of somebody's work go into a plan that could not be written.

    Raises FileError when the job folder is read-only or its plan/ holds files that writing a plan
    would destroy; `replace` gives up those that reclad wrote and somebody changed.
    """
    folder = job_folder_of(where)
    with alone(folder) as held:
        _tidy(folder, sweep=held)
        _expect_nothing_lost(folder / PLAN, replace=replace)
        _scratch(folder).rmdir()


def save_plan(
    plan: Plan,
    where: Path,
    report: str,
    summary: dict[str, Any],
    *,
    now: datetime.datetime,
    replace: bool = False,
) -> Path:
    """Write the plan of the job at `where` into its plan/ and give that path.

    Everything is written beside and moved into place at once, so that a kill, a full disk or a
    refusal leaves the plan before it untouched. A program that was refused is called
    refused, so that nobody loads it as the job's program. Files that somebody changed since
    they were written are not overwritten unless `replace`; files that reclad never wrote are not
    removed at all. Raises FileError.
    """
    folder = job_folder_of(where)
    target = folder / PLAN
    with alone(folder) as held:
        _tidy(folder, sweep=held)
        _expect_nothing_lost(target, replace=replace)
        scratch = _scratch(folder)
        try:
            _write_files(plan, scratch, report, summary, now)
            _move_into_place(scratch, target)
        except OSError as error:
            raise FileError(
                f"{target}: cannot be written ({error.strerror}); free space and plan again, the "
                "plan before it is kept"
            ) from error
        except UnicodeError as error:
            raise FileError(
                f"{target}: cannot be written ({error.__class__.__name__}); rename the job folder, "
                "its name is no text"
            ) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return target


def load_plan(where: Path, sources: dict[str, str] | None = None) -> SavedPlan:
    """The plan of the job at `where`; FileError when there is none, it was changed, or `sources`
    (the job's files now) are not those it was made from."""
    job_folder = job_folder_of(where)
    folder = job_folder / PLAN
    with alone(job_folder):
        recover(job_folder)
        if not (folder / MANIFEST).is_file():
            raise FileError(f"{job_folder}: holds no plan yet; run `reclad plan {job_folder}`")
        manifest = read_manifest(folder)
        if sources is not None:
            _expect_current(job_folder, manifest["inputs"], sources)
        for name in ("path.npz", "plan.json", "program.npz"):
            expect_as_written(folder / name, manifest)
        try:
            return _read_plan(folder, manifest)
        except FileError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError, RecladError) as error:
            raise FileError(
                f"{folder}: is not what reclad wrote ({error.__class__.__name__}); run `reclad "
                f"plan {job_folder} --replace`"
            ) from error


def _read_plan(folder: Path, manifest: dict[str, Any]) -> SavedPlan:
    summary = _read_json(folder / "plan.json")
    arrays: dict[str, Any] = read_arrays(folder / "path.npz")
    path = {part.name: arrays[part.name] for part in fields(Toolpath) if part.name in arrays}
    return SavedPlan(
        folder,
        manifest,
        summary,
        explanations=dict(summary["explain"]),
        feed_rate=float(manifest["procedure"]["feed_rate"]),
        preliminary=summary["status"] == "preliminary",
        toolpath=Toolpath(**{k: v if v.ndim else v.item() for k, v in path.items()}),
        block_power=arrays["power"],
        program=load_program(folder / "program.npz"),
    )


def _expect_current(job_folder: Path, before: dict[str, str], sources: dict[str, str]) -> None:
    if before == sources:
        return
    changed = sorted(n for n in sources if before.get(n) != sources[n]) or sorted(before)
    raise FileError(
        f"{job_folder / PLAN}: was made before {', '.join(changed)} changed; run `reclad plan "
        f"{job_folder}` again"
    )


def register(folder: Path, files: dict[str, bytes | Program]) -> None:
    """Add files to a plan folder and its manifest, each whole or not at all; a file of that name
    that somebody changed or put there is not overwritten. Raises FileError."""
    with alone(folder.parent):
        manifest = read_manifest(folder)
        scratch = {name: folder / f".{name}.part" for name in (*files, MANIFEST)}
        try:
            for name, content in files.items():
                if isinstance(content, bytes):
                    scratch[name].write_bytes(content)
                else:
                    content.save(scratch[name])
                digest = _sha256(scratch[name])
                _expect_ours(folder / name, {digest, manifest["files"].get(name)})
                manifest["files"][name] = digest
            _write_json(scratch[MANIFEST], manifest)
            # The manifest goes first: a kill in between then leaves a file that is missing, which
            # the next run writes, and none that nobody knows.
            for name in (MANIFEST, *files):
                _flush(scratch[name])
                scratch[name].replace(folder / name)
        except OSError as error:
            raise FileError(
                f"{folder}: cannot be written ({error.strerror}); free space and post again"
            ) from error
        finally:
            for left in scratch.values():
                left.unlink(missing_ok=True)


def _expect_ours(path: Path, digests: set[str | None]) -> None:
    if os.path.lexists(path) and not (path.is_file() and _sha256(path) in digests):
        raise FileError(
            f"{path}: is not as reclad wrote it and is not overwritten; move it elsewhere"
        )


def _write_files(
    plan: Plan, folder: Path, report: str, summary: dict[str, Any], now: datetime.datetime
) -> None:
    (folder / program_name(plan)).write_text(plan.text, encoding="ascii", newline="\n")
    plan.program.save(folder / "program.npz")
    path = {part.name: _as_array(getattr(plan.toolpath, part.name)) for part in fields(Toolpath)}
    write_arrays(folder / "path.npz", path | {"power": plan.block_power})
    write_history(plan.heat, folder / HEAT_FILE)
    write_heat_table(plan.heat.along, folder / HEAT_TABLE)
    if plan.learned is not None:
        write_posterior(folder / POSTERIOR, plan.learned.posterior, plan.learned.origin)
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
            "feeder": plan.job.feeder,
            "learned": plan.learned and plan.learned.origin.model_dump(mode="json"),
            "procedure": asdict(plan.choice.procedure),
            "inputs": dict(plan.job.sources),
            "files": written,
        },
    )
    for file in folder.iterdir():
        _flush(file)


def versions() -> dict[str, str]:
    """Version of every package that can move a number."""
    return {name: version(name) for name in _PACKAGES}


def _scratch(folder: Path) -> Path:
    made = folder / f".plan-{uuid.uuid4().hex[:12]}"
    try:
        made.mkdir()
    except OSError as error:
        raise FileError(
            f"{folder}: cannot write there ({error.strerror}); free space or choose another folder"
        ) from error
    return made


def _move_into_place(scratch: Path, target: Path) -> None:
    old = scratch.with_name(f"{scratch.name}-old")
    if target.exists():
        target.rename(old)
    try:
        scratch.rename(target)
    finally:
        if old.exists() and not target.exists():
            old.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Put a plan back that a kill caught between moving the old one out and the new one in."""
    try:
        left = sorted(folder.glob(".plan-*-old"), key=lambda path: path.stat().st_mtime)
        if left and not os.path.lexists(folder / PLAN):
            left[-1].rename(folder / PLAN)
    except OSError as error:
        raise FileError(
            f"{folder}: a plan moved aside cannot be put back ({error.strerror}); rename its "
            f".plan-...-old to {PLAN}"
        ) from error


def _tidy(folder: Path, *, sweep: bool) -> None:
    """Mend what killed runs left; sweep it away only under the lock: it may be a living run's."""
    recover(folder)
    for left in folder.glob(".plan-*") if sweep else ():
        shutil.rmtree(left, ignore_errors=True)


def _expect_nothing_lost(folder: Path, *, replace: bool) -> None:
    """Refuse when moving a new plan to `folder` would destroy what reclad did not write."""
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir() or not os.path.lexists(folder / MANIFEST):
        raise FileError(f"{folder}: is in the way and no plan of reclad; move it elsewhere")
    files = {} if replace else read_manifest(folder)["files"]
    for path in sorted(folder.iterdir()):
        name = path.name
        ours = path.is_file() and (name in files or _OURS.fullmatch(name))
        if not ours and not _LITTER.fullmatch(name):
            raise FileError(
                f"{path}: was not written by reclad and would be lost; move it elsewhere"
            )
        if ours and not replace and name != MANIFEST and _sha256(path) != files.get(name):
            raise FileError(
                f"{path}: was changed after it was written and is not overwritten; move it "
                "elsewhere, or plan again with --replace"
            )


def expect_as_written(path: Path, manifest: dict[str, Any]) -> None:
    """Refuse a file of a plan folder that is missing or not as its manifest says. FileError."""
    try:
        same = path.is_file() and _sha256(path) == manifest["files"].get(path.name)
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror}); make it readable") from error
    if not same:
        what = "was changed after it was written" if path.exists() else "is missing from the plan"
        raise FileError(f"{path}: {what}; run `reclad plan` again with --replace")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _as_array(value: Any) -> NDArray[Any]:
    import numpy as np

    return np.asarray(value)


def _flush(path: Path) -> None:
    """To the disk itself, so that a power cut after the rename finds the bytes there."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _write_json(path: Path, value: dict[str, Any]) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a plan folder, its tables of the right shape. FileError."""
    path = folder / MANIFEST
    manifest = _read_json(path)
    tables = [manifest.get(key) for key in ("files", "inputs", "procedure")]
    texts = [manifest.get("machine"), manifest.get("feeder") or ""]
    if not all(isinstance(t, dict) for t in tables) or not all(isinstance(t, str) for t in texts):
        raise FileError(f"{path}: is not what reclad wrote; run `reclad plan` with --replace")
    return manifest


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror}); make it readable") from error
    except (ValueError, RecursionError) as error:
        raise FileError(
            f"{path}: is damaged ({error.__class__.__name__}); run `reclad plan` with --replace"
        ) from error
    if not isinstance(value, dict):
        raise FileError(f"{path}: is not what reclad wrote; run `reclad plan` with --replace")
    return value
