"""The shipped library and the job folder's own files."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reclad.errors import FileError, JobError, ProcessError, RecladError
from reclad.job import (
    Material,
    assumed,
    list_names,
    read_damages,
    read_feeder,
    read_job,
    read_machine,
    read_material,
    read_nozzle,
    read_powder,
    read_procedure,
    read_service,
)
from reclad.job.library import KINDS, data_folder
from reclad.job.names import fold
from reclad.shop.prices import read_prices

EXAMPLE = data_folder().joinpath("examples", "pipe", "job.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("42CrMo4", "42CrMo4"),
        ("42crmo4", "42CrMo4"),
        ("42CrMo", "42CrMo4"),
        ("42CrMo钢", "42CrMo4"),
        ("1.7225", "42CrMo4"),
        ("aisi 4140", "42CrMo4"),
        ("AISI4140", "42CrMo4"),
        ("Inconel 625", "IN625"),
        ("inconel625", "IN625"),
        ("2.4856", "IN625"),
        ("625合金", "IN625"),
        ("GH4169", "IN718"),
        ("Q355", "S355"),
        ("45钢", "C45"),
        ("022Cr17Ni12Mo2", "316L"),
        ("00Cr17Ni14Mo2", "316L"),
        ("1.4404", "316L"),
        ("45", "C45"),
        ("45#", "C45"),
        ("４５＃", "C45"),
        ("1.0503", "C45"),
        ("AISI 1045", "C45"),
        ("SCM440", "42CrMo4"),
        ("UNS G41400", "42CrMo4"),
        ("16Mn", "S355"),
        ("27SiMn钢", "27SiMn"),
        ("API 5CT N80", "N80"),
        ("P110油管", "P110"),
        ("0Cr17Ni4Cu4Nb", "17-4PH"),
        ("1.4542", "17-4PH"),
        ("630", "17-4PH"),
        ("17–4 PH", "17-4PH"),
        ("1Cr17Ni2", "431"),
        ("TC4", "Ti-6Al-4V"),
        ("Ti6Al4V", "Ti-6Al-4V"),
        ("UNS R56400", "Ti-6Al-4V"),
        ("灰铸铁HT250", "HT250"),
        ("EN-GJL-250", "HT250"),
        ("司太立6", "Stellite6"),
        ("Ni60", "NiCrBSi"),
        ("WC–NiCrBSi", "WC60-NiCrBSi40"),
    ],
)
def test_a_material_is_found_by_any_of_its_names(alias: str, name: str) -> None:
    assert read_material(alias).name == name


READERS = {
    "materials": read_material,
    "powders": read_powder,
    "machines": read_machine,
    "feeders": read_feeder,
    "nozzles": read_nozzle,
    "services": read_service,
    "damages": read_damages,
    "prices": read_prices,
    "procedures": read_procedure,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_alias_leads_to_its_own_file_and_no_other(kind: str) -> None:
    read = READERS[kind]
    models = [read(name) for name in list_names(kind)]
    names = [n for m in models for n in {fold(n) for n in (m.name, *m.aliases)}]
    assert len(names) == len(set(names))
    for model in models:
        assert all(read(alias).name == model.name for alias in model.aliases)


@pytest.mark.parametrize(
    ("alias", "name"),
    [("Ni60", "Ni60"), ("NiCrBSi", "Ni60"), ("司太立6粉末", "Stellite6"), ("1.4057", "431"),
     ("WC/NiCrBSi", "WC60-NiCrBSi40"), ("GH4169", "IN718")],
)  # fmt: skip
def test_a_powder_is_found_by_any_of_its_names(alias: str, name: str) -> None:
    assert read_powder(alias).name == name


def test_the_library_holds_what_the_reference_job_and_its_neighbours_need() -> None:
    parents = {n for n in list_names("materials") if "parent" in read_material(n).kind}
    assert {"42CrMo4", "C45", "S355", "27SiMn", "316L", "17-4PH"} <= parents
    assert {"N80", "P110", "HT250", "Ti-6Al-4V"} <= parents
    powders = {*list_names("powders")}
    assert {"316L", "431", "IN625", "IN718", "Stellite6", "Ni60", "WC60-NiCrBSi40"} <= powders
    for name in list_names("powders"):
        assert "clad" in read_material(read_powder(name).alloy).kind


def test_an_unknown_name_is_answered_with_the_nearest_and_the_list() -> None:
    with pytest.raises(
        JobError, match=r'no material "IN652"; did you mean "IN625"\? known: 17-4PH'
    ):
        read_material("IN652")
    with pytest.raises(JobError, match="no list of"):
        list_names("wires")


# base -> density, conductivity, solidus to liquidus, heat to melt from 20 degC (MJ/kg)
SANE = {
    "steel": ((7600, 8000), (13, 60), (1650, 1800), (1.1, 1.5)),
    "cast iron": ((7000, 7400), (25, 60), (1380, 1520), (0.9, 1.3)),
    "nickel": ((8000, 8600), (8, 35), (1230, 1630), (0.7, 1.2)),
    "cobalt": ((8200, 8800), (10, 40), (1540, 1700), (0.9, 1.2)),
    "titanium": ((4300, 4500), (6, 30), (1850, 1950), (1.2, 1.6)),
    "composite": ((11000, 12000), (20, 60), (1230, 1380), (0.35, 0.7)),
}
FAMILY = {"HT250": "cast iron", "Stellite6": "cobalt", "Ti-6Al-4V": "titanium"}
FAMILY |= {"WC60-NiCrBSi40": "composite", "IN625": "nickel", "IN718": "nickel", "NiCrBSi": "nickel"}


@pytest.mark.parametrize("name", list_names("materials"))
def test_every_material_is_physically_sane(name: str) -> None:
    m = read_material(name)
    density, conductivity, melting, heat_range = SANE[FAMILY.get(name, "steel")]
    grid = np.linspace(293.15, m.liquidus.value, 400)
    k, cp = m.conductivity.interpolate(grid), m.specific_heat.interpolate(grid)
    assert density[0] < m.density.value < density[1]
    assert conductivity[0] < k.min()
    assert k.max() < conductivity[1]
    assert cp.min() > 320
    assert np.median(cp) < 800
    assert max(m.conductivity.at[0], m.specific_heat.at[0]) < 310
    assert min(m.conductivity.at[-1], m.specific_heat.at[-1]) > 0.8 * m.solidus.value
    assert melting[0] < m.solidus.value < m.liquidus.value < melting[1]
    assert m.absorptivity is not None
    assert 0.3 < m.absorptivity.value < 0.5
    heat = (float(np.trapezoid(cp, grid)) + m.latent_heat.value) / 1e6
    assert heat_range[0] < heat < heat_range[1]


def test_the_carbide_mixture_follows_from_its_components() -> None:
    matrix, mixed = read_material("NiCrBSi"), read_material("WC60-NiCrBSi40")
    share, density, k, cp = 0.6, 15600.0, 85.0, 280.0  # MATMAKE-WC, MAKEIT-WC
    volumes = np.array([share / density, (1 - share) / matrix.density.value])
    phi = volumes[0] / volumes.sum()
    assert mixed.density.value == pytest.approx(1 / volumes.sum(), rel=1e-4)
    assert mixed.conductivity.at == mixed.specific_heat.at == matrix.conductivity.at
    km = np.array(matrix.conductivity.value)
    maxwell = km * (2 * km + k - 2 * phi * (km - k)) / (2 * km + k + phi * (km - k))
    assert mixed.conductivity.value == pytest.approx(maxwell, rel=1e-4)
    by_mass = share * cp + (1 - share) * np.array(matrix.specific_heat.value)
    assert mixed.specific_heat.value == pytest.approx(by_mass, rel=1e-4)
    assert mixed.latent_heat.value == pytest.approx(0.4 * matrix.latent_heat.value)
    assert (mixed.solidus.value, mixed.liquidus.value) == (
        matrix.solidus.value,
        matrix.liquidus.value,
    )
    assert matrix.conductivity.value[0] < mixed.conductivity.value[0] < k
    for block in (mixed.density, mixed.conductivity, mixed.specific_heat, mixed.latent_heat):
        assert block.note.startswith("computed")


@pytest.mark.parametrize(
    ("name", "word"),
    [("HT250", "special procedure"), ("Ti-6Al-4V", "brittle"), ("431", "preheat"),
     ("WC60-NiCrBSi40", "preheat"), ("N80", "mill certificate")],
)  # fmt: skip
def test_a_metal_that_needs_care_says_so(name: str, word: str) -> None:
    assert word in read_material(name).caution
    assert read_material("42CrMo4").caution == ""


def test_shipped_numbers_are_those_of_the_sheets_they_name() -> None:
    def known(m: Material) -> tuple[float, ...]:
        return (m.density.value, m.solidus.value, m.liquidus.value, m.latent_heat.value)

    assert known(read_material("431")) == (7700, 1713, 1733, 280e3)
    assert read_material("17-4PH").density.value == 7750
    assert read_material("17-4PH").conductivity.value[:5] == (15.2, 18, 19.9, 20.6, 28.1)
    assert read_material("431").conductivity.interpolate(293.15) == pytest.approx(25)
    assert read_material("Stellite6").conductivity.interpolate(300) == pytest.approx(14.9, abs=0.1)
    assert read_material("NiCrBSi").density.value == 8200
    assert read_material("Ti-6Al-4V").absorptivity.value == 0.42


def test_room_temperature_steel_has_its_measured_conductivity() -> None:
    assert read_material("42CrMo4").conductivity.interpolate(293.15) == pytest.approx(42.6)
    assert read_material("S355").conductivity.interpolate(293.15) == pytest.approx(53.334)


def test_a_table_keeps_its_end_values_outside() -> None:
    k = read_material("IN625").conductivity
    assert k.interpolate(np.array([0.0, 9999.0])).tolist() == [k.value[0], k.value[-1]]


@given(st.floats(300, 1600))
def test_between_table_points_the_value_lies_between_its_neighbours(kelvin: float) -> None:
    k = read_material("IN625").conductivity
    assert min(k.value) <= float(k.interpolate(kelvin)) <= max(k.value)


def test_feeder_curve_and_its_inverse_agree() -> None:
    feeder = read_machine("x-axial-4kw").feeder
    for rate in np.linspace(feeder.rate[0], feeder.rate[-1], 57):
        assert feeder.rate_for(feeder.rpm_for(float(rate))) == pytest.approx(rate, rel=1e-12)
    assert feeder.rpm_for(feeder.rate[3]) == pytest.approx(feeder.rpm[3])
    middle = (feeder.rate[4] + feeder.rate[5]) / 2
    assert feeder.rpm_for(middle) == pytest.approx((feeder.rpm[4] + feeder.rpm[5]) / 2)


@pytest.mark.parametrize("rate", [0.0, 1e-9, 41 / 60000, 1.0])
def test_feeder_refuses_what_was_never_weighed(rate: float) -> None:
    with pytest.raises(ProcessError, match=r"lies outside the weighed range 4 g/min to 40 g/min"):
        read_machine("x-axial-4kw").feeder.rpm_for(rate)


def test_feeder_weighings_expire() -> None:
    feeder = read_machine("x-axial-4kw").feeder
    assert feeder.days_left(datetime.date(2026, 10, 15)) == 90
    assert feeder.days_left(datetime.date(2027, 1, 14)) == -1


def test_axes_are_read_by_letter_and_A_turns_without_end() -> None:
    axes = read_machine("x-axial-4kw").axes
    assert axes["X"].max == axes.X.max == 1.5
    assert axes["A"].min is None
    assert axes["A"].max_speed == pytest.approx(np.pi / 3)


MACHINE = data_folder().joinpath("machines", "x-axial-4kw.toml").read_text("utf-8")
MATERIAL = data_folder().joinpath("materials", "IN625.toml").read_text("utf-8")


def read_own(folder: Path, kind: str, name: str, text: str) -> str:
    (folder / kind).mkdir(exist_ok=True)
    (folder / kind / f"{name}.toml").write_text(text, "utf-8")
    try:
        read_job(folder)
    except RecladError as error:
        return str(error)
    return ""


def test_a_file_in_the_job_folder_wins_over_the_library(write_job: Callable[[str], Path]) -> None:
    folder = write_job(EXAMPLE)
    assert read_own(folder, "machines", "x-axial-4kw", MACHINE.replace("4000 W", "3000 W")) == ""
    job = read_job(folder)
    assert job.cell.laser.power_max == 3000.0
    assert "machines/x-axial-4kw.toml" in job.sources


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('power_max = "4000 W"', 'power_max = "100 W"', "[laser] power_max: 100 W does not lie"),
        ('max = "1500 mm"', 'max = "0 mm"', "[axes.X] max: 0 mm does not lie above min"),
        ("analog = 1", "analog = 0", "[feeder] analog: 0 is also the laser's"),
        ("aiming = 3", "aiming = 2", "aiming: 2 is also the gas output"),
        ("aiming = 3", "aiming = true", "aiming: true where a whole number is wanted"),
        ("aiming = 3", 'aiming = "3"', 'aiming: "3" where a whole number is wanted'),
        ("aiming = 3", "aiming = 64", "aiming: 64 is above 63"),
        ('"8.1 g/min"', '"3.1 g/min"', "[feeder] weighings row 2: 2 rpm, 3.1 g/min does not lie"),
        ('["2 rpm", "8.1 g/min"]', '["2 rpm"]', "[feeder] weighings row 2: a list of 1 where a"),
        ('rpm_max = "12 rpm"', 'rpm_max = "9 rpm"', "[feeder] rpm_max: 9 rpm lies below"),
        ("weighed = 2026-10-15", 'weighed = "soon"', '[feeder] weighed: "soon" is no date'),
        ('nozzle = "coaxial-15"', 'nozzle = "coaxial-1"', 'did you mean "coaxial-15"?'),
        ('controller = "linuxcnc"', 'controller = "linux"', 'did you mean "linuxcnc"?'),
        ('source = "assumed"', 'source = "hearsay"', 'source: "hearsay" is not in sources.bib'),
        ('name = "x-axial-4kw"', 'name = "other"', 'name: "other" differs from the file name'),
        ("[axes.A]", "[axes.B]", "[axes] B: unknown key"),
    ],
)
def test_each_machine_rule_names_file_key_and_way_out(
    write_job: Callable[[str], Path], old: str, new: str, says: str
) -> None:
    assert old in MACHINE
    answer = read_own(write_job(EXAMPLE), "machines", "x-axial-4kw", MACHINE.replace(old, new, 1))
    assert answer.startswith("machines/x-axial-4kw.toml")
    assert says in answer
    assert answer.isprintable()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('unit = "W/m/K"', 'unit = "W"', '[conductivity] unit: "0 W" is a power'),
        ('unit = "W/m/K"\n', "", "[conductivity] unit: missing"),
        ("300, 400,", "300, 200,", "[conductivity] at: item 2, 200 K, does not rise"),
        ("300, 400,", "300, nan,", "[conductivity] at: item 2, nan, is not a finite number"),
        ("300, 400,", '300, "400 K",', '[conductivity] at: item 2, "400 K", is not a finite'),
        ("300, 400,", "300,", "[conductivity] value: 15 values for 14 temperatures"),
        ("9.4747,", "-9.4747,", "[conductivity] value: item 1, -9.4747 W/m/K, is outside"),
        ('value = "1563 K"', 'value = "1663 K"', "[liquidus] value: 1623 K does not lie above"),
        ('Cr = "21.5 %"', 'Cr = "91.5 %"', "[composition] mass_share: the elements beside Ni"),
        ('source = "SMC-625"', 'source = "SMC-626"', 'did you mean "SMC-625"?'),
        ('value = "8440 kg/m^3"', "value = 8440", "[density] value: 8440 has no unit"),
        (
            'kind = ["parent", "clad"]',
            'kind = ["clud"]',
            'kind row 1: "clud" is not one of parent, clad',
        ),
    ],
)
def test_each_material_rule_names_file_key_and_way_out(
    write_job: Callable[[str], Path], old: str, new: str, says: str
) -> None:
    assert old in MATERIAL
    answer = read_own(write_job(EXAMPLE), "materials", "IN625", MATERIAL.replace(old, new, 1))
    assert answer.startswith("materials/IN625.toml")
    assert says in answer
    assert answer.isprintable()


def test_a_boiling_point_lies_above_the_liquidus(write_job: Callable[[str], Path]) -> None:
    boiling = '[boiling]\nvalue = "1500 K"\nspread = "1 %"\nsource = "assumed"\n'
    answer = read_own(write_job(EXAMPLE), "materials", "IN625", MATERIAL + boiling)
    assert "[boiling] value: 1500 K does not lie above the liquidus 1623 K" in answer


def test_a_table_in_degrees_celsius_is_the_same_table(write_job: Callable[[str], Path]) -> None:
    folder = write_job(EXAMPLE)
    own = """[conductivity]
unit = "W/m/K"
at_unit = "degC"
at = [26.85, 126.85]
value = [9.4747, 11.1047]
spread = "10 %"
source = "assumed"
"""
    start, end = MATERIAL.index("[conductivity]"), MATERIAL.index("[specific_heat]")
    assert read_own(folder, "materials", "IN625", MATERIAL[:start] + own + MATERIAL[end:]) == ""
    table = read_material("IN625", folder).conductivity
    assert table.at == pytest.approx((300.0, 400.0))
    assert table.interpolate(350.0) == pytest.approx(
        read_material("IN625").conductivity.interpolate(350.0)
    )


def test_a_powder_is_as_coarse_as_its_sieves_say(write_job: Callable[[str], Path]) -> None:
    text = data_folder().joinpath("powders", "IN625.toml").read_text("utf-8")
    text = text.replace('value = "45 um"', 'value = "90 um"')
    answer = read_own(write_job(EXAMPLE), "powders", "IN625", text)
    assert "[particle_radius] value: twice 90 um lies outside the grain sizes 45 um" in answer


def test_own_sources_may_be_named_in_the_job_folder(write_job: Callable[[str], Path]) -> None:
    folder = write_job(EXAMPLE)
    (folder / "sources.bib").write_text("@misc{our-lab,\n title = {our own scale},\n}\n", "utf-8")
    text = MATERIAL.replace('source = "SMC-625"', 'source = "our-lab, sheet 3"')
    assert read_own(folder, "materials", "IN625", text) == ""


def test_every_assumed_number_is_listed_and_no_sourced_one(
    write_job: Callable[[str], Path],
) -> None:
    listed = assumed(read_job(write_job(EXAMPLE)))
    what = {a.what for a in listed}
    assert "material 42CrMo4 solidus" in what
    assert "nozzle coaxial-15 particle speed" in what
    assert "machine x-axial-4kw feeder weighings" in what
    assert not any("IN625 density" in w or "IN625 solidus" in w for w in what)
    assert all(a.source.startswith("assumed") and a.value for a in listed)


def test_a_feeder_curve_of_another_powder_is_listed_as_assumed(
    write_job: Callable[[str], Path],
) -> None:
    job = read_job(write_job(EXAMPLE.replace('powder = "IN625"', 'powder = "316L"')))
    found = {a.what: a for a in assumed(job)}
    assert found["machine x-axial-4kw feeder curve"].value == "weighed with IN625"


def test_a_library_folder_one_may_not_list_is_refused(
    write_job: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_job(EXAMPLE)
    (folder / "materials").mkdir()

    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    read_material("42CrMo4")
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(FileError, match="materials: cannot be read"):
        read_job(folder)


def test_reading_a_whole_job_is_cheap(write_job: Callable[[str], Path]) -> None:
    folder = write_job(EXAMPLE)
    read_job(folder)
    start = time.process_time()
    read_job(folder)
    assert time.process_time() - start < 0.15
