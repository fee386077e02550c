"""The simulator on the first two hundred seeds; ``make ledger-nightly`` takes ten thousand."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.store.ledger_tables import ACCOUNT, BLOCK, BOOK, CLAIM, EVENT, MOVE, POSTING, REVERSED, TAKEN
from tests.ledger import simulator
from tests.ledger.simulator import simulate

ENDS = {"answered, committed", "crash, committed", "crash, not committed", "error, committed", "error, not committed"}


@pytest.mark.parametrize("first", range(0, 200, 25))
def test_ledger_is_its_model_whatever_fails(first: int) -> None:
    hits = Counter[str]()
    told = sum((simulate(seed, hits=hits) for seed in range(first, first + 25)), Counter[str]())
    assert set(told) == ENDS
    told_of = {name.rpartition(" ")[0] for name in hits}
    written = (EVENT, POSTING, MOVE, REVERSED, TAKEN, BOOK, ACCOUNT, CLAIM, BLOCK)
    assert told_of >= {f"write {table.name}" for table in written}  # the last ones before the commit too
    assert hits.keys() >= {"commit before", "commit after"}
    assert hits.keys() & {f"write {table.name} amid" for table in written}


def test_a_night_leaves_a_line_with_seeds_findings_versions_and_duration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "made" / "ledger.jsonl"
    assert simulator.main(["--first", "7", "--seeds", "2", "--jobs", "1", "--log", str(log)]) == 0
    monkeypatch.setattr(simulator, "verify", lambda _: [Finding("r", "t", "error", Label("错", "wrong"), Label("改", "mend"))])
    assert simulator.main(["--first", "7", "--seeds", "1", "--jobs", "1", "--log", str(log)]) == 1
    good, bad = map(json.loads, log.read_text("utf-8").splitlines())
    assert (good["first"], good["seeds"], good["found"]) == (7, 2, {})
    assert good["seconds"] >= 0
    assert sum(good["told"].values()) > 10
    assert set(good["versions"]) == {"commit", "python", "sqlite", "ledger"}
    assert list(bad["found"]) == ["7"]
    assert "--first 7 --seeds 1" in bad["found"]["7"]


@pytest.mark.slow
def test_ledger_on_postgresql_is_its_model_whatever_fails(server: Any) -> None:
    hits = Counter[str]()
    told = sum((simulate(seed, server.get_uri(), hits) for seed in range(1000, 1010)), Counter[str]())
    assert set(told) == ENDS
    assert hits.keys() >= {"write ledger_block before", "write ledger_account amid", "commit before", "commit after"}
