"""Every public name says what it is, in what unit, and what it returns."""

from __future__ import annotations

import pytest

from tests.house import docstrings
from tests.house.tree import keep, module_of, modules

GOOD = '''"""What it is for.

Invariant: one.
"""
from dataclasses import dataclass

@dataclass(frozen=True)
class Pair:
    """Two numbers.

    Parameters
    ----------
    left, right : float
        The two. [t]
    """

    left: float
    right: float

    @property
    def middle(self) -> float:
        """Half of the sum. [t]"""
        return (self.left + self.right) / 2

def add(left: float, right: float) -> float:
    """Sum of two.

    Parameters
    ----------
    left, right : float
        The two. [t]

    Returns
    -------
    float
        The sum. [t]
    """
    return left + right

def _hidden(a: int) -> int:
    return a
'''

RULES = [docstrings.undescribed_module, docstrings.undescribed_classes, docstrings.undescribed_functions]

BREACHES = [
    (docstrings.undescribed_module, "x = 1"),
    (docstrings.undescribed_classes, "class A: ..."),
    (docstrings.undescribed_classes, '@dataclass\nclass A:\n    """It."""\n    field: int\n'),
    (docstrings.undescribed_functions, "def f() -> None: ..."),
    (docstrings.undescribed_functions, 'def f(a: int) -> None:\n    """Act."""\n'),
    (docstrings.undescribed_functions, 'def f() -> int:\n    """Act."""\n'),
    (docstrings.undescribed_functions, 'class A:\n    """It."""\n    def f(self) -> int:\n        """Act."""\n'),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule):
    keep(problem for module in modules() for problem in rule(module))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_good_form_is_allowed(rule):
    assert rule(module_of(GOOD)) == []


@pytest.mark.parametrize(("rule", "text"), BREACHES)
def test_a_breach_is_seen(rule, text):
    assert rule(module_of(text))
