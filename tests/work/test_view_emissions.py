"""Emissions in the view: the recorded series and an inventory whose sums are those of the account."""

from __future__ import annotations

import pytest


@pytest.fixture
def inventory(view):
    return next(one for one in view["emissions"]["tables"] if one["id"] == "co2.2020")


def rows(table):
    return {row["label"]["zh"]: [cell and cell["value"] for cell in row["cells"]] for row in table["rows"]}


def test_the_recorded_series_stands_with_unit_and_addresses(view, assessment):
    found = view["emissions"]
    assert (found["unit"], found["history"][0], len(found["history"])) == (
        "Mt CO2",
        [2015, 30.0, f"{assessment.run.id}/scores/co2_emissions_ceads.2015"],
        6,
    )


def test_categories_are_rows_and_carriers_columns(inventory):
    assert ([c["zh"] for c in inventory["columns"]], inventory["unit"]) == (["原煤", "合计"], "tCO2")


def test_the_last_row_sums_the_cells(inventory):
    # 100, 10 and 30 units of the same coal by the same factors of sectors that differ only in oxidation
    found = rows(inventory)
    cells = [found[name][0] for name in ("工业", "城镇居民生活", "乡村居民生活")]
    assert found["合计"] == pytest.approx([sum(cells), sum(cells)])


def test_a_sector_of_one_category_has_its_sum_beside_it(inventory):
    assert rows(inventory)["工业"][0] == rows(inventory)["工业"][1]


def test_a_category_of_a_larger_sector_has_no_sum_of_its_own(inventory):
    assert rows(inventory)["城镇居民生活"][1] is None


def test_a_sector_of_several_categories_has_a_row_of_its_own(inventory):
    found = rows(inventory)
    joint = next(values for name, values in found.items() if name.startswith("居民生活"))
    assert joint[1] == pytest.approx(found["城镇居民生活"][0] + found["乡村居民生活"][0])
