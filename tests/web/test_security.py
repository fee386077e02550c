"""The served cockpit under attack: every address, every role, every form, every file; on SQLite and on PostgreSQL.

A new address without a decision in `DECISIONS` fails `test_every_address_has_a_decision`.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest

from dafeng.store.access_tokens import make_token
from dafeng.store.accounts import list_accounts
from dafeng.store.visits import list_visits
from dafeng.web.app import create_app
from dafeng.web.guard import HEADERS
from dafeng.web.ledger_orders_api import ACTS
from dafeng.web.limits import READS, Paces, usual_paces
from dafeng.web.offices import Office
from tests.plans.reviews import TEXT
from tests.web import attacked
from tests.web.attacked import FORMULA, INJECTIONS, LAUGHS, PATHS, XSS, Forms, Target, build_target, outbreaks, speak, squeezed
from tests.web.browser import Visit, launched, served
from tests.web.client import Client
from tests.web.reviews import PASSWORD, Person, hidden

NOBODY, ROLES = "", {"reader": "王五", "editor": "张三", "confirmer": "李四", "administrator": "管理"}
RANK = ("anyone", "reader", "editor", "confirmer", "administrator")
"""Who may: everybody from this one on. Besides there are ``link`` (whoever holds the one-time address, or the owner's),
``token`` and ``signature`` (whoever signs with a key of an operator)."""
DECISIONS: Mapping[str, str] = {
    "GET /": "anyone", "GET /api/v1/": "anyone", "GET /api/v1/openapi.json": "anyone", "GET /static": "anyone",
    "GET /{slug}": "anyone", "GET /{slug}/": "anyone", "GET /{slug}/{name}": "anyone", "GET /{slug}/search": "anyone",
    "GET /{slug}/explain/{address:path}": "anyone", "GET /{slug}/targets/{target}": "anyone",
    "GET /{slug}/methods/{method}": "anyone", "GET /{slug}/hours/week.json": "anyone",
    "GET /{slug}/scenarios": "anyone", "GET /{slug}/scenarios.json": "anyone", "GET /{slug}/scenarios/live.json": "anyone",
    "GET /{slug}/scenarios.xlsx": "anyone", "GET /{slug}/scenarios.csv": "anyone",
    "POST /{slug}/scenarios/save": "editor", "POST /{slug}/scenarios/import": "editor",
    "GET /{slug}/login/provider": "anyone", "GET /{slug}/login/callback": "link",
    "GET /{slug}/login": "anyone", "POST /{slug}/login": "anyone", "POST /{slug}/logout": "anyone",
    "GET /{slug}/setup/{token}": "link", "POST /{slug}/setup/{token}": "link",
    "GET /{slug}/welcome/{token}": "link", "POST /{slug}/welcome/{token}": "link",
    "GET /{slug}/account": "reader", "POST /{slug}/account/password": "reader", "POST /{slug}/account/visits": "reader",
    "POST /{slug}/account/tokens": "reader", "POST /{slug}/account/tokens/end": "reader",
    "GET /{slug}/accounts": "administrator", "POST /{slug}/accounts/add": "administrator",
    "POST /{slug}/accounts/role": "administrator", "POST /{slug}/accounts/close": "administrator",
    "POST /{slug}/accounts/reset": "administrator",
    "GET /{slug}/review": "anyone", "GET /{slug}/review/": "reader", "GET /{slug}/review/versions/{number}": "reader",
    "GET /{slug}/review/{name}/": "reader", "GET /{slug}/review/{name}/form": "reader",
    "GET /{slug}/review/{name}/confirm": "reader", "GET /{slug}/review/{name}/review.xlsx": "reader",
    "POST /{slug}/review/": "editor", "POST /{slug}/review/{name}/edit": "editor",
    "POST /{slug}/review/{name}/confirm": "confirmer", "POST /{slug}/review/{name}/sheet": "editor",
    "POST /{slug}/review/{name}/sheet/apply": "editor",
    "GET /{slug}/deliver": "anyone", "GET /{slug}/deliver/": "reader", "GET /{slug}/deliver/{name}/": "reader",
    "POST /{slug}/deliver/": "editor", "POST /{slug}/deliver/{name}/map": "editor",
    "POST /{slug}/deliver/{name}/take": "editor", "POST /{slug}/deliver/{name}/return": "editor",
    "GET /api/v1/cities": "anyone", "GET /api/v1/cities/{slug}": "anyone", "GET /api/v1/cities/{slug}/{part}": "anyone",
    "GET /api/v1/cities/{slug}/explain/{address}": "anyone", "GET /api/v1/cities/{slug}/trees/{address}": "anyone",
    "GET /api/v1/cities/{slug}/deliveries": "token", "GET /api/v1/cities/{slug}/deliveries/{name}": "token",
    "POST /api/v1/cities/{slug}/deliveries": "token",
    "GET /api/v1/cities/{slug}/pages/{page}": "anyone", "GET /api/v1/cities/{slug}/{part}/{row}": "anyone",
    "GET /public": "anyone", "GET /public/": "anyone", "GET /public/{slug}": "anyone", "GET /public/{slug}/": "anyone",
    "GET /public/{slug}/data/{name}": "anyone", "GET /public/{slug}/embed/{name}": "anyone",
    "GET /public/{slug}/explain/{address:path}": "anyone", "GET /public/{slug}/indicators/{name}": "anyone",
    "GET /public/{slug}/openapi.json": "anyone", "GET /public/{slug}/search": "anyone",
    "GET /public/{slug}/sitemap.xml": "anyone", "GET /public/{slug}/{name}": "anyone", "GET /public/{slug}/{name}/": "anyone",
    "GET /{slug}/fields/{field}": "anyone", "GET /{slug}/organisations/{name}": "anyone", "GET /{slug}/tasks/{task}": "anyone",
    "GET /{slug}/hours/year.json": "anyone", "GET /{slug}/wall": "anyone", "GET /{slug}/wall.json": "anyone",
    "GET /{slug}/wall/run.json": "anyone", "GET /{slug}/views": "anyone",
    "POST /{slug}/views/": "reader", "POST /{slug}/views/{view}/remove": "reader",
    "GET /{slug}/publishing/": "reader", "POST /{slug}/publishing/": "confirmer",
    "GET /{slug}/jobs": "anyone", "GET /{slug}/jobs/": "reader", "GET /{slug}/jobs.json": "reader",
    "GET /{slug}/jobs/{name}/": "reader", "GET /{slug}/jobs/{name}.json": "reader",
    "POST /{slug}/jobs/start": "editor", "POST /{slug}/jobs/{name}/cancel": "editor",
    "POST /{slug}/deliver/{name}/amend": "editor",
    "GET /{slug}/map/boundary/": "reader", "POST /{slug}/map/boundary/": "editor",
    "POST /{slug}/map/boundary/take": "editor", "POST /{slug}/map/boundary/drop": "editor",
    "POST /{slug}/map/boundary/remove": "editor",
    "POST /{slug}/deliver/{name}/look": "editor", "POST /{slug}/deliver/{name}/keep": "editor",
    "GET /api/v1/cities/{slug}/search": "anyone", "GET /api/v1/cities/{slug}/hours/{span}": "anyone",
    "GET /api/v1/cities/{slug}/verdicts/{target}/history": "anyone", "GET /api/v1/cities/{slug}/wall": "anyone",
    "GET /api/v1/cities/{slug}/jobs": "token", "GET /api/v1/cities/{slug}/jobs/{name}": "token",
    "GET /{slug}/rights": "anyone", "GET /{slug}/rights/": "reader", "GET /{slug}/rights.json": "reader",
    "GET /{slug}/orders.json": "reader", "GET /{slug}/rights/books/{book}/": "reader",
    "GET /{slug}/rights/accounts/{account}/": "reader", "GET /{slug}/rights/events/{event}/": "reader",
    "GET /{slug}/rights/orders/": "reader", "GET /{slug}/rights/certificates/{event}.pdf": "reader",
    "POST /{slug}/rights/ask": "editor", "POST /{slug}/rights/decide": "confirmer",
    "POST /{slug}/rights/open": "confirmer", "POST /{slug}/rights/account": "confirmer",
    **{f"GET /api/v1/cities/{{slug}}/ledger/{name}": "token" for name in ("audit", "balances", "beancount", "roots")},
    "GET /api/v1/cities/{slug}/ledger/books": "token", "GET /api/v1/cities/{slug}/ledger/accounts": "token",
    "GET /api/v1/cities/{slug}/ledger/accounts/{name}": "token", "GET /api/v1/cities/{slug}/ledger/transfers": "token",
    "GET /api/v1/cities/{slug}/ledger/transfers/{name}": "token", "POST /api/v1/cities/{slug}/ledger/transfers": "token",
    **{f"POST /api/v1/cities/{{slug}}/ledger/{name}": "token" for name in ACTS},
    "GET /{slug}/compliance": "anyone", "GET /{slug}/compliance/": "reader", "GET /{slug}/compliance.json": "reader",
    "GET /{slug}/compliance/{book}/{account}/": "reader", "POST /{slug}/compliance/surrender": "editor",
    "GET /{slug}/projects": "anyone", "GET /{slug}/projects/": "reader", "GET /{slug}/projects.json": "reader",
    "GET /{slug}/projects/{project}/": "reader", "POST /{slug}/projects/enter": "editor",
    "POST /{slug}/projects/{project}/step": "editor", "POST /{slug}/projects/{project}/decide": "confirmer",
    "GET /api/v1/cities/{slug}/compliance": "token", "GET /api/v1/cities/{slug}/compliance/{book}": "token",
    "GET /api/v1/cities/{slug}/compliance/{book}/{account}": "token",
    "POST /api/v1/cities/{slug}/compliance/surrenders": "token", "GET /api/v1/cities/{slug}/projects": "token",
    "POST /api/v1/cities/{slug}/projects": "token", "GET /api/v1/cities/{slug}/projects/{project}": "token",
    "POST /api/v1/cities/{slug}/projects/{project}/steps": "token",
    "GET /{slug}/inclusion": "anyone", "GET /{slug}/inclusion/": "reader", "GET /{slug}/inclusion.json": "reader",
    "GET /{slug}/inclusion/scenes/{scene}/": "reader", "GET /{slug}/inclusion/claims/": "reader",
    "GET /{slug}/inclusion/bundles/{name:path}/": "reader", "GET /{slug}/inclusion/accounts/": "reader",
    "GET /{slug}/inclusion/accounts/{person}/": "editor", "GET /{slug}/inclusion/intake/": "reader",
    "POST /{slug}/inclusion/take": "editor", "POST /{slug}/inclusion/join": "editor", "POST /{slug}/inclusion/redeem": "editor",
    "POST /{slug}/inclusion/withdraw": "editor", "POST /{slug}/inclusion/erase": "confirmer",
    "POST /{slug}/inclusion/aggregate": "confirmer", "POST /{slug}/inclusion/keys": "confirmer",
    "POST /{slug}/inclusion/keys/end": "confirmer",
    "POST /api/v1/cities/{slug}/inclusion/messages": "signature", "POST /api/v1/cities/{slug}/inclusion/events": "token",
    "POST /api/v1/cities/{slug}/inclusion/accounts": "token", "POST /api/v1/cities/{slug}/inclusion/redemptions": "token",
    "GET /api/v1/cities/{slug}/inclusion/scenes": "token", "GET /api/v1/cities/{slug}/inclusion/totals": "token",
    "GET /api/v1/cities/{slug}/inclusion/claims": "token", "GET /api/v1/cities/{slug}/inclusion/bundles": "token",
    "GET /api/v1/cities/{slug}/inclusion/bundles/{name}": "token",
    "GET /api/v1/cities/{slug}/inclusion/accounts/{person}": "token",
    "GET /{slug}/enterprises": "anyone", "GET /{slug}/enterprises/": "reader", "GET /{slug}/enterprises.json": "reader",
    "GET /{slug}/enterprises/accounts/{name:path}/": "reader", "POST /{slug}/enterprises/authorise": "confirmer",
    "POST /{slug}/enterprises/withdraw": "confirmer", "POST /{slug}/enterprises/report": "editor",
    "POST /{slug}/enterprises/link": "confirmer", "POST /{slug}/enterprises/link/end": "confirmer",
    "GET /{slug}/owner/{token}": "link", "POST /{slug}/owner/{token}": "link",
    "GET /api/v1/cities/{slug}/enterprises": "token", "GET /api/v1/cities/{slug}/enterprises/{name}": "token",
    "GET /api/v1/cities/{slug}/enterprises/{name}/authorisations": "token",
    "POST /api/v1/cities/{slug}/enterprises/{name}/authorisations": "token",
    "POST /api/v1/cities/{slug}/enterprises/authorisations/{id}/withdrawal": "token",
    "POST /api/v1/cities/{slug}/enterprises/{name}/reports": "token",
    "GET /api/v1/cities/{slug}/account": "token", "GET /api/v1/cities/{slug}/accounts": "token",
    "GET /api/v1/cities/{slug}/accounts/log": "token", "GET /api/v1/cities/{slug}/reviews": "token",
    "POST /api/v1/cities/{slug}/reviews": "token", "GET /api/v1/cities/{slug}/reviews/{name}": "token",
    "GET /api/v1/cities/{slug}/reviews/{name}/text": "token", "GET /api/v1/cities/{slug}/reviews/{name}/records": "token",
    "GET /api/v1/cities/{slug}/reviews/{name}/edits": "token", "POST /api/v1/cities/{slug}/reviews/{name}/edits": "token",
    "GET /api/v1/cities/{slug}/versions": "token", "GET /api/v1/cities/{slug}/versions/{number}": "token",
    "POST /api/v1/cities/{slug}/reviews/{name}/confirm": "token",
    "GET /api/v1/cities/{slug}/deliveries/{name}/content": "token",
    "GET /api/v1/cities/{slug}/deliveries/{name}/findings": "token",
    "GET /api/v1/cities/{slug}/deliveries/{name}/sheets/{number}": "token", "POST /api/v1/cities/{slug}/jobs": "token",
    "GET /api/v1/cities/{slug}/jobs/{name}/findings": "token",
    "POST /api/v1/cities/{slug}/jobs/{name}/cancel": "token", "GET /api/v1/cities/{slug}/views": "token",
    "POST /api/v1/cities/{slug}/views": "token", "GET /api/v1/cities/{slug}/views/{view}": "token",
    "POST /api/v1/cities/{slug}/views/{view}/remove": "token", "GET /api/v1/cities/{slug}/visibility": "token",
    "POST /api/v1/cities/{slug}/visibility": "token", "GET /api/v1/cities/{slug}/visibility/objects": "token",
    "GET /api/v1/cities/{slug}/visibility/log": "token", "GET /api/v1/cities/{slug}/ledger/events/{event}": "token",
    "GET /api/v1/cities/{slug}/ledger/certificates/{event}": "token", "POST /api/v1/cities/{slug}/scenarios": "token",
    "GET /api/v1/cities/{slug}/scenarios": "anyone", "GET /api/v1/cities/{slug}/scenarios/answers": "anyone",
    "GET /api/v1/cities/{slug}/files": "anyone", "GET /api/v1/cities/{slug}/files/{name}": "anyone",
    "GET /api/v1/cities/{slug}/brief": "anyone", "GET /api/v1/cities/{slug}/pages/{page}/{name}": "anyone",
    "GET /{slug}/markets": "anyone", "GET /{slug}/markets/": "reader", "GET /{slug}/markets.json": "reader",
    "GET /{slug}/markets/{market}/": "reader", "GET /{slug}/markets/{market}/auctions/{auction}/": "reader",
    "POST /{slug}/markets/ask": "editor", "POST /{slug}/markets/decide": "confirmer",
    "POST /{slug}/markets/run": "confirmer",
    "GET /{slug}/budgets": "anyone", "GET /{slug}/budgets/": "reader", "GET /{slug}/budgets.json": "reader",
    "GET /{slug}/budgets/{budget}/": "reader", "GET /{slug}/budgets/{budget}/nodes/{node}/": "reader",
    "GET /{slug}/budgets/{budget}/nodes/{node}/{figure}": "reader",
    "POST /{slug}/budgets/move": "editor", "POST /{slug}/budgets/book": "editor",
    "GET /api/v1/cities/{slug}/ledger/markets": "token", "GET /api/v1/cities/{slug}/ledger/markets/{market}": "token",
    "GET /api/v1/cities/{slug}/ledger/markets/{market}/trades": "token",
    "GET /api/v1/cities/{slug}/ledger/markets/{market}/auctions/{auction}": "token",
    "GET /api/v1/cities/{slug}/ledger/markets/{market}/requests": "token",
    "POST /api/v1/cities/{slug}/ledger/markets/{market}/requests": "token",
    "GET /api/v1/cities/{slug}/ledger/budgets": "token", "GET /api/v1/cities/{slug}/ledger/budgets/{budget}": "token",
    "GET /api/v1/cities/{slug}/ledger/budgets/{budget}/nodes/{node}": "token",
    "POST /api/v1/cities/{slug}/ledger/budgets/{budget}/moves": "token",
    "GET /public/{slug}/registry": "anyone", "GET /public/{slug}/registry/": "anyone",
    "GET /public/{slug}/registry.json": "anyone", "GET /public/{slug}/registry/verify": "anyone",
}  # fmt: skip
PRIVATE = sorted(one for one, may in DECISIONS.items() if one.startswith("GET") and may in RANK[1:])
WRITES = sorted(one.split(" ")[1] for one, may in DECISIONS.items() if one.startswith("POST") and may in RANK[1:])
READS_PAGES = sorted(one.split(" ")[1] for one in DECISIONS if one.startswith("GET /{slug}") and DECISIONS[one] != "link")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A city that is attacked by many tests; none of them gets anywhere, so they share it."""
    made = build_target(tmp_path_factory.mktemp("target"))
    yield made
    made.office.records.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The same on either database, for what reaches it."""
    if request.param == "sqlite":
        yield request.getfixturevalue("target")
        return
    address = attacked.fresh(request.getfixturevalue("server").get_uri())
    made = build_target(tmp_path_factory.mktemp("either"), records=address)
    yield made
    made.office.records.close()


@pytest.fixture
def own(tmp_path: Any) -> Target:
    """A city of one test."""
    return build_target(tmp_path)


@pytest.fixture(scope="module")
def people(target: Target) -> Mapping[str, Person]:
    return everybody(target)


@pytest.fixture(scope="module")
def either_people(either: Target) -> Mapping[str, Person]:
    return everybody(either)


def everybody(target: Target) -> Mapping[str, Person]:
    """One person of each role, and one without an account."""
    return {"anyone": target.person(), **{role: target.person(name) for role, name in ROLES.items()}}


def routes(app: Any) -> set[str]:
    """Every address of an application with its method."""
    plain = {
        f"{method} {one.path}"
        for one in app.routes
        if hasattr(one, "path")
        for method in getattr(one, "methods", None) or {"GET"}
    }
    told = {f"{method.upper()} {path}" for path, said in app.openapi()["paths"].items() for method in said}
    return {one for one in plain | told if not one.startswith("HEAD ")}


def test_every_address_has_a_decision(target: Target) -> None:
    found = routes(target.app)
    assert (sorted(found - set(DECISIONS)), sorted(set(DECISIONS) - found)) == ([], [])


@pytest.mark.parametrize("role", RANK)
def test_who_may_see(either: Target, either_people: Mapping[str, Person], role: str) -> None:
    for address in PRIVATE:
        answer = either_people[role].get(either.path(address.split(" ")[1]), follow=False)
        may = RANK.index(role) >= RANK.index(DECISIONS[address])
        refused = answer.status_code == 403 or answer.headers.get("location", "").startswith("/qinglan/login")
        assert (refused, answer.status_code < 500) == (not may, True), address
        kept = "no-store" if may or answer.status_code == 303 else "no-cache"
        assert answer.headers["cache-control"] == kept, address


@pytest.mark.parametrize("role", RANK)
def test_who_may_write(either: Target, either_people: Mapping[str, Person], role: str) -> None:
    """An empty form with the right token: whoever may not is refused, whoever may is told what is missing."""
    one = either_people[role]
    token = hidden(one.get("/qinglan/account")) if role != "anyone" else "x"
    for address in WRITES:
        may, before = RANK.index(role) >= RANK.index(DECISIONS[f"POST {address}"]), either.head()
        answer = one.post(either.path(address), data={"token": token}, follow=False)
        assert (answer.status_code == 403, answer.status_code < 500) == (not may, True), address
        assert may or either.head() == before, address


@pytest.mark.parametrize("address", WRITES)
def test_no_other_site_writes(target: Target, people: Mapping[str, Person], address: str) -> None:
    chief, other, path = people["administrator"], people["editor"], target.path(address)
    good, foreign = hidden(chief.get("/qinglan/account")), hidden(other.get("/qinglan/account"))
    before, files = target.head(), target.content()
    plain = {"content-type": "text/plain"}
    codes = [
        chief.post(path, data={"a": "b"}, follow=False).status_code,
        chief.post(path, data={"token": foreign}, follow=False).status_code,
        chief.post(path, data={"token": "x" + good}, follow=False).status_code,
        *(chief.post(path, data={"token": good}, headers={"sec-fetch-site": site}, follow=False).status_code
          for site in ("cross-site", "same-site", "none")),
    ]  # fmt: skip
    assert codes == [403] * 6
    assert chief.post(path, content=f"token={good}", headers=plain, follow=False).status_code == 400
    assert chief.get(f"{path}?token={good}", follow=False).status_code in (200, 307, 404, 405)
    for said in ({"x-http-method-override": "POST"}, {"x-method-override": "DELETE"}):
        assert chief.get(f"{path}?_method=POST&token={good}", headers=said, follow=False).status_code in (200, 307, 404, 405)
    assert (target.head(), target.content()) == (before, files)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_no_other_method_passes(target: Target, people: Mapping[str, Person], method: str) -> None:
    paths = [target.path(one.split(" ")[1]) for one in DECISIONS if "/{slug}" in one and "/api/" not in one]
    assert {people["administrator"].request(method, path).status_code for path in paths} == {405}


# --- what is typed and handed in ---------------------------------------------------------------------------------------


def pages_of(target: Target) -> list[str]:
    found = [target.path(one) for one in READS_PAGES if not one.endswith((".xlsx", ".csv", ".json"))]
    return [
        *found,
        *(f"/qinglan/{name}" for name in ("tasks", "sources", "compare", "hours", "pathway", "factors")),
        "/",
        "/api/v1/",
    ]


def test_no_field_of_any_form_becomes_markup(own: Target) -> None:
    """Every field of every form of every page is filled with an element; no page that shows it has that element."""
    chief = own.person("管理")
    tried = 0
    for path in pages_of(own):
        for action, fields, files in Forms(chief.get(path).text).found:
            where = action if action.startswith("/") else f"{path.rpartition('/')[0]}/{action}" if action else path
            if "logout" in where or "login" in where or fields.get("account") == "管理":
                continue
            typed = {name: value if name in ("token", "seen", "account", "id") else XSS for name, value in fields.items()}
            typed |= {"days": "5", "role": "reader", "scope": "read"} if "/account" in where else {}
            table = (f"{XSS}.csv", f"指标,年份,{XSS}\n{XSS},2024,5\n".encode())
            data = {**typed, "token": fields.get("token", "")}
            told = chief.post(where, data=data, files=dict.fromkeys(files, table) or None)
            assert (told.status_code < 500, outbreaks(told.text)) == (True, []), where
            tried += 1
        chief = own.person("管理")
    assert tried > 12
    shown = [*pages_of(own), *re.findall(r'href="(/qinglan/deliver/[0-9a-f]+/)"', chief.get("/qinglan/deliver/").text)]
    assert {path: outbreaks(chief.get(path).text) for path in shown} == {path: [] for path in shown}
    assert "&lt;x-evil" in chief.get("/qinglan/account").text


QUERIES = (
    *("q", "verdict", "field", "year", "organisation", "sort", "lang", "next", "record", "form", "show", "parts", "start"),
    *("end", "case", "week", "period", "over", "explain", "fragment", "done", "standing", "party", "purpose", "grade"),
)


@pytest.mark.parametrize(
    "words", [XSS, *INJECTIONS[:4], "\r\nSet-Cookie: a=b", "\x00", "９" * 50, "-1", "1e999", "%s%n{0}{{1}}"]
)
def test_no_parameter_harms(target: Target, people: Mapping[str, Person], words: str) -> None:
    """Every page with every known parameter at once, and one by one where a page takes few."""
    before = target.head()
    query = "&".join(f"{name}={quote(words)}" for name in QUERIES)
    for path in pages_of(target):
        answer = people["administrator"].get(f"{path}?{query}", follow=False)
        assert (answer.status_code < 500, outbreaks(answer.text), "Traceback" in answer.text) == (True, [], False), path
        assert not {"a=b"} & {part.split(";")[0] for part in answer.headers.get_list("set-cookie")}
    assert target.head() == before


@pytest.mark.parametrize("words", INJECTIONS)
def test_no_text_becomes_sql(either: Target, words: str) -> None:
    one = either.person()
    before = either.head()
    assert [one.log_in(name, word).status_code in (403, 429) for name, word in ((words, words), ("管理", words))] == [
        True,
        True,
    ]
    for address in ("review/{}/", "deliver/{}/", "review/versions/{}", "targets/{}", "welcome/{}", "setup/{}", "explain/{}"):
        assert one.get(f"/qinglan/{address.format(quote(words, safe=''))}", follow=False).status_code in (303, 404)
    shown = {"authorization": f"Bearer dafeng_{quote(words)}"}
    assert one.get("/api/v1/cities/qinglan/deliveries", headers=shown).status_code == 401
    with either.office.records.read() as session:
        assert sorted(account.name for account in list_accounts(session)) == sorted(ROLES.values())
    assert (either.head(), attacked.verified(either.city)) == (before, True)


def test_nothing_in_the_data_becomes_markup_or_a_formula(tmp_path: Any) -> None:
    """Every label of a run, and every line of a plan, begins with an element and with a formula."""
    built = build_target(tmp_path, text=TEXT.replace("市", f"市{XSS}").replace("1.发展", f"1.{FORMULA}发展"))
    shown = attacked.rename(attacked.sample_city(), "qinglan")
    evil = type(shown)(
        attacked.poison(dict(shown.view), FORMULA + XSS), attacked.poison(dict(shown.traces), XSS), shown.documents, shown.hours
    )
    app = create_app([evil], offices=[built.office])
    chief = Person(app)
    assert chief.log_in("管理").status_code == 303
    paths = [path for path in pages_of(built) if path != "/"]
    assert {path: outbreaks(chief.get(path).text) for path in paths} == {path: [] for path in paths}
    books = [
        "qinglan.xlsx",
        "compare.xlsx",
        *re.findall(r"/qinglan/(qinglan-[\w.-]+\.xlsx)", "".join(chief.get(p).text for p in paths)),
    ]
    for name in [*books, built.path("/{slug}/review/{name}/review.xlsx").removeprefix("/qinglan/")]:
        answer = chief.get(f"/qinglan/{name}")
        assert (answer.status_code, formulas(answer.content)) == (200, []), name


def formulas(book: bytes) -> list[str]:
    """Cells of a workbook that a spreadsheet would compute, and links that it would follow."""
    found = []
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        for part in archive.namelist():
            text = archive.read(part).decode("utf-8", "replace")
            found += re.findall(r"<f[ >/].{0,40}", text) if part.startswith("xl/worksheets/") else []
            found += re.findall(r"<(?:is|si)><t[^>]*>[=+@\t].{0,40}", text)
            found += re.findall(r'Target="(?:http|file|javascript)[^"]*evil[^"]*"', text)
    return found


def test_no_line_of_a_table_becomes_a_formula(people: Mapping[str, Person]) -> None:
    answer = people["anyone"].get("/qinglan/scenarios.csv")
    if answer.status_code == 200:
        cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
        assert [cell for cell in cells if re.match(r"[=+@\t\r]|-\D", cell)] == []
    else:
        assert answer.status_code in (404, 422)


BOMBS: Mapping[str, tuple[str, bytes]] = {
    "sheet": ("a.xlsx", squeezed("xl/worksheets/sheet1.xml", 300_000_000)),
    "laughing sheet": ("a.xlsx", squeezed("xl/workbook.xml", 0, kept=LAUGHS)),
    "text": ("a.docx", squeezed("word/document.xml", 300_000_000)),
    "laughing text": ("a.docx", squeezed("word/document.xml", 0, kept=LAUGHS)),
    "laughing relations": ("a.docx", squeezed("_rels/.rels", 0, kept=LAUGHS)),
    "page": ("a.html", b"<div>" * 400_000),
    "disguised": ("a.csv", squeezed("x", 300_000_000)),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("door", ["review", "deliver"])
def test_no_file_bursts(target: Target, people: Mapping[str, Person], name: str, door: str) -> None:
    editor, before, files = people["editor"], target.head(), target.content()
    told = editor.write(f"/qinglan/{door}/", home=f"/qinglan/{door}/", files={"file": BOMBS[name]})
    assert (told.status_code, "root:" in told.text, "Traceback" in told.text) == (422, False, False)
    assert (target.head(), target.content()) == (before, files)


# --- addresses ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(target: Target) -> Iterator[str]:
    """The attacked city on a real port: no client of ours smooths the paths."""
    with served(target.app) as address:
        yield address


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out(target: Target, place: str, path: str) -> None:
    secrets = [b"root:", b"schema: 1", b"[fonts]", Office(target.city).signer.key.encode()]
    for base in (
        "/static/",
        "/qinglan/",
        "/qinglan/deliver/",
        "/qinglan/review/",
        "/qinglan/explain/",
        "/api/v1/cities/qinglan/",
        "/",
    ):
        code, _, told = speak(place, "GET", base + path)
        assert (code in (303, 307, 400, 401, 404, 422), [one for one in secrets if one in told]) == (True, []), base + path


def test_a_link_in_the_folder_leads_nowhere(own: Target, tmp_path: Any) -> None:
    """Somebody who can write into the uploads still cannot show another file by it."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "file").write_text("very secret")
    (own.city.folder / "uploads" / "aaaaaaaaaaaaaaaa").symlink_to(tmp_path / "secret")
    chief = own.person("管理")
    assert [chief.get(f"/qinglan/{door}/aaaaaaaaaaaaaaaa/").status_code for door in ("deliver", "review")] == [404, 404]
    assert chief.get("/qinglan/deliver/").status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "", "localhost@evil.example", "a b"]
)
def test_no_foreign_host_is_served(place: str, host: str) -> None:
    assert speak_as(place, host)[0] in (400, 421)


def speak_as(place: str, host: str) -> tuple[int, bytes]:
    told = attacked.knock(place, f"GET /qinglan/login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    return int(told.split(b" ")[1]), told


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example/",
        "https://evil.example",
        "/\\evil.example",
        "/qinglan/review/\r\nX: y",
        "javascript:alert(1)",
        "/qinglan/../../x",
    ],
)
def test_nobody_is_led_elsewhere(target: Target, wanted: str) -> None:
    one = target.person()
    page = one.get(f"/qinglan/login?next={quote(wanted)}")
    assert re.findall(r'name="next" value="([^"]*)"', page.text) == ["/qinglan/review/"]
    told = one.log_in("李四", next=wanted)
    assert (told.status_code, told.headers["location"], "x" in told.headers) == (303, "/qinglan/review/", False)


def test_no_answer_is_split(place: str) -> None:
    for path in (
        "/qinglan/?lang=zh%0d%0aSet-Cookie:%20a=b",
        "/qinglan/login?next=%0d%0aX:%20y",
        "/qinglan%0d%0aX:%20y",
        "/%0d%0aX-Evil:y",
    ):
        code, headers, _ = speak(place, "GET", path)
        assert (code < 500, "x" in headers or "x-evil" in headers, "a=b" in headers.get("set-cookie", "")) == (
            True,
            False,
            False,
        )


def test_every_answer_is_strict(target: Target, people: Mapping[str, Person]) -> None:
    for address in sorted(one.split(" ")[1] for one in DECISIONS if one.startswith("GET /{slug}")):
        answer = people["administrator"].get(target.path(address), follow=False)
        assert {name: answer.headers.get(name) for name in HEADERS} == dict(HEADERS), address


# --- logins ------------------------------------------------------------------------------------------------------------


def test_a_cookie_from_before_the_login_is_not_taken_over(target: Target) -> None:
    """Whoever plants a visit or a door in another's browser knows nothing after that one has logged in."""
    thief, victim = target.person("王五"), target.person()
    planted = dict(thief.cookies)
    victim.cookies = dict(planted)
    assert "王五" in victim.get("/qinglan/account").text, "the victim sees whose visit it is, and leaves it"
    victim.write("/qinglan/logout", home="/qinglan/account")
    told = victim.log_in("李四")
    kept = [one for one in told.headers.get_list("set-cookie") if one.startswith("visit-qinglan=")]
    assert (told.status_code, len(kept), planted["visit-qinglan"] in kept[0]) == (303, 1, False)
    thief.cookies = planted
    assert thief.get("/qinglan/account", follow=False).status_code == 303, "the planted visit is over"
    forged = target.person()
    forged.cookies = {"visit-qinglan": "a" * 40}
    assert forged.get("/qinglan/account", follow=False).status_code == 303


def test_cookies_are_strict(target: Target) -> None:
    for scheme, secure in (("http", False), ("https", True)):
        one = target.person()
        page = one.get(f"{scheme}://testserver/qinglan/login")
        data = {"token": hidden(page), "name": "张三", "password": PASSWORD}
        told = one.post(f"{scheme}://testserver/qinglan/login", data=data, follow=False)
        cookies = [*page.headers.get_list("set-cookie"), *told.headers.get_list("set-cookie")]
        assert len(cookies) >= 2
        for cookie in cookies:
            assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/qinglan/")), cookie
            assert ("Secure" in cookie) == secure


def test_nobody_touches_what_is_anothers(either: Target, either_people: Mapping[str, Person]) -> None:
    """Ids of another account's token and visits, told by somebody who has an own account."""
    from datetime import UTC, datetime

    at = datetime.now(UTC)
    with either.office.records.write(actor="test", at=at) as session:
        held = make_token(session, "张三", "own", "read", 3, at=at)
    with either.office.records.read() as session:
        visits = [one.id[:12] for one in list_visits(session, "张三", at=at)]
    token = attacked.number_of(held)
    for role in ("reader", "confirmer", "administrator"):
        one = either_people[role]
        assert one.write("/qinglan/account/tokens/end", home="/qinglan/account", id=token).status_code == 422
        for visit in visits:
            one.write("/qinglan/account/visits", home="/qinglan/account", visit=visit)
        assert token not in one.get("/qinglan/account").text
    assert either_people["editor"].get("/qinglan/account").status_code == 200
    shown = {"authorization": f"Bearer {held}"}
    assert either_people["anyone"].get("/api/v1/cities/qinglan/deliveries", headers=shown).status_code == 200


def test_one_citys_visits_tokens_and_files_are_nothing_in_another(target: Target, tmp_path: Any) -> None:
    from dafeng.work.city import init

    other = init(tmp_path / "yangli", place="990100")
    office = Office(other)
    app = create_app([], offices=[target.office, office])
    first = {"name": "主任", "password": PASSWORD, "again": PASSWORD}
    assert Client(app).post(f"/{office.slug}/setup/{office.set_up.token}", data=first, follow=False).status_code == 303
    one = Person(app)
    one.log_in("管理")
    one.cookies[f"visit-{office.slug}"] = one.cookies["visit-qinglan"]
    for address in PRIVATE:
        path = target.path(address.split(" ")[1]).replace("/qinglan/", f"/{office.slug}/")
        told = one.get(path, follow=False)
        assert (told.status_code, told.headers.get("location", "/login").partition("?")[0][-6:]) in (
            (303, "/login"),
            (403, "/login"),
        ), path
    assert one.post(f"/{office.slug}/setup/{target.office.set_up.token}", data=first).status_code == 405


# --- too much ----------------------------------------------------------------------------------------------------------


def test_too_many_requests_wait(own: Target) -> None:
    """Somebody on the network; a request later than told passes again."""
    now = [0.0]
    paces: Paces = usual_paces(lambda: now[0])
    far = {"type": "http", "method": "GET", "client": ("10.1.2.3", 5)}
    passed = [paces.wait(far) for _ in range(READS + 1)]
    wait = passed[-1]
    now[0] += wait
    assert (set(passed[:-1]), wait > 0, paces.wait(far), paces.wait({**far, "client": ("10.9.9.9", 5)})) == ({0}, True, 0, 0)
    assert own.office.pace.wait("张三") == 0


def test_an_account_that_writes_too_much_is_told_when_to_come_again(own: Target) -> None:
    one = own.person("张三")
    token = hidden(one.get("/qinglan/account"))
    own.office.pace.burst = 3
    own.office.pace.rate = 0.1
    answers = [one.post("/qinglan/account/visits", data={"token": token, "visit": "x"}, follow=False) for _ in range(5)]
    late = answers[-1]
    assert ([one.status_code for one in answers][:3], late.status_code, int(late.headers["retry-after"]) > 0) == (
        [303] * 3,
        429,
        True,
    )
    assert "请求太多" in late.text


def test_a_head_without_end_is_refused(place: str) -> None:
    told = attacked.knock(place, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n")
    assert told == b"" or told.split(b" ")[1] in (b"400", b"431")


def test_a_body_that_lies_about_its_length_is_refused(place: str) -> None:
    head = b"POST /qinglan/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    length, chunked = b"Content-Length: ", b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    lies = (chunked, length + b"99999999\r\n\r\n", length + b"-5\r\n\r\n", length + b"5\r\n" + chunked,
            length + b"5\r\n" + length + b"6\r\n\r\nabcdef")  # fmt: skip
    for lines in lies:
        assert attacked.knock(place, head + lines).split(b" ")[1] in (b"400", b"411", b"413")


def test_a_body_that_never_comes_is_given_up() -> None:
    import asyncio

    from starlette.exceptions import HTTPException

    from dafeng.web.patience import Patience

    async def never() -> dict[str, Any]:
        await asyncio.sleep(30)
        raise AssertionError("the body was waited for")

    async def drip() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def all_of(patient: Patience) -> None:
        while True:
            await patient()

    for source in (never, drip):
        with pytest.raises(HTTPException) as told:
            asyncio.run(all_of(Patience(source, 0.1)))
        assert told.value.status_code == 408


# --- in a browser ------------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.slow
def test_nothing_runs_in_a_browser(tmp_path: Any, chromium: str) -> None:
    """What was typed, imported and named is shown in Chromium: no dialog, no breach of the policy, no element of theirs."""
    built = build_target(tmp_path, text=TEXT.replace("市", "市<img src=x onerror=alert(1)><script>alert(2)</script>"))
    chief = built.person("管理")
    payload = '"><img src=x onerror=alert(3)>'
    chief.write("/qinglan/accounts/add", home="/qinglan/accounts", name=payload, role="reader")
    chief.write("/qinglan/account/tokens", home="/qinglan/account", name=payload, scope="read", days="5")
    image = "<img src=x onerror=alert(5)>"
    table = f"指标,年份,数值,单位,{image}\n<script>alert(4)</script>,2024,5,{image}\n".encode()
    made = chief.write("/qinglan/deliver/", home="/qinglan/deliver/", files={"file": (f"{image}.csv", table)})
    home = made.headers["location"]
    with served(built.app) as address, launched(chromium) as browser:
        visit = Visit(browser)
        said: list[str] = []
        visit.page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        visit.page.goto(f"{address}/qinglan/login")
        visit.page.fill("[name=name]", "管理")
        visit.page.fill("[name=password]", PASSWORD)
        visit.page.click(".login .button")
        found = quote(payload)
        searched = [f"/qinglan/{one}?q={found}" for one in ("search", "targets")]
        own = ["/qinglan/accounts", "/qinglan/account", "/qinglan/deliver/", "/qinglan/review/", home]
        for path in (*own, *searched, built.path("/{slug}/review/{name}/")):
            visit.page.goto(address + path)
            theirs = visit.page.locator("img[src=x], main script:not([type='application/json'])")
            assert theirs.count() == 0, path
        assert (said, visit.clean()) == ([], ([], []))


@pytest.mark.browser
@pytest.mark.slow
def test_the_second_of_two_windows_is_told(tmp_path: Any, chromium: str) -> None:
    """Two administrators have the same account before them; the second one is told and nothing is overwritten."""
    built = build_target(tmp_path)
    with served(built.app) as address, launched(chromium) as browser:
        first, second = Visit(browser), Visit(browser)
        for visit in (first, second):
            visit.page.goto(f"{address}/qinglan/login?next=/qinglan/accounts")
            visit.page.fill("[name=name]", "管理")
            visit.page.fill("[name=password]", PASSWORD)
            with visit.page.expect_navigation():
                visit.page.click(".login .button")
        for visit, role in ((first, "confirmer"), (second, "reader")):
            row = visit.page.locator("tr", has_text="张三")
            row.locator("select").select_option(role)
            with visit.page.expect_navigation():
                row.locator("button", has_text="更改").click()
        assert "已被他人改动" in second.page.inner_text("main")
        first.page.goto(f"{address}/qinglan/accounts")
        assert first.page.locator("tr", has_text="张三").locator("select").input_value() == "confirmer"


@pytest.mark.slow
def test_the_server_tells_no_secret(tmp_path: Any) -> None:
    """A real process: the set-up is printed once, and nothing that was typed or given comes out of it."""
    import os
    import socket
    import subprocess
    import sys

    from dafeng.work.city import init

    city = init(tmp_path / "qinglan", place="990200")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = (
        "import sys; from pathlib import Path; from dafeng.web.server import serve; from dafeng.work.city import open_city;"
        "serve([], int(sys.argv[1]), offices=[open_city(Path(sys.argv[2]))])"
    )
    words = [sys.executable, "-c", code, str(port), str(city.folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ}) as process:
        told = [str(process.stdout and process.stdout.readline()) for _ in range(3)]
        link = told[2].strip()
        place, path = link.partition("/qinglan")[0], "/qinglan" + link.partition("/qinglan")[2]
        codes, typed = use_server(place, path)
        process.terminate()
        rest = process.stdout.read() if process.stdout else ""
    assert (codes, "setup/" in link) == ([200, 303, 404, 403, 400], True)
    assert [one for one in (PASSWORD, path.rpartition("/")[2], *typed) if one in rest] == []


def use_server(place: str, path: str) -> tuple[list[int], list[str]]:
    """Status codes of a set-up and of what goes wrong afterwards; what was typed and given on the way."""
    import time
    from urllib.parse import urlencode

    import httpx

    form = {"content-type": "application/x-www-form-urlencoded"}
    with httpx.Client(base_url=place) as client:
        for _ in range(200):
            try:
                codes = [client.get(path).status_code]
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        data = urlencode({"name": "主任", "password": PASSWORD, "again": PASSWORD})
        codes.append(client.post(path, content=data, headers=form).status_code)
        visit = client.cookies["visit-qinglan"]
        codes.append(client.get(path).status_code)
        codes.append(
            client.post("/qinglan/login", data={"token": "x", "name": "主任", "password": "mistyped secret"}).status_code
        )
        codes.append(client.post("/qinglan/login", content=b"{", headers={"content-type": "text/plain"}).status_code)
    return codes, ["mistyped secret", visit]
