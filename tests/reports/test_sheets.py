"""Rows and cells of the workbook."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dafeng.reports.sheets import list_rows, read_sheets, take
from tests.web.sample import view

ROW = {
    "a": {"b": Decimal("1.5")},
    "names": ["甲", "乙"],
    "rows": [{"label": {"zh": "一", "en": "one"}}],
    "members": [{"label": {"zh": "核电", "en": "nuclear"}}, {"label": {"zh": "风电", "en": "wind"}}, {"label": "2030"}],
    "no": None,
    "flag": True,
}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("a.b", 1.5),
        ("names.#", "甲、乙"),
        ("rows.#.label", "一\none"),
        ("members.#.label", "核电、风电、2030\nnuclear; wind; 2030"),
        ("no", None),
        ("no.more", None),
        ("gone.x", None),
        ("flag", True),
    ],
)
def test_a_cell_is_found_by_its_place(at: str, expected: object) -> None:
    assert take(ROW, at) == expected


def test_the_sheets_are_those_of_the_contract() -> None:
    names = " ".join(sheet.id for sheet in read_sheets())
    assert (
        names
        == "verdicts tasks organisations pathway assumptions clashes headlines comparison comparison_changes findings sources"
    )


def test_a_pathway_has_one_line_per_quantity_scenario_and_year() -> None:
    sheet = next(one for one in read_sheets() if one.id == "pathway")
    assert len(list_rows(view(), sheet)) == 36 * 3 * (1 + 3)


def test_a_view_without_results_has_sheets_without_rows() -> None:
    assert {len(list_rows({}, sheet)) for sheet in read_sheets()} == {0}
