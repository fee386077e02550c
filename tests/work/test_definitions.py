"""City definition files: kept to their form, or refused with the field."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.work.definitions import FORMS, read_definition

GOOD = "id: power\nyear: 2030\ndemand: {estimate: demand, indicator: electricity_demand}\n"
LIMIT = "{value: 1, unit: 万千瓦, source: s, grade: assumption, label: {zh: 限, en: limit}}"
CASES = "cases: [{id: a, label: {zh: 甲, en: a}, capacities: {}}]\n"
FACTOR = "{value: 0.6, unit: tCO2/MWh, source: s, grade: assumption, label: {zh: 因子, en: factor}}"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_definition(tmp_path / "power.yaml", "power") == {}


@pytest.mark.parametrize("name", sorted(FORMS))
def test_an_empty_form_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DefinitionError):
        read_definition(written(tmp_path, name, "id: x\n"), name)


def test_a_field_nobody_reads_is_refused(tmp_path: Path) -> None:
    lines = f"lines: {{import: {{limit: {LIMIT}, co2_intensity: {FACTOR}}}, export: {{limit: {LIMIT}}}}}\n" + CASES + "foo: 1\n"
    with pytest.raises(DefinitionError, match="foo"):
        read_definition(written(tmp_path, "power", GOOD + lines), "power")


def test_imports_without_a_factor_are_refused(tmp_path: Path) -> None:
    lines = f"lines: {{import: {{limit: {LIMIT}}}, export: {{limit: {LIMIT}}}}}\n" + CASES
    with pytest.raises(DefinitionError, match="co2_intensity"):
        read_definition(written(tmp_path, "power", GOOD + lines), "power")


@pytest.mark.parametrize("city", ["yantai", "qingdao"])
@pytest.mark.parametrize("name", sorted(FORMS))
def test_the_shipped_cities_keep_the_forms(root: Path, city: str, name: str) -> None:
    assert read_definition(root / "cities" / city / "data" / f"{name}.yaml", name)["id"]


BAD = [
    ("power", "demand: {pathway: consumption, scenario: plan, year: 2030}", "demand: 5"),
    ("power", "year: 2030", "year: abc"),
    ("power", "unit: 万千瓦", "unit: 万某某"),
    ("power", "nuclear: {target: nuclear_capacity, year: 2030}", "nuclear: {a: 1}"),
    ("power", "cases:", "casess:"),
    ("power", "sweep: [300, 600, 1200]", "sweep: 5"),
    ("estimates", "basis: estimated", "basis: zzz"),
    ("estimates", "low: 0.60, high: 0.72", "low: 0.72, high: 0.60"),
    ("estimates", "clean: {indicator: clean_capacity, year: 2025}", "clean: 2030"),
    ("estimates", "grade: assumption", "grade: guess"),
]


@pytest.mark.parametrize(("name", "right", "wrong"), BAD)
def test_a_spoiled_file_of_yantai_is_refused(root: Path, tmp_path: Path, name: str, right: str, wrong: str) -> None:
    text = (root / "cities" / "yantai" / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    assert right in text
    with pytest.raises(DefinitionError):
        read_definition(written(tmp_path, name, text.replace(right, wrong, 1)), name)
