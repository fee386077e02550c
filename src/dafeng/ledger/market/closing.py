"""What accounts that are closed for good mean for a market: who may not trade, what still needs one, what is given back.

Invariant: a trade that can never be delivered, because an account of it is closed, gives both sides back what was held for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dafeng.ledger.logs import beyond
from dafeng.ledger.market.asked import Backed, Register, read
from dafeng.ledger.market.registration import HOLD
from dafeng.ledger.market.settlement import TRADE, Due
from dafeng.ledger.requests import Release, Request, Transfer
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import ACCOUNT, MARKET_EVENT

BACK = "market/back/"
"""How the ids of what is given back begin; the id of the trade follows."""
GIVEN_BACK = "back"
"""State of the delivery of a trade that was given back."""


def find_closed(rows: LedgerRows, names: Iterable[str]) -> frozenset[str]:
    """Accounts that are closed for good.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    names : iterable of str
        Names of accounts.

    Returns
    -------
    frozenset of str
        Those of them that are closed.
    """
    return frozenset(row[1] for row in rows.find(ACCOUNT, "name", list(names)) if row[7] == "closed")


def find_open_requests(rows: LedgerRows, account: str) -> tuple[str, ...]:
    """Requests to markets for which something is held and whose member trades with an account: resting, or not delivered.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    account : str
        Name of the account.

    Returns
    -------
    tuple of str
        Ids of the requests.
    """
    held = rows.query("SELECT id FROM ledger_claim WHERE NOT ended AND id >= ? AND id < ? ORDER BY seq", HOLD, beyond(HOLD))
    if not held:
        return ()
    plain = (read(row[1], row[5]) for row in rows.find(MARKET_EVENT, "session", [""]))
    members = {(one.market, one.member) for one in plain if isinstance(one, Register) and account in (one.account, one.purse)}
    names = [row[0].removeprefix(HOLD) for row in held]
    asked = {row[1]: read(row[1], row[5]) for row in rows.find(MARKET_EVENT, "id", names)} if members else {}
    own = {name for name, one in asked.items() if isinstance(one, Backed) and (one.market, one.member) in members}
    return tuple(name for name in names if name in own)


def list_accounts(group: Iterable[Request]) -> list[str]:
    """Accounts between which a group moves units and money.

    Parameters
    ----------
    group : iterable of Request
        The group.

    Returns
    -------
    list of str
        Their names.
    """
    return [name for one in group if isinstance(one, Transfer) for name in (one.giver, one.taker)]


def find_lost(rows: LedgerRows, refused: Sequence[Due]) -> Mapping[str, Due]:
    """Trades that can never be delivered.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    refused : sequence of Due
        What the ledger refused.

    Returns
    -------
    mapping of str to Due
        By the id of the delivery: what is due in its place.
    """
    trades = {one.id: one for one in refused if one.id.startswith(TRADE)}
    closed = find_closed(rows, {name for one in trades.values() for name in list_accounts(one.group)}) if trades else ()
    return {name: return_both(one) for name, one in trades.items() if not set(list_accounts(one.group)).isdisjoint(closed)}


def return_both(trade: Due) -> Due:
    """The group that frees what was held for a trade, on both sides.

    Parameters
    ----------
    trade : Due
        Delivery of the trade.

    Returns
    -------
    Due
        Always the same for the same trade.
    """
    name = BACK + trade.id.removeprefix(TRADE)
    held: dict[str, int] = {}
    for one in trade.group:
        if isinstance(one, Transfer | Release) and one.quantity:
            held[one.hold] = held.get(one.hold, 0) + one.quantity
    return Due(name, tuple(Release(f"{name}/{number}", hold, many) for number, (hold, many) in enumerate(held.items(), 1)))
