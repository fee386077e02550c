"""Series of many years on a network: which of its numbers they replace.

Invariant: the network of one year, solved on its own, is exactly what the kernel solves for that year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.build import Built, balance_rows
from dafeng.energy.network.table import Network, check_attribute
from dafeng.energy.program import Floats
from dafeng.energy.years.chain import Chain, refusal
from dafeng.energy.years.stage import Change

Series = Mapping[tuple[str, str, str], Floats]
"""Arrays (years, steps) by component, attribute and name, e.g. ``("generator", "p_max_pu", "wind")``."""


def years_of(network: Network, series: Series) -> int:
    """Number of years, after checking shapes and names.

    Parameters
    ----------
    network : Network
        What the series belong to.
    series : Series
        Arrays of all years.

    Returns
    -------
    int
        How many years.

    Raises
    ------
    DefinitionError
        If there are none, a name or attribute is unknown, shapes differ or a value is not finite.
    """
    shapes = {values.shape for values in series.values()}
    if len(shapes) != 1 or any(len(shape) != 2 or shape[1] != network.clock.size for shape in shapes):
        raise _wrong("形状不是 (年数, 时段数)", "the shape is not (years, steps)", f"(n, {network.clock.size})")
    for (component, attribute, name), values in series.items():
        check_attribute(component, attribute)
        if name not in network.table(component).names:
            raise _wrong(
                f"没有“{component}.{name}”", f"there is no {component}.{name}", ", ".join(network.table(component).names)
            )
        if not np.isfinite(values).all():
            raise _wrong(f"“{name}”含非有限值", f"'{name}' holds values that are not finite", "…")
    return int(next(iter(shapes))[0])


def network_of_year(network: Network, series: Series, year: int) -> Network:
    """The network with the series of one year.

    Parameters
    ----------
    network : Network
        All that stays the same.
    series : Series
        Arrays of all years.
    year : int
        Which.

    Returns
    -------
    Network
        A copy.
    """
    tables = dict(network.tables)
    for (component, attribute, name), values in series.items():
        table = tables[component]
        given = {**table.series.get(attribute, {}), name: np.ascontiguousarray(values[year])}
        tables[component] = replace(table, series={**table.series, attribute: given})
    return replace(network, tables=tables)


def changes_of(built: Built, chain: Chain, series: Series) -> tuple[Change, ...]:
    """What the series change in the chain.

    Parameters
    ----------
    built : Built
        The network with its programme.
    chain : Chain
        Its chain.
    series : Series
        Arrays of all years.

    Returns
    -------
    tuple of Change
        In kinds of the chain.

    Raises
    ------
    DefinitionError
        If the kernel cannot vary an attribute.
    """
    return tuple(_change(built, chain, key, values) for key, values in series.items())


def _change(built: Built, chain: Chain, key: tuple[str, str, str], values: Floats) -> Change:
    component, attribute, name = key
    if component == "generator" and attribute in ("p_max_pu", "p_min_pu"):
        size = built.network.table(component).number("p_nom")[_place(built, component, name)]
        side = "high" if attribute == "p_max_pu" else "low"
        return Change(side, -1, _column(built, chain, component, name), values * size)
    own = _own(built, key)
    if component in ("generator", "link") and attribute == "marginal_cost":
        column = _column(built, chain, component, name)
        given = chain.cost.reshape(-1, chain.steps)[column]
        return Change("cost", -1, column, given + (values - own) * built.network.clock.objective)
    if component == "load" and attribute == "p_set":
        sign = built.network.table(component).number("sign")[_place(built, component, name)]
        return Change("right", _row(built, chain, component, name, "bus"), -1, -sign * (values - own))
    if component == "link" and attribute.startswith("efficiency") and not built.network.table(component).has("delay"):
        port = f"bus{attribute.removeprefix('efficiency') or 1}"
        row, column = _row(built, chain, component, name, port), _column(built, chain, component, name)
        steps = chain.steps
        held = chain.matrix[row * steps : (row + 1) * steps, column * steps : (column + 1) * steps].diagonal()
        return Change("coefficient", row, column, held + (values - own))
    raise refusal(f"不能逐年改变“{component}.{attribute}”", f"it cannot vary {component}.{attribute} from year to year")


def _own(built: Built, key: tuple[str, str, str]) -> Floats:
    component, attribute, name = key
    table = built.network.table(component)
    return np.broadcast_to(table.varying(attribute, built.network.clock.size), (built.network.clock.size, len(table)))[
        :, _place(built, component, name)
    ]


def _place(built: Built, component: str, name: str) -> int:
    return built.network.table(component).names.index(name)


def _column(built: Built, chain: Chain, component: str, name: str) -> int:
    frame = built.frames[component]
    places = built.builder.variables[f"{component}.p"]
    return int(chain.place[places[0, frame.table.names.index(name)]] // chain.steps)


def _row(built: Built, chain: Chain, component: str, name: str, column: str) -> int:
    bus = built.network.table(component).text(column)[_place(built, component, name)]
    row = balance_rows(built)[0, built.network.table("bus").names.index(bus)]
    return int(chain.row_place[row] // chain.steps)


def _wrong(zh: str, en: str, expected: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where="energy.years.series",
        expected=Label(expected, expected),
        remedy=Label("改正序列", "correct the series"),
    )
