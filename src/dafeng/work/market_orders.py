"""What people ask of a market: noted with who asked before it counts, and decided by a second person beyond a threshold.

Invariant: an id has one answer for good; of a sealed bid nobody is told anything but whoever acts for its member.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from dafeng.core.errors import AccessError, ConflictError, LookupFailure
from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.ledger.book_plans import read_book_plans
from dafeng.ledger.market.asked import Asked, Bid, Cancel, Offer, OpenAuction, Order, Take, find_unsound, read, spell
from dafeng.ledger.market.exchange import Exchange
from dafeng.ledger.market.flaws import find_excess
from dafeng.ledger.market.hall import Hall, find_need
from dafeng.ledger.market.reasons import market_reasons
from dafeng.ledger.refusals import Answer, Booked, Reason
from dafeng.ledger.requests import Hold
from dafeng.store.ledger_tables import ACCOUNT, BOOK
from dafeng.store.models import LedgerOrder
from dafeng.store.orders import MARKET, add_order, find_order, list_orders
from dafeng.store.records import Records
from dafeng.work.markets import Markets
from dafeng.work.review import using


@dataclass(frozen=True, slots=True)
class MarketOrder:
    """What somebody asked of a market.

    Parameters
    ----------
    asked : Asked
        What was asked, under the asker's id.
    state : {"waiting", "handed", "booked", "refused", "rejected"}
        ``handed``: the exchange has it, its answer is not noted yet.
    who : str
        Who asked.
    at : datetime
        When.
    pair : bool
        Whether a second person decides.
    decided_by : str
        Who decided; empty where nobody had to or has yet.
    event : int or None
        Number of the exchange's note.
    code, about : str
        Why it was refused and what that is about; of a rejected one why it was rejected.
    again : bool
        Whether it had been asked before.
    """

    asked: Asked
    state: str
    who: str
    at: datetime
    pair: bool = False
    decided_by: str = ""
    event: int | None = None
    code: str = ""
    about: str = ""
    again: bool = False

    @property
    def id(self) -> str:
        """The asker's id."""
        return self.asked.id

    @property
    def verb(self) -> str:
        """What it is: ``order``, ``offer``, ``bid`` …"""
        return spell(self.asked).split('"', 2)[1]

    @property
    def member(self) -> str:
        """Member it is for; empty where it is for the market itself or takes something back."""
        return str(getattr(self.asked, "member", ""))

    @property
    def reason(self) -> Reason | None:
        """Why it was refused, in words; ``None`` where it was not."""
        return market_reasons().get(self.code)


def place_asked(markets: Markets, asked: Asked, *, who: str, records: Records | None = None) -> MarketOrder:
    """Ask a market for something.

    Parameters
    ----------
    markets : Markets
        Markets of the city.
    asked : Asked
        What is asked, with an id of the asker's choice.
    who : str
        Who asks; whether they may was looked at before.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    MarketOrder
        Booked, refused, or waiting for a second person. The same request under the same id has the same answer.

    Raises
    ------
    LookupFailure
        If the city has no ledger.
    StoreError
        If records or ledger cannot be written; asked again, it is the same request.
    """
    at = datetime.now(UTC)
    if (field := find_unsound(asked)) is not None:
        return MarketOrder(asked, "refused", who, at, code="malformed", about=field)
    with markets.opened() as exchange, using(markets.city, records) as opened:
        _settle(exchange, opened)
        pair = needs_pair(markets, exchange, asked)
        with opened.write(actor=who, at=at) as session:
            row = find_order(session, MARKET + asked.id)
            known = _order(row, again=True) if row is not None else None
            same = row is None or row.content == spell(asked)
            if row is None:
                add_order(session, MARKET + asked.id, spell(asked), pair=pair, at=at)
        if not same:
            return MarketOrder(asked, "refused", who, at, code="conflict", about=asked.id)
        if known is not None:
            return known
        return MarketOrder(asked, "waiting", who, at, pair=True) if pair else _hand(exchange, opened, asked)


def needs_pair(markets: Markets, exchange: Exchange, asked: Asked) -> bool:
    """Whether a second person has to decide: what it may take out of an account is beyond the threshold of its book.

    Parameters
    ----------
    markets : Markets
        Markets of the city.
    exchange : Exchange
        The exchange.
    asked : Asked
        The request.

    Returns
    -------
    bool
        False for what takes nothing, and for what the market refuses at once.
    """
    hall = exchange.refresh().halls.get(asked.market)
    if hall is None or not isinstance(asked, Order | Offer | Take | OpenAuction | Bid) or asked.member not in hall.members:
        return False
    if isinstance(asked, Take) and asked.offer not in hall.offers:
        return False
    if find_excess(hall, asked):
        return False
    need = find_need(hall, asked)
    accounts = exchange.rows.find(ACCOUNT, "name", [need.account])
    books = exchange.rows.find(BOOK, "no", [accounts[0][2]])
    hold = Hold(asked.id, need.account, "freeze", need.quantity, "market")
    return read_book_plans(markets.city.overlay).needs_pair("hold", hold, (books[0][2], books[0][4]))


def decide_asked(
    markets: Markets, id: str, *, accept: bool, who: str, says: str = "", records: Records | None = None
) -> MarketOrder:
    """Accept a request that waits, or reject it.

    Parameters
    ----------
    markets : Markets
        Markets of the city.
    id : str
        The asker's id.
    accept : bool
        Whether it is handed to the market.
    who : str
        Who decides; never who asked.
    says : str, optional
        Why it is rejected.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    MarketOrder
        Booked or refused by the market, or rejected.

    Raises
    ------
    LookupFailure
        If there is no such request, or a sealed bid of a member for whom ``who`` does not act.
    AccessError
        If the same person asked for it.
    ConflictError
        If it was decided before.
    """
    at = datetime.now(UTC)
    with markets.opened() as exchange, using(markets.city, records) as opened:
        with opened.write(actor=who, at=at) as session:
            row = find_order(session, MARKET + id)
            if row is None or not may_see(markets, exchange, _order(row), who, runs=True):
                raise _unknown(id)
            if not fold_person(who) or fold_person(row.who) == fold_person(who):
                raise _same_person(who)
            if row.status != "waiting":
                raise _decided(id)
            row.status, row.decided_by, row.decided_at, row.says = "handed" if accept else "rejected", who, at, says[:400]
            order = _order(row)
        return _hand(exchange, opened, order.asked) if accept else order


def may_see(markets: Markets, exchange: Exchange, order: MarketOrder, who: str, *, runs: bool) -> bool:
    """Whether somebody is told of a request.

    Parameters
    ----------
    markets : Markets
        Markets of the city.
    exchange : Exchange
        The exchange.
    order : MarketOrder
        The request.
    who : str
        Login name.
    runs : bool
        Whether they may run the market.

    Returns
    -------
    bool
        True for who asked and who acts for its member; for those who run the market all but sealed bids.
    """
    if order.who == who or (runs and not isinstance(order.asked, Bid)):
        return True
    hall = exchange.refresh().halls.get(order.asked.market)
    return hall is not None and bool(order.member) and markets.may_act(exchange, hall, order.member, who)


def list_asked(
    markets: Markets, exchange: Exchange, hall: Hall, who: str, *, runs: bool, acts: bool, states: Sequence[str] = (),
    limit: int = 50, records: Records | None = None,
) -> list[MarketOrder]:  # fmt: skip
    """Requests to a market that somebody is told of, the newest first.

    Parameters
    ----------
    markets : Markets
        Markets of the city.
    exchange : Exchange
        The exchange.
    hall : Hall
        The market.
    who : str
        Login name.
    runs, acts : bool
        Whether they may run the market, and act for members at all.
    states : sequence of str, optional
        Only those in these states.
    limit : int, optional
        At most so many, out of the last thousand requests to all markets.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    list of MarketOrder
        Some of them.
    """
    with using(markets.city, records) as opened, opened.read() as session:
        found = [_order(row) for row in list_orders(session, states=states, limit=1000, market=True)]
    own = (one for one in found if one.asked.market == hall.name)
    if not acts and not runs:
        return [one for one in own if one.who == who][:limit]
    return [one for one in own if may_see(markets, exchange, one, who, runs=runs)][:limit]


def find_asked(markets: Markets, id: str, *, records: Records | None = None) -> MarketOrder:
    """A request by the asker's id.

    Parameters
    ----------
    markets : Markets
        Markets of the city.
    id : str
        Its id.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    MarketOrder
        As it stands.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    with using(markets.city, records) as opened, opened.read() as session:
        row = find_order(session, MARKET + id)
        if row is None:
            raise _unknown(id)
        return _order(row)


def find_target(hall: Hall, asked: Cancel) -> str:
    """Member whose order or offer a request takes back.

    Parameters
    ----------
    hall : Hall
        The market.
    asked : Cancel
        The request.

    Returns
    -------
    str
        Empty where there is no such order or offer.
    """
    thing = hall.things.get(asked.target)
    return thing.member.name if thing is not None else ""


def _settle(exchange: Exchange, records: Records) -> None:
    """Hand in again what was handed in and whose answer was not noted; the exchange gives the same answer."""
    with records.read() as session:
        found = [_order(row) for row in list_orders(session, states=("handed",), limit=1000, market=True)]
    for order in sorted(found, key=lambda one: (one.at, one.id)):
        _hand(exchange, records, order.asked)


def _hand(exchange: Exchange, records: Records, asked: Asked) -> MarketOrder:
    """Hand a request to the exchange and note its answer in the name of who asked or decided."""
    answer: Answer = exchange.submit([asked])[0]
    with records.read() as session:
        first = find_order(session, MARKET + asked.id)
        actor = (first.decided_by or first.who) if first is not None else ""
    with records.write(actor=actor, at=datetime.now(UTC)) as session:
        row = find_order(session, MARKET + asked.id)
        if row is None:
            raise _unknown(asked.id)
        if isinstance(answer, Booked):
            row.status, row.event = "booked", answer.seq
        else:
            row.status, row.code, row.says = "refused", answer.code, answer.about
        return _order(row)


def _order(row: LedgerOrder, *, again: bool = False) -> MarketOrder:
    return MarketOrder(
        read(row.id.removeprefix(MARKET), row.content), row.status, row.who, row.at, row.pair, row.decided_by, row.event,
        row.code, row.says, again,
    )  # fmt: skip


def _unknown(id: str) -> LookupFailure:
    return LookupFailure(
        Label(f"没有申报“{id[:60]}”", f"there is no request '{id[:60]}'"),
        where="request",
        expected=Label("已提交且可见的申报编号", "the id of a request that may be seen"),
        remedy=Label("在市场页面核对", "look at the page of the market"),
    )


def _same_person(who: str) -> AccessError:
    return AccessError(
        Label(f"“{who}”不能复核自己的申报", f"'{who}' cannot decide a request of their own"),
        where="request",
        expected=Label("申报人以外的复核人", "somebody else than who asked"),
        remedy=Label("请另一位有复核权限的人处理", "ask another person who may confirm"),
    )


def _decided(id: str) -> ConflictError:
    return ConflictError(
        Label(f"申报“{id[:60]}”已处理过", f"request '{id[:60]}' was decided before"),
        where="request",
        expected=Label("等待复核的申报", "a request that waits"),
        remedy=Label("不再需要处理；刷新查看结果", "nothing remains to be done; look at its state"),
    )
