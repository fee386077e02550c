"""The report of a run: found by its registered name, written whole, the same to the byte, every figure explained."""

from __future__ import annotations

import json
import tomllib
from importlib import import_module

import pytest

from dafeng.core.errors import SettingError
from dafeng.work import report as job
from dafeng.work.report import name_report, report, report_template, save_report


@pytest.fixture(autouse=True)
def registered(monkeypatch, root):
    """Reports of the package, whether or not the installed one knows them yet."""
    groups = tomllib.loads((root / "pyproject.toml").read_text())["project"]["entry-points"]

    def load(group: str, name: str):
        module, function = groups[group][name].split(":")
        return getattr(import_module(module), function)

    monkeypatch.setattr(job.registry, "names", lambda group: tuple(sorted(groups[group])))
    monkeypatch.setattr(job.registry, "load", load)


@pytest.fixture
def city(assessment, view, monkeypatch):
    """A city whose newest run holds the made assessment."""
    monkeypatch.setattr(job, "read_view", lambda _, run=None: json.loads(json.dumps(view)))
    return assessment.city


@pytest.mark.parametrize("form", ["docx", "xlsx", "json"])
def test_the_same_run_gives_the_same_bytes(city, form: str) -> None:
    assert report(city, form) == report(city, form)


def test_every_figure_of_the_report_is_explained_by_its_run(city, assessment) -> None:
    said, known = json.loads(report(city, "json")), {trace.address for trace in assessment.traces}
    assert said["addresses"]
    assert [address for address in said["addresses"] if address not in known] == []


def test_a_report_is_saved_by_the_ending_of_its_name(city, tmp_path) -> None:
    path = tmp_path / name_report(city.slug, "en", "xlsx")
    save_report(city, path, language="en")
    assert path.name.endswith("-assessment-en.xlsx")
    assert path.read_bytes() == report(city, "xlsx", language="en")


def test_a_template_is_filled_from_its_file(city, tmp_path) -> None:
    (tmp_path / "own.xlsx").write_bytes(report_template("xlsx"))
    assert report(city, "xlsx", template=tmp_path / "own.xlsx") != report(city, "xlsx")


def test_a_refused_template_leaves_the_older_file(city, tmp_path) -> None:
    path = tmp_path / "kept.xlsx"
    path.write_bytes(b"older")
    (tmp_path / "own.xlsx").write_bytes(b"no workbook")
    with pytest.raises(SettingError, match="no xlsx workbook"):
        save_report(city, path, template=tmp_path / "own.xlsx")
    assert path.read_bytes() == b"older"


@pytest.mark.parametrize(("kind", "form"), [("assessment", "odt"), ("annual", "docx")])
def test_an_unknown_report_names_those_that_are_known(city, kind: str, form: str) -> None:
    with pytest.raises(SettingError, match=r"assessment\.docx, assessment\.json"):
        report(city, form, kind=kind)


def test_there_is_no_template_of_a_pdf() -> None:
    with pytest.raises(SettingError, match=r"assessment\.pdf"):
        report_template("pdf")
