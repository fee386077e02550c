"""Gases as a report form groups them: some by mass, some as carbon dioxide equivalents.

Invariant: every gas belongs to one group; a gas that no group names is an error, never left out of a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv
from dafeng.methods.warming import Potential

TABLE = Path(__file__).resolve().parent.parent / "data" / "classes" / "gas_groups.csv"
_COLUMNS: Mapping[str, Kind] = dict.fromkeys(("group", "zh", "en", "measure", "gases", "always"), "text")
_DIGITS = 60


@dataclass(frozen=True, slots=True)
class GasGroup:
    """One column of a report form.

    Parameters
    ----------
    id : str
        Id.
    label : Label
        Heading.
    by_mass : bool
        Whether the column holds tonnes of the gas; else tonnes of CO2e.
    gases : tuple of str
        Quantities that belong to it; ``hfc_*`` stands for all that begin so.
    always : bool
        Whether the column is printed where nothing stands in it.
    """

    id: str
    label: Label
    by_mass: bool
    gases: tuple[str, ...]
    always: bool

    def holds(self, gas: str) -> bool:
        """Whether a gas belongs to the group.

        Parameters
        ----------
        gas : str
            Quantity of a method.

        Returns
        -------
        bool
            True if one of the names fits.
        """
        return any(fnmatchcase(gas, name) for name in self.gases)


@cache
def read_gas_groups() -> tuple[GasGroup, ...]:
    """Groups in the order of the form.

    Returns
    -------
    tuple of GasGroup
        As the table lists them.

    Raises
    ------
    DefinitionError
        If the table breaks its schema.
    """
    rows = load_csv(TABLE, _COLUMNS, key=("group",))
    return tuple(
        GasGroup(
            row["group"],
            Label(row["zh"], row["en"]),
            row["measure"] == "mass",
            tuple(row["gases"].split("|")),
            row["always"] == "yes",
        )
        for row in rows
    )


def find_group(gas: str) -> GasGroup:
    """Group of a gas.

    Parameters
    ----------
    gas : str
        Quantity of a method.

    Returns
    -------
    GasGroup
        The group.

    Raises
    ------
    LookupFailure
        If no group names the gas.
    """
    found = next((group for group in read_gas_groups() if group.holds(gas)), None)
    if found is None:
        raise LookupFailure(
            Label(f"报表没有“{gas}”一栏", f"the report form has no column for '{gas}'"),
            where=TABLE.name,
            expected=Label("data/classes/gas_groups.csv 中的气体", "a gas of data/classes/gas_groups.csv"),
            remedy=Label("在该表中把它归入一栏", "assign it to a column in that table"),
        )
    return found


def choose_groups(gases: Iterable[str]) -> tuple[GasGroup, ...]:
    """Columns that a form needs for some gases.

    Parameters
    ----------
    gases : iterable of str
        Gases that occur.

    Returns
    -------
    tuple of GasGroup
        Those always printed and those that occur.

    Raises
    ------
    LookupFailure
        If no group names a gas.
    """
    used = {find_group(gas).id for gas in gases}
    return tuple(group for group in read_gas_groups() if group.always or group.id in used)


def group_masses(masses: Mapping[str, Decimal], potentials: Mapping[str, Potential]) -> dict[str, Decimal]:
    """Amounts of a line by group, as the form prints them.

    Parameters
    ----------
    masses : mapping of str to Decimal
        Mass by gas. [t]
    potentials : mapping of str to Potential
        Potential by gas.

    Returns
    -------
    dict of str to Decimal
        Group → amount, only of groups that occur. [t of the gas, or tCO2e]

    Raises
    ------
    LookupFailure
        If no group names a gas.
    """
    weights = {gas: Decimal(1) if find_group(gas).by_mass else potentials[gas].value for gas in masses}
    return _grouped(masses, weights)


def equivalent_groups(masses: Mapping[str, Decimal], potentials: Mapping[str, Potential]) -> dict[str, Decimal]:
    """Amounts of a line by group, all as carbon dioxide equivalents.

    Parameters
    ----------
    masses : mapping of str to Decimal
        Mass by gas. [t]
    potentials : mapping of str to Potential
        Potential by gas.

    Returns
    -------
    dict of str to Decimal
        Group → amount, only of groups that occur. [tCO2e]

    Raises
    ------
    LookupFailure
        If no group names a gas.
    """
    return _grouped(masses, {gas: potentials[gas].value for gas in masses})


def _grouped(masses: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    with localcontext() as context:
        context.prec = _DIGITS
        for gas, mass in masses.items():
            group = find_group(gas)
            found[group.id] = found.get(group.id, Decimal(0)) + mass * weights[gas]
    return found


def gases_of(masses: Sequence[Mapping[str, Decimal]]) -> set[str]:
    """Gases that occur in some lines.

    Parameters
    ----------
    masses : sequence of mapping of str to Decimal
        Mass by gas of each line.

    Returns
    -------
    set of str
        Gases.
    """
    return {gas for line in masses for gas in line}
