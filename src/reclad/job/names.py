"""When two spellings are one name: capitals, spaces, full-width signs and kinds of dash."""

from __future__ import annotations

import re
import unicodedata

_DASHES = re.compile("[\u2010-\u2015\u2212]")


def fold(name: str) -> str:
    """The form in which names are compared: "４５＃" and "45 #" are one steel."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", name))
    return "".join(plain.casefold().split())
