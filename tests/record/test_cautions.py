"""What a welder must know first stands in the report in both languages."""

from __future__ import annotations

import pytest

from reclad.job import list_names, read_material
from reclad.record.words import say_if_known


@pytest.mark.parametrize("name", list_names("materials"))
def test_every_shipped_caution_has_its_chinese(name: str) -> None:
    caution = read_material(name).caution
    if caution:
        told = say_if_known(caution)
        assert told.zh != told.en
