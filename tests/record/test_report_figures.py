"""The figures: well-formed, finite, to scale, and moved by the numbers they show."""

from __future__ import annotations

import dataclasses
import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from fake_view import fake_backplot, fake_journal, fake_plate, fake_raster, fake_view
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import RecladError
from reclad.record import BackplotView, Estimate, ExpectationRow, LimitRow, draw_figures, say
from reclad.record._backplot import draw_unrolled
from reclad.record._space import draw_in_space, find_cylinders, pack_path
from reclad.record._svg import nice_ticks, num, spread, thin
from reclad.record._window import draw_window
from reclad.record.figures import draw_chance, draw_heat, draw_interval

SVG = "{http://www.w3.org/2000/svg}"
GEOMETRY = ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height", "d", "viewBox")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def by_class(figure: str, tag: str, name: str) -> list[ET.Element]:
    return [e for e in ET.fromstring(figure).iter(SVG + tag) if name in e.get("class", "").split()]


@pytest.fixture(scope="module")
def figures() -> dict[str, str]:
    return draw_figures(fake_view())


@pytest.fixture(scope="module")
def plate() -> dict[str, str]:
    return draw_figures(fake_plate())


@pytest.mark.parametrize("job", [fake_view, fake_journal, fake_plate])
def test_every_figure_is_wellformed_and_every_coordinate_finite(job: object) -> None:
    for name, figure in draw_figures(job()).items():
        for element in ET.fromstring(figure).iter():
            for key in GEOMETRY:
                rest = NUMBER.sub("", element.get(key, ""))
                assert not re.search(r"[a-zA-Z0-9]", re.sub("[MLZlmhv]", "", rest)), (name, rest)


@pytest.mark.parametrize(
    ("name", "part", "change"),
    [
        ("sketch", "head", lambda h: dataclasses.replace(
            h, part=dataclasses.replace(h.part, clad_start=0.1))),
        ("window", "window", lambda w: dataclasses.replace(w, probability=w.probability * 0.5)),
        ("window", "window", lambda w: dataclasses.replace(w, chosen=(2000.0, w.chosen[1]))),
        ("section", "section", lambda s: dataclasses.replace(s, clad_top=s.clad_top * 1.1)),
        ("section", "section", lambda s: dataclasses.replace(s, allowance=0.4e-3)),
        ("length", "length", lambda v: dataclasses.replace(v, worn=v.worn - 0.1e-3)),
        ("heat", "heat", lambda v: dataclasses.replace(v, limit=440.0)),
        ("heat", "heat", lambda v: dataclasses.replace(v, constant=None)),
        ("unrolled", "backplot", lambda v: dataclasses.replace(v, a=v.a + 0.5)),
        ("space", "backplot", lambda v: dataclasses.replace(v, x=v.x + 5e-3)),
        ("time", "budget", lambda v: dataclasses.replace(v, wait_time=900.0)),
    ],
)  # fmt: skip
def test_a_figure_changes_when_its_numbers_change(
    figures: dict[str, str], name: str, part: str, change: object
) -> None:
    view = fake_view()
    changed = draw_figures(dataclasses.replace(view, **{part: change(getattr(view, part))}))
    assert changed[name] != figures[name]
    others = {k for k in figures if changed[k] != figures[k]}
    assert others <= {name} | ({"space"} if part == "head" else set()) | (
        {"unrolled", "space"} if part == "backplot" else set()
    )


def test_the_cross_section_has_one_scale_in_both_directions(figures: dict[str, str]) -> None:
    section = fake_view().section
    finished = float(by_class(figures["section"], "line", "finished")[0].get("y1"))
    surface = float(by_class(figures["section"], "line", "surface")[0].get("y1"))
    flat = [line for line in by_class(figures["section"], "line", "dim")
            if line.get("y1") == line.get("y2")]  # fmt: skip
    lengths = [float(line.get("x2")) - float(line.get("x1")) for line in flat]
    per_metre = (surface - finished) / section.finished
    assert lengths[0] / section.pitch == pytest.approx(per_metre, rel=0.01)
    assert lengths[1] / 1e-3 == pytest.approx(per_metre, rel=0.01)


def test_the_part_is_sketched_to_scale(figures: dict[str, str]) -> None:
    part = fake_view().head.part
    body = by_class(figures["sketch"], "rect", "body")[0]
    clad = by_class(figures["sketch"], "rect", "clad-solid")[0]
    scale = float(body.get("width")) / part.length
    assert float(body.get("height")) == pytest.approx(scale * part.size, abs=0.1)
    assert float(clad.get("width")) == pytest.approx(scale * part.clad_length, abs=0.1)
    at = float(clad.get("x")) - float(body.get("x"))
    assert at == pytest.approx(scale * part.clad_start, abs=0.1)


@pytest.mark.parametrize(
    ("name", "part", "change"),
    [
        ("sketch", "head", {"side": (33e-3, 61e-3)}),
        ("sketch", "head", {"width": 0.12}),
        ("raster", "backplot", lambda v: dataclasses.replace(v, y=v.y + 1e-3)),
        ("raster", "backplot", lambda v: dataclasses.replace(v, power=v.power * (v.x[1:] < 0.1))),
        ("length", "length", lambda v: dataclasses.replace(v, worn=v.worn - 0.1e-3)),
        ("heat", "heat", lambda v: dataclasses.replace(v, axial=v.axial + 5e-3)),
    ],
)
def test_a_figure_of_a_plate_changes_when_its_numbers_change(
    plate: dict[str, str], name: str, part: str, change: object
) -> None:
    view = fake_plate()
    old = getattr(view, part)
    if isinstance(change, dict):
        new = dataclasses.replace(old, part=dataclasses.replace(old.part, **change))
    else:
        new = change(old)
    changed = draw_figures(dataclasses.replace(view, **{part: new}))
    assert changed[name] != plate[name]
    others = {k for k in plate if changed[k] != plate[k]}
    assert others <= {name} | ({"raster"} if part == "head" else set())


def test_only_a_round_part_is_unrolled_and_shown_in_space(plate: dict[str, str]) -> None:
    round_only = {"unrolled", "space"}
    for job in (fake_view(), fake_journal()):
        assert round_only <= draw_figures(job).keys()
        assert "raster" not in draw_figures(job)
    assert "raster" in plate
    assert not round_only & plate.keys()


def corners(element: ET.Element) -> np.ndarray:
    return np.array([float(v) for v in NUMBER.findall(element.get("d"))]).reshape(-1, 2)


def test_shoulders_are_sketched_to_scale_and_a_solid_shaft_has_no_bore() -> None:
    part = fake_journal().head.part
    figure = draw_figures(fake_journal())["sketch"]
    outline = corners(by_class(figure, "path", "body")[0])
    clad = by_class(figure, "rect", "clad-solid")[0]
    scale = np.ptp(outline[:, 0]) / part.length
    seat, before, after = outline[2, 1], outline[0, 1], outline[5, 1]
    assert seat - before == pytest.approx(scale * 5e-3, abs=0.11)
    assert seat - after == pytest.approx(scale * 8e-3, abs=0.11)
    assert outline[1, 0] - outline[0, 0] == pytest.approx(scale * part.clad_start, abs=0.11)
    assert float(clad.get("x")) == outline[1, 0]
    assert float(clad.get("width")) == pytest.approx(scale * part.clad_length, abs=0.11)
    assert by_class(figure, "line", "hidden-edge") == []
    assert outline[1, 1] == before
    assert outline[3, 1] == seat
    assert outline[4, 1] == after
    assert figure.index("轴肩高 5\u00a0mm") < figure.index("轴肩高 8\u00a0mm")


def test_a_shaft_without_shoulders_is_one_plain_body_without_a_bore() -> None:
    view = fake_journal()
    plain = dataclasses.replace(view.head.part, shoulders=(0.0, 0.0))
    figure = draw_figures(
        dataclasses.replace(view, head=dataclasses.replace(view.head, part=plain))
    )
    assert len(by_class(figure["sketch"], "rect", "body")) == 1
    assert "shoulder" not in figure["sketch"]
    assert by_class(figure["sketch"], "line", "hidden-edge") == []
    assert by_class(figure["space"], "path", "bore") == []
    assert find_cylinders(plain) == [(0.0, 0.42, 0.03)]


def test_a_near_shoulder_stands_before_the_tracks_and_a_far_one_behind() -> None:
    order = [e.get("class") for e in ET.fromstring(draw_figures(fake_journal())["space"]).iter()]
    first, last = order.index("weld"), len(order) - order[::-1].index("weld")
    assert order[:first].count("pipe-end edge") == 2
    assert order[last:].count("pipe-end edge") == 1
    cylinders = find_cylinders(fake_journal().head.part)
    assert [radius for _, _, radius in cylinders] == pytest.approx([35e-3, 30e-3, 38e-3])


def test_a_plate_is_sketched_to_scale_with_its_zone_hatched(plate: dict[str, str]) -> None:
    part = fake_plate().head.part
    body = by_class(plate["sketch"], "rect", "body")[0]
    zone = by_class(plate["sketch"], "rect", "clad-hatched")[0]
    scale = float(body.get("width")) / part.length
    assert float(body.get("height")) == pytest.approx(scale * part.width, abs=0.1)
    assert float(zone.get("width")) == pytest.approx(scale * part.clad_length, abs=0.1)
    assert float(zone.get("height")) == pytest.approx(scale * 34e-3, abs=0.1)
    bottom = float(body.get("y")) + float(body.get("height"))
    assert bottom - float(zone.get("y")) == pytest.approx(scale * part.side[1], abs=0.1)


def whole_plan(figure: str) -> str:
    """The plan views of the layers without the enlarged corners."""
    return figure[: figure.index("First corner")].rpartition("<text")[0] + "</svg>"


def test_the_plan_view_is_to_scale_and_holds_every_track(plate: dict[str, str]) -> None:
    plan = whole_plan(plate["raster"])
    zone = by_class(plan, "rect", "zone")[0]
    scale = float(zone.get("width")) / 74.0
    assert float(zone.get("height")) == pytest.approx(scale * 34.0, abs=0.15)
    tracks = drawn_points(plan, "weld")
    assert len(tracks) == 17 + 18
    for track in tracks:
        assert np.ptp(track[:, 0]) == pytest.approx(scale * 74.0, abs=0.15)
        assert np.ptp(track[:, 1]) == 0.0
    rows = sorted(track[0, 1] for track in tracks[:17])
    assert np.diff(rows) == pytest.approx(scale * 2.0, abs=0.15)
    assert len(by_class(plan, "circle", "beam-on")) == 17 + 18
    assert len(by_class(plan, "path", "beam-off")) == 17 + 18
    assert len(drawn_points(plan, "lead")) == 2 * (17 + 18)


def test_the_enlarged_corners_show_the_first_start_and_the_last_stop() -> None:
    for tracks in (1, 6, 17):
        view = dataclasses.replace(fake_plate(), backplot=fake_raster(tracks, layers=1))
        figure = draw_figures(view)["raster"]
        corner = "<svg xmlns='http://www.w3.org/2000/svg'>" + figure[figure.index("First corner") :]
        first, _, last = corner.partition("Last corner")
        assert 'class="beam-on"' in first
        assert 'class="beam-off"' in last.rpartition('class="beam-off"')[0]  # one more in the key
    assert ">35.0</text>" in first  # the last view has 17 tracks: Y 34 to 66
    assert ">65.0</text>" in last
    assert ">65.0</text>" not in first


def test_a_plate_program_that_never_lights_draws_no_weld() -> None:
    view = fake_plate()
    dark = dataclasses.replace(view.backplot, power=np.zeros_like(view.backplot.power))
    figure = draw_figures(dataclasses.replace(view, backplot=dark))["raster"]
    assert by_class(figure, "path", "weld") == []
    assert "enlarged" not in figure


def test_a_plate_speaks_of_height_and_position_across(
    figures: dict[str, str], plate: dict[str, str]
) -> None:
    for name, on_plate, on_round in (
        ("length", "距底面高度（mm）", "半径（mm）"),
        ("heat", "喷嘴横向位置 Y（mm）", "喷嘴位置（mm）"),
    ):
        assert on_plate in plate[name]
        assert on_round not in plate[name]
        assert on_round in figures[name]
        assert on_plate not in figures[name]


def test_a_short_repair_is_timed_in_minutes(figures: dict[str, str]) -> None:
    heat = fake_view().heat
    short = draw_heat(dataclasses.replace(heat, time=heat.time / 50))
    assert "first lit block (min)" in short
    assert ">6</text>" in short  # 360 s
    assert "first lit block (h)" in figures["heat"]
    curve = by_class(figures["heat"], "path", "mid")[0].get("d")
    assert by_class(short, "path", "mid")[0].get("d") == curve


def whole_surface(plot: BackplotView) -> str:
    """The unrolled figure without its enlarged corners."""
    figure = draw_unrolled(plot)
    return figure[: figure.index("Left end")].rpartition("<text")[0] + "</svg>"


def drawn_points(figure: str, name: str) -> list[np.ndarray]:
    pieces = []
    for element in by_class(figure, "path", name):
        for piece in element.get("d").split("M")[1:]:
            values = [float(v) for v in re.split("[L ]", piece)]
            pieces.append(np.array(values).reshape(-1, 2))
    return pieces


@pytest.mark.parametrize("way", [1, -1])
def test_unrolled_tracks_stay_inside_one_turn_and_none_is_lost(way: int) -> None:
    plot = fake_backplot(turns=40, blocks_per_turn=24)
    plot = dataclasses.replace(plot, a=way * (plot.a + 0.3))
    whole = drawn_points(whole_surface(plot), "weld")
    heights = np.concatenate([p[:, 1] for p in whole])
    assert heights.min() >= 24 - 0.1
    assert heights.max() <= 234 + 0.1
    rise = sum(float(np.sum(-np.diff(p[:, 1]))) for p in whole)
    assert rise / 210 == pytest.approx(40, rel=2e-3)  # forty full turns of 210 px


def test_each_track_shows_where_the_beam_comes_on_and_goes_off() -> None:
    plot = fake_backplot(turns=40, blocks_per_turn=24)
    gap = plot.power.copy()
    gap[400:430] = 0.0
    whole = whole_surface(dataclasses.replace(plot, power=gap))
    assert len(by_class(whole_surface(plot), "circle", "beam-on")) == 1
    assert len(by_class(whole, "circle", "beam-on")) == 2
    assert len(by_class(whole, "path", "beam-off")) == 2
    assert len(drawn_points(whole, "lead")) >= 3  # lead-in, the gap, lead-out


def test_each_layer_gets_its_own_surface() -> None:
    plot = fake_backplot(turns=10, blocks_per_turn=24)
    layer = np.where(np.arange(plot.layer.size) < 120, 1, 2)
    assert draw_unrolled(plot).count("whole surface") == 1
    assert draw_unrolled(dataclasses.replace(plot, layer=layer)).count("whole surface") == 2


def test_a_program_that_never_lights_draws_no_weld() -> None:
    plot = fake_backplot(turns=4, blocks_per_turn=24)
    dark = dataclasses.replace(plot, power=np.zeros_like(plot.power))
    for figure in (draw_unrolled(dark), draw_in_space(dark, fake_view().head.part)):
        assert by_class(figure, "path", "weld") == []


def test_constant_power_is_one_colour() -> None:
    plot = fake_backplot(turns=4, blocks_per_turn=24)
    even = dataclasses.replace(plot, power=np.where(plot.power > 0, 1800.0, 0.0))
    welds = by_class(draw_unrolled(even), "path", "weld")
    assert len({weld.get("stroke") for weld in welds}) == 1
    assert len({w.get("stroke") for w in by_class(draw_unrolled(plot), "path", "weld")}) > 1


def test_only_the_side_facing_the_viewer_is_drawn_still() -> None:
    plot = fake_backplot(turns=60, blocks_per_turn=36)
    kept = sum(p.shape[0] for p in drawn_points(draw_in_space(plot, fake_view().head.part), "weld"))
    assert 0.3 < kept / (60 * 36) < 0.65


def test_the_packed_path_is_the_program_within_its_rounding() -> None:
    plot = fake_backplot(turns=12, blocks_per_turn=72)
    packed = json.loads(pack_path(plot, fake_view().head.part))
    lead_in, track, lead_out = packed["lines"]
    lit = np.flatnonzero(plot.power > 0)
    nodes = slice(lit[0], lit[-1] + 2)
    x, r, a = (np.cumsum(values) for values in track[:3])
    assert x[0] * packed["unit"] == pytest.approx(plot.x[nodes][0] * 1e3, abs=0.03)
    assert x[-1] * packed["unit"] == pytest.approx(plot.x[nodes][-1] * 1e3, abs=0.03)
    angle = np.degrees(plot.a[nodes])
    expected = np.interp(a, angle, (plot.z[nodes] - plot.stand_off) * 1e3)
    assert np.abs(r * packed["unit"] - expected).max() < 0.05
    assert sum(track[3][1::2]) == x.size - 1
    assert set(lead_in[3][0::2]) == set(lead_out[3][0::2]) == {-1}
    assert min(track[3][0::2]) >= 0
    assert packed["body"] == [[0.0, 700.0, 100.0]]
    assert 12 * 36 <= x.size <= 12 * 36 + 2


def test_the_interval_bar_shades_the_side_beyond_the_limit() -> None:
    row = ExpectationRow(say("Dilution"), "%", Estimate(0.06, 0.12, 0.2), at_most=0.15)
    range_bar = by_class(draw_interval(row), "rect", "range")[0]
    beyond = by_class(draw_interval(row), "rect", "beyond")
    left, wide = float(range_bar.get("x")), float(range_bar.get("width"))
    limit = float(by_class(draw_interval(row), "line", "limit")[0].get("x1"))
    assert len(beyond) == 1
    assert float(beyond[0].get("x")) == limit
    assert (limit - left) / wide == pytest.approx((0.15 - 0.06) / (0.2 - 0.06), abs=0.01)


def test_the_chance_bar_turns_when_the_chance_falls_short() -> None:
    for probability, style in ((0.95, "held"), (0.43, "short")):
        bar = draw_chance(LimitRow(say("Dilution"), "%", probability), asked=0.9)
        filled = by_class(bar, "rect", style)[0]
        trough = by_class(bar, "rect", "trough")[0]
        share = float(filled.get("width")) / float(trough.get("width"))
        assert share == pytest.approx(probability, abs=1e-3)


def test_a_limit_that_holds_everywhere_is_named_instead_of_drawn() -> None:
    figure = draw_figures(fake_view())["window"]
    assert "above 50 % everywhere" in figure
    assert "below 50 % everywhere" not in figure
    assert len(by_class(figure, "path", "contour")) == 4


def test_a_choice_outside_the_map_is_marked_inside_the_figure() -> None:
    window = dataclasses.replace(fake_view().window, chosen=(3000.0, 5 / 6e4))
    figure = draw_window(window)
    mark = by_class(figure, "circle", "chosen")[0]
    frame = by_class(figure, "rect", "frame")[0]
    left, wide = float(frame.get("x")), float(frame.get("width"))
    top, tall = float(frame.get("y")), float(frame.get("height"))
    assert left + 8 < float(mark.get("cx")) < left + wide - 8
    assert top + 8 < float(mark.get("cy")) < top + tall - 8


def test_a_coordinate_that_is_not_finite_is_refused() -> None:
    with pytest.raises(RecladError, match="not finite"):
        num(float("inf"))


@given(st.floats(-1e4, 1e4), st.floats(1e-3, 1e4), st.integers(1, 10))
def test_ticks_are_at_least_three_and_inside(low: float, span: float, count: int) -> None:
    ticks, decimals = nice_ticks(low, low + span, count)
    assert len(ticks) >= 3
    assert ticks[0] >= low - 1e-6 * span
    assert ticks[-1] <= low + span * (1 + 1e-6)
    assert len({f"{t:.{decimals}f}" for t in ticks}) == len(ticks)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=6))
def test_labels_keep_their_distance_and_their_order(wanted: list[float]) -> None:
    placed = spread(wanted, gap=15.0)
    order = np.argsort(wanted, kind="stable")
    assert np.all(np.diff(np.array(placed)[order]) > 14.0)


@given(st.integers(3, 80), st.integers(0, 10_000))
def test_thinning_stays_within_its_tolerance(count: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    x = np.sort(generator.uniform(0, 400, count))
    y = np.cumsum(generator.normal(0, 0.3, count))
    px, _ = thin(x, y, tolerance=0.5)
    assert px[0] == x[0]
    assert px[-1] == x[-1]
    keep = np.isin(x, px)
    first = np.maximum.accumulate(np.where(keep, np.arange(count), 0))
    for i in np.flatnonzero(~keep):
        a, b = first[i], np.flatnonzero(keep[i:])[0] + i
        chord = np.hypot(x[b] - x[a], y[b] - y[a])
        off = abs((x[i] - x[a]) * (y[b] - y[a]) - (y[i] - y[a]) * (x[b] - x[a])) / chord
        assert off <= 0.5 + 1e-9


def test_a_backplot_view_of_the_reference_job_is_full_size() -> None:
    plot: BackplotView = fake_backplot()
    assert int(np.count_nonzero(plot.power > 0)) == 285 * 126
