"""Books of compliance periods: which one is meant, of which year, and the accounts of a company in it.

Invariant: a book takes part only as what it is; its instrument and period are compared with what is asked.
"""

from __future__ import annotations

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.act import act_error
from dafeng.ledger.adjustments import Sides
from dafeng.ledger.book_plans import BookPlan, read_book_plans
from dafeng.ledger.enterprise_sides import AllSides
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.positions import Position, pick
from dafeng.ledger.refusals import Refused
from dafeng.work.city import City
from dafeng.work.period_accounts import list_closed

INSTRUMENT = "CEA"
"""Instrument of the books that belong to a compliance period."""


def refused(answer: Refused) -> SettingError:
    """A refusal of the ledger as an error in words.

    Parameters
    ----------
    answer : Refused
        What the ledger said.

    Returns
    -------
    SettingError
        To be raised by the caller.
    """
    return act_error(answer.code, about=answer.about)


def read_year(period: str) -> int:
    """Compliance year of a period.

    Parameters
    ----------
    period : str
        Four digits.

    Returns
    -------
    int
        The year.

    Raises
    ------
    SettingError
        If it is none.
    """
    if len(period) == 4 and period.isascii() and period.isdigit():
        return int(period)
    raise SettingError(
        Label(f"“{period}”不是履约年度", f"'{period}' is no compliance year"),
        where="PERIOD",
        expected=Label("四位半角数字的年份，如 2023", "a year of four plain digits such as 2023"),
        remedy=Label("改正年度", "correct the year"),
    )


def find_allowance_plan(city: City) -> BookPlan:
    """Definition of the book of allowances.

    Parameters
    ----------
    city : City
        The city.

    Returns
    -------
    BookPlan
        In whole tonnes.

    Raises
    ------
    SettingError
        If the city's books have none, or one that does not count whole tonnes.
    """
    plan = read_book_plans(city.overlay).find(INSTRUMENT)
    if plan is None or not plan.dated:
        raise _not_whole("books.yaml", "", 0)
    check_whole(plan.id, plan.unit, plan.scale)
    return plan


def check_whole(book: str, unit: str, scale: int) -> None:
    """Whether a book counts whole tonnes, as compliance does.

    Parameters
    ----------
    book, unit : str
        Its name and unit.
    scale : int
        Decimal digits of a unit.

    Raises
    ------
    SettingError
        If it does not.
    """
    if (unit, scale) != ("t", 0):
        raise _not_whole(book, unit, scale)


def _not_whole(book: str, unit: str, scale: int) -> SettingError:
    return SettingError(
        Label(
            f"账簿“{book}”以 {unit or '—'}、{scale} 位小数计", f"book '{book}' counts {unit or 'nothing'} with {scale} decimals"
        ),
        where=book,
        expected=Label("履约按整吨计：单位 t，scale 0，分期", "whole tonnes for compliance: unit t, scale 0, a period"),
        remedy=Label(
            "在城市的 data/books.yaml 中改正；没有记账", "correct it in the city's data/books.yaml; nothing was booked"
        ),
    )


def other_name(book: str, wanted: str) -> SettingError:
    """A book of allowances under another name than that of its period, as an error in words.

    Parameters
    ----------
    book : str
        Name that was given.
    wanted : str
        Name of the book of the period.

    Returns
    -------
    SettingError
        To be raised by the caller.
    """
    return SettingError(
        Label(f"“{book[:60]}”不是该履约期账簿的名称", f"'{book[:60]}' is not the name of the book of this period"),
        where="BOOK",
        expected=Label(wanted, wanted),
        remedy=Label(f"使用 {wanted}；没有开立", f"use {wanted}; nothing was opened"),
    )


def find_year(ledger: Ledger, book: str, *, year: int | None = None) -> int:
    """Compliance year of a book of allowances.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    book : str
        Name of the book.
    year : int, optional
        The year that it has to be.

    Returns
    -------
    int
        The year.

    Raises
    ------
    SettingError
        If there is no such book, it is no book of allowances of a year, or of another year.
    """
    found = ledger.rows.query("SELECT instrument, period, unit, scale FROM ledger_book WHERE name = ?", book)
    if not found:
        raise _unopened(book, "issuer")
    instrument, period = str(found[0][0]), str(found[0][1])
    if instrument != INSTRUMENT or not (len(period) == 4 and period.isascii() and period.isdigit()):
        raise _other_book(book, Label(f"{instrument} {period}".strip(), f"{instrument} {period}".strip()), INSTRUMENT)
    check_whole(book, str(found[0][2]), int(found[0][3]))
    if year not in (None, int(period)):
        raise _other_book(book, Label(f"{period} 年度", f"the year {period}"), str(year))
    return int(period)


def _other_book(book: str, what: Label, wanted: str) -> SettingError:
    return SettingError(
        Label(f"账簿“{book}”是 {what.zh} 的账簿，不是 {wanted} 的", f"book '{book}' is of {what.en}, not of {wanted}"),
        where="BOOK",
        expected=Label(f"{wanted} 的履约期账簿", f"a book of allowances of {wanted}"),
        remedy=Label(
            "核对账簿与履约年度；dafeng ledger books 列出账簿",
            "check book and compliance year; dafeng ledger books lists the books",
        ),
    )


def read_sides(ledger: Ledger, book: str, enterprise: str) -> Sides:
    """The accounts of a company and its issuer in a book and in its book of claims.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    book : str
        Name of the book.
    enterprise : str
        The company.

    Returns
    -------
    Sides
        As they stand.

    Raises
    ------
    SettingError
        If the company or the issuer has no account there.
    """
    found = AllSides(ledger, book, holder=enterprise)
    sides = found.sides(enterprise)
    if sides is None:
        raise _unopened(book, "issuer") if "" not in found.here else _lacking(ledger, book, enterprise)
    return sides


def need_account(positions: tuple[Position, ...], type: str, book: str, *, holder: str = "") -> Position:
    """An account that must be there.

    Parameters
    ----------
    positions : tuple of Position
        Accounts of the book.
    type : str
        Types it may have.
    book : str
        Name of the book.
    holder : str, optional
        Whose.

    Returns
    -------
    Position
        The account.

    Raises
    ------
    SettingError
        If there is none.
    """
    found = pick(positions, type, holder=holder)
    if found is None:
        raise _unopened(book, holder or type)
    return found


def _lacking(ledger: Ledger, book: str, enterprise: str) -> SettingError:
    """A company without an open account, as an error in words that names the closed ones."""
    closed = list_closed(ledger.rows, book, enterprise)
    zh, en = "、".join(closed), ", ".join(closed)
    return SettingError(
        Label(
            f"账簿“{book}”中 {enterprise} 的账户（{zh}）已注销" if closed else f"账簿“{book}”没有 {enterprise} 的账户",
            f"in book '{book}' the account of {enterprise} ({en}) is closed"
            if closed
            else f"book '{book}' has no account of {enterprise}",
        ),
        where=book,
        expected=Label("该企业在账簿中有未注销的账户", "an open account of the company in the book"),
        remedy=Label(
            f"dafeng allowance open CITY {book} … 为机组表中的企业新开账户；其他企业用 dafeng ledger account CITY {book} 编号"
            f" --type organisation --holder {enterprise}",
            f"dafeng allowance open CITY {book} … opens a new one for companies of the table of units; for others:"
            f" dafeng ledger account CITY {book} ID --type organisation --holder {enterprise}",
        ),
    )


def _unopened(book: str, whose: str) -> SettingError:
    return SettingError(
        Label(f"账簿“{book}”没有 {whose} 的账户", f"book '{book}' has no account of {whose}"),
        where=book,
        expected=Label("先开立账簿和账户", "the book and its accounts are opened first"),
        remedy=Label("运行 dafeng allowance open CITY BOOK …", "run dafeng allowance open CITY BOOK …"),
    )
