"""The sector model with the figures of Yantai and Qingdao: what is published re-adds, and what moves moves as arithmetic says.

Published: Qingdao 2020 by field (青岛市统计局 2021-03-16), Yantai 2019 CO2 (CEADs) and generation 2023 (press conference of
2024-05-22: clean 378 亿kWh, 46 % of all).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.city import read_city_drivers, read_city_model, read_scenario_names
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Drivers, lay_over, read_drivers
from dafeng.pathways.model.run import Labelled, run_tape
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.tables import Goal
from dafeng.pathways.model.tape import compile_graph

CITIES = Path(__file__).parents[3] / "cities"
FIELDS = {"agriculture": 72.5, "industry": 1452.7, "building_trade": 77.4, "services": 904.3, "households": 680.1}
POWER = {"agriculture": 8.1, "industry": 258.8, "building_trade": 10.1, "services": 118.3, "households": 81.3}
GOALS = {
    ("nuclear_capacity", 2030): Goal(1300, "万千瓦", "plan:98"),
    ("offshore_wind_capacity_committed", 2030): Goal(700, "万千瓦", "plan:156"),
    ("pv_capacity_committed", 2030): Goal(1800, "万千瓦", "plan:243"),
}


@pytest.fixture(scope="module")
def model() -> Model:
    return read_city_model()


@pytest.fixture(scope="module")
def drivers(model: Model) -> dict[str, Drivers]:
    return {city: read_city_drivers(model, CITIES / city / "data") for city in ("yantai", "qingdao")}


def _middle(drivers: Drivers) -> dict[str, Array]:
    return {name: value.mid if isinstance(value, Band) else value for name, value in drivers.values.items()}


def _mid(model: Model, drivers: Drivers, *outputs: str) -> dict[str, Labelled]:
    return run_tape(compile_graph(model.graph, outputs), _middle(drivers))


def _drawn(model: Model, drivers: Drivers, *outputs: str, draws: int = 1000) -> dict[str, Labelled]:
    tape = compile_graph(model.graph, outputs, drawn=drivers.drawn)
    bands = {name: value for name, value in drivers.values.items() if isinstance(value, Band) and name in tape.given}
    return run_tape(tape, drivers.values, ranks=make_ranks(model.graph.space, bands, draws=draws, seed=7))


def _at(made: Labelled, year: int) -> Array:
    return made.along("year", "draw")[year - 2020]


def test_the_published_fields_of_qingdao_re_add_in_every_draw(model: Model, drivers: dict[str, Drivers]) -> None:
    made = _drawn(model, drivers["qingdao"], "field_use", "field_electricity", "energy", "consumption", draws=300)
    fields = model.graph.space.axis("field").members
    use = made["field_use"].along("field", "year", "draw")[:, 0] / 1e4
    power = made["field_electricity"].along("field", "year", "draw")[:, 0] / 1e5
    for name, value in FIELDS.items():
        np.testing.assert_allclose(use[fields.index(name)], value, rtol=1e-9)
        np.testing.assert_allclose(power[fields.index(name)], POWER[name], rtol=1e-9)
    np.testing.assert_allclose(_at(made["energy"], 2020) / 1e4, 3187.0, rtol=1e-9)
    np.testing.assert_allclose(_at(made["consumption"], 2020) / 1e5, 476.6, rtol=1e-9)


def test_qingdao_by_calorific_value_and_in_emissions_is_what_the_fields_imply(
    model: Model, drivers: dict[str, Drivers]
) -> None:
    made = _mid(model, drivers["qingdao"], "energy_calorific", "co2")
    by_hand = 3187.0 - 476.6 * 10 * (0.300 - 0.1229)
    assert _at(made["energy_calorific"], 2020)[0] / 1e4 == pytest.approx(by_hand, rel=1e-9)
    assert 44 < _at(made["co2"], 2020)[0] / 1e6 < 56


def test_yantai_closes_on_the_published_emissions(model: Model, drivers: dict[str, Drivers]) -> None:
    mid = _mid(model, drivers["yantai"], "co2", "closing")
    assert _at(mid["co2"], 2020)[0] == pytest.approx(57.810357e6, rel=1e-12)
    assert mid["closing"].values.item() == pytest.approx(1.0, abs=0.05)
    drawn = _drawn(model, drivers["yantai"], "co2")
    assert 52e6 <= _at(drawn["co2"], 2020).min() < _at(drawn["co2"], 2020).max() <= 64e6


def test_the_published_generation_of_yantai_lies_inside_the_interval(model: Model, drivers: dict[str, Drivers]) -> None:
    made = _drawn(model, drivers["yantai"], "clean_total", "generation", "clean_generation_share", "clean_capacity")
    for name, published in (("clean_total", 378e5), ("generation", 378e5 / 0.46), ("clean_generation_share", 0.46)):
        low, high = np.quantile(_at(made[name], 2023), [0.05, 0.95])
        assert low < published < high, name
    assert np.median(_at(made["clean_capacity"], 2023)) == pytest.approx(13250, rel=0.01)


def test_shares_of_carriers_and_drives_sum_to_one(model: Model, drivers: dict[str, Drivers]) -> None:
    for city in drivers.values():
        mix = np.asarray(_middle(city)["mix"]).sum(axis=model.graph.space.position("carrier"))
        np.testing.assert_allclose(mix, 1.0, atol=1e-9)
        sectors = model.graph.space.axis("sector").members
        sales = np.asarray(_middle(city)["sales"]).sum(axis=model.graph.space.position("drive"))
        for name in ("cars", "buses", "trucks"):
            np.testing.assert_allclose(sales[sectors.index(name)], 1.0, atol=1e-9)


def test_a_refinery_start_moves_the_path_by_its_own_arithmetic(model: Model, drivers: dict[str, Drivers]) -> None:
    rows = [row for used in drivers["yantai"].used.values() for row in used]
    without = [row for row in rows if row.quantity not in ("thermal_event", "power_event")]
    there = _mid(model, drivers["yantai"], "direct", "closing", "energy", "consumption")
    gone = _mid(model, read_drivers(model.graph, model.given, lay_over(without)), "direct", "energy", "consumption")
    at = model.graph.space.axis("sector").members.index("refining"), 2028 - 2020
    moved = (there["direct"].along("sector", "year")[at] - gone["direct"].along("sector", "year")[at]) / 1e4
    values = _middle(drivers["yantai"])
    mix = values["mix"][at[0], 0, :, 0, 0, 0, at[1], 0]
    electrified = float(np.ravel(values["electrified"][at[0]])[at[1]])
    carbon = {"coal": 2.61, "oil": 2.12, "gas": 1.63}
    by_hand = 540 * (1 - electrified) * sum(mix[i] * carbon[c] for i, c in enumerate(("coal", "oil", "gas")))
    assert moved == pytest.approx(by_hand, rel=1e-9)
    power = (_at(there["consumption"], 2028) - _at(gone["consumption"], 2028))[0] / 1e5
    assert power == pytest.approx(20 + 540 / 12.29 * electrified * 0.7 * 10, rel=1e-6)


def test_more_clean_power_is_exported_until_the_line_is_full_then_coal_gives_way(model: Model) -> None:
    plan = read_city_drivers(model, CITIES / "yantai" / "data", scenario="plan", goals=GOALS)
    made = _mid(model, plan, "exported", "running", "clean_offered", "thermal_total", "generation", "consumption")
    limit = np.ravel(_middle(plan)["export_limit"])[2030 - 2020]
    assert _at(made["exported"], 2030)[0] == pytest.approx(limit)
    assert _at(made["running"], 2030)[0] < 1
    balance = made["generation"].values - made["consumption"].values - made["exported"].values
    np.testing.assert_allclose(balance, 0, atol=1e-3)


def test_added_clean_power_displaces_local_coal_as_far_as_plants_follow_the_balance(
    model: Model, drivers: dict[str, Drivers]
) -> None:
    values = _middle(drivers["qingdao"])
    more = np.array(values["capacity"])
    pv = model.graph.space.axis("plant").members.index("pv")
    more[:, :, :, pv, :, :, 10] += 1000
    tape = compile_graph(model.graph, ("thermal_total", "co2_power", "own_carbon"))
    before, after = (run_tape(tape, {**values, "capacity": capacity}) for capacity in (values["capacity"], more))
    moved = _at(after["thermal_total"], 2030)[0] - _at(before["thermal_total"], 2030)[0]
    assert moved == pytest.approx(-0.25 * 1000 * 1130 * 0.97, rel=1e-9)
    assert _at(after["co2_power"], 2030)[0] < _at(before["co2_power"], 2030)[0]


def test_the_plans_own_capacities_stand_in_the_scenario_of_the_plan(model: Model) -> None:
    plan = read_city_drivers(model, CITIES / "yantai" / "data", scenario="plan", goals=GOALS)
    plants = model.graph.space.axis("plant").members
    capacity = _middle(plan)["capacity"]
    found = {name: float(np.ravel(np.take(capacity, plants.index(name), axis=3))[10]) for name in plants}
    assert (found["nuclear"], found["offshore_wind"], found["pv"]) == (13000, 7000, 18000)
    assert any("nuclear_capacity" in finding.says.en for finding in read_city_drivers(model, scenario="plan").findings)


def test_each_scenario_goes_below_the_one_before(model: Model) -> None:
    emitted = {}
    for scenario in (one.id for one in read_scenario_names()):
        made = read_city_drivers(model, CITIES / "qingdao" / "data", scenario=scenario)
        emitted[scenario] = _at(_mid(model, made, "co2")["co2"], 2045)[0]
    assert emitted["deep"] < emitted["plan"] <= emitted["feasible"] < emitted["baseline"]


def test_the_peak_is_a_distribution_and_not_before_the_refinery(model: Model, drivers: dict[str, Drivers]) -> None:
    co2 = _drawn(model, drivers["yantai"], "co2")["co2"].along("year", "draw")
    peaks = 2020 + co2.argmax(axis=0)
    assert 2024 < np.median(peaks) <= 2032
    assert 0.5 < np.mean(peaks <= 2030) <= 1.0
    assert np.unique(peaks).size > 1


def test_a_city_with_totals_only_runs_in_one_sector(tmp_path: Path, model: Model) -> None:
    (tmp_path / "drivers.csv").write_text(
        "quantity,members,year,low,mid,high,unit,source,grade,note_zh,note_en\n"
        "closed,whole,,,1,,1,dafeng,derived,,\n"
        "field_energy,whole,,,1000,,万吨标准煤,dafeng,secondary,,\n"
        "field_power,whole,,,150,,亿千瓦时,dafeng,secondary,,\n"
        "output_start,,,,3000,,亿元,dafeng,secondary,,\n",
        encoding="utf-8",
    )
    drivers = read_city_drivers(model, tmp_path)
    made = _drawn(model, drivers, "co2", "energy", "consumption", "fuels", draws=50)
    np.testing.assert_allclose(_at(made["energy"], 2020) / 1e4, 1000, rtol=1e-9)
    np.testing.assert_allclose(_at(made["consumption"], 2020) / 1e5, 150, rtol=1e-9)
    fuels = made["fuels"].along("sector", "year", "draw")
    assert np.count_nonzero(fuels.any(axis=(1, 2))) == 1
    assert np.isfinite(made["co2"].values).all()
    by_hand = (1000 - 150 * 3.0) * (0.47 * 2.61 + 0.20 * 2.12 + 0.09 * 1.63 + 0.24 * 0.98 * (0.88 * 2.61 + 0.12 * 1.63))
    mid = _mid(model, drivers, "co2")["co2"]
    power = 150 * 10 * 0.738 * 0.300 * 2.61
    assert _at(mid, 2020)[0] / 1e4 == pytest.approx(by_hand + power, rel=1e-9)


def test_a_city_with_totals_only_closes_on_its_emissions_too(tmp_path: Path, model: Model) -> None:
    (tmp_path / "drivers.csv").write_text(
        "quantity,members,year,low,mid,high,unit,source,grade,note_zh,note_en\n"
        "closed,whole,,,1,,1,dafeng,derived,,\n"
        "field_energy,whole,,,1000,,万吨标准煤,dafeng,secondary,,\n"
        "field_power,whole,,,150,,亿千瓦时,dafeng,secondary,,\n"
        "anchored,,,,1,,1,dafeng,derived,,\n"
        "co2_published,,,,20,,Mt CO2,dafeng,secondary,,\n",
        encoding="utf-8",
    )
    made = _drawn(model, read_city_drivers(model, tmp_path), "co2", "co2_sector", "co2_power", "co2_heat", draws=50)
    np.testing.assert_allclose(_at(made["co2"], 2020), 20e6, rtol=1e-9)
    parts = made["co2_sector"].values.sum(axis=0, keepdims=True) + made["co2_power"].values + made["co2_heat"].values
    np.testing.assert_allclose(parts, made["co2"].values, rtol=1e-9)


def test_at_the_mix_of_the_province_the_share_of_2020_is_that_of_the_province(
    model: Model, drivers: dict[str, Drivers]
) -> None:
    share = _at(_drawn(model, drivers["qingdao"], "averaged_share")["averaged_share"], 2020)
    low, high = np.quantile(share, [0.05, 0.95])
    assert low < 0.074 < high


def test_the_counting_rules_of_the_non_fossil_share_order_an_exporting_city(model: Model, drivers: dict[str, Drivers]) -> None:
    made = _drawn(model, drivers["yantai"], "produced_share", "consumed_share", "exported", draws=300)
    exported = _at(made["exported"], 2023) > 0
    assert exported.any()
    produced, consumed = (_at(made[name], 2023)[exported] for name in ("produced_share", "consumed_share"))
    assert (produced > consumed).all()


def test_energy_per_product_is_of_the_size_of_the_quota_standards(model: Model, drivers: dict[str, Drivers]) -> None:
    sectors = model.graph.space.axis("sector").members
    found = {
        city: _mid(model, drivers[city], "product_energy")["product_energy"].along("sector", "year")[:, 0] for city in drivers
    }
    # GB 16780-2021 clinker 100-117 kgce/t of fuel, and 60-90 kWh at 0.300 for the whole plant and its grinding.
    assert 0.100 < found["yantai"][sectors.index("cement")] < 0.190
    # GB 21256-2025 blast furnace 361-415 kgce/t, sintering, rolling and electricity above it.
    assert 0.45 < found["qingdao"][sectors.index("steel")] < 0.80
    assert np.isnan(found["qingdao"][sectors.index("tyres")])


def test_other_gases_of_an_unknown_city_are_unknown_not_zero(model: Model, drivers: dict[str, Drivers]) -> None:
    unknown = read_city_drivers(model)
    assert "sink" in {finding.at for finding in unknown.findings}
    gases = _mid(model, unknown, "other_gases")["other_gases"].along("sector", "year")
    sectors = model.graph.space.axis("sector").members
    assert np.isnan(gases[sectors.index("waste"), 0])
    known = _mid(model, drivers["yantai"], "ghg", "co2")
    assert _at(known["ghg"], 2020)[0] == pytest.approx(_at(known["co2"], 2020)[0] + 4.0e6)


@pytest.mark.slow
def test_ten_thousand_draws_of_both_cities_run(model: Model, drivers: dict[str, Drivers]) -> None:
    for city in drivers.values():
        made = _drawn(model, city, "co2", "energy", draws=10_000)
        assert made["co2"].values.shape[-1] == 10_000
        assert np.isfinite(made["co2"].values).all()
