"""Files of scenarios: written beside a table of them, read back as a choice or as something to compare with.

Invariant: the ending of a file says its form; a file is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.readers.sheets import read_sheets
from dafeng.store.files import write_whole
from dafeng.work.scenario_choice import Choice, make_choice
from dafeng.work.scenario_iamc import ReadSeries, ReadTable, iamc_text, iamc_workbook, read_iamc, single_values, variable_series
from dafeng.work.scenario_live import Answer, LiveScenarios
from dafeng.work.scenario_sheet import SLIDERS, read_scenario_book, write_scenario_book
from dafeng.work.scenarios import ScenarioTable, name_choice

DIGITS = 10
"""Significant digits of compared figures."""


def save_scenarios(table: ScenarioTable, *, xlsx: Path | None = None, iamc: Path | None = None) -> tuple[Path, ...]:
    """Write a table of scenarios.

    Parameters
    ----------
    table : ScenarioTable
        The scenarios.
    xlsx : Path, optional
        Workbook to edit, of the last scenario.
    iamc : Path, optional
        Table in the IAMC format, csv or xlsx.

    Returns
    -------
    tuple of Path
        Files that were written.

    Raises
    ------
    SettingError
        If a file has another ending.
    """
    made: list[tuple[Path, bytes]] = []
    if xlsx is not None:
        made.append((_ending(xlsx, ".xlsx"), write_scenario_book(table)))
    if iamc is not None:
        is_book = _ending(iamc, ".csv", ".xlsx").suffix.lower() == ".xlsx"
        made.append((iamc, iamc_workbook(table) if is_book else iamc_text(table).encode()))
    for path, content in made:
        write_whole(path, content)
    return tuple(path for path, _ in made)


def read_scenario(live: LiveScenarios, source: Path | bytes, *, name: str = "scenarios.xlsx") -> Choice:
    """Choice of a file: a workbook that was edited, or the given quantities of a table in the IAMC format.

    Parameters
    ----------
    live : LiveScenarios
        Scenarios of the city.
    source : Path or bytes
        The file, or its content.
    name : str
        File name for messages, where content is given.

    Returns
    -------
    Choice
        The workbook's, or the baseline with single values.

    Raises
    ------
    FileRefused
        If it is neither.
    SettingError
        If a cell cannot be used, or a table holds several scenarios.
    """
    name = source.name if isinstance(source, Path) else name
    book = read_sheets(source, name=name)
    if any(sheet.name == SLIDERS for sheet in book.sheets):
        return read_scenario_book(live, source, name=name)
    table = read_iamc(source, name=name)
    if len(table.scenarios) != 1:
        raise _several(name, table)
    return make_choice(live.panel, sets=single_values(table, table.scenarios[0], live))


def compare_document(table: ScenarioTable, read: ReadTable) -> dict[str, Any]:
    """A file beside the scenarios, as data.

    Parameters
    ----------
    table : ScenarioTable
        The scenarios.
    read : ReadTable
        The file.

    Returns
    -------
    dict
        ``scenarios``, ``rows`` and ``findings``.
    """
    rows = [
        {
            "variable": one.variable.name,
            "unit": one.variable.written,
            "scenario": one.scenario,
            "year": year,
            "value": _cut(value),
            "own": [_cut(number) if isfinite(number) else None for number in own],
        }
        for one, year, value, own in compare_series(table.live, read, table.answers)
    ]
    findings = [{"at": one.at, "says": {"zh": one.says.zh, "en": one.says.en}} for one in read.findings]
    return {"scenarios": [name_choice(one.choice) for one in table.answers], "rows": rows, "findings": findings}


def compare_series(
    live: LiveScenarios, table: ReadTable, answers: Sequence[Answer]
) -> list[tuple[ReadSeries, int, float, tuple[float, ...]]]:
    """Series of a file beside the scenarios, where both have a year.

    Parameters
    ----------
    live : LiveScenarios
        What answered.
    table : ReadTable
        The file.
    answers : sequence of Answer
        The scenarios.

    Returns
    -------
    list of (ReadSeries, int, float, tuple of float)
        Series, year, its value, and that of each scenario. [unit of the variable]
    """
    years = answers[0].years
    found = []
    for one in table.series:
        own = [variable_series(live, answer, one.variable) for answer in answers]
        found += [
            (one, year, value, tuple(series[year - years[0]] for series in own))
            for year, value in sorted(one.values.items())
            if years[0] <= year <= years[-1]
        ]
    return found


def _cut(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _ending(path: Path, *allowed: str) -> Path:
    if path.suffix.lower() not in allowed:
        listed = ", ".join(allowed)
        raise SettingError(
            Label(f"不能写成“{path.suffix or path.name}”", f"'{path.suffix or path.name}' cannot be written"),
            where=str(path),
            expected=Label(listed, listed),
            remedy=Label("换一个扩展名", "choose another ending"),
        )
    return path


def _several(name: str, table: ReadTable) -> SettingError:
    listed = ", ".join(table.scenarios) or "—"
    return SettingError(
        Label(f"表中有 {len(table.scenarios)} 个情景：{listed}", f"the table holds {len(table.scenarios)} scenarios: {listed}"),
        where=name,
        expected=Label("只含一个情景的表", "a table with one scenario"),
        remedy=Label("只留下要叠加的情景，或用 --compare 比较", "keep the one to lay over, or compare with --compare"),
    )
