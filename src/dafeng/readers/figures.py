"""Tables of city figures, one row per figure or one column per year, turned into facts.

Invariant: a figure is kept only with a known indicator, a period that is over, a unit of the indicator's dimension
and evidence better than memory; everything left out is a finding with its cell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from dafeng.core.errors import LookupFailure, SettingError, UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.periods import period as read_period
from dafeng.core.places import place as find_place
from dafeng.core.units import same_dimension
from dafeng.library.indicators import UNIT, Catalogue, Indicator, IndicatorMatch
from dafeng.library.naming import normal as normal_name
from dafeng.library.substances import Substances, read_substances
from dafeng.readers import objections, unknown_names
from dafeng.readers.cells import address
from dafeng.readers.delivery import GRADES, LISTED, Delivery, DeliveryKind, build_rows, fit, refuse_doubles
from dafeng.readers.forms import Form, find_form
from dafeng.readers.headings import Heading, find_heading
from dafeng.readers.numbers import Reading, fold, read_number
from dafeng.readers.refusals import refusal
from dafeng.readers.sheets import Sheet, Workbook
from dafeng.readers.wording import flow_spellings, flows, normal, split_unit

Row = dict[str, Any]
PLACE_DIGITS = 6
MOST_PROBLEMS = 1_000
"""Figures left out at which a table that keeps fewer is refused as a whole."""
REMEMBERED = 20_000
"""Names whose match is remembered while a file is read; matching is slow, and tables repeat names."""


@dataclass(frozen=True, slots=True)
class _Context:
    book: Workbook
    sheet: Sheet
    heading: Heading
    catalogue: Catalogue
    place: str
    source: str
    grade: str
    today: date
    sources: Collection[str] | None
    match: Callable[[str, str], IndicatorMatch | None]
    substances: Substances
    year: str = ""


def read_figures(
    workbook: Workbook,
    *,
    catalogue: Catalogue,
    place: str,
    source: str,
    today: date,
    grade: str = "reported",
    sources: Collection[str] | None = None,
    substances: Substances | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Delivery:
    """Facts of a table of figures or of a filled template.

    Parameters
    ----------
    workbook : Workbook
        The delivered file.
    catalogue : Catalogue
        Indicators that are known.
    place : str
        Administrative code for rows that name none.
    source : str
        Source id for rows that name none.
    today : date
        Day of the delivery; a measured value of a period that is not over is refused.
    grade : str, optional
        Evidence grade for rows that name none.
    sources : collection of str, optional
        Known source ids; text in the source column that is none of them goes into the note. By default any text
        is taken as an id.
    substances : Substances, optional
        Carriers and products that the column of carriers may name; by default those of the package.
    mapping : mapping of str to str, optional
        Our name of a column by its heading, where the heading is not known.

    Returns
    -------
    Delivery
        One row per figure, and findings.

    Raises
    ------
    FileRefused
        If no sheet has a heading with an indicator and a value or years.
    """
    rows: list[Row] = []
    findings: list[Finding] = list(workbook.findings)
    form: Form | None = None
    found = False
    match = lru_cache(maxsize=REMEMBERED)(catalogue.match)
    known = substances or read_substances()
    for sheet in workbook.sheets:
        heading = find_heading(sheet, name=workbook.name, mapping=mapping)
        if heading is None:
            continue
        form = find_form(sheet) or form
        at, year = (form.place, form.year) if form else (place, "")
        told = _Context(workbook, sheet, heading, catalogue, at, source, grade, today, sources, match, known, year)
        read, said = _sheet(told)
        found = True
        rows.extend(read)
        findings.extend(said)
    if not found:
        raise _no_figures(workbook)
    rows, doubled = refuse_doubles(rows, name=lambda row: _name(row, catalogue))
    kind: DeliveryKind = "template" if form else "figures"
    return Delivery(kind, build_rows(rows), (*findings, *doubled), workbook.name, workbook.sha256)


def _name(row: Mapping[str, Any], catalogue: Catalogue) -> Label:
    """What a row speaks of: place, indicator and period in words."""
    indicator, code = catalogue.indicators[row["indicator"]].label, str(row["place"])
    try:
        at = find_place(code).label
    except LookupFailure:
        at = Label(code, code)
    parts = [str(row[part]) for part in ("flow", "carrier", "organisation", "period") if row.get(part)]
    return Label(" ".join((at.zh, indicator.zh, *parts)), " ".join((at.en, indicator.en, *parts)))


def _sheet(told: _Context) -> tuple[list[Row], list[Finding]]:
    rows: list[Row] = []
    findings: list[Finding] = []
    blank: list[str] = []
    lost: list[Finding] = []
    for line in range(told.heading.row + 1, len(told.sheet.rows)):
        for column, year in _value_columns(told):
            row, said = _figure(told, line, column, year)
            rows.extend([row] if row else [])
            findings.extend(said)
            lost.extend(said[-1:] if row is None else [])
            _refuse_foreign(len(rows), lost)
            if not said and row is None and _named(told, line):
                blank.append(address(line, column))
    if blank:
        findings.append(objections.blank(told.book.at(told.sheet, told.heading.row + 1, 0), blank))
    return rows, _note_once(findings)


def _note_once(findings: list[Finding]) -> list[Finding]:
    """One note for all cells that name the same unregistered source, at the first of them."""
    groups: dict[Label, list[Finding]] = {}
    for finding in findings:
        if finding.rule == "figure.source":
            groups.setdefault(finding.says, []).append(finding)
    firsts = {id(group[0]): _gathered(group) for group in groups.values()}
    return [firsts.get(id(one), one) for one in findings if one.rule != "figure.source" or id(one) in firsts]


def _gathered(notes: list[Finding]) -> Finding:
    """Notes that say the same as one, with their number and the first cells."""
    first = notes[0]
    if len(notes) == 1:
        return first
    cells = ", ".join(note.at.rpartition("!")[2] for note in notes[:LISTED]) + (" …" if len(notes) > LISTED else "")
    count = len(notes)
    says = Label(f"{first.says.zh}（共 {count} 格：{cells}）", f"{first.says.en} (in {count} cells: {cells})")
    return replace(first, says=says)


def _refuse_foreign(kept: int, lost: list[Finding]) -> None:
    """Stop at a table of something else: many figures left out and hardly one kept."""
    if len(lost) > MOST_PROBLEMS and kept < len(lost):
        raise refusal(
            Label(
                f"已有 {len(lost)} 个数读不出，首处：{lost[0].says.zh}",
                f"{len(lost)} figures cannot be read, the first: {lost[0].says.en}",
            ),
            where=lost[0].at,
            expected=Label("指标目录中的指标", "indicators of the catalogue"),
            remedy=Label("用 dafeng 的填报模板重新整理", "bring it into a template of dafeng"),
        )


def _value_columns(told: _Context) -> list[tuple[int, str]]:
    if told.year:
        return [(column, year) for column, year in told.heading.years.items() if year == told.year]
    if told.heading.years:
        return list(told.heading.years.items())
    return [(told.heading.columns["value"], "")]


def _figure(told: _Context, line: int, column: int, year: str) -> tuple[Row | None, list[Finding]]:
    reading, at = read_number(told.sheet.text(line, column)), told.book.at(told.sheet, line, column)
    if reading.missing or not any(told.sheet.rows[line]):
        return None, []
    problem = _unreadable(told, line, column, reading, at)
    if problem or reading.value is None:
        return None, [problem] if problem else []
    value, rounded = fit(reading.value, at)
    findings = [rounded] if rounded else []
    try:
        told_so = _told(told, line, reading, year, at, findings)
    except _LeftOut as out:
        return None, [*findings, out.finding if out.finding.at == at else objections.left_out(out.finding, at)]
    if value is None:
        return None, findings
    where: Row = {"file": told.book.name, "sheet": told.sheet.name or None, "cell": address(line, column)}
    return {"value": value, **told_so, **where}, findings


class _LeftOut(Exception):
    """A figure that cannot be kept; carries its finding."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.rule)


def _unreadable(told: _Context, line: int, column: int, reading: Reading, at: str) -> Finding | None:
    if told.sheet.span(line, column):
        return objections.merged(at, reading.text)
    return None if reading.value is not None else objections.no_number(at, reading.text)


def _told(told: _Context, line: int, reading: Reading, year: str, at: str, findings: list[Finding]) -> Row:
    name, in_name = split_unit(_text(told, line, "indicator"))
    unit = _unit(told, line, reading, in_name, at)
    indicator = _indicator(told, line, name, unit, at)
    if not same_dimension(unit, indicator.unit):
        raise _LeftOut(objections.unit_dimension(_unit_cell(told, line, at), unit, indicator))
    findings.extend(_doubts(reading, unit, indicator, at))
    source, cited = _source(told, line, at, findings)
    notes = [_text(told, line, "note"), reading.qualifier, cited]
    return {
        "indicator": indicator.id,
        "flow": _text(told, line, "flow") or None if indicator.id.startswith(UNIT) else _flow(told, line, at, findings),
        "carrier": _carrier(told, line, at),
        "place": _place(told, line, at),
        "organisation": _text(told, line, "organisation") or None,
        "period": _period(told, line, year, at),
        "unit": unit,
        "source": source,
        "grade": _grade(told, line, at),
        "note": "; ".join(note for note in notes if note) or None,
    }


def _text(told: _Context, line: int, name: str) -> str:
    column = told.heading.columns.get(name)
    return "" if column is None else fold(told.sheet.spread(line, column))


def _cell(told: _Context, line: int, name: str, at: str) -> str:
    """Place of what a row says in a column; that of the figure where it stands nowhere in the row."""
    column = told.heading.columns.get(name)
    return at if column is None else told.book.at(told.sheet, line, column)


def _unit_cell(told: _Context, line: int, at: str) -> str:
    """Place of the unit of a figure: its own column, else the name that it stands behind."""
    if "unit" in told.heading.columns and (_text(told, line, "unit") or not split_unit(_text(told, line, "indicator"))[1]):
        return _cell(told, line, "unit", at)
    return _cell(told, line, "indicator", at) if split_unit(_text(told, line, "indicator"))[1] else at


def _named(told: _Context, line: int) -> bool:
    return bool(_text(told, line, "indicator") or _text(told, line, "code"))


def _unit(told: _Context, line: int, reading: Reading, in_name: str, at: str) -> str:
    mark = "%" if reading.percent else ""
    text = _text(told, line, "unit") or in_name or mark or told.heading.unit
    if not text:
        raise _LeftOut(objections.unit_missing(_unit_cell(told, line, at)))
    try:
        if mark and not same_dimension(text, mark):
            raise _LeftOut(objections.percent(at, reading.text, text))
    except UnitError as cause:
        raise _LeftOut(objections.unit_unknown(_unit_cell(told, line, at), text)) from cause
    if _unknown(text):
        raise _LeftOut(objections.unit_unknown(_unit_cell(told, line, at), text))
    return text


def _unknown(text: str) -> bool:
    try:
        same_dimension(text, text)
    except UnitError:
        return True
    return False


def _indicator(told: _Context, line: int, name: str, unit: str, at: str) -> Indicator:
    for given in (_text(told, line, "code"), name):
        if given in told.catalogue.indicators:
            return told.catalogue.indicators[given]
    full = _text(told, line, "indicator")
    match = told.match(name, unit) or told.match(full, unit)
    if match is None:
        raise _LeftOut(_why_unknown(told, line, name, unit, at))
    return match.indicator


def _why_unknown(told: _Context, line: int, name: str, unit: str, at: str) -> Finding:
    asked, where = normal_name(name or _text(told, line, "code")), _cell(told, line, "indicator" if name else "code", at)
    titled = next((i for i in told.catalogue.indicators.values() if normal_name(i.label.zh) == asked), None)
    named = (i for i in told.catalogue.indicators.values() if asked in map(normal_name, (i.label.zh, *i.synonyms)))
    other = titled or next(named, None)
    if other:
        return objections.unit_dimension(_unit_cell(told, line, at), unit, other)
    return objections.unknown(where, name or _text(told, line, "code"), unit)


def _carrier(told: _Context, line: int, at: str) -> str | None:
    text = _text(told, line, "carrier")
    found = told.substances.find(text) or told.substances.find(split_unit(text)[0])
    if text and found is None:
        raise _LeftOut(unknown_names.carrier(_cell(told, line, "carrier", at), text, told.substances.suggest(text)))
    return found


def _flow(told: _Context, line: int, at: str, findings: list[Finding]) -> str | None:
    text = _text(told, line, "flow")
    named = (text,) if text in flows() else flow_spellings().get(normal(text), ())
    treated = told.substances.find(text) if text and not named else None
    if treated:
        return treated
    if text and len(named) != 1:
        findings.append(unknown_names.flow(_cell(told, line, "flow", at), text))
    return named[0] if len(named) == 1 else text or None


def _period(told: _Context, line: int, year: str, at: str) -> str:
    text = (year or _text(told, line, "period")).removesuffix("底").removesuffix("末")
    where = at if year else _cell(told, line, "period", at)
    try:
        found = read_period(text)
    except SettingError as cause:
        raise _LeftOut(objections.period(where, text)) from cause
    if found.end > told.today:
        raise _LeftOut(objections.future(where, found.text, told.today))
    return str(found)


def _place(told: _Context, line: int, at: str) -> str:
    text = _text(told, line, "place") or told.place
    if len(text) != PLACE_DIGITS or not text.isdecimal():
        raise _LeftOut(objections.place(_cell(told, line, "place", at), text))
    return text


def _grade(told: _Context, line: int, at: str) -> str:
    text = _text(told, line, "grade").lower() or told.grade
    if text == "memory" or text not in GRADES:
        raise _LeftOut(objections.grade(_cell(told, line, "grade", at), text))
    return text


def _source(told: _Context, line: int, at: str, findings: list[Finding]) -> tuple[str, str]:
    text = _text(told, line, "source")
    if not text or told.sources is None or text in told.sources:
        return text or told.source, ""
    findings.append(objections.source(_cell(told, line, "source", at), text, told.source))
    return told.source, text


def _doubts(reading: Reading, unit: str, indicator: Indicator, at: str) -> Iterator[Finding]:
    if reading.qualifier:
        yield objections.qualified(at, reading.text)
    if "e" in fold(reading.text).lower():
        yield objections.exponent(at, reading.text)
    share = indicator.kind in ("coverage", "ratio") and indicator.id.endswith("_share")
    if share and fold(unit) == "%" and reading.value is not None and 0 < abs(reading.value) < 1:
        yield objections.small_percent(at, reading.text)


def _no_figures(book: Workbook) -> Exception:
    return refusal(
        Label("没有找到数据表的表头", "no heading of a table of figures was found"),
        where=book.name,
        expected=Label("一行表头，含“指标”和“数值”（或各年份）", "a heading with 'indicator' and 'value' (or years)"),
        remedy=Label("用 dafeng 的填报模板，或补上表头", "use a template of dafeng, or add the heading"),
    )
