"""``operate_years``: fixed capacities of a city or of a network file, operated in a thousand weather years.

Invariant: every year's cost stands beside a lower bound of its own, and what is told of them all is reckoned from the
table that is kept; weather years are synthetic and say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dafeng.core.errors import DefinitionError, SettingError
from dafeng.core.labels import Label
from dafeng.energy.ensembles.executors import DaskExecutor, Executor, LocalExecutor
from dafeng.energy.ensembles.parts import Case
from dafeng.energy.ensembles.running import Progress, run_ensemble
from dafeng.energy.interop.designs import stated_design
from dafeng.energy.interop.exchange import network_from
from dafeng.energy.network.build import with_capacities
from dafeng.energy.network.solve import solve_network
from dafeng.energy.network.table import Network
from dafeng.energy.profiles import HOURS
from dafeng.energy.program import Floats
from dafeng.energy.weather_years.ensemble import Ensemble, weather_profiles
from dafeng.energy.years.dispatching import GAP
from dafeng.energy.years.series import Series, network_of_year
from dafeng.work.city import City
from dafeng.work.network_files import read_exchange
from dafeng.work.power import power_systems

YEARS = 1000
"""Weather years, if nothing else is asked for."""
MOST = 10_000
"""Most weather years of a run."""
SEED = 20261122
"""Of the sample of years that are solved exactly as well."""
SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Quantiles that are told."""
TOLD = ("cost", "unserved", "curtailed")
"""Columns whose distribution is told."""
UNSERVED = ("shed", "unserved")
"""Beginnings of the names of generators that stand for unserved demand."""
ATTRIBUTES: Mapping[str, str] = {"generator": "p_max_pu", "load": "p_set", "link": "efficiency"}
"""What a weather profile replaces, by component."""


@dataclass(frozen=True, slots=True, eq=False)
class OperatedYears:
    """Fixed capacities in many weather years.

    Parameters
    ----------
    name : str
        Network or city.
    folder : Path
        Where the table's parts stand.
    table : pyarrow.Table
        One row per year.
    series : tuple of str
        What differs from year to year.
    exact : mapping of int to float
        Least cost of the years that were solved exactly as well. [yuan]
    """

    name: str
    folder: Path
    table: pa.Table
    series: tuple[str, ...]
    exact: Mapping[int, float]


def operate_years(
    source: City | Path | str,
    folder: Path | str,
    *,
    years: int = YEARS,
    place: str | None = None,
    driven: Mapping[str, str] | None = None,
    case: str | None = None,
    gap: float = GAP,
    checked: int = 0,
    workers: int = 2,
    cluster: str | None = None,
    told: Callable[[Progress], None] | None = None,
) -> OperatedYears:
    """Operate fixed capacities in many weather years.

    Parameters
    ----------
    source : City, Path or str
        A city, whose hourly power balance is operated, or a network file.
    folder : Path or str
        Where the results of each part are kept; a run that was stopped goes on there.
    years : int
        How many weather years.
    place : str, optional
        Administrative code of the weather; of a city its own.
    driven : mapping of str to str, optional
        Of a network file: which generator, load or link follows which weather profile.
    case : str, optional
        Of a city: which case of its power balance; the first if not given.
    gap : float
        Largest relative difference between a year's cost and its own lower bound.
    checked : int
        How many years, drawn by a fixed seed, are solved exactly as well.
    workers : int
        Processes of this machine.
    cluster : str, optional
        Address of a Dask scheduler, instead of processes of this machine.
    told : callable, optional
        Called after each part; what it raises ends the run, and what is finished stays.

    Returns
    -------
    OperatedYears
        Cost, bound, unserved and curtailed energy of each year.

    Raises
    ------
    DefinitionError
        If the series do not fit the network, or the city names no power balance.
    SettingError
        If a number is out of range, or a name or profile is unknown.
    SolveError
        If a year has no provable optimum.
    """
    _check("years", years, 1, MOST)
    _check("workers", workers, 1, 64)
    _check("checked", checked, 0, years)
    _check("gap", gap, 1e-7, 0.5)
    if isinstance(source, City):
        network, series, short = _city_years(source, years, case)
    else:
        network, series = _file_years(_decided(source), years, place, driven or {})
        short = _unserved(network)
    executor: Executor = DaskExecutor(cluster) if cluster else LocalExecutor(workers)
    one = Case(network.name, case or "base", network, series, short, gap=gap)
    table = run_ensemble([one], Path(folder), executor=executor, told=told)
    sample = np.random.Generator(np.random.PCG64(SEED)).permutation(years)[:checked]
    exact = {int(year): solve_network(network_of_year(network, series, int(year))).system_cost for year in np.sort(sample)}
    return OperatedYears(network.name, Path(folder), table, tuple(sorted(".".join(key) for key in series)), exact)


def _decided(source: Path | str) -> Network:
    """Network of a file with the capacities that it states as decided, else with those that stand."""
    exchange = read_exchange(source)
    network = network_from(exchange)
    return with_capacities(network, stated_design(exchange, network))


def years_document(found: OperatedYears) -> dict[str, Any]:
    """What was found, as JSON-able values.

    Parameters
    ----------
    found : OperatedYears
        Fixed capacities in many weather years.

    Returns
    -------
    dict
        Distribution of cost, unserved and curtailed energy, proven and true gap, what differs from year to year.
    """
    table = found.table
    cost, bound = table["cost"].to_numpy(), table["bound"].to_numpy()
    proven = (cost - bound) / np.maximum(1.0, np.abs(cost))
    true = {str(year): float((cost[year] - least) / max(1.0, abs(least))) for year, least in found.exact.items()}
    return {
        "network": found.name,
        "years": table.num_rows,
        "weather": "synthetic",
        "series": list(found.series),
        **{name: _spread(table[name]) for name in TOLD},
        **_short(table),
        "alone": table["year"].filter(table["alone"]).to_pylist(),
        "reason": table["reason"][0].as_py(),
        "proven_gap": {"mean": float(proven.mean()), "most": float(proven.max())},
        "true_gap": {"mean": float(np.mean(list(true.values()))) if true else None, "years": true},
        "folder": str(found.folder),
    }


def _short(table: pa.Table) -> dict[str, Any]:
    """Years whose unserved energy is told from none, and the most that is not."""
    unserved, resolution = table["unserved"].to_numpy(), table["resolution"].to_numpy()
    return {"short_years": int((unserved > resolution).sum()), "resolution": float(resolution.max())}


def _spread(values: pa.ChunkedArray) -> dict[str, float]:
    quantiles = pc.quantile(values, q=list(SHARES)).to_pylist()
    return {
        "mean": float(pc.mean(values).as_py()),
        **{f"q{share:g}": one for share, one in zip(SHARES, quantiles, strict=True)},
    }


def _city_years(city: City, years: int, case: str | None) -> tuple[Network, Series, tuple[str, ...]]:
    """The city's network, whatever of it follows the weather, and the generators that stand for unserved demand."""
    made = weather_profiles(city.code, range(years))
    make = power_systems(city, case=case)
    first = make(made.year(0))
    kept: dict[tuple[str, str, str], list[Floats]] = {key: [values] for key, values in _series_of(first.network)}
    for number in range(1, years):
        for key, values in _series_of(make(made.year(number)).network):
            kept[key].append(values)
    varied = {key: np.stack(rows) for key, rows in kept.items() if any(not np.array_equal(rows[0], row) for row in rows)}
    short = tuple(one.name for one in first.members if one.part == "unserved" and one.component == "generator")
    return first.network, varied, short


def _series_of(network: Network) -> Iterator[tuple[tuple[str, str, str], Floats]]:
    for component, table in network.tables.items():
        for attribute, by_name in table.series.items():
            for name, values in by_name.items():
                yield (component, attribute, name), values


def _file_years(network: Network, years: int, place: str | None, driven: Mapping[str, str]) -> tuple[Network, Series]:
    steps = network.clock.size
    if place is None or not driven:
        raise _lacking("没有说明哪个地方的天气、哪些组件随天气变化", "it is not said whose weather, and what follows it",
                       "--place 370600 --series onwind=onshore_wind", "place and series")  # fmt: skip
    if steps > HOURS:
        raise _lacking(f"有 {steps} 个时段", f"it has {steps} steps", f"≤ {HOURS}", "network")
    made = weather_profiles(place, range(years), names=sorted(set(driven.values())))
    found = dict(_driven(network, name, profile, made, steps) for name, profile in driven.items())
    return replace(network, name=network.name or "network"), found


def _driven(network: Network, name: str, profile: str, made: Ensemble, steps: int) -> tuple[tuple[str, str, str], Floats]:
    values = np.ascontiguousarray(made.series[profile][:, :steps])
    for component, attribute in ATTRIBUTES.items():
        table = network.table(component)
        if name in table.names:
            if component == "load":
                own = np.broadcast_to(table.varying("p_set", steps), (steps, len(table)))[:, table.names.index(name)]
                values = values * float(own.mean())
            return (component, attribute, name), values
    known = [one for component in ATTRIBUTES for one in network.table(component).names]
    raise _lacking(
        f"没有发电机、负荷或连接“{name}”", f"there is no generator, load or link '{name}'", ", ".join(known), "series"
    )


def _unserved(network: Network) -> tuple[str, ...]:
    return tuple(name for name in network.table("generator").names if name.lower().startswith(UNSERVED))


def _lacking(zh: str, en: str, expected: str, where: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where=where,
        expected=Label(expected, expected),
        remedy=Label("补充或改正", "add or correct it"),
    )


def _check(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise SettingError(
            Label(f"{value} 超出范围", f"{value} is out of range"),
            where=name,
            expected=Label(f"{least:g} … {most:g}", f"{least:g} … {most:g}"),
            remedy=Label("改正该数", "correct the number"),
        )
