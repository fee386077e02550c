"""Recalculations: what changed and why, down to the last digit."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from dafeng.methods.recalculation import recalculate_cells, recalculate_run
from tests.methods.made import accounted, amount, write_overlay


def test_other_facts_and_other_factors_are_told_apart(tmp_path: Path) -> None:
    """By hand: 10 t x 2 = 20, then 12 t x 3 = 36; facts 2 * (2 + 3) / 2 = 5, factors 1 * (10 + 12) / 2 = 11."""
    old = accounted(write_overlay(tmp_path / "a", []), [amount("own_c0", "10")])
    new = accounted(write_overlay(tmp_path / "b", [], {"clinker": "3"}), [amount("own_c0", "12")])
    (row,) = recalculate_cells(old.cells, new.cells)
    assert (row.year, row.category, row.quantity, row.before, row.after) == (2025, "own.c0", "co2", 20, 36)
    assert row.causes == {"activity": 5, "factor": 11}
    assert row.says.en == "activity data +5 tCO2; factors +11 tCO2"


def test_a_cell_that_is_new_is_a_matter_of_the_boundary(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "a", [])
    old, new = accounted(folder, [amount("own_c0", "10")]), accounted(folder, [amount("own_c0", "10"), amount("own_c1", "4")])
    (row,) = recalculate_cells(old.cells, new.cells)
    assert (row.before, row.after, row.causes) == (None, 8, {"boundary": 8})


def test_against_a_stored_run_facts_and_definitions_are_told_apart(tmp_path: Path) -> None:
    """By hand: stored 10 x 2 = 20; the facts of then by the factor of now 10 x 3 = 30; now 12 x 3 = 36."""
    stored = accounted(write_overlay(tmp_path / "a", []), [amount("own_c0", "10")]).results.to_pylist()
    folder = write_overlay(tmp_path / "b", [], {"clinker": "3"})
    then, now = accounted(folder, [amount("own_c0", "10")]), accounted(folder, [amount("own_c0", "12")])
    (row,) = recalculate_run(stored, then.cells, now.cells)
    assert (row.before, row.after, row.causes) == (20, 36, {"factor": 10, "activity": 6})
    assert sum(row.causes.values(), Decimal(0)) == row.change


def test_another_edition_is_a_matter_of_the_method(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "a", [])
    found = accounted(folder, [amount("own_c0", "10")])
    stored = [{**row, "edition": "old", "value": Decimal(15)} for row in found.results.to_pylist()]
    (row,) = recalculate_run(stored, found.cells, found.cells)
    assert row.causes == {"method": 5}


def test_nothing_changed_is_no_row(tmp_path: Path) -> None:
    found = accounted(write_overlay(tmp_path / "a", []), [amount("own_c0", "10")])
    assert recalculate_cells(found.cells, found.cells) == ()
    assert recalculate_run(found.results.to_pylist(), found.cells, found.cells) == ()
