"""A network as tables: components by name, columns of numbers, texts and flags, series over time steps.

Invariant: every column and series belongs to a declared attribute and has one value per component or per step; what
is not given is the attribute's default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.attribute import attribute_of, component_attributes
from dafeng.energy.program import Floats

Flags = NDArray[np.bool_]
"""Array of true and false."""
CAPACITY: Mapping[str, str] = {
    "generator": "p",
    "link": "p",
    "process": "p",
    "store": "e",
    "storage_unit": "p",
    "line": "s",
    "transformer": "s",
    "cogeneration": "p",
}
"""Components that have a capacity, and the letter of its attributes."""


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """Time steps with their weights, and the investment periods they belong to.

    Parameters
    ----------
    labels : tuple of str
        Label of each step, e.g. an ISO time.
    objective, stores, generators : (steps,) array
        Hours that a step stands for in costs, in levels of stores, in energy sums. [h]
    period : (steps,) array of int
        Position of each step's period; zeros where there are no periods.
    periods : tuple of int
        Years of the periods; empty where there are none.
    period_objective, period_years : (periods,) array
        Weight of each period in the objective, and the years it stands for.
    invested : bool
        Whether capacity is paid for in each period; else periods only say when components are active.
    """

    labels: tuple[str, ...]
    objective: Floats
    stores: Floats
    generators: Floats
    period: NDArray[np.int64]
    periods: tuple[int, ...] = ()
    period_objective: Floats = field(default_factory=lambda: np.ones(1))
    period_years: Floats = field(default_factory=lambda: np.ones(1))
    invested: bool = True

    @property
    def size(self) -> int:
        """Number of steps."""
        return len(self.labels)

    @property
    def cost_weight(self) -> Floats:
        """Weight of a step in the objective, with that of its period. [h]"""
        return self.objective * self.period_objective[self.period]

    @property
    def paths(self) -> bool:
        """Whether there are investment periods that are paid for one by one."""
        return bool(self.periods) and self.invested

    @property
    def first(self) -> Flags:
        """Which steps are the first of their period."""
        return np.concatenate([[True], self.period[1:] != self.period[:-1]])

    @property
    def years(self) -> float:
        """Length of what the steps of one period stand for. [years of 8760 h]"""
        return float(self.objective[self.period == 0].sum()) / 8760.0


def plain_clock(steps: int, *, hours: float = 1.0) -> Clock:
    """Steps of equal length without periods.

    Parameters
    ----------
    steps : int
        How many.
    hours : float
        Length of one. [h]

    Returns
    -------
    Clock
        Steps labelled 0, 1, 2 ….
    """
    weights = np.full(steps, hours)
    return Clock(tuple(map(str, range(steps))), weights, weights, weights, np.zeros(steps, dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """All components of one kind.

    Parameters
    ----------
    component : str
        Kind, e.g. ``generator``.
    names : tuple of str
        Their names.
    columns : mapping of str to (n,) array
        Values by attribute; attributes that are not here have their default.
    series : mapping of str to mapping of str to (steps,) array
        Values over time by attribute and component; they replace the column's.
    """

    component: str
    names: tuple[str, ...] = ()
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    series: Mapping[str, Mapping[str, Floats]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.names)

    def has(self, name: str) -> bool:
        """Whether an attribute is given for some component.

        Parameters
        ----------
        name : str
            Attribute.

        Returns
        -------
        bool
            True where a column or a series exists.
        """
        return name in self.columns or bool(self.series.get(name))

    def number(self, name: str) -> Floats:
        """A number of each component.

        Parameters
        ----------
        name : str
            Attribute.

        Returns
        -------
        (n,) array
            Values, the default where none is given. [unit of the attribute]
        """
        if name in self.columns:
            return np.asarray(self.columns[name], dtype=np.float64)
        return np.full(len(self), attribute_of(self.component, name).default, dtype=np.float64)

    def text(self, name: str) -> tuple[str, ...]:
        """A text of each component.

        Parameters
        ----------
        name : str
            Attribute.

        Returns
        -------
        tuple of str
            Values, the default where none is given.
        """
        if name in self.columns:
            return tuple(str(value) for value in self.columns[name])
        return (str(attribute_of(self.component, name).default),) * len(self)

    def flag(self, name: str) -> Flags:
        """A flag of each component.

        Parameters
        ----------
        name : str
            Attribute.

        Returns
        -------
        (n,) array of bool
            Values, the default where none is given.
        """
        if name in self.columns:
            return np.asarray(self.columns[name], dtype=bool)
        return np.full(len(self), bool(attribute_of(self.component, name).default))

    def varying(self, name: str, steps: int) -> Floats:
        """A number of each component over time.

        Parameters
        ----------
        name : str
            Attribute.
        steps : int
            Number of steps.

        Returns
        -------
        (steps, n) or (1, n) array
            Values; one row where nothing varies. [unit of the attribute]
        """
        fixed = self.number(name)[None, :]
        given = self.series.get(name, {})
        columns = [(place, given[one]) for place, one in enumerate(self.names) if one in given]
        if not columns:
            return fixed
        found = np.repeat(fixed, steps, axis=0)
        for place, values in columns:
            found[:, place] = values
        return found

    def keep(self, chosen: Flags) -> Table:
        """The table of some components.

        Parameters
        ----------
        chosen : (n,) array of bool
            Which stay.

        Returns
        -------
        Table
            Those, in the same order.
        """
        if chosen.all():
            return self
        names = tuple(name for name, stays in zip(self.names, chosen, strict=True) if stays)
        kept = set(names)
        series = {name: {one: v for one, v in by.items() if one in kept} for name, by in self.series.items()}
        return Table(self.component, names, {name: values[chosen] for name, values in self.columns.items()}, series)

    def setting(self, columns: Mapping[str, Any]) -> Table:
        """The table with other columns.

        Parameters
        ----------
        columns : mapping of str to value
            Values by attribute: one for all or one per component.

        Returns
        -------
        Table
            A copy.
        """
        size = len(self)
        replaced = {name: np.broadcast_to(np.asarray(value), size) for name, value in columns.items()}
        series = {name: by for name, by in self.series.items() if name not in columns}
        return replace(self, columns={**self.columns, **replaced}, series=series)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Everything that is to be optimised.

    Parameters
    ----------
    name : str
        Name.
    clock : Clock
        Time steps.
    tables : mapping of str to Table
        Components by kind.
    """

    name: str
    clock: Clock
    tables: Mapping[str, Table]

    def table(self, component: str) -> Table:
        """Components of one kind.

        Parameters
        ----------
        component : str
            Kind.

        Returns
        -------
        Table
            Those that exist, possibly none.
        """
        return self.tables.get(component, Table(component))

    def put(self, *tables: Table) -> Network:
        """The network with other tables.

        Parameters
        ----------
        *tables : Table
            What replaces the table of its kind.

        Returns
        -------
        Network
            A copy.
        """
        return replace(self, tables={**self.tables, **{table.component: table for table in tables}})


def make_table(component: str, rows: Mapping[str, Mapping[str, Any]]) -> Table:
    """Table from attributes by component name; arrays become series.

    Parameters
    ----------
    component : str
        Kind.
    rows : mapping of str to mapping of str to value
        Attributes of each component.

    Returns
    -------
    Table
        The components in their order.

    Raises
    ------
    DefinitionError
        If an attribute is not declared for the kind.
    """
    known = dict.fromkeys(name for row in rows.values() for name in row)
    check_component(component)
    for name in known:
        check_attribute(component, name)
    columns: dict[str, NDArray[Any]] = {}
    series: dict[str, dict[str, Floats]] = {}
    for name in known:
        given = {one: row[name] for one, row in rows.items() if name in row}
        series[name] = {one: np.asarray(v, dtype=np.float64) for one, v in given.items() if np.ndim(v)}
        default = attribute_of(component, name).default
        columns[name] = np.array(
            [default if np.ndim(row.get(name, default)) else row.get(name, default) for row in rows.values()]
        )
    return Table(component, tuple(rows), columns, {name: by for name, by in series.items() if by})


def check_component(component: str) -> None:
    """Refuse a kind of component that is not declared.

    Parameters
    ----------
    component : str
        Kind.

    Raises
    ------
    DefinitionError
        If it is unknown.
    """
    if component not in component_attributes():
        raise _unknown(component, f"没有组件“{component}”", f"no component '{component}'", component_attributes())


def check_attribute(component: str, name: str) -> None:
    """Refuse an attribute that is not declared.

    Parameters
    ----------
    component, name : str
        Kind and attribute.

    Raises
    ------
    DefinitionError
        If the kind or the attribute is unknown.
    """
    check_component(component)
    try:
        attribute_of(component, name)
    except KeyError:
        known = component_attributes()[component]
        raise _unknown(component, f"“{component}”没有属性“{name}”", f"'{component}' has no '{name}'", known) from None


def _unknown(where: str, zh: str, en: str, known: Iterable[str]) -> DefinitionError:
    listed = ", ".join(known)
    return DefinitionError(
        Label(zh, en),
        where=f"energy.network.{where}",
        expected=Label(listed, listed),
        remedy=Label("改正名称", "correct the name"),
    )
