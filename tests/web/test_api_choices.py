"""What an address of the API lets choose is described, and what there is not is refused with what there is."""

from __future__ import annotations

import pytest

from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from tests.web.client import Client
from tests.web.sample import traces, view
from tests.web.test_hours import HOURS, KEPT

CLIENT = Client(create_app([CityView({**view(), "hours": KEPT.index}, traces(), {}, HOURS)]))
PLACE = "/api/v1/cities/yangli"


def described(path: str) -> set[str]:
    told = CLIENT.get("/api/v1/openapi.json").json()["paths"][f"/api/v1/cities/{{slug}}/{path}"]["get"]["parameters"]
    return {one["name"] for one in told if one["in"] == "query"}


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("hours/{span}", {"lang", "case", "period", "carrier", "bus", "week"}),
        ("scenarios/answers", {"over", "set", "beside", "shown", "left", "left_year", "right", "right_year", "choice"}),
        ("pages/{page}", {"verdict", "field", "year", "quantity", "standing", "party", "substance", "chapter", "by"}),
        ("{part}", {"offset", "limit", "verdict", "field", "year", "organisation", "q", "sort", "state", "chapter"}),
        ("files/{name}", {"lang", "verdict", "field"}),
    ],
)
def test_the_description_tells_what_may_be_chosen(path: str, names: set[str]) -> None:
    assert names <= described(path)


@pytest.mark.parametrize(
    "asked",
    [
        "verdicts?verdict=zzz", "verdicts?vredict=met", "verdicts?field=zzz", "verdicts?year=1000", "verdicts?sort=zzz",
        "verdicts?organisation=zzz", "verdicts?hide=goal,zzz", "verdicts?chapter=zzz", "tasks?state=zzz", "counts?verdict=met",
        "pages/targets?verdict=zzz", "pages/targets?vredict=met", "pages/sources?verdict=met", "pages/map?quantity=zzz",
        "pages/factors?grade=zzz", "pages/compare?standing=zzz", "pages/organisations?by=zzz", "files/targets.csv?verdict=zzz",
        "hours/week?week=99999", "hours/week?week=-1", "hours/week?case=zzz", "hours/week?carrier=steam", "hours/week?bus=mars",
        "hours/week?period=9", "hours/week?wek=1", "hours/year?week=1", "wall?light=1", "verdicts/T01?x=1", "search?q=a&p=b",
        "explain/verdicts/T01?x=1", "trees/verdicts/T01?deep=1", "brief?x=1",
    ],
)  # fmt: skip
def test_what_there_is_not_is_refused_with_what_there_is(asked: str) -> None:
    answer = CLIENT.get(f"{PLACE}/{asked}")
    told = answer.json()
    assert (answer.status_code, told["where"].startswith("query.")) == (422, True)
    assert [sorted(told[name]) for name in ("says", "expected", "remedy")] == [["en", "zh"]] * 3


def test_a_refusal_names_the_values() -> None:
    told = CLIENT.get(f"{PLACE}/verdicts?verdict=zzz").json()
    assert (told["where"], told["says"]["en"]) == ("query.verdict", "'verdict' has no value 'zzz'")
    assert "off_course, behind" in told["expected"]["zh"]


@pytest.mark.parametrize(
    "asked",
    [
        "verdicts?verdict=met&field=&sort=plan&hide=goal,due", "verdicts?verdict=met%20", "tasks?state=stated&q=x",
        "pages/targets?verdict=met", "pages/organisations?by=year", "pages/compare?sort=plan", "files/targets.csv?verdict=met",
        "hours/week?week=2&lang=en&carrier=electricity&case=plan&period=0", "hours/year?case=path&period=1", "counts",
    ],
)  # fmt: skip
def test_what_there_is_is_answered(asked: str) -> None:
    assert CLIENT.get(f"{PLACE}/{asked}").status_code == 200


def test_a_page_stays_open_to_any_address() -> None:
    assert [CLIENT.get(f"/yangli/{name}?verdict=zzz&x=1").status_code for name in ("targets", "targets.json")] == [200, 200]


def test_a_whole_explanation_is_not_sent_twice() -> None:
    answer = CLIENT.get(f"{PLACE}/trees/verdicts/T01?depth=1")
    known = CLIENT.get(f"{PLACE}/trees/verdicts/T01?depth=1", headers={"if-none-match": answer.headers["etag"]})
    assert (answer.status_code, known.status_code, known.content) == (200, 304, b"")
