"""Policy rows: a linear sum of any quantities of any components against a number, with its name, clause and price.

Invariant: a term that finds no component or quantity is an error, never dropped; a row may be missed only at a price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.network.attribute import attribute_of
from dafeng.energy.network.frame import Frame, Model
from dafeng.energy.network.limits import BOUNDS
from dafeng.energy.network.linear import Linear, constant, product
from dafeng.energy.network.table import Clock, Flags, Network, Table, make_table
from dafeng.energy.program import Floats

BLOCK = "policy"
"""What the names of the rows begin with."""
AVAILABLE = "available"
"""Quantity that could have been produced: upper bound of output per unit of capacity times capacity."""
ROUNDING = 1e-6
"""A row in which nothing is decided may be missed by so much of its own terms: capacities of a design are rounded."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One summand of a policy.

    Parameters
    ----------
    component, quantity : str
        Kind of component and what of it counts: a variable such as ``p``, capacity such as ``p_nom``, ``available``, or
        of loads ``p_set``.
    factor : float or (steps,) array
        What it is multiplied with.
    name, carrier, bus : str
        Which components count; all where empty.
    """

    component: str
    quantity: str = "p"
    factor: Any = 1.0
    name: str = ""
    carrier: str = ""
    bus: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A policy as it is written down.

    Parameters
    ----------
    name : str
        Its name; the rows are ``policy.name``.
    label : Label
        What it says.
    terms : tuple of Term
        What is summed: power times hours over the steps, or capacity.
    sense : {"<=", ">=", "=="}
        Comparison.
    amount : float
        What the sum is compared with. [unit of the sum]
    clause : str
        Where it is written.
    period : int or None
        Year whose steps count once; without it all steps count, each for the years of its period.
    each_step : bool
        Whether it must hold in every step, as power.
    slack_cost : float
        Price of one missing unit, not a number if it must hold. [yuan per unit]
    """

    name: str
    label: Label
    terms: tuple[Term, ...]
    sense: str
    amount: float = 0.0
    clause: str = ""
    period: int | None = None
    each_step: bool = False
    slack_cost: float = float("nan")


def with_policies(network: Network, *policies: Policy) -> Network:
    """The network with policies added to those it has.

    Parameters
    ----------
    network : Network
        A network.
    *policies : Policy
        What is added.

    Returns
    -------
    Network
        A copy.
    """
    rows = {one.name: _row(one) for one in policies}
    terms = {f"{one.name}.{place}": _term(one, term) for one in policies for place, term in enumerate(one.terms)}
    return network.put(
        _joined(network.table("policy"), make_table("policy", rows)),
        _joined(network.table("policy_term"), make_table("policy_term", terms)),
    )


def share_policy(
    name: str,
    label: Label,
    part: tuple[Term, ...],
    whole: tuple[Term, ...],
    share: float,
    *,
    clause: str = "",
    period: int | None = None,
    slack_cost: float = float("nan"),
) -> Policy:
    """A part must be at least a share of a whole.

    Parameters
    ----------
    name : str
        Name of the policy.
    label : Label
        What it says.
    part, whole : tuple of Term
        What is summed; the whole includes the part.
    share : float
        Least share.
    clause : str
        Where it is written.
    period : int, optional
        Year whose steps count once.
    slack_cost : float
        Price of one missing unit, not a number if it must hold. [yuan per unit]

    Returns
    -------
    Policy
        ``part − share · whole ≥ 0``.
    """
    less = tuple(replace(term, factor=-share * np.asarray(term.factor)) for term in whole)
    return Policy(name, label, (*part, *less), ">=", 0.0, clause, period, slack_cost=slack_cost)


def add_policies(model: Model) -> None:
    """Rows of all policies.

    Parameters
    ----------
    model : Model
        What is built; every component has been added.

    Raises
    ------
    DefinitionError
        If a policy's sense, period or a term's component or quantity does not exist.
    """
    table = model.network.table("policy")
    terms = _by_policy(model)
    for place, name in enumerate(table.names):
        chosen, period = _chosen(model.clock, name, float(table.number("investment_period")[place]))
        if not chosen.any():
            continue
        sense = table.text("sense")[place]
        if sense not in BOUNDS:
            raise _refusal(name, f"比较“{sense}”未知", f"comparison '{sense}' is not known")
        low, high = BOUNDS[sense](float(table.number("constant")[place]))
        found = [_counted(model, name, term, period) for term in terms.get(name, ())]
        cost = float(table.number("slack_cost")[place])
        if table.flag("each_step")[place]:
            _each(model, name, found, (low, high), cost, chosen)
        else:
            _sum(model, name, found, (low, high), cost, chosen, period)


def _sum(
    model: Model, name: str, found: list[Linear], bounds: tuple[float, float], cost: float, chosen: Any, period: int | None
) -> None:
    clock = model.clock
    years = np.ones(clock.size) if period is not None else clock.period_years[clock.period]
    weight = (clock.generators * years * chosen)[:, None]
    summed = [one if _still(one) else one.times(weight) for one in found]
    paid = clock.period_objective[0 if period is None else period] if clock.periods else 1.0
    summed += _slack(model, name, (1, 1), bounds, cost * paid)
    low, high = bounds if any(one.terms for one in summed) else _widened(summed, bounds)
    rows = np.zeros(1, dtype=np.int64)
    model.builder.add_sums(_block(model, name), [(one, rows) for one in summed], np.array([low]), np.array([high]))


def _each(model: Model, name: str, found: list[Linear], bounds: tuple[float, float], cost: float, chosen: Any) -> None:
    """One row per step: the sums over components are gathered row by row."""
    steps = model.clock.size
    found = found + _slack(model, name, (steps, 1), bounds, cost * model.clock.cost_weight[:, None])
    rows = np.where(chosen, np.arange(steps), -1)[:, None]
    low, high = (np.where(chosen, bound, free) for bound, free in zip(bounds, (-np.inf, np.inf), strict=True))
    pieces = [(_over(one, steps), rows) for one in found]
    model.builder.add_sums(_block(model, name), pieces, low, high)


def _over(expression: Linear, steps: int) -> Linear:
    """Expression with one row for every step."""
    nothing = constant(np.zeros((steps, 1)))
    return expression + nothing


def _slack(model: Model, name: str, shape: tuple[int, int], bounds: tuple[float, float], cost: Any) -> list[Linear]:
    """What a policy is missed by, on each side that is bounded."""
    found: list[Linear] = []
    if np.isnan(cost).all():
        return found
    for side, sign, finite in (("short", 1.0, np.isfinite(bounds[0])), ("over", -1.0, np.isfinite(bounds[1]))):
        if finite:
            missed = model.builder.add_variables(f"{_block(model, name)}.{side}", np.ones(shape, dtype=bool), low=0.0)
            model.builder.add_cost(missed, np.asarray(cost) * model.weight)
            found.append(missed.times(sign))
    return found


def _widened(found: list[Linear], bounds: tuple[float, float]) -> tuple[float, float]:
    size = ROUNDING * max(1.0, *(float(np.abs(one.constant).sum()) for one in found))
    return bounds[0] - size, bounds[1] + size


def _still(expression: Linear) -> bool:
    """Whether an expression stands once for all steps."""
    parts = [expression.constant, *(part for term in expression.terms for part in term)]
    return all(np.ndim(part) == 0 or np.shape(part)[0] == 1 for part in parts)


def _by_policy(model: Model) -> dict[str, list[tuple[int, Table]]]:
    table = model.network.table("policy_term")
    known, found = set(model.network.table("policy").names), dict[str, list[tuple[int, Table]]]()
    for place, policy in enumerate(table.text("policy")):
        if policy not in known:
            raise _refusal(table.names[place], f"没有政策“{policy}”", f"no policy '{policy}'")
        found.setdefault(policy, []).append((place, table))
    return found


def _chosen(clock: Clock, name: str, year: float) -> tuple[Any, int | None]:
    if np.isnan(year):
        return np.ones(clock.size, dtype=bool), None
    if not clock.periods:
        raise _refusal(name, f"属于 {int(year)} 年，但网络没有投资期", f"belongs to {int(year)}, but there are no periods")
    if int(year) not in clock.periods:
        return np.zeros(clock.size, dtype=bool), None
    period = clock.periods.index(int(year))
    return clock.period == period, period


def _counted(model: Model, policy: str, found: tuple[int, Table], period: int | None) -> Linear:
    """What one term adds, over steps or once."""
    place, terms = found
    component, quantity, name = (terms.text(column)[place] for column in ("component", "quantity", "name"))
    table = model.network.table(component)
    chosen = _matching(table, name, terms.text("carrier")[place], terms.text("bus")[place])
    if not chosen.any():
        raise _refusal(policy, f"“{component}”中没有相符的组件", f"no matching '{component}'")
    factor = terms.varying("factor", model.clock.size)[:, [place]]
    if component == "load":
        taken = (
            table.varying("p_set", model.clock.size) * np.ones((model.clock.size, 1)) * chosen[None, :] * table.flag("active")
        )
        return constant(taken * factor)
    frame = model.frames.get(component)
    return Linear() if frame is None else _taken(frame, policy, quantity, chosen, factor, period)


def _taken(frame: Frame, policy: str, quantity: str, chosen: Any, factor: Floats, period: int | None) -> Linear:
    table = frame.model.network.table(frame.component)
    kept = {name for name, one in zip(table.names, chosen, strict=True) if one}
    each = np.array([name in kept for name in frame.members.names])
    if quantity == f"{frame.letter}_nom":
        steps = slice(None) if period is None else frame.model.clock.period == period
        return frame.sizes.where((each & frame.alive[steps].any(axis=0))[None, :]).times(factor[:1])
    mine = _joined_in(frame, policy, each)[None, :]
    if quantity == AVAILABLE:
        return frame.capacity.times(product(frame.varying(f"{frame.letter}_max_pu"), frame.active)).where(mine).times(factor)
    if quantity not in frame.variables:
        known = ", ".join([*frame.variables, f"{frame.letter}_nom", AVAILABLE])
        raise _refusal(
            policy, f"“{frame.component}”没有“{quantity}”（有：{known}）", f"'{frame.component}' has no '{quantity}' ({known})"
        )
    return frame.variables[quantity].where(mine).times(factor)


def _joined_in(frame: Frame, policy: str, each: Flags) -> Flags:
    """What is dispatched for the chosen members; a group counts as a whole or not at all."""
    found = np.zeros(len(frame.table), dtype=bool)
    found[frame.group[each]] = True
    if found[frame.group[~each]].any():
        name = frame.members.names[int(np.flatnonzero(each)[0])]
        zh, en = (
            f"“{name}”与同类一并调度，不能单独计量",
            f"'{name}' is dispatched together with others and has no output of its own",
        )
        raise _refusal(policy, zh, en)
    return found


def _matching(table: Table, name: str, carrier: str, bus: str) -> Any:
    found = np.ones(len(table), dtype=bool)
    if name:
        found &= np.array([one == name for one in table.names])
    if carrier:
        found &= np.array([one == carrier for one in table.text("carrier")])
    if bus:
        side = "bus0" if table.component in ("line", "transformer", "link", "process") else "bus"
        found &= np.array([one == bus for one in table.text(side)])
    return found


def _block(model: Model, name: str) -> str:
    return f"{model.prefix}{BLOCK}.{name}"


def _row(policy: Policy) -> Mapping[str, Any]:
    return {
        "sense": policy.sense,
        "constant": policy.amount,
        "investment_period": float("nan") if policy.period is None else float(policy.period),
        "each_step": policy.each_step,
        "slack_cost": policy.slack_cost,
        "zh": policy.label.zh,
        "en": policy.label.en,
        "clause": policy.clause,
    }


def _term(policy: Policy, term: Term) -> Mapping[str, Any]:
    texts = {name: getattr(term, name) for name in ("component", "name", "carrier", "bus", "quantity")}
    factor = np.asarray(term.factor, dtype=np.float64)
    return {"policy": policy.name, **texts, "factor": factor if factor.ndim else float(factor)}


def _joined(one: Table, other: Table) -> Table:
    if not len(one):
        return other
    if twice := set(one.names) & set(other.names):
        name = min(twice)
        raise _refusal(name, "名称重复", "the name occurs twice")
    columns = {name: np.concatenate([_full(one, name), _full(other, name)]) for name in {**one.columns, **other.columns}}
    series = {name: {**one.series.get(name, {}), **other.series.get(name, {})} for name in {**one.series, **other.series}}
    return Table(one.component, (*one.names, *other.names), columns, series)


def _full(table: Table, name: str) -> Any:
    if attribute_of(table.component, name).kind == "text":
        return np.asarray(table.text(name), dtype=object)
    return table.flag(name) if attribute_of(table.component, name).kind == "flag" else table.number(name)


def _refusal(policy: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(f"政策“{policy}”：{zh}", f"policy '{policy}': {en}"),
        where=f"energy.network.policy.{policy}",
        expected=Label("存在的组件、量、投资期和比较", "components, quantities, periods and comparisons that exist"),
        remedy=Label("改正政策", "correct the policy"),
    )
