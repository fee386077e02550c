"""The pages of jobs: who may see, start and cancel; what they say; and a new run without a restart."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app as commands
from dafeng.store.access_tokens import make_token
from dafeng.store.records import open_records
from dafeng.work import job_process
from dafeng.work.jobs import moves_path
from dafeng.work.look_jobs import SMALL
from dafeng.work.looks import SEVERITIES
from tests.web.browser import served
from tests.web.reviews import Person, app_of, city_with_people, hidden, person

HOME = "/qinglan/jobs/"


@pytest.fixture
def city(tmp_path: Path) -> df.City:
    return city_with_people(tmp_path)


@pytest.fixture
def editor(city: df.City) -> Person:
    return person(app_of(city), "张三")


def start(who: Person, kind: str = "ingest") -> str:
    answer = who.write(HOME + "start", home=HOME, kind=kind)
    assert answer.status_code == 303
    return answer.headers["location"]


def test_without_a_login_there_is_only_the_way_to_it(city: df.City) -> None:
    answer = Person(app_of(city)).get(HOME, follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/qinglan/login?next=/qinglan/jobs/")


def test_after_the_login_the_jobs_are_shown(city: df.City) -> None:
    answer = Person(app_of(city)).log_in("张三", next=HOME)
    assert answer.headers["location"] == HOME


def test_a_reader_starts_and_cancels_nothing(city: df.City, editor: Person) -> None:
    made = start(editor)
    reader = person(app_of(city), "王五")
    token = hidden(reader.get(HOME))
    tried = [reader.post(path, data={"token": token}, follow=False) for path in (HOME + "start", made + "cancel")]
    assert ([one.status_code for one in tried], df.list_jobs(city)[0].state) == ([403, 403], "waiting")


def test_a_form_without_its_token_starts_nothing(city: df.City, editor: Person) -> None:
    assert (editor.post(HOME + "start", data={"token": "x"}, follow=False).status_code, df.list_jobs(city)) == (403, ())


def test_what_waits_has_a_bar_and_can_be_cancelled(city: df.City, editor: Person) -> None:
    page = editor.get(start(editor)).text
    assert ("<progress" in page, "排队等待" in page, "/cancel" in page) == (True, True, True)
    name = df.list_jobs(city)[0].id
    assert editor.write(f"{HOME}{name}/cancel", home=HOME).status_code == 303
    assert "已取消" in editor.get(f"{HOME}{name}/").text


def test_cancelling_what_ended_is_refused_in_words(city: df.City, editor: Person) -> None:
    made = start(editor)
    job_process.work_jobs(city.folder)
    answer = editor.write(made + "cancel", home=HOME)
    assert (answer.status_code, "已经结束" in answer.text) == (422, True)


def test_unknown_work_is_refused_in_words(city: df.City, editor: Person) -> None:
    answer = editor.write(HOME + "start", home=HOME, kind="<script>")
    assert (answer.status_code, df.list_jobs(city), "<script>”" in answer.text) == (422, (), False)


@pytest.mark.parametrize("fields", [{}, {"kind": ""}, {"kind": "look"}])
def test_a_form_that_names_no_work_starts_none(city: df.City, editor: Person, fields: dict[str, str]) -> None:
    answer = editor.write(HOME + "start", home=HOME, **fields)
    assert (answer.status_code, df.list_jobs(city)) == (422, ())


def test_asking_twice_leads_to_the_job_that_is_there_and_says_so(city: df.City, editor: Person) -> None:
    made, again = start(editor), start(editor)
    assert (again, len(df.list_jobs(city))) == (made + "?there=1", 1)
    assert ("没有重复发起" in editor.get(again).text, "没有重复发起" in editor.get(made).text) == (True, False)


def test_a_job_that_failed_says_why_and_what_to_do(city: df.City, editor: Person) -> None:
    made = start(editor, "inventory")  # the city has no inventory
    job_process.work_jobs(city.folder)
    page = editor.get(made).text
    assert ("失败" in page, "办法：" in page) == (True, True)


def test_the_json_says_the_same(editor: Person) -> None:
    made = start(editor)
    told = editor.get(made.rstrip("/") + ".json").json()
    assert editor.get("/qinglan/jobs.json").json() == [told]
    assert (told["state"], told["who"], told["live"], told["label"]["en"]) == ("waiting", "张三", True, "taking in data")


def put_in(city: df.City) -> None:
    """A file with a cell that is no figure, and one that cannot be read."""
    text = "指标,年份,数值,单位\n绿色工厂数量,2023,abc,家\n绿色工厂数量,2024,34,家\n"
    (city.folder / "inbox").mkdir(exist_ok=True)
    (city.folder / "inbox" / "<b>.csv").write_text(text, encoding="utf-8")
    (city.folder / "inbox" / "broken.xlsx").write_bytes(b"no workbook")


def token_of(city: df.City) -> str:
    at = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor="test", at=at) as session:
        return make_token(session, "张三", "test", "write", 1, at=at)


def test_a_job_of_taking_in_tells_its_findings(city: df.City, editor: Person) -> None:
    put_in(city)
    made = start(editor)
    assert "findings" not in editor.get(made.rstrip("/") + ".json").json()
    job_process.work_jobs(city.folder)
    page, told = editor.get(made).text, editor.get(made.rstrip("/") + ".json").json()["findings"]
    name, counts = made.split("/")[3], told["counts"]
    assert (told["refused"], told["address"]) == (["broken.xlsx"], f"/api/v1/cities/qinglan/jobs/{name}/findings")
    assert f"所读文件的问题 {told['total']} 个：错误 {counts['error']}、" in page.replace("\xa0", " ").replace("&#160;", " ")
    assert (page.count('<li class="finding'), "未入库的文件" in page, "&lt;b&gt;.csv!C2" in page) == (told["total"], True, True)


def test_programs_are_told_how_many_findings_there_are_and_read_them_there(city: df.City) -> None:
    put_in(city)
    client, headers = Person(app_of(city)), {"authorization": f"Bearer {token_of(city)}"}
    made = client.post("/api/v1/cities/qinglan/jobs", headers=headers, json={"kind": "ingest"}).json()
    place = f"/api/v1/cities/qinglan/jobs/{made['id']}"
    assert (made.get("findings"), client.get(f"{place}/findings", headers=headers).status_code) == (None, 404)
    job_process.work_jobs(city.folder)
    told = client.get(place, headers=headers).json()["findings"]
    found = client.get(told["address"] + "?limit=100", headers=headers).json()
    assert (found["total"], len(found["items"])) == (told["total"],) * 2
    assert told["counts"] == {kind: sum(one["severity"] == kind for one in found["items"]) for kind in SEVERITIES}
    assert "<b>.csv!C2" in {one["at"] for one in found["items"]}


def test_a_look_leads_to_the_findings_of_its_delivery(city: df.City) -> None:
    client, headers = Person(app_of(city)), {"authorization": f"Bearer {token_of(city)}"}
    rows = "".join(f"绿色工厂数量,2024,{'abc' if at == 1 else at},家\n" for at in range(SMALL + 1))
    content = f"指标,年份,数值,单位\n{rows}".encode()
    made = client.post("/api/v1/cities/qinglan/deliveries?name=a.csv", headers=headers, content=content).json()
    job_process.work_jobs(city.folder)
    told = client.get(f"/api/v1/cities/qinglan/jobs/{made['look']['job']}", headers=headers).json()["findings"]
    assert told["address"] == f"/api/v1/cities/qinglan/deliveries/{made['id']}/findings"
    assert client.get(told["address"], headers=headers).json()["total"] == told["total"] > 0


def test_the_command_line_shows_the_findings_of_a_job_of_a_server(city: df.City, tmp_path: Path) -> None:
    put_in(city)
    held = tmp_path / "token.txt"
    held.write_text(token_of(city))
    made = df.start_job(city, kind="ingest", who="张三")
    job_process.work_jobs(city.folder)
    with served(app_of(city)) as server:
        words = ["remote", "jobs", "qinglan", made.id, "--server", server, "--token-file", str(held), "--lang", "en"]
        shown, told = (CliRunner().invoke(commands, [*words, *more]).stdout for more in ((), ("--json",)))
    total = json.loads(told)["findings"]["total"]
    assert (f"{total} findings" in shown, "files that were not taken in: broken.xlsx" in shown) == (True, True)


def test_the_command_line_shows_the_findings_of_a_job_of_the_city(city: df.City) -> None:
    put_in(city)
    made = df.start_job(city, kind="ingest", who="张三")
    job_process.work_jobs(city.folder)
    words = ["job", "show", str(city.folder), made.id, "--lang", "en"]
    shown, told = (CliRunner().invoke(commands, [*words, *more]).stdout for more in ((), ("--json",)))
    found = json.loads(told)
    assert (len(found["listed"]), found["findings"]["refused"]) == (found["findings"]["total"], ["broken.xlsx"])
    assert (f"{len(found['listed'])} findings" in shown, "not taken in: broken.xlsx" in shown) == (True, True)


def test_a_job_of_nobody_is_not_found(editor: Person) -> None:
    assert [editor.get(HOME + name).status_code for name in ("nothing/", "nothing.json", "..%2f..%2fetc/")] == [404, 404, 404]


def test_what_moved_is_told_with_both_values(city: df.City, editor: Person) -> None:
    made = start(editor)
    job_process.work_jobs(city.folder)
    name = made.split("/")[3]
    row = '{"address": "scores/x.2025", "zh": "绿色工厂", "en": "green factories", "year": 2025, "unit": "家"'
    moved = f'[{row}, "before": 20.0, "after": 25.0}}]'
    text = f'{{"run": "0002-a", "former": "0001-a", "totals": [], "indicators": {moved}, "verdicts": [], "more": 0}}'
    moves_path(city, name).write_text(text, encoding="utf-8")
    page = editor.get(made).text
    assert ("+25.00%" in page, "由运行 0001-a 到 0002-a" in page) == (True, True)
