"""What files say is read once for one content: an edit is seen at once, and no reader can change what another gets."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dafeng.library import strict
from dafeng.library.factors import read_factors
from dafeng.library.indicators import read_indicators
from dafeng.library.sources import read_sources
from dafeng.library.strict import load_yaml, read_yaml

SOURCE = "sources:\n  city-2026: {title: 公报, publisher: NAME, date: '2026', url: '', seen: official text}\n"
INDICATOR = (
    "id: own\nsource: ind24\nindicators:\n"
    "  - {id: own_share, label: {zh: 自有份额, en: own share}, unit: UNIT, kind: ratio, direction: none, field: economy}\n"
)
NAMES = "kind,id,zh,en,symbol\nsubstance,own_fuel,NAME,own fuel,\n"


def publisher(folder: Path, word: str) -> str:
    (folder / "sources.yaml").write_text(SOURCE.replace("NAME", word), encoding="utf-8")
    return read_sources(folder)["city-2026"].publisher


def measured(folder: Path, word: str) -> str:
    (folder / "indicators").mkdir(exist_ok=True)
    (folder / "indicators" / "own.yaml").write_text(INDICATOR.replace("UNIT", word), encoding="utf-8")
    return read_indicators(folder).indicators["own_share"].unit


def fuel(folder: Path, word: str) -> str:
    (folder / "factors").mkdir(exist_ok=True)
    (folder / "factors" / "names_own.csv").write_text(NAMES.replace("NAME", word), encoding="utf-8")
    return read_factors(folder).label("substance", "own_fuel").zh


def plain(folder: Path, word: str) -> str:
    (folder / "a.yaml").write_text(f"a: {word}\n", encoding="utf-8")
    os.utime(folder / "a.yaml", ns=(1, 1))
    return str(load_yaml(folder / "a.yaml")["a"])


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (publisher, ("甲局", "乙局", "市统计局")),
        (measured, ("kg", "km", "m2")),
        (fuel, ("甲煤", "乙煤", "洗精煤")),
        (plain, ("1", "2", "33")),
    ],
)
def test_an_edit_is_seen_at_once_even_of_the_same_size_and_time(
    tmp_path: Path, read: Callable[[Path, str], str], words: tuple[str, ...]
) -> None:
    assert [read(tmp_path, word) for word in (*words, words[0])] == [*words, words[0]]


def test_a_file_that_is_added_or_removed_counts(tmp_path: Path) -> None:
    before = set(read_sources(tmp_path))
    publisher(tmp_path, "甲局")
    assert set(read_sources(tmp_path)) - before == {"city-2026"}
    (tmp_path / "sources.yaml").unlink()
    assert set(read_sources(tmp_path)) == before


def test_a_reader_cannot_change_what_another_gets() -> None:
    text = "a: {b: [1, {c: 2}]}"
    read_yaml(text).value["a"]["b"][1]["c"] = 3
    read_yaml(text).value["a"]["b"].append(4)
    assert load_yaml(text) == {"a": {"b": [1, {"c": 2}]}}
    first = dict(read_sources())
    mine = read_sources()
    assert isinstance(mine, dict)
    mine.clear()
    assert read_sources() == first


def test_the_same_text_under_another_name_keeps_its_own_place() -> None:
    assert [read_yaml("a: 1", name=name).at("a") for name in ("x.yaml", "y.yaml")] == ["x.yaml:1:4", "y.yaml:1:4"]


def test_a_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    events = strict.yaml.parse

    def parse(text: str, **options: object) -> object:
        parsed.append(text)
        return events(text, **options)

    monkeypatch.setattr(strict.yaml, "parse", parse)
    assert [load_yaml("once: and for all") for _ in range(3)] == [{"once": "and for all"}] * 3
    assert parsed == ["once: and for all"]
