"""How a stored number is written in each language: unit, significant digits, minus, grouping.

Invariant: the shown figure is the stored one, converted exactly and rounded once; a unit nobody knows is shown as stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from dafeng.core.display import choose_unit
from dafeng.core.errors import UnitError
from dafeng.core.labels import Language
from dafeng.core.units import Unit, conversion

THIN = "\u202f"
"""Narrow no-break space between a figure and a Chinese unit."""
SPACE = "\u00a0"
"""No-break space between a figure and a Latin unit, which would otherwise touch."""
MINUS = "\u2212"
COMPARATORS: Mapping[str, str] = {">=": "≥", "<=": "≤", "~": "≈", "=": "=", ">": ">", "<": "<"}
"""Signs of the comparators of targets."""
_TIGHT = ("%", "‰", "°", "", "%/年", "%/yr")
_STATED = ("actual", "target", "assumption")
_POWERS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {"1": "", "百分点": "个百分点"},
    "en": {"1": "", "item": "", "percentage point": "pp", "person": "people"},
}
_RATES = frozenset({"1/年", "1/a", "1/yr"})
_SCRIPTS = (
    (re.compile(r"10\^6\b"), "million"),
    (re.compile(r"10\^8\b"), "100 million"),
    (re.compile(r"10\^9\b"), "billion"),
    (re.compile(r"10\^10\b"), "10 billion"),
    (
        re.compile(r"illion (person|trip|household|vehicle)$"),
        lambda m: f"illion {'people' if m[1] == 'person' else m[1] + 's'}",
    ),
    (re.compile(r"10\^(\d+)"), lambda m: "10" + m[1].translate(_POWERS)),
    (re.compile(r"\b(k?m|cm)([23])\b"), lambda m: m[1] + m[2].translate(_POWERS)),
    (re.compile(r"(CO|CH|SF|NF|N(?=2O))(\d)"), lambda m: m[1] + "₀₁₂₃₄₅₆₇₈₉"[int(m[2])]),
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Shown:
    """A number ready for reading.

    Parameters
    ----------
    text : str
        Digits with sign and grouping.
    unit : str
        Unit in the reader's words, empty for a pure number.
    """

    text: str
    unit: str

    @property
    def joint(self) -> str:
        """What stands between figure and unit."""
        if self.unit in _TIGHT:
            return ""
        return THIN if _CHINESE.match(self.unit) else SPACE

    def __str__(self) -> str:
        return f"{self.text}{self.joint}{self.unit}"


@dataclass(frozen=True, slots=True)
class Scale:
    """Unit of several figures that stand together, on an axis or in a range.

    Parameters
    ----------
    stored : str
        Unit as stored.
    unit : str
        Unit they are shown in, in the spelling of ``core.units``.
    factor : Decimal
        Shown figure per stored figure.
    text : str
        The unit in the reader's words.
    """

    stored: str
    unit: str
    factor: Decimal
    text: str

    def follow(self, stored: str) -> Scale | None:
        """The same scale for figures that are stored in another unit.

        Parameters
        ----------
        stored : str
            Their unit.

        Returns
        -------
        Scale or None
            ``None`` where that unit measures something else: two things on one axis would mislead.
        """
        if stored == self.stored:
            return self
        try:
            return Scale(stored, self.unit, conversion(stored, self.unit), self.text)
        except UnitError:
            return None

    def spread(self, values: Sequence[float | None]) -> list[float | None]:
        """Figures in the shown unit, for a chart.

        Parameters
        ----------
        values : sequence of float or None
            Figures with gaps. [stored]

        Returns
        -------
        list of float or None
            To five significant digits. [unit]
        """
        factor = float(self.factor)
        return [None if value is None else float(f"{value * factor:.5g}") for value in values]


def choose_scale(magnitude: Decimal, unit: str, language: Language) -> Scale:
    """Scale that suits a magnitude.

    Parameters
    ----------
    magnitude : Decimal
        The figure, or the largest of several. [unit]
    unit : str
        Unit as stored, may be empty.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    Scale
        As ``core.display`` rules; the stored unit where it has no rule.
    """
    if unit in _RATES:
        return Scale(unit, "%/a", Decimal(100), "%/年" if language == "zh" else "%/yr")
    try:
        shown = choose_unit(magnitude, unit, language) if unit else None
    except UnitError:
        shown = None
    return _scale(unit, shown, language)


@lru_cache(maxsize=4096)
def _scale(stored: str, shown: Unit | None, language: Language) -> Scale:
    """Scale to a shown unit."""
    if shown is None:  # it has no rule
        return Scale(stored, stored, Decimal(1), spell(stored, language))
    factor = conversion(stored, shown)
    own = factor == 1 and language == "zh" and _CHINESE.search(stored)  # untouched: the plan's own word, 50 家, not 50 个
    return Scale(stored, str(shown), factor, spell(stored if own else shown.read(language), language))


def largest(groups: Sequence[Sequence[float | None]]) -> Decimal:
    """Largest magnitude of several series.

    Parameters
    ----------
    groups : sequence of sequence of float or None
        Figures with gaps.

    Returns
    -------
    Decimal
        Zero where there is no figure.
    """
    return Decimal(repr(max((abs(float(value)) for values in groups for value in values if value is not None), default=0.0)))


def scale_series(groups: Sequence[Sequence[float | None]], unit: str, language: Language) -> Scale:
    """One unit for several series, that of their largest figure.

    Parameters
    ----------
    groups : sequence of sequence of float or None
        Figures with gaps. [unit]
    unit : str
        Unit as stored, may be empty.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    Scale
        As `choose_scale`.
    """
    return choose_scale(largest(groups), unit, language)


def spell(unit: str, language: Language) -> str:
    """A unit as print sets it.

    Parameters
    ----------
    unit : str
        Plain spelling.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    str
        With subscripts and superscripts; empty for a pure number.
    """
    text = _WORDS[language].get(unit, unit)
    for pattern, instead in _SCRIPTS:
        text = pattern.sub(instead, text)
    return text


NEARLY_ALL, WHOLE = Decimal("99.5"), Decimal(100)
"""Between these a share that a model gives is said as more than 99 %. [%]"""


@lru_cache(maxsize=16384)
def show(
    value: Any, unit: str | None, language: Language, *, basis: str = "actual", scale: Scale | None = None, vague: bool = False
) -> Shown:
    """A stored figure, ready for reading.

    Parameters
    ----------
    value : float, int, Decimal or str
        The figure. [unit]
    unit : str or None
        Unit as stored; ``None`` for a pure number.
    language : {"zh", "en"}
        The reader's language.
    basis : str
        ``actual``, ``target`` and ``assumption`` keep the digits as stated (six at most); ``estimated`` and ``projected``
        have four significant digits, shares one decimal; a share that a model puts at all but one in two hundred
        is said as ``> 99``, since a model is never certain.
    scale : Scale, optional
        Scale of the figures beside it.
    vague : bool
        Whether the figure is known to lie in an interval: then it has three significant digits.

    Returns
    -------
    Shown
        Digits and unit.
    """
    number = Decimal(str(value))
    taken = scale or choose_scale(number, unit or "", language)
    if unit in ("年", "year", "a") and number == number.to_integral_value() and abs(number) >= 1000:
        return Shown(str(int(number)), "年" if language == "zh" else "")
    scaled = number * taken.factor
    stated = basis in _STATED
    share = taken.text == "%" and not stated
    if share and NEARLY_ALL < scaled <= WHOLE:
        return Shown("> 99", taken.text)
    digits = 3 if vague else 6 if stated else 4
    return Shown(write(_decimals(scaled, 1) if share else _cut(scaled, digits)), taken.text)


def write(number: Decimal) -> str:
    """Digits of a number: real minus, thousands grouped from five digits on.

    Parameters
    ----------
    number : Decimal
        The number.

    Returns
    -------
    str
        Plain notation without trailing zeros.
    """
    plain = format(number, "f")
    whole, _, rest = plain.lstrip("-").partition(".")
    rest = rest.rstrip("0")
    grouped = f"{int(whole):,}" if len(whole) > 4 else whole
    sign = MINUS if plain.startswith("-") and (int(whole) or rest) else ""
    return f"{sign}{grouped}{'.' + rest if rest else ''}"


def goal(comparator: str | None, value: Any, upper: Any, unit: str, language: Language) -> str:
    """A target as one expression: comparator, figure or range, unit.

    Parameters
    ----------
    comparator : str or None
        Comparator of the target.
    value : number
        Lower or only figure. [unit]
    upper : number or None
        Upper end of a range. [unit]
    unit : str
        Unit as stored.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    str
        E.g. ``≥ 1300 万千瓦``.
    """
    sign = COMPARATORS.get(comparator or "", "")
    head = f"{sign}{THIN}" if sign else ""
    return head + span(value, upper, unit, language, basis="target")


def span(low: Any, high: Any, unit: str, language: Language, *, basis: str) -> str:
    """A range in one unit.

    Parameters
    ----------
    low, high : number
        Ends; with ``high`` absent only the lower one. [unit]
    unit : str
        Unit as stored.
    language : {"zh", "en"}
        The reader's language.
    basis : str
        Basis of the figures.

    Returns
    -------
    str
        E.g. ``15–18%``.
    """
    if high is None:
        return str(show(low, unit, language, basis=basis))
    scale = scale_series([[low, high]], unit, language)
    vague = basis not in _STATED
    first = show(low, unit, language, basis=basis, scale=scale, vague=vague)
    return f"{first.text}–{show(high, unit, language, basis=basis, scale=scale, vague=vague)}"


def between(number: Mapping[str, Any], language: Language, *, scale: Scale | None = None) -> str:
    """The interval of a figure, in the unit in which the figure itself is shown.

    Parameters
    ----------
    number : mapping
        Figure of the view document with ``value``, ``low``, ``high``, ``unit`` and ``basis``.
    language : {"zh", "en"}
        The reader's language.
    scale : Scale, optional
        Scale of the figure, if it follows those beside it.

    Returns
    -------
    str
        E.g. ``15–18``; with a word between the ends where one is negative, so that dash and minus do not meet.
    """
    unit, basis = number["unit"] or "", number.get("basis") or "actual"
    taken = scale or choose_scale(Decimal(str(number["value"])), unit, language)
    low, high = (_end(number[end], taken, basis) for end in ("low", "high"))
    joint = "–" if number["low"] >= 0 else " 至 " if language == "zh" else " to "
    return f"{low}{joint}{high}"


def _end(value: Any, scale: Scale, basis: str) -> str:
    """One end of an interval: no claim of certainty, so that a share of nearly all stays a figure."""
    scaled = Decimal(str(value)) * scale.factor
    return write(_decimals(scaled, 1) if scale.text == "%" and basis not in _STATED else _cut(scaled, 3))


def is_number(text: Any) -> bool:
    """Whether a stored text is a finite number.

    Parameters
    ----------
    text : object
        Value of a trace.

    Returns
    -------
    bool
        False for words, dates and infinities.
    """
    try:
        return Decimal(str(text)).is_finite()
    except InvalidOperation:
        return False


def _cut(number: Decimal, digits: int) -> Decimal:
    """Round to a number of significant digits."""
    return number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1)) if number else Decimal(0)


def _decimals(number: Decimal, digits: int) -> Decimal:
    """Round to a number of decimals."""
    return number.quantize(Decimal(1).scaleb(-digits))
