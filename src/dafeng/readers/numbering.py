"""Numbers that a word processor puts before paragraphs by itself: 一、 （一） 1. ① …

Invariant: a number is what the programme would print; a form that is not known is written in digits and told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dafeng.readers.markup import child, children, is_on, value, whole

DEEPEST = 9
"""Levels of a list."""
LARGEST = 9999
"""Largest number that is written in Chinese."""
DIGITS = "〇一二三四五六七八九"
FORMAL = "零壹贰叁肆伍陆柒捌玖"
STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def count_chinese(number: int, *, digits: str = DIGITS, units: str = "十百千") -> str:
    """Whole number in Chinese: 10 → 十, 21 → 二十一, 105 → 一百零五.

    Parameters
    ----------
    number : int, 0 to 9999
        The number; larger ones are written in digits.
    digits, units : str
        Signs of 0 to 9, and of ten, hundred, thousand.

    Returns
    -------
    str
        The number.
    """
    if not 0 < number <= LARGEST:
        return digits[0] if number == 0 else str(number)
    written, gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            written += ("零" if gap else "") + digits[digit] + (units[power - 1] if power else "")
        gap = bool(written) and not digit
    return written[1:] if written.startswith("一十") else written


def count_letters(number: int) -> str:
    """Letters as a word processor counts: a … z, aa, bb.

    Parameters
    ----------
    number : int
        The number, at least 1.

    Returns
    -------
    str
        Small letters; digits beyond 26 × 26.
    """
    return chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 676 else str(number)


def count_roman(number: int) -> str:
    """Roman numeral in small letters.

    Parameters
    ----------
    number : int
        The number.

    Returns
    -------
    str
        The numeral; digits for 0 and beyond 9999.
    """
    if not 0 < number <= LARGEST:
        return str(number)
    written = ""
    for amount, sign in ROMAN:
        written += sign * (number // amount)
        number %= amount
    return written


def count_circle(number: int) -> str:
    """Number in a circle.

    Parameters
    ----------
    number : int
        The number.

    Returns
    -------
    str
        ① to ⑳; digits otherwise.
    """
    return chr(0x2460 + number - 1) if 0 < number <= 20 else str(number)


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)] if number > 0 else str(number)


def _row(first: int, count: int) -> Callable[[int], str]:
    return lambda number: chr(first + number - 1) if 0 < number <= count else str(number)


FORMS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "none": lambda _: "",
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: "".join(chr(0xFF10 + int(digit)) for digit in str(number)),
    "decimalFullWidth2": lambda number: "".join(chr(0xFF10 + int(digit)) for digit in str(number)),
    "decimalHalfWidth": str,
    "numberInDash": lambda number: f"- {number} -",
    "lowerLetter": count_letters,
    "upperLetter": lambda number: count_letters(number).upper(),
    "lowerRoman": count_roman,
    "upperRoman": lambda number: count_roman(number).upper(),
    "chineseCounting": count_chinese,
    "chineseCountingThousand": count_chinese,
    "taiwaneseCounting": count_chinese,
    "taiwaneseCountingThousand": count_chinese,
    "japaneseCounting": count_chinese,
    "koreanCounting": count_chinese,
    "ideographDigital": lambda number: "".join(DIGITS[int(digit)] for digit in str(number)),
    "japaneseDigitalTenThousand": lambda number: "".join(DIGITS[int(digit)] for digit in str(number)),
    "taiwaneseDigital": lambda number: "".join(DIGITS[int(digit)] for digit in str(number)),
    "chineseLegalSimplified": lambda number: count_chinese(number, digits=FORMAL, units="拾佰仟"),
    "ideographTraditional": _cycle(STEMS),
    "ideographZodiac": _cycle(BRANCHES),
    "decimalEnclosedCircle": count_circle,
    "decimalEnclosedCircleChinese": count_circle,
    "decimalEnclosedParen": _row(0x2474, 20),
    "decimalEnclosedFullstop": _row(0x2488, 20),
    "ideographEnclosedCircle": _row(0x3280, 10),
    "ideographParenthesized": _row(0x3220, 10),
}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list.

    Parameters
    ----------
    form : str
        How its number is written, ``bullet`` for none.
    text : str
        What is printed, ``%1`` standing for the number of the first level.
    start : int
        First number.
    restart : int or None
        Level, from 1, at whose number this one starts anew; 0 never, ``None`` at every higher one.
    plain : bool
        Whether all numbers in it are written in digits.
    gap : str
        What stands between number and text.
    style : str or None
        Paragraph style that brings this level.
    """

    form: str
    text: str
    start: int
    restart: int | None
    plain: bool
    gap: str
    style: str | None


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far they have counted.

    Parameters
    ----------
    lists : mapping of str to mapping of int to Level
        Levels by list.
    family : mapping of str to str
        Lists of one family go on counting together.
    begins : mapping of (str, int) to int
        First numbers that a list sets for itself.
    counts : dict
        Last number of each level, by family.
    started : set
        Lists and levels that have set their first number.
    unknown : set of str
        Forms that are not known.
    """

    lists: Mapping[str, Mapping[int, Level]]
    family: Mapping[str, str]
    begins: Mapping[tuple[str, int], int]
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    started: set[tuple[str, int]] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    def level_of(self, listing: str, style: str) -> int:
        """Level of a list that a paragraph style brings.

        Parameters
        ----------
        listing : str
            Id of the list.
        style : str
            Id of the style.

        Returns
        -------
        int
            The level, 0 where none names the style.
        """
        return next((at for at, level in self.lists.get(listing, {}).items() if level.style == style), 0)

    def number(self, listing: str, at: int) -> str:
        """Count on, and give what is printed before the paragraph.

        Parameters
        ----------
        listing : str
            Id of the list.
        at : int
            Level, from 0.

        Returns
        -------
        str
            Number with its marks and the gap; empty where the list is not defined.
        """
        levels = self.lists.get(listing, {})
        level = levels.get(at)
        if level is None:
            return ""
        counts = self.counts.setdefault(self.family[listing], {})
        counts[at] = self._next(listing, at, level, counts)
        for deeper in [one for one in counts if one > at and _starts_anew(levels.get(one), at)]:
            del counts[deeper]
        if level.form == "bullet":
            return "• "
        printed = re.sub(r"%([1-9])", lambda found: self._written(levels, counts, int(found[1]) - 1, level), level.text)
        return printed + (level.gap if printed and printed[-1].isascii() else "")

    def _next(self, listing: str, at: int, level: Level, counts: dict[int, int]) -> int:
        begin = self.begins.get((listing, at))
        if begin is not None and (listing, at) not in self.started:
            self.started.add((listing, at))
            return begin
        return counts[at] + 1 if at in counts else begin if begin is not None else level.start

    def _written(self, levels: Mapping[int, Level], counts: dict[int, int], at: int, own: Level) -> str:
        level = levels.get(at)
        if level is None:
            return ""
        number = counts.setdefault(at, level.start)
        form = "decimal" if own.plain and level.form != "none" else level.form
        if form not in FORMS:
            self.unknown.add(form)
        return FORMS.get(form, str)(number)


def read_numbering(root: Any | None) -> Numbering:
    """Lists of a document.

    Parameters
    ----------
    root : lxml.etree._Element or None
        Root of the part ``numbering.xml``.

    Returns
    -------
    Numbering
        Nothing counted yet.
    """
    families = {value(one, key="abstractNumId") or "": one for one in children(root, "abstractNum")}
    linked = {name: one for one in families.values() if (name := value(one, "styleLink"))}
    lists: dict[str, dict[int, Level]] = {}
    family: dict[str, str] = {}
    begins: dict[tuple[str, int], int] = {}
    for one in children(root, "num"):
        listing = value(one, key="numId") or ""
        base = families.get(value(one, "abstractNumId") or "")
        base = linked.get(value(base, "numStyleLink") or "", base)
        lists[listing], family[listing] = _levels(base), value(base, key="abstractNumId") or listing
        for change in children(one, "lvlOverride"):
            _override(change, listing, lists[listing], begins)
    return Numbering(lists, family, begins)


def _levels(base: Any | None) -> dict[int, Level]:
    found = ((whole(one, key="ilvl"), one) for one in children(base, "lvl"))
    return {at: _level(one) for at, one in found if at is not None and at < DEEPEST}


def _override(change: Any, listing: str, levels: dict[int, Level], begins: dict[tuple[str, int], int]) -> None:
    at = whole(change, key="ilvl")
    if at is None or at >= DEEPEST:
        return
    begin, level = whole(change, "startOverride"), child(change, "lvl")
    if level is not None:
        levels[at] = _level(level)
    if begin is not None:
        begins[listing, at] = begin


def _level(element: Any) -> Level:
    form = value(element, "numFmt") or value(element, "AlternateContent", "Choice", "numFmt") or "decimal"
    start = whole(element, "start")
    return Level(
        form=form,
        text=value(element, "lvlText") or "",
        start=1 if start is None else start,
        restart=whole(element, "lvlRestart"),
        plain=is_on(element, "isLgl"),
        gap="" if value(element, "suff") == "nothing" else " ",
        style=value(element, "pStyle"),
    )


def _starts_anew(level: Level | None, above: int) -> bool:
    if level is None or level.restart is None:
        return True
    return level.restart > 0 and above <= level.restart - 1
