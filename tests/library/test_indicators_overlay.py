"""A city adds names to known indicators without touching them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.indicators import read_indicators


def overlay(folder: Path, text: str) -> Path:
    (folder / "indicators").mkdir()
    (folder / "indicators" / "own.yaml").write_text("id: own\nsource: dafeng\n" + text, encoding="utf-8")
    return folder


def test_an_overlay_gives_an_indicator_another_name(tmp_path: Path) -> None:
    found = read_indicators(overlay(tmp_path, "synonyms:\n  - {indicator: forest_cover, names: [林子的覆盖率]}\n"))
    match = found.match("林子的覆盖率", "%")
    assert (match and match.indicator.id, match and match.how) == ("forest_cover", "synonym")


def test_the_package_does_not_know_the_name_of_an_overlay(tmp_path: Path) -> None:
    read_indicators(overlay(tmp_path, "synonyms:\n  - {indicator: forest_cover, names: [林子的覆盖率]}\n"))
    assert read_indicators().match("林子的覆盖率", "%") is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  - {indicator: nothing_known, names: [甲]}", "unknown indicator 'nothing_known'"),
        ("  - {indicator: forest_cover, name: 甲}", "undeclared field 'name'"),
    ],
)
def test_a_broken_synonym_is_refused_with_its_place(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=rf"own.yaml:4:\d+.*{said}"):
        read_indicators(overlay(tmp_path, f"synonyms:\n{line}\n"))
