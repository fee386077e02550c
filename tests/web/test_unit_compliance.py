"""The page of a company whose allowance comes from the account of its units: every figure down to row, cell and hash."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dafeng.work.allotments import book_allowances, open_period
from dafeng.work.allowances import allowances, list_enterprises
from dafeng.work.city import City
from tests.web.client import Client
from tests.web.reviews import app_of, city_with_people, person
from tests.web.settling import DAY, PERIOD, account_of, book_number
from tests.web.test_rights import token_of
from tests.work.unit_city import PLANTS, ROWS, deliver, write_plants


@pytest.fixture
def city(tmp_path: Path) -> City:
    made = city_with_people(tmp_path)
    deliver(made, *ROWS)
    write_plants(made, *PLANTS)
    open_period(made, PERIOD, "2023", limit=5_000_000, enterprises=list_enterprises(made)[0])
    book_allowances(made, PERIOD, allowances(made), before=False, day=DAY)
    return made


def test_the_page_shows_the_account_and_follows_a_new_delivery(city: City) -> None:
    who = person(app_of(city), "张三")
    path = f"/qinglan/compliance/{book_number(city)}/{account_of(city, '甲电厂')}/"
    page = who.get(path).text
    words = (
        "1,052,700",
        "核算 unit:甲电厂/1号 2023（ets_power2023",
        "交付数据 units.csv!F5",
        "power_coal ets_power2022",
        "units.csv!F3",
    )
    assert [word in page for word in words] == [True] * 5
    assert "排放量为核算值，尚无核查数" in page
    deliver(city, ROWS[1].replace("0.6", "0.61"), name="later.csv")
    assert "1,063,590" in who.get(path).text  # 664 290 + 399 300
    told = who.get("/qinglan/compliance.json").json()
    assert {one["enterprise"]: one["verified"] for one in told["companies"]} == {"甲电厂": "1063590", "乙电厂": "216218.8809"}


def test_a_program_reads_the_rows_of_a_figure(city: City) -> None:
    client, head = Client(app_of(city)), token_of(city, "王五")
    told = client.get(f"/api/v1/cities/qinglan/compliance/{PERIOD}/{account_of(city, '甲电厂')}", headers=head).json()
    (verified,) = [row for row in told["units"][0]["reported"] if row["name"] == "verified"]
    assert verified["origin"]["rows"][0]["id"] == "enterprise.power_plant.coal.bituminous_coal.co2_unit.2023"
    electricity = next(row for row in told["units"][0]["inputs"] if row["name"] == "electricity")
    assert (electricity["kind"], electricity["origin"]["rows"][0]["place"]) == ("delivered", "units.csv!F5")


def test_the_same_words_stand_in_both_languages(city: City) -> None:
    who = person(app_of(city), "张三")
    path = f"/qinglan/compliance/{book_number(city)}/{account_of(city, '甲电厂')}/?lang=en"
    page = re.sub(r"<[^>]+>", "", who.get(path).text)
    assert "account unit:甲电厂/1号 2023 (ets_power2023" in page
    assert "emissions are as accounted; no verified figure was given" in page


def test_a_contradiction_stands_on_the_page_and_is_no_pass(city: City) -> None:
    write_plants(city, f"{PLANTS[0]},经核查排放量（t）", f"{PLANTS[1]},653401", f"{PLANTS[2]},", f"{PLANTS[3]},")
    who = person(app_of(city), "张三")
    page = who.get(f"/qinglan/compliance/{book_number(city)}/{account_of(city, '甲电厂')}/").text
    assert ("两者不符，均不采用" in page, "不可判断，缺 经核查排放量" in page) == (True, True)
    assert "两者不符" in who.get("/qinglan/compliance/").text
