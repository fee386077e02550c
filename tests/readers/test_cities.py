"""The figures that ship with the cities, and the demonstration deliveries, are what they claim to be."""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from dafeng.core.errors import FileRefused
from dafeng.library.indicators import Catalogue, read_indicators
from dafeng.library.rules import read_rules
from dafeng.library.sources import read_sources
from dafeng.library.strict import load_yaml
from dafeng.readers.audit import audit_facts
from dafeng.readers.identities import count_checks
from dafeng.readers.reception import read_delivery
from tests.readers.demo import BROKEN, SOUND

TODAY = date(2026, 11, 21)
CITIES = ("yantai", "qingdao", "yunting")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_indicators()


@pytest.fixture
def take(catalogue):
    def taker(path: Path | bytes, name: str = ""):
        told = {"place": "990100", "source": "yunting-balance", "today": TODAY}
        return read_delivery(path, name=name, catalogue=catalogue, **told)

    return taker


def figures(folder: Path) -> list[dict[str, str]]:
    with (folder / "figures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("city", ["yantai", "qingdao"])
def test_no_figure_from_memory_is_shipped(root, shared, city: str) -> None:
    with (shared / "data/city" / f"{city}.csv").open(encoding="utf-8-sig", newline="") as file:
        memory = {(row["year"], row["value"]) for row in csv.DictReader(file) if row["grade"] == "memory"}
    assert memory
    assert memory.isdisjoint({(row["period"], row["value"]) for row in figures(root / "cities" / city / "data")})


@pytest.mark.parametrize("city", ["yantai", "qingdao"])
def test_every_shipped_value_stands_in_the_material(root, shared, city: str) -> None:
    with (shared / "data/city" / f"{city}.csv").open(encoding="utf-8-sig", newline="") as file:
        known = {row["value"] for row in csv.DictReader(file)}
    shipped = {row["value"] for row in figures(root / "cities" / city / "data")}
    assert shipped - known <= {"250.6"}  # 2 x 125.3, stated as derived


@pytest.mark.parametrize("city", CITIES)
def test_every_figure_resolves_its_source_and_indicator(root, catalogue, city: str) -> None:
    folder = root / "cities" / city / "data"
    known = read_sources(folder)
    assert [r for r in figures(folder) if r["source"] not in known or r["indicator"] not in catalogue.indicators] == []


@pytest.mark.parametrize("city", ["yantai", "qingdao"])
def test_every_announcement_resolves_its_source_and_indicator(root, catalogue, city: str) -> None:
    folder = root / "cities" / city / "data"
    known = read_sources(folder)
    with (folder / "announcements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert [r for r in rows if r["source"] not in known or r["indicator"] not in catalogue.indicators] == []


def test_the_plan_documents_are_those_of_the_material(root, shared) -> None:
    for city in ("yantai", "qingdao"):
        described = load_yaml(root / "cities" / city / "city.yaml")["documents"][0]
        assert described["sha256"] == hashlib.sha256((shared / "plans" / f"{city}.txt").read_bytes()).hexdigest()


def test_the_invented_city_says_so_in_every_source(root) -> None:
    own = load_yaml(root / "cities/yunting/data/sources.yaml")["sources"]
    assert {row["source"] for row in figures(root / "cities/yunting/data")} <= set(own)
    said = [entry[part] for entry in own.values() for part in ("title", "seen")]
    assert all("虚构" in words["zh"] and "invented" in words["en"] for words in said)


def test_the_invented_city_has_a_code_outside_the_official_ranges(root) -> None:
    # GB/T 2260 gives no province a code above 82
    described = load_yaml(root / "cities/yunting/city.yaml")
    assert (described["invented"], described["place"][:2]) == (True, "99")


def test_the_plan_of_the_invented_city_is_the_one_it_names(root) -> None:
    folder = root / "cities/yunting"
    described = load_yaml(folder / "city.yaml")["documents"][0]
    assert described["sha256"] == hashlib.sha256((folder / "plans/plan.txt").read_bytes()).hexdigest()


def test_the_invented_city_holds_nothing_that_the_audit_doubts(root, catalogue, take) -> None:
    folder = root / "cities/yunting/data"
    tables = [take(path).rows for path in (folder / "figures.csv", *sorted((folder / "deliveries").iterdir()))]
    found = audit_facts(pa.concat_tables(tables), catalogue=catalogue, rules=read_rules(), today=TODAY)
    assert {finding.rule for finding in found} == {"audit.gap"}


@pytest.mark.parametrize("name", ["energy_balance_2020.xlsx", "energy_balance_2025.csv"])
def test_the_balances_of_the_invented_city_close(root, take, name: str) -> None:
    delivery = take(root / "cities/yunting/data/deliveries" / name)
    values = {(row["flow"], row["carrier"]): row["value"] for row in delivery.rows.to_pylist()}
    assert (delivery.findings, count_checks(values) > 20) == ((), True)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_delivery_brings_facts_without_a_finding(take, name: str) -> None:
    delivery = take(SOUND[name], name)
    assert (delivery.rows.num_rows > 0, delivery.findings) == (True, ())


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_delivery_is_refused_with_a_remedy_in_both_languages(take, name: str) -> None:
    with pytest.raises(FileRefused) as caught:
        take(BROKEN[name], name)
    assert caught.value.where.startswith(name)
    assert all(caught.value.remedy.read(language) for language in ("zh", "en"))
