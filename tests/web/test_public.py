"""The public entrance: what it tells, and that it tells nothing else."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.guard import HEADERS
from dafeng.web.labels import Words, read_labels
from dafeng.web.public_app import create_public_app
from dafeng.web.public_freeze import write_public_site
from dafeng.web.public_words import count_dots, say_odds
from dafeng.work.city import City, init
from dafeng.work.publish import publish
from dafeng.work.publish_plain import read_plain
from dafeng.work.publish_rules import Visibility, list_kinds, spell_visibility
from dafeng.work.publish_table import list_rows, make_file
from tests.web.client import Client, Page
from tests.web.published import allowed, marked, marks_of, text_of
from tests.web.sample import city as sample_city

EVERYTHING = Visibility(kinds={kind: "public" for kind, one in list_kinds().items() if not one.never})
BASE = "/public/yangli/"
PAGES = (
    "",
    "indicators/",
    "words",
    "data",
    "about",
    "search?q=a",
    "sitemap.xml",
    "openapi.json",
    "indicators/indicator_t03",
    "indicators/T08",
)


def city_of(folder: Path, rules: Visibility) -> City:
    """A city folder with rules."""
    city = init(folder / "yangli", place="990100")
    (city.overlay / "visibility.yaml").write_text(spell_visibility(rules), encoding="utf-8")
    return city


def rules_by_chance(city: CityView, seed: int) -> Visibility:
    """Some kinds and some objects public, others not."""
    chance = random.Random(seed)
    kinds = {kind: chance.choice(("public", "internal")) for kind, one in list_kinds().items() if not one.never}
    rows = {"targets": [row["target"] for row in city.view["verdicts"]], "tasks": [row["id"] for row in city.view["tasks"]],
            "sources": [row["id"] for row in city.view["sources"]]}  # fmt: skip
    objects = {
        kind: {name: chance.choice(("public", "internal")) for name in names if chance.random() < 0.4}
        for kind, names in rows.items()
    }
    return Visibility(kinds=kinds, objects=objects)  # type: ignore[arg-type]


def crawl(client: Client, more: list[str]) -> dict[str, Any]:
    """Answers to every address that public pages name, in both languages, and to some that they do not."""
    waiting, answers = [BASE, "/public/", "/", *more], {}
    while waiting:
        path = waiting.pop()
        if path in answers:
            continue
        answers[path] = answer = client.get(path)
        if "html" in answer.headers.get("content-type", ""):
            named = [*Page(answer.text).values("href"), *Page(answer.text).values("src")]
            waiting += [one for one in named if one.startswith("/public")]
            waiting += [f"{path}{one}" for one in named if one.startswith("?lang") and "?" not in path]
    return answers


def guesses(city: CityView) -> list[str]:
    """Addresses that somebody could try: every internal id below every public path."""
    ids = [row["target"] for row in city.view["verdicts"]] + [str(row["indicator_id"]) for row in city.view["verdicts"]]
    tried = [f"{BASE}indicators/{one}{form}" for one in ids for form in ("", ".json", ".csv", ".svg")] + [
        f"{BASE}embed/{one}" for one in ids
    ]
    tried += [f"{BASE}explain/{one}{form}" for one in [*city.traces][::7] for form in ("", ".json")]
    return [
        *tried,
        *(BASE + page for page in (*PAGES, "tasks", "view.json", "..%2fyangli", "data/yangli.xlsx", "data/view.json")),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_no_byte_of_the_public_side_tells_what_is_not_public(tmp_path, seed):
    city, marks = marked()
    rules = rules_by_chance(city, seed) if seed else EVERYTHING
    app = create_public_app([city], offices=[city_of(tmp_path, rules)])
    answers = crawl(Client(app), guesses(city))
    owners = allowed(city, rules)
    told = {path: {marks.owner[mark] for mark in marks_of(text_of(answer), marks)} - owners for path, answer in answers.items()}
    assert {path: found for path, found in told.items() if found} == {}
    assert len(answers) > 100
    if not seed:
        assert {marks.owner[mark] for one in answers.values() for mark in marks_of(text_of(one), marks)} > {
            "targets/T01",
            "sources/plan",
        }


def test_without_rules_nothing_is_there(tmp_path):
    bare = init(tmp_path / "yangli", place="990100")
    client = Client(create_app([sample_city()], offices=[bare]))
    assert [client.get(BASE + page).status_code for page in PAGES] == [404] * len(PAGES)
    assert client.get("/public/").status_code == 200


def test_a_broken_rule_file_publishes_nothing(tmp_path):
    city = city_of(tmp_path, EVERYTHING)
    client = Client(create_app([sample_city()], offices=[city]))
    assert client.get(BASE).status_code == 200
    (city.overlay / "visibility.yaml").write_text("id: visibility\nkinds: {targets: yes}\n", encoding="utf-8")
    assert [client.get(BASE + page).status_code for page in PAGES] == [404] * len(PAGES)


def test_a_change_counts_without_a_restart(tmp_path):
    city = city_of(tmp_path, EVERYTHING)
    client = Client(create_app([sample_city()], offices=[city]))
    assert client.get(BASE + "indicators/indicator_t03").status_code == 200
    hidden = Visibility(kinds=EVERYTHING.kinds, objects={"targets": {"T03": "internal"}})
    (city.overlay / "visibility.yaml").write_text(spell_visibility(hidden), encoding="utf-8")
    assert client.get(BASE + "indicators/indicator_t03").status_code == 404


@pytest.fixture
def client(tmp_path):
    return Client(create_app([sample_city()], offices=[city_of(tmp_path, EVERYTHING)]))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_there_with_strict_headers_and_nothing_inline(client, page, language):
    answer = client.get(BASE + page + ("&" if "?" in page else "?") + f"lang={language}")
    assert answer.status_code == 200
    strict = {name: text for name, text in HEADERS.items() if name != "Cross-Origin-Resource-Policy"}
    assert {name: answer.headers[name] for name in strict} == strict
    assert Page(answer.text).inline() == []


def test_only_the_small_pages_may_be_framed(client):
    framed, page = client.get(BASE + "embed/indicator_t03"), client.get(BASE + "indicators/indicator_t03")
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    assert "x-frame-options" not in framed.headers
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"


def test_the_city_says_who_may_frame(tmp_path):
    rules = Visibility(kinds=EVERYTHING.kinds, frames=("https://news.example",))
    answer = Client(create_app([sample_city()], offices=[city_of(tmp_path, rules)])).get(BASE + "embed/indicator_t03")
    assert "frame-ancestors https://news.example" in answer.headers["content-security-policy"]
    none = Client(create_app([sample_city()], offices=[city_of(tmp_path / "b", Visibility(kinds=EVERYTHING.kinds, frames=()))]))
    assert none.get(BASE + "embed/indicator_t03").headers["x-frame-options"] == "DENY"


def test_foreign_scripts_read_public_data_and_nothing_else(client):
    opened = [
        client.get(BASE + path).headers.get("access-control-allow-origin")
        for path in ("data/yangli.json", "indicators/indicator_t03.csv")
    ]
    strict = [
        client.get(path).headers.get("access-control-allow-origin")
        for path in (BASE, "/yangli/", "/api/v1/cities", "/yangli/overview.json")
    ]
    assert (opened, strict) == (["*", "*"], [None] * 4)


def test_a_figure_stands_for_itself(client):
    answer = client.get(BASE + "indicators/indicator_t03.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "var(" not in answer.text
    assert "815" in answer.text
    assert Page(client.get(BASE + "embed/indicator_t03").text).values("href", "a") == [
        "http://testserver/public/yangli/indicators/indicator_t03"
    ]


def test_the_three_downloads_say_the_same_rows():
    city = sample_city()
    published = publish(city.view, city.traces, EVERYTHING)
    rows = list_rows(published)
    assert json.loads(make_file(published, "json", "zh"))["rows"] == rows
    assert make_file(published, "csv", "zh").decode("utf-8-sig").count("\r\n") == len(rows) + 1
    assert make_file(published, "xlsx", "zh") == make_file(published, "xlsx", "zh")
    goal = next(row for row in rows if row["id"] == "T02" and row["what"] == "goal")
    assert (goal["value"], goal["unit"], goal["comparator"], goal["year"]) == (500, "万千瓦", ">=", 2030)


def test_a_text_that_begins_like_a_formula_is_disarmed():
    city = sample_city()
    city.view["verdicts"][0]["indicator"]["en"] = "=1+1"
    published = publish(city.view, city.traces, EVERYTHING)
    assert ",'=1+1," in make_file(published, "csv", "en").decode("utf-8-sig")


def test_counts_are_those_of_public_targets_only():
    city = sample_city()
    rules = Visibility(objects={"targets": {"T03": "public", "T04": "public"}})
    counts = publish(city.view, city.traces, rules).view["counts"]
    assert {name: count for name, count in counts.items() if count} == {"met": 1, "off_course": 1}


def test_an_explanation_stops_where_it_becomes_internal():
    city = sample_city()
    published = publish(city.view, city.traces, Visibility(objects={"targets": {"T03": "public"}}))
    verdict = published.traces["verdicts/T03"]
    assert verdict["source"] is None
    assert set(published.traces) < set(city.traces)
    assert all(set(one["inputs"]) <= set(published.traces) for one in published.traces.values())
    assert any(one["internal"] for one in published.traces.values())
    assert all("cell" not in one and "anchor" not in one for one in published.traces.values())


def texts(part: Any) -> Iterator[str]:
    """All texts in a file of plain words, ids left out."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield from [value] if key in ("zh", "en") else texts(value)
    elif isinstance(part, list):
        for one in part:
            yield from texts(one)


def test_plain_texts_hold_no_figure_of_their_own():
    """Numbers on public pages come from the published document; CO2 and words of kinds aside, no digit is typed."""
    typed = [label.zh + label.en for key, label in read_labels().items() if key.startswith("public.")]
    plain = [*texts(read_plain())]
    assert len(plain) > 100
    assert [text for text in (*typed, *plain) if re.search(r"\d", text.replace("CO2", ""))] == []


@pytest.mark.parametrize(
    ("chance", "dots", "said"),
    [
        (0.9343, 9, "about 9 times in 10"),
        (0.999, 10, "nearly every time"),
        (0.02, 0, "hardly ever"),
        (0.5, 5, "about 5 times in 10"),
    ],
)
def test_a_chance_is_said_in_dots(chance, dots, said):
    assert (count_dots(chance), say_odds(chance, Words("en"))) == (dots, said)


def test_the_server_for_the_internet_has_no_other_page(tmp_path):
    client = Client(create_public_app([sample_city()], offices=[city_of(tmp_path, EVERYTHING)]))
    paths = (
        "/yangli/",
        "/yangli/overview.json",
        "/api/v1/cities",
        "/api/v1/openapi.json",
        "/yangli/login",
        "/yangli/publishing/",
        "/openapi.json",
    )
    assert [client.get(path).status_code for path in paths] == [404] * len(paths)
    assert [client.post(path, data={"a": "b"}).status_code for path in (BASE, "/yangli/login")] == [405, 405]


def test_public_answers_carry_no_login_and_no_foreign_cookie(client):
    answer = client.get(BASE)
    assert "login" not in answer.text
    assert "set-cookie" not in answer.headers


def test_the_frozen_copy_holds_the_public_side_only(tmp_path):
    city, marks = marked()
    rules = rules_by_chance(city, 3)
    site = write_public_site(publish(city.view, city.traces, rules), tmp_path / "site").parent
    owners = allowed(city, rules)
    texts = {
        path: path.read_bytes().decode("utf-8", "replace")
        for path in site.rglob("*")
        if path.is_file() and path.suffix != ".xlsx"
    }
    assert {
        path.name: found
        for path, text in texts.items()
        if (found := {marks.owner[mark] for mark in marks_of(text, marks)} - owners)
    } == {}
    links = [(path, link) for path in site.rglob("*.html") for link in Page(texts[path]).values("href", "a", "link")]
    assert [
        (path.name, link)
        for path, link in links
        if ":" not in link and link and not (path.parent / link.split("#")[0]).exists()
    ] == []


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    city = sample_city()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(Exception, match="something else"):
        write_public_site(publish(city.view, city.traces, EVERYTHING), tmp_path / "mine")
    assert (tmp_path / "mine/letter.txt").is_file()
