"""The tasks as board, time line and graph, and the page of a task: what stands in them, for whom, and in the frozen copy."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.freeze import write_site
from dafeng.web.task_views import choose_shape
from tests.web.client import Client
from tests.web.sample import HASH, TEXT, city, traces, view

CLIENT = Client(create_app([city()]))
PATH = "/yangli/tasks"
SHAPES = ("board", "gantt", "links")


def older() -> CityView:
    """A city whose run was made before there were schedules."""
    return CityView({name: part for name, part in view().items() if name != "schedule"}, traces())


def columns(page: str) -> dict[str, int]:
    """Heads of the board's columns with their counts."""
    found = re.findall(
        r'<h3>.*?<span>(?:<small>(.*?)</small>)?(.*?)</span><span class="column-n">(\d+)</span></h3>', page, re.DOTALL
    )
    return {f"{said} {name}".strip(): int(count) for said, name, count in found}


@pytest.mark.parametrize(
    ("query", "shape"),
    [
        ({}, ("list", "chapter")), ({"view": "board"}, ("board", "place")),
        ({"view": "board", "group": "field"}, ("board", "field")),
        ({"view": "gantt", "group": "x"}, ("gantt", "chapter")), ({"view": "<b>"}, ("list", "chapter")),
    ],
)  # fmt: skip
def test_an_address_that_names_no_view_is_the_list(query: dict[str, str], shape: tuple[str, str]) -> None:
    assert choose_shape(query) == shape


def test_a_task_without_a_report_is_not_under_way() -> None:
    found = columns(CLIENT.get(f"{PATH}?view=board&lang=zh").text)
    assert found == {
        "已报告 已完成": 1,
        "已报告 延误": 1,
        "已报告 推进中": 1,
        "已报告 未启动": 0,
        "未报告 目标有风险": 1,
        "未报告 目标无法判断或未到期": 1,
    }


@pytest.mark.parametrize("shape", ["list", *SHAPES])
def test_every_view_keeps_the_filters(shape: str) -> None:
    page = CLIENT.get(f"{PATH}?view={shape}&q=煤电").text
    shown = page[page.index('id="results"') :]
    assert ("推进煤电清洁高效转型" in shown, "推广绿色建筑" in shown) == (True, False)
    assert "q=%E7%85%A4%E7%94%B5" in shown


def test_a_task_with_several_organisations_stands_with_each() -> None:
    page = CLIENT.get(f"{PATH}?view=board&group=organisation").text
    assert sum(columns(page).values()) > 5


def test_the_time_line_tells_open_ends_and_comparators() -> None:
    page = CLIENT.get(f"{PATH}?view=gantt&lang=zh").text
    lanes = re.findall(r'<g class="lane">.*?</g>\n?', page.replace("</g></g>", "</g>"))
    assert ("评估日 2026-01-15" in page, "≥" in page, 'class="bar open' in page, 'class="never"' in page) == (
        True,
        True,
        True,
        True,
    )
    assert len(lanes) >= 5


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_drawings_are_well_formed(shape: str, language: str) -> None:
    page = CLIENT.get(f"{PATH}?view={shape}&lang={language}").text
    for drawing in re.findall(r"<svg class=\"(?:axis|lanes|graph).*?</svg>", page, re.DOTALL):
        ET.fromstring(drawing)


def test_words_of_a_city_are_text_in_a_drawing() -> None:
    text = "".join(CLIENT.get(f"{PATH}?view={shape}").text for shape in SHAPES) + CLIENT.get(f"{PATH}/K1").text
    assert ("<b>基本" in text, "<i>纪要" in text, "<b>完成" in text, "&lt;b&gt;基本" in text) == (False, False, False, True)


def test_dependencies_tell_what_was_delivered_and_what_was_concluded() -> None:
    page = CLIENT.get(f"{PATH}?view=links&lang=zh").text
    said = ("1 条为交付的依赖，1 条由系统推出", "关键链", "前置任务报告延误", "会议&lt;i&gt;纪要", 'data-explain="clashes/1"')
    assert [word for word in said if word not in page] == []


def test_the_page_of_a_task_says_what_it_waits_for_and_what_is_lacking() -> None:
    page = CLIENT.get(f"{PATH}/K2?lang=zh").text
    assert [word for word in ("它要等的任务：1 项", "前置任务报告延误", "市能源局报告", "推进中") if word not in page] == []
    assert "方案没有写明责任单位" in CLIENT.get(f"{PATH}/K5?lang=zh").text


def test_the_clause_is_shown_where_the_city_keeps_the_document() -> None:
    client = Client(create_app([CityView(view(), traces(), {HASH: TEXT})]))
    assert '<blockquote class="task-clause">建设海上风电基地</blockquote>' in client.get(f"{PATH}/K1").text


def test_a_task_as_json_holds_all_that_the_page_shows() -> None:
    told = CLIENT.get(f"{PATH}/K2.json").json()
    assert (told["schedule"]["place"], [link["first"] for link in told["links"]], told["pressed"][0]["by"]) == (
        "under_way",
        ["K1"],
        "K1",
    )
    assert {row["target"] for row in told["targets"]} == set(told["task"]["targets"])


@pytest.mark.parametrize("name", ["K9", "K9.json", "%3Cscript%3E", "K1.json.json"])
def test_an_unknown_task_is_not_found(name: str) -> None:
    assert CLIENT.get(f"{PATH}/{name}").status_code == 404


def test_the_api_has_the_schedule() -> None:
    told = CLIENT.get("/api/v1/cities/yangli/schedule").json()
    assert told["content"]["chain"] == {"tasks": ["K1", "K2"], "slack": 4.5}
    assert CLIENT.get(f"{PATH}.json").json()["schedule"]["day"] == "2026-01-15"


@pytest.mark.parametrize(("form", "media"), [("svg", "image/svg+xml"), ("csv", "text/csv; charset=utf-8")])
def test_the_schedule_can_be_downloaded(form: str, media: str) -> None:
    answer = CLIENT.get(f"/yangli/yangli-schedule.{form}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert CLIENT.get("/yangli/yangli-schedule.pdf").status_code == 404


def test_an_older_run_says_so_and_keeps_its_list() -> None:
    client = Client(create_app([older()]))
    for shape in SHAPES:
        assert "重新运行 dafeng assess" in client.get(f"{PATH}?view={shape}").text
    assert (client.get(PATH).status_code, client.get(f"{PATH}/K1").status_code) == (200, 200)
    assert client.get("/yangli/yangli-schedule.svg").status_code == 404


def test_the_frozen_copy_holds_views_tasks_and_files(tmp_path: Path) -> None:
    site = write_site(view(), traces(), tmp_path).parent
    for folder in (site, site / "en"):
        names = ["tasks.html", *(f"tasks-{shape}.html" for shape in SHAPES), *(f"task-K{n}.html" for n in range(1, 6))]
        assert [name for name in names if not (folder / name).is_file()] == []
        linked = {found for name in names for found in re.findall(r'href="(tasks?-[\w-]+\.html)', (folder / name).read_text())}
        assert [name for name in linked if not (folder / name).is_file()] == []
    assert {"yangli-schedule.svg", "yangli-schedule.csv"} <= {path.name for path in site.iterdir()}


@pytest.fixture
def many() -> dict[str, Any]:
    """The invented plan with two hundred tasks."""
    made = view()
    for rows in (made["tasks"], made["tasklist"]["tasks"], made["schedule"]["tasks"]):
        rows += [
            {**rows[at % 5], "id": f"K{at + 1}", **({"chapter": f"第{at // 20}章"} if "chapter" in rows[0] else {})}
            for at in range(5, 200)
        ]
    return made


@pytest.mark.parametrize("shape", ["gantt", "board"])
def test_two_hundred_tasks_fold(many: dict[str, Any], shape: str) -> None:
    page = Client(create_app([CityView(many, traces())])).get(f"{PATH}?view={shape}").text
    groups = re.findall(r'<details class="(?:gantt-group|column-more)"( open)?>', page)
    assert "" in groups


@pytest.mark.parametrize("address", [f"{PATH}?view=gantt", f"{PATH}/K4"])
def test_what_a_time_line_tells_on_hovering_follows_the_language(address: str) -> None:
    mark = "&" if "?" in address else "?"
    pages = {lang: CLIENT.get(f"{address}{mark}lang={lang}").text for lang in ("zh", "en")}
    lanes = {lang: "".join(re.findall(r'<svg class="lanes".*?</svg>', page, re.DOTALL)) for lang, page in pages.items()}
    told = {lang: set(re.findall("<title[^>]*>(.*?)</title>", drawn)) for lang, drawn in lanes.items()}
    unsaid = {lang: any(word in one for one in told[lang]) for lang, word in (("zh", "未写明"), ("en", "not stated"))}
    assert (unsaid, "星级绿色建筑面积占比" in told["en"]) == ({"zh": True, "en": True}, False)
