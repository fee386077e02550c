"""Least-cost operation of a system with fixed capacities, hour by hour, and what each capacity is worth.

Invariant: the hourly series balance in every hour, their cost is the certified optimum, and a shortage is a number
with a finding, never a failure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.certificate import Certificate
from dafeng.energy.components import generator, line, load
from dafeng.energy.expansion import expand_storages
from dafeng.energy.model import program_of
from dafeng.energy.profiles import Profiles
from dafeng.energy.program import Floats
from dafeng.energy.solution import LADDER, Attempt, Solution, solve_program
from dafeng.energy.solvers import Algorithm
from dafeng.energy.system import Generator, Line, Storage, System

NOTICEABLE = 1e-3
"""Amounts below this are numerical noise of a certified solution and no finding. [MWh per year]"""


@dataclass(frozen=True, slots=True, eq=False)
class Dispatch:
    """Operation of a system over its hours.

    Parameters
    ----------
    system : System
        What was operated.
    profiles : Profiles
        Over which hours.
    solution : Solution
        The certified optimum behind the series.
    series : mapping of str to (hours,) array
        ``generation.*``, ``available.*``, ``curtailed.*``, ``charge.*``, ``discharge.*``, ``import.*``, ``export.*``,
        ``demand.*``, ``unserved.*``, ``surplus.*`` [MW], ``level.*`` [MWh] by component, ``price.*`` [yuan/MWh] by
        carrier.
    power : mapping of str to float
        Power of each storage, chosen where it was to be expanded. [MW]
    findings : tuple of Finding
        Shortage, surplus, arbitrage and what else a reader must know.
    """

    system: System
    profiles: Profiles
    solution: Solution
    series: Mapping[str, Floats]
    power: Mapping[str, float]
    findings: tuple[Finding, ...]

    @property
    def cost(self) -> float:
        """Cost of the hours, net of what exports earn; expanded power included. [yuan]"""
        return self.solution.certificate.objective

    @property
    def certificate(self) -> Certificate:
        """Proof of the optimum."""
        return self.solution.certificate

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Solvers that were tried, with their times."""
        return self.solution.attempts

    def total(self, name: str) -> float:
        """Sum of a series over the hours.

        Parameters
        ----------
        name : str
            Name of the series.

        Returns
        -------
        float
            Sum. [MWh for a series in MW]
        """
        return float(self.series[name].sum())


def dispatch(
    system: System, profiles: Profiles, *, expand: Collection[str] = (), ladder: Sequence[Algorithm] = LADDER
) -> Dispatch:
    """Operate a system at least cost.

    Parameters
    ----------
    system : System
        Components with their capacities.
    profiles : Profiles
        Hourly series.
    expand : collection of str
        Storages whose power is chosen between ``power_mw`` and ``power_most_mw`` at their annual cost; a technology
        id stands for all its storages, and ``storage`` for all of them.
    ladder : sequence of Algorithm
        Solvers in the order in which they are tried.

    Returns
    -------
    Dispatch
        Hourly series, prices, certificate and findings.

    Raises
    ------
    SolveError
        If no solver gives a provable optimum.
    """
    chosen = _chosen(system, expand)
    if chosen:
        solution = expand_storages(system, profiles, chosen, ladder=ladder)
    else:
        solution = solve_program(program_of(system, profiles), ladder=ladder)
    series = _series(system, profiles, solution)
    power = {
        one.name: float(solution.value(f"power.{one.name}")[0]) if one.name in chosen else one.power_mw
        for one in system.storages
    }
    return Dispatch(system, profiles, solution, series, power, _findings(system, profiles, series))


def storage_value(found: Dispatch, storage: Storage) -> float:
    """What one more MW of a storage (with its hours) would save.

    Parameters
    ----------
    found : Dispatch
        An operated system.
    storage : Storage
        One of its storages; where it was expanded below its limit, the value equals its annual cost.

    Returns
    -------
    float
        Saved cost over the hours. [yuan/MW]
    """
    parts = (("charge", 1.0), ("discharge", 1.0), ("level", storage.hours))
    return sum(size * _worth(found, f"{part}.{storage.name}") for part, size in parts)


def line_value(found: Dispatch, one: Line) -> float:
    """What one more MW of a line's limit would save.

    Parameters
    ----------
    found : Dispatch
        An operated system.
    one : Line
        One of its lines.

    Returns
    -------
    float
        Saved cost over the hours; negative where the firm part must be taken at a loss. [yuan/MW]
    """
    share = found.profiles.series(one.profile)
    return _bounded(found, f"{one.direction}.{one.name}", one.firm_share * share, share)


def generator_value(found: Dispatch, one: Generator) -> float:
    """What one more MW of a generator would save (its ramp limit kept as it is).

    Parameters
    ----------
    found : Dispatch
        An operated system.
    one : Generator
        One of its generators.

    Returns
    -------
    float
        Saved cost over the hours; negative where its least output is a burden. [yuan/MW]
    """
    share = one.available_share * found.profiles.series(one.profile)
    low = one.must_run_share * found.profiles.series(one.must_run_profile) * share
    return _bounded(found, f"generation.{one.name}", low, share)


def _bounded(found: Dispatch, name: str, low: Floats, high: Floats) -> float:
    reduced = found.solution.reduced_cost(name)
    return float(-(np.minimum(reduced, 0.0) @ high) - np.maximum(reduced, 0.0) @ low)


def _worth(found: Dispatch, name: str) -> float:
    prices = [found.solution.reduced_cost(name)]
    limit = name.replace(".", "_limit.", 1)
    if limit in found.solution.program.constraints:
        prices.append(found.solution.price(limit))
    return float(-sum(np.minimum(one, 0.0).sum() for one in prices))


def _chosen(system: System, expand: Collection[str]) -> frozenset[str]:
    every = {"storage"} & set(expand)
    named = {one.name for one in system.storages if every or {one.name, one.technology} & set(expand)}
    known = {one.name for one in system.storages} | {one.technology for one in system.storages} | {"storage"}
    return frozenset(named | (set(expand) - known))


def _series(system: System, profiles: Profiles, solution: Solution) -> dict[str, Floats]:
    found = {name: solution.value(name) for name in solution.program.variables if not name.startswith("power.")}
    for one in system.generators:
        most = generator.available(one, profiles)
        found[f"available.{one.name}"] = most
        if one.renewable:
            found[f"curtailed.{one.name}"] = most - found[f"generation.{one.name}"]
    for each in system.loads:
        found[f"demand.{each.name}"] = load.demand(each, profiles)
        found[f"price.{each.carrier}"] = solution.price(f"balance.{each.carrier}")
    return found


def _findings(system: System, profiles: Profiles, series: Mapping[str, Floats]) -> tuple[Finding, ...]:
    found: list[Finding] = []
    for one in system.loads:
        found += _amount(series[f"unserved.{one.name}"], "energy.unserved", f"unserved.{one.name}", "缺供", "unserved demand")
        found += _amount(series[f"surplus.{one.name}"], "energy.surplus", f"surplus.{one.name}", "无处可用的出力", "surplus")
    for each in system.storages:
        both = np.minimum(series[f"charge.{each.name}"], series[f"discharge.{each.name}"])
        found += _amount(both, "energy.both_ways", f"storage.{each.name}", "同时充放", "charge and discharge at once")
    return (*found, *_arbitrage(system, profiles))


def _amount(values: Floats, rule: str, at: str, zh: str, en: str) -> list[Finding]:
    total, hours = float(values.sum()), int((values > NOTICEABLE).sum())
    if total <= NOTICEABLE:
        return []
    return [
        Finding(
            rule,
            at,
            "warning",
            Label(f"{zh} {total:.1f} MWh，{hours} 小时", f"{en}: {total:.1f} MWh in {hours} hours"),
            Label("检查容量、线路与最小出力", "look at capacities, lines and least outputs"),
        )
    ]


def _arbitrage(system: System, profiles: Profiles) -> list[Finding]:
    bought = {one.name: line.price(one, profiles) for one in system.lines if one.direction == "import"}
    sold = {one.name: line.price(one, profiles) for one in system.lines if one.direction == "export"}
    return [
        Finding(
            "energy.arbitrage",
            f"line.{one}",
            "warning",
            Label(
                f"有 {int((price > cost).sum())} 小时外送价高于“{other}”的购入价，模型会转手买卖",
                f"in {int((price > cost).sum())} hours '{one}' pays more than '{other}' costs: the model trades between them",
            ),
            Label("核对两条线路的电价", "check the prices of the two lines"),
        )
        for one, price in sold.items()
        for other, cost in bought.items()
        if np.any(price > cost)
    ]
