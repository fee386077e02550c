"""Verification: every changed, missing or left file is named."""

from __future__ import annotations

import pyarrow as pa
import pytest

from dafeng.core.errors import StoreError
from dafeng.store.facts import FactStore
from dafeng.store.runs import RunStore
from tests.store.deliveries import day, delivery, row


@pytest.fixture
def store(tmp_path):
    filled = FactStore(tmp_path / "facts")
    filled.deliver(delivery("a", row(5), row(6, period="2024")), received=day(0))
    return filled


@pytest.fixture
def part(store):
    return store.folder / store.lots()[0].parts[0].name


def flip(path, number):
    """Change one bit of one byte on disk."""
    content = bytearray(path.read_bytes())
    content[number] ^= 1
    path.write_bytes(bytes(content))


def test_a_sound_store_has_no_findings(store):
    assert store.verify() == ()


def test_a_store_that_was_never_made_has_no_findings(tmp_path):
    assert FactStore(tmp_path / "none").verify() == ()


@pytest.mark.parametrize("number", [0, 40, 500, -1])
def test_one_changed_bit_is_found_and_named(store, part, number):
    flip(part, number)
    assert [(found.rule, found.severity, part.name in found.at) for found in store.verify()] == [("store.file", "error", True)]


@pytest.mark.parametrize("number", [0, 40, 500, -1])
def test_a_changed_part_is_not_read(store, part, number):
    flip(part, number)
    with pytest.raises(StoreError, match=part.name):
        store.read()


def test_a_changed_part_is_not_asked(store, part):
    flip(part, 40)
    with pytest.raises(StoreError, match=part.name):
        store.query("SELECT COUNT(*) AS n FROM facts AS f")


def test_a_changed_part_is_noticed_after_it_was_read(store, part):
    store.read()
    flip(part, 40)
    with pytest.raises(StoreError, match=part.name):
        store.read()


def test_a_missing_part_is_found_and_names_the_delivered_file(store, part):
    part.unlink()
    assert ["a.csv" in found.says.zh for found in store.verify()] == [True]


def test_a_missing_part_is_not_read(store, part):
    part.unlink()
    with pytest.raises(StoreError, match=part.name):
        store.read()


def test_a_cut_manifest_is_found(store):
    manifest = store.folder / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:-40])
    assert [found.rule for found in store.verify()] == ["store.manifest"]


def test_an_edited_manifest_is_not_read(store):
    manifest = store.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace("a.csv", "b.csv"))
    with pytest.raises(StoreError, match=r"manifest\.json"):
        store.lots()


def test_a_part_of_no_lot_is_told_without_alarm(store):
    (store.folder / ("0" * 64 + ".parquet")).write_bytes(b"x")
    assert [(found.rule, found.severity) for found in store.verify()] == [("store.stranger", "info")]


def test_a_file_of_a_person_is_left_alone(store):
    (store.folder / "notes.txt").write_text("mine")
    store.deliver(delivery("b", row(1, period="2020")), received=day(1))
    assert ((store.folder / "notes.txt").read_text(), store.verify()) == ("mine", ())


@pytest.fixture
def runs(tmp_path):
    filled = RunStore(tmp_path / "runs")
    run = filled.begin(at=day(0), versions={}, inputs={})
    filled.write(run, {"results": pa.table({"a": [1]})}, {"view.json": b"{}"})
    return filled


def test_sound_runs_have_no_findings(runs):
    assert runs.verify() == ()


@pytest.mark.parametrize("name", ["results.parquet", "view.json", "traces.parquet"])
def test_a_changed_file_of_a_run_is_found_and_named(runs, name):
    path = runs.folder / runs.latest().id / name
    path.write_bytes(path.read_bytes() + b" ")
    assert [found.at.split("/")[1] for found in runs.verify()] == [name]


def test_a_changed_file_of_a_run_is_not_read(runs):
    run = runs.latest().id
    (runs.folder / run / "view.json").write_bytes(b"[]")
    with pytest.raises(StoreError, match=r"view\.json"):
        runs.document(run, "view.json")


def test_an_edited_head_of_a_run_is_found(runs):
    path = runs.folder / runs.latest().id / "run.json"
    path.write_text(path.read_text().replace("results", "ghosts "))
    assert [found.rule for found in runs.verify()] == ["store.run"]
