"""The log of credit projects looked at again: its links, its spelling, and that the ledger issued what was verified.

Invariant: no finding means that every row follows from its content and the rows before it, and that each period which is booked
stands in the ledger with the quantity that was verified.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from dafeng.core.labels import Label
from dafeng.ledger.audit_findings import AuditFindings
from dafeng.ledger.chain import START
from dafeng.ledger.credit_log import encode_step
from dafeng.ledger.logs import LOGS, beyond, link_row, read_notes
from dafeng.ledger.projects import Step
from dafeng.ledger.requests import Transfer, decode
from dafeng.store.ledger_rows import LedgerRows, Row
from dafeng.store.ledger_tables import CREDIT, EVENT, REVERSED

AT_ONCE = 500
"""Steps that are looked at together."""
TAKE_BACK = Label(
    "用 dafeng credit step … take_back 登记，该核算期回到已核查",
    "note it with dafeng credit step … take_back; the period is verified again",
)
_LOG = LOGS["credit"]


def check_credits(rows: LedgerRows, said: AuditFindings) -> None:
    """Audit the log of credit projects of a ledger.

    Parameters
    ----------
    rows : LedgerRows
        The database; nobody writes meanwhile.
    said : AuditFindings
        Gets what is wrong.
    """
    audit = _CreditAudit(rows, said)
    for notes in read_notes(rows, _LOG, at_once=AT_ONCE):
        audit.check_links(notes)
        for row in notes:
            audit.check_row(row)
    links = rows.query("SELECT count(*) FROM ledger_link WHERE log = 'credit'")[0][0]
    if links != audit.seq:
        said.say("count", "ledger_link/credit", f"{links} 个链值，{audit.seq} 个步骤", f"{links} links, {audit.seq} steps")
    audit.check_issued()


class _CreditAudit:
    """One run: the last step, and by period what was verified and whether it is booked."""

    def __init__(self, rows: LedgerRows, said: AuditFindings) -> None:
        self.rows, self.said = rows, said
        self.seq, self.at, self.hash = 0, 0, START
        self.verified: dict[str, Any] = {}
        self.booked: dict[str, Any] = {}
        self.backs: Counter[str] = Counter()
        self.returning: set[str] = set()
        self.returned: set[str] = set()

    def check_links(self, notes: list[Row]) -> None:
        found = self.rows.query(
            "SELECT seq, hash FROM ledger_link WHERE log = ? AND seq BETWEEN ? AND ?", _LOG.name, notes[0][0], notes[-1][0]
        )
        kept = {row[0]: bytes(row[1]) for row in found}
        for row in notes:
            self.hash = link_row(_LOG, self.hash, row)
            if kept.get(row[0]) != self.hash or bytes(row[6]) != self.hash:
                self.say("chain", row[0], "链值与内容不符", "its link does not follow from its content")
                self.hash = kept.get(row[0], self.hash)

    def say(self, rule: str, seq: int, zh: str, en: str) -> None:
        self.said.say(rule, f"{CREDIT.name}/{seq}", zh, en)

    def check_row(self, row: Row) -> None:
        seq, name, project, kind, known_at, content, _ = row
        if seq != self.seq + 1 or known_at < self.at:
            self.say("order", seq, "序号不连续或时刻倒退", "numbers have a gap, or the instant goes back")
        self.seq, self.at = seq, known_at
        try:
            step = Step(name, *json.loads(content))
            sound = encode_step(step) == content
        except (ValueError, TypeError):
            sound = False
        if not sound:
            self.said.stop(
                "content", f"{CREDIT.name}/{seq}", "步骤无法读取；其后未审核", "it cannot be read; no more was audited"
            )
        if (step.project, step.step) != (project, kind):
            self.say("changed", seq, "项目或步骤与内容不符", "project or step is not that of its content")
        self.take(step)

    def take(self, step: Step) -> None:
        key = f"credit:{step.project}:{step.values.get('start')}/{step.values.get('end')}"
        name = f"{key}:{self.backs[key] + 1}" if self.backs[key] else key
        if step.step == "verify":
            self.verified[key] = step.values.get("quantity")
        elif step.step == "book":
            self.booked[name] = self.verified.get(key)
        elif step.step == "take_back":
            self.returning.add(name)
        elif step.step in ("unbook", "keep"):
            self.returning.discard(name)
        if step.step == "unbook":
            self.backs[key] += 1
            self.returned.add(name)

    def check_issued(self) -> None:
        """What is booked of the projects is what was verified, and no issue under an id of the register is unknown to it."""
        names = list(self.booked)
        for at in range(0, len(names), AT_ONCE):
            part = names[at : at + AT_ONCE]
            events = {row[1]: row for row in self.rows.find(EVENT, "id", part)}
            for name in part:
                asked = decode(name, events[name][5]) if name in events else None
                issue = asked if isinstance(asked, Transfer) and asked.kind == "issue" else None
                if issue is None or issue.quantity != self._units(issue.giver, self.booked[name]):
                    self.said.say("settlement", name, "账簿发行量与核查量不符", "the ledger did not issue what was verified")
            gone = {row[0] for row in self.rows.find(REVERSED, "id", part)}
            for name in (one for one in part if one in self.returned and one not in gone):
                self.said.say(
                    "settlement",
                    name,
                    "登记为已撤销签发，账簿未冲回",
                    "the register says that it was taken back; the ledger has not reversed it",
                )
            for name in (one for one in part if one in gone and one not in self.returned and one not in self.returning):
                self.said.say(
                    "settlement",
                    name,
                    "登记为已签发，账簿已冲回",
                    "the register says that it is issued; the ledger has reversed it",
                    remedy=TAKE_BACK,
                )
        text = "SELECT count(*) FROM ledger_event WHERE id >= ? AND id < ? AND kind = 'issue'"
        issued = self.rows.query(text, "credit:", beyond("credit:"))[0][0]
        if issued > len(names) + self.waiting():
            self.said.say(
                "count",
                EVENT.name,
                f"发行 {issued} 次，登记 {len(names)} 次",
                f"issued {issued} times, of which the log knows {len(names)}",
            )

    def _units(self, giver: str, tonnes: Any) -> Any:
        """Minimal units of the book of an account."""
        found = self.rows.query(
            "SELECT b.scale FROM ledger_account a JOIN ledger_book b ON b.no = a.book WHERE a.name = ?", giver
        )
        return tonnes * 10 ** int(found[0][0]) if found and isinstance(tonnes, int) else tonnes

    def waiting(self) -> int:
        """Periods whose units are being issued: booked, perhaps, and not said so yet."""
        text = (
            "SELECT count(*) FROM ledger_credit i WHERE step = 'issue' AND NOT EXISTS (SELECT 1 FROM ledger_credit e"
            " WHERE e.id IN (i.id || ':book', i.id || ':return'))"
        )
        return int(self.rows.query(text)[0][0])
