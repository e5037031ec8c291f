"""Programs broken as people and file transfers break them: each is refused, at its line."""

from __future__ import annotations

import broken_moves
import broken_plans
import broken_words
import pytest
from breaking import MUTANTS, PLAN_MUTANTS, Mutant, Text

from reclad.job import Machine
from reclad.program import Program, check_program

# The mutants register themselves when their modules are imported.
REGISTERED = (broken_words, broken_moves, broken_plans)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_broken_program_is_refused_at_its_line(
    mutant: Mutant, lines: list[str], machine: Machine
) -> None:
    broken = Text(lines)
    line = mutant.change(broken) + 1
    verdict = check_program("\n".join(broken), machine, checksum=False)
    assert not verdict.accepted
    assert (mutant.rule, line) in {(f.rule, f.line) for f in verdict.findings}, [
        str(f) for f in verdict.findings
    ]


def test_there_are_at_least_thirty_kinds_of_broken_program() -> None:
    assert len({m.rule for m in MUTANTS}) >= 30
    assert len({m.name for m in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_every_message_is_one_line_with_value_rule_and_remedy(
    mutant: Mutant, lines: list[str], machine: Machine
) -> None:
    broken = Text(lines)
    mutant.change(broken)
    for finding in check_program("\n".join(broken), machine).findings:
        assert "\n" not in finding.message
        assert " - " in finding.message or finding.rule.startswith("missing-"), finding
        assert 20 < len(finding.message) < 300


@pytest.mark.parametrize("mutant", PLAN_MUTANTS, ids=lambda m: m.name)
def test_departure_from_the_plan_is_refused_at_its_line(
    mutant: Mutant, lines: list[str], machine: Machine, program: Program
) -> None:
    broken = Text(lines)
    line = mutant.change(broken) + 1
    verdict = check_program("\n".join(broken), machine, program, checksum=False)
    assert (mutant.rule, line) in {(f.rule, f.line) for f in verdict.findings}, [
        str(f) for f in verdict.findings
    ]


@pytest.mark.parametrize("mutant", [*MUTANTS, *PLAN_MUTANTS], ids=lambda m: m.name)
def test_any_edit_breaks_the_checksum_which_is_reported_last(
    mutant: Mutant, lines: list[str], machine: Machine
) -> None:
    broken = Text(lines)
    mutant.change(broken)
    findings = check_program("\n".join(broken), machine).findings
    assert findings[-1].rule == "checksum"
    assert [f.rule for f in findings].count("checksum") == 1
