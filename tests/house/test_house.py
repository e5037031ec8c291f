"""The house keeps its own rules: sizes, light imports, sources, documents in step with the code."""

from __future__ import annotations

import ast
import hashlib
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from reclad.job import read_material, read_nozzle
from reclad.job.sources import known_sources
from reclad.lab import beliefs
from reclad.record._fill_papers import STEPS
from reclad.record.explain import _MODELS
from reclad.record.names import UNKNOWNS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "reclad"
MODULES = sorted(SOURCE.rglob("*.py"))
# Functions over 40 lines that read best unbroken; this list may only shrink.
LONG_FUNCTIONS = 0.05


def _lines(path: Path) -> int:
    """Lines that hold something, as the budget counts them."""
    return sum(bool(line.strip()) for line in path.read_text(encoding="utf-8").splitlines())


def test_modules_are_small() -> None:
    assert max(_lines(path) for path in MODULES) <= 400, "split it by what it is about"
    assert statistics.median(_lines(path) for path in MODULES) <= 120


def test_functions_are_short() -> None:
    lengths = [
        node.end_lineno - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    ]
    assert sum(n > 40 for n in lengths) <= LONG_FUNCTIONS * len(lengths)


def test_public_functions_and_classes_say_what_they_give() -> None:
    silent = [
        f"{path.name}:{node.name}"
        for path in MODULES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not any(isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list)
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_importing_reclad_loads_nothing_heavy() -> None:
    heavy = ["numpy", "scipy", "numba", "pint", "pydantic", "typer", "jinja2", "contourpy", "h5py"]
    code = f"import sys, reclad; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_of_the_library_resolves() -> None:
    import reclad

    for name in reclad.__all__:
        assert getattr(reclad, name) is not None
    with pytest.raises(AttributeError, match="has no attribute"):
        reclad.no_such_thing  # noqa: B018


def test_every_source_named_by_model_and_report_is_known() -> None:
    known = known_sources()
    named = [source for _, source in STEPS if source != "caliper table"]
    named += [key for models in _MODELS.values() for text in models
              for key in re.findall(r"\(([a-z]+\d{4}(?:, [a-z]+\d{4})*)", text)]  # fmt: skip
    keys = {key.strip() for text in named for key in text.split(",")}
    assert len(keys) >= 7
    assert keys <= known


def test_the_table_of_priors_in_the_documents_is_the_one_in_the_code() -> None:
    believed = beliefs(read_material("42CrMo4"), read_material("IN625"), read_nozzle("coaxial-15"))
    rows = [
        f"| {UNKNOWNS[b.name][0]} (`{b.name}`) | {b.kind.replace('_', '-')} {b.centre:.4g}, "
        f"{b.spread:.3g} | {b.source} |"
        for b in believed
    ]
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert "\n".join(rows) in text


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(p.name[:4]) for p in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_links_between_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} -> {target}"


def test_compiled_kernels_follow_the_kernels_they_call() -> None:
    for kernels in sorted(SOURCE.rglob("_*kernels.py")):
        text = kernels.read_text(encoding="utf-8")
        called = sorted(set(re.findall(r"^from reclad\.(\w+)\.(_\w*kernels) import", text, re.M)))
        if called:
            sources = b"".join((SOURCE / room / f"{name}.py").read_bytes() for room, name in called)
            digest = hashlib.sha256(sources).hexdigest()[:16]
            assert f'BUILT_ON = "{digest}"' in text, f"write {digest} into {kernels.name}"
