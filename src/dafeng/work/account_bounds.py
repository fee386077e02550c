"""Accounts that the machinery of the ledger needs: which are not closed by an order, and whose names nobody else takes.

Invariant: where the city or a market still needs an account it stays open; a name that the machinery gives belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterable

from dafeng.core.errors import ConflictError, SettingError
from dafeng.core.labels import Label
from dafeng.ledger.act import Act
from dafeng.ledger.adjustments import CARRIED
from dafeng.ledger.book_plans import BookPlans
from dafeng.ledger.definitions import account_types
from dafeng.ledger.market.closing import find_open_requests
from dafeng.ledger.requests import OpenAccount, Request, SetLimit, SetState
from dafeng.work.right_rows import BookRow, find_account_row, read_accounts, read_books
from dafeng.work.rights import Rights

ISSUER = "issuer"
"""Type of the account whose limit is the cap of its book."""
SURROUNDED = ("owed", "surrendered")
"""Parts of names of books of claims and of accounts that take credits, which other parts follow."""


def check_closing(rights: Rights, group: Iterable[Request | Act]) -> None:
    """Refuse to close an account that the city or a market still needs.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : iterable of Request or Act
        What is asked.

    Raises
    ------
    ConflictError
        If an account of a type that belongs to the city in its book, or one with open requests at a market, would be closed.
    """
    names = [one.account for one in group if isinstance(one, SetState) and one.state == "closed"]
    if not names or not rights.has_ledger():
        return
    with rights.reading() as rows:
        books = {one.no: one for one in read_books(rows)}
        for name in names:
            account = find_account_row(rows, name=name)
            if account is None or account.state == "closed":
                continue  # the ledger says so
            if _is_own(rights.plans(), books[account.book], account.type):
                raise _kept_open(
                    name,
                    Label(f"{books[account.book].name} 的市属账户", f"an account of the city in {books[account.book].name}"),
                    Label(
                        "账簿要用它；不再办理时关闭账簿", "the book needs it; close the book where nothing more is to be booked"
                    ),
                )
            if find_open_requests(rows, name):
                raise _kept_open(
                    name,
                    Label("其成员有未了的市场申报", "a request of its member is open at a market"),
                    Label("先撤回申报或待其交割、收市", "withdraw the request first, or wait until it is delivered or over"),
                )


def check_issuers(rights: Rights, group: Iterable[Request | Act]) -> None:
    """Refuse a second cap in the book of a period: another issuer, or more for one that an earlier version opened.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : iterable of Request or Act
        What is asked.

    Raises
    ------
    ConflictError
        If a book with a period has an issuer and another one would be opened in it or be given a higher limit.
    """
    asked = [one for one in group if isinstance(one, SetLimit) or (isinstance(one, OpenAccount) and one.type == ISSUER)]
    if not asked or not rights.has_ledger():
        return
    with rights.reading() as rows:
        books = {one.no: one for one in read_books(rows) if one.period}
        for one in asked:
            number = next((no for no, book in books.items() if isinstance(one, OpenAccount) and book.name == one.book), 0)
            raised = find_account_row(rows, name=one.account) if isinstance(one, SetLimit) else None
            if raised is not None and raised.type == ISSUER and one.limit is not None and one.limit > raised.limit:
                number = raised.book
            if number not in books:
                continue
            first = read_accounts(rows, book=number, kind=ISSUER, limit=1)
            if first and first[0].name != one.account:
                raise _second_issuer(books[number].name, first[0].name)


def _second_issuer(book: str, issuer: str) -> ConflictError:
    return ConflictError(
        Label(f"账簿 {book} 的总量属于发行账户 {issuer}", f"the cap of the book {book} is that of its issuer {issuer}"),
        where="account",
        expected=Label("每期账簿一个发行账户、一个总量", "one issuer with one cap in the book of a period"),
        remedy=Label(
            f"用 dafeng ledger limit CITY {issuer} 调整总量；没有登记",
            f"change the cap with dafeng ledger limit CITY {issuer}; nothing was booked",
        ),
    )


def _is_own(plans: BookPlans, book: BookRow, type: str) -> bool:
    """Whether accounts of a type belong to the city: those opened with the book, and all where units begin or end."""
    sort = account_types()[type]
    if sort.floor != "zero" or not sort.gives:
        return True
    named = [plan.accounts for plan in plans.books.values() if book.instrument in plan.instruments]
    return any(type in own for own in named or [plan.accounts for plan in plans.books.values()])


def _kept_open(name: str, why: Label, remedy: Label) -> ConflictError:
    return ConflictError(
        Label(f"“{name[:60]}”不能注销：{why.zh}", f"'{name[:60]}' cannot be closed: {why.en}"),
        where="account",
        expected=Label("不再有业务的企业或个人账户", "an account of a company or person in which nothing is open"),
        remedy=remedy,
    )


def is_reserved_name(name: str, plans: BookPlans) -> bool:
    """Whether the machinery of the ledger gives a name to an account of its own.

    Parameters
    ----------
    name : str
        Name of an account.
    plans : BookPlans
        Books that the city may open.

    Returns
    -------
    bool
        True for a type of the city's own accounts of any book, or ``carried``, alone or after a dot, and for all names of
        claims and of credits surrendered.
    """
    own = {CARRIED, *(sort for plan in plans.books.values() for sort in plan.accounts)}
    parts = name.split(".")
    return parts[-1] in own or not set(parts[1:]).isdisjoint(SURROUNDED)


def check_account_name(rights: Rights, name: str) -> None:
    """Refuse a name that the machinery gives to accounts of its own.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    name : str
        Name of an account that somebody wants to open.

    Raises
    ------
    SettingError
        If it is such a name.
    """
    if is_reserved_name(name, rights.plans()):
        raise SettingError(
            Label(f"账户编号“{name[:60]}”只供系统自用", f"the account id '{name[:60]}' is kept for the ledger itself"),
            where="account",
            expected=Label(
                "不以 issuer、carried 等结尾，也不含 .owed、.surrendered 的编号",
                "an id that does not end like issuer or carried and has no .owed or .surrendered in it",
            ),
            remedy=Label("换一个编号；没有开立", "choose another id; nothing was opened"),
        )
