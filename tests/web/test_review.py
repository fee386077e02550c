"""The review in a browser: log in, bring a plan, work with the keyboard and the mouse, confirm; and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dafeng.plans.edits import Change
from dafeng.work.city import City, open_city
from dafeng.work.review import review, revise
from dafeng.work.versions import list_versions
from tests.conftest import ROOT
from tests.web.browser import Visit, launched, served
from tests.web.reviews import PASSWORD, app_of, city_with_people, taken_in
from tests.work.reviews import type_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
PLAN = ROOT / "cities/yunting/plans/plan.txt"
T1, T2, T3 = "990200-T01", "990200-T02", "990200-T03"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    with launched(chromium) as one:
        yield one


@pytest.fixture
def city(tmp_path: Path) -> City:
    return city_with_people(tmp_path)


@pytest.fixture
def base(city: City) -> Iterator[str]:
    with served(app_of(city)) as address:
        yield address


@pytest.fixture
def desk(browser: Any) -> Iterator[Visit]:
    visit = Visit(browser, viewport=DESK, accept_downloads=True)
    yield visit
    visit.context.close()


def log_in(page: Page, base: str, path: str, name: str = "李四") -> None:
    """Go to a review page by the login."""
    page.goto(base + path)
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url(base + path)


def opened(visit: Visit, base: str, city: City, name: str = "李四", show: str = "all") -> Page:
    """The two panes of a plan that was taken in."""
    log_in(visit.page, base, taken_in(city), name)
    visit.page.goto(f"{visit.page.url}?show={show}")
    visit.page.wait_for_selector("#desk.acting")
    return visit.page


def card(page: Page, name: str) -> Any:
    return page.locator(f"#r-{name}")


def test_from_the_login_to_a_confirmed_plan(desk: Visit, base: str, city: City) -> None:
    page = desk.page
    log_in(page, base, "/qinglan/review/")
    page.set_input_files(".take-in [type=file]", PLAN)
    page.click(".take-in button")
    page.wait_for_selector("#desk.acting")
    page.click('.shows [data-show="all"]')
    page.keyboard.press("a")
    expect(card(page, T1)).to_have_attribute("data-state", "accepted")
    expect(card(page, T2)).to_have_class("record is-current")
    page.keyboard.press("e")
    page.fill('[name="f.value"]', "14")
    page.keyboard.press("Enter")
    expect(card(page, T2)).to_have_attribute("data-state", "corrected")
    expect(page.locator("#progress")).to_contain_text("2 / 21")
    page.click("text=确认为新版本")
    page.click("main form button")
    expect(page.locator("h1")).to_have_text("第 1 版")
    assert ([one.value for one in city.read_plan().targets[:2]], list_versions(city)[0].who) == ([20, 14], "李四")
    assert desk.clean() == ([], [])


def test_a_click_on_a_sign_chooses_its_record_and_back(desk: Visit, base: str, city: City) -> None:
    page = opened(desk, base, city)
    page.locator(".s-figure", has_text="300万千瓦").click()
    expect(page.locator(".record.is-current")).to_have_attribute("id", f"r-{T3}")
    card(page, T1).click()
    expect(page.locator("#paper .s-figure.is-current")).to_have_text("28%")


def test_keys_walk_decide_undo_and_help(desk: Visit, base: str, city: City) -> None:
    page = opened(desk, base, city)
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(".record.is-current")).to_have_attribute("id", f"r-{T1}")
    page.keyboard.press("x")
    expect(card(page, T1)).to_have_attribute("data-state", "rejected")
    expect(page.locator("#paper .s-figure", has_text="28%")).to_have_attribute("data-state", "rejected")
    page.keyboard.press("k")
    page.keyboard.press("u")
    expect(card(page, T1)).to_have_attribute("data-state", "unseen")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    assert [edit.action for edit in review(city).edits] == ["reject", "undo"]


def test_a_target_is_split_and_only_what_changed_is_drawn_anew(desk: Visit, base: str, city: City) -> None:
    page = opened(desk, base, city)
    page.evaluate(f"document.getElementById('r-{T3}').dataset.mine = 'kept'")
    card(page, T2).click()
    page.keyboard.press("s")
    page.fill('[name="f.0.scope"]', "近海")
    page.fill('[name="f.1.scope"]', "远海")
    page.fill('[name="f.1.value"]', "50")
    page.click(".edit-form .button")
    expect(card(page, f"{T2}-2")).to_be_visible()
    expect(card(page, T2)).to_have_attribute("data-state", "split")
    expect(card(page, T3)).to_have_attribute("data-mine", "kept")
    assert [(one.id, one.value) for one in review(city).plan.targets][1:3] == [(f"{T2}-1", 200), (f"{T2}-2", 50)]
    assert desk.clean() == ([], [])


def test_a_target_is_added_by_selecting_text_with_the_mouse(desk: Visit, base: str, city: City) -> None:
    page = opened(desk, base, city)
    words = page.locator("#paper .s-goal", has_text="湿地面积保持稳定")
    words.scroll_into_view_if_needed()
    box = words.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    page.click("#float-add")
    expect(page.locator("#adding .clause-text")).to_have_text("湿地面积保持稳定")
    page.fill('#adding [name="f.indicator"]', "湿地面积")
    page.fill('#adding [name="f.value"]', "5")
    page.fill('#adding [name="f.unit"]', "万亩")
    page.click("#adding .button")
    expect(card(page, "990200-R01")).to_have_attribute("data-state", "added")
    made = review(city).plan.targets[-1]
    text = review(city).document.text
    assert (made.indicator, made.value, made.task, text[made.anchor.start : made.anchor.end]) == (
        "湿地面积",
        5,
        "990200-A02",
        "湿地面积保持稳定",
    )
    assert desk.clean() == ([], [])


def test_without_a_selection_nothing_is_added(desk: Visit, base: str, city: City) -> None:
    page = opened(desk, base, city)
    page.keyboard.press("n")
    expect(page.locator("#notice")).to_contain_text("先在文件里选中一句话")


def test_what_cannot_be_used_is_said_beside_the_field_and_kept(desk: Visit, base: str, city: City) -> None:
    page = opened(desk, base, city)
    page.keyboard.press("e")
    page.fill('[name="f.value"]', "三十")
    page.keyboard.press("Enter")
    expect(page.locator(".form-notice")).to_contain_text("一个数")
    expect(page.locator('[name="f.value"]')).to_be_focused()
    expect(page.locator('[name="f.value"]')).to_have_value("三十")


def test_the_slower_of_two_is_told_and_keeps_what_was_typed(desk: Visit, base: str, city: City) -> None:
    page = opened(desk, base, city)
    page.keyboard.press("e")
    page.fill('[name="f.value"]', "31")
    revise(city, review(city), Change(T1, "correct", ({"value": "30"},)), who="张三")
    page.keyboard.press("Enter")
    expect(page.locator(".form-notice")).to_contain_text("张三")
    expect(card(page, T1).locator(".rec-figure")).to_contain_text("30%")
    expect(page.locator('[name="f.value"]')).to_have_value("31")
    page.click(".edit-form .button")
    expect(card(page, T1).locator(".rec-figure")).to_contain_text("31%")
    assert [(edit.who, edit.before["value"], edit.after[0].fields["value"]) for edit in review(city).edits] == [
        ("张三", "28", "30"),
        ("李四", "30", "31"),
    ]


def test_an_expired_login_is_said_and_nothing_is_lost(desk: Visit, base: str, city: City) -> None:
    page = opened(desk, base, city)
    page.keyboard.press("e")
    page.fill('[name="f.value"]', "31")
    desk.context.clear_cookies()
    page.keyboard.press("Enter")
    expect(page.locator(".form-notice")).to_contain_text("登录已过期")
    expect(page.locator('[name="f.value"]')).to_have_value("31")


def test_filters_show_what_they_say(desk: Visit, base: str, city: City) -> None:
    page = opened(desk, base, city)
    page.click('.shows [data-show="organisation"]')
    expect(page.locator(".record:visible").first).to_have_attribute("data-kind", "organisation")
    page.click('.shows [data-show="other"]')
    expect(page.locator(".record:visible")).to_have_count(1)
    page.keyboard.press("e")
    page.fill('[name="f.year"]', "2030")
    page.click(".edit-form .button")
    expect(card(page, "990200-R01")).to_be_visible()
    assert review(city).state("990200-N01") == "taken"


def test_the_spreadsheet_goes_out_and_comes_back_by_the_page(desk: Visit, base: str, city: City, tmp_path: Path) -> None:
    page = opened(desk, base, city)
    page.click(".menu summary")
    with page.expect_download() as waiting:
        page.click(".menu a[download]")
    edited = tmp_path / "edited.xlsx"
    edited.write_bytes(type_in(Path(waiting.value.path()).read_bytes(), targets_G4="30"))
    page.set_input_files(".menu [type=file]", edited)
    page.click(".menu form button")
    expect(page.locator("h1")).to_have_text("1 格有改动")
    expect(page.locator("tbody .was")).to_have_text("28")
    assert review(city).edits == ()
    page.click("main form .button")
    page.wait_for_selector("#desk.acting")
    assert [(edit.who, edit.after[0].fields) for edit in review(city).edits] == [("李四", {"value": "30"})]
    assert desk.clean() == ([], [])


def test_everything_but_a_selection_works_without_scripts(browser: Any, base: str, city: City) -> None:
    visit = Visit(browser, viewport=DESK, java_script_enabled=False)
    home = taken_in(city)
    log_in(visit.page, base, home)
    page = visit.page
    page.goto(f"{base}{home}?show=all")
    card(page, T1).locator("button", has_text="采纳").click()
    card(page, T2).locator("a", has_text="更正").click()
    page.fill('[name="f.value"]', "210")
    page.click(".edit-form .button")
    card(page, T3).locator("a", has_text="拆分").click()
    page.fill('[name="f.0.scope"]', "甲县")
    page.click(".edit-form .button")
    card(page, f"{T3}-2").locator("button", has_text="剔除").click()
    states = [review(city).state(name) for name in (T1, T2, T3, f"{T3}-1", f"{T3}-2")]
    visit.context.close()
    assert states == ["accepted", "corrected", "split", "added", "rejected"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_whole_in_every_dress_and_asks_nobody(
    browser: Any, base: str, city: City, size: Any, scheme: Any, language: str
) -> None:
    visit = Visit(browser, viewport=size, color_scheme=scheme)
    home = taken_in(city)
    log_in(visit.page, base, home)
    wider = []
    for path in (home, f"{home}?record={T1}&form=edit", home + "confirm", "/qinglan/review/"):
        visit.page.goto(f"{base}{path}{'&' if '?' in path else '?'}lang={language}")
        wider.append(visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
    found = (visit.clean(), max(wider), visit.page.get_attribute("html", "lang"))
    visit.context.close()
    assert found == (([], []), 0, {"zh": "zh-CN", "en": "en"}[language])


def test_on_a_phone_the_panes_are_tabs(browser: Any, base: str, city: City) -> None:
    visit = Visit(browser, viewport=PHONE)
    page = opened(visit, base, city)
    expect(page.locator("#paper")).to_be_hidden()
    page.click('.panes-switch [data-pane="document"]')
    page.locator(".s-figure", has_text="300万千瓦").click()
    expect(card(page, T3)).to_be_in_viewport()
    found = visit.clean()
    visit.context.close()
    assert found == ([], [])


def test_a_reader_sees_and_cannot_write(desk: Visit, base: str, city: City) -> None:
    page = opened(desk, base, city, name="王五")
    expect(page.locator("#paper")).to_contain_text("海上风电")
    expect(page.locator(".act")).to_have_count(0)
    page.keyboard.press("a")
    assert (open_city(city.folder).slug, review(city).edits) == ("qinglan", ())
