"""How quantities of books are written: whole minimal units inside, decimal numbers outside.

Invariant: a quantity that is written and read again is the same; nothing is rounded.
"""

from __future__ import annotations

from decimal import Decimal

from dafeng.core.typed import read_units
from dafeng.ledger.requests import MOST


def tell_quantity(quantity: int, scale: int) -> str:
    """Quantity as it is written.

    Parameters
    ----------
    quantity : int
        Minimal units.
    scale : int
        Decimal digits of a unit.

    Returns
    -------
    str
        Decimal number in units, with commas at thousands.
    """
    return f"{Decimal(quantity).scaleb(-scale):,f}"


def read_quantity(text: str, scale: int) -> int:
    """Minimal units of a quantity as it is written.

    Parameters
    ----------
    text : str
        Decimal number in units.
    scale : int
        Decimal digits of a unit.

    Returns
    -------
    int
        Minimal units.

    Raises
    ------
    SettingError
        If it is no positive number, or finer than the book.
    """
    return read_units(text, scale, where="quantity", least=1, most=MOST - 1)
