"""Reversals of sales on which an executed carry-over rests: refused when they are asked for, decided and booked.

Invariant: what is booked is looked at while nobody else writes; what was booked before is answered as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dafeng.ledger.act import Act, act_error
from dafeng.ledger.carried import check_sales
from dafeng.ledger.effective_days import check_held
from dafeng.ledger.refusals import Answer, Refusal, Refused
from dafeng.ledger.requests import Post, Request, Reverse, Transfer
from dafeng.store.ledger_rows import LedgerRows
from dafeng.store.ledger_tables import EVENT
from dafeng.work.renew_act import read_known_policies
from dafeng.work.rights import Rights


def check_sold(rights: Rights, group: Iterable[Request | Act]) -> None:
    """Refuse to ask for the reversal of a sale on which a carry-over rests, or to agree to it.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : iterable of Request or Act
        What is asked.

    Raises
    ------
    SettingError
        ``sale_carried`` in words, with company and numbers.
    """
    wanted = [one for one in group if isinstance(one, Reverse)]
    if not wanted or not rights.has_ledger():
        return
    try:
        with rights.reading() as rows:
            _check(rights, rows, wanted)
    except Refusal as cause:
        raise act_error(cause.code, about=cause.about) from cause


def submit_sold(rights: Rights, group: Sequence[Request]) -> list[Answer]:
    """Book a group; no reversal in it takes back a sale on which a carry-over rests, and no giver gives what it had not then.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    group : sequence of Request
        What is booked together.

    Returns
    -------
    list of Answer
        One per request; ``sale_carried`` or ``not_held_then`` for all where it was refused for that.
    """
    if not any(isinstance(one, Transfer | Post | Reverse) for one in group):
        return rights.submit([group])[0]

    def look(rows: LedgerRows) -> None:
        if any(isinstance(one, Reverse) for one in group):
            _check(rights, rows, group)
        check_held(rows, group)

    try:
        return rights.submit([group], check=look)[0]
    except Refusal as cause:
        return [Refused(cause.code, cause.about)] * len(group)


def _check(rights: Rights, rows: LedgerRows, group: Sequence[Request]) -> None:
    known = {row[1] for row in rows.find(EVENT, "id", [one.id for one in group])}
    check_sales(rows, read_known_policies(rights.city), [one for one in group if one.id not in known])
