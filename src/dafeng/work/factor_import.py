"""``import-factors``: a delivered table of factors becomes rows of a city's own library.

Invariant: nothing is written until every row is fine or the user takes only those that are; what is written was first
read back by the library itself, and appears whole.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.sources import Grade, Source
from dafeng.core.units import convert, same_dimension
from dafeng.library.factor import Factor
from dafeng.library.factor_words import read_factor_words
from dafeng.library.factors import FACTOR_COLUMNS, FactorLibrary, read_factors
from dafeng.readers.factor_remarks import remark
from dafeng.readers.factor_rows import FactorDefaults, FactorReading, read_rows
from dafeng.readers.factor_table import read_lines
from dafeng.readers.sheets import Workbook, read_sheets
from dafeng.store.files import write_whole
from dafeng.work.city import City

_ID = re.compile(r"[a-z0-9][a-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class FactorImport:
    """What a table of factors gave.

    Parameters
    ----------
    path : Path or None
        The new file of the city's overlay; ``None`` where nothing was written.
    columns : mapping of str to str
        Field by heading as printed.
    rows : int
        Rows of the table.
    factors : tuple of Factor
        Factors that were, or would be, written.
    held : int
        Rows held back.
    findings : tuple of Finding
        What was found, by cell.
    """

    path: Path | None
    columns: Mapping[str, str]
    rows: int
    factors: tuple[Factor, ...]
    held: int
    findings: tuple[Finding, ...]


def import_factors(
    city: City,
    file: Path | str,
    *,
    columns: Mapping[str, str] | None = None,
    standard: str | None = None,
    purpose: str | None = None,
    parameter: str | None = None,
    source: str | None = None,
    grade: str = "reported",
    accept_partial: bool = False,
    accept_unusual: bool = False,
    save: bool = True,
) -> FactorImport:
    """Take a table of factors into a city's library.

    Parameters
    ----------
    city : City
        The city.
    file : Path or str
        Table, csv or xlsx: an export of the national factor database, or any table with a value and a name.
    columns : mapping of str to str, optional
        Field by heading, for headings that are not known.
    standard, purpose, parameter : str, optional
        Part of the key of all rows, by id or name; a purpose that neither follows from the table nor is given is asked for.
    source : str, optional
        Id of a known source, or the title of a new one; otherwise each row names its own.
    grade : str
        Evidence grade of the rows.
    accept_partial : bool
        Take the rows that are fine and leave the others out.
    accept_unusual : bool
        Take rows too whose value lies outside the known ones.
    save : bool
        Whether to write.

    Returns
    -------
    FactorImport
        Factors and findings; ``path`` is ``None`` where a row was not fine and nothing was written.

    Raises
    ------
    FileRefused
        If the file is no table of factors.
    SettingError
        If the grade is unknown.
    """
    if grade not in get_args(Grade):
        raise _no_grade(grade)
    library = read_factors(city.overlay)
    words = read_factor_words(library, city.overlay)
    book = read_sheets(Path(file))
    titles, lines = read_lines(book, words, columns or {})
    defaults = FactorDefaults(standard, purpose, parameter, source, grade, datetime.now(UTC).year)
    readings = tuple(_against(library, _unique(list(read_rows(lines, words, defaults, library)))))
    fine = [one for one in readings if one.factor is not None and (accept_unusual or not one.held)]
    findings = (*book.findings, *(finding for one in readings for finding in one.findings))
    held = sum(one.factor is None and not _harmless(one) for one in readings)
    held += sum(one.factor is not None and one.held and not accept_unusual for one in readings)
    factors, sources = _sourced(fine, city, book)
    path = None
    if save and factors and (accept_partial or not held):
        path = _save(city, book, factors, sources)
    return FactorImport(path, titles, len(lines), factors, held, findings)


def _no_grade(grade: str) -> SettingError:
    known = ", ".join(get_args(Grade))
    return SettingError(
        Label(f"证据等级“{grade}”不明", f"unknown evidence grade '{grade}'"),
        where="--grade",
        expected=Label(known, known),
        remedy=Label("改正该选项", "correct the option"),
    )


def _harmless(one: FactorReading) -> bool:
    """Whether a row gives no factor only because its figure is known already."""
    return all(finding.severity == "info" for finding in one.findings)


def _key(factor: Factor) -> tuple[object, ...]:
    topic = (factor.substance, factor.parameter, factor.purpose, factor.standard)
    return (*topic, factor.place, factor.year, factor.sector)


def _unique(readings: Sequence[FactorReading]) -> Iterator[FactorReading]:
    """Rows in order; a repetition counts once, two values for one key are an error in both rows."""
    groups: dict[tuple[object, ...], list[FactorReading]] = {}
    for one in readings:
        if one.factor is not None:
            groups.setdefault(_key(one.factor), []).append(one)
    for one in readings:
        group = groups[_key(one.factor)] if one.factor is not None else []
        others = [other for other in group if other is not one]
        if any(not _same(one.factor, other.factor) for other in others):
            told = ", ".join(f"{other.line.at('value')} ({other.line.text('value')})" for other in others)
            yield _refused(one, remark("contradiction", one.line.at("value"), {"others": told}))
        elif group and group[0] is not one:
            yield _known(one, remark("repeated", one.line.at("value"), {"other": group[0].line.at("value")}))
        else:
            yield one


def _against(library: FactorLibrary, readings: Iterable[FactorReading]) -> Iterator[FactorReading]:
    """Rows in order; a key that the library has is known already, or an error where the value differs."""
    held = {_key(factor): factor for factor in library.factors.values()}
    for one in readings:
        before = held.get(_key(one.factor)) if one.factor is not None else None
        if before is None or one.factor is None:
            yield _shadowed(one, held)
        elif _same(one.factor, before):
            yield _known(one, remark("known", one.line.at("value"), {"id": before.id}))
        else:
            value = f"{'—' if before.value is None else f'{before.value:f}'} {before.unit}"
            yield _refused(one, remark("taken", one.line.at("value"), {"id": before.id, "value": value}))


def _shadowed(one: FactorReading, held: Mapping[tuple[object, ...], Factor]) -> FactorReading:
    """A row that says that a default of its own standard goes before it almost everywhere."""
    factor = one.factor
    default = held.get(_key(replace(factor, place=None, year=None))) if factor is not None else None
    if factor is None or default is None or default.value is None:
        return one
    return replace(one, findings=(*one.findings, remark("shadowed", one.line.at("value"), {"id": default.id})))


def _same(one: Factor | None, other: Factor | None) -> bool:
    if one is None or other is None or one.value is None or other.value is None:
        return False
    return same_dimension(one.unit, other.unit) and convert(one.value, one.unit, other.unit) == other.value


def _refused(one: FactorReading, finding: Finding) -> FactorReading:
    return replace(one, factor=None, findings=(*one.findings, finding))


def _known(one: FactorReading, finding: Finding) -> FactorReading:
    return replace(one, factor=None, held=False, findings=(*(f for f in one.findings if f.severity == "info"), finding))


def _sourced(fine: Iterable[FactorReading], city: City, book: Workbook) -> tuple[tuple[Factor, ...], Mapping[str, Source]]:
    """Factors with source ids, and the sources that are new."""
    known, new = city.sources(), {}
    factors = []
    for one in fine:
        name = one.source if one.source in known else _source_id(one.source)
        if name not in known:
            seen = f"imported from {book.name}, sha256 {book.sha256}"
            new[name] = Source(name, one.source, "", "", "", seen)
        if one.factor is not None:
            factors.append(replace(one.factor, source=name))
    return _with_ids(factors, city), new


def _source_id(title: str) -> str:
    return title if _ID.fullmatch(title) else f"import.{hashlib.sha256(title.encode()).hexdigest()[:8]}"


def _with_ids(factors: Iterable[Factor], city: City) -> tuple[Factor, ...]:
    return tuple(replace(factor, id=f"{city.slug}.{factor.id}") for factor in factors)


def _save(city: City, book: Workbook, factors: tuple[Factor, ...], sources: Mapping[str, Source]) -> Path:
    """Read the rows back from a trial folder, then write the sources and, last, the factors that quote them."""
    stem = re.sub(r"[^a-z0-9]+", "_", Path(book.name).stem.lower()).strip("_") or "table"
    name = f"imported_{stem}_{book.sha256[:8]}"
    tables = {f"factors/{name}.csv": _table(factors, book).encode()}
    if sources:
        tables = {f"sources_{name}.yaml": _sources(sources).encode(), **tables}
    _try(city, tables)
    for at, content in tables.items():
        (city.overlay / at).parent.mkdir(parents=True, exist_ok=True)
        write_whole(city.overlay / at, content)
    return city.overlay / f"factors/{name}.csv"


def _try(city: City, tables: Mapping[str, bytes]) -> None:
    if any((city.overlay / at).exists() for at in tables):
        return _imported_before(city, tables)
    with TemporaryDirectory() as folder:
        for at, content in tables.items():
            path = Path(folder) / at
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        read_factors(city.overlay, Path(folder))
    return None


def _imported_before(city: City, tables: Mapping[str, bytes]) -> None:
    at = next(at for at in tables if (city.overlay / at).exists())
    raise SettingError(
        Label("这份表已导入过", "this table was imported before"),
        where=str(city.overlay / at),
        expected=Label("没有导入过的表", "a table that was not imported yet"),
        remedy=Label("要重新导入，先删去该文件", "to import it anew, delete that file first"),
    )


def _table(factors: tuple[Factor, ...], book: Workbook) -> str:
    text = io.StringIO(newline="")
    text.write(f"# 由 dafeng import-factors 导入 · imported from {_plain(book.name)}, sha256 {book.sha256}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FACTOR_COLUMNS)
    writer.writerows([_cell(getattr(factor, column)) for column in FACTOR_COLUMNS] for factor in factors)
    return text.getvalue()


def _cell(value: object) -> str:
    return "" if value is None else f"{value:f}" if hasattr(value, "as_tuple") else _plain(str(value))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _sources(sources: Mapping[str, Source]) -> str:
    rows = [
        f'  {name}: {{title: {_quoted(str(one.title))}, publisher: "", date: "", url: "", seen: {_quoted(str(one.seen))}}}\n'
        for name, one in sources.items()
    ]
    return "# 导入因子的来源 · sources of imported factors\nsources:\n" + "".join(rows)


def _quoted(text: str) -> str:
    return json.dumps(_plain(text), ensure_ascii=False)
