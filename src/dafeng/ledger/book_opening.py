"""Books opened by their plan, the same whichever face asks first; who comes later uses the book that is there.

Invariant: no second book of an instrument and period is opened, and none of a period that shares a year with another one; a
book that was opened in another form stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.act import act_error
from dafeng.ledger.book_plans import BookPlan
from dafeng.ledger.handed import find_refused
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.refusals import Refused
from dafeng.ledger.requests import OpenAccount, OpenBook, Request, decode
from dafeng.store.ledger_rows import LedgerRows

EXTERNAL, OTHER = "external", "other"
"""Type of the accounts that stand for another registry, and what that is called where nobody names it: units are received only
from accounts of another registry."""
THERE = ("book_exists", "account_exists", "name_taken", "conflict", "group_failed")
"""Refusals that say that what is opened is there."""
_BOOKS = "SELECT no, name, instrument, unit, scale, serials, period, project FROM ledger_book ORDER BY no"
_YEARS = re.compile(r"([0-9]{4})(?:-([0-9]{4}))?")


@dataclass(frozen=True, slots=True)
class OpenedBook:
    """A book as it stands in the ledger.

    Parameters
    ----------
    no : int
        Its number; 0 for one that is not open yet.
    name, instrument, unit : str
        What it is.
    scale : int
        Decimal digits of a unit.
    serials : bool
        Whether every unit has a number.
    period : str
        Period, where it belongs to one.
    project : bool
        Whether an issue names a project.
    """

    no: int
    name: str
    instrument: str
    unit: str
    scale: int
    serials: bool
    period: str
    project: bool


def find_opened(rows: LedgerRows, plan: BookPlan, period: str, *, former: str = "") -> OpenedBook | None:
    """The book of a plan and period, by whichever face it was opened.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    plan : BookPlan
        Definition of the book.
    period : str
        Its period; empty where it belongs to none.
    former : str, optional
        Name under which earlier versions of the face that asks opened it; such a book comes first.

    Returns
    -------
    OpenedBook or None
        That under the former name, else that under the name of the plan, else the first of the instrument and period.
    """
    found = [one for one in _list_opened(rows, plan) if one.period == period]
    wanted = plan.name(period)
    return min(found, key=lambda one: (not former or one.name != former, one.name != wanted, one.no), default=None)


def _list_opened(rows: LedgerRows, plan: BookPlan) -> list[OpenedBook]:
    """Books of the instrument of a plan, of whatever period."""
    return [
        OpenedBook(int(no), name, instrument, unit, int(scale), bool(serials), its, bool(project))
        for no, name, instrument, unit, scale, serials, its, project in rows.query(_BOOKS)
        if instrument in plan.instruments
    ]


def read_years(period: str) -> tuple[int, int] | None:
    """First and last year of a period.

    Parameters
    ----------
    period : str
        A year, or two joined by a hyphen.

    Returns
    -------
    (int, int) or None
        Both; ``None`` where it is neither, or the first of two is not before the last.
    """
    found = _YEARS.fullmatch(period)
    if found is None:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return (first, last) if found[2] is None or first < last else None


def plan_free_book(rows: LedgerRows, plan: BookPlan, period: str) -> OpenedBook:
    """The book as it would be opened, if no book of its instrument has a year of its period.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    plan : BookPlan
        Its definition.
    period : str
        Its period; empty where it belongs to none.

    Returns
    -------
    OpenedBook
        With the number 0.

    Raises
    ------
    SettingError
        If there is such a book: two books of a year would have two caps.
    """
    made, wanted = plan_book(plan, period), read_years(period)
    for one in _list_opened(rows, plan) if wanted else ():
        there = read_years(one.period)
        if wanted and there and wanted[0] <= there[1] and there[0] <= wanted[1]:
            raise other_book(one, made.name)
    return made


def find_own(rows: LedgerRows, book: OpenedBook, sort: str) -> str:
    """Account of the city in a book.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : OpenedBook
        The book.
    sort : str
        Type of the account.

    Returns
    -------
    str
        Name of the first one of the type, or of the one that would be opened.
    """
    found = rows.query(
        "SELECT name FROM ledger_account WHERE book = ? AND type = ? AND state <> 'closed' ORDER BY no LIMIT 1", book.no, sort
    )
    return str(found[0][0]) if found else f"{book.name}.{sort}"


def plan_book(plan: BookPlan, period: str) -> OpenedBook:
    """The book as it would be opened.

    Parameters
    ----------
    plan : BookPlan
        Its definition.
    period : str
        Its period; empty where it belongs to none.

    Returns
    -------
    OpenedBook
        With the number 0.
    """
    name = plan.name(period)
    return OpenedBook(0, name, plan.instrument, plan.unit, plan.scale, plan.serials, period, plan.project)


def list_openings(plan: BookPlan, period: str, *, holder: str, limit: int) -> list[Request]:
    """Requests that open a book with the city's own accounts, as one group.

    Parameters
    ----------
    plan : BookPlan
        Its definition.
    period : str
        Its period; empty where it belongs to none.
    holder : str
        Holder of the own accounts.
    limit : int
        The most that may be issued. [minimal units]

    Returns
    -------
    list of Request
        The book, then its accounts ``{book}.issuer`` and so on.
    """
    name = plan.name(period)
    opened = OpenBook(f"open.{name}", name, plan.instrument, plan.unit, plan.scale, plan.serials, period, plan.project)
    return [opened, *(_own(name, sort, holder, limit) for sort in plan.accounts)]


def _own(book: str, sort: str, holder: str, limit: int) -> OpenAccount:
    account = f"{book}.{sort}"
    registry, most = OTHER if sort == EXTERNAL else "", limit if sort == "issuer" else None
    return OpenAccount(f"open.{account}", account, book, sort, (holder,), registry=registry, limit=most)


def open_planned(
    ledger: Ledger, plan: BookPlan, period: str, *, holder: str, limit: int, needs: Sequence[str], former: str = ""
) -> OpenedBook:
    """The book of a plan and period: the one that is there, else it is opened as its plan says.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    plan : BookPlan
        Definition of the book.
    period : str
        Its period; empty where it belongs to none.
    holder : str
        Holder of the own accounts.
    limit : int
        The most that may be issued, where it is opened now. [minimal units]
    needs : sequence of str
        Types of own accounts that must be there; one that a book lacks is opened.
    former : str, optional
        As `find_opened`.

    Returns
    -------
    OpenedBook
        As it stands.

    Raises
    ------
    SettingError
        If another book has a year of the period, or the ledger refuses.
    """
    found = find_opened(ledger.rows, plan, period, former=former)
    if found is None:
        plan_free_book(ledger.rows, plan, period)
        refused = find_refused(ledger.submit([list_openings(plan, period, holder=holder, limit=limit)])[0])
        found = find_opened(ledger.rows, plan, period, former=former)
        if found is None:
            raise act_error(refused.code if refused else "book_unknown", about=plan.name(period))
    there = {row[0] for row in ledger.rows.query("SELECT DISTINCT type FROM ledger_account WHERE book = ?", found.no)}
    open_missing(ledger, [_own(found.name, sort, holder, limit) for sort in needs if sort not in there])
    return found


def open_missing(ledger: Ledger, requests: Sequence[Request]) -> None:
    """Open books and accounts one by one; what is there stays as it is.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    requests : sequence of Request
        What is opened.

    Raises
    ------
    SettingError
        If the ledger refuses for another reason than that it is there.
    """
    for answers in ledger.submit([[one] for one in requests]) if requests else []:
        if isinstance(answers[0], Refused) and answers[0].code not in THERE:
            raise act_error(answers[0].code, about=answers[0].about)


def find_free_name(rows: LedgerRows, name: str, *, besides: Collection[str] = ()) -> str:
    """The name that a new account can have: one that no account ever had, since that of a closed one is not used again.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    name : str
        The usual name.
    besides : collection of str, optional
        Names that are to be given to others.

    Returns
    -------
    str
        The name itself, else the first with a number behind it that is free.
    """
    found, number = name, 1
    while found in besides or rows.query("SELECT 1 FROM ledger_account WHERE name = ?", found):
        number += 1
        found = f"{name}.{number}"
    return found


def read_limits(rows: LedgerRows, book: OpenedBook) -> tuple[int, ...]:
    """How much the issuer of a book may issue: now, and as it was opened.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : OpenedBook
        The book.

    Returns
    -------
    tuple of int
        Empty where there is no issuer. [minimal units]
    """
    found = rows.query("SELECT name, lim FROM ledger_account WHERE book = ? AND type = 'issuer' ORDER BY no LIMIT 1", book.no)
    if not found:
        return ()
    name, limit = str(found[0][0]), int(found[0][1])
    first = rows.query("SELECT id, content FROM ledger_event WHERE id IN (?, ?)", f"open.{name}", f"open:{name}")
    opened = [decode(str(event), content) for event, content in first]
    return (limit, *(one.limit or 0 for one in opened if isinstance(one, OpenAccount)))


def other_book(book: OpenedBook, wanted: str) -> SettingError:
    """An instrument and period that have their book already, as an error in words.

    Parameters
    ----------
    book : OpenedBook
        The book that is there.
    wanted : str
        Name under which it was to be opened.

    Returns
    -------
    SettingError
        To be raised by the caller.
    """
    what = f"{book.instrument} {book.period}".strip()
    return SettingError(
        Label(
            f"{what} 已有账簿“{book.name}”（{book.unit}，{book.scale} 位小数），不再开立“{wanted}”",
            f"{what} has the book '{book.name}' ({book.unit}, {book.scale} decimals); '{wanted}' is not opened beside it",
        ),
        where="book",
        expected=Label("每种权利每期一本账簿", "one book for each instrument and period"),
        remedy=Label(f"使用账簿 {book.name}；没有开立", f"use the book {book.name}; nothing was opened"),
    )


def other_limit(book: OpenedBook, issuer: str, limit: int) -> SettingError:
    """A book that is open with another limit, as an error in words.

    Parameters
    ----------
    book : OpenedBook
        The book that is there.
    issuer : str
        Name of its issuer.
    limit : int
        The limit that was wanted. [minimal units]

    Returns
    -------
    SettingError
        To be raised by the caller.
    """
    told = f"{Decimal(limit).scaleb(-book.scale):f}"
    return SettingError(
        Label(f"账簿 {book.name} 已按另一总量开立", f"the book {book.name} is open with another limit"),
        where="limit",
        expected=Label("与已开立账簿相同的总量", "the limit with which the book is open"),
        remedy=Label(
            f"用 dafeng ledger limit CITY {issuer} {told} --reason 原因 调整",
            f"change it with dafeng ledger limit CITY {issuer} {told} --reason WHY",
        ),
    )
