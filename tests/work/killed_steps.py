"""Decisions that are killed at every step that reaches the disk; started as ``python -m tests.work.killed_steps FOLDER NAME``.

A child does the work in a copy of a city and is killed (SIGKILL) just before its n-th opening for writing, renaming or
removing of a file in the city, then n + 1, until it comes to its end. After each kill the city is looked at, and the work is
done again.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import dafeng as df
from dafeng.core.errors import ConflictError
from dafeng.core.labels import Label
from dafeng.store.records import open_records
from dafeng.work.amend import amend_upload
from dafeng.work.correct import corrections
from dafeng.work.deliver import return_upload, take_upload
from dafeng.work.publish_change import Decision, change_visibility, list_decisions
from dafeng.work.publish_rules import read_visibility
from dafeng.work.scenario_choice import Choice
from dafeng.work.scenario_live import open_scenarios
from dafeng.work.scenario_pending import saved_by
from dafeng.work.scenario_save import mark_scenario, save_scenario
from dafeng.work.upload_state import Upload
from dafeng.work.uploads import find_upload, keep_upload, list_uploads
from tests.conftest import ROOT

HEAD = "指标,时期,数值,单位\n"
TABLE = (HEAD + "能源消费总量,2024,5305,万吨标准煤\n绿色工厂数量,2024,70,家\n").encode()
BROKEN = (HEAD + "能源消费总量,2024,五百,万吨标准煤\n绿色工厂数量,2024,70,家\n").encode()
VALUES = {"a.csv!C2": ("530.5", "少写小数点"), "a.csv!C3": ("7", "多写零")}
WANTED = [Decimal("530.5"), Decimal(7)]
Act = Callable[[df.City], object]
Look = Callable[[df.City], list[str]]
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def kill_before(folder: Path, step: int) -> None:
    """Kill this process before its n-th change of a file in a folder."""
    left, root = [step], str(folder)

    def count(event: str, given: tuple[Any, ...]) -> None:
        changes = event in ("os.rename", "os.remove") or (event == "open" and bool(given[2] and given[2] & WRITING))
        if changes and str(given[0]).startswith(root):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def killed(template: Path, folder: Path, act: Act, step: int) -> bool:
    """Whether a child that does the work in a fresh copy was killed at a step."""
    shutil.copytree(template, folder)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            city = df.open_city(folder)
            kill_before(folder, step)
            act(city)
            code = 0
        finally:
            os._exit(code)
    ended = os.waitpid(child, 0)[1]
    if os.WIFEXITED(ended) and os.WEXITSTATUS(ended) != 0:
        raise RuntimeError(f"step {step} failed")
    return os.WIFSIGNALED(ended)


def figures(city: df.City, name: str = "a.csv") -> list[Decimal]:
    """Values in force from a file, corrected ones too."""
    rows = city.facts.read().to_pylist()
    return sorted(
        (row["value"].normalize() for row in rows if row["file"] in (name,) or "corrections/" in row["file"]), reverse=True
    )


def sound(city: df.City) -> list[str]:
    """What is damaged in records and facts."""
    with open_records(city.records) as records:
        faults = [*records.verify(), *city.facts.verify()]
    return [str(one.says) for one in faults if one.severity == "error"]


def only(city: df.City) -> Upload:
    """The upload of a city that has one."""
    return list_uploads(city)[-1]


def take(city: df.City) -> object:
    """Take the file in with both corrections."""
    return take_upload(city, find_upload(city, only(city).id), who="zhang", values=VALUES)


def look_take(city: df.City) -> list[str]:
    """None of its figures count while it is open, all corrected ones when it is taken; then it is finished."""
    faults = []
    raw, upload, made = figures(city), only(city), corrections(city)
    expected = {"open": ([], 0), "taken": (WANTED, 2)}[upload.state]
    if (raw, figures(city), len(made)) != (expected[0], expected[0], expected[1]):
        faults.append(f"{upload.state}: {raw}, {len(made)} corrections")
    try:
        return_upload(city, upload, who="li", remark="no")
        if upload.state != "open" or figures(city):
            faults.append("sent back although its figures count")
        keep_upload(city, TABLE, name="a.csv", who="zhang")
    except ConflictError:
        faults += ["not sent back although open"] if upload.state == "open" else []
    take(city)
    done = figures(city), only(city).state, len(corrections(city)), len(city.facts.lots())
    return faults + ([] if done == (WANTED, "taken", 2, 3) else [f"done again: {done}"])


def amend(city: df.City) -> object:
    """Correct the cell that could not be read."""
    found = next(one for one in list_uploads(city) if one.state == "open")
    return amend_upload(city, found, {("", "C2"): "530.5"}, who="zhang")


def look_amend(city: df.City) -> list[str]:
    """One file waits: as it was, or the corrected copy."""
    states = sorted(one.state for one in list_uploads(city))
    faults = [] if states in (["open"], ["open", "returned"]) else [f"states {states}"]
    amend(city)
    states = sorted(one.state for one in list_uploads(city))
    return faults + ([] if states == ["open", "returned"] else [f"done again: {states}"])


def publish(city: df.City) -> object:
    """Publish a kind."""
    return change_visibility(city, [Decision("measures", "", "public")], who="li")


def look_publish(city: df.City) -> list[str]:
    """What is public is logged, and what is logged is public."""
    public, logged = read_visibility(city).state("measures", None) == "public", bool(list_decisions(city))
    faults = [] if public == logged else [f"public {public}, logged {logged}"]
    publish(city)
    done = read_visibility(city).state("measures", None), len(list_decisions(city))
    left = [path.name for path in city.overlay.glob(".visibility*")]
    return faults + ([] if (done, left) == (("public", 1), []) else [f"done again: {done} {left}"])


def save(city: df.City) -> object:
    """Keep a scenario."""
    live = open_scenarios(city)
    return save_scenario(city, live, Choice(positions={"nuclear": 9000.0}), id="own_1", label=Label("甲", "a"), who="zhang")


def look_save(city: df.City) -> list[str]:
    """A scenario is there with its name and its log entry, or not at all."""
    names = [one.id for one in open_scenarios(city).layers.scenarios]
    with open_records(city.records) as records:
        last = saved_by(records, "own_1")
    there = (mark_scenario(city, "own_1"), "own_1" in names, last.who)
    return [] if there in ((last.mark, True, "zhang"), ("", False, "")) else [f"{there} {last}"]


def open_with(content: bytes) -> Callable[[Path], df.City]:
    """Maker of a city with one file that waits."""

    def make(folder: Path) -> df.City:
        city = df.init(folder, place="990200")
        keep_upload(city, content, name="a.csv", who="zhang")
        return city

    return make


def empty(folder: Path) -> df.City:
    """A city with nothing."""
    return df.init(folder, place="990200")


def yantai(folder: Path) -> df.City:
    """The sample city without its runs."""
    shutil.copytree(
        ROOT / "cities" / "yantai", folder, ignore=shutil.ignore_patterns("runs", "facts", "reports", "jobs", "records*")
    )
    return df.open_city(folder)


WORK: dict[str, tuple[Callable[[Path], df.City], Act, Look]] = {
    "take": (open_with(TABLE), take, look_take),
    "amend": (open_with(BROKEN), amend, look_amend),
    "publish": (empty, publish, look_publish),
    "save": (yantai, save, look_save),
}


def main() -> None:
    """Kill one kind of work at every step; print how many steps there are and what was found."""
    folder, (make, act, look) = Path(sys.argv[1]), WORK[sys.argv[2]]
    template = make(folder / "template").folder
    with open_records(df.open_city(template).records):
        pass
    faults, step = [], 1
    while killed(template, folder / str(step), act, step):
        city = df.open_city(folder / str(step))
        faults += [f"step {step}: {fault}" for fault in (*look(city), *sound(city))]
        shutil.rmtree(city.folder)
        step += 1
    faults += [f"end: {fault}" for fault in look(df.open_city(folder / str(step)))]
    sys.stdout.write(json.dumps({"steps": step - 1, "faults": faults}, ensure_ascii=False))


if __name__ == "__main__":
    main()
