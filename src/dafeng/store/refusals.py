"""What a store of facts does not take in, and the words with which it says so.

Invariant: a delivery is refused as a whole, before anything of it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dafeng.core.errors import StoreError
from dafeng.core.labels import Label
from dafeng.store.engine import LocalEngine
from dafeng.store.lots import Lot

REASONS: Mapping[str, Label] = {
    "lot": Label("批次列与批次号不符", "the lot column differs from the lot's id"),
    "twice": Label("批次内编号重复", "ids occur twice in the lot"),
    "late": Label("获知时间晚于交付时间", "known later than delivered"),
    "early": Label("期间尚未开始，是预测而非事实", "the period had not begun: a forecast is no fact"),
    "orphan": Label("所替代的事实不存在", "the replaced fact does not exist"),
}
CHECKS = """
SELECT f.fact AS fact, CASE
  WHEN f.lot <> getvariable('lot') THEN 'lot'
  WHEN f.known_at > getvariable('received') THEN 'late'
  WHEN split_part(f.period, '/', 1) > left(strftime(f.known_at, '%Y-%m-%d'), length(split_part(f.period, '/', 1))) THEN 'early'
END AS reason FROM fresh AS f WHERE reason IS NOT NULL
UNION ALL
SELECT t.fact, 'twice' FROM (SELECT f.fact AS fact, count(*) AS n FROM fresh AS f GROUP BY f.fact) AS t WHERE t.n > 1
UNION ALL
SELECT f.fact, 'orphan' FROM fresh AS f WHERE f.supersedes IS NOT NULL AND (f.supersedes = f.fact OR
  (NOT EXISTS (SELECT 1 FROM stored AS s WHERE s.fact = f.supersedes)
   AND NOT EXISTS (SELECT 1 FROM fresh AS g WHERE g.fact = f.supersedes)))
ORDER BY 2, 1
"""


def refuse(folder: Path, what: Label) -> StoreError:
    """The error for something a store does not take in.

    Parameters
    ----------
    folder : Path
        The store.
    what : Label
        What is wrong.

    Returns
    -------
    StoreError
        To be raised by the caller.
    """
    return StoreError(
        what,
        where=str(folder),
        expected=Label("自洽、尚未入库的交付", "a consistent delivery that is not in the store yet"),
        remedy=Label("改正交付内容后重新提交；库中内容未变", "mend the delivery and hand it in again; the store is unchanged"),
    )


def check_instant(instant: datetime, name: str) -> datetime:
    """The same instant, if it has a time zone.

    Parameters
    ----------
    instant : datetime
        Any instant.
    name : str
        Name of the option, for the message.

    Returns
    -------
    datetime
        In UTC.

    Raises
    ------
    StoreError
        If it has no time zone.
    """
    if instant.tzinfo is None:
        raise StoreError(
            Label(f"时间 {instant.isoformat()} 没有时区", f"instant {instant.isoformat()} has no time zone"),
            where=name,
            expected=Label("带时区的时间", "an instant with a time zone"),
            remedy=Label("加上时区，例如 +08:00", "add the time zone, e.g. +08:00"),
        )
    return instant.astimezone(UTC)


def check_delivery(engine: LocalEngine, folder: Path, lot: Lot) -> None:
    """Refuse a delivery that contradicts itself or the store.

    Parameters
    ----------
    engine : LocalEngine
        With the delivery as ``fresh`` and the ids of the store as ``stored``.
    folder : Path
        The store, for the message.
    lot : Lot
        The lot it claims to be.

    Raises
    ------
    StoreError
        Naming the first reason and the facts it holds for.
    """
    check_instant(lot.received, "received")
    engine.let("lot", lot.id)
    engine.let("received", lot.received)
    problems = engine.scan(CHECKS)
    if problems.num_rows:
        raise refuse(folder, _say(problems))


def _say(problems: pa.Table) -> Label:
    reason = problems.column("reason")[0].as_py()
    facts = problems.filter(pc.equal(problems.column("reason"), reason)).column("fact").to_pylist()
    listed = ", ".join(facts[:5]) + (" …" if len(facts) > 5 else "")
    told = REASONS[reason]
    return Label(f"{told.zh}：{len(facts)} 条（{listed}）", f"{told.en}: {len(facts)} facts ({listed})")


def is_out_of_order(identities: pa.Table, known_at: datetime) -> bool:
    """Whether a row would replace a fact that became known later than itself.

    Parameters
    ----------
    identities : pyarrow.Table
        From `dafeng.store.identity.identify`.
    known_at : datetime
        When the rows were known.

    Returns
    -------
    bool
        True if the past would have to be rewritten.
    """
    latest = pc.max(identities.column("before")).as_py()
    return latest is not None and latest > known_at
