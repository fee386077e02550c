"""A definition file of the city that cannot be read: what is wrong, where and what to do, not a failure of the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.ledger.eligibility import read_schemes
from dafeng.work.city import City, open_city
from tests.web.client import Client
from tests.web.inclusions import fill_inclusion
from tests.web.ledgers import fill_ledger
from tests.web.reviews import app_of, city_with_people, person
from tests.web.test_rights import token_of

API = "/api/v1/cities/qinglan/"
FAULTY = [
    ("inclusion/policy_trial.yaml", "- a\n", "inclusion/", f"{API}inclusion/totals"),
    ("inclusion/policy_trial.yaml", "id: trial\n", "inclusion/", f"{API}inclusion/scenes"),
    ("ledger/markets.yaml", "terms: 5\n", "markets/", ""),
    ("rights/holidays.csv", "a\n", "projects/", f"{API}projects"),
    ("rights/schemes.yaml", "- a\n", "projects/", f"{API}projects"),
    ("rights/schemes.yaml", "schemes: {zz: 5}\n", "projects/", f"{API}projects"),
    ("rights/policies.yaml", "policies: 5\n", "compliance/", ""),
    ("rights/calendar.csv", "a\n", "compliance/", ""),
]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = city_with_people(tmp_path_factory.mktemp("faulty"))
    described = made.folder / "city.yaml"
    described.write_text(described.read_text("utf-8").replace("options: {}", "options: {inclusion: trial}"), encoding="utf-8")
    made = open_city(made.folder)
    fill_ledger(made)
    fill_inclusion(made)
    return made


@pytest.fixture(scope="module")
def token(city: City) -> dict[str, str]:
    return token_of(city, "李四")


@pytest.mark.parametrize(("name", "text", "page", "address"), FAULTY)
def test_the_file_and_the_remedy_are_told(
    city: City, token: dict[str, str], name: str, text: str, page: str, address: str
) -> None:
    path = city.overlay / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        app = app_of(open_city(city.folder))
        shown = person(app, "李四").get(f"/qinglan/{page}")
        told = Client(app).get(address, headers=token) if address else None
    finally:
        path.unlink()
    assert (shown.status_code, Path(name).name in shown.text, str(city.folder) in shown.text) == (503, True, False)
    if told is not None:
        assert (told.status_code, told.json()["place"].split(":")[0].split("/")[-1]) == (503, Path(name).name)
        assert all(said for part in ("what", "remedy") for said in told.json()[part].values())


def test_a_file_that_is_a_list_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "rights" / "schemes.yaml"
    path.parent.mkdir()
    path.write_text("- a\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"schemes\.yaml:1:1.*must be a mapping"):
        read_schemes(tmp_path)
