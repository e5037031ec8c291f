"""reclad-share.json: what a shared file holds, who shares it, when and on which terms."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, StrictInt, StrictStr, ValidationError

from reclad.errors import FileError
from reclad.job.declared import Date, Name, Text
from reclad.job.reading import refusal
from reclad.job.trial_package import read_json
from reclad.units import Declared, show

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST = "reclad-share.json"
_SHARES_BEFORE = 20


class SharedFile(Declared):
    """One file: place in the folder, bytes, sha256 of them."""

    path: Annotated[StrictStr, Field(max_length=1000)]
    size: StrictInt = Field(ge=0)
    sha256: Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(Declared):
    """Who shares what, when, on which terms; every file; the share before if it is passed on."""

    format: Literal["reclad share 1"] = "reclad share 1"
    reclad: Name
    kind: Literal["job", "trials"]
    what: Name
    sender: Name
    date: Date
    licence: Text
    allows: Text
    restricted: StrictBool
    agreement: Annotated[StrictStr, Field(max_length=20_000)]
    earlier: Manifest | None = None
    files: tuple[SharedFile, ...]
    digest: StrictStr = ""

    @classmethod
    def of(cls, told: Mapping[str, Any], files: Mapping[str, bytes]) -> Self:
        """The manifest of these files; FileError names what of `told` cannot stand in it."""
        listed = [
            {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for path, content in files.items()
        ]
        try:
            manifest = cls.model_validate({**told, "files": listed})
        except ValidationError as error:
            raise FileError(str(refusal(error, "share"))) from error
        return manifest.model_copy(update={"digest": manifest.own_digest()})

    def own_digest(self) -> str:
        """Sha256 of everything else in the manifest."""
        told = self.model_dump(mode="json", exclude={"digest"})
        text = json.dumps(told, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def expect_files(self, files: Mapping[str, bytes], name: str) -> None:
        """Refuse files that are more, fewer or other than the manifest lists."""
        listed = {one.path: one for one in self.files}
        for path in files:
            if path not in listed:
                raise FileError(f"{name}: file {show(path, 120)} is not in its manifest")
        for path, one in listed.items():
            if path not in files:
                raise FileError(f"{name}: file {show(path, 120)} is missing; have it sent again")
            content = files[path]
            if len(content) != one.size or hashlib.sha256(content).hexdigest() != one.sha256:
                raise FileError(
                    f"{name}: file {show(path, 120)} is not what was shared (its sha256 differs); "
                    "have it sent again"
                )


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as it stands in the file."""
    told = manifest.model_dump(mode="json")
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def read_manifest(raw: bytes, name: str) -> Manifest:
    """The manifest from its bytes; FileError if a single one of them was changed."""
    told = read_json(raw, name)
    inner, depth = told.get("earlier"), 0
    while isinstance(inner, dict):
        inner, depth = inner.get("earlier"), depth + 1
        if depth > _SHARES_BEFORE:
            raise FileError(f"{name}: passed on over {_SHARES_BEFORE} times; ask its first sender")
    try:
        manifest = Manifest.model_validate(told)
    except ValidationError as error:
        raise FileError(str(refusal(error, name))) from error
    if manifest.own_digest() != manifest.digest or manifest_bytes(manifest) != raw:
        raise FileError(f"{name}: was changed since `reclad share` made it; have it sent again")
    return manifest
