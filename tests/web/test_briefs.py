"""The brief on the first page and as a download."""

from __future__ import annotations

import tomllib
from importlib import import_module

import pytest

from dafeng.web import briefs
from dafeng.web.app import create_app
from tests.web.client import Client
from tests.web.sample import city, view


@pytest.fixture
def offered(monkeypatch):
    """Both forms, whether or not the installed package knows them yet."""
    writers = {"docx": "dafeng.reports.brief_docx:write_docx", "pdf": "dafeng.reports.brief_pdf:write_pdf"}

    def load(_: str, name: str):
        module, function = writers[name].split(":")
        return getattr(import_module(module), function)

    monkeypatch.setattr(briefs.registry, "names", lambda group: tuple(writers) if group == briefs.WRITERS else ())
    monkeypatch.setattr(briefs.registry, "load", load)


def test_the_package_registers_both_forms(root) -> None:
    points = tomllib.loads((root / "pyproject.toml").read_text())["project"]["entry-points"][briefs.WRITERS]
    assert set(points) == {"docx", "pdf"}
    for name in points.values():
        module, function = name.split(":")
        assert callable(getattr(import_module(module), function))


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize(("name", "start"), [("yangli-brief-zh.docx", b"PK"), ("yangli-brief-en.pdf", b"%PDF")])
def test_a_brief_is_a_download(name: str, start: bytes) -> None:
    content, media = briefs.make_file(view(), name) or (b"", "")
    assert content.startswith(start)
    assert media == briefs.TYPES[name.rsplit(".", 1)[1]]


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("name", ["yangli-brief-fr.pdf", "yangli-brief-zh.exe", "other-brief-zh.pdf"])
def test_no_other_name_is_a_brief(name: str) -> None:
    assert briefs.make_file(view(), name) is None


@pytest.mark.usefixtures("offered")
def test_a_frozen_copy_offers_what_needs_no_font() -> None:
    assert briefs.list_files("yangli", "zh", live=False) == [("docx", "yangli-brief-zh.docx")]


@pytest.mark.usefixtures("offered")
def test_a_machine_without_a_font_offers_no_pdf(monkeypatch) -> None:
    monkeypatch.setattr("dafeng.reports.paper_pdf.ROLES", {"song": ()})
    assert briefs.make_file(view(), "yangli-brief-zh.pdf") is None


def test_an_unknown_brief_is_a_page_that_says_so() -> None:
    assert Client(create_app([city()])).get("/yangli/yangli-brief-zh.exe").status_code == 404
