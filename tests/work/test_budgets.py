"""Budgets of a city from its files to the ledger and back: differences, use, warnings, freezing, closing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.errors import ConflictError, DefinitionError, LookupFailure, SettingError
from dafeng.work.budget_document import budget_document
from dafeng.work.budget_files import budget_rules
from dafeng.work.budget_warnings import find_class
from dafeng.work.budgets import book_budget, budgets, close_budget, freeze_budget, release_budget, show_budget
from dafeng.work.city import City, init, open_city

TREE = """id: b
label: {zh: 预算, en: budget}
instrument: energy_budget
unit: tce
scale: 1
period: {start: "2026-01-01", end: "2026-12-31"}
date: "2026-01-05"
source: test
unused: lapse
phases: {3: 25, 6: 50}
nodes:
  - {id: c, zh: 市, en: city, quantity: 1000}
  - {id: d, parent: c, zh: 区, en: district, share: 60}
  - {id: e, parent: d, zh: 企, en: firm, quantity: 100}
reports: {file: use.csv}
"""


@pytest.fixture
def city(tmp_path: Path) -> City:
    """A city with a budget and no reports yet."""
    made = init(tmp_path / "city", place="990100")
    (made.overlay / "budgets").mkdir()
    (made.overlay / "books.yaml").write_text("books:\n  energy_budget: {scale: 1}\n", encoding="utf-8")
    return deliver(made)


def deliver(city: City, tree: str = TREE, use: str = "") -> City:
    """Put the tree and the reports into the folder."""
    (city.overlay / "budgets" / "b.yaml").write_text(tree, encoding="utf-8")
    (city.overlay / "budgets" / "use.csv").write_text("节点,截至,累计用量,单位\n" + use, encoding="utf-8")
    return city


def node(told: dict[str, Any], name: str) -> dict[str, Any]:
    """One node of a document."""
    return next(one for one in told["nodes"] if one["id"] == name)


def rules(found: Any) -> list[str]:
    """Rules of the findings."""
    return [one.rule for one in found.findings]


def test_booking_twice_books_once(city: City) -> None:
    first, second = book_budget(city, "b"), book_budget(city, "b")
    assert (first.booked > 0, first.pending, second.booked) == (True, 0, 0)
    assert [(one["allotted"], one["kept"]) for one in budget_document(second)["nodes"]] == [
        ("1000", "400"),
        ("600", "500"),
        ("100", "100"),
    ]
    assert all(one["holds"] for one in budget_document(second)["checks"])


def test_looking_books_nothing_and_makes_no_file(city: City) -> None:
    assert show_budget(city, "b").pending > 0
    assert [one.state for one in budgets(city)] == [""]
    assert not Path(city.ledger).exists()


def test_a_changed_file_books_the_difference(city: City) -> None:
    book_budget(city, "b")
    found = book_budget(deliver(city, TREE.replace("quantity: 100}", "quantity: 120.5}")), "b")
    assert (found.booked, node(budget_document(found), "e")["allotted"]) == (1, "120.5")


@pytest.mark.parametrize(
    ("old", "new"),
    [('date: "2026-01-05"', 'date: "1999-01-01"'), ('date: "2026-01-05"', 'date: "2031-01-01"'),
     ('date: "2026-01-05"', 'date: "20260105"'),
     ("reports:", 'top_ups: [{node: e, quantity: 3, date: "2027-01-01", reason: x}]\nreports:')],
)  # fmt: skip
def test_a_day_outside_the_period_is_refused(city: City, old: str, new: str) -> None:
    with pytest.raises(DefinitionError):
        book_budget(deliver(city, TREE.replace(old, new)), "b")
    assert book_budget(deliver(city, TREE.replace("2026-01-05", "2025-12-20")), "b").booked > 0


def test_a_top_up_raises_one_node(city: City) -> None:
    more = TREE + 'top_ups: [{node: e, quantity: 30, date: "2026-07-01", reason: line}]\n'
    found = book_budget(deliver(city, more), "b")
    assert [(one.node.id, one.allotted) for one in found.lines] == [("c", 10000), ("d", 6000), ("e", 1300)]


def test_reported_use_is_booked_by_differences_and_rolls_up(city: City) -> None:
    book_budget(deliver(city, use="e,2026-03,20,tce\n"), "b")
    found = book_budget(deliver(city, use="e,2026-03,20,tce\ne,2026-06,0.0045,万吨标准煤\n"), "b")
    told = budget_document(found)
    assert (found.booked, node(told, "e")["consumed"], node(told, "c")["below"]["consumed"]) == (1, "45", "45")
    assert node(told, "e")["reported"] == {"month": 6, "quantity": "45", "at": "use.csv!C3"}


def test_use_beyond_the_budget_is_told_and_booked_after_a_top_up(city: City) -> None:
    found = book_budget(deliver(city, use="e,2026-06,130,tce\n"), "b")
    assert (found.over, rules(found)) == ({"e": 300}, ["budget.overrun"])
    more = TREE + 'top_ups: [{node: e, quantity: 30, date: "2026-07-01", reason: line}]\n'
    found = book_budget(deliver(city, more, "e,2026-06,130,tce\n"), "b")
    assert (found.over, found.lines[2].consumed, rules(found)) == ({}, 1300, [])


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("e,2026-03,x,tce\n", "budget.use"),
        ("e,2026-03,-1,tce\n", "budget.use"),
        ("e,2026-03,1,吨\n", "budget.unit"),
        ("z,2026-03,1,tce\n", "budget.node"),
        ("e,2025-03,1,tce\n", "budget.month"),
        ("e,2026-03,1,tce\ne,2026-03,2,tce\n", "budget.twice"),
        ("e,2026-03,2,tce\ne,2026-06,1,tce\n", "budget.falling"),
        ("e,2026-03,1.01,tce\n", "budget.rounded"),
    ],
)
def test_what_is_wrong_with_a_report_is_a_finding_at_its_cell(city: City, row: str, rule: str) -> None:
    found = book_budget(deliver(city, use=row), "b")
    assert rules(found) == [rule]
    assert found.findings[0].at.startswith("use.csv!")


def test_an_unreadable_report_leaves_what_was_booked(city: City) -> None:
    book_budget(deliver(city, use="e,2026-03,20,tce\n"), "b")
    found = book_budget(deliver(city, use="e,2026-03,20,tce\ne,2026-06,x,tce\n"), "b")
    assert (found.lines[2].consumed, found.warned["e"].kind) == (200, "not_measurable")


def test_use_is_rounded_up_to_the_minimal_unit(city: City) -> None:
    assert book_budget(deliver(city, use="e,2026-03,1.01,tce\n"), "b").lines[2].consumed == 11


@pytest.mark.parametrize(
    ("completion", "kind"),
    [
        ("100", "green"),
        ("99.99", "yellow"),
        ("90", "yellow"),
        ("89.99", "orange"),
        ("50.01", "orange"),
        ("50", "red"),
        ("0", "red"),
    ],
)
def test_the_classes_meet_where_the_scheme_says(completion: str, kind: str) -> None:
    assert find_class(budget_rules()["warnings"]["classes"], Decimal(completion))["id"] == kind


@pytest.mark.parametrize(
    ("use", "kind"),
    [
        ("e,2026-03,25,tce\n", "green"),
        ("e,2026-03,26,tce\n", "yellow"),
        ("e,2026-06,60,tce\n", "orange"),
        ("e,2026-06,100,tce\n", "red"),
        ("e,2026-12,100,tce\n", "green"),
        ("e,2026-04,1,tce\n", "not_measurable"),
        ("", "not_measurable"),
    ],
)
def test_warnings_compare_use_with_the_phase_of_its_month(city: City, use: str, kind: str) -> None:
    # 100 tce: 25 up to March, 50 up to June, 100 up to the end; April has no stated share
    assert show_budget(deliver(city, use=use), "b").warned["e"].kind == kind


def test_a_node_is_judged_only_when_all_below_it_reported_the_same_month(city: City) -> None:
    tree = TREE.replace("reports:", "  - {id: f, parent: d, zh: 乙, en: other, quantity: 50}\nreports:")
    one = show_budget(deliver(city, tree, "e,2026-03,25,tce\n"), "b").warned["d"]
    two = show_budget(deliver(city, tree, "e,2026-03,25,tce\nf,2026-06,1,tce\n"), "b").warned["d"]
    both = show_budget(deliver(city, tree, "e,2026-03,25,tce\nf,2026-03,1,tce\n"), "b").warned["d"]
    assert [told.kind for told in (one, two, both)] == ["not_measurable", "not_measurable", "green"]
    assert "f" in one.says.en


def test_freezing_takes_the_rest_of_a_branch_and_releasing_gives_it_back(city: City) -> None:
    book_budget(city, "b")
    frozen = freeze_budget(city, "b", "d", reason="review")
    assert [(one.frozen, one.free) for one in frozen.lines] == [(0, 4000), (5000, 0), (1000, 0)]
    assert [(one.frozen, one.free) for one in release_budget(city, "b", "e").lines] == [(0, 4000), (5000, 0), (0, 1000)]
    with pytest.raises(SettingError):
        freeze_budget(city, "b", "d", reason=" ")


def test_closing_lapses_what_is_left_and_then_nothing_moves(city: City) -> None:
    book_budget(deliver(city, use="e,2026-12,40,tce\n"), "b")
    closed = close_budget(city, "b")
    assert (closed.state, closed.lines[0].below) == (
        "closed",
        {"consumed": 400, "lapsed": 9600, "returned": 0, "frozen": 0, "free": 0},
    )
    assert (close_budget(city, "b").booked, book_budget(deliver(city, TREE.replace("1000", "2000")), "b").booked) == (0, 0)


def test_closing_gives_back_where_the_file_says_so(city: City) -> None:
    book_budget(deliver(city, TREE.replace("lapse", "give_back")), "b")
    assert close_budget(city, "b").lines[0].below["returned"] == 10000


def test_closing_is_refused_while_something_is_open(city: City) -> None:
    with pytest.raises(ConflictError):
        close_budget(city, "b")
    book_budget(city, "b")
    freeze_budget(city, "b", "e", reason="court")
    with pytest.raises(ConflictError, match="100"):
        close_budget(city, "b")
    release_budget(city, "b", "e")
    with pytest.raises(SettingError):
        close_budget(deliver(city, TREE.replace("unused: lapse", "unused: null")), "b")


@pytest.mark.parametrize(
    "change",
    [
        ("share: 60", "share: 60, quantity: 1"),
        ("share: 60", "share: 101"),
        ("quantity: 100}", "quantity: 0.05}"),
        ("quantity: 100}", "quantity: 700}"),
        ("quantity: 100}", "quantity: -1}"),
        ("unit: tce", "unit: t"),
        ("energy_budget", "water_budget"),
        ("{3: 25, 6: 50}", "{3: 50, 6: 25}"),
        ("parent: d, zh: 企", "parent: x, zh: 企"),
        ("2026-12-31", "2025-12-31"),
        ("id: e,", "id: a/b,"),
        ("source: test\n", ""),
    ],
)
def test_a_file_that_cannot_hold_is_refused_and_books_nothing(city: City, change: tuple[str, str]) -> None:
    with pytest.raises(DefinitionError):
        book_budget(deliver(city, TREE.replace(*change)), "b")
    assert not Path(city.ledger).exists() or show_budget(deliver(city), "b").state == ""


def test_unknown_budgets_and_nodes_are_refused(city: City) -> None:
    with pytest.raises(LookupFailure):
        show_budget(city, "x")
    with pytest.raises(LookupFailure):
        freeze_budget(city, "b", "x", reason="r")


def test_the_sample_city_books_its_tree_from_a_table_and_its_carbon_from_the_accounts(city_copy: Callable[[str], Path]) -> None:
    sample = open_city(city_copy("yunting"))
    energy = budget_document(book_budget(sample, "energy-2025"))
    # by hand: East 55 % of 400 000; buildings 60 % of the 40 000 that industry leaves
    assert [node(energy, name)["allotted"] for name in ("east", "west", "east-buildings", "YT-03")] == [
        "220000",
        "140000",
        "24000",
        "63000",
    ]
    carbon = book_budget(sample, "carbon-2025")
    assert (carbon.over, node(budget_document(carbon), "YT-01")["consumed"]) == ({"YT-02": 8000}, "305000")
    assert [one.booked for one in (book_budget(sample, "energy-2025"), book_budget(sample, "carbon-2025"))] == [0, 0]
