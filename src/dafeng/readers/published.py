"""Read a published inventory: emissions by sector and fuel, as a list or as a table of sectors by fuels.

Invariant: a figure is read with its unit or not at all; a row or column that is not understood is a finding with its
cell, and its figures are in no sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.published import PublishedCell
from dafeng.core.units import convert, same_dimension
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped
from dafeng.readers.layout import find_caption
from dafeng.readers.numbers import read_number
from dafeng.readers.refusals import refusal
from dafeng.readers.sheets import Sheet, Workbook, read_sheets
from dafeng.readers.wording import carrier_spellings, normal, split_unit

_SECTORS: Mapping[str, Kind] = {"sector": "text", "categories": "text?", "zh": "text", "en": "text", "spellings": "text?"}
SEARCHED = 30
"""Rows from the top in which a heading is looked for. [rows]"""
FEWEST = 2
"""Fewest fuels that make a heading. [columns]"""
HEADS: Mapping[str, tuple[str, ...]] = {
    "sector": ("sector", "部门", "行业", "类别", "领域", "row", "category"),
    "fuel": ("fuel", "燃料", "品种", "能源品种", "carrier"),
    "value": ("value", "co2", "排放", "排放量", "二氧化碳排放", "二氧化碳排放量", "emission", "emissions", "tco2", "数值"),
    "unit": ("unit", "单位", "排放单位"),
    "activity": ("activity", "活动水平", "活动量", "消费量", "energy"),
    "activity_unit": ("activity_unit", "活动单位", "消费单位"),
    "factor": ("factor", "因子", "排放因子", "ef"),
    "factor_unit": ("factor_unit", "因子单位"),
}
"""Headings of a list, by our name."""
_CLOSE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class PublishedInventory:
    """What was read of a published inventory.

    Parameters
    ----------
    name : str
        File name.
    sha256 : str
        Hash of the file.
    cells : tuple of PublishedCell
        Emissions, one per sector and fuel.
    findings : tuple of Finding
        Rows, columns and cells that were not understood, and sums that do not close.
    """

    name: str
    sha256: str
    cells: tuple[PublishedCell, ...]
    findings: tuple[Finding, ...]


def read_published(path: Path | bytes, *, name: str = "", unit: str | None = None) -> PublishedInventory:
    """Read a published inventory.

    Parameters
    ----------
    path : Path or bytes
        A CSV or workbook, or its content.
    name : str
        File name; needed with bytes.
    unit : str, optional
        Unit of the emissions where the file names none, e.g. ``Mt CO2``.

    Returns
    -------
    PublishedInventory
        Cells and findings.

    Raises
    ------
    FileRefused
        If the file cannot be read, has no heading of sectors and fuels, or names no unit.
    """
    book = read_sheets(path, name=name)
    for sheet in book.sheets:
        for row in range(min(len(sheet.rows), SEARCHED)):
            listed = _list_heading(sheet, row)
            if "value" in listed and {"fuel", "sector"} & set(listed):
                return _closed(book, _Reader(book, sheet, unit).read_list(row, listed))
            fuels = _fuels(sheet, row)
            if len(fuels) >= FEWEST:
                return _closed(book, _Reader(book, sheet, unit).read_table(row, fuels))
    raise refusal(
        Label("没有找到部门和燃料的表头", "no heading of sectors and fuels was found"),
        where=book.name,
        expected=Label(
            "清单（部门、燃料、排放量、单位）或部门×燃料的表",
            "a list (sector, fuel, value, unit) or a table of sectors by fuels",
        ),
        remedy=Label("补上表头", "add the heading"),
    )


def _list_heading(sheet: Sheet, row: int) -> dict[str, int]:
    spelt = {normal(word): name for name, words in HEADS.items() for word in words}
    found: dict[str, int] = {}
    for column in range(len(sheet.rows[row])):
        name = spelt.get(normal(sheet.text(row, column))) or spelt.get(normal(split_unit(sheet.text(row, column))[0]))
        if name:
            found.setdefault(name, column)
    return found


def _fuels(sheet: Sheet, row: int) -> dict[int, str]:
    found = {column: _fuel(sheet.text(row, column)) for column in range(1, len(sheet.rows[row]))}
    return {column: fuel for column, fuel in found.items() if fuel}


def _fuel(text: str) -> str:
    bare = split_unit(text.replace("_", " "))[0]
    if _sector(bare) == "process":
        return "process"
    return "" if _sector(bare) == "total" else carrier_spellings().get(normal(bare), "")


@cache
def _sectors() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for row in load_csv(shipped() / "classes" / "sectors.csv", _SECTORS, key=("sector",)):
        categories = tuple((row["categories"] or "").split("|")) if row["categories"] else ()
        for text in (row["sector"], row["zh"], row["en"], *(row["spellings"] or "").split("|")):
            found.setdefault(normal(text), (row["sector"], categories))
    return {text: value for text, value in found.items() if text}


def _sector(text: str) -> str:
    return _sectors().get(normal(text.replace("_", " ")), ("", ()))[0]


class _Reader:
    """Carries the sheet, the unit and the findings through one reading."""

    def __init__(self, book: Workbook, sheet: Sheet, unit: str | None) -> None:
        self.book, self.sheet, self.unit = book, sheet, unit
        self.cells: list[PublishedCell] = []
        self.findings: list[Finding] = []

    def read_list(self, row: int, columns: Mapping[str, int]) -> tuple[list[PublishedCell], list[Finding]]:
        heads = {name: split_unit(self.sheet.text(row, column))[1] for name, column in columns.items()}
        for at in range(row + 1, len(self.sheet.rows)):
            texts = {name: self.sheet.text(at, column).strip() for name, column in columns.items()}
            if any(texts.values()):
                self._add(at, columns["value"], texts, heads)
        return self.cells, self.findings

    def read_table(self, row: int, fuels: Mapping[int, str]) -> tuple[list[PublishedCell], list[Finding]]:
        skipped = row + 1 if _is_unit_row(self.sheet, row + 1, fuels) else row
        caption = find_caption(self.sheet, row)
        for at in range(skipped + 1, len(self.sheet.rows)):
            for column in fuels:
                stated = split_unit(self.sheet.text(row, column))[1] or (
                    self.sheet.text(skipped, column) if skipped > row else ""
                )
                texts = {
                    "sector": self.sheet.text(at, 0),
                    "fuel": self.sheet.text(row, column),
                    "value": self.sheet.text(at, column),
                }
                if texts["sector"].strip() and texts["value"].strip():
                    self._add(at, column, texts, {"value": stated or caption})
        self._report_columns(row, fuels)
        return self.cells, self.findings

    def _report_columns(self, row: int, fuels: Mapping[int, str]) -> None:
        for column in range(1, len(self.sheet.rows[row])):
            text = self.sheet.text(row, column).strip()
            if text and column not in fuels and _sector(split_unit(text)[0]) != "total":
                self._report("published.column", row, column, f"不认识品种“{text}”", f"unknown fuel '{text}'")

    def _add(self, row: int, column: int, texts: Mapping[str, str], heads: Mapping[str, str]) -> None:
        reading = read_number(texts["value"])
        if reading.missing:
            return
        sector, fuel = texts.get("sector", ""), texts.get("fuel", "")
        categories, carrier = self._covered(sector, fuel)
        if categories is None:
            self._report("published.row", row, column, f"不认识“{sector} {fuel}”", f"unknown sector or fuel '{sector} {fuel}'")
            return
        if reading.value is None:
            self._report("published.number", row, column, f"“{texts['value']}”不是数", f"'{texts['value']}' is no number")
            return
        value = self._tonnes(row, column, reading.value, texts.get("unit") or heads.get("value") or self.unit or "")
        if value is None:
            return
        activity, unit = self._quantity(row, texts, heads, "activity")
        factor, factor_unit = self._quantity(row, texts, heads, "factor")
        said = " · ".join(part for part in (sector.strip(), fuel.strip()) if part)
        at = self.book.at(self.sheet, row, column)
        self.cells.append(PublishedCell(categories, carrier, value, activity, unit, factor, factor_unit, said, at))

    def _covered(self, sector: str, fuel: str) -> tuple[tuple[str, ...] | None, str | None]:
        carrier = _fuel(fuel) if fuel.strip() else ""
        if carrier == "process" or _sector(sector) == "process":
            return ("process",), None
        known = _sectors().get(normal(sector.replace("_", " "))) if sector.strip() else ("total", ())
        whole = not fuel.strip() or _sector(split_unit(fuel)[0]) == "total"
        if known is None or not (carrier or whole):
            return None, None
        return known[1], carrier or None

    def _tonnes(self, row: int, column: int, value: Decimal, unit: str) -> Decimal | None:
        if not unit:
            raise refusal(
                Label("没有写明排放量的单位", "the unit of the emissions is not stated"),
                where=self.book.at(self.sheet, row, column),
                expected=Label("万吨、Mt CO2、tCO2 等", "万吨, Mt CO2, tCO2 …"),
                remedy=Label("在表头写明单位，或用 --unit 给出", "state it in the heading, or give it with --unit"),
            )
        try:
            whole = unit if "CO2" in unit else f"{unit} CO2"
            return convert(value, whole, "tCO2")
        except UnitError as cause:
            self._report("published.unit", row, column, cause.what.zh, cause.what.en)
            return None

    def _quantity(self, row: int, texts: Mapping[str, str], heads: Mapping[str, str], name: str) -> tuple[Decimal | None, str]:
        reading = read_number(texts.get(name, ""))
        unit = texts.get(f"{name}_unit") or heads.get(name) or ""
        if reading.value is None or not unit:
            return None, ""
        try:
            same_dimension(unit, unit)
        except UnitError as cause:
            self._report("published.unit", row, 0, cause.what.zh, cause.what.en)
            return None, ""
        return reading.value, unit

    def _report(self, rule: str, row: int, column: int, zh: str, en: str) -> None:
        remedy = Label("改正该处，或删去不参与比较的行列", "mend it, or delete what takes no part in the comparison")
        self.findings.append(
            Finding(
                rule, self.book.at(self.sheet, row, column), "warning", Label(f"{zh}，未参与比较", f"{en}; left out"), remedy
            )
        )


def _is_unit_row(sheet: Sheet, row: int, fuels: Mapping[int, str]) -> bool:
    texts = [sheet.text(row, column).strip() for column in fuels]
    return bool(any(texts)) and not sheet.text(row, 0).strip() and all(read_number(t).value is None for t in texts if t)


def _closed(book: Workbook, read: tuple[list[PublishedCell], list[Finding]]) -> PublishedInventory:
    """Cells that cover the same are one; of a total that stands beside its parts only what they leave is counted."""
    cells, findings = read
    findings.extend(_repeated(cells))
    kept: list[PublishedCell] = []
    for cell in sorted(_merged(cells), key=lambda cell: (cell.carrier is None and not _apart(cell), not cell.categories)):
        if cell.carrier is None and cell.categories and not _apart(cell) and any(not k.categories for k in kept):
            findings.append(_other_view(cell))
            continue
        parts = [part for part in kept if _part_of(part, cell)]
        rest = _rest(cell, parts) if parts else cell
        if rest is not None:
            kept.append(rest)
            findings.extend(_unclosed(cell, rest) if parts else ())
    return PublishedInventory(book.name, book.sha256, tuple(kept), tuple(findings))


def _repeated(cells: list[PublishedCell]) -> Iterator[Finding]:
    """Rows of the same words: they are added, which may count one emission twice."""
    seen: set[str] = set()
    for cell in cells:
        if cell.said in seen:
            yield Finding(
                "published.repeated",
                cell.at,
                "warning",
                Label(f"“{cell.said}”出现不止一次，各次相加", f"'{cell.said}' comes more than once; the figures are added"),
                Label("如系重复，删去一行", "take one row out where it is a repetition"),
            )
        seen.add(cell.said)


def _apart(cell: PublishedCell) -> bool:
    """Whether a cell has no fuel by nature."""
    return cell.categories == ("process",)


def _rest(whole: PublishedCell, parts: list[PublishedCell]) -> PublishedCell | None:
    """What a total holds beside its listed parts; nothing where it closes."""
    value = whole.value - sum((part.value for part in parts), Decimal(0))
    if abs(value) <= abs(whole.value) * _CLOSE:
        return None
    known = [part.activity for part in parts if part.activity is not None and part.unit == whole.unit]
    told = whole.activity is not None and len(known) == len(parts)
    activity = (whole.activity or Decimal(0)) - sum(known, Decimal(0)) if told else None
    return replace(whole, value=value, activity=activity, unit=whole.unit if told else "", factor=None, factor_unit="")


def _other_view(cell: PublishedCell) -> Finding:
    return Finding(
        "published.view",
        cell.at,
        "info",
        Label(
            f"已按品种比较，“{cell.said}”的部门合计不再重复计入",
            f"compared by fuel; the sector total '{cell.said}' is not counted again",
        ),
        Label("如需按部门比较，给出部门×品种的数值", "give sectors by fuels to compare by sector"),
    )


def _part_of(part: PublishedCell, whole: PublishedCell) -> bool:
    """Whether a cell is counted in a total: of its fuel, of its sector, or of all."""
    return whole.carrier in (None, part.carrier) and (not whole.categories or whole.categories == part.categories)


def _merged(cells: list[PublishedCell]) -> Iterator[PublishedCell]:
    groups: dict[tuple[tuple[str, ...], str | None], list[PublishedCell]] = {}
    for cell in cells:
        groups.setdefault(cell.key, []).append(cell)
    for group in groups.values():
        first = group[0]
        if len(group) == 1:
            yield first
            continue
        value = sum((cell.value for cell in group), Decimal(0))
        known = [cell.activity for cell in group if cell.activity is not None and cell.unit == first.unit]
        activity = sum(known, Decimal(0)) if len(known) == len(group) else None
        unit = first.unit if activity is not None else ""
        said = f"{first.said} (+{len(group) - 1})"
        yield PublishedCell(first.categories, first.carrier, value, activity, unit, None, "", said, first.at)


def _unclosed(whole: PublishedCell, rest: PublishedCell) -> Iterator[Finding]:
    yield Finding(
        "published.rest",
        whole.at,
        "warning" if rest.value < 0 else "info",
        Label(
            f"“{whole.said}”的合计比所列各格多 {rest.value.normalize():f} tCO2，作为其余部分比较",
            f"the total '{whole.said}' exceeds its listed cells by {rest.value.normalize():f} tCO2, compared as the rest",
        ),
        Label("如有遗漏的行列，补上", "add rows or columns that were left out"),
    )
