"""``dafeng ledger …``: from opening a book to verifying a certificate."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import AccessError, FileRefused, LookupFailure, SettingError
from dafeng.ledger.ledger import open_ledger

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
    run(made, "transfer", "ccer.issuer", "A", "5000", "--kind", "issue", "--project", "P1", "--id", "i1", "--who", "a")
    run(made, "approve", "i1", "--who", "b")
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
    assert "certified" in call(folder, "books", "--lang", "en").stdout


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
    assert run(folder, "hold", "A", "30", "--reason", "court", "--id", "h1")[0]["state"] == "booked"
    assert run(folder, "statement", "A")["claims"][0]["asked"] == 30
    assert run(folder, "release", "h1")[0]["state"] == "booked"
    assert run(folder, "statement", "A")["claims"] == []


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
