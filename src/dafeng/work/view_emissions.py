"""Emissions in the view: the recorded series, the inventory by sector and fuel, the decomposition.

Invariant: every cell is a result of the account or a sum that the account itself made and traced; a pair that was not
computed is ``None``, which is not zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.core.labels import Label
from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import Accounting
from dafeng.methods.inventory import Computed
from dafeng.methods.views import Total, matrix, totals
from dafeng.work.assessment import Assessment
from dafeng.work.outset import LEVELS
from dafeng.work.project import Projection
from dafeng.work.scores import Score, Scores
from dafeng.work.view_data import write_findings
from dafeng.work.view_decomposition import write_decomposition
from dafeng.work.view_number import Frame, Number, plain, write_label

Row = dict[str, Any]
TOTAL: Mapping[str, str] = {"zh": "合计", "en": "total"}
"""Label of sums."""


def write_emissions(assessment: Assessment, frame: Frame, library: FactorLibrary | None) -> Row:
    """What is known of the past emissions.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    frame : Frame
        Run and traces.
    library : FactorLibrary or None
        Names of carriers; ``None`` where nothing was accounted.

    Returns
    -------
    dict
        ``unit, label, history, gaps, breaks, tables, findings``; lists are empty where nothing is recorded.
    """
    projection = assessment.projection
    rows = projection.recorded or _recorded(projection.scores)
    indicator = assessment.city.catalogue().indicators[rows[0].indicator if rows else LEVELS[0]]
    parts = write_decomposition(projection, frame)
    return {
        "unit": rows[0].unit if rows else indicator.unit,
        "label": write_label(indicator.label),
        "history": [[row.year, plain(row.value), frame.locate(row.address)] for row in rows],
        "gaps": list(projection.history.gaps) if projection.history is not None else [],
        "breaks": _breaks(projection),
        "tables": [*_inventories(assessment.account.years, library, frame), *parts],
        "findings": write_findings(assessment.account.findings),
    }


def _recorded(scores: Scores) -> tuple[Score, ...]:
    series = (tuple(row for row in scores.of(name) if row.basis != "projected") for name in LEVELS)
    return next((rows for rows in series if rows), ())


def _breaks(projection: Projection) -> list[Row]:
    if projection.history is None:
        return []
    says = Label(
        "与前后年份的变化相比异常：可能是统计口径变化或冲击，不作趋势",
        "its step leaves those of its neighbours: a statistical break or a shock, no trend",
    )
    return [{"year": year, "says": write_label(says)} for year in projection.history.breaks]


def _inventories(years: Mapping[int, Accounting], library: FactorLibrary | None, frame: Frame) -> list[Row]:
    computed = [year for year, accounting in years.items() if accounting.cells]
    if not computed or library is None:
        return []
    latest = max(computed)
    cells = years[latest].cells
    quantities = list(dict.fromkeys(cell.method.quantity for cell in cells))
    tables = [_inventory(cells, quantity, latest, library, frame) for quantity in quantities]
    return [*tables, *_series(years, quantities, library, frame)]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Results of one quantity and year with their sums by carrier, by sector and in all."""

    year: int
    unit: str
    cells: tuple[Computed, ...]
    by_carrier: Mapping[str, Total]
    by_sector: Mapping[str, Total]
    everything: Total
    frame: Frame

    def write(self, address: str, value: Decimal) -> Number:
        return self.frame.number(value, self.unit, year=self.year, basis="actual", address=address)

    def sum(self, total: Total | None) -> Number | None:
        return None if total is None else self.write(total.address, total.value)


def _inventory(cells: Sequence[Computed], quantity: str, year: int, library: FactorLibrary, frame: Frame) -> Row:
    """Categories by carriers, with the sums of the account in the last row and column."""
    chosen = tuple(cell for cell in cells if cell.method.quantity == quantity)
    sheet = _Sheet(
        year,
        chosen[0].method.unit,
        chosen,
        {total.key: total for total in totals(cells, library, quantity=quantity, by="carrier")},
        {total.key: total for total in totals(cells, library, quantity=quantity, by="sector")},
        totals(cells, library, quantity=quantity, by="all")[0],
        frame,
    )
    last = {"label": TOTAL, "cells": [*(sheet.sum(t) for t in sheet.by_carrier.values()), sheet.sum(sheet.everything)]}
    return {
        "id": f"{quantity}.{year}",
        "label": _dated(library.label("quantity", quantity), year),
        "unit": sheet.unit,
        "columns": [*(write_label(library.label("substance", name)) for name in sheet.by_carrier), TOTAL],
        "rows": [*_categories(sheet, quantity), *_sectors(sheet), last],
    }


def _categories(sheet: _Sheet, quantity: str) -> list[Row]:
    values = matrix(sheet.cells, quantity=quantity)
    labels = {cell.activity.category.id: cell.activity.category.label for cell in sheet.cells}
    rows = []
    for name, label in labels.items():
        pairs = [values.get((name, carrier)) for carrier in sheet.by_carrier]
        written = [None if pair is None else sheet.write(*pair) for pair in pairs]
        rows.append({"label": write_label(label), "cells": [*written, sheet.sum(_own_sum(name, sheet))]})
    return rows


def _sectors(sheet: _Sheet) -> list[Row]:
    """Sums of sectors that consist of several categories."""
    names = {cell.activity.category.id for cell in sheet.cells}
    return [
        {"label": write_label(total.label), "cells": [*(None for _ in sheet.by_carrier), sheet.sum(total)]}
        for total in sheet.by_sector.values()
        if sum(_within(name, total.key) for name in names) > 1
    ]


def _own_sum(category: str, sheet: _Sheet) -> Total | None:
    """Sum of a sector that consists of this category alone."""
    found = next((total for key, total in sheet.by_sector.items() if _within(category, key)), None)
    names = {cell.activity.category.id for cell in sheet.cells}
    alone = found is not None and {name for name in names if _within(name, found.key)} == {category}
    return found if alone else None


def _within(category: str, sector: str) -> bool:
    return category == sector or category.startswith(sector + ".")


def _series(years: Mapping[int, Accounting], quantities: Iterable[str], library: FactorLibrary, frame: Frame) -> list[Row]:
    """One table per quantity: its total year by year, where more than one year was accounted."""
    computed = sorted(year for year, accounting in years.items() if accounting.cells)
    if len(computed) < 2:
        return []
    sums = {q: {y: totals(years[y].cells, library, quantity=q, by="all") for y in computed} for q in quantities}
    return [_yearly(quantity, found, library, frame) for quantity, found in sums.items()]


def _yearly(quantity: str, found: Mapping[int, Sequence[Total]], library: FactorLibrary, frame: Frame) -> Row:
    label, unit = library.label("quantity", quantity), next(sums[0].unit for sums in found.values() if sums)
    cells = {
        year: [frame.number(t.value, t.unit, year=year, basis="actual", address=t.address) for t in sums]
        for year, sums in found.items()
    }
    return {
        "id": f"{quantity}.years",
        "label": {"zh": f"{label.zh}，逐年", "en": f"{label.en}, by year"},
        "unit": unit,
        "columns": [TOTAL],
        "rows": [{"label": {"zh": f"{year}年", "en": str(year)}, "cells": row or [None]} for year, row in cells.items()],
    }


def _dated(label: Label, year: int) -> dict[str, str]:
    return {"zh": f"{year}年{label.zh}", "en": f"{label.en}, {year}"}
