"""Invented thermal histories, for tests only: a pipe, a solid shaft, a plate; made-up numbers."""

from __future__ import annotations

import numpy as np

from reclad.heat.history import Along, Field, Ledger, Probes, ThermalHistory

START, PITCH, TURN_TIME = 65e-3, 4e-3, 63.0  # m, m, s
ROOM = 293.15  # K
LENGTH = 0.7  # m


def fake_history(
    shape: str = "pipe", *, follows: bool = True, turns: int = 142, blocks: int = 24
) -> ThermalHistory:
    """A repair whose part warms up; where the power follows, it warms less and the pool stays."""
    along = fake_along(shape, follows=follows, turns=turns, blocks=blocks)
    end = float(along.time[-1])
    turn_time = TURN_TIME * np.arange(1.0, turns + 1)
    rise = (120.0 if follows else 165.0) * (1 - np.exp(-turn_time / 3000.0))
    return ThermalHistory(
        along=along,
        turn_time=turn_time,
        bore=ROOM + rise * (0.55 if shape == "shaft" else 0.9),
        probes=fake_probes(end, turns),
        field=fake_field(shape, end, turns),
        ledger=Ledger(absorbed=1.24e7, stored=6.1e6, convection=2.6e6, radiation=1.5e6, jet=0.9e6,
                      bore=0.7e6, contacts=0.59e6),
    )  # fmt: skip


def fake_along(shape: str, *, follows: bool, turns: int, blocks: int) -> Along:
    n = turns * blocks
    part = np.arange(n) / blocks
    time = 12.0 + TURN_TIME * part
    rise = (128.0 if follows else 171.0) * (1 - np.exp(-TURN_TIME * part / 3000.0))
    wobble = 5.0 * np.sin(2 * np.pi * part)
    power = np.full(n, 1950.0)
    if follows:
        power -= 310.0 * (1 - np.exp(-TURN_TIME * part / 3000.0))
    grown = np.zeros(n) if follows else 0.3 * (1 - np.exp(-TURN_TIME * part / 3000.0))
    place = START + PITCH * part
    flat = shape == "plate"
    hot = np.where(rise > 100.0, np.nan, 4.1)
    return Along(
        time=time,
        axial=0.1 + 0.4 * np.abs(1 - 2 * (part % 1)) if flat else place,
        angle=np.zeros(n) if flat else 2 * np.pi * part,
        across=place if flat else np.zeros(n),
        layer=np.ones(n, dtype=np.int32),
        turn=(1 + part.astype(np.int32)),
        power=power,
        interpass=ROOM + rise + wobble,
        width=3.1e-3 * (1 + 0.5 * grown) + 2e-8 * wobble,
        depth=0.42e-3 * (1 + 1.5 * grown) + 1e-6 * wobble,
        length=4.4e-3 * (1 + grown),
        gradient=np.full(n, 4.1e5),
        growth=np.full(n, 9.1e-3),
        cooling=np.full(n, 3.7e3),
        t85=hot,
        solidus=0.45e-3 + 0.0 * part,
        ac3=0.9e-3 + 0.0 * part,
        ac1=1.1e-3 + 0.0 * part,
    )


def fake_probes(end: float, turns: int) -> Probes:
    """Three points of the surface and one inside; each is hottest when the beam passes."""
    time = np.unique(np.concatenate([np.linspace(0.0, end, 900), np.linspace(end, 1.8 * end, 90)]))
    places = START + PITCH * turns * np.array([0.1, 0.5, 0.9, 0.5])
    inside = np.array([0, 0, 0, 1])
    rows = []
    for place, deep in zip(places, inside, strict=True):
        passed = (place - START) / PITCH * TURN_TIME
        since = time - passed
        near = np.where(since < 0, np.exp(since / 700.0), 1 / (1 + np.abs(since) / 900.0))
        peak = np.exp(-((since / 160.0) ** 2)) * (1 - deep)
        rows.append(ROOM + 150.0 * near * (1 - 0.1 * deep) + 190.0 * peak)
    names = (
        "start of the clad, surface",
        "middle of the clad, surface",
        "end of the clad, surface",
        "middle of the clad, bore",
    )
    return Probes(names, places, np.zeros(4), np.where(inside, 84e-3, 99e-3), time, np.array(rows))


def fake_field(shape: str, end: float, turns: int) -> Field:
    """Six moments from cold to cooling; worn in the middle, so that the top row lacks metal there
    (and at one end altogether, where a shaft is thinner)."""
    flat = shape == "plate"
    slices, rows, around = 56, 4, 24
    inner = {"pipe": 85e-3, "shaft": 0.0, "plate": 0.0}[shape]
    outer = 20e-3 if flat else 100e-3
    axial = np.linspace(0.0, LENGTH, slices + 1)
    angle = np.linspace(0.0, 0.5 if flat else 2 * np.pi, around + 1)
    radius = np.linspace(inner, outer, rows + 1)
    middle = (axial[1:] + axial[:-1]) / 2
    surface = outer - 0.3e-3 - 0.5e-3 * np.sin(np.pi * middle / LENGTH)
    time = np.array([0.0, 0.25 * end, 0.5 * end, end, 1.3 * end, 1.9 * end])
    x, a = np.meshgrid(middle, (angle[1:] + angle[:-1]) / 2, indexing="ij")
    values = np.empty((time.size, slices, rows, around), dtype=np.float32)
    for i, t in enumerate(time):
        passed = np.clip((t - 12.0) / TURN_TIME, 0.0, turns)
        at = START + PITCH * passed
        turned = (abs(1 - 2 * (passed % 1)) * 0.8 + 0.2 if flat else passed % 1) * angle[-1]
        gone = max(t - end, 0.0) / end
        warm = 150.0 * (1 - np.exp(-t / 3000.0)) / (1 + 3.0 * gone)
        reach = 0.15 * (1 + 2 * gone)
        behind = np.exp(-(((x - at) / np.where(x < at, 2.2, 0.7) / reach) ** 2))
        off = (a - turned + angle[-1] / 2) % angle[-1] - angle[-1] / 2
        spot = 110.0 * np.exp(-(((x - at) / 0.02) ** 2) - (off / angle[-1] * 9) ** 2)
        lit = 0.0 < t <= end
        for row in range(rows):
            share = (row + 1) / rows
            values[i, :, row] = ROOM + warm * behind * (0.85 + 0.15 * share) + lit * spot * share**3
    if shape == "shaft":
        values[:, :6, -1] = np.nan
        surface[:6] = radius[-2]
    return Field("flat" if flat else "round", time, axial, angle, radius, surface, values)
