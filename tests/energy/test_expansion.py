"""The search by cuts is held against the whole programme solved at once by other solvers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.energy.dispatch import dispatch, storage_value
from dafeng.energy.expansion import expand_storages
from dafeng.energy.model import program_of
from tests.energy.toys import battery, coal, hours, line, series, system, wind

SHARES = st.lists(st.floats(0, 1, width=32), min_size=12, max_size=12)
COSTS = st.floats(1e4, 3e6, width=32)


def toy(shares, first, second):
    """Twelve hours, a short and a long storage, each of 5 to 120 MW."""
    room = {"power_mw": 5, "power_most_mw": 120, "charge_efficiency": 0.9, "discharge_efficiency": 0.9}
    storages = [
        battery(**room, annual_cost=first),
        battery(**room | {"name": "reservoir", "hours": 5, "loss_share": 0.01}, annual_cost=second),
    ]
    load = series("load", *(1 + 0.4 * np.cos(np.arange(12) / 2)))
    parts = [coal(ramp_share=0.6), wind(capacity_mw=250)]
    lines = [line("import"), line("export")]
    return system(load=90, parts=parts, storages=storages, lines=lines), hours(load, series("wind", *shares))


@settings(max_examples=40)
@given(SHARES, COSTS, COSTS)
def test_cuts_and_the_whole_programme_agree(shares, first, second):
    one, profiles = toy(shares, first, second)
    cuts = dispatch(one, profiles, expand=("storage",))
    whole = dispatch(one, profiles, expand=("storage",), ladder=("ipx",))
    assert cuts.cost == pytest.approx(whole.cost, rel=2e-6, abs=1.0)


@settings(max_examples=40)
@given(SHARES, COSTS, COSTS)
def test_the_certificate_is_about_the_whole_programme(shares, first, second):
    one, profiles = toy(shares, first, second)
    found = expand_storages(one, profiles, ("battery", "reservoir"))
    assert found.certificate.passed
    assert set(found.program.variables) == set(program_of(one, profiles, expand=("battery", "reservoir")).variables)


@settings(max_examples=40)
@given(SHARES, COSTS)
def test_expansion_never_costs_more(shares, cost):
    one, profiles = toy(shares, cost, cost)
    assert dispatch(one, profiles, expand=("storage",)).cost <= dispatch(one, profiles).cost + 1.0


def test_what_is_chosen_earns_its_cost():
    # Between its limits the last MW of a storage saves exactly what it costs: the condition of the optimum.
    # The battery saves 300 yuan on the one cycle of two hours until the 30 MWh of lost wind are kept.
    cheap = battery(power_mw=0, power_most_mw=500, annual_cost=100 * 8760 / 2)
    one = system(load=50, parts=[coal(), wind()], storages=[cheap])
    profiles = hours(series("load", 1.0, 1.0), series("wind", 0.8, 0.1))
    found = dispatch(one, profiles, expand=("battery",))
    assert found.power["battery"] == pytest.approx(30)
    assert storage_value(found, one.storages[0]) == pytest.approx(100)


def test_a_storage_that_never_pays_stays_as_it_is():
    one = system(load=50, parts=[coal()], storages=[battery(power_most_mw=500, annual_cost=1e6)])
    assert dispatch(one, hours(series("load", 1.0, 1.0)), expand=("battery",)).power["battery"] == pytest.approx(10)


def test_a_storage_that_always_pays_reaches_its_limit():
    cheap = battery(power_most_mw=25, annual_cost=1.0)
    one = system(load=50, parts=[coal(), wind()], storages=[cheap])
    found = dispatch(one, hours(series("load", 1.0, 1.0), series("wind", 0.8, 0.1)), expand=("battery",))
    assert found.power["battery"] == pytest.approx(25)


def test_the_attempt_tells_what_ran():
    found = dispatch(*toy([0.5] * 6 + [0.0] * 6, 1e5, 1e5), expand=("storage",))
    assert found.attempts[-1].algorithm == "simplex"
    assert found.attempts[-1].iterations > 0
