"""Data files quote sources that exist and speak both languages."""

from __future__ import annotations

import pytest

from tests.house import definitions
from tests.house.tree import DATA, keep


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sources.yaml").write_text("sources:\n  a-2020:\n    title: A\n", encoding="utf-8")
    return tmp_path


def test_every_quoted_source_is_listed():
    package = definitions.source_ids(DATA)
    keep(
        problem
        for folder in definitions.folders()
        for problem in definitions.unresolved(folder, package | definitions.source_ids(folder))
    )


def test_every_label_is_in_both_languages():
    keep(problem for folder in definitions.folders() for problem in definitions.one_sided(folder))


@pytest.mark.parametrize(
    "text", ["x: {source: b-2020}", "x: [{source: {id: b-2020, clause: '1'}}]", "x: {source: [a-2020, b-2020]}"]
)
def test_an_unlisted_source_in_yaml_is_seen(folder, text):
    (folder / "x.yaml").write_text(text, encoding="utf-8")
    assert definitions.unresolved(folder, definitions.source_ids(folder)) != []


def test_an_unlisted_source_in_csv_is_seen(folder):
    (folder / "x.csv").write_text("# note\nvalue,source\n1,a-2020|b-2020\n", encoding="utf-8")
    assert definitions.unresolved(folder, definitions.source_ids(folder)) == [
        f"{folder.name}/x.csv:2: source 'b-2020' is not in sources.yaml"
    ]


def test_listed_sources_are_allowed(folder):
    (folder / "x.yaml").write_text("x: {source: a-2020, zh: 甲, en: A}", encoding="utf-8")
    assert definitions.unresolved(folder, definitions.source_ids(folder)) + definitions.one_sided(folder) == []


@pytest.mark.parametrize(
    ("name", "text"), [("x.yaml", "x: {zh: 甲}"), ("x.yaml", "x: [{en: A, zh: ''}]"), ("x.csv", "zh,en\n甲,\n")]
)
def test_a_label_in_one_language_is_seen(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
    assert definitions.one_sided(folder) != []
