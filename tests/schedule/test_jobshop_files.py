"""Files of job shops: what they hold, and what is said about those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import ScheduleError
from reclad.schedule.jobshop import LARGEST, read_job_shop

HERE = Path(__file__).parent
SMALL = "2 3 1.5\n\n1 2 1 3 3 4\n2 1 2 5 1 3 6\n"


def read(folder: Path, text: str) -> object:
    path = folder / "shop.fjs"
    path.write_text(text, encoding="utf-8")
    return read_job_shop(path)


def test_a_small_file_is_read_as_written(tmp_path: Path) -> None:
    shop = read(tmp_path, SMALL)
    assert shop.machines == 3
    assert shop.parts == 1
    assert shop.operations == 3
    assert shop.jobs == (({1: 3, 3: 4},), ({2: 5}, {3: 6}))


def test_a_published_instance_is_read_whole() -> None:
    shop = read_job_shop(HERE / "Mk01.fjs")
    # Its own first line and README: ten jobs, six machines; first operation on 1 (5) or 3 (4).
    assert (len(shop.jobs), shop.machines, shop.operations) == (10, 6, 55)
    assert shop.jobs[0][0] == {1: 5, 3: 4}


def test_decimal_durations_are_kept_to_the_last_digit(tmp_path: Path) -> None:
    shop = read(tmp_path, "1 2\n2 1 1 0.25 2 1 3 2 10.5\n")
    assert shop.parts == 100
    assert shop.jobs == (({1: 25}, {1: 300, 2: 1050}),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("2 3\n1 1 1 3\n", "line 1: 2 jobs are announced but 1 lines of jobs follow"),
        ("1\n1 1 1 3\n", "line 1: ends where the number of machines should stand"),
        ("1 3\n1 2 1 3\n", "line 2: ends where a machine of operation 1 should stand"),
        ("1 3\n\n1 1 4 3\n", "line 3: operation 1 names machine 4, the shop has 3"),
        ("1 3\n1 1 0 3\n", "line 2: a machine of operation 1 is '0'; give a number above 0"),
        ("1 3\n1 2 1 3 1 4\n", "line 2: operation 1 names machine 1 twice"),
        ("1 3\n1 1 1 0\n", "the duration of operation 1 on machine 1 is '0'"),
        ("1 3\n1 1 1 -2\n", "on machine 1 is '-2'; give a number above 0"),
        ("1 3\n1 1 1 nan\n", "on machine 1 is 'nan'"),
        ("1 3\n1 1 1 1e999999\n", "add up to more than"),
        ("1 3\n1 1 1 1e-999999\n", "give fewer digits or a larger unit"),
        ("1 3\n1 1 1 soon\n", "on machine 1 is 'soon'"),
        ("1 3\n1 1 1.5 2\n", "a machine of operation 1 is 1.5; give a whole number"),
        ("1 3\n1 1 1 3 7 7\n", "line 2: 2 numbers are left over after 1 operations"),
        ("1 3\n1 1 1 3é\n", "is not a text of plain numbers"),
        ("1 3\n1 1 1 " + "9" * 20 + "\n", "give fewer digits or a larger unit"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ScheduleError) as said:
        read(tmp_path, text)
    assert words in str(said.value)
    assert str(said.value).startswith("shop.fjs")
    assert "\n" not in str(said.value)


def test_files_that_are_missing_or_far_too_large_are_named(tmp_path: Path) -> None:
    with pytest.raises(ScheduleError, match=r"none.fjs: cannot be read .*; check the name"):
        read_job_shop(tmp_path / "none.fjs")
    with pytest.raises(ScheduleError, match=r"cannot be read"):
        read_job_shop(tmp_path)
    large = tmp_path / "large.fjs"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(ScheduleError, match=r"large.fjs: is larger than"):
        read_job_shop(large)


@given(text=st.text("0123456789 .-e\n", max_size=60))
def test_whatever_stands_in_a_file_is_read_or_refused(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.fjs"
    path.write_text(text, encoding="utf-8")
    try:
        shop = read_job_shop(path)
    except ScheduleError:
        return
    assert shop.operations >= 1
    assert all(time > 0 for job in shop.jobs for ways in job for time in ways.values())
