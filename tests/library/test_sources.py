"""Every source id resolves to one source; an overlay adds and never edits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.library.sources import read_sources

ENTRY = (
    "sources:\n  {id}:\n    title: 统计公报\n    publisher: 市统计局\n    date: '2026'\n    url: ''\n    seen: official text\n"
)


def overlay(folder: Path, name: str) -> Path:
    (folder / "sources.yaml").write_text(ENTRY.format(id=name), encoding="utf-8")
    return folder


OWN = re.compile(r"本项目|虚构|dafeng|\b(this|the) project\b|our own|invented", re.IGNORECASE)


@pytest.mark.parametrize("folder", [None, *sorted(one.name for one in Path("cities").iterdir() if one.is_dir())])
def test_what_the_project_says_of_a_source_stands_in_both_languages(folder: str | None) -> None:
    sources = read_sources(*([Path("cities") / folder / "data"] if folder else []))
    assert not [name for name, one in sources.items() if not isinstance(one.seen, Label)]
    own = {name: one for name, one in sources.items() if OWN.search(f"{one.publisher} {one.title}")}
    assert len(own) >= 11
    assert not [name for name, one in own.items() if not isinstance(one.title, Label)]
    told = [text for one in sources.values() for text in (one.title, one.seen) if isinstance(text, Label)]
    assert not [one for one in told if re.search("[\u4e00-\u9fff]", one.en) or not re.search("[\u4e00-\u9fff]", one.zh)]


def test_a_title_of_a_publication_stays_as_published() -> None:
    assert read_sources()["prov2025"].title == "省级温室气体清单编制指南（2025年版）"


def test_shipped_sources_say_how_they_were_seen() -> None:
    assert all(source.seen for source in read_sources().values())


def test_an_overlay_adds_a_source(tmp_path: Path) -> None:
    assert read_sources(overlay(tmp_path, "city-2026"))["city-2026"].publisher == "市统计局"


def test_an_overlay_cannot_edit_a_source(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="'ind24' is already defined"):
        read_sources(overlay(tmp_path, "ind24"))


def test_a_misspelt_field_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(ENTRY.format(id="a").replace("seen:", "seem:"), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"sources.yaml:7:\d+: sources.a.seem: undeclared field 'seem'"):
        read_sources(tmp_path)
