"""The files' form for editors and web forms, from the same declarations that check them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from reclad.job.damages import Damages
from reclad.job.feeder_curve import FeederCurve
from reclad.job.job import JobFile
from reclad.job.machine import Machine, Nozzle
from reclad.job.material import Material, Powder
from reclad.job.procedure import QualifiedProcedure
from reclad.job.service import Service

_FILES: dict[str, type[BaseModel]] = {
    "job": JobFile,
    "material": Material,
    "powder": Powder,
    "machine": Machine,
    "feeder": FeederCurve,
    "nozzle": Nozzle,
    "service": Service,
    "damages": Damages,
    "procedure": QualifiedProcedure,
}


def json_schema() -> dict[str, dict[str, Any]]:
    """JSON Schema of job.toml and of each data file, keyed job, material, powder, ..."""
    return {name: model.model_json_schema() for name, model in _FILES.items()}
