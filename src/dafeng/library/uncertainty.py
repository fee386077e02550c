"""What is stated of the uncertainty of activities and factors: ``quality/uncertainty.csv`` and thresholds.

Invariant: an uncertainty that nobody stated is ``None`` and is said; it is never zero, and weak evidence is used only
where it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, cast, get_args

from dafeng.core.sources import Grade
from dafeng.library.factor import WEAK
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import refusal

Subject = Literal["activity", "factor", "range"]
"""What a statement is about: facts, factors, or factors whose range the library prints."""
Shape = Literal["normal", "lognormal", "triangular", "uniform"]
"""Distributions. The ends are those of the 95 % interval (normal, lognormal) or of the range (triangular, uniform)."""
Together = Literal["", "carrier", "source"]
"""What is drawn with one draw: each input by itself, all facts of a carrier, or all facts of a source."""
KEYS = ("indicator", "flow", "substance", "parameter", "purpose", "quantity", "category", "grade")
"""Keys of a statement; ``flow`` and ``category`` fit with their first parts."""
HUNDRED = Decimal(100)
_PARTS = ("flow", "category")
_COLUMNS: Mapping[str, Kind] = {
    "id": "text",
    "subject": "text",
    **dict.fromkeys(KEYS, "text?"),
    "distribution": "text",
    "below": "decimal?",
    "above": "decimal?",
    "together": "text?",
    "source": "text",
    "clause": "text?",
    "evidence": "text",
    "note": "text?",
}
_THRESHOLDS: Mapping[str, Kind] = {"id": "text", "value": "decimal", "unit": "text", "source": "text", "note": "text"}


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement on the uncertainty of inputs.

    Parameters
    ----------
    id : str
        Id.
    subject : {"activity", "factor", "range"}
        What it is about.
    keys : mapping of str to str
        Keys that an input must have, those of ``KEYS`` that are given.
    shape : Shape
        Distribution.
    below, above : Decimal or None
        Ends beneath and over the stated value; ``None`` where nobody knows. [%]
    together : Together
        What is drawn with one draw.
    source, clause : str
        Where it stands.
    evidence : Grade
        How good the evidence is.
    note : str
        Reservations.
    layer : int
        Number of the folder it comes from; a later one comes first.
    """

    id: str
    subject: Subject
    keys: Mapping[str, str]
    shape: Shape
    below: Decimal | None
    above: Decimal | None
    together: Together
    source: str
    clause: str
    evidence: Grade
    note: str
    layer: int

    def fits(self, given: Mapping[str, str | None]) -> bool:
        """Whether an input has all keys of the statement.

        Parameters
        ----------
        given : mapping of str to str or None
            Keys of the input.

        Returns
        -------
        bool
            True if it fits.
        """
        return all(_fits(key, wanted, given.get(key) or "") for key, wanted in self.keys.items())


def read_uncertainty(*folders: Path) -> tuple[Stated, ...]:
    """Statements that ship and those of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city; their ``quality/uncertainty.csv`` come before the shipped rows.

    Returns
    -------
    tuple of Stated
        The first that fits counts.

    Raises
    ------
    DefinitionError
        If a file breaks its columns, an id comes twice, or the ends do not suit the distribution.
    """
    known = read_sources(*folders)
    found = []
    for number, folder in enumerate(layers(*folders)):
        for path in definition_files((folder,), "quality/uncertainty.csv"):
            rows = load_csv(path, _COLUMNS, key=("id",))
            found += [(row["id"], row["at"], _stated(row, number)) for row in rows]
            _check_sources(rows, known)
    return tuple(sorted(merged(found).values(), key=lambda row: (-row.layer, -_detail(row), row.id)))


def find_stated(
    listed: tuple[Stated, ...], subject: Subject, given: Mapping[str, str | None], *, provisional: bool = False
) -> Stated | None:
    """First statement that fits an input.

    Parameters
    ----------
    listed : tuple of Stated
        What ``read_uncertainty`` gave.
    subject : {"activity", "factor", "range"}
        What the input is.
    given : mapping of str to str or None
        Keys of the input.
    provisional : bool
        Whether weak evidence may be used.

    Returns
    -------
    Stated or None
        ``None`` where nothing is stated.
    """
    usable = (row for row in listed if row.subject == subject and (provisional or row.evidence not in WEAK))
    return next((row for row in usable if row.fits(given)), None)


def read_thresholds(*folders: Path) -> Mapping[str, Decimal]:
    """Thresholds of the analysis; those of a later folder hold.

    Parameters
    ----------
    *folders : Path
        Overlay folders; their ``quality/thresholds.csv`` state thresholds of their own.

    Returns
    -------
    mapping of str to Decimal
        Threshold by id; shares as parts of one.

    Raises
    ------
    DefinitionError
        If a file breaks its columns or names an unknown threshold.
    """
    known = read_sources(*folders)
    found: dict[str, Decimal] = {}
    for number, path in enumerate(definition_files(layers(*folders), "quality/thresholds.csv")):
        rows = load_csv(path, _THRESHOLDS, key=("id",))
        _check_sources(rows, known)
        for row in rows:
            if number and row["id"] not in found:
                raise refusal(row["at"], f"没有阈值“{row['id']}”", f"there is no threshold '{row['id']}'")
            found[row["id"]] = row["value"] / HUNDRED if row["unit"] == "%" else row["value"]
    return found


def _check_sources(rows: tuple[dict[str, Any], ...], known: Mapping[str, Any]) -> None:
    for row in rows:
        check_source(row["source"], known, row["at"])


def _fits(key: str, wanted: str, given: str) -> bool:
    return given == wanted or (key in _PARTS and given.startswith(f"{wanted}."))


def _detail(row: Stated) -> int:
    """How closely a statement names its inputs: its keys and the parts of them."""
    return sum(1 + text.count(".") if key in _PARTS else 1 for key, text in row.keys.items())


def _stated(row: Mapping[str, Any], layer: int) -> Stated:
    at = row["at"]
    for column, allowed in (("subject", Subject), ("distribution", Shape), ("together", Together), ("evidence", Grade)):
        if (row[column] or "") not in get_args(allowed):
            raise refusal(at, f"{column} 不能是“{row[column]}”", f"{column} cannot be '{row[column]}'")
    _check_ends(row)
    return Stated(
        id=row["id"],
        subject=cast("Subject", row["subject"]),
        keys={key: row[key] for key in KEYS if row[key]},
        shape=cast("Shape", row["distribution"]),
        below=row["below"],
        above=row["above"],
        together=cast("Together", row["together"] or ""),
        source=row["source"],
        clause=row["clause"] or "",
        evidence=row["evidence"],
        note=row["note"] or "",
        layer=layer,
    )


def _check_ends(row: Mapping[str, Any]) -> None:
    at, below, above = row["at"], row["below"], row["above"]
    if row["subject"] == "range":
        return
    if below is None or above is None:
        if not (below is above and row["note"]):
            raise refusal(at, "上下限须同时给出；都未知须加注", "both ends are needed; where nobody knows them, a note is")
        return
    if below < 0 or above < 0:
        raise refusal(at, "上下限为正的百分数", "the ends are percentages above zero")
    if row["distribution"] == "normal" and below != above:
        raise refusal(at, "正态分布上下对称，请用 lognormal 或 triangular", "a normal distribution has equal ends; use another")
    if row["distribution"] == "lognormal" and not 0 < below < HUNDRED:
        raise refusal(at, "对数正态分布的下限须在 0 与 100 % 之间", "a lognormal distribution ends between 0 and 100 % below")
