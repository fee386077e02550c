"""Quantities in words, in the unit a reader of the language expects.

Invariant: the unit follows the language by the display table; a number is rounded for reading, never changed.
"""

from __future__ import annotations

import math

from dafeng.core.display import display
from dafeng.core.labels import Language

LIKELY = 0.995
"""Probability from which draws no longer tell it from certainty."""


def say(value: float, unit: str, language: Language, *, digits: int = 4) -> str:
    """A quantity in words, in the unit a reader of the language expects.

    Parameters
    ----------
    value : float
        The number. [unit]
    unit : str
        Its unit; a share (``1``) is said in percent.
    language : {"zh", "en"}
        Language.
    digits : int
        Significant digits; whole numbers are never cut.

    Returns
    -------
    str
        ``1,300 万千瓦`` or ``13 GW``.
    """
    if unit == "1":
        return percent(value)
    amount = display(value, unit, language)
    number = float(amount.value)
    size = math.floor(math.log10(abs(number))) + 1 if number else 1
    text = f"{number:,.{max(digits - size, 0)}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {amount.text}"


def percent(share: float, *, digits: int = 1) -> str:
    """A share as percent text.

    Parameters
    ----------
    share : float
        Share. [0..1]
    digits : int
        Digits after the point.

    Returns
    -------
    str
        ``58.0%``.
    """
    return f"{share * 100:.{digits}f}%"


def odds(chance: float) -> str:
    """A probability as text that never claims certainty.

    Parameters
    ----------
    chance : float
        Probability from draws. [0..1]

    Returns
    -------
    str
        Whole percent; ``> 99%`` and ``< 1%`` at the ends.
    """
    if chance > LIKELY:
        return "> 99%"
    return "< 1%" if chance < 1 - LIKELY else percent(chance, digits=0)
