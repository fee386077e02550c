"""The plan's targets as constraints: rows of Yantai's own plan over two invented days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import dafeng as df
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.work.coal_retrofits import choose_retrofits
from dafeng.work.estimates import Operand
from dafeng.work.plan_orders import PlanOrders, order_plan
from dafeng.work.tracing import TraceBook
from dafeng.work.view_number import Frame
from dafeng.work.view_orders import write_orders, write_retrofits
from tests.work.toy_power import power

NAME = Label("已知", "known")
COSTS = """
  - plant: coal
    costs:
      efficiency:
        capex: {value: 0, unit: yuan/kW, source: dafeng-scenarios, grade: assumption, label: {zh: 投资, en: investment}}
        life: {value: 10, unit: year, source: dafeng-scenarios, grade: assumption, label: {zh: 寿命, en: life}}
"""


def find(item: Mapping[str, Any]) -> Operand:
    """Known nuclear units of 5006 MW; the city's energy of two days is 100 000 tce."""
    value, unit, address = (500.6, "万千瓦", "scores/known") if "estimate" in item else (10.0, "万tce", "pathway/energy")
    return Operand(value, value, value, unit, address, "derived", NAME)


@pytest.fixture(scope="module")
def found(root: Path) -> tuple[PlanOrders, TraceBook]:
    city, traces = df.open_city(root / "cities" / "yantai"), TraceBook()
    traces.add(Trace("scores/known", "result", NAME, "500.6", "万千瓦"))
    ordered = order_plan(city, city.read_plan(), power(), find, traces)
    assert ordered is not None
    return ordered, traces


def test_what_may_be_built_is_built_as_ordered(found: tuple[PlanOrders, TraceBook]) -> None:
    free = found[0].cases[0]
    assert (free.id, free.result.feasible) == ("free", True)
    levels = {one.target: free.level(one) for one in free.orders}
    # the plan: 1300, 700 and 1800 万千瓦 of nuclear power, wind and sun, 110 of storage, 58 % ± 1 of capacity
    asked = {"370600-T04": 1300, "370600-T06": 700, "370600-T09": 1800, "370600-T14": 110}
    assert all((levels[name] or 0) >= value - 1e-3 for name, value in asked.items())
    assert (levels["370600-T02"] or 0) >= 0.57 - 1e-9
    assert all((free.price(one) or 0.0) >= 0.0 for one in free.orders)


def test_only_targets_of_the_year_that_the_model_can_hold_are_rows(found: tuple[PlanOrders, TraceBook]) -> None:
    asked = {one.target for one in found[0].cases[0].orders}
    assert asked == {"370600-T02", "370600-T03", "370600-T04", "370600-T06", "370600-T09", "370600-T14", None}


def test_known_units_clash_with_the_clause_in_its_own_words(found: tuple[PlanOrders, TraceBook]) -> None:
    ordered, traces = found
    known = ordered.cases[1]
    assert (known.result.feasible, known.result.dropped) == (False, ("370600-T04",))
    finding = next(one for one in ordered.findings if one.rule == "power.orders_clash")
    assert (finding.at, "1,300 万千瓦" in finding.says.zh, "799.4 万千瓦" in finding.says.zh) == (
        "targets/370600-T04",
        True,
        True,
    )
    assert traces.get("orders/known.cost").unit == "亿元"
    assert known.price(next(one for one in known.orders if one.target == "370600-T04")) is None


def test_a_price_is_what_one_more_unit_costs(found: tuple[PlanOrders, TraceBook]) -> None:
    # the dual is a slope: a dearer city with one more unit can be no cheaper than it says
    ordered, _ = found
    free = ordered.cases[0]
    nuclear = next(one for one in free.orders if one.target == "370600-T04")
    assert free.price(nuclear) == pytest.approx(free.result.prices["370600-T04"] / 1e4)
    assert free.result.prices["370600-T04"] > 0


def test_the_view_shows_price_level_and_clash(found: tuple[PlanOrders, TraceBook]) -> None:
    shown = write_orders(found[0], Frame("", found[1]))
    assert shown is not None
    row = next(one for one in shown["cases"][1]["rows"] if one["target"] == "370600-T04")
    assert (row["dropped"], row["price"], row["asked"]["value"]) == (True, None, 1300)
    assert len(shown["cases"][1]["clashes"][0]) == 2
    assert write_orders(None, Frame("", found[1])) is None


def test_without_costs_no_retrofit_is_chosen(root: Path) -> None:
    chosen, findings = choose_retrofits(df.open_city(root / "cities" / "yantai"), power(), TraceBook())
    assert (chosen, [one.at for one in findings]) == ((), ["retrofit.efficiency", "retrofit.heat", "retrofit.flexibility"])


def test_a_free_retrofit_that_saves_coal_is_chosen(city_copy: Callable[[str], Path]) -> None:
    folder, traces = city_copy("yantai"), TraceBook()
    path = folder / "data" / "power.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("\n  - {plant: coal}\n", COSTS), encoding="utf-8")
    chosen, findings = choose_retrofits(df.open_city(folder), power(), traces)
    # both efficiencies are the plan's 0.4166: nothing is saved and nothing is lost
    assert sum(chosen[0].chosen.sizes.values()) == pytest.approx(10410)
    assert chosen[0].chosen.saved == pytest.approx(0, abs=1)
    assert [one.at for one in findings] == ["retrofit.heat", "retrofit.flexibility"]
    shown = write_retrofits(chosen, 2030, Frame("", traces))
    assert {one["label"]["en"] for one in shown[0]["choices"]} == {
        "coal units: no retrofit",
        "coal units: retrofit for efficiency",
    }
