"""``ingest``: files become facts; nothing is altered, everything is hashed.

Invariant: a file that is refused leaves the store as it was and does not stop the files beside it; killed at any
moment, the city is as before or as after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from dafeng.core.errors import FileRefused, SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import same_dimension
from dafeng.library.overlay import shipped
from dafeng.readers.balance_remarks import COAL_EQUIVALENT
from dafeng.readers.delivery import Delivery
from dafeng.readers.layout import is_unit
from dafeng.readers.wording import carriers
from dafeng.store.files import hash_file
from dafeng.store.lots import Item, Lot
from dafeng.work.cell_decisions import CellDecisions, check_decided, settle_cells
from dafeng.work.city import City
from dafeng.work.corrected import keep_corrections
from dafeng.work.error_decisions import DecidedFile, ErrorDecisions, Reasons, deliver_decided, find_errors, places_of
from dafeng.work.read_file import ENDINGS, read_file
from dafeng.work.uploads import keep_upload

UNDECIDED = Label(
    "改正文件或在上报页面逐处决定；或 dafeng ingest CITY 文件，加 --as-reported 或 --leave-out 理由、--who 姓名；没有入库",
    "mend the file or decide on the page of uploads; or dafeng ingest CITY FILE with --as-reported WHY or --leave-out WHY, "
    "and --who NAME; nothing of it was taken in",
)
"""What to do with a file that has errors on which nobody decided."""


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
        Files refused, those with errors on which nobody decided among them.
    kept, left : mapping of str to str
        Why figures with errors were taken in as reported, and why others were left out, by cell.
    """

    lot: Lot | None
    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    refused: tuple[str, ...]
    kept: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)


def ingest(
    city: City,
    paths: Iterable[Path | str] | None = None,
    *,
    year: int | None = None,
    units: Mapping[str, str] | None = None,
    mapping: Mapping[str, str] | None = None,
    kept: Reasons = "",
    left: Reasons = "",
    who: str = "",
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
    kept : str or mapping of str to str, optional
        Why figures with errors are taken in as they were reported: one reason for all, or reasons by cell; the reason goes
        into their note.
    left : str or mapping of str to str, optional
        Why figures with errors are left out.
    who : str, optional
        Who decides on the errors; needed with ``kept`` and ``left``.

    Returns
    -------
    Ingested
        The lot, and what was found.

    Raises
    ------
    FileRefused
        If a single named file is refused; of several, the refused ones become findings.
    SettingError
        If a unit is stated for a carrier that is not known, or is none; if a single named file has errors at figures on
        which nobody decided (of several, such files become findings); if decisions contradict each other or lack a name.
    StoreError
        If the store is damaged or locked by another process for long.
    """
    decisions = ErrorDecisions(kept, left, who.strip())
    decisions.check()
    listed = _own(city) if paths is None else _expand([Path(path) for path in paths])
    stated = _Stated(year, _checked_units(units or {}))
    lots = {} if paths is not None and stated else _lots_by_hash(city)
    fresh = [path for path in listed if not path.is_file() or hash_file(path) not in lots]
    deliveries: list[Delivery] = []
    sources: dict[str, Path] = {}
    findings: list[Finding] = []
    refused: list[str] = []
    catalogue = city.catalogue() if fresh else None
    for path in fresh:
        try:
            delivery = read_file(city, path, catalogue=catalogue, mapping=mapping, year=stated.year, units=stated.units)
            deliveries.append(_apart(delivery, path, deliveries))
            sources[deliveries[-1].file] = path
        except FileRefused as cause:
            if paths is not None and len(listed) == 1:
                raise
            refused.append(path.name)
            findings.append(_refused(path, cause))
    judged = _judge(city, keep_corrections(city, deliveries), decisions, alone=paths is not None and len(listed) == 1)
    refused += [sources[one.file].name for one in judged.refused]
    ready = judged.ready
    findings += [finding for delivery in (*ready, *judged.refused) for finding in delivery.findings]
    _take_back(city, ready)
    files = _keep_files(
        city, [(sources[one.file], one, judged.cells[one.file]) for one in ready if judged.cells[one.file]], who, mapping
    )
    lot = deliver_decided(city, _pairs(ready), files, who=decisions.who) if ready else None
    names = tuple(path.name for path in listed)
    settled = [one.decisions for one in files]
    return Ingested(
        lot, tuple(findings), names, tuple(refused),
        {place: why for one in settled for place, why in one.kept.items()},
        {place: why for one in settled for place, why in one.left.items()},
    )  # fmt: skip


class _Judged(NamedTuple):
    """Files that may be taken in, with the decisions on their cells, and those with open errors, which they tell."""

    ready: list[Delivery]
    refused: list[Delivery]
    cells: dict[str, CellDecisions]


def _judge(city: City, deliveries: Sequence[Delivery], decisions: ErrorDecisions, *, alone: bool) -> _Judged:
    errors, judged = find_errors(city, deliveries), _Judged([], [], {})
    places = {one.file: places_of(one) for one in deliveries}
    decisions.check_cells([place for listed in places.values() for place in listed])
    for one in deliveries:
        asked = decisions.on(errors[one.file], places[one.file])
        try:
            check_decided(errors[one.file], asked, name=one.file, remedy=UNDECIDED)
        except SettingError as cause:
            if alone:
                raise
            told = (_undecided(one, cause), *one.findings, *errors[one.file])
            judged.refused.append(replace(one, findings=tuple(dict.fromkeys(told))))
            continue
        judged.ready.append(settle_cells(one, asked, who=decisions.who))
        judged.cells[one.file] = asked
    return judged


def _keep_files(
    city: City, decided: Iterable[tuple[Path, Delivery, CellDecisions]], who: str, mapping: Mapping[str, str] | None
) -> list[DecidedFile]:
    """Files with decisions are kept as those that are handed in by the page, to be found again with their decision."""
    return [
        DecidedFile(
            keep_upload(city, path.read_bytes(), name=path.name, who=who.strip(), mapping=mapping), asked, one.rows.num_rows
        )
        for path, one, asked in decided
    ]


def _undecided(delivery: Delivery, cause: SettingError) -> Finding:
    said = Label(f"文件“{delivery.file}”未入库：{cause.what.zh}", f"'{delivery.file}' was not taken in: {cause.what.en}")
    return Finding(rule="ingest.undecided", at=cause.where, severity="error", says=said, remedy=cause.remedy)


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


def _pairs(deliveries: Sequence[Delivery]) -> list[tuple[Item, pa.Table]]:
    return [(Item(d.file, d.sha256, d.kind, len(d.findings)), d.rows) for d in deliveries]


def _refused(path: Path, cause: FileRefused) -> Finding:
    return Finding(
        rule="ingest.refused",
        at=cause.where or str(path),
        severity="error",
        says=Label(f"文件“{path.name}”未入库：{cause.what.zh}", f"'{path.name}' was not taken in: {cause.what.en}"),
        remedy=cause.remedy,
    )
