"""Programs broken as people and file transfers break them: each is refused, at its line."""

from __future__ import annotations

from dataclasses import dataclass

import broken_moves
import broken_plans
import broken_plates
import broken_siemens
import broken_words
import pytest
from breaking import (
    MUTANTS,
    PLAN_MUTANTS,
    PLATE_MUTANTS,
    SIEMENS_MUTANTS,
    Mutant,
    Numbered,
    Text,
    counted,
)

from reclad.job import Machine
from reclad.program import Program, check_program

# The mutants register themselves when their modules are imported.
REGISTERED = (broken_words, broken_moves, broken_plans, broken_plates, broken_siemens)
EVERY = [
    *(pytest.param("pipe", m, id=m.name) for m in MUTANTS),
    *(pytest.param("plate", m, id=f"plate-{m.name}") for m in PLATE_MUTANTS),
    *(pytest.param("840d", m, id=f"840d-{m.name}") for m in SIEMENS_MUTANTS),
]


@dataclass(frozen=True)
class Whole:
    """A program fit to run, by line, and the machine it is for."""

    lines: list[str]
    machine: Machine
    kind: type[Text]

    def broken(self, mutant: Mutant) -> tuple[Text, int]:
        """The text after the mutation, and the line (from 1) where it must be found."""
        text = self.kind(self.lines)
        return text, mutant.change(text) + 1


@pytest.fixture(scope="module")
def whole(
    lines: list[str],
    machine: Machine,
    plate_lines: list[str],
    gantry: Machine,
    siemens_lines: list[str],
    siemens: Machine,
) -> dict[str, Whole]:
    return {
        "pipe": Whole(lines, machine, Text),
        "plate": Whole(plate_lines, gantry, Text),
        "840d": Whole(siemens_lines, siemens, Numbered),
    }


@pytest.mark.parametrize("kind", ["pipe", "plate", "840d"])
def test_the_whole_program_has_no_finding(kind: str, whole: dict[str, Whole]) -> None:
    assert check_program("\n".join(whole[kind].lines), whole[kind].machine).findings == ()


@pytest.mark.parametrize(("kind", "mutant"), EVERY)
def test_broken_program_is_refused_at_its_line(
    kind: str, mutant: Mutant, whole: dict[str, Whole]
) -> None:
    broken, line = whole[kind].broken(mutant)
    verdict = check_program("\n".join(broken), whole[kind].machine, checksum=False)
    assert not verdict.accepted
    assert (mutant.rule, line) in {(f.rule, f.line) for f in verdict.findings}, [
        str(f) for f in verdict.findings
    ]


def test_there_are_at_least_thirty_kinds_of_broken_program_for_each_controller() -> None:
    print(counted())  # noqa: T201
    linuxcnc = [*MUTANTS, *PLATE_MUTANTS]
    assert len(linuxcnc) >= 100
    for mutants in (MUTANTS, linuxcnc, SIEMENS_MUTANTS):
        assert len({m.rule for m in mutants}) >= 30
    for mutants in (MUTANTS, PLATE_MUTANTS, SIEMENS_MUTANTS):
        assert len({m.name for m in mutants}) == len(mutants)


@pytest.mark.parametrize(("kind", "mutant"), EVERY)
def test_every_message_is_one_line_with_value_rule_and_remedy(
    kind: str, mutant: Mutant, whole: dict[str, Whole]
) -> None:
    broken, _ = whole[kind].broken(mutant)
    for finding in check_program("\n".join(broken), whole[kind].machine).findings:
        assert "\n" not in finding.message
        assert " - " in finding.message or finding.rule.startswith("missing-"), finding
        assert 20 < len(finding.message) < 300


@pytest.mark.parametrize("mutant", SIEMENS_MUTANTS, ids=lambda m: m.name)
def test_no_message_for_a_sinumerik_speaks_linuxcnc(
    mutant: Mutant, whole: dict[str, Whole]
) -> None:
    broken, _ = whole["840d"].broken(mutant)
    verdict = check_program("\n".join(broken), whole["840d"].machine)
    for finding in verdict.findings:
        words = finding.message.replace("M67 is not a code", "")
        assert not any(code in words for code in ("M62", "M63", "M65", "M67", "M68", "M2 ")), words


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


@pytest.mark.parametrize(
    ("kind", "mutant"),
    [*EVERY, *(pytest.param("pipe", m, id=f"plan-{m.name}") for m in PLAN_MUTANTS)],
)
def test_any_edit_breaks_the_checksum_which_is_reported_last(
    kind: str, mutant: Mutant, whole: dict[str, Whole]
) -> None:
    broken, _ = whole[kind].broken(mutant)
    findings = check_program("\n".join(broken), whole[kind].machine).findings
    assert findings[-1].rule == "checksum"
    assert [f.rule for f in findings].count("checksum") == 1
