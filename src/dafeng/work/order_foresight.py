"""What can be known of an order before anybody decides: that it could never be booked, and what an account can be asked for.

Invariant: nothing waits for a second person that the ledger would refuse whatever happens meanwhile. Units that are still to
come are left to the ledger; what a giver lacked on the effective day is refused by the ledger as it stands, so that who waits
for a movement of that day asks again once it is booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from dafeng.core.errors import ConflictError
from dafeng.ledger.definitions import free_kinds, kinds
from dafeng.ledger.effective_days import check_held
from dafeng.ledger.refusals import Refusal, Refused
from dafeng.ledger.requests import Hold, Request, Reverse, SetLimit, SetState, Transfer
from dafeng.store.ledger_tables import EVENT, REVERSED
from dafeng.work.order_bounds import check_bounds
from dafeng.work.right_order_rules import check_issue
from dafeng.work.right_rows import AccountRow
from dafeng.work.rights import Rights


def foresee(rights: Rights, group: Sequence[Request], *, at: datetime) -> Refused | None:
    """Why a group that would wait can never be booked.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : sequence of Request
        What is asked together.
    at : datetime
        When.

    Returns
    -------
    Refused or None
        The first that is found; ``None`` where nothing is known against it.
    """
    for one in group:
        if code := _find_lack(one, at):
            return Refused(code, one.id)
    reversals = [one for one in group if isinstance(one, Reverse)]
    return _find_final(rights, reversals) or foresee_days(rights, group)


def foresee_days(rights: Rights, group: Iterable[Request]) -> Refused | None:
    """Why a group that would wait can never be booked on its days, as the ledger stands.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : iterable of Request
        What is asked together.

    Returns
    -------
    Refused or None
        ``not_held_then``, or ``None``.
    """
    if not rights.has_ledger():
        return None
    try:
        with rights.reading() as rows:
            check_held(rows, group)
    except Refusal as cause:
        return Refused(cause.code, cause.about)
    return None


def list_free_kinds(rights: Rights, account: AccountRow) -> tuple[str, ...]:
    """Kinds of transfers by which an account can give in an order, but those that have a form of their own.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    account : AccountRow
        The account.

    Returns
    -------
    tuple of str
        In the order of the table; none where the account is moved by no order at all.
    """
    frees = free_kinds()
    wanted = [name for name, one in kinds().items() if account.type in one.givers and frees[name].free != "no"]
    if not _can_ask(rights, account, "transfer"):
        return ()
    return tuple(name for name in wanted if name != "retire" and (frees[name].free == "yes" or _can_ask(rights, account, name)))


def _can_ask(rights: Rights, account: AccountRow, kind: str) -> bool:
    trial = Transfer("", kind, account.name, "", 1, "")
    try:
        check_issue(rights, [trial])
        check_bounds(rights, [trial])
    except ConflictError:
        return False
    return True


def _find_lack(one: Request, at: datetime) -> str:
    """Code of what a request lacks by itself; empty where it lacks nothing."""
    if isinstance(one, Transfer):
        kind = kinds().get(one.kind)
        return "beneficiary_missing" if kind is not None and kind.beneficiary and not one.beneficiary else ""
    if isinstance(one, Hold | SetState | SetLimit | Reverse) and not one.reason:
        return "reason_missing"
    if isinstance(one, Hold) and one.until is not None and one.until <= int(at.astimezone(UTC).timestamp() * 1_000_000):
        return "until_past"
    return ""


def _find_final(rights: Rights, asked: Sequence[Reverse]) -> Refused | None:
    """Why movements never go back: nobody booked them, they went back before, or are final."""
    if not asked:
        return None
    wanted = [one.transfer for one in asked]
    found: dict[str, str] = {}
    back: set[str] = set()
    if rights.has_ledger():
        with rights.reading() as rows:
            found = {row[1]: row[6] for row in rows.find(EVENT, "id", wanted) if row[9]}
            back = {row[0] for row in rows.find(REVERSED, "id", wanted)}
    for name in wanted:
        kind = kinds().get(found.get(name, ""))
        if name not in found:
            return Refused("transfer_unknown", name)
        if name in back:
            return Refused("reversed_before", name)
        if kind is None or kind.final:
            return Refused("final", name)
    return None
