"""``measure``: facts and results become indicators.

Invariant: of several facts for one indicator and year the best graded and latest known is taken and the others stay
readable; nothing is interpolated, and an indicator that cannot be computed is absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.errors import DafengError, UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.core.units import convert, unit
from dafeng.formula import check_unit, evaluate, parse
from dafeng.formula.typesetting import typeset
from dafeng.library.indicators import Catalogue, Indicator
from dafeng.work.account import Account
from dafeng.work.city import City
from dafeng.work.estimates import Operand, estimate, of_score
from dafeng.work.facts import Hashes, earlier_traces, fact_trace, file_hashes, noted, year_of
from dafeng.work.scores import Score, Scores, sort_scores
from dafeng.work.tracing import TraceBook, number_text

GRADES = ("primary", "derived", "reported", "secondary", "estimated", "provisional")
"""Evidence grades that may be measured with, best first; ``memory`` is never used."""


def measure(city: City, accounted: Account | None = None) -> Scores:
    """Indicator values of a city from its facts and its accounts.

    Parameters
    ----------
    city : City
        The city.
    accounted : Account, optional
        What ``account`` returned; its totals become indicators too.

    Returns
    -------
    Scores
        Direct readings, computed definitions and the city's own estimates.
    """
    catalogue = city.catalogue()
    traces = TraceBook()
    rows = city.facts.read(places=(city.code, *city.context)).to_pylist()
    hashes = file_hashes(city.facts)
    own, findings = _readings([row for row in rows if row["place"] == city.code], catalogue, traces, "", hashes)
    around, _ = _readings([row for row in rows if row["place"] != city.code], catalogue, traces, ".province", hashes)
    for row in rows:
        if row["supersedes"] and f"facts/{row['fact']}" in traces:
            traces.extend(earlier_traces([row], catalogue.indicators[row["indicator"]].label, city.facts))
    scores = {(score.indicator, score.year): score for score in own}
    scores.update({(s.indicator, s.year): s for s in (accounted.scores if accounted else ())})
    if accounted is not None:
        traces.extend(accounted.traces)
    _define(scores, catalogue, traces)
    made, missing = estimate(_rules(city), _finder(scores, around, catalogue), catalogue, traces)
    for item in made:
        scores.setdefault((item.score.indicator, item.score.year), item.score)
    return Scores(city.code, sort_scores(scores.values()), traces, (*findings, *missing))


def _rules(city: City) -> list[Mapping[str, Any]]:
    listed = city.definition("estimates").get("estimates", ())
    return [rule for rule in listed if not any({"target", "pathway"} & set(item) for item in rule["inputs"].values())]


def _readings(
    rows: Iterable[Mapping[str, Any]], catalogue: Catalogue, traces: TraceBook, suffix: str, hashes: Hashes
) -> tuple[list[Score], list[Finding]]:
    best: dict[tuple[str, int], tuple[tuple[Any, ...], Mapping[str, Any], Decimal]] = {}
    findings: list[Finding] = []
    for row in rows:
        indicator = catalogue.indicators.get(row["indicator"])
        if row["flow"] or row["carrier"] or indicator is None or row["grade"] not in GRADES:
            continue
        try:
            value = convert(row["value"], row["unit"], indicator.unit)
        except UnitError as cause:
            findings.append(_unusable(row, cause))
            continue
        key = (indicator.id, year_of(row["period"]))
        rank = _rank(row)
        if key not in best or rank > best[key][0]:
            best[key] = (rank, row, value)
    chosen = [
        _score(catalogue.indicators[name], f"{name}.{year}{suffix}", year, row, value, traces, hashes)
        for (name, year), (_, row, value) in best.items()
    ]
    return chosen, findings


def _rank(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        row["organisation"] is None,
        len(row["period"]) == 4,
        row["period"],
        -GRADES.index(row["grade"]),
        row["known_at"],
        row["fact"],
    )


def _score(
    indicator: Indicator, name: str, year: int, row: Mapping[str, Any], value: Decimal, traces: TraceBook, hashes: Hashes
) -> Score:
    fact = traces.add(fact_trace(row, indicator.label, hashes))
    address = f"scores/{name}"
    traces.add(
        Trace(
            address=address,
            kind="indicator",
            says=indicator.label,
            value=number_text(value),
            unit=str(unit(indicator.unit)),
            year=year,
            inputs=(fact,),
            source=row["source"],
            grade=row["grade"],
            note=noted(row),
        )
    )
    return Score(
        indicator.id, year, float(value), indicator.unit, "actual", row["grade"], address, (fact,), period=row["period"]
    )


def _define(scores: dict[tuple[str, int], Score], catalogue: Catalogue, traces: TraceBook) -> None:
    years = sorted({year for _, year in scores})
    waiting = [i for i in catalogue.indicators.values() if i.definition is not None]
    for _ in range(len(waiting)):
        found = [s for i in waiting for year in years if (s := _computed(i, year, scores, traces)) is not None]
        for score in found:
            scores[score.indicator, score.year] = score
        if not found:
            return


def _computed(indicator: Indicator, year: int, scores: Mapping[tuple[str, int], Score], traces: TraceBook) -> Score | None:
    inputs = {name: scores[name, year] for name in indicator.needs if (name, year) in scores}
    if (indicator.id, year) in scores or indicator.definition is None or len(inputs) < len(indicator.needs):
        return None
    expression = parse(indicator.definition, where=indicator.id)
    scale = check_unit(expression, {name: unit(s.unit) for name, s in inputs.items()}, unit(indicator.unit), where=indicator.id)
    try:
        raw = float(evaluate(expression, {name: s.value for name, s in inputs.items()}, where=indicator.id))
    except DafengError:
        return None
    value = raw * float(scale)
    address = f"scores/{indicator.id}.{year}"
    used = tuple(s.address for s in inputs.values())
    traces.add(
        Trace(
            address=address,
            kind="indicator",
            says=indicator.label,
            value=number_text(value),
            unit=indicator.unit,
            year=year,
            expression=str(expression),
            typeset=typeset(expression, {}),
            inputs=used,
            source=indicator.source,
            grade="derived",
        )
    )
    basis = "estimated" if any(s.basis != "actual" for s in inputs.values()) else "actual"
    return Score(indicator.id, year, value, indicator.unit, basis, "derived", address, used)


def _finder(scores: Mapping[tuple[str, int], Score], around: Iterable[Score], catalogue: Catalogue) -> Any:
    near = {(score.indicator, score.year): score for score in around}

    def find(item: Mapping[str, Any]) -> Operand | None:
        if "indicator" not in item:
            return None
        key = (item["indicator"], int(item["year"]))
        score = near.get(key) if item.get("of") == "province" else scores.get(key)
        return None if score is None else of_score(score, catalogue.indicators[key[0]].label)

    return find


def _unusable(row: Mapping[str, Any], cause: UnitError) -> Finding:
    return Finding(
        rule="measure.unit",
        at=f"facts/{row['fact']}",
        severity="error",
        says=Label(f"单位不能用于该指标：{cause.what.zh}", f"the unit does not fit the indicator: {cause.what.en}"),
        remedy=Label("更正单位后重新入库", "correct the unit and deliver again"),
    )
