"""Saved views of the targets: by account on the server, without one in the browser; nobody changes another's."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dafeng.store.records import open_records
from dafeng.store.saved import list_views, save_view
from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.saved_pages import clean_query
from tests.web.browser import Visit, launched, served
from tests.web.client import Client, Page
from tests.web.reviews import city_with_people, hidden, person
from tests.web.sample import city, traces, view

FORM = {"name": "滞后的能源", "query": "?verdict=behind&field=energy&lang=en&evil=1"}
HOME = "/qinglan/views"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return city_with_people(tmp_path_factory.mktemp("saved"))


@pytest.fixture(scope="module")
def app(place: Any) -> Any:
    document = view()
    document["city"] = {**document["city"], "slug": "qinglan"}
    return create_app([CityView(document, traces())], offices=[place])


@pytest.fixture(autouse=True)
def emptied(place: Any) -> Iterator[None]:
    yield
    at = datetime.now(UTC)
    with open_records(place.records) as records, records.write(actor="test", at=at) as session:
        for who in ("王五", "张三", "李四"):
            for one in list_views(session, who, "targets"):
                session.delete(one)
            session.flush()


def kept(place: Any, who: str, *, shared: bool = False, name: str = "别人的") -> str:
    at = datetime.now(UTC)
    with open_records(place.records) as records, records.write(actor=who, at=at) as session:
        return save_view(session, who, "targets", name, "verdict=met", shared=shared, at=at).id


def fragment(one: Client) -> str:
    return one.get(f"{HOME}?fragment=1").text


def save(one: Any, **fields: str) -> Any:
    return one.post(f"{HOME}/", data={"token": hidden(one.get(f"{HOME}?fragment=1")), **FORM, **fields}, follow=False)


def test_a_reader_keeps_a_view_and_finds_it_again(app: Any) -> None:
    one = person(app, "王五")
    answer = save(one)
    assert (answer.status_code, answer.headers["location"]) == (303, "/qinglan/targets?verdict=behind&field=energy")
    assert "/qinglan/targets?verdict=behind&field=energy" in Page(fragment(one)).values("href", "a")


def test_only_filters_of_the_page_are_kept() -> None:
    assert clean_query("?q=<b>&next=//evil&hide=reason&sort=year&verdict=") == "q=%3Cb%3E&sort=year&hide=reason"


def test_a_private_view_is_not_shown_to_others_and_a_shared_one_is(app: Any, place: Any) -> None:
    kept(place, "李四", name="私有的")
    kept(place, "李四", shared=True, name="共享的")
    text = fragment(person(app, "张三"))
    assert ("私有的" in text, "共享的" in text) == (False, True)


def test_without_a_login_nothing_is_told_and_nothing_kept(app: Any, place: Any) -> None:
    kept(place, "李四", shared=True, name="共享的")
    stranger = Client(app)
    assert (stranger.get(f"{HOME}?fragment=1").status_code, "共享的" in stranger.get(HOME).text) == (204, False)
    assert stranger.post(f"{HOME}/", data={"token": "x", **FORM}).status_code == 403


def test_a_form_of_another_visit_is_refused(app: Any) -> None:
    one, two = person(app, "张三"), person(app, "李四")
    token = hidden(one.get(f"{HOME}?fragment=1"))
    assert two.post(f"{HOME}/", data={"token": token, **FORM}).status_code == 403


def test_a_form_of_another_site_is_refused(app: Any) -> None:
    one = person(app, "张三")
    data = {"token": hidden(one.get(f"{HOME}?fragment=1")), **FORM}
    assert one.post(f"{HOME}/", data=data, headers={"sec-fetch-site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("shared", [False, True])
def test_a_view_of_somebody_else_cannot_be_removed_by_its_id(app: Any, place: Any, *, shared: bool) -> None:
    found, one = kept(place, "李四", shared=shared), person(app, "张三")
    answer = one.post(f"{HOME}/{found}/remove", data={"token": hidden(one.get(f"{HOME}?fragment=1"))}, follow=False)
    with open_records(place.records) as records, records.read() as session:
        assert (answer.status_code, [view.id for view in list_views(session, "李四", "targets")]) == (404, [found])


def test_an_own_view_is_removed(app: Any, place: Any) -> None:
    found, one = kept(place, "张三"), person(app, "张三")
    answer = one.post(f"{HOME}/{found}/remove", data={"token": hidden(one.get(f"{HOME}?fragment=1"))}, follow=False)
    assert (answer.status_code, found in fragment(one)) == (303, False)


@pytest.mark.parametrize("name", ["", "x" * 61])
def test_a_name_that_cannot_be_used_is_refused_in_words(app: Any, name: str) -> None:
    assert save(person(app, "张三"), name=name).status_code == 422


def test_a_name_cannot_act(app: Any) -> None:
    one = person(app, "张三")
    save(one, name="<script>x</script>", shared="1")
    text = fragment(one)
    assert ("<script>x" in text, "&lt;script&gt;x" in text) == (False, True)


def test_every_change_stands_in_the_audit_log(app: Any, place: Any) -> None:
    with open_records(place.records) as records:
        before = records.head()[0]
        save(person(app, "张三"))
        assert (records.head()[0] > before, records.verify()) == (True, ())


def test_the_page_and_its_answer_are_kept_by_nobody(app: Any) -> None:
    one = person(app, "张三")
    assert (one.get(HOME).headers["cache-control"], save(one).headers["cache-control"]) == ("no-store", "no-store")


def test_hidden_columns_leave_the_table_and_the_file() -> None:
    client = Client(create_app([city()]))
    page = client.get("/yangli/targets?hide=reason,organisation,nothing&lang=en").text
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', page) == [
        "Verdict",
        "Indicator",
        "Due",
        "Goal",
        "Actual",
        "Projected",
    ]
    rows = list(
        csv.reader(client.get("/yangli/targets.csv?hide=reason,organisation,actual&verdict=behind&lang=en").text.splitlines())
    )
    goal, projected = ["Goal", "Goal: Unit", "Goal: Comparison"], ["Projected", "Projected: Unit", "Projected: Year"]
    assert rows[0] == ["\ufeffVerdict", "Indicator", "Id", "Due", *goal, *projected]
    assert [row[2] for row in rows[1:]] == ["T01", "T05"]


@pytest.mark.parametrize(
    ("language", "figures"),
    [("en", ["13", "GW", "0.3", "", "-65.7678395265", "%"]), ("zh", ["1300", "万千瓦", "0.3", "", "-65.7678395265", "%"])],
)
def test_figures_of_the_file_have_the_unit_of_the_page_and_no_binary_noise(language: str, figures: list[str]) -> None:
    document = view()
    one = document["verdicts"][0]
    one["value"] |= {"value": 1300.0, "unit": "万千瓦"}
    one["actual"] = {"value": 0.1 + 0.2, "unit": "1", "year": 2025}
    one["projected"] = {"value": -65.76783952647156, "unit": "%", "year": 2030}
    text = Client(create_app([CityView(document, traces())])).get(f"/yangli/targets.csv?lang={language}").text
    head, *rows = csv.reader(text.splitlines())
    row = next(row for row in rows if row[2] == one["target"])
    assert len(set(head)) == len(head)
    assert [row[at] for at in (4, 5, 7, 8, 10, 11)] == figures


def test_no_text_of_the_file_becomes_a_formula() -> None:
    document = view()
    document["verdicts"][0]["indicator"] = {"zh": "=1+1", "en": "=1+1"}
    text = Client(create_app([CityView(document, traces())])).get("/yangli/targets.csv").text
    assert ("'=1+1" in text, ",=1+1" in text) == (True, False)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


def test_a_visitor_keeps_a_view_in_the_browser(browser: Any) -> None:
    with served(create_app([city()])) as base:
        visit = Visit(browser)
        visit.page.goto(f"{base}/yangli/targets?verdict=behind")
        visit.page.click(".view-save summary")
        visit.page.fill('.view-save input[name="name"]', "<b>滞后</b>")
        visit.page.click(".view-save button")
        visit.page.goto(f"{base}/yangli/targets")
        visit.page.click(".view-chip a")
        visit.page.wait_for_url("**/targets?verdict=behind")
        named, current = visit.page.inner_text(".view-chip a"), visit.page.get_attribute(".view-chip a", "aria-current")
        visit.page.click(".view-chip button")
        assert (named, current, visit.page.locator(".view-chip").count(), visit.clean()) == ("<b>滞后</b>", "true", 0, ([], []))


def test_a_column_is_picked_with_the_keyboard_and_stays_in_the_address(browser: Any) -> None:
    with served(create_app([city()])) as base:
        visit = Visit(browser)
        visit.page.goto(f"{base}/yangli/targets")
        visit.page.locator(".columns summary").press("Enter")
        visit.page.locator('.columns input[value="reason"]').press("Space")
        visit.page.wait_for_url("**hide=reason*")
        visit.page.wait_for_function("document.querySelectorAll('.targets thead th').length === 7")
        assert visit.clean() == ([], [])


def test_the_head_of_the_table_stays_in_sight(browser: Any) -> None:
    with served(create_app([city()])) as base:
        visit = Visit(browser, viewport={"width": 1440, "height": 700})
        visit.page.goto(f"{base}/yangli/targets")
        visit.page.evaluate("window.scrollTo(0, 900)")
        top = visit.page.locator(".targets thead th").first.bounding_box()["y"]  # type: ignore[index]
        assert 0 <= top <= 60


def test_a_view_is_kept_by_account_in_the_browser(browser: Any, app: Any, place: Path) -> None:
    with served(app) as base:
        visit = Visit(browser)
        visit.page.goto(f"{base}/qinglan/login?next=/qinglan/targets")
        visit.page.fill('input[name="name"]', "王五")
        visit.page.fill('input[name="password"]', "a quite long password")
        visit.page.press('input[name="password"]', "Enter")
        visit.page.goto(f"{base}/qinglan/targets?verdict=met")
        visit.page.wait_for_selector('.view-save input[name="shared"]', state="attached")
        visit.page.click(".view-save summary")
        visit.page.fill('.view-save input[name="name"]', "已达成的")
        visit.page.click(".view-save button")
        visit.page.wait_for_selector(".view-chip a")
        assert visit.page.get_attribute(".view-chip a", "href") == "/qinglan/targets?verdict=met"
        with open_records(place.records) as records, records.read() as session:  # type: ignore[attr-defined]
            assert [one.name for one in list_views(session, "王五", "targets")] == ["已达成的"]
