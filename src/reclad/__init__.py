"""Laser-cladding repair, from a worn part to a proven machine program.

    import reclad as rc
    job = rc.read_job("pipe-demo")
    plan = rc.plan_job(job)
    print(plan.chance, plan.choice.procedure)

Names are looked up when first used, so that `import reclad` loads nothing heavy.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_ROOMS = {
    "reclad.job": (
        "new_job",
        "read_case",
        "read_job",
        "read_machine",
        "read_material",
        "read_powder",
        "read_trials",
    ),
    "reclad.part": ("measure", "size_deposit"),
    "reclad.process": ("ProcessParameters", "choose", "predict"),
    "reclad.lab": ("fit", "observe", "prior", "read_posterior"),
    "reclad.path": ("lay",),
    "reclad.heat": ("MovingSource", "march_turns", "simulate", "simulate_case"),
    "reclad.program": ("build_program", "check_program", "post", "referee"),
    "reclad.risk": ("assess",),
    "reclad.foresight": ("foresee",),
    "reclad.plan": ("Plan", "plan_job"),
    "reclad.levers": ("try_levers",),
    "reclad.record": ("load_plan", "verify_program", "write_plan"),
    "reclad.shop": ("quote_job", "read_planned", "read_prices"),
    "reclad.errors": ("RecladError",),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}
__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'reclad' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
