"""What was found for a network from a file, as JSON-able values.

Invariant: every number has its place whatever the mode; what a mode does not prove is null, never left to be guessed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from dafeng.core.errors import SolveError
from dafeng.core.labels import Label
from dafeng.energy.certificate import PRIMAL_TOLERANCE, Certificate
from dafeng.energy.interop.exchange import network_from
from dafeng.energy.modes.alternatives import NearOptimal, group_wishes
from dafeng.energy.modes.certified import Certified
from dafeng.energy.modes.exact import Exact
from dafeng.energy.modes.myopic import Myopic
from dafeng.energy.modes.rolling import Rolled
from dafeng.energy.modes.segments import Segmented
from dafeng.energy.network.clash import explain_network
from dafeng.energy.network.solve import Outcome
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.program import Floats
from dafeng.energy.solution import CancelledError, InfeasibleError, UnboundedError
from dafeng.work.network_files import read_futures
from dafeng.work.solve_energy import SolvedEnergy

Row = dict[str, Any]
STATES: Mapping[type, str] = {
    InfeasibleError: "infeasible",
    UnboundedError: "unbounded",
    CancelledError: "cancelled",
}
"""Status where there is no result."""


def solved_document(solved: SolvedEnergy) -> Row:
    """What was found, as JSON-able values.

    Parameters
    ----------
    solved : SolvedEnergy
        What was found for a network.

    Returns
    -------
    dict
        ``status`` (``optimal``; ``feasible`` where a cost is real but not proven least; ``bounded`` where a proven bound
        stands beside it), objective as PyPSA states it, its constant and their sum, bound, gap, regret, certificate,
        decided capacities, CPU seconds, solver, sizes, and what the mode alone tells.
    """
    found, answer = solved.found, solved.found.answer
    told = _TELLS[type(answer)](answer)
    return {
        "file": str(solved.path),
        "network": answer.network.name,
        "mode": found.mode.text,
        "status": told.pop("status"),
        "objective": answer.cost - found.constant,
        "objective_constant": found.constant,
        "system_cost": answer.cost,
        "bound": _finite(answer.bound),
        "gap": _finite(answer.gap),
        "optimum": found.optimum,
        "regret": found.regret,
        "statement": {"zh": answer.statement.zh, "en": answer.statement.en},
        "certificate": told.pop("certificate"),
        "capacities": _named(answer.network, answer.design.sizes),
        **told,
        "sizes": {"scenarios": solved.scenarios, **told.get("sizes", {})},
        "findings": [
            {"rule": one.rule, "at": one.at, "severity": one.severity, "zh": one.says.zh, "en": one.says.en}
            for one in solved.findings
        ],
        "times": {**solved.seconds, "total": sum(solved.seconds.values()), "unit": "CPU s"},
    }


def failed_document(failure: SolveError, path: Path | str, *, periods: bool | None = None, relaxed: bool = False) -> Row:
    """What is known where there is no result, as JSON-able values.

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
        ``status`` (``infeasible``, ``unbounded``, ``cancelled`` or ``unproven``), the certificate of it (``None`` where
        there is none), what contradicts what, and the message in both languages.
    """
    proof = getattr(failure, "proof", None)
    status = STATES.get(type(failure), "unproven")
    conflict: Sequence[Label] = ()
    if proof is not None and isinstance(failure, InfeasibleError):
        network = network_from(read_futures(path)[0][1], multi_period=periods)
        with suppress(SolveError):
            conflict = explain_network(network, relaxed=relaxed)
    return {
        "file": str(path),
        "status": status,
        "objective": None,
        "certificate": None if proof is None else {"kind": status, **_figures(proof)},
        "recomputed": proof is not None,
        "conflict": [{"zh": one.zh, "en": one.en} for one in conflict],
        "message": {"zh": failure.read("zh"), "en": failure.read("en")},
    }


def certificate_document(certificate: Certificate) -> Row:
    """A proof of optimality, as JSON-able values.

    Parameters
    ----------
    certificate : Certificate
        What was recomputed.

    Returns
    -------
    dict
        Residuals, gap and bound.
    """
    return {
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
    }


def _figures(proof: Any) -> Row:
    """Numbers and blocks of a proof, by name."""
    named = {field.name: getattr(proof, field.name) for field in fields(proof)}
    return {name: value for name, value in named.items() if isinstance(value, (float, bool, tuple))}


def _optimal(outcome: Outcome) -> Row:
    solution, last = outcome.solution, outcome.solution.attempts[-1]
    return {
        "status": "optimal",
        "certificate": certificate_document(solution.certificate),
        "solver": {
            "name": last.algorithm,
            "status": last.status,
            "iterations": last.iterations,
            "tried": [one.algorithm for one in solution.attempts],
        },
        "sizes": _sizes(outcome),
    }


def _tell_exact(made: Exact) -> Row:
    return _optimal(made.outcome)


def _tell_alternatives(made: NearOptimal) -> Row:
    least = made.outcome.system_cost
    told = [
        {
            "wish": name,
            "sum": one.aim if name.startswith("least") else -one.aim,
            "system_cost": one.cost,
            "above": (one.cost - least) / max(1.0, abs(least)),
            "capacities": _named(made.network, one.sizes),
            "certificate": certificate_document(one.certificate),
        }
        for name, one in zip(group_wishes(made.network), made.alternatives, strict=True)
    ]
    return {**_optimal(made.outcome), "slack": made.slack, "alternatives": told}


def _tell_myopic(made: Myopic) -> Row:
    proofs = [certificate_document(one.outcome.solution.certificate) for one in made.stages]
    stages = [
        {"period": one.year, "system_cost": one.outcome.system_cost, "certificate": proof}
        for one, proof in zip(made.stages, proofs, strict=True)
    ]
    return {"status": "feasible", "certificate": _worst("periods", proofs), "periods": stages}


def _tell_rolled(made: Rolled) -> Row:
    proofs = [certificate_document(one.certificate) for one in made.windows]
    told = {"count": len(proofs), "first": [made.windows[0].start, made.windows[0].end], "violation": made.violation}
    return {"status": "feasible", "certificate": _worst("windows", proofs), "windows": told}


def _tell_segments(made: Segmented) -> Row:
    proof = {
        "kind": "feasibility",
        "passed": made.operated.violation <= PRIMAL_TOLERANCE,
        "primal": made.operated.violation,
        "operated_at_least_cost": made.operated.exact,
        "segments": certificate_document(made.outcome.solution.certificate),
    }
    told = {"count": len(made.edges) - 1, "of": made.network.clock.size, "claimed_cost": made.claimed, "error": made.error}
    return {"status": "feasible", "certificate": proof, "true_cost": made.cost, "segments": told}


def _tell_certified(made: Certified) -> Row:
    proof = {
        "kind": "bounds",
        "passed": made.violation <= PRIMAL_TOLERANCE and made.bound <= made.cost,
        "primal": made.violation,
        "bound": _finite(made.bound),
        "gap": _finite(made.cost - made.bound),
        "relative_gap": _finite(made.gap),
    }
    rounds = [{"segments": one.segments, "bound": _finite(one.bound), "cost": _finite(one.cost)} for one in made.rounds]
    return {"status": "bounded", "certificate": proof, "true_cost": made.cost, "rounds": rounds, "whole": made.whole}


def _worst(kind: str, proofs: Sequence[Row]) -> Row:
    """The largest residuals of several proofs."""
    figures = {name: max(one[name] for one in proofs) for name in ("primal", "dual", "relative_gap")}
    return {"kind": kind, "count": len(proofs), "passed": all(one["passed"] for one in proofs), **figures}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _named(network: Network, sizes: Mapping[str, Floats]) -> Row:
    """Capacities that were to be decided, by kind and name."""
    found: Row = {}
    for kind, values in sizes.items():
        table = network.table(kind)
        may = table.flag(f"{CAPACITY[kind]}_nom_extendable")
        told = {name: float(value) for name, value, one in zip(table.names, values, may, strict=True) if one}
        if told:
            found[kind] = told
    return found


def _sizes(outcome: Outcome) -> Row:
    program, network = outcome.built.program, outcome.network
    return {
        "snapshots": network.clock.size,
        "periods": len(network.clock.periods),
        "components": {name: len(table) for name, table in network.tables.items() if len(table)},
        "rows": len(program.row_low),
        "columns": len(program.cost),
        "entries": int(program.matrix.nnz),
    }


_TELLS: Mapping[type, Callable[[Any], Row]] = {
    Exact: _tell_exact,
    NearOptimal: _tell_alternatives,
    Myopic: _tell_myopic,
    Rolled: _tell_rolled,
    Segmented: _tell_segments,
    Certified: _tell_certified,
}
"""What tells the proof of each kind of answer, and what it alone has."""
