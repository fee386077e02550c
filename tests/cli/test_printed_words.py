"""What the commands of rights, budgets, markets, inclusion, enterprises and credits print: words of one language, no codes.

Invariant: codes are those of the product's own tables of kinds, types, states, levels and grades.
"""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dafeng.cli import printing
from dafeng.cli.main import app
from dafeng.cli.plain import plain_console
from dafeng.web.labels import read_labels
from tests.web.inclusions import BUNDLE, PEOPLE, fill_enterprises, fill_inclusion
from tests.web.ledgers import fill_ledger
from tests.web.market_halls import BUDGET, fill_market
from tests.web.reviews import city_with_people
from tests.web.settling import PERIOD, fill_compliance

GROUPS = (
    "account_state", "book_state", "order_state", "order_verb", "claim_kind", "severity", "grade", "settled", "test_answer",
    "project_state", "period_state", "step_role", "inclusion_rule", "inclusion_kind", "link_state", "market_state",
    "auction_state", "market_way", "market_side", "market_thing", "market_verb", "budget_state", "budget_level",
)  # fmt: skip
CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/@+-]*")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
SOON = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
MOVE = ("budget", "move", BUDGET, "east", "west", "50", "--reason", "peak", "--who", "anna", "--id", "m1")
FIELDS = ("--field", "emission_intensity", "--field", "grade.shandong", "--field", "size")
GRANT = (
    "enterprise", "authorise", "QL-01", "--recipient", "云汀银行", "--purpose", "绿色贷款", *FIELDS, "--until", "2199-12-31",
    "--letter", "LETTER", "--who", "anna",
)  # fmt: skip
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("ledger", "books"), ("ledger", "accounts"), ("ledger", "statement", "A-1"), ("ledger", "statement", "ccer.issuer"),
    ("ledger", "claims"), ("ledger", "claims", "A-1"), ("ledger", "orders"), ("ledger", "audit"), ("ledger", "roots"),
    ("ledger", "balances", "ccer"), ("ledger", "certificate", "retire-1"), ("ledger", "prove", "16"),
    ("budget", "list"), ("budget", "show", BUDGET), MOVE,
    ("market", "list"), ("market", "show", "cea", "--member", "steel"), ("market", "show", "cea", "--member", "glass"),
    ("market", "trades", "cea"), ("market", "auction", "list", "cea"), ("market", "settle"),
    ("inclusion", "scenes"), ("inclusion", "balance", PEOPLE[1]), ("inclusion", "keys"),
    ("inclusion", "prove", "metro", f"ticket-{PEOPLE[1]}"),
    ("enterprise", "list"), ("enterprise", "show", "QL-01"), ("enterprise", "show", "QL-03"), GRANT,
    ("enterprise", "authorisations"), ("enterprise", "link", "QL-01", "--until", SOON), ("enterprise", "links"),
    ("credit", "show"), ("credit", "show", "wind-1"), ("credit", "show", "wind-2"),
    ("allowance", "settle", PERIOD, "2023"), ("allowance", "carry", PERIOD, "cea-2025", "甲电厂", "--year", "2023",
                                              "--day", "2024-12-01"),
)  # fmt: skip
NAMES = (
    "张三", "李四", "赵六", "周七", "甲公司", "乙公司", "甲电厂", "乙电厂", "丙电厂", "大宗", "协议转让", "赠与",
    "海边马拉松", "碳中和", "的婚礼", "青岚地铁", "青岚钢铁", "海青铸造", "青岚水泥", "云汀银行", "绿色贷款",
    "风电公司", "审定机构", "登记机构", "核查机构", "海上风电", "配额", "资金", "court order 7", "holder of",
)  # fmt: skip
"""What people typed into the made city: names, reasons and purposes stand as they are, in either language."""


HOLDERS = {"city", "pool"}
"""Names of a holder and of a member of the made city that are codes too."""


def codes() -> set[str]:
    """Ids that the product's own tables have a word for, and no word of either language."""
    found = {key.partition(".")[2] for key in read_labels() if key.partition(".")[0] in GROUPS}
    for name in ("kinds", "states", "account_types"):
        text = files("dafeng").joinpath("data", "ledger", f"{name}.csv").read_text(encoding="utf-8")
        found |= {next(iter(row.values())) for row in csv.DictReader(text.splitlines())}
    return found | {"unbooked", "done", "due", "back"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city with all of it."""
    made = city_with_people(tmp_path_factory.mktemp("printed"))
    fill_ledger(made)
    fill_compliance(made)
    fill_market(made)
    fill_inclusion(made)
    fill_enterprises(made)
    (made.folder / "letter.pdf").write_bytes(b"signed")
    return made.folder


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """No word is broken over two lines."""
    monkeypatch.setattr(printing, "plain_console", lambda width: partial(plain_console, width=600)())


def call(folder: Path, words: tuple[str, ...], *more: str) -> str:
    """Output of a command that succeeds; the folder of the city stands after its name."""
    at = 3 if words[1] == "auction" else 2
    given = [str(folder / "letter.pdf") if one == "LETTER" else one for one in words[at:]]
    done = CliRunner().invoke(app, [*words[:at], str(folder), *given, *more], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def free(text: str) -> str:
    """A text without what people typed."""
    for name in sorted(NAMES, key=len, reverse=True):
        text = text.replace(name, " ")
    return text


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_prints_no_code_in_chinese_and_no_chinese_in_english(folder: Path, words: tuple[str, ...]) -> None:
    chinese, english = free(call(folder, words)), free(call(folder, words, "--lang", "en"))
    assert sorted(set(CODE.findall(chinese)) & (codes() - HOLDERS)) == []
    assert sorted(set(CHINESE.findall(english))) == []


def test_the_codes_are_known_and_a_raw_one_is_seen() -> None:
    assert {"reverse", "district", "waiting", "open", "valid", "assumed", "operator", "budget"} <= codes()
    assert set(CODE.findall("│ m1 │ waiting │ ccer.issuer")) & codes() == {"waiting"}


def test_a_statement_tells_what_is_claimed_and_free_and_claims_have_their_ids(folder: Path) -> None:
    told = json.loads(call(folder, ("ledger", "statement", "A-1"), "--json"))
    said = call(folder, ("ledger", "statement", "A-1"))
    assert f"余额 {told['balance']:,}，受限 {told['held']:,}，可用 {told['free']:,} t" in said
    listed = json.loads(call(folder, ("ledger", "claims"), "--json"))
    assert [(one["account"], one["kind"], one["held"]) for one in listed if one["id"] == "hold-1"] == [("A-1", "freeze", 1000)]
    assert [call(folder, ("ledger", "claims", *who)).count("hold-1") for who in ((), ("A-1",), ("B-1",))] == [1, 1, 0]
    assert "没有冻结、质押或待办划转" in call(folder, ("ledger", "claims", "B-1"))


def test_a_proof_is_told_in_lines_and_kept_as_json(folder: Path) -> None:
    words = ("inclusion", "prove", "metro", f"ticket-{PEOPLE[1]}")
    proof = json.loads(call(folder, words, "--json"))
    said = call(folder, words)
    assert [one in said for one in (f"在批次 {BUNDLE} 中", proof["root"], *proof["path"])] == [True] * (2 + len(proof["path"]))
