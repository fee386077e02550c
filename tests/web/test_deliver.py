"""The delivery pages: nothing is written by looking, both values stay, and a file counts once."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.errors import FileRefused, SettingError
from dafeng.store.records import open_records
from dafeng.work.city import City
from dafeng.work.correct import corrections
from dafeng.work.deliver import take_upload
from dafeng.work.ingest import ingest
from dafeng.work.uploads import find_upload, keep_upload, list_uploads
from tests.web.browser import Visit, launched, served
from tests.web.reviews import Person, app_of, city_with_people, hidden, person
from tests.web.test_rights import log_in

HOME = "/qinglan/deliver/"
HEAD = "指标,年份,数值,单位\n"
SLIP = (HEAD + "".join(f"能源消费总量,{year},{value},万吨标准煤\n" for year, value in
        ((2020, 500), (2021, 512.5), (2022, 5305), (2023, 545), (2024, 551)))).encode()  # fmt: skip
NEGATIVE = (HEAD + "光伏装机容量,2024,-30,万千瓦\n能源消费总量,2024,551,万吨标准煤\n").encode()
UNKNOWN = "名头,年份,多少,单位\n能源消费总量,2024,545,万吨标准煤\n".encode()


@pytest.fixture
def city(tmp_path: Path, kept: str) -> City:
    return city_with_people(tmp_path, records=kept)


@pytest.fixture
def editor(city: City) -> Person:
    return person(app_of(city), "张三")


def hand_in(who: Person, content: bytes, name: str = "数据.csv") -> str:
    answer = who.write(HOME, home=HOME, files={"file": (name, content)})
    assert answer.status_code == 303
    return answer.headers["location"]


def decisions(page: str, **told: str) -> dict[str, Any]:
    """Fields of the page's findings, with a value for the cells that are named."""
    fields: dict[str, Any] = {}
    for number, place in re.findall(r'name="a\.(\d+)" value="([^"]+)"', page):
        cell = place.rpartition("!")[2]
        decided = {"d": "correct", "v": told[cell], "r": "少写小数点"} if cell in told else {"d": "accept"}
        fields |= {f"a.{number}": place, **{f"{name}.{number}": text for name, text in decided.items()}}
    return fields


def values(city: City, period: str) -> list[Decimal]:
    return [row["value"].normalize() for row in city.facts.read(periods=(period,)).to_pylist()]


def test_without_a_login_there_is_only_the_way_to_it(city: City) -> None:
    answer = Person(app_of(city)).get(HOME, follow=False)
    assert (answer.status_code, "/qinglan/login?next=" in answer.headers["location"]) == (303, True)


def test_a_reader_looks_and_hands_nothing_in(city: City) -> None:
    reader = person(app_of(city), "王五")
    assert 'type="file"' not in reader.get(HOME).text
    token = hidden(reader.get(HOME))
    answer = reader.post(HOME, data={"token": token}, files={"file": ("a.csv", SLIP)}, follow=False)
    assert (answer.status_code, list_uploads(city)) == (403, ())


def test_a_form_without_its_token_is_refused(editor: Person) -> None:
    assert editor.post(HOME, data={"token": "x"}, files={"file": ("a.csv", SLIP)}, follow=False).status_code == 403


def test_looking_writes_nothing_and_marks_the_cell(city: City, editor: Person) -> None:
    page = editor.get(hand_in(editor, SLIP)).text
    assert city.facts.lots() == ()
    assert '<a href="#c-C4"><code>C4</code></a> <code class="rule">audit.slip</code>' in page
    assert re.search(r'<td id="c-C4" class="m-warning">5305</td>', page)


def test_a_corrected_cell_is_taken_in_with_both_values(city: City, editor: Person) -> None:
    home = hand_in(editor, SLIP)
    editor.write(home + "take", home=home, **decisions(editor.get(home).text, C4="530.5"))
    made = corrections(city)[0]
    assert (values(city, "2022"), made.reported, made.corrected, made.who, made.at) == (
        [Decimal("530.5")], Decimal(5305), Decimal("530.5"), "张三", "数据.csv!C4",
    )  # fmt: skip
    page = editor.get(home).text
    assert "已入库 5 个数，其中更正 1 个" in page
    with open_records(city.records) as records:
        assert records.verify() == ()


def test_submitting_twice_takes_in_once(city: City, editor: Person) -> None:
    home = hand_in(editor, SLIP)
    fields, token = decisions(editor.get(home).text, C4="530.5"), hidden(editor.get(home))
    for _ in range(2):
        assert editor.post(home + "take", data={"token": token, **fields}, follow=False).status_code == 303
    assert (len(city.facts.lots()), len(corrections(city)), hand_in(editor, SLIP)) == (2, 1, home)


def test_a_file_that_the_command_line_took_in_is_not_counted_again(city: City, editor: Person, tmp_path: Path) -> None:
    (tmp_path / "数据.csv").write_bytes(SLIP)
    ingest(city, [tmp_path / "数据.csv"])
    home = hand_in(editor, SLIP)
    editor.write(home + "take", home=home)
    assert (city.facts.read().num_rows, len(city.facts.lots())) == (5, 1)


def test_a_value_that_is_no_number_takes_in_nothing(city: City, editor: Person) -> None:
    home = hand_in(editor, SLIP)
    answer = editor.write(home + "take", home=home, **decisions(editor.get(home).text, C4="很多"))
    assert (answer.status_code, city.facts.lots()) == (422, ())


def test_unknown_headings_are_mapped_and_remembered(editor: Person) -> None:
    home = hand_in(editor, UNKNOWN)
    page = editor.get(home).text
    assert "还不能读" in page
    heads = re.findall(r'name="h\.(\S+?)" value="([^"]+)"', page)
    meant = {"名头": "indicator", "年份": "period", "多少": "value", "单位": "unit"}
    fields = {f"{kind}.{key}": text if kind == "h" else meant[text] for key, text in heads for kind in "hc"}
    editor.write(home + "map", home=home, **fields)
    assert "入库（1 个数）" in editor.get(home).text
    other = hand_in(editor, UNKNOWN.replace(b"2024", b"2023"), "另一份.csv")
    assert "入库（1 个数）" in editor.get(other).text


def test_sending_back_needs_a_reason_and_takes_in_nothing(city: City, editor: Person) -> None:
    home = hand_in(editor, SLIP)
    assert editor.write(home + "return", home=home, remark=" ").status_code == 422
    editor.write(home + "return", home=home, remark="2022 年请核对")
    assert ("2022 年请核对" in editor.get(home).text, city.facts.lots()) == (True, ())
    assert find_upload(city, home.split("/")[3]).state == "returned"
    assert editor.get(hand_in(editor, SLIP)).text.count("入库（5 个数）") == 1


@pytest.mark.parametrize(
    ("name", "content"), [("a.xlsx", b"\x00\x01"), ("a.csv", b""), ("a.pdf", SLIP), ("a.csv", b"a,b\n\x00\x001\x00,\x002\n")]
)
def test_what_is_no_table_is_refused_and_not_kept(city: City, editor: Person, name: str, content: bytes) -> None:
    answer = editor.write(HOME, home=HOME, files={"file": (name, content)})
    assert (answer.status_code, list_uploads(city)) == (422, ())


def test_a_stranger_to_the_folder_is_not_found(editor: Person) -> None:
    assert editor.get(HOME + "deadbeefdeadbeef/").status_code == 404


def test_a_name_that_would_leave_the_folder_is_only_a_name(city: City, editor: Person) -> None:
    home = hand_in(editor, SLIP, "../../etc/数据.csv")
    editor.write(home + "take", home=home)
    assert {row["file"] for row in city.facts.read().to_pylist()} == {"数据.csv"}


@pytest.mark.parametrize(
    ("name", "said"),
    [("a\u202egpj.csv", "‹U+202E›"), ("a\u200b.csv", "‹U+200B›"), ("x" * 130 + ".csv", "134 个字符")],
)
def test_a_file_name_that_would_mislead_is_refused_in_words(city: City, editor: Person, name: str, said: str) -> None:
    answer = editor.write(HOME, home=HOME, files={"file": (name, SLIP)})
    assert (answer.status_code, said in answer.text, list_uploads(city)) == (422, True, ())
    with pytest.raises(FileRefused):
        keep_upload(city, SLIP, name=name, who="张三")
    assert editor.write("/qinglan/review/", home=HOME, files={"file": (name, SLIP)}).status_code == 422


def test_a_misleading_name_from_before_is_shown_with_its_signs(
    city: City, editor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dafeng.work.uploads.check_file_name", lambda _: None)
    made = keep_upload(city, SLIP, name="a\u202egpj.csv", who="张三")
    assert "\u202e" not in editor.get(HOME).text
    for page in (editor.get(HOME).text, editor.get(f"{HOME}{made.id}/").text):
        assert (">a‹U+202E›gpj.csv<" in page, ">a\u202egpj.csv<" in page) == (True, False)


def test_a_long_name_is_shortened_in_the_middle_with_the_whole_in_its_title(editor: Person) -> None:
    name = "能源消费" + "x" * 100 + "2024年.csv"
    editor.get(hand_in(editor, SLIP, name))
    shown = f'<span class="file-name" title="{name}">能源消费{"x" * 24}…{"x" * 7}2024年.csv</span>'
    assert shown in editor.get(HOME).text


def test_names_of_files_keep_their_small_letters(editor: Person) -> None:
    home = hand_in(editor, SLIP, "gbk.csv")
    assert '<h1 class="as-is"><span class="file-name">gbk.csv</span></h1>' in editor.get(home).text
    assert '<td class="lead as-is">' in editor.get(HOME).text


def test_the_same_content_under_another_name_is_told(editor: Person) -> None:
    home = hand_in(editor, SLIP, "x.csv")
    assert hand_in(editor, SLIP, "x.csv") == home
    again = hand_in(editor, SLIP, "CON.csv")
    assert (again, "与已上报的“x.csv”内容相同" in editor.get(again).text) == (home + "?same=1", True)


def test_what_a_cell_holds_is_shown_as_text(editor: Person) -> None:
    page = editor.get(hand_in(editor, (HEAD + "<script>alert(1)</script>,2024,3,万人\n").encode())).text
    assert "<script>alert(1)" not in page


def two_editors(city: City) -> tuple[Person, Person]:
    app = app_of(city)
    return person(app, "张三"), person(app, "李四")


def form(who: Person, home: str, **fields: Any) -> dict[str, Any]:
    """A form as a page shows it now, with the state it was made on."""
    page = who.get(home)
    return {"token": hidden(page), "seen": re.findall(r'name="seen" value="([^"]+)"', page.text)[0], **fields}


def test_of_two_who_correct_one_file_the_second_is_told(city: City) -> None:
    first, second = two_editors(city)
    home = hand_in(first, SLIP)
    forms = [form(one, home, **decisions(one.get(home).text, C4=value)) for one, value in ((first, "530.5"), (second, "531"))]
    codes = [one.post(home + "take", data=told, follow=False) for one, told in zip((first, second), forms, strict=True)]
    said = codes[1].text
    assert [one.status_code for one in codes] == [303, 409]
    assert ("张三 已把该文件入库" in said, "C4→530.5" in said, "<dd>531</dd>" in said) == (True, True, True)
    assert (values(city, "2022"), len(corrections(city))) == ([Decimal("530.5")], 1)
    english = second.post(home + "take?lang=en", data=forms[1], follow=False).text
    assert '<bdi lang="zh">张三</bdi> has taken the file in: 5 figures, 1 of them corrected' in english
    assert first.post(home + "take", data=forms[0], follow=False).status_code == 303


def test_of_two_who_name_the_columns_the_second_is_told(city: City) -> None:
    first, second = two_editors(city)
    home = hand_in(first, UNKNOWN)
    forms = [form(one, home, **{"h.0": "名头", "c.0": word}) for one, word in ((first, "indicator"), (second, "carrier"))]
    answers = [one.post(home + "map", data=told, follow=False) for one, told in zip((first, second), forms, strict=True)]
    assert ([one.status_code for one in answers], "张三 刚改过该文件的列：名头→indicator" in answers[1].text) == (
        [303, 409],
        True,
    )
    assert find_upload(city, home.split("/")[3]).mapping == {"名头": "indicator"}
    del forms[1]["seen"]
    assert second.post(home + "map", data=forms[1], follow=False).status_code == 409
    assert first.post(home + "map", data=forms[0], follow=False).status_code == 303


def test_what_was_named_meanwhile_is_not_taken_in_unseen(city: City) -> None:
    first, second = two_editors(city)
    home = hand_in(first, SLIP)
    told = {name: form(second, home, remark="核对") for name in ("take", "return", "amend")}
    first.write(home + "map", home=home, **{"h.0": "指标", "c.0": "indicator"})
    assert {second.post(home + name, data=one, follow=False).status_code for name, one in told.items()} == {409}
    assert (find_upload(city, home.split("/")[3]).state, city.facts.lots()) == ("open", ())


def test_a_file_whose_figures_count_is_not_sent_back(city: City, editor: Person, tmp_path: Path) -> None:
    (tmp_path / "数据.csv").write_bytes(SLIP)
    ingest(city, [tmp_path / "数据.csv"])
    home = hand_in(editor, SLIP)
    answer = editor.write(home + "return", home=home, remark="核对")
    assert (answer.status_code, "已入库" in answer.text, city.facts.read().num_rows) == (409, True, 5)


def test_corrections_of_a_file_that_was_taken_in_before_count_at_once(city: City, editor: Person, tmp_path: Path) -> None:
    (tmp_path / "数据.csv").write_bytes(SLIP)
    ingest(city, [tmp_path / "数据.csv"])
    home = hand_in(editor, SLIP)
    editor.write(home + "take", home=home, **decisions(editor.get(home).text, C4="530.5"))
    assert (values(city, "2022"), len(corrections(city)), len(city.facts.lots())) == ([Decimal("530.5")], 1, 2)


def test_a_correction_that_is_refused_takes_in_nothing(city: City) -> None:
    upload = keep_upload(city, SLIP, name="数据.csv", who="张三")
    with pytest.raises(SettingError, match="already"):
        take_upload(city, upload, who="张三", values={"数据.csv!C4": ("530.5", "a"), "数据.csv!C3": ("512.5", "b")})
    assert (city.facts.lots(), find_upload(city, upload.id).state, corrections(city)) == ((), "open", ())


def test_an_interrupted_taking_in_is_finished_by_who_looks_next(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = keep_upload(city, SLIP, name="数据.csv", who="张三")
    told = {"数据.csv!C4": ("530.5", "少写小数点")}
    with monkeypatch.context() as patch:
        patch.setattr("dafeng.work.upload_decisions._log_all", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take_upload(city, upload, who="张三", values=told)
    assert (find_upload(city, upload.id).state, values(city, "2022"), corrections(city)[0].who) == (
        "taken", [Decimal("530.5")], "张三",
    )  # fmt: skip
    assert take_upload(city, upload, who="张三", values=told).corrected == 1


def test_an_error_waits_for_a_decision_with_a_reason(city: City, editor: Person) -> None:
    home = hand_in(editor, NEGATIVE)
    page = editor.get(home).text
    number = re.findall(r'name="a\.(\d+)" value="数据.csv!C2"', page)[0]
    assert re.search(rf'name="d\.{number}" value="keep">', page)
    for way, reason in (("", ""), ("accept", "x"), ("keep", " "), ("correct", "x"), ("leave", "")):
        told = {f"a.{number}": "数据.csv!C2", f"d.{number}": way, f"v.{number}": "", f"r.{number}": reason}
        answer = editor.write(home + "take", home=home, **told)
        assert (answer.status_code, "C2" in answer.text, city.facts.lots()) == (422, True, ())
    assert find_upload(city, home.split("/")[3]).state == "open"


@pytest.mark.parametrize(
    ("way", "value", "rows", "corrected"), [("keep", "", 2, 0), ("correct", "30", 2, 1), ("leave", "", 1, 0)]
)
def test_what_is_decided_on_an_error_is_recorded(
    city: City, editor: Person, way: str, value: str, rows: int, corrected: int
) -> None:
    home = hand_in(editor, NEGATIVE)
    told = {"a.0": "数据.csv!C2", "d.0": way, "v.0": value, "r.0": "与上报方核对过"}
    assert editor.write(home + "take", home=home, **told).status_code == 303
    facts = city.facts.read().to_pylist()
    upload = find_upload(city, home.split("/")[3])
    assert (len(facts), upload.facts, upload.corrected) == (rows, rows, corrected)
    assert "与上报方核对过" in upload.told
    if way != "correct":
        assert "与上报方核对过" in editor.get(home).text
    if way == "keep":
        assert [row["note"] for row in facts if row["value"] == -30] == ["按原报入库（张三）：与上报方核对过"]


def test_a_decision_on_an_error_is_kept_while_others_are_lacking(editor: Person) -> None:
    home = hand_in(editor, NEGATIVE + "水电装机容量,2024,-3,万千瓦\n".encode())
    told = {"a.0": "数据.csv!C2", "d.0": "leave", "v.0": "", "r.0": "与上报方核对过"}
    assert editor.write(home + "take", home=home, **told).status_code == 422
    page = editor.get(home).text
    assert ('value="leave" checked' in page, "与上报方核对过" in page) == (True, True)


def test_a_correction_that_is_doubted_again_waits_until_it_is_sure(city: City, editor: Person) -> None:
    home = hand_in(editor, SLIP)
    told = {"a.0": "数据.csv!C4", "d.0": "correct", "v.0": "5310", "r.0": "与上报方核对过"}
    answer = editor.write(home + "take", home=home, **told)
    assert (answer.status_code, "C4" in answer.text, "5310" in answer.text, city.facts.lots()) == (422, True, True, ())
    assert 'name="o.0" value="1">' in editor.get(home).text
    assert editor.write(home + "take", home=home, **told, **{"o.0": "1"}).status_code == 303
    assert (values(city, "2022"), corrections(city)[0].reason) == ([Decimal(5310)], "与上报方核对过（已核实）")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_name_pushes_nothing_out_of_sight(chromium: str, city: City, width: int) -> None:
    keep_upload(city, SLIP, name="x" * 116 + ".csv", who="张三")
    with served(app_of(city)) as base, launched(chromium) as browser:
        visit = Visit(browser, viewport={"width": width, "height": 800})
        visit.context.add_cookies([{"name": "lang", "value": "en", "url": base}])
        log_in(visit.page, base, "张三")
        visit.page.goto(base + HOME)
        tables = visit.page.locator(".table-wrap")
        cut = tables.evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth).length")
        assert (tables.count(), cut, visit.page.evaluate("document.documentElement.scrollWidth")) == (1, 0, width)
        visit.context.close()
