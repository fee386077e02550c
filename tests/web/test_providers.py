"""Login by an identity provider: who is let in, and everything that is not believed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dafeng.core.errors import SettingError
from dafeng.store.accounts import list_accounts
from dafeng.store.records import open_records
from dafeng.web.providers import read_provider
from dafeng.work.city import City, open_city
from tests.conftest import absent
from tests.web.reviews import Person, app_of, city_with_people

try:
    from tests.web.provided import Desk, provider
except ImportError as cause:
    absent(f"no joserfc: {cause}")

GROUPS = {"carbon-confirmers": "confirmer", "carbon-editors": "editor"}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with provider() as one:
        yield one


@pytest.fixture
def city(tmp_path: Path, desk: Desk, kept: str, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setenv("DAFENG_OIDC_SECRET", "a shared secret")
    return trusting(city_with_people(tmp_path, records=kept), issuer=desk.issuer, client="dafeng", groups=GROUPS)


def trusting(city: City, **told: Any) -> City:
    path = city.folder / "city.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    content["options"] = {**(content.get("options") or {}), "oidc": told}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return open_city(city.folder)


def log_in(one: Person, desk: Desk) -> Any:
    gone = one.get("/qinglan/login/provider", follow=False)
    code, state = desk.approve(gone.headers["location"])
    return one.get(f"/qinglan/login/callback?code={code}&state={state}", follow=False)


def roles(city: City) -> dict[str, str]:
    with open_records(city.records) as records, records.read() as session:
        return {one.name: one.role for one in list_accounts(session)}


def test_whoever_the_provider_vouches_for_is_let_in(city: City, desk: Desk) -> None:
    one = Person(app_of(city))
    assert "login/provider" in one.get("/qinglan/login").text
    told = log_in(one, desk)
    visit = next(cookie for cookie in told.headers.get_list("set-cookie") if cookie.startswith("visit-"))
    assert (told.status_code, "SameSite=strict" in visit, told.headers["refresh"]) == (200, True, "0; url=/qinglan/review/")
    assert ("王小明" in one.get("/qinglan/account").text, roles(city)["王小明"]) == (True, "editor")


def test_the_groups_of_the_next_login_count(city: City, desk: Desk) -> None:
    one = Person(app_of(city))
    log_in(one, desk)
    desk.claims |= {"groups": ["x", "carbon-confirmers"], "preferred_username": "renamed"}
    one = Person(one.app)
    assert log_in(one, desk).status_code == 200
    assert (roles(city)["王小明"], "renamed" in roles(city)) == ("confirmer", False)


LIES: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": "another"},
    "audience": {"aud": "another"},
    "audiences": {"aud": ["dafeng", "another"]},
    "party": {"azp": "another"},
    "issuer": {"iss": "https://evil.example"},
    "expired": {"exp": int(time.time()) - 3600},
    "no end": {"exp": "later"},
    "from tomorrow": {"iat": int(time.time()) + 86_400},
    "no signature": {"alg": "none"},
    "shared secret": {"alg": "HS256"},
    "foreign key": {"key": "other"},
    "foreign description": {"discovered": "https://evil.example"},
    "foreign token address": {"elsewhere": True},
    "no group": {"groups": ["visitors"]},
    "group as text": {"groups": "carbon-editors"},
    "nobody": {"sub": ""},
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_not_as_it_must_be_lets_nobody_in(city: City, desk: Desk, lie: str) -> None:
    one, before = Person(app_of(city)), roles(city)
    gone = one.get("/qinglan/login/provider", follow=False)
    if gone.status_code == 303:
        desk.lie = LIES[lie]
        code, state = desk.approve(gone.headers["location"])
        gone = one.get(f"/qinglan/login/callback?code={code}&state={state}", follow=False)
    assert (gone.status_code, "visit-qinglan" in str(gone.headers), roles(city)) == (403, False, before)


def test_a_login_is_finished_where_it_was_begun(city: City, desk: Desk) -> None:
    app = app_of(city)
    one, other = Person(app), Person(app)
    code, state = desk.approve(one.get("/qinglan/login/provider", follow=False).headers["location"])
    address = f"/qinglan/login/callback?code={code}&state="
    assert other.get(address + state).status_code == 403, "another browser"
    assert one.get(address + "x").status_code == 403, "another state"
    assert one.get(address + state).status_code == 200
    assert one.get(address + state).status_code == 403, "a second time"


def test_a_name_that_somebody_has_is_not_taken_over(city: City, desk: Desk) -> None:
    desk.claims |= {"preferred_username": "管理"}
    assert (log_in(Person(app_of(city)), desk).status_code, roles(city)["管理"]) == (403, "administrator")


def test_nobody_becomes_an_administrator_by_a_group(tmp_path: Path) -> None:
    made = city_with_people(tmp_path)
    for told in (
        {"issuer": "https://id.example", "client": "x", "groups": {"g": "administrator"}},
        {"issuer": "http://id.example", "client": "x", "groups": {"g": "reader"}},
        {"issuer": "https://id.example", "client": "", "groups": {"g": "reader"}},
        {"issuer": "https://id.example", "client": "x", "groups": {}},
    ):
        with pytest.raises(SettingError):
            read_provider(trusting(made, **told))


def test_a_city_without_a_provider_offers_none(tmp_path: Path) -> None:
    one = Person(app_of(city_with_people(tmp_path)))
    page = one.get("/qinglan/login")
    assert ("login/provider" in page.text, one.get("/qinglan/login/provider").status_code) == (False, 404)
