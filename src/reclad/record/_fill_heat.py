"""The report's views of the whole repair's heat, filled from thermal histories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from reclad.errors import RecladError
from reclad.record._heat_views import (
    CourseView,
    InnerView,
    LedgerView,
    PointsView,
    SurfaceView,
    WholeHeatView,
)
from reclad.record.words import Words, say, say_if_known

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.heat.history import Along, Field, Ledger, Probes, ThermalHistory
    from reclad.plan import Plan

    Floats = NDArray[np.float64]

_STRETCHES = 300  # more than a figure shows
_FEW = 30  # turns: fewer give no curve
_SPENT = (
    ("stored", "stored in the part"),
    ("convection", "lost to the air"),
    ("radiation", "lost by radiation"),
    ("jet", "lost to the nozzle’s gas"),
    ("bore", "lost inside the bore"),
    ("contacts", "lost into the clamping"),
)


def fill_plan_heat(plan: Plan) -> WholeHeatView:
    """The heat of a plan's whole repair, and of the same at constant power."""
    return fill_whole_heat(plan.heat, plan.heat_constant, plan.job.part.shape)


def fill_whole_heat(
    following: ThermalHistory,
    constant: ThermalHistory | None,
    shape: Literal["pipe", "shaft", "plate"],
) -> WholeHeatView:
    """The views of a repair whose power follows the part and of the same at constant power."""
    return WholeHeatView(
        shape=shape,
        following=_course(following.along),
        constant=None if constant is None else _course(constant.along),
        surface=_surface(following.field, following.along),
        inner=InnerView(following.bore, None if constant is None else constant.bore),
        points=_points(following.probes, float(following.along.time[-1])),
        ledger=_ledger(following.ledger, shape),
    )


def _course(along: Along) -> CourseView:
    """The stations gathered into stretches, those without a melt pool left out."""
    columns = (along.interpass, along.power, along.width, along.depth)
    kept = np.asarray(np.isfinite(np.stack((along.time, *columns))).all(axis=0))
    if not kept.any():
        raise RecladError(
            "no station of the thermal history has a temperature, a power and a melt pool - the "
            "figure along the repair needs one - simulate the repair again"
        )
    first = _stretches(along, kept)

    def gather(values: Floats) -> Floats:
        parts = np.split(values[kept], first[1:])
        return np.array([np.quantile(part, (0.0, 0.5, 1.0)) for part in parts]).T

    return CourseView(gather(along.time)[1], *(gather(column) for column in columns))


def _stretches(along: Along, kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Where stretches begin among the kept stations: whole turns, so that what comes and goes with
    each turn is the band and not the line; equal shares of a repair of few turns."""
    count = int(kept.sum())
    turn = np.stack((along.layer[kept], along.turn[kept]))
    begins = np.flatnonzero(np.append(True, (np.diff(turn) != 0).any(axis=0)))
    if begins.size < _FEW:
        begins = np.arange(count)
    return np.asarray(begins[:: -(-begins.size // _STRETCHES)], dtype=np.int64)


def _surface(field: Field, along: Along) -> SurfaceView:
    """The outermost metal, at the start, half way, at the end of cladding, and last of all."""
    end = float(along.time[-1])
    wanted = (
        (say("Cold start"), float(field.time[0])),
        (say("Half way"), 0.5 * (end + float(along.time[0]))),
        (say("End of cladding"), end),
        (say("Cooling"), float(field.time[-1])),
    )
    moments: dict[int, Words] = {}
    for name, time in wanted:
        moments.setdefault(int(np.abs(field.time - time).argmin()), name)
    flat = field.form == "flat"
    at = list(moments)
    skin = np.array([_skin(field.temperature[i]) for i in at])  # (moments, axial, around)
    axial, angle = field.axial_edges, field.angle_edges
    middles = ((axial[1:] + axial[:-1]) / 2, (angle[1:] + angle[:-1]) / 2)
    ends = [(float(e[0]), float(e[-1])) for e in (axial, angle)]
    beams = tuple(_beam(float(field.time[i]), field, along) for i in at)
    if flat:
        return SurfaceView(tuple(moments.values()), field.time[at], middles[1], middles[0],
                           (*ends[1], *ends[0]), skin, beams)  # fmt: skip
    return SurfaceView(tuple(moments.values()), field.time[at], *middles, (*ends[0], *ends[1]),
                       skin.transpose(0, 2, 1), beams)  # fmt: skip


def _skin(kelvin: NDArray[np.float32]) -> Floats:
    """Temperature (axial, around) of the outermost cell that holds metal, nan where none does."""
    metal = np.isfinite(kelvin)
    row = kelvin.shape[1] - 1 - metal[:, ::-1].argmax(axis=1)
    skin = np.take_along_axis(kelvin, row[:, None], axis=1)[:, 0]
    return skin.astype(np.float64)


def _beam(time: float, field: Field, along: Along) -> tuple[float, float] | None:
    """Where the beam is on the surface laid flat; None while it is off."""
    if not along.time[0] <= time <= along.time[-1]:
        return None
    axial, angle, across = (
        float(np.interp(time, along.time, column))
        for column in (along.axial, along.angle, along.across)
    )
    if field.form == "flat":
        return axial, across
    first = float(field.angle_edges[0])
    return axial, first + (angle - first) % (2 * np.pi)


def _points(probes: Probes, end: float) -> PointsView | None:
    """The named points, thinned to what a figure shows; every peak and trough is kept."""
    known = np.isfinite(probes.temperature).all(axis=0)
    time, kelvin = probes.time[known], probes.temperature[:, known]
    if not probes.names or time.size < 2:
        return None
    kept = {0, time.size - 1}
    for part in np.array_split(np.arange(time.size), min(_STRETCHES, time.size)):
        for row in kelvin[:, part]:
            kept |= {int(part[row.argmin()]), int(part[row.argmax()])}
    at = sorted(kept)
    return PointsView(
        tuple(say_if_known(name) for name in probes.names), time[at], kelvin[:, at], end
    )


def _ledger(ledger: Ledger, shape: str) -> LedgerView:
    spent = tuple(
        (say(name), float(getattr(ledger, key)))
        for key, name in _SPENT
        if key != "bore" or shape == "pipe" or ledger.bore
    )
    return LedgerView(ledger.absorbed, spent, ledger.gap)
