"""Bodies, metals and walks for the tests of the heat solver: constant properties, few cells."""

from __future__ import annotations

import numpy as np

from reclad.heat._cell_kernels import Metal
from reclad.heat.enthalpy import tabulate
from reclad.heat.grid import Mesh
from reclad.heat.solution import Walk

# A steel of constant properties: W/m/K, kg/m3, J/kg/K, m2/s
K, RHO, CP = 30.0, 7700.0, 680.0
CAPACITY = RHO * CP
A = K / CAPACITY
AMBIENT = 300.0
SPOT = np.array([[1.0, 0.0, 0.0, 1e-3]])


def plain_metal(k: float = K, cp: float = CP, ambient: float = AMBIENT) -> Metal:
    """Constant conductivity k (W/m/K) and specific heat cp (J/kg/K), nothing melts."""
    ends = np.array([200.0, 3000.0])
    return tabulate(ends, np.full(2, k), ends, np.full(2, cp), RHO, ambient)


def stand(seconds: float, **changed) -> Walk:
    """A head that stays at the start of the part, beam off."""
    nodes = {
        "time": np.array([0.0, seconds]),
        "axial": np.zeros(2),
        "turned": np.zeros(2),
        "radius": np.ones(2),
        "lit": np.array([False]),
        "power": np.zeros(1),
        "clad": np.zeros(1),
        "share": 1.0,
        "spot": SPOT,
    }
    return Walk(**(nodes | changed))


def helix(
    seconds: float,
    axial: tuple[float, float],
    turned: tuple[float, float],
    *,
    radius: float = 1.0,
    power: float = 500.0,
    clad: float = 0.0,
    blocks: int = 8,
    **changed,
) -> Walk:
    """A lit head that moves evenly from one place to another, in so many blocks."""
    nodes = {
        "time": np.linspace(0.0, seconds, blocks + 1),
        "axial": np.linspace(*axial, blocks + 1),
        "turned": np.linspace(*turned, blocks + 1),
        "radius": np.full(blocks + 1, radius),
        "lit": np.ones(blocks, dtype=np.bool_),
        "power": np.full(blocks, power),
        "clad": np.full(blocks, clad),
        "share": 0.4,
        "spot": SPOT,
        "ahead": 5e-3,
    }
    return Walk(**(nodes | changed))


def without_bare_faces(mesh: Mesh) -> Mesh:
    """The same body with nothing lost through ends and shoulders."""
    cells = mesh.cells._replace(bare=np.zeros_like(mesh.cells.bare))
    return Mesh(cells, mesh.skin, mesh.grid, mesh.rows, mesh.width)


def volumes(mesh: Mesh, thick: np.ndarray | None = None) -> np.ndarray:
    """Volume (slices, width) m3 of every cell, 0 where no metal is; thick (slices, cells) m of the
    outermost cells, as a solution leaves them."""
    cells, skin = mesh.cells, mesh.skin
    out = np.zeros((cells.top.size, mesh.width))
    for z, top in enumerate(cells.top):
        for r in range(top):
            first, n = cells.first[r], cells.around[r]
            out[z, first : first + n] = 1.0 / cells.inverse[z, r]
        first, n = cells.first[top], cells.around[top]
        t = skin.thick[z, 1 : n + 1] if thick is None else thick[z, :n]
        inner = 1.0 if mesh.flat else skin.inner[z] + 0.5 * t
        out[z, first : first + n] = skin.around[z] * skin.axial[z] * inner * t
    return out


def row_of(mesh: Mesh, field: np.ndarray, row: int) -> np.ndarray:
    """One row (..., slices, cells) of a field (..., slices, width)."""
    first = mesh.cells.first[row]
    return field[..., first : first + mesh.cells.around[row]]
