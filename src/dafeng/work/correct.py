"""``correct``, ``corrections``: a reported figure gets another value; both stay, with who and why.

Invariant: nothing reported is changed or removed: a correction is a fact that replaces another from an instant on, a row
of the records and an entry of the audit log, all three or none; undoing it is another correction.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dafeng.core.errors import UnitError
from dafeng.core.labels import Label
from dafeng.core.tables import FACTS
from dafeng.core.units import same_dimension
from dafeng.readers.delivery import fit, name_row, place_in
from dafeng.readers.numbers import plain, read_number
from dafeng.store.corrections import begin_correction, end_correction, list_corrections
from dafeng.store.files import hash_bytes
from dafeng.store.lots import Item, Lot, name_lot
from dafeng.store.records import Records
from dafeng.work.city import City
from dafeng.work.corrected import KIND
from dafeng.work.correction_checks import CONFIRMED, check_sure, doubt_correction
from dafeng.work.correction_facts import find_fact, refuse
from dafeng.work.facts import CORRECTED
from dafeng.work.review import using
from dafeng.work.upload_decisions import finish_decisions

LONGEST = 400
"""Longest reason. [characters]"""
DOUBTED = Label(
    "核对后改正；确属实时加 --sure（Python 为 sure=True）；没有写入",
    "check it; if it is true say --sure (sure=True in Python); nothing was written",
)
"""What to do with a corrected value that the checks doubt."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Correction:
    """A reported figure and the value it was given.

    Parameters
    ----------
    id : str
        Id of the correction.
    fact : str
        Id of the fact that counts from then on.
    replaces : str
        Id of the fact that was reported.
    subject : str
        What the figure speaks of: indicator, flow, carrier, period.
    at : str
        Where it was reported: ``file!sheet!cell``, or the correction before.
    reported, corrected : Decimal
        Both values. [reported_unit, unit]
    reported_unit, unit : str
        Their units.
    reason, who : str
        Why, and by whom.
    when : datetime
        When, in UTC.
    in_force : bool
        Whether the corrected value counts now: no later figure replaced it.
    """

    id: str
    fact: str
    replaces: str
    subject: str
    at: str
    reported: Decimal
    reported_unit: str
    corrected: Decimal
    unit: str
    reason: str
    who: str
    when: datetime
    in_force: bool


def correct(
    city: City,
    fact: str,
    *,
    value: Decimal | str,
    unit: str | None = None,
    reason: str,
    who: str,
    grade: str = "reported",
    sure: bool = False,
    records: Records | None = None,
) -> Correction:
    """Give a reported figure another value.

    Parameters
    ----------
    city : City
        The city.
    fact : str
        The figure: id of its fact or the beginning of it, ``facts/ID``, or its cell ``file!sheet!cell``; the cell of a figure
        that was corrected names the value that counts now.
    value : Decimal or str
        The value that counts from now on.
    unit : str, optional
        Its unit; by default that of the value that counts now.
    reason, who : str
        Why, and by whom.
    grade : str, optional
        Evidence grade of the new value; ``derived`` where identities give it.
    sure : bool, optional
        Whether the value is kept although the checks doubt it; said beside the reason.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    Correction
        Both values. The same correction asked for again is the same one.

    Raises
    ------
    SettingError
        If the figure is unknown, ambiguous or replaced already, or value, unit, reason or name cannot be used; if the
        checks of the audit doubt the value and nobody says that it is sure.
    StoreError
        If facts or records cannot be written.
    """
    _check_words(reason, who)
    number, reason = _number(value), reason + (CONFIRMED if sure else "")
    with using(city, records) as opened:
        _complete(city, opened)
        row = find_fact(city, fact, lambda after: _same(after, number, unit or str(after["unit"]), reason, who))
        new_unit = _unit(row, unit)
        name = _name(row, number, new_unit, reason, who)
        if row["fact"] != name:
            _check_new(str(city.folder), row, number, new_unit)
            check_sure(() if sure else doubt_correction(city, row, number, new_unit), remedy=DOUBTED)
            at = datetime.now(UTC)
            _record(opened, row, name, number, new_unit, (reason, who, grade), at)
            _complete(city, opened)
        return next(one for one in _listed(city, opened) if one.id == name)


def corrections(city: City, *, records: Records | None = None) -> tuple[Correction, ...]:
    """All corrections of a city's figures, with reported and corrected value.

    Parameters
    ----------
    city : City
        The city.
    records : Records, optional
        Open records of the city.

    Returns
    -------
    tuple of Correction
        In the order in which they were made.

    Raises
    ------
    StoreError
        If facts or records cannot be read.
    """
    with using(city, records) as opened:
        _complete(city, opened)
        return tuple(_listed(city, opened))


def _number(value: Decimal | str) -> Decimal:
    number = value if isinstance(value, Decimal) else read_number(value).value
    kept = fit(number, "--value")[0] if number is not None and number.is_finite() else None
    if kept is None:
        raise refuse(
            Label(f"“{value}”不是可用的数", f"'{value}' is no figure that can be kept"),
            "--value",
            Label("至多13位整数、6位小数", "at most 13 digits before the point and six after it"),
        )
    return kept


def _unit(row: Row, unit: str | None) -> str:
    text = unit or str(row["unit"])
    try:
        fits = same_dimension(text, row["unit"])
    except UnitError as cause:
        raise refuse(cause.what, "--unit", Label(f"与“{row['unit']}”同量纲", f"the dimension of '{row['unit']}'")) from cause
    if not fits:
        said = Label(f"“{text}”与“{row['unit']}”量纲不同", f"'{text}' has another dimension than '{row['unit']}'")
        raise refuse(said, "--unit", Label(f"与“{row['unit']}”同量纲", f"the dimension of '{row['unit']}'"))
    return text


def _check_words(reason: str, who: str) -> None:
    if not reason.strip() or len(reason) > LONGEST:
        said = Label("没有说明理由，或理由过长", "the reason is missing or too long")
        raise refuse(said, "--reason", Label(f"不超过 {LONGEST} 字的理由", f"a reason of at most {LONGEST} characters"))
    if not who.strip() or len(who) > 100 or not who.isprintable():
        said = Label("没有说明是谁", "it is not said who does this")
        raise refuse(said, "--who", Label("不超过 100 字的姓名", "a name of at most 100 characters"))


def _check_new(where: str, row: Row, value: Decimal, unit: str) -> None:
    if (row["value"], row["unit"]) == (value, unit):
        said = Label(f"该数已是 {plain(value)} {unit}", f"the figure is {plain(value)} {unit} already")
        raise refuse(said, where, Label("另一个数值", "another value"))


def _name(row: Row, value: Decimal, unit: str, reason: str, who: str) -> str:
    """Id of a correction and of the fact it brings: asked for twice, it is the same."""
    if _same(row, value, unit, reason, who):
        return str(row["fact"])
    content = json.dumps([row["fact"], plain(value), unit, reason, who], ensure_ascii=False)
    return hash_bytes(content.encode())[:20]


def _same(row: Row, value: Decimal, unit: str, reason: str, who: str) -> bool:
    content = json.dumps([row["supersedes"], plain(value), unit, reason, who], ensure_ascii=False)
    return row["file"].startswith(CORRECTED) and hash_bytes(content.encode())[:20] == str(row["fact"])


def _record(
    records: Records, row: Row, name: str, value: Decimal, unit: str, words: tuple[str, str, str], at: datetime
) -> None:
    reason, who, grade = words
    content = _content(value, unit, grade)
    with records.write(actor=who, at=at) as session:
        begin_correction(session, id=name, replaces=row["fact"], content=content, reason=reason, who=who, at=at)


def _content(value: Decimal, unit: str, grade: str) -> str:
    return json.dumps({"value": plain(value), "unit": unit, "grade": grade}, ensure_ascii=False, sort_keys=True)


def _complete(city: City, records: Records) -> None:
    """Bring the facts of corrections that were begun into the store, and those of uploads into the records."""
    finish_decisions(city, records=records)
    with records.read() as session:
        begun = [one for one in list_corrections(session) if one["status"] == "begun"]
    for one in begun:
        _append(city, one)
        with records.write(actor=one["who"], at=datetime.now(UTC)) as session:
            end_correction(session, one["id"])


def _append(city: City, one: Row) -> None:
    before = next(row for row in city.facts.history([one["replaces"]]).to_pylist() if row["fact"] == one["replaces"])
    table, lot = correction_lot(before, one)
    city.facts.append(table, lot=lot)


def draft_correction(row: Row, *, value: str, reason: str, who: str, at: datetime) -> dict[str, Any] | None:
    """A correction of a figure, checked and not made yet.

    Parameters
    ----------
    row : mapping
        The fact that it replaces.
    value : str
        The value that shall count. [unit of the fact]
    reason, who : str
        Why, and by whom.
    at : datetime
        From when on.

    Returns
    -------
    dict or None
        Columns of `FigureCorrection` but its status; ``None`` where the fact is this very correction.

    Raises
    ------
    SettingError
        If value, reason or name cannot be used.
    """
    _check_words(reason, who)
    number, unit = _number(value), str(row["unit"])
    name = _name(row, number, unit, reason, who)
    if row["fact"] == name:
        return None
    _check_new(place_in(row), row, number, unit)
    return {"id": name, "replaces": row["fact"], "content": _content(number, unit, "reported"), "reason": reason, "who": who,
            "at": at}  # fmt: skip


def correction_lot(before: Row, one: Row) -> tuple[pa.Table, Lot]:
    """The fact that a correction brings, and its lot.

    Parameters
    ----------
    before : mapping
        The fact that it replaces.
    one : mapping
        The correction, as in the records.

    Returns
    -------
    tuple of (pyarrow.Table, Lot)
        FACTS with one row; the same for the same correction.
    """
    content = json.loads(one["content"])
    item = Item(f"{CORRECTED}{one['id']}", hash_bytes(json.dumps([one["id"], content], sort_keys=True).encode()), KIND)
    lot = Lot(name_lot((item,)), one["at"], (item,))
    note = f"原报 {plain(before['value'])} {before['unit']}；{one['who']}：{one['reason']}"
    row = {
        **before,
        "fact": one["id"],
        "lot": lot.id,
        "value": Decimal(content["value"]),
        "unit": content["unit"],
        "grade": content["grade"],
        "known_at": one["at"],
        "supersedes": one["replaces"],
        "file": item.file,
        "sheet": None,
        "cell": None,
        "note": note,
    }
    return pa.Table.from_pylist([row], schema=FACTS.arrow()), lot


def _listed(city: City, records: Records) -> Iterator[Correction]:
    with records.read() as session:
        rows = list_corrections(session)
    facts = {row["fact"]: row for row in city.facts.history([one["id"] for one in rows]).to_pylist()}
    replaced = _in_force(city, [one["id"] for one in rows])
    for one in rows:
        new, old = facts[one["id"]], facts[one["replaces"]]
        yield Correction(
            one["id"], one["id"], one["replaces"], name_row(old), place_in(old), old["value"], old["unit"], new["value"],
            new["unit"], one["reason"], one["who"], one["at"], one["id"] in replaced,
        )  # fmt: skip


def _in_force(city: City, facts: Sequence[str]) -> frozenset[str]:
    if not facts:
        return frozenset()
    asked = {"asked": pa.table({"fact": list(facts)})}
    found = city.facts.query("SELECT f.fact AS fact FROM facts AS f JOIN asked AS a ON a.fact = f.fact", tables=asked)
    return frozenset(found.column("fact").to_pylist())
