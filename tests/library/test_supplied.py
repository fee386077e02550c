"""Factors that a user brings along are used for one run, or refused with their place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.factors import FactorLibrary, read_factors
from dafeng.library.supplied import read_supplied


@pytest.fixture(scope="module")
def library() -> FactorLibrary:
    return read_factors()


def test_a_supplied_factor_answers_under_its_own_standard(library: FactorLibrary) -> None:
    text = "fuel,value,unit,source\n汽油,2.92675,tCO2/t,Shan 2018\n天然气,21.60729,tCO2/万立方米,Shan 2018\n"
    more = library.add(read_supplied(text, library))
    found = more.look_up("gasoline", "emission_factor", "combustion", "user", "370000", 2007)
    assert (found.value, found.factor.source, found.factor.grade) == (Decimal("2.92675"), "Shan 2018", "reported")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("汽车,2.9,tCO2/t,a", r"text:2:1: unknown fuel '汽车'"),
        ("汽油,2.9,tCO2/斗,a", r"text:2:3: unknown unit 'tCO2/斗'"),
        ("汽油,about 3,tCO2/t,a", "text:2:2"),
        ("汽油,2.9,tCO2/t,", "text:2:4"),
        ("汽油,2.9,tCO2/t,a\n汽油,3.0,tCO2/t,a", "text:3:1"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused(library: FactorLibrary, row: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        read_supplied(f"fuel,value,unit,source\n{row}\n", library)
