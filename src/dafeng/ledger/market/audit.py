"""Everything that was ever asked of the markets is matched again, and compared with trades, what is due, and the ledger.

Invariant: no finding means that notes are linked without gap, that trades and what is due are what the rules make of them, that
each delivery stands in the ledger as one linked group, and that what is held for the markets is what rests in them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from dafeng.ledger.audit_findings import AuditFindings
from dafeng.ledger.chain import START
from dafeng.ledger.logs import LOGS, beyond, link_row, read_notes
from dafeng.ledger.market.asked import Accept, Asked, Backed, Order, read, spell
from dafeng.ledger.market.closing import BACK, GIVEN_BACK, find_closed, list_accounts, return_both
from dafeng.ledger.market.flaws import find_flaw
from dafeng.ledger.market.hall import Delivery, Hall, Thing, day_of
from dafeng.ledger.market.reasons import market_reasons
from dafeng.ledger.market.registration import HOLD
from dafeng.ledger.market.settlement import FREE, TRADE, Due, due_of, free, read_group, spell_group
from dafeng.ledger.market.trading import Trading
from dafeng.ledger.requests import Hold, Release, Request, Transfer, decode, encode
from dafeng.store.ledger_rows import LedgerRows, Row, select
from dafeng.store.ledger_tables import EVENT, MARKET_DUE, MARKET_EVENT, MARKET_TRADE

ACCEPT = "/accept"
"""How the ids of the notes end that something is held."""
AT_ONCE = 500
"""Notes that are looked at together."""
_LOG = LOGS["market"]
_STRAYS = (
    f"{select(MARKET_DUE)} WHERE id >= ? AND id < ? AND NOT EXISTS"  # noqa: S608 - our own names
    f" (SELECT 1 FROM market_event e WHERE e.id = substr(market_due.id, {len(FREE) + 1}) || '{ACCEPT}') ORDER BY id"
)
"""What was freed for requests that never counted: the one thing that does not follow from the notes alone."""


def check_markets(rows: LedgerRows, said: AuditFindings) -> None:
    """Audit the markets of a ledger.

    Parameters
    ----------
    rows : LedgerRows
        The database; nobody writes meanwhile.
    said : AuditFindings
        Gets what is wrong.
    """
    audit = _MarketAudit(rows, said)
    for notes in read_notes(rows, _LOG, at_once=AT_ONCE):
        audit.check_notes(notes)
    audit.check_strays()
    audit.check_counts()
    audit.check_held()


class _MarketAudit:
    """One run: the trading that the notes make, what hangs on the ledger by it, and how many rows it made."""

    def __init__(self, rows: LedgerRows, said: AuditFindings) -> None:
        self.rows, self.said = rows, said
        self.trading = Trading()
        self.seq, self.at, self.hash = 0, 0, START
        self.counts = Counter({MARKET_TRADE.name: 0, MARKET_DUE.name: 0, "booked": 0})
        self.open: Counter[str] = Counter()

    def check_notes(self, notes: list[Row]) -> None:
        trades: dict[str, Row] = {}
        dues: dict[str, Row] = {}
        holds: dict[str, Hold] = {}
        accepted: list[str] = []
        for row in notes:
            self.check_row(row)
            asked = self.read(row)
            self.take(row, asked, trades, dues)
            if isinstance(asked, Accept):
                accepted.append(HOLD + asked.target)
            elif isinstance(asked, Backed):
                need = self.trading.halls[asked.market].things[asked.id].need
                holds[HOLD + asked.id] = Hold(HOLD + asked.id, need.account, "freeze", need.quantity, "market")
        self.check_links(notes)
        self.said.compare(MARKET_TRADE, {row[0]: row for row in self.rows.find(MARKET_TRADE, "id", trades)}, trades)
        self.counts[MARKET_TRADE.name] += len(trades)
        self.check_dues(dues)
        self.check_booked(holds, accepted)

    def check_row(self, row: Row) -> None:
        at = f"{MARKET_EVENT.name}/{row[0]}"
        if row[0] != self.seq + 1 or row[4] < self.at:
            self.said.say("order", at, "序号不连续或时刻倒退", "numbers have a gap, or the instant goes back")
        self.seq, self.at = row[0], row[4]

    def read(self, row: Row) -> Asked:
        try:
            asked = read(row[1], row[5])
            sound = spell(asked) == row[5] and asked.market == row[2]
        except (ValueError, KeyError, TypeError, IndexError):
            sound = False
        if not sound:
            at = f"{MARKET_EVENT.name}/{row[0]}"
            self.said.stop("content", at, "申报无法读取；其后未审核", "the request cannot be read; no more was audited")
        return asked

    def take(self, row: Row, asked: Asked, trades: dict[str, Row], dues: dict[str, Row]) -> None:
        """Match a note again, if the rules would take it again."""
        seq, _, market, session, now, _, told = row
        at, trading = f"{MARKET_EVENT.name}/{seq}", self.trading
        flaw = self.find_flaw(asked, now)
        if flaw:
            self.said.stop(
                "refused", at, f"规则不会受理（{flaw}）；其后未审核", f"the rules refuse it ({flaw}); no more was audited"
            )
        hall = trading.halls.get(market)
        if session != ("" if hall is None else hall.session(asked)):
            self.said.say("changed", at, "场次与申报不符", "the session is not that of the request")
        try:
            effects = trading.apply(asked, json.loads(told))
        except (ValueError, KeyError, TypeError, AttributeError):
            self.said.stop(
                "content", at, "查明的事项无法读取；其后未审核", "what was found cannot be read; no more was audited"
            )
        trading.seq = seq
        for effect in effects:
            if isinstance(effect, Delivery):
                trades[effect.id] = (
                    effect.id, seq, now, effect.market, effect.session, effect.way, effect.buy, effect.sell,
                    effect.buyer.name, effect.seller.name, effect.quantity, effect.price, effect.amount,
                )  # fmt: skip
            due = due_of(effect, day_of(trading.halls[market].terms, now))
            dues[due.id] = (due.id, seq, spell_group(due.group))

    def find_flaw(self, asked: Asked, now: int) -> str:
        if not isinstance(asked, Accept):
            return find_flaw(self.trading, asked, now)
        hall = self.trading.halls.get(asked.market)
        thing = None if hall is None else hall.things.get(asked.target)
        waits = thing is not None and thing.state == "asked" and asked.id == asked.target + ACCEPT
        return "" if waits else "target_unknown"

    def check_links(self, notes: list[Row]) -> None:
        told = self.rows.query(
            "SELECT seq, hash FROM ledger_link WHERE log = ? AND seq BETWEEN ? AND ?", _LOG.name, notes[0][0], notes[-1][0]
        )
        kept = {row[0]: bytes(row[1]) for row in told}
        for row in notes:
            self.hash = link_row(_LOG, self.hash, row)
            if kept.get(row[0]) != self.hash:
                at = f"{MARKET_EVENT.name}/{row[0]}"
                self.said.say("chain", at, "链值与内容不符", "its link does not follow from its content")
                self.hash = kept.get(row[0], self.hash)

    def check_dues(self, made: dict[str, Row]) -> None:
        """What is due is what the trades ask for; done is what the ledger booked, whole and as one group."""
        found = {row[0]: row for row in self.rows.find(MARKET_DUE, "id", made)}
        self.said.compare(MARKET_DUE, {name: row[:3] for name, row in found.items()}, made)
        self.counts[MARKET_DUE.name] += len(made)
        self.check_settled([found[name] for name in made if name in found])

    def check_settled(self, dues: list[Row]) -> None:
        groups = {row[0]: self.read_due(row) for row in dues}
        booked = {row[1]: row for row in self.rows.find(EVENT, "id", [one.id for group in groups.values() for one in group])}
        lost: list[Due] = []
        for name, _, _, state, code in dues:
            group = groups[name]
            there = [booked[one.id] for one in group if one.id in booked and booked[one.id][5] == encode(one)]
            whole = len(there) == len(group) and len({row[2] for row in there}) == 1
            self.counts["booked"] += len(there)
            if state == GIVEN_BACK and name.startswith(TRADE) and not there:
                lost.append(Due(name, group))
                continue
            if state != ("done" if whole else "due") or (there and not whole):
                self.say_due(
                    name,
                    f"状态为 {state}，账簿有 {len(there)}/{len(group)} 笔",
                    f"is {state}, the ledger has {len(there)} of {len(group)}",
                )
            if code and (state == "done" or code not in market_reasons()):
                self.say_due(name, f"拒绝原因 {code} 不成立", f"has no such reason of refusal as {code}")
            if not whole:
                self.open.update(_drawn(group))
        if lost:
            self.check_given_back(lost, {row[0]: row for row in dues})

    def check_given_back(self, lost: list[Due], dues: dict[str, Row]) -> None:
        """A trade is given back only where an account of it is closed, and frees what was held for it."""
        closed = find_closed(self.rows, {name for one in lost for name in list_accounts(one.group)})
        made = {}
        for one in lost:
            if closed.isdisjoint(list_accounts(one.group)):
                self.say_due(one.id, "已退回，但账户未注销", "was given back, though no account of it is closed")
            if dues[one.id][4] not in market_reasons():
                self.say_due(one.id, "退回而未写明原因", "was given back without a reason of the ledger")
            back = return_both(one)
            made[back.id] = (back.id, dues[one.id][1], spell_group(back.group))
        found = {row[0]: row for row in self.rows.find(MARKET_DUE, "id", made)}
        self.said.compare(MARKET_DUE, {name: row[:3] for name, row in found.items()}, made)
        self.counts[MARKET_DUE.name] += len(made)
        self.check_settled([found[name] for name in made if name in found])

    def say_due(self, name: str, zh: str, en: str) -> None:
        self.said.say("settlement", f"{MARKET_DUE.name}/{name}", zh, en)

    def read_due(self, row: Row) -> tuple[Request, ...]:
        try:
            return read_group(row[2])
        except (ValueError, KeyError, TypeError):
            self.say_due(row[0], "内容无法读取", "its content cannot be read")
            return ()

    def check_booked(self, holds: dict[str, Hold], accepted: Iterable[str]) -> None:
        """What the ledger holds for requests is what they need, and nothing counts without."""
        names = list({*holds, *accepted})
        booked = {row[1]: row[5] for row in self.rows.find(EVENT, "id", names)}
        for name in accepted:
            if name not in booked:
                self.said.say("held", name, "未冻结即生效", "it counted without anything held for it")
        for name, request in holds.items():
            if booked.get(name, encode(request)) != encode(request):
                self.said.say("held", name, "冻结与申报所需不符", "what was held is not what the request needs")
            self.counts["booked"] += name in booked

    def check_strays(self) -> None:
        """What was freed for requests that never counted: all that had been held for them."""
        strays = [row[0] for row in self.rows.query(_STRAYS, FREE, beyond(FREE))]
        for at in range(0, len(strays), AT_ONCE):
            names = strays[at : at + AT_ONCE]
            targets = [name.removeprefix(FREE) for name in names]
            notes = {row[1]: row[0] for row in self.rows.find(MARKET_EVENT, "id", targets)}
            holds = {row[1]: decode(row[1], row[5]) for row in self.rows.find(EVENT, "id", [HOLD + one for one in targets])}
            made = {}
            for name, target in zip(names, targets, strict=True):
                held = holds.get(HOLD + target)
                if target in notes and isinstance(held, Hold):
                    made[name] = (name, notes[target], spell_group(free(target, held.quantity).group))
            found = self.rows.find(MARKET_DUE, "id", names)
            self.said.compare(MARKET_DUE, {row[0]: row[:3] for row in found}, made)
            self.counts[MARKET_DUE.name] += len(made)
            self.check_settled([row for row in found if row[0] in made])

    def check_counts(self) -> None:
        """No trade, nothing due, no link and no movement of a market's name that the notes do not make."""
        for table in (MARKET_TRADE, MARKET_DUE):
            self.check_count(table.name, f"SELECT count(*) FROM {table.name}", self.counts[table.name])  # noqa: S608 - our own names
        self.check_count("ledger_link/market", "SELECT count(*) FROM ledger_link WHERE log = 'market'", self.seq)
        told = " OR ".join(["(id >= ? AND id < ?)"] * 4)
        ends = [end for one in (HOLD, TRADE, FREE, BACK) for end in (one, beyond(one))]
        text = f"SELECT count(*) FROM ledger_event WHERE {told}"  # noqa: S608 - our own names
        self.check_count(EVENT.name, text, self.counts["booked"], *ends)

    def check_count(self, at: str, text: str, made: int, *values: str) -> None:
        stands = self.rows.query(text, *values)[0][0]
        if stands != made:
            self.said.say(
                "count", at, f"{stands} 行，市场记录得 {made} 行", f"{stands} rows, the notes of the markets make {made}"
            )

    def check_held(self) -> None:
        """What is blocked is what rests in the markets, and what is due from them."""
        wanted, waiting = self.open, {}
        for hall in self.trading.halls.values():
            for thing in hall.things.values():
                if thing.state == "open":
                    wanted[HOLD + thing.asked.id] += _rest(hall, thing)
                elif thing.state == "asked":
                    waiting[HOLD + thing.asked.id] = thing.need.quantity
        text = "SELECT id, held FROM ledger_claim WHERE NOT ended AND id >= ? AND id < ?"
        held: dict[str, int] = dict(self.rows.query(text, HOLD, beyond(HOLD)))
        for name in sorted({*held, *wanted}):
            stands, due = held.get(name, 0), wanted.get(name, 0)
            if stands != due and not (name in waiting and stands == waiting[name]):
                self.said.say("held", name, f"冻结 {stands}，未了申报需 {due}", f"{stands} held, open requests need {due}")


def _rest(hall: Hall, thing: Thing) -> int:
    """What is still to be held for an open request."""
    asked = thing.asked
    if not isinstance(asked, Order):
        return thing.need.quantity
    left = hall.orders.left(asked.id)
    return hall.terms.amount(left, asked.price) if asked.side == "buy" else left


def _drawn(group: Iterable[Request]) -> Counter[str]:
    """What a group takes out of which hold."""
    drawn: Counter[str] = Counter()
    for one in group:
        if isinstance(one, Transfer | Release) and one.quantity is not None:
            drawn[one.hold] += one.quantity
    return drawn
