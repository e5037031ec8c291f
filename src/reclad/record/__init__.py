"""What the shop keeps and hands on: plan folders, programs of them, the report."""

from reclad.record.coupon import write_coupon
from reclad.record.folder import SavedPlan, expect_writable, load_plan
from reclad.record.lesson import write_lesson
from reclad.record.posting import Checked, post_program, verify_program
from reclad.record.report import draw_figures, render_report
from reclad.record.sharing import Shared, Terms, receive_file, share_folder
from reclad.record.trouble import diagnose_job
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
from reclad.record.words import ZERO_LINES, Words, say
from reclad.record.write import write_plan

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
    "Shared",
    "Terms",
    "VerdictView",
    "WindowView",
    "Words",
    "diagnose_job",
    "draw_figures",
    "expect_writable",
    "load_plan",
    "post_program",
    "receive_file",
    "render_report",
    "say",
    "share_folder",
    "verify_program",
    "write_coupon",
    "write_lesson",
    "write_plan",
]
