"""Toolpath to neutral program, to controller text, and back; nothing unproven reaches a machine."""

from reclad.program.build import Pass, build_passes, build_program, turn_numbers
from reclad.program.compare import compare_with_plan
from reclad.program.findings import Finding
from reclad.program.lint import lint_program
from reclad.program.linuxcnc import write_program
from reclad.program.neutral import REASONS, Program, ProgramMeta, load_program
from reclad.program.posts import post, program_suffix, read_text
from reclad.program.readback import ReadBack
from reclad.program.reading import read_program
from reclad.program.referee import RefereeReport, referee
from reclad.program.verdict import Verdict, check_program, may_run

__all__ = [
    "REASONS",
    "Finding",
    "Pass",
    "Program",
    "ProgramMeta",
    "ReadBack",
    "RefereeReport",
    "Verdict",
    "build_passes",
    "build_program",
    "check_program",
    "compare_with_plan",
    "lint_program",
    "load_program",
    "may_run",
    "post",
    "program_suffix",
    "read_program",
    "read_text",
    "referee",
    "turn_numbers",
    "write_program",
]
