"""The manifest: what it keeps, what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dafeng.core.errors import StoreError
from dafeng.store.files import hash_tree
from dafeng.store.lots import Lot, Manifest, Part, Withdrawal, name_lot, read_manifest, write_manifest
from tests.store.deliveries import day, item

PART = Part("ab" * 32, 12, 3, 1, day(0), {"place": "370600"}, {"place": "370699"}, repeats=True)
MANIFEST = Manifest(
    7,
    (Lot("lot-1", day(1), (item("中文"), item("b")), facts=3, repeated=1, superseding=2, parts=(PART,)),),
    (Withdrawal("lot-1", day(5), "读错了文件"),),
)


def test_a_manifest_is_read_back_equal(tmp_path):
    write_manifest(tmp_path, MANIFEST)
    assert read_manifest(tmp_path) == MANIFEST


def test_a_folder_without_manifest_is_an_empty_store(tmp_path):
    assert read_manifest(tmp_path / "none") == Manifest()


def test_facts_without_manifest_are_no_empty_store(tmp_path):
    (tmp_path / PART.name).write_bytes(b"")
    with pytest.raises(StoreError, match="missing"):
        read_manifest(tmp_path)


def test_a_manifest_of_another_format_is_refused(tmp_path):
    body = {"format": 99, "serial": 1, "lots": [], "withdrawn": []}
    (tmp_path / "manifest.json").write_text(json.dumps({"sha256": hash_tree(body), "body": body}))
    with pytest.raises(StoreError, match="has format 99"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("body", [{"format": 1}, {"format": 1, "serial": 1, "lots": [{}], "withdrawn": []}])
def test_a_manifest_without_its_parts_is_refused(tmp_path, body):
    (tmp_path / "manifest.json").write_text(json.dumps({"sha256": hash_tree(body), "body": body}))
    with pytest.raises(StoreError, match="KeyError"):
        read_manifest(tmp_path)


def test_the_id_of_a_lot_depends_on_the_bytes_not_on_names_or_order():
    renamed = [replace(item("b"), file="x.csv", findings=9), item("a")]
    assert name_lot([item("a"), item("b")]) == name_lot(renamed)


def test_other_bytes_make_another_lot():
    assert name_lot([item("a")]) != name_lot([item("b")])


def test_a_withdrawal_counts_from_its_instant_on():
    assert [MANIFEST.absent(at) for at in (day(4), day(5), None)] == [frozenset(), {"lot-1"}, {"lot-1"}]
