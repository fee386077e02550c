"""Orders with two persons, sums that balance, certificates and their codes, what the public sees; on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile, copytree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import AccessError, ConflictError, DefinitionError, LookupFailure, SettingError, StoreError
from dafeng.core.labels import Label
from dafeng.ledger.act import Act
from dafeng.ledger.book_plans import read_book_plans
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.refusals import Answer, Booked
from dafeng.ledger.requests import Hold, OpenAccount, OpenBook, Release, Request, Reverse, SetLimit, Span, Transfer
from dafeng.store.ledger_rows import open_rows
from dafeng.store.models import LedgerOrder
from dafeng.store.orders import add_order
from dafeng.store.records import open_records
from dafeng.work import right_orders
from dafeng.work.city import City, init, open_city
from dafeng.work.credits import open_credit_account, read_credits
from dafeng.work.noted_orders import read_order, read_orders
from dafeng.work.publish_rules import Visibility
from dafeng.work.right_books import read_quantity, tell_quantity
from dafeng.work.right_certificate import SIGNS, certificate_form, find_certificate, make_code, verify_code
from dafeng.work.right_forms import read_request, read_spans
from dafeng.work.right_opening import open_account, open_book
from dafeng.work.right_orders import decide_order, place_order, settle_orders
from dafeng.work.right_overview import order_document, sum_book, sum_books
from dafeng.work.right_people import sum_shown
from dafeng.work.right_proof import audit_books, list_day_roots
from dafeng.work.right_register import public_books, shows_registry, tell_public_book
from dafeng.work.right_rows import read_accounts, read_statement
from dafeng.work.rights import Rights
from tests.store.conftest import server as server
from tests.web.attacked import fresh
from tests.web.ledgers import DAY, fill_ledger


def small(name: str = "t1", quantity: int = 10, **more: object) -> Transfer:
    return Transfer(name, "transfer", "A-1", "B-1", quantity, DAY, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a city that is copied for each test."""
    made = init(tmp_path_factory.mktemp("filled") / "x", place="990200")
    fill_ledger(made)
    return made.folder


@pytest.fixture
def city(filled: Path, tmp_path: Path) -> City:
    copytree(filled, tmp_path / "x")
    return open_city(tmp_path / "x")


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rights]:
    """The same on either database, for what reaches it."""
    if request.param == "sqlite":
        yield request.getfixturevalue("rights")
        return
    made = init(tmp_path / "held", place="990200")
    address = fresh(request.getfixturevalue("server").get_uri())
    path = made.folder / "city.yaml"
    told = yaml.safe_load(path.read_text("utf-8"))
    path.write_text(yaml.safe_dump({**told, "options": {"ledger": address}}, allow_unicode=True), "utf-8")
    made = open_city(made.folder)
    fill_ledger(made)
    with Rights(made) as opened:
        yield opened


@pytest.fixture
def rights(city: City) -> Iterator[Rights]:
    with Rights(city) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Rights]:
    with Rights(init(tmp_path / "x", place="990200")) as opened:
        yield opened


# --- orders ----------------------------------------------------------------------------------------------------------------


def test_asking_again_has_the_same_answer(either: Rights) -> None:
    first, second = (place_order(either, small(), who="张三") for _ in range(2))
    assert (first.state, second.state, first.event == second.event, second.again) == ("booked", "booked", True, True)


def test_the_same_id_for_something_else_is_a_conflict(either: Rights) -> None:
    place_order(either, small(), who="张三")
    other = place_order(either, small(quantity=11), who="张三")
    assert (other.state, other.code, other.event) == ("refused", "conflict", None)


def test_a_refusal_is_said_with_its_code_and_the_number_of_the_register(rights: Rights) -> None:
    told = order_document(place_order(rights, small(quantity=4_000)._replace(giver="B-1", taker="A-1"), who="张三"))
    assert (told["state"], told["code"], told["annex"]) == ("refused", "not_held", "7027")
    assert all(told[name][lang] for name in ("says", "remedy") for lang in ("zh", "en"))


@pytest.mark.parametrize("kind", ["retire", "issue"])
def test_what_needs_two_persons_waits(rights: Rights, kind: str) -> None:
    pair = {"retire": ("A-1", "ccer.retired"), "issue": ("cea-2025.issuer", "A-1")}[kind]
    asked = Transfer("w1", kind, *pair, 1, DAY, "reason", project="P" if kind == "issue" else "", beneficiary="b")
    assert place_order(rights, asked, who="张三").state == "waiting"
    with pytest.raises(AccessError):
        decide_order(rights, "w1", accept=True, who="张三")
    done = decide_order(rights, "w1", accept=True, who="李四")
    assert (done.who, done.decided_by, done.event is not None or done.code) != ("", "", None)
    with pytest.raises(ConflictError):
        decide_order(rights, "w1", accept=False, who="李四")


@pytest.mark.parametrize(("quantity", "state"), [(5_000, "booked"), (5_001, "waiting")])
def test_the_threshold_of_the_book_decides(rights: Rights, quantity: int, state: str) -> None:
    assert place_order(rights, small(quantity=quantity), who="张三").state == state


def test_what_is_rejected_is_never_booked(rights: Rights) -> None:
    before = sum_books(rights)
    assert decide_order(rights, "large-1", accept=False, who="李四", says="too much").state == "rejected"
    again = place_order(rights, Transfer("large-1", "transfer", "A-1", "B-1", 20_000, DAY, reason="大宗"), who="张三")
    assert (again.state, sum_books(rights)) == ("rejected", before)


def test_a_broken_file_stops_the_order_that_needs_it_and_no_other(
    rights: Rights, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the holidays of a city cannot be read while an issue is handed in."""
    submit = right_orders._submit

    def broken(rights: Rights, group: Sequence[Request | Act]) -> tuple[list[Answer], str]:
        if group[0].id == "needs-it":
            raise DefinitionError(
                Label("坏了", "broken"), where="holidays.csv", expected=Label("日", "days"), remedy=Label("改", "mend")
            )
        return submit(rights, group)

    with monkeypatch.context() as cut:
        cut.setattr(right_orders, "_submit", broken)
        with pytest.raises(DefinitionError):
            place_order(rights, small("needs-it"), who="张三")
        assert place_order(rights, small("other"), who="张三").state == "booked"
        assert read_order(rights, "needs-it").state == "handed"
    with open_records(city.records) as records:
        assert settle_orders(rights, records=records) == 1
    assert read_order(rights, "needs-it").state == "booked"


def test_what_was_handed_in_and_not_noted_is_settled(rights: Rights, city: City) -> None:
    request = small("lost")
    at = datetime.now(UTC)
    with open_records(city.records) as records:
        with records.write(actor="张三", at=at) as session:
            add_order(session, request.id, '["transfer","transfer","A-1","B-1",10,"2026-03-01"]', pair=False, at=at)
        rights.submit([[request]])  # booked, and then the process died before it noted the answer
        before = read_orders(rights, states=("handed",), records=records)
        assert ([one.id for one in before], settle_orders(rights, records=records)) == (["lost"], 1)
        assert read_order(rights, "lost", records=records).state == "booked"
        assert records.verify() == ()


def test_every_order_stands_in_the_audit_log_with_both_names(city: City) -> None:
    with open_records(city.records) as records, records.read() as session:
        row = session.get(LedgerOrder, "retire-1")
        assert row is not None
        assert (row.who, row.decided_by, row.pair, row.status) == ("张三", "李四", True, "booked")
    with open_records(city.records) as records:
        assert records.verify() == ()


def test_a_malformed_request_is_refused_without_a_row(rights: Rights) -> None:
    answer = place_order(rights, small("", 5), who="张三")
    assert (answer.code, answer.about[:2]) == ("malformed", "id")
    with pytest.raises(LookupFailure):
        read_order(rights, "")


def test_a_hold_is_released_and_a_movement_reversed(either: Rights) -> None:
    assert place_order(either, Hold("h2", "B-1", "pledge", 100, "bank"), who="张三").state == "booked"
    assert place_order(either, Release("r2", "h2", 40), who="张三").state == "booked"
    place_order(either, Reverse("v2", "move-1", DAY, "wrong"), who="张三")
    assert decide_order(either, "v2", accept=True, who="李四").code == "not_held"  # 60 are pledged
    place_order(either, Release("r3", "h2"), who="张三")
    place_order(either, Reverse("v3", "move-1", DAY, "wrong"), who="张三")
    assert decide_order(either, "v3", accept=True, who="李四").state == "booked"


# --- books -----------------------------------------------------------------------------------------------------------------


def test_reading_makes_no_ledger(empty: Rights) -> None:
    assert (sum_books(empty), empty.books()) == ([], [])
    with pytest.raises(LookupFailure):
        empty.find_account("A")
    assert not (empty.city.folder / "ledger.sqlite").exists()


def test_sums_are_those_of_the_ledger(either: Rights) -> None:
    found = sum_book(either, "ccer")
    assert (found.issued, found.limit, found.claimed, found.gap) == (120_000, 1_000_000, 1_000, 0)
    assert found.ends["retired"] == 240
    with either.reading() as rows:
        own = read_accounts(rows, book=found.book.no, limit=1000)
    assert found.held == sum(one.balance for one in own if one.type in ("trading", "person"))


def test_opening_a_book_again_changes_nothing(rights: Rights) -> None:
    again = open_book(rights, "ccer", who="李四", limit=1_000_000)
    assert ({one.state for one in again}, all(one.again for one in again)) == ({"booked"}, True)
    with pytest.raises(SettingError, match=r"dafeng ledger limit CITY ccer\.issuer 5 --reason"):
        open_book(rights, "ccer", who="李四", limit=5)


def test_a_book_whose_cap_was_changed_is_opened_again_with_either(rights: Rights) -> None:
    place_order(rights, SetLimit("cap", "ccer.issuer", 7_000_000, "decision 12"), who="张三")
    assert decide_order(rights, "cap", accept=True, who="李四").state == "booked"
    for limit in (0, 1_000_000, 7_000_000):
        assert {one.again for one in open_book(rights, "ccer", who="李四", limit=limit)} == {True}


@pytest.mark.parametrize(("plan", "field", "period", "says"), [
    ("ccer", "unit: 吨", "", "unit: t or tCO2"),
    ("ccer", "unit: kt", "", "unit: t or tCO2"),
    ("ccer", "serials: false", "", "serials: true"),
    ("cea", "unit: T", "2025", "whole tonnes"),
    ("cea", "unit: 吨", "2025", "whole tonnes"),
    ("energy_right", "unit: tcee", "2025", "one of"),
])  # fmt: skip
def test_a_unit_by_which_nobody_counts_opens_no_book(empty: Rights, plan: str, field: str, period: str, says: str) -> None:
    (empty.city.overlay / "books.yaml").write_text(f"books:\n  {plan}: {{{field}}}\n", "utf-8")
    with Rights(empty.city) as rights:
        with pytest.raises(SettingError) as told:
            open_book(rights, plan, period=period, who="李四", limit=5)
        assert (says in told.value.expected.en, "data/books.yaml" in told.value.remedy.en) == (True, True)
        assert not rights.has_ledger()


def test_a_city_counts_its_own_instrument_as_it_likes(empty: Rights) -> None:
    fields = (
        "label: {zh: 券, en: voucher}, instrument: V, unit: 券张, of: {zh: 券, en: voucher}, scale: 0, serials: false,"
        " dated: false, project: false, accounts: [issuer], threshold: 1, source: null, clause: null, grade: C"
    )
    (empty.city.overlay / "books.yaml").write_text(f"books:\n  own: {{{fields}}}\n", "utf-8")
    with Rights(empty.city) as rights:
        assert {one.state for one in open_book(rights, "own", who="李四", limit=5)} == {"booked"}


def test_the_book_of_a_period_has_one_cap(rights: Rights) -> None:
    with pytest.raises(ConflictError, match=r"dafeng ledger limit CITY cea-2025\.issuer"):
        open_account(rights, "cea-2025", "Z1", type="issuer", holder="z", who="李四")
    assert open_account(rights, "ccer", "Z2", type="issuer", holder="z", who="李四").state == "booked"
    raised = SetLimit("more", "cea-2025.issuer", 600_000, "decision 12")
    assert place_order(rights, raised, who="张三").state == "waiting"


def test_a_second_issuer_of_an_earlier_version_gets_no_more(rights: Rights) -> None:
    assert type(rights.submit([[OpenAccount("z", "Z1", "cea-2025", "issuer", ("z",), limit=50)]])[0][0]) is Booked
    for name, limit in (("up", 100), ("up2", 51)):
        with pytest.raises(ConflictError, match="the cap of the book cea-2025"):
            place_order(rights, SetLimit(name, "Z1", limit, "more"), who="张三")
    assert place_order(rights, SetLimit("down", "Z1", 0, "less"), who="张三").state == "waiting"


@pytest.mark.parametrize(("plan", "period"), [("cea", ""), ("cea", "20x5"), ("ccer", "2025")])
def test_a_period_is_given_where_there_is_one(empty: Rights, plan: str, period: str) -> None:
    with pytest.raises(SettingError):
        open_book(empty, plan, period=period, who="李四")


def test_every_book_of_the_package_can_be_opened(empty: Rights) -> None:
    plans = read_book_plans()
    for name, plan in plans.books.items():
        made = open_book(empty, name, period="2025" if plan.dated else "", who="李四")
        assert {one.state for one in made} == {"booked"}, name
    assert len(sum_books(empty)) == len(plans.books) == 10


@pytest.mark.parametrize("name", ["a/b", "a b", "", "a?b", "x" * 101])
def test_an_id_that_no_address_can_hold_is_refused(rights: Rights, name: str) -> None:
    with pytest.raises(SettingError):
        open_account(rights, "ccer", name, type="person", holder="h", who="李四")


def test_a_city_lays_its_own_books_over_those_of_the_package(tmp_path: Path) -> None:
    city = init(tmp_path / "x", place="990200")
    (city.overlay / "books.yaml").write_text("books:\n  ccer:\n    threshold: 7\n", "utf-8")
    plan = read_book_plans(city.overlay).books["ccer"]
    assert (plan.threshold, plan.unit) == (7, "t")


@given(st.integers(1, 2**62 - 1), st.integers(0, 6))
def test_a_quantity_that_is_written_reads_the_same(quantity: int, scale: int) -> None:
    assert read_quantity(tell_quantity(quantity, scale), scale) == quantity


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "1e400", "NaN", "Infinity", "ten", str(2**62)])
def test_a_quantity_that_does_not_read_is_refused(text: str) -> None:
    with pytest.raises(SettingError):
        read_quantity(text, 0)


def test_serial_numbers_are_read_as_people_type_them() -> None:
    assert read_spans("10-19， 30; 40–41") == (Span(10, 19), Span(30, 30), Span(40, 41))
    with pytest.raises(SettingError):
        read_spans("a-b")


def test_a_form_that_asks_for_nothing_known_is_refused(empty: Rights) -> None:
    with pytest.raises(SettingError):
        read_request(empty, "burn", {})


def test_a_statement_walked_from_page_to_page_has_every_line_once(either: Rights) -> None:
    number = either.find_account("A-1")[0].no
    for at in range(7):
        place_order(either, small(f"s{at}", at + 1), who="张三")
    seen: list[int] = []
    before = 0
    with either.reading() as rows:
        whole = [one.seq for one in read_statement(rows, number, limit=1000)]
        while page := read_statement(rows, number, before=before, limit=3):
            seen += [one.seq for one in page]
            before = page[-1].seq
        newer = read_statement(rows, number, after=whole[5], limit=3)
    assert (seen, [one.seq for one in newer]) == (whole, whole[2:5])


# --- certificates ----------------------------------------------------------------------------------------------------------


def test_a_certificate_says_what_was_booked(either: Rights) -> None:
    found = find_certificate(either, "retire-1")
    assert (found.amount, found.beneficiary, found.holder, found.origins) == (
        "120",
        "海边马拉松",
        "甲公司",
        (("CN-WIND-7", "2024"),),
    )
    assert sum(last - first + 1 for first, last in found.serials) == 120
    form = certificate_form(either, found, site="https://city.example")
    place = f"https://city.example/public/{either.city.slug}/registry/verify"
    assert (form["verify"], form["code"]) == (place, found.code)


def test_what_is_no_retirement_has_no_certificate(rights: Rights) -> None:
    for name in ("move-1", "nothing"):
        with pytest.raises(LookupFailure):
            find_certificate(rights, name)


def test_a_code_is_understood_as_people_type_it(rights: Rights) -> None:
    code = find_certificate(rights, "retire-1").code
    typed = (code, code.lower(), code.replace("-", " - "), code.replace("0", "O").replace("1", "l"))
    found = [verify_code(rights, one) for one in typed]
    assert [one.certificate.event if one.certificate else None for one in found] == [20] * 4


@given(st.integers(0, 11), st.sampled_from(SIGNS))
def test_a_code_with_another_sign_is_another_code(place: int, sign: str) -> None:
    code = make_code(7, bytes(range(32)))
    at = [n for n, one in enumerate(code) if one != "-"][1:][place]
    changed = code[:at] + sign + code[at + 1 :]
    assert (changed == code) == (sign == code[at])


@pytest.mark.parametrize("code", ["", "20", "20-AAAA-AAAA-AAAA", "99999-AAAA-AAAA-AAAA", "'; DROP TABLE x", "9" * 60])
def test_a_code_of_nothing_is_not_good(rights: Rights, code: str) -> None:
    assert verify_code(rights, code) == (None, ())


FORGED = {
    "content": "UPDATE ledger_event SET content = replace(content, '海边', '山间') WHERE id = 'retire-1'",
    "quantity": "UPDATE ledger_event SET quantity = 99999 WHERE id = 'retire-1'",
    "day": "UPDATE ledger_event SET effective = effective - 365 WHERE id = 'retire-1'",
    "kind": "UPDATE ledger_event SET kind = 'cancel' WHERE id = 'retire-1'",
    "giver": "UPDATE ledger_event SET giver = taker WHERE id = 'retire-1'",
    "instant": "UPDATE ledger_event SET known_at = known_at - 1 WHERE id = 'retire-1'",
    "posting": "UPDATE ledger_posting SET amount = 2 * amount WHERE seq = 20",
    "serials": "UPDATE ledger_move SET last = last + 99879 WHERE seq = 20",
    "other serials": "UPDATE ledger_move SET first = first + 1000, last = last + 1000 WHERE seq = 20",
    "holder": "UPDATE ledger_account SET holder = '丁公司', title = '丁公司'",
    "scale": "UPDATE ledger_book SET scale = 3",
    "unit": "UPDATE ledger_book SET unit = 'kt'",
    "origin": "UPDATE ledger_block SET project = 'CN-WIND-8'",
    "next": "UPDATE ledger_event SET content = replace(content, '2', '3') WHERE seq = 21",
}


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED)
def test_a_certificate_is_not_true_of_rows_that_were_changed(city: City, text: str) -> None:
    """Whatever a certificate shows comes from what the hashes cover."""
    with Rights(city) as rights:
        code = find_certificate(rights, "retire-1").code
        assert verify_code(rights, code).certificate is not None
    rows = open_rows(city.ledger)
    for table in ("ledger_event", "ledger_posting", "ledger_move"):
        rows._run(f"DROP TRIGGER {table}_update")
    rows._run(text)
    rows.close()
    with Rights(city) as rights:
        found = verify_code(rights, code)
        assert (found.certificate, bool(found.findings)) == (None, True)
        with pytest.raises(StoreError):
            find_certificate(rights, 20)
        public = public_books(rights, Visibility(objects={"registry": {"ccer": "public"}}))[0]
        assert (20 in [one.event for one in public.ended], public.forged > 0) == (False, True)


# --- what the public sees --------------------------------------------------------------------------------------------------


def test_the_public_sees_published_books_only(rights: Rights) -> None:
    assert not shows_registry(Visibility())
    one = Visibility(objects={"registry": {"ccer": "public"}})
    assert (shows_registry(one), [row.sums.book.name for row in public_books(rights, one)]) == (True, ["ccer"])
    both = Visibility(kinds={"registry": "public"}, objects={"registry": {"ccer": "internal"}})
    assert [row.sums.book.name for row in public_books(rights, both)] == ["cea-2025"]


def test_no_holder_and_no_person_is_public(either: Rights) -> None:
    told = str([tell_public_book(one) for one in public_books(either, Visibility(kinds={"registry": "public"}))])
    assert "海边马拉松" in told
    assert [word for word in ("甲公司", "乙公司", "赵六", "holder of") if word in told] == []


def test_a_sum_of_persons_needs_five_who_stand_behind_it(either: Rights) -> None:
    open_book(either, "points", who="张三", limit=10**6)
    people = [f"p{number}" for number in range(7)]
    opened = [[OpenAccount(f"o-{one}", f"points/{one}", "points", "person", (one,))] for one in people]
    earned = [[Transfer(f"e-{one}", "earn", "points.issuer", f"points/{one}", 5, DAY)] for one in people]
    told = []
    for groups in (opened, earned[:4], earned[4:5], [[Transfer("u", "redeem", "points/p0", "points.used", 1, DAY)]]):
        assert all(isinstance(one, Booked) for answers in either.submit(groups) for one in answers)
        told.append([any(one.book.name == "points" for one in sum_shown(either, may=may)) for may in (False, True)])
    assert told == [[False, True], [False, True], [True, True], [False, True]]


def test_grams_and_points_are_shown_together_or_not_at_all(either: Rights) -> None:
    open_book(either, "points", who="张三", limit=10**6)
    people = [f"p{number}" for number in range(6)]
    opened: list[list[Request]] = [
        [OpenBook("g", "puhui.grams", "carbon inclusion reduction", "gCO2")],
        [OpenAccount("i", "puhui.grams/issuer", "puhui.grams", "issuer", ("city",), limit=10**6)],
    ]
    for book in ("points", "puhui.grams"):
        opened += [[OpenAccount(f"o-{book}-{one}", f"{book}/{one}", book, "person", (one,))] for one in people]
    points = [[Transfer(f"e-{one}", "earn", "points.issuer", f"points/{one}", 5, DAY)] for one in people]
    grams = [[Transfer(f"g-{one}", "earn", "puhui.grams/issuer", f"puhui.grams/{one}", 500, DAY)] for one in people]
    told = []
    for groups in (opened, points, grams[:4], grams[4:]):
        answered = either.submit(groups)
        assert all(isinstance(one, Booked) for answers in answered for one in answers), answered
        told.append(sorted(one.book.name for one in sum_shown(either, may=False) if one.book.name in ("points", "puhui.grams")))
    assert told == [[], [], [], ["points", "puhui.grams"]], "six have points of which four wait: what they had would follow"


# --- a ledger that is not the one of the records ---------------------------------------------------------------------------


def test_a_lost_ledger_is_not_taken_for_an_empty_one(city: City) -> None:
    with Rights(city) as rights:
        assert place_order(rights, small(), who="张三").state == "booked"
    older = Path(city.ledger + ".older")
    Path(city.ledger).rename(older)
    with Rights(city) as rights:
        acts = (
            rights.books, lambda: sum_books(rights), lambda: audit_books(rights),
            lambda: verify_code(rights, "20-AAAA-AAAA-AAAA"),
            lambda: place_order(rights, small(), who="张三"), lambda: open_book(rights, "points", who="张三"),
            lambda: read_credits(city), lambda: open_credit_account(city, "ccer", "甲"), lambda: list(list_day_roots(rights)),
        )  # fmt: skip
        for act in acts:
            with pytest.raises(StoreError, match="t1"):
                act()
    assert not Path(city.ledger).exists()


def test_an_older_or_another_ledger_is_not_taken_for_the_one_of_the_records(city: City) -> None:
    older = city.ledger + ".older"
    copyfile(city.ledger, older)
    with Rights(city) as rights:
        place_order(rights, small(), who="张三")
    with Rights(city) as rights:
        assert rights.books()
    copyfile(older, city.ledger)
    for end in ("-wal", "-shm"):
        Path(city.ledger + end).unlink(missing_ok=True)
    with Rights(city) as rights, pytest.raises(StoreError, match="t1"):
        rights.books()
    with open_ledger(city.ledger) as ledger:  # as many events, but others
        ledger.submit([[small("t2", 11)]])
    with Rights(city) as rights, pytest.raises(StoreError):
        place_order(rights, small("t3"), who="张三")


def test_looking_makes_no_ledger(tmp_path: Path) -> None:
    city = init(tmp_path / "x", place="990200")
    for words in (["credit", "show"], ["market", "list"], ["ledger", "books"], ["ledger", "audit"], ["allowance", "settle"]):
        CliRunner().invoke(app, [*words, str(city.folder)])
    assert not Path(city.ledger).exists()
