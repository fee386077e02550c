"""``list_tasks`` over city folders and plans, and the command."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

import dafeng as df
from dafeng.core.errors import SettingError

CITIES = Path(__file__).parents[2] / "cities"


@pytest.fixture(scope="module")
def yunting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the invented city."""
    return Path(shutil.copytree(CITIES / "yunting", tmp_path_factory.mktemp("city") / "yunting"))


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The command line."""
    return subprocess.run(
        [sys.executable, "-m", "dafeng.cli.main", "list-tasks", *words], capture_output=True, text=True, check=False
    )


def test_a_citys_own_document_gives_measures_with_their_characters(yunting: Path) -> None:
    city = df.open_city(yunting)
    text = (yunting / "plans/plan.txt").read_text(encoding="utf-8")
    measures = [measure for one in df.list_tasks(city).tasks for measure in one.measures if not measure.titled]
    assert measures
    assert all(text[one.anchor.start : one.anchor.end] == one.text for one in measures)


def test_a_plan_alone_has_titles_as_measures(yunting: Path) -> None:
    plan = df.open_city(yunting).read_plan()
    assert {measure.titled for one in df.list_tasks(plan).tasks for measure in one.measures} == {True}


def test_a_city_may_have_duties_of_its_own() -> None:
    found = df.list_tasks(df.open_city(CITIES / "qingdao"))
    named = {candidate.organisation for one in found.tasks for candidate in one.candidates}
    assert "市园林和林业局" in named
    assert "市园林和林业局" not in {
        c.organisation for one in df.list_tasks(df.open_city(CITIES / "qingdao").read_plan()).tasks for c in one.candidates
    }


def test_the_list_is_written_in_the_form_of_its_ending(yunting: Path, tmp_path: Path) -> None:
    listed = df.list_tasks(df.open_city(yunting))
    df.save_tasks(listed, tmp_path / "tasks.xlsx")
    df.save_tasks(listed, tmp_path / "tasks.docx", language="en")
    sheet = CalamineWorkbook.from_path(str(tmp_path / "tasks.xlsx")).get_sheet_by_index(0).to_python()
    assert (sum(isinstance(line[0], float) for line in sheet), sorted(p.name for p in tmp_path.iterdir())) == (
        len(listed.tasks),
        ["tasks.docx", "tasks.xlsx"],
    )


def test_another_ending_is_refused(yunting: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="docx"):
        df.save_tasks(df.list_tasks(df.open_city(yunting)), tmp_path / "tasks.pdf")


def test_the_view_holds_the_list_without_sentences(view) -> None:
    tasks = view["tasklist"]["tasks"]
    assert [one["id"] for one in tasks] == [task["id"] for task in view["tasks"]]
    assert all(measure["text"] is None or measure["titled"] for one in tasks for measure in one["measures"])


def test_the_command_prints_what_the_verb_gives(yunting: Path) -> None:
    listed = df.task_document(df.list_tasks(df.open_city(yunting)))
    assert json.loads(run(str(yunting), "--json").stdout) == listed


def test_the_command_reads_a_plan_document_too(yunting: Path) -> None:
    told = json.loads(run(str(yunting / "plans/plan.txt"), "--place", "990100", "--json").stdout)
    assert (told["place"], any(not m["titled"] for one in told["tasks"] for m in one["measures"])) == ("990100", True)


def test_the_command_compares_with_what_the_plan_states() -> None:
    told = json.loads(run(str(CITIES / "yantai"), "--check", "--json").stdout)
    assert [one["basis"] for one in told] == ["whole", "left_out", "without"]


@pytest.mark.parametrize(
    "words", [("nowhere",), ("{city}", "--out", "x.pdf"), ("{city}", "--lang", "fr"), ("{city}", "--document", "none.txt")]
)
def test_the_command_refuses_in_both_languages_and_without_a_traceback(yunting: Path, words: tuple[str, ...]) -> None:
    refused = run(*(word.format(city=yunting) for word in words))
    assert (refused.returncode, "Traceback" in refused.stderr, "Remedy" in refused.stderr) == (2, False, True)
