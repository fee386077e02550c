"""What the pages, the API and the command line show of a city's books: sums of each book, accounts, statements, orders.

Invariant: every sum is one of the ledger's own tables; what is issued equals what is held, surrendered, retired, cancelled,
used and exported together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dafeng.core.labels import Label
from dafeng.ledger.act import Act, Allot, Issue, TakeBack
from dafeng.ledger.book_plans import BookPlan
from dafeng.ledger.budget_act import BudgetStep, list_moved
from dafeng.ledger.definitions import account_types
from dafeng.ledger.requests import MOST, Hold, Transfer
from dafeng.work.noted_orders import Order
from dafeng.work.right_books import tell_quantity
from dafeng.work.right_rows import AccountRow, BlockRow, BookRow, ClaimRow, StatementRow, read_books, read_sums
from dafeng.work.rights import Rights

ENDS = ("surrendered", "retired", "cancelled", "used", "external")
"""Types of accounts whose units are out of circulation."""


@dataclass(frozen=True, slots=True)
class BookSum:
    """Sums of a book. [minimal units]

    Parameters
    ----------
    book : BookRow
        The book.
    plan : BookPlan or None
        Its definition; ``None`` for an instrument that no file names.
    issued : int
        Issued and not taken back.
    limit : int or None
        The most that may be; ``None`` where nobody set a limit.
    held : int
        In accounts that may give them away.
    claimed : int
        Of those, under a freeze, pledge or pending transfer.
    ends : mapping of str to int
        Surrendered, retired, cancelled, used, exported.
    accounts : int
        Accounts of holders and of the city.
    """

    book: BookRow
    plan: BookPlan | None
    issued: int
    limit: int | None
    held: int
    claimed: int
    ends: Mapping[str, int]
    accounts: int

    @property
    def free(self) -> int:
        """Held and under no claim."""
        return self.held - self.claimed

    @property
    def gap(self) -> int:
        """Issued less everything that is somewhere: zero, or the ledger is broken."""
        return self.issued - self.held - sum(self.ends.values())

    @property
    def label(self) -> Label:
        """Name, with the period where there is one."""
        said = self.plan.label if self.plan else Label(self.book.instrument, self.book.instrument)
        period = f" {self.book.period}" if self.book.period else ""
        return Label(said.zh + period, said.en + period)

    def tell(self, quantity: int) -> str:
        """A quantity of this book as it is written.

        Parameters
        ----------
        quantity : int
            Minimal units.

        Returns
        -------
        str
            In units.
        """
        return tell_quantity(quantity, self.book.scale)


def sum_books(rights: Rights) -> list[BookSum]:
    """Sums of all books.

    Parameters
    ----------
    rights : Rights
        Books of the city.

    Returns
    -------
    list of BookSum
        In the order of opening; empty where the city has no ledger.
    """
    if not rights.has_ledger():
        return []
    with rights.reading() as rows:
        sums, books = read_sums(rows), read_books(rows)
    plans, types = rights.plans(), account_types()
    made = []
    for book in books:
        own = [row for row in sums if row[0] == book.no]
        inside = [row for row in own if types[row[1]].floor != "limit" and row[1] not in ENDS]
        made.append(
            BookSum(
                book=book,
                plan=plans.find(book.instrument, book=book.name),
                issued=-sum(row[3] for row in own if types[row[1]].floor == "limit"),
                limit=None if any(row[5] >= MOST for row in own) else sum(row[5] for row in own),
                held=sum(row[3] for row in inside),
                claimed=sum(row[4] for row in inside),
                ends={name: sum(row[3] for row in own if row[1] == name) for name in ENDS},
                accounts=sum(row[2] for row in own),
            )
        )
    return made


def sum_book(rights: Rights, name: str) -> BookSum:
    """Sums of a book.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    name : str
        Id or number of the book.

    Returns
    -------
    BookSum
        Its sums.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    book = rights.find_book(name)
    return next(one for one in sum_books(rights) if one.book.no == book.no)


def book_document(found: BookSum) -> dict[str, Any]:
    """Sums of a book as plain data.

    Parameters
    ----------
    found : BookSum
        The book.

    Returns
    -------
    dict
        Quantities in minimal units, to be divided by ten to the power of ``scale``; ``limit`` is null where there is none.
    """
    book = found.book
    return {
        "book": book.name, "instrument": book.instrument, "label": {"zh": found.label.zh, "en": found.label.en},
        "unit": book.unit, "scale": book.scale, "serials": book.serials, "period": book.period, "state": book.state,
        "issued": found.issued, "limit": found.limit, "held": found.held, "claimed": found.claimed, "free": found.free,
        **dict(found.ends), "accounts": found.accounts, "gap": found.gap,
    }  # fmt: skip


def account_document(row: AccountRow, book: BookRow) -> dict[str, Any]:
    """An account as plain data.

    Parameters
    ----------
    row : AccountRow
        The account.
    book : BookRow
        Its book.

    Returns
    -------
    dict
        Quantities in minimal units.
    """
    return {
        "account": row.name, "number": row.no, "book": book.name, "type": row.type, "holder": row.holder, "title": row.title,
        "state": row.state, "unit": book.unit, "scale": book.scale, "balance": row.balance, "held": row.held,
        "free": row.free, "limit": row.most,
    }  # fmt: skip


def line_document(row: StatementRow) -> dict[str, Any]:
    """A line of a statement as plain data.

    Parameters
    ----------
    row : StatementRow
        The line.

    Returns
    -------
    dict
        Quantities in minimal units.
    """
    return {
        "event": row.seq, "id": row.id, "kind": row.kind, "booked_at": row.at.isoformat(),
        "effective": row.effective.isoformat(), "amount": row.amount, "balance": row.balance, "other": row.other_name,
        "reason": row.reason, "reversed_by": row.reversed_by,
    }  # fmt: skip


def claim_document(row: ClaimRow) -> dict[str, Any]:
    """A claim as plain data.

    Parameters
    ----------
    row : ClaimRow
        The claim.

    Returns
    -------
    dict
        Quantities in minimal units.
    """
    return {
        "id": row.id, "kind": row.kind, "asked": row.asked, "held": row.held, "rank": row.rank,
        "until": row.until.isoformat() if row.until else None, "waits": row.waits,
    }  # fmt: skip


def block_document(row: BlockRow) -> dict[str, Any]:
    """Serial numbers as plain data.

    Parameters
    ----------
    row : BlockRow
        The block.

    Returns
    -------
    dict
        Its fields.
    """
    return {
        "first": row.first, "last": row.last, "quantity": row.size, "vintage": row.vintage, "project": row.project,
        "restricted": row.restricted, "claim": row.claim,
    }  # fmt: skip


def order_document(order: Order) -> dict[str, Any]:
    """An order as plain data.

    Parameters
    ----------
    order : Order
        The order.

    Returns
    -------
    dict
        Its request, its state and, where the ledger refused it, why.
    """
    reason = order.reason
    told: dict[str, Any] = {
        "id": order.id, "verb": "transfer" if isinstance(order.request, Transfer) else order.verb, "state": order.state,
        "request": tell_request(order), "who": order.who, "at": order.at.isoformat(), "second_person": order.pair,
        "decided_by": order.decided_by, "event": order.event, "again": order.again,
    }  # fmt: skip
    if order.state in ("refused", "rejected"):
        told |= {
            "code": order.code, "annex": reason.annex if reason else "", "about": order.about,
            "says": {"zh": reason.says.zh, "en": reason.says.en} if reason else None,
            "remedy": {"zh": reason.remedy.zh, "en": reason.remedy.en} if reason else None,
        }  # fmt: skip
    return told


def tell_request(order: Order) -> dict[str, Any]:
    """Fields of a request that differ from what most requests leave as it is.

    Parameters
    ----------
    order : Order
        The order.

    Returns
    -------
    dict
        Field → value; spans as pairs.
    """
    request = order.request
    if isinstance(request, Act):
        return tell_act(request)
    default = request._field_defaults
    told: dict[str, Any] = {name: value for name, value in zip(request._fields, request, strict=True) if name != "id"}
    if isinstance(request, Transfer | Hold):
        told["spans"] = [list(one) for one in request.spans]
    return {name: value for name, value in told.items() if name not in default or (value or None) != (default[name] or None)}


def tell_act(act: Act) -> dict[str, Any]:
    """An act as plain data.

    Parameters
    ----------
    act : Act
        The act.

    Returns
    -------
    dict
        Field → value; ``quantity`` of an allotment is the sum of its ``shares``; ``parts`` of a budget tell what moves.
    """
    left = ("id", "plants", *(("base",) if not getattr(act, "base", "") else ()))  # where the table lies is nobody's business
    told: dict[str, Any] = {name: value for name, value in zip(act._fields, act, strict=True) if name not in left}
    if isinstance(act, Allot):
        told["shares"] = dict(act.shares)
        told["quantity"] = sum(quantity for _, quantity in act.shares)
    if isinstance(act, Issue | TakeBack):
        told["values"] = dict(act.values)
    if isinstance(act, BudgetStep):
        told["requests"], told["parts"] = len(act.requests), [list(one) for one in list_moved(act)]
    return told
