"""The page of a risk says everything in both languages."""

from __future__ import annotations

import ast
import re
from importlib import resources
from pathlib import Path

from reclad.record.names import DAMAGES, VERDICTS
from reclad.record.words import read_catalogue

SOURCES = Path(str(resources.files("reclad")))


def said_in(path: Path) -> set[str]:
    """Every sentence that a module makes for a person to read."""
    return {
        call.args[0].value
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "Said"
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_sentence_of_a_risk_has_chinese() -> None:
    modules = [*(SOURCES / "risk").glob("*.py"), SOURCES / "levers.py"]
    said = set().union(*(said_in(path) for path in modules))
    assert len(said) > 20
    assert said - read_catalogue().keys() == set()


def test_every_text_of_the_page_has_chinese() -> None:
    page = (SOURCES / "record" / "templates" / "risk.html.j2").read_text("utf-8")
    used = set(re.findall(r'\bt\("([^"]+)"', page)) | {*DAMAGES.values(), *VERDICTS.values()}
    code = (SOURCES / "record" / "risk.py").read_text("utf-8")
    used |= set(re.findall(r'^\s*\(?"([A-Z][^"]+)",', code, re.MULTILINE))
    assert "Iron in the last layer" in used or "Iron in the last layer" in code
    assert len(used) > 30
    assert used - read_catalogue().keys() == set()
