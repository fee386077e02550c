"""Recalculations: what an inventory was, what it is, and why it changed, by year, category and gas.

Invariant: the causes of a row add up to its change, digit for digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Literal, get_args

from dafeng.core.labels import Label
from dafeng.core.units import convert
from dafeng.methods.comparison import compare
from dafeng.methods.inventory import Computed

Reason = Literal["activity", "factor", "method", "boundary"]
"""Why a cell changed: other facts, other factors, another equation or edition, or it is only on one side."""
REASONS: tuple[Reason, ...] = get_args(Reason)
"""All reasons, in the order in which they are told."""
WORDS: Mapping[Reason, Label] = {
    "activity": Label("活动水平", "activity data"),
    "factor": Label("因子", "factors"),
    "method": Label("方法或版本", "method or edition"),
    "boundary": Label("范围（新增或取消的单元）", "boundary (cells added or dropped)"),
}
"""Reasons in words."""
_REASONS: Mapping[str, Reason] = {
    "activity": "activity",
    "equation": "method",
    "rounding": "method",
    "only_before": "boundary",
    "only_after": "boundary",
}
_DIGITS = 60
_Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Recalculation:
    """Change of one category and gas in one year.

    Parameters
    ----------
    year : int
        Year.
    category, quantity, unit : str
        Category, gas and unit.
    before, after : Decimal or None
        Value then and now; ``None`` where it was not computed. [unit]
    causes : mapping of Reason to Decimal
        Contributions; they add up to the change. [unit]
    """

    year: int
    category: str
    quantity: str
    unit: str
    before: Decimal | None
    after: Decimal | None
    causes: Mapping[Reason, Decimal]

    @property
    def change(self) -> Decimal:
        """Value now less value then. [unit]"""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))

    @property
    def says(self) -> Label:
        """The causes in words with their amounts."""
        told = [(WORDS[reason], self.causes[reason]) for reason in REASONS if self.causes.get(reason)]
        zh = "；".join(f"{label.zh} {amount.normalize():+f} {self.unit}" for label, amount in told)
        en = "; ".join(f"{label.en} {amount.normalize():+f} {self.unit}" for label, amount in told)
        return Label(zh, en)


def recalculate_cells(before: Iterable[Computed], after: Iterable[Computed]) -> tuple[Recalculation, ...]:
    """Changes between two inventories whose cells are both at hand, e.g. of two editions.

    Parameters
    ----------
    before, after : iterable of Computed
        Cells then and now.

    Returns
    -------
    tuple of Recalculation
        Rows that changed, by year, category and gas.
    """
    old, new = tuple(before), tuple(after)
    causes: dict[_Key, dict[Reason, Decimal]] = {}
    at = {cell.id: _key(cell) for cell in (*old, *new)}
    for quantity in sorted({cell.method.quantity for cell in (*old, *new)}):
        for cause in compare(old, new, quantity=quantity).causes:
            _add(causes.setdefault(at[cause.cell], {}), _REASONS.get(cause.cause, "factor"), cause.amount)
    return _rows(_sums(old), _sums(new), causes, _units((*old, *new)))


def recalculate_run(
    stored: Iterable[Mapping[str, Any]], then: Iterable[Computed], after: Iterable[Computed]
) -> tuple[Recalculation, ...]:
    """Changes since a stored run.

    Parameters
    ----------
    stored : iterable of mapping
        Rows of the run's table ``RESULTS``.
    then : iterable of Computed
        The facts that were known then, by the methods and factors of now: what separates changed facts from changed
        definitions.
    after : iterable of Computed
        Cells now.

    Returns
    -------
    tuple of Recalculation
        Rows that changed, by year, category and gas.
    """
    rows, middle, new = tuple(stored), tuple(then), tuple(after)
    causes: dict[_Key, dict[Reason, Decimal]] = {}
    for key, reason, amount in (*_defined(rows, middle), *_delivered(middle, new)):
        _add(causes.setdefault(key, {}), reason, amount)
    before: dict[_Key, Decimal] = {}
    units = _units(new) | _units(middle) | {_row_key(row): str(row["unit"]) for row in rows}
    for row in rows:
        before[_row_key(row)] = before.get(_row_key(row), Decimal(0)) + row["value"]
    return _rows(before, _sums(new), causes, units)


def _defined(rows: tuple[Mapping[str, Any], ...], middle: tuple[Computed, ...]) -> list[tuple[_Key, Reason, Decimal]]:
    """What other methods and factors did to the facts of then."""
    stored, made = {row["result"]: row for row in rows}, {cell.id: cell for cell in middle}
    found: list[tuple[_Key, Reason, Decimal]] = []
    for name in dict.fromkeys((*stored, *made)):
        row, cell = stored.get(name), made.get(name)
        if row is None and cell is not None:
            found.append((_key(cell), "boundary", cell.value))
        elif row is not None and cell is None:
            found.append((_row_key(row), "boundary", -row["value"]))
        elif row is not None and cell is not None:
            value = convert(cell.value, cell.method.unit, row["unit"])
            found.append((_key(cell), _defined_by(row, cell), value - row["value"]))
    return found


def _defined_by(row: Mapping[str, Any], cell: Computed) -> Reason:
    equation = str(cell.method.equations[cell.method.editions[cell.edition].equation])
    same = row["edition"] == cell.edition and row["method"] == cell.method.id and row["expression"] == equation
    return "factor" if same else "method"


def _delivered(middle: tuple[Computed, ...], new: tuple[Computed, ...]) -> list[tuple[_Key, Reason, Decimal]]:
    """What other facts did by the methods and factors of now."""
    at = {cell.id: _key(cell) for cell in (*middle, *new)}
    return [
        (at[cause.cell], _REASONS.get(cause.cause, "factor"), cause.amount)
        for quantity in sorted({cell.method.quantity for cell in (*middle, *new)})
        for cause in compare(middle, new, quantity=quantity).causes
    ]


def _key(cell: Computed) -> _Key:
    return cell.year, cell.activity.category.id, cell.method.quantity


def _row_key(row: Mapping[str, Any]) -> _Key:
    return int(str(row["period"])[:4]), str(row["category"]), str(row["quantity"])


def _sums(cells: Iterable[Computed]) -> dict[_Key, Decimal]:
    found: dict[_Key, Decimal] = {}
    with localcontext() as context:
        context.prec = _DIGITS
        for cell in cells:
            found[_key(cell)] = found.get(_key(cell), Decimal(0)) + cell.value
    return found


def _units(cells: Iterable[Computed]) -> dict[_Key, str]:
    return {_key(cell): cell.method.unit for cell in cells}


def _add(causes: dict[Reason, Decimal], reason: Reason, amount: Decimal) -> None:
    with localcontext() as context:
        context.prec = _DIGITS
        causes[reason] = causes.get(reason, Decimal(0)) + amount


def _rows(
    before: Mapping[_Key, Decimal],
    after: Mapping[_Key, Decimal],
    causes: Mapping[_Key, Mapping[Reason, Decimal]],
    units: Mapping[_Key, str],
) -> tuple[Recalculation, ...]:
    changed = (
        key for key in sorted({*before, *after}) if any(causes.get(key, {}).values()) or (key in before) != (key in after)
    )
    return tuple(
        Recalculation(*key, units[key], before.get(key), after.get(key), {r: a for r, a in causes.get(key, {}).items() if a})
        for key in changed
    )
