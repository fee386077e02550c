"""A rule is replaced only where the row says so."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError, LookupFailure
from dafeng.library.rules import read_rules

ROW = 'id: own\nsource: dafeng\nrules:\n  - {{id: {id}, value: {value}, unit: "1", says: {{zh: 约数, en: about}}{more}}}\n'


def overlay(folder: Path, text: str) -> Path:
    (folder / "rules").mkdir()
    (folder / "rules" / "own.yaml").write_text(text, encoding="utf-8")
    return folder


def test_shipped_rules_have_a_number_and_say_what_they_do() -> None:
    rules = read_rules()
    assert rules.value("about.other") == Decimal("0.05")
    assert all(rule.says.en for rule in rules.rules.values())


def test_a_city_replaces_a_rule_explicitly(tmp_path: Path) -> None:
    rules = read_rules(overlay(tmp_path, ROW.format(id="about.other", value="0.1", more=", replaces: true")))
    assert rules.value("about.other") == Decimal("0.1")


@pytest.mark.parametrize(
    ("id", "value", "more", "said"),
    [
        ("about.other", "0.1", "", "comes twice"),
        ("about.nothing", "0.1", ", replaces: true", "replaces nothing"),
        ("own.rule", "null", "", "has no number"),
        ("own.rule", "about", "", "must be a number"),
        ("own.rule", "1e-2", "", "no unambiguous number"),
    ],
)
def test_a_broken_rule_is_refused(tmp_path: Path, id: str, value: str, more: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        read_rules(overlay(tmp_path, ROW.format(id=id, value=value, more=more)))


def test_an_unknown_rule_is_not_a_default() -> None:
    with pytest.raises(LookupFailure, match=r"no rule 'about\.nothing'"):
        read_rules().value("about.nothing")
