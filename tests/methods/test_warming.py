"""The set of potentials is named, never coded; CO2e never fills the CO2 column (failures F06, F09)."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from dafeng.core.errors import LookupFailure
from dafeng.core.tables import RESULTS
from dafeng.library.factors import FactorLibrary
from dafeng.methods.warming import equivalents, total


def results(*rows: tuple[str, str, str]) -> pa.Table:
    same = {"method": "m", "edition": "e", "category": "c", "place": "370600", "period": "2025", "expression": "x",
            "facts": [], "factors": [], "match": "exact"}  # fmt: skip
    return RESULTS.build(
        {**same, "result": f"{quantity}.{n}", "quantity": quantity, "value": Decimal(value), "unit": unit}
        for n, (quantity, value, unit) in enumerate(rows)
    )


@pytest.mark.parametrize(("standard", "value"), [("sar", "2100"), ("ar4", "2500"), ("ar5", "2800"), ("ar6", "2790")])
def test_switching_the_standard_moves_the_equivalent(library: FactorLibrary, standard: str, value: str) -> None:
    assert total(equivalents(results(("ch4", "100", "tCH4")), library, standard=standard)) == Decimal(value)


def test_a_gas_without_potential_is_an_error_that_names_it(library: FactorLibrary) -> None:
    with pytest.raises(LookupFailure, match="nf3"):
        equivalents(results(("nf3", "1", "tNF3")), library, standard="sar")


def test_a_figure_in_co2e_keeps_its_gases_unknown(library: FactorLibrary) -> None:
    found = equivalents(results(("co2e", "50", "tCO2e"), ("co2", "7", "tCO2")), library, standard="ar5")
    assert [(e.gas, e.mass, e.value) for e in found] == [("unknown", None, Decimal(50)), ("co2", Decimal(7), Decimal(7))]
    assert (total(found, gas="co2"), total(found)) == (7, 57)


def test_what_is_no_gas_is_passed_over(library: FactorLibrary) -> None:
    assert equivalents(results(("energy", "5", "tce"), ("co2_indirect", "3", "tCO2")), library, standard="ar5") == ()
