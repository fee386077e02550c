"""Fixtures and settings for all tests: where the material lies, and what a missing part means.

Invariant: on a person's machine a missing part is a skip that says why; under ``CI=true`` it is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.house.shape import MODULE_LINES_WANTED

collect_ignore = [] if find_spec("pyspark") else ["cluster"]
"""The tests of the cluster engines run in environments of their own (``make test-cluster``), where they are named."""

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers share the files, begin with those that hold the most slow tests: the end has only short ones left."""
    if hasattr(config, "workerinput"):
        slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
        items.sort(key=lambda item: -slow[item.path])


def absent(reason: str) -> None:
    """Skip the running test, or fail it where nothing may be missing (the variable CI is set)."""
    if os.environ.get("CI"):
        pytest.fail(f"missing under CI: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the shared material (plans, gold annotations, data), a neighbour of the repository."""
    folder = ROOT.parent / "shared"
    if not (folder / "docs").is_dir():
        absent("the material folder ../shared is not there")
    return folder


@pytest.fixture
def missing() -> Callable[[str], None]:
    """Call it with a reason when something the test needs is absent: a skip, under CI a failure."""
    return absent


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Debian's Chromium for Playwright's ``executable_path`` (start it with ``--no-sandbox``)."""
    path = shutil.which("chromium")
    if path is None:
        absent("chromium is not installed; tools/browser.sh brings it where that is allowed")
    return str(path)


@pytest.fixture
def city_copy(tmp_path: Path) -> Callable[[str], Path]:
    """Copy a city folder of the repository, without what the programme made there, and return the copy's path."""

    def copy(name: str) -> Path:
        leave = shutil.ignore_patterns("facts", "runs", "reports", "inbox", "reviews", "records.*")
        return Path(shutil.copytree(ROOT / "cities" / name, tmp_path / name, ignore=leave))

    return copy


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the modules that are longer than the house wants, though not yet than it allows."""
    counts = {path: path.read_text(encoding="utf-8").count("\n") for path in sorted((ROOT / "src").rglob("*.py"))}
    long = [f"{path.relative_to(ROOT)} ({count})" for path, count in counts.items() if count > MODULE_LINES_WANTED]
    if long:
        terminalreporter.write_line(f"longer than the {MODULE_LINES_WANTED} lines a module should have: {', '.join(long)}")
