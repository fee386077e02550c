"""Rows, columns and identities of energy balances as definitions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.balance_rules import read_balance_rules, read_rule_book
from dafeng.library.balances import carriers, parts_of
from dafeng.library.overlay import shipped
from dafeng.library.records import Record
from dafeng.library.strict import read_yaml

TEXT = (shipped() / "balances" / "identities.yaml").read_text("utf-8")


def changed(folder: Path, old: str, new: str) -> Record:
    path = folder / "identities.yaml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return Record(read_yaml(path), ())


def test_a_total_takes_in_only_what_goes_into_transformation() -> None:
    rule = next(rule for rule in read_balance_rules().identities if rule.id == "total_inputs")
    column = {"final": Decimal(10), "loss": Decimal(1), "transformation.coking": Decimal(-5), "transformation.heat": Decimal(3)}
    assert rule.expect(column) == 16


def test_nothing_printed_expects_nothing() -> None:
    assert [rule.expect({}) for rule in read_balance_rules().identities if rule.expect({}) is not None] == []


def test_memo_rows_do_not_add_up() -> None:
    assert "loss.transmission" not in parts_of("loss")


def test_every_total_column_has_its_parts() -> None:
    rules = read_balance_rules()
    assert {rule.whole: set(rule.parts) for rule in rules.columns} == {
        name: {c.id for c in carriers().values() if c.parent == name} for name in ("coal_total", "oil_total")
    }


def test_every_transformation_with_a_plausible_range_is_a_row_of_its_section() -> None:
    assert {rule.flow for rule in read_balance_rules().efficiencies} <= set(parts_of("transformation"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("final + loss - transformation\n", "final + losses\n", "losses"),
        ("final + loss - transformation\n", "final * loss\n", "add and subtract"),
        ("flow: final.households", "flow: final.houses", "final.houses"),
        ("low: 0.20, high: 0.65", "low: 0.20, high: 1.65", "low < high"),
        ("column: coal_total", "column: coals", "coals"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(DefinitionError, match=words):
        read_rule_book(changed(tmp_path, old, new))
