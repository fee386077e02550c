"""Scenarios in the IAMC format and back: written for databases and pyam, read as series to compare with or as single values.

Invariant: what is written and read again is the same to the last digit; a variable that the table of names does not know is a
finding with its cell, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np

from dafeng.core.errors import FileRefused, UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import ratio
from dafeng.energy.interop.long_rows import HEADS, LongRow, csv_text, long_cells, wide_cells
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped
from dafeng.pathways.model.axes import YEAR, Array
from dafeng.pathways.model.moves import value_at
from dafeng.readers.sheets import Sheet, Workbook, read_sheets
from dafeng.readers.table_book import write_book
from dafeng.work.scenario_choice import Choice
from dafeng.work.scenario_live import Answer, LiveScenarios
from dafeng.work.scenarios import ScenarioTable, name_choice

MODEL = "dafeng"
NEAR = 1e-9
"""Differences below this are none. [1]"""
SHEET = "data"
"""Sheet that pyam reads first."""
_COLUMNS: Mapping[str, Kind] = {"variable": "text", "quantity": "text", "member": "text?", "unit": "text", "written": "text"}


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the format.

    Parameters
    ----------
    name : str
        Its name.
    quantity, member : str
        Quantity of the model, and its member; empty for all of it.
    unit : str
        Unit as this programme spells it.
    written : str
        Unit as the format spells it.
    """

    name: str
    quantity: str
    member: str
    unit: str
    written: str


@dataclass(frozen=True, slots=True)
class ReadSeries:
    """One series that came from a file.

    Parameters
    ----------
    model, scenario, region : str
        As the file names them.
    variable : Variable
        What it tells.
    values : mapping of int to float
        By year. [unit of the variable]
    at : str
        Where it begins: ``file!sheet!cell``.
    """

    model: str
    scenario: str
    region: str
    variable: Variable
    values: Mapping[int, float]
    at: str


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A file of the format.

    Parameters
    ----------
    series : tuple of ReadSeries
        What could be read.
    findings : tuple of Finding
        Variables, units and cells that could not.
    """

    series: tuple[ReadSeries, ...]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios, each once."""
        return tuple(dict.fromkeys(one.scenario for one in self.series))


def read_variables() -> dict[str, Variable]:
    """Variables that this programme writes and reads.

    Returns
    -------
    dict of str to Variable
        By name, as ``data/pathways/variables.csv`` lists them.
    """
    rows = load_csv(shipped() / "pathways" / "variables.csv", _COLUMNS, key=("variable",))
    return {
        row["variable"]: Variable(row["variable"], row["quantity"], row["member"] or "", row["unit"], row["written"])
        for row in rows
    }


def scenario_rows(live: LiveScenarios, answer: Answer, *, region: str) -> tuple[LongRow, ...]:
    """Rows of one scenario.

    Parameters
    ----------
    live : LiveScenarios
        What answered.
    answer : Answer
        The scenario.
    region : str
        Name of the place.

    Returns
    -------
    tuple of LongRow
        One per variable, all years.
    """
    return tuple(
        LongRow(region, one.name, one.written, _finite(answer.years, variable_series(live, answer, one)))
        for one in read_variables().values()
    )


def _finite(years: Sequence[int], values: Sequence[float]) -> dict[int, float]:
    return {year: value for year, value in zip(years, values, strict=True) if np.isfinite(value)}


def iamc_cells(table: ScenarioTable, *, long: bool = False) -> Iterator[tuple[str, ...]]:
    """Cells of all scenarios, the heading first.

    Parameters
    ----------
    table : ScenarioTable
        The scenarios.
    long : bool
        One line per year instead of one column.

    Returns
    -------
    iterator of tuple of str
        Lines.
    """
    region = table.city.label.en
    tables = {name_choice(one.choice): scenario_rows(table.live, one, region=region) for one in table.answers}
    model = f"{MODEL} {version('dafeng')}"
    return (long_cells if long else wide_cells)(tables, model=model)


def iamc_text(table: ScenarioTable, *, long: bool = False) -> str:
    """All scenarios as CSV.

    Parameters
    ----------
    table : ScenarioTable
        The scenarios.
    long : bool
        One line per year instead of one column.

    Returns
    -------
    str
        UTF-8 text.
    """
    return csv_text(iamc_cells(table, long=long))


def iamc_workbook(table: ScenarioTable) -> bytes:
    """All scenarios as a workbook, in the sheet that pyam reads.

    Parameters
    ----------
    table : ScenarioTable
        The scenarios.

    Returns
    -------
    bytes
        The file.
    """
    return write_book({SHEET: list(iamc_cells(table))})


def read_iamc(source: Path | bytes, *, name: str = "") -> ReadTable:
    """Series of a file in the format, wide or long, csv or xlsx.

    Parameters
    ----------
    source : Path or bytes
        The file, or its content.
    name : str
        File name for messages, where content is given.

    Returns
    -------
    ReadTable
        Series, and what could not be read.

    Raises
    ------
    FileRefused
        If it is no table, or lacks one of the columns of the format.
    """
    book = read_sheets(source, name=name)
    sheet = next((one for one in book.sheets if one.name.lower() == SHEET), book.sheets[0] if book.sheets else None)
    if sheet is None or not sheet.rows:
        raise _no_table(book.name)
    heads = [text.strip().lower() for text in sheet.rows[0]]
    missing = [head for head in HEADS if head not in heads]
    years = {at: int(text) for at, text in enumerate(heads) if text.isdecimal() and len(text) == 4}
    if missing or not (years or {"year", "value"} <= set(heads)):
        raise _no_table(book.name, ", ".join(missing) or "year")
    return _Reading(book, sheet, {head: at for at, head in enumerate(heads)}, years).read()


def single_values(table: ReadTable, scenario: str, live: LiveScenarios) -> tuple[str, ...]:
    """What a scenario of a file gives for given quantities, as single values that a choice takes.

    Parameters
    ----------
    table : ReadTable
        The file.
    scenario : str
        Its scenario.
    live : LiveScenarios
        Knows which quantities are given.

    Returns
    -------
    tuple of str
        ``quantity/member/year=value`` with unit; none for what the baseline has as well, and no year that a straight line
        between its neighbours gives.
    """
    values, found = live.compose(Choice()).values, []
    for one in (series for series in table.series if series.scenario == scenario):
        quantity, member = one.variable.quantity, one.variable.member
        if live.model.graph.quantities[quantity].expression is not None:
            continue
        factor = float(ratio(one.variable.unit, live.model.graph.quantities[quantity].unit))
        years = [year for year in sorted(one.values) if year in live.model.graph.space.years]
        read = np.array([one.values[year] for year in years])
        own = np.array([value_at(live.model, values, quantity, (member,), year) for year in years]) / factor
        if np.allclose(read, own, rtol=NEAR, atol=NEAR):
            continue
        dated = {row.year for row in live.layers.base if row.quantity == quantity and row.members == {member}}
        kept = [year for at, year in enumerate(years) if year in dated or _bends(years, read, at)]
        found += [f"{quantity}/{member}/{year}={one.values[year]!r}{one.variable.unit}" for year in kept]
    return tuple(found)


def _bends(years: Sequence[int], values: Array, at: int) -> bool:
    """Whether a straight line between the neighbours would miss a value."""
    if at in (0, len(years) - 1):
        return True
    between = np.interp(years[at], [years[at - 1], years[at + 1]], [values[at - 1], values[at + 1]])
    return bool(abs(values[at] - between) > NEAR * max(abs(values[at]), 1.0))


def variable_series(live: LiveScenarios, answer: Answer, one: Variable) -> list[float]:
    """A variable in every year; a quantity with more axes is summed over them.

    Parameters
    ----------
    live : LiveScenarios
        What answered.
    answer : Answer
        The scenario.
    one : Variable
        The variable.

    Returns
    -------
    list of float
        One value per year of the model. [unit of the variable]
    """
    made = answer.parts[one.quantity]
    values, space = made.values, made.space
    if one.member:
        axis = space.position(live.model.graph.marks[one.member][0])
        values = values.take([space.member(space.axes[axis].name, one.member)], axis=axis)
    others = tuple(at for at in range(values.ndim) if at != space.position(YEAR))
    factor = float(ratio(live.model.graph.quantities[one.quantity].unit, one.unit))
    summed = np.broadcast_to(values.sum(axis=others) * factor, (len(answer.years),))
    return [float(value) for value in summed]


@dataclass
class _Reading:
    """Carries one file through its reading; made for one call of `read_iamc`."""

    book: Workbook
    sheet: Sheet
    heads: Mapping[str, int]
    years: Mapping[int, int]
    findings: list[Finding] = field(default_factory=list)

    def read(self) -> ReadTable:
        known = read_variables()
        found: dict[tuple[str, ...], ReadSeries] = {}
        for line in range(1, len(self.sheet.rows)):
            texts = [self.sheet.text(line, self.heads[head]).strip() for head in HEADS]
            if not any(texts):
                continue
            variable = known.get(texts[3])
            factor = None if variable is None else self._factor(line, texts[4], variable)
            if variable is None:
                self._find(
                    line, "variable", f"变量“{texts[3]}”不在名称表中", f"variable '{texts[3]}' is not in the table of names"
                )
            if variable is None or factor is None:
                continue
            key = (*texts[:4],)
            before = found.get(key)
            values = {**(before.values if before else {}), **self._values(line, factor)}
            at = before.at if before else self.book.at(self.sheet, line, self.heads["variable"])
            found[key] = ReadSeries(texts[0], texts[1], texts[2], variable, values, at)
        return ReadTable(tuple(found.values()), tuple(self.findings))

    def _factor(self, line: int, unit: str, variable: Variable) -> float | None:
        if unit == variable.written:
            return 1.0
        try:
            return float(ratio(unit.removesuffix("/yr"), variable.unit))
        except UnitError:
            self._find(
                line,
                "unit",
                f"单位“{unit}”不能换算为“{variable.written}”",
                f"unit '{unit}' does not convert to '{variable.written}'",
            )
            return None

    def _values(self, line: int, factor: float) -> dict[int, float]:
        pairs: list[tuple[int | None, int]] = [(year, at) for at, year in self.years.items()]
        pairs = pairs or [(self._year(line), self.heads["value"])]
        read = ((year, self._number(line, at)) for year, at in pairs if year is not None)
        return {year: value * factor for year, value in read if value is not None}

    def _year(self, line: int) -> int | None:
        text = self.sheet.text(line, self.heads["year"]).strip()
        if text.isdecimal() and len(text) == 4:
            return int(text)
        self._find(line, "year", f"“{text}”不是年份", f"'{text}' is no year")
        return None

    def _number(self, line: int, at: int) -> float | None:
        text = self.sheet.text(line, at).strip()
        try:
            value = float(text) if text else None
        except ValueError:
            value = float("nan")
        if value is not None and not np.isfinite(value):
            self._find_at(self.book.at(self.sheet, line, at), f"“{text}”不是数", f"'{text}' is no number")
            return None
        return value

    def _find(self, line: int, head: str, zh: str, en: str) -> None:
        self._find_at(self.book.at(self.sheet, line, self.heads[head]), zh, en)

    def _find_at(self, at: str, zh: str, en: str) -> None:
        remedy = Label("对照 docs/scenarios.md 的变量表改正", "correct it by the table of variables in docs/scenarios.md")
        self.findings.append(Finding("scenarios.table", at, "warning", Label(zh, en), remedy))


def _no_table(name: str, lacking: str = "") -> FileRefused:
    said = (f"：缺少 {lacking}", f": it lacks {lacking}") if lacking else ("", "")
    wanted = ", ".join((*HEADS, "2020 …"))
    return FileRefused(
        Label(f"不是 IAMC 格式的表{said[0]}", f"this is no table of the IAMC format{said[1]}"),
        where=name or "table",
        expected=Label(f"列：{wanted}（或 year、value）", f"columns {wanted} (or year, value)"),
        remedy=Label("用 pyam 或 dafeng scenarios --iamc 写出的表", "a table as pyam or dafeng scenarios --iamc writes it"),
    )
