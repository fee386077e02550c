"""Reading one delivered file as the city reads it: its columns by the remembered names, its places checked.

Invariant: nothing is written but the names of columns that somebody has just said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from dafeng.library.indicators import Catalogue
from dafeng.library.substances import read_substances
from dafeng.readers.delivery import Delivery
from dafeng.readers.reception import read_delivery
from dafeng.readers.sheets import read_sheets
from dafeng.work.city import City
from dafeng.work.mappings import check_mapping, keep_mapping, recall_mapping
from dafeng.work.place_checks import check_places

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsm")
"""Endings of files that are looked at when a folder is taken in."""
REPORTED = "reported"
"""Source id for figures whose file names no source."""


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
