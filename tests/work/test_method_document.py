"""What the definitions say as documents: complete, computed, and the same as the engine."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

import dafeng as df
from dafeng.cli.main import app
from dafeng.core.errors import LookupFailure
from dafeng.work.method_document import FIELDS, methods_document
from dafeng.work.method_examples import example_document
from dafeng.work.method_shelf import read_shelf

OWN = """id: own_kilns
title: {zh: 自有窑炉, en: own kilns}
summary: {zh: 样例, en: sample}
quantity: co2
unit: tCO2
source: prov2025
activity: {name: fired, symbol: A, label: {zh: 烧成量, en: fired}}
variants: [{fired: t, rate: tCO2/t}]
constants: {rate: {value: 2, unit: tCO2/t, label: {zh: 样例系数, en: sample rate}}}
equations: {only: fired * rate}
editions: {first: {equation: only, standard: prov2025, label: {zh: 样例版, en: sample edition}}}
categories: [{id: process.own_kilns, indicator: cement_output, carrier: clinker, label: {zh: 自有窑炉, en: own kilns}}]
examples: [{edition: first, carrier: clinker, category: process.own_kilns, place: "370000", year: 2025, value: 3, unit: t, result: 6, tolerance: 0, by: "hand: 3 x 2"}]
"""  # noqa: E501


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = methods_document()["methods"]
    return rows


def test_every_method_has_a_document_in_the_order_of_the_fields(documents: list[dict[str, Any]]) -> None:
    order = [list(FIELDS).index(row["field"]) for row in documents]
    assert sorted(row["id"] for row in documents) == sorted(read_shelf(None).methods)
    assert order == sorted(order)


def test_every_worked_example_holds_and_tells_its_numbers(documents: list[dict[str, Any]]) -> None:
    examples = [(row["id"], one) for row in documents for one in row["examples"]]
    assert [(name, one["expected"], one["result"]) for name, one in examples if not one["holds"]] == []
    assert all(one["cells"] and one["by"]["says"] for _, one in examples)


def test_the_cells_of_an_example_sum_to_its_result(documents: list[dict[str, Any]]) -> None:
    examples = [one for row in documents for one in row["examples"]]
    assert all(sum(Decimal(cell["value"]) for cell in one["cells"]) == Decimal(one["result"]) for one in examples)


def test_every_equation_and_example_is_typeset(documents: list[dict[str, Any]]) -> None:
    texts = [one["typeset"] for row in documents for one in row["equations"]]
    cells = [cell for row in documents for one in row["examples"] for cell in one["cells"]]
    texts += [cell["typeset"][tongue] for cell in cells for tongue in ("zh", "en")]
    assert {ET.fromstring(text).tag.rpartition("}")[2] for text in texts} == {"math"}


def test_every_name_of_an_equation_stands_in_the_table_of_symbols(documents: list[dict[str, Any]]) -> None:
    shelf = read_shelf(None)
    for row in documents:
        used = {name for equation in shelf.methods[row["id"]].equations.values() for name in equation.names}
        assert used == {one["name"] for one in row["symbols"]}


def test_every_factor_of_an_example_is_among_those_that_answer() -> None:
    document = df.method_document("fuel_combustion")
    listed = {factor["id"] for answer in document["answers"] for factor in answer["factors"]}
    used = {name for one in document["examples"] for cell in one["cells"] for name in cell["factors"]}
    assert {name for name in used if not name.startswith("example.")} <= listed


def test_what_a_guideline_does_not_know_stands_with_the_methods_it_touches() -> None:
    gaps = {gap["category"] for gap in df.method_document("cement_process")["unknown"]}
    assert "process.cement" in gaps
    assert "energy" not in gaps


def test_an_example_that_does_not_hold_is_told() -> None:
    shelf = read_shelf(None)
    method = shelf.methods["purchased_heat"]
    wrong = replace(method.examples[0], result=method.examples[0].result * 2)
    told = example_document(method, wrong, shelf.library, shelf.sources)
    assert (told["holds"], told["difference"]) == (False, "-0.5")


def test_an_unknown_method_is_refused_with_the_known_ones() -> None:
    with pytest.raises(LookupFailure, match="cement_process"):
        df.method_document("alchemy")


def test_a_method_of_a_city_has_its_document_too(tmp_path: Path) -> None:
    (tmp_path / "methods").mkdir()
    (tmp_path / "methods/own.yaml").write_text(OWN, encoding="utf-8")
    document = df.method_document("own_kilns", overlay=tmp_path)
    assert (document["examples"][0]["result"], document["guides"], document["field"]) == ("6", [], "process")
    assert "own_kilns" in {row["id"] for row in methods_document(overlay=tmp_path)["methods"]}


def test_the_potentials_of_a_guideline_are_those_of_its_standard() -> None:
    guides = {guide["id"]: guide for guide in df.guide_documents()}
    assert {one["gas"]: one["value"] for one in guides["prov2011"]["potentials"]}["ch4"] == "21"


def test_the_command_prints_list_method_and_json() -> None:
    run = CliRunner().invoke
    assert "cement_process" in run(app, ["methods"]).stdout
    assert "535000" in run(app, ["methods", "cement_process", "--lang", "en"]).stdout
    assert json.loads(run(app, ["methods", "cement_process", "--json"]).stdout)["unit"] == "tCO2"
