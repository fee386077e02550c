"""Days as they are written: one spelling, so that equal days are spelt equally.

Invariant: what is read is written again as it was.
"""

from __future__ import annotations

from datetime import date


def parse_day(text: str) -> date:
    """A day from its one spelling.

    Parameters
    ----------
    text : str
        ``YYYY-MM-DD`` and nothing else: no week dates, no eight digits, no other digits.

    Returns
    -------
    date
        The day.

    Raises
    ------
    ValueError
        If it is no day, or spelt otherwise.
    """
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day
