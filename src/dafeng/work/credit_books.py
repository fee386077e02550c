"""Books of credits: which book holds the credits of a scheme, opened by its plan where it is not there.

Invariant: credits of a scheme lie in the one book of their instrument, whoever opened it; what stands in a book of an earlier
version stays there.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.ledger.book_opening import (
    OpenedBook,
    find_free_name,
    find_opened,
    find_own,
    open_missing,
    open_planned,
    plan_book,
)
from dafeng.ledger.book_plans import BookPlans, find_book_plan, read_book_plans
from dafeng.ledger.eligibility import Scheme, Schemes
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.requests import MOST, OpenAccount
from dafeng.store.ledger_rows import LedgerRows
from dafeng.work.city import City
from dafeng.work.right_rows import find_account_row

TONNES = ("t", "tCO2")
"""Spellings of the unit by which credits are counted."""
NEEDED = ("issuer", "retired")
"""Types of the city's accounts that a register of projects needs."""


def find_credit_book(rows: LedgerRows, plans: BookPlans, scheme: Scheme) -> OpenedBook:
    """The book of the credits of a scheme.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    plans : BookPlans
        Books that the city may open.
    scheme : Scheme
        The scheme.

    Returns
    -------
    OpenedBook
        With the number 0 where it is not open yet.

    Raises
    ------
    LookupFailure
        If no book of that name is defined or open.
    """
    own = plans.books.get(scheme.book)
    if own is None:  # a scheme of a city whose book an earlier version opened by the scheme alone
        found = rows.query(
            "SELECT no, name, instrument, unit, scale, serials, period, project FROM ledger_book WHERE name = ?", scheme.book
        )
        if found and found[0][2] in scheme.same:
            return OpenedBook(*found[0])
    plan = find_book_plan(plans, scheme.book)
    return find_opened(rows, plan, "", former=scheme.formerly) or plan_book(plan, "")


class CreditBooks(NamedTuple):
    """Books whose units are issued by the register of projects alone: by instrument, and by name whatever their instrument."""

    instruments: frozenset[str]
    names: frozenset[str]

    def has(self, book: str, instrument: str) -> bool:
        """Whether a book is one of them.

        Parameters
        ----------
        book, instrument : str
            Its name and instrument.

        Returns
        -------
        bool
            True by either.
        """
        return book in self.names or instrument in self.instruments


def list_credit_books(plans: BookPlans, schemes: Schemes) -> CreditBooks:
    """Books of credits of all schemes.

    Parameters
    ----------
    plans : BookPlans
        Books that the city may open.
    schemes : Schemes
        All schemes.

    Returns
    -------
    CreditBooks
        With those of earlier versions.
    """
    found: set[str] = set()
    names: set[str] = set()
    for scheme in schemes.schemes.values():
        plan = plans.books.get(scheme.book)
        found |= {*scheme.same, *(() if plan is None else plan.instruments)}
        names |= {scheme.book, scheme.formerly} - {""}
    return CreditBooks(frozenset(found), frozenset(names))


def open_credit_book(ledger: Ledger, city: City, scheme: Scheme, owner: str, *, limit: int | None = None) -> OpenedBook:
    """The book of a scheme with the account of an owner; what is not there is opened, what is there stays.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    city : City
        The city.
    scheme : Scheme
        The scheme.
    owner : str
        Whose account.
    limit : int, optional
        The most that the book may issue, where it is opened now; the total of the scheme by default. [t]

    Returns
    -------
    OpenedBook
        As it stands.

    Raises
    ------
    SettingError
        If the book has no serial numbers or does not count tonnes, or the ledger refuses.
    LookupFailure
        If no such book is defined.
    """
    plans = read_book_plans(city.overlay)
    found = find_credit_book(ledger.rows, plans, scheme)
    check_form(found)
    total = scheme.total if limit is None else limit
    most = MOST if total is None else total * 10**found.scale
    if scheme.book in plans.books:
        plan = plans.books[scheme.book]
        found = open_planned(ledger, plan, "", holder=city.slug, limit=most, needs=NEEDED, former=scheme.formerly)
    if not find_credit_account(ledger.rows, found, owner):
        account = find_free_name(ledger.rows, f"{found.name}.{owner}")
        open_missing(ledger, [OpenAccount(f"open:{account}", account, found.name, "organisation", (owner,))])
    return found


def find_credit_account(rows: LedgerRows, book: OpenedBook, holder: str) -> str:
    """Account of somebody in a book of credits: whose it is decides, not how it is called.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : OpenedBook
        The book.
    holder : str
        Whose account.

    Returns
    -------
    str
        Name of the one that bears the holder's name, else of the first that is open; empty where there is none.
    """
    listed = rows.query(
        "SELECT name, holder FROM ledger_account WHERE book = ? AND type IN ('operator', 'organisation') AND state <> 'closed'"
        " ORDER BY no",
        book.no,
    )
    own = [str(name) for name, whose in listed if fold_person(str(whose)) == fold_person(holder)]
    usual = f"{book.name}.{holder}"
    return usual if usual in own else own[0] if own else ""


def read_limit(rows: LedgerRows, book: OpenedBook, scheme: Scheme) -> int | Decimal | None:
    """The most that the book of a scheme may issue.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : OpenedBook
        The book.
    scheme : Scheme
        The scheme.

    Returns
    -------
    int, Decimal or None
        ``None`` where nothing limits it. [t]
    """
    row = find_account_row(rows, name=find_own(rows, book, "issuer"))
    return scheme.total if row is None else None if row.limit >= MOST else tell_tonnes(row.limit, book.scale)


def tell_tonnes(quantity: int, scale: int) -> int | Decimal:
    """Tonnes of minimal units.

    Parameters
    ----------
    quantity : int
        Minimal units.
    scale : int
        Decimal digits of a tonne.

    Returns
    -------
    int or Decimal
        A whole number where it is one. [t]
    """
    whole, rest = divmod(quantity, 10**scale)
    return Decimal(quantity).scaleb(-scale).normalize() if rest else whole


def check_form(book: OpenedBook) -> None:
    """Whether credits of projects can be issued in a book.

    Parameters
    ----------
    book : OpenedBook
        As it stands, or as its definition says (number 0).

    Raises
    ------
    SettingError
        If it does not count tonnes, has no serial numbers or names no project.
    """
    if book.serials and book.project and book.unit in TONNES:
        return
    if not book.no:
        raise _bad_definition(book)
    raise SettingError(
        Label(
            f"账簿“{book.name}”按旧定义开立（{book.unit}，编号：{'有' if book.serials else '无'}），不能签发项目减排量",
            f"book '{book.name}' was opened in another form ({book.unit}, serial numbers: {'yes' if book.serials else 'no'});"
            " credits of projects cannot be issued in it",
        ),
        where=book.name,
        expected=Label("以吨计、每单位有编号、签发写明项目的账簿", "tonnes, a number for each unit, a project for each issue"),
        remedy=Label(
            "在城市的 data/books.yaml 另定义账簿，并在 data/rights/schemes*.yaml 增加使用它的机制；该账簿保持原样",
            "define another book in the city's data/books.yaml and a scheme that uses it in data/rights/schemes*.yaml; this"
            " book stays as it is",
        ),
    )


def _bad_definition(book: OpenedBook) -> SettingError:
    serials = ("有" if book.serials else "无", "yes" if book.serials else "no")
    project = ("有" if book.project else "无", "yes" if book.project else "no")
    return SettingError(
        Label(
            f"books.yaml 中“{book.name}”的单位为“{book.unit}”、编号：{serials[0]}、项目：{project[0]}，不能签发减排量",
            f"books.yaml defines '{book.name}' with the unit '{book.unit}', serial numbers: {serials[1]}, project:"
            f" {project[1]}; no credits could be issued in it",
        ),
        where=book.name,
        expected=Label(
            f"unit: {'或 '.join(TONNES)}，serials: true，project: true",
            f"unit: {' or '.join(TONNES)}, serials: true, project: true",
        ),
        remedy=Label("改正城市的 data/books.yaml；没有开立", "correct the city's data/books.yaml; nothing was opened"),
    )
