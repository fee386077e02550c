# ruff: noqa: E501 - a table of invented rows reads best with one row per line
"""The schedule of the invented plan: what was delivered, what was concluded, what is pressed. Everything here is made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.plans.schedule_document import list_places

Row = dict[str, Any]
#        begins, ends, place, worst verdict, layer
TIMED: Mapping[str, tuple[str | None, str | None, str, str, int]] = {
    "K1": ("2024", "2026-06", "late", "behind", 0),
    "K2": ("2026", "2030", "under_way", "behind", 1),
    "K3": (None, "2030", "risk", "off_course", 0),
    "K4": (None, None, "open", "not_measurable", 0),
    "K5": ("2021", "2025", "done", "met", 0),
}


def moment(said: str | None, origin: str) -> Row | None:
    """One end of a task."""
    return None if said is None else {"said": said, "origin": origin}


def link(first: str, second: str, kind: str, names: tuple[str, str], **more: Any) -> Row:
    """A link of the invented plan."""
    label = {"zh": names[0], "en": names[1]}
    base = {"origin": "derived", "ordered": False, "why": label, "source": "dafeng", "grounds": [], "lag": 0, "slack": None}
    return {"first": first, "second": second, "kind": kind, "label": label, "bound": False, **base, **more}


def schedule(tasks: Sequence[Row], verdicts: Sequence[Row]) -> Row:
    """Times and links of the invented tasks."""
    due = {row["target"]: row for row in verdicts}
    rows = []
    for task in tasks:
        begins, ends, place, verdict, layer = TIMED[task["id"]]
        marks = [
            {"id": name, "year": due[name]["year"], "sign": "≥", "says": due[name]["indicator"], "verdict": due[name]["verdict"],
             "projected": due[name]["projected_verdict"]}
            for name in task["targets"]
        ]  # fmt: skip
        marks += [{"id": "G1", "year": 2025, "sign": "", "says": {"zh": "体系<b>基本</b>建成", "en": "体系<b>基本</b>建成"},
                   "verdict": None, "projected": None}] if task["id"] == "K1" else []  # fmt: skip
        report = {
            "state": place,
            "date": "2026-01-05",
            "note": "首批<b>完成</b>",
            "source": "市能源局报告",
            "at": "task_progress.csv:2",
        }
        rows.append({
            "id": task["id"], "begins": moment(begins, "delivered"), "ends": moment(ends, "stated"), "marks": marks, "verdict": verdict,
            "place": place, "layer": layer, "lacking": ["owner"] if task["id"] == "K5" else ["year"] if ends is None else [],
            "report": report if place in ("late", "under_way", "done") else None,
        })  # fmt: skip
    return {
        "day": "2026-01-15",
        "places": list_places(),
        "tasks": rows,
        "links": [
            link("K1", "K2", "end_end", ("完成后才能完成", "must end first"), origin="delivered", ordered=True, slack=4.5, source="会议<i>纪要</i>"),
            link("K1", "K3", "clash", ("目标相互牵制", "targets restrict each other"), grounds=["clashes/1"]),
        ],
        "circles": [],
        "chain": {"tasks": ["K1", "K2"], "slack": 4.5},
        "warnings": [{"task": "K2", "by": "K1", "way": ["K1", "K2"], "troubles": ["late"]}],
        "findings": [],
    }  # fmt: skip
