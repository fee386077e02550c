"""The long page of a target: its history through the runs, and the same quantity elsewhere."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from dafeng.web.app import create_app
from dafeng.web.beside import build_beside, find_obstacles
from dafeng.web.cities import CityView
from dafeng.web.histories import build_history, list_versions
from dafeng.web.labels import Words
from tests.web.client import Client
from tests.web.sample import RUN, city, traces, view

ZH = Words("zh")


def row(target: str = "T01") -> dict[str, Any]:
    return next(one for one in view()["verdicts"] if one["target"] == target)


def earlier(**changes: Any) -> dict[str, Any]:
    """An earlier run in which one target stood otherwise."""
    verdicts = {"T01": {**row(), **changes}}
    inputs = {"figures.csv": "b" * 64}
    return {"run": "0001-old", "at": "2025-01-15T08:00:00+00:00", "year": 2024, "inputs": inputs, "verdicts": verdicts}


def history(**changes: Any) -> list[dict[str, Any]]:
    one = city()
    return build_history(CityView(one.view, one.traces, one.documents, None, (earlier(**changes),)), row(), ZH)


def neighbour(**changes: Any) -> CityView:
    """Another city with a target on the same quantity."""
    document = view()
    document["city"] = {**document["city"], "slug": "other", "label": {"zh": "邻市", "en": "Neighbour"}}
    document["verdicts"] = [{**one, **changes} if one["target"] == "T01" else one for one in document["verdicts"]]
    return CityView(document, traces())


def test_a_run_that_said_the_same_changed_only_its_inputs() -> None:
    assert history()[0]["changes"] == ["输入文件变了 1 个：figures.csv"]


def test_a_changed_verdict_and_goal_are_told_with_both() -> None:
    said = history(verdict="met", value={**row()["value"], "value": 25})[0]["changes"]
    assert said[:2] == ["目标由 ≈ 25% 改为 ≈ 30%", "判断由“已达成”变为“滞后”"]


def test_a_revised_year_is_told_with_both_values() -> None:
    points = copy.deepcopy(row()["actuals"])
    points[-1][1] = 16.0
    found = history(actuals=points)
    assert "2025 年实际值由 16% 改为 17.4%" in found[0]["changes"]
    assert list_versions(found, 2025) == [("0001-old", 16.0)]
    assert list_versions(found, 2023) == []


def test_a_year_that_came_in_is_told() -> None:
    assert "新增 2025 年实际值 17.4%" in history(actuals=row()["actuals"][:2])[0]["changes"]


@pytest.mark.parametrize("changes", [{"year": 2035}, {"indicator_id": "other"}, {"indicator": {"zh": "别的", "en": "other"}}])
def test_another_target_under_the_same_id_is_not_taken_for_this_one(changes: dict[str, Any]) -> None:
    found = history(**changes)
    assert (found[1]["row"], found[0]["changes"]) == (None, ["本次起有这项目标"])


def test_the_page_and_its_json_tell_the_history() -> None:
    one = city()
    client = Client(create_app([CityView(one.view, one.traces, one.documents, None, (earlier(verdict="met"),))]))
    assert "判断由“已达成”变为“滞后”" in client.get("/yangli/targets/T01?lang=zh").text
    assert [run["run"] for run in client.get("/yangli/targets/T01.json").json()["history"]] == [RUN, "0001-old"]


def test_the_same_quantity_of_another_city_stands_beside() -> None:
    document = neighbour()
    found = build_beside(city(), {**row(), "indicator_id": "share"}, [city(), neighbour(indicator_id="share")], ZH)
    assert (found[0]["label"], found[0]["obstacles"], found[0]["row"]["target"]) == (document.view["city"]["label"], [], "T01")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"counting": "operating"}, "统计口径"),
        ({"scope": "市区"}, "范围"),
        ({"year": 2025}, "期限"),
        ({"base_year": 2020}, "基年"),
    ],
)
def test_what_differs_is_said_instead_of_compared(changes: dict[str, Any], word: str) -> None:
    found = build_beside(city(), row(), [neighbour(**changes)], ZH)
    assert [one.startswith(f"{word}不同") for one in found[0]["obstacles"]] == [True]


def test_a_unit_of_another_kind_is_an_obstacle_and_another_size_is_none() -> None:
    share, mass, energy = ({**row(), "value": {**row()["value"], "unit": unit}} for unit in ("万吨", "t", "GJ"))
    assert (find_obstacles(share, mass, ZH), len(find_obstacles(share, energy, ZH))) == ([], 1)


def test_a_target_without_an_indicator_is_never_compared() -> None:
    found = build_beside(city(), row("T08"), [neighbour()], ZH)
    assert (found[0]["row"], found[0]["obstacles"][0][:9]) == (None, "这项目标没有对应到")


def test_the_plans_above_stand_with_their_standing() -> None:
    plans = [one for one in build_beside(city(), row(), [], ZH) if one["kind"] == "plan"]
    assert [(one["standing"], one["firm"]) for one in plans] == [("looser", True), ("stricter", True)]


def test_two_served_cities_see_each_other_on_the_page() -> None:
    client = Client(create_app([city(), neighbour()]))
    assert "/other/targets/T01" in client.get("/yangli/targets/T01").text


def test_a_city_that_cannot_be_compared_shows_no_figure() -> None:
    text = Client(create_app([city(), neighbour(scope="市区")])).get("/yangli/targets/T01?lang=zh").text
    start = text.index("邻市", text.index('id="beside"'))
    cells = text[start : text.index("</tr>", start)]
    assert ("不可比" in cells, "30" in cells) == (True, False)
