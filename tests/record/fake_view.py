"""Invented jobs, for tests only: the reference pipe, a bearing seat, a plate; made-up numbers."""

from __future__ import annotations

import dataclasses

import numpy as np

from reclad.record import (
    ZERO_LINES,
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
    Words,
    say,
)
from reclad.record.words import PLATE_ZERO_LINES

GRAM_PER_MIN = 1 / 6e4


def fake_backplot(turns: int = 285, blocks_per_turn: int = 126) -> BackplotView:
    """One helix with unlit lead-in and lead-out, and the rapids around it."""
    pitch, start, stand_off = 2e-3, 65e-3, 13e-3
    steps = np.arange(-6, turns * blocks_per_turn + 7) / blocks_per_turn
    lead = (steps[:-1] < 0) | (steps[:-1] >= turns)
    helix_x = start + pitch * steps
    surface = 99.2e-3 + 0.3e-3 * np.sin(9 * helix_x)
    x = np.concatenate([[0.0, helix_x[0]], helix_x, [helix_x[-1]]])
    z = np.concatenate([[0.3, 0.3], surface + stand_off, [0.3]])
    a = np.concatenate([[0.0, 2 * np.pi * steps[0]], 2 * np.pi * steps, [2 * np.pi * steps[-1]]])
    falling = 1640 + 310 * np.exp(-np.arange(lead.size) / 9000)
    power = np.concatenate([[0.0, 0.0], np.where(lead, 0.0, falling), [0.0]])
    rapid = np.zeros(power.size, dtype=bool)
    rapid[[0, 1, -1]] = True
    layer = np.ones(power.size, dtype=np.int64)
    return BackplotView(x, np.zeros_like(x), z, a, power, rapid, layer, stand_off)


def fake_window() -> WindowView:
    power = np.linspace(1200, 2800, 25)
    feed = np.linspace(8, 28, 21) * GRAM_PER_MIN
    p, f = np.meshgrid(power, feed * 6e4)

    def chance(x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))

    limits = (
        (say("Dilution"), chance((2150 + 12 * (f - 17) - p) / 140)),
        (say("Fusion to the parent metal"), chance((p - 1350 - 28 * (f - 12)) / 90)),
        (say("Clad thickness"), chance((f - 13.5) / 1.2)),
        (say("Inter-pass temperature"), chance((2500 - p) / 160)),
        (say("Toe angle"), chance((40 - f) / 2)),
    )
    together = np.prod([grid for _, grid in limits], axis=0)
    chosen, free = (1950.0, 17 * GRAM_PER_MIN), (1750.0, 15.2 * GRAM_PER_MIN)
    return WindowView(power, feed, together, limits, chosen, free)


def fake_section() -> SectionView:
    pitch = 2e-3
    y = np.linspace(-2.0e-3, 2.0e-3, 221)
    z = np.linspace(-0.4e-3, 7.4e-3, 401)
    shapes = []
    for width, height, depth in ((2.8e-3, 0.85e-3, 0.05e-3), (3.1e-3, 1.05e-3, 0.16e-3),
                                 (3.4e-3, 1.28e-3, 0.33e-3)):  # fmt: skip
        part = np.clip(1 - (2 * y / width) ** 2, 0, None)
        level = 0.9 * height + 0.035e-3 * np.cos(2 * np.pi * z / pitch)
        edge = np.clip((z + 0.3e-3) / 1.2e-3, 0, 1) ** 0.5
        melt = -depth * (0.72 + 0.28 * np.cos(2 * np.pi * z / pitch)) * edge
        shapes.append((height * part, -depth * part, level * 1.25 * edge, melt))
    rows = [np.array([shape[i] for shape in shapes]) for i in range(4)]
    return SectionView(y, rows[0], rows[1], z, rows[2], rows[3], 0.8e-3, 0.3e-3, pitch)


def fake_length() -> LengthView:
    x = np.linspace(65e-3, 635e-3, 571)
    worn = 99.15e-3 + 0.18e-3 * np.cos(2 * np.pi * (x - 65e-3) / 570e-3)
    worn = worn - 0.12e-3 * np.exp(-(((x - 0.21) / 0.03) ** 2))
    finished = np.full_like(x, 100e-3)
    clad = worn + np.array([[1.12e-3], [1.36e-3], [1.66e-3]])
    return LengthView(x, worn, finished, finished + 0.3e-3, clad)


def fake_heat() -> HeatView:
    time = np.linspace(0, 18000, 601)
    rise = 1 - np.exp(-time / 5200)
    band = 293.15 + np.array([[96.0], [128.0], [171.0]]) * rise
    power = 1640 + 310 * np.exp(-time / 5200)
    return HeatView(
        time, 65e-3 + 570e-3 * time / 18000, band, power,
        limit=273.15 + 180, constant=293.15 + 151 * rise, constant_power=1950.0,
    )  # fmt: skip


def fake_parameters() -> tuple[ParameterRow, ...]:
    return (
        ParameterRow(say("Laser power"), "W", 1950.0, (1820.0, 2080.0), 1750.0, pinned=True),
        ParameterRow(say("Travel speed"), "mm/s", 10e-3, (8.5e-3, 11.5e-3), 9e-3, pinned=True),
        ParameterRow(say("Pitch"), "mm", 2e-3, (1.8e-3, 2.2e-3), 1.9e-3),
        ParameterRow(say("Feed rate"), "g/min", 17 * GRAM_PER_MIN,
                     (15.5 * GRAM_PER_MIN, 19 * GRAM_PER_MIN), 15.2 * GRAM_PER_MIN),
        ParameterRow(say("Feeder speed"), "rpm", 3.42, None, 3.06),
        ParameterRow(say("Stand-off"), "mm", 13e-3, (12.5e-3, 13.5e-3), 13e-3),
        ParameterRow(say("Spot diameter"), "mm", 3e-3, None, 3e-3),
        ParameterRow(say("Shielding gas"), "", text=say("argon")),
        ParameterRow(say("Gas flow"), "L/min", 12 / 6e4, None, 12 / 6e4),
        ParameterRow(say("Layers"), "", 1.0, None, 1.0),
        ParameterRow(say("Turns per layer"), "", 285.0, None, 300.0),
    )  # fmt: skip


def fake_limits() -> tuple[LimitRow, ...]:
    why = Words(
        "Dilution is the weakest of the predictions: nobody has etched a section of this powder "
        "on this steel. Less power or more powder lowers it; one etched coupon narrows it.",
        "稀释率是各项预测中最不确定的一项：该粉末在此钢种上还没有腐蚀截面。"
        "降低功率或增加送粉量可使其下降；做一个试块即可缩小区间。",
    )
    return (
        LimitRow(say("Dilution"), "%", 0.43, at_most=0.15, binding=True, free_probability=0.78,
                 explanation=why),
        LimitRow(say("Fusion to the parent metal"), "mm", 0.97, at_least=0.05e-3,
                 free_probability=0.91),
        LimitRow(say("Clad thickness"), "mm", 0.92, at_least=1.1e-3, free_probability=0.93),
        LimitRow(say("Inter-pass temperature"), "degC", 0.995, at_most=453.15,
                 free_probability=0.998),
    )  # fmt: skip


def fake_expectations() -> tuple[ExpectationRow, ...]:
    return (
        ExpectationRow(say("Bead width"), "mm", Estimate(2.8e-3, 3.1e-3, 3.4e-3)),
        ExpectationRow(say("Bead height"), "mm", Estimate(0.85e-3, 1.05e-3, 1.28e-3)),
        ExpectationRow(say("Melted depth"), "mm", Estimate(0.05e-3, 0.16e-3, 0.33e-3), 0.05e-3),
        ExpectationRow(say("Dilution"), "%", Estimate(0.06, 0.16, 0.27), at_most=0.15),
        ExpectationRow(say("Catchment"), "%", Estimate(0.58, 0.69, 0.78)),
        ExpectationRow(say("Clad thickness"), "mm", Estimate(1.12e-3, 1.36e-3, 1.66e-3), 1.1e-3,
                       2.0e-3),
        ExpectationRow(say("Highest inter-pass temperature"), "degC",
                       Estimate(386.0, 417.0, 459.0), at_most=453.15),
    )  # fmt: skip


def fake_setup() -> SetupView:
    return SetupView(
        machine="x-axial-4kw", nozzle="coax-13",
        clamp=(say("Chuck and tailstock, no axial play. Surface bare, dry and free of oil."),),
        mask=(), zero=ZERO_LINES, stand_off=13e-3,
        stand_off_tolerance=0.5e-3, feeder_rpm=3.42, feed_rate=17 * GRAM_PER_MIN,
        weighed="2026-03-02", weighing_valid_days=30, weighing_expired=True, powder_lot="B2214",
        gas="Ar 4.6", gas_flow=12 / 6e4, gas_purge=5.0, preheat=423.15,
        program_file="pipe-0412.ngc", dry_run_file="pipe-0412-dry.ngc",
        coupon_file="pipe-0412-coupon.ngc", resume_command="reclad post pipe-0412 --from-turn N",
        stop_when=(
            say("powder flow stops, pulses or is visibly uneven"),
            say("the nozzle touches or glows"),
            say("shielding gas flow is lost"),
            say("inter-pass temperature above {value}", value="180 °C"),
        ),
        treat=(),
        inspect=(
            say("diameter every 50 mm, before and after"),
            say("dye penetrant test of the whole clad"),
            say("hardness on the coupon section"),
        ),
    )  # fmt: skip


def fake_method() -> MethodView:
    steps = (
        ("Beam as a sum of Gaussians", "光束表示为若干高斯光束之和", "caustic, beam data sheet"),
        ("Powder stream, shadowing, in-flight heating", "粉末流、遮光与飞行加热", "Pinkerton 2007"),
        ("Melt pool by moving-source conduction", "移动热源导热求熔池", "Eagar & Tsai 1983"),
        ("Bead from mass balance and pool width", "由质量守恒与熔池宽度求熔道", "Picasso 1994"),
        ("Overlap of beads side by side", "熔道搭接", "mass balance"),
        ("Heat of the whole part over time", "工件整体温度随时间变化", "shell conduction"),
        ("Uncertain numbers drawn together", "不确定参数联合抽样", "prior, no trials"),
        ("Program written, read back, compared", "生成程序、回读、比对", "LinuxCNC G-code"),
    )
    return MethodView(
        tuple(MethodStep(Words(en, zh), source) for en, zh, source in steps),
        draws=2000, seed=1, trials=0,
        versions=(("reclad", "0.1.0"), ("Python", "3.11.7"), ("numpy", "2.4.6")),
        inputs=(("job.toml", "3b1f" * 16), ("scan.csv", "90ac" * 16),
                ("machine.toml", "77de" * 16)),
    )  # fmt: skip


def fake_head(job_name: str) -> HeadView:
    part = PartView("DWG-1180 rev B", "42CrMo4", "IN625", say("overlay"), "pipe", 0.2, 0.7, 65e-3,
                    0.57, wall=15e-3)  # fmt: skip
    return HeadView(job_name, "North Mill Works 北方轧钢", "2026-05-04", part)


def fake_program() -> ProgramView:
    return ProgramView(
        "pipe-0412.ngc", "4f9a2c1e" * 8, 71862, (),
        (Words("line 14: G64 P0.02 is tighter than the spread of the scan (0.05 mm)",
               "第 14 行：G64 P0.02 小于扫描数据的离散度（0.05 mm）"),),
        ComparisonView(True, 0.5e-6, 0.4e-6, 8e-6, 0.05, 0.3), None, None,
        say("the interpreter rs274 is not installed on this machine"),
    )  # fmt: skip


def fake_view(job_name: str = "pipe-0412", language: str = "zh") -> ReportView:
    """The whole invented job."""
    lifts = (
        LiftView(Words("Etch and measure one coupon section (about half a day).",
                       "熔覆一个试块，切开腐蚀并测量（约半天）。"), 0.78),
        LiftView(Words("Weigh the feeder again; the last weighing has run out.",
                       "重新称重标定送粉器（上次标定已过期）。")),
    )  # fmt: skip
    assumed = (
        AssumedRow(say("Catchment"), "0.69 (0.58–0.78)", say("assumed")),
        AssumedRow(Words("Absorptivity of the melt pool", "熔池吸收率"), "0.37 ± 0.06",
                   Words("Lia 2017, Addit. Manuf., 31–39", "Lia 2017, Addit. Manuf., 31–39")),
        AssumedRow(Words("Powder speed at the nozzle", "喷嘴出口粉末速度"), "2 m/s (1–5)",
                   say("assumed")),
        AssumedRow(Words("Heat transfer to the room", "对环境的换热系数"), "20 W/m²/K ± 30 %",
                   say("assumed")),
    )  # fmt: skip
    return ReportView(
        head=fake_head(job_name),
        verdict=VerdictView("preliminary", 0.41, 0.9, 0.74, lifts),
        program=fake_program(),
        parameters=fake_parameters(),
        free_choice=FreeChoiceView(0.74, 20800.0, 5.27),
        expectations=fake_expectations(),
        limits=fake_limits(),
        window=fake_window(),
        section=fake_section(),
        length=fake_length(),
        heat=fake_heat(),
        backplot=fake_backplot(),
        budget=BudgetView(18270.0, 17907.0, 42.0, 5.1, Estimate(2.9, 3.5, 4.0), 3.65, 3.11e7),
        setup=fake_setup(),
        assumed=assumed,
        method=fake_method(),
        language="en" if language == "en" else "zh",
    )


def fake_journal(language: str = "zh") -> ReportView:
    """A bearing seat d60 between shoulders, two layers."""
    view = fake_view("spindle-07", language)
    part = PartView("DWG-2201", "42CrMo4", "316L", say("build-up"), "shaft", 60e-3, 0.42, 0.18,
                    0.06, shoulders=(5e-3, 8e-3))  # fmt: skip
    once = fake_backplot(turns=38, blocks_per_turn=48)
    x = 0.1815 + (once.x - 65e-3) * 0.75
    z = once.z - 99.2e-3 + 29.8e-3
    plot = BackplotView(
        np.concatenate([x, x]), np.zeros(2 * x.size), np.concatenate([z, z + 0.35e-3]),
        np.concatenate([once.a, once.a + once.a[-1] + 2.1]),
        np.concatenate([once.power, [0.0], once.power - 60.0 * (once.power > 0)]),
        np.concatenate([once.rapid, [True], once.rapid]),
        np.repeat([1, 2], [x.size, x.size - 1]), once.stand_off,
    )  # fmt: skip
    mask = (
        say(
            "Bearing and seals off. Remove all grease from the seat, the fillets and any oil hole."
        ),
        say("Mask both shoulder faces against powder and spatter."),
        say("The nozzle passes about {gap} above the shoulder: watch it in the dry run.",
            gap="5 mm"),
    )  # fmt: skip
    along = np.linspace(0.1815, 0.2385, 60)
    worn = 29.8e-3 - 0.04e-3 * np.sin(50 * along)
    length = LengthView(along, worn, np.full_like(along, 30e-3), np.full_like(along, 30.3e-3),
                        worn + np.array([[0.5e-3], [0.7e-3], [0.9e-3]]))  # fmt: skip
    return dataclasses.replace(
        view,
        head=HeadView("spindle-07", "North Mill Works 北方轧钢", "2026-05-04", part),
        backplot=plot,
        setup=dataclasses.replace(view.setup, mask=mask),
        length=length,
    )


def fake_raster(tracks: int = 17, layers: int = 2) -> BackplotView:
    """Tracks there and back over X 38..112, Y 33..67, every second layer shifted half a step."""
    step, stand_off = 34e-3 / tracks, 13e-3
    poses, power, rapid, layer = [(0.0, 0.0, 0.2)], [], [], []
    along = np.concatenate([[28e-3, 33e-3], np.linspace(38e-3, 112e-3, 16), [117e-3, 122e-3]])
    lit = np.concatenate([[False] * 2, np.full(15, True), [False] * 2])
    for number in range(1, layers + 1):
        for k in range(tracks + (number + 1) % 2):
            y = 33e-3 + step * (k + (0.5 if number % 2 else 0.0))
            xs = along if k % 2 == 0 else 150e-3 - along
            poses += [(x, y, 15e-3 + stand_off) for x in xs]
            watts = 2100.0 - 14.0 * k - 30.0 * number
            power += [0.0, *np.where(lit, watts, 0.0)]
            rapid += [True, *(False for _ in lit)]
            layer += [number] * (lit.size + 1)
    x, y, z = np.array(poses).T
    return BackplotView(
        x, y, z, np.zeros_like(x), np.array(power), np.array(rapid),
        np.array(layer, dtype=np.int64), stand_off, flat=True,
    )  # fmt: skip


def fake_plate(language: str = "zh") -> ReportView:
    """A plate coupon, two layers of parallel tracks."""
    view = fake_view("coupon-3", language)
    part = PartView("Coupon 3", "S355", "IN625", say("overlay"), "plate", 16e-3, 0.15, 38e-3,
                    74e-3, width=0.1, side=(33e-3, 67e-3))  # fmt: skip
    setup = dataclasses.replace(
        view.setup,
        clamp=(
            say("Plate flat on the table, one edge along X, clamps clear of the nozzle."),
            say("Surface bare, dry and free of oil."),
        ),
        zero=PLATE_ZERO_LINES,
        inspect=(
            say("thickness at the corners and in the middle, before and after"),
            say("flatness of the plate, before and after"),
        ),
    )
    along = np.linspace(38e-3, 112e-3, 60)
    worn = np.full_like(along, 15e-3)
    length = LengthView(along, worn, np.full_like(along, 16e-3), np.full_like(along, 16e-3),
                        worn + np.array([[1.0e-3], [1.3e-3], [1.6e-3]]))  # fmt: skip
    heat = dataclasses.replace(view.heat, axial=33e-3 + 34e-3 * view.heat.time / 18000)
    comparison = dataclasses.replace(view.program.comparison, angle=0.0, across=0.4e-6)
    rows = tuple(
        dataclasses.replace(r, name=say("Tracks per layer"), proposed=17.0, free=18.0)
        if r.name == say("Turns per layer") else r
        for r in view.parameters
    )  # fmt: skip
    return dataclasses.replace(
        view,
        head=HeadView("coupon-3", "North Mill Works 北方轧钢", "2026-05-04", part),
        backplot=fake_raster(),
        setup=setup,
        length=length,
        heat=heat,
        parameters=rows,
        program=dataclasses.replace(view.program, comparison=comparison),
    )
