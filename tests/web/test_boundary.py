"""A boundary of one's own in the browser: refused with the reason, looked at, taken in, shown with its number, removed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import dafeng as df
from dafeng.core.errors import ConflictError
from dafeng.store.accounts import set_account
from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.work.frozen import Frozen
from dafeng.work.jobs import list_jobs
from dafeng.work.map_drafts import draft_map, read_map_draft, take_map
from dafeng.work.maps import with_outline
from tests.web.reviews import PASSWORD, PEOPLE, Person, hidden
from tests.web.sample import HASH, TEXT, traces, view
from tests.work.test_maps import boundary

HOME = "/yunting/map/boundary/"
TOLD = {"approval": "鲁SG（2023）026号", "system": "CGCS2000", "source": "省标准地图服务", "day": "2023-05"}


@pytest.fixture
def city(city_copy: Callable[[str], Path]) -> Any:
    made = df.open_city(city_copy("yunting"))
    at = datetime.now(UTC)
    with open_records(made.records) as records, records.write(actor="test", at=at) as session:
        for name, role in PEOPLE.items():
            set_account(session, name, role, PASSWORD, at=at)
    return made


@pytest.fixture
def app(city: df.City) -> Any:
    """The city with a view whose districts have the codes of the file."""
    shown = view()
    districts = json.loads(json.dumps(shown["districts"]).replace("990201", "990101").replace("990202", "990102"))
    districts = json.loads(json.dumps(districts).replace("990203", "990103").replace("990271", "990104"))
    made = with_outline({**shown, "city": {**shown["city"], "slug": "yunting"}, "districts": districts}, city)
    frozen = Frozen(view=made, traces=traces(), documents={HASH: TEXT}, hours=None, earlier=(), past=None)
    return create_app([frozen], offices=[city])


def someone(app: Any, name: str) -> Person:
    one = Person(app)
    page = one.get("/yunting/login")
    one.post("/yunting/login", data={"token": hidden(page), "name": name, "password": PASSWORD}, follow=False)
    return one


def hand_in(who: Person, tree: Any = None, **told: str) -> Any:
    content = tree if isinstance(tree, bytes) else json.dumps(tree or boundary()).encode()
    files = {"file": ("yunting.geojson", content)}
    return who.write(HOME, home=HOME, files=files, **{**TOLD, **told})


def with_codes(*codes: str) -> dict[str, Any]:
    tree = boundary()
    for one, code in zip(tree["features"], codes, strict=False):
        one["properties"]["code"] = code
    return tree


def named() -> dict[str, Any]:
    """Districts by their names, as far as the city knows them."""
    tree = boundary()
    names = {"990101": "云亭区"}
    for one in tree["features"]:
        one["properties"] = {"name": names.get(one["properties"]["code"], "无名")}
    return tree


def test_a_boundary_is_looked_at_then_shown_with_its_number_then_removed(city: df.City, app: Any) -> None:
    editor = someone(app, "张三")
    tiles = editor.get("/yunting/map").text
    assert ('href="/yunting/map/boundary/"' in tiles, "审图号：" in tiles) == (True, False)
    assert hand_in(editor).status_code == 303
    page = editor.get(HOME).text
    assert ("审图号：鲁SG(2023)026号" in page, "导入之前先看" in page, "省标准地图服务" in page) == (True, True, True)
    assert (df.read_outline(city), "审图号：" in editor.get("/yunting/map").text) == (None, False)
    draft = read_map_draft(city)
    assert draft is not None
    assert editor.write(HOME + "take", home=HOME, seen=draft["mark"]).status_code == 303
    shown = editor.get("/yunting/map").text
    assert ("审图号：鲁SG(2023)026号" in shown, "来源：省标准地图服务，2023-05。" in shown) == (True, True)
    kept = df.read_outline(city)
    assert kept is not None
    assert [one.kind for one in list_jobs(city)] == ["map"]
    assert editor.write(HOME + "remove", home=HOME, seen=kept["sha256"]).status_code == 303
    assert (df.read_outline(city), "审图号：" in editor.get("/yunting/map").text) == (None, False)
    told = [(one.who, one.options["does"], one.options["approval"]) for one in list_jobs(city)]
    assert told == [("张三", "remove", "鲁SG(2023)026号"), ("张三", "take", "鲁SG(2023)026号")]
    assert list((city.folder / "maps").glob("*.geojson")) == []
    with open_records(city.records) as records:
        assert records.verify() == ()


@pytest.mark.parametrize(
    "path",
    ["map.json", "/api/v1/cities/yunting", "/api/v1/cities/yunting/pages/map", "/api/v1/cities/yunting/wall",
     "/api/v1/cities/yunting/districts"],
)  # fmt: skip
def test_whoever_knows_the_map_before_is_sent_the_one_that_is_shown_now(city: df.City, app: Any, path: str) -> None:
    editor = someone(app, "张三")
    path = path if path.startswith("/") else f"/yunting/{path}"
    tiles = editor.get(path).headers["etag"]
    hand_in(editor)
    draft = read_map_draft(city)
    assert draft is not None
    editor.write(HOME + "take", home=HOME, seen=draft["mark"])
    drawn = editor.get(path, headers={"if-none-match": tiles})
    assert (drawn.status_code, "鲁SG(2023)026号" in drawn.text) == (200, True)
    assert editor.get(path, headers={"if-none-match": drawn.headers["etag"]}).status_code == 304
    kept = df.read_outline(city)
    assert kept is not None
    editor.write(HOME + "remove", home=HOME, seen=kept["sha256"])
    again = editor.get(path, headers={"if-none-match": drawn.headers["etag"]})
    assert (again.status_code, "鲁SG(2023)026号" in again.text, again.headers["etag"]) == (200, False, tiles)


@pytest.mark.parametrize(
    ("tree", "told", "says"),
    [
        (None, {"approval": ""}, "审图号"),
        (None, {"approval": "GS(2999)1号"}, "GS(2999)1号"),
        (None, {"system": "GCJ-02"}, "GCJ-02"),
        (None, {"day": "2023-13"}, "2023-13"),
        (None, {"day": "2999"}, "2999"),
        (None, {"source": "x" * 201}, "来源过长"),
        (b"\xff\xfe", {}, "UTF-8"),
        (b"[" * 40, {}, "嵌套 40 层"),
        (with_codes("370602", "<b>x"), {}, "第 2 个要素"),
        ({**boundary(), "features": []}, {}, "缺少"),
        (named(), {}, "第 1 个要素"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words_and_nothing_is_kept(
    city: df.City, app: Any, tree: Any, told: dict[str, str], says: str
) -> None:
    answer = hand_in(someone(app, "张三"), tree, **told)
    assert (answer.status_code, says in answer.text, "<b>x" in answer.text) == (422, True, False)
    assert (read_map_draft(city), df.read_outline(city)) == (None, None)


def test_a_file_over_the_limit_is_refused_before_it_is_read(city: df.City, app: Any) -> None:
    assert hand_in(someone(app, "张三"), b" " * 9_000_000).status_code == 413
    assert read_map_draft(city) is None


def test_a_boundary_of_another_region_is_refused(app: Any) -> None:
    tree = json.loads(json.dumps(boundary()))
    for one in tree["features"]:
        one["geometry"]["coordinates"] = [[[x - 120, y - 37] for x, y in one["geometry"]["coordinates"][0]]]
    answer = hand_in(someone(app, "张三"), tree)
    assert (answer.status_code, "一带" in answer.text) == (422, True)


def test_a_district_without_a_code_is_known_by_its_official_name(city: df.City, app: Any) -> None:
    from dafeng.library.maps import read_tiles

    tree = boundary()
    names = {tile.place: tile.full.zh for tile in read_tiles(city.code, overlay=city.overlay)}
    for one in tree["features"][:2]:
        one["properties"] = {"name": names[one["properties"]["code"]]}
    assert hand_in(someone(app, "张三"), tree).status_code == 303
    draft = read_map_draft(city)
    assert draft is not None
    assert sorted(by for _, by in draft["map"]["matched"]) == ["code", "code", "name", "name"]


def test_readers_look_and_do_nothing(city: df.City, app: Any) -> None:
    hand_in(someone(app, "张三"))
    reader = someone(app, "王五")
    page = reader.get(HOME)
    assert ("鲁SG(2023)026号" in page.text, 'type="file"' in page.text, HOME + "take" in page.text) == (True, False, False)
    tried = [reader.write(HOME + way, home=HOME, seen="x").status_code for way in ("", "take", "drop", "remove")]
    assert (tried, df.read_outline(city)) == ([403] * 4, None)
    assert Person(app).get(HOME, follow=False).status_code == 303


def test_who_decides_on_another_boundary_is_told_so(city: df.City, app: Any) -> None:
    editor, other = someone(app, "张三"), someone(app, "李四")
    hand_in(editor)
    seen = read_map_draft(city)
    hand_in(other, approval="GS(2019)1822号")
    assert seen is not None
    answer = editor.write(HOME + "take", home=HOME, seen=seen["mark"])
    assert (answer.status_code, "GS(2019)1822号" in answer.text, df.read_outline(city)) == (409, True, None)
    current = read_map_draft(city)
    assert current is not None
    assert editor.write(HOME + "drop", home=HOME, seen=current["mark"]).status_code == 303
    assert (read_map_draft(city), list((city.folder / "maps").glob("*.geojson"))) == (None, [])
    assert editor.write(HOME + "remove", home=HOME, seen="x").status_code == 409


def test_the_second_editor_is_told_who_did_what(city: df.City, app: Any) -> None:
    editor, other = someone(app, "张三"), someone(app, "李四")
    hand_in(editor)
    seen = read_map_draft(city)
    assert seen is not None
    editor.write(HOME + "take", home=HOME, seen=seen["mark"])
    for way in ("take", "drop"):
        told = other.write(HOME + way, home=HOME, seen=seen["mark"])
        done = re.search(r"张三 已于 20\d\d-\d\d-\d\d \d\d:\d\d 北京时间 把边界入库", told.text)
        assert (told.status_code, done is None) == (409, False)
        assert "outline.json" not in told.text
    editor.write(HOME + "remove", home=HOME, seen=seen["map"]["sha256"])
    assert "移除边界" in other.write(HOME + "remove", home=HOME, seen=seen["map"]["sha256"]).text


def test_refusals_speak_of_the_page_and_not_of_the_command_line(app: Any) -> None:
    editor = someone(app, "张三")
    assert "--approval" not in hand_in(editor, approval="x").text
    tree = json.loads(json.dumps(boundary()))
    tree["features"][0]["geometry"]["coordinates"][0][0] = ["x", 1]
    said = hand_in(editor, tree).text
    assert ("第 1 个要素" in said, "第 1 个点" in said, "feature 1" in said) == (True, True, False)


def test_the_same_in_python(city: df.City) -> None:
    content = json.dumps(boundary()).encode()
    draft = draft_map(city, content, name="a.geojson", who="张三", **TOLD)
    take_map(city, seen=draft["mark"], who="张三")
    kept = df.read_outline(city)
    assert kept is not None
    assert (kept["source"], kept["day"], kept["approval"]) == ("省标准地图服务", "2023-05", "鲁SG(2023)026号")
    with pytest.raises(ConflictError):
        take_map(city, seen=draft["mark"], who="张三")
