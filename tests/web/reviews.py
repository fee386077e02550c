"""A served city whose plan is under review, and people who log in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import yaml

from dafeng.store.accounts import set_account
from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.work.city import City, init, open_city
from dafeng.work.review import review
from tests.plans.reviews import TEXT
from tests.web.client import Client

PASSWORD = "a quite long password"
PEOPLE = {"王五": "reader", "张三": "editor", "李四": "confirmer", "管理": "administrator"}
HOME = "/qinglan/review/"


def city_with_people(folder: Path, *, records: str = "") -> City:
    """An empty city with one account of each role, its records in its folder or at an address."""
    city = init(folder / "qinglan", place="990200")
    if records:
        keep_elsewhere(city, records)
        city = open_city(city.folder)
    at = datetime.now(UTC)
    with open_records(city.records) as opened, opened.write(actor="test", at=at) as session:
        for name, role in PEOPLE.items():
            set_account(session, name, role, PASSWORD, at=at)
    return city


def keep_elsewhere(city: City, address: str) -> None:
    """Let a city keep its records at an address."""
    path = city.folder / "city.yaml"
    told = yaml.safe_load(path.read_text("utf-8"))
    told["options"] = {**(told.get("options") or {}), "records": address}
    path.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")


def app_of(city: City) -> Any:
    """Application that serves the review of a city without a run."""
    return create_app([], offices=[city])


def taken_in(city: City, text: str = TEXT) -> str:
    """Address of the review of a text."""
    return f"{HOME}{review(city, source=text.encode(), name='plan.txt', who='张三').id}/"


class Person(Client):
    """Somebody with a browser of their own."""

    def log_in(self, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        """Answer to name and password, typed into the form."""
        page = self.get("/qinglan/login")
        return self.post(
            "/qinglan/login", data={"token": hidden(page), "name": name, "password": password, **more}, follow=False
        )

    def write(self, path: str, *, home: str = HOME, **fields: Any) -> httpx.Response:
        """Answer to a form of a page, with its token."""
        token = hidden(self.get(home))
        files = fields.pop("files", None)
        accept = {"accept": "application/json"} if fields.pop("script", False) else None
        return self.post(path, data={"token": token, **fields}, files=files, follow=False, headers=accept)


def person(app: Any, name: str = "") -> Person:
    """Somebody, logged in where a name is given."""
    one = Person(app)
    if name:
        assert one.log_in(name).status_code == 303
    return one


def hidden(page: httpx.Response) -> str:
    """Token in the forms of a page."""
    return re.findall(r'name="token" value="([^"]+)"', page.text)[0]
