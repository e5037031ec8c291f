"""What the shop was handed: job folder, material, powder, machine, nozzle, limits."""

from reclad.job.damages import AlloyHazard, DamageMode, Damages
from reclad.job.declared import LogPrior, Property, Table
from reclad.job.feeder import Carrier, Feeder
from reclad.job.feeder_curve import FeederCurve
from reclad.job.feeding import read_cell, read_feeder, with_curve
from reclad.job.folder import new_job, read_job
from reclad.job.heat_case import HeatCase, read_case
from reclad.job.holding import Holding
from reclad.job.job import Customer, Job, JobFile, Limits, PathSettings, Pins, Tolerances, Treatment
from reclad.job.library import (
    list_names,
    read_damages,
    read_machine,
    read_material,
    read_nozzle,
    read_powder,
    read_procedure,
    read_service,
)
from reclad.job.machine import Axes, Gas, Laser, LinearAxis, Machine, Nozzle, RotaryAxis
from reclad.job.material import Composition, Material, Powder
from reclad.job.numbers import Number, numbers_of
from reclad.job.placing import place_file
from reclad.job.power_meter import PowerMeter
from reclad.job.procedure import QualifiedProcedure, Settings, check_range, expect_within
from reclad.job.schema import json_schema
from reclad.job.service import Hardness, HardnessLimit, Service
from reclad.job.sources import Assumed, assumed, assumed_in, source_titles
from reclad.job.trial import Trial
from reclad.job.trial_check import look_up
from reclad.job.trial_package import pack_trials
from reclad.job.trials import TrialSet, read_trials, shipped_trials
from reclad.job.weighing import FeederFit, WeighedPowder, fit_weighings

__all__ = [
    "AlloyHazard",
    "Assumed",
    "Axes",
    "Carrier",
    "Composition",
    "Customer",
    "DamageMode",
    "Damages",
    "Feeder",
    "FeederCurve",
    "FeederFit",
    "Gas",
    "Hardness",
    "HardnessLimit",
    "HeatCase",
    "Holding",
    "Job",
    "JobFile",
    "Laser",
    "Limits",
    "LinearAxis",
    "LogPrior",
    "Machine",
    "Material",
    "Nozzle",
    "Number",
    "PathSettings",
    "Pins",
    "Powder",
    "PowerMeter",
    "Property",
    "QualifiedProcedure",
    "RotaryAxis",
    "Service",
    "Settings",
    "Table",
    "Tolerances",
    "Treatment",
    "Trial",
    "TrialSet",
    "WeighedPowder",
    "assumed",
    "assumed_in",
    "check_range",
    "expect_within",
    "fit_weighings",
    "json_schema",
    "list_names",
    "look_up",
    "new_job",
    "numbers_of",
    "pack_trials",
    "place_file",
    "read_case",
    "read_cell",
    "read_damages",
    "read_feeder",
    "read_job",
    "read_machine",
    "read_material",
    "read_nozzle",
    "read_powder",
    "read_procedure",
    "read_service",
    "read_trials",
    "shipped_trials",
    "source_titles",
    "with_curve",
]
