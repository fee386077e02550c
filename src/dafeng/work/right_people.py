"""Books in which every account is a person's: the grams, points and vouchers of carbon inclusion, and who is shown them.

Invariant: to those who may not confirm only sums of such a book are told, and only where at least five persons stand behind
each of them; what they are refused is the same whether the account they named exists or not, and the public is told nothing.
"""

from __future__ import annotations

from dafeng.core.errors import AccessError
from dafeng.core.labels import Label
from dafeng.ledger.book_plans import BookPlans, find_book_plan
from dafeng.ledger.definitions import account_types
from dafeng.ledger.inclusion.programme import FORMER_POINTS, GRAMS, POINTS, read_shelf
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import CLAIM
from dafeng.work.inclusion_reading import SMALLEST_GROUP
from dafeng.work.right_events import read_event
from dafeng.work.right_overview import ENDS, BookSum, sum_books
from dafeng.work.right_rows import BookRow, find_account_row, read_books, read_sums
from dafeng.work.rights import Rights

_BOOKS = (GRAMS, POINTS, FORMER_POINTS)
_VOUCHERS = "puhui.voucher."
_NAMED = ("account", "book", "giver", "into", "taker")
"""Fields of a request that name an account or a book."""
_CLAIMED = ("hold", "pending")
"""Fields of a request that name a claim on an account."""
_OWN = ("issuer", "pool", *ENDS)
"""Types of the accounts that are the city's own."""
_HOLDERS = f"holder FROM ledger_account WHERE book = ? AND type NOT IN ({', '.join('?' for _ in _OWN)})"
_BEHIND = (
    "SELECT DISTINCT o.holder FROM ledger_account a JOIN ledger_posting p ON p.account = a.no"  # noqa: S608 - our own names
    " JOIN ledger_event e ON e.seq = p.seq JOIN ledger_account o"
    " ON o.no = CASE WHEN e.giver = a.no THEN e.taker ELSE e.giver END WHERE a.book = ? AND a.type = ?"
    f" AND o.type NOT IN ({', '.join('?' for _ in _OWN)}) AND e.kind <> 'reverse'"
    f" AND NOT EXISTS (SELECT 1 FROM ledger_reversed r WHERE r.id = e.id) LIMIT {SMALLEST_GROUP}"
)
"""Who moved units out of or into the accounts of a type, as far as it was not reversed; not more than are asked about."""


def list_private(rights: Rights) -> list[BookRow]:
    """Books of persons that are open or were.

    Parameters
    ----------
    rights : Rights
        Books of the city.

    Returns
    -------
    list of BookRow
        In the order of opening: grams and vouchers of carbon inclusion, and points under whatever name they were opened; never
        its certified credits.
    """
    if not rights.has_ledger():
        return []
    with rights.reading() as rows:
        return _list_private(rows, rights.plans())


def _list_private(rows: LedgerRows, plans: BookPlans) -> list[BookRow]:
    points, instruments = read_shelf(rows, plans).points.name, find_book_plan(plans, POINTS).instruments
    return [
        one for one in read_books(rows)
        if _is_named(one.name) or one.name == points or one.instrument in instruments
    ]  # fmt: skip


def _is_named(name: str) -> bool:
    """Whether a book, or the book of an account, is one of persons by its name alone."""
    return name.partition("/")[0] in _BOOKS or name.startswith(_VOUCHERS)


def check_private(rights: Rights, name: str, *, may: bool) -> None:
    """Refuse what stands in a book of persons.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    name : str
        Id of the book or account; it need not exist.
    may : bool
        Whether whoever asks may see it.

    Raises
    ------
    AccessError
        If they may not.
    """
    if may or not name:
        return
    if _is_named(name):
        raise refuse_private(name)
    if rights.has_ledger():
        with rights.reading() as rows:
            _check(rows, name, _list_private(rows, rights.plans()))


def _check(rows: LedgerRows, name: str, private: list[BookRow]) -> None:
    """Refuse the book of a name, the book its first part names, and that of the account of this name."""
    account = find_account_row(rows, name=name)
    book = next((one for one in private if one.name == name.partition("/")[0] or (account and account.book == one.no)), None)
    if book is not None or _is_named(name):
        raise refuse_private(book.name if book is not None else name)


def refuse_private(name: str) -> AccessError:
    """Why something of a book of persons is not shown.

    Parameters
    ----------
    name : str
        Id of the book or account.

    Returns
    -------
    AccessError
        To be raised or shown by the caller.
    """
    book = name.partition("/")[0][:60]
    return AccessError(
        Label(f"账簿“{book}”按人记账，不逐户显示", f"book '{book}' has an account for each person and is not shown one by one"),
        where=book,
        expected=Label("可确认者或管理员", "somebody who may confirm, or an administrator"),
        remedy=Label(
            "查看碳普惠页的合计，或请可确认者查看", "see the sums of carbon inclusion, or ask somebody who may confirm"
        ),
    )


def check_event(rights: Rights, rows: LedgerRows, seq: int, *, may: bool) -> None:
    """Refuse an event of a book of persons.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    rows : LedgerRows
        The database.
    seq : int
        Number of the event.
    may : bool
        Whether whoever asks may see it.

    Raises
    ------
    AccessError
        If it moves units of such a book or names an account or claim there, and they may not see it.
    """
    event = None if may else read_event(rows, seq=seq)
    if event is None:
        return
    private = _list_private(rows, rights.plans())
    claims = rows.find(CLAIM, "id", [one for field in _CLAIMED if (one := getattr(event.request, field, ""))])
    moved = [find_account_row(rows, number=one) for one in (event.giver, event.taker, *(row[1] for row in claims)) if one]
    named = [getattr(event.request, field, None) for field in _NAMED]
    for name in (*(one.name for one in moved if one is not None), *(one for one in named if isinstance(one, str) and one)):
        _check(rows, name, private)


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
        In the order of opening; where they may not, without books of persons of which a figure is that of fewer than five.
        Grams and points are shown together or not at all, as both count the same events.
    """
    found, private = sum_books(rights), [] if may else list_private(rights)
    if not private:
        return found
    with rights.reading() as rows:
        few = {one.no for one in private if not _are_many(rows, one.no)}
    earned = {one.no for one in private if not one.name.startswith(_VOUCHERS)}
    few |= earned if few & earned else set()
    return [one for one in found if one.book.no not in few]


def _are_many(rows: LedgerRows, book: int) -> bool:
    """Whether at least five distinct persons stand behind every figure of a book: what was issued, is held, claimed, ended."""
    types = account_types()
    for number, sort, _, balance, _, _ in read_sums(rows):
        issues = types[sort].floor == "limit"
        if number == book and sort in _OWN and (issues or balance):
            behind = rows.query(_BEHIND, book, sort, *_OWN)
            if len(behind) < SMALLEST_GROUP:
                return False
    for column in ("balance", "held"):
        text = f"SELECT count(DISTINCT holder) FROM (SELECT {_HOLDERS} AND {column} <> 0) s"  # noqa: S608 - our own names
        if 0 < rows.query(text, book, *_OWN)[0][0] < SMALLEST_GROUP:
            return False
    return True
