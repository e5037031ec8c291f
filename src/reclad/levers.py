"""What would lower the risk of a repair, each way planned again and weighed again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from reclad.buffer import buffer_powders, foresee_buffered
from reclad.errors import RecladError
from reclad.foresight import foresee
from reclad.job import list_names, read_material, read_powder
from reclad.process import evaluate
from reclad.process.limits import all_kept
from reclad.risk import assess
from reclad.risk.said import Said, percent
from reclad.risk.zone import hardens
from reclad.side_by_side import side_by_side
from reclad.units import format_quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from reclad.job import Job
    from reclad.risk import Laid, Outcome, Risk

_WARMER = (100.0, 200.0)  # K over the job's preheat
_BELOW_INTERPASS = 50.0  # K that a preheat must stay under the inter-pass limit
# K and h: over the 620 degC that ISO15156-PANEL asks for, and as soft as furnaces make it below Ac1
_FURNACES = ((913.15, 2.0), (953.15, 4.0))
_SLOW_COOLING = (573.15, 8.0)  # K and h: hydrogen leaves steel at 200 to 300 degC
_POWERS = (0.9, 1.1)
_SETTINGS = ("power", "travel_speed", "feed_rate", "pitch", "stand_off")
_MOST_LAYERS = 4
_FEWEST = 16  # draws that a coupon as planned must leave


@dataclass(frozen=True, eq=False)
class Lever:
    """One way to lower the risk: what is changed, the risk then, and what it takes, in words; or
    why it cannot be."""

    name: str
    change: Said
    risk: Risk | None
    takes: Said

    @property
    def loss(self) -> float:
        """Chance (middle) that the part is lost; 1 where it cannot be done."""
        return 1.0 if self.risk is None else self.risk.loss.middle


@dataclass(frozen=True, eq=False)
class CouponShown:
    """A repair as it would stand once a coupon has shown beads that keep every limit.

    rows    (kept,) the draws that keep them, of `draws` in all
    laid    the repair with only those; None where they are too few to say anything
    """

    rows: NDArray[np.int64]
    draws: int
    laid: Laid | None

    @property
    def chance(self) -> float:
        """Chance that the coupon shows it: the share of the draws, 0 to 1."""
        return self.rows.size / self.draws


def show_coupon(laid: Laid) -> CouponShown:
    """The repair with only the draws that keep every limit, as trials would leave it.

    Below 16 such draws there is no such repair. Checked in tests/test_levers.py.
    """
    rows = np.flatnonzero(all_kept(laid.kept))
    seen = None
    if rows.size >= _FEWEST:
        seen = replace(
            laid,
            draws=laid.draws.rows(rows),
            history=replace(laid.history, interpass=laid.history.interpass[rows]),
            kept={limit: kept[rows] for limit, kept in laid.kept.items()},
            qualified=True,
        )
    return CouponShown(rows, len(laid.draws), seen)


def try_levers(
    laid: Laid,
    outcomes: Sequence[Outcome] = (),
    say: Callable[[str], None] = lambda _: None,
) -> tuple[Lever, ...]:
    """The ways open to this job, those that keep most parts first.

    say   hears a line before each
    Every one is a whole choice of parameters and heat of the repair in closed form, like `laid`
    itself; the program is made by `plan_job` once one is decided on. Checked: tests/test_levers.py.
    """

    def work(one: Callable[[], Lever]) -> Lever:
        return one()

    found = side_by_side(
        work,
        [
            *(partial(_tried, laid, *way, outcomes, say) for way in _ways(laid)),
            *(partial(_over_buffer, laid, powder, outcomes, say) for powder in _buffers(laid.job)),
            partial(_after_coupon, laid, outcomes, say),
        ],
    )
    better = {"refuse": 0, "coupon first": 1, "accept": 2}
    return tuple(
        sorted(
            found,
            key=lambda lever: (
                -better[lever.risk.verdict] if lever.risk else 1,
                lever.loss,
            ),
        )
    )


def _ways(laid: Laid) -> Iterator[tuple[str, Said, Job, Said]]:
    job = laid.job
    for more in _WARMER:
        warm = job.preheat + more
        if warm <= job.limits.interpass_max - _BELOW_INTERPASS:
            text = format_quantity(warm, "degC", 3)
            yield (
                "preheat",
                Said("preheat {value}", {"value": text}),
                job.model_copy(update={"preheat": warm}),
                Said("furnace or burner before the first pass"),
            )
    if hardens(job.parent) and job.treatment.post_heat is None:
        for kelvin, hours in _FURNACES:
            furnace = {"post_heat": kelvin, "post_heat_time": 3600.0 * hours}
            yield (
                "post-heat",
                Said(
                    "{value} for {hours} h after cladding",
                    {"value": format_quantity(kelvin, "degC", 3), "hours": f"{hours:g}"},
                ),
                job.model_copy(update={"treatment": job.treatment.model_copy(update=furnace)}),
                Said(
                    "a furnace for the whole part; a quenched and tempered parent softens if it "
                    "was tempered colder"
                ),
            )
    if hardens(job.parent) and job.treatment.slow_cooling is None:
        kelvin, hours = _SLOW_COOLING
        slow = {"slow_cooling": kelvin, "slow_cooling_time": 3600.0 * hours}
        yield (
            "slow cooling",
            Said(
                "slow cooling from {value} over {hours} h",
                {"value": format_quantity(kelvin, "degC", 3), "hours": f"{hours:g}"},
            ),
            job.model_copy(update={"treatment": job.treatment.model_copy(update=slow)}),
            Said("a furnace at hand when the last bead is laid"),
        )
    if hardens(job.parent) and laid.procedure.layers < _MOST_LAYERS:
        yield _temper_layer(laid)
    if job.procedure.power is None:
        for factor in _POWERS:
            power = round(factor * laid.procedure.power, -1)
            if job.cell.laser.power_min <= power <= job.cell.laser.power_max:
                pins = job.procedure.model_copy(update={"power": power})
                yield (
                    "power",
                    Said("power {value}", {"value": format_quantity(power, "kW", 3)}),
                    job.model_copy(update={"procedure": pins}),
                    Said("nothing more"),
                )
    for name in list_names("powders"):
        powder = read_powder(name)
        if powder.alloy != job.clad.name and job.hazards.alloy(powder.alloy) is not None:
            other = {"feedstock": powder, "clad": read_material(powder.alloy)}
            yield (
                "powder",
                Said("powder {name}", {"name": powder.name}),
                job.model_copy(update=other),
                Said("the customer's consent to another alloy, and its feeder curve"),
            )


def _temper_layer(laid: Laid) -> tuple[str, Said, Job, Said]:
    """The same beads in one layer more, whose heat tempers the zone under the first (a temper
    bead), and which is turned off again."""
    job, procedure, layers = laid.job, laid.procedure, laid.procedure.layers
    _, clad, _ = evaluate(job, laid.case, procedure, laid.draws)
    excess = job.limits.excess_thickness_max + float(np.quantile(clad.mean, 0.95)) / layers
    settings = {name: getattr(procedure, name) for name in _SETTINGS}
    minutes = laid.case.beam_on_time(procedure) / layers / 60.0
    return (
        "temper layer",
        Said("{layers} layers instead of {now}", {"layers": str(layers + 1), "now": str(layers)}),
        job.model_copy(
            update={
                "procedure": job.procedure.model_copy(update=settings | {"layers": layers + 1}),
                "limits": job.limits.model_copy(update={"excess_thickness_max": excess}),
            }
        ),
        Said(
            "{minutes} min more on the machine, and turning up to {excess} over size off again",
            {"minutes": f"{minutes:.3g}", "excess": format_quantity(excess, "mm", 3)},
        ),
    )


def _tried(
    laid: Laid,
    name: str,
    change: Said,
    job: Job,
    takes: Said,
    outcomes: Sequence[Outcome],
    say: Callable[[str], None],
) -> Lever:
    say(f"planning again: {change}")
    same_metals = job.clad.name == laid.job.clad.name
    try:
        again = foresee(job, seed=laid.seed, draws=laid.draws if same_metals else None)
        again = replace(again, qualified=laid.qualified and same_metals)
        return Lever(name, change, assess(again, outcomes), takes)
    except RecladError as error:
        return Lever(name, change, None, Said("{reason}", {"reason": str(error)}))


def _buffers(job: Job) -> tuple[str, ...]:
    """Powders for a buffer, where the clad is a hard one on a metal that is not ductile itself."""
    told = job.hazards.alloy(job.clad.name)
    if told is None or not told.hard_phase_cracking or job.hazards.ductile(job.parent.name):
        return ()
    # Of the ductile ones those that crack least themselves: each costs two jobs to plan.
    cracks = {name: _hot_cracking(job, name) for name in buffer_powders(job)}
    return tuple(name for name, chance in cracks.items() if chance <= min(cracks.values()))


def _hot_cracking(job: Job, powder: str) -> float:
    told = job.hazards.alloy(read_powder(powder).alloy)
    return told.hot_cracking if told is not None else 1.0


def _over_buffer(
    laid: Laid, powder: str, outcomes: Sequence[Outcome], say: Callable[[str], None]
) -> Lever:
    """The same overlay on a ductile buffer layer, which is a job of its own."""
    name, change = "buffer", Said("a buffer layer of powder {name} first", {"name": powder})
    say(f"planning again: {change}")
    try:
        under, over, cut = foresee_buffered(laid.job, powder, seed=laid.seed)
        risk = assess(over, outcomes, under=under)
    except RecladError as error:
        return Lever(name, change, None, Said("{reason}", {"reason": str(error)}))
    takes = Said(
        "a second powder with its feeder curve, a second program, and the buffer measured before "
        "the overlay is planned"
    )
    if cut:
        takes = Said(
            "the zone turned down by {depth} for it; a second powder with its feeder curve, a "
            "second program, and the buffer measured before the overlay is planned",
            {"depth": format_quantity(cut, "mm", 3)},
        )
    return Lever(name, change, risk, takes)


def _after_coupon(laid: Laid, outcomes: Sequence[Outcome], say: Callable[[str], None]) -> Lever:
    """As it would stand if the coupon showed beads that keep every limit."""
    say("planning again as after a coupon")
    shown = show_coupon(laid)
    name, change = "coupon", Said("a coupon that shows the beads as planned")
    if shown.laid is None:
        return Lever(
            name,
            change,
            None,
            Said(
                "only {good} of {all} draws keep every limit: fit trials, or widen the limits, "
                "before a coupon of these settings",
                {"good": str(shown.rows.size), "all": str(shown.draws)},
            ),
        )
    takes = Said(
        "one coupon and its sections; that it shows this has a chance of {chance}, else fit it and "
        "plan again",
        {"chance": percent(shown.chance)},
    )
    return Lever(name, change, assess(shown.laid, outcomes), takes)
