"""From a planned job to the steps of its order: nothing that its plan tells is typed again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reclad.errors import JobError

if TYPE_CHECKING:
    from pathlib import Path

    from reclad.orders.durations import Duration
    from reclad.orders.shop_file import Process, Shop
    from reclad.shop import PlannedJob

MANIFEST = "manifest.json"
Finish = Literal["turn", "grind", "turn and grind"]
FINISHES: tuple[Finish, ...] = ("turn", "grind", "turn and grind")


@dataclass(frozen=True)
class Step:
    """One step of an order, not yet placed.

    kind, cell     of the machine it takes; "" for none
    family         powder on a cladder, temperature and time in a furnace; "" for any
    skill, share   that whoever attends must have; per cent of their attention; "" for nobody
    minutes        expected, whole; spread relative, one standard deviation
    rework         chance that it is done again, 0 to 1
    least, most    min between the end of the step before and its start; None: any
    """

    process: Process
    minutes: int
    spread: float
    rework: float
    kind: str = ""
    cell: str = ""
    family: str = ""
    skill: str = ""
    share: int = 100
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Route:
    """The steps of an order in their order, and what they stand on.

    job            folder or drawing
    job_sha256, plan_sha256   of job.toml or the drawing, and of the plan's manifest ("" for none)
    powder, powder_mass       fed by the plan, kg; "" and 0 for none
    """

    kind: Literal["repair", "cut"]
    job: Path
    steps: tuple[Step, ...]
    finish: str
    job_sha256: str
    plan_sha256: str = ""
    powder: str = ""
    powder_mass: float = 0.0


def route_repair(where: Path, shop: Shop, finish: Finish | None = None) -> Route:
    """The steps of the planned repair at `where`, with durations from its program, in seconds.

    where    job folder or its job.toml; raises what `read_planned` raises where it has no plan
    finish   how the clad is brought to size; None: turned, or ground where it is too hard for that
    Set-up, inspection, removal rate and furnace come from the shop's price file, the rest that no
    program tells from `shop`. JobError where the shop has no machine for a step.
    Checked in tests/orders/test_routing.py.
    """
    from reclad.orders.durations import reckon
    from reclad.record.folder import job_folder_of
    from reclad.shop import read_planned
    from reclad.shop.prices import read_prices

    planned = read_planned(where)
    folder = job_folder_of(where)
    prices = read_prices(shop.prices, folder)
    chosen = finish or _usual_finish(planned, shop)
    times = reckon(planned, shop, prices, chosen)
    attended = round(100.0 * prices.attended.value)
    steps = tuple(_steps(planned, shop, times, attended))
    expect_machines(shop, steps)
    return Route(
        kind="repair",
        job=folder,
        steps=steps,
        finish=chosen,
        job_sha256=planned.job.sources["job.toml"],
        plan_sha256=_sha256(folder / "plan" / MANIFEST),
        powder=planned.job.feedstock.name,
        powder_mass=planned.program.powder_mass,
    )


def changed_since(job: Path, job_sha256: str, plan_sha256: str) -> str:
    """What of an ordered job is no longer as it was entered, in words; "" for nothing.

    job   folder, or a drawing (whose plan_sha256 is "")
    """
    whole = job / "job.toml" if plan_sha256 else job
    for path, known, name in (
        (whole, job_sha256, whole.name),
        *([(job / "plan" / MANIFEST, plan_sha256, "its plan")] if plan_sha256 else []),
    ):
        try:
            if _sha256(path) != known:
                return f"{name} has changed"
        except OSError:
            return f"{name} is gone"
    return ""


def _sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def _usual_finish(planned: PlannedJob, shop: Shop) -> Finish:
    hardness = planned.job.clad.hardness
    if hardness is not None and hardness.value > shop.grinding.harder_than.value:
        return "grind"
    return "turn"


def _steps(
    planned: PlannedJob, shop: Shop, times: dict[str, Duration], attended: int
) -> list[Step]:
    told, job = shop.steps, planned.job
    hot = whole_minutes(shop.waiting.hot.value)
    attending = {
        name: round(100.0 * getattr(told, name).attended)
        for name in ("receive", "strip", "turn", "grind", "inspect", "certificate")
    } | {"clad": attended}
    skills = {"clad": f"clad {job.feedstock.name}"}
    kinds = {
        **{"strip": "lathe", "turn": "lathe", "grind": "grinder", "inspect": "bench"},
        **{"clad": "cladder", "preheat": "furnace", "slow_cool": "furnace", "post_heat": "furnace"},
    }
    waits = {name: hot for name, before in _HOT if times.get(before) and times.get(name)}
    families = _families(planned)
    return [
        Step(
            process=name,
            minutes=whole_minutes(one.seconds),
            spread=one.spread,
            rework=getattr(told, name).rework if hasattr(told, name) else 0.0,
            kind=kinds.get(name, ""),
            cell=job.cell.name if name == "clad" else "",
            family=families.get(name, ""),
            skill=skills.get(name, str(name)) if name in attending else "",
            share=attending.get(name, 0),
            most=waits.get(name),
        )
        for name in _ORDER
        for one in [times.get(name)]
        if one is not None
    ]


_ORDER: tuple[Process, ...] = (
    *("receive", "strip", "preheat", "clad", "slow_cool", "post_heat", "cool"),
    *("turn", "grind", "inspect", "certificate"),
)
# A step that takes a part hot, and the one that hands it over.
_HOT = (("clad", "preheat"), ("slow_cool", "clad"))


def _families(planned: PlannedJob) -> dict[str, str]:
    from reclad.units import format_quantity

    job, treatment = planned.job, planned.job.treatment
    families = {
        "clad": job.feedstock.name,
        "preheat": f"preheat {format_quantity(job.preheat, 'degC')}",
    }
    for name, at, time in (
        ("slow_cool", treatment.slow_cooling, treatment.slow_cooling_time),
        ("post_heat", treatment.post_heat, treatment.post_heat_time),
    ):
        if at is not None:
            words = name.replace("_", " ")
            families[name] = f"{words} {format_quantity(at, 'degC')} {format_quantity(time, 'h')}"
    return families


def whole_minutes(seconds: float) -> int:
    """Whole minutes that hold so many seconds."""
    return math.ceil(seconds / 60.0 - 1e-9)


def expect_machines(shop: Shop, steps: tuple[Step, ...]) -> None:
    """Refuse steps that no machine or no person of the shop can do. JobError."""
    from reclad.orders.shop_file import machines_of
    from reclad.orders.skills import skills_of

    every = [skills_of(person) for person in shop.person]
    for step in steps:
        if step.kind:
            machines_of(shop, step.kind, step.process, step.cell)
        if step.skill and not any(step.skill in skills for skills in every):
            raise JobError(
                f"{shop.name}: nobody is authorised for the step {step.skill}; add the skill or "
                "the powder to a [[person]] of the shop file"
            )
