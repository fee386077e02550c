"""``ingest``: files become facts; nothing is altered, everything is hashed.

Invariant: a file that is refused leaves the store as it was and does not stop the files beside it; killed at any
moment, the city is as before or as after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from dafeng.core.errors import FileRefused, SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import same_dimension
from dafeng.library.indicators import Catalogue
from dafeng.library.overlay import shipped
from dafeng.library.substances import read_substances
from dafeng.readers.balance_remarks import COAL_EQUIVALENT
from dafeng.readers.delivery import Delivery
from dafeng.readers.layout import is_unit
from dafeng.readers.reception import read_delivery
from dafeng.readers.sheets import read_sheets
from dafeng.readers.wording import carriers
from dafeng.store.files import hash_file
from dafeng.store.lots import Item, Lot
from dafeng.work.city import City
from dafeng.work.corrected import keep_corrections
from dafeng.work.mappings import check_mapping, keep_mapping, recall_mapping
from dafeng.work.place_checks import check_places

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsm")
"""Endings of files that are looked at when a folder is taken in."""
REPORTED = "reported"
"""Source id for figures whose file names no source."""


class _Stated(NamedTuple):
    """What the person who delivers says about files that do not say it themselves."""

    year: int | None
    units: Mapping[str, str]

    def __bool__(self) -> bool:
        return self.year is not None or bool(self.units)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What was taken in.

    Parameters
    ----------
    lot : Lot or None
        The delivery; ``None`` where every file was known before, or refused.
    findings : tuple of Finding
        Problems found while reading; a refused file is an ``error``.
    files : tuple of str
        Files read.
    refused : tuple of str
        Files refused.
    """

    lot: Lot | None
    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    refused: tuple[str, ...]


def ingest(
    city: City,
    paths: Iterable[Path | str] | None = None,
    *,
    year: int | None = None,
    units: Mapping[str, str] | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Ingested:
    """Take files into a city's store of facts.

    Parameters
    ----------
    city : City
        The city.
    paths : iterable of Path or str, optional
        Files or folders; by default the city's own figures, ``data/deliveries`` and ``inbox``, and the figures of
        the provinces around it.
    year : int, optional
        Year of energy balances that do not tell it, or tell it wrongly.
    units : mapping of str to str, optional
        Units by carrier of an energy balance, where its heading is known to be wrong.
    mapping : mapping of str to str, optional
        Our name of a column of figures by its heading, for headings that nobody knows; it is remembered in the city
        for files that are headed alike.

    Returns
    -------
    Ingested
        The lot, and what was found.

    Raises
    ------
    FileRefused
        If a single named file is refused; of several, the refused ones become findings.
    SettingError
        If a unit is stated for a carrier that is not known, or is none.
    StoreError
        If the store is damaged or locked by another process for long.
    """
    listed = _own(city) if paths is None else _expand([Path(path) for path in paths])
    stated = _Stated(year, _checked_units(units or {}))
    lots = {} if paths is not None and stated else _lots_by_hash(city)
    fresh = [path for path in listed if not path.is_file() or hash_file(path) not in lots]
    deliveries: list[Delivery] = []
    findings: list[Finding] = []
    refused: list[str] = []
    catalogue = city.catalogue() if fresh else None
    for path in fresh:
        try:
            delivery = read_file(city, path, catalogue=catalogue, mapping=mapping, year=stated.year, units=stated.units)
            deliveries.append(_apart(delivery, path, deliveries))
        except FileRefused as cause:
            if paths is not None and len(listed) == 1:
                raise
            refused.append(path.name)
            findings.append(_refused(path, cause))
    deliveries = keep_corrections(city, deliveries)
    findings += [finding for delivery in deliveries for finding in delivery.findings]
    _take_back(city, deliveries)
    lot = _deliver(city, deliveries) if deliveries else None
    return Ingested(lot, tuple(findings), tuple(path.name for path in listed), tuple(refused))


def _checked_units(units: Mapping[str, str]) -> Mapping[str, str]:
    for carrier, text in units.items():
        known = carriers().get(carrier)
        if known is None:
            near = "、".join(get_close_matches(carrier, carriers(), n=3)) or "raw_coal=万吨"
            raise _unusable(f"不认识品种“{carrier}”", f"unknown carrier '{carrier}'", near)
        if not is_unit(text) or not (same_dimension(text, known.unit) or same_dimension(text, COAL_EQUIVALENT)):
            said = f"“{text}”不是{known.label.zh}的单位", f"'{text}' is no unit of {known.label.en}"
            raise _unusable(*said, f"{carrier}={known.unit}")
    return units


def _unusable(zh: str, en: str, expected: str) -> SettingError:
    return SettingError(
        Label(zh, en), where="--unit", expected=Label(expected, expected), remedy=Label("改正该选项", "correct the option")
    )


def _lots_by_hash(city: City) -> dict[str, Lot]:
    """Lots in force by the hash of each of their files."""
    withdrawn = {one.lot for one in city.facts.withdrawals()}
    return {item.sha256: lot for lot in city.facts.lots() if lot.id not in withdrawn for item in lot.items}


def _take_back(city: City, deliveries: Sequence[Delivery]) -> None:
    """Withdraw what the same files said before, where they are read again with another year or unit."""
    lots = _lots_by_hash(city)
    for lot in {lots[one.sha256].id: lots[one.sha256] for one in deliveries if one.sha256 in lots}.values():
        again = {one.sha256 for one in deliveries}
        if any(item.sha256 not in again for item in lot.items):
            raise _shared(lot)
        city.facts.withdraw(lot.id, at=datetime.now(UTC), reason="read again with a stated year or unit")


def _shared(lot: Lot) -> SettingError:
    names = "、".join(item.file for item in lot.items)
    return SettingError(
        Label("文件已与其他文件同批入库", "the file was taken in together with others"),
        where=lot.id,
        expected=Label(f"同时给出该批全部文件：{names}", f"all files of that delivery: {names}"),
        remedy=Label("把同批文件一起列出，再指明年份或单位", "name them all beside the year or unit"),
    )


def _own(city: City) -> list[Path]:
    own = [city.folder / name for name in city.figures]
    around = [shipped() / "places" / code / "figures.csv" for code in city.context]
    folders = [city.folder / "data" / "deliveries", city.folder / "inbox"]
    return [path for path in (*own, *around) if path.is_file()] + _expand([f for f in folders if f.is_dir()])


def _expand(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in ENDINGS)
        else:
            found.append(path)
    return found


def read_file(
    city: City,
    path: Path | bytes,
    *,
    name: str = "",
    catalogue: Catalogue | None = None,
    mapping: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    year: int | None = None,
) -> Delivery:
    """What a file would bring into a city; nothing is written but the mapping of its headings.

    Parameters
    ----------
    city : City
        The city.
    path : Path or bytes
        The file or its content.
    name : str, optional
        File name; needed with bytes.
    catalogue : Catalogue, optional
        Indicators; by default the city's.
    mapping : mapping of str to str, optional
        Our name of a column by its heading, beside what the city remembers.
    units : mapping of str to str, optional
        Units by carrier that replace a wrong header of a balance.
    year : int, optional
        Year of a balance that does not tell it.

    Returns
    -------
    Delivery
        Rows and findings.

    Raises
    ------
    FileRefused
        If the file cannot be read.
    """
    book = read_sheets(path, name=name)
    check_mapping(city, book, mapping or {})
    delivery = read_delivery(
        book,
        catalogue=catalogue or city.catalogue(),
        place=city.code,
        source=str(city.options.get("deliveries", {}).get(book.name, REPORTED)),
        today=datetime.now(UTC).date(),
        sources=set(city.sources()),
        period=None if year is None else str(year),
        substances=read_substances(city.overlay),
        mapping={**recall_mapping(city, book), **(mapping or {})},
        units=units,
    )
    keep_mapping(city, book, mapping or {})
    return check_places(city, delivery)


def _apart(delivery: Delivery, path: Path, earlier: Sequence[Delivery]) -> Delivery:
    """The delivery under a name that no other file of the lot has: as much of its path as it takes.

    A cell is found again by the name and hash of its file, so two files of a lot must not share a name.
    """
    taken = {one.file for one in earlier}
    ends = ("/".join(path.resolve().parts[-length:]) for length in range(2, len(path.resolve().parts)))
    name = next((end for end in ends if end not in taken), delivery.file) if delivery.file in taken else delivery.file
    if name == delivery.file:
        return delivery
    column = delivery.rows.schema.get_field_index("file")
    named = pa.array([name] * delivery.rows.num_rows, pa.string())
    return replace(delivery, file=name, rows=delivery.rows.set_column(column, delivery.rows.schema.field("file"), named))


def _deliver(city: City, deliveries: Sequence[Delivery]) -> Lot:
    pairs = [(Item(d.file, d.sha256, d.kind, len(d.findings)), d.rows) for d in deliveries]
    return city.facts.deliver(pairs, received=datetime.now(UTC))


def _refused(path: Path, cause: FileRefused) -> Finding:
    return Finding(
        rule="ingest.refused",
        at=cause.where or str(path),
        severity="error",
        says=Label(f"文件“{path.name}”未入库：{cause.what.zh}", f"'{path.name}' was not taken in: {cause.what.en}"),
        remedy=cause.remedy,
    )
