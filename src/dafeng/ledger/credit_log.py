"""The log of credit projects in the database of the ledger: read whole, added to one step at a time.

Invariant: a step is checked against everything before it while nobody else writes; each row carries the hash of the one before;
the same step again gets the same answer, another one under its id is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from hashlib import sha256

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label
from dafeng.ledger.chain import START, link
from dafeng.ledger.eligibility import Schemes
from dafeng.ledger.ledger import Ledger, read_clock
from dafeng.ledger.logs import LOGS, extend_chain
from dafeng.ledger.project_rules import check
from dafeng.ledger.project_values import read_day_of
from dafeng.ledger.projects import Register, Step, step_kinds
from dafeng.ledger.refusals import Refusal
from dafeng.store.ledger_rows import LedgerRows, Row, select
from dafeng.store.ledger_tables import CREDIT

CHINA = timezone(timedelta(hours=8))
"""Time in which days are counted."""

_UNDONE: Mapping[str, tuple[str, ...]] = {"issue": ("return", "unbook"), "take_back": ("keep", "issue")}
"""Steps after which a step of a period may be needed again, beside those that begin the period anew."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step in the log.

    Parameters
    ----------
    seq : int
        Its number.
    step : Step
        The step.
    known_at : int
        Instant at which it was taken. [µs]
    again : bool
        Whether it had been taken before.
    """

    seq: int
    step: Step
    known_at: int
    again: bool = False


def encode_step(step: Step) -> str:
    """The one spelling of a step, without its id.

    Parameters
    ----------
    step : Step
        The step.

    Returns
    -------
    str
        A JSON array.
    """
    return json.dumps([step.project, step.step, step.who, step.day, dict(step.values)], ensure_ascii=False, sort_keys=True)


def read_steps(rows: LedgerRows) -> tuple[tuple[Taken, bytes], ...]:
    """Steps in the log with their hashes.

    Parameters
    ----------
    rows : LedgerRows
        The database.

    Returns
    -------
    tuple of (Taken, bytes)
        In order.

    Raises
    ------
    StoreError
        If a step does not follow from its hash: nothing is shown of it and no further step is taken.
    """
    found = rows.query(f"{select(CREDIT)} ORDER BY seq")
    broken = _first_break(found)
    if broken is not None:
        raise _broken(broken)
    made = []
    for seq, name, _, _, known_at, content, digest in found:
        project, step, who, day, values = json.loads(content)
        made.append((Taken(seq, Step(name, project, step, who, day, values), known_at), bytes(digest)))
    return tuple(made)


def read_register(rows: LedgerRows, schemes: Schemes) -> Register:
    """All projects and other uses as the log made them.

    Parameters
    ----------
    rows : LedgerRows
        The database.
    schemes : Schemes
        What they refer to.

    Returns
    -------
    Register
        At the last step.

    Raises
    ------
    StoreError
        If the chain of the log is broken.
    """
    register = Register(schemes)
    for taken, _ in read_steps(rows):
        register.take(taken.step)
    return register


def take_step(
    ledger: Ledger, step: Step, schemes: Schemes, holidays: Mapping[str, bool], *, now: int | None = None,
    also: Callable[[LedgerRows], None] | None = None,
) -> Taken:  # fmt: skip
    """Take a step if it may be taken; the same one again has the same answer.

    Parameters
    ----------
    ledger : Ledger
        An open ledger.
    step : Step
        The step; without an id it gets one that follows from its content.
    schemes : Schemes
        What it refers to.
    holidays : mapping
        From `read_holidays`.
    now : int, optional
        Instant; the machine's by default. [µs]
    also : callable, optional
        Looks at the ledger too, while nobody else writes; what it throws leaves all as it was.

    Returns
    -------
    Taken
        The step in the log, durable.

    Raises
    ------
    Refusal
        If it may not be taken; nothing was changed.
    StoreError
        If the chain of the log is broken; nothing was changed.
    """
    rows, kept = ledger.rows, False
    rows.begin()
    try:
        logged = read_steps(rows)
        content = encode_step(step)
        for taken, _ in logged:
            if taken.step.id == step.id:
                if encode_step(taken.step) != content:
                    raise Refusal("conflict", step.id)
                return replace(taken, again=True)
        if not step.id and (before := _find_same([taken for taken, _ in logged], step)) is not None:
            return replace(before, again=True)
        register = Register(schemes)
        for taken, _ in logged:
            register.take(taken.step)
        instant = read_clock() if now is None else now
        check(register, step, holidays)
        _check_past(step, instant)
        if also is not None:
            also(rows)
        step = step._replace(id=step.id or _name(step, content, len(logged)))
        last = logged[-1][0] if logged else None
        seq = 1 if last is None else last.seq + 1
        known_at = max(instant, 0 if last is None else last.known_at)
        digest = link(logged[-1][1] if logged else START, seq, seq, known_at, step.id, content)
        rows.write(CREDIT, [(seq, step.id, step.project, step.step, known_at, content, digest)])
        extend_chain(rows, LOGS["credit"])
        rows.commit()
        kept = True
        return Taken(seq, step, known_at)
    finally:
        if not kept:
            rows.rollback()


def _find_same(logged: Sequence[Taken], step: Step) -> Taken | None:
    """The step in the log with the same content, unless what came after it undid it."""
    content, found = encode_step(step), None
    for taken in logged:
        if encode_step(taken.step) == content:
            found = taken
        elif found is not None and _undoes(taken.step, found.step):
            found = None
    return found


def _undoes(later: Step, before: Step) -> bool:
    """Whether a step may be needed again after another one: the ledger refused, or the project or period began anew."""
    if later.project != before.project:
        return False
    if step_kinds()[before.step].of == "period":
        days = [(one.values.get("start"), one.values.get("end")) for one in (later, before)]
        return later.step in ("withdraw", "monitor", *_UNDONE.get(before.step, ("return",))) and days[0] == days[1]
    return later.step == "amend" and before.step in ("amend", "publish", "validate")


def _name(step: Step, content: str, before: int) -> str:
    return ":".join(("credit", step.project, step.step, str(before + 1), sha256(content.encode()).hexdigest()[:12]))


def _check_past(step: Step, instant: int) -> None:
    """No step is taken on a day that has not come in China."""
    today = datetime.fromtimestamp(instant // 1_000_000, CHINA).date()
    if read_day_of(step.day) > today:
        raise Refusal("day_wrong", f"{step.day} > {today}")


def find_break(rows: LedgerRows) -> int | None:
    """First step whose hash does not follow from what is before it.

    Parameters
    ----------
    rows : LedgerRows
        The database.

    Returns
    -------
    int or None
        Its number; ``None`` where the chain is whole.
    """
    return _first_break(rows.query(f"{select(CREDIT)} ORDER BY seq"))


def _first_break(found: Sequence[Row]) -> int | None:
    before = START
    for seq, name, project, step, known_at, content, digest in found:
        if bytes(digest) != link(before, seq, seq, known_at, name, content) or json.loads(content)[:2] != [project, step]:
            return int(seq)
        before = bytes(digest)
    return None


def _broken(seq: int) -> StoreError:
    return StoreError(
        Label(f"减排项目日志第 {seq} 步与其散列值不符", f"step {seq} of the log of credit projects does not fit its hash"),
        where=f"ledger_credit/{seq}",
        expected=Label("自首步起未被改动的日志", "a log that nobody changed since its first step"),
        remedy=Label(
            "用 dafeng ledger audit 审核，并从备份恢复；没有登记，也没有记账",
            "audit with dafeng ledger audit and restore the backup; no step was taken and nothing was booked",
        ),
    )
