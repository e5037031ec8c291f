"""Inter-pass temperature: against the moving fin, against a resolved wall, and its laws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reclad.heat import PowerLaw, Turns, bar, fin_rise, march_turns, tube
from reclad.heat import _kernels as kernels

# 42CrMo4-like constants: W/m/K, J/m3/K, m2/s
K, RHO_CP = 30.0, 7700.0 * 680.0
A = K / RHO_CP


def history(
    turns: int,
    duration: float,
    *,
    pitch: float = 2e-3,
    section: float = 8.7e-3,
    film_perimeter: float = 0.0,
    power: float = 800.0,
    length: float = 100.0,
    start: float = 50.0,
    rates: np.ndarray | None = None,
    weight: float = 0.0,
) -> np.ndarray:
    """Rise (K) met at each turn of a tube of constant properties, one draw."""
    axial = start + pitch * np.arange(turns)
    rise = np.empty((1, turns))
    kernels.turn_history(
        axial,
        duration * np.arange(turns),
        np.full(turns, duration),
        np.full(turns, power),
        np.zeros(1),
        np.zeros(1),
        0.0,
        np.ones(1),
        np.array([RHO_CP * section]),
        np.array([A]),
        np.array([film_perimeter / (RHO_CP * section)]),
        0.0,
        length,
        0.0,
        np.zeros(0) if rates is None else rates,
        weight,
        rise,
    )
    return rise[0]


def test_quick_turns_are_the_moving_fin(pipe_job) -> None:
    pipe = tube(0.1, 15e-3, 100.0, pipe_job.parent, 293.15, 293.15)
    speed, film = 3e-5, 25.0
    duration = 5.0
    rise = history(
        4000,
        duration,
        pitch=speed * duration,
        section=pipe.section,
        film_perimeter=film * pipe.perimeter,
    )
    # The sum leaves out the turn being laid; -zeta(1/2) of one turn's rise is the known remainder.
    one_turn = 800.0 * duration / (RHO_CP * pipe.section * np.sqrt(4 * np.pi * A * duration))
    expected = fin_rise(pipe, 800.0, speed, film, K, A) - 1.4603545 * one_turn
    assert rise[-1] == pytest.approx(expected, rel=2e-3)


@pytest.mark.slow
def test_the_sum_over_turns_is_what_a_resolved_wall_shows_ahead_of_the_head() -> None:
    # An unrolled thin wall, 1 mm cells, explicit; the head winds ten turns; the temperature is read
    # 18 mm ahead of it, before its own heat arrives.
    radius, wall, speed, pitch, power = 30e-3, 5e-3, 10e-3, 2e-3, 300.0
    around = 2 * np.pi * radius
    cells = round(around / 1e-3)
    dx = around / cells
    axial_cells = 130
    field = np.zeros((axial_cells, cells))
    dt = 0.2 * dx * dx / A
    ahead = round(18e-3 / dx)
    turns, seen = 10, []
    steps = int(turns * around / speed / dt)
    for step in range(steps):
        travelled = step * dt * speed
        turn = travelled / around
        x = (axial_cells // 2 - 10) + turn * pitch / dx
        at = travelled / dx
        row, column = int(x), int(at) % cells
        share_x, share_a = x - int(x), at - int(at)
        heat = power * dt / (RHO_CP * wall * dx * dx)
        for i, wx in ((row, 1 - share_x), (row + 1, share_x)):
            for j, wa in ((column, 1 - share_a), ((column + 1) % cells, share_a)):
                field[i, j] += heat * wx * wa
        if turn >= len(seen) + 0.5:  # half way round each turn
            col = (column + ahead) % cells
            forward = x + ahead * dx * pitch / around / dx
            low = int(forward)
            seen.append(
                field[low, col] * (1 - forward + low) + field[low + 1, col] * (forward - low)
            )
        spread = np.roll(field, 1, 1) + np.roll(field, -1, 1) - 4 * field
        spread[1:-1] += field[2:] + field[:-2]
        spread[0] += field[1] + field[0]
        spread[-1] += field[-2] + field[-1]
        field += A * dt / dx**2 * spread
    section = around * wall
    rise = history(turns, around / speed, pitch=pitch, section=section, power=power)
    # The wall beyond the head was last passed a full turn less 18 mm ago: allow for that.
    later = np.array(seen) * np.sqrt(1 - 18e-3 / around)
    assert later[3:] == pytest.approx(rise[3:], rel=0.04)


def test_heat_is_kept_where_nothing_is_lost() -> None:
    # Long after, in a closed short tube, the rise is the heat over the heat capacity.
    length, section = 0.5, 8.7e-3
    axial = np.array([0.2, 0.3, 0.25])
    arrival = np.array([0.0, 60.0, 15_000.0])
    rise = np.empty((1, 3))
    power = np.array([800.0, 800.0, 800.0])
    kernels.turn_history(
        axial, arrival, np.full(3, 60.0), power, np.zeros(1), np.zeros(1), 0.0, np.ones(1),
        np.array([RHO_CP * section]), np.array([A]), np.zeros(1), 0.0, length, 0.0, np.zeros(0),
        0.0, rise,
    )  # fmt: skip
    stored = 2 * 800.0 * 60.0 / (RHO_CP * section * length)
    assert rise[0, 2] == pytest.approx(stored, rel=0.02)


def test_an_end_warms_the_last_turns_as_a_mirror_would() -> None:
    free = history(100, 60.0, start=50.0)
    near_end = history(100, 60.0, start=0.0)
    assert near_end[0] == free[0] == 0.0
    assert np.all(near_end[1:] > free[1:])
    assert near_end[1] == pytest.approx(2 * free[1], rel=0.05)


@pytest.fixture(scope="module")
def march(pipe_job, pipe_draws):
    pipe = tube(0.1, 15e-3, 0.7, pipe_job.parent, 293.15, 293.15)
    turns = Turns(0.065 + 2e-3 * np.arange(120), 62.8 * np.arange(120.0), np.full(120, 62.8))
    absorbed = np.full(len(pipe_draws), 0.36)

    def run(law, **changed):
        return march_turns(
            replace(pipe, **changed),
            turns,
            absorbed,
            pipe_draws,
            law,
        )

    return run


def test_more_power_is_hotter_for_every_draw(march) -> None:
    low, high = march(1500.0), march(2000.0)
    assert np.all(high.interpass[:, 1:] > low.interpass[:, 1:])


def test_the_first_turn_meets_the_preheated_part(march) -> None:
    assert march(2000.0, preheat=523.15).interpass[:, 0] == pytest.approx(523.15)


def test_power_follows_the_law_at_the_median_temperature(march) -> None:
    law = PowerLaw(
        np.array([293.0, 393.0, 493.0, 700.0]), np.array([2200.0, 2100.0, 1950.0, 1700.0])
    )
    followed = march(law)
    middle = np.median(followed.interpass, axis=0)
    assert followed.power == pytest.approx(law.at(middle), rel=1e-9)
    assert np.all(followed.power[1:] < followed.power[0])
    constant = march(float(law.at(293.15)))
    assert np.median(followed.interpass[:, -1]) < np.median(constant.interpass[:, -1])


@pytest.mark.slow
def test_a_solid_bar_is_what_a_resolved_cylinder_shows(pipe_job) -> None:
    # Rings of heat laid one after another on a solid cylinder, resolved in radius and length
    # (explicit finite volumes, 1 mm), read at the surface where the next ring is about to be laid.
    radius, pitch, duration, energy = 15e-3, 2e-3, 9.0, 2000.0
    rings, dr = 12, 1e-3
    cells, along = round(radius / dr), 140
    r = (np.arange(cells) + 0.5) * dr
    faces = np.arange(1, cells) * dr
    volume = 2 * np.pi * r * dr * dr
    field = np.zeros((along, cells))
    dt = 0.2 * dr**2 / A
    seen, row = [], along // 2 - rings
    for ring in range(rings):
        seen.append(0.0 if ring == 0 else 1.5 * field[row, -1] - 0.5 * field[row, -2])
        field[row, -1] += energy / (RHO_CP * volume[-1])
        for _ in range(round(duration / dt)):
            radial = 2 * np.pi * faces * dr * np.diff(field, axis=1) / dr
            change = np.zeros_like(field)
            change[:, :-1] += radial
            change[:, 1:] -= radial
            lengthwise = 2 * np.pi * r * dr * np.diff(field, axis=0) / dr
            change[:-1] += lengthwise
            change[1:] -= lengthwise
            field += A * dt * change / volume
        row += 2
    solid = bar(radius, 100.0, pipe_job.parent, 293.15, 293.15)
    exact_duration = round(duration / dt) * dt
    rise = history(
        rings,
        exact_duration,
        pitch=pitch,
        section=solid.section,
        power=energy / exact_duration,
        rates=solid.rates,
        weight=solid.weight,
    )
    assert rise[1:] == pytest.approx(np.array(seen)[1:], rel=0.05)
