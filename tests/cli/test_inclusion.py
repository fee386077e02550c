"""``dafeng inclusion``: what is typed is answered, in words or as JSON; an identity is never printed."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import DafengError, LookupFailure, SettingError
from dafeng.ledger.inclusion.events import CHINA

PHONE = "13812345678"


@pytest.fixture
def folder(tmp_path):
    made = df.init(tmp_path / "city", place="370600").folder
    text = (made / "city.yaml").read_text(encoding="utf-8")
    (made / "city.yaml").write_text(text.replace("options: {}", "options: {inclusion: trial}"), encoding="utf-8")
    return made


def run(*arguments, fails=None):
    """What a command prints; as JSON where it can be."""
    done = CliRunner().invoke(app, ["inclusion", *map(str, arguments)])
    assert PHONE not in done.stdout
    if fails:
        assert isinstance(done.exception, fails), done.output
        return None
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout) if "--json" in arguments else done.stdout


def write(folder, *rows):
    """A file of trips by bus that begin from now on."""
    at = datetime.now(CHINA).replace(microsecond=0) + timedelta(seconds=2)
    text = "scene,person,evidence,started,ended,amount,place\n"
    for number, (person, evidence) in enumerate(rows):
        begin = at + timedelta(seconds=number)
        text += f"bus,{person},{evidence},{begin.isoformat()},{begin.isoformat()},10,370602\n"
    path = folder / "events.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_from_joining_to_erasure(folder):
    run("join", folder, PHONE, fails=SettingError)
    person = run("join", folder, PHONE, "card", "--consent", "--json")["person"]
    assert run("join", folder, "card", "--consent", "--json")["person"] == person
    path = write(folder, *((PHONE, f"t{number}") for number in range(6)), ("nobody", "x"))
    took = run("take", folder, path, "--json")
    assert (took["taken"], took["grams"], took["points"], took["grade"]) == (6, 3120, 60, "provisional")
    assert took["refused"] == {"inclusion.unknown": 1}
    assert "bus" in took["weak"]
    assert run("take", folder, path, "--json")["again"] == 6
    assert run("redeem", folder, person, "merchant_5", "--order", "1", "--json")["again"] is False
    assert run("balance", folder, "card", "--json") == {"grams": 3120, "points": 10, "voucher.merchant_5": 1}
    assert run("expire", folder, "--before", "2020-01-01", "--json") == {"accounts": 0, "points": 0, "preview": False}
    assert run("withdraw", folder, "card", "--json")["withdrawn"] is True
    assert run("erase", folder, "card", "--json") == {"person": person, "erased": True}
    run("balance", folder, person, fails=LookupFailure)


def test_scenes_are_listed_with_source_and_grade(folder):
    found = {one["id"]: one for one in run("scenes", folder, "--json")}
    assert [one["grade"] for one in found["metro"]["editions"]] == ["primary", "primary"]
    assert found["charging_driver"]["editions"] == []
    assert found["bus"]["reward"]["points"] == 10
    assert "gz_metro_2017" in run("scenes", folder, "--lang", "en")


@pytest.mark.parametrize(
    "words",
    [
        ("expire", "--before", "someday"), ("aggregate", "x", "--before", "2020-01-01"), ("balance", "nobody"),
        ("erase", "nobody"),
        ("prove", "metro", "t"), ("redeem", "nobody", "none", "--order", "1"), ("withdraw", "nobody"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_a_remedy(folder, words):
    run(words[0], folder, *words[1:], fails=DafengError)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_are_printed_in_both_languages(folder, language):
    run("join", folder, PHONE, "--consent", "--lang", language)
    path = write(folder, (PHONE, "t1"), (PHONE, "t1"))
    said = run("take", folder, path, "--lang", language)
    assert ("新记 1 件" in said) == (language == "zh")
    assert "10" in run("balance", folder, PHONE, "--lang", language)


def test_the_audit_of_the_ledger_names_an_event_that_was_changed(folder):
    run("join", folder, PHONE, "--consent")
    run("take", folder, write(folder, (PHONE, "t1"), (PHONE, "t2")))
    clean = CliRunner().invoke(app, ["ledger", "audit", str(folder)])
    assert (clean.exit_code, "碳普惠" in clean.stdout) == (0, True)
    with sqlite3.connect(folder / "inclusion.sqlite") as file:
        file.execute("UPDATE event SET points = points + 1 WHERE no = 2")
    told = CliRunner().invoke(app, ["ledger", "audit", str(folder), "--json"])
    assert told.exit_code == 1
    assert [(one["rule"], one["at"]) for one in json.loads(told.stdout)] == [
        ("ledger.inclusion_points", "inclusion.event/2"),
        ("ledger.inclusion_booked", "inclusion.event/2"),
    ]
    assert PHONE not in told.stdout
