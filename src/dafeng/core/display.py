"""Which unit a reader is shown a quantity in: 万千瓦 for a Chinese reader, GW for an English one.

Invariant: only the unit changes; the quantity stays exactly the same, and a unit without a rule is shown as
it is stored. The rules are a table (``classes/units_display.csv``): the largest unit in which the figure is
at least 1.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files

from dafeng.core.labels import Language
from dafeng.core.units import Unit, conversion, convert, family, unit


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure with its unit, as a reader sees it.

    Parameters
    ----------
    value : Decimal
        The figure, not rounded. [unit]
    unit : Unit
        Its unit.
    text : str
        The unit in the reader's words.
    """

    value: Decimal
    unit: Unit
    text: str


def display(value: Decimal | float, stored: str | Unit, language: Language) -> Amount:
    """Same quantity in the unit a reader of one language expects.

    Parameters
    ----------
    value : Decimal or float
        The stored figure; a float is taken as its shortest decimal text. [stored]
    stored : str or Unit
        Unit it is stored in.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    Amount
        The figure in the largest unit of the table in which it is at least 1 (the smallest one for less; for zero
        the one nearest to the stored unit), or as stored where the table has no rule.

    Raises
    ------
    UnitError
        If the unit is unknown, or the value not finite.
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    source = stored if isinstance(stored, Unit) else unit(stored)
    taken = choose_unit(exact, str(source), language)
    return Amount(convert(exact, source, taken), taken, taken.read(language))


def choose_unit(value: Decimal, stored: str, language: Language) -> Unit:
    """Unit a reader of one language expects a quantity in.

    Parameters
    ----------
    value : Decimal
        The stored figure. [stored]
    stored : str
        Unit it is stored in.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    Unit
        As `display` rules.

    Raises
    ------
    UnitError
        If the unit is unknown.
    """
    steps = _ladder(stored, language)
    return _climb(abs(value), steps) if steps else unit(stored)


def _climb(magnitude: Decimal, steps: tuple[tuple[Unit, Decimal], ...]) -> Unit:
    """Largest unit that a magnitude fills; the smallest where it fills none, and for zero the nearest one."""
    if not magnitude:
        return min(steps, key=lambda step: abs(math.log10(step[1])))[0]
    return next((step for step, least in reversed(steps) if magnitude >= least), steps[0][0])


@lru_cache(maxsize=4096)
def _ladder(stored: str, language: Language) -> tuple[tuple[Unit, Decimal], ...]:
    """Units for what is stored in a unit, each with the stored figure that makes one of it."""
    plain = str(unit(stored))
    return tuple((step, conversion(step, plain)) for step in _steps().get((language, family(plain)), ()))


@cache
def _steps() -> Mapping[tuple[str, str], tuple[Unit, ...]]:
    text = (files("dafeng") / "data" / "classes" / "units_display.csv").read_text("utf-8")
    found: dict[tuple[str, str], tuple[Unit, ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        key = (row["language"], row["family"])
        found[key] = (*found.get(key, ()), unit(row["unit"]))
    return found
