"""The settlement body: units against money in one linked group for each trade, and what is left over is freed.

Invariant: what is due is written with the trade it comes from, under ids that follow from the trade; booking it twice is
booking it once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from dafeng.ledger.market.bodies import Desk
from dafeng.ledger.market.hall import Delivery, Effect
from dafeng.ledger.market.registration import HOLD
from dafeng.ledger.refusals import Answer, Refused
from dafeng.ledger.requests import Release, Request, Transfer, decode, encode
from dafeng.store.ledger_rows import LedgerRows

TRADE = "market/trade/"
"""How the ids of deliveries begin."""
FREE = "market/free/"
"""How the ids of what is freed begin."""
AT_ONCE = 500
"""Groups that are booked in one transaction."""


class Due(NamedTuple):
    """A linked group that is to be booked."""

    id: str
    group: tuple[Request, ...]


class Settled(NamedTuple):
    """What came of a group: ``code`` is why the ledger refused it, empty where it is booked."""

    id: str
    code: str


def due_of(effect: Effect, effective: str) -> Due:
    """The group that an effect of trading asks for.

    Parameters
    ----------
    effect : Effect
        A delivery, or what is freed.
    effective : str
        Legal day. [ISO date]

    Returns
    -------
    Due
        Always the same for the same effect.
    """
    if not isinstance(effect, Delivery):
        return free(effect.target, effect.quantity)
    name = TRADE + effect.id
    group: list[Request] = [
        Transfer(
            f"{name}/units", "trade", effect.seller.account, effect.buyer.account, effect.quantity, effective,
            hold=HOLD + effect.sell,
        ),
        Transfer(
            f"{name}/money", "trade", effect.buyer.purse, effect.seller.purse, effect.amount, effective, hold=HOLD + effect.buy
        ),
    ]  # fmt: skip
    if effect.spare:
        group.append(Release(f"{name}/spare", HOLD + effect.buy, effect.spare))
    return Due(name, tuple(group))


def free(target: str, quantity: int) -> Due:
    """The group that frees what was set aside for a request.

    Parameters
    ----------
    target : str
        Id of the request.
    quantity : int
        How much. [minimal units]

    Returns
    -------
    Due
        Always the same for the same request.
    """
    return Due(FREE + target, (Release(FREE + target, HOLD + target, quantity),))


def spell_group(group: Sequence[Request]) -> str:
    """A group as text.

    Parameters
    ----------
    group : sequence of Request
        The group.

    Returns
    -------
    str
        JSON.
    """
    return json.dumps([[one.id, encode(one)] for one in group], ensure_ascii=False, separators=(",", ":"))


def read_group(text: str) -> tuple[Request, ...]:
    """A group from its text.

    Parameters
    ----------
    text : str
        From `spell_group`.

    Returns
    -------
    tuple of Request
        The same group.
    """
    return tuple(decode(name, content) for name, content in json.loads(text))


class Settlement:
    """The settlement body.

    Parameters
    ----------
    desk : Desk
        With its rights.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def find_due(self, rows: LedgerRows) -> list[Due]:
        """What is to be booked.

        Parameters
        ----------
        rows : LedgerRows
            The database.

        Returns
        -------
        list of Due
            In the order in which it came about.
        """
        found = rows.query("SELECT id, content FROM market_due WHERE state = 'due' ORDER BY seq, id")
        return [Due(name, read_group(content)) for name, content in found]

    def book(self, due: Sequence[Due]) -> list[Settled]:
        """Book groups, each whole or not at all.

        Parameters
        ----------
        due : sequence of Due
            From `find_due`.

        Returns
        -------
        list of Settled
            What came of each.
        """
        done = []
        for at in range(0, len(due), AT_ONCE):
            part = due[at : at + AT_ONCE]
            answers = self._desk.submit([one.group for one in part])
            done += [Settled(one.id, _code(said)) for one, said in zip(part, answers, strict=True)]
        return done


def _code(said: Sequence[Answer]) -> str:
    codes = [one.code for one in said if isinstance(one, Refused)]
    return next((code for code in codes if code != "group_failed"), "group_failed" if codes else "")
