"""``dafeng budget`` and ``dafeng enterprise`` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import AccessError, ConflictError
from dafeng.store.models import AuditEntry
from dafeng.store.records import open_records
from dafeng.work import right_orders

BANK = ("--recipient", "云汀银行", "--purpose", "绿色贷款")


@pytest.fixture
def sample(city_copy: Callable[[str], Path]) -> str:
    """The invented city."""
    return str(city_copy("yunting"))


def call(*words: str) -> str:
    """Output of a command that succeeds."""
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def step(sample: str, verb: str, *words: str, budget: str = "energy-2025") -> str:
    """Id of the order by which a step was asked for by anna and approved by bert."""
    made = json.loads(call("budget", verb, sample, budget, *words, "--who", "anna", "--json"))[0]
    assert (made["state"], made["second_person"], made["who"]) == ("waiting", True, "anna")
    done = json.loads(call("ledger", "approve", sample, made["id"], "--who", "bert", "--json"))[0]
    assert done["state"] == "booked", done
    return str(made["id"])


def shown(sample: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(call("budget", "show", sample, "energy-2025", "--json"))
    return told


def test_a_budget_is_booked_shown_frozen_and_closed(sample: str) -> None:
    step(sample, "book")
    assert "400000" in call("budget", "show", sample, "energy-2025")
    assert (shown(sample)["pending"], shown(sample)["state"]) == (0, "open")
    step(sample, "freeze", "west", "--reason", "review")
    assert {one["id"]: one["frozen"] for one in shown(sample)["nodes"]}["YT-03"] == "26900"
    step(sample, "release", "west")
    assert {one["id"]: one["frozen"] for one in shown(sample)["nodes"]}["YT-03"] == "0"
    step(sample, "close")
    assert json.loads(call("budget", "close", sample, "energy-2025", "--json")) == []
    assert [one["state"] for one in json.loads(call("budget", "list", sample, "--json"))] == ["unbooked", "closed"]
    assert "closed" in call("budget", "list", sample, "--lang", "en")
    assert json.loads(call("ledger", "audit", sample, "--json")) == []


@pytest.mark.parametrize("words", [("book",), ("freeze", "west", "--reason", "x"), ("release", "west"), ("close",)])
def test_nobody_takes_a_step_of_a_budget_alone(sample: str, words: tuple[str, ...]) -> None:
    if words[0] != "book":
        step(sample, "book")
    if words[0] == "release":
        step(sample, "freeze", "west", "--reason", "review")
    before, verb = shown(sample), words[0]
    asked = [json.loads(call("budget", verb, sample, "energy-2025", *words[1:], "--who", "anna", "--json")) for _ in range(2)]
    assert (asked[0][0]["id"], asked[1][0]["again"], shown(sample)) == (asked[1][0]["id"], True, before)
    with pytest.raises(AccessError):
        call("ledger", "approve", sample, asked[0][0]["id"], "--who", " Anna")
    assert shown(sample) == before
    call("ledger", "approve", sample, asked[0][0]["id"], "--who", "bert")
    assert shown(sample) != before
    with open_records(df.open_city(sample).records) as records, records.read() as session:
        told = [(one.actor, one.subject) for one in session.query(AuditEntry).all()]
    assert {who for who, target in told if asked[0][0]["id"] in target} == {"anna", "bert"}


def test_a_rejected_step_may_be_asked_for_anew(sample: str) -> None:
    first = json.loads(call("budget", "book", sample, "energy-2025", "--who", "anna", "--json"))[0]["id"]
    call("ledger", "approve", sample, first, "--who", "bert", "--reject", "--reason", "no")
    assert step(sample, "book") == f"{first}:2"
    assert shown(sample)["pending"] == 0


def test_what_was_asked_is_booked_and_not_what_the_files_became(sample: str) -> None:
    made = json.loads(call("budget", "book", sample, "energy-2025", "--who", "anna", "--json"))[0]["id"]
    use = Path(sample) / "data/budgets/energy-2025-use.csv"
    use.write_text(use.read_text("utf-8").replace("58000", "59000"), "utf-8")
    call("ledger", "approve", sample, made, "--who", "bert")
    assert shown(sample)["pending"] == 1
    assert "59000" not in {one["consumed"] for one in shown(sample)["nodes"]}
    step(sample, "book")
    assert "59000" in {one["consumed"] for one in shown(sample)["nodes"]}


def test_a_period_does_not_close_over_what_changed_meanwhile(sample: str) -> None:
    step(sample, "book")
    made = json.loads(call("budget", "close", sample, "energy-2025", "--who", "anna", "--json"))[0]["id"]
    step(sample, "freeze", "west", "--reason", "review")
    done = CliRunner().invoke(app, ["ledger", "approve", sample, made, "--who", "bert", "--lang", "en"])
    assert (done.exit_code, "budget_changed" in done.output.replace("\n", ""), shown(sample)["state"]) == (1, True, "open")
    step(sample, "release", "west")
    step(sample, "close")
    assert shown(sample)["state"] == "closed"


def test_a_period_closes_after_a_move_that_came_when_it_was_over(sample: str) -> None:
    step(sample, "book")
    call("budget", "move", sample, "energy-2025", "east", "west", "1000", "--reason", "late", "--who", "anna", "--id", "m1")
    call("ledger", "approve", sample, "m1", "--who", "bert")
    step(sample, "close")
    assert shown(sample)["state"] == "closed"


def test_a_step_cut_short_before_its_answer_was_noted_is_taken_once(sample: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = json.loads(call("budget", "book", sample, "energy-2025", "--who", "anna", "--json"))[0]["id"]

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(right_orders, "_note", die)
        assert CliRunner().invoke(app, ["ledger", "approve", sample, made, "--who", "bert"]).exit_code != 0
    before = shown(sample)
    assert (before["state"], before["pending"]) == ("open", 0)
    step(sample, "freeze", "west", "--reason", "review")  # hands in first what was handed in and has no answer
    told = {one["id"]: one["state"] for one in json.loads(call("ledger", "orders", sample, "--json"))}
    assert told[made] == "booked"
    assert json.loads(call("ledger", "audit", sample, "--json")) == []


def test_accounts_are_listed_shown_and_explained(sample: str) -> None:
    assert len(json.loads(call("enterprise", "list", sample, "--json"))["rows"]) == 6
    assert "YT-01" in call("enterprise", "list", sample, "--year", "2025")
    assert json.loads(call("enterprise", "show", sample, "YT-01", "--json"))["years"] == [2024, 2025]
    assert "no cut-offs" in call("enterprise", "show", sample, "YT-01", "--lang", "en")
    assert "F3" in call("enterprise", "explain", sample, "enterprise/YT-01.2025.emission_intensity")


def test_a_report_needs_an_authorisation_and_can_be_verified(sample: str, tmp_path: Path) -> None:
    letter, out = tmp_path / "letter.pdf", tmp_path / "r.json"
    letter.write_bytes(b"signed")
    with pytest.raises(AccessError):
        call("enterprise", "export", sample, "YT-01", *BANK, "--out", str(out))
    more = ("--field", "emission_intensity", "--until", "2199-12-31", "--letter", str(letter))
    call("enterprise", "authorise", sample, "YT-01", *BANK, *more)
    made = json.loads(call("enterprise", "export", sample, "YT-01", *BANK, "--out", str(out), "--json"))
    assert json.loads(call("enterprise", "verify", sample, made["code"], "--file", str(out), "--json"))["matches"] is True
    assert json.loads(call("enterprise", "withdraw", sample, "A00001", "--json"))[0]["state"] == "withdrawn"
    assert "已撤回" in call("enterprise", "authorisations", sample, "YT-01")
    assert "已撤回; sha256" in call("enterprise", "verify", sample, made["code"])
    assert CliRunner().invoke(app, ["enterprise", "verify", sample, "AAAA-AAAA-AAAA-AAAA"]).exit_code == 1


def test_budget_moves_between_districts_once_a_second_person_approves(sample: str) -> None:
    step(sample, "book")
    words = ("budget", "move", sample, "energy-2025", "east", "west", "5000", "--reason", "peak", "--id", "m1", "--who", "anna")
    assert json.loads(call(*words, "--json"))["state"] == "waiting"
    said = call(*words)
    assert [one in said for one in ("m1", "预算调剂", "待复核", "dafeng ledger approve", "waiting")] == [True] * 4 + [False]
    call("ledger", "approve", sample, "m1", "--who", "bert")
    nodes = {one["id"]: one for one in json.loads(call("budget", "show", sample, "energy-2025", "--json"))["nodes"]}
    assert [(nodes[name]["allotted"], nodes[name]["moved"], nodes[name]["kept"]) for name in ("east", "west", "yunting")] == [
        ("220000", "-5000", "11000"),
        ("140000", "5000", "45000"),
        ("400000", "0", "40000"),
    ]
    assert json.loads(call("budget", "book", sample, "energy-2025", "--json")) == []
    assert "nothing to be done" in call("budget", "book", sample, "energy-2025", "--lang", "en")
    with pytest.raises(ConflictError):
        call("ledger", "reverse", sample, "m1", "--reason", "wrong", "--who", "anna")
    back = (
        "budget",
        "move",
        sample,
        "energy-2025",
        "west",
        "east",
        "5000",
        "--reason",
        "taken back",
        "--id",
        "m2",
        "--who",
        "anna",
    )
    call(*back)
    call("ledger", "approve", sample, "m2", "--who", "bert")
    assert {one["id"]: one["moved"] for one in shown(sample)["nodes"]}["east"] == "0"
