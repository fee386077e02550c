"""Values in the cells of a table of targets.

Invariant: a cell gives one figure or none; what holds two figures that are no range is not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import cast

from dafeng.plans.amounts import MULTIPLIER, NUMBER, sort_unit, spell_unit
from dafeng.plans.columns import is_unit
from dafeng.plans.goals import Wish
from dafeng.plans.lexicon import either, lexicon
from dafeng.plans.magnitude import is_believable
from dafeng.plans.pieces import Quantity, Time
from dafeng.plans.plan import GoalKind
from dafeng.plans.statements import Comparator, Direction
from dafeng.plans.times import YEAR

LONGEST = 40
"""Longest cell that can hold a value. [characters]"""
FIGURE = re.compile(
    rf"(?P<sign>[-−–+](?=\d))?(?P<low>{NUMBER})(?P<percent>[%‰]?)(?:(?:[-—–~～至]|——)(?P<high>{NUMBER}))?"
    rf"(?P<unit>[%‰]|个?百分点|{MULTIPLIER}[^\d，；。（）〔〕\[\]以左上内及（]{{0,12}})?"
)
AGAINST = re.compile(rf"(?:比|较)(?P<year>{YEAR})年(?:水平)?")
AIMED = re.compile(rf"(?:到|至)?{YEAR}年(?:底|末)?")
HELD = re.compile(r"^[〔\[【](?P<inside>[^〔〕\[\]【】]{1,20})[〕\]】]")
NOTHING = re.compile(r"[-—–_/\\*·.…、\s]*|无|暂无|—|/|待定|另行下达")
MARKS = re.compile(r"[*※①-⑳]+$|（注\d?）$|注\d$")
LONGEST_GOAL = 16


@dataclass(frozen=True, slots=True)
class CellValue:
    """What a cell says.

    Parameters
    ----------
    quantity : Quantity
        Value and unit.
    comparator : Comparator or None
        Side that the cell names.
    direction : Direction or None
        Of a change.
    held : bool
        Whether the value stands in brackets, which tables use for sums over the whole period.
    base : int or None
        Year that the cell compares with.
    start, end : int
        Range of the figure in the cell. [characters]
    """

    quantity: Quantity
    comparator: Comparator | None
    direction: Direction | None
    held: bool
    base: int | None
    start: int
    end: int


def read_value(text: str, unit: str) -> CellValue | None:
    """Value of a cell.

    Parameters
    ----------
    text : str
        Cleaned text of the cell.
    unit : str
        Unit of its row or column, empty where none is told.

    Returns
    -------
    CellValue or None
        ``None`` for words, for nothing, where more than one figure stands there, and for more digits than can be believed.
    """
    if not text or len(text) > LONGEST:
        return None
    against = AGAINST.search(text)
    plain = _masked(_masked(text, against), AIMED.search(text))
    plain = _masked(plain, MARKS.search(plain))
    found = FIGURE.search(plain)
    if found is None or any(mark.isdigit() for mark in plain[found.end() :] + plain[: found.start()]):
        return None
    own = _own_unit(found)
    quantity = _quantity(found, own or unit)
    if not all(is_believable(one, quantity.unit) for one in (quantity.value, quantity.upper or quantity.value)):
        return None
    return CellValue(
        quantity=quantity,
        comparator=_comparator(plain[: found.start()], plain[found.start("low") :]),
        direction=_direction(plain[: found.start()], found["sign"]),
        held=HELD.match(text) is not None,
        base=int(against["year"]) if against else None,
        start=found.start("low"),
        end=found.start("low") + _length(found, own),
    )


def read_wish(text: str, name: str, time: Time) -> Wish | None:
    """Goal of a cell that holds words instead of a value.

    Parameters
    ----------
    text : str
        Cleaned text of the cell.
    name : str
        Indicator of its row.
    time : Time
        Year of its column.

    Returns
    -------
    Wish or None
        ``None`` where the cell says nothing.
    """
    words = lexicon().words
    if NOTHING.fullmatch(text) or any(mark.isdigit() for mark in text):
        return None
    kind: GoalKind = "qualitative"
    if any(word in text for word in words["delegated"]):
        kind = "delegated"
    elif any(word in text for word in words["timing"]):
        kind = "timing"
    elif any(word in text for word in words["keep_level"]):
        kind = "trackable"
    said = name if kind in ("delegated", "trackable") else name + text
    return Wish(kind, said if len(said) <= LONGEST_GOAL else said[:LONGEST_GOAL] + "…", time)


def is_value(text: str) -> bool:
    """Whether a short text can stand in a column of values.

    Parameters
    ----------
    text : str
        Cleaned text.

    Returns
    -------
    bool
        True for figures, dashes, and words such as 完成省下达任务.
    """
    words = lexicon().words
    if NOTHING.fullmatch(text) or (
        len(text) <= LONGEST_GOAL and any(word in text for word in (*words["delegated"], *words["keep_level"]))
    ):
        return True
    found = FIGURE.search(text)
    return len(text) <= LONGEST and found is not None and read_value(text, "") is not None and found.start() <= LONGEST_GOAL


def _masked(text: str, found: re.Match[str] | None) -> str:
    """A text with a stretch blanked, so that positions stay."""
    if found is None:
        return text
    return text[: found.start()] + " " * (found.end() - found.start()) + text[found.end() :]


def _own_unit(found: re.Match[str]) -> str:
    """Longest unit that stands right behind the figure."""
    told = found["unit"] or found["percent"] or ""
    while told and not is_unit(told) and not told.endswith("百分点"):
        told = told[:-1]
    return told or (found["percent"] or "")


def _length(found: re.Match[str], own: str) -> int:
    stop = found.end("high") if found["high"] else found.end("percent")
    if own and own != found["percent"]:
        stop = found.start("unit") + len(own)
    return stop - found.start("low")


def _quantity(found: re.Match[str], unit: str) -> Quantity:
    multiplier = re.match(MULTIPLIER, unit)
    count = multiplier.end() if multiplier else 0
    spelled = unit if unit in ("%", "‰") else "百分点" if unit.endswith("百分点") else unit[:count] + spell_unit(unit[count:])
    low, high = _number(found["low"]), found["high"]
    return Quantity(low, _number(high) if high else None, spelled, sort_unit(spelled))


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _comparator(before: str, after: str) -> Comparator | None:
    groups = lexicon().groups
    for role, text in (("qualifier", after), ("bound", before)):
        found = _word(role).search(text)
        if found is not None:
            return cast("Comparator | None", lexicon().sort(role, found.group()))
    told = next(
        (kind for kind, listed in groups["reach"].items() if kind in ("lower", "hold") and before.endswith(listed)), None
    )
    return "<=" if told is not None else None


def _direction(before: str, sign: str | None) -> Direction | None:
    if sign is not None and sign not in "+" and before.strip("〔[【（ ") == "":
        return "decrease"
    found = _word("change").search(before)
    return cast("Direction | None", lexicon().sort("change", found.group())) if found else None


@cache
def _word(role: str) -> re.Pattern[str]:
    return re.compile(either(lexicon().listed(role)))
