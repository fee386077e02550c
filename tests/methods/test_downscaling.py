"""A city's balance from its province's: shares, intervals, calibration, by hand."""

from __future__ import annotations

from decimal import Decimal

from dafeng.core.labels import Label
from dafeng.methods.downscaling import (
    Downscaling,
    Driver,
    Group,
    ProvinceCell,
    estimate_balance,
    read_downscaling,
    total_energy,
)

SERVICES = Group(
    "services", Label("服务业", "services"), ("final.trade", "final.other"), (), (), ("value", "people"), "energy", "power"
)
POWER = Group("power", Label("火电", "power"), ("transformation.thermal_power",), (), (), ("generation",), None, None)
RULE = Downscaling(Label("规则", "rule"), "dafeng", 5, Decimal("0.01"), (SERVICES, POWER))
PROVINCE = [
    ProvinceCell("final.trade", "raw_coal", Decimal(100), "万吨", Decimal(70)),
    ProvinceCell("final.other", "raw_coal", Decimal(40), "万吨", Decimal(30)),
    ProvinceCell("final.trade", "electricity", Decimal(50), "亿千瓦时", Decimal(60)),
    ProvinceCell("transformation.thermal_power", "raw_coal", Decimal(-500), "万吨", None),
]


def driver(name: str, share: str, city: int = 2020, province: int = 2020) -> Driver:
    return Driver(name, Label(name, name), Decimal(share), city, province, ())


def cells(published: dict[str, Decimal], **drivers: Driver) -> dict[tuple[str, str], tuple[Decimal, Decimal, Decimal]]:
    found = estimate_balance(PROVINCE, RULE, year=2020, province_year=2020, drivers=drivers, published=published)
    return {(c.flow, c.carrier): (c.value, c.low, c.high) for c in found.cells}


def test_the_best_driver_gives_the_middle_and_all_span_the_interval() -> None:
    found = cells({}, value=driver("value", "0.1"), people=driver("people", "0.2"))
    assert found["final.trade", "raw_coal"] == (10, 10, 20)


def test_each_year_of_distance_widens_the_interval() -> None:
    found = cells({}, value=driver("value", "0.1", 2020, 2023))
    assert found["final.trade", "raw_coal"] == (10, Decimal("9.7"), Decimal("10.3"))


def test_published_electricity_and_energy_are_met() -> None:
    published = {"power": Decimal(8), "energy": Decimal("29.6")}
    found = cells(published, value=driver("value", "0.1"), people=driver("people", "0.2"))
    assert found["final.trade", "electricity"] == (8, 8, 8)
    assert found["final.trade", "raw_coal"][0] + found["final.other", "raw_coal"][0] == 14 * Decimal(2)


def test_the_energy_of_the_estimate_is_the_published_one() -> None:
    drivers = {"value": driver("value", "0.1")}
    published = {"power": Decimal(8), "energy": Decimal("29.6")}
    found = estimate_balance(PROVINCE, RULE, year=2020, province_year=2020, drivers=drivers, published=published)
    assert total_energy(found.cells, RULE) == Decimal("29.6")
    assert [f.rule for f in found.findings if f.rule == "downscaling.calibrated"] == ["downscaling.calibrated"] * 2


def test_what_has_no_driver_is_not_estimated_and_said() -> None:
    found = estimate_balance(PROVINCE, RULE, year=2020, province_year=2020, drivers={}, published={})
    assert (found.cells, [f.at for f in found.findings]) == ((), ["services", "power"])


def test_an_input_stays_negative_with_its_interval_in_order() -> None:
    found = cells({}, generation=driver("generation", "0.1", 2020, 2021))
    assert found["transformation.thermal_power", "raw_coal"] == (-50, Decimal("-50.5"), Decimal("-49.5"))


def test_energy_below_its_electricity_is_a_contradiction() -> None:
    drivers = {"value": driver("value", "0.1")}
    published = {"power": Decimal(8), "energy": Decimal(5)}
    found = estimate_balance(PROVINCE, RULE, year=2020, province_year=2020, drivers=drivers, published=published)
    assert "downscaling.contradiction" in [f.rule for f in found.findings]


def test_the_shipped_definition_is_read() -> None:
    assert [group.id for group in read_downscaling().groups][:2] == ["agriculture", "industry"]
