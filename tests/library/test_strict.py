"""What YAML would silently change is refused with its place (style: data files)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError
from dafeng.library.strict import load_yaml, read_yaml


def outcome(text: str) -> str:
    try:
        load_yaml(text)
    except DefinitionError:
        return "refused"
    return "read"


@pytest.mark.parametrize("word", ["NO", "no", "Yes", "on", "Off", "y", "N", "True", "FALSE", "Null"])
def test_words_that_yaml_turns_into_truth_values_are_refused(word: str) -> None:
    with pytest.raises(DefinitionError, match=f"text:1:4: '{word}' is ambiguous"):
        load_yaml(f"a: {word}")


@pytest.mark.parametrize(
    "text", ["1e6", "012", "1_000", "1,000", "+3", ".5", "5.", "0x10", "0o7", "12:30", ".inf", ".NaN", "-007", "1E-3"]
)
def test_numbers_that_can_be_misread_are_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match=r"text:2:4: .*no unambiguous number"):
        load_yaml(f"b: x\na: {text}")


def test_equal_keys_are_refused_at_the_second() -> None:
    with pytest.raises(DefinitionError, match="text:3:3: duplicate key 'x'"):
        load_yaml("a:\n  x: 1\n  x: 2")


@pytest.mark.parametrize(
    "text", ["a: &b 1", "a: *b", "a: !!str 1", "<<: 1", "? [1]\n: 2", "1.5: a", "true: a", "a: 1\n---\nb: 2"]
)
def test_constructs_beyond_plain_trees_are_refused(text: str) -> None:
    with pytest.raises(DefinitionError):
        load_yaml(text)


def test_broken_yaml_names_line_and_column() -> None:
    with pytest.raises(DefinitionError, match=r"text:\d+:\d+: not YAML"):
        load_yaml("a: 1\nb: [1, 2")


def test_nesting_is_bounded() -> None:
    with pytest.raises(DefinitionError, match="nested deeper"):
        load_yaml("[" * 80 + "]" * 80)


def test_plain_values_keep_their_exact_meaning() -> None:
    assert load_yaml("a: 0.10\nb: -3\nc: '012'\nd: null\ne: true\nf: 2024-05-22\n2025: x") == {
        "a": Decimal("0.10"),
        "b": -3,
        "c": "012",
        "d": None,
        "e": True,
        "f": "2024-05-22",
        2025: "x",
    }


def test_files_that_are_not_utf8_are_refused_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes("a: 1\nb: 山东".encode("gbk"))
    with pytest.raises(DefinitionError, match=r"gbk.yaml:2:\d+: not UTF-8"):
        load_yaml(path)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no such file"):
        load_yaml(tmp_path / "none.yaml")


def test_the_place_of_every_part_is_known() -> None:
    assert read_yaml("a:\n  - b: 1\n  - c: 2", name="f").at("a", 1, "c") == "f:3:8"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_every_plain_decimal_is_read_exactly(value: Decimal) -> None:
    assert load_yaml(f"a: {value:f}") == {"a": value}


@given(st.text(alphabet="abc:-[]{}&*!'\"#\n 019.eE", max_size=40))
def test_any_text_is_read_or_refused_never_anything_else(text: str) -> None:
    assert outcome(text) in ("read", "refused")
