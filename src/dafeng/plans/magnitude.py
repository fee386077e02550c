"""Which numbers of a plan can be believed: no quantity of a city has more digits, and no model computes with more.

Invariant: a number beyond the limits is never a figure of a reading, of a confirmed version or of the plan that is judged;
it is told with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from math import prod
from typing import TYPE_CHECKING

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label

if TYPE_CHECKING:
    from dafeng.plans.plan import OtherFigure, Plan, Target
    from dafeng.plans.script import Script

WHOLE = 15
"""Most digits before the point."""
FRACTION = 24
"""Most digits behind the point."""
LARGEST_SCALE = 10**15
"""Largest multiplier of a unit, with that of 千瓦: 万亿千瓦时. [1]"""
LIMITS = Label(
    f"整数部分不超过 {WHOLE} 位、小数不超过 {FRACTION} 位、单位倍数不超过千万亿",
    f"at most {WHOLE} digits before the point, {FRACTION} behind it, and a multiplier of at most 10^15",
)
MOST = 200
"""Most findings."""
_NUMBER = re.compile(r"(?<![\dA-Za-z.])(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<scale>[十百千万亿]*)")
_SCALES: Mapping[str, int] = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


def is_believable(value: Decimal, unit: str) -> bool:
    """Whether a number can be a quantity.

    Parameters
    ----------
    value : Decimal
        The number. [`unit`]
    unit : str
        Its unit with its multiplier.

    Returns
    -------
    bool
        False beyond `LIMITS`.
    """
    marks = re.match("[十百千万亿]*", unit)
    scale = prod(_SCALES[mark] for mark in marks.group()[:WHOLE]) if marks else 1
    exponent = value.as_tuple().exponent
    fits = isinstance(exponent, int) and exponent >= -FRACTION and abs(value) < Decimal(10) ** WHOLE
    return fits and scale <= LARGEST_SCALE


def doubt_numbers(name: str, scripts: Iterable[Script]) -> Iterator[Finding]:
    """Findings on numbers that cannot be believed.

    Parameters
    ----------
    name : str
        File name.
    scripts : iterable of Script
        Paragraphs of the document.

    Yields
    ------
    Finding
        One for each, with its place, at most two hundred.
    """
    told = 0
    for script in scripts:
        for found in _NUMBER.finditer(script.text):
            if is_believable(Decimal(found["number"].replace(",", "")), found["scale"]):
                continue
            start, end = script.span(*found.span())
            head = found.group()[:12]
            said = Label(
                f"数“{head}…”共 {len(found.group())} 个字符，位数过多，未读",
                f"the number '{head}…' of {len(found.group())} characters has too many digits; it was not read",
            )
            remedy = Label(f"在原文中改正：{LIMITS.zh}", f"correct it in the document: {LIMITS.en}")
            yield Finding("plan.number_size", f"{name}:{start}-{end}", "error", said, remedy)
            if (told := told + 1) == MOST:
                return


def check_numbers(plan: Plan, *, where: str) -> None:
    """Refuse a plan with a number that cannot be believed.

    Parameters
    ----------
    plan : Plan
        The plan.
    where : str
        File or review, for the error.

    Raises
    ------
    SettingError
        With the first record that holds one.
    """
    records: tuple[Target | OtherFigure, ...] = (*plan.targets, *plan.others)
    for record in records:
        base = getattr(record, "base_value", None)
        if all(is_believable(value, record.unit) for value in (record.value, record.upper, base) if value is not None):
            continue
        raise SettingError(
            Label(f"{record.id} 的数值位数过多，不能采用", f"the value of {record.id} has too many digits to be used"),
            where=f"{where}:{record.figure[0]}-{record.figure[1]}",
            expected=LIMITS,
            remedy=Label(
                "在核对页更正或驳回该记录；旧读法请重新读入文件",
                "correct or reject the record in the review; take the document in again where the reading is an old one",
            ),
        )
