"""Rare features of PyPSA, one at a time on one small network: each is modelled alike or refused, never dropped.

Invariant: each feature changes the cost of the plain network, so that dropping it cannot pass unseen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pypsa

from tests.energy.twin.peer import quiet

LOAD = [60.0, 95.0, 80.0, 40.0, 110.0, 70.0]


@quiet
def plain():
    """Two buses of electricity in one grid and a bus of gas, six hours."""
    network = pypsa.Network()
    network.set_snapshots(pd.date_range("2030-01-01", periods=len(LOAD), freq="h"))
    network.add("Carrier", ["AC", "gas", "wind"], co2_emissions=[0, 0.2, 0])
    network.add("Bus", ["a", "b"], carrier="AC", v_nom=110.0)
    network.add("Bus", "gas", carrier="gas")
    network.add("Load", "load", bus="b", p_set=LOAD)
    network.add("Load", "far", bus="a", p_set=10.0)
    network.add("Generator", "cheap", bus="a", p_nom=100, marginal_cost=10, carrier="wind")
    network.add("Generator", "dear", bus="b", p_nom=200, marginal_cost=50)
    network.add("Generator", "well", bus="gas", p_nom=200, marginal_cost=8, carrier="gas")
    network.add("Link", "engine", bus0="gas", bus1="b", efficiency=0.4, p_nom=60)
    network.add("Line", ["one", "two"], bus0="a", bus1="b", x=[0.1, 0.2], r=[0.01, 0.02], s_nom=[40, 30], carrier="AC")
    network.add("Store", "tank", bus="gas", e_nom=20, e_initial=12)
    network.add("StorageUnit", "battery", bus="b", p_nom=10, max_hours=2, state_of_charge_initial=10)
    return network


def delay(network):
    """Energy arrives an hour later, and what leaves last comes first."""
    network.links.loc["engine", ["delay", "p_nom"]] = [1, 40]
    network.generators.loc["dear", "p_nom"] = 45


def lost_delay(network):
    """Energy arrives two hours later, and what leaves last is lost."""
    network.links.loc["engine", ["delay", "cyclic_delay"]] = [2, False]


def process(network):
    """A process takes from two buses and gives to a third."""
    network.add(
        "Process", "mill", bus0="gas", bus1="a", bus2="b", rate0=-1.0, rate1=-0.05, rate2=0.55, p_nom=30, marginal_cost=0.3
    )


def modules(network):
    """Capacity in whole units."""
    network.add("Generator", "unit", bus="b", p_nom_extendable=True, p_nom_mod=7, capital_cost=30, marginal_cost=5)


def committed_choice(network):
    """A unit that is on or off, of a capacity that is chosen."""
    network.add(
        "Generator",
        "unit",
        bus="b",
        p_nom_extendable=True,
        p_nom_max=60,
        committable=True,
        p_min_pu=0.6,
        capital_cost=20,
        marginal_cost=5,
    )


def maintenance(network):
    """A unit that must rest for two hours."""
    network.generators.loc["dear", ["maintainable", "maintenance_duration", "maintenance_pu"]] = [True, 2, 0.8]


def line_type(network):
    """Impedances from a standard type."""
    network.lines.loc["one", ["type", "length"]] = ["Al/St 240/40 2-bundle 220.0", 50.0]


def transformer_type(network):
    """A transformer of a standard type beside a line."""
    network.add("Bus", "low", carrier="AC", v_nom=20.0)
    network.add("Load", "low", bus="low", p_set=[3, 6, 5, 4, 8, 2])
    network.add("Transformer", "tr", bus0="b", bus1="low", type="25 MVA 110/20 kV", s_nom=25)
    network.lines.loc["one", "s_nom"] = 5


def angle(network):
    """A largest difference of angles."""
    network.lines.loc["one", "v_ang_max"] = 0.008


def shifted(network):
    """A transformer that shifts the angle in a ring."""
    network.add("Transformer", "tr", bus0="a", bus1="b", x=0.1, s_nom=30, phase_shift=4.0)


def chosen_shift(network):
    """A transformer whose shift of the angle is chosen."""
    network.add("Transformer", "tr", bus0="a", bus1="b", x=0.1, s_nom=30, phase_shift_min=-5.0, phase_shift_max=5.0)


def bus_limit(network):
    """A limit on new capacity of a carrier at a bus, as a column of buses."""
    network.add("Generator", "new", bus="b", p_nom_extendable=True, carrier="wind", capital_cost=10, marginal_cost=1)
    network.buses["nom_max_wind"] = np.nan
    network.buses.loc["b", "nom_max_wind"] = 12.0


def dispatch_set(network):
    """A given discharge."""
    network.add(
        "StorageUnit", "driven", bus="b", p_nom=10, max_hours=3, state_of_charge_initial=20, p_dispatch_set=[2, 1, 3, 0, 1, 2]
    )


def store_set(network):
    """A given charge."""
    network.add("StorageUnit", "driven", bus="b", p_nom=10, max_hours=9, p_store_set=[2, 1, 3, 0, 1, 2])


def store_power(network):
    """A given flow of a store."""
    network.add("Store", "driven", bus="b", e_nom=50, e_initial=20, p_set=[2, -1, 3, 0, 1, 2])


def unused_load(network):
    """A load that takes no part."""
    network.add("Load", "off", bus="b", p_set=30.0, active=False)
    network.loads.loc["far", "sign"] = 1.0


def dead_line(network):
    """A line that takes no part."""
    network.lines.loc["two", "active"] = False


def given_size(network):
    """A line whose size is given where it may be extended."""
    network.lines.loc["one", ["s_nom_extendable", "s_nom_set", "capital_cost"]] = [True, 22.0, 3.0]


def stand_by(network):
    """A unit that costs while it is on."""
    network.add(
        "Generator",
        "unit",
        bus="b",
        p_nom=30,
        committable=True,
        p_min_pu=0.3,
        marginal_cost=12,
        stand_by_cost=25,
        start_up_cost=40,
    )


def empty_year(network):
    """Costs that are not weighted, levels that are."""
    network.snapshot_weightings["objective"] = [1, 0, 2, 1, 1, 0.5]
    network.snapshot_weightings["stores"] = [1, 2, 1, 1, 3, 1]


FEATURES = {
    one.__name__: one
    for one in (
        delay,
        lost_delay,
        process,
        modules,
        committed_choice,
        maintenance,
        line_type,
        transformer_type,
        angle,
        shifted,
        chosen_shift,
        bus_limit,
        dispatch_set,
        store_set,
        store_power,
        unused_load,
        dead_line,
        given_size,
        stand_by,
        empty_year,
    )
}
