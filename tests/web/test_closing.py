"""Closed cities: nothing internal without a login; and who may change what is public."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from dafeng.core.errors import ConflictError
from dafeng.store.access_tokens import make_token
from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.shelf import warm
from dafeng.work.city import open_city
from dafeng.work.publish_change import Decision, change_visibility, list_decisions
from dafeng.work.publish_rules import read_visibility
from tests.web.client import Page
from tests.web.reviews import city_with_people, hidden, person
from tests.web.sample import RUN, traces, view

INTERNAL = (
    "/qinglan/", "/qinglan", "/qinglan/targets", "/qinglan/targets/T01", "/qinglan/explain/targets/T01", "/qinglan/search?q=a",
    "/qinglan/qinglan.xlsx", "/qinglan/scenarios", "/qinglan/publishing/", "/qinglan/nothing",
)  # fmt: skip
DATA = (
    "/qinglan/overview.json", "/qinglan/targets/T01.json", "/api/v1/cities", "/api/v1/cities/qinglan", "/api/v1/",
    "/api/v1/cities/qinglan/verdicts", "/api/v1/cities/qinglan/explain/targets/T01", "/qinglan/explain/targets/T01?fragment=1",
)  # fmt: skip


@pytest.fixture
def city(tmp_path):
    return city_with_people(tmp_path)


def shown():
    """The invented run under the name of the city with people."""
    made = view()
    return CityView({**made, "city": {**made["city"], "slug": "qinglan"}}, traces())


@pytest.fixture
def app(city):
    return create_app([shown()], offices=[city], closed=True)


def test_a_closed_city_leads_every_page_to_the_login(app):
    answers = [person(app).get(path, follow=False) for path in INTERNAL]
    assert [one.status_code for one in answers] == [303] * len(INTERNAL)
    assert {one.headers["location"].split("?")[0] for one in answers} == {"/qinglan/login"}
    assert {one.headers["cache-control"] for one in answers} <= {"private, no-store"}
    assert [one.text for one in answers] == [""] * len(INTERNAL)


def test_a_closed_city_gives_no_data_without_a_login(app):
    answers = [person(app).get(path, follow=False) for path in DATA]
    assert [one.status_code for one in answers] == [401] * len(DATA)
    assert {"T01", "样例市"} & {word for one in answers for word in ("T01", "样例市") if word in one.text} == set()


@pytest.mark.parametrize("name", ["王五", "张三", "李四"])
def test_every_role_reads_a_closed_city(app, name):
    client = person(app, name)
    assert [client.get(path).status_code for path in INTERNAL[:-1]] == [200] * (len(INTERNAL) - 1)
    assert client.get("/qinglan/overview.json").status_code == 200
    assert client.get("/qinglan/targets").headers["cache-control"] == "private, no-store"


def test_pages_of_a_closed_city_are_made_beforehand_for_its_readers_alone(city, monkeypatch):
    app = create_app([shown()], offices=[city], closed=True)
    asyncio.run(warm(app, "/qinglan/targets?field=energy", "zh", reader="qinglan"))
    reader = person(app, "王五")
    monkeypatch.setattr("dafeng.web.desk.render", lambda *_: pytest.fail("the page was made again"))
    assert reader.get("/qinglan/targets?field=energy").headers["cache-control"] == "private, no-store"
    stranger = person(app).get("/qinglan/targets?field=energy", headers={"dafeng.insider": "qinglan"}, follow=False)
    assert (stranger.status_code, stranger.text) == (303, "")


def test_a_page_made_beforehand_for_one_closed_city_opens_no_other(city):
    app = create_app([shown()], offices=[city], closed=True)
    asyncio.run(warm(app, "/qinglan/targets", "zh", reader="other"))
    asyncio.run(warm(app, "/qinglan/targets", "zh"))
    assert person(app).get("/qinglan/targets", follow=False).status_code == 303


def test_the_lists_show_whom_one_may_read(city, app):
    """A token of the closed city opens its row of the list; an open city beside it stays in everybody's."""
    now = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor="test", at=now) as session:
        token = make_token(session, "王五", "program", "read", 1, at=now)
    bearer = {"authorization": f"Bearer {token}"}
    assert [one["slug"] for one in person(app).get("/api/v1/cities", headers=bearer).json()] == ["qinglan"]
    assert person(app).get("/api/v1/", headers=bearer).status_code == 200
    described = city.folder / "city.yaml"
    closed = described.read_text(encoding="utf-8").replace("options: {}", "options: {closed: true}")
    described.write_text(closed, encoding="utf-8")
    mixed = create_app([shown(), CityView(view(), traces())], offices=[open_city(city.folder)])
    assert [one["slug"] for one in person(mixed).get("/api/v1/cities").json()] == ["yangli"]
    assert {one["slug"] for one in person(mixed).get("/api/v1/cities", headers=bearer).json()} == {"qinglan", "yangli"}
    assert "qinglan" not in person(mixed).get("/").text


def test_who_reads_a_closed_city_hears_of_a_new_run(app):
    client = person(app, "王五")
    page = Page(client.get("/qinglan/targets").text)
    (asked,) = [one for one in page.values("data-from", "p") if one]
    assert client.get(asked).json() == {"run": RUN}


def test_a_visit_of_the_past_opens_nothing(app):
    client = person(app, "王五")
    client.post("/qinglan/logout", data={"token": hidden(client.get("/qinglan/review/"))})
    assert client.get("/qinglan/targets", follow=False).status_code == 303


def test_the_public_side_stays_open(app, city):
    change_visibility(city, [Decision("targets", "", "public")], who="test")
    assert person(app).get("/public/qinglan/").status_code == 200
    assert person(app).get("/", follow=False).headers["location"] == "/public/"


def test_a_city_closes_itself(tmp_path):
    city = city_with_people(tmp_path)
    described = city.folder / "city.yaml"
    described.write_text(
        described.read_text(encoding="utf-8").replace("options: {}", "options: {closed: true}"), encoding="utf-8"
    )
    from dafeng.work.city import open_city

    assert (
        person(create_app([shown()], offices=[open_city(city.folder)])).get("/qinglan/targets", follow=False).status_code == 303
    )
    assert person(create_app([shown()], offices=[city])).get("/qinglan/targets").status_code == 200


def test_the_login_leads_back_to_the_page(app):
    client = person(app)
    asked = client.get("/qinglan/targets/T01", follow=False).headers["location"]
    assert asked == "/qinglan/login?next=/qinglan/targets/T01"
    assert client.log_in("王五", next="/qinglan/targets/T01").headers["location"] == "/qinglan/targets/T01"


def publish(client, **fields):
    """Answer to the form of the page Publishing."""
    page = client.get("/qinglan/publishing/")
    seen = page.text.split('name="seen" value="')[1].split('"')[0] if 'name="seen"' in page.text else ""
    sent = {"token": hidden(page), "seen": seen, "kind": "targets", "name": "T03", "state": "public", **fields}
    return client.post("/qinglan/publishing/", data=sent, follow=False)


def test_many_objects_come_in_windows_and_a_change_leads_back_to_them(city):
    made = shown()
    rows = [{**made.view["verdicts"][0], "target": f"M{at:03d}"} for at in range(120)]
    app = create_app([CityView({**made.view, "verdicts": rows}, made.traces)], offices=[city])
    client = person(app, "李四")
    first, second = (client.get(f"/qinglan/publishing/{query}").text for query in ("", "?kind=targets&offset=50"))
    assert [("M049" in text, "M050" in text, "M100" in text) for text in (first, second)] == [
        (True, False, False), (False, True, False),
    ]  # fmt: skip
    assert "?kind=targets&amp;offset=100#targets" in second
    told = publish(client, name="M051", offset="50").headers["location"]
    assert told == "/qinglan/publishing/?kind=targets&offset=50#targets"
    assert publish(client, name="M052", offset="50&x=//evil").headers["location"] == "/qinglan/publishing/#targets"


def test_a_confirmer_publishes_and_the_log_says_so(app, city):
    assert publish(person(app, "李四")).status_code == 303
    assert read_visibility(city).shows("targets", "T03")
    assert person(app).get("/public/qinglan/indicators/indicator_t03").status_code == 200
    (made,) = list_decisions(city)
    assert (made.who, made.decision) == ("李四", Decision("targets", "T03", "public"))
    with open_records(city.records) as records:
        assert records.verify() == ()


@pytest.mark.parametrize("name", ["王五", "张三"])
def test_nobody_else_publishes(app, city, name):
    assert publish(person(app, name)).status_code == 403
    assert not (city.overlay / "visibility.yaml").exists()


@pytest.mark.parametrize(
    "fields", [{"kind": "uploads"}, {"kind": "nothing"}, {"state": "open"}, {"name": "a\nb"}, {"token": "forged"}]
)
def test_what_cannot_be_is_refused(app, city, fields):
    assert publish(person(app, "李四"), **fields).status_code in (403, 422)
    assert not (city.overlay / "visibility.yaml").exists()


def test_the_second_of_two_is_told(app, city):
    client = person(app, "李四")
    change_visibility(city, [Decision("tasks", "", "public")], who="another")
    assert publish(client, seen="").status_code == 409
    assert not read_visibility(city).shows("targets", "T03")
    with pytest.raises(ConflictError):
        change_visibility(city, [Decision("targets", "", "public")], who="a", seen="old")


def test_an_id_cannot_act_in_the_page_or_the_file(app, city):
    client = person(app, "李四")
    evil = '"<script>alert(1)</script>: public'
    assert publish(client, name=evil).status_code == 303
    assert read_visibility(city).objects["targets"] == {evil: "public"}
    assert "<script>alert" not in client.get("/qinglan/publishing/").text


def test_a_closed_city_stands_in_no_page_of_another(tmp_path):
    from dafeng.work.city import open_city

    city = city_with_people(tmp_path)
    described = city.folder / "city.yaml"
    described.write_text(
        described.read_text(encoding="utf-8").replace("options: {}", "options: {closed: true}"), encoding="utf-8"
    )
    made = view()
    other = CityView({**made, "city": {**made["city"], "slug": "other", "label": {"zh": "别市", "en": "Other"}}}, traces())
    pages = ("/other/targets/T01", "/other/targets/T01.json", "/other/", "/other/nothing")
    open_app, closed_app = (create_app([shown(), other], offices=[one]) for one in (city, open_city(city.folder)))
    told = [[("/qinglan/targets" in (text := person(app).get(page).text)) or '"qinglan"' in text for page in pages]
            for app in (open_app, closed_app)]  # fmt: skip
    assert (any(told[0]), told[1]) == (True, [False] * 4)


def test_a_refusal_tells_nothing_of_a_closed_city(city):
    app = create_app([shown()], offices=[city], closed=True)
    for name in ("", "nothing/nothing"):
        answer = person(app).post(f"/qinglan/{name}", data={})
        assert (shown().run in answer.text, "样例市" in answer.text) == (False, False)
