"""Orders as they were noted: one, those that go together, the one behind an event, and the list of them.

Invariant: nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.ledger.act import Act, act_reasons, decode_act
from dafeng.ledger.refusals import Reason
from dafeng.ledger.requests import Request, Transfer, decode
from dafeng.store.models import ORDER_STATES, LedgerOrder
from dafeng.store.orders import MARKET, find_order, find_together, list_orders
from dafeng.store.records import Records
from dafeng.work.review import using
from dafeng.work.right_order_errors import unknown_order
from dafeng.work.right_order_rules import spell_verb
from dafeng.work.rights import Rights


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked of the ledger.

    Parameters
    ----------
    id : str
        Given by who asked.
    request : Request or Act
        What was asked; an act becomes several requests when it is carried out.
    state : {"waiting", "handed", "booked", "refused", "rejected"}
        ``handed``: the ledger has it, its answer is not noted yet.
    who : str
        Who asked.
    at : datetime
        When.
    pair : bool
        Whether a second person decides.
    decided_by : str
        Who decided; empty where nobody had to or has yet.
    decided_at : datetime or None
        When.
    event : int or None
        Number of the event that was booked.
    code, about : str
        Why it was refused and what that is about; of a rejected one why it was rejected; of an act what was left out.
    again : bool
        Whether it had been asked before.
    """

    id: str
    request: Request | Act
    state: str
    who: str
    at: datetime
    pair: bool = False
    decided_by: str = ""
    decided_at: datetime | None = None
    event: int | None = None
    code: str = ""
    about: str = ""
    again: bool = False

    @property
    def verb(self) -> str:
        """Verb of the request, or the kind of a transfer or act."""
        return self.request.kind if isinstance(self.request, Transfer | Act) else spell_verb(self.request)

    @property
    def reason(self) -> Reason | None:
        """Why the ledger refused it, in words; ``None`` where it did not."""
        return act_reasons().get(self.code)


def read_row(row: LedgerOrder, *, again: bool = False) -> Order:
    """An order from its row.

    Parameters
    ----------
    row : LedgerOrder
        The row.
    again : bool, optional
        Whether it had been asked before.

    Returns
    -------
    Order
        As it stands.
    """
    request = decode_act(row.id, row.content) or decode(row.id, row.content)
    return Order(
        row.id, request, row.status, row.who, row.at, row.pair, row.decided_by, row.decided_at, row.event, row.code, row.says,
        again,
    )  # fmt: skip


def read_order(rights: Rights, id: str, *, records: Records | None = None) -> Order:
    """An order.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    id : str
        Its id.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Order
        As it stands.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    with using(rights.city, records) as opened, opened.read() as session:
        row = None if id.startswith(MARKET) else find_order(session, id)
        if row is None:
            raise unknown_order(id)
        return read_row(row)


def find_known(rights: Rights, id: str, *, records: Records | None = None) -> Order | None:
    """An order, if there is one.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    id : str
        Its id.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Order or None
        ``None`` if nobody gave the id.
    """
    with using(rights.city, records) as opened, opened.read() as session:
        row = find_order(session, id)
        return None if row is None else read_row(row, again=True)


def find_group(rights: Rights, id: str, *, records: Records | None = None) -> tuple[Order, ...]:
    """An order with those that were asked for together with it.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    id : str
        Its id.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    tuple of Order
        In the order in which they were asked; empty if nobody gave the id.
    """
    with using(rights.city, records) as opened, opened.read() as session:
        if find_order(session, id) is None:
            return ()
        return tuple(read_row(row, again=True) for row in find_together(session, id))


def find_behind(rights: Rights, event: str, *, records: Records | None = None) -> Order | None:
    """The order that an event came from, also where the order became several events.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    event : str
        Id of the event; one of an act begins with the id of the act.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Order or None
        ``None`` where it was booked without an order.
    """
    found, name = find_known(rights, event, records=records), event
    while found is None and ":" in name:
        name = name.rpartition(":")[0]
        found = find_known(rights, name, records=records)
        if found is not None and not isinstance(found.request, Act):
            return None
    return found


def read_orders(
    rights: Rights, *, states: Sequence[str] = (), offset: int = 0, limit: int = 100, records: Records | None = None
) -> tuple[Order, ...]:
    """Orders, the newest first.

    Parameters
    ----------
    rights : Rights
        Books of the city.
    states : sequence of str, optional
        Only those in these states.
    offset, limit : int, optional
        Which of them.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    tuple of Order
        Some of them.

    Raises
    ------
    SettingError
        If there is no such state.
    """
    for state in states:
        if state not in ORDER_STATES:
            raise SettingError(
                Label(f"没有申请状态“{state[:40]}”", f"there is no state '{state[:40]}' of an order"),
                where="state",
                expected=Label("、".join(ORDER_STATES), ", ".join(ORDER_STATES)),
                remedy=Label("改用其中之一", "use one of these"),
            )
    with using(rights.city, records) as opened, opened.read() as session:
        return tuple(read_row(row) for row in list_orders(session, states=states, offset=offset, limit=limit))
