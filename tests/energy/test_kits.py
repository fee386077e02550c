"""Technologies against hand calculations, each between its supply and its demand, and laws that all keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError
from dafeng.core.sources import Grade
from dafeng.energy.city import Plant, build_city
from dafeng.energy.dispatch import dispatch
from dafeng.energy.flows import list_flows
from dafeng.energy.kit import GIVEN, PROFILE, read_carriers, read_kits
from tests.energy.toys import hours, series

KITS = read_kits()
NAMES = (
    "vehicles_driving",
    "vehicles_plugged",
    "heat_pump_cop",
    "load",
    "heating",
    "temperature",
    "wind",
    "offshore_wind",
    "pv",
    "rooftop_pv",
    "sea_pv",
    "tidal",
    "wave",
)
FLAT = hours(*(series(name, 1.0, 1.0) for name in NAMES))
LARGE = {"capacity": 1000, "annual": 8760, "peak": 10, "energy": 1000}
GRID = Plant("grid_import", {"capacity": 5000, "co2_intensity": 0.5, "price": 400, "firm_share": 0}, name="grid")


def of(technology: str, **figures: float) -> Plant:
    """Plant with every unknown figure at a half, so that each kit can be built."""
    wanted = {name for part in KITS[technology].parts for formula in part.formulas.values() for name in formula.names}
    known = {name for name, one in KITS[technology].technology.parameters.items() if one.value is not None}
    unknown = {name: 0.5 for name in wanted - known - set(GIVEN) if not name.endswith(PROFILE)}
    return Plant(technology, {**unknown, **{name: LARGE[name] for name in wanted & set(LARGE)}, **figures})


def flows(*plants: Plant, profiles=FLAT) -> dict[str, float]:
    """Flow of the first plant's components into each carrier, in the first hour."""
    found = dispatch(build_city(plants, profiles))
    assert not found.findings
    buses = found.outcome.network.table("bus")
    carriers = dict(zip(buses.names, buses.text("carrier"), strict=True))
    mine = {one.name for one in found.city.members if one.plant is plants[0]}
    sums: dict[str, float] = {}
    for (_, name, bus), flow in list_flows(found.outcome).items():
        if name in mine:
            sums[carriers[bus]] = sums.get(carriers[bus], 0.0) + float(flow[0])
    return sums


def demand(carrier: str, power: float) -> Plant:
    """Demand of a carrier. [unit per hour]"""
    return Plant(carrier, {"annual": 8760 * power, "peak": power}, name=f"use of {carrier}")


# technology, figures, demands by carrier, flows in the first hour by hand
CASES = [
    (
        "nuclear",
        {"capacity": 1000, "must_run_share": 0},
        {"electricity": 800, "heat": 100},
        {"electricity": 800, "heat": 100, "uranium": -(800 + 20) / 0.33},
    ),
    ("nuclear_steam", {"efficiency": 0.8}, {"steam": 80}, {"steam": 80, "uranium": -100}),
    ("coal", {"must_run_share": 0}, {"electricity": 100}, {"electricity": 100, "coal": -100 / 0.4166}),
    ("captive_coal", {"efficiency": 0.4, "must_run_share": 0}, {"electricity": 100}, {"electricity": 100, "coal": -250}),
    (
        "coal_chp",
        {"must_run_share": 0},
        {"electricity": 200, "heat": 100},
        {"electricity": 200, "heat": 100, "coal": -215 / 0.4166},
    ),
    (
        "back_pressure_chp",
        {"efficiency": 0.2, "back_pressure": 0.25},
        {"electricity": 20, "heat": 80},
        {"electricity": 20, "heat": 80, "coal": -100},
    ),
    (
        "coal_ccs",
        {"efficiency": 0.3},
        {"electricity": 30},
        {"electricity": 30, "coal": -100, "co2": -0.9 * 32.14, "captured_co2": 0.9 * 32.14},
    ),
    ("gas_power", {}, {"electricity": 56}, {"electricity": 56, "gas": -100}),
    ("gas_turbine", {}, {"electricity": 41}, {"electricity": 41, "gas": -100}),
    ("gas_chp", {}, {"electricity": 100, "heat": 20}, {"electricity": 100, "heat": 20, "gas": -103 / 0.58}),
    ("hydrogen_turbine", {"efficiency": 0.5}, {"electricity": 50}, {"electricity": 50, "hydrogen": -100}),
    ("biomass", {}, {"electricity": 30}, {"electricity": 30, "biomass": -100}),
    ("biomass_chp", {}, {"electricity": 27, "heat": 82}, {"electricity": 27, "heat": 82, "biomass": -100}),
    ("waste_to_energy", {}, {"electricity": 21, "heat": 76}, {"electricity": 21, "heat": 76, "waste": -100}),
    ("heat_pump", {"variable_cost": 0}, {"heat": 20}, {"electricity": -20, "heat": 20}),
    ("electric_boiler", {}, {"heat": 99}, {"electricity": -100, "heat": 99}),
    ("gas_boiler", {}, {"heat": 104}, {"gas": -100, "heat": 104}),
    ("coal_boiler", {"efficiency": 0.8}, {"heat": 80}, {"coal": -100, "heat": 80}),
    ("biomass_boiler", {}, {"heat": 103}, {"biomass": -100, "heat": 103}),
    ("gas_steam_boiler", {}, {"steam": 93}, {"gas": -100, "steam": 93}),
    ("electric_steam_boiler", {}, {"steam": 99}, {"electricity": -100, "steam": 99}),
    ("waste_heat", {"available_share": 1, "price": 1}, {"heat": 50}, {"heat": 50}),
    ("desalination", {"variable_cost": 0}, {"water": 1000}, {"electricity": -3.03, "water": 1000}),
    ("electrolyser", {"variable_cost": 0}, {"hydrogen": 68}, {"electricity": -100, "hydrogen": 68}),
    ("fuel_cell_chp", {"variable_cost": 0}, {"electricity": 50, "heat": 40}, {"hydrogen": -100, "electricity": 50, "heat": 40}),
    ("gas_reformer", {"efficiency": 0.7, "variable_cost": 0}, {"hydrogen": 70}, {"gas": -100, "hydrogen": 70}),
]
SUPPLIED = {
    "hydrogen": of("hydrogen_byproduct", price=0, co2_intensity=0),
    "waste": of("waste_supply", price=0, co2_intensity=0),
    "captured_co2": of("carbon_storage", variable_cost=0),
    "electricity": GRID,
}


@pytest.mark.parametrize(("technology", "figures", "demands", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_technology_follows_its_hand_calculation(technology, figures, demands, expected):
    wanted = {"available_share": 1, "variable_cost": 1} | figures
    names = {name for part in KITS[technology].parts for formula in part.formulas.values() for name in formula.names}
    plant = of(technology, **{name: value for name, value in wanted.items() if name in names})
    helpers = [SUPPLIED[carrier] for carrier in expected if carrier in SUPPLIED and carrier not in demands]
    found = flows(plant, *helpers, *(demand(carrier, power) for carrier, power in demands.items()))
    assert {carrier: value for carrier, value in found.items() if abs(value) > 1e-6} == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("technology", ["onshore_wind", "offshore_wind", "pv", "rooftop_pv", "sea_pv", "tidal", "wave"])
def test_wind_sun_and_sea_feed_what_their_profile_offers(technology):
    half = hours(*(series(name, 0.25, 0.25) for name in NAMES if name != "load"), series("load", 1.0, 1.0))
    found = flows(
        of(technology, capacity=100, available_share=1, variable_cost=0), GRID, demand("electricity", 200), profiles=half
    )
    assert found == pytest.approx({"electricity": 25})


@pytest.mark.parametrize("technology", ["battery", "storage_centre", "pumped_hydro"])
def test_a_storage_gives_back_what_its_efficiencies_leave(technology):
    # cheap power in the first hour, dear in the second: what goes in comes out once
    prices = hours(*(series(name, 1.0, 1.0) for name in NAMES), series("price", 0.1, 10.0))
    plant = of(technology, capacity=10, hours=5, loss_share=0, variable_cost=0)
    found = dispatch(build_city([plant, GRID, demand("electricity", 100)], prices))
    share = found.series[f"discharge.{technology}"][1] / found.series[f"charge.{technology}"][0]
    figures = KITS[technology].technology
    assert share == pytest.approx(figures.value("charge_efficiency") * figures.value("discharge_efficiency"))


def test_vehicles_drive_and_feed_back_at_a_price():
    # driving takes 1 MW; charging at 95 %, all in the cheap hour; what is fed back saves the dear one
    prices = hours(*(series(name, 1.0, 1.0) for name in NAMES), series("price", 0.1, 10.0))
    fleet = of(
        "vehicle_fleet",
        capacity=10,
        annual=8760,
        energy=100,
        plugged_share=1,
        feeding_share=0.5,
        reserve_share=0.1,
        variable_cost=0,
    )
    found = dispatch(build_city([fleet, GRID, demand("electricity", 100)], prices))
    fed = found.series["electricity.vehicle_fleet.discharging"]
    taken = -found.series["electricity.vehicle_fleet"]
    assert fed == pytest.approx([0, 5])
    assert 0.95 * taken.sum() == pytest.approx(2 + 5 / 0.94)
    assert found.series["level.vehicle_fleet.batteries"].min() >= 10 - 1e-6


def test_ships_take_the_shore_where_it_is_cheaper_than_oil():
    # 1 MWh of oil at 100 yuan gives 0.35: 286 yuan; the shore asks 400, then 200
    oil = Plant("oil_supply", {"price": 100})
    berth = of("shore_power", capacity=2, annual=8760, efficiency=1, variable_cost=0)
    prices = hours(*(series(name, 1.0, 1.0) for name in NAMES), series("price", 1.0, 0.5))
    found = dispatch(build_city([berth, oil, GRID, demand("electricity", 10)], prices))
    assert -found.series["electricity.shore_power"] == pytest.approx([0, 1])
    assert -found.series["oil.shore_power.engines"] == pytest.approx([1 / 0.35, 0])


def test_liquefied_gas_brings_gas_and_cold_that_makes_power():
    terminal = of("lng_terminal", capacity=100, efficiency=1, cold_share=0.1, energy=0, loss_share=0)
    cold = of("cold_power", capacity=100, efficiency=0.2, variable_cost=0)
    pipe = Plant("gas_supply", {"price": 10_000})
    found = dispatch(build_city([terminal, cold, pipe, GRID, demand("gas", 50), demand("electricity", 10)], FLAT))
    assert found.series["gas.lng_terminal"] == pytest.approx([50, 50])
    assert found.series["generation.cold_power"] == pytest.approx([1, 1])


def test_hydrogen_may_be_blended_into_gas_up_to_its_limit():
    blending = of("hydrogen_blending", capacity=6, variable_cost=0)
    cheap = of("hydrogen_byproduct", price=1, co2_intensity=0)
    found = dispatch(build_city([blending, cheap, demand("gas", 100)], FLAT))
    assert found.series["gas.hydrogen_blending"] == pytest.approx([6, 6])


def test_captured_co2_leaves_the_account():
    # 10 t/h of 50 are captured at 0.1 MWh/t and stored, because CO2 has a price; the grid's 0.5 t/MWh count too
    plants = [of("carbon_capture", capacity=10, variable_cost=0, heat_use=0), of("carbon_storage", variable_cost=20), GRID]
    found = dispatch(build_city([*plants, Plant("co2_outlet", {"price": 500}), demand("electricity", 99)], FLAT))
    assert found.series["captured_co2.carbon_capture"] == pytest.approx([10, 10])
    assert -found.series["co2.co2_outlet"] == pytest.approx([40, 40])


def test_demand_that_is_paid_to_rest_comes_before_shortage():
    resting = of("demand_response", capacity=30, price=5000)
    found = dispatch(build_city([resting, demand("electricity", 100)], FLAT))
    assert found.series["generation.demand_response"] == pytest.approx([30, 30])
    assert found.series["unserved.use of electricity"] == pytest.approx([70, 70])


@pytest.mark.parametrize(
    "technology", [name for name, kit in KITS.items() if kit.technology.role not in ("demand", "supply", "outlet")]
)
def test_every_kit_runs_and_every_bus_balances(technology):
    others = [of(name, price=50) for name in ("oil_supply", "waste_supply", "hydrogen_byproduct") if name != technology]
    uses = [demand(carrier, 5) for carrier in ("electricity", "heat", "steam", "hydrogen", "gas", "water", "methanol")]
    sinks = [of("carbon_storage"), of("cold_outlet")] if technology != "carbon_storage" else []
    grid = [] if technology.startswith("grid") else [GRID]
    found = dispatch(build_city([of(technology), *others, *uses, *sinks, *grid], FLAT))
    assert not found.city.findings
    sums: dict[str, np.ndarray] = {}
    for (_, _, bus), flow in list_flows(found.outcome).items():
        sums[bus] = sums.get(bus, 0.0) + flow
    assert max(np.abs(total).max() for total in sums.values()) < 1e-6


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["coal", "onshore_wind", "battery", "heat_pump", "electrolyser", "gas_boiler"]),
    st.floats(0, 100),
    st.floats(0, 100),
)
def test_more_of_a_technology_that_may_rest_never_costs_more(technology, size, more):
    uses = [demand(carrier, 40) for carrier in ("electricity", "heat", "hydrogen")]
    free = {"must_run_share": 0} if technology == "coal" else {}
    costs = [
        dispatch(build_city([of(technology, capacity=capacity, **free), GRID, *uses], FLAT)).cost
        for capacity in (size, size + more)
    ]
    assert costs[1] <= costs[0] + 1e-6 * (1 + abs(costs[0]))


def test_every_figure_has_a_source_and_a_grade_of_the_house():
    figures = [one for kit in KITS.values() for one in kit.technology.parameters.values()]
    assert {one.grade for one in figures} <= set(Grade.__args__)
    assert all(one.source and one.unit for one in figures)


def test_every_carrier_can_be_supplied_or_used():
    assert {one.supply for one in read_carriers().values()} - {""} <= set(KITS)


def test_a_kit_with_an_unknown_figure_is_refused(tmp_path):
    (tmp_path / "kits").mkdir()
    (tmp_path / "technologies.csv").write_text(
        "technology,role,profile,renewable,non_fossil,zh,en\ntide,plant,constant,true,true,潮,tide\n", encoding="utf-8"
    )
    (tmp_path / "parameters.csv").write_text("technology,parameter,value,unit,source,grade,note\n", encoding="utf-8")
    (tmp_path / "carriers.csv").write_text(
        "carrier,unit,local,wasted,supply,zh,en\nelectricity,MWh,false,false,,电,electricity\n", encoding="utf-8"
    )
    (tmp_path / "kits" / "sea.yaml").write_text(
        "tide:\n  unit: {component: generator, bus: electricity, p_nom: moon}\n", encoding="utf-8"
    )
    with pytest.raises(DefinitionError, match="moon"):
        read_kits(folder=tmp_path)
