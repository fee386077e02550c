"""Plants become a network: figures from the tables, nothing guessed, everything balanced."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.core.errors import LookupFailure
from dafeng.energy.city import Plant, build_city
from dafeng.energy.coast import coastal_year
from dafeng.energy.dispatch import dispatch
from dafeng.energy.flows import list_flows
from dafeng.energy.use import year_of
from tests.energy.toys import hours, series

WEEK = hours(*(series(name, *[1.0] * 168) for name in ("load", "heating", "temperature")))
OUTSIDE = [
    Plant("grid_import", {"capacity": 3000, "co2_intensity": 0.6, "non_fossil_share": 0.3}),
    Plant("grid_export", {"capacity": 3000}),
    Plant("electricity", {"annual": 17.52e6}),
]


def part(found, name):
    return next(one for one in found.members if one.name == name)


def test_the_tables_supply_what_is_not_handed_in():
    found = build_city([Plant("coal", {"capacity": 1000}), *OUTSIDE], WEEK)
    table = found.network.table("link")
    assert table.number("efficiency")[0] == pytest.approx(0.4166)
    assert table.number("p_nom")[0] == pytest.approx(1000 / 0.4166)


def test_what_is_handed_in_counts():
    found = build_city([Plant("coal", {"capacity": 1000, "must_run_share": 0.5}), *OUTSIDE], WEEK)
    assert found.network.table("link").number("p_min_pu")[0] == pytest.approx(0.5 * 0.92)


def test_fuels_bring_their_supply_and_their_co2():
    found = build_city([Plant("coal", {"capacity": 1000}), *OUTSIDE], WEEK)
    assert [one.name for one in found.of("supply", "outlet")] == ["coal_supply", "co2_outlet"]


def test_the_figures_used_are_listed():
    found = build_city([Plant("coal", {"capacity": 1000}), Plant("battery", {"capacity": 100}), *OUTSIDE], WEEK)
    assert {one.technology for one in found.parameters} == {
        "coal", "coal_supply", "battery", "grid_import", "grid_export", "electricity", "co2_outlet",
    }  # fmt: skip


def test_an_unknown_figure_leaves_the_plant_out_with_a_finding():
    found = build_city([Plant("heat_storage", {"energy": 100}), Plant("heat", {"peak": 10}), *OUTSIDE], WEEK)
    assert [(one.rule, one.at) for one in found.findings] == [("energy.unknown_figure", "energy.heat_storage")]
    assert "loss_share" in found.findings[0].says.en
    assert not len(found.network.table("store"))


def test_a_supply_without_a_price_is_a_finding():
    plant = Plant("shore_power", {"capacity": 10, "annual": 100, "efficiency": 1, "variable_cost": 0})
    found = build_city([plant, *OUTSIDE], WEEK)
    assert [one.rule for one in found.findings] == ["energy.unknown_figure", "energy.no_supply"]


def test_an_unknown_technology_is_refused():
    with pytest.raises(LookupFailure, match="perpetuum"):
        build_city([Plant("perpetuum", {"capacity": 1})], WEEK)


def test_two_plants_never_share_a_name():
    with pytest.raises(LookupFailure, match="coal"):
        build_city([Plant("coal", {"capacity": 1}), Plant("coal", {"capacity": 2})], WEEK)


def test_districts_have_their_own_heat_and_share_electricity():
    plants = [Plant("heat", {"peak": 10}, name=place, place=place) for place in ("haiyang", "zhaoyuan")]
    found = build_city([*plants, *OUTSIDE], WEEK)
    assert {"haiyang.heat", "zhaoyuan.heat", "electricity"} <= set(found.network.table("bus").names)


def test_districts_may_have_their_own_electricity():
    feeder = Plant("feeder", {"capacity": 50}, place="west", other="east")
    found = build_city([feeder, Plant("electricity", {"annual": 1e6}, place="east")], WEEK, local=("electricity",))
    assert (found.network.table("link").text("bus0"), found.network.table("link").text("bus1")) == (
        ("west.electricity",),
        ("east.electricity",),
    )


def test_heat_that_nobody_takes_goes_into_the_surroundings():
    # electrolysis runs for its hydrogen, whether somebody wants its heat or not
    plants = [Plant("electrolyser", {"capacity": 100, "variable_cost": 0}), Plant("hydrogen", {"annual": 8760 * 34})]
    found = dispatch(build_city([*plants, *OUTSIDE], WEEK))
    assert found.total("hydrogen.electrolyser") == pytest.approx(34 * 168)
    assert "heat" not in found.city.network.table("bus").names


def test_captured_co2_never_vanishes():
    # nothing takes what is captured, so the plant cannot run
    plant = Plant("coal_ccs", {"capacity": 100, "efficiency": 0.35})
    found = dispatch(build_city([plant, *OUTSIDE], WEEK))
    assert found.total("generation.coal_ccs") == pytest.approx(0, abs=1e-6)


def test_every_bus_balances():
    plants = [Plant("nuclear", {"capacity": 2000}), Plant("coal_chp", {"capacity": 3000}), Plant("heat", {"peak": 900})]
    found = dispatch(build_city([*plants, Plant("battery", {"capacity": 300}), *OUTSIDE], WEEK))
    sums: dict[str, np.ndarray] = {}
    for (_, _, bus), flow in list_flows(found.outcome).items():
        sums[bus] = sums.get(bus, 0.0) + flow
    assert set(sums) == {"electricity", "heat", "coal", "uranium", "co2"}
    assert all(np.abs(total).max() < 1e-6 for total in sums.values())


@pytest.mark.slow
def test_a_whole_year_is_proven_and_balances():
    # 8 760 hours: certificate, energy balance of the year, hours in line with availability.
    sizes = {"nuclear": 1000, "coal": 1000, "coal_chp": 1000, "biomass": 300, "onshore_wind": 1000, "offshore_wind": 1000,
             "pv": 1000, "rooftop_pv": 1000, "sea_pv": 1000, "battery": 800, "pumped_hydro": 1000}  # fmt: skip
    plants = [Plant(name, {"capacity": size}) for name, size in sizes.items()]
    found = dispatch(build_city([*plants, Plant("heat", {"peak": 500}), *OUTSIDE], coastal_year("370600")))
    use = year_of(found)
    fed = sum(one.generation_mwh for one in use.generators) + use.lines[0].flow_mwh + use.unserved_mwh
    lost = sum(one.lost_mwh for one in use.storages)
    assert found.certificate.passed
    assert fed == pytest.approx(use.demand_mwh + use.lines[1].flow_mwh + lost + use.surplus_mwh, rel=1e-9)
    assert use.demand_mwh == pytest.approx(17.52e6, rel=1e-6)
    assert use.co2_t == pytest.approx(sum(one.co2_t for one in use.lines), rel=1e-9)
    assert all(one.full_hours is None or one.full_hours <= 8760 for one in use.generators)
