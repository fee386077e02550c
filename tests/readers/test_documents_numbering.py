"""Numbers as Word prints them; the expected ones are those of ISO/IEC 29500-1, 17.18.59 (ST_NumberFormat)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.readers.numbering import FORMS, count_chinese, read_numbering


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (0, "〇"),
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (99, "九十九"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (10000, "10000"),
    ],
)
def test_chinese_numbers(number, wanted):
    assert count_chinese(number) == wanted


@pytest.mark.parametrize(
    ("form", "number", "wanted"),
    [
        ("decimal", 3, "3"), ("decimalZero", 3, "03"), ("decimalZero", 12, "12"), ("decimalFullWidth", 12, "１２"),
        ("lowerLetter", 1, "a"), ("lowerLetter", 27, "aa"), ("upperLetter", 26, "Z"),
        ("lowerRoman", 4, "iv"), ("upperRoman", 1994, "MCMXCIV"),
        ("ideographDigital", 10, "一〇"), ("chineseLegalSimplified", 12, "壹拾贰"),
        ("ideographTraditional", 3, "丙"), ("ideographZodiac", 12, "亥"),
        ("decimalEnclosedCircleChinese", 3, "③"), ("decimalEnclosedCircle", 21, "21"),
        ("decimalEnclosedParen", 2, "⑵"), ("decimalEnclosedFullstop", 1, "⒈"),
        ("ideographEnclosedCircle", 1, "㊀"), ("none", 5, ""),
        ("lowerRoman", 0, "0"), ("lowerLetter", 0, "0"), ("ideographTraditional", 0, "0"),
    ],
)  # fmt: skip
def test_forms(form, number, wanted):
    assert FORMS[form](number) == wanted


@given(st.integers(1, 9999))
def test_different_numbers_are_written_differently(number):
    assert count_chinese(number) != count_chinese(number % 9999 + 1)


def test_a_document_without_lists_has_none():
    assert read_numbering(None).number("1", 0) == ""
