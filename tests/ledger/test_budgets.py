"""Budgets on the ledger: shares in whole units, differences only, and sums that hold whatever happens."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.ledger.budget_books import BudgetBooks, read_books
from dafeng.ledger.budget_requests import ask_allotment, ask_close, ask_freeze, ask_release, ask_use, node_account
from dafeng.ledger.budget_table import check_lines, list_lines
from dafeng.ledger.budgets import Budget, BudgetNode, allot, order_nodes, split
from dafeng.ledger.ledger import Ledger, open_ledger
from dafeng.ledger.refusals import Refused
from dafeng.ledger.requests import Reverse, Transfer
from tests.store.conftest import server  # noqa: F401 - the PostgreSQL of the last test

DAY = "2026-01-05"
SHARES = st.lists(st.integers(0, 10_000), min_size=1, max_size=12)


def node(name: str, parent: str, quantity: int | None = None, share: int | None = None, topped: int = 0) -> BudgetNode:
    """A node with the parts that matter here."""
    part = None if share is None else Fraction(share)
    return BudgetNode(name, parent, Label(name, name), "", name, quantity, part, topped, DAY, name)


def tree(*nodes: BudgetNode) -> Budget:
    """A budget of one year."""
    return Budget("b", Label("预算", "budget"), "energy_budget", "tce", 0, "2026-01-01", "2026-12-31", order_nodes(nodes))


def city(root: int, first: int, second: int, *, leaf: int = 0) -> Budget:
    """City with two districts and one enterprise below the first."""
    return tree(node("c", "", root), node("d1", "c", first), node("d2", "c", second), node("e", "d1", leaf))


def read(ledger: Ledger) -> BudgetBooks:
    """What the ledger holds of the budget."""
    return read_books(ledger, city(0, 0, 0))


def book(ledger: Ledger, asked: list) -> list[str]:  # type: ignore[type-arg]
    """Submit a group and say what was refused."""
    return [one.code for one in ledger.submit([asked])[0] if isinstance(one, Refused)] if asked else []


def apply(ledger: Ledger, budget: Budget) -> int:
    """Book the differences; how many there were."""
    asked = ask_allotment(budget, allot(budget), read(ledger))
    assert book(ledger, asked) == []
    return len(asked)


def table(ledger: Ledger, budget: Budget) -> dict[str, tuple[int, int, int, int, int]]:
    """Node → allotted, given, consumed, frozen, free; every check must hold."""
    books = read(ledger)
    lines = list_lines(budget, books)
    assert [one for one in check_lines(budget, lines, books) if not one.holds] == []
    return {line.node.id: (line.allotted, line.given, line.consumed, line.frozen, line.free) for line in lines}


@pytest.fixture
def ledger(tmp_path: Path):  # type: ignore[no-untyped-def]
    """An empty ledger in a file."""
    with open_ledger(str(tmp_path / "l.sqlite")) as opened:
        yield opened


def test_split_gives_the_largest_remainders_first() -> None:
    # 10 by 1/3 each of 100 %: 3.33 each, 10 in all when the shares are whole: the first gets the unit left over.
    assert split(10, [Fraction(100, 3)] * 3) == [4, 3, 3]
    # by hand: 7 × 50 % = 3.5, 7 × 30 % = 2.1, 7 × 20 % = 1.4: floors 3 2 1, one unit left for the first
    assert split(7, [Fraction(50), Fraction(30), Fraction(20)]) == [4, 2, 1]
    # 10 × 25 % twice = 2.5 + 2.5: five units together, the earlier one gets the odd one; half stays unsplit
    assert split(10, [Fraction(25), Fraction(25)]) == [3, 2]


@given(total=st.integers(0, 10**15), weights=SHARES, part=st.integers(0, 100))
def test_split_parts_add_up_and_differ_from_the_exact_ones_by_less_than_a_unit(total, weights, part) -> None:  # type: ignore[no-untyped-def]
    whole = sum(weights) or 1
    shares = [Fraction(weight * part, whole) for weight in weights]
    parts = split(total, shares)
    assert sum(parts) == int(total * sum(shares) / 100)
    assert all(abs(made - total * share / 100) < 1 for made, share in zip(parts, shares, strict=True))


def test_shares_split_what_fixed_quantities_leave_and_the_rest_stays() -> None:
    budget = tree(node("c", "", 100), node("x", "c", 30), node("y", "c", share=50), node("z", "c", share=20))
    assert allot(budget) == {"c": 100, "x": 30, "y": 35, "z": 14}  # 70 to split; 21 stay with the city


def test_children_may_not_exceed_their_parent() -> None:
    with pytest.raises(DefinitionError, match="20 too many"):
        allot(city(100, 70, 50))


def test_a_top_up_counts_for_the_node_and_not_for_the_shares_below_it() -> None:
    budget = tree(node("c", "", 100), node("d", "c", 40, topped=10), node("e", "d", share=50))
    assert allot(budget) == {"c": 100, "d": 50, "e": 20}


@pytest.mark.parametrize(
    "nodes",
    [
        (node("a", "", 1), node("b", "", 1)),
        (node("a", "", 1), node("a", "a", 1)),
        (node("a", "", 1), node("b", "x", 1)),
        (node("a", "", 1), node("b", "d", 1), node("d", "b", 1)),
    ],
    ids=["two roots", "twice", "no parent", "ring"],
)
def test_what_is_no_tree_is_refused(nodes: tuple[BudgetNode, ...]) -> None:
    with pytest.raises(DefinitionError):
        order_nodes(nodes)


def test_the_same_tree_twice_changes_nothing(ledger: Ledger) -> None:
    assert apply(ledger, city(100, 60, 30, leaf=20)) > 0
    before = ledger.rows.query("SELECT count(*) FROM ledger_event")
    assert apply(ledger, city(100, 60, 30, leaf=20)) == 0
    assert ledger.rows.query("SELECT count(*) FROM ledger_event") == before


def test_a_changed_tree_books_only_the_differences(ledger: Ledger) -> None:
    apply(ledger, city(100, 60, 30, leaf=20))
    asked = ask_allotment(city(100, 50, 40, leaf=20), allot(city(100, 50, 40, leaf=20)), read(ledger))
    assert [(one.kind, one.giver, one.taker, one.quantity) for one in asked] == [
        ("give_back", "b/d1", "b/c", 10),
        ("allot", "b/c", "b/d2", 10),
    ]


def test_going_back_and_forth_books_each_time(ledger: Ledger) -> None:
    for _ in range(3):
        apply(ledger, city(100, 60, 30))
        apply(ledger, city(100, 50, 40))
    assert table(ledger, city(100, 50, 40))["d2"][0] == 40


def test_two_who_book_the_same_file_at_once_book_it_once(ledger: Ledger) -> None:
    budget = city(100, 60, 30, leaf=20)
    asked = ask_allotment(budget, allot(budget), read(ledger))
    assert book(ledger, asked) == []
    assert book(ledger, asked) == []  # the other one, who had read before: answered again, nothing doubled
    assert table(ledger, budget)["c"] == (100, 90, 0, 0, 10)


def test_two_who_book_different_files_at_once_conflict(ledger: Ledger) -> None:
    apply(ledger, city(100, 60, 30))
    books = read(ledger)
    one, other = city(100, 50, 30), city(100, 40, 30)
    assert book(ledger, ask_allotment(one, allot(one), books)) == []
    assert "conflict" in book(ledger, ask_allotment(other, allot(other), books))
    assert table(ledger, one)["d1"][0] == 50


def test_the_cap_of_the_city_can_rise_and_fall(ledger: Ledger) -> None:
    for root in (100, 140, 90):
        apply(ledger, city(root, 60, 30))
        assert table(ledger, city(root, 60, 30))["c"] == (root, 90, 0, 0, root - 90)


def test_a_node_that_left_the_tree_gives_everything_back(ledger: Ledger) -> None:
    apply(ledger, city(100, 60, 30, leaf=20))
    smaller = tree(node("c", "", 100), node("d2", "c", 30))
    apply(ledger, smaller)
    assert table(ledger, smaller) == {
        "c": (100, 30, 0, 0, 70),
        "d2": (30, 0, 0, 0, 30),
        "d1": (0, 0, 0, 0, 0),
        "e": (0, 0, 0, 0, 0),
    }


def test_a_node_cannot_fall_below_what_it_used(ledger: Ledger) -> None:
    budget = city(100, 60, 30, leaf=20)
    apply(ledger, budget)
    book(ledger, ask_use(budget, "e", 15, read(ledger), effective=DAY)[0])
    with pytest.raises(DefinitionError, match="5 more"):
        ask_allotment(city(100, 60, 30, leaf=10), allot(city(100, 60, 30, leaf=10)), read(ledger))


def test_a_node_may_not_change_its_parent(ledger: Ledger) -> None:
    apply(ledger, city(100, 60, 30, leaf=20))
    moved = tree(node("c", "", 100), node("d1", "c", 60), node("d2", "c", 30), node("e", "d2", 20))
    with pytest.raises(DefinitionError, match="got its units from 'b/d1'"):
        ask_allotment(moved, allot(moved), read(ledger))


def test_use_is_booked_as_far_as_the_budget_goes_and_the_rest_is_told(ledger: Ledger) -> None:
    budget = city(100, 60, 30, leaf=20)
    apply(ledger, budget)
    asked, over = ask_use(budget, "e", 27, read(ledger), effective=DAY)
    assert book(ledger, asked) == []
    assert over == 7
    assert table(ledger, budget)["e"] == (20, 0, 20, 0, 0)


def test_a_lower_report_takes_back_what_was_booked(ledger: Ledger) -> None:
    budget = city(100, 60, 30, leaf=20)
    apply(ledger, budget)
    for used in (8, 15, 10, 10, 0, 12):
        asked, over = ask_use(budget, "e", used, read(ledger), effective=DAY)
        assert book(ledger, asked) == []
        assert over == 0
        assert table(ledger, budget)["e"] == (20, 0, used, 0, 20 - used)


def test_what_is_frozen_is_neither_used_nor_given_back(ledger: Ledger) -> None:
    budget = city(100, 60, 30, leaf=20)
    apply(ledger, budget)
    book(ledger, ask_freeze(budget, ["e"], read(ledger), reason="r"))
    assert ask_freeze(budget, ["e"], read(ledger), reason="r") == []
    assert ask_use(budget, "e", 5, read(ledger), effective=DAY) == ([], 5)
    with pytest.raises(DefinitionError):
        ask_allotment(city(100, 60, 30), allot(city(100, 60, 30)), read(ledger))
    book(ledger, ask_release(budget, ["e"], read(ledger)))
    assert table(ledger, budget)["e"] == (20, 0, 0, 0, 20)


@pytest.mark.parametrize(("unused", "sink"), [("lapse", "b:lapsed"), ("give_back", "b:returned")])
def test_a_closed_period_leaves_nothing_in_the_tree(ledger: Ledger, unused: str, sink: str) -> None:
    budget = city(100, 60, 30, leaf=20)
    apply(ledger, budget)
    book(ledger, ask_use(budget, "e", 5, read(ledger), effective=DAY)[0])
    assert book(ledger, ask_close(budget, read(ledger), unused=unused, effective="2026-12-31")) == []
    books = read(ledger)
    assert table(ledger, budget)["e"] == (20, 0, 5, 0, 0)
    assert (books.state, books.accounts[sink].balance) == ("closed", 95)
    late = Transfer("late", "allot", "b:issuer", "b/c", 1, "2026-12-31")
    assert book(ledger, [late]) == ["book_closed"]


def test_a_movement_beside_the_tree_is_found_by_the_checks(ledger: Ledger) -> None:
    budget = city(100, 60, 30)
    apply(ledger, budget)
    book(ledger, [Transfer("beside", "allot", "b/d1", "b/d2", 5, DAY)])
    books = read(ledger)
    assert {one.about for one in check_lines(budget, list_lines(budget, books), books) if not one.holds} == {"d1", "d2"}


def test_a_reversal_made_elsewhere_is_booked_anew(ledger: Ledger) -> None:
    budget = city(100, 60, 30)
    apply(ledger, budget)
    book(ledger, [Reverse("x", "b/d2:1", DAY, "mistake", alone=True)])
    assert apply(ledger, budget) == 1
    assert table(ledger, budget)["d2"][0] == 30


STEPS = st.one_of(
    st.tuples(st.just("tree"), st.tuples(*[st.integers(0, 60)] * 4)),
    st.tuples(st.just("use"), st.tuples(st.sampled_from(["c", "d1", "d2", "e"]), st.integers(0, 60))),
    st.tuples(st.just("freeze"), st.sampled_from(["c", "d1", "d2", "e"])),
    st.tuples(st.just("release"), st.sampled_from(["c", "d1", "d2", "e"])),
)


@settings(max_examples=60)
@given(steps=st.lists(STEPS, min_size=1, max_size=12))
def test_the_tree_balances_whatever_the_sequence(steps) -> None:  # type: ignore[no-untyped-def]
    budget = city(100, 50, 40, leaf=20)
    used = dict.fromkeys(("c", "d1", "d2", "e"), 0)
    with open_ledger(":memory:") as ledger:
        apply(ledger, budget)
        for what, about in steps:
            books = read(ledger)
            if what == "tree":
                root, first, second, leaf = about
                asked = tree(node("c", "", root + 40), node("d1", "c", first), node("d2", "c", second), node("e", "d1", leaf))
                try:
                    requests = ask_allotment(asked, allot(asked), books)
                except DefinitionError:
                    continue  # refused as a whole: what follows shows that nothing was booked
                assert book(ledger, requests) == []
                budget = asked
            elif what == "use":
                requests, over = ask_use(budget, about[0], about[1], books, effective=DAY)
                assert book(ledger, requests) == []
                used[about[0]] = about[1] - over
            elif what == "freeze":
                assert book(ledger, ask_freeze(budget, [about], books, reason="r")) == []
            else:
                assert book(ledger, ask_release(budget, [about], books)) == []
            found = table(ledger, budget)
            wanted = allot(budget)
            assert {name: row[0] for name, row in found.items()} == wanted
            assert {name: row[2] for name, row in found.items()} == used
            assert all(got == given + consumed + frozen + free for got, given, consumed, frozen, free in found.values())
            assert all(min(row) >= 0 for row in found.values())
            assert sum(row[2] + row[3] + row[4] for row in found.values()) == wanted["c"]
            assert ask_allotment(budget, wanted, read(ledger)) == []


def test_the_same_on_postgresql(server) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    import psycopg

    with psycopg.connect(server.get_uri(), autocommit=True) as clean:
        clean.execute("DROP SCHEMA public CASCADE")
        clean.execute("CREATE SCHEMA public")
    budget = city(100, 60, 30, leaf=20)
    with open_ledger(server.get_uri()) as ledger:
        apply(ledger, budget)
        book(ledger, ask_use(budget, "e", 5, read(ledger), effective=DAY)[0])
        book(ledger, ask_freeze(budget, ["d2"], read(ledger), reason="r"))
        assert apply(ledger, replace(budget)) == 0
        assert table(ledger, budget) == {
            "c": (100, 90, 0, 0, 10),
            "d1": (60, 20, 0, 0, 40),
            "d2": (30, 0, 0, 30, 0),
            "e": (20, 0, 5, 0, 15),
        }
        assert read(ledger).accounts[node_account("b", "e")].balance == 15
