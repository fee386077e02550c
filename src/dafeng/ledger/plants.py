"""A unit of a company in a compliance year: its figures, and where each of them comes from.

Invariant: a figure has a place, a row of a table or an account; a figure that is not known, or on which two places disagree, is
absent.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from dafeng.core.findings import Finding
from dafeng.core.labels import Label

TABLE = "data/rights/plants.csv"
"""Table of units of a city, as remedies name it."""


@dataclass(frozen=True, slots=True)
class PlantColumn:
    """A column of the table of units.

    Parameters
    ----------
    name : str
        Its name.
    label : Label
        Its name in words.
    unit : str
        Its unit, empty where it has none.
    indicator : str
        Indicator under which the figure is delivered for a unit; empty where it is not.
    """

    name: str
    label: Label
    unit: str
    indicator: str


@dataclass(frozen=True, slots=True)
class OriginRow:
    """A row that a figure was made from: a result of ``account``, or a delivered fact.

    Parameters
    ----------
    id : str
        Id of the result or fact.
    kind : str
        ``result`` or ``fact``.
    value : Decimal
        Its value. [unit]
    unit, edition : str
        Its unit, and ``method edition`` of a result.
    place : str
        ``file!cell`` of a fact.
    sha256 : str
        Hash of the delivered file of a fact.
    """

    id: str
    kind: str
    value: Decimal
    unit: str
    edition: str = ""
    place: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a figure that does not stand in the table of units comes from.

    Parameters
    ----------
    scope : str
        Scope of ``account`` that gives it, ``unit:COMPANY/UNIT``.
    year : int
        Year that was accounted.
    rule : str
        Rule of ``unit_accounts.yaml`` that chose the methods; empty for a figure that is taken over as delivered.
    package : str
        Package of methods, empty as before.
    rows : tuple of OriginRow
        Results, then the facts below them.
    match : str
        Worst match of the factors; empty as before.
    hash : str
        SHA-256 of the rows, by which the same account is known again.
    source, grade : str
        Where the rule stands and how sure it is; empty as before.
    table : str
        Row of the table of units that says the same; empty where none does.
    """

    scope: str
    year: int
    rule: str
    package: str
    rows: tuple[OriginRow, ...]
    match: str
    hash: str
    source: str = ""
    grade: str = ""
    table: str = ""

    def says(self) -> Label:
        """Place in words, short enough for a cell.

        Returns
        -------
        Label
            Scope, year, package and hash of an account, or the delivered cells.
        """
        mark = self.hash[:12]
        if not self.rule:
            places = "; ".join(one.place or one.id for one in self.rows)
            return Label(f"交付数据 {places}", f"delivered at {places}")
        return Label(
            f"核算 {self.scope} {self.year}（{self.package}，#{mark}）",
            f"account {self.scope} {self.year} ({self.package}, #{mark})",
        )


@dataclass(frozen=True, slots=True)
class Plant:
    """A unit of a company in a year, as reported and accounted.

    Parameters
    ----------
    enterprise, unit : str
        Company and unit.
    year : int
        Compliance year.
    unit_class : str
        Class of the unit.
    figures : mapping of str to Decimal
        Numbers by column of ``plant_columns.csv``; what is not known is absent. [units of the columns]
    at : str
        Where the row stands.
    origins : mapping of str to Origin
        Where figures come from that do not stand in the row, or are confirmed by an account.
    findings : tuple of Finding
        What hinders a figure, or what a reader has to know of it.
    edition : str
        Package by which the row says that its emissions were accounted; empty where it does not say.
    disputed : tuple of str
        Columns on which two places disagree, each said in ``findings``; they have no figure.
    bad : tuple of str
        Columns whose cell holds something that cannot be read: no other place fills them.
    """

    enterprise: str
    unit: str
    year: int
    unit_class: str
    figures: Mapping[str, Decimal]
    at: str = ""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    edition: str = ""
    disputed: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def plant_columns() -> Mapping[str, PlantColumn]:
    """Columns of the table of units by name.

    Returns
    -------
    mapping of str to PlantColumn
        In the order of the table.
    """
    text = files("dafeng").joinpath("data", "rights", "plant_columns.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    made = {
        row["column"]: PlantColumn(row["column"], Label(row["zh"], row["en"]), row["unit"], row["indicator"]) for row in rows
    }
    return MappingProxyType(made)


def tell_remedy(plant: Plant, column: str) -> Label:
    """Which cell of which file to fill for a figure that is not known.

    Parameters
    ----------
    plant : Plant
        The unit.
    column : str
        Column of the table of units.

    Returns
    -------
    Label
        The cell, and the figures that can be delivered instead.
    """
    one = plant_columns().get(column)
    name = one.label if one is not None else Label(column, column)
    zh = f"在 {TABLE} 中“{plant.enterprise}，{plant.unit}，{plant.year}”一行填 {column}（{name.zh}）"
    en = f"fill {column} in the row {plant.enterprise}, {plant.unit}, {plant.year} of {TABLE}"
    if one is not None and one.indicator:
        zh += f"，或交付该机组的指标 {one.indicator}"
        en += f", or deliver {one.indicator} of the unit"
    return Label(zh, en)
