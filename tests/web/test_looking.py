"""The page of a large file: its bar, its windows of findings and cells, what two people do, and a server that is killed."""

from __future__ import annotations

import os
import re
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from dafeng.store.access_tokens import make_token
from dafeng.store.records import open_records
from dafeng.web import previews
from dafeng.work.city import City
from dafeng.work.job_process import work_jobs
from dafeng.work.jobs import list_jobs
from dafeng.work.look_jobs import find_looking
from dafeng.work.looks import read_look
from dafeng.work.uploads import find_upload, list_uploads
from tests.web.reviews import PASSWORD, Person, app_of, city_with_people, hidden, person
from tests.web.test_deliver import HOME, decisions, hand_in
from tests.work import killed_server
from tests.work.large_files import large_table

ROWS = 2400
LARGE = large_table(ROWS, spoilt=120)


@pytest.fixture
def city(tmp_path: Path) -> City:
    return city_with_people(tmp_path)


@pytest.fixture
def editor(city: City) -> Person:
    return person(app_of(city), "张三")


def test_a_large_file_shows_a_bar_and_then_its_findings(city: City, editor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "preview_upload", None)  # no request looks at a large file
    home = hand_in(editor, LARGE)
    page = editor.get(home).text
    assert ("<progress" in page, "data-poll" in page, "还没有写入任何数据" in page, "cell-grid" in page) == (
        True,
        True,
        True,
        False,
    )
    assert "正在查看 0%" in editor.get(HOME).text
    work_jobs(city.folder)
    page = editor.get(home).text
    assert ("<progress" in page, page.count('class="doubt s-error"'), "第 1–50 个，共 120 个" in page) == (False, 50, True)
    assert ('id="c-A2"' in page, 'id="c-C2300"' in page, f"{ROWS - 120} 个数可入库" in page) == (True, False, True)
    assert (city.facts.lots(), len(list_jobs(city))) == ((), 1)


def test_a_finding_leads_to_its_cell_in_the_window_that_holds_it(city: City, editor: Person) -> None:
    home = hand_in(editor, LARGE)
    work_jobs(city.folder)
    way = re.findall(r'<a href="(\?offset=0&amp;first=\d+)(#c-C\d+)"', editor.get(home).text)[0]
    page = editor.get(home + way[0].replace("&amp;", "&")).text
    assert re.search(rf'<td id="{way[1][1:]}" class="m-error">约一百</td>', page)
    beyond = [editor.get(home + way).status_code for way in ("?offset=99999&first=99999", "?offset=x&first=-1")]
    assert beyond == [200, 200]
    assert editor.get(home + "?offset=100").text.count('class="doubt s-error"') == 20


def test_two_people_who_open_it_have_one_job_and_a_restart_makes_nothing_anew(city: City, editor: Person) -> None:
    home = hand_in(editor, LARGE)
    other = person(app_of(city), "李四")
    assert (hand_in(other, LARGE), "<progress" in other.get(home).text, len(list_jobs(city))) == (home, True, 1)
    work_jobs(city.folder)
    again = person(app_of(city), "王五")
    assert (again.get(home).text.count('class="doubt s-error"'), len(list_jobs(city))) == (50, 1)


def test_what_was_typed_on_one_page_goes_with_the_next(city: City, editor: Person) -> None:
    rows = large_table(ROWS, spoilt=0).decode().split("\n")
    for at in range(1, 211):  # 70 months of one office are those of another
        cells = rows[at + 1620].split(",")
        rows[at + 1620] = ",".join((*cells[:2], rows[at].split(",")[2], *cells[3:]))
    home = hand_in(editor, "\n".join(rows).encode())
    work_jobs(city.folder)
    look = read_look(city, list_uploads(city)[0])
    assert look is not None
    assert look.findings.count > 60
    first, second = editor.get(home), editor.get(home + "?offset=50")
    cells = [re.findall(r'name="a\.\d+" value="[^"]+!(C\d+)"', page.text)[0] for page in (first, second)]
    told = decisions(first.text, **{cells[0]: "1111"}) | {"token": hidden(first), "offset": "50"}
    answer = editor.post(home + "keep", data=told, follow=False)
    assert (answer.status_code, answer.headers["location"], city.facts.lots()) == (303, home + "?offset=50", ())
    assert "已填的 1 处决定一并入库" in editor.get(home + "?offset=50").text
    assert 'value="1111"' in editor.get(home).text
    assert 'value="1111"' not in person(app_of(city), "李四").get(home).text
    assert editor.write(home + "take", home=home, **decisions(second.text, **{cells[1]: "2222"})).status_code == 303
    values = {int(row["value"]) for row in city.facts.read().to_pylist()}
    assert ({1111, 2222} <= values, find_upload(city, home.split("/")[3]).corrected) == (True, 2)


def test_cancelled_it_can_be_asked_for_again_but_not_by_a_reader(city: City, editor: Person) -> None:
    home = hand_in(editor, LARGE)
    name = list_jobs(city)[0].id
    editor.write(f"/qinglan/jobs/{name}/cancel", home="/qinglan/jobs/")
    assert "查看已取消" in editor.get(home).text
    reader = person(app_of(city), "王五")
    assert reader.post(home + "look", data={"token": hidden(reader.get(HOME))}, follow=False).status_code == 403
    assert editor.post(home + "look", data={"token": "x"}, follow=False).status_code == 403
    assert (editor.write(home + "look", home=home).status_code, len(list_jobs(city))) == (303, 2)


def test_two_editors_still_get_told_of_each_other(city: City, editor: Person) -> None:
    home = hand_in(editor, LARGE)
    work_jobs(city.folder)
    other = person(app_of(city), "李四")
    seen = {who: re.findall(r'name="seen" value="([^"]+)"', who.get(home).text)[0] for who in (editor, other)}
    fields = {"h.0-4": "填报单位", "c.0-4": ""}
    assert editor.write(home + "map", home=home, seen=seen[editor], **fields).status_code == 303
    assert "<progress" in editor.get(home).text
    refused = other.post(home + "take", data={"token": hidden(other.get(HOME)), "seen": seen[other]}, follow=False)
    assert (refused.status_code, "张三" in refused.text, city.facts.lots()) == (409, True, ())
    work_jobs(city.folder)
    assert editor.get(home).text.count('class="doubt s-') > 0


def test_programs_are_told_the_same_state(city: City, editor: Person) -> None:
    name = hand_in(editor, LARGE).split("/")[3]
    now = datetime.now(UTC)
    with open_records(city.records) as records, records.write(actor="test", at=now) as session:
        token = make_token(session, "张三", "look", "read", 1, at=now)
    headers = {"authorization": f"Bearer {token}"}
    address = f"/api/v1/cities/qinglan/deliveries/{name}"
    told = Person(app_of(city)).get(address, headers=headers).json()
    assert (told["lines"], told["look"]["state"], told["look"]["share"]) == (ROWS + 1, "waiting", 0.0)
    work_jobs(city.folder)
    told = Person(app_of(city)).get(address, headers=headers).json()["look"]
    assert (told["state"], told["figures"], told["findings"]["error"]) == ("done", ROWS - 120, 120)


@pytest.mark.slow
def test_a_server_that_is_killed_while_looking_loses_nothing(city: City) -> None:
    child, base = killed_server.begin(city)
    with httpx.Client(base_url=base, timeout=30) as client:
        fields = {"token": hidden(client.get("/qinglan/login")), "name": "张三", "password": PASSWORD}
        client.post("/qinglan/login", data=fields)
        token = hidden(client.get(HOME))
        place = client.post(HOME, data={"token": token}, files={"file": ("月报.csv", large_table(6000))}).headers["location"]
    upload = find_upload(city, place.split("/")[3])
    wait_for(city, upload.id, "running")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    wait_for(city, upload.id, "done")
    assert (len(list_jobs(city)), city.facts.lots(), find_upload(city, upload.id)) == (1, (), upload)
    assert person(app_of(city), "张三").get(place).text.count('class="doubt s-error"') == 50


def wait_for(city: City, name: str, state: str) -> None:
    until = time.monotonic() + 60
    while find_looking(city, find_upload(city, name)).state not in (state, "done"):
        assert time.monotonic() < until, state
        time.sleep(0.02)
