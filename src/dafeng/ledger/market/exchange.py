"""An exchange on the database of a ledger: requests in, answers out; noted, held, matched and settled, each step durable.

Invariant: every step is either in the notes or follows from them under ids that never change; after a crash between any two
steps the next one who opens the exchange goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self

from dafeng.ledger.book_plans import read_book_plans
from dafeng.ledger.ledger import Clock, Ledger, open_ledger, read_clock
from dafeng.ledger.logs import LOGS, extend_chain
from dafeng.ledger.market.asked import (
    Accept,
    Asked,
    Backed,
    Bid,
    Cancel,
    CloseAuction,
    CloseDay,
    Offer,
    OpenAuction,
    OpenDay,
    OpenMarket,
    Order,
    Register,
    Take,
    find_unsound,
    is_sound,
    read,
    spell,
)
from dafeng.ledger.market.bodies import Desk
from dafeng.ledger.market.closing import GIVEN_BACK, find_closed, find_lost
from dafeng.ledger.market.flaws import find_flaw, find_own
from dafeng.ledger.market.hall import Delivery, Thing, day_of, find_need
from dafeng.ledger.market.registration import HOLD, Registration
from dafeng.ledger.market.settlement import FREE, Due, Settled, Settlement, due_of, free, spell_group
from dafeng.ledger.market.terms import read_bodies, read_terms, spell_terms
from dafeng.ledger.market.trading import Trading
from dafeng.ledger.refusals import Answer, Booked, Refused
from dafeng.store.ledger_rows import LedgerRows, Row, select
from dafeng.store.ledger_sums import join_sum, split_sum
from dafeng.store.ledger_tables import CLAIM, MARKET_DUE, MARKET_EVENT, MARKET_TRADE

ACCEPT = "/accept"
"""How the ids of the notes end that something is held."""
CLOSING = (Cancel, CloseDay, CloseAuction)


class Exchange:
    """All markets of a ledger; use it in a ``with`` block or close it.

    Parameters
    ----------
    ledger : Ledger
        The ledger, used by nobody else meanwhile.
    clock : callable
        Instant. [µs]
    folders : tuple of Path, optional
        Overlay folders with further rules of markets.
    """

    def __init__(self, ledger: Ledger, clock: Clock, *, folders: tuple[Path, ...] = ()) -> None:
        bodies = read_bodies()
        self.ledger, self._clock, self._folders = ledger, clock, folders
        self._registration = Registration(Desk(ledger, bodies["registration"]))
        self._settlement = Settlement(Desk(ledger, bodies["settlement"]))
        self._trading: Trading | None = None
        self._lock = RLock()
        self._notes: list[Row] = []
        self._trades: list[Row] = []
        self._dues: list[Row] = []
        self._closed: frozenset[tuple[str, str]] = frozenset()
        self._at = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self.ledger.close()

    @property
    def rows(self) -> LedgerRows:
        """The database."""
        return self.ledger.rows

    def refresh(self) -> Trading:
        """All markets as the last note left them.

        Returns
        -------
        Trading
            Not to be changed.
        """
        with self._lock:
            return self._catch_up()

    def submit(self, requests: Sequence[Asked]) -> list[Answer]:
        """Take requests in their order.

        Requests in a row that need something held are taken together: first all of them get what they need, then they
        count; so none of them is paid with what another one earns.

        Parameters
        ----------
        requests : sequence of Asked
            Orders, bids and so on.

        Returns
        -------
        list of Answer
            One per request; what they say is durable. The same request again gets the same answer.
        """
        with self._lock:
            answers: list[Answer] = []
            for step, run in groupby(requests, key=_step):
                together = list(run)
                answers += self._take_backed(together) if step else self._take_plain(together)
            return answers

    def settle(self) -> list[Settled]:
        """Book what is due.

        Returns
        -------
        list of Settled
            What came of it; a group that the ledger refuses stays due, and what it needs stays held, except a trade of which an
            account is closed for good: it is given back to both sides.
        """
        with self._lock:
            due = self._settlement.find_due(self.rows)
            done = self._settlement.book(due)
            if not done:
                return done
            with self._noting():
                open_now = {row[0]: row for row in self.rows.find(MARKET_DUE, "id", [one.id for one in done])}
                still = [one for one in done if open_now[one.id][3] == "due"]
                codes = {one.id: one.code for one in still if one.code}
                lost = find_lost(self.rows, [one for one in due if one.id in codes])
                self._dues += [
                    (*open_now[one.id][:3], GIVEN_BACK if one.id in lost else "due" if one.code else "done", one.code)
                    for one in still
                    if one.id in lost or not one.code or one.code != open_now[one.id][4]
                ]
                self._dues += [_due_row(back, open_now[name][1]) for name, back in lost.items()]
            return [*(one for one in done if one.id not in lost), *(self.settle() if lost else ())]

    def heal(self) -> None:
        """Go on where somebody stopped: what is held counts, what is held for nothing is freed, what is due is booked."""
        with self._lock:
            with self._noting() as trading:
                self._roll(trading)
                self._accept(trading, trading.waiting())
                waiting = {thing.asked.id for thing in trading.waiting()}
                live = self._registration.find_live(self.rows)
                self._free_strays([name for name in live if name not in waiting])
            self.settle()

    def _take_plain(self, requests: Sequence[Asked]) -> list[Answer]:
        with self._noting() as trading:
            known = self._known(requests)
            if any(isinstance(one, CLOSING) for one in requests):
                self._accept(trading, trading.waiting())
            self._roll(trading)
            answers = [self._take(trading, one, known) for one in requests]
        self.settle()
        return answers

    def _take_backed(self, requests: Sequence[Asked]) -> list[Answer]:
        with self._noting() as trading:
            self._roll(trading)
            known = self._known(requests)
            self._closed = self._find_closed(trading, requests)
            answers = [self._take(trading, one, known) for one in requests]
            things = {one.id: self._thing(trading, one) for one, said in zip(requests, answers, strict=True) if _is_in(said)}
        wanted = [thing for thing in things.values() if thing is not None and thing.state == "asked"]
        said = self._registration.set_aside([thing.need for thing in wanted])
        refused = {
            thing.asked.id: one for thing, one in zip(wanted, said, strict=True) if isinstance(one, Refused)
        }  # fmt: skip
        with self._noting() as trading:
            self._accept(trading, [thing for thing in trading.waiting() if thing.asked.id in things])
            self._free_strays(self._registration.find_held(self.rows, things))
        self.settle()
        counted = self._counted(things)
        return [
            refused.get(one.id, answer) if one.id not in things or one.id in counted or one.id in refused
            else Refused("session_over", one.id)
            for one, answer in zip(requests, answers, strict=True)
        ]  # fmt: skip

    def _take(self, trading: Trading, asked: Asked, known: dict[str, tuple[int, str]]) -> Answer:
        """Note a request, if it is sound, new and allowed."""
        if (field := find_unsound(asked)) is not None:
            return Refused("malformed", field)
        content = spell(asked)
        if asked.id in known:
            seq, was = known[asked.id]
            return Booked(seq, again=True) if was == content else Refused("conflict", asked.id)
        now = self._now()
        code = find_flaw(trading, asked, now) or find_own(trading, asked)
        found, flaw = self._find(trading, asked, now) if not code else ({}, code)
        if flaw:
            return Refused(flaw, asked.id)
        self._note(trading, asked, found, now)
        known[asked.id] = (trading.seq, content)
        return Booked(trading.seq)

    def _find(self, trading: Trading, asked: Asked, now: int) -> tuple[Mapping[str, Any], str]:
        """What has to be known about a request besides what it says, or why it is refused."""
        hall = trading.halls.get(asked.market)
        match asked:
            case OpenMarket():
                terms = read_terms(*self._folders).get(asked.terms)
                if terms is None:
                    return {}, "terms_unknown"
                serials = self._registration.has_serials(self.rows, asked.book)
                found = self._registration.find_books(self.rows, asked, read_book_plans(*self._folders))
                return {"terms": spell_terms(terms), "serials": serials}, found
            case Register() if hall is not None:
                holder = self._registration.find_holder(self.rows, hall, asked)
                return {"holder": holder}, "" if holder else "account_unfit"
            case OpenDay() if hall is not None:
                day = day_of(hall.terms, now)
                if day == hall.last:
                    return {}, "day_over"
                reference = asked.reference or self._mean_price(trading, asked.market)
                needed = (hall.terms.band_bp, hall.terms.agreement_band_bp) != (None, None)
                return {"day": day, "reference": reference}, "reference_missing" if needed and reference is None else ""
            case Order() | Offer() | Take() | OpenAuction() | Bid() if hall is not None:
                if (asked.market, asked.member) in self._closed:
                    return {}, "account_closed"
                sold = find_need(hall, asked).account if hall.serials else ""
                return {}, "restricted" if sold and self._registration.has_restricted(self.rows, sold) else ""
        return {}, ""

    def _find_closed(self, trading: Trading, requests: Sequence[Asked]) -> frozenset[tuple[str, str]]:
        """Members of markets that ask for something and have an account that is closed for good."""
        named = {(one.market, one.member) for one in requests if is_sound(one) and isinstance(one, Backed)}
        whose = {
            key: (member.account, member.purse)
            for key in named
            if (hall := trading.halls.get(key[0])) is not None and (member := hall.members.get(key[1])) is not None
        }
        closed = find_closed(self.rows, {name for both in whose.values() for name in both}) if whose else frozenset()
        return frozenset(key for key, both in whose.items() if not closed.isdisjoint(both))

    def _mean_price(self, trading: Trading, market: str) -> int | None:
        """Mean price of the order book's last day with trades; else the reference of the last day."""
        found = self.rows.query(
            f"SELECT {split_sum('quantity')}, {split_sum('amount')} FROM market_trade WHERE way = 'order' AND session ="  # noqa: S608 - our own
            " (SELECT session FROM market_trade WHERE market = ? AND way = 'order' ORDER BY seq DESC LIMIT 1)",
            market,
        )
        hall = trading.halls[market]
        if found and (traded := join_sum(*found[0][:2])):
            return hall.terms.mean_price(traded, join_sum(*found[0][2:]))
        return hall.reference

    def _roll(self, trading: Trading) -> None:
        """Close the days that are over by the clock."""
        now = self._now()
        past_days = trading.past_days(now)
        if past_days:
            self._accept(trading, trading.waiting())
        for hall in past_days:
            self._note(trading, CloseDay(f"{hall.name}/{hall.day}/close", hall.name), {}, now)

    def _accept(self, trading: Trading, things: Sequence[Thing]) -> None:
        """Let those count for which the ledger holds what they need, in the order in which it was held."""
        waiting = {thing.asked.id: thing for thing in things}
        for name in self._registration.find_held(self.rows, waiting):
            market = waiting[name].asked.market
            self._note(trading, Accept(name + ACCEPT, market, name), {}, self._now())

    def _free_strays(self, names: Sequence[str]) -> None:
        """Free what is held for requests that never counted and whose session is over."""
        counted = self._counted(names) | {note[1].removesuffix(ACCEPT) for note in self._notes}
        strays = [HOLD + name for name in names if name not in counted]
        live = {row[0].removeprefix(HOLD): row[3] for row in self.rows.find(CLAIM, "id", strays, also="NOT ended")}
        due = [free(name, live[name]) for name in names if name in live]
        known = {row[0] for row in self.rows.find(MARKET_DUE, "id", [one.id for one in due])}
        asked = {FREE + row[1]: row[0] for row in self._rows_of(live)}
        self._dues += [_due_row(one, asked[one.id]) for one in due if one.id in asked and one.id not in known]

    def _counted(self, names: Iterable[str]) -> set[str]:
        return {row[1].removesuffix(ACCEPT) for row in self._rows_of(name + ACCEPT for name in names)}

    def _thing(self, trading: Trading, asked: Asked) -> Thing | None:
        return trading.halls[asked.market].things.get(asked.id)

    def _known(self, requests: Sequence[Asked]) -> dict[str, tuple[int, str]]:
        return {row[1]: (row[0], row[5]) for row in self._rows_of(one[0] for one in requests if type(one[0]) is str)}

    def _rows_of(self, names: Iterable[str]) -> list[Row]:
        return self.rows.find(MARKET_EVENT, "id", list(names))

    def _note(self, trading: Trading, asked: Asked, found: Mapping[str, Any], now: int) -> None:
        """Write a request into the notes, and what follows from it beside them."""
        trading.seq += 1
        hall = trading.halls.get(asked.market)
        session = "" if hall is None else hall.session(asked)
        told = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        self._notes.append((trading.seq, asked.id, asked.market, session, now, spell(asked), told))
        for effect in trading.apply(asked, found):
            if isinstance(effect, Delivery):
                self._trades.append((
                    effect.id, trading.seq, now, effect.market, effect.session, effect.way, effect.buy, effect.sell,
                    effect.buyer.name, effect.seller.name, effect.quantity, effect.price, effect.amount,
                ))  # fmt: skip
            self._dues.append(_due_row(due_of(effect, day_of(trading.halls[asked.market].terms, now)), trading.seq))

    def _now(self) -> int:
        """The clock's instant, or that of the last note where the clock was put back. [µs]"""
        self._at = max(self._at, self._clock())
        return self._at

    @contextmanager
    def _noting(self) -> Iterator[Trading]:
        """One transaction; whatever fails in it, nothing in memory outlives it."""
        kept = False
        try:
            self.rows.begin()
            yield self._catch_up()
            self.rows.write(MARKET_EVENT, self._notes)
            if self._notes:
                extend_chain(self.rows, LOGS["market"])
            self.rows.write(MARKET_TRADE, self._trades)
            self.rows.write(MARKET_DUE, self._dues)
            if self._notes or self._dues:
                self.rows.commit()
            else:
                self.rows.rollback()
            kept = True
        finally:
            self._notes, self._trades, self._dues = [], [], []
            if not kept:
                self._trading = None
                self.rows.rollback()

    def _catch_up(self) -> Trading:
        """Take note of what others wrote; from the beginning where nothing is in memory, without sessions that are over."""
        if self._trading is None:
            trading, found = Trading(), _open_notes(self.rows)
            last = self.rows.query("SELECT known_at FROM market_event ORDER BY seq DESC LIMIT 1")
            self._at = max(self._at, last[0][0] if last else 0)
        else:
            trading = self._trading
            found = self.rows.query(f"{select(MARKET_EVENT)} WHERE seq > ? ORDER BY seq", trading.seq)
        for seq, name, _, _, known_at, content, told in found:
            trading.apply(read(name, content), json.loads(told))
            trading.seq, self._at = seq, max(self._at, known_at)
        self._trading = trading
        return trading


def _open_notes(rows: LedgerRows) -> list[Row]:
    """Notes of the markets themselves and of the sessions that are open."""
    plain = rows.query(f"{select(MARKET_EVENT)} WHERE session = '' ORDER BY seq")
    sessions: dict[str, str] = {}
    for row in plain:
        asked = read(row[1], row[5])
        match asked:
            case OpenDay():
                sessions[f"{row[2]}/day"] = f"{row[2]}/day/{json.loads(row[6])['day']}"
            case CloseDay():
                sessions.pop(f"{row[2]}/day", None)
            case OpenAuction():
                sessions[f"{row[2]}/auction/{asked.auction}"] = f"{row[2]}/auction/{asked.auction}"
            case CloseAuction():
                sessions.pop(f"{row[2]}/auction/{asked.auction}", None)
    return sorted(plain + rows.find(MARKET_EVENT, "session", sessions.values()))


def _step(asked: Asked) -> int:
    """0 for what needs nothing held; a take or bid comes after the offer or auction it is for."""
    if isinstance(asked, Take | Bid):
        return 2
    return 1 if isinstance(asked, Order | Offer | OpenAuction) else 0


def _is_in(answer: Answer) -> bool:
    return isinstance(answer, Booked)


def _due_row(due: Due, seq: int) -> Row:
    return (due.id, seq, spell_group(due.group), "due", "")


def open_exchange(address: str, *, clock: Clock = read_clock, folders: tuple[Path, ...] = ()) -> Exchange:
    """Open the markets of a ledger, and go on where somebody stopped.

    Parameters
    ----------
    address : str
        Path of a SQLite file, or ``postgresql://…``.
    clock : callable, optional
        Instant. [µs]
    folders : tuple of Path, optional
        Overlay folders with further rules of markets.

    Returns
    -------
    Exchange
        Close it after use.

    Raises
    ------
    StoreError
        If it cannot be opened.
    """
    exchange = Exchange(open_ledger(address, clock=clock), clock, folders=folders)
    exchange.heal()
    return exchange
