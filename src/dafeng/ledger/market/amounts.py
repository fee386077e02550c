"""Amounts as people write them, and as whole minimal units.

Invariant: a text with more digits than the book has is refused, never rounded.
"""

from __future__ import annotations

from decimal import Decimal

from dafeng.core.typed import read_units
from dafeng.ledger.requests import MOST


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
    return read_units(text, scale, where=where, least=-MOST, most=MOST)


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
