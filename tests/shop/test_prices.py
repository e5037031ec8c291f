"""The price file: every price in its unit, one currency, sourced, drawn with its spread."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from reclad.errors import JobError, RecladError, ShopError, UnitError
from reclad.job.sources import known_sources, source_key
from reclad.shop.draws import draw_positive, draw_prices, expected_prices
from reclad.shop.prices import Prices, assumed_prices, leaves, named_prices, read_prices


@pytest.fixture(scope="module")
def prices() -> Prices:
    return read_prices("desert-shop")


def write(folder: Path, old: str, new: str, shipped: Path) -> None:
    text = (shipped / "prices" / "desert-shop.toml").read_text("utf-8")
    assert old in text
    (folder / "prices").mkdir()
    (folder / "prices" / "desert-shop.toml").write_text(text.replace(old, new, 1), "utf-8")


def test_every_number_has_a_known_source_and_an_assumed_one_says_why(prices: Prices) -> None:
    found = list(leaves(prices))
    assert len(found) > 35
    for path, leaf in found:
        assert source_key(leaf.source) in known_sources(), path
        assert leaf.source != "assumed" or leaf.note, path
    told = assumed_prices(prices)
    assert len(told) == sum(leaf.source == "assumed" for _, leaf in found)
    assert any(line.startswith("powder IN625: 350 CNY/kg ± 30 %") for line in told)
    assert any(line.startswith("laser hours per year: 2000 h") for line in told)


def test_every_powder_and_gas_has_a_price_and_a_footprint(prices: Prices, shipped: Path) -> None:
    names = {row.of for row in prices.powder}
    assert names == {row.of for row in prices.footprint.powder}
    assert names == {p.name.removesuffix(".toml") for p in (shipped / "powders").iterdir()}
    assert {row.of for row in prices.gas} == {row.of for row in prices.footprint.gas}


def test_the_makers_prices_stand_in_the_file_as_the_maker_gives_them(prices: Prices) -> None:
    stated = expected_prices(prices)
    assert stated["powder Stellite6"].to("CNY/kg") == pytest.approx(350.0)
    assert stated["powder 316L"].to("CNY/kg") == pytest.approx(130.0)
    assert stated["electricity"].to("CNY/kWh") == pytest.approx(1.0)
    assert stated["power wall_plug"].value == pytest.approx(4 / 12, abs=0.005)


@pytest.mark.parametrize(
    ("old", "new", "kind", "says"),
    [
        ('"38 CNY/h"', '"38 CNY/m^2"', UnitError, r"labour: 38 CNY/m\^2 where CNY/h is wanted"),
        ('"38 CNY/h"', '"38"', UnitError, r"\[labour\] value.*write for example"),
        ('"38 CNY/h"', "38", UnitError, r"\[labour\] value.*no amount with a unit"),
        ('"38 CNY/h"', '"-38 CNY/h"', UnitError, "outside 0 to"),
        ('"38 CNY/h"', '"38 EUR/h"', JobError, "in EUR, but CNY is wanted"),
        ('"38 CNY/h"', '"38 kgCO2e/h"', JobError, "in kgCO2e, but CNY is wanted"),
        (
            '"130 CNY/kg"',
            '"130 CNY/h"',
            UnitError,
            "powder row 1: 130 CNY/h where CNY/kg is wanted",
        ),
        ('"0.5366 kgCO2e/kWh"', '"0.5366 CNY/kWh"', JobError, "in CNY, but kgCO2e is wanted"),
        ('of = "431"', 'of = "316l"', JobError, "one name stands in two rows"),
        ('"LITUO-35"', '"LITUO-36"', JobError, "not in sources.bib"),
        ("[labour]", "[labor]", JobError, "unknown key"),
    ],
)
def test_a_wrong_price_is_refused_with_its_key(
    old: str, new: str, kind: type[RecladError], says: str, tmp_path: Path, shipped: Path
) -> None:
    write(tmp_path, old, new, shipped)
    with pytest.raises(kind, match=says):
        read_prices("desert-shop", tmp_path)


def test_a_file_in_the_job_folder_goes_before_the_shipped_one(
    tmp_path: Path, shipped: Path
) -> None:
    write(tmp_path, '"38 CNY/h"', '"45 yuan/h"', shipped)
    assert read_prices("desert-shop", tmp_path).labour.value.to("CNY/h") == pytest.approx(45.0)


def test_unknown_prices_are_refused() -> None:
    with pytest.raises(JobError):
        read_prices("moon-shop")


def test_a_price_nobody_wrote_is_named_with_its_nearest(prices: Prices) -> None:
    with pytest.raises(ShopError, match='did you mean "powder IN625"'):
        _ = expected_prices(prices)["powder IN626"]


def test_the_file_reads_back_from_its_own_text(prices: Prices) -> None:
    again = Prices.model_validate(prices.model_dump(mode="json"))
    for (path, one), (_, two) in zip(named_prices(prices), named_prices(again), strict=True):
        assert one.value.dimension == two.value.dimension
        assert one.value.value == pytest.approx(two.value.value, rel=1e-12), path


def test_drawn_prices_have_the_stated_mean_and_spread(prices: Prices) -> None:
    draws = 40_000
    drawn = draw_prices(prices, draws, np.random.default_rng(5))
    for path, leaf in leaves(prices):
        value = np.asarray(drawn[path].value)
        mean = expected_prices(prices)[path].value
        sd = leaf.spread * mean
        assert value.shape == (draws,)
        assert value.mean() == pytest.approx(mean, abs=5 * sd / np.sqrt(draws) + 1e-12 * mean)
        assert value.std() == pytest.approx(sd, rel=0.08, abs=1e-9 * mean)
        assert np.all(value >= 0)
        if path in ("attended", "laser utilisation", "power wall_plug"):
            assert np.all(value <= 1)


def test_a_share_whose_spread_leaves_the_range_is_refused(tmp_path: Path, shipped: Path) -> None:
    write(tmp_path, 'value = "90 %"\nspread = "5 %"', 'value = "90 %"\nspread = "50 %"', shipped)
    wide = read_prices("desert-shop", tmp_path)
    with pytest.raises(ShopError, match=r"attended: 90 % ± 50 %.*smaller spread"):
        draw_prices(wide, 10, np.random.default_rng(1))


def test_the_same_seed_draws_the_same_prices(prices: Prices) -> None:
    one, two = (draw_prices(prices, 8, np.random.default_rng(3))["labour"] for _ in range(2))
    assert np.array_equal(np.asarray(one.value), np.asarray(two.value))


def test_the_inverse_of_a_log_normal_has_its_known_mean() -> None:
    drawn = draw_positive(4.0, 0.3, 200_000, np.random.default_rng(2))
    assert np.mean(1 / drawn) == pytest.approx((1 + 0.3**2) / 4.0, rel=5e-3)


def test_the_shipped_file_is_plain_toml(shipped: Path) -> None:
    data = tomllib.loads((shipped / "prices" / "desert-shop.toml").read_text("utf-8"))
    assert data["name"] == "desert-shop"
