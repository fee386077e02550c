"""A paragraph in one script, every character knowing its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.documents import Paragraph
from dafeng.plans.script import clean


def cleaned(text, start=0):
    return clean(Paragraph(0, start, start + len(text), text))


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("到 2030 年", "到2030年"),
        ("達到５０％", "达到50%"),
        ("[bookmark: _Toc1]一、目标", "一、目标"),
        ("风电(fēng diàn)装机", "风电装机"),
        ("目标:15%;达到(1,300)", "目标：15%；达到（1,300）"),
        ("2O3O年达到l5%", "2030年达到15%"),
        ("Bureau of 2030", "Bureau of2030"),
        ("LNG 接收站 A B", "LNG接收站A B"),
    ],
)
def test_a_paragraph_is_cleaned(raw, wanted):
    assert cleaned(raw).text == wanted


@given(st.text(max_size=80), st.integers(0, 1000))
def test_every_character_knows_its_place(text, start):
    script = cleaned(text, start)
    assert len(script.text) == len(script.origin)
    assert all(start <= at < start + len(text) for at in script.origin)
    assert list(script.origin) == sorted(set(script.origin))


def test_a_stretch_is_found_in_the_document():
    script = cleaned("[bookmark: a]到 2030 年", 100)
    assert script.span(0, 6) == (113, 121)
