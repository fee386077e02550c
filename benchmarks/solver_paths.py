"""One programme, several solvers: what the choice of the solver is worth, apart from how the programme is built.

All sides read the same compiled programme from a file (storage chosen over 8 760 hours of the coastal city) and end with the
same certificate; nothing but the solver and our preparation for it (reducing, substituting, chaining) differs.
"""

from __future__ import annotations

import pickle
from pathlib import Path

from benchmarks.dispatch import CAPACITIES
from benchmarks.harness import Peer, case

FILE = "programme.pickle"


def prepare(folder: Path) -> None:
    """Compile the programme once."""
    from dafeng.energy.model import program_of

    from dafeng.energy.city import build_city
    from dafeng.energy.coast import coastal_year

    city = build_city(CAPACITIES, load_mwh=82e6, import_mw=4500, export_mw=4500, import_co2=0.6, storage_most_mw=12_000)
    chosen = [one.name for one in city.system.storages]
    program = program_of(city.system, coastal_year("370600"), expand=chosen)
    (folder / FILE).write_bytes(pickle.dumps(program))


def solve(folder: Path, algorithm: str) -> float:
    """Solve the programme with one solver; certified cost in yuan."""
    from dafeng.energy.solution import solve_program

    program = pickle.loads((folder / FILE).read_bytes())
    return solve_program(program, ladder=(algorithm,)).certificate.objective  # type: ignore[arg-type]


def by_hipo(folder: Path) -> float:
    """Solve with HiGHS HiPO."""
    return solve(folder, "hipo")


def by_simplex(folder: Path) -> float:
    """Solve with HiGHS dual simplex."""
    return solve(folder, "simplex")


def by_refined(folder: Path) -> float:
    """Solve with Clarabel and refinement."""
    return solve(folder, "clarabel_exact")


@case(
    prepare=prepare,
    peer=Peer(by_hipo, "HiGHS HiPO", "the same programme, interior point with crossover, one thread"),
    repeats=1,
    tolerance=1e-6,
)
def path_hipo(folder: Path) -> float:
    """Solve with Clarabel on the prepared programme; against HiPO."""
    return solve(folder, "clarabel")


@case(
    prepare=prepare,
    peer=Peer(by_simplex, "HiGHS dual simplex", "the same programme, no presolve, one thread"),
    repeats=1,
    tolerance=1e-6,
)
def path_simplex(folder: Path) -> float:
    """Solve with Clarabel on the prepared programme; against the dual simplex."""
    return solve(folder, "clarabel")


@case(
    prepare=prepare,
    peer=Peer(by_refined, "Clarabel with refinement", "the same preparation, tolerances a hundredth, every system refined"),
    repeats=1,
    tolerance=1e-6,
)
def path_refined(folder: Path) -> float:
    """Solve with Clarabel without refinement; against Clarabel with it."""
    return solve(folder, "clarabel")
