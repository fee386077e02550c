"""Ids of facts: what goes into them, computed here a second time without the engine."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import TableError
from dafeng.core.tables import FACTS
from dafeng.store.engine import LocalEngine
from dafeng.store.facts import FactStore
from dafeng.store.identity import STATEMENT, check_given, identify, narrow
from tests.store.deliveries import day, delivery, row, table


def spelled(statement):
    """Hash of a statement: each text with its length in front, a dash for an absent one."""
    return "|".join("-" if text is None else f"{len(text)}:{text}" for text in statement)


def named(statement, copy=1, replaced="-"):
    inner = sha256(spelled(statement).encode()).hexdigest()[:32]
    return sha256(f"{inner}|{copy}|{replaced}".encode()).hexdigest()[:20]


def statement(**other):
    said = row(other.pop("value", "1.5"), **other) | {"value": f"{Decimal(other.get('value', '1.5')):.6f}"}
    return [said.get(name) for name in STATEMENT]


def identities(*rows):
    with LocalEngine() as engine:
        engine.register("held", FACTS.build([]))
        return identify(table(*rows), engine)


def test_an_id_is_the_hash_of_key_value_copy_and_replaced_fact():
    assert identities(row("1.5")).column("fact").to_pylist() == [named(statement())]


def test_the_second_of_two_equal_rows_has_an_id_of_its_own():
    found = identities(row("1.5"), row("1.5", cell="B3")).column("fact").to_pylist()
    assert found == [named(statement()), named(statement(), copy=2)]


def test_a_correction_carries_the_fact_it_replaces_in_its_id(tmp_path):
    store = FactStore(tmp_path)
    store.deliver(delivery("a", row("1.5", note="旧")), received=day(0))
    store.deliver(delivery("b", row("1.5", note="新")), received=day(1))
    first = named(statement(note="旧"))
    assert store.read().column("fact").to_pylist() == [named(statement(note="新"), replaced=first)]


def test_ids_stand_in_the_order_of_the_rows():
    rows = [row(number, cell=f"B{number}") for number in (3, 1, 2)]
    apart = [identities(each).column("fact")[0].as_py() for each in rows]
    assert identities(*rows).column("fact").to_pylist() == apart


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4), min_size=2, max_size=2, unique=True)
)
def test_different_notes_have_different_spellings(notes):
    assert spelled(statement(note=notes[0])) != spelled(statement(note=notes[1]))


def test_the_place_of_delivery_does_not_enter_the_id():
    elsewhere = row("1.5", file="other.xlsx", sheet="表2", cell="Z9")
    assert identities(elsewhere).column("fact").to_pylist() == [named(statement())]


def test_the_search_for_held_facts_is_narrowed_to_what_is_delivered():
    wish = narrow(table(row(1), row(2, period="2024")), day(0))
    assert dict(wish.wanted) == {"indicator": {"energy"}, "place": {"370600"}, "period": {"2024", "2025"}}


def test_many_values_do_not_narrow_the_search():
    rows = (row(1, place=f"{number:06d}") for number in range(501))
    assert set(narrow(table(*rows), day(0)).wanted) == {"indicator", "period"}


def test_further_columns_of_a_reader_are_left_out():
    rows = table(row(1))
    assert check_given(rows.append_column("fact", pa.array(["x"]))).schema == rows.schema


def test_a_missing_value_is_refused():
    rows = table(row(1))
    empty = rows.set_column(rows.schema.get_field_index("value"), "value", pa.nulls(1, pa.decimal128(19, 6)))
    with pytest.raises(TableError, match="missing values in value"):
        check_given(empty)
