"""Numbers as they stand printed in Chinese and English tables.

Invariant: a number is read exactly (``Decimal`` of the printed digits) or not at all; a blank or a notation
for missing is never zero.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

MISSING = frozenset(
    {"", "-", "--", "---", "—", "——", "–", "…", "……", "...", "......", "#", "/", "*", "x"}
    | {"na", "n/a", "n.a."}
    | {"ne", "no", "ie", "nr", "不详", "无", "无数据", "暂无", "缺", "空缺", "待定", "未统计", "保密", "#n/a"}
)
"""Notations that mean “no figure” (folded to half width and lower case)."""

QUALIFIERS: Mapping[str, str] = {
    "约": "about", "大约": "about", "约为": "about", "近": "nearly", "about": "about", "approx.": "about", "~": "about",
    "超": "over", "超过": "over", "突破": "over", "over": "over", ">": "over", ">=": "at least", "≥": "at least",
    "不足": "under", "<": "under", "<=": "at most", "≤": "at most",
}  # fmt: skip
"""Words before a number and what they say about it."""

SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f\u3000]+")
DIGITS = re.compile(r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,2})?$", re.IGNORECASE)
GROUPED = re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says.

    Parameters
    ----------
    value : Decimal or None
        The number, ``None`` if the cell holds none.
    missing : bool
        Whether the cell is blank or holds a notation for “no figure”.
    percent : bool
        Whether a percent sign followed the number (the value is not divided).
    qualifier : str
        ``about``, ``over`` … if the source qualified the number, else empty.
    text : str
        The cell as delivered.
    """

    value: Decimal | None
    missing: bool
    percent: bool
    qualifier: str
    text: str


def fold(text: str) -> str:
    """Text in half-width characters without outer spaces.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        NFKC form with every kind of minus sign and space made plain.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\ufeff", "")
    return SPACES.sub(" ", plain).strip()


def read_number(text: str) -> Reading:
    """Read one cell as a number.

    Parameters
    ----------
    text : str
        The cell as delivered.

    Returns
    -------
    Reading
        With a value, or missing, or neither (the cell holds other text).
    """
    folded = fold(text)[: LONGEST + 1]
    if fold(text).lower() in MISSING or text.strip() in MISSING:
        return Reading(None, True, False, "", text)
    qualifier, rest = _unqualify(folded)
    percent = rest.endswith("%")
    rest = rest.removesuffix("%").strip()
    return Reading(_decimal(rest), False, percent, qualifier, text)


def _unqualify(text: str) -> tuple[str, str]:
    for word in sorted(QUALIFIERS, key=len, reverse=True):
        if text.lower().startswith(word):
            return QUALIFIERS[word], text[len(word) :].strip()
    return "", text


def _decimal(text: str) -> Decimal | None:
    if len(text) > LONGEST:
        return None
    bare = text.replace(" ", "") if re.fullmatch(r"[+-]?\d{1,3}(?: \d{3})+(?:\.\d*)?", text) else text
    negative = re.fullmatch(r"- ?(.+)", bare)
    if negative:
        bare = "-" + negative.group(1)
    if GROUPED.match(bare):
        bare = bare.replace(",", "")
    return Decimal(bare) if DIGITS.match(bare) else None


def plain(value: Decimal) -> str:
    """Decimal text without exponent.

    Parameters
    ----------
    value : Decimal
        A finite number.

    Returns
    -------
    str
        Digits with at most one point, as short as the value allows.
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def of_float(number: float) -> str:
    """Digits of a stored binary number: the shortest text that reads back as the same number.

    Parameters
    ----------
    number : float
        A cell value of a workbook.

    Returns
    -------
    str
        Plain decimal digits; ``nan`` and ``inf`` stay words, which no reader takes for a number.
    """
    if number != number or number in (float("inf"), float("-inf")):
        return repr(number)
    return plain(Decimal(repr(number)))
