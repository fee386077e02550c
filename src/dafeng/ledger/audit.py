"""Everything that was ever booked is booked again, and every row of the database compared with what that gives.

Invariant: no finding means that each table holds exactly the rows which the rules make of the log, that the log's chain is
unbroken and every sum comes out, and that markets and credit projects did what their logs say; memory grows with accounts and
living blocks, not with events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from itertools import groupby
from typing import Any

from dafeng.core.findings import Finding
from dafeng.ledger.audit_findings import AuditEnd, AuditFindings
from dafeng.ledger.credit_audit import check_credits
from dafeng.ledger.ledger import Ledger
from dafeng.ledger.logs import LOGS
from dafeng.ledger.market.audit import check_markets
from dafeng.ledger.refusals import Booked
from dafeng.ledger.requests import Request, Reverse, decode
from dafeng.ledger.rules import apply
from dafeng.ledger.state import Original, State, account_row, block_row, book_row, claim_row
from dafeng.store.ledger_rows import LedgerRows, Row, failures, select
from dafeng.store.ledger_tables import ACCOUNT, BLOCK, BOOK, CLAIM, EVENT, LINK, MOVE, POSTING, REVERSED, TAKEN, Table
from dafeng.store.schema_flaws import SchemaFlaw, find_flaws

CHUNK = 2000
"""Events that are replayed at once."""


Check = Callable[[LedgerRows, AuditFindings], None]
"""Looks at a database to which nobody writes, and says what is wrong."""


def verify(ledger: Ledger, *, beside: Sequence[Check] = (), flaws: Sequence[SchemaFlaw] = ()) -> list[Finding]:
    """Audit a ledger; writers wait meanwhile.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    beside : sequence of Check, optional
        Further checks, of what hangs on the ledger and lies elsewhere; they come last.
    flaws : sequence of SchemaFlaw, optional
        What was wrong with its tables before it was opened, which puts back what is missing.

    Returns
    -------
    list of Finding
        What is wrong and where (``table/key``), at most `MOST_FINDINGS`; without errors if all is as it was booked. What could
        not be compared is told with the severity ``info``.
    """
    with ledger.standing() as rows:
        said = AuditFindings()
        checks: list[Check] = [partial(_check_schema, flaws=flaws), _check_ledger, check_markets, check_credits, _check_logs]
        for check in (*checks, *beside):
            try:
                check(rows, said)
            except AuditEnd:
                continue
            except failures() as cause:
                with suppress(AuditEnd):
                    said.say("readable", "ledger", f"数据库无法读取：{cause}", f"the database cannot be read: {cause}")
                break
        return said.found


def _check_schema(rows: LedgerRows, said: AuditFindings, *, flaws: Sequence[SchemaFlaw]) -> None:
    for flaw in dict.fromkeys((*flaws, *find_flaws(rows))):
        said.tell_flaw("schema", flaw)


def _check_ledger(rows: LedgerRows, said: AuditFindings) -> None:
    _Audit(rows, said).run()


def _check_logs(rows: LedgerRows, said: AuditFindings) -> None:
    for (name,) in rows.query("SELECT DISTINCT log FROM ledger_link ORDER BY log"):
        if name not in LOGS:
            said.say("extra", f"{LINK.name}/{name}", "没有这种日志", "there is no such log")


class _Audit:
    """One run: what was found, the state that the replay has reached, and how many rows ended on the way."""

    def __init__(self, rows: LedgerRows, said: AuditFindings) -> None:
        self.rows = rows
        self.say, self.compare = said.say, said.compare
        self.state = State()
        self.counts = {table.name: 0 for table in (EVENT, MOVE, REVERSED, TAKEN, CLAIM, BLOCK)}
        self.last: dict[int, int] = {}

    def run(self) -> None:
        for text in self.rows.damage():
            self.say("file", "ledger", f"数据库文件损坏：{text}", f"the database file is damaged: {text}")
        for (name,) in self.rows.query("SELECT id FROM ledger_event GROUP BY id HAVING count(*) > 1 LIMIT 9"):
            self.say("id", f"{EVENT.name}/{name}", "同一编号入账两次", "one id was booked twice")
        with closing(self.rows.scan(f"{select(POSTING)} ORDER BY seq, account")) as scanned:
            postings = _Postings(scanned)
            for chunk in self.chunks():
                self.replay(chunk)
                self.check_chunk(chunk, postings)
                self.state.forget()
            for row in postings.rest():
                self.say("extra", f"{POSTING.name}/{row[0]}/{row[1]}", "多出的分录", "a posting that nothing booked")
        self.check_rest()
        self.check_sums()
        self.check_tiling()

    def chunks(self) -> Iterator[list[Row]]:
        """Events in order, never splitting a group."""
        after = 0
        while True:
            text = f"{select(EVENT)} WHERE seq > ? ORDER BY seq LIMIT {CHUNK}"
            chunk: list[Row] = list(self.rows.query(text, after))
            if chunk:
                chunk += self.rows.query(f"{select(EVENT)} WHERE seq > ? AND grp = ? ORDER BY seq", chunk[-1][0], chunk[-1][2])
                yield chunk
                after = chunk[-1][0]
            if len(chunk) < CHUNK:
                return

    def replay(self, chunk: list[Row]) -> None:
        state = self.state
        for table in (state.done, state.originals, state.reversed, state.taken):
            table.clear()
        requests = [self.read(row) for row in chunk]
        self.bring_originals(chunk[0][0], requests)
        for _, group in groupby(zip(chunk, requests, strict=True), key=lambda one: one[0][2]):
            pairs = list(group)
            head = pairs[0][0]
            answers = apply(state, [[request for _, request in pairs]], head[3])[0]
            for (row, _), answer in zip(pairs, answers, strict=True):
                if not isinstance(answer, Booked) or answer.again:
                    at = f"{EVENT.name}/{row[0]}"
                    self.say(
                        "refused",
                        at,
                        f"重新入账被拒绝：{answer}；其后未审核",
                        f"cannot be booked: {answer}; no more was audited",
                    )
                    raise AuditEnd

    def read(self, row: Row) -> Request:
        try:
            return decode(row[1], row[5])
        except (ValueError, KeyError, TypeError) as cause:
            self.say("content", f"{EVENT.name}/{row[0]}", f"请求无法读取：{cause}", f"the request cannot be read: {cause}")
            raise AuditEnd from cause

    def bring_originals(self, first: int, requests: Sequence[Request]) -> None:
        """Movements of earlier chunks, whose rows have been compared already."""
        wanted = {request.transfer for request in requests if isinstance(request, Reverse)}
        events = [row for row in self.rows.find(EVENT, "id", wanted) if row[9] and row[0] < first]
        moves = self.rows.find(MOVE, "seq", [row[0] for row in events])
        names = self.state.by_number
        for row in events:
            if row[7] in names and row[8] in names:
                spans = tuple(sorted((move[2], move[3]) for move in moves if move[0] == row[0]))
                self.state.originals[row[1]] = Original(row[0], row[6], names[row[7]].name, names[row[8]].name, row[9], spans)

    def check_chunk(self, chunk: list[Row], postings: _Postings) -> None:
        state, last = self.state, self.state.seq
        self.compare(EVENT, {row[0]: row for row in chunk}, {event.seq: event for event in state.events})
        told = postings.until(last)
        self.compare(POSTING, {row[:2]: row for row in told}, {row[:2]: row for row in state.postings})
        for row in told:
            self.last[row[0]] = row[4]
        for seq, group in groupby(told, key=lambda row: row[1]):
            if sum(row[3] for row in group):
                self.say("sum", f"{POSTING.name}/{seq}", "分录之和不为零", "the postings of an event do not sum to zero")
        moves = self.rows.query(f"{select(MOVE)} WHERE seq BETWEEN ? AND ?", chunk[0][0], last)
        self.compare(MOVE, {row[:3]: row for row in moves}, {row[:3]: row for row in state.moves})
        self.look_up(REVERSED, "id", state.newly_reversed)
        self.look_up(TAKEN, "key", state.newly_taken)
        over = [claim for claim in state.changed_claims if claim.over]
        self.look_up(CLAIM, "id", [claim_row(claim) for claim in over])
        for claim in over:
            state.claims.pop(claim.id, None)
        self.look_up(BLOCK, "no", [block_row(block) for block in state.changed_blocks.values() if not block.alive])
        self.counts[EVENT.name] += len(state.events)
        self.counts[MOVE.name] += len(state.moves)

    def look_up(self, table: Table, column: str, made: Sequence[Row]) -> None:
        """Rows that will not change any more are compared now."""
        self.counts[table.name] += len(made)
        found = {row[0]: row for row in self.rows.find(table, column, [row[0] for row in made])}
        self.compare(table, found, {row[0]: row for row in made})

    def check_rest(self) -> None:
        """What may still change is as the replay left it, and of what cannot there is no more than it made."""
        state = self.state
        scan = self.rows.scan
        self.compare(BOOK, {row[0]: row for row in scan(select(BOOK))}, {one.no: book_row(one) for one in state.books.values()})
        self.stream(ACCOUNT, "", {one.no: account_row(one) for one in state.accounts.values()})
        self.stream(CLAIM, " WHERE NOT ended", {name: claim_row(one) for name, one in state.claims.items()})
        living: dict[Any, Row] = {block.no: block_row(block) for one in state.accounts.values() for block in one.blocks}
        self.stream(BLOCK, " WHERE alive", living)
        ended = {CLAIM.name: " WHERE ended", BLOCK.name: " WHERE NOT alive"}
        for name, count in self.counts.items():
            stands = self.rows.query(f"SELECT count(*) FROM {name}{ended.get(name, '')}")[0][0]  # noqa: S608 - our own names
            if stands != count:
                self.say("count", name, f"{stands} 行，入账得 {count} 行", f"{stands} rows, the log makes {count}")

    def stream(self, table: Table, where: str, made: dict[Any, Row]) -> None:
        for row in self.rows.scan(select(table) + where):
            self.compare(table, {row[0]: row}, {row[0]: made.pop(row[0])} if row[0] in made else {})
        self.compare(table, {}, made)

    def check_sums(self) -> None:
        """Of every book the balances sum to zero, and each is what its last posting left; read from the rows, not replayed."""
        sums: dict[int, int] = defaultdict(int)
        for no, book, balance in self.rows.scan("SELECT no, book, balance FROM ledger_account"):
            sums[book] += balance
            if self.last.get(no, 0) != balance:
                self.say(
                    "balance", f"{ACCOUNT.name}/{no}", "余额与末笔分录不符", "the balance is not what its last posting left"
                )
        for book, total in sums.items():
            if total:
                self.say("sum", f"{BOOK.name}/{book}", f"余额合计 {total}", f"the balances sum to {total}")

    def check_tiling(self) -> None:
        """Living blocks of a book cover its numbers once each, and lie in accounts of that book."""
        ends: dict[int, int] = dict(self.rows.query("SELECT no, next FROM ledger_book"))
        next_one = dict.fromkeys(ends, 1)
        text = (
            "SELECT b.no, b.book, b.first, b.last, a.book FROM ledger_block b LEFT JOIN ledger_account a ON a.no = b.account"
            " WHERE b.alive ORDER BY b.book, b.first, b.last"
        )
        for no, book, first, last, home in self.rows.scan(text):
            if home != book:
                self.say("holder", f"{BLOCK.name}/{no}", "持有账户不在该账簿", "its holder is not of its book")
            if first != next_one.get(book) or last < first:
                self.say("tiling", f"{BLOCK.name}/{no}", "区块重叠或有缺口", "the blocks overlap or leave a gap")
            next_one[book] = last + 1
        for book, end in next_one.items():
            if end != ends.get(book):
                self.say("tiling", f"{BOOK.name}/{book}", "区块未覆盖全部编号", "the blocks do not cover all numbers")


class _Postings:
    """Postings in the order of the log, which is not that of their table: the database sorts them outside of memory."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._next: Row | None = next(self._rows, None)

    def until(self, seq: int) -> list[Any]:
        """Those up to an event."""
        taken = []
        while self._next is not None and self._next[1] <= seq:
            taken.append(self._next)
            self._next = next(self._rows, None)
        return taken

    def rest(self) -> Iterator[Row]:
        """Those after the last event."""
        while self._next is not None:
            yield self._next
            self._next = next(self._rows, None)
