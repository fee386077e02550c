"""``reconcile``: can all targets of the plan hold at once, and with what is known?

Invariant: a clash is a proven minimal set of clauses and facts (without any one of them the rest can hold); nothing
here is a text written in advance, every sentence is formed from the rows and their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.energy.rows import Conflict
from dafeng.library.indicators import Catalogue
from dafeng.library.overlay import shipped
from dafeng.library.rules import RuleBook
from dafeng.library.strict import load_yaml
from dafeng.pathways.consistency import Goal, Row, goal_rows, identity_rows, split_ratio
from dafeng.plans.plan import Plan
from dafeng.work.feasibility import find_conflicts
from dafeng.work.project import Projection
from dafeng.work.targets import about_width, listed, trace_target
from dafeng.work.tracing import TraceBook, number_text
from dafeng.work.wording import percent, say

UNIT = "万千瓦"
"""Unit of the capacity rows."""


@dataclass(frozen=True, slots=True)
class Member:
    """One clause or fact in a clash.

    Parameters
    ----------
    address : str
        Its trace.
    label : Label
        What it says.
    target : str or None
        Target id where it is a clause.
    """

    address: str
    label: Label
    target: str | None


@dataclass(frozen=True, slots=True)
class Clash:
    """A minimal set of clauses and facts that cannot hold together.

    Parameters
    ----------
    id : str
        Id inside the run.
    year : int
        Year it speaks of.
    counting : str
        Which capacities were summed.
    reading : str
        ``band`` where “about” holds on both sides, ``least`` where it is read as at least.
    members : tuple of Member
        The set.
    slack : float
        Smallest amount by which one member must give way if the others hold. [unit]
    unit : str
        Unit of the slack.
    gives : Label
        Which member gives way at that amount.
    ways : tuple of (Label, float)
        Each member with the amount by which it alone would have to give way. [unit]
    address : str
        Address of its trace.
    explanation : Label
        In words.
    """

    id: str
    year: int
    counting: str
    reading: str
    members: tuple[Member, ...]
    slack: float
    unit: str
    gives: Label
    ways: tuple[tuple[Label, float], ...]
    address: str
    explanation: Label


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What can and what cannot hold together.

    Parameters
    ----------
    clashes : tuple of Clash
        All minimal clashing sets, smallest first.
    combinations : mapping of str to tuple of str
        Addresses of the clashes per ``year.counting.reading``; none where all rows hold together.
    tested : tuple of str
        Targets that were held against one another.
    projection : Projection
        What it was held against.
    plan : Plan
        The plan.
    traces : TraceBook
        Explanations.
    findings : tuple of Finding
        Targets that could not be put into rows.
    """

    clashes: tuple[Clash, ...]
    combinations: Mapping[str, tuple[str, ...]]
    tested: tuple[str, ...]
    projection: Projection
    plan: Plan
    traces: TraceBook
    findings: tuple[Finding, ...]


def reconcile(plan: Plan, projection: Projection) -> Reconciliation:
    """Hold the targets of a plan against one another and against what is known.

    Parameters
    ----------
    plan : Plan
        The plan.
    projection : Projection
        Pathways and projected indicators of the city.

    Returns
    -------
    Reconciliation
        All minimal clashes per year, counting rule and reading of “about”.

    Raises
    ------
    SolveError
        If a row system can be neither solved nor proved infeasible.
    """
    traces = TraceBook(projection.traces)
    catalogue = projection.city.catalogue()
    rules = load_yaml(shipped() / "consistency" / "power.yaml")
    book = projection.city.rules()
    clashes: dict[tuple[str, ...], Clash] = {}
    combinations: dict[str, tuple[str, ...]] = {}
    tested: list[str] = []
    for year in sorted({t.year for t in plan.targets if t.year is not None}):
        goals = _goals(plan, catalogue, year, rules, book, traces)
        tested += [goal.target for goal in goals]
        evidence, labels = _evidence(rules, projection, year)
        for counting in rules["countings"]:
            for reading in ("least", "band"):
                rows = (
                    *identity_rows([*rules["identities"], *counting["identities"]]),
                    *goal_rows(goals, about_as_least=reading == "least"),
                    *evidence,
                )
                sets = find_conflicts(rows)
                context = Context(year, counting["label"], counting["id"], reading, labels, float(book.value("about.share")))
                kept = tuple(_keep(conflict, rows, context, clashes, traces) for conflict in sets)
                combinations[f"{year}.{counting['id']}.{reading}"] = tuple(dict.fromkeys(kept))
    ordered = sorted(clashes.values(), key=lambda c: (len(c.members), c.id))
    return Reconciliation(
        tuple(ordered), combinations, tuple(tested), projection, plan, traces, _unplaced(plan, catalogue, rules)
    )


def _variables(rules: Mapping[str, Any]) -> set[str]:
    listed_rows = [*rules["identities"], *(row for counting in rules["countings"] for row in counting["identities"])]
    return {name for row in listed_rows for name in row["terms"]}


def _goals(
    plan: Plan, catalogue: Catalogue, year: int, rules: Mapping[str, Any], book: RuleBook, traces: TraceBook
) -> list[Goal]:
    known = _variables(rules)
    goals = []
    for target, indicator, value in listed(plan, catalogue):
        if target.year != year or indicator is None or value is None:
            continue
        ratio = split_ratio(indicator.definition)
        if not ({indicator.id} <= known or (ratio is not None and set(ratio) <= known)):
            continue
        address = trace_target(target, indicator, plan, traces)
        width = about_width(indicator, float(value), book)
        rising = indicator.direction != "decrease"
        goals.append(
            Goal(target.id, indicator.id, indicator.definition, target.comparator, float(value), width, address, rising)
        )
    return goals


def _evidence(rules: Mapping[str, Any], projection: Projection, year: int) -> tuple[tuple[Row, ...], Mapping[str, Label]]:
    rows = []
    labels = {}
    for item in rules["evidence"]:
        series = [s for s in projection.scores.of(item["indicator"]) if (s.basis == "projected") == item["projected"]]
        usable = [s for s in series if s.year == year] if item["projected"] else [s for s in series if s.year <= year]
        if usable:
            score = usable[-1]
            rows.append(Row(item["id"], {item["indicator"]: 1.0}, item["sense"], score.value, score.unit, score.address))
            zh, en = say(score.value, score.unit, "zh"), say(score.value, score.unit, "en")
            told = Label(**item["says"])
            labels[item["id"]] = Label(f"{told.zh}（{score.year}年 {zh}）", f"{told.en} ({score.year}: {en})")
    return tuple(rows), labels


@dataclass(frozen=True, slots=True)
class Context:
    """Under which rules a clash was found.

    Parameters
    ----------
    year : int
        Year.
    label : mapping
        Name of the counting rule.
    counting : str
        Id of the counting rule.
    reading : str
        ``band`` or ``least``.
    evidence : mapping of str to Label
        What each row of evidence says, with its figure.
    about : float
        Width of “about” on each side of a value. [1]
    """

    year: int
    label: Mapping[str, str]
    counting: str
    reading: str
    evidence: Mapping[str, Label]
    about: float


def _keep(
    conflict: Conflict, rows: Sequence[Row], context: Context, clashes: dict[tuple[str, ...], Clash], traces: TraceBook
) -> str:
    by_name = {row.name: row for row in rows}
    found = [by_name[name] for name in conflict.rows]
    key = tuple(sorted({row.address for row in found}))
    if key in clashes:
        return clashes[key].address
    members = tuple(_member(row, context, traces) for row in found)
    ways = tuple((member.label, conflict.shortfall[row.name]) for member, row in zip(members, found, strict=True))
    gives, slack = min(ways, key=lambda way: way[1])
    explanation = _explain(context, members, slack, gives)
    number = str(len(clashes) + 1)
    address = traces.add(
        Trace(
            address=f"clashes/{number}",
            kind="clash",
            says=explanation,
            value=number_text(slack),
            unit=UNIT,
            year=context.year,
            inputs=key,
            grade="derived",
        )
    )
    clashes[key] = Clash(
        number, context.year, context.counting, context.reading, members, slack, UNIT, gives, ways, address, explanation
    )
    return address


def _member(row: Row, context: Context, traces: TraceBook) -> Member:
    if row.name in context.evidence:
        return Member(row.address, context.evidence[row.name], None)
    return Member(row.address, traces.get(row.address).says, row.name.split(":")[0])


def _explain(context: Context, members: Sequence[Member], slack: float, gives: Label) -> Label:
    width = percent(context.about, digits=0)
    about = {
        "band": (f"“左右”按±{width}理解", f"'about' read as ±{width}"),
        "least": (f"“左右”按不低于−{width}理解", f"'about' read as at least −{width}"),
    }[context.reading]
    zh = "；".join(dict.fromkeys(member.label.zh for member in members))
    en = "; ".join(dict.fromkeys(member.label.en for member in members))
    head = f"{context.year}年，{context.label['zh']}，{about[0]}：", f"{context.year}, {context.label['en']}, {about[1]}: "
    return Label(
        f"{head[0]}{zh}。以上不能同时成立；至少须放宽 {say(slack, UNIT, 'zh')}（{gives.zh}）。",
        f"{head[1]}{en}. These cannot hold together; at least {say(slack, UNIT, 'en')} must give way ({gives.en}).",
    )


def _unplaced(plan: Plan, catalogue: Catalogue, rules: Mapping[str, Any]) -> tuple[Finding, ...]:
    known = _variables(rules)
    names = []
    for _, indicator, value in listed(plan, catalogue):
        ratio = split_ratio(indicator.definition) if indicator is not None else None
        if indicator is None or value is None or not ({indicator.id} <= known or (ratio is not None and set(ratio) <= known)):
            names.append(indicator.label if indicator is not None else None)
    count = len(names)
    if not count:
        return ()
    return (
        Finding(
            rule="reconcile.not_in_rows",
            at="plan",
            severity="info",
            says=Label(
                f"{count} 个目标尚无可用的约束模型，未参与冲突检验",
                f"{count} targets have no constraint model yet and were not held against others",
            ),
            remedy=Label("在 data/consistency 中增加恒等式", "add identities to data/consistency"),
        ),
    )
