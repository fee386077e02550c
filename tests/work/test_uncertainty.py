"""Uncertainty and recalculation of the invented city, from its files to the document that every face shows."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import dafeng as df
from dafeng.core.errors import SettingError, StoreError
from dafeng.store.recalculations import FILE, read_log
from tests.methods.made import STATED, stated

ROOT = Path(__file__).parent.parent.parent
MADE = shutil.ignore_patterns("facts", "runs", "reports", "reviews", "records.*", FILE)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> df.City:
    folder = tmp_path_factory.mktemp("cities") / "yunting"
    shutil.copytree(ROOT / "cities/yunting", folder, ignore=MADE)
    opened = df.open_city(folder)
    df.ingest(opened)
    return opened


@pytest.fixture(scope="module")
def quality(city: df.City) -> df.Quality:
    return df.uncertainty(city, draws=2000, seed=5)


def test_the_sum_is_that_of_the_inventory(city: df.City, quality: df.Quality) -> None:
    net = df.inventory(city, year=2025).arranged[2025, "city"].entry("net").value
    assert float(quality.uncertainty.total.value) == pytest.approx(float(net or 0), rel=1e-12)


def test_the_same_seed_gives_the_same_document(city: df.City, quality: df.Quality) -> None:
    again = df.quality_document(df.uncertainty(city, draws=2000, seed=5))
    assert again == df.quality_document(quality)
    assert again != df.quality_document(df.uncertainty(city, draws=2000, seed=6))


def test_every_address_of_the_document_has_a_trace_and_every_input_of_a_trace_too(city: df.City, quality: df.Quality) -> None:
    told = df.quality_document(quality)
    keyed = [row for rows in told["key_categories"].values() for row in rows]
    asked = {row["address"] for row in (*told["rows"], *told["inputs"], *told["scores"], *keyed, told["total"], told["trend"])}
    made = {trace.address: trace for trace in quality.traces}
    known = {*made, *(address for trace in df.account(city).traces for address in (trace.address, *trace.inputs))}
    assert asked - set(made) == set()
    assert {address for trace in made.values() for address in trace.inputs} - known == set()


def test_contributions_and_shares_add_up_in_the_document(quality: df.Quality) -> None:
    told = df.quality_document(quality)
    assert sum(row["variance_share"] for row in told["rows"]) == pytest.approx(100, abs=1e-6)
    assert sum(row["shares"]["level"] for row in told["key_categories"]["net"]) == pytest.approx(100, abs=1e-9)


def test_a_statement_of_the_city_narrows_the_interval(city: df.City, quality: df.Quality, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(city.folder, folder)
    (folder / "data/quality").mkdir()
    row = stated("own.balance", "activity", "1", "1", indicator="balance")
    (folder / "data/quality/uncertainty.csv").write_text(f"{STATED}\n{row}\n", encoding="utf-8")
    own = df.uncertainty(df.open_city(folder), draws=200)
    before, after = (widest(one) for one in (quality, own))
    assert after < before


def widest(found: df.Quality) -> float:
    """Largest uncertainty of an activity that comes from the balance."""
    return max(row.activity or 0 for row in found.uncertainty.rows if row.category.startswith("energy."))


@pytest.mark.parametrize("wrong", [{"year": 1999}, {"base": 1999}, {"draws": 1}, {"draws": 10**9}, {"seed": -1}])
def test_what_cannot_be_asked_is_refused(city: df.City, wrong: dict[str, int]) -> None:
    with pytest.raises(SettingError):
        df.uncertainty(city, **wrong)  # type: ignore[arg-type]


def test_a_guideline_is_compared_and_logged_once_somebody_signs(city: df.City) -> None:
    looked = df.recalculate(city, "prov2011")
    assert read_log(city.folder) == ()
    signed = df.recalculate(city, "prov2011", who="王")
    logged = read_log(city.folder)
    assert (len(logged), {row["who"] for row in logged}) == (len(looked.rows), {"王"})
    assert [Decimal(row["after"]) for row in logged] == [row.after for row in signed.rows]
    assert all(sum(row.causes.values(), Decimal(0)) == row.change for row in signed.rows)


def test_a_run_of_the_same_facts_and_definitions_changed_nothing(city: df.City) -> None:
    accounted = df.account(city)
    run = city.runs.begin(at=datetime.now(UTC), versions={}, inputs={})
    city.runs.write(run, {"results": accounted.table()}, {})
    assert df.recalculate(city, run.id).rows == ()


def test_facts_withdrawn_after_a_run_are_a_matter_of_activity_or_boundary(city: df.City, tmp_path: Path) -> None:
    folder = tmp_path / "later"
    shutil.copytree(city.folder, folder)
    later = df.open_city(folder)
    run = later.runs.begin(at=datetime.now(UTC), versions={}, inputs={})
    later.runs.write(run, {"results": df.account(later).table()}, {})
    lot = later.facts.read(indicators=("clinker_output",)).column("lot").to_pylist()[0]
    later.facts.withdraw(lot, at=datetime.now(UTC), reason="test")
    rows = df.recalculate(later, run.id).rows
    assert rows
    assert {reason for row in rows for reason in row.causes} <= {"activity", "boundary"}


@pytest.mark.parametrize(("since", "error"), [("nothing", SettingError), ("9999-00000000", StoreError)])
def test_what_is_neither_run_nor_guideline_is_refused(city: df.City, since: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        df.recalculate(city, since)
