"""What the shop keeps and hands on: plan folders, programs of them, the report."""

from reclad.record.folder import SavedPlan, load_plan
from reclad.record.posting import Checked, post_program, verify_program
from reclad.record.report import draw_figures, render_report
from reclad.record.views import (
    AssumedRow,
    BackplotView,
    BudgetView,
    ComparisonView,
    Estimate,
    ExpectationRow,
    FreeChoiceView,
    HeadView,
    HeatView,
    LengthView,
    LiftView,
    LimitRow,
    MethodStep,
    MethodView,
    ParameterRow,
    PartView,
    ProgramView,
    ReportView,
    SectionView,
    SetupView,
    VerdictView,
    WindowView,
)
from reclad.record.words import Words, say
from reclad.record.write import write_plan

# the pipe cell: X along the pipe, Z from the axis, A about the axis
ZERO_LINES = (
    say("X0: nozzle over the end face on the tailstock side."),
    say("Z0: nozzle tip on the rotation axis (set from the measured diameter)."),
    say("A0: scribed mark under the nozzle."),
)

__all__ = [
    "ZERO_LINES",
    "AssumedRow",
    "BackplotView",
    "BudgetView",
    "Checked",
    "ComparisonView",
    "Estimate",
    "ExpectationRow",
    "FreeChoiceView",
    "HeadView",
    "HeatView",
    "LengthView",
    "LiftView",
    "LimitRow",
    "MethodStep",
    "MethodView",
    "ParameterRow",
    "PartView",
    "ProgramView",
    "ReportView",
    "SavedPlan",
    "SectionView",
    "SetupView",
    "VerdictView",
    "WindowView",
    "Words",
    "draw_figures",
    "load_plan",
    "post_program",
    "render_report",
    "say",
    "verify_program",
    "write_plan",
]
