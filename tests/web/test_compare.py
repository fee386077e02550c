"""The page that sets the plan beside those of the province and the nation."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from tests.web.client import Client, Page
from tests.web.sample import city, traces, view


@pytest.fixture
def client() -> Client:
    return Client(create_app([city()]))


def cells(text: str, head: str) -> str:
    """What the page says from a heading on, up to the end of its row."""
    return text.split(head, 1)[1].split("</tr>", 1)[0]


def test_numbers_stand_side_by_side_with_shape_and_word(client: Client) -> None:
    row = cells(client.get("/yangli/compare").text, "非化石能源消费比重</a>")
    assert [sign in row for sign in ("#s-looser", "更宽", "#s-stricter", "更严", "30", "28")] == [True] * 6


def test_a_figure_nobody_has_seen_is_marked(client: Client) -> None:
    rows = [cells(client.get("/yangli/compare").text, f"{name}</a>") for name in ("海上风电装机容量", "非化石能源消费比重")]
    assert ["未核实" in row for row in rows] == [True, False]


def test_the_head_counts_the_nearest_plan(client: Client) -> None:
    text = client.get("/yangli/compare?lang=en").text
    assert "Sample City beside Sample Province: 0 stricter, 1 looser, 1 missing, 1 delegated" in text


def test_every_judgement_and_figure_leads_to_its_explanation(client: Client) -> None:
    found = Page(client.get("/yangli/compare").text).values("data-explain", "a")
    answers = {client.get(f"/yangli/explain/{address}").status_code for address in found}
    wanted = {f"comparison/province.{name}" for name in ("T01", "T02", "province.4", "province.5")}
    assert (answers, wanted <= set(found)) == ({200}, True)


def test_an_unknown_position_is_said_and_a_known_one_is_shown(client: Client) -> None:
    row = cells(client.get("/yangli/compare").text, "非化石能源消费比重</a>")
    assert ("原文位置未知" in row, "字符" in row) == (True, True)


def test_filters_choose_the_rows_of_page_and_json_alike(client: Client) -> None:
    query = "party=province&standing=missing"
    rows = client.get(f"/yangli/compare.json?{query}").json()["comparison"]["rows"]
    page = client.get(f"/yangli/compare?{query}").text
    assert ([row["id"] for row in rows], "显示 1 / 5 项" in page) == (["province.4"], True)


def test_the_workbook_of_the_page_holds_the_comparison_only(client: Client) -> None:
    answer = client.get("/yangli/compare.xlsx")
    names = CalamineWorkbook.from_filelike(BytesIO(answer.content)).sheet_names
    assert (answer.headers["content-disposition"].split("=")[1], names[1:]) == (
        '"yangli-compare.xlsx"',
        ["方案对比 Comparison", "任务改动 Changes"],
    )


@pytest.mark.parametrize("lacking", [{"comparison": None}, {}], ids=["empty", "older"])
def test_a_run_without_a_comparison_says_so(lacking: dict[str, Any]) -> None:
    shown = {key: value for key, value in view().items() if key != "comparison"} | lacking
    bare = Client(create_app([CityView(shown, traces())]))
    answers = [bare.get(f"/yangli/{name}").status_code for name in ("compare", "compare.json", "compare.xlsx")]
    assert (answers, "没有可以对比的上级方案" in bare.get("/yangli/compare").text) == ([200, 200, 404], True)
