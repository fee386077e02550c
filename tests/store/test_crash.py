"""kill -9 at any instruction leaves a store as before or after; two writers at once lose and double nothing."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from dafeng.store.facts import FactStore
from tests.store.deliveries import values

pytestmark = pytest.mark.slow
KILLED = [sys.executable, "-m", "tests.store.killed"]


def killed_everywhere(root, folder, story):
    ended = subprocess.run([*KILLED, story, str(folder)], cwd=root, capture_output=True, text=True, check=False, timeout=600)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture(scope="module")
def facts_after(root, tmp_path_factory):
    return killed_everywhere(root, tmp_path_factory.mktemp("facts"), "facts")


@pytest.fixture(scope="module")
def runs_after(root, tmp_path_factory):
    return killed_everywhere(root, tmp_path_factory.mktemp("runs"), "runs")


def test_many_kill_points_were_tried(facts_after, runs_after):
    assert min(len(facts_after), len(runs_after)) > 20


def test_a_killed_delivery_is_there_whole_or_not_at_all(facts_after):
    assert {tuple(found["seen"]) for found in facts_after} == {("2", "1"), ("4", "2", "3")}


def test_once_a_delivery_is_there_it_stays(facts_after):
    seen = [found["seen"] == ["4", "2", "3"] for found in facts_after]
    assert seen == sorted(seen)


def test_a_killed_delivery_damages_no_file(facts_after):
    assert [found["errors"] for found in facts_after] == [[]] * len(facts_after)


def test_delivering_again_after_a_kill_gives_the_whole(facts_after):
    assert {tuple(found["healed"]) for found in facts_after} == {("4", "2", "3")}


def test_what_a_kill_left_is_removed_by_the_next_delivery(facts_after):
    assert {found["left"] for found in facts_after} == {0}


def test_a_killed_run_is_there_whole_or_not_at_all(runs_after):
    assert {tuple(found["seen"]) for found in runs_after} == {(1,), (1, 2)}


def test_a_killed_run_damages_no_file(runs_after):
    assert [found["errors"] for found in runs_after] == [[]] * len(runs_after)


def test_the_next_run_does_not_meet_what_a_kill_left(runs_after):
    assert {tuple(found["healed"]) for found in runs_after} == {(1, 3), (1, 2, 3)}


def test_nothing_acknowledged_is_lost_when_killed_at_random(root, tmp_path):
    folder = tmp_path / "facts"
    said = [kill_after(root, folder, count) for count in (1, 4, 2, 6)]
    lots = FactStore(folder).lots()
    whole = [lot.items[0].file for lot in lots] == [f"file{number}.csv" for number in range(len(lots))]
    assert (whole, len(lots) > max(said), FactStore(folder).read().num_rows) == (True, True, 5 * len(lots))


def kill_after(root, folder, count):
    """Start a writer, kill it while it works on what follows its n-th word, and return the last number it said."""
    with subprocess.Popen([*KILLED, "for_ever", str(folder)], cwd=root, stdout=subprocess.PIPE, text=True) as writer:
        words = [writer.stdout.readline() for _ in range(count)]
        writer.kill()
        words += writer.stdout.readlines()
    return int(words[-1])


def test_two_writers_at_once_lose_and_double_nothing(root, tmp_path):
    folder = tmp_path / "facts"
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from dafeng.store.facts import FactStore\n"
        "from tests.store.deliveries import day, delivery, row\n"
        "for n in range(6):\n"
        "    for name in (f'{sys.argv[2]}{n}', f'both{n}'):\n"
        "        rows = [row(1, place=name, cell=f'B{m}', period=str(1990 + m)) for m in range(3)]\n"
        "        FactStore(Path(sys.argv[1])).deliver(delivery(name, *rows), received=day(n))\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(folder), name], cwd=root) for name in ("one", "two")]
    ended = [writer.wait(timeout=300) for writer in writers]
    # 6 files of each writer and 6 that both deliver, 3 facts of value 1 each: 18 lots, 54 facts.
    assert (ended, len(FactStore(folder).lots()), values(FactStore(folder).read())) == ([0, 0], 18, ["1"] * 54)
