"""Amounts as people write them, and as whole minimal units.

Invariant: a text with more digits than the book has is refused, never rounded.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label


def read_amount(text: str, scale: int, *, where: str) -> int:
    """Whole minimal units of a written amount.

    Parameters
    ----------
    text : str
        Such as ``97.49``.
    scale : int
        Digits after the point that the book has.
    where : str
        Name of the option, for the error.

    Returns
    -------
    int
        Minimal units.

    Raises
    ------
    SettingError
        If it is no number, or has more digits.
    """
    try:
        value = Decimal(text).scaleb(scale)
        if value.is_finite() and value == int(value):
            return int(value)
    except InvalidOperation:
        pass
    raise SettingError(
        Label(f"“{text}”不是可用的数", f"'{text}' is no usable number"),
        where=where,
        expected=Label(f"至多 {scale} 位小数的数", f"a number with at most {scale} digits after the point"),
        remedy=Label("改写该数", "write it otherwise"),
    )


def write_amount(value: int, scale: int) -> str:
    """A number of minimal units as people write it.

    Parameters
    ----------
    value : int
        Minimal units.
    scale : int
        Digits after the point.

    Returns
    -------
    str
        Without exponent.
    """
    return f"{Decimal(value).scaleb(-scale):f}"
