"""``dafeng market``: the example of the page, run as it stands, and what the command line says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import AddressError, SettingError

PAGE = Path(__file__).parents[2] / "docs" / "markets.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def run(*words: str) -> str:
    found = CliRunner().invoke(app, ["market", *words], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.stdout


def follow(folder: Path, lines: int | None = None) -> Path:
    """The city of the page after the first lines of its example, or all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exec(compile(blocks("python")[0], str(PAGE), "exec"), {})
        for line in blocks("sh")[0].splitlines()[:lines]:
            if line:
                run(*shlex.split(line)[2:])
    return folder / "demo"


@pytest.fixture(scope="module")
def traded(tmp_path_factory) -> Path:
    """The city after the whole example, for reading only."""
    return follow(tmp_path_factory.mktemp("traded"))


@pytest.fixture(scope="module")
def begun(tmp_path_factory) -> Path:
    """The city with an open day and all members."""
    return follow(tmp_path_factory.mktemp("begun"), 6)


def test_the_example_of_the_page_ends_with_the_trades_it_tells(traded):
    found = json.loads(run("trades", str(traded), "cea", "--json"))
    assert [(one["way"], one["buyer"], one["seller"], one["quantity"], one["price"], one["state"]) for one in found[::-1]] == [
        ("order", "paper", "steel", 600, 9680, "done"),
        ("agreement", "paper", "glass", 300, 9500, "done"),
        ("auction", "steel", "city", 1000, 9000, "done"),
        ("auction", "paper", "city", 563, 9000, "done"),
        ("auction", "glass", "city", 437, 9000, "done"),
    ]


def test_after_the_example_nothing_is_held(traded):
    from dafeng.ledger.ledger import open_ledger

    with open_ledger(str(traded / "ledger.sqlite")) as ledger:
        assert ledger.rows.query("SELECT name FROM ledger_account WHERE held <> 0") == []
        assert ledger.rows.query("SELECT sum(balance) FROM ledger_account GROUP BY book") == [(0,), (0,)]


def test_an_auction_tells_its_price_after_the_close(traded):
    found = json.loads(run("auction", "list", str(traded), "cea", "--json"))
    assert (found[0]["state"], found[0]["price"], found[0]["sold"]) == ("closed", 9000, 2000)
    assert "90.00" in run("auction", "list", str(traded), "cea")


def test_the_same_command_with_the_same_id_is_done_once(begun):
    words = ("open", str(begun), "again", "--book", "cea", "--terms", "plain", "--id", "m1", "--json")
    first, second = json.loads(run(*words)), json.loads(run(*words))
    assert (first["again"], second["again"], second["seq"]) == (False, True, first["seq"])


def test_depth_and_ones_own_requests_are_shown_in_yuan(begun):
    run("order", str(begun), "cea", "steel", "sell", "1000", "96.80", "--id", "s1")
    shown = json.loads(run("show", str(begun), "cea", "--member", "steel", "--json"))
    assert shown["sell"] == [{"price": 9680, "quantity": 1000}]
    assert shown["requests"][0]["left"] == 1000
    assert "96.80" in run("show", str(begun), "cea", "--lang", "en")
    assert "假设" in run("list", str(begun))
    own = run("show", str(begun), "cea", "--member", "steel")
    assert [word in own for word in ("挂牌申报", "卖出", "有效", "order")] == [True, True, True, False]
    assert json.loads(run("settle", str(begun), "--json")) == {"status": "done", "due": []}


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        (("order", "demo", "cea", "steel", "sell", "10", "96.805"), SettingError, "at most 2 decimals"),
        (("order", "demo", "cea", "steel", "sell", "ten", "96.80"), SettingError, "the number 'ten' cannot be used"),
        (("order", "demo", "cea", "steel", "sell", "99999", "96.80"), SettingError, "does not hold the units"),
        (("order", "demo", "cea", "nobody", "sell", "1", "96.80"), SettingError, "no such member"),
        (("show", "demo", "coal"), AddressError, "no market 'coal'"),
        (("open", "demo", "two", "--book", "cea", "--money", "cea", "--terms", "plain"), SettingError, "two different books"),
        (("join", "demo", "cea", "Steel ", "S-1", "S-2"), SettingError, "malformed member: .* blanks at its ends"),
    ],
)
def test_what_is_refused_says_why(begun, words, error, says):
    with pytest.raises(error, match=says):
        run(words[0], str(begun), *words[2:])
