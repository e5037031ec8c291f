"""The figures of the whole repair's heat: well-formed, moved by their numbers, readable in grey."""

from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fake_view import fake_journal, fake_plate, fake_view

from fake_heat import fake_history
from reclad.errors import RecladError
from reclad.record import draw_figures, render_report
from reclad.record._display import span
from reclad.record._fill_heat import fill_plan_heat, fill_whole_heat
from reclad.record._heat_figures import draw_ledger
from reclad.record._heat_map import HEAT_RAMP, draw_surface, heat_steps
from reclad.record._heat_views import LedgerView, WholeHeatView
from reclad.record.report import draw_whole_heat
from reclad.record.words import say

SVG = "{http://www.w3.org/2000/svg}"
JOBS = {"pipe": fake_view, "shaft": fake_journal, "plate": fake_plate}
CHROMIUM = Path("/usr/bin/chromium")


def whole_heat(shape: str = "pipe", **asked: Any) -> WholeHeatView:
    return fill_whole_heat(
        fake_history(shape, **asked), fake_history(shape, follows=False, **asked), shape
    )


def by_class(figure: str, tag: str, name: str) -> list[ET.Element]:
    return [e for e in ET.fromstring(figure).iter(SVG + tag) if name in e.get("class", "").split()]


def points_of(element: ET.Element) -> np.ndarray:
    return np.array(
        [float(v) for v in re.findall(r"-?\d+(?:\.\d+)?", element.get("d", ""))]
    ).reshape(-1, 2)


@pytest.fixture(scope="module")
def pipe() -> WholeHeatView:
    return whole_heat()


@pytest.mark.parametrize("shape", JOBS)
def test_every_figure_is_wellformed_and_small(shape: str) -> None:
    figures = draw_whole_heat(whole_heat(shape))
    assert set(figures) == {"heat_along", "heat_surface", "heat_inner", "heat_points",
                            "heat_ledger"}  # fmt: skip
    for name, figure in figures.items():
        assert not re.search(r"nan|inf", re.sub("<[^>]*>([^<]*)", r"\1", figure)), name
        assert ET.fromstring(figure).tag == SVG + "svg"
        assert len(list(ET.fromstring(figure).iter())) <= 2000
        assert len(figure) < 100_000


@pytest.mark.parametrize(
    ("name", "part", "change"),
    [
        ("heat_along", "following", lambda c: dataclasses.replace(c, depth=c.depth * 1.1)),
        ("heat_along", "following", lambda c: dataclasses.replace(c, power=c.power - 9.0)),
        ("heat_along", "constant", lambda c: dataclasses.replace(c, interpass=c.interpass + 5)),
        ("heat_along", "constant", lambda _: None),
        ("heat_surface", "surface", lambda s: dataclasses.replace(s, kelvin=s.kelvin[:, ::-1])),
        ("heat_surface", "surface", lambda s: dataclasses.replace(s, beam=(None,) * 4)),
        ("heat_inner", "inner", lambda i: dataclasses.replace(i, constant=None)),
        ("heat_points", "points", lambda p: dataclasses.replace(p, kelvin=p.kelvin + 20 * (
            p.time > 5000))),
        ("heat_points", "points", lambda p: dataclasses.replace(p, end=p.end / 2)),
        ("heat_ledger", "ledger", lambda v: dataclasses.replace(v, spent=v.spent[::-1])),
    ],
)  # fmt: skip
def test_a_figure_changes_when_its_numbers_change_and_no_other_does(
    pipe: WholeHeatView, name: str, part: str, change: Callable[[Any], Any]
) -> None:
    changed = dataclasses.replace(pipe, **{part: change(getattr(pipe, part))})
    before, after = draw_whole_heat(pipe), draw_whole_heat(changed)
    assert {key for key in before if before[key] != after[key]} == {name}


def test_the_power_that_follows_keeps_the_pool_and_constant_power_does_not(
    pipe: WholeHeatView,
) -> None:
    follows, constant = (
        by_class(draw_whole_heat(pipe)["heat_along"], "path", "mid"),
        by_class(draw_whole_heat(pipe)["heat_along"], "path", "compare"),
    )
    assert len(follows) == len(constant) == 4
    depth, grown = (np.ptp(points_of(curve)[:, 1]) for curve in (follows[3], constant[3]))
    assert depth < 2.0
    assert grown > 50.0


def test_a_stretch_is_a_turn_so_that_its_ripple_is_the_band(pipe: WholeHeatView) -> None:
    view = pipe.following
    assert view.time.size == 142
    ripple = view.interpass[2] - view.interpass[0]
    assert ripple.min() > 8.0  # up and down 5 K within each turn, less what it warms meanwhile
    assert np.abs(np.diff(view.interpass[1], 2)).max() < 0.5


def test_a_repair_of_few_turns_is_shown_station_by_station() -> None:
    view = whole_heat(turns=3, blocks=20).following
    assert view.time.size == 60
    np.testing.assert_array_equal(view.interpass[0], view.interpass[2])


def test_stations_without_a_pool_are_left_out_and_none_at_all_is_refused() -> None:
    history = fake_history(turns=3, blocks=20)
    depth = history.along.depth.copy()
    depth[:7] = np.nan
    holed = dataclasses.replace(history, along=dataclasses.replace(history.along, depth=depth))
    assert fill_whole_heat(holed, None, "pipe").following.time.size == 53
    along = dataclasses.replace(history.along, depth=np.full_like(depth, np.nan))
    with pytest.raises(RecladError, match="no station"):
        fill_whole_heat(dataclasses.replace(history, along=along), None, "pipe")


def test_the_beam_is_drawn_where_the_surface_is_hottest() -> None:
    for shape in ("pipe", "plate"):
        view = whole_heat(shape).surface
        assert view.beam[0] is None
        assert view.beam[3] is None
        beam = view.beam[1]
        assert beam is not None
        row, column = np.unravel_index(view.kelvin[1].argmax(), view.kelvin[1].shape)
        assert abs(view.x[column] - beam[0]) <= 0.51 * (view.x[1] - view.x[0])
        assert abs(view.y[row] - beam[1]) <= 0.51 * (view.y[1] - view.y[0])


def test_the_moments_shown_are_the_start_the_middle_the_end_and_the_last(
    pipe: WholeHeatView,
) -> None:
    end = fake_history().along.time[-1]
    assert pipe.surface.time == pytest.approx([0.0, 0.5 * end, end, 1.9 * end])
    assert [name.en for name in pipe.surface.names] == [
        "Cold start", "Half way", "End of cladding", "Cooling"
    ]  # fmt: skip


def test_the_map_shows_the_outermost_metal_of_each_place() -> None:
    history = fake_history("shaft")
    view = fill_whole_heat(history, None, "shaft").surface
    field = history.field
    last = int(np.abs(field.time - view.time[2]).argmin())
    thin, thick = field.temperature[last, :6, -2].T, field.temperature[last, 6:, -1].T
    np.testing.assert_array_equal(view.kelvin[2], np.concatenate((thin, thick), axis=1))


def test_where_no_metal_is_the_map_stays_bare(pipe: WholeHeatView) -> None:
    kelvin = pipe.surface.kelvin.copy()
    kelvin[:, 6:14, 20:40] = np.nan
    figure = draw_surface(dataclasses.replace(pipe.surface, kelvin=kelvin), flat=False)
    holed = by_class(figure, "path", "step")[0].get("d", "")
    whole = by_class(draw_surface(pipe.surface, flat=False), "path", "step")[0].get("d", "")
    assert whole.count("M") == 1
    assert holed.count("M") == 2


def lightness(rgb: tuple[int, int, int]) -> float:
    """CIE L* (0 black, 100 white) of an sRGB colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
              for c in (v / 255 for v in rgb)]  # fmt: skip
    return 116 * (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]) ** (1 / 3) - 16


def test_hotter_is_darker_so_that_grey_and_colour_blind_eyes_read_it() -> None:
    grey = [lightness(stop) for stop in HEAT_RAMP]
    assert min(a - b for a, b in pairwise(grey)) > 9.0
    assert grey[0] - grey[-1] > 80.0


def test_the_scale_holds_all_moments_and_a_lone_hot_spot_does_not_take_it(
    pipe: WholeHeatView,
) -> None:
    celsius = pipe.surface.kelvin - 273.15
    edges, _, open_top = heat_steps(celsius)
    assert edges[0] <= celsius.min()
    assert edges[-1] >= celsius.max()
    assert not open_top
    celsius[1, 3, 3] = 1400.0
    edges, _, open_top = heat_steps(celsius)
    assert open_top
    assert edges[-1] < 300.0
    spot = dataclasses.replace(pipe.surface, kelvin=celsius + 273.15)
    assert "≥" in draw_surface(spot, flat=False)
    assert "≥" not in draw_surface(pipe.surface, flat=False)


@pytest.mark.parametrize("kelvin", [293.15, 1500.0])
def test_a_part_of_one_temperature_is_drawn(pipe: WholeHeatView, kelvin: float) -> None:
    even = dataclasses.replace(pipe.surface, kelvin=np.full_like(pipe.surface.kelvin, kelvin))
    assert len(by_class(draw_surface(even, flat=False), "path", "step")) >= 4


def test_the_bar_of_the_ledger_is_as_long_as_what_was_taken_in(pipe: WholeHeatView) -> None:
    pieces = by_class(draw_whole_heat(pipe)["heat_ledger"], "rect", "piece")
    wide = [float(piece.get("width", "")) + 1.5 for piece in pieces]
    shares = [joules / pipe.ledger.absorbed for _, joules in pipe.ledger.spent]
    assert wide[0] == pytest.approx(860.0, abs=0.1)
    assert wide[1:] == pytest.approx([860.0 * share for share in shares], abs=0.1)
    assert sum(wide[1:]) == pytest.approx(860.0, rel=2 * pipe.ledger.gap)


def test_a_part_that_gives_back_its_preheat_counts_as_income() -> None:
    spent = ((say("stored in the part"), -3e6), (say("lost to the air"), 13e6))
    figure = draw_ledger(LedgerView(10e6, spent, 0.0))
    wide = [float(e.get("width", "")) + 1.5 for e in by_class(figure, "rect", "piece")]
    assert wide == pytest.approx([860 * 10 / 13, 860 * 3 / 13, 860.0], abs=0.1)
    assert "−3\u00a0MJ" in figure
    assert "−30.0\u00a0%" in figure


def test_peaks_of_the_named_points_survive_thinning() -> None:
    history = fake_history()
    view = fill_whole_heat(history, None, "pipe").points
    assert view is not None
    assert view.time.size < history.probes.time.size
    np.testing.assert_array_equal(view.kelvin.max(axis=1), history.probes.temperature.max(axis=1))
    none = dataclasses.replace(
        history.probes, names=(), temperature=np.zeros((0, history.probes.time.size))
    )
    bare = fill_whole_heat(dataclasses.replace(history, probes=none), None, "pipe")
    assert "heat_points" not in draw_whole_heat(bare)


def test_ranges_are_told_no_finer_than_a_per_cent() -> None:
    assert span((0.42e-3, 0.45e-3), "mm") == "0.420–0.450\u00a0mm"
    assert span((1950.0, 1950.0), "W") == "1950\u00a0W"
    assert span((3.1000e-3, 3.1001e-3), "mm") == "3.100\u00a0mm"
    assert span((263.15, 293.15), "degC") == "−10…20\u00a0°C"


@pytest.mark.parametrize("shape", JOBS)
def test_the_report_has_the_section_only_where_the_heat_is(shape: str) -> None:
    view = JOBS[shape]()
    plain = render_report(view)
    with_heat = dataclasses.replace(view, whole_heat=whole_heat(shape))
    page = render_report(with_heat)
    assert "Heat of the whole repair" not in plain
    assert "Heat of the whole repair" in page
    numbers = [int(n) for n in re.findall(r'<span class="no">(\d+)</span>', page)]
    assert numbers == list(range(1, 14))
    assert [int(n) for n in re.findall(r'<span class="no">(\d+)</span>', plain)] == numbers[:-1]
    own = {"pipe": "Hottest place of the inner wall", "shaft": "Hottest place on the axis",
           "plate": "Hottest place of the underside"}  # fmt: skip
    assert [k for k, text in own.items() if text in page] == [shape]
    assert "17–146\u00a0°C" in page
    assert set(draw_figures(with_heat)) - set(draw_figures(view)) >= {"heat_along", "heat_ledger"}
    assert len(page.encode()) - len(plain.encode()) < 100_000


def test_without_a_constant_comparison_nothing_speaks_of_one() -> None:
    heat = fill_whole_heat(fake_history(), None, "pipe")
    page = render_report(dataclasses.replace(fake_view(), whole_heat=heat))
    section = page[page.index("Heat of the whole repair") : page.index("drawn from its own text")]
    assert "onstant power" not in section


def test_the_view_of_a_plan_shows_constant_power_beside_the_one_that_follows() -> None:
    job = SimpleNamespace(part=SimpleNamespace(shape="pipe"))
    plan = SimpleNamespace(job=job, heat=fake_history(), heat_constant=fake_history(follows=False))
    view = fill_plan_heat(plan)
    assert view.constant is not None
    assert view.constant != view.following


@pytest.mark.browser
@pytest.mark.slow
def test_in_a_browser_no_text_of_the_section_is_cut_or_runs_into_another(tmp_path: Path) -> None:
    from test_report_browser import COLLISIONS

    api = pytest.importorskip("playwright.sync_api", reason="NOT RUN: playwright is missing")
    if not CHROMIUM.exists():
        pytest.skip(f"NOT RUN: no browser at {CHROMIUM}")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        for shape, job in JOBS.items():
            file = tmp_path / f"{shape}.html"
            heat = whole_heat(shape)
            file.write_text(render_report(dataclasses.replace(job(), whole_heat=heat)), "utf-8")
            for language in ("en", "zh"):
                page = chromium.new_page(viewport={"width": 1200, "height": 900})
                page.goto(f"{file.as_uri()}#{language}")
                assert page.evaluate(COLLISIONS) == [], (shape, language)
                page.close()
        chromium.close()
