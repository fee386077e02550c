"""Modules are one noun, functions one verb, and neither hides anything."""

from __future__ import annotations

import pytest

from tests.house import shape
from tests.house.tree import keep, module_of, modules

LONG = "def act() -> None:\n" + "    act()\n" * 60

BREACHES = [
    (shape.long_module, "x = 1\n" * 601),
    (shape.long_functions, LONG),
    (shape.caught_all, "try:\n    pass\nexcept Exception:\n    pass\n"),
    (shape.caught_all, "try:\n    pass\nexcept (ValueError, BaseException):\n    pass\n"),
    (shape.caught_all, "try:\n    pass\nexcept:\n    pass\n"),
    (shape.starred, "from math import *"),
    (shape.asserted, "def f():\n    assert 1 == 1\n"),
    (shape.postponed, "# TO" + "DO later\n"),
    (shape.mutable_globals, "NAMES = ['a']"),
    (shape.mutable_globals, "NAMES: dict[str, int] = {'a': 1}"),
    (shape.mutable_globals, "NAMES = dict(a=1)"),
    (shape.working_on_import, "print('here')"),
    (shape.working_on_import, "for x in (1, 2):\n    pass\n"),
    (shape.working_on_import, "TEXT = Path('a').read_text()"),
    (shape.loose_parameters, "def f(**kwargs): ..."),
    (shape.loose_parameters, "def f(a, b=1): ..."),
    (shape.unannotated, "def _f(a) -> None: ..."),
    (shape.unannotated, "def f(a: int): ..."),
]

ALLOWED = [
    (shape.long_functions, 'def act() -> None:\n    """' + "word\n" * 80 + '"""\n'),
    (shape.caught_all, "try:\n    pass\nexcept (ValueError, OSError):\n    pass\n"),
    (shape.mutable_globals, "NAMES: Mapping[str, int] = {'a': 1}\n__all__ = ['a']\nSHARES = (1, 2)\n"),
    (
        shape.working_on_import,
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import math\nREAD = lambda: open('a')\n",
    ),
    (shape.loose_parameters, "def f(a, *, b=1): ...\ndef _g(b=1): ...\n@app.command()\ndef h(b=1): ...\n"),
    (shape.unannotated, "class C:\n    def f(self, a: int) -> None: ...\n"),
]


@pytest.mark.parametrize(
    "rule",
    [
        shape.long_module,
        shape.long_functions,
        shape.banned_name,
        shape.caught_all,
        shape.starred,
        shape.asserted,
        shape.postponed,
        shape.mutable_globals,
        shape.working_on_import,
        shape.loose_parameters,
        shape.unannotated,
    ],
    ids=lambda rule: rule.__name__,
)
def test_the_house_keeps_the_rule(rule):
    keep(problem for module in modules() for problem in rule(module))


def test_half_of_all_functions_are_short():
    assert shape.median_length(modules()) <= shape.FUNCTION_MEDIAN


def test_long_functions_raise_the_median():
    assert shape.median_length((module_of(LONG),)) == 61


@pytest.mark.parametrize(("rule", "text"), BREACHES)
def test_a_breach_is_seen(rule, text):
    assert rule(module_of(text))


@pytest.mark.parametrize(("rule", "text"), ALLOWED)
def test_good_form_is_allowed(rule, text):
    assert rule(module_of(text)) == []


def test_a_module_named_after_nothing_is_seen():
    assert shape.banned_name(module_of("", "dafeng.core.utils"))
