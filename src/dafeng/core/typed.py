"""Numbers and days as people type them: one strict reading for every form, option and field.

Invariant: a text that can be read in two ways is refused, never guessed at; nothing is rounded; no text is too long.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label

LONGEST = 60
"""Characters of a number that is read at all; far more than any quantity has."""
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*|[1-9][0-9]{0,2}(?:[,，][0-9]{3})+)(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_units(text: str, scale: int, *, where: str, least: int, most: int = 2**62) -> int:
    """Whole minimal units of a decimal number.

    Parameters
    ----------
    text : str
        Digits 0–9 with an optional point; commas only between groups of three; spaces around it do not count.
    scale : int
        Decimal digits of a unit.
    where : str
        Name of the field or option, for the error.
    least, most : int
        Bounds, both allowed. [minimal units]

    Returns
    -------
    int
        Minimal units.

    Raises
    ------
    SettingError
        If it is no such number (``1e3``, ``1,5``, ``1_0``, ``٣``, ``３``, ``05``, ``.5``), finer than a unit or out of bounds.
    """
    typed = text.strip()
    if len(typed) <= LONGEST and _NUMBER.fullmatch(typed):
        whole, _, fraction = typed.replace(",", "").replace("，", "").partition(".")
        fraction = fraction.rstrip("0")
        units = int(whole + fraction.ljust(scale, "0"))
        if len(fraction) <= scale and least <= units <= most:
            return units
        if len(fraction) <= scale and units > most:
            raise _too_large(text, f"{Decimal(most).scaleb(-scale):,f}", where)
    if len(typed) > LONGEST and _NUMBER.fullmatch(typed) and not typed.startswith("-"):
        raise _too_large(text, f"{Decimal(most).scaleb(-scale):,f}", where)
    sort = Label("正数", "a positive number") if least > 0 else Label("数", "a number")
    raise SettingError(
        Label(f"数“{text[:40]}”不能采用", f"the number '{text[:40]}' cannot be used"),
        where=where,
        expected=Label(
            f"{sort.zh}，至多 {scale} 位小数，如 1234.5 或 1,234.5",
            f"{sort.en} with at most {scale} decimals, such as 1234.5 or 1,234.5",
        ),
        remedy=Label("用数字 0–9 和小数点改写后重试；没有记账", "write it with digits 0–9 and a point; nothing was booked"),
    )


def _too_large(text: str, most: str, where: str) -> SettingError:
    return SettingError(
        Label(f"数“{text[:40]}”过大", f"the number '{text[:40]}' is too large"),
        where=where,
        expected=Label(f"至多 {most}", f"at most {most}"),
        remedy=Label("减小后重试；没有记账", "lower it and try again; nothing was booked"),
    )


def read_whole(text: str) -> int | None:
    """Whole number of a text that may be something else, such as an id.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    int or None
        ``None`` unless it is digits 0–9 and fits into 64 bits.
    """
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def read_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, for ``object_pairs_hook``: one whose key stands twice has no meaning that everybody shares.

    Parameters
    ----------
    pairs : list of (str, object)
        Keys with their values, in the order of the text.

    Returns
    -------
    dict
        The same.

    Raises
    ------
    SettingError
        If a key stands twice.
    """
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    twice = Counter(name for name, _ in pairs).most_common(1)[0][0][:60]
    raise SettingError(
        Label(f"键“{twice}”出现两次，两个值不知取哪一个", f"the key '{twice}' stands twice, so that its value is not clear"),
        where=twice,
        expected=Label("每个键只出现一次的 JSON", "JSON in which a key stands once"),
        remedy=Label("删去其一后重新发送；没有任何登记", "leave one of them out and send it again; nothing was booked"),
    )


def read_typed_day(text: str, *, where: str, first: date = date.min, last: date = date.max) -> date:
    """A day.

    Parameters
    ----------
    text : str
        ``YYYY-MM-DD``.
    where : str
        Name of the field or option, for the error.
    first, last : date, optional
        Bounds, both allowed.

    Returns
    -------
    date
        The day.

    Raises
    ------
    SettingError
        If it is no day, or out of bounds.
    """
    typed = text.strip()
    try:
        day = date.fromisoformat(typed) if _DAY.fullmatch(typed) else None
    except ValueError:
        day = None
    if day is not None and first <= day <= last:
        return day
    bounded = (first, last) != (date.min, date.max)
    zh, en = (f"，{first} 至 {last}", f", {first} to {last}") if bounded else ("", "")
    raise SettingError(
        Label(f"日期“{text[:40]}”不能采用", f"the day '{text[:40]}' cannot be used"),
        where=where,
        expected=Label(f"日期，如 2026-01-31{zh}", f"a day such as 2026-01-31{en}"),
        remedy=Label("改正后重试；没有记账", "correct it and try again; nothing was booked"),
    )
