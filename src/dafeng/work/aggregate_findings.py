"""What a bulk account did not take as it was given: missing factors and amounts, repetitions, stand-ins.

Invariant: every reason for which a row is not in a sum has a finding with its rows and, where it has one, its amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Label
from dafeng.library.factor import MatchGrade
from dafeng.library.factors import FactorLibrary
from dafeng.methods.explanation import plain
from dafeng.methods.keys import ActivityKey, Composed, Lack, Outcome

_At = tuple[str, str | None, str, str, str]
_Met = tuple[str, str, MatchGrade]
_ANYWHERE = ("", "", "")
Outcomes = Mapping[ActivityKey, tuple[Outcome, ...]]
_SEVERITIES: Mapping[str, Severity] = {"excluded": "info", "method": "warning"}
_DEFECTS: Mapping[str, Label] = {
    "number": Label("的数量不是数", "have an amount that is no number"),
    "large": Label("的数量达 10¹³ 或更大", "have an amount of 1e13 or more"),
    "fine": Label("的数量多于六位小数，已四舍五入到六位", "have an amount of more than six places and were rounded to six"),
}
_STAND_INS: Mapping[str, Label] = {
    "earlier_year": Label("用较早年份的因子", "use a factor of an earlier year"),
    "parent_place": Label("用上级地区的因子", "use a factor of a surrounding place"),
    "other_edition": Label("用另一版本的因子", "use a factor of another edition"),
    "substitute": Label("用替代物质的因子", "use a factor of another substance"),
    "provisional": Label("用证据不足的因子", "use a factor of weak evidence"),
}


def find_all(
    outcomes: Outcomes,
    keys: Mapping[ActivityKey, Mapping[str, Any]],
    left: pa.Table,
    rows: Any,
    defects: Mapping[str, int],
    library: FactorLibrary,
) -> Iterator[Finding]:
    """Findings of a bulk account.

    Parameters
    ----------
    outcomes : mapping of ActivityKey to tuple of Outcome
        What each key is multiplied with, or why not.
    keys : mapping of ActivityKey to mapping
        Counts of rows by key.
    left : pyarrow.Table
        ``core.tables.UNACCOUNTED``.
    rows : Rows
        What became of the rows.
    defects : mapping of str to int
        Amounts that could not be taken as they are, by kind. [rows]
    library : FactorLibrary
        Names.

    Yields
    ------
    Finding
        Errors first.
    """
    found = [*_left_out(outcomes, left, library), *_of_rows(rows, defects), *_stand_ins(outcomes, keys, library)]
    found += _coarse(outcomes)
    order = ("error", "warning", "info")
    yield from sorted(found, key=lambda finding: order.index(finding.severity))


def _left_out(outcomes: Outcomes, left: pa.Table, library: FactorLibrary) -> Iterator[Finding]:
    """One finding per reason, quantity, category, carrier and unit, over all years."""
    causes: dict[_At, Lack] = {}
    for key, listed in outcomes.items():
        for one in listed:
            if isinstance(one, Lack):
                causes.setdefault(_at(one.reason, one.quantity, key.category, key.carrier, key.unit), one)
    groups: dict[_At, list[Mapping[str, Any]]] = {}
    for row in left.to_pylist():
        at = _at(row["reason"], row["quantity"], row["category"], row["carrier"], row["unit"])
        groups.setdefault(at, []).append(row)
    for at, rows in groups.items():
        yield _lack(at, causes[at], rows, library) if at[2:] != _ANYWHERE else _flaw(causes[at], rows)


def _at(reason: str, quantity: str | None, category: str, carrier: str, unit: str) -> _At:
    """What rows are told together: a wrong place or year is wrong whatever else the row says."""
    return (reason, quantity, *_ANYWHERE) if reason in ("place", "year") else (reason, quantity, category, carrier, unit)


def _flaw(cause: Lack, rows: list[Mapping[str, Any]]) -> Finding:
    count = sum(row["rows"] for row in rows)
    says = Label(f"的行政区划代码或年份不可用，如：{cause.says.zh}", f"cannot be placed, e.g. {cause.says.en}")
    return _counted(cause.reason, count, "error", says, cause.remedy)


def _lack(at: _At, cause: Lack, rows: list[Mapping[str, Any]], library: FactorLibrary) -> Finding:
    reason, quantity, category, carrier, unit = at
    count = sum(row["rows"] for row in rows)
    amount = f"{plain(sum(row['amount'] for row in rows))} {unit}"
    years = sorted({row["year"] for row in rows if row["year"] is not None})
    span = f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0] if years else "")
    name, into = library.label("substance", carrier or "?"), library.label("quantity", quantity or "?")
    zh, en = (into.zh, f"in {into.en}") if quantity else ("任何结果", "anywhere")
    return Finding(
        f"aggregate.{reason}",
        "/".join(part for part in (quantity, category, carrier, span) if part),
        _SEVERITIES.get(reason, "error"),
        Label(
            f"{category} {name.zh} {count} 行（{amount}）未计入{zh}：{cause.says.zh}",
            f"{count} rows of {category}, {name.en} ({amount}) are not counted {en}: {cause.says.en}",
        ),
        cause.remedy,
    )


def _of_rows(rows: Any, defects: Mapping[str, int]) -> Iterator[Finding]:
    for kind, says in _DEFECTS.items():
        if defects.get(kind):
            severity: Severity = "info" if kind == "fine" else "error"
            remedy = Label("更正后重新交付；数中不加千位分隔符", "correct and deliver again; no thousands separators")
            yield _counted(f"amount_{kind}", defects[kind], severity, says, remedy)
    blank = rows.empty - sum(defects.get(kind, 0) for kind in ("number", "large"))
    cases: tuple[tuple[str, int, Severity, Label, Label], ...] = (
        (
            "amount_missing",
            blank,
            "error",
            Label("没有数量，不计为零", "have no amount; they are not taken for zero"),
            _COMPLETE,
        ),
        (
            "contradiction",
            rows.contradictory,
            "error",
            _CONTRADICTORY,
            Label("保留一个，更正其余", "keep one, correct the others"),
        ),
        ("repetition", rows.repeated, "warning", Label("重复同一记录，只计一次", "repeat a record and count once"), _REMOVE),
        ("negative", rows.negative, "warning", Label("的数量为负，照计", "have a negative amount, counted as it is"), _SIGN),
    )
    for rule, count, severity, says, remedy in cases:
        if count:
            yield _counted(rule, count, severity, says, remedy)


def _counted(rule: str, count: int, severity: Severity, says: Label, remedy: Label) -> Finding:
    text = Label(f"{count} 行{says.zh}", f"{count} rows {says.en}")
    return Finding(f"aggregate.{rule}", "activities", severity, text, remedy)


def _stand_ins(outcomes: Outcomes, keys: Mapping[ActivityKey, Mapping[str, Any]], library: FactorLibrary) -> Iterator[Finding]:
    counts: dict[_Met, int] = {}
    first: dict[_Met, Composed] = {}
    for key, listed in outcomes.items():
        for one in listed:
            if isinstance(one, Composed) and one.grade != "exact":
                at: _Met = (one.method.id, one.carrier, one.grade)
                counts[at] = counts.get(at, 0) + keys[key]["counted"]
                first.setdefault(at, one)
    for at, count in counts.items():
        if count:
            yield _stand_in(at, count, first[at], library)


def _stand_in(at: _Met, count: int, example: Composed, library: FactorLibrary) -> Finding:
    method, carrier, grade = at
    name = library.label("substance", carrier)
    steps = next(match.steps for match in example.matches.values() if match.grade == grade)
    says = _STAND_INS[grade]
    return Finding(
        f"aggregate.{grade}",
        f"{method}/{carrier}",
        "info" if grade in ("parent_place", "other_edition") else "warning",
        Label(f"{name.zh} {count} 行{says.zh}，如：{steps[0].zh}", f"{count} rows of {name.en} {says.en}, e.g. {steps[0].en}"),
        Label("如有更贴切的因子，在 factors/ 中补充并注明来源", "where a closer factor is known, add it with its source"),
    )


def _coarse(outcomes: Outcomes) -> Iterator[Finding]:
    seen = {
        (one.method.id, one.carrier, one.unit): one
        for listed in outcomes.values()
        for one in listed
        if isinstance(one, Composed) and one.coarse
    }
    for (method, carrier, unit), one in seen.items():
        yield Finding(
            "aggregate.coarse",
            f"{method}/{carrier}",
            "warning",
            Label(
                f"每 {unit} 的综合因子 {plain(one.factor)} 取九位小数后误差超过百万分之一",
                f"the composed factor {plain(one.factor)} per {unit} loses more than a millionth to its nine places",
            ),
            Label("改用较大的单位", "deliver the amounts in a larger unit"),
        )


_COMPLETE = Label("补齐数量", "deliver the amounts")
_REMOVE = Label("删去重复的行", "remove the repeated rows")
_SIGN = Label("核对符号", "check the sign")
_CONTRADICTORY = Label("属于自相矛盾的记录，未计入", "belong to records that say two things and are left out")
