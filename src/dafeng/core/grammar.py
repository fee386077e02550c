"""The grammar of a composed unit: ``kg/(m2*a)``, ``10^4 tCO2``, ``克标准煤/千瓦时``.

Invariant: whatever the text, the answer is a tuple of known factors or a `UnitError`; long and deep text is
refused before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from dafeng.core.errors import UnitError
from dafeng.core.labels import Label
from dafeng.core.spellings import refuse, tidy

LONGEST = 100
"""Characters a unit may have; longer text is refused."""
HIGHEST = 12
"""Largest exponent of a unit."""
_DIGITS: Mapping[str, int] = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_NUMBER = re.compile(r"(\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?)(?:\^(-?\d{1,2}))?")
_NAME = re.compile(r"[^/*()^]+")
_POWER = re.compile(r"\^(-?\d{1,2})")


@dataclass(frozen=True, slots=True)
class Part:
    """One factor of a composed unit, as it was written.

    Parameters
    ----------
    scale : Fraction
        Number in front, including 万 and 亿.
    symbol : str
        Canonical symbol, empty for a bare number.
    power : int
        Exponent.
    """

    scale: Fraction
    symbol: str
    power: int


def split(text: str, spellings: Mapping[str, str]) -> tuple[Part, ...]:
    """Factors of a written unit.

    Parameters
    ----------
    text : str
        E.g. ``克标准煤/千瓦时``, ``10^4 tCO2``, ``kg/(m2*a)``.
    spellings : mapping
        Symbol for each spelling.

    Returns
    -------
    tuple of Part
        Factors in written order.

    Raises
    ------
    UnitError
        If the text is empty, too long, breaks the grammar or names an unknown unit.
    """
    if not text.strip() or len(text) > LONGEST:
        raise _broken(text)
    return _Scanner(text, tidy(text), spellings).whole()


class _Scanner:
    """Recursive descent over one tidied text; made for one call of `split` and thrown away."""

    def __init__(self, given: str, text: str, spellings: Mapping[str, str]) -> None:
        self.given, self.text, self.spellings, self.at = given, text, spellings, 0

    def whole(self) -> tuple[Part, ...]:
        parts = self.product()
        if self.at != len(self.text):
            raise _broken(self.given)
        return parts

    def product(self) -> tuple[Part, ...]:
        parts = self.factor(1)
        while self.text[self.at : self.at + 1] in ("*", "/"):
            sign = 1 if self.text[self.at] == "*" else -1
            self.at += 1
            parts = (*parts, *self.factor(sign))
        return parts

    def factor(self, sign: int) -> tuple[Part, ...]:
        if self.text[self.at : self.at + 1] == "(":
            self.at += 1
            inner = self.product()
            if self.text[self.at : self.at + 1] != ")":
                raise _broken(self.given)
            self.at += 1
            power = sign * self.power()
            return tuple(Part(p.scale, p.symbol, p.power * power) for p in inner)
        return self.operand(sign)

    def operand(self, sign: int) -> tuple[Part, ...]:
        number = _NUMBER.match(self.text, self.at)
        scale = Fraction(number[1]) ** int(number[2] or 1) if number and self._sane(number) else Fraction(1)
        self.at = number.end() if number else self.at
        name = _NAME.match(self.text, self.at)
        if name is None:
            if number is None or scale <= 0:
                raise _broken(self.given)
            return (Part(scale, "", sign),) if scale != 1 else ()
        self.at = name.end()
        power = self.power()
        raised = self._find(f"{name[0]}^{power}")
        if raised is not None:  # m^3 is the unit m3, and 亿m^3 is 10^8 of it
            return (Part(scale * raised[0], raised[1], sign),)
        word, symbol = self._resolve(name[0])
        return (Part(scale * word, symbol, sign * power),)

    def power(self) -> int:
        found = _POWER.match(self.text, self.at)
        if found is None:
            return 1
        self.at = found.end()
        if not 0 < abs(int(found[1])) <= HIGHEST:
            raise _broken(self.given)
        return int(found[1])

    def _sane(self, number: re.Match[str]) -> bool:
        if Fraction(number[1]) <= 0 or (number[2] and Fraction(number[1]) != 10):
            raise _broken(self.given)
        return True

    def _resolve(self, name: str) -> tuple[Fraction, str]:
        found = self._find(name)
        if found is None:
            raise _unknown(name, self.given, self.spellings)
        return found

    def _find(self, name: str) -> tuple[Fraction, str] | None:
        """Number words in front of a spelling, and its symbol."""
        if name in self.spellings:
            return Fraction(1), self.spellings[name]
        scale = 1
        for length, digit in enumerate(name, 1):
            if digit not in _DIGITS:
                break
            scale *= _DIGITS[digit]
            if name[length:] in self.spellings:
                return Fraction(scale), self.spellings[name[length:]]
        return None


def _broken(text: str) -> UnitError:
    shown = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return refuse(
        Label(f"“{shown}”不是单位", f"'{shown}' is not a unit"),
        where=shown.strip() or "unit",
        expected=Label("如 万千瓦、tCO2/t、克标准煤/千瓦时、kg/(m2*a)", "such as 万千瓦, tCO2/t, gce/kWh, kg/(m2*a)"),
        remedy=Label("改正单位的写法", "correct the spelling of the unit"),
    )


def _unknown(name: str, given: str, spellings: Mapping[str, str]) -> UnitError:
    near = get_close_matches(name, spellings, n=3, cutoff=0.6)
    hint_zh, hint_en = (
        (f"相近的有 {'、'.join(near)}", f"one of {', '.join(near)}")
        if near
        else ("单位表中的写法", "a spelling of the unit table")
    )
    return refuse(
        Label(f"不认识单位“{name}”", f"unknown unit '{name}'"),
        where=given,
        expected=Label(hint_zh, hint_en),
        remedy=Label("改正写法，或在单位表 units.csv 中加一行", "correct it, or add a row to the unit table units.csv"),
    )
