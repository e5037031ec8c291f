"""A service: each hardness limit binds the metal that its zone names, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from reclad.errors import RecladError
from reclad.job import HardnessLimit, Service, new_job, read_job, read_service
from reclad.job.service import ZONES


def limit(zone: str, highest: str = "250 HV", **more: bool) -> HardnessLimit:
    return HardnessLimit(zone=zone, highest=highest, source="assumed", **more)


@pytest.mark.parametrize(
    ("zone", "metals"),
    [
        ("heat-affected zone", {"parent"}),
        ("HAZ", {"parent"}),
        ("Base metal", {"parent"}),
        ("热影响区", {"parent"}),
        ("weld metal", {"clad"}),
        ("Clad", {"clad"}),
        ("weld and heat-affected zone", {"parent", "clad"}),
        ("焊缝和热影响区", {"parent", "clad"}),
        ("haz, weld metal", {"parent", "clad"}),
    ],
)
def test_a_zone_says_which_metal_is_bound(zone: str, metals: set[str]) -> None:
    assert limit(zone).metals == metals


def test_every_known_zone_may_be_written_alone() -> None:
    assert all(limit(name).metals == {metal} for name, metal in ZONES.items())


def test_the_limits_of_one_metal_leave_out_the_others_and_exceptions() -> None:
    beside, above = limit("HAZ", "300 HV"), limit("clad", "500 HV")
    both, agreed = limit("weld and HAZ", "400 HV"), limit("HAZ", "350 HV", exception=True)
    service = Service(name="trial", limits=(beside, above, both, agreed))
    assert service.limits_of("parent") == (beside, both)
    assert service.limits_of("clad") == (above, both)


def test_the_shipped_limits_of_sour_service_are_those_of_steel() -> None:
    sour = read_service("sour")
    assert all(one.steel for one in sour.limits)
    assert [str(one.highest) for one in sour.limits_of("clad")] == ["250 HV", "22 HRC"]
    assert read_service("tool joint").limits_of("clad") == ()


@pytest.mark.parametrize(
    ("zone", "said"),
    [("heat-afected zone", 'did you mean "heat-affected zone"'), ("thread", "known: ")],
)
def test_a_zone_nobody_knows_is_refused_with_the_nearest(
    tmp_path: Path, shipped: Path, zone: str, said: str
) -> None:
    folder = new_job("bearing", like="bearing", where=tmp_path)
    (folder / "services").mkdir()
    text = (shipped / "services" / "tool-joint.toml").read_text("utf-8")
    changed = text.replace('zone = "heat-affected zone"', f'zone = "{zone}"')
    (folder / "services" / "tool-joint.toml").write_text(changed, "utf-8")
    job = folder / "job.toml"
    job.write_text('service = "tool-joint"\n' + job.read_text("utf-8"), "utf-8")
    with pytest.raises(RecladError) as refused:
        read_job(folder)
    for words in (f'"{zone}" is no zone', said, "tool-joint.toml"):
        assert words in str(refused.value)
