"""``dafeng ledger …``: from opening a book to verifying a certificate."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.ledger_lists import show_orders
from dafeng.cli.main import app
from dafeng.core.errors import AccessError, ConflictError, FileRefused, LookupFailure, SettingError, StoreError
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.requests import Transfer
from dafeng.work import city_days
from dafeng.work.noted_orders import Order
from dafeng.work.rights import Rights

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city with one book, two accounts and 5 000 units in the first of them."""
    made = tmp_path_factory.mktemp("ledger") / "x"
    df.init(made, place="990200")
    run(made, "open", "ccer", "--limit", "10,000", "--who", "a")
    for name in ("A", "B"):
        options = ("--type", "trading", "--holder", f"h{name}", "--primary", "p", "--secondary", "q")
        run(made, "account", "ccer", name, *options)
    with Rights(df.open_city(made)) as rights:  # as the register of projects does, since no order may issue credits
        rights.submit([[Transfer("i1", "issue", "ccer.issuer", "A", 5_000, "2026-03-01", project="P1")]])
    return made


def call(folder: Path, verb: str, *rest: str) -> Any:
    return RUNNER.invoke(app, ["ledger", verb, str(folder), *rest])


def run(folder: Path, verb: str, *rest: str) -> Any:
    """What a command prints as JSON."""
    result = call(folder, verb, *rest, "--json")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return json.loads(result.stdout)


def test_what_was_issued_is_listed(folder: Path) -> None:
    told = run(folder, "books")[0]
    assert (told["book"], told["issued"], told["limit"], told["unit"]) == ("ccer", 5_000, 10_000, "t")
    assert [one["account"] for one in run(folder, "accounts", "--type", "trading")] == ["A", "B"]
    assert "核证自愿减排量" in call(folder, "books").stdout
    assert "Certified" in call(folder, "books", "--lang", "en").stdout


def test_no_order_issues_credits_past_the_register(folder: Path) -> None:
    words = ("ccer.issuer", "A", "5", "--kind", "issue", "--project", "NEVER-REGISTERED")
    assert isinstance(call(folder, "transfer", *words).exception, ConflictError)
    assert run(folder, "books")[0]["issued"] == 5_000


def test_the_same_id_has_the_same_answer(folder: Path) -> None:
    first, again = (run(folder, "transfer", "A", "B", "10", "--id", "t1", "--day", "2026-03-01") for _ in range(2))
    assert (first[0]["event"], again[0]["event"], again[0]["again"]) == (first[0]["event"],) * 2 + (True,)


def test_a_refusal_says_its_code_and_ends_with_one(folder: Path) -> None:
    result = call(folder, "transfer", "B", "A", "4000", "--lang", "en")
    assert (result.exit_code, "not_held" in result.stdout, "7027" in result.stdout) == (1, True, True)


def test_units_are_retired_by_two_and_certified(folder: Path) -> None:
    run(folder, "retire", "A", "20", "--beneficiary", "灯塔", "--reason", "百年", "--id", "r1", "--who", "a")
    assert isinstance(call(folder, "approve", "r1", "--who", "a").exception, AccessError)
    assert run(folder, "approve", "r1", "--who", "b")[0]["state"] == "booked"
    told = run(folder, "certificate", "r1")
    assert (told["quantity"], told["beneficiary"]) == ("20", "灯塔")
    assert run(folder, "verify", told["code"])["good"] is True
    wrong = call(folder, "verify", "1-AAAA-AAAA-AAAA", "--lang", "en")
    assert (wrong.exit_code, "no such certificate" in wrong.stdout) == (1, True)
    assert [one["kind"] for one in run(folder, "statement", "A", "--limit", "1")["lines"]] == ["retire"]


def test_a_freeze_is_made_and_released(folder: Path) -> None:
    assert run(folder, "hold", "A", "30", "--reason", "court", "--id", "h1", "--who", "a")[0]["state"] == "waiting"
    assert run(folder, "approve", "h1", "--who", "b")[0]["state"] == "booked"
    assert run(folder, "statement", "A")["claims"][0]["asked"] == 30
    assert run(folder, "release", "h1", "--id", "h1-free", "--who", "a")[0]["state"] == "waiting"
    assert run(folder, "approve", "h1-free", "--who", "b")[0]["state"] == "booked"
    assert run(folder, "statement", "A")["claims"] == []


def test_a_transfer_is_set_aside_and_posted_or_given_up(folder: Path) -> None:
    before = {one["account"]: one["balance"] for one in run(folder, "accounts", "--type", "trading")}
    for name in ("p1", "p2"):
        words = ("A", "B", "8", "--until", "2099-01-01", "--id", name, "--day", "2026-03-01", "--who", "a")
        first, again = (run(folder, "transfer", *words)[0] for _ in range(2))
        assert (first["state"], first["again"], again["event"], again["again"]) == ("booked", False, first["event"], True)
    claims = run(folder, "statement", "A")["claims"]
    assert [(one["id"], one["kind"], one["held"]) for one in claims] == [("p1", "pending", 8), ("p2", "pending", 8)]
    assert claims[0]["until"] == "2098-12-31T16:00:00+00:00"
    assert run(folder, "post", "p1", "--units", "5", "--who", "a")[0]["state"] == "booked"
    assert run(folder, "void", "p2", "--who", "a")[0]["state"] == "booked"
    after = {one["account"]: one["balance"] for one in run(folder, "accounts", "--type", "trading")}
    assert {name: after[name] - before[name] for name in after} == {"A": -5, "B": 5}
    assert run(folder, "statement", "A")["claims"] == []
    assert call(folder, "void", "p1").exit_code == 1
    assert call(folder, "transfer", "A", "B", "1", "--until", "2020-01-01").exit_code == 1
    assert isinstance(call(folder, "transfer", "A", "B", "1", "--until", "soon").exception, SettingError)


def test_posting_needs_whom_the_transfer_needs(folder: Path) -> None:
    words = ("A", "ccer.retired", "3", "--kind", "cancel", "--until", "2099-01-01", "--id", "p3", "--who", "a")
    assert run(folder, "transfer", *words[:1], "ccer.cancelled", *words[2:])[0]["state"] == "waiting"
    assert run(folder, "approve", "p3", "--who", "b")[0]["state"] == "booked"
    assert run(folder, "post", "p3", "--id", "p3-post", "--who", "a")[0]["state"] == "waiting"
    assert isinstance(call(folder, "approve", "p3-post", "--who", "a").exception, AccessError)
    assert run(folder, "approve", "p3-post", "--who", "b")[0]["state"] == "booked"
    assert run(folder, "certificate", "p3-post")["quantity"] == "3"


def test_an_account_is_blocked_opened_and_closed_by_two(folder: Path) -> None:
    run(folder, "account", "ccer", "C", "--type", "trading", "--holder", "hC", "--primary", "p", "--secondary", "q")
    for at, (verb, state) in enumerate((("block", "blocked"), ("unblock", "open"), ("close-account", "closed"))):
        words = (verb, "C", "--reason", "court 7", "--id", f"c{at}", "--who", "a")
        assert run(folder, *words)[0]["state"] == "waiting"
        assert isinstance(call(folder, "approve", f"c{at}", "--who", "a").exception, AccessError)
        assert run(folder, "approve", f"c{at}", "--who", "b")[0]["state"] == "booked"
        assert run(folder, *words)[0]["again"] is True
        assert {one["account"]: one["state"] for one in run(folder, "accounts", "--type", "trading")}["C"] == state
    assert isinstance(call(folder, "block", "nobody", "--reason", "x").exception, LookupFailure)


def test_a_book_is_locked_closed_and_opened_again_by_two(folder: Path) -> None:
    run(folder, "open", "green_certificate", "--who", "a")
    for at, words in enumerate((("lock", "2026-02-01"), ("close-book",), ("reopen-book",))):
        verb, *rest = words
        asked = (verb, "green_certificate", *rest, "--reason", "year is over", "--id", f"g{at}", "--who", "a")
        assert run(folder, *asked)[0]["state"] == "waiting"
        assert run(folder, "approve", f"g{at}", "--who", "b")[0]["state"] == "booked"
        assert run(folder, *asked)[0]["again"] is True
        state = {one["book"]: one["state"] for one in run(folder, "books")}["green_certificate"]
        assert state == ("closed" if verb == "close-book" else "open")
    assert isinstance(call(folder, "lock", "green_certificate", "soon", "--reason", "x").exception, SettingError)
    assert isinstance(call(folder, "close-book", "nothing", "--reason", "x").exception, LookupFailure)


def test_a_reversal_waits_and_may_be_rejected(folder: Path) -> None:
    run(folder, "reverse", "i1", "--reason", "wrong", "--id", "v1", "--who", "a")
    assert [one["id"] for one in run(folder, "orders", "--state", "waiting")] == ["v1"]
    assert run(folder, "approve", "v1", "--who", "b", "--reject", "--reason", "no")[0]["state"] == "rejected"


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("statement", "nobody"), LookupFailure),
        (("transfer", "A", "B", "ten"), SettingError),
        (("transfer", "A", "B", "1", "--serials", "x"), SettingError),
        (("open", "nothing"), LookupFailure),
        (("approve", "nothing", "--who", "b"), LookupFailure),
        (("certificate", "i1"), LookupFailure),
    ],
)
def test_what_cannot_be_is_refused_in_words(folder: Path, words: tuple[str, ...], error: type[Exception]) -> None:
    assert isinstance(call(folder, *words).exception, error)


@pytest.mark.parametrize(
    "words",
    [
        ("ledger", "statement", "CITY", "A", "--before", "9" * 20),
        ("ledger", "accounts", "CITY", "--after", "9" * 20),
        ("ledger", "release", "CITY", "h", "--units", "9" * 20),
        ("ledger", "hold", "CITY", "A", "1", "--reason", "x", "--rank", "9" * 20),
        ("allowance", "open", "CITY", "cea-2024", "2024", "--limit", "9" * 20, "--plants", "x"),
        ("inclusion", "make-key", "CITY", "x", "--days", "9" * 20),
    ],
)
def test_a_number_without_end_is_refused_in_words(folder: Path, words: tuple[str, ...]) -> None:
    done = RUNNER.invoke(app, [str(folder) if one == "CITY" else one for one in words])
    assert done.exit_code == 2 or isinstance(done.exception, SettingError), done.exception


def test_refusals_are_said_in_words(folder: Path) -> None:
    ends = call(folder, "hold", "A", "1", "--reason", "x", "--until", "0001-01-01").exception
    assert isinstance(ends, SettingError)
    assert "2000-01-01" in str(ends)
    lost = call(folder, "prove", "nothing").exception
    assert "an event that is in the ledger" in str(lost)


def test_the_books_are_audited_rooted_and_proved(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(folder, "audit") == []
    assert "一致" in call(folder, "audit").stdout
    assert run(folder, "roots") == []  # the day is not over
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    monkeypatch.setattr("dafeng.work.right_proof._today", lambda: tomorrow)
    published, proof = tmp_path / "roots.json", tmp_path / "proof.json"
    assert {one["log"] for one in run(folder, "roots", "--out", str(published))} == {"ledger"}
    assert [one["same"] for one in run(folder, "roots", "--check", str(published))] == [True]
    told = run(folder, "prove", "i1", "--out", str(proof), "--published", str(published))
    assert (told["good"], told["id"], proof.is_file()) == (True, "i1", True)
    published.write_text(published.read_text(encoding="utf-8").replace('"root": "', '"root": "0'), encoding="utf-8")
    assert call(folder, "prove", "i1", "--published", str(published)).exit_code == 1
    assert call(folder, "roots", "--check", str(published)).exit_code == 1


@pytest.mark.parametrize("rest", [("--since", "soon"), ("--check", "none.json")])
def test_roots_of_no_day_or_no_file_are_refused_in_words(folder: Path, rest: tuple[str, ...]) -> None:
    assert isinstance(call(folder, "roots", *rest).exception, SettingError | FileRefused)


def test_a_tampered_ledger_is_found_from_the_command_line(folder: Path, tmp_path: Path) -> None:
    copied = tmp_path / "city"
    copytree(folder, copied)
    with open_ledger(df.open_city(copied).ledger) as ledger:
        ledger.rows._run("UPDATE ledger_account SET balance = balance + 1 WHERE name = 'A'")
    result = call(copied, "audit", "--lang", "en")
    assert (result.exit_code, "ledger_account" in result.stdout) == (1, True)


def test_balances_of_a_day_and_the_whole_ledger_are_told(folder: Path, tmp_path: Path) -> None:
    told = run(folder, "balances", "ccer")
    assert sum(one["balance"] for one in told["accounts"]) == 0
    assert run(folder, "balances", "ccer", "--day", "2001-01-01")["accounts"] == []
    assert run(folder, "balances", "ccer", "--known", "2001-01-01T00:00:00Z")["accounts"] == []
    for wrong in (("--day", "soon"), ("--known", "2026-01-01T00:00:00")):
        assert isinstance(call(folder, "balances", "ccer", *wrong).exception, SettingError)
    out = tmp_path / "ledger.beancount"
    assert call(folder, "export", "--out", str(out)).exit_code == 0
    assert "CCER-1" in out.read_text(encoding="utf-8")


def test_books_that_do_not_balance_are_told_and_end_with_one(folder: Path, tmp_path: Path) -> None:
    told = run(folder, "books")[0]
    assert (told["gap"], call(folder, "books").exit_code) == (0, 0)
    copied = tmp_path / "city"
    copytree(folder, copied)
    with open_ledger(df.open_city(copied).ledger) as ledger:
        ledger.rows._run("UPDATE ledger_account SET balance = balance + 7 WHERE name = 'A'")
    result = call(copied, "books", "--lang", "en")
    assert (result.exit_code, "does not balance" in result.stdout, "-7" in result.stdout) == (1, True, True)
    assert (run(copied, "books")[0]["gap"], call(copied, "books", "--json").exit_code) == (-7, 1)


def test_nothing_is_booked_after_a_last_event_that_was_changed(folder: Path, tmp_path: Path) -> None:
    copied = tmp_path / "city"
    copytree(folder, copied)
    assert run(copied, "transfer", "A", "B", "1", "--id", "last")[0]["state"] == "booked"
    with open_ledger(df.open_city(copied).ledger) as ledger:
        ledger.rows._run("DROP TRIGGER ledger_event_update")
        ledger.rows._run("UPDATE ledger_event SET content = replace(content, '1', '2') WHERE id = 'last'")
    assert isinstance(call(copied, "transfer", "A", "B", "1", "--id", "after").exception, StoreError)


def test_the_same_id_without_a_day_has_the_same_answer_after_midnight(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(folder, "transfer", "A", "B", "1", "--id", "night")
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    monkeypatch.setattr("dafeng.work.city_days.city_today", lambda _: tomorrow)
    again = run(folder, "transfer", "A", "B", "1", "--id", "night")
    assert (again[0]["again"], again[0]["event"]) == (True, first[0]["event"])
    assert run(folder, "transfer", "A", "B", "1", "--id", "day")[0]["request"]["effective"] == tomorrow.isoformat()


def test_the_day_is_that_of_the_city_wherever_the_machine_stands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2026, 3, 1, 20, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr(city_days, "datetime", Late)
    assert city_days.city_today(df.open_city(folder)).isoformat() == "2026-03-02"


@pytest.mark.parametrize("day", ["0001-01-01", "1066-10-14", "2004-12-31", "9999-12-31", "2026-02-30", "２０２６-01-01"])
def test_an_effective_day_out_of_bounds_is_refused(folder: Path, day: str) -> None:
    assert isinstance(call(folder, "transfer", "A", "B", "1", "--day", day).exception, SettingError)


@pytest.mark.parametrize("quantity", ["1e2000000000", "1,5", "1_0", "1e3", "１０", "٣", "9" * 5000])
def test_a_number_that_can_be_misread_is_refused(folder: Path, quantity: str) -> None:
    assert isinstance(call(folder, "transfer", "A", "B", quantity).exception, SettingError)
    assert isinstance(call(folder, "open", "points", "--limit", quantity).exception, SettingError)


def test_a_state_that_is_none_is_refused_with_the_list(folder: Path) -> None:
    cause = call(folder, "orders", "--state", "bogus").exception
    assert isinstance(cause, SettingError)
    assert "waiting" in cause.expected.en


def test_a_reason_of_blanks_is_none(folder: Path) -> None:
    assert run(folder, "hold", "A", "1", "--reason", " \u200b")[0]["code"] == "malformed"


def test_a_freeze_may_end_on_a_day_of_the_city(folder: Path) -> None:
    run(folder, "hold", "A", "3", "--reason", "court", "--id", "h2", "--until", "2099-01-01", "--who", "a")
    run(folder, "approve", "h2", "--who", "b")
    assert [one["until"] for one in run(folder, "statement", "A")["claims"]] == ["2098-12-31T16:00:00+00:00"]
    run(folder, "release", "h2", "--id", "h2-free", "--who", "a")
    run(folder, "approve", "h2-free", "--who", "b")
    assert isinstance(call(folder, "hold", "A", "3", "--reason", "court", "--until", "soon").exception, SettingError)


@pytest.mark.parametrize("name", [".", "..", "a/b", ""])
def test_an_account_is_not_called_what_breaks_an_address(folder: Path, name: str) -> None:
    options = ("--type", "trading", "--holder", "h", "--primary", "p", "--secondary", "q")
    assert isinstance(call(folder, "account", "ccer", name, *options).exception, SettingError)


def test_units_are_received_from_another_registry(folder: Path) -> None:
    run(folder, "transfer", "ccer.external", "A", "5", "--kind", "receive", "--project", "P2", "--id", "in", "--who", "a")
    assert run(folder, "approve", "in", "--who", "b")[0]["state"] == "booked"
    assert all(one["again"] for one in run(folder, "open", "ccer", "--limit", "10000", "--who", "a"))


def test_one_installation_in_two_spellings_is_one(folder: Path) -> None:
    run(folder, "open", "cea", "--period", "2025", "--limit", "10")
    options = ("--type", "operator", "--holder", "h", "--primary", "p", "--secondary", "q", "--contact", "c")
    assert run(folder, "account", "cea-2025", "U1", *options, "--installation", "I-1")[0]["state"] == "booked"
    assert isinstance(call(folder, "account", "cea-2025", "U2", *options, "--installation", "ｉ-1 ").exception, SettingError)
    assert run(folder, "account", "cea-2025", "U1", *options, "--installation", "I-1")[0]["again"]


def test_a_book_that_is_open_with_another_limit_is_refused_with_the_command(folder: Path) -> None:
    told = call(folder, "open", "ccer", "--limit", "7")
    assert isinstance(told.exception, SettingError)
    assert (told.exit_code, "dafeng ledger limit CITY ccer.issuer 7" in told.exception.remedy.en) == (1, True)


@pytest.mark.parametrize(("states", "asked", "status"), [
    (("booked", "refused"), True, 1), (("refused",) * 2, True, 1), (("booked", "waiting"), True, 0), (("refused",), False, 0),
])  # fmt: skip
def test_anything_that_is_refused_ends_the_command_with_status_1(states: tuple[str, ...], asked: bool, status: int) -> None:
    request = Transfer("t", "transfer", "A", "B", 1, "2026-03-01")
    orders = [Order(f"t{at}", request, state, "a", datetime.now(UTC), code="not_held") for at, state in enumerate(states)]
    with pytest.raises(typer.Exit) if status else nullcontext() as end:
        show_orders(orders, "en", as_json=True, asked=asked)
    assert status == (0 if end is None else end.value.exit_code)


def test_a_list_of_one_refused_order_is_no_refusal(folder: Path) -> None:
    run(folder, "transfer", "B", "A", "4999", "--id", "none", "--who", "a")
    told = call(folder, "orders", "--state", "refused", "--json")
    assert (len(json.loads(told.stdout)) >= 1, told.exit_code) == (True, 0)
