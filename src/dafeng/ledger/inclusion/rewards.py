"""What becomes of points: a voucher, or nothing any more; and what becomes of an account whose holder leaves.

Invariant: points leave an account once for one order, and the oldest first; a voucher beyond the stock is not given out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.ledger.inclusion.bundles import ERASED, finish_bundles, list_unfinished
from dafeng.ledger.inclusion.intake import resume
from dafeng.ledger.inclusion.policy import Voucher
from dafeng.ledger.inclusion.programme import (
    BATCH,
    GRAMS,
    ISSUER,
    LAPSED,
    Programme,
    account_of,
    require,
)
from dafeng.ledger.requests import Request, SetState, Transfer
from dafeng.store.ledger_sums import join_sum, split_sum

_OPEN = (
    f"SELECT a.no, a.name, {split_sum('CASE WHEN p.amount > 0 AND p.effective < ? THEN p.amount ELSE 0 END')},"  # noqa: S608 - our own
    f" {split_sum('CASE WHEN p.amount < 0 THEN -p.amount ELSE 0 END')} FROM (SELECT no, name FROM ledger_account"
    " WHERE book = (SELECT no FROM ledger_book WHERE name = ?) AND type IN ('person', 'organisation') AND no > ?"
    " ORDER BY no LIMIT ?) a JOIN ledger_posting p ON p.account = a.no GROUP BY a.no, a.name ORDER BY a.no"
)
"""What came before a day, which both parts of the sum ask for, and all that went, of some accounts of a book."""
_PAGE = (
    "SELECT max(no) FROM (SELECT no FROM ledger_account WHERE book = (SELECT no FROM ledger_book WHERE name = ?)"
    " AND type IN ('person', 'organisation') AND no > ? ORDER BY no LIMIT ?) a"
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Points that became a voucher.

    Parameters
    ----------
    voucher : Voucher
        The voucher.
    person : str
        Pseudonym.
    again : bool
        Whether the same order had been fulfilled before.
    """

    voucher: Voucher
    person: str
    again: bool


def redeem_points(programme: Programme, person: str, voucher: str, *, order: str) -> Exchange:
    """Exchange points for a voucher.

    Parameters
    ----------
    programme : Programme
        The programme.
    person : str
        Identity or pseudonym.
    voucher : str
        Id of the voucher.
    order : str
        Number of the order: the same one again gives the same answer and takes no points.

    Returns
    -------
    Exchange
        What was given out.

    Raises
    ------
    LookupFailure
        If the person or voucher is not known.
    ConflictError
        If there are not enough points or no voucher is left, or the order was for something else.
    """
    wanted = programme.policy.vouchers.get(voucher)
    if wanted is None:
        names = programme.policy.vouchers
        raise LookupFailure(
            Label(f"没有券“{voucher}”", f"there is no voucher '{voucher}'"),
            where="voucher",
            expected=Label("、".join(names) or "无", ", ".join(names) or "none"),
            remedy=Label("改正编号，或在规则中增加", "correct the id, or add it to the rules"),
        )
    pseudonym = programme.identities.find(person)
    programme.prepare()
    kind = programme.identities.kind(pseudonym)
    book = programme.open_voucher(wanted, pseudonym, kind)
    name, shelf = programme.hash("order", order), programme.shelf()
    before = programme.ledger.rows.query("SELECT effective FROM ledger_event WHERE id = ?", f"puhui:redeem:{name}:points")
    day = date.fromordinal(before[0][0]).isoformat() if before else programme.today()
    redeemed = Transfer(
        f"puhui:redeem:{name}:points", "redeem", account_of(shelf.points.name, pseudonym), shelf.used, wanted.points, day
    )
    given = Transfer(f"puhui:redeem:{name}:voucher", "earn", account_of(book, ISSUER), account_of(book, pseudonym), 1, day)
    answers = require(programme.ledger.submit([[redeemed, given]])[0])
    return Exchange(wanted, pseudonym, again=answers[0].again)


def months_before(day: str, months: int) -> str:
    """First day from which points are still good.

    Parameters
    ----------
    day : str
        ISO date.
    months : int
        How long points are good.

    Returns
    -------
    str
        The same day of the month so many months before; the first of the next month where it has no such day.
    """
    year, month, number = (int(part) for part in day.split("-"))
    year, month = divmod(year * 12 + month - 1 - months, 12)
    try:
        return date(year, month + 1, number).isoformat()
    except ValueError:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1).isoformat()


def expire_points(programme: Programme, *, before: str = "", preview: bool = False) -> tuple[int, int]:
    """Let points go that were earned before a day and not spent since; what was spent counts against the oldest.

    Parameters
    ----------
    programme : Programme
        The programme.
    before : str, optional
        Points earned before this day; by default as the policy says.
    preview : bool, optional
        Whether only to say what would go.

    Returns
    -------
    (int, int)
        Accounts and points. [-, points]

    Raises
    ------
    LookupFailure
        If no day is given and the policy has not decided how long points are good.
    """
    months = programme.policy.expiry_months
    if not before and months is None:
        raise LookupFailure(
            Label("规则没有规定积分的有效期", "the rules do not say how long points are good"),
            where="expiry_months",
            expected=Label("规则中的 expiry_months，或 --before 日期", "expiry_months in the rules, or a day with --before"),
            remedy=Label("在规则中写明并注明依据，或给出日期", "state it in the rules with its source, or give a day"),
        )
    programme.prepare()
    resume(programme)
    day = before or months_before(programme.today(), months or 0)
    today, accounts, points = programme.today(), 0, 0
    shelf = programme.shelf()
    for page in _due(programme, date.fromisoformat(day).toordinal()):
        groups: list[list[Request]] = [
            [Transfer(f"puhui:expire:{day}:{gone}:{name}", "expire", name, shelf.lapsed, quantity, today)]
            for name, quantity, gone in page
        ]
        for answers in programme.ledger.submit(groups) if groups and not preview else []:
            require(answers)
        accounts += len(page)
        points += sum(quantity for _, quantity, _ in page)
    return accounts, points


def _due(programme: Programme, before: int) -> Iterator[list[tuple[str, int, int]]]:
    """Accounts with what has expired in them and what had left them until then, page by page."""
    query, last, book = programme.ledger.rows.query, 0, programme.shelf().points.name
    while True:
        end = query(_PAGE, book, last, BATCH)[0][0]
        if end is None:
            return
        rows = query(_OPEN, before, before, book, last, BATCH)
        sums = [(name, join_sum(*told[:2]), join_sum(*told[2:])) for _, name, *told in rows]
        yield [(name, earned - gone, gone) for name, earned, gone in sums if earned > gone]
        last = end


def erase_member(programme: Programme, person: str) -> str:
    """Let somebody leave: consent ends, what the accounts hold lapses, and nothing leads from the identity to them any more.

    Parameters
    ----------
    programme : Programme
        The programme.
    person : str
        Identity or pseudonym.

    Returns
    -------
    str
        The pseudonym, which now stands for nobody.

    Raises
    ------
    LookupFailure
        If nobody is known by it.
    """
    pseudonym = programme.identities.find(person)
    programme.identities.withdraw(pseudonym, purpose=programme.policy.purpose, now=programme.clock())
    programme.prepare()
    resume(programme)
    finish_bundles(programme)
    with programme.rows.transaction():
        programme.rows.run("UPDATE event SET bundle = ? WHERE person = ? AND bundle = ''", ERASED, pseudonym)
    shelf = programme.shelf()
    ends = {
        account_of(GRAMS, pseudonym): ("lapse", account_of(GRAMS, LAPSED)),
        account_of(shelf.points.name, pseudonym): ("expire", shelf.lapsed),
    }
    for name, balance in programme.balances(list(ends)).items():
        unfinished = list_unfinished(programme, pseudonym) if ends[name][0] == "lapse" else []
        _close(programme, name, ends[name], balance, unfinished)
    finish_bundles(programme)
    programme.identities.erase(pseudonym)
    return pseudonym


def _close(programme: Programme, name: str, end: tuple[str, str], balance: int, unfinished: Sequence[Transfer]) -> None:
    """Empty an account and close it; what a bundle still has to take goes there, also out of a blocked account."""
    kind, taker = end
    closed = SetState(f"puhui:close:{name}", name, "closed", "erased")
    if not balance:
        programme.ledger.submit([[closed]])  # closed already is closed
        return
    group: list[Request] = []
    if unfinished and programme.ledger.rows.query("SELECT state FROM ledger_account WHERE name = ?", name)[0][0] == "blocked":
        group.append(SetState(f"puhui:unblock:{name}", name, "open", "erased"))
    group += unfinished
    if rest := balance - sum(one.quantity for one in unfinished):
        group.append(Transfer(f"puhui:erase:{name}", kind, name, taker, rest, programme.today()))
    require(programme.ledger.submit([[*group, closed]])[0])


def inclusion_balance(programme: Programme, person: str) -> Mapping[str, int]:
    """What somebody has.

    Parameters
    ----------
    programme : Programme
        The programme.
    person : str
        Identity or pseudonym.

    Returns
    -------
    mapping of str to int
        ``grams`` not yet certified, ``points``, and a number for each kind of voucher (``voucher.…``). [g CO2, points, -]

    Raises
    ------
    LookupFailure
        If nobody is known by it.
    """
    pseudonym = programme.identities.find(person)
    names = {account_of(GRAMS, pseudonym): "grams", account_of(programme.shelf().points.name, pseudonym): "points"}
    for one in programme.policy.vouchers:
        names[account_of(f"puhui.voucher.{one}", pseudonym)] = f"voucher.{one}"
    found = programme.balances(list(names))
    return {title: found.get(name, 0) for name, title in names.items()}
