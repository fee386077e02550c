"""Futures of a small city: totals on paper, shared draws, what is unknown, what the hourly model changes."""

from __future__ import annotations

from dataclasses import replace
from inspect import signature

import numpy as np
import pytest

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.pathways.model.city import read_city_model, read_city_tables, read_scenario_names
from dafeng.pathways.model.drivers import Row
from dafeng.pathways.model_error import sum_variance
from dafeng.work.chance_traces import repeat_chance
from dafeng.work.city import open_city
from dafeng.work.futures import DRAWS, Outset, make_futures, run_middle
from dafeng.work.influences import find_influences
from dafeng.work.measure import measure
from dafeng.work.measures import measures as compare
from dafeng.work.outset import begin, read_goals
from dafeng.work.project_findings import find_misfit
from dafeng.work.project_traces import trace_futures
from dafeng.work.scores import Scores
from dafeng.work.tracing import TraceBook

SCENARIOS = ("baseline", "plan", "feasible", "deep")
RECORD = tuple((2010 + year, 20.0 + (year % 3)) for year in range(10))


def _row(quantity: str, mid: float, unit: str, *members: str, low: float | None = None, high: float | None = None) -> Row:
    return Row(quantity, frozenset(members), None, low, mid, high, unit, "dafeng", "secondary")


ROWS = (
    _row("closed", 1.0, "1", "whole"),
    _row("field_energy", 1000.0, "万吨标准煤", "whole"),
    _row("field_power", 150.0, "亿千瓦时", "whole"),
    _row("output_start", 3000.0, "亿元"),
)
ANCHOR = (_row("anchored", 1.0, "1"), _row("co2_published", 20.0, "Mt CO2", low=19.0, high=21.0))


def _outset(*rows: Row) -> Outset:
    tables = read_city_tables()
    return Outset(read_city_model(), replace(tables, drivers=(*tables.drivers, rows)), {}, read_scenario_names(), RECORD)


@pytest.fixture(scope="module")
def futures():
    return make_futures(_outset(*ROWS, *ANCHOR), main="plan", draws=400)


@pytest.fixture(scope="module")
def influences():
    """With twice the draws: shares of a variance from few draws are too large."""
    return find_influences(make_futures(_outset(*ROWS, *ANCHOR), main="plan", draws=800), "plan", TraceBook())


def test_totals_of_the_base_year_are_those_given(futures):
    plan = futures.paths["plan"]
    assert plan.at("energy", 2020) == pytest.approx(np.full(400, 1000.0))
    assert plan.at("consumption", 2020) == pytest.approx(np.full(400, 150.0))
    assert np.median(plan.at("co2", 2020)) == pytest.approx(20.0, rel=0.02)


def test_parts_add_up_to_the_mean_of_the_city(futures):
    plan = futures.paths["plan"]
    assert sum(part.values for part in plan.parts) == pytest.approx(plan.drivers_co2.mean(axis=0), rel=1e-9)


def test_scenarios_share_their_draws(futures):
    base, deep = futures.paths["baseline"], futures.paths["deep"]
    assert base.at("output", 2045) == pytest.approx(deep.at("output", 2045), rel=1e-12)


def test_every_scenario_has_all_draws_whichever_answers(futures):
    assert {name: path.co2.shape for name, path in futures.paths.items()} == dict.fromkeys(SCENARIOS, (400, 41))
    other = make_futures(_outset(*ROWS, *ANCHOR), main="baseline", draws=400)
    assert {name: path.peak for name, path in other.paths.items()} == {name: path.peak for name, path in futures.paths.items()}


def test_more_than_a_thousand_draws_are_those_of_every_scenario():
    paths = make_futures(_outset(*ROWS), main="plan", draws=1200).paths
    assert {len(path.co2) for path in paths.values()} == {1200}


def test_scenarios_share_the_errors_of_the_model(futures):
    errors = [path.errors for path in futures.paths.values()]
    assert all(np.array_equal(one[total], errors[0][total]) for one in errors for total in ("co2", "energy"))


def test_the_median_path_stays_that_of_the_drivers(futures):
    assert np.median(futures.paths["plan"].errors["co2"], axis=0) == pytest.approx(np.ones(41), abs=1e-3)
    for path in futures.paths.values():
        assert np.median(path.co2, axis=0)[:16] == pytest.approx(np.median(path.drivers_co2, axis=0)[:16], rel=0.03)


def test_measures_are_told_against_the_trend_of_the_pathways():
    city = open_city("cities/yantai")
    outset, _ = begin(city, measure(city), read_goals(city.read_plan(), city, TraceBook()))
    trend = make_futures(outset, main="plan", draws=100).paths["baseline"].peak
    found = compare(city, draws=10, orders=1, peak_draws=100).found
    assert found is not None
    assert found.base.shares == trend.shares
    assert found.base.level_mt_p50 == pytest.approx(trend.level_mt_p50, rel=1e-9)
    assert signature(compare).parameters["peak_draws"].default == DRAWS


def test_a_second_run_gives_the_same_bits(futures):
    again = make_futures(_outset(*ROWS, *ANCHOR), main="plan", draws=400)
    assert all(np.array_equal(again.paths[name].co2, path.co2) for name, path in futures.paths.items())


def test_the_record_adds_what_it_scatters_beyond_the_base_year(futures):
    own = float(np.std(np.log(make_futures(_outset(*ROWS, *ANCHOR), main="plan", draws=400).paths["plan"].at("co2", 2020))))
    assert own == pytest.approx(futures.residual.level, rel=0.1)


def test_a_city_that_closes_on_energy_takes_no_scatter_of_an_emission_series():
    assert make_futures(_outset(*ROWS), main="plan", draws=50).added == 0.0


def test_a_city_without_a_list_of_plants_has_no_clean_share_of_them(futures):
    assert "clean_capacity_share" not in futures.paths["plan"].views
    assert "co2" in futures.paths["plan"].views


def test_a_city_of_which_nothing_is_known_has_no_path():
    assert make_futures(_outset(), main="plan", draws=50).paths == {}
    assert run_middle(_outset(), "plan", "co2") == {}


def test_a_row_of_the_hourly_model_stands_above_all_others():
    outset = _outset(*ROWS)
    share = Row("burner_share", frozenset({"public_coal"}), 2020, None, 0.3, None, "1", "dafeng", "estimated")
    rows = (share, *(replace(share, year=year) for year in (2030, 2045, 2060)))
    without, fed = (run_middle(outset, "plan", "co2_power", above=above)["co2_power"].along("year")[10] for above in ((), rows))
    assert fed == pytest.approx(without * 0.3 / 0.62, rel=1e-9)


def test_every_input_of_a_path_leads_to_a_row_with_source_and_grade(futures):
    traces = TraceBook()
    trace_futures(futures, (), traces)
    group = traces.get(traces.get(traces.get("pathway/plan.co2.2030").inputs[0]).inputs[0])
    rows = [traces.get(address) for address in group.inputs]
    assert rows
    assert all(row.source and row.grade for row in rows)
    known = {trace.address for trace in traces}
    assert [one for trace in traces for one in trace.inputs if one not in known] == []


@pytest.mark.parametrize("part", ["peak", "drivers_peak", "observed"])
def test_a_probability_is_the_share_of_draws_that_it_says(futures, part):
    traces = TraceBook()
    trace_futures(futures, (), traces)
    told, draws, early = (traces.get(f"pathway/plan.{part}.{at}") for at in ("before", "draws", "early"))
    assert (draws.value, told.unit, told.expression) == ("400" if part == "drivers_peak" else "3200", "%", "early / draws")
    assert float(told.value) == pytest.approx(100 * int(early.value) / int(draws.value), abs=1e-9)
    assert f"<mn>{early.value}</mn>" in told.typeset
    assert {early.address, draws.address, "pathway/seed", "pathway/plan.co2"} <= set(told.inputs)


def test_a_probability_rests_on_drivers_and_past_misses_and_on_no_quantile(futures):
    traces = TraceBook()
    trace_futures(futures, (), traces)
    waiting, found = ["pathway/plan.peak.before"], set()
    while waiting:
        found.add(here := waiting.pop())
        waiting.extend(one for one in traces.get(here).inputs if one not in found)
    assert "pathway/plan.peak" not in found
    assert {"pathway/plan.peak.least", "pathway/plan.peak.most", "pathway/error.co2", "pathway/seed"} <= found
    assert any(one.startswith("hindcast/co2.") for one in found)
    ends = [traces.get(one) for one in found if not traces.get(one).inputs]
    assert [one.address for one in ends if not one.source] == []


def test_an_answer_repeats_the_derivation_of_its_scenario(futures):
    traces = TraceBook()
    trace_futures(futures, (), traces)
    said = Label("概率", "probability")
    of = traces.get("pathway/plan.peak.before")
    answer = traces.get(repeat_chance(of.address, "answers/peak", said, 0.5, traces))
    assert replace(answer, address=of.address, says=of.says) == of


def test_a_row_that_came_from_an_indicator_leads_to_it():
    traces = TraceBook([Trace("scores/gdp.2020", "indicator", read_city_model().members["cement"])])
    rows = (*ROWS[:3], replace(ROWS[3], at="scores/gdp.2020"))
    trace_futures(make_futures(_outset(*rows), main="plan", draws=50), (), traces)
    assert traces.get("drivers/output_start.all").inputs == ("scores/gdp.2020",)


def test_the_common_error_of_elasticities_moves_a_city_more_than_its_share_of_land(influences):
    found = influences
    strong = {one.quantity: one for one in found.drivers}
    assert strong["common_elasticity"].emitted > 1.0
    assert strong["common_saving"].emitted < -1.0
    assert all(one.address.startswith("influences/") for one in found.drivers)


def test_the_strongest_shares_of_the_variance_add_up_to_about_one(influences):
    found = influences
    strongest = sorted((one.emitted_alone for one in found.drivers), reverse=True)[:10]
    assert 0.6 < sum(strongest) + found.split["emitted"].other < 1.2
    assert {one.driver for one in found.exchanged["emitted"]} >= {"rest", "error"}


def test_a_tenth_more_of_a_value_without_interval_moves_what_arithmetic_says(influences):
    found = influences
    fixed = {one.quantity: one for one in found.fixed}
    assert "burner_rate" in fixed or "heat_coal" in fixed


def test_electricity_that_needs_more_energy_than_there_is_is_a_misfit() -> None:
    """150 亿kWh at 0.3 kgce/kWh are 450 万tce: more than 60 % of 500, less than 60 % of 1000."""
    city, found = open_city("cities/yantai"), {}
    for energy in (500.0, 1000.0):
        rows = (ROWS[0], _row("field_energy", energy, "万吨标准煤", "whole"), *ROWS[2:])
        made = make_futures(_outset(*rows), main="plan", draws=50)
        found[energy] = [one.at for one in find_misfit(city, Scores("370600", (), TraceBook()), made, "plan")]
    assert found == {500.0: ["pathway/plan.consumption.2020"], 1000.0: []}


def test_the_error_of_the_model_is_a_share_of_its_own(futures, influences) -> None:
    plan, split = futures.paths["plan"], influences.split["emitted"]
    assert split.one + split.other + split.together == pytest.approx(1.0, abs=0.15)
    assert split.other > split.one
    assert plan.drivers_peak.probability_before_2030 != plan.peak.probability_before_2030
    assert plan.chances[0] <= plan.peak.probability_before_2030 <= plan.chances[1]


def test_drivers_and_error_together_spread_as_wide_as_past_forecasts_missed(futures) -> None:
    """Mean square of the misses: 0.037 over four of five years, 0.041 over three of nine (docs/hindcast.md)."""
    path = np.log(futures.paths["plan"].co2)
    error, spread = futures.errors["co2"], {ahead: float(np.var(path[:, ahead] - path[:, 0])) for ahead in (5, 9)}
    parts = [(one.size**2 - error.own[one.ahead]) / sum_variance(error.memory, one.ahead) for one in error.misses]
    assert error.size**2 == pytest.approx(np.mean(parts))
    assert np.mean(list(spread.values())) == pytest.approx(np.mean([one.size**2 for one in error.misses]), rel=0.35)
