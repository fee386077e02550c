"""The frozen copy opens from a folder."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dafeng.web.freeze import shelf, write_site
from tests.web.client import Page
from tests.web.sample import RUN, traces, view


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(view(), traces(), tmp_path_factory.mktemp("report")).parent


def links(path: Path) -> set[str]:
    """Files that a page names; the workbook is another presenter's."""
    page = Page(path.read_text(encoding="utf-8"))
    named = {address.split("#")[0] for address in (*page.values("href"), *page.values("src"))}
    return {name for name in named if name and ":" not in name and not name.endswith(".xlsx")}


def kept(path: Path) -> dict[str, str]:
    """Explanations in a shelf file."""
    shelf_items: dict[str, str] = json.loads(path.read_text(encoding="utf-8").partition(",")[2].removesuffix(");\n"))
    return shelf_items


def test_all_pages_lie_there_in_both_languages(site: Path) -> None:
    assert {path.name for path in site.glob("*.html")} == {path.name for path in (site / "en").glob("*.html")}


def test_fields_organisations_and_targets_have_their_files(site: Path) -> None:
    names = [path.name.split("-")[0] for path in site.glob("*-*.html")]
    assert (names.count("field"), names.count("organisation"), names.count("target")) == (7, 8, 14)


def test_a_frozen_copy_says_that_it_holds_one_run(site: Path) -> None:
    assert "静态副本只含一次运行" in (site / "target-T01.html").read_text(encoding="utf-8")


def test_every_relative_link_leads_to_a_file(site: Path) -> None:
    pages = site.rglob("*.html")
    assert [(page.name, link) for page in pages for link in links(page) if not (page.parent / link).exists()] == []


def test_nothing_is_absolute_or_fetched_from_outside(site: Path) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.html"))
    assert re.findall(r"""(?:src|action)=["'](?:/|[a-z]+:)|href=["']/""", text) == []


def test_every_number_has_its_explanation(site: Path) -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in site.glob("*.html"))
    asked = set(re.findall(r'data-explain="([^"]+)"', pages))
    told = {address for path in (site / "explain").glob("*.js") for address in kept(path)}
    assert asked - told == set()


def test_the_data_lie_beside_the_pages(site: Path) -> None:
    assert json.loads((site / "view.json").read_text(encoding="utf-8"))["run"]["id"] == RUN


def test_writing_again_replaces_the_copy(site: Path) -> None:
    (site / "stale.html").write_text("old", encoding="utf-8")
    write_site(view(), traces(), site.parent)
    assert sorted(path.name for path in site.parent.iterdir()) == ["site"]
    assert not (site / "stale.html").exists()


def test_an_address_cannot_choose_its_file() -> None:
    assert shelf("../../etc/x") == "--"
