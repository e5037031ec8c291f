"""What reclad refuses, and how it says so.

Every message is one line: what (value, unit, file, key or line), which rule, what to do.

    RecladError
    +-- UnitError       a value without its unit, or with a unit of another kind
    +-- FileError       a file that cannot be read, is not what it claims, or would be overwritten
    +-- JobError        a job, material, powder or machine that breaks a rule
    +-- ProcessError    settings outside what the process model or the machine can do
    +-- LabError        trials or draws that do not bear out what is asked of them
    +-- ProgramError    a machine program that must not run; carries its findings
    +-- RefereeError    the independent interpreter is missing or disagrees
    +-- RiskError       a damage, an outcome or a metal that no chance can be given for
    +-- ShopError       prices, costs or orders that do not fit together
    +-- ScheduleError   tasks, machines, people or links that no plan can satisfy
"""

from __future__ import annotations


class RecladError(Exception):
    """Root of everything reclad refuses; `str(error)` is the line shown to the user."""


class UnitError(RecladError):
    """A value without its unit, or with a unit of another kind."""


class FileError(RecladError):
    """A file that cannot be read, is not what it claims, or would be overwritten."""


class JobError(RecladError):
    """A job, material, powder or machine that breaks a rule."""


class ProcessError(RecladError):
    """Settings outside what the process model or the machine can do."""


class LabError(RecladError):
    """Trials or draws that do not bear out what is asked of them."""


class ProgramError(RecladError):
    """A machine program that must not run."""


class RefereeError(RecladError):
    """The independent interpreter is missing or disagrees."""


class RiskError(RecladError):
    """A damage, an outcome or a metal that no chance can be given for."""


class ShopError(RecladError):
    """Prices, costs or orders that do not fit together."""


class ScheduleError(RecladError):
    """Tasks, machines, people or links that no plan can satisfy."""
