"""The page of tasks: whose word an organisation is, filters and downloads."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.filters import choose_tasks
from dafeng.web.freeze import write_site
from dafeng.web.tasklist import make_file, rank_proposed, read_list
from tests.web.client import Client
from tests.web.sample import HASH, TEXT, city, traces, view

CLIENT = Client(create_app([city()]))
PATH = "/yangli/tasks"


def older() -> CityView:
    """A city whose run was made before there were task lists."""
    return CityView({name: part for name, part in view().items() if name != "tasklist"}, traces())


def test_a_proposal_is_marked_by_word_and_shape() -> None:
    page = CLIENT.get(PATH).text
    assert ("系统建议" in page, "#t-proposed" in page, "建议牵头 市住房城乡建设局" in page) == (True, True, True)


@pytest.mark.parametrize(("language", "said"), [("zh", "不是方案的规定"), ("en", "no word of the plan")])
def test_the_page_says_that_proposals_are_none_of_the_plans(language: str, said: str) -> None:
    assert said in CLIENT.get(f"{PATH}?lang={language}").text


def test_a_word_of_the_table_is_text_and_no_markup() -> None:
    for language, said in (("en", '&lt;b&gt;<bdi lang="zh">绿地'), ("zh", "&lt;b&gt;绿地")):
        page = CLIENT.get(f"{PATH}?lang={language}").text
        assert ("<b>绿地</b>" in page, said in page) == (False, True)


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        ({"organisation": "市园林局"}, ["K5"]),
        ({"state": "proposed"}, ["K5"]),
        ({"field": "energy"}, ["K1", "K2", "K3", "K4"]),
        ({"field": "energy", "state": "proposed"}, []),
        ({"field": "nothing"}, []),
    ],
)
def test_tasks_are_chosen_by_proposed_organisation_field_and_state(chosen: dict[str, str], ids: list[str]) -> None:
    assert [row["id"] for row in choose_tasks(view(), chosen)] == ids


def test_measures_are_read_out_of_the_text_that_the_city_keeps() -> None:
    known = CityView(view(), traces(), {HASH: TEXT})
    unknown = CityView(view(), traces())
    told = [(one["tasks"][0]["measures"][0]["text"]) for one in (read_list(known) or {}, read_list(unknown) or {})]
    assert told == ["建设海上风电基地", None]


def test_proposed_organisations_are_ranked_by_tasks() -> None:
    assert [(one["name"], one["tasks"]) for one in rank_proposed(read_list(city()))] == [
        ("市住房城乡建设局", ["K5"]),
        ("市园林局", ["K5"]),
    ]


@pytest.mark.parametrize("form", ["xlsx", "docx"])
def test_the_list_can_be_downloaded(form: str) -> None:
    answer = CLIENT.get(f"/yangli/yangli-tasks.{form}")
    assert (answer.status_code, answer.content[:2], answer.headers["content-disposition"]) == (
        200,
        b"PK",
        f'attachment; filename="yangli-tasks.{form}"',
    )


def test_the_download_speaks_the_readers_language() -> None:
    book: Any = docx.Document(io.BytesIO(CLIENT.get("/yangli/yangli-tasks.docx?lang=en").content))
    assert book.paragraphs[0].text == "Annex"


@pytest.mark.parametrize("name", ["yangli-tasks.pdf", "yangli-tasks.", "other-tasks.xlsx"])
def test_another_form_is_not_found(name: str) -> None:
    assert CLIENT.get(f"/yangli/{name}").status_code == 404


def test_a_run_without_a_list_shows_its_tasks_and_offers_no_file() -> None:
    client = Client(create_app([older()]))
    page = client.get(PATH)
    assert (page.status_code, "yangli-tasks" in page.text, "建设海上风电基地" in page.text) == (200, False, True)
    assert client.get("/yangli/yangli-tasks.xlsx").status_code == 404


def test_the_frozen_copy_holds_the_files(tmp_path: Any) -> None:
    site = write_site(view(), traces(), tmp_path).parent
    assert (site / "yangli-tasks.docx").read_bytes() == make_file(read_list(CityView(view(), traces())) or {}, "docx", "zh")
