"""An outcome under the names where a user of PyPSA looks for it.

Invariant: signs and units are PyPSA's: what leaves a bus into a branch is positive, prices are per unit and hour, the
price of an upper limit is at most zero and of a lower one at least zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dafeng.energy.interop.exchange import Exchange, with_sheets
from dafeng.energy.interop.frames import LISTS, Sheet
from dafeng.energy.network.link import delayed, ports, ratio
from dafeng.energy.network.solve import Outcome
from dafeng.energy.network.table import CAPACITY, Table
from dafeng.energy.program import Floats

PLAIN: Mapping[str, tuple[str, ...]] = {
    "generator": ("p", "status", "start_up", "shut_down"),
    "link": ("p", "status", "start_up", "shut_down"),
    "process": ("p", "status", "start_up", "shut_down"),
    "store": ("p", "e"),
    "storage_unit": ("p_dispatch", "p_store", "state_of_charge", "spill"),
}
"""Quantities that have the same name in both."""
SHADOWS: Mapping[str, tuple[tuple[str, str, float], ...]] = {
    "generator": (
        ("mu_upper", "generator.p.upper", 1.0),
        ("mu_lower", "generator.p.lower", 1.0),
        ("mu_upper", "generator.status_upper", 1.0),
        ("mu_lower", "generator.status_lower", 1.0),
        ("mu_p_set", "generator.p_set.set", 1.0),
        ("mu_ramp_limit_up", "generator.ramp_limit_up", 1.0),
        ("mu_ramp_limit_up", "generator.status_ramp_limit_up", 1.0),
        ("mu_ramp_limit_down", "generator.ramp_limit_down", -1.0),
        ("mu_ramp_limit_down", "generator.status_ramp_limit_down", -1.0),
    ),
    "link": (
        ("mu_upper", "link.p.upper", 1.0),
        ("mu_lower", "link.p.lower", 1.0),
        ("mu_upper", "link.status_upper", 1.0),
        ("mu_lower", "link.status_lower", 1.0),
        ("mu_p_set", "link.p_set.set", 1.0),
        ("mu_ramp_limit_up", "link.ramp_limit_up", 1.0),
        ("mu_ramp_limit_up", "link.status_ramp_limit_up", 1.0),
        ("mu_ramp_limit_down", "link.ramp_limit_down", -1.0),
        ("mu_ramp_limit_down", "link.status_ramp_limit_down", -1.0),
    ),
    "process": (
        ("mu_upper", "process.p.upper", 1.0),
        ("mu_lower", "process.p.lower", 1.0),
        ("mu_p_set", "process.p_set.set", 1.0),
        ("mu_ramp_limit_up", "process.ramp_limit_up", 1.0),
        ("mu_ramp_limit_down", "process.ramp_limit_down", -1.0),
    ),
    "store": (
        ("mu_upper", "store.e.upper", 1.0),
        ("mu_lower", "store.e.lower", 1.0),
        ("mu_energy_balance", "store.energy_balance", -1.0),
    ),
    "storage_unit": (
        ("mu_upper", "storage_unit.state_of_charge.upper", 1.0),
        ("mu_lower", "storage_unit.state_of_charge.lower", 1.0),
        ("mu_state_of_charge_set", "storage_unit.state_of_charge_set.set", 1.0),
        ("mu_energy_balance", "storage_unit.energy_balance", -1.0),
    ),
    "line": (("mu_upper", "line.s.upper", 1.0), ("mu_lower", "line.s.lower", 1.0)),
    "transformer": (("mu_upper", "transformer.s.upper", 1.0), ("mu_lower", "transformer.s.lower", 1.0)),
}
"""Where PyPSA keeps the price of a limit, the block here, and the sign between the two forms of the equation."""
HELD: Mapping[str, str] = {
    "generator": "generator.p_set.set",
    "link": "link.p_set.set",
    "process": "process.p_set.set",
    "store": "store.e_set.set",
    "storage_unit": "storage_unit.state_of_charge_set.set",
}
"""Block of given values; where one holds, the limits of the same quantity have no price."""
BELOW = ("mu_upper", "mu_ramp_limit_up", "mu_ramp_limit_down")
"""Prices of blocks that are upper limits in the form they have here."""
RAMPS = ("mu_ramp_limit_up", "mu_ramp_limit_down")
"""Prices that PyPSA tells together."""
FLOWS: Mapping[str, str] = {"generator": "bus", "store": "bus", "storage_unit": "bus", "load": "bus"}
"""Components with one bus, and its column."""


def result_sheets(outcome: Outcome, *, shadows: bool = True) -> dict[str, Sheet]:
    """Results of every list.

    Parameters
    ----------
    outcome : Outcome
        What was optimised.
    shadows : bool
        Whether prices of limits (``mu_upper`` and the like) are told too; prices at buses always are.

    Returns
    -------
    dict of str to Sheet
        Columns and series by PyPSA's name of the list; prices are absent where capacity or status is whole, since
        these have none.
    """
    priced = outcome.built.program.integer is None
    found: dict[str, tuple[dict[str, Any], dict[str, Floats]]] = {}
    for kind, component in LISTS.items():
        table = outcome.network.table(component)
        if len(table):
            series = _series(outcome, table)
            if priced and shadows:
                series |= _shadows(outcome, component)
            found[kind] = (_columns(outcome, table, priced=priced), series)
    if priced and "buses" in found:
        found["buses"][1]["marginal_price"] = prices(outcome)
    if "buses" in found:
        found["buses"][1]["p"] = _injections(outcome, {kind: series for kind, (_, series) in found.items()})
    return {kind: _sheet(outcome.network.table(LISTS[kind]), *parts) for kind, parts in found.items()}


def result_attributes(outcome: Outcome) -> dict[str, float]:
    """What is said about the network as a whole.

    Parameters
    ----------
    outcome : Outcome
        What was optimised.

    Returns
    -------
    dict of str to float
        Objective and its constant, under PyPSA's names. [yuan]
    """
    return {
        "_multi_invest": int(outcome.network.clock.paths),
        "_objective": outcome.objective,
        "_objective_constant": outcome.objective_constant,
    }


def with_results(exchange: Exchange, outcome: Outcome) -> Exchange:
    """Content of a file with the results beside the inputs.

    Parameters
    ----------
    exchange : Exchange
        Content that the network was read from.
    outcome : Outcome
        What was optimised.

    Returns
    -------
    Exchange
        A copy.
    """
    listed = set(exchange.sheets)
    results = {kind: sheet for kind, sheet in result_sheets(outcome).items() if kind in listed}
    for kind, sheet in results.items():
        own = exchange.sheets[kind].names
        if own != sheet.names:
            kept = {name: values[: len(own)] for name, values in sheet.columns.items()}
            results[kind] = Sheet(own, kept, {name: _only(by, own) for name, by in sheet.series.items()})
    return with_sheets(exchange, results, result_attributes(outcome))


def _only(by: Mapping[str, Floats], names: tuple[str, ...]) -> dict[str, Floats]:
    return {name: values for name, values in by.items() if name in names}


def prices(outcome: Outcome) -> Floats:
    """Price at every bus per unit and hour.

    Parameters
    ----------
    outcome : Outcome
        What was optimised.

    Returns
    -------
    (steps, buses) array
        Divided by the weight of the step and its period. [yuan/MWh]
    """
    weight = outcome.network.clock.cost_weight[:, None]
    return np.divide(outcome.price(), weight, out=np.zeros_like(outcome.price()), where=weight != 0)


def _sheet(table: Table, columns: Mapping[str, Any], series: Mapping[str, Floats]) -> Sheet:
    by = {name: {one: values[:, place] for place, one in enumerate(table.names)} for name, values in series.items()}
    return Sheet(table.names, columns, by)


def _columns(outcome: Outcome, table: Table, *, priced: bool) -> dict[str, Any]:
    component = table.component
    if component == "global_constraint":
        return {"mu": np.array([_limit(outcome, name) for name in table.names])} if priced else {}
    if component not in CAPACITY:
        return {}
    letter = CAPACITY[component]
    idle = table.flag(f"{letter}_nom_extendable") & ~_present(outcome, table)
    return {f"{letter}_nom_opt": np.where(idle, 0.0, outcome.capacity(component))}


def _present(outcome: Outcome, table: Table) -> Any:
    frame = outcome.built.frames.get(table.component)
    active = set(frame.members.names) if frame is not None else set()
    return np.array([name in active for name in table.names])


def _prefix(outcome: Outcome) -> str:
    """What the names of the blocks begin with: that of the scenario."""
    return next((frame.model.prefix for frame in outcome.built.frames.values()), "")


def _limit(outcome: Outcome, name: str) -> float:
    block = f"{_prefix(outcome)}limit.{name}"
    return float(outcome.dual(block)[0]) if block in outcome.built.builder.rows else 0.0


def _series(outcome: Outcome, table: Table) -> dict[str, Floats]:
    component, frame = table.component, outcome.built.frames.get(table.component)
    if frame is None and component not in ("load", "bus"):
        return _idle(outcome, table)
    names = PLAIN.get(component, ())
    found = {name: outcome.value(component, name) for name in names if frame is not None and name in frame.variables}
    if component == "storage_unit":
        found["p"] = found["p_dispatch"] - found["p_store"]
    if component in ("link", "process"):
        found |= _ports(outcome, table, found["p"])
    if component in ("line", "transformer"):
        flow = outcome.value(component, "s")
        found |= {"p0": flow, "p1": -flow}
    if component == "transformer":
        found["phase_shift_opt"] = _shifts(outcome, table)
    if component == "load":
        steps = outcome.network.clock.size
        found["p"] = np.array(np.broadcast_to(table.varying("p_set", steps), (steps, len(table))))
    return found


def _idle(outcome: Outcome, table: Table) -> dict[str, Floats]:
    """Flows of a list in which nothing takes part: zero."""
    flows = {"link": ("p", "p0", "p1"), "process": ("p",), "line": ("p0", "p1"), "transformer": ("p0", "p1")}
    names = flows.get(table.component, ("p",) if table.component in PLAIN else ())
    return {name: np.zeros((outcome.network.clock.size, len(table))) for name in names}


def _shifts(outcome: Outcome, table: Table) -> Floats:
    steps = outcome.network.clock.size
    found = np.array(np.broadcast_to(table.varying("phase_shift", steps), (steps, len(table))))
    free = table.number("phase_shift_min") < table.number("phase_shift_max")
    if free.any():
        found = np.where(free, np.rad2deg(outcome.value("transformer", "phase_shift")), found)
    return found


def _ports(outcome: Outcome, table: Table, taken: Floats) -> dict[str, Floats]:
    """What each port takes out of its bus; late where the port has a delay."""
    clock, found = outcome.network.clock, {}
    for port in ports(table):
        flow = -taken * ratio(table, port, clock.size)
        suffix = "" if port == "1" and table.component == "link" else port
        if port != "0" or table.component == "process":
            late, turning = table.number(f"delay{suffix}").astype(int), table.flag(f"cyclic_delay{suffix}")
            for place in np.flatnonzero(late > 0):
                steps = delayed(clock, int(late[place]), cyclic=bool(turning[place]))
                flow[:, place] = np.where(steps < 0, 0.0, flow[steps, place])
        attached = np.array([bool(bus) for bus in table.text(f"bus{port}")])
        found[f"p{port}"] = np.where(attached, flow, 0.0)
    return found


def _injections(outcome: Outcome, found: Mapping[str, Mapping[str, Floats]]) -> Floats:
    """Net power that all but lines and transformers put into each bus. [MW]"""
    network = outcome.network
    known = {name: place for place, name in enumerate(network.table("bus").names)}
    total = np.zeros((network.clock.size, len(known)))
    for kind, component in LISTS.items():
        table = network.table(component)
        if component in FLOWS and len(table) and "p" in found[kind]:
            _add(total, known, table.text("bus"), found[kind]["p"] * table.number("sign")[None, :])
        if component in ("link", "process") and len(table):
            for port in ports(table):
                if f"p{port}" in found[kind]:
                    _add(total, known, table.text(f"bus{port}"), -found[kind][f"p{port}"])
    return total


def _add(total: Floats, known: Mapping[str, int], buses: tuple[str, ...], flow: Floats) -> None:
    for place, bus in enumerate(buses):
        if bus in known:
            total[:, known[bus]] += flow[:, place]


def _shadows(outcome: Outcome, component: str) -> dict[str, Floats]:
    """Prices of the limits of one kind of component."""
    table, rows = outcome.network.table(component), outcome.built.builder.rows
    frame = outcome.built.frames.get(component)
    if frame is None or component not in SHADOWS:
        return {}
    own = {name: place for place, name in enumerate(table.names)}
    places = [own[name] for name in frame.members.names]
    prefix = _prefix(outcome)
    given = f"{prefix}{HELD.get(component)}"
    held = rows[given].column >= 0 if given in rows else None
    found: dict[str, Floats] = {}
    for name, block, sign in SHADOWS[component]:
        if prefix + block in rows:
            values = _price(outcome, prefix + block, name)
            if held is not None and name in ("mu_upper", "mu_lower"):
                values = np.where(held, 0.0, values)
            total = found.setdefault(name, np.zeros((outcome.network.clock.size, len(table))))
            total[:, places] += sign * values[:, frame.group] * frame.alive
    return _paired(found)


def _paired(found: dict[str, Floats]) -> dict[str, Floats]:
    """Both ramp limits where there is one of them, as PyPSA has it."""
    for name, other in (RAMPS, RAMPS[::-1]):
        if name in found and other not in found:
            found[other] = np.zeros_like(found[name])
    return found


def _price(outcome: Outcome, block: str, name: str) -> Floats:
    """Price of a block; of what became a bound of a variable, the part of its reduced cost that this side has."""
    rows, solution = outcome.built.builder.rows[block], outcome.solution
    from_rows = np.where(rows.row < 0, 0.0, np.append(solution.prices, 0.0)[rows.row])
    size = np.where(rows.side == 0, 1.0, rows.side)
    reduced = np.where(rows.column < 0, 0.0, np.append(solution.reduced, 0.0)[rows.column] / size)
    if name in BELOW:
        return np.asarray(from_rows + np.minimum(reduced, 0.0))
    return np.asarray(from_rows + (np.maximum(reduced, 0.0) if name == "mu_lower" else reduced))
