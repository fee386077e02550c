from __future__ import annotations

import pytest

from dafeng.core.errors import LookupFailure
from dafeng.core.sources import Grade
from dafeng.energy.technologies import annual_cost, annuity, interest, read_technologies

KNOWN = read_technologies()


@pytest.mark.parametrize(("rate", "years", "share"), [(0.06, 25, 0.0782267), (0.06, 1, 1.06), (0.0, 20, 0.05)])
def test_the_annuity_of_the_tables(rate, years, share):
    # 0.06 / (1 - 1.06^-25) = 0.06 / (1 - 0.2329986) = 0.0782267; one year returns all with interest.
    assert annuity(rate, years) == pytest.approx(share, abs=1e-7)


def test_the_annual_cost_of_a_battery():
    # 1185.7 yuan/kWh × 2 h = 2371.4 yuan/kW; annuity(6 %, 15) = 0.1029628, operation 2 %: 2 371 400 × 0.1229628 = 291 594.
    assert annual_cost(KNOWN["battery"], rate=0.06) == pytest.approx(291_594, abs=2)


def test_the_annual_cost_of_pumped_hydro():
    # 5250 yuan/kW, annuity(6 %, 50) = 0.0634443, operation 1.2 %: 5 250 000 × 0.0754443 = 396 083.
    assert annual_cost(KNOWN["pumped_hydro"], rate=0.06) == pytest.approx(396_083, abs=1)


def test_the_rate_of_interest_is_data():
    assert interest() == 0.06


def test_the_availability_of_nuclear_is_the_announced_generation():
    # 400 亿kWh from 500.6 万kW: 40e6 MWh / 5006 MW / 8760 h = 0.912.
    assert KNOWN["nuclear"].value("available_share") == pytest.approx(40e6 / 5006 / 8760, abs=0.0005)


def test_the_co2_of_coal_follows_its_note():
    # 26.18 gC/MJ × 93 % × 44/12 × 3.6 MJ/kWh = 0.3214 t/MWh of coal; at 295 gce/kWh 0.772 t/MWh of electricity.
    fuel = KNOWN["coal_supply"].value("co2_intensity")
    assert fuel == pytest.approx(26.18e-3 * 0.93 * 44 / 12 * 3.6, abs=0.0001)
    assert fuel / KNOWN["coal"].value("efficiency") == pytest.approx(0.295 * 29.3076 * 26.18e-3 * 0.93 * 44 / 12, abs=0.0005)


def test_an_unknown_figure_is_refused():
    with pytest.raises(LookupFailure, match=r"coal\.tides"):
        KNOWN["coal"].value("tides")


def test_what_is_unknown_is_refused():
    # the table has the row, without a value
    with pytest.raises(LookupFailure, match=r"tidal\.capex"):
        annual_cost(KNOWN["tidal"], rate=0.06)


def test_every_figure_has_a_grade_of_the_house():
    grades = set(Grade.__args__)
    assert {figure.grade for one in KNOWN.values() for figure in one.parameters.values()} <= grades


def test_a_figure_without_technology_is_refused(tmp_path):
    (tmp_path / "technologies.csv").write_text("technology,role,profile,renewable,non_fossil,zh,en\n", encoding="utf-8")
    (tmp_path / "parameters.csv").write_text(
        "technology,parameter,value,unit,source,grade,note\ntide,life,1,year,x,assumption,\n", encoding="utf-8"
    )
    with pytest.raises(LookupFailure, match="tide"):
        read_technologies(folder=tmp_path)
