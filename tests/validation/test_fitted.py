"""The page of the fitted model says what its figures say; the figures are those of today's model;
the baselines are what they claim to be."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from validation.laboratories_picture import clads

from reclad.job import read_trials
from reclad.lab import sort_by_mode
from reclad.lab.mode import keyhole_index
from reclad.process import ProcessParameters
from validation import baselines, dilution_splits, laboratories, laboratories_page, track_transfer

FIGURES = laboratories.read_figures()
slow = pytest.mark.slow


def summary(text: str) -> list[str]:
    """The bullets of the page's first section."""
    short = text.partition("## In short")[2].partition("**Verified")[0]
    return re.split(r"^- ", short, flags=re.MULTILINE)[1:]


def changed(**parts: Any) -> dict[str, Any]:
    return copy.deepcopy(FIGURES) | parts


def test_the_page_and_its_picture_are_drawn_from_the_stored_figures() -> None:
    for name, text in laboratories.build(FIGURES).items():
        stored = (laboratories.ROOT / name).read_text(encoding="utf-8")
        assert stored == text, f"{name}: run `python -m validation.laboratories`, read it"


def test_the_figures_come_from_the_rows_of_today() -> None:
    assert FIGURES["rows"] == laboratories.fingerprint(), "run `python -m validation.laboratories`"


def test_the_tracks_of_the_first_cut_are_those_that_a_fit_keeps() -> None:
    shipped = read_trials("hofmann")
    kept, _ = sort_by_mode(shipped.trials, shipped.folder)
    cut = FIGURES["spots"][0]["cut"]
    both = [track_transfer.tracks_of_spot(spot, cut) for spot in track_transfer.SPOTS]
    assert {t.id for one in both for t in one.trials} == {t.id for t in kept.trials}
    assert [len(one) for one in both] == [case["rows"] for case in FIGURES["spots"][1::-1]]


def test_no_track_of_the_other_laboratory_is_one_that_a_fit_keeps() -> None:
    assert keyhole_index(track_transfer.tracks_of_chen()).min() > track_transfer.CONDUCTION_MAX


@slow
def test_one_spot_predicted_from_the_other_is_as_stored_and_within_the_bar() -> None:
    stored = FIGURES["spots"][0]
    found = track_transfer.between_spots(0, stored["cut"])
    for name, error in stored["error"].items():
        assert found["error"][name] == pytest.approx(error, abs=1.0), name
    assert max(found["error"]["fitted model"]) <= laboratories_page.ERROR_BAR
    assert found["error"]["fitted model"] < found["error"]["Eagar-Tsai"]
    assert found["inside"] == pytest.approx(stored["inside"], abs=1)


@slow
def test_one_split_of_the_clads_is_as_stored_and_asks_for_no_row_of_its_own() -> None:
    stored, found = FIGURES["dilution"]["splits"][0], dilution_splits.split(0)
    assert found["error"] == pytest.approx(stored["error"], abs=1.0)
    asked = [row[0] for row in found["each"]]
    assert len(set(asked)) == len(dilution_splits.clads().trials) - dilution_splits.OWN


def test_the_first_lines_say_where_a_baseline_comes_nearer() -> None:
    worse = changed()
    case = worse["spots"][0]
    case["error"]["Rosenthal"] = [0.5, 99.0]
    lines = summary(laboratories_page.write_page(worse))
    assert f"width {case['error']['fitted model'][0]:.1f} against 0.5 % by Rosenthal" in lines[0]
    assert "against 0.5 %" not in laboratories_page.write_page(FIGURES)
    for split in worse["dilution"]["splits"]:
        split["error"]["straight line"] = 0.1
    lines = summary(laboratories_page.write_page(worse))
    assert "dilution: straight line" in lines[0]
    assert "bar **missed**" in lines[2]


@pytest.mark.parametrize(
    ("mine", "other", "met"),
    [([11.9, 11.9], [12.5, 13.0], True), ([12.1, 5.0], [13.0, 13.0], False),
     ([5.0, 5.0], [6.0, 4.9], False)],
)  # fmt: skip
def test_the_bar_of_bare_tracks_asks_for_every_figure(mine, other, met) -> None:
    case = {"error": {"fitted model": mine, "Eagar-Tsai": other}}
    assert laboratories_page.meets_bar([case]) is met


def test_the_interval_test_notices_an_interval_that_is_too_narrow() -> None:
    right, narrow = ({"inside": [n, n], "rows": 30} for n in (27, 22))
    assert laboratories_page.coverage([right])["p"] == pytest.approx(1.0)
    assert laboratories_page.coverage([narrow])["verdict"] == "**fails**"
    least = laboratories_page.fewest_inside([right])
    passing, failing = ({"inside": [n, 0], "rows": 30} for n in (least, least - 1))
    assert (
        laboratories_page.coverage([passing])["p"]
        >= 0.05
        > laboratories_page.coverage([failing])["p"]
    )


def test_no_figure_of_the_summary_is_typed() -> None:
    template = (laboratories_page.HERE / "laboratories.md").read_text("utf-8")
    for bullet in summary(template):
        typed = set(re.findall(r"\d[\d.]*", re.sub(r"\{[^}]*\}", "", bullet)))
        assert typed <= {"316", "718", "5", "90"}, bullet


def test_the_words_of_the_page_hold() -> None:
    index = FIGURES["dilution"]["index"]
    assert min(index) > FIGURES["spots"][0]["cut"]  # "would set every clad aside"
    assert len(index) == 20  # "20 clads"
    width, depth = (
        {name: both[column] for name, both in FIGURES["laboratories"]["error"].items()}
        for column in (0, 1)
    )
    assert min(depth, key=lambda name: depth[name]) == "Rosenthal"  # "the point source is nearest"
    assert width["fitted model"] > width["prior alone"]  # "no nearer than without trials"
    for case in FIGURES["spots"][:2]:
        assert 40.0 < case["bias"]["Rosenthal"][1] < 50.0  # "by almost half"
        wider, deeper = np.subtract(case["error"]["prior alone"], case["error"]["fitted model"])
        assert wider > 2.0 > deeper  # "what the trials teach is the width"
    between = FIGURES["spots"][2:4]  # "not better there than plain baselines"
    assert all(len(laboratories_page.beaten(case)) == 2 for case in between)
    median = laboratories_page.median_errors(FIGURES)
    assert median["prior alone"] > 3.0 * median["mean of its rows"]  # "nearly all ... one level"
    low, high = (FIGURES["dilution"]["splits"][0]["each"][0][i] for i in (2, 4))
    assert high - low > 3.0 * median["fitted model"]  # "wide for such errors"


def test_without_its_furthest_track_a_depth_error_is_that_of_the_others() -> None:
    each = [[1.0] * 4 + [10.0, 0.0, 11.0, 0.0], [1.0] * 4 + [10.0, 0.0, 30.0, 0.0]]
    assert laboratories_page.error_without_furthest({"each": each}) == pytest.approx(10.0)


def test_the_picture_shows_every_track_and_clad_and_speaks_both_languages() -> None:
    drawn = ElementTree.fromstring(laboratories.build(FIGURES)[laboratories.PICTURE])
    svg = "{http://www.w3.org/2000/svg}"
    one, other = (case["rows"] for case in FIGURES["spots"][:2])
    counts = len(drawn.findall(f".//{svg}circle")), len(drawn.findall(f".//{svg}path"))
    assert counts == (2 * one + len(clads(FIGURES)), 2 * other)
    words = " ".join(t.text or "" for t in drawn.iter(f"{svg}text"))
    assert "measured" in words
    assert "实测" in words


@pytest.mark.parametrize(("speed", "limit"), [(1e-5, "still"), (3e3, "fast")])
def test_rosenthals_pool_has_the_radius_of_its_limits(speed: float, limit: str) -> None:
    power, rise, k, a = 100.0, 1400.0, 25.0, 6e-6
    radius = baselines.rosenthal_radius(*(np.array([v]) for v in (power, speed, rise, k, a)))[0]
    still = power / (2.0 * np.pi * k * rise)  # T = q / (2 pi k R)
    fast = np.sqrt(2.0 * power * a / (np.pi * np.e * k * speed * rise))  # thick plate, line source
    assert radius == pytest.approx({"still": still, "fast": fast}[limit], rel=2e-3)


def test_rosenthals_pool_lies_on_its_isotherm() -> None:
    power, speed, rise, k, a = 100.0, 0.5, 1400.0, 25.0, 6e-6
    radius = baselines.rosenthal_radius(*(np.array([v]) for v in (power, speed, rise, k, a)))[0]
    behind = -np.linspace(0.0, 2e-3, 200_001)
    far = np.hypot(behind, radius)
    heat = power / (2.0 * np.pi * k * far) * np.exp(-speed / (2.0 * a) * (far + behind))
    assert heat.max() == pytest.approx(rise, rel=1e-6)


def tracks(made_by: Any, absorptivity: float) -> Any:
    """The tracks of the small spot, as a model would have made them."""
    known = track_transfer.tracks_of_spot(track_transfer.SPOTS[0], track_transfer.CONDUCTION_MAX)
    measured = known.measured.copy()
    measured[:, [0, 2]] = made_by(known, absorptivity)
    return replace(known, measured=measured)


@pytest.mark.parametrize("model", [baselines.rosenthal, baselines.eagar_tsai])
def test_a_fit_finds_the_absorptivity_that_tracks_were_made_with(model) -> None:
    known = tracks(model, 0.42)
    assert baselines.fit_absorptivity(model, known) == pytest.approx(0.42, rel=1e-3)


def test_a_wide_gaussian_on_slow_metal_has_the_temperature_of_a_still_one() -> None:
    # Melting begins where A P = rise k w sqrt(2 pi): the middle of a still Gaussian spot,
    # A P / (sqrt(2 pi) k w), Carslaw and Jaeger 1959.
    known = track_transfer.tracks_of_spot(track_transfer.SPOTS[0], track_transfer.CONDUCTION_MAX)
    bench = known.benches[0]
    metal = baselines.mean_properties(bench.substrate.parent, bench.settings.interpass)
    rise = metal.melting - bench.settings.interpass[0]
    least = rise * metal.conductivity[0] * bench.beam.radius * np.sqrt(2.0 * np.pi)
    for factor, melts in ((0.98, False), (1.02, True)):
        settings = ProcessParameters.of(
            power=factor * least / 0.4,
            travel_speed=1e-4,
            feed_rate=0.0,
            stand_off=0.015,
            interpass=bench.settings.interpass[0],
        )
        one = replace(
            known,
            trials=known.trials[:1],
            benches=(replace(bench, rows=np.array([0]), settings=settings),),
        )
        assert bool(np.isfinite(baselines.eagar_tsai(one, 0.4)).all()) is melts


@pytest.mark.parametrize("spot", [True, False])
def test_the_combined_line_finds_a_power_law_and_carries_it_to_another_spot(spot: bool) -> None:
    def law(observed: Any, _: float = 0.0) -> Any:
        radius = np.log(observed.spot)
        power, speed = (
            np.log([getattr(t, name) for t in observed.trials])
            for name in ("power", "travel_speed")
        )
        heat = power - 0.5 * speed - (1.5 * radius if spot else 0.0)
        size = radius if spot else 0.0
        return np.column_stack((0.1 + 0.4 * heat + size, -2.0 + 0.8 * heat + size))

    asked = track_transfer.tracks_of_spot(track_transfer.SPOTS[1], track_transfer.CONDUCTION_MAX)
    made = tracks(law, 0.0)
    assert baselines.combined_line(made, asked, spot=spot) == pytest.approx(law(asked))
    assert np.abs(baselines.combined_line(made, asked, spot=not spot) - law(asked)).min() > 0.01


@pytest.mark.parametrize("logarithms", [False, True])
def test_the_line_of_dilution_finds_a_plane(logarithms: bool) -> None:
    settings = np.random.default_rng(3).uniform(1.0, 3.0, (20, 3)) * (2000.0, 3e-3, 2e-5)
    at = np.log(settings) if logarithms else settings / settings.mean(axis=0)
    plane = 40.0 + at @ (5.0, -8.0, 3.0)
    found = baselines.dilution_line(settings[:9], plane[:9], settings[9:], logarithms=logarithms)
    assert found == pytest.approx(plane[9:])
