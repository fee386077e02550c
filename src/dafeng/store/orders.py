"""Orders to a ledger: what was asked, by whom, who decided, and what came of it.

Invariant: the same id never stands for two contents; who asked never decides where two persons are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dafeng.store.models import LedgerOrder, LedgerOrderPlace

OPEN = ("waiting", "handed")
"""States of an order that has not ended."""
MARKET = "market/"
"""How the ids of what is asked of a market begin; the asker's id follows."""


def add_order(session: Session, id: str, content: str, *, pair: bool, at: datetime) -> LedgerOrder:
    """Note an order in the name of the session's actor.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        A writing session.
    id, content : str
        Id and spelling of the request.
    pair : bool
        Whether a second person has to decide.
    at : datetime
        Now, with time zone.

    Returns
    -------
    LedgerOrder
        Waiting, or handed to the ledger.
    """
    row = LedgerOrder(
        id=id, content=content, status="waiting" if pair else "handed", who=session.info["actor"], at=at, pair=pair,
        decided_by="", decided_at=None, event=None, code="", says="",
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def last_booked(session: Session) -> tuple[str, int, str] | None:
    """The booked order with the highest event of the ledger; those of markets have numbers of their own log.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.

    Returns
    -------
    tuple of (str, int, str) or None
        Id, number of the event and spelling; ``None`` where nothing was booked.
    """
    booked = select(LedgerOrder.id, LedgerOrder.event, LedgerOrder.content).where(
        LedgerOrder.event.is_not(None), ~LedgerOrder.id.startswith(MARKET, autoescape=True)
    )
    found = session.execute(booked.order_by(LedgerOrder.event.desc()).limit(1)).first()
    return None if found is None or found[1] is None else (found[0], found[1], found[2])


def is_placed(session: Session, id: str) -> bool:
    """Whether an order to the ledger itself has an id; what is asked of a market has its own.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    id : str
        The id.

    Returns
    -------
    bool
        True in whatever state it is.
    """
    return not id.startswith(MARKET) and find_order(session, id) is not None


def join_orders(session: Session, ids: Sequence[str]) -> None:
    """Note that orders were asked for together, in this order; one alone has nothing to note.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        A writing session.
    ids : sequence of str
        Their ids.
    """
    if len(ids) > 1:
        session.add_all(LedgerOrderPlace(id=one, first=ids[0], place=at) for at, one in enumerate(ids))
        session.flush()


def find_together(session: Session, id: str) -> Sequence[LedgerOrder]:
    """An order and those that were asked for with it.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    id : str
        Id of one of them.

    Returns
    -------
    sequence of LedgerOrder
        In the order in which they were asked for; empty if there is no such order.
    """
    place = session.get(LedgerOrderPlace, id)
    if place is None:
        found = session.get(LedgerOrder, id)
        return [] if found is None else [found]
    wanted = select(LedgerOrder).join(LedgerOrderPlace, LedgerOrderPlace.id == LedgerOrder.id)
    return session.scalars(wanted.where(LedgerOrderPlace.first == place.first).order_by(LedgerOrderPlace.place)).all()


def find_order(session: Session, id: str) -> LedgerOrder | None:
    """Order of an id.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    id : str
        Its id.

    Returns
    -------
    LedgerOrder or None
        ``None`` if nobody gave it.
    """
    return session.get(LedgerOrder, id)


def list_orders(
    session: Session, *, states: Sequence[str] = (), offset: int = 0, limit: int = 100, market: bool = False
) -> Sequence[LedgerOrder]:
    """Orders, the newest first.

    Parameters
    ----------
    session : sqlalchemy.orm.Session
        Any session.
    states : sequence of str, optional
        Only those in these states.
    offset, limit : int, optional
        Which of them.
    market : bool, optional
        Those to the markets instead of those to the ledger itself.

    Returns
    -------
    sequence of LedgerOrder
        Some of them.
    """
    theirs = LedgerOrder.id.startswith(MARKET, autoescape=True)
    wanted = select(LedgerOrder).where(theirs if market else ~theirs)
    wanted = wanted.order_by(LedgerOrder.at.desc(), LedgerOrder.id).offset(offset).limit(limit)
    return session.scalars(wanted.where(LedgerOrder.status.in_(states)) if states else wanted).all()
