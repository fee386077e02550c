"""Books, units, limits and times as the pages of rights write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from dafeng.ledger.book_plans import read_book_plans
from dafeng.ledger.ledger import open_ledger
from dafeng.ledger.requests import MOST, OpenAccount, OpenBook, Transfer
from dafeng.web.app import create_app
from dafeng.web.book_words import has_limit, name_book, say_counted, say_unit
from dafeng.web.cities import CityView
from dafeng.web.clocks import Clock, clock_words, date_words
from dafeng.web.labels import Words
from dafeng.web.links import ServedLinks
from dafeng.web.render import TEMPLATES, Frame, render
from dafeng.work.city import City
from dafeng.work.right_overview import BookSum
from dafeng.work.right_rows import BookRow
from tests.web.browser import Visit, launched, served
from tests.web.ledgers import fill_ledger
from tests.web.reviews import Person, city_with_people, person
from tests.web.sample import traces, view
from tests.web.test_rights import HOME, app_of, log_in

DAY = "2026-01-01"


@pytest.fixture
def filled(tmp_path: Path) -> City:
    """A city with two books of its own and two that a programme opened: one of grams without a limit, one of vouchers."""
    made = city_with_people(tmp_path)
    fill_ledger(made)
    with open_ledger(made.ledger) as ledger:
        ledger.submit([[
            OpenBook("x.1", "puhui.grams", "carbon inclusion reduction", "gCO2"),
            OpenAccount("x.2", "puhui.grams.issuer", "puhui.grams", "issuer", ("city",), limit=MOST),
            OpenAccount("x.3", "somebody", "puhui.grams", "organisation", ("somebody",)),
            Transfer("x.4", "issue", "puhui.grams.issuer", "somebody", 3_090, DAY),
            OpenBook("x.5", "puhui.voucher.tea", "tea", "voucher"),
            OpenAccount("x.6", "tea.issuer", "puhui.voucher.tea", "issuer", ("city",), limit=10),
        ]])  # fmt: skip
    return made


@pytest.fixture
def reader(filled: City) -> Person:
    return person(app_of(filled), "李四")  # who may see books of persons


def told(instrument: str, unit: str = "t", period: str = "") -> BookSum:
    row = BookRow(1, "a-book", instrument, unit, 0, False, period, False, "open", 1)
    return BookSum(row, None, 0, 0, 0, 0, {}, 0)


@pytest.mark.parametrize(
    ("book", "zh", "en"),
    [
        (told("CEA owed", period="2023"), "应退未退配额 2023", "Allowances to give back 2023"),
        (told("energy_budget"), "用能预算", "Energy budget"),
        (told("tea", "voucher"), "碳普惠兑换券", "Carbon inclusion vouchers"),
        (told("x-1"), "其他账簿", "Another book"),
    ],
)
def test_a_book_without_a_definition_is_named_by_what_it_is_kept_for(book: BookSum, zh: str, en: str) -> None:
    assert (name_book(book).zh, name_book(book).en) == (zh, en)


def test_units_follow_the_language() -> None:
    pairs = [("元", "en"), ("元", "zh"), ("point", "zh"), ("tCO2", "zh"), ("t", "en")]
    assert [say_unit(unit, language) for unit, language in pairs] == ["yuan", "元", "分", "tCO₂", "t"]


def test_the_largest_quantity_is_no_limit() -> None:
    assert (has_limit(MOST), has_limit(2 * MOST), has_limit(MOST - 1)) == (False, False, True)


def test_titles_are_in_the_language_of_the_page_with_the_id_beside(reader: Person) -> None:
    pages = [reader.get(HOME).text, reader.get(HOME + "?lang=en").text]
    titles = [re.findall(r'books/\d+/">([^<]*)</a>', page) for page in pages]
    assert titles[0] == ["核证自愿减排量", "碳普惠减排量（个人）", "碳排放配额 2025", "碳普惠兑换券"]
    assert not any(re.search(r"[\u4e00-\u9fff]", one) for one in titles[1])
    assert [f'<span class="whole">{name}</span>' in pages[0] for name in ("puhui.grams", "puhui.voucher.tea")] == [True] * 2


def test_a_limit_that_is_none_is_said_in_words(reader: Person) -> None:
    page = reader.get(HOME).text
    assert ("无上限" in page, "4,611,686" in page) == (True, False)
    inside = reader.get("/qinglan/rights/books/3/").text
    account = re.search(r'href="(/qinglan/rights/accounts/\d+/)">puhui.grams.issuer', inside)
    assert account is not None
    shown = reader.get(account[1]).text
    assert [("无上限" in one, "4,611,686" in one) for one in (inside, shown)] == [(True, False)] * 2


def test_books_in_which_nothing_moved_are_folded(reader: Person) -> None:
    page = reader.get(HOME).text
    table, folded = page.split('<details class="act card" id="unused"')
    assert ("2 本账簿尚无收付" in folded, "碳排放配额 2025" in folded, "碳排放配额 2025" in table) == (True, True, False)


def test_every_sum_of_a_book_is_on_the_page_and_zeros_are_not(reader: Person) -> None:
    row = next(one for one in re.findall(r"<tr>.*?</tr>", reader.get(HOME).text, re.S) if "核证自愿减排量" in one)
    assert [word in row for word in ("120,000", "总量 1,000,000", "118,760", "自愿注销", "240")] == [True] * 5
    assert "已清缴" not in row


def test_orders_stand_as_they_were_booked_with_their_ids(reader: Person) -> None:
    page = reader.get(HOME + "orders/").text
    rows = re.findall(r"<tr>.*?</tr>", page.split("<tbody>")[1], re.S)
    events = [int(found[1]) for one in rows if (found := re.search(r"events/(\d+)/", one))]
    assert events == sorted(events, reverse=True)
    assert ["<code>retire-2</code>" in rows[1], "<code>open.ccer</code>" in rows[-1]] == [True, True]


def test_times_are_those_of_the_city_and_their_name_is_said_once(reader: Person) -> None:
    page = reader.get(HOME + "orders/").text
    now = datetime.now(UTC) + timedelta(hours=8)
    assert (page.count("北京时间"), " UTC" in page, now.strftime("%Y-%m-%d %H:") in page) == (1, False, True)
    event = reader.get("/qinglan/rights/events/20/").text
    assert (" UTC" in event, now.strftime("%Y-%m-%d %H:") in event, "北京时间" in event) == (False, True, True)


def test_a_clock_reads_every_form_of_an_instant_alike() -> None:
    clock = Clock(timezone(timedelta(hours=8)))
    at = datetime(2026, 1, 1, 20, 30, tzinfo=UTC)
    forms = (at, at.isoformat(), at.replace(tzinfo=None).isoformat(), int(at.timestamp()))
    assert {clock.tell(one) for one in forms} == {"2026-01-02 04:30"}
    assert (clock.tell(None), clock.tell("")) == ("", "")
    assert [clock_words(hours, Words("en"))["zone"] for hours in (8, 9, -3)] == ["Beijing time", "UTC+9", "UTC−3"]


def test_every_page_writes_an_instant_in_beijing_time_and_says_so() -> None:
    told = date_words(Words("zh"))
    late = "2026-11-22T19:04:14.610634+00:00"
    assert (told["moment"](late), told["day_of"](late), told["clock_of"](late)) == (
        "2026-11-23 03:04 北京时间",
        "2026-11-23",
        "03:04",
    )


def test_the_foot_of_a_page_tells_when_its_run_was_computed_in_beijing_time() -> None:
    late = {**view(), "run": {**view()["run"], "at": "2026-11-22T19:04:14+00:00"}}
    frame = Frame(Words("en"), ServedLinks("yangli"), CityView(late, traces()), "")
    page = render("error.html", frame, {"code": 404, "reason": ()})
    assert "Computed 2026-11-23 03:04 Beijing time" in page


def test_no_template_writes_an_instant_by_itself() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html")}
    assert not [name for name, text in written.items() if " UTC" in text or "strftime" in text or ".at[:1" in text]


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_column_and_no_button_is_cut_off_at_1280_pixels(chromium: str, filled: City, language: str) -> None:
    with served(create_app([], offices=[filled])) as base, launched(chromium) as browser:
        visit = Visit(browser, viewport={"width": 1280, "height": 800})
        visit.context.add_cookies([{"name": "lang", "value": language, "url": base}])
        log_in(visit.page, base, "张三")
        for path in (HOME, HOME + "accounts/6/", HOME + "orders/"):
            visit.page.goto(base + path)
            tables = visit.page.locator(".table-wrap")
            cut = tables.evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth).length")
            assert (tables.count() > 0, cut) == (True, 0)
        visit.context.close()


@pytest.mark.parametrize(
    ("id", "zh", "en", "title"),
    [
        ("points", "分 积分", "points", "Points"),
        ("cea", "t 二氧化碳当量", "t CO₂e", "Carbon allowances"),
        ("carbon_budget", "tCO₂ 二氧化碳", "tCO₂", "Carbon budget"),
    ],
)
def test_a_book_says_its_unit_once_with_its_signs_and_a_capital(id: str, zh: str, en: str, title: str) -> None:
    plan = read_book_plans().books[id]
    row = BookRow(1, id, plan.instrument, plan.unit, plan.scale, False, "", False, "open", 1)
    found = BookSum(row, plan, 0, 0, 0, 0, {}, 0)
    assert (say_counted(found, "zh"), say_counted(found, "en"), name_book(found).en) == (zh, en, title)


def test_one_finding_is_told_without_a_wrong_plural() -> None:
    words = Words("en")
    assert words.say("deliver.counts", values={"error": 0, "warning": 1, "info": 1}) == "errors: 0, warnings: 1, notes: 1"
    assert words.say("deliver.rows", values={"n": 1}) == "Figures that can be taken in: 1"
