"""Charts on the power balance, storage and measures."""

from __future__ import annotations

from dafeng.web.labels import Words
from dafeng.web.power import draw_measures, draw_storage, draw_weeks
from tests.web.sample import view

ZH = Words("zh")
VIEW = view()


def test_all_weeks_are_shown_hour_by_hour_in_one_unit() -> None:
    chart = draw_weeks(VIEW, ZH) or {}
    assert (chart["unit"], {len(series["values"]) for week in chart["weeks"] for series in week["series"]}) == ("万千瓦", {168})


def test_a_constant_plant_stays_constant() -> None:
    chart = draw_weeks(VIEW, ZH) or {}
    assert set(chart["weeks"][0]["series"][0]["values"]) == {240.0}


def test_storage_says_what_it_changes() -> None:
    assert (draw_storage(VIEW, ZH) or {})["title"] == "储能从 40\u202f万千瓦 增到 320\u202f万千瓦，弃电率由 6.9% 变为 1.3%"


def test_measures_keep_the_order_of_the_view() -> None:
    assert (draw_measures(VIEW, ZH) or {})["title"] == "同样的钱，先做：工业余热利用、煤电灵活性改造、屋顶光伏"


def test_measures_that_cannot_be_ranked_apart_are_told_together() -> None:
    rows = [row | {"group": group} for row, group in zip(VIEW["pathway"]["measures"], (1, 2, 2, 2), strict=True)]
    title = (draw_measures({"pathway": {"measures": rows}}, ZH) or {})["title"]
    assert title == "同样的钱，先做：工业余热利用、煤电灵活性改造、屋顶光伏、电动重卡（区间重叠的分不出先后）"


def test_measures_without_a_known_effect_are_not_drawn() -> None:
    rows = [row | {"per_cost": None} for row in VIEW["pathway"]["measures"]]
    assert draw_measures({"pathway": {"measures": rows}}, ZH) is None


def test_an_empty_view_has_no_charts() -> None:
    assert (draw_weeks({}, ZH), draw_storage({}, ZH), draw_measures({}, ZH)) == (None, None, None)
