"""Every source id resolves to one source; an overlay adds and never edits."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.sources import read_sources

ENTRY = (
    "sources:\n  {id}:\n    title: 统计公报\n    publisher: 市统计局\n    date: '2026'\n    url: ''\n    seen: official text\n"
)


def overlay(folder: Path, name: str) -> Path:
    (folder / "sources.yaml").write_text(ENTRY.format(id=name), encoding="utf-8")
    return folder


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
