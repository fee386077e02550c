"""Random small PyPSA networks within what is modelled; attributes take odd but legal values.

Invariant: the same number gives the same network; what a theme adds is said by its function's first line.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pypsa

from tests.energy.twin.peer import quiet

SHED = 3000.0
YEARS = (2025, 2030, 2040)


class Draw:
    """Random choices of one network."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def number(self, low, high, size=None):
        """Draw numbers with a few digits, so that ties are unlikely and figures stay readable."""
        return np.round(self.rng.uniform(low, high, size), 3)

    def chance(self, share):
        """Say yes in a share of cases."""
        return bool(self.rng.random() < share)

    def one_of(self, *values):
        """Draw one of the values."""
        return values[int(self.rng.integers(len(values)))]

    def series(self, network, low, high):
        """Draw a value for each snapshot; bare values where snapshots have periods, which PyPSA cannot align."""
        values = self.number(low, high, len(network.snapshots))
        return values if isinstance(network.snapshots, pd.MultiIndex) else pd.Series(values, index=network.snapshots)


@quiet
def network_of(theme, seed):
    """Return the network of a theme and a number."""
    draw = Draw([seed, sorted(THEMES).index(theme)])
    network = pypsa.Network()
    stamps = pd.date_range("2030-01-01", periods=draw.one_of(4, 6, 9), freq="h")
    if theme == "periods":
        network.set_snapshots(pd.MultiIndex.from_product([YEARS, stamps], names=["period", "timestep"]))
        network.investment_periods = list(YEARS)
    else:
        network.set_snapshots(stamps)
    weights(network, draw)
    network.add("Carrier", ["AC", "heat", "gas", "wind", "coal"], co2_emissions=[0, 0, 0.2, 0, 0.9])
    frame(network, draw)
    THEMES[theme](network, draw)
    return network


def weights(network, draw):
    """Weigh snapshots: all one hour, all three, or each of the three weights on its own."""
    kind = draw.one_of("plain", "three", "own")
    for column in ("objective", "stores", "generators") if kind != "plain" else ():
        network.snapshot_weightings[column] = 3.0 if kind == "three" else draw.number(0.5, 4, len(network.snapshots))


def frame(network, draw):
    """Buses of electricity with load, a cheap and a dear generator each, joined by links both ways."""
    places = [f"bus {number}" for number in range(draw.one_of(1, 2, 3))]
    for place in places:
        network.add("Bus", place, carrier="AC")
        network.add("Load", f"load {place}", bus=place, p_set=draw.series(network, 20, 120))
        network.add(
            "Generator",
            f"coal {place}",
            bus=place,
            carrier="coal",
            p_nom=draw.number(40, 130),
            marginal_cost=draw.number(20, 60),
        )
        network.add("Generator", f"shed {place}", bus=place, p_nom=1e4, marginal_cost=SHED + draw.number(0, 50))
    for left, right in pairwise(places):
        network.add(
            "Link",
            f"{left} to {right}",
            bus0=left,
            bus1=right,
            p_nom=draw.number(10, 60),
            p_min_pu=draw.one_of(0, -1.0, -0.4),
            efficiency=draw.one_of(1.0, 0.97),
            marginal_cost=draw.one_of(0, 0.1, 1.3),
        )


def place_of(network, draw):
    """Draw a bus of electricity."""
    return draw.one_of(*network.buses.index[network.buses.carrier == "AC"])


def generators(network, draw):
    """Must-run and negative output, costs below zero, series of everything, set points, energy sums, sign, inactive ones."""
    add_generator(
        network,
        draw,
        "wind",
        p_max_pu=draw.series(network, 0, 1),
        marginal_cost=draw.one_of(0, -5.5, 0.1),
        p_nom=draw.number(20, 150),
    )
    add_generator(network, draw, "must", p_min_pu=0.4, p_max_pu=0.9, p_nom=draw.number(5, 40), marginal_cost=70.5)
    add_generator(network, draw, "both", p_min_pu=-0.5, p_nom=draw.number(5, 40), marginal_cost=draw.number(5, 45))
    add_generator(network, draw, "price", marginal_cost=draw.series(network, -10, 80), p_nom=draw.number(5, 40))
    add_generator(network, draw, "over", p_max_pu=1.2, p_nom=draw.number(5, 20), marginal_cost=draw.number(10, 30))
    add_generator(network, draw, "sold", sign=-1.0, p_nom=draw.number(5, 30), marginal_cost=-draw.number(5, 90))
    add_generator(network, draw, "off", active=False, p_nom=500, marginal_cost=-3)
    add_generator(network, draw, "endless", p_nom=np.inf, marginal_cost=draw.number(300, 500), p_max_pu=draw.one_of(1.0, 0.0))
    add_generator(network, draw, "budget", p_nom=50, marginal_cost=1, e_sum_max=draw.number(30, 120))
    add_generator(network, draw, "contract", p_nom=50, marginal_cost=200, e_sum_min=draw.number(5, 60))
    fixed = draw.series(network, 1, 9)
    fixed[1:3] = np.nan
    add_generator(network, draw, "set", p_nom=10, marginal_cost=33, p_set=fixed)


def add_generator(network, draw, name, **columns):
    """Add a generator at a random bus."""
    network.add("Generator", name, bus=place_of(network, draw), **columns)


def ramps(network, draw):
    """Ramps up, down, both, as a series, from a first output, and of a capacity that is chosen."""
    network.generators["ramp_limit_up"] = np.where(
        network.generators.index.str.startswith("coal"), draw.number(0.1, 0.4), np.nan
    )
    add_generator(network, draw, "down", p_nom=60, marginal_cost=5, ramp_limit_down=0.15, p_max_pu=draw.series(network, 0.6, 1))
    add_generator(
        network, draw, "both", p_nom=60, marginal_cost=8, ramp_limit_up=0.2, ramp_limit_down=0.3, p_init=draw.number(0, 60)
    )
    add_generator(network, draw, "moving", p_nom=60, marginal_cost=9, ramp_limit_up=draw.series(network, 0.1, 0.5))
    add_generator(
        network,
        draw,
        "chosen",
        p_nom_extendable=True,
        capital_cost=draw.number(10, 60),
        marginal_cost=7,
        ramp_limit_up=0.1,
        ramp_limit_down=0.1,
    )
    network.add(
        "Link",
        "ramped",
        bus0=place_of(network, draw),
        bus1=place_of(network, draw),
        p_nom=30,
        p_min_pu=-1,
        ramp_limit_up=0.3,
        ramp_limit_down=0.2,
    )


def expansion(network, draw):
    """Capacities that are chosen: bounds, none at all, set ones, overnight costs, fixed operation, costs below zero."""
    add_generator(
        network,
        draw,
        "wind",
        p_nom_extendable=True,
        capital_cost=draw.number(20, 90),
        p_max_pu=draw.series(network, 0, 1),
        p_nom_max=draw.number(20, 200),
    )
    add_generator(
        network,
        draw,
        "least",
        p_nom_extendable=True,
        capital_cost=300,
        p_nom_min=draw.number(1, 9),
        marginal_cost=60,
        p_nom=draw.number(0, 50),
    )
    add_generator(network, draw, "none", p_nom_extendable=True, capital_cost=1, p_nom_max=0, marginal_cost=0.1)
    add_generator(network, draw, "gift", p_nom_extendable=True, capital_cost=-2.5, p_nom_max=40, marginal_cost=90, p_min_pu=0.1)
    add_generator(network, draw, "set", p_nom_extendable=True, capital_cost=10, p_nom_set=draw.number(3, 30), marginal_cost=12)
    add_generator(
        network,
        draw,
        "night",
        p_nom_extendable=True,
        overnight_cost=9e4,
        discount_rate=0.07,
        lifetime=20,
        fom_cost=1.5,
        marginal_cost=15,
    )
    add_generator(
        network, draw, "free rate", p_nom_extendable=True, overnight_cost=5e4, discount_rate=0.0, lifetime=25, marginal_cost=25
    )
    add_generator(network, draw, "fom", p_nom_extendable=True, capital_cost=5, fom_cost=4, marginal_cost=30)
    network.add(
        "Link",
        "chosen link",
        bus0=place_of(network, draw),
        bus1=place_of(network, draw),
        p_nom_extendable=True,
        p_min_pu=-1,
        capital_cost=0.7,
        p_nom=5,
    )
    stores(network, draw, extendable=True)
    storage_units(network, draw, extendable=True)


def links(network, draw):
    """Several ports with outputs and inputs, efficiencies above one and below zero, series of them, gas and heat."""
    network.add("Bus", "gas", carrier="gas")
    network.add("Bus", "heat", carrier="heat")
    network.add("Bus", "lonely")
    network.add(
        "Generator",
        "well",
        bus="gas",
        carrier="gas",
        p_nom=1e3,
        marginal_cost=draw.number(8, 20),
        efficiency=draw.one_of(1.0, 0.8),
    )
    network.add("Load", "warmth", bus="heat", p_set=draw.series(network, 5, 60))
    network.add("Generator", "cold", bus="heat", p_nom=1e4, marginal_cost=SHED)
    place = place_of(network, draw)
    network.add(
        "Link",
        "chp",
        bus0="gas",
        bus1=place,
        bus2="heat",
        efficiency=0.35,
        efficiency2=draw.number(0.3, 0.6),
        p_nom=draw.number(20, 90),
        marginal_cost=1.1,
    )
    network.add("Link", "pump", bus0=place, bus1="heat", efficiency=draw.series(network, 2, 4), p_nom=draw.number(2, 20))
    network.add(
        "Link",
        "boiler",
        bus0="gas",
        bus1="heat",
        efficiency=0.9,
        p_nom_extendable=True,
        capital_cost=draw.number(1, 5),
        p_min_pu=draw.one_of(0, 0.1),
    )
    network.add(
        "Link",
        "helped",
        bus0="gas",
        bus1="heat",
        bus2=place,
        efficiency=1.05,
        efficiency2=-0.02,
        p_nom=30,
        p_max_pu=draw.series(network, 0.2, 1),
    )
    network.add("Link", "idle", bus0="gas", bus1="heat", efficiency=9.0, p_nom=30, active=False)
    flow = draw.series(network, 1, 4)
    flow.iloc[::2] = np.nan
    network.add("Link", "set", bus0="gas", bus1="heat", efficiency=0.5, p_nom=5, p_set=flow)
    network.add("Link", "price", bus0="gas", bus1="heat", efficiency=0.8, p_nom=9, marginal_cost=draw.series(network, -6, 3))


def stores(network, draw, *, extendable=False):
    """Stores cyclic or not, with losses, least contents, costs of flow and of content, set contents."""
    chosen = (
        {"e_nom_extendable": True, "capital_cost": draw.number(0.5, 3), "e_nom_max": 300}
        if extendable
        else {"e_nom": draw.number(20, 90)}
    )
    common = {"bus": place_of(network, draw), **chosen}
    network.add("Store", "round", e_cyclic=True, standing_loss=draw.one_of(0, 0.01), **common)
    network.add("Store", "begun", e_initial=draw.number(0, 15), marginal_cost_storage=draw.one_of(0, 0.05), **common)
    network.add(
        "Store", "least", e_cyclic=True, e_min_pu=draw.one_of(0, 0.2, -0.3), e_max_pu=draw.series(network, 0.5, 1), **common
    )
    network.add(
        "Store", "paid", e_cyclic=draw.chance(0.5), marginal_cost=draw.one_of(0, 1.5, -1.0), standing_loss=0.1, **common
    )
    if draw.chance(0.5):
        level = draw.series(network, 1, 3)
        level.iloc[[0, 2]] = np.nan
        network.add("Store", "set", e_set=level, **common)
    if draw.chance(0.3):
        network.add("Store", "against", sign=-1.0, e_cyclic=True, **common)


def storage_units(network, draw, *, extendable=False):
    """Storage units with inflow and spill, bounds of power, losses, set levels, costs of discharge, of level and of spill."""
    chosen = {"p_nom_extendable": True, "capital_cost": draw.number(2, 9)} if extendable else {"p_nom": draw.number(5, 30)}
    common = {"bus": place_of(network, draw), **chosen}
    network.add(
        "StorageUnit",
        "battery",
        max_hours=draw.number(1, 6),
        efficiency_store=0.95,
        efficiency_dispatch=0.9,
        cyclic_state_of_charge=True,
        marginal_cost=draw.one_of(0, 0.5, 2),
        **common,
    )
    network.add(
        "StorageUnit",
        "dam",
        max_hours=8,
        inflow=draw.series(network, 0, 12),
        spill_cost=draw.one_of(0, 0.4),
        state_of_charge_initial=draw.number(0, 9),
        p_min_pu=0.0,
        efficiency_dispatch=0.88,
        **common,
    )
    network.add(
        "StorageUnit",
        "leaky",
        max_hours=4,
        standing_loss=0.05,
        state_of_charge_initial=5,
        p_max_pu=0.7,
        p_min_pu=-0.4,
        marginal_cost_storage=draw.one_of(0, 0.03),
        **common,
    )
    network.add(
        "StorageUnit",
        "reservoir",
        max_hours=5,
        inflow=draw.series(network, 0, 6),
        cyclic_state_of_charge=True,
        standing_loss=draw.series(network, 0, 0.02),
        **common,
    )
    if draw.chance(0.5):
        level = pd.Series(np.nan, index=network.snapshots)
        level.iloc[-1] = 6.5
        network.add("StorageUnit", "held", max_hours=3, state_of_charge_initial=6, state_of_charge_set=level, **common)
    if draw.chance(0.3):
        power = pd.Series(np.nan, index=network.snapshots)
        power.iloc[1] = -1.5
        network.add("StorageUnit", "driven", max_hours=3, state_of_charge_initial=4, p_set=power, **common)


def storage(network, draw):
    """Stores and storage units of fixed size."""
    stores(network, draw)
    storage_units(network, draw)


def lines(network, draw):
    """Rings of lines in alternating and direct current, transformers, several islands, capacities that are chosen."""
    first = ["bus 0", "ring a", "ring b", "ring c"]
    for name in first[1:]:
        network.add("Bus", name, carrier="AC", v_nom=draw.one_of(110.0, 380.0))
        network.add("Load", f"load {name}", bus=name, p_set=draw.series(network, 1, 50))
        network.add("Generator", f"gen {name}", bus=name, p_nom=draw.number(20, 90), marginal_cost=draw.number(5, 70))
        network.add("Generator", f"shed {name}", bus=name, p_nom=1e4, marginal_cost=SHED)
    network.buses.loc[first, "v_nom"] = 380.0
    for number, (left, right) in enumerate([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]):
        chosen = draw.chance(0.4)
        network.add(
            "Line",
            f"line {number}",
            bus0=first[left],
            bus1=first[right],
            x=draw.number(0.05, 0.9),
            r=draw.number(0.01, 0.1),
            s_nom=draw.number(5, 50),
            s_nom_extendable=chosen,
            s_nom_max=draw.one_of(np.inf, 200.0),
            capital_cost=draw.number(0.1, 2),
            s_max_pu=draw.one_of(1.0, 0.7),
            length=draw.number(10, 90),
            carrier="AC",
        )
    network.add("Bus", "low", carrier="AC", v_nom=110.0)
    network.add("Load", "low", bus="low", p_set=draw.series(network, 1, 20))
    network.add("Generator", "low", bus="low", p_nom=1e3, marginal_cost=draw.number(50, 90))
    for number in range(2):
        network.add(
            "Transformer",
            f"tr {number}",
            bus0="ring a",
            bus1="low",
            x=draw.number(0.05, 0.2),
            s_nom=draw.number(5, 15),
            tap_ratio=draw.one_of(1.0, 1.05),
            phase_shift=draw.one_of(0.0, 0.3),
        )
    for name in ("dc a", "dc b", "dc c"):
        network.add("Bus", name, carrier="DC", v_nom=200.0)
    for number, (left, right) in enumerate([("dc a", "dc b"), ("dc b", "dc c"), ("dc c", "dc a")]):
        network.add("Line", f"dc {number}", bus0=left, bus1=right, r=draw.number(0.1, 0.9), x=0.0, s_nom=draw.number(10, 60))
    network.add("Carrier", "DC")
    network.add("Link", "in", bus0="ring b", bus1="dc a", p_nom=40, p_min_pu=-1)
    network.add("Link", "out", bus0="dc c", bus1="ring c", p_nom=40, p_min_pu=-1, efficiency=1.0)


def limits(network, draw):
    """Limits on emissions of generators and stores, on energy of a carrier, on new capacity, on lines."""
    expansion(network, draw)
    lines(network, draw)
    network.generators.loc["wind", "carrier"] = "wind"
    network.generators.loc[network.generators.index.str.startswith("gen"), ["carrier", "efficiency"]] = [
        "gas",
        draw.number(0.3, 0.6),
    ]
    network.stores.loc["begun", "carrier"] = "gas"
    network.storage_units.loc["dam", "carrier"] = draw.one_of("coal", "wind")
    load = float(network.loads_t.p_set.sum(axis=1) @ network.snapshot_weightings.generators)
    network.add(
        "GlobalConstraint",
        "co2",
        type="primary_energy",
        carrier_attribute="co2_emissions",
        sense="<=",
        constant=draw.number(0.1, 0.5) * load,
    )
    network.add(
        "GlobalConstraint",
        "wind",
        type="operational_limit",
        carrier_attribute="wind",
        sense=draw.one_of(">=", "<="),
        constant=draw.number(1, 40),
    )
    network.add(
        "GlobalConstraint",
        "sites",
        type="tech_capacity_expansion_limit",
        carrier_attribute="wind",
        sense="<=",
        constant=draw.number(10, 90),
    )
    network.add(
        "GlobalConstraint",
        "volume",
        type="transmission_volume_expansion_limit",
        carrier_attribute="AC",
        sense="<=",
        constant=draw.number(2e3, 9e3),
    )
    network.add(
        "GlobalConstraint",
        "cost",
        type="transmission_expansion_cost_limit",
        carrier_attribute="AC, DC",
        sense="<=",
        constant=draw.number(50, 200),
    )


def commitment(network, draw):
    """Units that are on or off: least output, least times, starting, stopping and stand-by costs, ramps, on before or not."""
    for number in range(2):
        add_generator(
            network,
            draw,
            f"unit {number}",
            committable=True,
            p_nom=draw.number(40, 120),
            p_min_pu=draw.number(0.3, 0.7),
            marginal_cost=draw.number(5, 19),
            start_up_cost=draw.one_of(0, draw.number(50, 900)),
            shut_down_cost=draw.one_of(0, draw.number(10, 300)),
            stand_by_cost=draw.one_of(0, draw.number(1, 50)),
            min_up_time=draw.one_of(0, 2, 3),
            min_down_time=draw.one_of(0, 2, 3),
            up_time_before=draw.one_of(0, 1, 3),
            ramp_limit_up=draw.one_of(np.nan, 0.5),
            ramp_limit_down=draw.one_of(np.nan, 0.6),
            ramp_limit_start_up=draw.one_of(np.nan, 0.8),
            ramp_limit_shut_down=draw.one_of(np.nan, 0.9),
        )
    off = network.generators.index[network.generators.committable & (network.generators.up_time_before == 0)]
    network.generators.loc[off, "down_time_before"] = draw.one_of(1, 2)
    network.add("Bus", "gas", carrier="gas")
    network.add("Generator", "well", bus="gas", p_nom=1e3, marginal_cost=6)
    network.add(
        "Link",
        "engine",
        bus0="gas",
        bus1=place_of(network, draw),
        efficiency=0.4,
        committable=True,
        p_nom=60,
        p_min_pu=0.5,
        start_up_cost=draw.number(1, 90),
    )


def quadratic(network, draw):
    """Costs that grow with output: of generators, of links, of storage."""
    network.generators.loc[network.generators.index.str.startswith("coal"), "marginal_cost_quadratic"] = draw.number(0.01, 0.3)
    add_generator(network, draw, "hill", p_nom=90, marginal_cost=-3, marginal_cost_quadratic=draw.series(network, 0.1, 0.6))
    network.links["marginal_cost_quadratic"] = draw.one_of(0.0, 0.02)
    network.add(
        "StorageUnit",
        "battery",
        bus=place_of(network, draw),
        p_nom=20,
        max_hours=3,
        cyclic_state_of_charge=True,
        marginal_cost_quadratic=0.05,
    )
    add_generator(
        network, draw, "chosen", p_nom_extendable=True, capital_cost=30, marginal_cost=5, marginal_cost_quadratic=0.02
    )


def periods(network, draw):
    """Several years: what is built when and for how long; storage and limits of a year or of all; growth."""
    network.investment_period_weightings["objective"] = [draw.number(3, 6), draw.number(2, 4), 1.0]
    network.investment_period_weightings["years"] = draw.one_of([1.0, 1.0, 1.0], [5.0, 10.0, 10.0])
    network.carriers.loc["wind", ["max_growth", "max_relative_growth"]] = [draw.number(10, 60), draw.one_of(0.0, 1.5)]
    for year in YEARS:
        add_generator(
            network,
            draw,
            f"wind {year}",
            carrier="wind",
            build_year=year,
            lifetime=draw.one_of(5, 12, 30),
            p_nom_extendable=True,
            capital_cost=draw.number(20, 90),
            p_max_pu=draw.series(network, 0, 1),
        )
        storage = {
            "build_year": year,
            "lifetime": draw.one_of(6, 15),
            "bus": place_of(network, draw),
            "capital_cost": draw.number(1, 4),
        }
        cycle = draw.one_of(
            {},
            {"e_cyclic": True},
            {"e_cyclic": True, "e_cyclic_per_period": True},
            {"e_initial": 3.0, "e_initial_per_period": True},
        )
        network.add("Store", f"store {year}", e_nom_extendable=True, e_nom_max=90, standing_loss=0.01, **storage, **cycle)
    add_generator(
        network,
        draw,
        "old",
        build_year=2010,
        lifetime=draw.one_of(16, 25),
        p_nom=50,
        marginal_cost=1,
        ramp_limit_up=0.3,
        ramp_limit_down=0.4,
    )
    add_generator(
        network, draw, "later", build_year=2028, p_nom=draw.number(5, 50), marginal_cost=2, e_sum_max=draw.number(50, 300)
    )
    unit = draw.one_of(
        {"state_of_charge_initial": 4.0},
        {"cyclic_state_of_charge": True},
        {"cyclic_state_of_charge": True, "cyclic_state_of_charge_per_period": True},
        {"cyclic_state_of_charge_per_period": True},
        {"state_of_charge_initial": 4.0, "state_of_charge_initial_per_period": True},
    )
    network.add("StorageUnit", "battery", bus=place_of(network, draw), p_nom=20, max_hours=3, efficiency_store=0.9, **unit)
    network.add(
        "StorageUnit",
        "dam",
        bus=place_of(network, draw),
        p_nom=9,
        max_hours=9,
        inflow=draw.series(network, 0, 5),
        build_year=2030,
        **unit,
    )
    load = float(network.loads_t.p_set.sum(axis=1) @ network.snapshot_weightings.generators)
    limit = {"type": "primary_energy", "carrier_attribute": "co2_emissions", "sense": "<="}
    network.add("GlobalConstraint", "co2 2040", constant=draw.number(0.05, 0.3) * load, investment_period=2040, **limit)
    network.add("GlobalConstraint", "co2", constant=draw.number(1, 6) * load, **limit)
    network.add(
        "GlobalConstraint",
        "sites",
        type="tech_capacity_expansion_limit",
        carrier_attribute="wind",
        sense="<=",
        constant=70.0,
        investment_period=2030,
    )


def shortage(network, draw):
    """No unserved demand: about half of these cannot be served."""
    network.remove("Generator", list(network.generators.index[network.generators.index.str.startswith("shed")]))
    network.generators.p_nom *= draw.number(0.8, 2.2)


THEMES = {
    "generators": generators,
    "ramps": ramps,
    "expansion": expansion,
    "links": links,
    "storage": storage,
    "lines": lines,
    "limits": limits,
    "commitment": commitment,
    "quadratic": quadratic,
    "periods": periods,
    "shortage": shortage,
}
