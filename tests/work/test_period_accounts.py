"""Opening a period tells what it opened; a company whose account was closed gets a new one, and nothing is allotted twice."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dafeng.cli.main import app
from dafeng.core.errors import SettingError
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.requests import OpenAccount, SetBook, SetState, Transfer
from dafeng.work.allotments import open_period
from dafeng.work.ask_allowances import ask_repay
from dafeng.work.carry_over import work_carry
from dafeng.work.city import City
from dafeng.work.period_accounts import OpenedAccount
from dafeng.work.settle import find_standing, settle
from tests.work.test_allowances import DAY, ROWS, final, make_city, table

BOOK, FIRST, AGAIN, DUE = "cea-2023", "cea-2023.甲", "cea-2023.甲.2", 864_544
COMPANIES = ("甲", "乙", "丙")


@pytest.fixture
def city(tmp_path: Path) -> City:
    made = make_city(tmp_path)
    final(made)
    return made


def submit(city: City, *requests: Any) -> None:
    with open_ledger(city.ledger) as ledger:
        said = ledger.submit([[one] for one in requests])
    assert all(hasattr(one[0], "seq") for one in said), said


def close(city: City) -> None:
    """甲 gives all it holds to 乙 and closes its account."""
    submit(
        city, Transfer("m", "transfer", FIRST, "cea-2023.乙", DUE, DAY), SetState("close", FIRST, "closed", "merged")
    )  # fmt: skip


def open_again(city: City, *companies: str) -> tuple[OpenedAccount, ...]:
    told = open_period(city, BOOK, "2023", limit=5_000_000, enterprises=companies or COMPANIES)
    return tuple(one for one in told if one.book == BOOK)


def count_accounts(city: City) -> int:
    with open_ledger(city.ledger) as ledger:
        return int(ledger.rows.query("SELECT COUNT(*) FROM ledger_account")[0][0])


def test_what_is_open_is_told_and_nothing_is_opened_twice(city: City) -> None:
    before = count_accounts(city)
    assert [(one.account, one.opened, one.code) for one in open_again(city)] == [
        (f"{BOOK}.{name}", False, "") for name in COMPANIES
    ]
    assert [one.opened for one in open_again(city, "㆙", "丁", "丁 ")] == [False, True]  # another spelling is the same company
    assert count_accounts(city) == before + 2  # in the book and in that of the claims


def test_a_company_whose_account_was_closed_gets_a_new_one(city: City) -> None:
    close(city)
    assert {name: state for name, _, _, state in final(city)}["甲"] == "taker_unknown"
    first, *others = open_again(city)
    assert (first.account, first.opened, first.closed) == (AGAIN, True, (FIRST,))
    assert (first.says.zh, first.says.en) == (
        f"甲：{FIRST} 已注销；新开立 {AGAIN}", f"甲: {FIRST} is closed; {AGAIN} was opened",
    )  # fmt: skip
    assert [one.opened for one in others] == [False, False]
    assert [(one.account, one.opened) for one in open_again(city, "甲")] == [(AGAIN, False)]
    submit(city, SetState("close again", AGAIN, "closed", "merged"))
    assert [(one.account, one.closed) for one in open_again(city, "甲")] == [(f"{FIRST}.3", (FIRST, AGAIN))]


def test_what_was_allotted_is_not_allotted_again_to_the_new_account(city: City) -> None:
    close(city)
    open_again(city)
    assert ("甲", DUE, 0, "same") in final(city)
    found = find_standing(settle(city, BOOK, "2023"), "甲")
    assert (found.held, [one.account for one in found.accounts], found.breaches) == (0, [AGAIN], ())
    table(city.overlay / "rights", ROWS[0].replace("1000000", "1100000"))
    ((_, booked, owed, state),) = final(city)
    assert (state, owed, find_standing(settle(city, BOOK, "2023"), "甲").held) == ("booked", 0, booked - DUE)


def test_a_closed_account_is_named_and_what_is_advised_helps(city: City) -> None:
    close(city)
    asked: dict[str, Any] = {"year": 2023, "base": Decimal(1)}
    for call in (lambda: ask_repay(city, BOOK, "甲", day=DAY, who="张三"), lambda: work_carry(city, BOOK, "", "甲", **asked)):
        with pytest.raises(SettingError) as told:
            call()
        assert (f"({FIRST}) is closed" in told.value.what.en, f"（{FIRST}）已注销" in told.value.what.zh) == (True, True)
        assert f"allowance open CITY {BOOK}" in told.value.remedy.en
    with pytest.raises(SettingError, match="has no account of 丁"):
        work_carry(city, BOOK, "", "丁", **asked)
    open_again(city)
    assert ask_repay(city, BOOK, "甲", day=DAY, who="张三")[0].state == "same"
    assert work_carry(city, BOOK, "", "甲", **asked).whole == 0


def test_a_name_that_somebody_else_has_is_left_to_them(city: City) -> None:
    submit(city, OpenAccount("squat", f"{BOOK}.丁", BOOK, "organisation", ("戊",)))
    assert [(one.account, one.opened, one.closed) for one in open_again(city, "丁")] == [(f"{BOOK}.丁.2", True, ())]


def test_an_account_that_the_ledger_refuses_is_not_told_as_opened(city: City) -> None:
    submit(city, SetBook("shut", BOOK, "closed", "", "over"))
    (kept, lost) = open_again(city, "乙", "丁")
    assert (kept.opened, kept.code, lost.opened, lost.code) == (False, "", False, "book_closed")
    assert ("没有开立" in lost.says.zh, "was not opened" in lost.says.en) == (True, True)


def test_the_command_says_what_it_opened(city: City) -> None:
    def run(*words: str) -> tuple[int, str]:
        more = ["allowance", "open", str(city.folder), BOOK, "2023", "--limit", "5000000", *words]
        done = CliRunner().invoke(app, more, env={"COLUMNS": "200"})
        return done.exit_code, done.stdout

    close(city)
    code, told = run("--lang", "en")
    assert (code, "accounts opened: 1, open before: 2" in told, f"{FIRST} is closed; {AGAIN} was opened" in told) == (
        0,
        True,
        True,
    )
    assert "新开立账户 0 个，已有 3 个" in run()[1]
    assert f'"account": "{AGAIN}"' in run("--json")[1]
    table(city.overlay / "rights", *ROWS, ROWS[0].replace("甲", "丁"))
    submit(city, SetBook("shut", BOOK, "closed", "", "over"))
    code, told = run()
    assert (code, f"没有开立 {BOOK}.丁" in told) == (1, True)
