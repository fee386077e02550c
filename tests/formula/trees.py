"""Random expressions for the laws of the formula engine.

Values are dyadic and divisors powers of two, so that floating-point numbers are exact and the three ways of
computing must agree to the last digit.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from dafeng.core.errors import FormulaError
from dafeng.formula.expression import COMPARISONS, Apply, Expression, Name, Number

NAMES = ("a", "b", "c", "d")
POWERS_OF_TWO = (0.25, 0.5, 1.0, 2.0, 4.0, -1.0, -2.0, 0.0)

leaves = st.one_of(
    st.sampled_from(NAMES).map(Name), st.sampled_from(["0", "1", "2", "3", "0.5", "0.25", "1.50", "2e1", "25e-2"]).map(Number)
)
divisors = st.one_of(st.sampled_from(NAMES).map(Name), st.sampled_from(["2", "4", "0.5", "0"]).map(Number))
exponents = st.sampled_from(["1", "2", "3"]).map(Number)


def comparisons(parts):
    """Conditions over operands."""
    return st.tuples(st.sampled_from(COMPARISONS), parts, parts).map(lambda t: Apply(t[0], (t[1], t[2])))


def grown(parts):
    """Operators and functions over operands."""
    return st.one_of(
        st.tuples(st.sampled_from("+-*"), parts, parts).map(lambda t: Apply(t[0], (t[1], t[2]))),
        st.tuples(parts, divisors).map(lambda t: Apply("/", t)),
        st.tuples(parts, exponents).map(lambda t: Apply("**", t)),
        parts.map(lambda part: Apply("neg", (part,))),
        st.tuples(st.sampled_from(["min", "max"]), st.lists(parts, min_size=2, max_size=3)).map(
            lambda t: Apply(t[0], tuple(t[1]))
        ),
        st.tuples(comparisons(parts), parts, parts).map(lambda t: Apply("where", t)),
    )


roots = st.recursive(leaves, grown, max_leaves=5)
expressions = roots.map(Expression)
values = st.fixed_dictionaries({name: st.sampled_from(POWERS_OF_TWO) for name in NAMES})

sums = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.tuples(st.sampled_from("+-*"), parts, parts).map(lambda t: Apply(t[0], (t[1], t[2]))),
        parts.map(lambda part: Apply("neg", (part,))),
    ),
    max_leaves=4,
).map(Expression)
decimals = st.fixed_dictionaries({name: st.decimals(-99, 99, places=2) for name in NAMES})


def outcome(compute, *arguments):
    """Value as a fraction; ``None`` where it is refused."""
    try:
        return Fraction(Decimal(compute(*arguments)))
    except FormulaError:
        return None
