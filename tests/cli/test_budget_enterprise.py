"""``dafeng budget`` and ``dafeng enterprise`` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import AccessError

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


def test_a_budget_is_booked_shown_frozen_and_closed(sample: str) -> None:
    assert json.loads(call("budget", "book", sample, "energy-2025", "--json"))["booked"] == 36
    assert "400000" in call("budget", "show", sample, "energy-2025")
    frozen = json.loads(call("budget", "freeze", sample, "energy-2025", "west", "--reason", "review", "--json"))
    assert {one["id"]: one["frozen"] for one in frozen["nodes"]}["YT-03"] == "26900"
    call("budget", "release", sample, "energy-2025", "west", "--lang", "en")
    assert json.loads(call("budget", "close", sample, "energy-2025", "--json"))["state"] == "closed"
    assert [one["state"] for one in json.loads(call("budget", "list", sample, "--json"))] == ["unbooked", "closed"]
    assert "closed" in call("budget", "list", sample, "--lang", "en")


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
    call("budget", "book", sample, "energy-2025")
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
    assert json.loads(call("budget", "book", sample, "energy-2025", "--json"))["booked"] == 0
