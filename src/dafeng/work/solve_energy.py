"""``solve_energy``: an energy network in a file is optimised, and what was proven about it is told.

Invariant: no objective without its certificate; an infeasible network is told apart from one that no solver finished.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_args

from dafeng.core.errors import SettingError, SolveError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.certificate import GAP_TOLERANCE
from dafeng.energy.interop.absent import list_absent
from dafeng.energy.interop.exchange import network_from
from dafeng.energy.interop.options import read_options
from dafeng.energy.interop.results import with_results
from dafeng.energy.network.clash import explain_network
from dafeng.energy.network.solve import Ladder, Outcome, solve_network, solve_scenarios
from dafeng.energy.network.table import Network
from dafeng.energy.solution import InfeasibleError, UnboundedError
from dafeng.energy.solving.answer import Algorithm
from dafeng.work.network_files import read_futures, write_network, write_scenario

LOOSEST = 0.1
"""Largest tolerance that can be asked for; whatever it is, the gap is told."""


@dataclass(frozen=True, slots=True, eq=False)
class SolvedEnergy:
    """An optimised network from a file.

    Parameters
    ----------
    path : Path
        The file or folder.
    outcome : Outcome
        Values, prices and certificate.
    seconds : mapping of str to float
        CPU seconds of ``read``, ``build`` and ``solve``. [s]
    scenarios : int
        How many futures the file holds; the outcome is that of the first, its cost and certificate those of all.
    findings : tuple of Finding
        Cells of the file that hold nothing and were read as their default.
    """

    path: Path
    outcome: Outcome
    seconds: Mapping[str, float]
    scenarios: int = 1
    findings: tuple[Finding, ...] = ()


def solve_energy(
    path: Path | str,
    *,
    out: Path | str | None = None,
    scenario: Path | str | None = None,
    periods: bool | None = None,
    relaxed: bool = False,
    solver: str | None = None,
    tolerance: float = GAP_TOLERANCE,
) -> SolvedEnergy:
    """Optimise an energy network that stands in a file.

    Parameters
    ----------
    path : Path or str
        netCDF file or folder of CSV files, as PyPSA writes them, or a workbook of the same tables.
    out : Path or str, optional
        Where the network is written with its results, in the same forms.
    scenario : Path or str, optional
        Where the results are written as a long table in the IAMC format.
    periods : bool, optional
        Whether investment periods count; by default where the file has any.
    relaxed : bool
        Whether commitment is relaxed to shares.
    solver : str, optional
        The only solver that is tried; by kind and size if not given.
    tolerance : float
        Largest relative gap and violations that the certificate accepts.

    Returns
    -------
    SolvedEnergy
        The optimum with its proof.

    Raises
    ------
    FileRefused
        If the file cannot be read.
    DefinitionError
        If the network uses what the model does not have, or contradicts itself.
    SettingError
        If the solver is unknown or the tolerance out of range.
    SolveError
        If there is no proven optimum.
    """
    if not 0.0 < tolerance <= LOOSEST:
        raise _setting("tolerance", tolerance, f"0 … {LOOSEST:g}")
    start = time.process_time()
    futures = read_futures(path)
    if len(futures) > 1 and (out is not None or scenario is not None):
        raise _unwritten(path)
    networks = [(share, network_from(one, multi_period=periods)) for share, one in futures]
    spent = time.process_time() - start
    outcome = _solve(networks, ladder=_ladder(solver), relaxed=relaxed, tolerance=tolerance)
    if out is not None:
        write_network(with_results(futures[0][1], outcome), out)
    if scenario is not None:
        write_scenario(outcome, scenario, model="dafeng", scenario=Path(path).stem, region=outcome.network.name)
    findings = list_absent(futures[0][1].sheets)
    return SolvedEnergy(Path(path), outcome, {"read": spent, **outcome.seconds}, len(futures), findings)


def _solve(networks: Sequence[tuple[float, Network]], **options: Any) -> Outcome:
    """Outcome of the only network, or of the first scenario: costs and certificate are those of all together."""
    return solve_network(networks[0][1], **options) if len(networks) == 1 else solve_scenarios(networks, **options)[0]


def solved_document(solved: SolvedEnergy) -> dict[str, Any]:
    """What was found, as JSON-able values.

    Parameters
    ----------
    solved : SolvedEnergy
        An optimised network.

    Returns
    -------
    dict
        Objective as PyPSA states it, its constant and their sum, certificate, CPU seconds, solver and sizes.
    """
    outcome, solution = solved.outcome, solved.outcome.solution
    certificate = solution.certificate
    return {
        "file": str(solved.path),
        "network": outcome.network.name,
        "status": "optimal",
        "objective": outcome.objective,
        "objective_constant": outcome.objective_constant,
        "system_cost": outcome.system_cost,
        "certificate": {
            "kind": "optimality",
            "programme": certificate.kind,
            "bound_by": certificate.bound_by,
            "rigorous": certificate.rigorous,
            "passed": certificate.passed,
            "primal": certificate.primal_share,
            "primal_absolute": certificate.primal_violation,
            "dual": certificate.dual_violation,
            "gap": certificate.gap,
            "relative_gap": certificate.relative_gap,
            "objective_gap": certificate.objective_gap if math.isfinite(certificate.objective_gap) else None,
            "bound": certificate.bound,
            "worst": certificate.worst,
        },
        "times": {**solved.seconds, "total": sum(solved.seconds.values()), "unit": "CPU s"},
        "solver": {
            "name": solution.attempts[-1].algorithm,
            "status": solution.attempts[-1].status,
            "iterations": solution.attempts[-1].iterations,
            "tried": [one.algorithm for one in solution.attempts],
        },
        "sizes": {"scenarios": solved.scenarios, **_sizes(outcome)},
        "findings": [
            {"rule": one.rule, "at": one.at, "severity": one.severity, "zh": one.says.zh, "en": one.says.en}
            for one in solved.findings
        ],
    }


def failed_document(
    failure: SolveError, path: Path | str, *, periods: bool | None = None, relaxed: bool = False
) -> dict[str, Any]:
    """What is known where there is no optimum, as JSON-able values.

    Parameters
    ----------
    failure : SolveError
        Why there is none.
    path : Path or str
        The file or folder.
    periods, relaxed : bool
        As it was solved.

    Returns
    -------
    dict
        ``status`` (``infeasible``, ``unbounded`` or ``unproven``), the certificate of it (``None`` where unproven), what
        contradicts what, and the message in both languages.
    """
    proof = getattr(failure, "proof", None)
    status = {InfeasibleError: "infeasible", UnboundedError: "unbounded"}.get(type(failure), "unproven")
    conflict: Sequence[Label] = ()
    if proof is not None and isinstance(failure, InfeasibleError):
        futures = read_futures(path)
        with suppress(SolveError):
            conflict = explain_network(network_from(futures[0][1], multi_period=periods), relaxed=relaxed)
    return {
        "file": str(path),
        "status": status,
        "objective": None,
        "certificate": None if proof is None else {"kind": status, **_figures(proof)},
        "recomputed": proof is not None,
        "conflict": [{"zh": one.zh, "en": one.en} for one in conflict],
        "message": {"zh": failure.read("zh"), "en": failure.read("en")},
    }


def _figures(proof: Any) -> dict[str, Any]:
    """Numbers and blocks of a proof, by name."""
    named = {field.name: getattr(proof, field.name) for field in fields(proof)}
    return {name: value for name, value in named.items() if isinstance(value, (float, bool, tuple))}


def _sizes(outcome: Outcome) -> dict[str, Any]:
    program, network = outcome.built.program, outcome.network
    return {
        "snapshots": network.clock.size,
        "periods": len(network.clock.periods),
        "components": {name: len(table) for name, table in network.tables.items() if len(table)},
        "rows": len(program.row_low),
        "columns": len(program.cost),
        "entries": int(program.matrix.nnz),
    }


def _ladder(name: str | None) -> Ladder:
    if name not in (None, "highs", *get_args(Algorithm)):
        raise _setting("solver", name, ", ".join(("highs", *get_args(Algorithm))))
    return read_options(name, None, {})


def _unwritten(path: Path | str) -> SettingError:
    return SettingError(
        Label("带随机情景的结果尚不能写成文件", "results of stochastic scenarios cannot be written to a file yet"),
        where=f"dafeng energy solve {path}",
        expected=Label("不写 --out 与 --iamc", "neither --out nor --iamc"),
        remedy=Label("用 dafeng.solve(network) 取得各情景的结果", "take the results of each from dafeng.solve(network)"),
    )


def _setting(name: str, given: Any, expected: str) -> SettingError:
    return SettingError(
        Label(f"选项 {name} 不能为 {given}", f"the option {name} cannot be {given}"),
        where=f"dafeng energy solve --{name}",
        expected=Label(expected, expected),
        remedy=Label("改正该选项，或不写", "correct the option, or leave it out"),
    )
