"""The pages of jobs: who may see, start and cancel; what they say; and a new run without a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

import dafeng as df
from dafeng.work import job_process
from dafeng.work.jobs import moves_path
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
