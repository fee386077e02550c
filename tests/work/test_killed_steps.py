"""A decision that is killed before any of its steps is as before or as after, and doing it again completes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("name", "least"), [("take", 12), ("amend", 6), ("publish", 6), ("save", 6)])
def test_a_decision_that_is_killed_at_any_step_is_as_before_or_as_after(tmp_path: Path, name: str, least: int) -> None:
    command = [sys.executable, "-m", "tests.work.killed_steps", str(tmp_path), name]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert (told["faults"], told["steps"] >= least) == ([], True)
