"""The city's energy system: the reference problem in our model and in PyPSA with HiGHS, in the ways a city uses it.

Both sides read the same tables and build, solve and report in a process of its own, imports included. The parts say what
the model costs and what the solver costs. ``--hours 336`` takes the first hours of the year; the whole year takes minutes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.harness import OPTIONS, Peer, Target, Told, case

YEAR_H = 8760
SEGMENTS = 1460
WANTED_YEARS = 1000
OUR_YEARS = 60
"""Weather years that our side operates; the wanted number is reckoned from them."""
THEIR_YEARS = 2
"""The last of these that PyPSA solves one by one; their costs are compared."""
YEARS_GAP = 5e-3
"""Largest proven gap of a weather year, and so the largest difference of costs."""
CERTIFIED_GAP = 0.01
"""Largest gap that certified aggregation may leave; a run that leaves more is an error and no row."""
PATH_STEP_H = 24
ASSEMBLIES = 3
WEATHER_YEARS = 3
WEEK_H = 168

HIPO = "interior point HiPO without crossover, one thread, model handed over in memory; PyPSA's own tolerances (1e-7)"
SHORT_H = 1000
"""Hours up to which the dual simplex is faster than HiPO."""

SIMPLEX = "dual simplex, one thread, model handed over in memory: the fastest of HiGHS for windows of three days"


def prepare(folder: Path) -> None:
    """Nothing: both sides read the tables of ``benchmarks/reference_city``."""


def option(folder: Path, name: str, default: int) -> int:
    """Return what was asked for on the command line."""
    path = folder / OPTIONS
    return int((json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}).get(name, default))


def hours(folder: Path) -> int:
    """Return the hours of the year that are modelled."""
    return option(folder, "hours", YEAR_H)


def problem(folder: Path, variant: str = "base", **more: Any) -> Any:
    """Return a variant of the reference city."""
    from benchmarks.reference_city.city import city

    return city(variant, hours=hours(folder), nodes=option(folder, "nodes", 1), **more)


def weather_years(hours: int) -> list[Any]:
    """Return the pathway of the reference city in several weather years."""
    from benchmarks.reference_city.city import city

    return [city("pathway", hours=hours, weather=number) for number in range(WEATHER_YEARS)]


def year_by_pypsa(folder: Path) -> Told:
    """One year, PyPSA and HiPO."""
    from benchmarks.reference_city.peer_runs import solved

    return solved(problem(folder))


@case(
    prepare=prepare,
    peer=Peer(year_by_pypsa, "PyPSA 1.4 + HiGHS HiPO", HIPO),
    repeats=1,
    tolerance=1e-6,
    target=Target(4.5, 2.5),
)
def energy_year(folder: Path) -> Told:
    """Choose 23 capacities and operate 8 760 hours of all carriers at least cost."""
    from benchmarks.reference_city.ours_runs import solved

    return solved(problem(folder))


def tight_by_pypsa(folder: Path) -> Told:
    """The year under a binding CO2 cap, PyPSA and HiPO."""
    from benchmarks.reference_city.peer_runs import solved

    return solved(problem(folder, "co2_tight"))


@case(
    prepare=prepare,
    peer=Peer(tight_by_pypsa, "PyPSA 1.4 + HiGHS HiPO", HIPO),
    repeats=1,
    tolerance=1e-6,
    target=Target(4.5, 2.5),
)
def energy_year_tight(folder: Path) -> Told:
    """The same with little nuclear power and a CO2 cap and a non-fossil share that bind."""
    from benchmarks.reference_city.ours_runs import solved

    return solved(problem(folder, "co2_tight"))


def path_by_pypsa(folder: Path) -> Told:
    """Five years together, PyPSA and HiPO."""
    from benchmarks.reference_city.peer_runs import solved

    return solved(problem(folder, "pathway", step=PATH_STEP_H))


@case(
    prepare=prepare,
    peer=Peer(path_by_pypsa, "PyPSA 1.4 + HiGHS HiPO", HIPO),
    repeats=1,
    tolerance=1e-6,
    target=Target(12.0),
)
def energy_path(folder: Path) -> Told:
    """Decide the years 2025 to 2060 together, with what is built when, steps of a day."""
    from benchmarks.reference_city.ours_runs import solved

    return solved(problem(folder, "pathway", step=PATH_STEP_H))


def rolling_by_pypsa(folder: Path) -> Told:
    """The year in windows, PyPSA and the dual simplex."""
    from benchmarks.reference_city.peer_runs import rolled

    return rolled(problem(folder))


@case(
    prepare=prepare,
    peer=Peer(rolling_by_pypsa, "PyPSA 1.4 + HiGHS simplex", SIMPLEX),
    repeats=1,
    tolerance=1e-6,
    target=Target(40.0),
)
def energy_rolling(folder: Path) -> Told:
    """Operate a year of fixed capacities in windows of 72 hours, 48 of which are kept."""
    from benchmarks.reference_city.ours_runs import rolled

    return rolled(problem(folder))


def first_week(folder: Path) -> Any:
    """Return the same problem over its first week, small enough to be solved beside."""
    from benchmarks.reference_city.city import city

    return city("base", hours=min(WEEK_H, hours(folder)), nodes=option(folder, "nodes", 1))


def assembly_by_pypsa(folder: Path) -> Told:
    """From tables in memory to the solver's matrices, PyPSA and linopy."""
    from benchmarks.reference_city.peer_runs import assembled

    return assembled(problem(folder), first_week(folder))


@case(
    prepare=prepare,
    peer=Peer(assembly_by_pypsa, "PyPSA 1.4 + linopy", "model and hand-over in memory; no solver runs"),
    repeats=ASSEMBLIES,
    tolerance=1e-6,
    target=Target(8.0),
)
def energy_assembly(folder: Path) -> Told:
    """Make the year's sparse matrices from tables in memory; the seconds are of this step alone, without imports.

    That both sides make the same programme is shown on its first week: the value is the optimum of what each assembles.
    """
    from benchmarks.reference_city.ours_runs import assembled

    return assembled(problem(folder), first_week(folder))


def segments_by_pypsa(folder: Path) -> Told:
    """The whole year, PyPSA and HiPO; the solver's seconds alone."""
    from benchmarks.reference_city.peer_runs import full_year

    return full_year(problem(folder))


@case(
    prepare=prepare,
    peer=Peer(segments_by_pypsa, "PyPSA 1.4 + HiGHS HiPO", f"{HIPO}; all hours; seconds of the solver alone"),
    repeats=1,
    tolerance=5e-4,
    target=Target(40.0),
)
def energy_segments(folder: Path) -> Told:
    """Choose capacities over 1 460 segments of time; the value is the true cost of the design in all 8 760 hours."""
    from benchmarks.reference_city.ours_runs import segmented

    return segmented(problem(folder), max(2, hours(folder) * SEGMENTS // YEAR_H))


def years_by_pypsa(folder: Path) -> Told:
    """Weather years one by one, PyPSA and the fastest of HiGHS for the length of the horizon."""
    from benchmarks.reference_city.peer_runs import HIPO, SIMPLEX, operated_years

    settings = HIPO if hours(folder) > SHORT_H else SIMPLEX
    last = option(folder, "years", OUR_YEARS)
    years = range(1 + last - THEIR_YEARS, 1 + last)
    return operated_years([problem(folder, weather=year) for year in years], WANTED_YEARS, settings)


def futures_by_pypsa(folder: Path) -> Told:
    """Decide three weather years of five pathway years together, PyPSA's scenarios and HiPO."""
    from benchmarks.reference_city.peer_runs import solved_futures

    return solved_futures(weather_years(min(WEEK_H, hours(folder))))


@case(
    prepare=prepare,
    peer=Peer(years_by_pypsa, "PyPSA 1.4 + HiGHS", f"{HIPO}; dual simplex below 1 000 hours; two years, scaled to 1 000"),
    repeats=1,
    tolerance=YEARS_GAP,
    target=Target(100.0),
)
def energy_years(folder: Path) -> Told:
    """Operate fixed capacities in 1 000 weather years, each with a proven gap; reckoned from a sample on both sides."""
    from benchmarks.reference_city.ours_runs import operated_years

    count = option(folder, "years", OUR_YEARS)
    years = [problem(folder, weather=year) for year in range(1, 1 + count)]
    return operated_years(years, WANTED_YEARS, range(count - THEIR_YEARS, count), YEARS_GAP)


@case(
    prepare=prepare,
    peer=Peer(futures_by_pypsa, "PyPSA 1.4 + HiGHS HiPO", f"{HIPO}; all hours"),
    repeats=1,
    tolerance=1e-6,
)
def energy_certified(folder: Path) -> Told:
    """Prove a gap for three weather years of five pathway years, a week each; the value is the optimum, found beside it."""
    from benchmarks.reference_city.ours_runs import certified_beside_optimum

    return certified_beside_optimum(weather_years(min(WEEK_H, hours(folder))), CERTIFIED_GAP)


@case(prepare=prepare, repeats=1)
def energy_certified_full(folder: Path) -> Told:
    """Prove a gap for three weather years of five pathway years, all 131 400 hours, where nobody finds the optimum."""
    from benchmarks.reference_city.ours_runs import certified

    return certified(weather_years(hours(folder)), CERTIFIED_GAP)
