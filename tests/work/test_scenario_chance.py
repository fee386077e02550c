"""Chance of a peak of a choice: the same as that of the projection, moved by what is moved."""

from __future__ import annotations

import numpy as np
import pytest

import dafeng as df
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.pathways.model.run import run_tape
from dafeng.pathways.model.sampling import make_ranks
from dafeng.pathways.model.tape import compile_graph
from dafeng.work import scenario_chance
from dafeng.work.error_draws import SEED
from dafeng.work.future import EMISSIONS
from dafeng.work.futures import make_futures, run_middle
from dafeng.work.measure import measure
from dafeng.work.outset import begin, read_goals
from dafeng.work.scenario_chance import find_chance
from dafeng.work.scenario_choice import make_choice
from dafeng.work.scenario_live import open_scenarios
from dafeng.work.scenario_save import save_scenario
from dafeng.work.tracing import TraceBook


@pytest.fixture(scope="module")
def city():
    """Qingdao, which has drivers of its own."""
    return df.open_city("cities/qingdao")


@pytest.fixture(scope="module")
def live(city):
    """Its scenarios at hand."""
    return open_scenarios(city)


@pytest.mark.slow
def test_the_builder_tells_the_chance_of_the_projection(city, live) -> None:
    """The same seeds and bands: with as many draws, the same paths but for the error, which is sized by fewer draws."""
    outset, _ = begin(city, measure(city), read_goals(city.read_plan(), city, TraceBook()))
    projected = make_futures(outset, main="plan", draws=400).paths["plan"]
    told = find_chance(live, make_choice(live.panel, scenarios=["plan"]))
    assert told.drivers == projected.drivers_peak.probability_before_2030
    assert told.before == pytest.approx(projected.peak.probability_before_2030, abs=0.02)
    assert told.least <= told.before <= told.most <= told.drivers
    assert np.all(projected.drivers_co2 > 0)
    assert live.errors[EMISSIONS].size > 0


def test_the_same_choice_is_drawn_once(live, monkeypatch) -> None:
    plan, faster = (make_choice(live.panel, scenarios=["plan"], sets=sets) for sets in ((), ("output_growth/2030=0.07",)))
    told, drawn = find_chance(live, plan), []
    monkeypatch.setattr(scenario_chance, "_draw", lambda *given: drawn.append(given) or pytest.fail("drawn again"))
    assert find_chance(live, plan) == told
    with pytest.raises(pytest.fail.Exception):
        find_chance(live, faster)
    with pytest.raises(pytest.fail.Exception):
        find_chance(live, plan, draws=100)


def test_faster_growth_makes_a_peak_before_2030_less_likely(live) -> None:
    plain, faster = (
        find_chance(live, make_choice(live.panel, scenarios=["plan"], sets=sets)) for sets in ((), ("output_growth/2030=0.09",))
    )
    assert faster.before < plain.before


def test_a_slider_moved_on_draws_what_a_whole_run_draws(live) -> None:
    """Only what follows from a slider is drawn anew: for every slider the same bits as when nothing was at hand."""
    space = live.model.graph.space
    for name, slider in live.panel.sliders.items():
        for share in (0.3, 0.6):
            at = slider.low + slider.step * round((slider.high - slider.low) * share / slider.step)
            choice = make_choice(live.panel, scenarios=["plan"], positions={name: f"{at:.10g}"})
            drivers = live.compose(choice)
            tape = compile_graph(live.model.graph, (EMISSIONS,), drawn=drivers.drawn)
            bands = {given: drivers.values[given] for given in drivers.drawn if given in tape.given}
            ranks = make_ranks(space, bands, draws=40, seed=SEED)
            whole = run_tape(tape, drivers.values, ranks=ranks)[EMISSIONS].values
            assert np.array_equal(scenario_chance._draw(live, choice, 40)[EMISSIONS].values, whole), name


@pytest.mark.slow
def test_a_saved_scenario_is_answered_beside_the_four(city_copy) -> None:
    city = df.open_city(city_copy("qingdao"))
    before = open_scenarios(city)
    wanted = make_choice(before.panel, scenarios=["plan"], sets=("output_growth/2030=0.09",))
    save_scenario(city, before, wanted, id="fast", label=Label("快增长", "fast growth"))
    outset, _ = begin(city, measure(city), read_goals(city.read_plan(), city, TraceBook()))
    futures = make_futures(outset, main="fast", draws=100)
    assert list(futures.paths) == ["baseline", "plan", "feasible", "deep", "fast"]
    assert futures.paths["fast"].at("output", 2035).mean() > 1.1 * futures.paths["plan"].at("output", 2035).mean()
    middle = run_middle(outset, "fast", EMISSIONS)[EMISSIONS].along("year") * 1e-6
    assert middle == pytest.approx(np.array(before.answer(wanted).series["co2"]), rel=1e-9)


def test_only_scenarios_of_the_package_and_the_city_can_answer(city) -> None:
    with pytest.raises(SettingError, match="baseline, plan, feasible, deep"):
        df.project(city, scenario="fast")
