"""Formulas keep their form and lose whatever could act."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from dafeng.web.mathml import ELEMENTS, clean
from tests.web.sample import MATH


def test_a_formula_passes_unchanged() -> None:
    assert clean(MATH) == MATH


def test_no_formula_stays_no_formula() -> None:
    assert clean(None) is None


def test_scripts_handlers_and_links_are_dropped() -> None:
    bad = '<math onclick="x()"><mi href="javascript:x()">a</mi><script>alert(1)</script><style>b{}</style><img src=x></math>'
    assert clean(bad) == "<math><mi>a</mi></math>"


def test_elements_that_stay_open_are_closed() -> None:
    assert clean("<math><mrow><mi>a</math>") == "<math><mrow><mi>a</mi></mrow></math>"


@given(st.text(alphabet="<>/=\"' abmscriptonhf1&;", max_size=60))
def test_nothing_but_known_elements_comes_out(text: str) -> None:
    names = re.findall(r"</?([a-zA-Z][^\s>]*)", str(clean(f"<math>{text}")))
    assert {name for name in names if name not in ELEMENTS} == set()
