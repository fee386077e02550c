"""Emission factors that a user brings along for one run.

Invariant: a supplied factor stands under the standard ``user``, names its source, and never edits the library; a row that
cannot be used is refused with its row and column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from dafeng.core.errors import UnitError
from dafeng.core.labels import Label
from dafeng.core.units import same_dimension
from dafeng.library.factor import Factor
from dafeng.library.factors import FactorLibrary
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import shipped
from dafeng.library.strict import refusal

STANDARD = "user"
"""Standard under which supplied factors stand."""
HEADINGS: Mapping[str, str] = {
    "fuel": "fuel", "燃料": "fuel", "品种": "fuel", "能源品种": "fuel", "燃料品种": "fuel",
    "value": "value", "因子": "value", "排放因子": "value", "数值": "value",
    "unit": "unit", "单位": "unit", "计量单位": "unit",
    "source": "source", "来源": "source", "数据来源": "source",
    "sector": "sector", "行业": "sector", "部门": "sector", "类别": "sector",
    "note": "note", "备注": "note",
}  # fmt: skip
"""Columns by heading."""
NEEDED = ("fuel", "value", "unit", "source")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,30})?")
_MARKS = re.compile(r"[\s（）()\[\]、，,·#]+")
_NUMBERING = re.compile(r"^\s*[\d一二三四五六七八九十]{1,2}[.．、]")
_CARRIERS: Mapping[str, Kind] = {"carrier": "text", "kind": "text", "zh": "text", "en": "text", "spellings": "text?"}
_NO_FUEL = ("electricity", "heat", "other_energy", "all_energy")


class _Row(NamedTuple):
    """One row of the file: its cells by column, and where each stands."""

    cells: Mapping[str, str]
    places: Mapping[str, str]


def read_supplied(
    source: Path | str, library: FactorLibrary, *, sectors: Mapping[str, str] | None = None
) -> tuple[Factor, ...]:
    """Emission factors of fuels from a CSV file.

    Parameters
    ----------
    source : Path or str
        A file (UTF-8 or GB18030), or the text itself, with the columns ``fuel,value,unit,source``: official name,
        another spelling or id of the fuel, CO2 per amount (tCO2/t, tCO2/万立方米, kgCO2/kg …), and where the figure
        comes from. Optional: ``sector``, for a factor that holds in one sector only, and ``note``.
    library : FactorLibrary
        Names of the fuels.
    sectors : mapping of str to str, optional
        Category of the inventory by each of its names, for the column ``sector``.

    Returns
    -------
    tuple of Factor
        Factors for ``FactorLibrary.add``; the edition ``user`` of the method of fuel combustion uses them.

    Raises
    ------
    DefinitionError
        If the file breaks its columns, a fuel, sector or unit is unknown, or a fuel comes twice for one sector.
    """
    names, seen = _names(library), {}  # type: tuple[Mapping[str, str], dict[str, str]]
    found: list[Factor] = []
    for row in _rows(source):
        factor = _factor(row, names, sectors or {}, library)
        if factor.id in seen:
            raise refusal(
                row.places["fuel"],
                f"“{row.cells['fuel']}”与 {seen[factor.id]} 重复",
                f"'{row.cells['fuel']}' repeats {seen[factor.id]}",
            )
        seen[factor.id] = row.places["fuel"]
        found.append(factor)
    return tuple(found)


def _rows(source: Path | str) -> Iterable[_Row]:
    name = source.name if isinstance(source, Path) else "text"
    lines = csv.reader(io.StringIO(_text(source, name), newline=""), strict=True)
    try:
        heads = next(lines, [])
        columns = _columns(heads, name)
        rows = [(lines.line_num, cells) for cells in lines if any(cell.strip() for cell in cells)]
    except csv.Error as cause:
        raise refusal(f"{name}:{lines.line_num}:1", f"不是合法的 CSV：{cause}", f"not CSV: {cause}") from cause
    for line, cells in rows:
        if len(cells) != len(heads):
            said = f"有 {len(cells)} 格，应为 {len(heads)} 格", f"{len(cells)} cells instead of {len(heads)}"
            raise refusal(f"{name}:{line}:1", *said)
        yield _Row(
            {column: cells[at].strip() for column, at in columns.items()},
            {column: f"{name}:{line}:{at + 1}" for column, at in columns.items()},
        )


def _text(source: Path | str, name: str) -> str:
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    try:
        data = source.read_bytes()
    except OSError as cause:
        raise refusal(
            str(source), f"打不开（{cause.strerror}）", f"cannot be opened ({cause.strerror})", expected=_expected()
        ) from cause
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusal(f"{name}:1:1", "不是 UTF-8 或 GB18030 文本", "neither UTF-8 nor GB18030 text")


def _columns(heads: list[str], name: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for at, head in enumerate(heads):
        column = HEADINGS.get(head.strip().lower())
        if column is None or column in found:
            said = f"表头“{head}”不认识或重复", f"the heading '{head}' is unknown or comes twice"
            raise refusal(f"{name}:1:{at + 1}", *said, expected=_expected())
        found[column] = at
    if lacking := [column for column in NEEDED if column not in found]:
        said = f"表头缺少 {','.join(lacking)}", f"the heading lacks {','.join(lacking)}"
        raise refusal(f"{name}:1:1", *said, expected=_expected())
    return found


def _expected() -> Label:
    return Label("fuel,value,unit,source，可加 sector,note", "fuel,value,unit,source and, if wanted, sector,note")


def _names(library: FactorLibrary) -> Mapping[str, str]:
    """Ids of fuels by each of their spellings; totals, heat, electricity and materials that nobody burns are none."""
    found: dict[str, str] = {}
    carriers = load_csv(shipped() / "classes" / "carriers.csv", _CARRIERS, others=True)
    apart = {row["carrier"] for row in carriers if row["kind"] == "total"} | set(_NO_FUEL)
    burnt = {factor.substance for factor in library.factors.values() if factor.purpose == "combustion"}
    burnt = (burnt | {row["carrier"] for row in carriers}) - apart
    for (kind, name), (label, _) in library.names.items():
        if kind == "substance" and name in burnt:
            found |= {_plain(text): name for text in (name, label.zh, label.en)}
    for row in carriers:
        if row["carrier"] not in apart:
            found |= {_plain(text): row["carrier"] for text in (row["spellings"] or "").split("|") if text}
    return found


def _plain(text: str) -> str:
    return _MARKS.sub("", _NUMBERING.sub("", text)).lower()


def _factor(row: _Row, names: Mapping[str, str], sectors: Mapping[str, str], library: FactorLibrary) -> Factor:
    fuel = _known(row, "fuel", names, "不认识燃料", "unknown fuel")
    plain = {_plain(text): name for text, name in sectors.items()}
    sector = _known(row, "sector", plain, "不认识行业", "unknown sector") if row.cells.get("sector") else None
    label = library.label("substance", fuel)
    return Factor(
        id=".".join(part for part in (STANDARD, fuel, sector, "emission_factor") if part),
        substance=fuel,
        parameter="emission_factor",
        purpose="combustion",
        standard=STANDARD,
        place=None,
        year=None,
        sector=sector,
        value=_value(row),
        lower=None,
        upper=None,
        unit=_unit(row),
        source=_source(row),
        clause="",
        grade="reported",
        label=Label(f"{label.zh} 自带排放因子", f"{label.en}, supplied emission factor"),
        note=row.cells.get("note", ""),
    )


def _known(row: _Row, column: str, names: Mapping[str, str], zh: str, en: str) -> str:
    text = row.cells[column]
    found = names.get(_plain(text))
    if found is None:
        near = "、".join(get_close_matches(_plain(text), names, n=4, cutoff=0.4)) or "、".join(list(names)[:4])
        raise refusal(row.places[column], f"{zh}“{text}”", f"{en} '{text}'", expected=Label(f"如 {near}", f"such as {near}"))
    return found


def _value(row: _Row) -> Decimal:
    text = row.cells["value"]
    if not _NUMBER.fullmatch(text):
        said = f"读不出“{text}”", f"cannot read '{text}'"
        form = Label("不小于零的普通小数，如 2.9251，不用千分位和指数", "zero or more in plain decimals, such as 2.9251")
        raise refusal(row.places["value"], *said, expected=form)
    return Decimal(text)


def _unit(row: _Row) -> str:
    text, at = row.cells["unit"], row.places["unit"]
    try:
        fits = any(same_dimension(text, fit) for fit in ("tCO2/t", "tCO2/m3", "tCO2/GJ"))
    except UnitError as cause:
        raise refusal(at, f"不认识单位“{text}”", f"unknown unit '{text}'", expected=_units()) from cause
    if not fits:
        raise refusal(at, f"单位“{text}”不是排放因子的单位", f"'{text}' is no unit of an emission factor", expected=_units())
    return text


def _units() -> Label:
    return Label("tCO2/t、kgCO2/kg、tCO2/万立方米 等", "tCO2/t, kgCO2/kg, tCO2/万立方米 …")


def _source(row: _Row) -> str:
    if not row.cells["source"]:
        raise refusal(
            row.places["source"], "没有写明来源", "names no source", expected=Label("出处", "where the figure comes from")
        )
    return row.cells["source"]
