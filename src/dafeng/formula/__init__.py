"""Expressions: parsed once, read for their unit, their value, their SQL, their words and their typeset form.

Nothing in here knows a domain word; kernels come from outside by name.
"""

from __future__ import annotations

from dafeng.formula.algebra import check_unit, unit_of
from dafeng.formula.evaluation import evaluate, evaluate_exact
from dafeng.formula.expression import Expression
from dafeng.formula.kernels import Kernel, registered_kernels
from dafeng.formula.parser import parse
from dafeng.formula.sql import to_sql
from dafeng.formula.typesetting import typeset
from dafeng.formula.words import say, words

__all__ = [
    "Expression",
    "Kernel",
    "check_unit",
    "evaluate",
    "evaluate_exact",
    "parse",
    "registered_kernels",
    "say",
    "to_sql",
    "typeset",
    "unit_of",
    "words",
]
