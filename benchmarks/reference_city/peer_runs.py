"""Running PyPSA on the reference city: solve, assemble, roll on, operate a weather year; what each part took.

Invariant: the solver and its settings are named in what is told, and a solve that is not optimal is an error.
"""

from __future__ import annotations

import dataclasses
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import highspy
import pypsa

from benchmarks.harness import BenchmarkError, Told
from benchmarks.reference_city import peer
from benchmarks.reference_city.city import KEPT_H, WINDOW_H, City, dispatched

HIPO: dict[str, Any] = {"solver": "hipo", "run_crossover": "off", "threads": 1, "output_flag": False}
IPX: dict[str, Any] = {"solver": "ipx", "run_crossover": "off", "threads": 1, "output_flag": False}
SIMPLEX: dict[str, Any] = {"solver": "simplex", "threads": 1, "output_flag": False}


def version() -> str:
    """Name PyPSA and HiGHS with their versions."""
    highs = highspy.Highs()
    return f"PyPSA {pypsa.__version__} + HiGHS {highs.version()}"


@contextmanager
def clock(parts: dict[str, Any], name: str) -> Iterator[None]:
    """Add the CPU seconds of a block to a part."""
    start = time.process_time()
    yield
    parts[name] = parts.get(name, 0.0) + time.process_time() - start


@contextmanager
def timed_solver(parts: dict[str, Any]) -> Iterator[None]:
    """Count the CPU seconds that HiGHS takes, wherever it is called from."""
    run = highspy.Highs.run

    def timed(solver: Any) -> Any:
        with clock(parts, "solver_s"):
            return run(solver)

    highspy.Highs.run = timed
    try:
        yield
    finally:
        highspy.Highs.run = run


def _optimised(network: pypsa.Network, city: City, settings: Mapping[str, Any], **more: Any) -> None:
    status, condition = network.optimize(
        solver_name="highs",
        io_api="direct",
        multi_investment_periods=city.pathway,
        include_objective_constant=False,
        extra_functionality=peer.extra_rows(city),
        **settings,
        **more,
    )
    if (status, condition) != ("ok", "optimal"):
        raise BenchmarkError(f"PyPSA ended with {status}, {condition}; its settings were {dict(settings)}")


def solved(city: City, settings: Mapping[str, Any] = HIPO) -> Told:
    """Build the network, let PyPSA make and solve its model; the objective with the parts of the work."""
    warnings.simplefilter("ignore")
    parts: dict[str, Any] = {"solver": version(), "settings": dict(settings)}
    with clock(parts, "network_s"):
        network = peer.build(city)
    with timed_solver(parts), clock(parts, "model_and_solver_s"):
        _optimised(network, city, settings)
    parts["build_s"] = parts.pop("model_and_solver_s") - parts["solver_s"]
    parts |= {"rows": int(network.model.ncons), "columns": int(network.model.nvars)}
    return Told(float(network.objective), parts)


def solved_futures(cities: Sequence[City], settings: Mapping[str, Any] = HIPO) -> Told:
    """Build weather years as PyPSA's scenarios, equally likely, and let it make and solve its model."""
    warnings.simplefilter("ignore")
    parts: dict[str, Any] = {"solver": version(), "settings": dict(settings)}
    with clock(parts, "network_s"):
        network = peer.build_futures(cities)
    with timed_solver(parts), clock(parts, "model_and_solver_s"):
        _optimised(network, cities[0], settings)
    parts["build_s"] = parts.pop("model_and_solver_s") - parts["solver_s"]
    parts |= {"rows": int(network.model.ncons), "columns": int(network.model.nvars)}
    return Told(float(network.objective), parts)


def assembled(city: City, week: City) -> Told:
    """Make the model of a network that stands in memory and hand it to a solver object; the optimum of a week beside."""
    from linopy.io import to_highspy

    warnings.simplefilter("ignore")
    network = peer.build(city)
    parts: dict[str, Any] = {"solver": "none"}
    with clock(parts, "model_s"):
        network.optimize.create_model(multi_investment_periods=city.pathway, include_objective_constant=False)
        peer.extra_rows(city)(network, None)
    with clock(parts, "matrices_s"):
        to_highspy(network.model)
    parts |= {"rows": int(network.model.ncons), "columns": int(network.model.nvars)}
    spent = parts["model_s"] + parts["matrices_s"]
    return Told(solved(week, SIMPLEX).value, parts, spent)


def full_year(city: City) -> Told:
    """Solve the whole year; the seconds are those of the solver alone."""
    told = solved(city)
    return Told(told.value, told.parts, told.parts["solver_s"])


def operated_years(cities: Sequence[City], wanted: int, settings: Mapping[str, Any] = HIPO) -> Told:
    """Operate weather years with the capacities of the design, one by one; more of them are reckoned from those given."""
    start = time.process_time()
    runs = [solved(dispatched(city), settings) for city in cities]
    spent = time.process_time() - start
    parts = runs[0].parts | {"years_measured": len(cities), "years_reckoned": wanted, "sample_s": spent}
    return Told([run.value for run in runs], parts, spent * wanted / len(cities))


def rolled(city: City, settings: Mapping[str, Any] = SIMPLEX) -> Told:
    """Operate the year in windows of three days, two of which are kept; the cost of what is kept."""
    warnings.simplefilter("ignore")
    parts: dict[str, Any] = {"solver": version(), "settings": dict(settings)}
    given = dataclasses.replace(dispatched(city), cyclic=False)
    with clock(parts, "network_s"):
        network = peer.build(given)
    with timed_solver(parts), clock(parts, "model_and_solver_s"):
        network.optimize.optimize_with_rolling_horizon(
            horizon=WINDOW_H // city.step,
            overlap=(WINDOW_H - KEPT_H) // city.step,
            solver_name="highs",
            io_api="direct",
            include_objective_constant=False,
            extra_functionality=peer.extra_rows(given),
            **settings,
        )
    parts["build_s"] = parts.pop("model_and_solver_s") - parts["solver_s"]
    parts["windows"] = -(-city.hours // KEPT_H)
    return Told(operating_cost(network), parts)


def operating_cost(network: pypsa.Network) -> float:
    """Return the cost of operation that a solved network shows. [CNY]"""
    total = 0.0
    weights = network.snapshot_weightings["objective"]
    for kind, flow in (("Generator", "p"), ("Link", "p0"), ("StorageUnit", "p_dispatch")):
        prices = network.get_switchable_as_dense(kind, "marginal_cost")
        flows = network.components[kind].dynamic[flow]
        total += float((prices * flows).sum(axis=1) @ weights)
    return total
