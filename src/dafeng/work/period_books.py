"""Books of compliance periods: which one is meant, of which year, and the accounts of a company in it.

Invariant: a book takes part only as what it is; its instrument and period are compared with what is asked.
"""

from __future__ import annotations

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.act import act_error
from dafeng.ledger.adjustments import Sides
from dafeng.ledger.enterprise_sides import AllSides
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.positions import Position, pick
from dafeng.ledger.refusals import Refused

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
    found = ledger.rows.query("SELECT instrument, period FROM ledger_book WHERE name = ?", book)
    if not found:
        raise _unopened(book, "issuer")
    instrument, period = str(found[0][0]), str(found[0][1])
    if instrument != INSTRUMENT or not (len(period) == 4 and period.isascii() and period.isdigit()):
        raise _other_book(book, Label(f"{instrument} {period}".strip(), f"{instrument} {period}".strip()), INSTRUMENT)
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
        raise _unopened(book, enterprise if "" in found.here else "issuer")
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


def _unopened(book: str, whose: str) -> SettingError:
    return SettingError(
        Label(f"账簿“{book}”没有 {whose} 的账户", f"book '{book}' has no account of {whose}"),
        where=book,
        expected=Label("先开立账簿和账户", "the book and its accounts are opened first"),
        remedy=Label("运行 dafeng allowance open CITY BOOK …", "run dafeng allowance open CITY BOOK …"),
    )
