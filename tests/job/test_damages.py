"""The list of what may go wrong: read by name, changed in the job folder, refused where it cannot
be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from reclad.errors import RecladError
from reclad.job import list_names, new_job, read_damages, read_job
from reclad.job.damages import Mode


@pytest.fixture
def own(tmp_path: Path, shipped: Path) -> Path:
    """A job folder with a list of damages of its own."""
    folder = new_job("bearing", like="bearing", where=tmp_path)
    (folder / "damages").mkdir()
    text = (shipped / "damages" / "general.toml").read_text("utf-8")
    (folder / "damages" / "general.toml").write_text(text, "utf-8")
    return folder


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "damages" / "general.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_shipped_list_names_every_kind_of_damage_once_with_its_source() -> None:
    told = read_damages("general")
    assert sorted(one.mode for one in told.modes) == sorted(get_args(Mode))
    assert all(one.source for one in (*told.modes, *told.alloys))
    assert (told.gate, told.bearable, told.refused) == (0.05, 0.03, 0.30)


def test_every_shipped_powder_has_its_cracking_rates(shipped: Path) -> None:
    told = read_damages("general")
    for name in list_names("powders"):
        text = (shipped / "powders" / f"{name}.toml").read_text("utf-8")
        alloy = re.search(r'^alloy = "(.+)"', text, re.MULTILINE)[1]
        assert told.alloy(alloy) is not None, alloy


def test_an_alloy_or_kind_that_is_not_listed_is_none() -> None:
    told = read_damages("general")
    assert told.alloy("Ti-6Al-4V") is None
    assert told.model_copy(update={"modes": ()}).mode("hard_zone") is None
    assert told.mode("hard_zone").lost == 0.5
    assert told.alloy("431").preheat == pytest.approx(523.15)


def test_a_hard_alloy_cracks_more_readily_than_a_soft_one() -> None:
    told = read_damages("general")
    rates = [told.alloy(n).hard_phase_cracking for n in ("IN625", "431", "NiCrBSi")]
    assert rates == sorted(rates)
    assert rates[0] == 0.0 < rates[1]


def test_the_list_in_the_job_folder_goes_before_the_shipped_one(own: Path) -> None:
    change(own, 'gate = "5 %"', 'gate = "1 %"')
    assert read_job(own).hazards.gate == pytest.approx(0.01)
    assert read_damages("general").gate == pytest.approx(0.05)
    assert any("damages/general.toml" in file for file in read_job(own).sources)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('gate = "5 %"', "gate = 0.05", "gate"),
        ('gate = "5 %"', 'gate = "105 %"', "gate"),
        ('lost = "50 %"', 'lost = "50 degC"', "lost"),
        ('mode = "hard_zone"', 'mode = "cold_cracking"', "cold_cracking stands there twice"),
        ('alloy = "IN625"', 'alloy = "IN718"', "IN718 stands there twice"),
        ('mode = "hard_zone"', 'mode = "rust"', "hard_zone"),
        ('per_hardness = "50 %"', 'per_hardnes = "50 %"', "per_hardness"),
        ('source = "assumed"', "", "source"),
        (
            'between_shops = "170 %"',
            'between_shops = "0 %"',
            "between_shops: 0 % for cold_cracking",
        ),
    ],
)
def test_a_list_that_cannot_be_is_refused_with_the_key(
    own: Path, old: str, new: str, said: str
) -> None:
    change(own, old, new)
    with pytest.raises(RecladError) as refused:
        read_job(own)
    assert said in str(refused.value)
    assert "general.toml" in str(refused.value)


def test_a_list_of_no_kinds_at_all_is_refused(own: Path) -> None:
    path = own / "damages" / "general.toml"
    text = path.read_text("utf-8")
    head, _, rest = text.partition("[[modes]]")
    alloys = rest[rest.index("[[alloys]]") :]
    path.write_text(head + "modes = []\n" + alloys, "utf-8")
    with pytest.raises(RecladError, match="modes"):
        read_job(own)


def test_a_list_that_is_not_there_is_told_by_name(own: Path) -> None:
    job = own / "job.toml"
    job.write_text('damages = "generall"\n' + job.read_text("utf-8"), "utf-8")
    with pytest.raises(RecladError, match=r'"generall"(.|\n)*general'):
        read_job(own)
