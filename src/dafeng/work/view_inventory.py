"""The inventory in the view: its lines by year and layout, gas by gas, with notation keys.

Invariant: every number is an entry that the arrangement made and traced, or a mass of a gas inside it; a line without
results has its key and no number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dafeng.methods.arrangement import Arranged, Entry
from dafeng.methods.notation import KEYS
from dafeng.methods.warming import gas_label
from dafeng.work.assessment import Assessment
from dafeng.work.inventory import MAIN, Inventory
from dafeng.work.inventory_form import inventory_form
from dafeng.work.view_data import write_findings
from dafeng.work.view_number import Frame, plain, write_label

Row = dict[str, Any]
UNIT = "tCO2e"
"""Unit of all lines."""


def write_inventory(found: Inventory, frame: Frame) -> Row:
    """The inventory of a city.

    Parameters
    ----------
    found : Inventory
        Inventory by the city's guideline.
    frame : Frame
        Run and traces, which hold those of the inventory.

    Returns
    -------
    dict
        ``guide, warming, main, keys, layouts, gases, years, series, findings``; see ``docs/view.md``.
    """
    years = sorted({year for year, _ in found.arranged}, reverse=True)
    gases = _gases(found)
    return {
        "guide": {"id": found.package.id, "label": write_label(found.package.label), "source": found.package.source},
        "warming": {"id": found.standard, "label": write_label(found.library.label("standard", found.standard))},
        "main": MAIN,
        "unit": UNIT,
        "keys": [{"id": key, "label": write_label(label)} for key, label in KEYS.items()],
        "layouts": [{"id": name, "label": write_label(each.label)} for name, each in found.layouts.items()],
        "gases": [{"id": gas, "label": write_label(gas_label(gas, found.library))} for gas in gases],
        "years": [
            {"year": year, "sheets": [_sheet(found.arranged[year, name], gases, frame) for name in found.layouts]}
            for year in years
        ],
        "series": [_series(found, name, frame) for name in found.layouts],
        "findings": write_findings(found.findings),
    }


def write_form(assessment: Assessment, frame: Frame) -> Row | None:
    """Tables of the latest inventory, which the workbook and the reports are written from.

    Parameters
    ----------
    assessment : Assessment
        The assessment.
    frame : Frame
        Run and traces.

    Returns
    -------
    dict or None
        As ``inventory_form``, with addresses of the run; ``None`` where nothing was accounted.
    """
    if assessment.inventory.latest is None:
        return None
    located: Row = _located(inventory_form(assessment.city, assessment.inventory, quality=assessment.quality), frame)
    return located


def _located(part: Any, frame: Frame) -> Any:
    """The same with every address as the run quotes it."""
    if isinstance(part, Mapping):
        return {key: frame.locate(value) if key == "address" else _located(value, frame) for key, value in part.items()}
    return [_located(one, frame) for one in part] if isinstance(part, list) else part


def _gases(found: Inventory) -> tuple[str, ...]:
    """Gases of all years, carbon dioxide first, then by the largest mass."""
    masses: dict[str, Decimal] = {}
    for arranged in found.arranged.values():
        for entry in arranged.entries:
            for gas, mass in entry.gases.items():
                masses[gas] = max(masses.get(gas, Decimal(0)), abs(mass))
    return tuple(sorted(masses, key=lambda gas: (gas != "co2", not gas.startswith("co2"), -masses[gas])))


def _sheet(arranged: Arranged, gases: Sequence[str], frame: Frame) -> Row:
    return {"layout": arranged.layout.id, "lines": [_line(entry, arranged.year, gases, frame) for entry in arranged.entries]}


def _line(entry: Entry, year: int, gases: Sequence[str], frame: Frame) -> Row:
    known = entry.value is not None
    value = frame.number(entry.value, UNIT, year=year, basis="actual", address=entry.address) if known else None
    return {
        "code": entry.code,
        "label": write_label(entry.label),
        "level": entry.level,
        "scope": entry.scope,
        "total": entry.total,
        "value": value,
        "gases": [plain(entry.gases.get(gas)) for gas in gases],
        "biogenic": plain(entry.biogenic),
        "key": entry.key,
        "says": write_label(entry.says),
        "results": len(entry.cells),
        "missing": len(entry.missing),
    }


def _series(found: Inventory, layout: str, frame: Frame) -> Row:
    """Top lines of a layout year by year; a year whose line has no value is a gap."""
    years = sorted(year for year, name in found.arranged if name == layout)
    sheets = {year: found.arranged[year, layout] for year in years}
    tops = [entry for entry in sheets[years[-1]].entries if not entry.level and not entry.total] if years else []
    rows = [{"code": top.code, "label": write_label(top.label), **_points(top.code, sheets, frame)} for top in tops]
    return {"layout": layout, "years": years, "rows": [row for row in rows if any(v is not None for v in row["values"])]}


def _points(code: str, sheets: Mapping[int, Arranged], frame: Frame) -> Row:
    entries = [sheet.entry(code) for sheet in sheets.values()]
    return {
        "values": [plain(entry.value) for entry in entries],
        "addresses": [frame.locate(entry.address) if entry.value is not None else None for entry in entries],
    }
