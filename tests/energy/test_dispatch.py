"""Expected values are worked out by hand from the merit order of each toy system."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import highspy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import SolveError
from dafeng.energy.certificate import certify
from dafeng.energy.dispatch import worth
from dafeng.energy.solution import InfeasibleError, accept, solve_program
from dafeng.energy.solvers import highs_of, run_solver
from tests.energy.toys import battery, built, coal, hours, line, member, operate, series, system, wind

FLAT = series("load", 1.0, 1.0)
WINDY = series("wind", 0.8, 0.1)


def _worth(found, name):
    return worth(found, member(found, name))


def test_wind_comes_before_coal():
    # 50 MW each hour; wind offers 80 and 10, so coal makes 0 and 40: 40 MWh × 300 = 12 000 yuan, 30 MWh are curtailed.
    found = operate(system(load=50, parts=[coal(), wind()]), hours(FLAT, WINDY))
    assert found.series["generation.coal"] == pytest.approx([0, 40])
    assert found.series["curtailed.wind"] == pytest.approx([30, 0])
    assert found.cost == pytest.approx(12_000)


def test_the_price_is_the_cost_of_the_last_unit():
    found = operate(system(load=50, parts=[coal(), wind()]), hours(FLAT, WINDY))
    assert found.series["price.electricity"] == pytest.approx([0, 300])


def test_a_storage_moves_what_would_be_lost():
    # 10 MWh of the 30 curtailed ones are kept: coal 30 MWh instead of 40, 9 000 yuan.
    found = operate(system(load=50, parts=[coal(), wind()], storages=[battery()]), hours(FLAT, WINDY))
    assert found.series["charge.battery"] == pytest.approx([10, 0])
    assert found.series["discharge.battery"] == pytest.approx([0, 10])
    assert found.cost == pytest.approx(9_000)


def test_losses_count_in_both_directions():
    # 10 MWh in, 8 stored (0.8), 4 out (0.5): coal 36 MWh.
    lossy = battery(charge_efficiency=0.8, discharge_efficiency=0.5)
    found = operate(system(load=50, parts=[coal(), wind()], storages=[lossy]), hours(FLAT, WINDY))
    assert found.cost == pytest.approx(36 * 300)


def test_the_level_fades():
    # 10 MWh in during the first hour, half of it gone one hour later: 5 out, coal 35 MWh.
    fading = battery(loss_share=0.5)
    found = operate(system(load=50, parts=[coal(), wind()], storages=[fading]), hours(FLAT, WINDY))
    assert found.series["discharge.battery"] == pytest.approx([0, 5])


def test_storage_power_is_worth_what_it_saves():
    # One more MW moves one more MWh: 300 yuan.
    one = system(load=50, parts=[coal(), wind()], storages=[battery()])
    assert _worth(operate(one, hours(FLAT, WINDY)), "battery") == pytest.approx(300)


def test_a_line_is_worth_the_price_difference():
    # Import at 400 replaces unserved demand at 20 000 in the second hour: load 160, coal 100, import 20.
    one = system(load=160, parts=[coal()], lines=[line("import")])
    found = operate(one, hours(series("load", 0.5, 1.0)))
    assert found.series["unserved.city"] == pytest.approx([0, 40])
    assert _worth(found, "import") == pytest.approx(20_000 - 400)


def test_shortage_is_a_finding():
    found = operate(system(load=160, parts=[coal()]), hours(FLAT))
    assert [one.rule for one in found.findings] == ["energy.unserved"]


def test_exports_earn_their_price():
    # Wind of 80 MW in the first hour: 50 for the city, 20 exported at 100, 10 lost; coal 40 in the second.
    one = system(load=50, parts=[coal(), wind()], lines=[line("export")])
    found = operate(one, hours(FLAT, WINDY))
    assert found.cost == pytest.approx(40 * 300 - 20 * 100)


def test_trading_between_lines_is_a_finding():
    one = system(load=50, parts=[coal()], lines=[line("import"), line("export", price=500)])
    assert "energy.arbitrage" in {item.rule for item in operate(one, hours(FLAT)).findings}


def test_what_must_run_pushes_wind_aside():
    # Coal must give 60 of 100 MW, the city needs 50: 10 MW are surplus at 1 000 yuan, all wind is curtailed.
    found = operate(system(load=50, parts=[coal(must_run_share=0.6), wind()]), hours(FLAT, WINDY))
    assert found.series["surplus.city"] == pytest.approx([10, 10])
    assert found.series["curtailed.wind"] == pytest.approx([80, 10])


def test_a_burden_has_negative_worth():
    # One more MW of it must run 0.6 MW in both hours, each costing 300 + 1 000 yuan.
    one = system(load=50, parts=[coal(must_run_share=0.6)])
    assert _worth(operate(one, hours(FLAT)), "coal") == pytest.approx(-2 * 0.6 * 1300)


def test_a_ramp_limits_the_change():
    # Load 20 then 80; coal may change by 30 MW and is dearer than nothing: 50 then 80 with 30 surplus at 1 000 …
    # or 20 then 50 with 30 unserved at 20 000; the first is cheaper: 50·300 + 30·1000 + 80·300.
    found = operate(system(load=50, parts=[coal(ramp_share=0.3)]), hours(series("load", 0.4, 1.6)))
    assert found.series["generation.coal"] == pytest.approx([50, 80])
    assert found.cost == pytest.approx(69_000)


def test_expansion_stops_where_it_no_longer_pays():
    # 30 MWh are curtailed in two hours; a MW costs 100 yuan for the two hours and saves 300: 30 MW are chosen.
    cheap = battery(capacity=0, most=500, annual_cost=100 * 8760 / 2)
    one = system(load=50, parts=[coal(), wind()], storages=[cheap])
    found = operate(one, hours(FLAT, WINDY))
    assert found.power(member(found, "battery")) == pytest.approx(30)
    assert found.cost == pytest.approx(10 * 300 + 30 * 100)
    assert _worth(found, "battery") == pytest.approx(100)


def test_expansion_does_not_charge_what_stands():
    cheap = battery(most=500, annual_cost=1e9)
    one = system(load=50, parts=[coal(), wind()], storages=[cheap])
    assert operate(one, hours(FLAT, WINDY)).cost == pytest.approx(9_000)


@pytest.mark.parametrize("algorithm", ["simplex", "clarabel", "ipx"])
def test_every_solver_finds_the_same_cost(algorithm):
    one = system(load=50, parts=[coal(), wind()], storages=[battery()], lines=[line("import"), line("export")])
    found = operate(one, hours(FLAT, WINDY), ladder=(algorithm,))
    assert found.cost == pytest.approx(30 * 300 - 20 * 100, rel=1e-6)
    assert found.attempts[-1].algorithm in (algorithm, "presolve")


WITHOUT_PARTS = """
import sys
sys.modules["highspy_extras"] = None
import numpy as np
from dafeng.core.errors import SolveError
from tests.energy.toys import battery, operate, coal, hours, series, system, wind
one = system(load=50, parts=[coal(), wind()], storages=[battery(charge_efficiency=0.8, loss_share=0.01)])
shares = series("wind", *np.abs(np.sin(np.arange(48)))), series("load", *(1 + 0.5 * np.cos(np.arange(48))))
try:
    operate(one, hours(*shares), ladder=("hipo",))
except SolveError as refusal:
    print(refusal)
"""


def test_an_interior_point_solver_without_its_parts_is_refused():
    # HiPO needs highspy-extras; without them HiGHS runs the simplex and says "Optimal".
    path = os.pathsep.join(sys.path)
    found = subprocess.run(
        [sys.executable, "-c", WITHOUT_PARTS],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert "simplex (Optimal)" in found.stdout


def test_the_algorithm_that_ran_is_read_from_its_counters():
    one = system(load=50, parts=[coal(), wind()], storages=[battery(charge_efficiency=0.8, loss_share=0.01)])
    shares = series("wind", *np.abs(np.sin(np.arange(48)))), series("load", *(1 + 0.5 * np.cos(np.arange(48))))
    ran = [
        operate(one, hours(*shares), ladder=(name,)).attempts[-1].algorithm for name in ("simplex", "ipx", "clarabel", "hipo")
    ]
    assert ran == ["simplex", "ipx", "clarabel", "hipo"]


def columns(model, component, name):
    """Columns of a component's output, one per step."""
    frame = model.frames[component]
    return frame.variables["p"].terms[0][1][:, frame.table.names.index(name)]


def corrupt(model, answer):
    values = answer.values.copy()
    values[columns(model, "link", "coal")[1]] += 0.01
    return dataclasses.replace(answer, values=values)


def mispriced(model, answer):
    prices = answer.multipliers.copy()
    prices[model.program.constraints["nodal_balance"].start] += 5.0
    return dataclasses.replace(answer, multipliers=prices)


def dearer(model, answer):
    """A feasible point that is not the best: less wind, more coal with its fuel and CO2."""
    values = answer.values.copy()
    for component, name, share in (("link", "coal", 1), ("generator", "wind", -1), ("process", "coal_supply", 1)):
        values[columns(model, component, name)[0]] += 10.0 * share
    values[columns(model, "generator", "co2_outlet")[0]] += 8.0
    return dataclasses.replace(answer, values=values)


@pytest.mark.parametrize("spoil", [corrupt, mispriced, dearer])
def test_a_spoiled_solution_is_refused(spoil):
    model = built(system(load=50, parts=[coal(), wind()]), hours(FLAT, WINDY))
    answer = spoil(model, run_solver(model.program, "simplex"))
    with pytest.raises(SolveError):
        accept(model.program, answer, certify(model.program, answer.values, answer.multipliers), ())


def test_a_dearer_point_is_feasible():
    model = built(system(load=50, parts=[coal(), wind()]), hours(FLAT, WINDY))
    answer = dearer(model, run_solver(model.program, "simplex"))
    found = certify(model.program, answer.values, answer.multipliers)
    assert (found.primal_violation <= 1e-9, found.passed) == (True, False)


def test_an_unspoiled_solution_is_accepted():
    program = built(system(load=50, parts=[coal(), wind()]), hours(FLAT, WINDY)).program
    answer = run_solver(program, "simplex")
    found = accept(program, answer, certify(program, answer.values, answer.multipliers), ())
    assert found.certificate.objective == pytest.approx(12_000)


SHARES = st.lists(st.floats(0, 1, width=32), min_size=6, max_size=6)


def toy(shares, demand, power):
    parts = [coal(must_run_share=0.2, ramp_share=0.5), wind(capacity=150)]
    one = system(
        load=80, parts=parts, storages=[battery(capacity=power, loss_share=0.01)], lines=[line("import"), line("export")]
    )
    return one, hours(series("load", *(0.5 + share for share in demand)), series("wind", *shares))


@given(SHARES, SHARES, st.floats(0, 60, width=32))
def test_the_cost_is_the_one_of_the_simplex_judge(shares, demand, power):
    # The judge is HiGHS called without our ladder, certificate or reading back.
    one, profiles = toy(shares, demand, power)
    judge = highs_of(built(one, profiles).program, {"solver": "simplex", "presolve": "on"})
    judge.run()
    assert judge.getModelStatus() == highspy.HighsModelStatus.kOptimal
    found = operate(one, profiles, ladder=("clarabel", "simplex"))
    assert found.cost == pytest.approx(judge.getInfo().objective_function_value, rel=1e-6, abs=0.5)


@given(SHARES, SHARES, st.floats(0, 60, width=32))
def test_every_hour_balances(shares, demand, power):
    found = operate(*toy(shares, demand, power))
    fed = sum(found.series[name] for name in ("generation.coal", "generation.wind", "discharge.battery", "import.import"))
    drawn = sum(found.series[name] for name in ("charge.battery", "export.export", "surplus.city"))
    np.testing.assert_allclose(fed + found.series["unserved.city"], drawn + found.series["demand.city"], atol=1e-6)


@given(SHARES, SHARES, st.floats(0, 60, width=32))
def test_more_storage_never_costs_more(shares, demand, power):
    small, profiles = toy(shares, demand, power)
    large, _ = toy(shares, demand, power + 10)
    assert operate(large, profiles).cost <= operate(small, profiles).cost + 1e-3


def test_an_infeasible_programme_is_an_honest_failure():
    program = built(system(load=50, parts=[coal()]), hours(FLAT)).program
    impossible = dataclasses.replace(program, row_low=program.row_low + 1e6, row_high=program.row_high + 1e6)
    with pytest.raises(InfeasibleError, match="nodal_balance"):
        solve_program(impossible)
