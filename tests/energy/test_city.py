from __future__ import annotations

import pytest

from dafeng.core.errors import LookupFailure
from dafeng.energy.city import build_city
from dafeng.energy.coast import coastal_year
from dafeng.energy.dispatch import dispatch
from dafeng.energy.technologies import read_technologies
from dafeng.energy.use import year_of

CAPACITIES = dict.fromkeys((name for name, one in read_technologies().items() if one.component == "generator"), 1000.0)
STORAGES = {"battery": 800.0, "pumped_hydro": 1000.0}


def city(**more):
    outside = {"import_mw": 3000, "export_mw": 3000, "import_co2": 0.6, "import_non_fossil": 0.3}
    return build_city({**CAPACITIES, **STORAGES}, load_mwh=40e6, **(outside | more))


def test_every_technology_makes_a_component():
    system = city().system
    assert {one.name for one in system.generators} == set(CAPACITIES)
    assert {one.name for one in system.storages} == set(STORAGES)
    assert [one.direction for one in system.lines] == ["import", "export"]


def test_the_tables_supply_what_is_not_handed_in():
    chp = next(one for one in city().system.generators if one.name == "coal_chp")
    assert (chp.must_run_profile, chp.ramp_share, chp.co2_intensity) == ("heating", 0.3, 0.772)


def test_what_is_handed_in_counts():
    found = city(changes={"coal": {"must_run_share": 0.5}}).system
    assert next(one for one in found.generators if one.name == "coal").must_run_share == 0.5


def test_the_figures_used_are_listed():
    assert {one.technology for one in city().parameters} >= {"coal", "battery", "grid_import", "electricity"}


def test_an_unknown_technology_is_refused():
    with pytest.raises(LookupFailure, match="tide"):
        build_city({"tide": 1.0}, load_mwh=1, import_mw=0, export_mw=0, import_co2=0)


@pytest.mark.slow
def test_a_whole_year_is_proven_and_balances():
    # 8 760 hours of all technologies: certificate, energy balance of the year, hours in line with availability.
    found = dispatch(city().system, coastal_year("370600"))
    use = year_of(found)
    fed = sum(one.generation_mwh for one in use.generators) + use.lines[0].flow_mwh + use.unserved_mwh
    lost = sum(one.lost_mwh for one in use.storages)
    assert found.certificate.passed
    assert fed == pytest.approx(use.demand_mwh + use.lines[1].flow_mwh + lost + use.surplus_mwh, rel=1e-9)
    assert use.demand_mwh == pytest.approx(40e6, rel=1e-6)
    assert all(one.full_hours is None or one.full_hours <= 8760 for one in use.generators)
