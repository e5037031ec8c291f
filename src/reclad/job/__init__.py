"""What the shop was handed: job folder, material, powder, machine, nozzle, limits."""

from reclad.job.declared import LogPrior, Property, Table
from reclad.job.folder import new_job, read_job
from reclad.job.job import Customer, Job, JobFile, Limits, PathSettings, Pins
from reclad.job.library import (
    list_names,
    read_machine,
    read_material,
    read_nozzle,
    read_powder,
)
from reclad.job.machine import Axes, Feeder, Gas, Laser, LinearAxis, Machine, Nozzle, RotaryAxis
from reclad.job.material import Composition, Material, Powder
from reclad.job.schema import json_schema
from reclad.job.sources import Assumed, assumed

__all__ = [
    "Assumed",
    "Axes",
    "Composition",
    "Customer",
    "Feeder",
    "Gas",
    "Job",
    "JobFile",
    "Laser",
    "Limits",
    "LinearAxis",
    "LogPrior",
    "Machine",
    "Material",
    "Nozzle",
    "PathSettings",
    "Pins",
    "Powder",
    "Property",
    "RotaryAxis",
    "Table",
    "assumed",
    "json_schema",
    "list_names",
    "new_job",
    "read_job",
    "read_machine",
    "read_material",
    "read_nozzle",
    "read_powder",
]
