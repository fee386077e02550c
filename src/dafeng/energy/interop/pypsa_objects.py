"""PyPSA networks in memory: read as a network, solved in place of ``pypsa.Network.optimize``.

Invariant: PyPSA is never imported; its object is only asked for its tables, and gets its results where PyPSA puts them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.interop.exchange import Exchange, network_from
from dafeng.energy.interop.frames import LISTS, Sheet
from dafeng.energy.interop.netcdf import scenarios_refused
from dafeng.energy.interop.options import option_refused, read_options
from dafeng.energy.interop.results import result_sheets
from dafeng.energy.network.build import at_steps
from dafeng.energy.network.capacity import fixed_cost
from dafeng.energy.network.solve import Outcome, solve_network, solve_scenarios
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.solution import InfeasibleError, UnboundedError

TYPES = ("line_types", "transformer_types")
"""Lists that others refer to."""
LEVELS = ("period", "timestep")
"""Names of the parts of a snapshot where there are investment periods."""


def read_object(source: Any, *, multi_period: bool | None = None) -> Network:
    """Network from a ``pypsa.Network``.

    Parameters
    ----------
    source : pypsa.Network
        What is read; it stays as it is.
    multi_period : bool, optional
        Whether investment periods count; by default where the network has any.

    Returns
    -------
    Network
        The same network.

    Raises
    ------
    DefinitionError
        If it uses what the model does not have.
    """
    if not all(hasattr(source, name) for name in ("components", "snapshots", "snapshot_weightings")):
        raise _foreign(type(source).__name__)
    if getattr(source, "has_scenarios", False):
        raise scenarios_refused(str(source.name or "pypsa"))
    sheets = {kind: _sheet(source, kind) for kind in (*LISTS, *TYPES)}
    exchange = Exchange(str(source.name or "pypsa"), _snapshots(source), _periods(source), sheets)
    return network_from(exchange, multi_period=multi_period)


def solve(
    network: Any,
    snapshots: Sequence[Any] | None = None,
    multi_investment_periods: bool = False,
    transmission_losses: bool | int | Mapping[str, Any] = False,
    linearized_unit_commitment: bool = False,
    *,
    include_objective_constant: bool | None = None,
    assign_all_duals: bool = False,
    solver_name: str | None = None,
    solver_options: Mapping[str, Any] | None = None,
    **others: Any,
) -> tuple[str, str]:
    """Optimise a ``pypsa.Network`` in place of ``network.optimize()``.

    Parameters
    ----------
    network : pypsa.Network
        What is optimised; results stand in it afterwards as ``optimize`` puts them, also for each of its scenarios.
    snapshots : sequence, optional
        Only these of its snapshots.
    multi_investment_periods : bool
        Whether investment periods count.
    transmission_losses : bool, int or mapping
        Not supported; refused where given.
    linearized_unit_commitment : bool
        Whether commitment is relaxed to shares.
    include_objective_constant : bool, optional
        Whether ``network.objective`` leaves out the cost of extendable capacity that stands already, as PyPSA does by
        default.
    assign_all_duals : bool
        Whether prices of limits (``mu_upper`` and the like) are assigned too; prices at buses always are.
    solver_name : str, optional
        ``highs``, or one of the solvers here, e.g. ``simplex``; by kind and size if not given.
    solver_options : mapping, optional
        ``solver`` chooses a method of HiGHS; what only says how HiGHS gets there has no effect.
    **others
        Further options of ``optimize``: what says how the model is written or how HiGHS gets there (``io_api``,
        ``threads``, ``log_to_console`` …) has no effect; everything else is refused unless it is false or ``None``
        (``extra_functionality``, ``committable_big_m``, ``piecewise_options``, ``time_limit`` …).

    Returns
    -------
    tuple of (str, str)
        ``("ok", "optimal")``: a certificate has passed; ``("warning", "infeasible")`` or ``"unbounded"``: there is a proof
        of it, and the network stays as it was.

    Raises
    ------
    DefinitionError
        If the network or an option is not supported.
    SolveError
        If no solver gives a provable optimum.
    """
    ladder = read_options(solver_name, solver_options, others)
    if transmission_losses not in (False, None):
        raise option_refused("transmission_losses", transmission_losses)
    futures = _futures(network, multi_period=multi_investment_periods)
    steps = _chosen(network, snapshots)
    cut = [(share, one if steps is None else _windowed(one, steps)) for share, one in futures]
    try:
        if getattr(network, "has_scenarios", False):
            outcomes = solve_scenarios(cut, ladder=ladder, relaxed=linearized_unit_commitment)
        else:
            outcomes = (solve_network(cut[0][1], ladder=ladder, relaxed=linearized_unit_commitment),)
    except (InfeasibleError, UnboundedError) as failure:
        return "warning", "infeasible" if isinstance(failure, InfeasibleError) else "unbounded"
    window = network.snapshots if steps is None else network.snapshots[steps]
    _assign(network, outcomes, window, shadows=assign_all_duals)
    network._multi_invest = int(multi_investment_periods)
    counted = include_objective_constant is not False
    network._objective = outcomes[0].objective if counted else outcomes[0].system_cost
    network._objective_constant = outcomes[0].objective_constant if counted else 0.0
    return "ok", "optimal"


def _futures(source: Any, *, multi_period: bool | None) -> list[tuple[float, Network]]:
    """Scenarios with their probabilities; one that is certain where there are none."""
    if not getattr(source, "has_scenarios", False):
        return [(1.0, read_object(source, multi_period=multi_period))]
    if source.has_risk_preference:
        raise option_refused("risk_preference", source.risk_preference)
    weights = source.scenario_weightings["weight"]
    return [
        (float(weights[name]), read_object(source.get_scenario(name), multi_period=multi_period)) for name in source.scenarios
    ]


def _sheet(source: Any, kind: str) -> Sheet:
    component = source.components[kind]
    curves = [name for name, frame in component.piecewise.items() if not frame.empty]
    if curves:
        raise _curve(kind, curves[0])
    static = component.static
    series = {
        str(name): {str(one): _floats(frame[one]) for one in frame.columns}
        for name, frame in component.dynamic.items()
        if len(frame.columns)
    }
    return Sheet(tuple(map(str, static.index)), {str(name): static[name].to_numpy() for name in static.columns}, series)


def _floats(column: Any) -> NDArray[Any]:
    return np.asarray(column.to_numpy(dtype=np.float64))


def _snapshots(source: Any) -> dict[str, NDArray[Any]]:
    steps, weights = source.snapshots, source.snapshot_weightings
    found = {name: _floats(weights[name]) for name in ("objective", "stores", "generators")}
    if steps.nlevels == 1:
        return {"snapshot": steps.to_numpy(), **found}
    parts = {name: steps.get_level_values(place).to_numpy() for place, name in enumerate(LEVELS)}
    return {**parts, **found}


def _periods(source: Any) -> dict[str, NDArray[Any]]:
    years = source.investment_periods
    if not len(years):
        return {}
    weights = source.investment_period_weightings
    return {"period": years.to_numpy(), **{name: _floats(weights[name]) for name in ("objective", "years")}}


def _chosen(source: Any, snapshots: Sequence[Any] | None) -> NDArray[np.int64] | None:
    """Positions of the snapshots that are asked for; ``None`` for all."""
    if snapshots is None:
        return None
    known = {step: place for place, step in enumerate(source.snapshots)}
    try:
        found = np.array([known[step] for step in snapshots], dtype=np.int64)
    except (KeyError, TypeError):
        raise _window("其中有网络没有的时段", "one of them is no snapshot of the network") from None
    if not len(found) or (np.diff(found) <= 0).any():
        raise _window("没有时段，或未按先后排列", "there are none, or they are not in order")
    return None if len(found) == len(known) else found


def _windowed(network: Network, steps: NDArray[np.int64]) -> Network:
    """The network over some of its snapshots; yearly costs still belong to all of them."""
    if steps[0] > 0 and _remembers(network):
        raise _window(
            "机组有爬坡或启停约束，窗口不从首个时段开始",
            "units with ramps or commitment, and the window does not begin at the first",
        )
    changed = [
        table.setting({"capital_cost": fixed_cost(table, network.clock), "overnight_cost": np.nan, "fom_cost": 0.0})
        for component in CAPACITY
        if len(table := network.table(component))
    ]
    return at_steps(network.put(*changed), steps)


def _remembers(network: Network) -> bool:
    """Whether some unit depends on what it did before the window."""
    for component in ("generator", "link", "process"):
        table = network.table(component)
        if len(table) and (table.flag("committable").any() or _ramped(network, component)):
            return True
    return False


def _ramped(network: Network, component: str) -> bool:
    table, steps = network.table(component), network.clock.size
    return any(not np.isnan(table.varying(f"ramp_limit_{end}", steps)).all() for end in ("up", "down"))


def _assign(target: Any, outcomes: Sequence[Outcome], window: Any, *, shadows: bool) -> None:
    found = [result_sheets(one, shadows=shadows) for one in outcomes]
    for kind in found[0]:
        component, sheets = target.components[kind], [sheets[kind] for sheets in found]
        for name in sheets[0].columns if kind != "global_constraints" or len(sheets) == 1 else ():
            values = np.concatenate([sheet.columns[name][: len(sheet.names)] for sheet in sheets])
            component.static[name] = np.where(values == 0, 0.0, values)
        for name in sheets[0].series:
            columns = [values for sheet in sheets for values in sheet.series[name].values()]
            component.dynamic[name] = _frame(component, target.snapshots, window, name, columns)
    if len(outcomes) == 1:
        _turn(target, window)


def _frame(component: Any, snapshots: Any, window: Any, name: str, columns: Sequence[Any]) -> Any:
    """Series over all snapshots; outside the window what stood there before stays, else zero."""
    kind = type(component.static)
    heads = component.static.index if component.static.index.nlevels > 1 else component.static.index.rename("name")
    found = kind(np.column_stack(columns), index=window, columns=heads)
    if len(window) == len(snapshots):
        return found.set_axis(snapshots)
    before = component.dynamic[name] if name in component.dynamic else kind(index=snapshots)
    kept = found.combine_first(before) if len(before.columns) else found
    return kept.reindex(index=snapshots, columns=found.columns).fillna(0.0)


def _turn(target: Any, window: Any) -> None:
    """Voltage angles that the flows need, by the network's own topology. [rad]"""
    target.calculate_dependent_values()
    target.determine_network_topology(skip_isolated_buses=True)
    angles = np.zeros((len(window), len(target.buses)))
    place = {name: at for at, name in enumerate(target.buses.index)}
    power = target.buses_t.p.loc[window]
    for part in target.sub_networks.obj:
        buses = part.buses_o
        if len(buses) > 1:
            part.calculate_B_H(skip_pre=True)
            size = np.asarray(part.B.todense())
            inverse = np.linalg.pinv(size) if np.isfinite(size).all() else np.zeros_like(size)
            inverse = inverse - inverse[:, list(buses).index(part.slack_bus)][None, :]
            angles[:, [place[bus] for bus in buses]] = power[list(buses)].to_numpy() @ inverse
    frame = type(target.buses)(angles, index=window, columns=target.buses.index)
    target.buses_t["v_ang"] = frame.reindex(target.snapshots).fillna(0.0)


def _foreign(kind: str) -> DefinitionError:
    return DefinitionError(
        Label(f"“{kind}”不是 PyPSA 网络", f"'{kind}' is no network of PyPSA"),
        where="dafeng.solve",
        expected=Label("pypsa.Network（1.0 起）", "a pypsa.Network (from 1.0)"),
        remedy=Label("文件用 dafeng.solve_energy", "use dafeng.solve_energy for a file"),
    )


def _window(zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where="dafeng.solve.snapshots",
        expected=Label("网络的一部分时段，按先后排列", "some of the network's snapshots, in order"),
        remedy=Label("改正时段，或求解全部时段", "correct the snapshots, or solve over all of them"),
    )


def _curve(kind: str, name: str) -> DefinitionError:
    return DefinitionError(
        Label(f"用到尚未支持的功能：{kind} 的分段曲线“{name}”", f"the piecewise curve '{name}' of {kind} is not supported"),
        where=f"energy.interop.{kind}.{name}",
        expected=Label("一个数或一个序列", "one number or a series"),
        remedy=Label("改为一个数，或拆成几个线性组件", "give one number, or several linear components"),
    )
