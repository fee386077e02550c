"""What PyPSA finds for a network: its optimum or that there is none, and which prices are the only ones possible.

Invariant: PyPSA's answer counts only with HiGHS' own word "Optimal" or "Infeasible"; anything else fails the test.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass

import highspy
import numpy as np
import pandas as pd
from linopy.io import to_highspy

STEP = 1e-4


@dataclass(frozen=True)
class Answer:
    """Total cost with what stands already, None where nothing is feasible; prices and which of them are unique."""

    cost: float | None
    prices: pd.DataFrame | None = None
    unique: pd.DataFrame | None = None


def optimise(network, **how):
    """Let PyPSA solve a network with HiGHS."""
    logging.getLogger("pypsa").setLevel(logging.ERROR)
    logging.getLogger("linopy").setLevel(logging.ERROR)
    periods = isinstance(network.snapshots, pd.MultiIndex)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        status, condition = network.optimize(
            solver_name="highs",
            include_objective_constant=True,
            multi_investment_periods=periods,
            io_api="direct",
            output_flag=False,
            threads=1,
            mip_rel_gap=0.0,
            **how,
        )
    if condition in ("infeasible", "infeasible_or_unbounded"):
        return Answer(None)
    assert (status, condition) == ("ok", "optimal"), f"PyPSA ended with {status}, {condition}"
    return Answer(float(network.objective + network.objective_constant), network.buses_t.marginal_price)


def unique_prices(network):
    """Return for each bus and snapshot whether its price is the only one: the cost rises and falls with demand by the same rate."""
    model = network.model
    solver = to_highspy(model)
    solver.setOptionValue("output_flag", False)
    solver.run()
    lp = solver.getLp()
    found = pd.DataFrame(False, index=network.snapshots, columns=network.buses.index)
    rows = {label: row for row, label in enumerate(model.matrices.clabels)}
    base = solver.getInfo().objective_function_value
    for name, group in model.constraints.items():
        if name.startswith("Bus") and name.endswith("nodal_balance"):
            labels = group.labels.transpose("snapshot", "name")
            for step, line in enumerate(labels.values):
                for bus, label in zip(labels.indexes["name"], line, strict=True):
                    if label in rows:
                        row = rows[label]
                        found.iloc[step, found.columns.get_loc(bus)] = same_slope(solver, row, lp.row_lower_[row], base)
    return found


def same_slope(solver, row, value, base):
    """Say whether the optimum changes by the same amount for a little more and a little less on the right-hand side."""
    costs = []
    for step in (STEP, -STEP):
        solver.changeRowBounds(row, value + step, value + step)
        solver.run()
        fine = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        costs.append(solver.getInfo().objective_function_value if fine else np.inf)
    solver.changeRowBounds(row, value, value)
    return bool(
        np.isfinite(costs).all() and abs(costs[0] + costs[1] - 2 * base) <= 1e-5 * max(1.0, abs(costs[0] - base)) * STEP / 1e-4
    )
