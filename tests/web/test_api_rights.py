"""What a token may at the API: no more than the page would let its account, and nothing of somebody else's by its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from dafeng.store.access_tokens import make_token
from dafeng.store.accounts import set_account
from dafeng.store.saved import save_view
from tests.web.attacked import Target, build_target
from tests.web.client import Client
from tests.web.reviews import PASSWORD, person
from tests.web.test_security import DECISIONS

PLACE = "/api/v1/cities/qinglan"
ROLES = {"reader": "王五", "editor": "张三", "confirmer": "李四", "administrator": "管理"}
RANK = ("reader", "editor", "confirmer", "administrator")
READING = sorted(one.removeprefix("GET ") for one, may in DECISIONS.items() if may == "token" and one.startswith("GET "))
WRITING: Mapping[str, tuple[str, Any]] = {
    "views": ("reader", {"name": "own", "query": "verdict=met"}),
    "views/{view}/remove": ("reader", None),
    "jobs": ("editor", {"kind": "assess"}),
    "jobs/{job}/cancel": ("editor", None),
    "scenarios": ("editor", {"id": "x1", "label": {"zh": "甲", "en": "A"}, "query": "", "seen": ""}),
    "deliveries?name=a.csv": ("editor", None),
    "reviews?name=a.txt": ("editor", None),
    "reviews/{review}/edits": ("editor", {"changes": [{"record": "{record}", "action": "accept", "seen": 0}]}),
    "reviews/{review}/confirm": ("confirmer", {"seen": 10**6}),
    "visibility": ("confirmer", {"seen": "x", "decisions": [{"kind": "targets", "state": "public"}]}),
}
"""What takes a POST with a token, the least role that may, and a body."""

ABSENT = ("views/{view}", "jobs/{name}/findings", "ledger/accounts/{name}", "ledger/transfers/{name}")
"""Addresses of things that are not there in this test."""
SETTLED = "cea-2023"
"""Book of the compliance period that is filled."""
STREAMED = ("ledger/beancount", "ledger/audit")
"""What is made anew for each question."""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    made = build_target(tmp_path_factory.mktemp("rights"))
    yield made
    made.office.records.close()


@pytest.fixture(scope="module")
def client(target: Target) -> Client:
    return Client(target.app)


@pytest.fixture(scope="module")
def tokens(target: Target) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Headers by role and scope."""
    return {(role, scope): bearer(target, name, scope) for role, name in ROLES.items() for scope in ("read", "write")}


def bearer(target: Target, name: str, scope: str) -> Mapping[str, str]:
    at = datetime.now(UTC)
    with target.office.records.write(actor=name, at=at) as session:
        return {"authorization": f"Bearer {make_token(session, name, 'test', scope, 3, at=at)}"}


def path_of(target: Target, template: str) -> str:
    """Address of something that is there."""
    names = target.names
    found = template.replace("{slug}", "qinglan").replace("{view}", "0" * 32).replace("{number}", "1")
    listed = (
        ("deliveries/", "deliver.name"),
        ("reviews/", "review.name"),
        ("jobs/", "jobs.name"),
        ("bundles/", "inclusion.name"),
    )
    for part, name in (*listed, ("enterprises/", "enterprises.name")):
        found = found.replace(f"{part}{{name}}", f"{part}{names[name]}")
    found = found.replace("compliance/{book}/{account}", f"compliance/{SETTLED}/{names['compliance.account']}")
    found = found.replace("compliance/{book}", f"compliance/{SETTLED}").replace("ledger/balances", "ledger/balances?book=ccer")
    for name in ("inclusion.person", "markets.market", "markets.auction", "budgets.budget", "budgets.node", "projects.project"):
        found = found.replace(f"{{{name.partition('.')[2]}}}", names[name])
    found = found.replace("ledger/accounts/{name}", "ledger/accounts/none").replace(
        "ledger/transfers/{name}", "ledger/transfers/x"
    )
    return found.replace("{event}", "20").replace("{review}", names["review.name"]).replace("{job}", names["jobs.name"])


@pytest.mark.parametrize("template", READING)
def test_nothing_is_told_without_a_token(target: Target, client: Client, template: str) -> None:
    path = path_of(target, template)
    bad = {"authorization": "Bearer dafeng_" + "a" * 43}
    answers = [client.get(path), client.get(path, headers=bad), person(target.app, "管理").get(path)]
    assert [(one.status_code, one.headers["www-authenticate"], sorted(one.json()["says"])) for one in answers] == [
        (401, "Bearer", ["en", "zh"])
    ] * 3


@pytest.mark.parametrize("template", READING)
def test_every_role_reads_what_its_pages_show(target: Target, client: Client, tokens: Any, template: str) -> None:
    """Accounts are for administrators, a person's account for confirmers, as on their pages; the rest for any account."""
    path, last = path_of(target, template), template.removeprefix("/api/v1/cities/{slug}/")
    confirmed = last == "ledger/audit" or last.startswith("inclusion/accounts/")
    least = "administrator" if last.startswith("accounts") else "confirmer" if confirmed else "reader"
    for role in RANK:
        answer = client.get(path, headers=tokens[role, "write" if last == "ledger/audit" else "read"])
        refused = RANK.index(role) < RANK.index(least)
        assert answer.status_code == (403 if refused else 404 if template.endswith(ABSENT) else 200), role
        if answer.status_code == 200 and last not in STREAMED:
            again = client.get(path, headers={**tokens[role, "read"], "if-none-match": answer.headers["etag"]})
            assert (again.status_code, again.content, answer.headers["cache-control"]) == (304, b"", "private, no-cache")


@pytest.mark.parametrize("template", WRITING)
def test_a_token_writes_no_more_than_its_role_and_scope(target: Target, client: Client, tokens: Any, template: str) -> None:
    least, body = WRITING[template]
    path = f"{PLACE}/{path_of(target, template)}"
    for role in RANK:
        for scope in ("read", "write"):
            before = target.head()
            sent = {"json": body} if body is not None else {"content": b""}
            answer = client.request("POST", path, headers={**tokens[role, scope]}, **sent)
            may = scope == "write" and RANK.index(role) >= RANK.index(least)
            assert (answer.status_code == 403, answer.status_code < 500) == (not may, True), (role, scope, answer.text)
            assert may or target.head() == before, (role, scope)


@pytest.mark.parametrize("template", WRITING)
def test_a_cookie_writes_nothing_at_the_api(target: Target, template: str) -> None:
    _, body = WRITING[template]
    before = target.head()
    chief = person(target.app, "管理")
    before = target.head()
    sent = {"json": body} if body is not None else {"content": b""}
    answer = chief.request("POST", f"{PLACE}/{path_of(target, template)}", **sent)
    assert (answer.status_code, target.head()) == (401, before)


def test_what_is_anothers_is_refused_like_what_is_not_there(target: Target, client: Client, tokens: Any) -> None:
    at = datetime.now(UTC)
    with target.office.records.write(actor="李四", at=at) as session:
        own = save_view(session, "李四", "targets", "secret", "", shared=False, at=at).id
        shared = save_view(session, "李四", "targets", "open", "", shared=True, at=at).id
    for role in ("editor", "administrator"):
        shown = tokens[role, "write"]
        told = [client.get(f"{PLACE}/views/{one}", headers=shown) for one in (own, "0" * 32)]
        assert (told[0].status_code, told[0].content) == (404, told[1].content)
        taken = [
            client.request("POST", f"{PLACE}/views/{one}/remove", headers=shown, content=b"") for one in (own, shared, "0" * 32)
        ]
        assert [(one.status_code, one.content) for one in taken] == [(404, told[0].content)] * 3
        assert own not in client.get(f"{PLACE}/views", headers=shown).text
        assert client.get(f"{PLACE}/views/{shared}", headers=shown).json()["who"] == "李四"
    assert client.get(f"{PLACE}/views/{own}", headers=tokens["confirmer", "read"]).json()["name"] == "secret"


def test_one_citys_token_and_ids_are_nothing_in_another(target: Target, tmp_path: Any, tokens: Any) -> None:
    """The city of the path decides, not the city that a token or an id belongs to."""
    from dafeng.web.app import create_app
    from dafeng.web.offices import Office
    from dafeng.work.city import init

    at = datetime.now(UTC)
    office = Office(init(tmp_path / "yangli", place="990100"))
    with office.records.write(actor="test", at=at) as session:
        set_account(session, "管理", "administrator", PASSWORD, at=at)
    both = Client(create_app([], offices=[target.office, office]))
    for template in READING:
        path = path_of(target, template).replace("qinglan", office.slug)
        assert both.get(path, headers=tokens["administrator", "read"]).status_code == 401, path


def test_the_log_of_the_accounts_tells_no_secret(client: Client, tokens: Any) -> None:
    shown = tokens["administrator", "read"]
    told, path = [], f"{PLACE}/accounts/log?limit=3"
    while path:
        answer = client.get(path, headers=shown).json()
        told += answer["items"]
        path = answer["next"]
    serials = [one["serial"] for one in told]
    assert serials == sorted(serials, reverse=True)
    assert {("add", "account", name) for name in ROLES.values()} <= {(one["action"], one["kind"], one["id"]) for one in told}
    assert {one["kind"] for one in told} <= {"account", "invitation", "visit", "access_token", "identity"}
    assert {len(one["id"]) for one in told if one["kind"] != "account"} == {12}
    assert "password" not in str(told)


def test_ones_own_account_is_told_without_its_tokens(client: Client, tokens: Any) -> None:
    shown = tokens["editor", "read"]
    told = client.get(f"{PLACE}/account", headers=shown).json()
    assert (told["name"], told["role"], told["scope"]) == ("张三", "editor", "read")
    assert {one["scope"] for one in told["tokens"]} == {"read", "write"}
    assert shown["authorization"].split("_")[1] not in str(told)
