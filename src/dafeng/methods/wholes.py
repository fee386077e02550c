"""Facts of a whole beside facts of its parts: each animal, tonne or hectare counts once.

Invariant: where a whole and its parts are delivered, the parts count and the whole does not; a gap between them is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from dafeng.core.errors import UnitError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import convert, unit
from dafeng.library.factors import FactorLibrary
from dafeng.methods.definition import BALANCE, Method
from dafeng.methods.notices import LANGUAGES

Row = Mapping[str, Any]
CellKey = tuple[str, str | None, str | None]
"""Indicator, flow and carrier."""
Cells = Mapping[CellKey, tuple[Row, ...]]
"""Facts by indicator, flow and carrier."""


def without_wholes(cells: Cells, method: Method, library: FactorLibrary, findings: list[Finding]) -> Cells:
    """Cells without those whose parts are delivered too.

    A carrier or flow ``dairy.young`` is part of ``dairy``; what names a carrier or flow is part of what names none.

    Parameters
    ----------
    cells : mapping
        Facts by indicator, flow and carrier; rows of a balance are left as they are, since methods name them.
    method : Method
        Method, whose categories name the carrier of facts that name none.
    library : FactorLibrary
        Names of carriers.
    findings : list of Finding
        What was noticed is added.

    Returns
    -------
    mapping
        The cells that count.
    """
    usual = {category.indicator: category.carrier for category in method.categories}
    kept = {}
    named = [key for key in cells if key[0] != BALANCE]
    for key, rows in cells.items():
        parts = [other for other in named if _part(other, key, usual)]
        if parts:
            finest = [row for part in _finest(parts, usual) for row in cells[part]]
            findings += _noted(rows, finest, library.label("substance", key[2] or key[0]))
        elif rows and key[0] != BALANCE and not (key[2] or usual[key[0]]):
            findings.append(_no_kind(rows[0], method))
        else:
            kept[key] = rows
    return kept


def _part(part: CellKey, whole: CellKey, usual: Mapping[str, str | None]) -> bool:
    if part[0] != whole[0] or part == whole:
        return False
    carriers = [carrier or usual[whole[0]] for carrier in (part[2], whole[2])]
    same = part[1] == whole[1] and carriers[0] == carriers[1]
    return not same and _inside(part[1], whole[1]) and _inside(*carriers)


def _inside(part: str | None, whole: str | None) -> bool:
    return whole is None or f"{part}.".startswith(f"{whole}.")


def _finest(parts: Iterable[CellKey], usual: Mapping[str, str | None]) -> list[CellKey]:
    listed = list(parts)
    return [part for part in listed if not any(_part(other, part, usual) for other in listed)]


def _noted(rows: Iterable[Row], parts: list[Row], name: Label) -> Iterator[Finding]:
    for row in rows:
        try:
            gap = sum((convert(p["value"], p["unit"], row["unit"]) for p in parts), Decimal(0)) - row["value"]
        except UnitError:
            continue
        if gap:
            yield _gap(row, gap, name)


def _gap(row: Row, gap: Decimal, name: Label) -> Finding:
    zh, en = (f"{gap.normalize():f} {unit(row['unit']).read(language)}" for language in LANGUAGES)
    return Finding(
        "account.sum",
        f"facts/{row['fact']}",
        "warning",
        Label(
            f"{name.zh}：分项之和减合计为 {zh}；按分项核算",
            f"{name.en}: the parts less their total are {en}; the parts were used",
        ),
        Label("核对合计与分项", "check the total and its parts"),
    )


def _no_kind(row: Row, method: Method) -> Finding:
    return Finding(
        "account.kind",
        f"facts/{row['fact']}",
        "warning",
        Label(
            f"{row['indicator']} 没有说明种类，因子按种类而定，未计入“{method.title.zh}”",
            f"{row['indicator']} names no kind; factors go by kind, so it is not in '{method.title.en}'",
        ),
        Label("在“品种”一栏写明种类，分种类交付", "name the kind in the column of carriers and deliver kind by kind"),
    )
