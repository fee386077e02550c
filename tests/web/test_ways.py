"""The way above a page: city, the group of the menu, page."""

from __future__ import annotations

from pathlib import Path

from dafeng.web.app import create_app
from dafeng.web.navigation import read_groups
from tests.web.client import Client
from tests.web.reviews import city_with_people, person
from tests.web.sample import city

UNDER = {
    "rights": ("rights/", "markets/", "budgets/"),
    "reductions": ("compliance/", "projects/", "inclusion/", "enterprises/"),
    "work": ("review/", "deliver/", "jobs/"),
}


def test_the_way_above_a_page_names_its_group(tmp_path: Path) -> None:
    officer = person(create_app([], offices=[city_with_people(tmp_path)]), "张三")
    names = {group.id: group.label.zh for group in read_groups()}
    ways = {
        (group, address): officer.get(f"/qinglan/{address}").text.partition('class="crumbs"')[2].partition("</nav>")[0]
        for group, addresses in UNDER.items()
        for address in addresses
    }
    assert [one for one, way in ways.items() if f"<span>{names[one[0]]}</span>" not in way] == []


def test_the_way_to_a_target_leads_through_the_menu() -> None:
    shown = city()
    page = Client(create_app([shown])).get(f"/yangli/targets/{shown.view['verdicts'][0]['target']}").text
    way = page.partition('class="crumbs"')[2].partition("</nav>")[0]
    assert "<span>目标与任务</span>" in way
    assert ">目标</a>" in way
