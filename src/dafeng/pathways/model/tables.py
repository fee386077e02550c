"""Tables of drivers and scenarios as files: strictly read rows with source and grade.

Invariant: a figure that nobody has seen (grade ``memory``) is never read as a driver; a row that waits for a target of the plan
gets the plan's own figure or is left out with a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dafeng.core.errors import DefinitionError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.sources import Source
from dafeng.library.listing import Kind, load_csv
from dafeng.library.records import Record
from dafeng.library.sources import check_source
from dafeng.library.strict import Marked, refusal
from dafeng.pathways.model.drivers import Row

GRADES = ("primary", "secondary", "derived", "estimated", "assumption")
"""Evidence grades that a driver may have, best first."""
_ROW: Mapping[str, Kind] = {
    "quantity": "text",
    "members": "text?",
    "year": "integer?",
    "low": "decimal?",
    "mid": "decimal?",
    "high": "decimal?",
    "unit": "text",
    "source": "text",
    "grade": "text",
    "note_zh": "text?",
    "note_en": "text?",
}
_SCENARIO: Mapping[str, Kind] = {"scenario": "text", "target": "text?", **_ROW}
_KEY = ("quantity", "members", "year")


@dataclass(frozen=True, slots=True)
class Goal:
    """What a plan wants of an indicator in a year.

    Parameters
    ----------
    value : float
        The figure. [unit]
    unit : str
        Its unit.
    address : str
        Where the plan says it.
    """

    value: float
    unit: str
    address: str


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One row of a table of scenarios.

    Parameters
    ----------
    scenario : str
        Scenario it belongs to.
    row : Row
        The driver; without value where a target is to fill it.
    target : tuple of (str, int) or None
        Indicator and year of the target that fills it; ``None`` where the row has a value.
    """

    scenario: str
    row: Row
    target: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario.

    Parameters
    ----------
    id : str
        Its name in tables.
    label : Label
        Name for readers.
    says : Label
        What it assumes.
    over : tuple of str
        Scenarios that it lies over where both give a place values.
    """

    id: str
    label: Label
    says: Label
    over: tuple[str, ...] = ()


def read_rows(source: Path | str, *, sources: Mapping[str, Source] | None = None, name: str = "drivers") -> tuple[Row, ...]:
    """Rows of a table of drivers.

    Parameters
    ----------
    source : Path or str
        A CSV file or its text: quantity, members (separated by blanks), year, low, mid, high, unit, source, grade, note_zh,
        note_en.
    sources : mapping of str to Source, optional
        Known sources; where given, each row must quote one of them.
    name : str
        Name for messages where `source` is a text.

    Returns
    -------
    tuple of Row
        In the order of the file.

    Raises
    ------
    DefinitionError
        If a cell, a grade or a source breaks the form, a row stands twice, or corners stand without a middle value.
    """
    return tuple(_row(cells, sources) for cells in load_csv(source, _ROW, key=_KEY, name=name))


def read_scenarios(
    source: Path | str, *, sources: Mapping[str, Source] | None = None, name: str = "scenarios"
) -> tuple[ScenarioRow, ...]:
    """Rows of a table of scenarios.

    Parameters
    ----------
    source : Path or str
        A CSV file or its text: scenario and target (indicator, blank, year) before the columns of a table of drivers.
    sources : mapping of str to Source, optional
        Known sources; where given, each row must quote one of them.
    name : str
        Name for messages where `source` is a text.

    Returns
    -------
    tuple of ScenarioRow
        In the order of the file.

    Raises
    ------
    DefinitionError
        As `read_rows`, or if a row has both a value and a target, or a target without a year.
    """
    made = load_csv(source, _SCENARIO, key=("scenario", *_KEY), name=name)
    return tuple(ScenarioRow(cells["scenario"], _row(cells, sources), _target(cells)) for cells in made)


def scenario_rows(
    table: Sequence[ScenarioRow], scenario: str, goals: Mapping[tuple[str, int], Goal]
) -> tuple[tuple[Row, ...], tuple[Finding, ...]]:
    """Rows that one scenario lays over the drivers.

    Parameters
    ----------
    table : sequence of ScenarioRow
        All scenarios.
    scenario : str
        The one wanted; one that has no row changes nothing.
    goals : mapping of (str, int) to Goal
        Targets of the plan by indicator and year.

    Returns
    -------
    tuple of Row
        Rows with a value.
    tuple of Finding
        Targets that the plan does not name.
    """
    rows: list[Row] = []
    findings: list[Finding] = []
    for one in table:
        if one.scenario != scenario:
            continue
        goal = None if one.target is None else goals.get(one.target)
        if one.target is None:
            rows.append(one.row)
        elif goal is None:
            findings.append(_unnamed(one))
        else:
            rows.append(replace(one.row, low=None, mid=goal.value, high=None, unit=goal.unit, at=goal.address))
    return tuple(rows), tuple(findings)


def read_names(marked: Marked) -> tuple[Scenario, ...]:
    """Scenarios and their names.

    Parameters
    ----------
    marked : Marked
        The file, strictly read.

    Returns
    -------
    tuple of Scenario
        In the order of the file.

    Raises
    ------
    DefinitionError
        If a field is missing or unknown, or a scenario is to lie over itself or a later one.
    """
    root = Record(marked, ())
    root.allow(("id", "scenarios"))
    records = root.children("scenarios")
    for record in records:
        record.allow(("id", "label", "says", "over"))
    made = [Scenario(one.text("id"), one.label("label"), one.label("says"), one.texts("over")) for one in records]
    for at, (record, one) in enumerate(zip(records, made, strict=True)):
        if {later.id for later in made[at:]} & set(one.over):
            raise record.error("只能写排在前面的情景", "may only name scenarios that stand before it", key="over")
    return tuple(made)


def _row(cells: Mapping[str, Any], sources: Mapping[str, Source] | None) -> Row:
    if cells["grade"] not in GRADES:
        raise _wrong(
            cells, f"证据等级“{cells['grade']}”不能用于驱动因素", f"has grade '{cells['grade']}', which no driver may have"
        )
    if cells["mid"] is None and (cells["low"] is not None or cells["high"] is not None):
        raise _wrong(cells, "有上下界而没有中值", "has corners without a middle value")
    if sources is not None:
        check_source(cells["source"], sources, cells["at"])
    low, mid, high = (None if cells[corner] is None else float(cells[corner]) for corner in ("low", "mid", "high"))
    members = frozenset((cells["members"] or "").split())
    return Row(
        cells["quantity"],
        members,
        cells["year"],
        low,
        mid,
        high,
        cells["unit"],
        cells["source"],
        cells["grade"],
        _note(cells),
        cells["at"],
    )


def _note(cells: Mapping[str, Any]) -> Label | None:
    zh, en = cells["note_zh"], cells["note_en"]
    if (zh is None) != (en is None):
        raise _wrong(cells, "说明须中英文都写", "needs its note in both languages")
    return None if zh is None else Label(zh, en)


def _target(cells: Mapping[str, Any]) -> tuple[str, int] | None:
    if cells["target"] is None:
        return None
    name, _, year = cells["target"].partition(" ")
    if not year.isdecimal():
        raise _wrong(cells, "的目标须写指标和年份", "needs indicator and year of its target")
    if cells["mid"] is not None or cells["year"] is None:
        raise _wrong(cells, "等待目标的行须写年份而不写数值", "waits for a target: it needs a year and no value")
    return name, int(year)


def _unnamed(one: ScenarioRow) -> Finding:
    (target, year), members = one.target or ("", 0), " ".join(sorted(one.row.members))
    return Finding(
        rule="drivers.target",
        at=one.row.at,
        severity="warning",
        says=Label(
            f"方案没有写{year}年“{target}”的目标，“{one.row.quantity} {members}”沿用基准情景",
            f"the plan names no target of '{target}' for {year}; '{one.row.quantity} {members}' stays as in the baseline",
        ),
        remedy=Label(
            "在情景表中直接给数，或补充方案目标", "give the value in the table of scenarios, or add the target to the plan"
        ),
    )


def _wrong(cells: Mapping[str, Any], zh: str, en: str) -> DefinitionError:
    return refusal(
        f"{cells['at']}:1",
        f"“{cells['quantity']}”{zh}",
        f"'{cells['quantity']}' {en}",
        expected=Label(f"等级为{'、'.join(GRADES)}之一的一行", f"a row with one of the grades {', '.join(GRADES)}"),
    )
