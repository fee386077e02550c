"""One instrument, one book: whichever face opens it, in whichever order, and beside ledgers of earlier versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.errors import ConflictError, DefinitionError, LookupFailure, SettingError
from dafeng.ledger.audit import verify
from dafeng.ledger.beancount import spell_beancount
from dafeng.ledger.book_plans import read_book_plans
from dafeng.ledger.eligibility import read_schemes
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.refusals import Booked
from dafeng.ledger.requests import MOST, OpenAccount, OpenBook, Reverse, Transfer, encode
from dafeng.library.overlay import shipped
from dafeng.store.orders import add_order
from dafeng.store.records import open_records
from dafeng.work.allotments import open_period
from dafeng.work.ask_credits import ask_issue, retire_credits
from dafeng.work.budgets import book_budget, close_budget
from dafeng.work.city import City, init
from dafeng.work.credit_books import list_credit_books
from dafeng.work.credits import credit_book_document, enter_project, open_credit_account, take
from dafeng.work.inclusion import open_inclusion
from dafeng.work.project_register import public_projects
from dafeng.work.right_certificate import find_certificate
from dafeng.work.right_opening import open_book
from dafeng.work.right_orders import decide_order, place_order
from dafeng.work.rights import Rights

YEAR = {"start": "2023-01-01", "end": "2023-12-31"}
PROJECT = """id: reed-1
name: 盐沼
scheme: blue
method: coastal_wetland
assets: [reed-1]
facts: {city_method: true, in_ets: false, other_mechanism: false, owner_consents: true}
"""
STEPS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("publish", "业主", "2024-01-10", {}),
    ("validate", "审定", "2024-03-01", {}),
    ("register", "登记", "2024-03-20", {"applied": "2024-03-05"}),
    ("monitor", "业主", "2024-04-01", {**YEAR, "quantity": 12}),
    ("verify", "核查", "2024-06-01", {**YEAR, "quantity": 12}),
)


@pytest.fixture
def city(tmp_path: Path) -> City:
    return init(tmp_path / "city", place="370600")


def by_page(plan: str, period: str = "", limit: int = MOST) -> Callable[[City], None]:
    """Open a book as the page of rights does."""

    def act(city: City) -> None:
        with Rights(city) as rights:
            assert {one.state for one in open_book(rights, plan, period=period, limit=limit, who="李四")} == {"booked"}

    return act


def by_programme(city: City) -> None:
    """Open the books of carbon inclusion."""
    with open_inclusion(city) as programme:
        programme.prepare()


def by_scheme(scheme: str) -> Callable[[City], None]:
    """Open the book of a scheme of credits."""
    return lambda city: open_credit_account(city, scheme, "甲") and None


def by_period(city: City) -> None:
    """Open the book of a compliance period."""
    open_period(city, "cea-2025", "2025", limit=MOST, enterprises=["甲"])


BUDGET = """id: {id}
label: {{zh: 预算, en: budget}}
instrument: energy_budget
unit: tce
scale: {scale}
period: {{start: "2025-01-01", end: "2025-12-31"}}
date: "2025-01-05"
source: test
unused: lapse
nodes: [{{id: c, zh: 市, en: city, quantity: 1000}}, {{id: d, parent: c, zh: 区, en: district, share: 60}}]
"""


def deliver(city: City, name: str = "trees", scale: int = 0) -> None:
    """Put the file of a budget into the folder of a city."""
    (city.overlay / "budgets").mkdir(parents=True, exist_ok=True)
    (city.overlay / "budgets" / f"{name}.yaml").write_text(BUDGET.format(id=name, scale=scale), "utf-8")


def by_budget(city: City) -> None:
    """Book a budget."""
    deliver(city)
    assert book_budget(city, "trees").pending == 0


FACES = {
    "ENERGY-BUDGET": (by_page("energy_budget", "2025", limit=1000), by_budget),
    "CEA": (by_page("cea", "2025"), by_period),
    "CCER": (by_page("ccer"), by_scheme("ccer")),
    "BLUE": (by_page("blue_carbon"), by_scheme("blue")),
    "INCLUSION": (by_page("inclusion_credit"), by_scheme("inclusion")),
    "INCLUSION of a programme": (by_page("inclusion_credit"), by_programme),
    "INCLUSION of both": (by_scheme("inclusion"), by_programme),
    "POINTS": (by_page("points"), by_programme),
}
"""Two faces that open the book of an instrument."""


def stand(city: City, instrument: str) -> list[tuple[Any, ...]]:
    """Definitions of the books of an instrument with the city's own accounts in them."""
    with open_ledger(city.ledger) as ledger:
        return ledger.rows.query(
            "SELECT b.name, b.unit, b.scale, b.serials, b.period, b.project, a.name, a.type, a.holder, a.registry, a.lim"
            " FROM ledger_book b JOIN ledger_account a ON a.book = b.no WHERE b.instrument = ? AND a.holder = ?"
            " AND a.name LIKE b.name || '.%'"
            " ORDER BY a.name",
            instrument, city.slug,
        )  # fmt: skip


def books(city: City) -> list[tuple[str, str]]:
    """Names and instruments of all books."""
    with open_ledger(city.ledger) as ledger:
        return ledger.rows.query("SELECT name, instrument FROM ledger_book ORDER BY no")


@pytest.mark.parametrize("case", FACES)
def test_either_face_opens_the_same_book_and_the_other_one_uses_it(case: str, tmp_path: Path) -> None:
    instrument, pair = case.split()[0], FACES[case]
    found = []
    for name, (first, second) in (("a", pair), ("b", pair[::-1])):
        city = init(tmp_path / name / "city", place="370600")
        first(city)
        alone = stand(city, instrument)
        second(city)
        first(city)
        assert alone
        assert stand(city, instrument) == alone
        assert [one for _, one in books(city)].count(instrument) == 1
        found.append(alone)
    assert found[0] == found[1]
    plan = read_book_plans().find(instrument)
    assert plan is not None
    assert {row[1:4] for row in found[0]} == {(plan.unit, plan.scale, plan.serials)}
    assert {row[7] for row in found[0]} == set(plan.accounts)


def test_a_budget_lies_in_the_book_that_the_page_opened(city: City) -> None:
    by_page("energy_budget", "2025", limit=5)(city)
    by_budget(city)
    assert book_budget(city, "trees").booked == 0
    with open_ledger(city.ledger) as ledger:
        held = dict(ledger.rows.query("SELECT name, balance FROM ledger_account WHERE balance <> 0"))
        assert verify(ledger) == []
    assert held == {"energy_budget-2025.issuer": -1000, "trees/c": 400, "trees/d": 600}
    closed = close_budget(city, "trees")
    assert (closed.state, [one for one in closed.checks if not one.holds]) == ("closed", [])
    with open_ledger(city.ledger) as ledger:
        held = dict(ledger.rows.query("SELECT name, balance FROM ledger_account WHERE balance <> 0"))
    assert held == {"energy_budget-2025.issuer": -1000, "energy_budget-2025.cancelled": 1000}


def test_a_budget_in_another_form_than_its_book_is_refused_in_words(city: City) -> None:
    by_page("energy_budget", "2025")(city)
    deliver(city, scale=2)
    with pytest.raises(DefinitionError, match="'energy_budget-2025' tce with 0"):
        book_budget(city, "trees")


def test_a_second_tree_of_a_kind_and_year_is_refused_in_words(city: City) -> None:
    by_budget(city)
    deliver(city, "more")
    with pytest.raises(DefinitionError, match="'energy_budget-2025' is that of the budget 'trees'"):
        book_budget(city, "more")


def test_a_budget_of_an_earlier_version_stays_in_its_book(city: City) -> None:
    deliver(city, scale=2)
    with open_ledger(city.ledger) as ledger:
        ledger.submit([[
            OpenBook("trees:open", "trees", "energy_budget", "tce", 2),
            OpenAccount("trees:issuer:open", "trees:issuer", "trees", "issuer", ("authority",), limit=100_000),
            OpenAccount("trees:returned:open", "trees:returned", "trees", "issuer", ("authority",), limit=0),
            OpenAccount("trees:lapsed:open", "trees:lapsed", "trees", "cancelled", ("authority",)),
        ]])  # fmt: skip
    assert book_budget(city, "trees").pending == 0
    assert book_budget(city, "trees").booked == 0
    assert books(city) == [("trees", "energy_budget")]
    assert close_budget(city, "trees").state == "closed"


def test_the_page_is_told_again_what_another_face_opened(city: City) -> None:
    by_period(city)
    with Rights(city) as rights:
        made = open_book(rights, "cea", period="2025", who="李四")
        asked = open_book(rights, "cea", period="2025", who="李四")
    assert [(one.id, one.state) for one in made] == [(one.id, one.state) for one in asked]
    assert {one.state for one in made} == {"booked"}
    assert all(one.again for one in asked)


def test_a_period_has_one_book_under_the_name_of_its_plan(city: City) -> None:
    with pytest.raises(SettingError, match="cea-2025") as told:
        open_period(city, "mine", "2025", limit=5, enterprises=[])
    assert not books(city)
    assert told.value.remedy.zh
    open_period(city, "cea-2025", "2025", limit=5, enterprises=["甲"])
    with pytest.raises(SettingError, match="has the book 'cea-2025'"):
        open_period(city, "mine", "2025", limit=5, enterprises=[])
    with pytest.raises(SettingError, match=r"ledger limit CITY cea-2025\.issuer 6"):
        open_period(city, "cea-2025", "2025", limit=6, enterprises=[])
    open_period(city, "cea-2025", "2025", limit=5, enterprises=["甲", "乙"])
    assert [name for name, _ in books(city)] == ["cea-2025", "cea-2025.owed"]


def test_allowances_that_are_not_whole_tonnes_are_refused(city: City) -> None:
    (city.overlay / "books.yaml").write_text("books:\n  cea:\n    scale: 3\n", "utf-8")
    with pytest.raises(SettingError, match="whole tonnes"):
        by_period(city)


def open_formerly(
    city: City, book: str, instrument: str, unit: str, scale: int, *, period: str = "", serials: bool = True
) -> None:
    """Open a book as earlier versions did."""
    with open_ledger(city.ledger) as ledger:
        said = ledger.submit([
            [OpenBook(f"open:{book}", book, instrument, unit, scale, serials, period, serials)],
            [OpenAccount(f"open:{book}.issuer", f"{book}.issuer", book, "issuer", ("authority",), limit=MOST)],
            [OpenAccount(f"open:{book}.retired", f"{book}.retired", book, "retired", ("authority",))],
        ])  # fmt: skip
        assert all(isinstance(one[0], Booked) for one in said)


FORMER = {
    "blue": ("blue-carbon", "local blue carbon credit", "t", 0, "blue_carbon"),
    "inclusion": ("inclusion-projects", "carbon inclusion credit", "t", 0, "inclusion_credit"),
}


@pytest.mark.parametrize("scheme", FORMER)
def test_a_book_of_an_earlier_version_is_used_and_none_is_opened_beside(city: City, scheme: str) -> None:
    name, instrument, unit, scale, plan = FORMER[scheme]
    open_formerly(city, name, instrument, unit, scale)
    assert open_credit_account(city, scheme, "甲") == f"{name}.甲"
    assert credit_book_document(city, scheme)["book"] == name
    with Rights(city) as rights, pytest.raises(SettingError, match=f"has the book '{name}'"):
        open_book(rights, plan, who="李四")
    assert [one for one, _ in books(city)] == [name]


def test_a_period_of_an_earlier_version_keeps_its_name_and_form(city: City) -> None:
    open_formerly(city, "small", "CEA", "t", 0, period="2025", serials=False)
    open_period(city, "small", "2025", limit=MOST, enterprises=["甲"])
    with Rights(city) as rights, pytest.raises(SettingError, match="has the book 'small'"):
        open_book(rights, "cea", period="2025", who="李四")
    assert [one for one, _ in books(city)] == ["small", "small.owed"]


def test_points_of_an_earlier_version_stay_where_they_are(city: City) -> None:
    with open_ledger(city.ledger) as ledger:
        ledger.submit([
            [OpenBook("puhui:book:puhui.points", "puhui.points", "carbon inclusion points", "point")],
            [OpenAccount("i", "puhui.points/issuer", "puhui.points", "issuer", ("city",), limit=MOST)],
            [OpenAccount("u", "puhui.points/used", "puhui.points", "used", ("city",))],
            [OpenAccount("l", "puhui.points/lapsed", "puhui.points", "cancelled", ("city",))],
        ])  # fmt: skip
    with open_inclusion(city) as programme:
        programme.prepare()
        shelf = programme.shelf()
    assert (shelf.points.name, shelf.earns, shelf.used, shelf.lapsed) == (
        "puhui.points", "puhui.points/issuer", "puhui.points/used", "puhui.points/lapsed",
    )  # fmt: skip
    assert [one for one, _ in books(city)] == ["puhui.points", "puhui.grams", "inclusion_credit"]


def test_a_book_without_serial_numbers_takes_no_credits_of_projects(city: City) -> None:
    open_formerly(city, "inclusion_credit", "INCLUSION", "t", 6, serials=False)
    with pytest.raises(SettingError, match="opened in another form"):
        open_credit_account(city, "inclusion", "甲")


def test_a_scheme_whose_book_nobody_defines_is_refused_in_words(city: City) -> None:
    text = (shipped() / "rights" / "schemes.yaml").read_text("utf-8")
    own = text[text.index("  blue:\n") : text.index("  inclusion:\n", text.index("  blue:\n"))]
    (city.overlay / "rights").mkdir(parents=True, exist_ok=True)
    own = (
        own.replace("  blue:", "  reed:")
        .replace("book: blue_carbon", "book: reed")
        .replace("formerly: blue-carbon", "same: []")
    )
    (city.overlay / "rights" / "schemes_own.yaml").write_text("schemes:\n" + own, "utf-8")
    with pytest.raises(LookupFailure, match="no book 'reed' is defined"):
        open_credit_account(city, "reed", "甲")
    whole = "instrument: REED, unit: t, scale: 1, serials: true, dated: false, project: true, accounts: [issuer, retired]"
    more = "label: {zh: 芦苇, en: reed}, of: {zh: 碳, en: carbon}, threshold: 1, source: null, clause: null, grade: C"
    (city.overlay / "books.yaml").write_text(f"books:\n  reed: {{{whole}, {more}}}\n", "utf-8")
    assert open_credit_account(city, "reed", "甲", limit=7) == "reed.甲"
    assert credit_book_document(city, "reed")["limit"] == 7


def issue(city: City, tmp_path: Path) -> None:
    """Issue twelve tonnes of blue carbon."""
    (tmp_path / "reed.yaml").write_text(PROJECT, encoding="utf-8")
    enter_project(city, tmp_path / "reed.yaml", who="业主", day="2024-01-02")
    for step, who, day, values in STEPS:
        take(city, "reed-1", step, who=who, day=day, values=values)
    order = ask_issue(city, "reed-1", who="登记", day="2024-07-01", values=YEAR)
    with Rights(city) as rights:
        assert decide_order(rights, order.id, accept=True, who="复核").code == ""


@pytest.fixture
def issued(city: City, tmp_path: Path) -> City:
    """Twelve tonnes of blue carbon, of which two are retired, in the book that the page had opened."""
    by_page("blue_carbon", limit=100_000)(city)
    issue(city, tmp_path)
    asked = {"holder": "业主", "beneficiary": "马拉松", "reason": "中和", "day": "2024-08-01", "id": "r1", "who": "业主"}
    with Rights(city) as rights:
        retire_credits(city, "reed-1", 2, **asked)
        assert decide_order(rights, "r1", accept=True, who="复核").code == ""
    return city


def test_credits_of_a_project_lie_in_the_book_that_the_page_opened(issued: City) -> None:
    assert books(issued) == [("blue_carbon", "BLUE")]
    with open_ledger(issued.ledger) as ledger:
        held = dict(ledger.rows.query("SELECT name, balance FROM ledger_account WHERE balance <> 0"))
        export = "".join(spell_beancount(ledger.rows))
    assert held == {"blue_carbon.issuer": -12_000, "blue_carbon.业主": 10_000, "blue_carbon.retired": 2_000}
    assert "commodity BLUE-1" in export
    assert "12.000 BLUE-1" in export


def test_certificate_and_registry_carry_the_instrument_of_the_plan(issued: City) -> None:
    with Rights(issued) as rights:
        with rights.reading() as rows:
            [[event]] = rows.query("SELECT seq FROM ledger_event WHERE id = 'r1'")
        told = find_certificate(rights, int(event))
        registered = public_projects(rights)
    assert (told.book.instrument, told.label.zh, told.quantity, told.book.scale) == ("BLUE", "蓝碳", 2_000, 3)
    assert [(name, one[0]["issued"], one[0]["retired"]) for name, one in registered.items()] == [("blue_carbon", 12_000, 2_000)]


def test_the_audit_knows_the_minimal_units_of_the_book(issued: City) -> None:
    with open_ledger(issued.ledger) as ledger:
        assert verify(ledger) == []


def test_credits_of_a_project_are_not_issued_by_order_in_either_form_of_the_book(issued: City) -> None:
    wrong = Transfer("x", "issue", "blue_carbon.issuer", "blue_carbon.业主", 5, "2024-08-01", project="reed-1")
    with Rights(issued) as rights, pytest.raises(ConflictError, match="register of projects"):
        place_order(rights, wrong, who="业主")


def test_what_the_register_issued_is_not_reversed_by_an_order(issued: City) -> None:
    name = "credit:reed-1:2023-01-01/2023-12-31"
    with Rights(issued) as rights:
        with pytest.raises(ConflictError, match="issued by the register of projects"):
            place_order(rights, Reverse("rv", name, "2024-09-01", "wrong"), who="业主")
        at, asked = datetime.now(UTC), Reverse("old", name, "2024-09-01", "wrong")
        with open_records(issued.records) as records, records.write(actor="业主", at=at) as session:
            add_order(session, asked.id, encode(asked), pair=True, at=at)
        with pytest.raises(ConflictError):
            decide_order(rights, "old", accept=True, who="复核")
        assert decide_order(rights, "old", accept=False, who="复核").state == "rejected"


def test_the_audit_names_an_issue_that_was_reversed_beside_the_register(city: City, tmp_path: Path) -> None:
    issue(city, tmp_path)
    with open_ledger(city.ledger) as ledger:
        name = "credit:reed-1:2023-01-01/2023-12-31"
        assert isinstance(ledger.submit([[Reverse("rv", name, "2024-09-01", "wrong")]])[0][0], Booked)
        assert [(one.at, one.says.en) for one in verify(ledger)] == [
            (name, "the register says that it is issued; the ledger has reversed it")
        ]


# --- instruments -----------------------------------------------------------------------------------------------------------


def test_a_definition_that_renames_an_open_book_is_refused(issued: City) -> None:
    text = (shipped() / "ledger" / "books.yaml").read_text("utf-8")
    own = text[text.index("  blue_carbon:\n") : text.index("  inclusion_credit:\n")].replace("blue_carbon:", "reed:")
    (issued.overlay / "books.yaml").write_text("books:\n" + own.replace("BLUE", "REED").replace("local blue", "reed"), "utf-8")
    by_page("reed", limit=10)(issued)
    (issued.overlay / "books.yaml").write_text("books:\n" + own.replace("BLUE", "REED2").replace("local blue", "x"), "utf-8")
    with Rights(issued) as rights, pytest.raises(DefinitionError, match="'reed' is open as 'REED'") as told:
        open_book(rights, "reed", who="李四")
    assert "formerly" in told.value.remedy.zh


def test_a_book_that_was_renamed_keeps_its_rules(issued: City) -> None:
    (issued.overlay / "books.yaml").write_text("books:\n  blue_carbon: {instrument: BLUE2, formerly: [BLUE]}\n", "utf-8")
    wrong = Transfer("x", "issue", "blue_carbon.issuer", "blue_carbon.业主", 5, "2024-08-01", project="reed-1")
    with Rights(issued) as rights:
        with pytest.raises(ConflictError, match="register of projects"):
            place_order(rights, wrong, who="业主")
        assert rights.plans().find("BLUE") == rights.plans().books["blue_carbon"]


def test_rules_of_credits_go_by_the_definition_of_the_book() -> None:
    known = list_credit_books(read_book_plans(), read_schemes())
    assert known.has("ccer", "anything")
    assert known.has("blue-carbon", "anything")
    assert known.has("of an earlier version", "local blue carbon credit")
    assert not known.has("green_certificate", "GEC")


# --- periods ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "period"),
    [("cea", "2022-2024"), ("cea", "2024-2022"), ("cea", "2023-2023"), ("energy_budget", "2025-2025"),
     ("carbon_budget", "2025-2026"), ("energy_right", "2025-2024"), ("energy_right", "2025-2025"), ("cea", "٢٠٢٥")],
)  # fmt: skip
def test_a_period_is_one_year_or_two_in_order(city: City, plan: str, period: str) -> None:
    with Rights(city) as rights, pytest.raises(SettingError, match="cannot be used"):
        open_book(rights, plan, period=period, who="李四")
    assert books(city) == []


@pytest.mark.parametrize("period", ["2022", "2023", "2021-2022", "2023-2025", "2021-2030"])
def test_no_year_of_an_instrument_has_two_books(city: City, period: str) -> None:
    by_page("energy_right", "2022-2023")(city)
    with Rights(city) as rights, pytest.raises(SettingError, match="has the book 'energy_right-2022-2023'"):
        open_book(rights, "energy_right", period=period, who="李四")
    by_page("energy_right", "2020-2021")(city)
    by_page("energy_right", "2024")(city)
    assert len(books(city)) == 3


def test_no_face_opens_a_year_beside_a_book_of_several(city: City) -> None:
    open_formerly(city, "cea-2024-2025", "CEA", "t", 0, period="2024-2025")
    open_formerly(city, "energy_budget-2024-2025", "ENERGY-BUDGET", "tce", 0, period="2024-2025", serials=False)
    deliver(city)
    with pytest.raises(SettingError, match="has the book 'cea-2024-2025'"):
        by_period(city)
    with pytest.raises(SettingError, match="has the book 'energy_budget-2024-2025'"):
        book_budget(city, "trees")
    assert len(books(city)) == 2
