"""Nothing visible is left out: every address of a page is named here with its address in the API, or with why it has none.

A new page without an entry in `PAGES` fails `test_every_page_has_its_address_in_the_api`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from dafeng.web.api import list_routes
from dafeng.web.labels import read_labels
from tests.web.attacked import Target, build_target
from tests.web.client import Client

LOGIN = "—how a person gets in; a program has a token"
CHOSEN = "—who may log in is decided on the page, or by `dafeng user` beside the records"
SECRET = "—shows or takes a secret, which only its owner may see, on the page"
LOOKED = "—somebody who has looked at the file decides on the page"
SECOND = "—the second person, or whoever opens a book, decides on the page"
FILES = "—what the files of the city's folder say is asked for on the page, or by `dafeng budget` beside them"
WAY = "—leads to another page"
FORM = "—a piece of a form; what it holds is among the records"
OUTSIDE = "—the public side, which describes its own data at /public/{slug}/openapi.json"
PERSONAL = "—what ends somebody's consent or account is done on the page, where what goes and what stays is shown first"
KEPT = "—a file that pages are made with"
C = "/api/v1/cities/{slug}"
PAGES: Mapping[str, str] = {
    "GET /": "GET /api/v1/cities", "GET /api/v1/": "—this table for readers; for programs /api/v1/openapi.json",
    "GET /api/v1/openapi.json": "—the description itself", "GET /static": KEPT, "GET /{slug}": WAY,
    "GET /{slug}/": f"GET {C}/pages/{{page}}", "GET /{slug}/{name}": f"GET {C}/pages/{{page}}",
    "GET /{slug}/search": f"GET {C}/search", "GET /{slug}/explain/{address:path}": f"GET {C}/explain/{{address}}",
    "GET /{slug}/targets/{target}": f"GET {C}/pages/{{page}}/{{name}}",
    "GET /{slug}/tasks/{task}": f"GET {C}/pages/{{page}}/{{name}}",
    "GET /{slug}/fields/{field}": f"GET {C}/pages/{{page}}/{{name}}",
    "GET /{slug}/organisations/{name}": f"GET {C}/pages/{{page}}/{{name}}",
    "GET /{slug}/methods/{method}": f"GET {C}/pages/{{page}}/{{name}}",
    "GET /{slug}/hours/week.json": f"GET {C}/hours/{{span}}", "GET /{slug}/hours/year.json": f"GET {C}/hours/{{span}}",
    "GET /{slug}/wall": f"GET {C}/wall", "GET /{slug}/wall.json": f"GET {C}/wall", "GET /{slug}/wall/run.json": f"GET {C}/wall",
    "GET /{slug}/scenarios": f"GET {C}/scenarios", "GET /{slug}/scenarios.json": f"GET {C}/scenarios/answers",
    "GET /{slug}/scenarios/live.json": f"GET {C}/scenarios/answers", "GET /{slug}/scenarios.xlsx": f"GET {C}/scenarios/answers",
    "GET /{slug}/scenarios.csv": f"GET {C}/scenarios/answers", "POST /{slug}/scenarios/save": f"POST {C}/scenarios",
    "POST /{slug}/scenarios/import": "—a workbook becomes an address of the page; nothing is kept",
    "GET /{slug}/views": f"GET {C}/views", "POST /{slug}/views/": f"POST {C}/views",
    "POST /{slug}/views/{view}/remove": f"POST {C}/views/{{view}}/remove",
    "GET /{slug}/login": LOGIN, "POST /{slug}/login": LOGIN, "POST /{slug}/logout": LOGIN,
    "GET /{slug}/login/provider": LOGIN, "GET /{slug}/login/callback": LOGIN,
    "GET /{slug}/setup/{token}": SECRET, "POST /{slug}/setup/{token}": SECRET,
    "GET /{slug}/welcome/{token}": SECRET, "POST /{slug}/welcome/{token}": SECRET,
    "GET /{slug}/account": f"GET {C}/account", "POST /{slug}/account/password": SECRET, "POST /{slug}/account/visits": LOGIN,
    "POST /{slug}/account/tokens": SECRET, "POST /{slug}/account/tokens/end": SECRET,
    "GET /{slug}/accounts": f"GET {C}/accounts", "POST /{slug}/accounts/add": SECRET, "POST /{slug}/accounts/reset": SECRET,
    "POST /{slug}/accounts/role": CHOSEN, "POST /{slug}/accounts/close": CHOSEN,
    "GET /{slug}/review": WAY, "GET /{slug}/review/": f"GET {C}/reviews", "POST /{slug}/review/": f"POST {C}/reviews",
    "GET /{slug}/review/versions/{number}": f"GET {C}/versions/{{number}}",
    "GET /{slug}/review/{name}/": f"GET {C}/reviews/{{name}}/records", "GET /{slug}/review/{name}/form": FORM,
    "GET /{slug}/review/{name}/confirm": f"GET {C}/reviews/{{name}}",
    "GET /{slug}/review/{name}/review.xlsx": f"GET {C}/reviews/{{name}}/records",
    "POST /{slug}/review/{name}/edit": f"POST {C}/reviews/{{name}}/edits",
    "POST /{slug}/review/{name}/confirm": f"POST {C}/reviews/{{name}}/confirm",
    "POST /{slug}/review/{name}/sheet": f"POST {C}/reviews/{{name}}/edits",
    "POST /{slug}/review/{name}/sheet/apply": f"POST {C}/reviews/{{name}}/edits",
    "GET /{slug}/deliver": WAY, "GET /{slug}/deliver/": f"GET {C}/deliveries", "POST /{slug}/deliver/": f"POST {C}/deliveries",
    "GET /{slug}/deliver/{name}/": f"GET {C}/deliveries/{{name}}/findings", "POST /{slug}/deliver/{name}/map": LOOKED,
    "POST /{slug}/deliver/{name}/take": LOOKED, "POST /{slug}/deliver/{name}/return": LOOKED,
    "POST /{slug}/deliver/{name}/amend": LOOKED, "POST /{slug}/deliver/{name}/keep": LOOKED,
    "POST /{slug}/deliver/{name}/look": f"POST {C}/deliveries",
    "GET /{slug}/map/boundary/": f"GET {C}/pages/{{page}}", "POST /{slug}/map/boundary/": LOOKED,
    "POST /{slug}/map/boundary/take": LOOKED, "POST /{slug}/map/boundary/drop": LOOKED,
    "POST /{slug}/map/boundary/remove": LOOKED,
    "GET /{slug}/publishing/": f"GET {C}/visibility/objects", "POST /{slug}/publishing/": f"POST {C}/visibility",
    "GET /{slug}/jobs": WAY, "GET /{slug}/jobs/": f"GET {C}/jobs", "GET /{slug}/jobs.json": f"GET {C}/jobs",
    "GET /{slug}/jobs/{name}/": f"GET {C}/jobs/{{name}}", "GET /{slug}/jobs/{name}.json": f"GET {C}/jobs/{{name}}",
    "POST /{slug}/jobs/start": f"POST {C}/jobs", "POST /{slug}/jobs/{name}/cancel": f"POST {C}/jobs/{{name}}/cancel",
    "GET /{slug}/rights": WAY, "GET /{slug}/rights/": f"GET {C}/ledger/books",
    "GET /{slug}/rights.json": f"GET {C}/ledger/books",
    "GET /{slug}/orders.json": f"GET {C}/ledger/transfers", "GET /{slug}/rights/orders/": f"GET {C}/ledger/transfers",
    "GET /{slug}/rights/books/{book}/": f"GET {C}/ledger/accounts",
    "GET /{slug}/rights/accounts/{account}/": f"GET {C}/ledger/accounts/{{name}}",
    "GET /{slug}/rights/events/{event}/": f"GET {C}/ledger/events/{{event}}",
    "GET /{slug}/rights/certificates/{event}.pdf": f"GET {C}/ledger/certificates/{{event}}",
    "POST /{slug}/rights/ask": f"POST {C}/ledger/transfers", "POST /{slug}/rights/decide": SECOND,
    "POST /{slug}/rights/open": SECOND, "POST /{slug}/rights/account": SECOND,
    "GET /{slug}/compliance": WAY, "GET /{slug}/compliance/": f"GET {C}/compliance",
    "GET /{slug}/compliance.json": f"GET {C}/compliance/{{book}}",
    "GET /{slug}/compliance/{book}/{account}/": f"GET {C}/compliance/{{book}}/{{account}}",
    "POST /{slug}/compliance/surrender": f"POST {C}/compliance/surrenders",
    "GET /{slug}/projects": WAY, "GET /{slug}/projects/": f"GET {C}/projects",
    "GET /{slug}/projects.json": f"GET {C}/projects", "GET /{slug}/projects/{project}/": f"GET {C}/projects/{{project}}",
    "POST /{slug}/projects/enter": f"POST {C}/projects",
    "POST /{slug}/projects/{project}/step": f"POST {C}/projects/{{project}}/steps",
    "POST /{slug}/projects/{project}/decide": f"POST {C}/projects/{{project}}/steps",
    "GET /{slug}/budgets": WAY, "GET /{slug}/budgets/": f"GET {C}/ledger/budgets",
    "GET /{slug}/budgets.json": f"GET {C}/ledger/budgets",
    "GET /{slug}/budgets/{budget}/": f"GET {C}/ledger/budgets/{{budget}}",
    "GET /{slug}/budgets/{budget}/nodes/{node}/": f"GET {C}/ledger/budgets/{{budget}}/nodes/{{node}}",
    "GET /{slug}/budgets/{budget}/nodes/{node}/{figure}": f"GET {C}/ledger/budgets/{{budget}}/nodes/{{node}}",
    "POST /{slug}/budgets/book": FILES, "POST /{slug}/budgets/move": f"POST {C}/ledger/budgets/{{budget}}/moves",
    "GET /{slug}/enterprises": WAY, "GET /{slug}/enterprises/": f"GET {C}/enterprises",
    "GET /{slug}/enterprises.json": f"GET {C}/enterprises",
    "GET /{slug}/enterprises/accounts/{name:path}/": f"GET {C}/enterprises/{{name}}",
    "POST /{slug}/enterprises/authorise": f"POST {C}/enterprises/{{name}}/authorisations",
    "POST /{slug}/enterprises/withdraw": f"POST {C}/enterprises/authorisations/{{id}}/withdrawal",
    "POST /{slug}/enterprises/report": f"POST {C}/enterprises/{{name}}/reports",
    "POST /{slug}/enterprises/link": SECRET, "POST /{slug}/enterprises/link/end": SECRET,
    "GET /{slug}/owner/{token}": SECRET, "POST /{slug}/owner/{token}": SECRET,
    "GET /{slug}/inclusion": WAY, "GET /{slug}/inclusion/": f"GET {C}/inclusion/totals",
    "GET /{slug}/inclusion.json": f"GET {C}/inclusion/totals", "GET /{slug}/inclusion/claims/": f"GET {C}/inclusion/claims",
    "GET /{slug}/inclusion/accounts/": WAY,
    "GET /{slug}/inclusion/accounts/{person}/": f"GET {C}/inclusion/accounts/{{person}}",
    "GET /{slug}/inclusion/bundles/{name:path}/": f"GET {C}/inclusion/bundles/{{name}}",
    "GET /{slug}/inclusion/scenes/{scene}/": f"GET {C}/inclusion/scenes", "GET /{slug}/inclusion/intake/": SECRET,
    "POST /{slug}/inclusion/take": f"POST {C}/inclusion/events", "POST /{slug}/inclusion/join": f"POST {C}/inclusion/accounts",
    "POST /{slug}/inclusion/redeem": f"POST {C}/inclusion/redemptions", "POST /{slug}/inclusion/keys": SECRET,
    "POST /{slug}/inclusion/keys/end": SECRET, "POST /{slug}/inclusion/withdraw": PERSONAL,
    "POST /{slug}/inclusion/erase": PERSONAL, "POST /{slug}/inclusion/aggregate": SECOND,
    "GET /{slug}/markets": WAY, "GET /{slug}/markets/": f"GET {C}/ledger/markets",
    "GET /{slug}/markets.json": f"GET {C}/ledger/markets",
    "GET /{slug}/markets/{market}/": f"GET {C}/ledger/markets/{{market}}",
    "GET /{slug}/markets/{market}/auctions/{auction}/": f"GET {C}/ledger/markets/{{market}}/auctions/{{auction}}",
    "POST /{slug}/markets/ask": f"POST {C}/ledger/markets/{{market}}/requests", "POST /{slug}/markets/decide": SECOND,
    "POST /{slug}/markets/run": SECOND,
    "GET /public": OUTSIDE, "GET /public/": OUTSIDE,
}  # fmt: skip
PUBLIC = "GET /public/{slug}"
"""Beginning of the addresses of the public side of a city."""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    made = build_target(tmp_path_factory.mktemp("pages"))
    yield made
    made.office.records.close()


@pytest.fixture(scope="module")
def operations(target: Target) -> set[str]:
    """What the description of the API names."""
    return {f"{method.upper()} {path}" for path, said in target.app.openapi()["paths"].items() for method in said}


def test_every_page_has_its_address_in_the_api(target: Target, operations: set[str]) -> None:
    shown = {
        f"{method} {one.path}"
        for one in target.app.routes
        if hasattr(one, "path")
        for method in getattr(one, "methods", None) or {"GET"}
        if method != "HEAD"
    }
    pages = {one for one in shown if one.replace(":path}", "}") not in operations and not one.startswith(PUBLIC)}
    assert (sorted(pages - set(PAGES)), sorted(set(PAGES) - pages)) == ([], [])
    assert sorted(one for one in PAGES.values() if not one.startswith("—") and one not in operations) == []


def test_every_address_is_named_in_both_languages_for_readers(target: Target) -> None:
    """The page of the addresses says in English what the description says, and the same in Chinese."""
    labels = {key.removeprefix("operation."): label for key, label in read_labels().items() if key.startswith("operation.")}
    assert {name: label.en for name, label in labels.items()} == {one.name: one.summary for one in list_routes(target.app)}
    shown = Client(target.app).get("/api/v1/").text
    assert [label.zh for label in labels.values() if label.zh not in shown] == []


def test_an_address_that_writes_leads_to_one_that_writes() -> None:
    """A page that is read is not answered by writing, and the other way round."""
    wrong = [page for page, api in PAGES.items() if not api.startswith("—") and page.split(" ")[0] != api.split(" ")[0]]
    assert wrong == []


def test_whatever_is_read_has_a_reason_or_an_address_that_says_as_much() -> None:
    """Reasons are for logins, secrets and ways; none for a page of a city that shows data."""
    reasons = {page: why for page, why in PAGES.items() if why.startswith("—") and page.startswith("GET /{slug}/")}
    assert set(reasons.values()) <= {LOGIN, SECRET, WAY, FORM}
