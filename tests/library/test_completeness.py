"""Every row of the domain material on fuels, power, coal equivalents, heat and potentials is in the library or said why not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from dafeng.library.factors import FactorLibrary, read_factors

SOURCES = {
    "ets_power_guide_m": "ets_power_guide", "grid2023_region": "grid2023", "grid2022_nat": "grid2022", "grid2022_m": "grid2022",
    "grid2021_m": "grid2021", "cdm": "grid_baseline", "gb30251a": "gb30251_2024", "ar6_m": "ar6_7_15", "ar6_27": "ar6_7_15",
}  # fmt: skip
REFUSED = {"ets.cc.bituminous", "ets.cc.lng", "ets.cc.cog"}
"""Figures that the material says must not be used: the row is there without its value."""
RANGES = {"ce.natural_gas_lo"}
"""Printed as a range only: the row is there without a value."""


@pytest.fixture(scope="module")
def library() -> FactorLibrary:
    return read_factors()


@pytest.mark.parametrize("name", ["fuels", "grid_electricity", "coal_equivalents", "heat", "gwp"])
def test_every_row_of_the_material_is_shipped(shared: Path, library: FactorLibrary, name: str) -> None:
    rows = yaml.load((shared / f"data/accounting/{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["factors"]
    held = {(one.source, one.value.normalize()) for one in library.factors.values() if one.value is not None}
    missing = [
        row["id"] for row in rows if (SOURCES.get(row["source"], row["source"]), Decimal(row["value"]).normalize()) not in held
    ]
    assert set(missing) <= REFUSED | RANGES


def test_figures_that_must_not_be_used_have_no_value(library: FactorLibrary) -> None:
    ids = [f"ets_guides.{fuel}.carbon_content" for fuel in ("bituminous_coal", "lng", "coke_oven_gas")]
    assert [library.factors[name].value for name in ids] == [None] * 3


def test_weak_evidence_is_provisional(library: FactorLibrary) -> None:
    weak = {"ets_fuel", "ets_cement_guide", "ets_power_guide", "grid_baseline", "gb30251_2024", "ets_grid", "pubinst"}
    assert {one.grade for one in library.factors.values() if one.source in weak} == {"provisional"}


def test_figures_from_memory_say_so(library: FactorLibrary) -> None:
    told = [f"grid.{purpose}.100000.{year}" for purpose, year in (("average", 2021), ("residual", 2021), ("fossil", 2022))]
    assert ["from memory" in library.factors[name].note for name in told] == [True] * 3
