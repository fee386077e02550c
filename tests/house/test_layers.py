"""Imports go downward only, and each outside library stands behind one package."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.layers import bypassing, circular, misplaced
from tests.house.tree import ROOT, keep, module_of, modules


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter's contracts in a folder that holds pyproject.toml and src/dafeng."""
    program = "import sys; sys.path.insert(0, 'src'); from importlinter import cli; sys.exit(cli.lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)


def sample_house(folder: Path, text: str) -> Path:
    """Build a house of empty packages with our contracts, in which ``core`` holds one module with the text."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in ("core", "formula", "store", "library", "plans", "energy", "work", "web", "reports", "cli"):
        package = folder / "src/dafeng" / name
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
    (folder / "src/dafeng/__init__.py").touch()
    (folder / "src/dafeng/plans/sample.py").write_text(text, encoding="utf-8")
    return folder


def test_imports_go_downward_only():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("text", ["import dafeng.work", "import dafeng.energy", "from dafeng.web import __name__"])
def test_an_import_upward_or_sideways_is_seen(tmp_path, text):
    assert lint_imports(sample_house(tmp_path, text)).returncode == 1


def test_an_import_downward_is_allowed(tmp_path):
    result = lint_imports(sample_house(tmp_path, "import dafeng.core\nimport dafeng.library"))
    assert result.returncode == 0, result.stdout + result.stderr


def test_each_library_is_imported_by_its_owner_only():
    keep(problem for module in modules() for problem in misplaced(module))


def test_no_part_imports_the_whole():
    keep(problem for module in modules() for problem in circular(module))


def test_a_misplaced_library_is_seen():
    assert misplaced(module_of("def f():\n    import duckdb.functional\n", "dafeng.plans.sample"))


def test_a_library_at_its_owner_is_allowed():
    assert misplaced(module_of("import duckdb", "dafeng.store.facts")) == []


@pytest.mark.parametrize("text", ["import dafeng", "from . import units", "from dafeng import judge"])
def test_an_import_of_the_whole_is_seen(text):
    assert circular(module_of(text))


def test_the_command_line_meets_reports_by_their_registered_name():
    keep(problem for module in modules() for problem in bypassing(module))


def test_a_direct_import_of_reports_by_the_command_line_is_seen():
    assert bypassing(module_of("from dafeng.reports.workbook import write_workbook", "dafeng.cli.main"))


def test_the_command_line_may_offer_the_public_verbs():
    assert circular(module_of("import dafeng as df", "dafeng.cli.main")) == []
