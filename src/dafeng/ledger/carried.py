"""What companies carried out of the book of a period, held against what the policy allows as the book stands.

Invariant: the base on which a carry-over was judged is told in its movement; a sale on which one rests does not go back before
it, and what cannot be worked out is no permission.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from dafeng.core.persons import fold_person
from dafeng.ledger.act import Carry
from dafeng.ledger.adjustments import name_carried
from dafeng.ledger.enterprise_sides import HOLDERS
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.policies import Policy, Worked, find_policy, work_out
from dafeng.ledger.positions import Position, gather_holders, list_positions, read_positions
from dafeng.ledger.refusals import Refusal
from dafeng.ledger.requests import Request, Reverse, Transfer, decode
from dafeng.store.ledger_rows import LedgerRows

TRADED = ("trade", "transfer")
"""Kinds of transfers that count as sales and purchases."""
_REASON = "carry-over"
_BASE = re.compile(rf"{_REASON}, base ([0-9]+(?:\.[0-9]+)?) t")
_INTO = (
    "SELECT e.id, e.content, g.holder FROM ledger_account t JOIN ledger_posting p ON p.account = t.no"
    " JOIN ledger_event e ON e.seq = p.seq JOIN ledger_account g ON g.no = e.giver"
    " WHERE t.name = ? AND e.kind = 'carry' AND e.id NOT IN (SELECT id FROM ledger_reversed) ORDER BY e.seq"
)
_MOVED = (
    "SELECT e.kind, e.quantity, g.holder, t.holder, b.name, b.period FROM ledger_event e"
    " JOIN ledger_account g ON g.no = e.giver JOIN ledger_account t ON t.no = e.taker JOIN ledger_book b ON b.no = g.book"
    " WHERE e.id = ? AND e.id NOT IN (SELECT id FROM ledger_reversed)"
)


def name_base(base: str) -> str:
    """Reason of a carry-over, with the base on which it is judged.

    Parameters
    ----------
    base : str
        The base; empty where the policy has it. [t]

    Returns
    -------
    str
        What `read_bases` reads.
    """
    return f"{_REASON}, base {Decimal(base):f} t" if base else _REASON


def read_bases(rows: LedgerRows, book: str) -> dict[str, Decimal | None]:
    """On which base each company's last carry-over out of a book was judged.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    book : str
        Name of the book.

    Returns
    -------
    dict of str to (Decimal or None)
        By the folded name of the holder; ``None`` where the movement names none. What was reversed is left out. [t]
    """
    found: dict[str, Decimal | None] = {}
    for name, content, holder in rows.query(_INTO, name_carried(book)):
        request = decode(str(name), str(content))
        told = _BASE.fullmatch(request.reason) if isinstance(request, Transfer) else None
        found[fold_person(str(holder))] = None if told is None else Decimal(told[1])
    return found


def work_most(policy: Policy, holder: Position, base: Decimal | None, *, sold: int = 0) -> Worked:
    """Most that a company may carry over, what it carried before among it.

    Parameters
    ----------
    policy : Policy
        The policy.
    holder : Position
        The company's accounts in the book.
    base : Decimal or None
        Base quantity, where the policy does not know it. [t]
    sold : int, optional
        By how much its net sale would change; negative where a sale goes back. [t]

    Returns
    -------
    Worked
        The policy as worked out.
    """
    net_sale = max(sold - holder.net(*TRADED), 0)
    values = {"net_sale": net_sale, "holding": holder.free + holder.went("carry"), "base": base}
    return work_out(policy, values, where="carry_over")


def renew_most(ledger: Ledger, policies: Mapping[str, Policy], act: Carry) -> Carry:
    """A carry-over with no more allowed than the policy allows as the book stands.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    policies : mapping of str to Policy
        Policies that hold.
    act : Carry
        The act.

    Returns
    -------
    Carry
        ``most`` is as it was or lower, and ``None`` where it cannot be worked out.
    """
    own = gather_holders(read_positions(ledger, act.book, holder=act.holder), HOLDERS).get(fold_person(act.holder))
    periods = ledger.rows.query("SELECT period FROM ledger_book WHERE name = ?", act.book)
    policy = _find_policy(policies, str(periods[0][0]) if periods else "")
    if act.most is None or own is None or policy is None:
        return act._replace(most=None)
    now = work_most(policy, own, Decimal(act.base) if act.base else None).whole
    return act._replace(most=None if now is None else min(now, act.most))


def check_sales(rows: LedgerRows, policies: Mapping[str, Policy], group: Iterable[Request]) -> None:
    """Whether no sale goes back on which a carry-over rests that was booked.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    policies : mapping of str to Policy
        Policies that hold.
    group : iterable of Request
        What is asked together; only reversals are looked at.

    Raises
    ------
    Refusal
        ``sale_carried`` with company and numbers, where a company would have carried more than may be carried afterwards, or
        where that cannot be worked out.
    """
    sold, back = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    periods: dict[str, str] = {}
    for one in group:
        for kind, quantity, giver, taker, book, period in rows.query(_MOVED, one.transfer) if isinstance(one, Reverse) else ():
            gave, took = ((str(book), fold_person(str(name))) for name in (giver, taker))
            periods[str(book)] = str(period)
            if kind in TRADED:
                sold[gave] -= int(quantity)
                sold[took] += int(quantity)
            elif kind == "carry":
                back[gave] += int(quantity)
    for (book, whose), change in sold.items():
        own = gather_holders(list_positions(rows, book, holder=whose), HOLDERS).get(whose) if change < 0 else None
        carried = 0 if own is None else own.went("carry") - back[book, whose]
        if own is None or carried <= 0:
            continue
        policy = _find_policy(policies, periods[book])
        most = None if policy is None else work_most(policy, own, read_bases(rows, book).get(whose), sold=change).whole
        if most is None or carried > most:
            raise Refusal("sale_carried", f"{own.holder}: {carried} > {'?' if most is None else most}")


def _find_policy(policies: Mapping[str, Policy], period: str) -> Policy | None:
    return find_policy(policies, "carry_over", year=int(period) if period.isdecimal() else None)
