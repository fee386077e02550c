"""What PyPSA finds for a network: its optimum or that there is none, and which prices are the only ones possible.

Invariant: PyPSA's answer counts only with HiGHS' own word "Optimal" or "Infeasible"; anything else fails the test.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from functools import wraps

import highspy
import numpy as np
import pandas as pd
from linopy.io import to_highspy

STEP = 1e-3
"""Change of demand by which the slope of the cost is measured on both sides. [MW]"""
BEND = 1e-3
"""Largest difference of the two slopes that still counts as one price."""


@dataclass(frozen=True)
class Answer:
    """Total cost with what stands already, None where nothing is feasible; prices per MWh."""

    cost: float | None
    prices: np.ndarray | None = None


def quiet(work):
    """Keep what PyPSA, linopy and pandas warn of among each other out of the test's own warnings."""

    @wraps(work)
    def silent(*given, **named):
        logging.disable(logging.WARNING)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return work(*given, **named)
        finally:
            logging.disable(logging.NOTSET)

    return silent


@quiet
def optimise(network, **how):
    """Let PyPSA solve a network with HiGHS."""
    periods = isinstance(network.snapshots, pd.MultiIndex)
    settings = {"solver_name": "highs", "io_api": "direct", "output_flag": False, "threads": 1, "mip_rel_gap": 0.0}
    status, condition = network.optimize(**settings, include_objective_constant=True, multi_investment_periods=periods, **how)
    if condition in ("infeasible", "infeasible_or_unbounded"):
        return Answer(None)
    assert (status, condition) == ("ok", "optimal"), f"PyPSA ended with {status}, {condition}"
    prices = network.buses_t.marginal_price.reindex(columns=network.buses.index).to_numpy()
    return Answer(float(network.objective + network.objective_constant), prices)


@quiet
def unique_prices(network):
    """Return where a bus' price is the only one, (steps, buses): cost rises and falls with demand by the same rate."""
    model = network.model
    solver = to_highspy(model)
    solver.setOptionValue("output_flag", False)
    solver.run()
    rows = {label: row for row, label in enumerate(model.matrices.clabels)}
    base = solver.getInfo().objective_function_value
    right = solver.getLp().row_lower_
    found = pd.DataFrame(False, index=range(len(network.snapshots)), columns=network.buses.index)
    for name, group in model.constraints.items():
        if name.startswith("Bus") and name.endswith("nodal_balance"):
            labels = group.labels.transpose("snapshot", "name")
            for bus, column in zip(labels.indexes["name"], labels.values.T, strict=True):
                found[bus] = [label in rows and same_slope(solver, rows[label], right[rows[label]], base) for label in column]
    return found.to_numpy()


def same_slope(solver, row, value, base):
    """Say whether the optimum changes by the same amount for a little more and a little less on the right-hand side."""
    costs = []
    for step in (STEP, -STEP):
        solver.changeRowBounds(row, value + step, value + step)
        solver.run()
        fine = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        costs.append(solver.getInfo().objective_function_value if fine else np.inf)
    solver.changeRowBounds(row, value, value)
    return bool(np.isfinite(costs).all() and abs(costs[0] + costs[1] - 2 * base) <= BEND * STEP)
