"""Books in which every account is a person's: the grams, points and vouchers of carbon inclusion, and who is shown them.

Invariant: to those who may not confirm only the sums of such a book are told, and of a book of few persons nothing at all; what
they are refused is the same whether the account they named exists or not.
"""

from __future__ import annotations

from dafeng.core.errors import AccessError
from dafeng.core.labels import Label
from dafeng.ledger.inclusion.programme import FORMER_POINTS, GRAMS, POINTS
from dafeng.store.ledger_rows import LedgerRows
from dafeng.work.inclusion_reading import SMALLEST_GROUP
from dafeng.work.right_events import read_event
from dafeng.work.right_overview import ENDS, BookSum, sum_books
from dafeng.work.right_rows import BookRow, find_account_row, read_sums
from dafeng.work.rights import Rights

_BOOKS = (GRAMS, POINTS, FORMER_POINTS)
_VOUCHERS = "puhui.voucher."
_NAMED = ("account", "book", "giver", "into", "taker")
"""Fields of a request that name an account or a book."""
_OWN = ("issuer", "pool", *ENDS)
"""Types of the accounts that are the city's own."""


def is_private(name: str) -> bool:
    """Whether a book, or the book of an account, is one of persons.

    Parameters
    ----------
    name : str
        Id of the book or account.

    Returns
    -------
    bool
        True for the grams, points and vouchers of carbon inclusion; never for its certified credits.
    """
    return name.partition("/")[0] in _BOOKS or name.startswith(_VOUCHERS)


def list_private(rights: Rights) -> list[BookRow]:
    """Books of persons that are open or were.

    Parameters
    ----------
    rights : Rights
        Books of the city.

    Returns
    -------
    list of BookRow
        In the order of opening.
    """
    return [one for one in rights.books() if is_private(one.name)]


def check_private(name: str, *, may: bool) -> None:
    """Refuse what stands in a book of persons.

    Parameters
    ----------
    name : str
        Id of the book or account.
    may : bool
        Whether whoever asks may see it.

    Raises
    ------
    AccessError
        If they may not.
    """
    if may or not is_private(name):
        return
    book = name.partition("/")[0][:60]
    raise AccessError(
        Label(f"账簿“{book}”按人记账，不逐户显示", f"book '{book}' has an account for each person and is not shown one by one"),
        where=book,
        expected=Label("可确认者或管理员", "somebody who may confirm, or an administrator"),
        remedy=Label(
            "查看碳普惠页的合计，或请可确认者查看", "see the sums of carbon inclusion, or ask somebody who may confirm"
        ),
    )


def check_event(rows: LedgerRows, seq: int, *, may: bool) -> None:
    """Refuse an event of a book of persons.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    seq : int
        Number of the event.
    may : bool
        Whether whoever asks may see it.

    Raises
    ------
    AccessError
        If it moves units of such a book or names an account there, and they may not see it.
    """
    event = None if may else read_event(rows, seq=seq)
    if event is None:
        return
    moved = [find_account_row(rows, number=one) for one in (event.giver, event.taker) if one]
    named = [getattr(event.request, field, None) for field in _NAMED]
    for name in (*(one.name for one in moved if one is not None), *(one for one in named if isinstance(one, str))):
        check_private(name, may=may)


def sum_shown(rights: Rights, *, may: bool) -> list[BookSum]:
    """Sums of the books that somebody is shown.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    may : bool
        Whether they may see books of persons.

    Returns
    -------
    list of BookSum
        In the order of opening; without books of persons in which fewer than five stand, where they may not.
    """
    return [one for one in sum_books(rights) if may or not is_private(one.book.name) or _persons(rights, one) >= SMALLEST_GROUP]


def _persons(rights: Rights, one: BookSum) -> int:
    """Accounts of a book but those of the city itself."""
    with rights.reading() as rows:
        return sum(row[2] for row in read_sums(rows) if row[0] == one.book.no and row[1] not in _OWN)
