"""The heat of whole repairs, measured: `python benchmarks/heat.py [whole] [fine] [draws]`.

Writes its sections of docs/benchmarks.md, each from fresh processes; all of them when none is
named: about fifteen minutes. CPU seconds are those of one core.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from page import Row, at_most, conditions, table, write_section

HERE = Path(__file__).parent
KELVIN = 273.15
NAMES = ("width", "depth", "length")
TURN = 160  # blocks
BARS = (1.5, 1.5, 3.0)  # %
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("NUMBA", "OMP", "OPENBLAS", "MKL")}


def child(script: str, *arguments: str, threads: bool = False) -> dict:
    """What a script of this folder tells, from a process of its own."""
    environment = os.environ | ({} if threads else ONE_THREAD)
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments],
        env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    told: dict = json.loads(done.stdout.splitlines()[-1])
    return told


def whole() -> None:
    """Whole parts: CPU seconds, memory, rate."""
    with tempfile.TemporaryDirectory() as scratch:
        told = {}
        for shape in ("pipe", "shaft"):
            told[shape] = child("heat_job.py", shape, scratch)
            told[shape] |= child("heat_whole.py", str(Path(scratch) / shape))
    pipe, shaft = told["pipe"], told["shaft"]
    text = f"""## Heat of whole parts

By `python benchmarks/heat.py whole` on {conditions()}; CPU seconds of one core, best of three,
after compilation, nothing recalled from the cache but the pools. The shipped pipe: diameter 200 mm,
wall 15 mm, 700 mm long, {pipe["turns"]} turns over 570 mm in {pipe["repair"]:,.0f} s,
worn 0.4 to 0.7 mm deep and so {100 * (1 - pipe["repair"] / 17907):.1f} % shorter a walk than at
the full 200 mm. All physics: k(T), c(T), latent heat, metal laid on, still air, radiation, gas jet,
moving air in the bore, chuck; the power follows the part; melt pool at all {pipe["stations"]:,}
stations. The shaft is the same path on a solid bar.

{table(_whole_rows("pipe", pipe, 10.0) + _whole_rows("shaft", shaft, 20.0))}

Where the absorbed heat went: pipe {_spent(pipe)}; shaft {_spent(shaft)}.

*Bare* is a loop of the conduction kernel alone over the same cells, nothing lost, laid or looked
at, in the same process. *Finer cells*: the part temperature met in turns 2 to 12 against the same
walk in the finest cells a part can get."""
    write_section("heat of whole parts", text)


def _whole_rows(shape: str, told: dict, bar: float) -> list[Row]:
    share = 100.0 * told["full"] / told["bare"]
    finer = told["finer"]
    start, middle, end = (t - KELVIN for t in told["interpass"])
    rows = [
        at_most(f"{shape}: whole repair, field and pools", told["cpu"], bar, "{:.1f} CPU s",
                f" (all three: {', '.join(f'{t:.1f}' for t in told['cpu_all'])})"),
    ]  # fmt: skip
    if shape == "pipe":
        rows.append(at_most("pipe: peak memory of the process", told["memory"] / 1e6, 500.0,
                            "{:.0f} MB"))  # fmt: skip
    else:
        rows.append(Row("shaft: peak memory of the process", f"{told['memory'] / 1e6:.0f} MB"))
    return [
        *rows,
        Row(
            f"{shape}: rate with all physics over bare rate",
            f"{told['full'] / 1e6:.0f} / {told['bare'] / 1e6:.0f} M cell updates/s = {share:.0f} %",
            "≥ 60 %", share >= 60.0,
        ),
        Row(
            f"{shape}: cells and steps",
            f"{told['cells']:,} cells of {1e3 * told['cell']:.1f} mm, {told['steps']:,} steps of "
            f"{told['dt']:.2f} s",
        ),
        Row(
            f"{shape}: melt pools tabulated for the first time, then kept",
            f"{told['table_cpu']:.1f} CPU s, {told['table_wall']:.1f} s wall",
        ),
        Row(
            f"{shape}: part temperature met, start / middle / end",
            f"{start:.0f} / {middle:.0f} / {end:.0f} °C",
        ),
        Row(
            f"{shape}: against finer cells ({1e3 * finer['finest']:.1f} mm)",
            f"{finer['mean']:+.2f} K mean, {finer['worst']:.2f} K at worst in a rise of "
            f"{finer['rise']:.0f} K",
        ),
        Row(f"{shape}: share of the heat unexplained", f"{told['gap']:.0e}", "≤ 1e-09",
            told["gap"] <= 1e-9),
    ]  # fmt: skip


def _spent(told: dict) -> str:
    return ", ".join(
        f"{name} {100 * share:.1f} %"
        for name, share in told["spent"].items()
        if name != "absorbed" and share > 0.0
    )


def fine() -> None:
    """Two scales against a uniformly fine solve, and the power law driving the fine solve."""
    from heat_picture import PICTURE, draw

    pipe, shaft = child("heat_fine.py", "pipe"), child("heat_fine.py", "shaft")
    PICTURE.write_text(draw(pipe, shaft), encoding="utf-8")
    follow = pipe["follow"]
    deep = [row[1] for row in pipe["fine"]["pools"]]
    places = zip(pipe["looked_at"], deep, strict=True)
    later = [d / follow["wanted"] - 1.0 for block, d in places if block >= TURN]
    first = follow["fine"]["pools"][0][1]
    rows = _fine_rows("pipe", pipe) + _fine_rows("shaft", shaft)
    held = [
        Row("depth from turn 2 on, power following, off the depth wanted, worst",
            f"{100 * follow['worst']:.1f} %", "≤ 5 %", follow["worst"] <= 0.05),
        Row("the same against the first pool of the fine solve",
            f"{100 * follow['worst_to_first']:.1f} % of {1e3 * first:.3f} mm"),
        Row("depth from turn 2 on at a constant 800 W",
            f"{100 * min(later):+.1f} to {100 * max(later):+.1f} %"),
        Row("power, first block to last",
            f"{follow['fine']['power'][0]:.0f} to {follow['fine']['power'][-1]:.0f} W"),
        Row("power a repair's own cells give, against the fine solve's, worst",
            f"{_power_off(follow):.1f} W"),
        Row("share of the heat unexplained", f"{follow['fine']['gap']:.0e}", "≤ 1e-09",
            follow["fine"]["gap"] <= 1e-9),
    ]  # fmt: skip
    text = f"""## Heat against a uniformly fine solve

By `python benchmarks/heat.py fine` on {conditions()}. Five turns on a section 40 mm long, diameter
60 mm (pipe: wall 10 mm), 800 W absorbed, Gaussian of 3 mm, 10 mm/s, pitch 2 mm, 42CrMo4, still air
and radiation, no metal laid. *Fine*: cells of 0.5 mm throughout ({pipe["cells"]:,} in the pipe,
{shaft["cells"]:,} in the shaft; {pipe["fine"]["cpu"]:.0f} and {shaft["fine"]["cpu"]:.0f} CPU s).
*Two scales*: what a repair does, coarse cells for the part and pools from the table at the
temperature met. Pools at {len(pipe["looked_at"])} places, each with the track elsewhere within a
slice of fine cells: in cells of 0.5 mm a pool's width depends on that by some 2 %. Temperatures at
all 800 blocks.

{table(rows)}

The fine solve loses heat from the pool itself, the windows of the table do not. In the pipe's first
turn that alone makes the fine pool {_glow(pipe)}: most of the length's bias.

### What the cells of 0.5 mm themselves cost

A repair's pools come from windows with cells of 0.5 mm. Against cells of 0.25 mm, on which nothing
else was changed:

| | width | depth | length |
|---|--:|--:|--:|
{_own_rows(pipe, shaft)}

So a pool's own cells cost as much as the split between two scales, or more.

### Power that follows the part

The law that a repair programs, read from the pool table so that the first, cold pool's depth is
kept, drives the *fine* solve of the pipe.

{table(held)}"""
    write_section("heat against fine", text)


def _fine_rows(shape: str, told: dict) -> list[Row]:
    rows = []
    for key, cells in (("repair", "as a repair"), ("coarse", "5 mm, as in a long repair")):
        found = told[key]
        label = f"{shape}, {found['cells']:,} cells {cells}"
        errors = (found[key] for key in ("rms", "mean", "worst"))
        for name, rms, mean, worst, bar in zip(NAMES, *errors, BARS, strict=True):
            rows.append(
                at_most(f"{label}: {name}, rms", 100 * rms, bar, "{:.2f} %",
                        f" (mean {100 * mean:+.2f} %, worst {100 * worst:.1f} %)")
            )  # fmt: skip
        rows.append(
            at_most(f"{label}: temperature met, worst", found["off_worst"], 3.0, "{:.1f} K",
                    f" (mean {found['off_mean']:+.1f} K)")
        )  # fmt: skip
    gap = max(told[key]["gap"] for key in ("fine", "repair", "coarse"))
    rows.append(
        Row(f"{shape}: share of the heat unexplained", f"{gap:.0e}", "≤ 1e-09", gap <= 1e-9)
    )
    return rows


def _own_rows(pipe: dict, shaft: dict) -> str:
    lines = [
        f"| {shape}, window at {over:.0f} K over ambient | "
        + " | ".join(f"{100 * v:+.1f} %" for v in three)
        + " |"
        for shape, told in (("pipe", pipe), ("shaft", shaft))
        for over, *three in told["own"]["windows"]
    ]
    places = pipe["finest"]["ratio"]
    three = [100 * sum(column) / len(places) for column in zip(*places, strict=True)]
    lines.append(
        f"| pipe, fine march, mean of {len(places)} places in turn 1 | "
        + " | ".join(f"{v:+.1f} %" for v in three)
        + " |"
    )
    return "\n".join(lines)


def _glow(told: dict) -> str:
    width, depth, length = (-100 * v for v in told["lossless"])
    return f"{width:.1f} % narrower, {depth:.1f} % shallower and {length:.1f} % shorter"


def _power_off(follow: dict) -> float:
    pairs = zip(follow["fine"]["power"], follow["coarse"]["power"], strict=True)
    return max(abs(a - b) for a, b in pairs)


def draws() -> None:
    """Thirty-two draws of the whole pipe, and how near the spread of one solve comes to them."""
    with tempfile.TemporaryDirectory() as scratch:
        child("heat_job.py", "pipe", scratch)
        told = child("heat_draws.py", str(Path(scratch) / "pipe"), threads=True)
    rows = [
        at_most(f"{told['draws']} draws of the whole pipe on two cores, nothing kept before",
                told["wall"], 180.0, "{:.0f} s wall", f" ({told['cpu']:.0f} CPU s)"),
        Row("part temperature met, 5 / 50 / 95 %, middle", _kelvin(told, "interpass", 0)),
        Row("the same, end of the repair", _kelvin(told, "interpass", 1)),
        Row("melt pool depth (after powder and bead), middle", _micro(told, "depth", 0)),
        Row("the same, end", _micro(told, "depth", 1)),
        Row("melt pool width, middle", _micro(told, "width", 0)),
        Row("share of the heat unexplained, worst draw", f"{told['gap']:.0e}", "≤ 1e-09",
            told["gap"] <= 1e-9),
    ]  # fmt: skip
    mean, worst = told["off_mean"], told["off_worst"]
    near = [
        Row("its 5 / 50 / 95 % curves off the solved ones, mean",
            " / ".join(f"{v:+.1f}" for v in mean) + " K"),
        Row("the same, worst turn", " / ".join(f"{v:.1f}" for v in worst) + " K"),
        Row("width of the solved 5 to 95 % band, mean", f"{told['band']:.0f} K"),
        Row("one draw's curve off its own solve",
            f"{told['each_rms']:.1f} K rms, {told['each_worst']:.1f} K at worst"),
        Row("hottest turn, 5 / 50 / 95 %: solved", _list(told["hottest"], KELVIN)),
        Row("the same, spread", _list(told["hottest_closed"], KELVIN)),
        Row("middle, 5 / 50 / 95 %, spread over the same draws", _kelvin(told, "closed", 0)),
        Row(f"middle, 5 / 50 / 95 %, spread over all {told['all_draws']}",
            _kelvin(told, "closed_all", 0)),
        Row("end, spread over the same draws", _kelvin(told, "closed", 1)),
        Row(f"end, spread over all {told['all_draws']}", _kelvin(told, "closed_all", 1)),
    ]  # fmt: skip
    text = f"""## Heat over draws

By `python benchmarks/heat.py draws` on {conditions()}. The pipe of *Heat of whole parts*, every
draw with its own absorption, catchment, properties and losses, all with the power as programmed.

{table(rows)}

A plan does not solve every draw: it spreads its one solve by the closed form of each draw
(`plan.history`). How near that comes, turn by turn, to the {told["draws"]} solved draws; the rows
over all draws show how roughly {told["draws"]} draws fix a 5 % point:

{table(near)}"""
    write_section("heat over draws", text)


def _list(kelvin: list[float], zero: float) -> str:
    return " / ".join(f"{t - zero:.0f}" for t in kelvin) + " °C"


def _kelvin(told: dict, name: str, place: int) -> str:
    return _list(told[name][place], KELVIN)


def _micro(told: dict, name: str, place: int) -> str:
    return " / ".join(f"{1e3 * v:.2f}" for v in told[name][place]) + " mm"


def main() -> None:
    parts: dict[str, Callable[[], None]] = {"whole": whole, "fine": fine, "draws": draws}
    wanted = sys.argv[1:] or list(parts)
    for name in wanted:
        if name not in parts:
            raise SystemExit(
                f"{name}: no such part of this benchmark; write one of {', '.join(parts)}"
            )
        parts[name]()


if __name__ == "__main__":
    main()
