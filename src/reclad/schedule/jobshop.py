"""Flexible job shops as their files state them, and an independent check of plans for them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import TYPE_CHECKING

from reclad.errors import ScheduleError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LARGEST = 10_000_000  # bytes of a file; a shop of 10,000 operations takes a tenth
GROUPS = 500  # of machines that are looked at for a bound: a second at most
LONGEST = 10**12  # all durations together, in the smallest step of the file


@dataclass(frozen=True)
class JobShop:
    """Jobs of operations in a fixed order, each on one of several machines.

    jobs   per job, per operation: duration by machine (counted from 1); all durations positive,
           whole numbers of 1/parts of the file's unit
    parts  1 where the file's durations are whole, 10 where they have one decimal, and so on
    """

    machines: int
    jobs: tuple[tuple[dict[int, int], ...], ...]
    parts: int = 1

    @property
    def operations(self) -> int:
        """How many operations all jobs have together."""
        return sum(len(job) for job in self.jobs)


@dataclass(frozen=True)
class Step:
    """An operation in its place; job, operation and machine count from 1, times in 1/parts."""

    job: int
    operation: int
    machine: int
    start: int
    end: int


def read_job_shop(path: Path) -> JobShop:
    """The job shop in a .fjs file.

    First line: jobs, machines and, not read, alternatives per operation. Then a line per job: how
    many operations, and for each how many alternatives, followed by that many pairs of machine
    (from 1) and duration. Empty lines are passed over. ScheduleError names file, line and rule.
    Source: the format of P. Brandimarte's instances as collected in PyJobShop/Instances. Checked:
    tests/schedule/test_jobshop_files.py.
    """
    lines = [(n, line.split()) for n, line in enumerate(_text(path).splitlines(), start=1)]
    lines = [(n, words) for n, words in lines if words]
    if not lines:
        raise ScheduleError(f"{path.name}: is empty; give jobs and machines in the first line")
    n, words = lines[0]
    head = _Words(path.name, n, words)
    count, machines = head.whole("the number of jobs"), head.whole("the number of machines")
    if len(lines) - 1 != count:
        raise ScheduleError(
            f"{path.name}, line {n}: {count} jobs are announced but {len(lines) - 1} lines of jobs "
            "follow; give one line per job"
        )
    jobs = [_read_job(_Words(path.name, n, words), machines) for n, words in lines[1:]]
    return _in_whole_steps(path.name, machines, jobs)


def check_plan(shop: JobShop, plan: Sequence[Step]) -> tuple[str, ...]:
    """What is wrong with a plan, a sentence each; empty where it can be worked as it stands.

    Checked one by one from the shop alone, by none of the search's code: every operation is there
    once, on a machine that can do it, for as long as it takes there, after the one before it in
    its job, and alone on its machine. Checked: tests/schedule/test_jobshop.py.
    """
    wanted = {(j, o) for j, job in enumerate(shop.jobs, 1) for o in range(1, len(job) + 1)}
    wrong = []
    placed: dict[tuple[int, int], Step] = {}
    for step in plan:
        key = (step.job, step.operation)
        if key not in wanted:
            wrong.append(f"{_name(step)} is not in the shop")
        elif key in placed:
            wrong.append(f"{_name(step)} is planned twice")
        else:
            placed[key] = step
            wrong += _wrong_alone(shop, step)
    wrong += [f"job {j} operation {o} is not planned" for j, o in sorted(wanted - placed.keys())]
    for (j, o), step in placed.items():
        earlier = placed.get((j, o - 1))
        if earlier and earlier.end > step.start:
            wrong.append(f"{_name(step)} starts at {step.start}, before {earlier.end} when the "
                         "operation before it ends")  # fmt: skip
    for machine in sorted({step.machine for step in placed.values()}):
        row = sorted(
            (step for step in placed.values() if step.machine == machine),
            key=lambda step: (step.start, step.end),
        )
        wrong += [
            f"{_name(one)} and {_name(other)} overlap on machine {machine}"
            for one, other in pairwise(row)
            if one.end > other.start
        ]
    return tuple(wrong)


def least_makespan(shop: JobShop) -> int:
    """A makespan no plan can beat, in 1/parts: reckoned by hand, so it may lie well below the best.

    The longest job; and for every group of machines that some operation is confined to, the work
    confined to the group over its machines, after the shortest way there and before the shortest
    way on. Checked: tests/schedule/test_jobshop.py.
    """
    longest = 0
    confined: dict[frozenset[int], tuple[int, int, int]] = {}
    for job in shop.jobs:
        times = [min(ways.values()) for ways in job]
        longest = max(longest, sum(times))
        for i, ways in enumerate(job):
            before, after = sum(times[:i]), sum(times[i + 1 :])
            old = confined.get(frozenset(ways), (before, 0, after))
            confined[frozenset(ways)] = (
                min(old[0], before),
                old[1] + times[i],
                min(old[2], after),
            )
    return max(longest, *(_least_of(group, confined) for group in _busiest(confined)))


def makespan_of(plan: Sequence[Step]) -> int:
    """End of the last operation, in 1/parts of the shop's unit."""
    return max((step.end for step in plan), default=0)


def _busiest(confined: dict[frozenset[int], tuple[int, int, int]]) -> list[frozenset[int]]:
    """Groups of machines with the most work per machine, at most GROUPS, and all machines."""
    ranked = sorted(confined, key=lambda group: confined[group][1] / len(group))
    return [*ranked[-GROUPS:], frozenset().union(*confined)]


def _least_of(group: frozenset[int], confined: dict[frozenset[int], tuple[int, int, int]]) -> int:
    inside = [ways for machines, ways in confined.items() if machines <= group]
    work = sum(time for _, time, _ in inside)
    way = min(before for before, *_ in inside) + min(after for *_, after in inside)
    return way + -(-work // len(group))


@dataclass
class _Words:
    """The numbers of a line, taken one by one."""

    file: str
    line: int
    words: list[str]
    at: int = 0

    def number(self, what: str) -> Decimal:
        if self.at >= len(self.words):
            raise self.error(f"ends where {what} should stand; complete the line")
        word = self.words[self.at]
        self.at += 1
        try:
            value = Decimal(word)
        except InvalidOperation:
            value = Decimal("nan")
        if not value.is_finite() or value <= 0:
            raise self.error(f"{what} is {word!r}; give a number above 0")
        return value

    def whole(self, what: str) -> int:
        value = self.number(what)
        if value != value.to_integral_value() or value > LARGEST:
            raise self.error(f"{what} is {value}; give a whole number up to {LARGEST}")
        return int(value)

    def error(self, what: str) -> ScheduleError:
        return ScheduleError(f"{self.file}, line {self.line}: {what}")


def _read_job(words: _Words, machines: int) -> list[dict[int, Decimal]]:
    operations = []
    for o in range(1, words.whole("the number of operations") + 1):
        ways: dict[int, Decimal] = {}
        for _ in range(words.whole(f"the number of alternatives of operation {o}")):
            machine = words.whole(f"a machine of operation {o}")
            if machine > machines:
                raise words.error(
                    f"operation {o} names machine {machine}, the shop has {machines} (counted from "
                    "1); correct the line or the number of machines in the first one"
                )
            if machine in ways:
                raise words.error(f"operation {o} names machine {machine} twice; keep one")
            ways[machine] = words.number(f"the duration of operation {o} on machine {machine}")
        operations.append(ways)
    left = len(words.words) - words.at
    if left:
        raise words.error(
            f"{left} numbers are left over after {len(operations)} operations; correct the number "
            "of operations or of alternatives"
        )
    return operations


def _in_whole_steps(name: str, machines: int, jobs: list[list[dict[int, Decimal]]]) -> JobShop:
    """Durations as whole numbers of the smallest decimal step in the file."""
    times = [time for job in jobs for ways in job for time in ways.values()]
    places = max(0, *(-int(time.normalize().as_tuple().exponent) for time in times))
    parts = 10 ** min(places, 12)
    total = sum(max(ways.values()) for job in jobs for ways in job) * parts
    if places > 12 or total > LONGEST:
        raise ScheduleError(
            f"{name}: the durations add up to more than {LONGEST:.0e} of their smallest step "
            f"(1e-{places}); give fewer digits or a larger unit"
        )
    return JobShop(
        machines,
        tuple(
            tuple({machine: int(time * parts) for machine, time in ways.items()} for ways in job)
            for job in jobs
        ),
        parts,
    )


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise ScheduleError(
                f"{path.name}: is larger than {LARGEST} bytes; give one job shop per file"
            )
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise ScheduleError(
            f"{path.name}: is not a text of plain numbers; give a job shop as .fjs"
        ) from None
    except OSError as error:
        raise ScheduleError(
            f"{path.name}: cannot be read ({error.strerror}); check the name"
        ) from error


def _wrong_alone(shop: JobShop, step: Step) -> list[str]:
    """What is wrong with an operation of the shop by itself."""
    ways = shop.jobs[step.job - 1][step.operation - 1]
    if step.machine not in ways:
        return [f"{_name(step)} is on machine {step.machine}, which cannot do it"]
    wrong = []
    if step.start < 0:
        wrong.append(f"{_name(step)} starts before 0")
    if step.end - step.start != ways[step.machine]:
        wrong.append(
            f"{_name(step)} lasts {step.end - step.start} on machine {step.machine}, where it "
            f"takes {ways[step.machine]}"
        )
    return wrong


def _name(step: Step) -> str:
    return f"job {step.job} operation {step.operation}"
