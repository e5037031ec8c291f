"""What the report is told: plain numbers and arrays, SI inside, filled from the plan.

The report knows no model and no machine. Whoever calls it fills these views; every field states
its unit. Text that a person reads is a `Words` (both languages, see `reclad.record.say`); a plain
`str` is a name shown as it is in both languages (a file, an alloy, a source, a version).
`unit` fields name the unit SHOWN, as `reclad.units` spells it ("mm", "g/min", "degC", "%", "m^3";
"" for a count, "HV" for hardness); the numbers beside them are SI (m, kg/s, K ...; rpm stays rpm).
A chance is 0..1. Arrays are float64 unless stated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from reclad.errors import RecladError
from reclad.record._checks import check_finite, check_lengths
from reclad.record.words import Words

if TYPE_CHECKING:
    from reclad.record._heat_views import WholeHeatView
    from reclad.record._risk_views import NoRiskView, RiskView

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Estimate:
    """A number that is not known exactly: 5 %, 50 % and 95 % points of its draws, SI."""

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        check_finite(self)
        if not self.low <= self.mid <= self.high:
            raise RecladError(
                f"estimate {self.low:g}, {self.mid:g}, {self.high:g} is not in rising order - "
                "low, mid, high are the 5 %, 50 % and 95 % points - sort them"
            )


def estimate(draws: npt.ArrayLike) -> Estimate:
    """The 5 %, 50 % and 95 % points of draws (SI)."""
    low, mid, high = (float(q) for q in np.quantile(np.asarray(draws), (0.05, 0.5, 0.95)))
    return Estimate(low, mid, high)


@dataclass(frozen=True)
class PartView:
    """The part, for the sketch and the head line. Lengths m.

    A pipe has a wall; a shaft is solid and may have shoulders; a plate has a width and a zone
    across it.
    """

    name: str  # drawing or part number
    material: str  # parent metal, e.g. "42CrMo4"
    powder: str  # feedstock, e.g. "IN625"
    kind: Words  # overlay / build-up / hardfacing
    shape: Literal["pipe", "shaft", "plate"]
    size: float  # m, finished outside diameter, or finished thickness of a plate
    length: float  # m
    clad_start: float  # m from the zero face
    clad_length: float  # m
    wall: float | None = None  # m, of a pipe
    shoulders: tuple[float, float] = (0.0, 0.0)  # m, radial heights where the zone begins and ends
    width: float | None = None  # m, of a plate
    side: tuple[float, float] | None = None  # m, ends of the clad zone across a plate

    def __post_init__(self) -> None:
        check_finite(self)
        has = (self.wall is not None, self.width is not None, self.side is not None)
        wants = {"pipe": (True, False, False), "plate": (False, True, True)}
        if has != wants.get(self.shape, (False, False, False)):
            raise RecladError(
                f"PartView of a {self.shape} has wall {self.wall}, width {self.width}, side "
                f"{self.side} - a pipe has a wall, a plate a width and a side - give those alone"
            )

    @property
    def flat(self) -> bool:
        """Whether the part is a plate."""
        return self.shape == "plate"

    @property
    def widest(self) -> float:
        """Largest diameter of a round part, shoulders included (m)."""
        return self.size + 2 * max(self.shoulders)


@dataclass(frozen=True)
class HeadView:
    """Who, when, which part."""

    job_name: str
    customer: str
    date: str  # ISO date, passed in; the report reads no clock
    part: PartView


@dataclass(frozen=True)
class LiftView:
    """One measurement that would make the plan surer."""

    what: Words  # what to measure, in plain words
    probability: float | None = None  # chance that all limits hold afterwards, if calculated


@dataclass(frozen=True)
class VerdictView:
    """What is proposed and how sure it is. Chances 0..1."""

    status: Literal["preliminary", "qualified", "refused"]
    probability: float  # that all limits hold, for the proposed parameters
    asked: float  # probability the job asks for
    free_probability: float | None = None  # of the free choice, when parameters were pinned
    lifts: tuple[LiftView, ...] = ()
    notes: tuple[Words, ...] = ()  # anything the reader must know first


@dataclass(frozen=True)
class ComparisonView:
    """The program as read back, against the plan: the largest differences."""

    agrees: bool
    axial: float  # m
    radial: float  # m
    angle: float  # rad
    power: float  # W
    time: float  # s, total program time
    across: float | None = None  # m, across a plate; None for a round part


@dataclass(frozen=True)
class ProgramView:
    """The machine program and who has checked it."""

    file_name: str
    sha256: str  # of the program text, hexadecimal
    blocks: int  # lines of text
    errors: tuple[Words, ...]  # linter findings that stop the program
    warnings: tuple[Words, ...]  # linter findings to know about
    comparison: ComparisonView | None  # None: not compared
    referee: str | None  # version of the independent interpreter, None: not refereed
    referee_agrees: bool | None
    not_refereed: Words | None = None  # why, when referee is None


@dataclass(frozen=True)
class ParameterRow:
    """One parameter: proposed value, where it may move, and the free choice beside it."""

    name: Words
    unit: str
    proposed: float | None = None  # SI of `unit`
    window: tuple[float, float] | None = None  # SI, where the limits still hold as well as here
    free: float | None = None  # SI, when nothing is pinned
    pinned: bool = False  # given by the shop, not chosen
    text: Words | None = None  # shown instead of numbers, never chosen, e.g. argon


@dataclass(frozen=True)
class ExpectationRow:
    """One predicted outcome against its limit. SI of `unit`."""

    name: Words
    unit: str
    estimate: Estimate
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class LimitRow:
    """One limit and the chance that it holds."""

    name: Words
    unit: str
    probability: float  # 0..1
    at_least: float | None = None  # SI of `unit`
    at_most: float | None = None
    binding: bool = False  # the one that decides
    free_probability: float | None = None
    explanation: Words | None = None  # why it binds, what moves it


@dataclass(frozen=True)
class FreeChoiceView:
    """What the free choice would give. None of it is proposed, only shown."""

    probability: float  # that all limits hold, 0..1
    time: float  # s, whole job
    powder: float  # kg fed


@dataclass(frozen=True, eq=False)
class WindowView:
    """Chance over power and feed rate, everything else as proposed."""

    power: Floats  # (n,) W, rising
    feed_rate: Floats  # (m,) kg/s, rising
    probability: Floats  # (m, n) that all limits hold
    limits: tuple[tuple[Words, Floats], ...]  # (m, n) each: that this limit holds
    chosen: tuple[float, float]  # W, kg/s
    free: tuple[float, float] | None = None  # W, kg/s; other parameters differ there

    def __post_init__(self) -> None:
        check_finite(self)
        for grid in (self.probability, *(grid for _, grid in self.limits)):
            if grid.shape != (self.feed_rate.size, self.power.size):
                raise RecladError(
                    f"WindowView holds a map of shape {grid.shape} for {self.feed_rate.size} feed "
                    f"rates and {self.power.size} powers - rows are feed rates - transpose it"
                )


@dataclass(frozen=True, eq=False)
class SectionView:
    """Cross-section of one bead and of the clad; m above the worn surface, melted part below 0.

    The three rows of a (3, n) array are the 5 %, 50 % and 95 % draws.
    """

    bead_y: Floats  # (n,) m across the track, 0 at its middle
    bead_top: Floats  # (3, n) m, 0 outside the bead
    bead_fusion: Floats  # (3, n) m, <= 0, lower edge of the melted parent metal
    clad_y: Floats  # (k,) m across several tracks
    clad_top: Floats  # (3, k) m, all layers laid
    clad_fusion: Floats  # (3, k) m, <= 0
    finished: float  # m above the worn surface: finished size
    allowance: float  # m of machining allowance above `finished`
    pitch: float  # m

    def __post_init__(self) -> None:
        check_finite(self)
        check_lengths(self, "bead_top bead_fusion", self.bead_y.size, "bead_y")
        check_lengths(self, "clad_top clad_fusion", self.clad_y.size, "clad_y")


@dataclass(frozen=True, eq=False)
class LengthView:
    """Radii along the part, m; of a plate the surface's height above the underside."""

    axial: Floats  # (n,) m from the zero face
    worn: Floats  # (n,) m, as measured
    finished: Floats  # (n,) m, finished size
    target: Floats  # (n,) m, finished size plus allowance
    clad: Floats  # (3, n) m, expected as-clad radius: 5 %, 50 %, 95 %

    def __post_init__(self) -> None:
        check_finite(self)
        check_lengths(self, "worn finished target clad", self.axial.size, "axial")


@dataclass(frozen=True, eq=False)
class HeatView:
    """Inter-pass temperature and laser power over the job."""

    time: Floats  # (n,) s from the first lit block, rising
    axial: Floats  # (n,) m, nozzle position at that time; of a plate: across it
    interpass: Floats  # (3, n) K just ahead of the pool: 5 %, 50 %, 95 %
    power: Floats  # (n,) W, as programmed
    limit: float | None = None  # K, highest inter-pass temperature allowed
    preheat: float | None = None  # K, lowest temperature asked before the first pass
    constant: Floats | None = None  # (n,) K, 50 % curve had the power stayed constant
    constant_power: float | None = None  # W, of that comparison

    def __post_init__(self) -> None:
        check_finite(self)
        check_lengths(self, "axial interpass power", self.time.size, "time")
        if self.constant is not None:
            check_lengths(self, "constant", self.time.size, "time")


@dataclass(frozen=True, eq=False)
class BackplotView:
    """The machine program read back from its text: n poses, n - 1 blocks between them."""

    x: Floats  # (n,) m
    y: Floats  # (n,) m, across a plate; 0 for a round part
    z: Floats  # (n,) m, nozzle tip from the rotation axis, or above a plate's underside
    a: Floats  # (n,) rad, growing; constant for a plate
    power: Floats  # (n-1,) W with the beam on, 0 with the beam off
    rapid: Bools  # (n-1,) True for G0
    layer: Ints  # (n-1,) from 1
    stand_off: float  # m, nozzle tip to surface
    flat: bool = False  # tracks on a plate, not turns round an axis

    def __post_init__(self) -> None:
        check_finite(self)
        check_lengths(self, "y z a", self.x.size, "x")
        check_lengths(self, "power rapid layer", self.x.size - 1, "x less one")


@dataclass(frozen=True)
class BudgetView:
    """Time and material of the whole job."""

    total_time: float  # s
    laser_time: float  # s with the beam on
    wait_time: float  # s of dwell (purge, feeder start, settling, inter-pass waits)
    powder_fed: float  # kg
    powder_kept: Estimate  # kg
    gas: float  # m3 at the flow meter's conditions
    energy: float  # J of laser light at the work


@dataclass(frozen=True)
class SetupView:
    """What the operator needs on the shop floor."""

    machine: str
    nozzle: str
    clamp: tuple[Words, ...]
    mask: tuple[Words, ...]  # what to clean out and cover before the beam; empty: no such step
    zero: tuple[Words, ...]  # one line per axis; `reclad.record.ZERO_LINES` for round parts
    stand_off: float  # m
    stand_off_tolerance: float  # m
    feeder_rpm: float  # rpm
    feed_rate: float  # kg/s
    weighed: str  # ISO date of the last weighing
    weighing_valid_days: int
    weighing_expired: bool  # on the report's date
    powder_lot: str
    gas: str
    gas_flow: float  # m3/s
    gas_purge: float  # s
    preheat: float | None  # K, None: none asked
    program_file: str
    dry_run_file: str
    coupon_file: str
    resume_command: str  # with N for the turn, or the track on a plate
    stop_when: tuple[Words, ...]
    treat: tuple[Words, ...]  # what the hot part goes through; empty: still air
    inspect: tuple[Words, ...]


@dataclass(frozen=True)
class AssumedRow:
    """A number nobody measured for this job."""

    what: Words
    value: str  # with unit and spread, ready to read
    source: Words  # key or citation; "assumed" is legal, with why


@dataclass(frozen=True)
class MethodStep:
    """One link of the model chain."""

    what: Words
    source: str


@dataclass(frozen=True)
class MethodView:
    """How it was calculated, so that somebody else can repeat it."""

    steps: tuple[MethodStep, ...]
    draws: int  # parameter sets drawn
    seed: int
    trials: int  # measured sections behind the numbers (0: published data only)
    versions: tuple[tuple[str, str], ...]  # program, version
    inputs: tuple[tuple[str, str], ...]  # file, sha256


@dataclass(frozen=True, eq=False)
class ReportView:
    """The whole report; `render_report(view)` turns it into one HTML file."""

    head: HeadView
    verdict: VerdictView
    program: ProgramView
    parameters: tuple[ParameterRow, ...]
    free_choice: FreeChoiceView | None
    expectations: tuple[ExpectationRow, ...]
    limits: tuple[LimitRow, ...]
    window: WindowView
    section: SectionView
    length: LengthView
    heat: HeatView
    backplot: BackplotView
    budget: BudgetView
    setup: SetupView
    assumed: tuple[AssumedRow, ...]
    method: MethodView
    language: Literal["en", "zh"] = "zh"  # shown first; the other is one click away
    whole_heat: WholeHeatView | None = None  # None: not simulated, its section is left out
    risk: RiskView | NoRiskView | None = None  # None: not weighed, its section is left out

    def __post_init__(self) -> None:
        if self.backplot.flat != self.head.part.flat:
            raise RecladError(
                f"ReportView holds a {self.head.part.shape} and a program that is "
                f"{'' if self.backplot.flat else 'not '}flat - they are of one part - "
                "fill both from the same plan"
            )
