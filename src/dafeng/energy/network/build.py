"""From a network to one sparse programme, and from a solved programme back to the network's quantities.

Invariant: the order of components and rows is fixed, so that the same network gives the same programme bit by bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.attribute import attribute_of
from dafeng.energy.network.balance import BALANCE, add_balance, add_loads
from dafeng.energy.network.branch import add_branches
from dafeng.energy.network.builder import Builder
from dafeng.energy.network.capacity import fixed_cost
from dafeng.energy.network.cogeneration import add_cogeneration
from dafeng.energy.network.frame import Frame, Model
from dafeng.energy.network.generator import add_generators
from dafeng.energy.network.limits import add_limits
from dafeng.energy.network.linear import Linear, Places
from dafeng.energy.network.link import add_links, ports
from dafeng.energy.network.policy import add_policies
from dafeng.energy.network.storage_unit import add_storage_units
from dafeng.energy.network.store import add_stores
from dafeng.energy.network.table import CAPACITY, Network, Table
from dafeng.energy.program import Floats, Program

COMPONENTS: tuple[Callable[[Model], None], ...] = (
    add_generators,
    add_links,
    add_cogeneration,
    add_storage_units,
    add_stores,
    add_branches,
    add_loads,
)
"""What builds each kind of component, in the order of the programme's columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A network with its programme.

    Parameters
    ----------
    network : Network
        What was built.
    program : Program
        The programme; its objective counts all capacity that may be extended, also what stands already.
    builder : Builder
        Where every variable and row went.
    frames : mapping of str to Frame
        Active components by kind.
    constant : float
        Cost of extendable capacity that stands already; a twin that leaves it out has an objective so much lower. [yuan]
    """

    network: Network
    program: Program
    builder: Builder
    frames: Mapping[str, Frame]
    constant: float


def build_network(network: Network, *, relaxed: bool = False) -> Built:
    """Programme of a network.

    Parameters
    ----------
    network : Network
        What is to be optimised.
    relaxed : bool
        Whether commitment is relaxed to shares.

    Returns
    -------
    Built
        The programme and where everything is in it.

    Raises
    ------
    DefinitionError
        If the network contradicts itself, e.g. names a bus that does not exist.
    """
    _check_buses(network)
    model = Model(network, Builder(), relaxed=relaxed)
    _add(model)
    return Built(network, model.builder.compile(), model.builder, model.frames, model.constant)


def build_scenarios(scenarios: Sequence[tuple[float, Network]], *, relaxed: bool = False) -> tuple[Built, ...]:
    """One programme over several futures: capacity is decided once, operation in each.

    Parameters
    ----------
    scenarios : sequence of (probability, Network)
        The same components with other series; probabilities sum to one.
    relaxed : bool
        Whether commitment is relaxed to shares.

    Returns
    -------
    tuple of Built
        One per scenario, all with the same programme.

    Raises
    ------
    DefinitionError
        If probabilities do not sum to one or components differ.
    """
    total = sum(share for share, _ in scenarios)
    if abs(total - 1.0) > 1e-9 or any(share < 0 for share, _ in scenarios):
        raise _refusal("scenarios", f"概率之和为 {total}，应为 1", f"probabilities sum to {total} instead of 1")
    scenarios = _expected(scenarios)
    builder, models = Builder(), []
    shared: dict[str, Linear] = {}
    for place, (share, network) in enumerate(scenarios):
        _check_buses(network)
        _check_same(scenarios[0][1], network)
        model = Model(network, builder, prefix=f"{place}." if place else "", weight=share, shared=shared, relaxed=relaxed)
        _add(model)
        models.append(model)
    program, standing = builder.compile(), models[0].constant
    return tuple(Built(model.network, program, builder, model.frames, standing) for model in models)


def _add(model: Model) -> None:
    """Add everything; what comes out as no finite number is refused by name when the programme is compiled."""
    with np.errstate(divide="ignore", invalid="ignore"):
        for add in COMPONENTS:
            add(model)
        add_balance(model)
        add_limits(model)
    add_policies(model)


def values_of(expression: Linear, values: Floats) -> Floats:
    """Value of an expression at a point.

    Parameters
    ----------
    expression : Linear
        What is evaluated.
    values : (columns,) array
        Value of every variable.

    Returns
    -------
    array
        Broadcast over the expression.
    """
    padded = np.append(values, 0.0)
    total = np.asarray(expression.constant, dtype=np.float64)
    for coefficient, place in expression.terms:
        total = total + coefficient * padded[place]
    return np.asarray(total)


def balance_rows(built: Built) -> Places:
    """Row of every bus and step in the programme.

    Parameters
    ----------
    built : Built
        A network with its programme.

    Returns
    -------
    (steps, buses) array of int
        −1 where a bus has no balance.
    """
    prefix = next((frame.model.prefix for frame in built.frames.values()), "")
    rows = built.builder.rows[prefix + BALANCE].row
    return rows.reshape(built.network.clock.size, len(built.network.table("bus")))


def with_capacities(network: Network, sizes: Mapping[str, Floats]) -> Network:
    """The network with its capacities fixed at given values.

    Parameters
    ----------
    network : Network
        A network.
    sizes : mapping of str to (n,) array
        Capacity of every component by kind. [MW or MWh]

    Returns
    -------
    Network
        The same with nothing extendable.
    """
    changed = []
    for component, size in sizes.items():
        letter = CAPACITY[component]
        changed.append(network.table(component).setting({f"{letter}_nom": size, f"{letter}_nom_extendable": False}))
    return network.put(*changed)


def _check_buses(network: Network) -> None:
    known = set(network.table("bus").names)
    for table in network.tables.values():
        columns = (
            [f"bus{port}" for port in ports(table)] if table.component in ("link", "process") else _bus_columns(table.component)
        )
        for column in columns:
            for name, bus in zip(table.names, table.text(column), strict=True):
                optional = column not in ("bus", "bus0") or table.component == "process"
                if bus not in known and not (optional and bus == ""):
                    where = f"{table.component}.{name}.{column}"
                    raise _refusal(where, f"母线“{bus}”不存在", f"bus '{bus}' does not exist")


def _bus_columns(component: str) -> tuple[str, ...]:
    if component in ("line", "transformer"):
        return ("bus0", "bus1")
    if component == "cogeneration":
        return ("bus", "heat_bus", "fuel_bus")
    return ("bus",) if component in ("generator", "load", "store", "storage_unit") else ()


def _check_same(one: Network, other: Network) -> None:
    """What is decided once must be the same decision in all scenarios."""
    for component, letter in CAPACITY.items():
        mine, theirs = one.table(component), other.table(component)
        if mine.names != theirs.names:
            raise _refusal(component, "各情景的组件不同", "the scenarios' components differ")
        for name in (f"{letter}_nom_extendable", f"{letter}_nom_mod", f"{letter}_nom_set", "active", "build_year", "lifetime"):
            read = Table.flag if attribute_of(component, name).kind == "flag" else Table.number
            if not np.array_equal(read(mine, name), read(theirs, name), equal_nan=read is Table.number):
                raise _refusal(f"{component}.{name}", f"各情景的 {name} 不同", f"the scenarios' {name} differ")


def _expected(scenarios: Sequence[tuple[float, Network]]) -> Sequence[tuple[float, Network]]:
    """The scenarios, the first with what its decisions cost on average, inside the bounds of all."""
    (share, first), others = scenarios[0], [network for _, network in scenarios[1:]]
    changed = []
    for component, letter in CAPACITY.items():
        tables = [first.table(component), *(network.table(component) for network in others)]
        if len({one.names for one in tables}) != 1 or not len(tables[0]):
            continue
        costs = np.array([fixed_cost(one, first.clock) for one in tables])
        lows, highs = (np.array([one.number(f"{letter}_nom_{end}") for one in tables]) for end in ("min", "max"))
        bounds = {f"{letter}_nom_min": lows.max(axis=0), f"{letter}_nom_max": highs.min(axis=0)}
        mean = np.array([weight for weight, _ in scenarios]) @ costs
        paid = {} if (costs == costs[0]).all() else {"capital_cost": mean, "overnight_cost": np.nan, "fom_cost": 0.0}
        changed.append(tables[0].setting({**bounds, **paid}))
    return [(share, first.put(*changed)), *scenarios[1:]]


def _refusal(where: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where=f"energy.network.{where}",
        expected=Label("自洽的网络", "a network that agrees with itself"),
        remedy=Label("改正名称或数值", "correct the name or the value"),
    )


def at_steps(network: Network, steps: Places) -> Network:
    """The network over some of its steps.

    Parameters
    ----------
    network : Network
        A network.
    steps : (k,) array of int
        Which steps, in order.

    Returns
    -------
    Network
        The same components over those steps with their weights.
    """
    clock = network.clock
    cut = replace(
        clock,
        labels=tuple(clock.labels[step] for step in steps),
        objective=clock.objective[steps],
        stores=clock.stores[steps],
        generators=clock.generators[steps],
        period=clock.period[steps],
    )
    tables = {
        name: replace(table, series={a: {one: v[steps] for one, v in by.items()} for a, by in table.series.items()})
        for name, table in network.tables.items()
    }
    return Network(network.name, cut, tables)
