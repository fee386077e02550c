"""What cannot be accounted is said or refused: unknown editions, own methods whose examples fail, nothing at all."""

from __future__ import annotations

from pathlib import Path

import pytest

import dafeng as df
from dafeng.core.errors import DefinitionError, LookupFailure
from dafeng.library.overlay import shipped


def own(tmp_path: Path, old: str = "", new: str = "") -> df.City:
    """A city with a method of its own: a copy of a shipped one with one thing changed."""
    city = df.init(tmp_path / "city", place="990100")
    text = (shipped() / "methods" / "purchased_heat.yaml").read_text(encoding="utf-8")
    text = text.replace("id: purchased_heat", "id: own_heat").replace("indirect.heat", "indirect.own")
    assert old in text
    (city.overlay / "methods").mkdir(parents=True, exist_ok=True)
    (city.overlay / "methods" / "own.yaml").write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return city


def test_an_edition_that_no_method_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LookupFailure, match="such as ind24"):
        df.account(df.init(tmp_path / "city", place="990100"), edition="ind42")


def test_a_city_without_data_is_told_so_and_nothing_is_zero(tmp_path: Path) -> None:
    found = df.account(df.init(tmp_path / "city", place="990100"), year=2020)
    assert [f.rule for f in found.findings] == ["account.nothing"]
    assert found.scores == ()


def test_a_method_of_the_city_with_examples_that_hold_is_taken(tmp_path: Path) -> None:
    assert "own_heat" in df.account(own(tmp_path)).methods


@pytest.mark.parametrize(
    ("old", "new"), [("result: 1110,", "result: 1,"), ("  - {edition: db2026, carrier", "  - {edition: ind24, carrier")]
)
def test_a_method_of_the_city_whose_examples_fail_is_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(DefinitionError, match="own_heat"):
        df.account(own(tmp_path, old, new))
