"""The generated pages are current, and the register claims nothing that no test shows."""

from __future__ import annotations

from tests.house.tree import ROOT
from tools import components, coverage, glossary, methods, units

SYSTEM = {
    "id": "S01",
    "zh": "甲",
    "en": "A",
    "ordered": {"烟台": "一"},
    "works": [{"zh": "乙", "en": "B", "test": "tests/test_x.py::test_y"}],
    "lacks": [],
}


def test_the_register_lists_the_twenty_systems():
    assert [system["id"] for system in coverage.systems(coverage.REGISTER)] == [f"S{number:02}" for number in range(1, 21)]


def test_every_test_named_in_the_register_exists():
    assert coverage.unshown(coverage.systems(coverage.REGISTER), ROOT) == []


def test_the_coverage_page_is_current():
    assert coverage.main(["--check"]) == 0, "run: make generated"


def test_the_page_of_methods_is_current():
    assert methods.main(["--check"]) == 0, "run: make generated"


def test_the_pages_of_components_and_technologies_are_current():
    assert components.main(["--check"]) == 0, "run: make generated"


def test_the_glossary_page_is_current():
    assert glossary.main(["--check"]) == 0, "run: make generated"


def test_a_test_that_does_not_exist_is_seen(tmp_path):
    assert coverage.unshown([SYSTEM], tmp_path) == ["S01: tests/test_x.py::test_y"]


def test_a_test_that_exists_is_accepted(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_x.py").write_text("def test_y(): ...\n", encoding="utf-8")
    assert coverage.unshown([SYSTEM], tmp_path) == []


def test_the_page_names_the_test_of_what_works():
    assert "- B  \n  乙  \n  `tests/test_x.py::test_y`" in coverage.render([SYSTEM])


def test_a_page_that_is_behind_its_table_is_seen(tmp_path, monkeypatch):
    (tmp_path / "page.md").write_text("old", encoding="utf-8")
    monkeypatch.setattr(glossary, "PAGE", tmp_path / "page.md")
    assert glossary.main(["--check"]) == 1


def test_a_page_of_methods_that_is_behind_the_definitions_is_seen(tmp_path, monkeypatch):
    (tmp_path / "page.md").write_text("old", encoding="utf-8")
    monkeypatch.setattr(methods, "PAGE", tmp_path / "page.md")
    assert methods.main(["--check"]) == 1


def test_a_page_of_components_that_is_behind_the_model_is_seen(tmp_path, monkeypatch):
    (tmp_path / "page.md").write_text("old", encoding="utf-8")
    monkeypatch.setattr(components, "COMPONENTS", tmp_path / "page.md")
    assert components.main(["--check"]) == 1


def test_the_kept_sizes_of_units_are_those_of_pint():
    assert units.main(["--check"]) == 0, "run: make generated"
