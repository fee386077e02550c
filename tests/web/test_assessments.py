"""The assessment report on the first page and as a download."""

from __future__ import annotations

import tomllib
from importlib import import_module

import pytest

from dafeng.web import assessments
from dafeng.web.app import create_app
from dafeng.work.report import TEMPLATES, WRITERS
from tests.web.client import Client
from tests.web.sample import city, view


def points(root, group: str) -> dict[str, str]:
    """Entry points of the package."""
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]["entry-points"][group]


@pytest.fixture
def offered(monkeypatch, root):
    """All forms, whether or not the installed package knows them yet."""
    writers = points(root, WRITERS)

    def load(_: str, name: str):
        module, function = writers[name].split(":")
        return getattr(import_module(module), function)

    monkeypatch.setattr(assessments.registry, "names", lambda group: tuple(writers) if group == WRITERS else ())
    monkeypatch.setattr(assessments.registry, "load", load)


def test_the_package_registers_every_form(root) -> None:
    assert set(points(root, WRITERS)) == {f"assessment.{form}" for form in ("docx", "json", "pdf", "xlsx")}
    assert set(points(root, TEMPLATES)) == {"assessment.docx", "assessment.xlsx"}
    for name in (*points(root, WRITERS).values(), *points(root, TEMPLATES).values()):
        module, function = name.split(":")
        assert callable(getattr(import_module(module), function))


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize(("form", "start"), [("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_a_report_is_a_download(form: str, start: bytes) -> None:
    content, media = assessments.make_file(view(), f"yangli-assessment-zh.{form}") or (b"", "")
    assert content.startswith(start)
    assert media == assessments.TYPES[form]


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("name", ["yangli-assessment-fr.pdf", "yangli-assessment-zh.exe", "other-assessment-zh.pdf"])
def test_no_other_name_is_a_report(name: str) -> None:
    assert assessments.make_file(view(), name) is None


@pytest.mark.usefixtures("offered")
def test_the_first_page_offers_the_report() -> None:
    client = Client(create_app([city()]))
    page = client.get("/yangli/").text
    assert 'href="/yangli/yangli-assessment-zh.docx" download' in page
    answer = client.get("/yangli/yangli-assessment-zh.xlsx")
    assert (answer.status_code, answer.headers["content-type"]) == (200, assessments.TYPES["xlsx"])
    assert "yangli-assessment-zh.xlsx" in answer.headers["content-disposition"]


def test_an_unknown_report_is_a_page_that_says_so() -> None:
    assert Client(create_app([city()])).get("/yangli/yangli-assessment-zh.exe").status_code == 404
