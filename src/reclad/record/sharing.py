"""Trials and jobs handed on as one file: every byte accounted for, with who, what, when and terms.

The file is a plain zip: reclad-share.json (who shares what and when, under which terms, sha256 of
every file, and of itself) and the files of the folder. The same folder and words give the same
bytes.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from reclad import __version__
from reclad.errors import FileError
from reclad.job.folder import expect_plain_name
from reclad.job.trial_package import PACKAGE, parse_head, read_json
from reclad.lab import restriction_in
from reclad.record._plain_zip import expect_plain, read_zip, write_zip
from reclad.record._share_manifest import MANIFEST, Manifest, manifest_bytes, read_manifest
from reclad.record.licences import find_licence, known_licence
from reclad.units import show

if TYPE_CHECKING:
    from collections.abc import Mapping

SIZE_LIMIT = 256_000_000
FILE_LIMIT = 5_000
_LITTER = ("Thumbs.db", "desktop.ini")
_OWN = ("quote/costs.csv", "quote/quote.json")  # of a job: what the shop itself pays and earns


@dataclass(frozen=True)
class Terms:
    """Who shares, what, when (ISO date), and on which terms: a licence, or an agreement's text.

    Both empty: the terms that the folder's datapackage.json states.
    """

    sender: str
    what: str
    date: str
    licence: str = ""
    agreement: str = ""


@dataclass(frozen=True)
class Shared:
    """A share: its manifest, files that were left out, whether datapackage.json was given the
    restriction."""

    manifest: Manifest
    left_out: tuple[str, ...] = ()
    marked: bool = False


def share_folder(where: Path, output: Path, terms: Terms) -> Shared:
    """Write a data package or a job folder as one file; nothing that exists is overwritten.

    Files and folders whose name starts with a dot are left out and named, and so are the cost sheet
    and the numbers of a job's quote; its page for the customer goes. FileError for a folder that is
    neither, links, names another system cannot hold, and terms that are missing or contradict what
    the folder states.
    """
    folder = where.parent if where.is_file() else where
    kind = _kind(folder, show(str(where), 120))
    _expect_new(output)
    if folder.resolve() in output.resolve().parents:
        raise FileError(f"{show(str(output), 120)}: lies in what is shared; write it elsewhere")
    files, left_out = _collect(folder, _OWN if kind == "job" else ())
    raw_earlier = files.pop(MANIFEST, None)
    earlier = read_manifest(raw_earlier, MANIFEST) if raw_earlier is not None else None
    licence, agreement = _agree(files, earlier, terms)
    marked = _mark(files, agreement) if agreement else False
    manifest = Manifest.of(
        {
            "reclad": __version__,
            "kind": kind,
            "what": terms.what,
            "sender": terms.sender,
            "date": terms.date,
            "licence": licence,
            "allows": find_licence(licence).allows if licence else "only what the agreement says",
            "restricted": bool(agreement),
            "agreement": agreement,
            "earlier": earlier.model_dump() if earlier else None,
        },
        files,
    )
    raw = write_zip({MANIFEST: manifest_bytes(manifest), **files})
    _write_new(output, raw)
    return Shared(manifest, left_out, marked)


def receive_file(file: Path, output: Path) -> Shared:
    """Unpack a shared file into a new folder, once every byte of it has been accounted for.

    FileError for a file that is damaged, cut short, changed, too large, without terms, or that
    names places outside the folder; then nothing is written.
    """
    name = show(file.name, 120)
    raw = _read_limited(file, name)
    files = read_zip(raw, name)
    _expect_names(files, name)
    if MANIFEST not in files:
        raise FileError(f"{name}: has no {MANIFEST}, so it was not made by `reclad share`")
    manifest = read_manifest(files[MANIFEST], f"{name} {MANIFEST}")
    rest = {path: content for path, content in files.items() if path != MANIFEST}
    manifest.expect_files(rest, name)
    expect_plain({MANIFEST: files[MANIFEST], **rest}, raw, name)
    _expect_terms(manifest, rest, name)
    _expect_new(output)
    try:
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=".reclad-new-") as scratch:
            made = Path(scratch) / "received"
            for path, content in files.items():
                target = made / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            _expect_new(output)
            made.rename(output)
    except OSError as error:
        raise FileError(
            f"{show(str(output), 120)}: cannot be written ({error.strerror}); choose a folder you "
            "may write to"
        ) from error
    return Shared(manifest)


def _kind(folder: Path, name: str) -> str:
    try:
        for file, kind in (("job.toml", "job"), (PACKAGE, "trials")):
            if (folder / file).is_file():
                return kind
    except (OSError, ValueError) as error:
        raise FileError(f"{name}: cannot be read; check the name") from error
    raise FileError(
        f"{name}: holds neither {PACKAGE} nor job.toml; give a folder of trials or a job"
    )


def _collect(folder: Path, own: tuple[str, ...]) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Files by their place in the folder, in the order of the places, and what is left out: hidden
    ones and those at the places of `own`."""
    files: dict[str, bytes] = {}
    left: list[str] = []
    size = 0
    for place, inner, names in os.walk(folder):
        here = Path(place).relative_to(folder)
        for name in sorted((*inner, *names)):
            shown = (here / name).as_posix()
            path = folder / here / name
            if name.startswith(".") or name in _LITTER or shown.casefold() in own:
                left.append(shown)
                inner[:] = [one for one in inner if one != name]
            elif path.is_symlink():
                raise FileError(f"{show(shown, 120)}: a link; put the file itself in its place")
            elif name in names:
                if not path.is_file():
                    raise FileError(f"{show(shown, 120)}: no plain file; take it out")
                content = _read_limited(path, show(shown, 120))
                size += len(content)
                files[shown] = content
                if size > SIZE_LIMIT or len(files) > FILE_LIMIT:
                    raise FileError(
                        f"{show(folder.name)}: over {SIZE_LIMIT // 1_000_000} MB or {FILE_LIMIT} "
                        "files; take out what can be made again, such as plan/"
                    )
    ordered = dict(sorted(files.items()))
    _expect_names(ordered, show(folder.name))
    return ordered, tuple(sorted(left))


def _agree(files: Mapping[str, bytes], earlier: Manifest | None, terms: Terms) -> tuple[str, str]:
    """Licence and agreement to share under, one of them empty; FileError if what the folder
    states speaks against it."""
    if terms.licence and terms.agreement:
        raise FileError("a licence and an agreement exclude each other; give one of them")
    stated, own = "", earlier.agreement if earlier else ""
    for path, content in files.items():
        if PurePosixPath(path).name == PACKAGE:
            head = parse_head(content, path)
            if path == PACKAGE:
                stated = head.licence
            own = own or (head.agreement if head.restricted else "")
        elif path.endswith(".npz"):
            own = own or restriction_in(content)
    if own and (terms.licence or (terms.agreement and terms.agreement != own)):
        raise FileError(
            f"the data are restricted already: {show(own, 120)}; share them under that agreement, "
            "without --licence or another --agreement"
        )
    agreement = terms.agreement or own
    if agreement and stated:
        raise FileError(
            f"{PACKAGE} states the licence {show(stated)}, which an agreement would contradict; "
            "share under it, or take it out of licenses if it is wrong"
        )
    if agreement:
        return "", agreement
    wanted = terms.licence or stated or (earlier.licence if earlier else "")
    if not wanted:
        raise FileError(
            'no terms; add --licence "CC BY 4.0", or --agreement FILE with what the receiver may do'
        )
    licence = find_licence(wanted)
    for other in (stated, earlier.licence if earlier else ""):
        if other and known_licence(other) != licence:
            raise FileError(
                f"the data state the licence {show(other)}, not {licence.name}; share under it, or "
                f"correct licenses in {PACKAGE}"
            )
    return licence.name, ""


def _mark(files: dict[str, bytes], agreement: str) -> bool:
    """Let datapackage.json carry the restriction; a job without one is given one."""
    raw = files.get(PACKAGE)
    if raw is None:
        told: dict[str, Any] = {
            "name": "job",
            "resources": [
                {"name": f"file-{number}", "path": path}
                for number, path in enumerate(files, start=1)
            ],
        }
    else:
        if parse_head(raw, PACKAGE).restricted:
            return False
        told = read_json(raw, PACKAGE)
    told |= {"restricted": True, "agreement": agreement}
    files[PACKAGE] = (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
    ordered = dict(sorted(files.items()))
    files.clear()
    files.update(ordered)
    return True


def _expect_terms(manifest: Manifest, files: Mapping[str, bytes], name: str) -> None:
    if bool(manifest.licence) == bool(manifest.agreement):
        raise FileError(
            f"{name}: says neither licence nor agreement, so nothing in it may be used; ask the "
            "sender for terms"
        )
    if manifest.licence:
        find_licence(manifest.licence)
    if PACKAGE in files and parse_head(files[PACKAGE], PACKAGE).restricted != manifest.restricted:
        raise FileError(
            f"{name}: its {PACKAGE} and its manifest differ on whether the data are restricted; "
            "ask the sender"
        )


def _expect_names(files: Mapping[str, bytes], name: str) -> None:
    """Refuse places outside the folder, and names that collide or cannot be on some system."""
    if len(files) > FILE_LIMIT + 1:
        raise FileError(f"{name}: holds over {FILE_LIMIT} files; ask for it in parts")
    taken: set[str] = set()
    for path in files:
        for part in path.split("/"):
            try:
                expect_plain_name(part)
            except FileError as error:
                raise FileError(f"{name}: file {show(path, 120)}: {error}") from error
        if path.casefold() in taken:
            raise FileError(
                f"{name}: file {show(path, 120)} differs from another only by capitals, which some "
                "systems take for one; rename it"
            )
        taken.add(path.casefold())


def _read_limited(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(SIZE_LIMIT + 1_000_001)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else show(str(error))
        raise FileError(f"{name}: cannot be read ({reason}); check the name") from error
    if len(raw) > SIZE_LIMIT + 1_000_000:
        raise FileError(f"{name}: over {SIZE_LIMIT // 1_000_000} MB; ask for it in parts")
    return raw


def _expect_new(output: Path) -> None:
    if os.path.lexists(output):
        raise FileError(
            f"{show(str(output), 120)}: exists already and is not overwritten; choose another name"
        )


def _write_new(output: Path, raw: bytes) -> None:
    try:
        with output.open("xb") as file:
            try:
                file.write(raw)
            except BaseException:
                output.unlink()
                raise
    except OSError as error:
        raise FileError(
            f"{show(str(output), 120)}: cannot be written ({error.strerror}); choose a folder you "
            "may write to"
        ) from error
