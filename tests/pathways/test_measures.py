"""Measures as levers with cost: the shipped table, and a toy city whose abatement is computed on paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.library.sources import read_sources
from dafeng.pathways.abatement import cheapest_next, compare_measures
from dafeng.pathways.abatement_runs import ROWS, Board
from dafeng.pathways.abatement_shares import Abatement, Terms
from dafeng.pathways.annual_cost import annuity
from dafeng.pathways.measures import PAYERS, Amount, Measure, cost_model, read_measures, read_priced_drivers
from dafeng.pathways.model.axes import YEAR, Axis, Space
from dafeng.pathways.model.city import read_city_model
from dafeng.pathways.model.levers import Effect, Lever
from dafeng.pathways.model.quantity import Graph, Quantity, make_graph
from dafeng.pathways.model.tables import GRADES

CITIES = Path(__file__).resolve().parents[2] / "cities"
RATE = Amount("rate", 0.05, 0.05, 0.05, "1", "dafeng", "assumption")


def amount(name: str, mid: float, unit: str = "1", *, low: float | None = None, high: float | None = None) -> Amount:
    return Amount(name, mid if low is None else low, mid, mid if high is None else high, unit, "dafeng", "assumption")


def quantity(name: str, unit: str, expression: str | None = None, axes: frozenset[str] = frozenset()) -> Quantity:
    from dafeng.formula import parse
    from dafeng.pathways.model.calls import CALLS

    made = None if expression is None else parse(expression, kernels=CALLS, where=name)
    return Quantity(name, Label(name, name), unit, made, axes)


def toy_graph() -> Graph:
    """Coal burned = need × (1 - saved); CO2 = coal × carbon × (1 - caught). All bills are the households'."""
    years = frozenset({YEAR})
    space = Space((Axis(YEAR, ("2020", "2021", "2022"), Label("年", "year")),))
    return make_graph(
        space,
        [
            quantity("need", "tce", axes=years),
            quantity("saved", "1", axes=years),
            quantity("caught", "1", axes=years),
            quantity("carbon", "tCO2/tce"),
            quantity("coal_price", "CNY/tce"),
            quantity("coal", "tce", "need * (1 - saved)"),
            quantity("co2", "tCO2", "coal * carbon * (1 - caught)"),
            quantity("co2_consumed", "tCO2", "co2 * 1"),
            quantity("supplied_co2", "tCO2", "co2 * 1"),
            quantity("energy_bill", "CNY", "coal * coal_price"),
            quantity("household_bill", "CNY", "energy_bill * 1"),
            quantity("city_bill", "CNY", "energy_bill * 0"),
        ],
    )


def toy_values(graph: Graph) -> dict[str, np.ndarray]:
    given = {"need": 1000.0, "saved": 0.0, "caught": 0.0, "carbon": 2.5, "coal_price": 800.0}
    return {name: np.full(graph.space.shape(graph.quantities[name].axes), value) for name, value in given.items()}


def toy_measure(name: str, acts_on: str, share: float, **amounts: Amount) -> Measure:
    lever = Lever(name, Label(name, name), (Effect(acts_on, "add", frozenset(), share, share, share),), 2020, 2021)
    return Measure(lever, "industry", amounts)


def toy_measures() -> list[Measure]:
    """Saving a fifth of 1000 tce for 200 000 CNY over 10 years; catching half of the CO2: 500 × 2 000 CNY, 20 CNY/a each."""
    saving = toy_measure(
        "saving",
        "saved",
        0.2,
        size=amount("size", 200, "tce"),
        investment=amount("investment", 1000, "CNY/tce"),
        lifetime=amount("lifetime", 10, "a"),
        household_share=amount("household_share", 0.5),
    )
    catching = toy_measure(
        "catching",
        "caught",
        0.5,
        size=amount("size", 500, "tCO2"),
        investment=amount("investment", 2000, "CNY/tCO2"),
        running=amount("running", 20, "CNY/tCO2"),
        lifetime=amount("lifetime", 20, "a"),
        city_share=amount("city_share", 1.0),
    )
    return [saving, catching]


def toy(measures: list[Measure], **more: object) -> Abatement:
    graph = toy_graph()
    found = compare_measures(graph, toy_values(graph), measures, Terms(RATE, (2021,), draws=20, peak_draws=20, **more))  # type: ignore[arg-type]
    assert found is not None
    return found


ANNUITY_10 = 0.05 / (1 - 1.05**-10)
ANNUITY_20 = 0.05 / (1 - 1.05**-20)


def test_a_toy_city_has_the_abatement_of_the_paper() -> None:
    """Baseline 2500 t. Alone: saving 500 t, catching 1250 t. Both: 2500 - 800 × 2.5 × 0.5 = 1500 t avoided. In either order the
    second adds 250 t less than alone, so that the means are 375 t and 1125 t."""
    found = {share.measure: share for share in toy(toy_measures()).curve(2021).shares}
    saving, catching = found["saving"], found["catching"]
    assert [saving.alone["local"], saving.last["local"]] == pytest.approx([500, 250])
    assert [catching.alone["local"], catching.last["local"]] == pytest.approx([1250, 1000])
    assert [saving.avoided["local"].mid, catching.avoided["local"].mid] == pytest.approx([375, 1125])
    assert saving.outlay is not None
    assert catching.outlay is not None
    assert saving.outlay.mid == pytest.approx(200 * 1000 * ANNUITY_10)
    assert catching.outlay.mid == pytest.approx(500 * (2000 * ANNUITY_20 + 20))
    assert saving.saving.mid == pytest.approx(-200 * 800)
    assert saving.price["local"].mid == pytest.approx((200_000 * ANNUITY_10 - 160_000) / 375)
    assert catching.price["local"].mid == pytest.approx(500 * (2000 * ANNUITY_20 + 20) / 1125)


def test_who_pays_in_the_toy_city() -> None:
    found = {share.measure: share for share in toy(toy_measures()).curve(2021).shares}
    half = 100_000 * ANNUITY_10
    assert found["saving"].paid == pytest.approx({"city": 0.0, "enterprise": half, "household": half - 160_000})
    assert found["catching"].paid == pytest.approx(
        {"city": 500 * (2000 * ANNUITY_20 + 20), "enterprise": 0.0, "household": 0.0}
    )


def test_the_cheapest_next_measure_of_the_toy_city() -> None:
    """Saving earns money and comes first with its 500 t; catching then adds 1000 t."""
    steps = toy(toy_measures()).curve(2021).orders["local"]
    assert [step.measure for step in steps] == ["saving", "catching"]
    assert [step.avoided for step in steps] == pytest.approx([500, 1000])
    assert steps[0].price == pytest.approx((200_000 * ANNUITY_10 - 160_000) / 500)
    assert steps[1].price == pytest.approx(500 * (2000 * ANNUITY_20 + 20) / 1000)


def test_what_an_investment_pays_for_can_be_a_change_of_the_model() -> None:
    """Saving with the same investment per tonne of coal not burned: 200 tce alone, also where another measure is done."""
    from dataclasses import replace

    from dafeng.pathways.measures import Bought

    saving, catching = toy_measures()
    changed = replace(saving, bought=Bought("coal", frozenset()), amounts={**saving.amounts})
    found = {share.measure: share for share in toy([changed, catching]).curve(2021).shares}
    assert found["saving"].outlay is not None
    assert found["saving"].outlay.mid == pytest.approx(200 * 1000 * ANNUITY_10)


def test_the_order_of_measures_changes_nothing() -> None:
    one, other = toy(toy_measures()), toy(toy_measures()[::-1])
    for first in one.curve(2021).shares:
        second = next(share for share in other.curve(2021).shares if share.measure == first.measure)
        assert first == second
    assert one.curve(2021).orders == other.curve(2021).orders


def test_a_measure_of_no_size_changes_nothing() -> None:
    nothing = toy_measure("idle", "saved", 0.0, size=amount("size", 0, "tce"), investment=amount("investment", 9, "CNY/tce"),
                          lifetime=amount("lifetime", 10, "a"))  # fmt: skip
    found = toy([*toy_measures(), nothing]).curve(2021)
    idle = next(share for share in found.shares if share.measure == "idle")
    assert idle.avoided["local"].mid == 0.0
    assert idle.cost is not None
    assert idle.cost.mid == 0.0
    assert idle.price == {}
    assert {share.measure: share.avoided["local"].mid for share in found.shares if share is not idle} == pytest.approx(
        {"saving": 375, "catching": 1125}
    )


def test_a_measure_without_a_sourced_cost_keeps_its_effect_and_has_no_price() -> None:
    saving, catching = toy_measures()
    from dataclasses import replace

    unknown = replace(catching, amounts={name: one for name, one in catching.amounts.items() if name != "investment"})
    found = {share.measure: share for share in toy([saving, unknown]).curve(2021).shares}
    assert found["catching"].avoided["local"].mid == pytest.approx(1125)
    assert found["catching"].cost is None
    assert found["catching"].paid == {}


def test_cost_rises_with_what_is_invested() -> None:
    from dataclasses import replace

    costs = []
    for price in (500.0, 1000.0, 2000.0):
        saving, catching = toy_measures()
        dearer = replace(saving, amounts={**saving.amounts, "investment": amount("investment", price, "CNY/tce")})
        share = toy([dearer, catching]).curve(2021).shares[0]
        assert share.cost is not None
        costs.append(share.cost.mid)
    assert costs == sorted(costs)
    assert costs[0] < costs[-1]


@pytest.mark.parametrize(("rate", "life"), [(0.06, 25.0), (0.0, 10.0), (0.08, 1.0)])
def test_an_annuity_is_worth_its_investment(rate: float, life: float) -> None:
    worth = sum(float(annuity(np.array(rate), np.array(life))) / (1 + rate) ** year for year in range(1, int(life) + 1))
    assert worth == pytest.approx(1.0)


def test_measures_that_save_money_stand_by_the_money_they_save() -> None:
    """A tiny gain of 10 CNY on 1 t is -10 CNY/t, a large one of 1000 on 500 t only -2: the large one comes first."""
    amounts = {"tiny": (10.0, -10.0), "large": (500.0, -1000.0), "dear": (100.0, 5000.0)}
    outlays = {name: np.array([cost]) for name, (_, cost) in amounts.items()}

    def effect(done: frozenset[str]) -> np.ndarray:
        found = np.zeros((len(ROWS), 1))
        found[ROWS.index("local"), 0] = sum(amounts[name][0] for name in done)
        return found

    steps = cheapest_next(effect, outlays, 0, ROWS.index("local"))
    assert [step.measure for step in steps] == ["large", "tiny", "dear"]


@pytest.fixture(scope="module")
def compared() -> Abatement:
    model = cost_model(read_city_model())
    folder = CITIES / "yantai" / "data"
    known = read_measures(model.graph, folder)
    found = compare_measures(
        model.graph,
        read_priced_drivers(model, folder).values,
        known.measures,
        Terms(known.rate, draws=20, orders=3, peak_draws=20),
    )
    assert found is not None
    return found


@pytest.mark.parametrize("scope", ["local", "consumed", "grid"])
def test_contributions_and_steps_add_up_to_the_joint_effect(compared: Abatement, scope: str) -> None:
    for curve in compared.curves:
        whole = curve.together[scope].mid
        assert sum(share.avoided[scope].mid for share in curve.shares) == pytest.approx(whole, rel=1e-9)
        for steps in (curve.orders[scope],) if scope in curve.orders else ():
            assert sum(step.avoided for step in steps) == pytest.approx(whole, rel=1e-9)


def test_payers_pay_what_a_measure_costs(compared: Abatement) -> None:
    priced = [share for curve in compared.curves for share in curve.shares if share.cost is not None]
    assert len(priced) > 30
    for share in priced:
        assert share.cost is not None
        assert share.outlay is not None
        assert sum(share.paid.values()) == pytest.approx(share.cost.mid, rel=1e-9, abs=1e-3)
        assert share.cost.mid == pytest.approx(share.outlay.mid + share.saving.mid, rel=1e-9, abs=1e-3)


def test_sampled_contributions_are_near_the_mean_of_first_and_last(compared: Abatement) -> None:
    """Where measures act on one another in pairs only, the mean over all orders is the mean of first and last."""
    for share in compared.curve(2030).shares:
        half = (share.alone["local"] + share.last["local"]) / 2
        assert share.avoided["local"].mid == pytest.approx(half, abs=4e5)


def test_measures_of_a_city_interact(compared: Abatement) -> None:
    """The line out of Yantai is full: wind avoids more once others have freed it."""
    wind = next(share for share in compared.curve(2030).shares if share.measure == "wind_onshore_added")
    assert wind.last["local"] > 2 * wind.alone["local"]


@pytest.mark.parametrize("city", ["yantai", "qingdao"])
def test_every_figure_of_a_measure_has_source_and_grade(city: str) -> None:
    model = cost_model(read_city_model())
    folder = CITIES / city / "data"
    known = read_measures(model.graph, folder)
    sources = read_sources(folder)
    assert len(known.measures) >= 25
    for measure in known.measures:
        assert sum(measure.share(payer) for payer in PAYERS) == pytest.approx(1.0)
        for one in measure.amounts.values():
            assert one.source in sources
            assert one.grade in GRADES
            assert one.low <= one.mid <= one.high


def test_investments_agree_with_the_technologies_of_the_hourly_model() -> None:
    from dafeng.energy.technologies import read_technologies

    model = cost_model(read_city_model())
    known = {one.id: one for one in read_measures(model.graph, CITIES / "yantai" / "data").measures}
    table = read_technologies()
    pairs = {
        "wind_onshore_added": "onshore_wind",
        "wind_offshore_added": "offshore_wind",
        "pv_ground_added": "pv",
        "pv_roof_added": "rooftop_pv",
        "nuclear_added": "nuclear",
    }
    for name, technology in pairs.items():
        investment = known[name].amounts["investment"]
        assert investment.low <= table[technology].value("capex") <= investment.high


def test_a_city_without_sizes_leaves_out_what_it_does_not_know() -> None:
    model = cost_model(read_city_model())
    known = read_measures(model.graph)
    assert {"wind_onshore_added", "nuclear_heating"} <= {finding.at for finding in known.findings}
    assert "motors" in {measure.id for measure in known.measures}


def test_a_figure_of_an_unknown_measure_is_refused(tmp_path: Path) -> None:
    (tmp_path / "measures.csv").write_text(
        "measure,parameter,low,mid,high,unit,source,grade,note_zh,note_en\nsunshine,size,,1,,MW,dafeng,assumption,,\n",
        encoding="utf-8",
    )
    with pytest.raises(DefinitionError, match="sunshine"):
        read_measures(cost_model(read_city_model()).graph, tmp_path)


def test_a_figure_from_memory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "measures.csv").write_text(
        "measure,parameter,low,mid,high,unit,source,grade,note_zh,note_en\nmotors,effect,,0.1,,1,dafeng,memory,,\n",
        encoding="utf-8",
    )
    with pytest.raises(DefinitionError, match="memory"):
        read_measures(cost_model(read_city_model()).graph, tmp_path)


def test_shifts_of_two_measures_take_no_more_than_there_is() -> None:
    """Each moves 80 % of what burns coal; together they move all of it, once."""
    years = frozenset({YEAR})
    carriers = Axis("carrier", ("coal_part", "power_part"), Label("品种", "carrier"))
    space = Space((carriers, Axis(YEAR, ("2020", "2021"), Label("年", "year"))))
    rows = {name: quantity(name, "tCO2", "total(mix * weight, carrier)") for name in ("co2", "co2_consumed", "supplied_co2")}
    bills = {
        name: quantity(name, "CNY", "total(mix * price, carrier)") for name in ("energy_bill", "household_bill", "city_bill")
    }
    graph = make_graph(
        space,
        [
            quantity("mix", "1", axes=frozenset({"carrier", YEAR})),
            quantity("weight", "tCO2", axes=frozenset({"carrier"})),
            quantity("price", "CNY", axes=frozenset({"carrier"})),
            *rows.values(),
            *bills.values(),
        ],
    )
    assert years
    mix = np.zeros(space.shape(frozenset({"carrier", YEAR})))
    mix[0] = 1.0
    weight = np.array([100.0, 10.0]).reshape(space.shape(frozenset({"carrier"})))
    values = {"mix": mix, "weight": weight, "price": weight * 0}
    made = [
        Measure(
            Lever(
                name,
                Label(name, name),
                (Effect("mix", "shift", frozenset({"coal_part"}), 0.8, 0.8, 0.8, "power_part"),),
                2020,
                2021,
            ),
            "heat",
            {},
        )
        for name in ("first", "second")
    ]
    board = Board(graph, values, made, (2021,))
    row = ROWS.index("local")
    assert board.effect(frozenset({"first"}))[row, 0] == pytest.approx(0.8 * 90)
    assert board.effect(frozenset({"first", "second"}))[row, 0] == pytest.approx(90)
