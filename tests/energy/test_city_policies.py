"""What a plan orders, against hand calculations: 100 MW of demand over two flat hours."""

from __future__ import annotations

import pytest

from dafeng.energy import city_policies as orders
from dafeng.energy.city import Plant, build_city
from dafeng.energy.dispatch import dispatch
from tests.energy.toys import battery, coal, hours, line, series, system, wind

FLAT = hours(series("load", 1.0, 1.0), series("wind", 1.0, 1.0))
CLEAN = line("import", capacity=100, price=900, non_fossil_share=0.5, co2_intensity=0.1)


def made(*plants: Plant):
    return build_city(system(load=100, parts=plants), FLAT)


def operated(city, *policies):
    return dispatch(orders.with_rows(city, *policies))


def test_a_cap_on_co2_replaces_coal():
    # 0.8 t/MWh of coal against 0.1 of imports: 100 t in two hours leave x MWh of coal with 0.8 x + 0.1 (200 - x) = 100
    city = made(coal(), CLEAN)
    found = operated(city, orders.co2_cap(city, 100))
    assert found.total("generation.coal") == pytest.approx(80 / 0.7)


def test_coal_control_counts_coal_equivalent():
    city = made(coal(), CLEAN)
    found = operated(city, orders.coal_control(city, 10))
    assert -found.total("coal.coal") == pytest.approx(10 * 8.141)


def test_the_clean_share_of_capacity_adds_wind():
    # 100 MW of coal stand; 60 % clean needs 150 MW of wind, though it costs more than it saves
    plants = [
        coal(),
        Plant(
            "onshore_wind",
            {"capacity": 0, "available_share": 0.01, "variable_cost": 0, "annual_cost": 1e6},
            name="wind",
            most=500,
        ),
    ]
    city = made(*plants)
    found = operated(city, orders.clean_capacity(city, 0.6))
    wind_part = next(one for one in found.city.members if one.name == "wind")
    assert found.power(wind_part) == pytest.approx(150)


def test_a_link_counts_with_its_electric_capacity():
    # 40 % efficient coal of 100 MW takes 250 MW of fuel; half clean means 100 MW of wind
    plants = [
        coal(efficiency=0.4),
        Plant(
            "onshore_wind",
            {"capacity": 0, "available_share": 0.01, "variable_cost": 0, "annual_cost": 1e6},
            name="wind",
            most=500,
        ),
    ]
    city = made(*plants)
    found = operated(city, orders.clean_capacity(city, 0.5))
    assert found.power(next(one for one in found.city.members if one.name == "wind")) == pytest.approx(100)


def test_the_least_storage_is_built():
    city = made(coal(), battery(capacity=0, most=500, annual_cost=1e6))
    found = operated(city, orders.storage_least(city, 70))
    assert found.power(next(one for one in found.city.members if one.name == "battery")) == pytest.approx(70)


def test_the_limit_of_curtailment_makes_room_for_wind():
    # 100 MW of wind are dearer than coal here; 90 % of them must be used
    city = made(coal(), wind(variable_cost=1000))
    found = operated(city, orders.curtailment_limit(city, 0.1))
    assert found.total("generation.wind") == pytest.approx(180)


def test_the_non_fossil_share_counts_by_coal_equivalent():
    # w MWh of wind at 0.3 tce/MWh, 200 - w MWh of coal at 1 / 8.141 tce/MWh: w·0.3 = 0.5·(w·0.3 + (200 - w)/8.141)
    city = made(coal(), wind(variable_cost=1000))
    found = operated(city, orders.non_fossil_share(city, 0.5, coal_rate=0.3))
    assert found.total("generation.wind") == pytest.approx(200 / 8.141 / (0.3 + 1 / 8.141))


def test_the_non_fossil_part_of_imports_counts():
    # x MWh of imports, half of them without fossil fuel: 0.3·x·0.5 = 0.2·(0.3·x + (200 - x)/8.141)
    city = made(coal(), CLEAN)
    found = operated(city, orders.non_fossil_share(city, 0.2, coal_rate=0.3))
    assert found.total("import.import") == pytest.approx(0.2 * 200 / 8.141 / (0.15 - 0.06 + 0.2 / 8.141))
