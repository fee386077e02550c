"""Which sums of carbon inclusion are told: no difference between those that are and the totals is that of few persons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from dafeng.ledger.book_opening import plan_book
from dafeng.ledger.book_plans import find_book_plan, read_book_plans
from dafeng.ledger.inclusion.policy import read_policy
from dafeng.ledger.inclusion.programme import CREDITS
from dafeng.ledger.inclusion.scenes import read_scenes
from dafeng.store.inclusion_rows import EVENTS, InclusionRows
from dafeng.work.inclusion_reading import InclusionView
from dafeng.work.inclusion_sums import sum_bundle, sum_months

TICKETS = count(1)


@pytest.fixture
def view(tmp_path: Path) -> Iterator[InclusionView]:
    rows, scenes = InclusionRows(tmp_path / "e.sqlite", EVENTS), read_scenes()
    book = plan_book(find_book_plan(read_book_plans(), CREDITS), "")
    yield InclusionView(rows, rows, scenes, read_policy("trial", scenes), book)
    rows.close()


def enter(view: InclusionView, scene: str, people: str, *, bundle: str = "", day: str = "2026-03-02") -> None:
    """An event of each of some people, who are called by letters."""
    at = date.fromisoformat(day).toordinal()
    for one in people:
        row = (next(TICKETS), f"k{next(TICKETS)}", scene, one, at, 0, 1, "1", "x", 100, 1, bundle)
        view.rows.run(f"INSERT INTO event VALUES ({', '.join('?' * 12)})", *row)


def told(view: InclusionView, bundle: str = "") -> set[str]:
    """Scenes, or scenes with months, whose sums are told."""
    found = sum_bundle(view, bundle) if bundle else sum_months(view)
    return {f"{one.scene}{one.month[4:]}" for one in found if one.events is not None}


def test_two_sums_of_one_person_do_not_follow_from_a_bundle(view: InclusionView) -> None:
    enter(view, "metro", "abcdef", bundle="b")
    for scene in ("bus", "walk"):
        enter(view, scene, "g", bundle="b")
    assert (told(view, "b"), told(view)) == (set(), set())


def test_the_smallest_sums_hide_those_of_few_until_they_are_a_group(view: InclusionView) -> None:
    enter(view, "metro", "abcdefgh", bundle="b")
    enter(view, "bike", "abcdef", bundle="b")
    for scene in ("bus", "walk"):
        enter(view, scene, "g", bundle="b")
    assert (told(view, "b"), told(view)) == ({"metro"}, {"metro-03"})
    assert [one.month for one in sum_months(view, scene="bike") if one.events is None] == ["2026-03"], "of one scene alone too"
    enter(view, "bus", "abcd", bundle="b")
    assert told(view, "b") == {"metro", "bike"}, "five ride the bus now, which is the smallest sum"


def test_what_waits_does_not_follow_from_a_month_and_a_bundle(view: InclusionView) -> None:
    enter(view, "metro", "abcdefg", bundle="b")
    assert told(view) == {"metro-03"}
    enter(view, "metro", "h")
    assert told(view) == set(), "the month less the bundle is h's"
    enter(view, "metro", "abcd")
    assert told(view) == {"metro-03"}


def test_a_month_of_few_does_not_follow_from_a_bundle_of_two(view: InclusionView) -> None:
    for day, people in (("2026-01-05", "abcdef"), ("2026-02-05", "g"), ("2026-03-05", "abcdefg"), ("2026-04-05", "abcdefgh")):
        enter(view, "metro", people, day=day, bundle="b" if day < "2026-03" else "")
    assert told(view) == {"metro-03", "metro-04"}
    enter(view, "metro", "defgh", day="2026-02-06", bundle="b")
    assert told(view) == {f"metro-0{month}" for month in (1, 2, 3, 4)}


def test_what_was_taken_back_counts_nowhere(view: InclusionView) -> None:
    enter(view, "metro", "abcde")
    enter(view, "bus", "a", bundle="reversed")
    assert told(view) == {"metro-03"}


def test_months_and_two_bundles_together_do_not_tell_of_one(view: InclusionView) -> None:
    enter(view, "metro", "abcdefgh", day="2026-08-10", bundle="a")
    enter(view, "metro", "l", day="2026-09-01", bundle="a")
    enter(view, "metro", "abcdefghi", day="2026-09-10", bundle="c")
    enter(view, "metro", "abcdefg", day="2026-10-01", bundle="c")
    enter(view, "metro", "abcdefghijk", day="2026-10-10")
    assert told(view) == {"metro-10"}, "bundle a less August is l's, and August is all less September and October"
