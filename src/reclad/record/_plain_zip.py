"""A zip file whose bytes follow from its contents alone: stored, dated 1980, in the given order."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from reclad.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Mapping

_UTF8_NAMES = 0x0800
_FIRST_DAY = 0x0021  # 1980-01-01, the earliest a zip can say
_PLAIN_FILE = 0o100644 << 16
_MADE_ON = 3 << 8 | 20


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """The bytes of a zip of files by name, after the .ZIP file format specification, 4.3."""
    body, directory = io.BytesIO(), io.BytesIO()
    for name, content in files.items():
        raw = name.encode("utf-8")
        size = len(content)
        about = struct.pack(
            "<HHHHHIIIHH",
            *(20, _UTF8_NAMES, 0, 0, _FIRST_DAY, zlib.crc32(content), size, size, len(raw), 0),
        )
        place = struct.pack("<HHHII", 0, 0, 0, _PLAIN_FILE, body.tell())
        directory.write(b"PK\x01\x02" + struct.pack("<H", _MADE_ON) + about + place + raw)
        body.write(b"PK\x03\x04" + about + raw + content)
    listed = directory.getvalue()
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(listed), body.tell(), 0)
    return body.getvalue() + listed + b"PK\x05\x06" + end


def read_zip(raw: bytes, name: str) -> dict[str, bytes]:
    """Files by name of a zip that `write_zip` made; FileError for any other, or one byte changed.

    Nothing is unpacked on disk and nothing is decompressed, so a small file cannot grow.
    """
    try:
        return _read_stored(raw)
    except Exception as error:  # the reader lets through errors of many unrelated types
        raise FileError(
            f"{name}: damaged, cut short or not made by `reclad share`; have it sent again"
        ) from error


def _read_stored(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entries = archive.infolist()
        if any(e.compress_type or e.file_size != e.compress_size for e in entries):
            raise ValueError("compressed")
        if sum(e.file_size for e in entries) > len(raw):
            raise ValueError("entries overlap")
        if len({e.orig_filename for e in entries}) != len(entries):
            raise ValueError("a file twice")
        return {e.orig_filename: archive.read(e) for e in entries}


def expect_plain(files: Mapping[str, bytes], raw: bytes, name: str) -> None:
    """Refuse a zip that holds anything, hidden or not, beside these files."""
    if write_zip(files) != raw:
        raise FileError(f"{name}: was changed since `reclad share` made it; have it sent again")
