"""Texts to values and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.plans.corrections import amend, spell_record
from dafeng.plans.fields import FIELDS, find_field
from dafeng.plans.typed import is_same, split_names, tidy
from tests.plans.reviews import base


@pytest.mark.parametrize("name", list(base().reviewed.records))
def test_a_record_amended_with_its_own_texts_is_itself(name):
    record = base().record(name)
    assert amend(record, spell_record(record), labels=base().indicators) == record


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        ("value", " １,２00.5 ", "1200.5"),
        ("value", "-3", "-3"),
        ("year", "2030年", "2030"),
        ("period", "２０２１/2025", "2021/2025"),
        ("period", "2024/..", "2024/.."),
        ("implied", "是", "1"),
        ("implied", "", "0"),
        ("organisations", "市能源局，市水利局; 市能源局", "市能源局、市水利局"),
        ("strength", "", ""),
        ("scope", "  市区 ", "市区"),
    ],
)
def test_a_text_is_brought_into_one_form(field, text, kept):
    assert tidy(find_field("target", field), text) == kept


@pytest.mark.parametrize(
    ("kind", "field", "text"),
    [
        ("target", "value", "二十"),
        ("target", "value", "1e5"),
        ("target", "value", "12，5"),
        ("target", "year", "30"),
        ("target", "period", "2025/2021"),
        ("target", "comparator", ""),
        ("target", "comparator", "≥"),
        ("target", "implied", "perhaps"),
        ("target", "indicator", "   "),
        ("target", "indicator", "两行\n文字"),
        ("target", "indicator", "字" * 201),
        ("goal", "text", "字" * 17),
        ("task", "leads", "局" * 61),
    ],
)
def test_a_text_that_is_no_value_is_refused(kind, field, text):
    with pytest.raises(SettingError):
        tidy(find_field(kind, field), text)


def test_a_field_that_is_none_is_refused_with_those_that_are():
    with pytest.raises(LookupFailure, match="leads, supports"):
        find_field("task", "value")


def test_marks_inside_brackets_do_not_separate():
    assert split_names("各县（市、区）政府、市水利局") == ("各县（市、区）政府", "市水利局")


def test_numbers_are_compared_by_value():
    field = find_field("target", "value")
    assert (is_same(field, "30", "30.0"), is_same(field, "30", "31"), is_same(field, "", "30")) == (True, False, False)


@given(st.sampled_from([field for fields in FIELDS.values() for field in fields]), st.text(max_size=30))
def test_tidying_twice_is_tidying_once_and_nothing_else_is_raised(field, text):
    try:
        once = tidy(field, text)
    except SettingError:
        return
    assert tidy(field, once) == once
