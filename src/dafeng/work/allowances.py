"""Allowances of companies from a table of their units and from the account of a city.

Invariant: a row that cannot be used is a finding with its place and never a guess; what is booked is what was worked out.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from dafeng.core.errors import DefinitionError, FileRefused
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.ledger.allowances import Entitlement, entitle, read_benchmarks
from dafeng.ledger.plants import Origin, Plant, plant_columns
from dafeng.ledger.policies import read_policies, write_number
from dafeng.library.strict import number
from dafeng.work.city import City
from dafeng.work.join_plants import join_plants
from dafeng.work.plant_spellings import check_alike, check_spellings
from dafeng.work.policy_document import finding_document, worked_document
from dafeng.work.unit_figures import find_unit_figures
from dafeng.work.unit_rules import read_unit_rules

NAMED = ("enterprise", "unit", "year", "unit_class")
"""Columns that every row needs."""
EDITION = "edition"
"""Column that says by which package of methods the emissions of the row were accounted."""

ORIGIN = ("scope", "year", "rule", "package", "source", "grade", "match", "hash", "table")
"""What a document tells of an origin beside its rows."""


@dataclass(frozen=True, slots=True)
class Allowances:
    """What companies are entitled to.

    Parameters
    ----------
    entitlements : tuple of Entitlement
        By company and year.
    findings : tuple of Finding
        Rows of the table that cannot be used.
    """

    entitlements: tuple[Entitlement, ...]
    findings: tuple[Finding, ...]


@lru_cache(maxsize=1)
def _columns() -> Mapping[str, tuple[str, ...]]:
    """Spellings by column."""
    return {one.name: (one.name, one.label.zh, one.label.zh.partition("（")[0]) for one in plant_columns().values()}


def read_plants(path: Path) -> tuple[tuple[Plant, ...], tuple[Finding, ...]]:
    """Units of companies from a table.

    Parameters
    ----------
    path : Path
        A CSV file with the columns of ``plant_columns.csv``, in Chinese or English.

    Returns
    -------
    (tuple of Plant, tuple of Finding)
        Usable rows, and what is wrong with the others.

    Raises
    ------
    FileRefused
        If it is no such table.
    """
    reader = csv.reader(_text(path).splitlines())
    heads = [head.strip() for head in next(reader, [])]
    spelt = {spelling: name for name, spellings in _columns().items() for spelling in spellings}
    names = [spelt.get(head, "") for head in heads]
    if lacking := [name for name in NAMED if name not in names]:
        raise _no_table(path, lacking)
    plants: list[Plant] = []
    findings: list[Finding] = []
    lost: list[_Lost] = []
    seen: dict[tuple[str, str, int], Plant] = {}
    for line, cells in enumerate(reader, start=2):
        at = f"{path.name}:{line}"
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
        if not any(row.values()):
            continue
        made = _plant(row, at, findings)
        if isinstance(made, _Lost):
            lost.append(made)
            continue
        before = seen.setdefault((made.enterprise, made.unit, made.year), made)
        if before is made:
            plants.append(made)
            continue
        findings.append(_twice(at, before.at))
        if (before.unit_class, before.figures) != (made.unit_class, made.figures):
            plants.append(replace(made, figures={}, bad=tuple(_columns())))  # nobody knows which of the two holds
    return (*plants, *_place_lost(lost, plants)), tuple(findings)


@dataclass(frozen=True, slots=True)
class _Lost:
    """A row that does not say whose it is, or of which year; what is not known is empty."""

    enterprise: str
    unit: str
    year: int | None
    unit_class: str
    at: str


def _place_lost(lost: Sequence[_Lost], plants: Sequence[Plant]) -> list[Plant]:
    """Units without figures wherever a lost row may belong, so that no sum stands there without it."""
    units: dict[tuple[str, int], set[str]] = {}
    for plant in plants:
        units.setdefault((plant.enterprise, plant.year), set()).add(plant.unit)
    return [
        Plant(enterprise, row.unit or "?", year, row.unit_class, {}, row.at, bad=tuple(_columns()))
        for row in lost
        for (enterprise, year), there in units.items()
        if row.enterprise in ("", enterprise) and row.year in (None, year) and (not row.unit or row.unit not in there)
    ]


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100 else None


def _plant(row: Mapping[str, str], at: str, findings: list[Finding]) -> Plant | _Lost:
    bad = [name for name in NAMED if not row.get(name)]
    year = _year(row.get("year", ""))
    if year is None and "year" not in bad:
        bad.append("year")
    figures: dict[str, Decimal] = {}
    for name in _columns():
        text = row.get(name, "")
        if name in (*NAMED, EDITION) or not text:
            continue
        try:
            found = _word(name, text) if name == "cooling" else Decimal(number(text, at))
        except DefinitionError:
            found = None
        if found is None or found < 0:
            bad.append(name)
        else:
            figures[name] = found
    if bad:
        said = ", ".join(bad)
        findings.append(
            Finding(
                "allowance.row",
                at,
                "error",
                Label(f"该行有不可用的栏：{said}", f"columns of the row cannot be used: {said}"),
                Label("改正所列各栏；数不带千分位，不得为负", "mend these columns; no thousands marks, nothing negative"),
            )
        )
    if not row.get("enterprise") or year is None:
        return _Lost(row.get("enterprise", ""), row.get("unit", ""), year, row.get("unit_class", ""), at)
    if set(bad) & set(NAMED):
        figures, bad = {}, list(_columns())  # a row that does not say what it is about makes its company unknown
    return Plant(
        row["enterprise"], row.get("unit") or "?", year, row.get("unit_class", ""), figures, at,
        edition=row.get(EDITION, ""), bad=tuple(bad),
    )  # fmt: skip


def _word(name: str, text: str) -> Decimal | None:
    """Number of a word of a policy."""
    for policy in read_policies().values():
        for term in policy.given:
            if term.name == name and text in term.words:
                return term.words[text]
    return None


def allowances(
    of: Path | City,
    *,
    city: City | None = None,
    draft: bool = False,
    year: int | None = None,
    provisional: bool = False,
) -> Allowances:
    """What companies are entitled to, from a table of their units, from the account of a city, or from both.

    Parameters
    ----------
    of : Path or City
        Table of units; or a city: its power units are accounted for, ``data/rights/plants.csv`` stands beside them where it
        has one.
    city : City, optional
        City whose own plans and benchmarks count, and whose power units stand beside the table.
    draft : bool, optional
        Whether drafts count.
    year : int, optional
        One compliance year; by default all.
    provisional : bool, optional
        Whether factors of weak evidence may be used in the account where nothing better exists; the figures say so.

    Returns
    -------
    Allowances
        By company and year. [t]

    Raises
    ------
    FileRefused
        If it is no such table, or there is neither a table nor a figure of a unit.
    """
    path, city = (None, of) if isinstance(of, City) else (of, city)
    folders = () if city is None else (city.overlay,)
    units = () if city is None else find_unit_figures(city, year=year, provisional=provisional)
    table = path if path is not None or city is None else city.overlay / "rights" / "plants.csv"
    plants: tuple[Plant, ...] = ()
    findings: tuple[Finding, ...] = ()
    if table is not None and (path is not None or table.is_file() or not units):
        plants, findings = read_plants(table)
    joined = join_plants([one for one in plants if year in (None, one.year)], units, read_unit_rules(*folders))
    joined = check_alike(check_spellings(joined), *folders)
    return Allowances(entitle(joined, read_policies(*folders), read_benchmarks(*folders), draft=draft), findings)


def list_enterprises(city: City, *, plants: Path | None = None) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Companies that have power units, by the table of units and by what was delivered.

    Parameters
    ----------
    city : City
        The city.
    plants : Path, optional
        Table of units; by default as in `allowances`.

    Returns
    -------
    (tuple of str, tuple of Finding)
        Companies, each once, and what is wrong with the table.

    Raises
    ------
    FileRefused
        If it is no such table, or there is neither a table nor a figure of a unit.
    """
    found = allowances(plants or city, city=city)
    return tuple(dict.fromkeys(one.enterprise for one in found.entitlements)), found.findings


def allowances_document(found: Allowances) -> dict[str, Any]:
    """Allowances as JSON-able values, each with its formula, edition, benchmarks and inputs.

    Parameters
    ----------
    found : Allowances
        From `allowances`.

    Returns
    -------
    dict
        ``companies`` and ``findings``. [t]
    """
    return {
        "companies": [_company(one) for one in found.entitlements],
        "findings": [finding_document(one) for one in (*found.findings, *(f for e in found.entitlements for f in e.findings))],
    }


def _company(one: Entitlement) -> dict[str, Any]:
    return {
        "enterprise": one.enterprise,
        "year": one.year,
        "allowance": one.allowance,
        "pre_allocation": None if one.before is None else worked_document(one.before),
        "obligation": None if one.obligation is None else worked_document(one.obligation),
        "units": [
            {
                "unit": part.plant.unit,
                "unit_class": part.plant.unit_class,
                "allowance": None if part.value is None else str(part.value),
                "benchmarks": [
                    {"product": b.product, "value": str(b.value), "unit": b.unit, "source": b.source, "grade": b.grade}
                    for b in part.benchmarks
                ],
                "worked": None if part.worked is None else worked_document(part.worked),
                "figures": figures_document(part.plant),
            }
            for part in one.allocations
        ],
    }


def figures_document(plant: Plant) -> dict[str, Any]:
    """Figures of a unit, each with the place it comes from.

    Parameters
    ----------
    plant : Plant
        The unit.

    Returns
    -------
    dict
        By column: value, unit, row of the table, and origin in an account or a delivery (``None`` where there is none).
    """
    return {
        name: {
            "value": write_number(value),
            "unit": plant_columns()[name].unit,
            "table": plant.at if name not in plant.origins else plant.origins[name].table,
            "origin": origin_document(plant.origins[name]) if name in plant.origins else None,
        }
        for name, value in plant.figures.items()
    }


def origin_document(one: Origin) -> dict[str, Any]:
    """Where a figure comes from, as JSON-able values.

    Parameters
    ----------
    one : Origin
        From `find_unit_figures`.

    Returns
    -------
    dict
        Scope, year, rule, package, rows of the account and of the delivery, match and hash.
    """
    said = one.says()
    return {
        "kind": "account" if one.rule else "delivered",
        **{name: getattr(one, name) for name in ORIGIN},
        "says": {"zh": said.zh, "en": said.en},
        "rows": [
            {
                "id": row.id, "kind": row.kind, "value": write_number(row.value), "unit": row.unit, "edition": row.edition,
                "place": row.place, "sha256": row.sha256,
            }
            for row in one.rows
        ],
    }  # fmt: skip


def _text(path: Path) -> str:
    if not path.is_file():
        raise _no_table(path, ["file"])
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _no_table(path, ["UTF-8"])


def _no_table(path: Path, lacking: Sequence[str]) -> FileRefused:
    said = ", ".join(lacking)
    listed = ", ".join(_columns())
    return FileRefused(
        Label(f"不是机组表，缺 {said}", f"no table of units: {said} missing"),
        where=str(path),
        expected=Label(f"CSV，列名为 {listed}", f"CSV with the columns {listed}"),
        remedy=Label(
            "补上所缺；或交付机组数据（dafeng ingest），由核算得出",
            "add what is missing, or deliver the figures of the units (dafeng ingest)",
        ),
    )


def _twice(at: str, before: str) -> Finding:
    return Finding(
        "allowance.twice",
        at,
        "error",
        Label(
            f"同一机组同一年度已在 {before} 给出，本行不计", f"the same unit and year stand at {before}; this row is left out"
        ),
        Label("删除其中一行", "remove one of them"),
    )
