"""Options of ``pypsa.Network.optimize`` and what becomes of each: honoured, without effect on the optimum, or refused.

Invariant: no option is dropped unseen: what could change the result is honoured or refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast, get_args

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.certificate import kind_of
from dafeng.energy.ladder import choose_ladder
from dafeng.energy.program import Program
from dafeng.energy.solving.answer import Algorithm

FREE: frozenset[str] = frozenset(
    {
        "basis_fn",
        "compute_infeasibilities",
        "cycle_basis_method",
        "dual_feasibility_tolerance",
        "env",
        "explicit_coordinate_names",
        "io_api",
        "ipm_optimality_tolerance",
        "keep_files",
        "kkt_tolerance",
        "log_file",
        "log_fn",
        "log_to_console",
        "meshed_threshold",
        "meshed_thresholds",
        "mip_abs_gap",
        "mip_rel_gap",
        "model_kwargs",
        "optimality_tolerance",
        "output_flag",
        "parallel",
        "presolve",
        "primal_feasibility_tolerance",
        "primal_residual_tolerance",
        "dual_residual_tolerance",
        "problem_fn",
        "progress",
        "random_seed",
        "run_crossover",
        "sanitize_infinities",
        "sanitize_zeros",
        "set_names",
        "slice_size",
        "solution_fn",
        "threads",
        "warmstart_fn",
    }
)
"""Options of how PyPSA, linopy and HiGHS get to the optimum: they change nothing about it."""
HIGHS: tuple[Algorithm, ...] = ("simplex", "ipx", "hipo", "pdlp", "branch", "active_set")
"""Solvers that are HiGHS."""
METHODS: Mapping[str, tuple[Algorithm, ...]] = {
    "simplex": ("simplex",),
    "ipx": ("ipx",),
    "hipo": ("hipo",),
    "ipm": ("hipo", "ipx"),
    "pdlp": ("pdlp",),
    "choose": (),
}
"""Values of the option ``solver`` of HiGHS, and what runs here."""

REFINED: Mapping[str, tuple[Algorithm, ...]] = {"clarabel": ("clarabel", "clarabel_exact")}
"""Solvers that are asked a second time, more exactly, where the first point does not pass."""


def read_options(
    name: str | None, settings: Mapping[str, Any] | None, others: Mapping[str, Any]
) -> Callable[[Program], tuple[Algorithm, ...]]:
    """Solvers that the options ask for.

    Parameters
    ----------
    name : str or None
        ``solver_name``: ``highs`` or one of the solvers here.
    settings : mapping or None
        ``solver_options``.
    others : mapping
        All other options that were given.

    Returns
    -------
    callable
        From a programme to its solvers in the order in which they are tried: without a name the ladder of its kind and
        size; with ``highs`` what of it HiGHS runs, or the method that ``solver`` names where the programme is linear.

    Raises
    ------
    DefinitionError
        If an option is not supported.
    """
    given = {**(settings or {}), **others}
    method = given.pop("solver", None)
    for option, value in given.items():
        if option not in FREE and value not in (False, None):
            raise option_refused(option, value)
    if method is not None and method not in METHODS:
        raise option_refused("solver", method, expected=", ".join(METHODS))
    if name is None and method is None:
        return choose_ladder
    if name in (None, "highs"):
        return partial(_within_highs, METHODS[method or "choose"])
    if name not in get_args(Algorithm):
        raise option_refused("solver_name", name, expected=", ".join(("highs", *get_args(Algorithm))))
    return lambda _: REFINED.get(name, (cast(Algorithm, name),))


def _within_highs(method: tuple[Algorithm, ...], program: Program) -> tuple[Algorithm, ...]:
    if method and kind_of(program) == "lp":
        return method
    return tuple(one for one in choose_ladder(program) if one in HIGHS)


def option_refused(name: str, given: Any, *, expected: str = "") -> DefinitionError:
    """Refusal of an option.

    Parameters
    ----------
    name : str
        The option.
    given : value
        What was given.
    expected : str
        What could be given; its default if empty.

    Returns
    -------
    DefinitionError
        To be raised.
    """
    return DefinitionError(
        Label(f"不支持选项 {name}={given!r}", f"the option {name}={given!r} is not supported"),
        where=f"dafeng.solve.{name}",
        expected=Label(expected or "默认值", expected or "its default"),
        remedy=Label("去掉该选项，或用 network.optimize 求解", "leave it out, or solve with network.optimize"),
    )
