"""What visitors without a login may know of a run: a document made by copying what is public, and nothing else.

Invariant: every part is named here before it is copied, so that a new part of the view document is internal until somebody
writes otherwise; no text of the run that speaks of several objects at once is copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dafeng.plans.verdict import BY_PROJECTION
from dafeng.work.publish_rules import Visibility
from dafeng.work.publish_traces import publish_traces

View = Mapping[str, Any]
VERDICTS = ("met", "on_course", "behind", "off_course", "not_due", "not_measurable")
"""Verdicts in the order in which they are told."""
_NUMBER = ("value", "unit", "year", "basis", "low", "high", "grade")
_TARGET = (
    "target", "year", "period", "comparator", "upper", "strength", "counting", "scope", "base_year", "verdict", "reason",
    "lacking", "required",
)  # fmt: skip
_SILENT: Mapping[str, Any] = {
    "verdict": "not_due",
    "reason": {"zh": "未到期；判断所依据的预测未公开", "en": "not due; the projection that it is judged by is not public"},
}
"""What is said of a target whose verdict rests on what is internal."""
_PEAK = ("year_p10", "year_p50", "year_p90", "probability_before_2030")
HISTORY = "history"
"""Id of the series of past emissions."""


@dataclass(frozen=True, slots=True)
class Published:
    """The public side of a run.

    Parameters
    ----------
    view : mapping
        The published document (``docs/public.md``).
    traces : mapping of str to mapping
        Explanations of its figures; one that rests on internal inputs says so and names none of them.
    """

    view: Mapping[str, Any]
    traces: Mapping[str, Mapping[str, Any]]


def publish(view: View, traces: Mapping[str, Mapping[str, Any]], rules: Visibility) -> Published:
    """Copy what is public.

    Parameters
    ----------
    view : mapping
        View document of a run.
    traces : mapping of str to mapping
        Address without the run → trace.
    rules : Visibility
        Rules of the city.

    Returns
    -------
    Published
        Document and explanations; an empty document where nothing is public.
    """
    copier = _Copier(view, rules)
    shown = {
        "schema": 1,
        "city": {key: view["city"][key] for key in ("code", "slug", "label")}
        | {"invented": view["city"].get("invented", False)},
        "year": view["year"],
        "run": {"id": view["run"]["id"], "at": view["run"]["at"]},
        "licence": _both(rules.terms),
        "contact": _both(rules.contact) if rules.contact else None,
        "indicators": copier.indicators(),
        "counts": copier.counts(),
        "peak": copier.peak(),
        "emissions": copier.emissions(),
        "energy": [*copier.energy()],
        "tasks": [*copier.tasks()],
        "measures": [*copier.measures()],
        "clashes": [*copier.clashes()],
        "hours": [*copier.hours()],
        "organisations": [row["name"] for row in view.get("organisations") or () if rules.shows("organisations", row["name"])],
        "sources": [*copier.sources()],
    }
    return Published(shown, publish_traces(shown, traces, rules))


def _both(label: Any) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def name_indicator(row: View) -> str:
    """Id of the article that a target belongs to.

    Parameters
    ----------
    row : mapping
        Row of ``verdicts``.

    Returns
    -------
    str
        Id of the indicator, that of the target where the indicator has none.
    """
    return str(row.get("indicator_id") or row["target"])


@dataclass(frozen=True, slots=True)
class _Copier:
    """Copies parts of one view under one set of rules."""

    view: View
    rules: Visibility

    def strip(self, address: Any) -> str | None:
        return str(address).removeprefix(f"{self.view['run']['id']}/") if address else None

    def number(self, number: View | None) -> dict[str, Any] | None:
        """A figure without what it is not allowed to name."""
        if number is None:
            return None
        kept = {key: number.get(key) for key in _NUMBER}
        source = number.get("source")
        return {
            **kept,
            "source": source if self.rules.shows("sources", source) else None,
            "address": self.strip(number.get("address")),
        }

    def indicators(self) -> list[dict[str, Any]]:
        """One entry per indicator with its public targets, the nearest first."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.view.get("verdicts") or ():
            if not self.rules.shows("targets", row["target"]):
                continue
            name = name_indicator(row)
            entry = found.setdefault(
                name,
                {
                    "id": name,
                    "label": row["indicator"],
                    "field": row["field"],
                    "unit": row["value"]["unit"],
                    "targets": [],
                    "actuals": [],
                },
            )
            entry["targets"].append(self.target(row))
            entry["actuals"] = max(entry["actuals"], self.points(row.get("actuals")), key=len)
        for entry in found.values():
            entry["targets"].sort(key=lambda target: (target["year"] or 0, target["target"]))
        return list(found.values())

    def target(self, row: View) -> dict[str, Any]:
        """One target; what rests on the pathway goes only where that is public."""
        modelled = self.sees_pathway()
        task = row.get("task")
        silent = self.is_silent(row)
        return {
            **{key: row.get(key) for key in _TARGET},
            **(_SILENT if silent else {}),
            "value": self.number(row["value"]),
            "actual": self.number(row.get("actual")),
            "projected": self.number(row.get("projected")) if modelled else None,
            "projected_verdict": row.get("projected_verdict") if modelled else None,
            "projection": row.get("projection") if modelled else None,
            "task": task if self.rules.shows("tasks", task) else None,
            "organisations": [name for name in row.get("organisations") or () if self.rules.shows("organisations", name)],
            "plan": self.plan(row),
            "address": None if silent else self.strip(row.get("address")),
        }

    def is_silent(self, row: View) -> bool:
        """Whether a verdict rests on the projection alone while that is internal."""
        reason = row.get("reason") or {}
        return reason.get("en") == BY_PROJECTION.en and not self.sees_pathway()

    def plan(self, row: View) -> str | None:
        """Title of the document with the clause, where the source of the target is public."""
        anchor, source = row.get("anchor"), (row.get("value") or {}).get("source")
        return anchor["document"] if anchor and self.rules.shows("sources", source) else None

    def points(self, points: Any) -> list[list[Any]]:
        return [[point[0], point[1], self.strip(point[2])] for point in points or ()]

    def sees_pathway(self) -> bool:
        """Whether the main scenario is public."""
        return self.rules.shows("pathway", (self.view.get("pathway") or {}).get("main"))

    def counts(self) -> dict[str, int]:
        """Verdicts of the public targets only."""
        rows = [row for row in self.view.get("verdicts") or () if self.rules.shows("targets", row["target"])]
        kept = [_SILENT["verdict"] if self.is_silent(row) else row["verdict"] for row in rows]
        return {name: kept.count(name) for name in VERDICTS}

    def peak(self) -> dict[str, Any] | None:
        """Chance of a peak in the main scenario."""
        pathway = self.view.get("pathway") or {}
        row = next((one for one in pathway.get("scenarios") or () if one["id"] == pathway.get("main")), None)
        if row is None or not self.sees_pathway():
            return None
        told = {key: self.strip(one.get("address")) for key, one in (row["peak"].get("told") or {}).items()}
        return {
            "scenario": row["id"], "label": row["label"], **{key: row["peak"][key] for key in _PEAK},
            "before": 2030, "addresses": told,
            "chances": [self.number(one) for one in row.get("chances") or ()],
        }  # fmt: skip

    def emissions(self) -> dict[str, Any] | None:
        """Past years."""
        found = self.view.get("emissions") or {}
        points = self.points(found.get("history"))
        if not points or not self.rules.shows("emissions", HISTORY):
            return None
        return {"unit": found["unit"], "label": found["label"], "history": points, "gaps": list(found.get("gaps") or ())}

    def energy(self) -> Iterator[dict[str, Any]]:
        """Official views of the years that are public."""
        for year in (self.view.get("energy") or {}).get("years") or ():
            if self.rules.shows("energy", str(year["year"])):
                for row in year["views"]:
                    yield {
                        "id": f"{year['year']}.{row['id']}",
                        "label": row["label"],
                        "year": year["year"],
                        "value": self.number(row["value"]),
                    }

    def tasks(self) -> Iterator[dict[str, Any]]:
        """Tasks with the public ones among their targets and organisations."""
        for row in self.view.get("tasks") or ():
            if self.rules.shows("tasks", row["id"]):
                yield {
                    "id": row["id"], "title": row["title"], "chapter": row.get("chapter"), "section": row.get("section"),
                    "targets": [one for one in row["targets"] if self.rules.shows("targets", one)],
                    "organisations": [one for one in row["organisations"] if self.rules.shows("organisations", one)],
                    "address": self.strip(row.get("address")),
                }  # fmt: skip

    def measures(self) -> Iterator[dict[str, Any]]:
        """What each measure avoids alone."""
        for row in (self.view.get("pathway") or {}).get("measures") or ():
            if self.rules.shows("measures", row["id"]):
                yield {"id": row["id"], "label": row["label"], "value": self.number(row["effect"])}

    def clashes(self) -> Iterator[dict[str, Any]]:
        """Sets whose own rule and whose targets' rules all say public."""
        for row in self.view.get("clashes") or ():
            targets = all(self.rules.shows("targets", one) for one in row["targets"])
            members = all(one.get("target") in row["targets"] for one in row["members"])
            if targets and members and self.rules.shows("clashes", row["id"]):
                yield {"id": row["id"], "label": row["title"], "year": row.get("year"), "targets": list(row["targets"])}

    def hours(self) -> Iterator[dict[str, Any]]:
        """Yearly totals of the hourly model."""
        for case in (self.view.get("power") or {}).get("cases") or ():
            if self.rules.shows("hours", case["id"]):
                for row in case["figures"]:
                    name = row.get("id") or row["label"]["en"]
                    yield {
                        "id": f"{case['id']}.{name}",
                        "case": case["label"],
                        "label": row["label"],
                        "value": self.number(row),
                    }

    def sources(self) -> Iterator[dict[str, Any]]:
        for row in self.view.get("sources") or ():
            if self.rules.shows("sources", row["id"]):
                yield {key: row.get(key) for key in ("id", "title", "publisher", "date", "url", "grade")}
