"""Enterprise accounts served: the list by grade, the account of one, who may see it, and reports within an authorisation."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from dafeng.store.access_tokens import make_token
from dafeng.store.authorisations import read_authorisations
from dafeng.store.records import open_records
from dafeng.web.enterprise_views import cut_digits
from dafeng.work.city import City, open_city
from dafeng.work.owner_links import find_link, list_links
from tests.web.client import Client, unknown_choices
from tests.web.inclusions import fill_enterprises
from tests.web.reviews import Person, app_of, city_with_people, person

HOME = "/qinglan/enterprises/"
ONE = HOME + "accounts/QL-01/"
API = "/api/v1/cities/qinglan/enterprises"
BANK, LOAN = "青岚银行", "绿色贷款"
LATER = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
WANTED = {"recipient": BANK, "purpose": LOAN, "until": LATER, "part.emissions": "1", "part.grade.shandong": "1"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, fast_hashes: None) -> Path:  # noqa: ARG001 - before any hash
    made = city_with_people(tmp_path_factory.mktemp("enterprises"))
    fill_enterprises(made)
    return made.folder


@pytest.fixture
def city(filled: Path, tmp_path: Path) -> City:
    copytree(filled, tmp_path / "qinglan")
    return open_city(tmp_path / "qinglan")


@pytest.fixture
def who(city: City) -> Person:
    return person(app_of(city), "李四")


def bearer(city: City, name: str = "李四", scope: str = "write") -> dict[str, str]:
    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor=name, at=at) as session:
        return {"authorization": f"Bearer {make_token(session, name, f'{name}-{scope}', scope, 5, at=at)}"}


def events(city: City) -> list[str]:
    return [row["event"] for row in read_authorisations(city.folder)]


# --- list and account ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("1.182171", "1.182"), ("0.655738", "0.6557"), ("305000", "305,000"), ("1.272", "1.272"), ("-12345.678", "−12,346"),
     ("0.10004", "0.1"), ("120.0", "120"), ("n/a", "n/a")],
)  # fmt: skip
def test_a_table_shows_four_digits_of_what_has_decimals(stored: str, shown: str) -> None:
    assert cut_digits(stored) == shown


def test_the_list_is_chosen_by_grade_sector_and_year(who: Person) -> None:
    page = who.get(HOME).text
    assert "3 个企业年度：2 个有评级，1 个不能评级" in page
    found = {query: re.findall(r"<small>(QL-\d+)</small>", who.get(f"{HOME}?{query}").text) for query in (
        "scale=shandong&grade=orange", "scale=shandong&grade=not_measurable", "sector=C31", "year=2024", "year=all", "q=铸造",
        "q=zzz")}  # fmt: skip
    assert found == {
        "scale=shandong&grade=orange": ["QL-01"], "scale=shandong&grade=not_measurable": ["QL-03"],
        "sector=C31": ["QL-01", "QL-02"], "year=2024": ["QL-01"], "year=all": ["QL-01", "QL-01", "QL-02", "QL-03"],
        "q=铸造": ["QL-02"], "q=zzz": [],
    }  # fmt: skip
    assert "没有符合条件的企业" in who.get(HOME + "?q=zzz").text


@pytest.mark.parametrize(
    ("query", "chinese", "english"),
    [
        ("grade=zzz", "评级“zzz”不存在，没有按它筛选：全部显示。", "There is no grade &#39;zzz&#39;: all are shown."),
        ("sector=zzz", "行业“zzz”不存在，没有按它筛选：全部显示。", "There is no sector &#39;zzz&#39;: all are shown."),
        ("scale=zzz", "评级标准“zzz”不存在，显示的是通常的一项。", "There is no scale &#39;zzz&#39;: the usual one is shown."),
        ("year=1066", "年份“1066”不存在，显示的是通常的一项。", "There is no year &#39;1066&#39;: the usual one is shown."),
    ],
)
def test_a_choice_of_the_list_that_there_is_not_is_told(who: Person, query: str, chinese: str, english: str) -> None:
    said = {one: who.get(f"{HOME}?{query}&lang={one}").text for one in ("en", "zh")}
    assert [unknown_choices(said[one]) for one in ("zh", "en")] == [[f"地址里的{chinese}"], [english]]
    rows = [re.findall(r"<small>(QL-\d+)</small>", text) for text in (said["zh"], who.get(HOME).text)]
    assert rows[0] == rows[1] != []


def test_a_choice_of_the_list_that_there_is_is_not_told(who: Person) -> None:
    assert unknown_choices(who.get(HOME + "?year=all&scale=shandong&grade=orange&sector=C31&q=x").text) == []


def test_an_unknown_figure_is_no_grade_and_no_place(who: Person) -> None:
    page = who.get(HOME + "accounts/QL-03/").text
    assert [word in page for word in ("不能评级", "没有公布分界值", "不排位次", "排放未知")] == [True] * 4
    assert 'id="years-emissions"' not in page


def test_an_account_shows_history_grades_rule_and_place(who: Person) -> None:
    page = who.get(ONE).text
    assert [word in page for word in ("305,000", "−4.1%", "分界值 0.5 / 1 / 2", 'id="years-emissions"')] == [True] * 4
    place = re.findall(r'data-label="位次（1 为最好）">(\d+)<.*?data-label="有数据的企业">(\d+)<', page)
    assert place[0] == ("2", "2")
    explained = who.get(ONE + "?how=enterprise/QL-01.2025.emissions").text
    assert "accounts.csv" in explained.partition('id="explanation"')[2][:900]
    assert who.get(HOME + "accounts/nobody/").status_code == 404
    assert who.get("/qinglan/enterprises.json").json()["rows"][0]["enterprise"] == "QL-01"


def test_many_enterprises_come_in_pages(city: City, who: Person) -> None:
    rows = "".join(f"Z-{n:03d},甲{n},2025,C20,10,20,30,40\n" for n in range(60))
    (city.overlay / "enterprises" / "more.csv").write_text(
        (city.overlay / "enterprises" / "accounts.csv").read_text("utf-8").splitlines()[0] + "\n" + rows, encoding="utf-8"
    )
    first = who.get(HOME + "?sector=C20").text
    following = re.findall(r'rel="next" href="([^"]+)"', first)[0].replace("&amp;", "&")
    second = who.get(following).text
    seen = [re.findall(r"<small>(Z-\d+)</small>", page) for page in (first, second)]
    assert ([len(one) for one in seen], len(set(seen[0]) | set(seen[1]))) == ([50, 10], 60)


def test_a_city_without_tables_says_what_to_do(tmp_path: Path) -> None:
    page = person(app_of(city_with_people(tmp_path)), "王五").get(HOME)
    assert (page.status_code, "没有企业表" in page.text) == (200, True)


# --- authorisations and reports --------------------------------------------------------------------------------------------


def ask_report(who: Person, form: str = "json") -> object:
    return who.write(HOME + "report", home=ONE, enterprise="QL-01", recipient=BANK, purpose=LOAN, form=form)


def test_a_report_leaves_within_an_authorisation_only_and_all_is_logged(city: City, who: Person) -> None:
    refused = ask_report(who)
    assert (refused.status_code, "没有授权" in refused.text, events(city)) == (403, True, ["refuse"])
    letter = {"letter": ("letter.pdf", b"signed")}
    made = who.write(HOME + "authorise", home=ONE, enterprise="QL-01", files=letter, **WANTED)
    given = ask_report(who)
    told = json.loads(given.content)
    assert (made.status_code, given.status_code, told["body"]["fields"]) == (303, 200, ["emissions", "grade.shandong"])
    assert "attachment" in given.headers["content-disposition"]
    assert {one["field"] for one in told["body"]["figures"]} == {"emissions"}
    name = re.findall(r"A\d{5}", who.get(ONE).text)[0]
    assert who.write(HOME + "withdraw", home=ONE, id=name).status_code == 303
    assert ask_report(who).status_code == 403
    assert events(city) == ["refuse", "grant", "export", "withdraw", "refuse"]
    assert [word in who.get(ONE).text for word in ("拒绝出具", "出具报告", told["code"])] == [True] * 3


def test_without_letter_parts_or_a_day_nothing_is_authorised(city: City, who: Person) -> None:
    letter = {"letter": ("letter.pdf", b"signed")}
    lacking = ({"until": "2020-01-01"}, {"until": "soon"}, {"part.emissions": "", "part.grade.shandong": ""}, {"recipient": ""})
    for changed, files in (({}, None), *((one, letter) for one in lacking)):
        told = who.write(HOME + "authorise", home=ONE, enterprise="QL-01", files=files, **{**WANTED, **changed})
        assert told.status_code == 422, changed
    assert events(city) == []


def test_an_owner_decides_with_its_link_and_sees_nobody_else(city: City, who: Person) -> None:
    page = who.write(HOME + "link", home=ONE, enterprise="QL-01", until=LATER).text
    place = re.findall(r"/qinglan/owner/[\w-]{43}", page)[0]
    assert place not in who.get(ONE).text
    assert place.rpartition("/")[2].encode() not in (city.folder / "authorisations/log.csv").read_bytes()
    owner = Client(app_of(city))
    shown = owner.get(place)
    assert (shown.status_code, shown.headers["cache-control"], "青岚钢铁" in shown.text) == (200, "no-store", True)
    assert not any(word in shown.text for word in ("QL-02", "QL-03", "海青", "青岚水泥"))
    assert owner.post(place, data={"do": "grant", **WANTED}, follow=False).status_code == 303
    assert owner.post(place, data={"do": "grant", **WANTED, "until": "2020-01-01"}, follow=False).status_code == 422
    assert ask_report(who).status_code == 200
    assert owner.post(place, data={"do": "withdraw", "id": "A00001"}, follow=False).status_code == 303
    assert ask_report(who).status_code == 403
    last = [row for row in read_authorisations(city.folder) if row["event"] in ("grant", "withdraw")]
    assert [row["who"] for row in last] == ["owner L00001"] * 2
    assert who.write(HOME + "link/end", home=ONE, id="L00001").status_code == 303
    assert owner.get(place).status_code == 404
    assert owner.get("/qinglan/owner/" + "a" * 43).status_code == 404


def test_a_link_ends_with_its_day_and_opens_one_enterprise(city: City, who: Person) -> None:
    page = who.write(HOME + "link", home=ONE, enterprise="QL-01", until=LATER).text
    secret = re.findall(r"/qinglan/owner/([\w-]{43})", page)[0]
    now = datetime.now(UTC)
    assert find_link(city, secret, now=now) == list_links(city)[0]
    assert find_link(city, secret, now=now + timedelta(days=32)) is None
    who.write(HOME + "link", home=ONE, enterprise="QL-02", until=LATER)
    other = Client(app_of(city))
    letter = {"letter": ("letter.pdf", b"signed")}
    who.write(HOME + "authorise", home=ONE, enterprise="QL-02", files=letter, **WANTED)
    assert other.post(f"/qinglan/owner/{secret}", data={"do": "withdraw", "id": "A00001"}, follow=False).status_code == 404
    for until in ("2020-01-01", "2999-01-01", "soon"):
        assert who.write(HOME + "link", home=ONE, enterprise="QL-01", until=until).status_code == 422


def test_readers_and_editors_may_not_authorise(city: City) -> None:
    editor, reader = (person(app_of(city), name) for name in ("张三", "王五"))
    for path, fields in (("authorise", WANTED), ("link", {"until": LATER}), ("withdraw", {"id": "A00001"})):
        assert editor.write(HOME + path, home=ONE, enterprise="QL-01", **fields).status_code == 403
    assert reader.write(HOME + "report", home=ONE, enterprise="QL-01", recipient=BANK, purpose=LOAN).status_code == 403
    assert events(city) == []


def test_programs_read_authorise_and_take_a_report(city: City) -> None:
    client, shown = Client(app_of(city)), bearer(city)
    rows = client.get(f"{API}?year=2025&limit=2", headers=shown).json()
    assert (rows["total"], rows["next"], len(rows["items"])) == (3, 2, 2)
    one = client.get(f"{API}/QL-01", headers=shown).json()
    assert (one["enterprise"], one["places"][0]["place"], "QL-02" in json.dumps(one)) == ("QL-01", 2, False)
    asked = {"recipient": BANK, "purpose": LOAN}
    refused = client.post(f"{API}/QL-01/reports", json=asked, headers=shown)
    letter = {"name": "letter.pdf", "sha256": "0" * 64}
    wanted = {**asked, "fields": ["emissions"], "until": LATER, "letter": letter}
    granted = client.post(f"{API}/QL-01/authorisations", json=wanted, headers=shown)
    given = client.post(f"{API}/QL-01/reports", json=asked, headers=shown)
    ended = client.post(f"{API}/authorisations/{granted.json()['id']}/withdrawal", headers=shown)
    after = client.post(f"{API}/QL-01/reports", json=asked, headers=shown)
    assert (refused.status_code, refused.json()["code"]) == (403, "enterprise.not_authorised")
    assert [one.status_code for one in (granted, given, ended, after)] == [201, 201, 200, 403]
    assert given.json()["body"]["fields"] == ["emissions"]
    assert client.post(f"{API}/QL-01/authorisations", json=wanted, headers=bearer(city, "张三")).status_code == 403
    assert [client.get(path).status_code for path in (API, f"{API}/QL-01", f"{API}/QL-01/authorisations")] == [401] * 3
    assert client.get(f"{API}/nobody", headers=shown).status_code == 404
