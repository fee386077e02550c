"""Small PyPSA networks for tests: random numbers of a fixed seed, so that optima are unique."""

import logging

import numpy as np
import pandas as pd
import pypsa

logging.getLogger("pypsa").setLevel(logging.ERROR)
logging.getLogger("linopy").setLevel(logging.ERROR)


def grid(seed: int = 0, steps: int = 8, *, periods: tuple[int, ...] = ()) -> pypsa.Network:
    """A meshed grid with wind, gas, storage, a heat network and limits."""
    draw = np.random.default_rng(seed)
    n = pypsa.Network(name="grid")
    times = pd.date_range("2030-01-01", periods=steps, freq="3h")
    n.set_snapshots(pd.MultiIndex.from_product([periods, times]) if periods else times)
    if periods:
        n.investment_periods = list(periods)
        n.investment_period_weightings["objective"] = np.linspace(5, 2, len(periods))
        n.investment_period_weightings["years"] = 5.0
    n.snapshot_weightings["objective"] = 3.0
    n.snapshot_weightings["stores"] = 2.0
    size = len(n.snapshots)
    n.add("Carrier", ["AC", "gas", "wind"], co2_emissions=[0, 0.2, 0], dust=[0, 0.1, 0.01])
    for bus in "abcd":
        n.add("Bus", bus, v_nom=110.0, x=1.5)
        n.add("Load", f"load {bus}", bus=bus, p_set=draw.uniform(20, 50, size))
        n.add("Generator", f"gas {bus}", bus=bus, carrier="gas", p_nom=draw.uniform(40, 70), efficiency=0.5,
              marginal_cost=draw.uniform(20, 80), ramp_limit_up=0.3)  # fmt: skip
        n.add("Generator", f"wind {bus}", bus=bus, carrier="wind", p_nom_extendable=True, p_nom=5.0, p_nom_max=80,
              p_max_pu=draw.uniform(0.2, 1, size), capital_cost=draw.uniform(50, 200),
              marginal_cost=draw.uniform(0, 1))  # fmt: skip
        n.add("Generator", f"none {bus}", bus=bus, p_nom=1e3, marginal_cost=draw.uniform(900, 1100))
    for ends in ("ab", "bc", "cd", "da", "ac"):
        n.add("Line", ends, bus0=ends[0], bus1=ends[1], type="Al/St 240/40 2-bundle 220.0", length=draw.uniform(10, 90),
              s_nom=draw.uniform(5, 30), s_nom_extendable=ends == "ab", capital_cost=30.0, s_max_pu=0.8)  # fmt: skip
    n.add("StorageUnit", "battery", bus="a", p_nom=20, max_hours=4, efficiency_store=0.9, efficiency_dispatch=0.85,
          marginal_cost=0.37, state_of_charge_initial=11.0)  # fmt: skip
    n.add("Bus", "heat", carrier="heat")
    n.add("Load", "warmth", bus="heat", p_set=draw.uniform(10, 20, size))
    n.add("Link", "chp", bus0="d", bus1="heat", bus2="b", efficiency=0.7, efficiency2=0.2, p_nom=50, marginal_cost=1.3)
    n.add("Generator", "boiler", bus="heat", p_nom=100, marginal_cost=45.0)
    n.add("Store", "tank", bus="heat", e_nom=40.0, e_cyclic=True, standing_loss=0.01, marginal_cost_storage=0.013)
    n.add("GlobalConstraint", "co2", sense="<=", constant=900.0 * (1 + 4 * bool(periods)))
    n.add("GlobalConstraint", "dust", carrier_attribute="dust", sense="<=", constant=1e5)
    return n


def optimum(n: pypsa.Network, **options: object) -> float:
    """PyPSA's own objective."""
    status = n.optimize(log_to_console=False, include_objective_constant=True, **options)
    assert status == ("ok", "optimal")
    return float(n.objective)
