"""What stands in the sheets of the workbook: definitions from one file, rows from the view document.

Invariant: a number stays a number in its stored unit; a text is never more than text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from dafeng.core.labels import Label
from dafeng.library.strict import load_yaml

FOLDER = Path(__file__).resolve().parent.parent / "data" / "pages"
Row = Mapping[str, Any]
Value = str | float | int | bool | None
"""What a cell may hold."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a sheet.

    Parameters
    ----------
    label : Label
        Heading.
    at : str
        Place of the value in a row: ``a.b`` goes down, ``#`` takes every element of a list.
    width : int
        Width. [characters]
    words : str or None
        Closed list whose words stand instead of its members.
    """

    label: Label
    at: str
    width: int
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet.

    Parameters
    ----------
    id : str
        Key in the definition file.
    label : Label
        Name of the sheet.
    rows : str
        Which rows it shows.
    fields : tuple of Field
        Columns in order.
    parts : tuple of str
        Keys of the view document it is made of; a view that has none of them has no such sheet.
    """

    id: str
    label: Label
    rows: str
    fields: tuple[Field, ...]
    parts: tuple[str, ...]


@cache
def read_sheets() -> tuple[Sheet, ...]:
    """All sheets in order.

    Returns
    -------
    tuple of Sheet
        As the definition file lists them.
    """
    return tuple(_sheet(name, said) for name, said in load_yaml(FOLDER / "workbook.yaml").items())


def _sheet(name: str, said: Row) -> Sheet:
    fields = tuple(_field(column) for column in said["columns"])
    return Sheet(name, Label(**said["label"]), said["rows"], fields, tuple(said.get("parts", (said["rows"],))))


def _field(said: Row) -> Field:
    return Field(Label(said["zh"], said["en"]), said["at"], int(said["width"]), said.get("words"))


@cache
def read_words() -> Mapping[str, Label]:
    """Words of the closed lists, shared with the pages.

    Returns
    -------
    mapping of str to Label
        ``group.name`` → label.
    """
    groups = load_yaml(FOLDER / "labels.yaml")
    return {f"{g}.{name}": Label(**said) for g, names in groups.items() for name, said in names.items()}


def list_rows(view: Row, sheet: Sheet) -> list[Row]:
    """Rows that a sheet shows.

    Parameters
    ----------
    view : mapping
        View document.
    sheet : Sheet
        The sheet.

    Returns
    -------
    list of mapping
        One per line; lists in lists are laid out one below the other.
    """
    make = _ROWS.get(sheet.rows)
    return list(make(view)) if make else list(view.get(sheet.rows) or ())


def take(row: Any, at: str) -> Value:
    """Value of one cell.

    Parameters
    ----------
    row : mapping
        Row of the sheet.
    at : str
        Place in the row.

    Returns
    -------
    str, float, int, bool or None
        A number as a number; a label in both languages, a list joined; ``None`` where there is nothing.
    """
    head, _, rest = at.partition(".")
    if head == "#":
        return _plain(_joined([_found(part, rest) for part in row or ()]))
    value = row.get(head) if isinstance(row, Mapping) else None
    if value is None:
        return None
    return take(value, rest) if rest else _plain(value)


def _found(row: Any, at: str) -> Any:
    """What stands at a place below one element of a list, a label still in both languages."""
    for head in at.split(".") if at else ():
        row = row.get(head) if isinstance(row, Mapping) else None
    return row


def _joined(found: Sequence[Any]) -> Any:
    """A list as one text: labels are joined within each language, never across."""
    told = [one for one in found if one is not None]
    if any(isinstance(one, Mapping) for one in told):
        sides = [one if isinstance(one, Mapping) else {"zh": one, "en": one} for one in told]
        return {
            "zh": "、".join(str(one.get("zh") or "") for one in sides),
            "en": "; ".join(str(one.get("en") or "") for one in sides),
        }
    return "、".join(str(_plain(one)) for one in told) or None


def _plain(value: Any) -> Value:
    if isinstance(value, Mapping):
        zh, en = str(value.get("zh") or ""), str(value.get("en") or "")
        return zh if zh == en or not en else f"{zh}\n{en}"
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, bool | int | float) or value is None else str(value)


def _pathway(view: Row) -> Iterable[Row]:
    pathway = view.get("pathway") or {}
    years: Sequence[int] = pathway.get("years") or ()
    named = {one["id"]: one["label"] for one in pathway.get("scenarios") or ()}
    emissions = {"zh": "二氧化碳排放", "en": "CO2 emissions"}
    for one in pathway.get("scenarios") or ():
        yield from _bands(years, one, emissions, one["label"], pathway["unit"], one.get("address"))
    for quantity in pathway.get("quantities") or ():
        for name, bands in quantity["scenarios"].items():
            yield from _bands(years, bands, quantity["label"], named.get(name, name), quantity["unit"], None)


def _bands(years: Sequence[int], bands: Row, quantity: Any, scenario: Any, unit: str, address: str | None) -> Iterable[Row]:
    shared = {"quantity": quantity, "scenario": scenario, "unit": unit, "address": address}
    quantiles = {name: bands.get(name) or () for name in ("p10", "p50", "p90")}
    for at, year in enumerate(years):
        yield {**shared, "year": year, **{name: values[at] for name, values in quantiles.items() if at < len(values)}}


def _assumptions(view: Row) -> Iterable[Row]:
    for part in ("pathway", "power"):
        yield from (view.get(part) or {}).get("assumptions") or ()


def _headlines(view: Row) -> Iterable[Row]:
    for one in view.get("headlines") or ():
        for number in one.get("numbers") or ({"address": one.get("address")},):
            yield {**one, "number": number}


def _comparison(view: Row) -> Iterable[Row]:
    """One row for each target and each plan it is compared with, so that the figures stand side by side."""
    found = view.get("comparison") or {}
    named = {party["id"]: party["label"] for party in found.get("parties") or ()}
    for row in found.get("rows") or ():
        yield from ({**row, **cell, "party": named.get(cell["party"])} for cell in row["cells"])


def _changes(view: Row) -> Iterable[Row]:
    found = view.get("comparison") or {}
    named = {party["id"]: party["label"] for party in found.get("parties") or ()}
    parts = {"tasks": {"zh": "任务", "en": "task"}, "goals": {"zh": "目标表述", "en": "goal"}}
    for part, label in parts.items():
        for row in found.get(part) or ():
            sides = {side: _titled(row[side]) for side in ("left", "right")}
            yield {**row, **sides, "part": label, "party": named.get(row["party"])}


def _titled(one: Row | None) -> Row | None:
    """A task by its title, a goal by its words."""
    return None if one is None else {**one, "title": one.get("title") or one.get("text")}


_ROWS: Mapping[str, Callable[[Row], Iterable[Row]]] = {
    "comparison": _comparison,
    "comparison_changes": _changes,
    "pathway": _pathway,
    "assumptions": _assumptions,
    "headlines": _headlines,
}
