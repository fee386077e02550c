"""Chance of a peak of a choice: the same as that of the projection, moved by what is moved."""

from __future__ import annotations

import numpy as np
import pytest

import dafeng as df
from dafeng.work.future import EMISSIONS
from dafeng.work.futures import make_futures
from dafeng.work.measure import measure
from dafeng.work.outset import begin, read_goals
from dafeng.work.scenario_chance import find_chance
from dafeng.work.scenario_choice import make_choice
from dafeng.work.scenario_live import open_scenarios
from dafeng.work.tracing import TraceBook


@pytest.fixture(scope="module")
def city():
    """Qingdao, which has drivers of its own."""
    return df.open_city("cities/qingdao")


@pytest.fixture(scope="module")
def live(city):
    """Its scenarios at hand."""
    return open_scenarios(city)


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


def test_faster_growth_makes_a_peak_before_2030_less_likely(live) -> None:
    plain, faster = (
        find_chance(live, make_choice(live.panel, scenarios=["plan"], sets=sets)) for sets in ((), ("output_growth/2030=0.09",))
    )
    assert faster.before < plain.before
