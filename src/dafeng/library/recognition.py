"""An index of names: which indicators a name can mean, and which are nearest to it.

Invariant: a look-up costs the length of the name, not the number of indicators; a name that says something else than all
known names finds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from dafeng.library.naming import FALL, RISE, folded, is_change, keys_of, normal

How = Literal["name", "synonym", "spelling", "shortened", "word_order"]
"""How a name was recognised, surest first."""
Table = Mapping[str, tuple[str, ...]]
Names = list[tuple[str, str]]
Own = Literal["label", "synonym", "both"]
WAYS: tuple[tuple[How, str, Own], ...] = (
    ("name", "plain", "label"),
    ("synonym", "plain", "synonym"),
    ("spelling", "folded", "both"),
    ("shortened", "short", "both"),
    ("word_order", "order", "both"),
)
"""How, by which key, and of which names; labels go before synonyms."""
TAILS = ("占比", "比重", "比例", "率")
ALIKE = 0.45
"""Least likeness of a name that is shown as near: shared pairs of characters over all pairs (Dice). [0..1]"""


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Ids by the keys of their names.

    Parameters
    ----------
    tables : tuple of (How, str, Table)
        How a name is recognised, by which key, and the ids by that key; the surest way first.
    pairs : mapping of str to tuple of str
        Ids by the pairs of characters of their names.
    sizes : mapping of str to int
        Number of pairs of each id's label.
    """

    tables: tuple[tuple[How, str, Table], ...]
    pairs: Table
    sizes: Mapping[str, int]


def index_names(names: Mapping[str, tuple[str, ...]]) -> NameIndex:
    """Index of names.

    Parameters
    ----------
    names : mapping of str to tuple of str
        Label and synonyms of each id, the label first.

    Returns
    -------
    NameIndex
        The index.
    """
    labels = [(name, known[0]) for name, known in names.items()]
    synonyms = [(name, other) for name, known in names.items() for other in _with_tails(known)]
    tables = tuple((how, key, _table(rows, key)) for how, key, own in WAYS for rows in _rows(own, labels, synonyms))
    pairs = _gather((pair, name) for name, label in labels for pair in _pairs(label))
    return NameIndex(tables, pairs, {name: len(_pairs(label)) for name, label in labels})


def recognise(index: NameIndex, name: str) -> Iterator[tuple[How, tuple[str, ...]]]:
    """Ids that a name can mean.

    Parameters
    ----------
    index : NameIndex
        The index.
    name : str
        Name as a text gives it.

    Yields
    ------
    tuple of How, tuple of str
        The surest way of recognition first; nothing where the name is unknown.
    """
    keys = keys_of(name)
    for how, key, table in index.tables:
        found = table.get(getattr(keys, key), ())
        if found:
            yield how, found


def nearest(index: NameIndex, name: str, *, most: int) -> tuple[str, ...]:
    """Ids whose labels look most like a name.

    Parameters
    ----------
    index : NameIndex
        The index.
    name : str
        Name as a text gives it.
    most : int
        How many ids at most.

    Returns
    -------
    tuple of str
        The likest first; empty where none is alike.
    """
    own = _pairs(name)
    shared = Counter(other for pair in own for other in index.pairs.get(pair, ()))
    likeness = {other: 2 * count / (len(own) + index.sizes[other]) for other, count in shared.items()}
    alike = sorted((-value, other) for other, value in likeness.items() if value >= ALIKE)
    return tuple(other for _, other in alike[:most])


def same_without_tail(name: str, known: Iterable[str]) -> bool:
    """Whether a name differs from known ones only by its ending for a share.

    Parameters
    ----------
    name : str
        Name as a text gives it.
    known : iterable of str
        Known names.

    Returns
    -------
    bool
        True for 装机比重 and 装机占比.
    """
    return _tailless(name) in {_tailless(one) for one in known}


def _tailless(name: str) -> str:
    text = normal(name)
    tail = next((tail for tail in TAILS if text.endswith(tail)), "")
    return text.removesuffix(tail)


def _with_tails(known: tuple[str, ...]) -> Iterator[str]:
    """Synonyms; those of a fall or rise also with the ending that a text may leave to its verb."""
    tail = next((tail for tail in (FALL, RISE) if folded(known[0]).endswith(tail)), "")
    for synonym in known[1:]:
        yield synonym
        if tail and not is_change(folded(synonym)):
            yield synonym + tail


def _rows(own: Own, labels: Names, synonyms: Names) -> tuple[Names, ...]:
    return {"label": (labels,), "synonym": (synonyms,), "both": (labels, synonyms)}[own]


def _table(names: Iterable[tuple[str, str]], key: str) -> Table:
    return _gather((text, name) for name, known in names if (text := getattr(keys_of(known), key)))


def _gather(rows: Iterable[tuple[str, str]]) -> Table:
    found: dict[str, dict[str, None]] = {}
    for key, name in rows:
        found.setdefault(key, {})[name] = None
    return {key: tuple(ids) for key, ids in found.items()}


def _pairs(name: str) -> frozenset[str]:
    text = folded(name)
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
