"""The VTK library, which ParaView is built on, opens the kept heat and sees the same part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fake_heat import fake_history
from reclad.heat.history import Field
from reclad.record.thermal import write_history

SHAPES = ("pipe", "shaft", "plate")


@pytest.fixture(scope="module", params=SHAPES)
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The field as it was, and VTK's reader on the file."""
    reading = pytest.importorskip("vtkmodules.vtkIOHDF", reason="NOT RUN: vtk is missing")
    history = fake_history(request.param, turns=20)
    path = tmp_path_factory.mktemp("heat") / "heat.vtkhdf"
    write_history(history, path)
    reader = reading.vtkHDFReader()
    assert reader.CanReadFile(str(path))
    reader.SetFileName(str(path))
    reader.UpdateInformation()
    return history.field, reader


def grid_at(reader: Any, time: float) -> tuple[np.ndarray, np.ndarray, Any]:
    """Corners (cells, 8, 3) m, temperature (cells,) K, and the grid itself at a time."""
    from vtkmodules.util.numpy_support import vtk_to_numpy

    reader.UpdateTimeStep(time)
    grid = reader.GetOutput()
    points = vtk_to_numpy(grid.GetPoints().GetData())
    numbers = vtk_to_numpy(grid.GetCells().GetConnectivityArray()).reshape(-1, 8)
    return points[numbers], vtk_to_numpy(grid.GetCellData().GetArray("temperature")), grid


def test_it_has_the_times_and_a_hexahedron_for_each_cell_of_metal(opened: Any) -> None:
    from vtkmodules.vtkCommonExecutionModel import vtkStreamingDemandDrivenPipeline as Pipeline

    field, reader = opened
    assert reader.GetOutputInformation(0).Get(Pipeline.TIME_STEPS()) == tuple(field.time)
    corners, _, grid = grid_at(reader, float(field.time[0]))
    assert len(corners) == np.isfinite(field.temperature[0]).sum()
    assert {grid.GetCellType(i) for i in range(0, len(corners), 97)} == {12}


def test_it_reaches_from_end_to_end_and_out_to_the_surface(opened: Any) -> None:
    field, reader = opened
    low_x, high_x, low_y, high_y, low_z, high_z = grid_at(reader, 0.0)[2].GetBounds()
    if field.form == "flat":
        wanted = (field.angle_edges[0], field.angle_edges[-1], field.axial_edges[0],
                  field.axial_edges[-1], field.radius_edges[0], field.surface.max())  # fmt: skip
    else:
        out = field.surface.max()
        wanted = (field.axial_edges[0], field.axial_edges[-1], -out, out, -out, out)
    assert (low_x, high_x, low_y, high_y, low_z, high_z) == pytest.approx(wanted, abs=1e-9)


def cell_of(field: Field, middle: np.ndarray) -> tuple[np.ndarray, ...]:
    """Which slice, row and angle holds each point (points, 3), from its place in space alone."""
    x, y, z = middle.T
    if field.form == "flat":
        axial, angle, radius = y, x, z
    else:
        axial, angle, radius = x, np.arctan2(y, z) % (2 * np.pi), np.hypot(y, z)
    edges = ((axial, field.axial_edges), (radius, field.radius_edges), (angle, field.angle_edges))
    return tuple(np.searchsorted(e, values) - 1 for values, e in edges)


def test_each_cell_has_the_temperature_of_its_place_at_each_time(opened: Any) -> None:
    field, reader = opened
    for i, time in enumerate(field.time):
        corners, kelvin, _ = grid_at(reader, float(time))
        inside = field.temperature[i][cell_of(field, corners.mean(axis=1))]
        np.testing.assert_array_equal(kelvin, inside)
    assert np.ptp(kelvin) > 1.0


def test_its_cells_fill_the_part(opened: Any) -> None:
    from vtkmodules.util.numpy_support import vtk_to_numpy

    sizing = pytest.importorskip("vtkmodules.vtkFiltersVerdict").vtkCellSizeFilter()
    field, reader = opened
    sizing.SetInputData(grid_at(reader, 0.0)[2])
    sizing.Update()
    volume = vtk_to_numpy(sizing.GetOutput().GetCellData().GetArray("Volume"))
    long, wide = np.diff(field.axial_edges), np.diff(field.angle_edges)
    if field.form == "flat":
        whole = (long * field.surface).sum() * wide.sum()
    else:
        # Faces are flat: a sector is the triangle between its chords.
        sector = np.sin(wide).sum() / 2
        whole = (long * (field.surface**2 - field.radius_edges[0] ** 2)).sum() * sector
    assert volume.min() > 0.0  # no cell is inside out
    assert volume.sum() == pytest.approx(whole, rel=1e-6)
