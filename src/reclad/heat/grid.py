"""The part in cells: slices along it, rows into it, cells around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reclad.errors import ProcessError
from reclad.heat import _cell_kernels as kernels
from reclad.heat._cell_kernels import Cells, Grid, Skin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_NARROWEST = 0.6  # of the wanted arc: rows nearer the axis have half as many cells
_STABLE = 0.95  # of the explicit limit


@dataclass(frozen=True, eq=False)
class Mesh:
    """A body in cells, ready to march: `cells` at rest, `skin` (copied for each march: it grows),
    `grid` places. rows (rows + 1,) m edges from the inside out; width: floats in a slice."""

    cells: Cells
    skin: Skin
    grid: Grid
    rows: Floats
    width: int

    @property
    def flat(self) -> bool:
        return bool(self.skin.flat)

    @property
    def count(self) -> int:
        """Cells that hold metal."""
        return int(sum(self.cells.around[: top + 1].sum() for top in self.cells.top))

    def fresh_skin(self) -> Skin:
        """The skin before anything is laid, to grow on."""
        return self.skin._replace(
            **{
                name: getattr(self.skin, name).copy()
                for name in ("thick", "inverse", "beside", "inward", "along")
            }
        )

    def longest_step(self, diffusivity: float) -> float:
        """Longest stable explicit time step (s) at the metal's largest diffusivity (m2/s)."""
        cells, skin = self.cells, self.skin
        worst = 0.0
        for z, top in enumerate(cells.top):
            for r in range(top):
                finer = cells.around[r + 1] // cells.around[r]
                inward = cells.outward[z, r - 1] if r else 0.0
                up = cells.outward[z, r] if r + 1 < top else skin.inward[z, 1]
                total = 2.0 * cells.beside[z, r] + inward + finer * up
                total += cells.along[z, r] + cells.along[z + 1, r]
                worst = max(worst, total * cells.inverse[z, r])
            total = 2.0 * skin.beside[z, 1] + skin.inward[z, 1]
            total += skin.along[z, 1] + skin.along[z + 1, 1]
            worst = max(worst, total * skin.inverse[z, 1])
        return _STABLE / (worst * diffusivity)


def mesh_round(
    axial: Floats, radius: Floats, bore: float, rows: Floats, around: int, closed: float = 0.0
) -> Mesh:
    """A pipe or shaft.

    axial  (slices + 1,) m edges; radius (slices,) m of each slice's surface, steps and shoulders
    included; bore m (0: solid); rows (rows + 1,) m edges from `bore` out past the largest radius
    or up to it; around: cells in a whole turn of the outermost row.
    closed  rad covered by `around` cells when it is only a sector with insulated sides (0: all
            round)
    Towards the axis rows have 1/2, 1/4 ... of the cells, as long as `around` divides.
    """
    turn = closed or 2.0 * np.pi
    middle = 0.5 * (rows[1:] + rows[:-1])
    halved = _halvings(middle, around)
    counts = around // 2**halved
    step = turn / counts
    width = np.diff(axial)
    gap = _gaps(axial)
    top = np.array([_top_row(rows, r) for r in radius])
    volume = step * middle * np.diff(rows)
    face = step * middle * np.diff(rows)
    return _assemble(
        counts, top, width, gap, rows, radius,
        inverse=1.0 / (width[:, None] * volume[None, :]),
        beside=width[:, None] * (np.diff(rows) / (step * middle))[None, :],
        outward=width[:, None] * np.append(step[1:] * rows[1:-1] / np.diff(middle), 0.0)[None, :],
        face=face, axial=axial, step=step, closed=closed == 0.0, flat=False,
        inner_face=width * step[0] * bore,
    )  # fmt: skip


def mesh_flat(axial: Floats, surface: Floats, rows: Floats, step: float, around: int) -> Mesh:
    """A plate or a block: slices across the tracks, `around` cells of `step` m along them.

    axial (slices + 1,) m; surface (slices,) m height of each slice; rows (rows + 1,) m edges from
    the underside up.
    """
    thick = np.diff(rows)
    middle = 0.5 * (rows[1:] + rows[:-1])
    width = np.diff(axial)
    counts = np.full(thick.size, around)
    return _assemble(
        counts, np.array([_top_row(rows, r) for r in surface]), width, _gaps(axial), rows, surface,
        inverse=1.0 / (step * width[:, None] * thick[None, :]),
        beside=width[:, None] * thick[None, :] / step,
        outward=step * width[:, None] / np.append(np.diff(middle), np.inf)[None, :],
        face=step * thick, axial=axial, step=np.full(thick.size, step), closed=False, flat=True,
        inner_face=width * step,
    )  # fmt: skip


def _assemble(
    counts: NDArray[np.int64],
    top: NDArray[np.int64],
    width: Floats,
    gap: Floats,
    rows: Floats,
    surface: Floats,
    *,
    inverse: Floats,
    beside: Floats,
    outward: Floats,
    face: Floats,
    axial: Floats,
    step: Floats,
    closed: bool,
    flat: bool,
    inner_face: Floats,
) -> Mesh:
    """Cells and skin from conductances per row (those of the skin rows are shaped anew)."""
    slices, last = top.size, counts.size
    first = np.concatenate(([1], 1 + np.cumsum(counts + 2)[:-1])).astype(np.int64)
    row = np.arange(last)
    held = row[None, :] <= top[:, None]
    along = np.zeros((slices + 1, last))
    both = held[1:] & held[:-1]
    along[1:-1] = np.where(both, face[None, :] / gap[1:-1, None], 0.0)
    bare = np.where(held, face[None, :], 0.0)
    outside = np.zeros((slices, last))
    outside[0] += bare[0]
    outside[-1] += bare[-1]
    outside[1:] += np.where(held[1:] & ~held[:-1], face[None, :], 0.0)
    outside[:-1] += np.where(held[:-1] & ~held[1:], face[None, :], 0.0)
    cells = Cells(
        first=first,
        around=counts.astype(np.int64),
        closed=int(closed),
        top=top,
        inverse=inverse,
        beside=beside,
        outward=outward,
        along=along,
        bare=outside,
        bore=inner_face,
    )
    cells_around = int(counts.max())
    fixed = np.concatenate(([1], (np.diff(top) != 0).astype(np.int64), [1]))
    lower = np.where(top > 0, rows[1:][np.maximum(top - 1, 0)] - rows[np.maximum(top - 1, 0)], 0.0)
    shape = (slices, cells_around + 2)
    skin = Skin(
        thick=np.repeat((surface - rows[top])[:, None], cells_around + 2, axis=1),
        inverse=np.ones(shape),
        beside=np.zeros(shape),
        inward=np.zeros(shape),
        along=np.repeat(
            np.concatenate(([0.0], _at_steps(along, top), [0.0, 0.0]))[:, None],
            cells_around + 2,
            axis=1,
        ),
        fixed=fixed,
        inner=np.zeros(slices) if flat else rows[top],
        below=lower,
        around=step[top],
        axial=width,
        gap=gap,
        flat=int(flat),
    )
    if np.any(skin.thick <= 0.0):
        raise ProcessError("the part's surface lies below its first row of cells; check its sizes")
    kernels.shape_all(cells, skin)
    return Mesh(cells, skin, Grid(axial, step[top]), rows, int(first[-1] + counts[-1] + 1))


def _at_steps(along: Floats, top: NDArray[np.int64]) -> Floats:
    """Conductance of each inner slice face at the lower of the two surfaces beside it."""
    lower = np.minimum(top[1:], top[:-1])
    return np.asarray(along[1:-1][np.arange(lower.size), lower])


def _top_row(rows: Floats, surface: float) -> int:
    """The row that ends nearest the surface: its cells are stretched or cut to reach it, never to
    less than half a row."""
    return int(np.abs(rows[1:] - surface).argmin())


def _gaps(axial: Floats) -> Floats:
    """Distances between slice centres, (slices + 1,), ends included."""
    centre = 0.5 * (axial[1:] + axial[:-1])
    return np.concatenate(([centre[0] - axial[0]], np.diff(centre), [axial[-1] - centre[-1]]))


def _halvings(middle: Floats, around: int) -> NDArray[np.int64]:
    """How often each row's cell count is halved, so that arcs stay near those of the surface."""
    halved = np.zeros(middle.size, dtype=np.int64)
    # Fewer than four cells round the axis would not let heat pass across it.
    most = min(int(np.log2(around & -around)), max(0, int(np.log2(around / 4.0))))
    for r in range(middle.size - 2, -1, -1):
        wish = int(np.ceil(np.log2(max(_NARROWEST * middle[-1] / middle[r], 1.0)) - 1e-9))
        halved[r] = min(wish, halved[r + 1] + 1, most)
    return halved
