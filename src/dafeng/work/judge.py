"""``judge``: targets × indicators become verdicts with trajectories and early warnings.

Invariant: every target of the plan gets exactly one verdict, and each verdict has an address below which stand its
clause and the figures used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.formula import evaluate, parse
from dafeng.formula.typesetting import typeset
from dafeng.library.indicators import Catalogue, Indicator, read_indicators
from dafeng.library.overlay import shipped
from dafeng.library.rules import RuleBook, read_rules
from dafeng.library.strict import load_yaml
from dafeng.plans.plan import Plan, Target
from dafeng.plans.verdict import KINDS, WORDS, Aim, Judgement, Kind, Outlook, Reading, Rules
from dafeng.plans.verdict import judge as judge_aim
from dafeng.work.scores import Score, Scores
from dafeng.work.targets import about_width, listed, trace_target
from dafeng.work.tracing import TraceBook, number_text

DECLINE = "1 - later / base"
"""How a fall against a base year is computed."""
FIRM = ("primary", "derived", "reported", "secondary")
"""Grades of a projection that may decide a verdict."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Judgement of one target.

    Parameters
    ----------
    target : Target
        The target.
    indicator : Indicator or None
        Indicator it was matched to.
    value : float or None
        Value asked, in the unit of the indicator.
    judgement : Judgement
        What can be said.
    readings : tuple of Reading
        Values of the indicator up to the assessment year.
    address : str
        Address of the verdict.
    """

    target: Target
    indicator: Indicator | None
    value: float | None
    judgement: Judgement
    readings: tuple[Reading, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Judgements of all targets of a plan.

    Parameters
    ----------
    year : int
        Assessment year.
    rows : tuple of Verdict
        In the order of the document.
    traces : TraceBook
        Explanations.
    """

    year: int
    rows: tuple[Verdict, ...]
    traces: TraceBook

    @property
    def counts(self) -> Mapping[Kind, int]:
        """Number of targets per verdict, all kinds named."""
        return {kind: sum(row.judgement.verdict == kind for row in self.rows) for kind in KINDS}


def judge(
    plan: Plan, scores: Scores, *, year: int, catalogue: Catalogue | None = None, rules: RuleBook | None = None
) -> Verdicts:
    """Verdicts on the targets of a plan.

    Parameters
    ----------
    plan : Plan
        The plan.
    scores : Scores
        Indicator values, projected ones among them where there are any.
    year : int
        Assessment year.
    catalogue : Catalogue, optional
        Indicators; by default the package's.
    rules : RuleBook, optional
        Rules; by default the package's.

    Returns
    -------
    Verdicts
        One per target.
    """
    known = catalogue or read_indicators()
    book = rules or read_rules()
    traces = TraceBook(scores.traces)
    declines = {item["indicator"]: item["of"] for item in load_yaml(shipped() / "trajectories" / "declines.yaml")["declines"]}
    rows = []
    for target, indicator, value in listed(plan, known):
        address = trace_target(target, indicator, plan, traces)
        readings = _readings(target, indicator, scores, declines, traces)
        aim = _aim(target, indicator, None if value is None else float(value), book)
        found = judge_aim(
            aim,
            year=year,
            readings=readings,
            outlook=_outlook(target, indicator, scores),
            baseline=_baseline(target, readings, book),
            needs=_needs(indicator, target, min(target.year or year, year), known, scores, declines),
            rules=Rules(float(book.value("behind.from")), int(book.value("stale.after"))),
        )
        name = indicator.label if indicator is not None else Label(target.indicator, target.indicator)
        where = _trace(target, address, name, found, year, traces)
        rows.append(Verdict(target, indicator, aim.value, found, tuple(r for r in readings if r.year <= year), where))
    return Verdicts(year, tuple(rows), traces)


def _aim(target: Target, indicator: Indicator | None, value: float | None, book: RuleBook) -> Aim:
    width = about_width(indicator, value or 0.0, book)
    rising = indicator.direction != "decrease" if indicator is not None else target.comparator not in ("<=", "<")
    stock = indicator is not None and indicator.kind in ("stock", "count", "coverage")
    return Aim(target.year, value, target.comparator, width, rising, stock)


def _readings(
    target: Target, indicator: Indicator | None, scores: Scores, declines: Mapping[str, str], traces: TraceBook
) -> list[Reading]:
    if indicator is None:
        return []
    if indicator.id in declines and target.base_year is not None:
        return _declines(target, indicator, scores.of(declines[indicator.id]), traces)
    rows = [row for row in scores.of(indicator.id) if row.basis != "projected"]
    return [Reading(row.year, row.value, row.basis, row.address) for row in rows]


def _declines(target: Target, indicator: Indicator, rows: Sequence[Score], traces: TraceBook) -> list[Reading]:
    base = next((row for row in rows if row.year == target.base_year and row.basis != "projected"), None)
    if base is None:
        return []
    expression = parse(DECLINE, where=indicator.id)
    found = []
    for row in rows:
        if row.basis == "projected" or row.year <= base.year:
            continue
        value = float(evaluate(expression, {"later": row.value, "base": base.value}))
        address = f"scores/{indicator.id}.{row.year}.since{base.year}"
        traces.add(
            Trace(
                address,
                "indicator",
                Label(
                    f"{indicator.label.zh}（{row.year}年比{base.year}年）",
                    f"{indicator.label.en} ({row.year} against {base.year})",
                ),
                number_text(value),
                indicator.unit,
                row.year,
                DECLINE,
                typeset(expression, {}),
                (row.address, base.address),
                indicator.source,
                "derived",
            )
        )
        found.append(Reading(row.year, value, row.basis, address))
    return found


def _outlook(target: Target, indicator: Indicator | None, scores: Scores) -> Outlook | None:
    if indicator is None or target.year is None:
        return None
    rows = [row for row in scores.of(indicator.id) if row.outlook and row.year == target.year]
    if not rows:
        return None
    row = rows[0]
    low = row.value if row.low is None else row.low
    high = row.value if row.high is None else row.high
    return Outlook(row.year, low, row.value, high, row.address, firm=row.grade in FIRM)


def _baseline(target: Target, readings: Sequence[Reading], book: RuleBook) -> tuple[int, float] | None:
    if target.base_year is not None and target.direction == "decrease":
        return (target.base_year, 0.0)
    year = target.base_year or int(book.value("baseline.year"))
    found = next((reading for reading in readings if reading.year == year), None)
    return None if found is None else (year, found.value)


def _needs(
    indicator: Indicator | None,
    target: Target,
    year: int,
    catalogue: Catalogue,
    scores: Scores,
    declines: Mapping[str, str],
) -> list[Label]:
    if indicator is None:
        return [Label(f"指标“{target.indicator}”的定义", f"a definition of the indicator '{target.indicator}'")]
    of = declines.get(indicator.id)
    if of is not None:
        years = [y for y in (target.base_year, year) if y is not None and scores.at(of, y) is None]
        return [_lack(catalogue.indicators[of], y) for y in years] if of in catalogue.indicators else [_lack(indicator, year)]
    missing = [name for name in indicator.needs if scores.at(name, year) is None]
    return [_lack(catalogue.indicators[name], year) for name in missing] or [_lack(indicator, year)]


def _lack(indicator: Indicator, year: int | None) -> Label:
    when = "" if year is None else f"{year}"
    return Label(f"{when}年{indicator.label.zh}" if when else indicator.label.zh, f"{indicator.label.en} {when}".strip())


def _trace(target: Target, address: str, name: Label, found: Judgement, year: int, traces: TraceBook) -> str:
    due = f"{target.year} " if target.year else ""
    inputs = [address]
    inputs += [found.actual.address] if found.actual is not None else []
    inputs += [found.projected.address] if found.projected is not None else []
    lacking = "、".join(item.zh for item in found.lacking), ", ".join(item.en for item in found.lacking)
    note = Label(f"缺少：{lacking[0]}", f"lacking: {lacking[1]}") if found.lacking else None
    return traces.add(
        Trace(
            address=f"verdicts/{target.id}",
            kind="verdict",
            says=Label(
                f"{due}{name.zh}目标，{year}年评价：{WORDS[found.verdict].zh}。{found.reason.zh}",
                f"{due}{name.en} target, verdict of {year}: {WORDS[found.verdict].en}. {found.reason.en}",
            ),
            year=year,
            inputs=tuple(inputs),
            grade="derived",
            source="dafeng-rules",
            note=note,
        )
    )
