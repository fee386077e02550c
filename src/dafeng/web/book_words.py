"""Words for what the ledger names by an id: books without a definition, units, a limit that is none.

Invariant: no id stands where a title belongs; a unit nobody translates is shown as stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.core.labels import Label, Language
from dafeng.ledger.requests import MOST
from dafeng.web.figures import spell
from dafeng.web.labels import read_labels
from dafeng.work.right_overview import BookSum

_UNITS: Mapping[Language, Mapping[str, str]] = {
    "zh": {"point": "分", "voucher": "张"},
    "en": {"元": "yuan", "分": "points", "张": "vouchers", "point": "points", "voucher": "vouchers", "人次": "trip"},
}
_VOUCHER = "voucher"
"""Unit of the books that carbon inclusion opens for its vouchers, one instrument each."""


def name_book(found: BookSum) -> Label:
    """Title of a book.

    Parameters
    ----------
    found : BookSum
        The book.

    Returns
    -------
    Label
        As its definition says, in English with a capital; of a book that has none by what it is kept for, with the period
        where there is one.
    """
    if found.plan is not None:
        en = found.label.en
        return Label(found.label.zh, en[:1].upper() + en[1:])
    book, words = found.book, read_labels()
    key = _VOUCHER if book.unit == _VOUCHER else book.instrument.lower().replace(" ", "_").replace("-", "_")
    said = words.get(f"book_kind.{key}") or words["book_kind.other"]
    period = f" {book.period}" if book.period else ""
    return Label(said.zh + period, said.en + period)


def say_unit(unit: str, language: Language) -> str:
    """Unit of a book as the reader writes it.

    Parameters
    ----------
    unit : str
        As the book has it.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    str
        With subscripts, each part of a rate by itself; as stored where it is the same in both languages.
    """
    return spell("/".join(_UNITS[language].get(part, part) for part in unit.split("/")), language)


def say_counted(found: BookSum, language: Language) -> str:
    """Unit of a book with what it counts.

    Parameters
    ----------
    found : BookSum
        The book.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    str
        ``t CO₂e``; the unit alone where it says already what is counted.
    """
    unit = say_unit(found.book.unit, language)
    said = spell(found.plan.counted.read(language), language) if found.plan is not None else unit
    return unit if unit.endswith(said) else f"{unit} {said}"


def has_limit(limit: int | None) -> bool:
    """Whether a limit limits anything.

    Parameters
    ----------
    limit : int or None
        Of an issuer, or the sum of several. [minimal units]

    Returns
    -------
    bool
        False from the largest quantity on that the ledger can count.
    """
    return limit is not None and limit < MOST


def is_unused(found: BookSum) -> bool:
    """Whether nothing was ever left in a book.

    Parameters
    ----------
    found : BookSum
        The book.

    Returns
    -------
    bool
        Every sum is zero.
    """
    return not any((found.issued, found.held, found.claimed, *found.ends.values()))


def book_words(language: Language) -> dict[str, Any]:
    """What templates call to name books, units and limits.

    Parameters
    ----------
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    dict
        ``book_title``, ``unit``, ``counted`` and ``limited``.
    """
    return {
        "book_title": lambda found: name_book(found).read(language),
        "unit": lambda text: say_unit(text, language),
        "counted": lambda found: say_counted(found, language),
        "limited": has_limit,
    }
