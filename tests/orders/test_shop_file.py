"""shop.toml: what a shop has is declared, with units, and refused in one line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reclad.errors import FileError, JobError, RecladError, UnitError
from reclad.job import assumed_in, list_names, read_powder
from reclad.orders import new_shop, read_shop
from reclad.orders.skills import skills_of


def test_the_shipped_shop_reads_and_its_numbers_are_si(shop) -> None:
    assert shop.name == "desert-shop"
    assert shop.steps.receive.time.value == pytest.approx(1800.0)
    assert shop.grinding.removal_rate.value == pytest.approx(0.3 / 3600)
    assert shop.cutting.table[0].cutting_speed == pytest.approx(2 / 60)
    assert {one.kind for one in shop.machine} == {
        "cladder", "lathe", "grinder", "furnace", "bench", "laser-cutter"
    }  # fmt: skip


def test_every_assumed_number_of_the_shipped_shop_says_why(shop, shop_text: str) -> None:
    assert len(assumed_in(shop)) > 20
    blocks = shop_text.split("\n[")
    for block in blocks:
        if 'source = "assumed"' in block:
            assert "\nnote = " in block or "name = " in block, block


def test_everything_the_shipped_shop_names_is_in_the_library(shop) -> None:
    assert {one.cell for one in shop.machine if one.cell} <= {*list_names("machines")}
    assert shop.prices in list_names("prices")
    for person in shop.person:
        for name in person.powders:
            assert read_powder(name).name == name


def test_a_person_is_authorised_for_cladding_powder_by_powder(shop) -> None:
    first, second, third = (skills_of(one) for one in shop.person)
    assert "clad Stellite6" in first - second
    assert "clad IN625" in second - third
    assert not any(one == "clad" for one in first)


def test_a_new_shop_is_the_commented_example_under_its_own_name(tmp_path: Path) -> None:
    made = new_shop("ours", tmp_path)
    assert made == tmp_path / "ours" / "shop.toml"
    assert read_shop(made).name == read_shop(made.parent).name == "ours"
    assert "# " in made.read_text("utf-8")
    with pytest.raises(FileError, match="exists already"):
        new_shop("ours", tmp_path)
    with pytest.raises(FileError, match="one plain name"):
        new_shop("a/b", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]


@pytest.mark.parametrize(
    ("old", "new", "kind", "says"),
    [
        ('value = "30 min"', "value = 30", UnitError, "30 has no unit; write for example"),
        ('value = "30 min"', 'value = "30 kg"', UnitError, "is a mass, but a time is wanted"),
        ('start = "08:00"', 'start = "8"', JobError, 'no time of day; write for example "08:00"'),
        ('"Mon", "Tue"', '"Mon", "Mon"', JobError, "a day stands twice"),
        ('"Mon", "Tue"', '"Mon", "Tues"', JobError, "Tue"),
        ('zone = "Asia/Shanghai"', 'zone = "Desert"', JobError, "no time zone known here"),
        ('shifts = ["day"]', 'shifts = ["dya"]', JobError, 'did you mean "day"?'),
        ('kind = "lathe"', 'kind = "late"', JobError, 'did you mean "lathe"?'),
        ('name = "cladder 2"', 'name = "cladder 1"', JobError, "stands twice"),
        ('name = "operator 2"', 'name = "Lathe"', JobError, "stands twice"),
        ('cell = "x-axial-4kw"', "", JobError, "a cladder needs the machine file"),
        ('kind = "bench"', 'kind = "bench"\nplaces = 3', JobError, "a bench takes one part"),
        ('powders = ["IN625", "316L", "431"]', "", JobError, 'goes with the skill "clad"'),
        ('last = "2027-02-12"', 'last = "2027-02-01"', JobError, "swap them"),
        ('last = "2027-02-12"', 'last = "12.2.2027"', JobError, "is no date"),
        ('changeover = "45 min"', 'chngeover = "45 min"', JobError, 'did you mean "changeover"?'),
        ('source = "assumed"', 'source = "hearsay"', JobError, "is not in sources.bib"),
    ],
)
def test_what_a_shop_file_may_not_say(
    tmp_path: Path, shop_text: str, old: str, new: str, kind: type[RecladError], says: str
) -> None:
    assert old in shop_text
    (tmp_path / "shop.toml").write_text(shop_text.replace(old, new, 1), "utf-8")
    with pytest.raises(kind, match=re.escape(says)) as refused:
        read_shop(tmp_path)
    assert str(refused.value).isprintable()
    assert str(refused.value).startswith("shop.toml ")


def test_an_hour_may_have_its_price(tmp_path: Path, shop_text: str) -> None:
    hour = '\n[machine.hour]\nvalue = "{}"\nspread = "10 %"\nsource = "shop"\n\n[[machine]]'
    for price, reads in (("120 CNY/h", True), ("120 CNY/kg", False)):
        first, second, *rest = shop_text.split("\n[[machine]]")
        text = first + "\n[[machine]]" + second + hour.format(price) + "\n[[machine]]".join(rest)
        (tmp_path / "shop.toml").write_text(text, "utf-8")
        if reads:
            hourly = read_shop(tmp_path).machine[0].hour
            assert hourly is not None
            assert hourly.value.to("CNY/h") == pytest.approx(120.0)
        else:
            with pytest.raises(UnitError, match="CNY/h is wanted"):
                read_shop(tmp_path)


def test_a_cutter_without_a_table_is_refused(tmp_path: Path, shop_text: str) -> None:
    cut = shop_text[: shop_text.index("\n[cutting]\n")]
    (tmp_path / "shop.toml").write_text(cut, "utf-8")
    with pytest.raises(JobError, match="a laser-cutter needs"):
        read_shop(tmp_path)


def test_a_missing_shop_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="reclad shop new NAME"):
        read_shop(tmp_path / "none.toml")
