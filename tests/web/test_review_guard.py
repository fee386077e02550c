"""Who may write what, and what no form, file or document can do."""

from __future__ import annotations

import pytest

from dafeng.web.app import create_app
from dafeng.web.forms import PLAIN, SHEET, judge_writing
from dafeng.web.guard import HEADERS
from dafeng.web.logins import lead
from dafeng.web.visits import MOST_FAILURES, MOST_OF_PLACE, WINDOW, Signer, Throttle
from dafeng.work.city import init
from dafeng.work.review import LARGEST, list_reviews, review
from dafeng.work.versions import list_versions
from tests.plans.reviews import TEXT
from tests.web.client import Page
from tests.web.reviews import HOME, PASSWORD, app_of, city_with_people, hidden, person, taken_in
from tests.web.sample import city as sample_city

T1 = "990200-T01"


@pytest.fixture
def city(tmp_path, kept):
    return city_with_people(tmp_path, records=kept)


@pytest.fixture
def app(city):
    return app_of(city)


@pytest.fixture
def home(city):
    return taken_in(city)


def edits(city):
    return review(city).edits


def scope(path, length="10", **headers):
    named = {"content-length": length, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {"path": path, "headers": [(name.encode(), value.encode()) for name, value in named.items() if value is not None]}


@pytest.mark.parametrize("path", ["/yangli/targets", "/yangli/review/", "/yangli/login", "/qinglan/login"])
def test_without_accounts_nothing_is_written(tmp_path, path):
    bare = init(tmp_path / "qinglan", place="990200")
    client = person(create_app([sample_city()], offices=[bare]))
    assert (client.post(path, data={"a": "b"}).status_code, client.get("/qinglan/review/").status_code) == (405, 404)
    assert sorted(one.name for one in bare.folder.iterdir()) == ["city.yaml", "data", "inbox", "plans"]


def test_other_addresses_take_no_post(app):
    assert [
        person(app).post(path, data={"a": "b"}).status_code for path in ("/qinglan/", "/api/v1/cities", HOME + "versions/1")
    ] == [405] * 3


@pytest.mark.parametrize("name", ["", "edit", "confirm", "sheet", "sheet/apply"])
def test_no_writing_without_a_login(app, city, home, name):
    answer = person(app).post((home if name else HOME) + name, data={"do": f"accept|0|{T1}", "token": "x"})
    assert (answer.status_code, edits(city), list_versions(city)) == (403, (), ())


def test_no_word_of_the_document_without_a_login(app, home):
    client = person(app)
    for path in (home, HOME, home + "confirm", home + "review.xlsx", HOME + "versions/1"):
        answer = client.get(path, follow=False)
        assert (answer.status_code, answer.headers["location"].split("?")[0], "风电" in answer.text) == (
            303,
            "/qinglan/login",
            False,
        )
    answer = client.get(home + "form?record=x", headers={"accept": "application/json"})
    assert (answer.status_code, "风电" in answer.text) == (403, False)


def test_a_login_lets_in_and_its_cookie_is_strict(app, home):
    client = person(app)
    answer = client.log_in("张三", next=home)
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("visit-qinglan"))
    assert (answer.status_code, answer.headers["location"]) == (303, home)
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/qinglan/", "Max-Age=28800"))
    assert "海上风电" in client.get(home).text


def test_the_cookie_is_secure_under_https(app):
    client = person(app)
    token = hidden(client.get("https://testserver/qinglan/login"))
    data = {"token": token, "name": "张三", "password": PASSWORD}
    answer = client.post("https://testserver/qinglan/login", data=data, follow=False)
    assert all("Secure" in one for one in answer.headers.get_list("set-cookie"))


@pytest.mark.parametrize(("name", "password"), [("张三", "wrong password"), ("nobody", PASSWORD), ("", ""), ("张三", "")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(app, name, password):
    answer = person(app).log_in(name, password)
    assert (answer.status_code, "登录名或密码不对" in answer.text, "visit-qinglan" in str(answer.headers)) == (403, True, False)


def test_a_login_needs_the_form_of_its_own_browser(app):
    token = hidden(person(app).get("/qinglan/login"))
    answer = person(app).post("/qinglan/login", data={"token": token, "name": "张三", "password": PASSWORD})
    assert answer.status_code == 403


def test_guessing_has_to_wait(app):
    client = person(app)
    codes = [client.log_in("张三", "wrong password").status_code for _ in range(MOST_FAILURES)]
    assert (codes, client.log_in("张三").status_code, client.log_in("李四").status_code) == ([403] * MOST_FAILURES, 429, 303)


def test_waiting_ends_after_a_while_and_a_place_is_counted_over_all_names():
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    for number in range(MOST_OF_PLACE):
        throttle.fail(f"name{number}", "here")
    early = (throttle.waits("other", "here"), throttle.waits("other", "there"))
    now[0] = WINDOW + 1
    assert (early, throttle.waits("other", "here")) == ((True, False), False)


def test_a_visit_ends_with_logout(app, home):
    client = person(app, "张三")
    cookies = dict(client.cookies)
    client.write("/qinglan/logout")
    client.cookies = cookies
    assert client.get(home, follow=False).status_code == 303


def test_a_logout_of_another_site_is_refused(app, home):
    client = person(app, "张三")
    assert client.post("/qinglan/logout", data={"token": "x"}).status_code == 403
    assert client.get(home, follow=False).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "foreign"])
def test_a_form_without_its_token_writes_nothing(app, city, home, token):
    other = person(app, "李四")
    said = hidden(other.get(home)) if token == "foreign" else token
    answer = person(app, "张三").post(home + "edit", data={"token": said, "do": f"accept|0|{T1}"})
    assert (answer.status_code, edits(city)) == (403, ())


def test_a_token_for_one_purpose_serves_no_other():
    signer = Signer("ab" * 32)
    sealed = signer.seal("form", "x")
    assert (signer.unseal("form", sealed), signer.unseal("visit", sealed), Signer("cd" * 32).unseal("form", sealed)) == (
        "x",
        None,
        None,
    )
    assert (signer.unseal("form", sealed, lasting=-1), sealed == signer.seal("form", "x")) == (None, False)


def test_a_request_of_another_site_is_refused(app, city, home):
    client = person(app, "张三")
    data = {"token": hidden(client.get(home)), "do": f"accept|0|{T1}"}
    codes = [
        client.post(home + "edit", data=data, headers={"sec-fetch-site": site}).status_code
        for site in ("cross-site", "same-site", "none")
    ]
    assert (codes, edits(city)) == ([403] * 3, ())


def test_a_reader_writes_nothing(app, city, home):
    client = person(app, "王五")
    page = client.get(home)
    answer = client.write(home + "edit", home=home, do=f"accept|0|{T1}")
    assert ("海上风电" in page.text, 'name="do"' in page.text, answer.status_code, edits(city)) == (True, False, 403, ())


def test_an_editor_confirms_nothing(app, city, home):
    answer = person(app, "张三").write(home + "confirm", home=home, seen="0")
    assert (answer.status_code, list_versions(city)) == (403, ())


def test_a_confirmer_confirms(app, city, home):
    answer = person(app, "李四").write(home + "confirm", home=home, seen="0")
    assert (answer.status_code, answer.headers["location"], list_versions(city)[0].who) == (303, HOME + "versions/1", "李四")


def test_what_was_not_seen_is_not_confirmed(app, city, home):
    client = person(app, "李四")
    client.write(home + "edit", home=home, do=f"accept|0|{T1}")
    answer = client.write(home + "confirm", home=home, seen="0")
    assert (answer.status_code, list_versions(city)) == (422, ())


@pytest.mark.parametrize(
    ("path", "most"), [(HOME, LARGEST), (HOME + "0123456789abcdef/sheet", SHEET), (HOME + "0123456789abcdef/edit", 0)]
)
def test_too_large_a_file_is_refused_unread(path, most):
    assert [judge_writing(scope(path, str(most + PLAIN + more))) for more in (0, 1)] == [None, 413]


@pytest.mark.parametrize("headers", [{"length": None}, {"length": "x"}, {"transfer_encoding": "chunked"}])
def test_a_request_tells_its_length(headers):
    assert judge_writing(scope(HOME, **headers)) == 411


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(50), b"%PDF-1.4 broken", b"PK\x03\x04broken", b""])
def test_a_file_that_is_no_plan_is_refused_with_the_remedy(app, city, content):
    answer = person(app, "张三").write(HOME, files={"file": ("a/../plan.txt", content)})
    assert (answer.status_code, "Traceback" in answer.text) == (422, False)
    assert [one.name for one in list_reviews(city)] in ([], ["plan.txt"])


@pytest.mark.parametrize(
    "body",
    [
        {"content": b"{}", "headers": {"content-type": "application/json"}},
        {"content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data; boundary=x"}},
        {"data": {f"f{n}": "x" for n in range(500)}},
    ],
)
def test_a_form_that_cannot_be_read_is_refused(app, city, home, body):
    answer = person(app, "张三").post(home + "edit", **body)
    assert (answer.status_code in (400, 403), "Traceback" in answer.text, edits(city)) == (True, False, ())


@pytest.mark.parametrize(
    "do",
    [
        "",
        "accept",
        "accept|0|",
        "accept|x|990200-T99",
        "burn|0|990200-T01",
        "add|0|",
        "split|0|990200-T01",
        "accept|9|990200-T01",
        "undo|0|990200-T01",
    ],
)
@pytest.mark.parametrize("script", [True, False])
def test_what_cannot_be_done_is_said_and_not_done(app, city, home, do, script):
    answer = person(app, "张三").write(home + "edit", home=home, do=do, script=script)
    assert (answer.status_code in (409, 422), "Traceback" in answer.text, edits(city)) == (True, False, ())


def test_what_was_typed_is_not_lost_when_it_cannot_be_used(app, home):
    answer = person(app, "张三").write(home + "edit", home=home, do=f"correct|0|{T1}", **{"f.value": "三十<b>"})
    assert (answer.status_code, "三十&lt;b&gt;" in answer.text, "<b>" in answer.text) == (422, True, False)


def test_the_second_of_two_gets_a_conflict_with_the_present_state(app, city, home):
    person(app, "张三").write(home + "edit", home=home, do=f"correct|0|{T1}", **{"f.value": "30"})
    answer = person(app, "李四").write(
        home + "edit", home=home, do=f"correct|0|{T1}", known="0", script=True, **{"f.value": "31"}
    )
    told = answer.json()
    assert (answer.status_code, "张三" in told["notice"], T1 in told["cards"], [edit.who for edit in edits(city)]) == (
        409,
        True,
        True,
        ["张三"],
    )


EVIL = TEXT.replace("青岚市碳达峰", "<script>alert(1)</script>碳达峰").replace(
    "发展海上风电。", "<img src=x onerror=alert(1)>发展海上风电。"
)


def test_what_a_document_says_cannot_act(app, city):
    home = taken_in(city, EVIL.replace("市海洋发展局", '市"><b>海洋局'))
    client = person(app, "李四")
    name = next(name for name in review(city).reviewed.records if "海洋" in name)
    client.write(home + "edit", home=home, do=f"correct|0|{T1}", **{"f.indicator": "<i>x</i>", "remark": "<u>y</u>"})
    pages = [home, HOME, home + "confirm", f"{home}?record={T1}&form=edit", f"{home}?record={T1}&form=split"]
    texts = [client.get(path).text for path in pages]
    told = client.write(home + "edit", home=home, do=f"accept|0|{name}", known="0", script=True).json()
    texts += [*told["cards"].values(), *told["paragraphs"].values()]
    assert [tag for text in texts for tag in ("<script>alert", "<img src", "<i>x", "<u>y", "<b>海") if tag in text] == []
    assert [Page(text).inline() for text in texts[:5]] == [[]] * 5


def test_every_answer_of_the_review_is_strict_and_kept_by_nobody(app, home):
    client = person(app, "张三")
    for path in (home, HOME, home + "confirm", home + "review.xlsx", "/qinglan/login"):
        answer = client.get(path, follow=False)
        assert ({name: answer.headers[name] for name in HEADERS}, answer.headers["cache-control"]) == (
            dict(HEADERS),
            "no-store",
        )


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/qinglan/review/",
        "/other/review/",
        "/qinglan/review/..%2f",
        "/qinglan/../other/targets",
        "/qinglan//evil.example",
        "javascript:x",
        "/qinglan/review/\\evil",
    ],
)
def test_the_login_leads_nowhere_else(wanted):
    assert lead("qinglan", wanted) == "/qinglan/review/"


@pytest.mark.parametrize(
    "path", ["0123456789abcdef/", "versions/9", "versions/x", "0123456789abcdef/form?form=add", "..%2f..%2fcity.yaml/"]
)
def test_what_is_not_there_is_not_found(app, path):
    assert person(app, "张三").get(HOME + path).status_code == 404


def test_a_document_without_a_title_is_called_by_its_name_as_it_is(app):
    who, name = person(app, "张三"), "lng" + "y" * 110 + ".txt"
    answer = who.write(HOME, files={"file": (name, "到2030年，风电装机容量达到300万千瓦。".encode())})
    page = who.get(answer.headers["location"]).text
    assert f'<h1 class="as-is" title="{name}">lng{"y" * 25}…{"y" * 12}.txt</h1>' in page


def test_a_file_without_text_is_not_taken_into_review(app, city):
    answer = person(app, "张三").write(HOME, files={"file": ("empty.txt", b"")})
    assert (answer.status_code, "没有文字" in answer.text, list_reviews(city)) == (422, True, ())


def test_no_path_leads_out_by_a_file_name(app, city):
    person(app, "张三").write(HOME, files={"file": ("../../evil\\plan.txt", TEXT.encode())})
    assert [one.name for one in list_reviews(city)] == ["plan.txt"]
    assert {one.name for one in city.folder.parent.iterdir()} == {"qinglan"}
