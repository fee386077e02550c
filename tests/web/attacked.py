"""A city with everything an attacker could want, its people, and what the attacks are made of."""

from __future__ import annotations

import http.client
import io
import re
import time
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dafeng.store.records import open_records
from dafeng.web.app import create_app
from dafeng.web.cities import CityView
from dafeng.web.limits import Pace, Paces
from dafeng.web.offices import Office
from dafeng.web.visits import Throttle
from dafeng.work.city import City, open_city
from dafeng.work.jobs import start_job
from dafeng.work.review import review
from dafeng.work.uploads import keep_upload
from dafeng.work.versions import confirm
from tests.plans.reviews import TEXT
from tests.web.client import Page
from tests.web.inclusions import fill_enterprises, fill_inclusion
from tests.web.ledgers import fill_ledger
from tests.web.market_halls import BUDGET, fill_market
from tests.web.reviews import Person, city_with_people, hidden, person
from tests.web.sample import city as sample_city
from tests.web.settling import fill_compliance

XSS = "\"'><x-evil onclick=alert(1)>{{7*7}}"
"""An element of its own, which shows that a text became markup; it fits into a login name."""
FORMULA = '=HYPERLINK("http://evil.example","x")'
INJECTIONS = (
    "' OR '1'='1",
    "'; DROP TABLE account;--",
    '" OR ""="',
    "1) UNION SELECT password FROM account--",
    "\\'; SELECT pg_sleep(9);--",
    "%27%20OR%201=1",
    "x' AND 1=(SELECT COUNT(*) FROM visit)--",
    "\u02bc OR 1=1",
    "'||(SELECT name FROM account)||'",
)
PATHS = (
    *("../city.yaml", "..%2fcity.yaml", "..%252fcity.yaml", "%2e%2e%2fcity.yaml", "..\\city.yaml", "..%5ccity.yaml"),
    *("%2e%2e/city.yaml", "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "file:///etc/passwd", "C:\\windows\\win.ini"),
    *("....//city.yaml", "..%c0%afcity.yaml", "records.key", "../records.key", "%2e%2e%2frecords.sqlite", ".%00./city.yaml"),
)


@dataclass(frozen=True)
class Target:
    """What is attacked."""

    city: City
    office: Office
    app: Any
    names: dict[str, str]

    def path(self, template: str) -> str:
        """Address of a thing that is there."""
        group = template.split("/")[2] if template.count("/") > 1 else ""
        return re.sub(
            r"\{(\w+)(?::path)?\}", lambda one: self.names["slug" if one[1] == "slug" else f"{group}.{one[1]}"], template
        )

    def head(self) -> tuple[int, str]:
        """State of the log of all changes."""
        return self.office.records.head()

    def content(self) -> dict[str, bytes]:
        """Files of the city but its records, byte by byte."""
        folder = self.city.folder
        return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*"))
                if one.is_file() and not one.name.startswith(("records.", "ledger."))}  # fmt: skip

    def person(self, name: str = "") -> Person:
        """Somebody with a browser of their own."""
        self.office.throttle = Throttle(time.monotonic)
        return person(self.app, name)


def build_target(folder: Path, *, records: str = "", text: str = TEXT) -> Target:
    """A served city with a run, a review, a version and a delivery."""
    city = city_with_people(folder, records=records)
    made = review(city, source=text.encode(), name="plan.txt", who="张三")
    confirm(city, made, who="李四", seen=0)
    kept = keep_upload(city, "指标,年份,数值,单位\n能源消费总量,2024,551,万吨标准煤\n".encode(), name="数据.csv", who="张三")
    fill_ledger(city)
    own = fill_compliance(city)
    people, _ = fill_inclusion(city)
    fill_enterprises(city)
    fill_market(city)
    office = Office(open_city(city.folder))
    shown = rename(sample_city(), "qinglan")
    address = next(one for one in shown.traces if one.startswith("verdicts/"))
    names = {
        "slug": "qinglan", "review.name": made.id, "review.number": "1", "deliver.name": kept.id, "deliveries": kept.id,
        "explain.address": address, "targets.target": shown.view["verdicts"][0]["target"], "methods.method": "cement_process",
        "jobs.name": start_job(city, kind="assess", who="张三").id, "views.view": "0" * 32, "fields.field": "energy",
        "tasks.task": shown.view["tasks"][0]["id"], "organisations.name": shown.view["organisations"][0]["name"],
        "rights.book": "1", "rights.account": "6",
        "rights.event": "20", "inclusion.scene": "metro", "inclusion.name": "2026-q1", "inclusion.person": people[0],
        "enterprises.name": "QL-01", "owner.token": "a" * 43, "markets.market": "cea", "markets.auction": "spring",
        "budgets.budget": BUDGET, "budgets.node": "east", "budgets.figure": "used", "{slug}.name": "words",
        "{slug}.address": address, "{name}.name": "targets", "setup.token": "a" * 43, "welcome.token": "a" * 43, **own,
    }  # fmt: skip
    hasty = Paces(*(Pace(1e6, 1e6, time.monotonic) for _ in range(2)))
    return Target(city, office, create_app([shown], offices=[office], paces=hasty), names)


def rename(shown: CityView, slug: str) -> CityView:
    """The same view under another name."""
    return CityView({**shown.view, "city": {**shown.view["city"], "slug": slug}}, shown.traces, shown.documents, shown.hours)


def poison(value: Any, words: str) -> Any:
    """The same document with every label beginning with some words."""
    if isinstance(value, dict):
        if set(value) == {"zh", "en"}:
            return {name: words + str(text) for name, text in value.items()}
        return {name: poison(part, words) for name, part in value.items()}
    return [poison(part, words) for part in value] if isinstance(value, list) else value


def outbreaks(text: str) -> list[str]:
    """Where a text of somebody became markup: elements, handlers, scripts."""
    page = Page(text)
    found = [tag for tag, _ in page.tags if tag == "x-evil"]
    return found + [tag for tag, _ in page.inline()]


class Forms(HTMLParser):
    """The forms of a page: action, and name with value of each field."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], set[str]]] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field of the one that is open."""
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = told.get("method") == "post"
            if self._inside:
                self.found.append((told.get("action", ""), {}, set()))
        elif self._inside and tag in ("input", "select", "textarea", "button") and told.get("name"):
            fields, files = self.found[-1][1:]
            if told.get("type") == "file":
                files.add(told["name"])
            else:
                fields.setdefault(told["name"], told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """Close a form."""
        self._inside = self._inside and tag != "form"


def squeezed(part: str, size: int, *, kept: bytes | None = None) -> bytes:
    """An archive whose one part unpacks to very much."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, kept if kept is not None else b" " * size)
    return stream.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + '<!ENTITY f SYSTEM "file:///etc/passwd">]><z>&a9;&f;</z>'
).encode()
"""Ten thousand million laughs, and a file."""


def knock(server: str, lines: bytes, *, most: int = 65_536) -> bytes:
    """Answer of a server to bytes that no client would send."""
    import socket

    place = urlsplit(server)
    with socket.create_connection((place.hostname, place.port), timeout=10) as line:
        line.sendall(lines)
        told = b""
        while len(told) < most and (more := line.recv(most)):
            told += more
            if b"\r\n\r\n" in told and b"content-length: 0" not in told.lower():
                break
        return told


def speak(server: str, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Answer to a path that is sent as it stands."""
    place = urlsplit(server)
    line = http.client.HTTPConnection(str(place.hostname), place.port, timeout=20)
    line.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        line.putheader(name.replace("_", "-"), value)
    line.endheaders()
    answer = line.getresponse()
    told = (answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    line.close()
    return told


def token_of(who: Person, home: str) -> str:
    """Token in the forms of a page."""
    return hidden(who.get(home))


def number_of(token: str) -> str:
    """Id under which a token is listed."""
    return sha256(token.encode()).hexdigest()[:12]


def fresh(address: str) -> str:
    """An empty PostgreSQL behind an address."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return address


def verified(city: City) -> bool:
    """Whether log and records agree."""
    with open_records(city.records) as records:
        return records.verify() == ()
