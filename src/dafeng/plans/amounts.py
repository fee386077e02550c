"""Numbers with units as plan texts write them.

Invariant: a number is read exactly (``Decimal``, in the text's own unit with its multiplier); a number that is part of a
name, a date, a voltage, a project's size or an order of magnitude is not an amount.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Literal

import cn2an

from dafeng.plans.lexicon import either, lexicon
from dafeng.plans.magnitude import is_believable
from dafeng.plans.pieces import Quantity

NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
MULTIPLIER = r"[十百千万亿]*"
TIMES: Mapping[str, int] = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
DASH = r"(?:[-—–~～至到]|——)"
NUMERAL = r"[一二两三四五六七八九十百千万亿零点]{1,12}"
HUNDREDTHS = rf"百分之(?:{NUMBER}|{NUMERAL})"
TENTHS = r"[一二三四五六七八九]成[一二三四五六七八九]?(?![立为员本品效果功分])"
DOUBLED = r"翻[一两二三四]?番"
NOT_UNIT = r"(?!级|型|面|月|工作日|区|假|多|案|向|式|法|针|门|委|多年)"
CHINESE_UNITS = (
    "千瓦时",
    "千瓦",
    "吨标准煤",
    "吨",
    "平方米",
    "平方公里",
    "立方米",
    "公里",
    "亩",
    "公顷",
    "标准箱",
    "元",
    "辆",
    "户",
)


@cache
def amount_pattern() -> str:
    """Pattern of an amount.

    Returns
    -------
    str
        Regular expression: number or range, multiplier, unit, denominator.
    """
    units = either(lexicon().units)
    below = either((*lexicon().units, *lexicon().words["per"]))
    whole = rf"(?:{units}){NOT_UNIT}(?:[/／每]{MULTIPLIER}(?:{below}))?"
    return (
        rf"(?<![\dA-Za-z.〔])(?:{NUMBER}(?:[%‰]|{MULTIPLIER}){DASH})?{NUMBER}(?:[%‰](?!级)|个?百分点|{MULTIPLIER}{whole})"
        rf"|{HUNDREDTHS}|{TENTHS}|{DOUBLED}"
        rf"|(?<![一二三四五六七八九十百千万亿第])[一二两三四五六七八九十]{NUMERAL}(?:{either(CHINESE_UNITS)}){NOT_UNIT}"
    )


@cache
def _parts() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<low>{NUMBER})(?:(?:[%‰]|(?P<before>{MULTIPLIER})){DASH}(?P<high>{NUMBER}))?(?P<multiplier>{MULTIPLIER})(?P<unit>.*)"
    )


def read_amount(text: str) -> Quantity | None:
    """Value and unit of an amount.

    Parameters
    ----------
    text : str
        What ``amount_pattern`` matched, or a bare number.

    Returns
    -------
    Quantity or None
        In the text's unit, spelled out canonically; ``None`` where Chinese numerals do not make a number, or where it has more
        digits than can be believed.
    """
    try:
        found = _read(text)
    except (ValueError, KeyError):  # cn2an raises KeyError on numerals out of order
        return None
    return found if all(is_believable(one, found.unit) for one in (found.value, found.upper or found.value)) else None


def _read(text: str) -> Quantity:
    if text == "百分之百":
        return Quantity(Decimal(100), None, "%", "share")
    if text.startswith("百分之"):
        return Quantity(_number(text[3:]), None, "%", "share")
    if re.fullmatch(DOUBLED, text):
        return Quantity(Decimal(2) ** int(_number(text[1]) if len(text) > 2 else 1), None, "倍", "measure")
    if re.fullmatch(TENTHS, text):
        return Quantity(_number(text[0]) * 10 + (_number(text[2]) if len(text) > 2 else 0), None, "%", "share")
    found = _parts().fullmatch(text)
    if found is None:
        return _read_chinese(text)
    unit = text[-1] if text[-1] in "%‰" else found["multiplier"] + spell_unit(found["unit"])
    low, high = _number(found["low"]), found["high"]
    if found["before"]:
        low = (low * _scale(found["before"], unit)).normalize()
    return Quantity(low, _number(high) if high else None, unit, sort_unit(unit))


def sort_unit(unit: str) -> Literal["share", "count", "measure", "bare"]:
    """Kind of a unit.

    Parameters
    ----------
    unit : str
        Canonical unit text.

    Returns
    -------
    {"share", "count", "measure", "bare"}
        Per cent and points; pieces; everything else; none.
    """
    if unit in ("%", "‰", "百分点"):
        return "share"
    plain = unit.lstrip("十百千万亿")
    if not unit:
        return "bare"
    return "count" if plain in lexicon().words["count_units"] else "measure"


def spell_unit(unit: str) -> str:
    """Canonical spelling of a unit without multiplier.

    Parameters
    ----------
    unit : str
        Spelling of the text, with or without denominator.

    Returns
    -------
    str
        Canonical spelling; ``/`` before the denominator.
    """
    known = lexicon().units
    if unit in known:
        return known[unit]
    head, slash, below = re.sub(r"[／每]", "/", unit).partition("/")
    multiplier = re.match(MULTIPLIER, below)
    count = multiplier.end() if multiplier else 0
    return known.get(head, head) + slash + below[:count] + known.get(below[count:], below[count:])


def _scale(own: str, unit: str) -> Decimal:
    """Ratio of the multiplier of a lower end to that of the unit, for 9000万～1.2亿千瓦. [1]"""
    found = re.match(rf"({MULTIPLIER}?)(?:{either(lexicon().units)})", unit)
    ratio = Decimal(1)
    for mark in own:
        ratio *= TIMES[mark]
    for mark in found.group(1) if found else "":
        ratio /= TIMES[mark]
    return ratio


def _read_chinese(text: str) -> Quantity:
    units = either(CHINESE_UNITS)
    found = re.fullmatch(rf"(?P<number>{NUMERAL}?)(?P<multiplier>[万亿]*)(?P<unit>{units})", text)
    if found is None:
        raise ValueError(f"no amount: {text!r}")
    number, multiplier = found["number"], found["multiplier"]
    if "亿" in number:  # 一亿五千万: the whole numeral, in 亿
        unit = "亿" + spell_unit(found["unit"])
        return Quantity((_number(number + multiplier) / TIMES["亿"]).normalize(), None, unit, sort_unit(unit))
    unit = multiplier + spell_unit(found["unit"])
    return Quantity(_number(number), None, unit, sort_unit(unit))


def _number(text: str) -> Decimal:
    if text[0].isdigit():
        return Decimal(text.replace(",", ""))
    return Decimal(str(cn2an.cn2an(text, "smart")))
