"""Cities to walk in: the invented city without its balance of 2025, with people who may deliver."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

import dafeng as df
from dafeng.store.accounts import set_account
from dafeng.store.records import open_records
from dafeng.work.city import City
from tests.conftest import ROOT
from tests.tours.analyst import NAME
from tests.web.reviews import PASSWORD, PEOPLE

LEFT = shutil.ignore_patterns("facts", "runs", "reports", "inbox", "reviews", "uploads", "records.*", NAME)
TABLE = (ROOT / "cities/yunting/data/deliveries" / NAME).read_text(encoding="utf-8")
"""The balance as it should be."""


def town(folder: Path, records: str = "") -> City:
    """Yunting without its latest balance; its records lie where they are told, else beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(shutil.copytree(ROOT / "cities/yunting", folder / "yunting", ignore=LEFT))
    if records:
        settings = home / "city.yaml"
        text = settings.read_text(encoding="utf-8").replace("options:\n", f"options:\n  records: {records}\n")
        settings.write_text(text, encoding="utf-8")
    city = df.open_city(home)
    df.ingest(city)
    at = datetime.now(UTC)
    with open_records(city.records) as store, store.write(actor="test", at=at) as session:
        for name, role in PEOPLE.items():
            set_account(session, name, role, PASSWORD, at=at)
    return city


def empty_database(server: Any) -> str:
    """Address of a PostgreSQL with nothing in it."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return str(server.get_uri())


def emissions(city: City, table: str = "", *, kept: str = "") -> float | None:
    """CO2 of 2025 by the city's facts, after a table is taken in without a look where one is given. [Mt]

    ``kept`` is the reason for which its errors are taken in as reported.
    """
    if table:
        (city.folder / "data/deliveries" / NAME).write_text(table, encoding="utf-8")
        df.ingest(city, kept=kept, who="张三" if kept else "")
    scores = df.account(city).scores
    return next((float(one.value) for one in scores if (one.year, one.indicator) == (2025, "co2_emissions")), None)
