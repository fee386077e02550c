"""Exact numbers: between fractions and decimals without losing a digit that was given.

Invariant: a value of up to 40 significant digits that is multiplied by a fraction and divided by it again
comes back digit for digit, although the result between may have no finite decimal form.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

GIVEN_DIGITS = 40
"""Significant digits up to which a round trip gives back what was put in."""
KEPT_DIGITS = 60
"""Significant digits kept of a result that has no finite, or a longer, decimal form."""
_KEPT = Context(prec=KEPT_DIGITS, rounding=ROUND_HALF_EVEN)
_GIVEN = Context(prec=GIVEN_DIGITS, rounding=ROUND_HALF_EVEN)
_NEAR = Fraction(1, 10**55)


def to_decimal(value: Fraction) -> Decimal:
    """Decimal form of a fraction.

    Parameters
    ----------
    value : Fraction
        Any fraction.

    Returns
    -------
    Decimal
        Exactly `value` where that has at most 60 significant digits; otherwise the shortest decimal within a
        relative 1e-55 if it has at most 40 digits (the way back of a conversion), else 60 digits, half to even.
        Written without exponent and without trailing zeros after the point.
    """
    near = _KEPT.divide(Decimal(value.numerator), Decimal(value.denominator))
    if Fraction(near) != value:
        short = _GIVEN.plus(near)
        near = short if abs(Fraction(short) - value) <= abs(value) * _NEAR else near
    return plain(near)


def plain(value: Decimal) -> Decimal:
    """The same number without exponent and without trailing zeros after the point.

    Parameters
    ----------
    value : Decimal
        A finite number.

    Returns
    -------
    Decimal
        Equal to `value`; ``str`` of it has no ``E`` unless it is smaller than 1e-6.
    """
    if value == value.to_integral_value():
        return Decimal(int(value))
    sign, digits, exponent = value.as_tuple()
    kept = "".join(map(str, digits)).rstrip("0")
    return Decimal((sign, tuple(map(int, kept)), int(exponent) + len(digits) - len(kept)))
