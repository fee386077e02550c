"""A report appears whole or not at all, from what the run stored."""

from __future__ import annotations

import json

import pytest

from dafeng.core import registry
from dafeng.core.errors import CityError
from dafeng.work.city import init
from dafeng.work.frozen import freeze, read_view
from dafeng.work.present import present
from dafeng.work.views import assessment_document
from tests.work import made


@pytest.fixture
def stored(tmp_path):
    found = made.assessment(tmp_path)
    freeze(found)
    return found


@pytest.fixture
def register(monkeypatch):
    """Register presenters for this test only."""

    def registering(**presenters):
        monkeypatch.setattr(registry, "names", lambda _: tuple(presenters))
        monkeypatch.setattr(registry, "load", lambda _, name: presenters[name])

    return registering


def write_count(view, traces, folder):
    (folder / "count.txt").write_text(f"{len(view['verdicts'])} {len(traces)}", encoding="utf-8")


def fail(view, traces, folder):  # noqa: ARG001 - the signature of presenters
    (folder / "half").write_text("half", encoding="utf-8")
    raise OSError("disk full")


def test_the_report_lies_under_the_name_of_its_run(stored, register):
    register(count=write_count)
    site = present(stored.city)
    assert (site.run, sorted(path.name for path in site.files), site.files[0].parent) == (
        stored.run.id,
        ["assessment.json", "count.txt"],
        stored.city.folder / "reports" / stored.run.id,
    )


def test_a_presenter_gets_the_stored_view_and_all_traces(stored, register):
    register(count=write_count)
    assert (present(stored.city).files[1]).read_text() == f"4 {len(stored.traces)}"


def test_the_summary_is_that_of_the_stored_view(stored, register):
    register()
    summary = present(stored.city).files[0]
    assert json.loads(summary.read_text("utf-8")) == assessment_document(read_view(stored.city))


def test_the_latest_report_is_named(stored, register):
    register()
    run = present(stored.city).run
    assert (stored.city.folder / "reports" / "latest").read_text() == f"{run}\n"


def test_a_second_report_of_the_same_run_replaces_the_first(stored, register):
    register(count=write_count)
    present(stored.city)
    register()
    assert [path.name for path in present(stored.city).files] == ["assessment.json"]


def test_a_failing_presenter_leaves_the_report_as_it_was(stored, register):
    register(count=write_count)
    before = present(stored.city).files
    register(fail=fail)
    with pytest.raises(OSError, match="disk full"):
        present(stored.city)
    reports = stored.city.folder / "reports"
    assert (all(path.exists() for path in before), sorted(path.name for path in reports.iterdir())) == (
        True,
        [stored.run.id, "latest"],
    )


def test_without_a_run_it_says_to_assess_first(tmp_path):
    with pytest.raises(CityError, match="assess"):
        present(init(tmp_path / "empty", place="370600"))


def test_another_year_is_not_presented(stored):
    with pytest.raises(CityError):
        present(stored.city, year=2019)


def test_the_presenters_that_ship_inside_write_site_and_workbook(stored):
    # the made plan holds a target without a figure and one of an unknown indicator
    names = {path.name for path in present(stored.city, stored.plan, year=2025).files}
    assert {"assessment.json", "site", "sample.xlsx"} <= names
