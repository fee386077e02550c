"""``ingest``: files become facts; nothing is altered, everything is hashed.

Invariant: a file that is refused leaves the store as it was and does not stop the files beside it; killed at any
moment, the city is as before or as after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from dafeng.core.errors import FileRefused
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.indicators import Catalogue
from dafeng.library.overlay import shipped
from dafeng.readers.delivery import Delivery
from dafeng.readers.reception import read_delivery
from dafeng.store.files import hash_file
from dafeng.store.lots import Item, Lot
from dafeng.work.city import City

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsm")
"""Endings of files that are looked at when a folder is taken in."""
REPORTED = "reported"
"""Source id for figures whose file names no source."""


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


def ingest(city: City, paths: Iterable[Path | str] | None = None) -> Ingested:
    """Take files into a city's store of facts.

    Parameters
    ----------
    city : City
        The city.
    paths : iterable of Path or str, optional
        Files or folders; by default the city's own figures, ``data/deliveries`` and ``inbox``, and the figures of
        the provinces around it.

    Returns
    -------
    Ingested
        The lot, and what was found.

    Raises
    ------
    FileRefused
        If a single named file is refused; of several, the refused ones become findings.
    StoreError
        If the store is damaged or locked by another process for long.
    """
    listed = _own(city) if paths is None else _expand([Path(path) for path in paths])
    held = {item.sha256 for lot in city.facts.lots() for item in lot.items}
    fresh = [path for path in listed if not path.is_file() or hash_file(path) not in held]
    deliveries: list[Delivery] = []
    findings: list[Finding] = []
    refused: list[str] = []
    catalogue = city.catalogue() if fresh else None
    for path in fresh:
        try:
            deliveries.append(_apart(_read(path, city, catalogue or city.catalogue()), path, deliveries))
        except FileRefused as cause:
            if paths is not None and len(listed) == 1:
                raise
            refused.append(path.name)
            findings.append(_refused(path, cause))
    findings += [finding for delivery in deliveries for finding in delivery.findings]
    lot = _deliver(city, deliveries) if deliveries else None
    return Ingested(lot, tuple(findings), tuple(path.name for path in listed), tuple(refused))


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


def _read(path: Path, city: City, catalogue: Catalogue) -> Delivery:
    return read_delivery(
        path,
        catalogue=catalogue,
        place=city.code,
        source=_source(path, city),
        today=datetime.now(UTC).date(),
        sources=set(city.sources()),
    )


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


def _source(path: Path, city: City) -> str:
    listed = city.options.get("deliveries", {})
    return str(listed.get(path.name, REPORTED))


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
