"""Expected values by hand for the two-hour system of ``test_dispatch``: 50 MW of load, wind 80 and 10, coal, battery."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.energy.use import duration, residual, weeks, window, year_of
from tests.energy.toys import battery, coal, hours, line, operate, series, system, wind

PROFILES = hours(series("load", 1.0, 1.0), series("wind", 0.8, 0.1))


@pytest.fixture(scope="module")
def found():
    lines = [line("import", co2_intensity=0.5, non_fossil_share=0.25), line("export")]
    lossy = battery(charge_efficiency=0.8, discharge_efficiency=0.5)
    return operate(system(load=50, parts=[coal(capacity=30), wind()], storages=[lossy], lines=lines), PROFILES)


def test_the_year_of_the_wind(found):
    # 80 available, 50 used, 10 charged, 20 exported: nothing lost.
    use = year_of(found).generators[1]
    assert (use.generation_mwh, use.available_mwh, use.curtailed_mwh, use.curtailed_share) == pytest.approx((90, 90, 0, 0))
    assert use.full_hours == pytest.approx(0.9)


def test_the_year_of_the_storage(found):
    # 10 in, 8 stored, 4 out, 6 lost; 8 of 20 MWh drawn = 0.4 cycles; 4 MWh at 10 MW = 0.4 h.
    use = year_of(found).storages[0]
    assert (use.charged_mwh, use.discharged_mwh, use.lost_mwh, use.cycles, use.full_hours) == pytest.approx(
        (10, 4, 6, 0.4, 0.4)
    )


def test_the_year_of_the_lines(found):
    # Second hour: 50 = 10 wind + 30 coal + 4 battery + 6 import.
    bought, sold, _ = year_of(found).lines
    assert (bought.flow_mwh, bought.co2_t, bought.cost) == pytest.approx((6, 3, 2400))
    assert (sold.flow_mwh, sold.cost) == pytest.approx((20, -2000))


def test_the_year_of_the_fuel(found):
    # 30 MWh of electricity from as much coal at 0.8 t/MWh; the plant takes what the supply brings.
    fuel = year_of(found).lines[2]
    assert (fuel.name, fuel.direction, fuel.flow_mwh, fuel.co2_t) == (
        "coal_supply",
        "supply",
        pytest.approx(30),
        pytest.approx(24),
    )
    assert year_of(found).generators[0].flows == {"coal": pytest.approx(-30)}


def test_the_year_of_the_whole(found):
    use = year_of(found)
    assert use.co2_t == pytest.approx(30 * 0.8 + 3)
    assert use.non_fossil_mwh == pytest.approx(90 + 6 * 0.25)
    assert use.cost == pytest.approx(30 * 300 + 2400 - 2000)
    assert use.demand_mwh == pytest.approx(100)


def test_coal_has_no_curtailment():
    use = year_of(operate(system(load=50, parts=[coal()]), hours(series("load", 1.0, 1.0)))).generators[0]
    assert (use.curtailed_share, use.curtailed_mwh) == (None, 0.0)


def test_nothing_over_nothing_is_absent():
    none = system(load=50, parts=[coal(), wind(capacity=0)])
    assert year_of(operate(none, PROFILES)).generators[1].full_hours is None


def test_the_weeks_are_the_extreme_ones():
    # Three weeks with wind of 0, 0.5 and 1 of 100 MW: the first is scarce, the third abundant, the second typical.
    wind_year = series("wind", *np.repeat([0.0, 0.5, 1.0], 168))
    three = operate(system(load=50, parts=[coal(), wind()]), hours(series("load", *[1.0] * 504), wind_year))
    assert [(one.kind, one.start) for one in weeks(three)] == [("scarce", 0), ("abundant", 336), ("typical", 168)]


def test_a_window_has_all_series(found):
    part = window(found, 1, hours=1)
    assert part.series["generation.coal"] == pytest.approx([30])
    assert set(part.series) == set(found.series)


def test_the_residual_is_what_renewables_leave(found):
    assert residual(found) == pytest.approx([-30, 40])


def test_a_duration_curve_falls():
    assert duration(np.array([1.0, 3.0, 2.0])).tolist() == [3.0, 2.0, 1.0]
