"""Pages of fields and organisations: each says its answer first, shows what concerns it, and links to the rest."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.fields import build_field, extract_field, list_fields, read_belongings
from dafeng.web.labels import Words
from dafeng.web.organisations import build_organisation, build_organisations, list_organisations
from dafeng.web.organised import list_names
from tests.web.client import Client, Page
from tests.web.sample import city, traces, view

CLIENT = Client(create_app([city()]))
FIELDS = [field["id"] for field in list_fields(view())]


def shown() -> CityView:
    return CityView(view(), traces())


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in found]


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_field_has_its_page_and_json(name: str, language: str) -> None:
    page, data = CLIENT.get(f"/yangli/fields/{name}?lang={language}"), CLIENT.get(f"/yangli/fields/{name}.json")
    assert (page.status_code, data.status_code, data.json()["field"]["id"]) == (200, 200, name)


def test_the_six_fields_and_the_whole_city_are_known() -> None:
    assert FIELDS[:7] == ["energy", "industry", "buildings", "transport", "forestry", "agriculture", "city"]
    assert set(read_belongings()) == set(FIELDS[:7])


def test_a_field_that_only_the_tasks_have_is_a_page_of_its_own() -> None:
    document = view()
    document["tasklist"]["tasks"][0]["field"] = {"id": "finance", "label": {"zh": "财税", "en": "finance"}}
    found = build_field(CityView(document, {}), "finance", Words("zh"))
    assert found is not None
    assert (found["title"], len(found["tasks"])) == ("财税：方案未设定量目标，列有 1 项任务", 1)


def test_the_answer_of_a_field_counts_its_targets() -> None:
    found = build_field(shown(), "energy", Words("zh"))
    assert found is not None
    assert found["title"] == "能源：6 项目标，1 项严重滞后、2 项滞后、1 项按进度、2 项已达成"
    assert found["says"][0].startswith("先看核电装机容量（严重滞后）：")


def test_a_field_shows_what_belongs_to_it_and_nothing_else() -> None:
    found = extract_field(view(), "energy")
    assert {row["field"] for row in found["rows"]} == {"energy"}
    assert {task["listed"]["field"]["id"] for task in found["tasks"]} == {"energy"}
    assert {measure["field"] for measure in found["measures"]} <= {"power", "heat"}


def test_measures_of_a_field_stand_with_the_largest_first() -> None:
    rows = extract_field(view(), "energy")["measures"]
    avoided = [row["share"]["avoided"]["local"]["value"] for row in rows if row["share"]]
    assert avoided == sorted(avoided, reverse=True)


def test_what_is_not_known_of_a_field_is_said() -> None:
    found = build_field(shown(), "forestry", Words("en"))
    assert found is not None
    assert [one[:24] for one in found["gaps"]] == [
        "The plan lists no task o",
        "No measure of this field",
        "No energy use is known f",
    ]


def test_an_unknown_field_is_refused() -> None:
    assert [CLIENT.get(f"/yangli/fields/{name}").status_code for name in ("nothing", "nothing.json")] == [404, 404]


def test_the_overview_and_a_target_lead_to_the_field() -> None:
    for path in ("/yangli/", "/yangli/targets/T01"):
        assert "/yangli/fields/energy" in Page(CLIENT.get(path).text).values("href", "a")


@pytest.mark.parametrize("name", names(list_organisations(view())))
def test_every_organisation_has_its_page(name: str) -> None:
    page, data = CLIENT.get(f"/yangli/organisations/{quote(name)}"), CLIENT.get(f"/yangli/organisations/{quote(name)}.json")
    assert (page.status_code, data.status_code, data.json()["own"]["name"]) == (200, 200, name)


def test_every_name_that_is_a_link_has_a_page() -> None:
    assert list_names(view()) == set(names(list_organisations(view())))


def test_an_unknown_organisation_is_refused() -> None:
    assert CLIENT.get("/yangli/organisations/nobody").status_code == 404


def test_a_proposal_is_never_counted_as_the_plans_own_word() -> None:
    own = next(one for one in list_organisations(view()) if one["name"] == "市园林局")
    assert (own["stated"], own["proposed"], own["tasks"][0]["state"]) == (0, 1, "proposed")
    assert "须由人确认" in CLIENT.get(f"/yangli/organisations/{quote('市园林局')}?lang=zh").text


def test_what_is_due_next_is_the_nearest_year_that_is_not_met() -> None:
    found = build_organisation(shown(), "市能源局")
    assert found is not None
    open_years = [row["year"] for row in found["rows"] if row["verdict"] != "met" and row["year"] >= 2025]
    assert found["own"]["next"] == min(open_years)
    assert {row["year"] for row in found["due"]} == {min(open_years)}


def test_the_matrix_counts_each_task_once_by_field() -> None:
    found = build_organisations(shown(), {})
    assert all(sum(own["cells"]) == len(own["tasks"]) for own in found["rows"])


def test_the_matrix_turns_to_years() -> None:
    assert [column["id"] for column in build_organisations(shown(), {"by": "year"})["columns"]] == ["2030"]


@pytest.mark.parametrize(
    ("query", "expected"), [({"q": "市发改委"}, ["市发展改革委"]), ({"state": "proposed", "q": "园林"}, ["市园林局"])]
)
def test_organisations_are_found_by_name_alias_and_state(query: dict[str, str], expected: list[str]) -> None:
    assert names(build_organisations(shown(), query)["rows"]) == expected


def test_a_filter_that_nothing_passes_gives_no_rows() -> None:
    assert build_organisations(shown(), {"field": "nothing"})["rows"] == []


def test_the_search_leads_to_the_organisation() -> None:
    found = Page(CLIENT.get("/yangli/search?q=能源局").text).values("href", "a")
    assert f"/yangli/organisations/{quote('市能源局')}" in found


def test_names_on_the_page_of_targets_lead_to_their_pages() -> None:
    assert f"/yangli/organisations/{quote('市能源局')}" in Page(CLIENT.get("/yangli/targets").text).values("href", "a")


def test_a_name_from_a_plan_cannot_act() -> None:
    document = view()
    document["organisations"][0] = {**document["organisations"][0], "name": "<script>x</script>"}
    text = Client(create_app([CityView(document, traces())])).get("/yangli/organisations").text
    assert ("<script>x" in text, "&lt;script&gt;x" in text) == (False, True)
