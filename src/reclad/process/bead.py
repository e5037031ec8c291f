"""From settings to the bead they lay: `predict`, over all draws and candidates at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.process import _bead_kernels as kernels
from reclad.process.metal import enthalpy_between, mean_properties, melting_point
from reclad.process.pool import load_pool_table
from reclad.side_by_side import side_by_side

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reclad.job import Material, Powder
    from reclad.process.beam import Beam
    from reclad.process.parameters import ModelParameters, ProcessParameters


_BREATH = 400  # beads


@dataclass(frozen=True)
class Substrate:
    """What the beam meets: parent metal, its thickness (m, None = thick), ambient (K)."""

    parent: Material
    wall: float | None
    ambient: float


@dataclass(frozen=True, eq=False)
class Bead:
    """Single cross-sections, each field (draws, candidates), SI.

    width, height, depth   m     bead width, height over and fused depth under the surface
    penetration            m     how far the pool's floor lies below the surface, under 0 above it
    area, melted           m2    clad and melted parent area
    dilution               -     melted / (clad + melted); 1 for a bare track that melts
    catchment              -     powder kept / powder fed
    toe_angle              rad   bead flank against the surface
    pool_length            m
    heat                   W     absorbed by the part, powder's share included
    reaching               -     share of the light that passes the powder stream
    grain_temperature      K     of the powder where it lands, at most its melting point
    keyhole_index          -     normalised enthalpy, King 2014; above about 6 no longer conduction
    """

    width: NDArray[np.float64]
    height: NDArray[np.float64]
    depth: NDArray[np.float64]
    penetration: NDArray[np.float64]
    area: NDArray[np.float64]
    melted: NDArray[np.float64]
    dilution: NDArray[np.float64]
    catchment: NDArray[np.float64]
    toe_angle: NDArray[np.float64]
    pool_length: NDArray[np.float64]
    heat: NDArray[np.float64]
    reaching: NDArray[np.float64]
    grain_temperature: NDArray[np.float64]
    keyhole_index: NDArray[np.float64]


def predict(
    settings: ProcessParameters,
    beam: Beam,
    substrate: Substrate,
    powder: Powder | None,
    clad: Material | None,
    draws: ModelParameters,
    *,
    paired: bool = False,
    exact: bool = True,
) -> Bead:
    """The beads `settings` lay, one cross-section per draw and candidate.

    powder, clad    feedstock and its alloy; None for bare melt tracks
    paired   setting i belongs to draw i alone: results are (draws, 1)
    exact    False lets the depth be 5 % of the wall off where the wall is nearly molten through, a
             hundred times faster there: for searching

    Draws that come from trials bring what the model gets wrong with them; it is applied here.
    Mass closes exactly: area x density x travel speed = catchment x feed rate. Holds for a pool in
    conduction mode on a surface flat at the scale of the pool; steady travel.
    Source: reference list keys picasso1994, huang2019, eagar1983. Checked: tests/process,
    tests/laws, validation in docs/validation.md.
    Raises ProcessError where the part is already as hot as its melting point.
    """
    if powder is None and np.any(settings.feed_rate > 0.0):
        raise ProcessError(
            f"feed_rate {settings.feed_rate.max():.3g} kg/s without a powder; name the powder or "
            "feed none"
        )
    columns = draws.as_columns()
    if paired and len(settings) != len(draws):
        raise ProcessError(
            f"{len(settings)} settings cannot be paired with {len(draws)} draws; give one per draw"
        )
    metal = _metal_columns(settings, substrate, powder, clad)
    if np.any(metal[:, kernels.T_MELT] - settings.interpass < 50.0):
        raise ProcessError(
            f"interpass {settings.interpass.max():.0f} K is within 50 K of the melting point "
            f"{metal[0, kernels.T_MELT]:.0f} K of {substrate.parent.name}; wait for it to cool"
        )
    table = load_pool_table(beam.shape)
    rows = np.column_stack(
        [
            settings.power,
            settings.travel_speed,
            settings.feed_rate,
            settings.stand_off,
            settings.interpass,
            np.full(len(settings), substrate.ambient),
        ]
    )
    out = np.empty((len(draws), 1 if paired else len(settings), kernels.RESULTS))

    def solve(some: slice) -> None:
        kernels.solve_beads(
            rows[some] if paired else rows,
            metal[some] if paired else metal,
            columns[some],
            beam.radius,
            beam.rings,
            table.axes,
            table.hot,
            table.shape,
            table.kernels,
            paired,
            exact,
            out[some],
        )

    # Compiled code hears no Ctrl-C: come up for air every few hundred beads.
    step = max(1, _BREATH // out.shape[1])
    side_by_side(solve, [slice(first, first + step) for first in range(0, len(draws), step)])
    if np.abs(out[..., kernels.LEFT]).max() > 1e-6:
        raise ProcessError("the pool and the powder stream found no common bead; report the job")
    grain = np.minimum(out[..., kernels.T_GRAIN], melting_point(clad or substrate.parent))
    bead = Bead(
        width=out[..., kernels.WIDTH],
        height=out[..., kernels.HEIGHT],
        depth=out[..., kernels.DEPTH],
        penetration=out[..., kernels.FLOOR],
        area=out[..., kernels.AREA],
        melted=out[..., kernels.MELTED],
        dilution=out[..., kernels.DILUTION],
        catchment=out[..., kernels.CATCH],
        toe_angle=out[..., kernels.TOE],
        pool_length=out[..., kernels.LENGTH],
        heat=out[..., kernels.ABSORBED],
        reaching=out[..., kernels.THROUGH],
        grain_temperature=grain,
        keyhole_index=out[..., kernels.KEYHOLE],
    )
    if draws.discrepancy is None:
        return bead
    factors = draws.discrepancy.factors(settings, beam, paired=paired)
    deeper = draws.discrepancy.deepening(bead.keyhole_index)
    return _corrected(bead, factors, deeper)


def _corrected(bead: Bead, factors: NDArray[np.float64], deeper: NDArray[np.float64]) -> Bead:
    """The bead as the trials say that it differs, factors (draws, candidates, 5), and as vapour
    deepens it (draws, candidates): mass still closes."""
    wide, high, deep, mixed, caught = np.moveaxis(factors, -1, 0)
    deep, mixed = deep * deeper, mixed * deeper
    catchment = np.minimum(bead.catchment * caught, 1.0)
    kept = np.divide(catchment, bead.catchment, out=np.ones_like(caught), where=bead.catchment > 0)
    area = bead.area * kept
    melted = bead.melted * np.where(bead.area > 0.0, mixed * kept, wide * deep)
    both = melted + area
    width, height = bead.width * wide, bead.height * high
    return replace(
        bead,
        width=width,
        height=height,
        depth=bead.depth * deep,
        area=area,
        melted=melted,
        dilution=np.divide(melted, both, out=np.zeros_like(both), where=both > 0.0),
        catchment=catchment,
        toe_angle=np.arctan2(4.0 * height, np.maximum(width, 1e-12)) * (width > 0.0),
    )


def _metal_columns(
    settings: ProcessParameters,
    substrate: Substrate,
    powder: Powder | None,
    clad: Material | None,
) -> NDArray[np.float64]:
    """The kernel's metal table, (candidates, 10)."""
    parent = mean_properties(substrate.parent, settings.interpass)
    clad = clad or substrate.parent
    melting = melting_point(clad)
    warming = enthalpy_between(clad, substrate.ambient, melting)
    latent = clad.latent_heat.value
    metal = np.empty((len(settings), 10))
    metal[:, kernels.K] = parent.conductivity
    metal[:, kernels.CP] = parent.specific_heat
    metal[:, kernels.RHO] = parent.density
    metal[:, kernels.T_MELT] = parent.melting
    metal[:, kernels.RHO_CLAD] = clad.density.value
    metal[:, kernels.DH_CLAD] = warming + latent
    metal[:, kernels.CP_GRAIN] = warming / (melting - substrate.ambient)
    metal[:, kernels.RADIUS_GRAIN] = powder.particle_radius.value if powder else np.nan
    metal[:, kernels.WALL] = substrate.wall or 0.0
    metal[:, kernels.LATENT] = parent.latent
    return metal
