"""A city where people have joined carbon inclusion and a table of enterprises was delivered."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dafeng.ledger.inclusion.bundles import aggregate_reductions
from dafeng.ledger.inclusion.events import CHINA
from dafeng.ledger.inclusion.operators import make_key
from dafeng.ledger.inclusion.webhook import Key, sign
from dafeng.work.city import City
from dafeng.work.inclusion import join_inclusion, open_inclusion
from dafeng.work.inclusion_messages import answer_batch

PEOPLE = tuple(f"1380000000{number}" for number in range(7))
OPERATOR = "青岚地铁"
BUNDLE = "2026-q1"
TABLE = """企业编号,企业名称,年份,行业,综合能耗（吨标准煤）,碳排放量（吨）,工业总产值（万元）,工业增加值（万元）
QL-01,青岚钢铁,2024,C31,118000,318000,250000,56000
QL-01,青岚钢铁,2025,C31,115000,305000,258000,58000
QL-02,海青铸造,2025,C31,21000,40000,61000,15000
QL-03,青岚水泥,2025,C30,42000,,41000,11000
"""
RULES = """cutoffs:
  - {scale: shandong, indicator: emission_intensity, against: value, values: [0.5, 1, 2], inclusive: better, source: dafeng,
     date: "2025-03-01"}
"""


def fill_inclusion(city: City) -> tuple[list[str], Key]:
    """Pseudonyms of seven who joined three days ago, and a key; six trips of which a bundle was made, and one claimed twice."""
    clock = [int(time.time()) - 3 * 86400]
    with open_inclusion(city, clock=lambda: clock[0]) as programme:
        people = [join_inclusion(programme, one, consent=True) for one in PEOPLE]
        made, secret = make_key(programme.rows, programme.secret, OPERATOR, scenes=[], days=30, who="李四", now=clock[0])
        clock[0] = int(time.time())
        rows = [event(one, f"ticket-{one}", hours=30, place=city.code) for one in PEOPLE[:6]]
        answer_batch(programme, rows)
        answer_batch(programme, [event(PEOPLE[6], f"ticket-{PEOPLE[0]}", hours=30, place=city.code)])
        last = datetime.fromisoformat(rows[0]["started"]).date() + timedelta(days=1)
        aggregate_reductions(programme, BUNDLE, before=last.isoformat())
    return people, Key(made.id, secret, made.begin, made.end)


def fill_enterprises(city: City) -> None:
    """Three enterprises, one of them without a figure of emissions."""
    folder = city.overlay / "enterprises"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "accounts.csv").write_text(TABLE, encoding="utf-8")
    (folder / "enterprises.yaml").write_text(RULES, encoding="utf-8")


def event(person: str, evidence: str, *, scene: str = "metro", hours: float = 2, **fields: Any) -> dict[str, Any]:
    """Fields of a trip of twenty minutes so many hours ago."""
    begin = datetime.now(CHINA).replace(microsecond=0) - timedelta(hours=hours)
    given = {
        "scene": scene, "person": person, "evidence": evidence, "started": begin.isoformat(),
        "ended": (begin + timedelta(minutes=20)).isoformat(), "amount": "1", "place": "990200",
    }  # fmt: skip
    return {**given, **fields}


def message(key: Key, *events: dict[str, Any], at: int = 0) -> tuple[bytes, dict[str, str]]:
    """A body and its headers, signed now unless another instant is given."""
    body = json.dumps({"events": list(events)}, ensure_ascii=False).encode()
    return body, {"Dafeng-Signature": sign(body, key, at or int(time.time())), "content-type": "application/json"}


def rows_of(folder: Path, *events: dict[str, Any]) -> Path:
    """A file of events."""
    heads = ("scene", "person", "evidence", "started", "ended", "amount", "place")
    lines = [",".join(heads), *(",".join(str(one[head]) for head in heads) for one in events)]
    path = folder / "events.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
