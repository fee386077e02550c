"""One year of a city's power system, 8 760 hours at one node: the ladder's first solver beside those that could come first.

All sides solve the same programme, assembled by us, to the same certificate; what differs is the solver alone. A peer
that builds the model itself (PyPSA) is not among the locked packages and therefore not run.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.harness import Peer, case

CAPACITIES = {
    "nuclear": 5006.0,
    "coal": 5000.0,
    "coal_chp": 5000.0,
    "biomass": 300.0,
    "onshore_wind": 4000.0,
    "offshore_wind": 7000.0,
    "pv": 8000.0,
    "rooftop_pv": 6000.0,
    "sea_pv": 4000.0,
    "battery": 2000.0,
    "pumped_hydro": 1200.0,
}
"""Invented capacities of a coastal city about 2030. [MW]"""


def prepare(folder: Path) -> None:
    """Nothing: every side makes its profiles itself."""


def solve(algorithm: str, *, most: float = 0.0) -> float:
    """Build, solve and certify the year, with storage up to a power [MW]; cost in yuan."""
    from dafeng.energy.city import Plant, build_city
    from dafeng.energy.coast import coastal_year
    from dafeng.energy.dispatch import dispatch

    outside = [
        Plant("grid_import", {"capacity": 4500, "co2_intensity": 0.6}),
        Plant("grid_export", {"capacity": 4500}),
        Plant("electricity", {"annual": 82e6}),
    ]
    plants = [
        Plant(name, {"capacity": size}, most=most if name in ("battery", "pumped_hydro") else 0.0)
        for name, size in CAPACITIES.items()
    ]
    city = build_city([*plants, *outside], coastal_year("370600"))
    return dispatch(city, ladder=(algorithm,)).cost  # type: ignore[arg-type]


def by_clarabel(_: Path) -> float:
    """Solve with Clarabel."""
    return solve("clarabel")


def by_ipx(_: Path) -> float:
    """Solve with HiGHS IPX."""
    return solve("ipx")


def expanded_by_ipx(_: Path) -> float:
    """Choose the storage with HiGHS IPX."""
    return solve("ipx", most=12_000)


@case(
    prepare=prepare,
    peer=Peer(by_clarabel, "Clarabel 0.11", "the same programme, gap and feasibility 1e-8, QDLDL"),
    tolerance=1e-6,
)
def dispatch_year(_: Path) -> float:
    """Operate 8 760 hours with HiGHS dual simplex."""
    return solve("simplex")


@case(
    prepare=prepare,
    peer=Peer(by_ipx, "HiGHS IPX", "the same programme, interior point with crossover, one thread"),
    tolerance=1e-6,
)
def dispatch_vertex(_: Path) -> float:
    """Operate 8 760 hours with HiGHS dual simplex; both sides end at a vertex."""
    return solve("simplex")


@case(
    prepare=prepare,
    peer=Peer(expanded_by_ipx, "HiGHS IPX", "the same programme, interior point with crossover, one thread"),
    tolerance=1e-6,
)
def dispatch_storage(_: Path) -> float:
    """Choose the power of both storages at least cost, 8 760 hours, Clarabel."""
    return solve("clarabel", most=12_000)
