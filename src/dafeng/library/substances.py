"""Names of carriers, products and substances, and what a delivered name means by them.

Invariant: a name means one substance or none; two substances that share a name are both told and none is taken.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dafeng.core.labels import Label
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import definition_files, layers

CARRIERS: Mapping[str, Kind] = {"carrier": "text", "zh": "text", "en": "text", "spellings": "text?"}
NAMES: Mapping[str, Kind] = {"kind": "text", "id": "text", "zh": "text", "en": "text", "symbol": "text?"}
FEWEST_SHARED = 0.34
"""Least share of characters that a suggested name has in common with the name asked for. [0..1]"""


@dataclass(frozen=True, slots=True)
class Substances:
    """Substances by id, and ids by the spellings of their names.

    Parameters
    ----------
    labels : mapping of str to Label
        Name by id.
    spellings : mapping of str to tuple of str
        Ids by normal spelling.
    """

    labels: Mapping[str, Label]
    spellings: Mapping[str, tuple[str, ...]]

    def find(self, name: str) -> str | None:
        """Substance that a name means.

        Parameters
        ----------
        name : str
            Id, Chinese or English name, symbol or known spelling.

        Returns
        -------
        str or None
            Its id; ``None`` where no substance or more than one has the name.
        """
        if name in self.labels:
            return name
        found = self.spellings.get(_plain(name), ())
        return found[0] if len(found) == 1 else None

    def suggest(self, name: str, *, most: int = 3) -> tuple[Label, ...]:
        """Names that a name may have meant.

        Parameters
        ----------
        name : str
            Name as delivered.
        most : int, optional
            Number of suggestions.

        Returns
        -------
        tuple of Label
            The likest first; those that share the name where it is ambiguous, none where nothing is like it.
        """
        asked = _plain(name)
        same = self.spellings.get(asked, ())
        if same:
            return tuple(self.labels[one] for one in same[:most])
        ranked = sorted((-_likeness(asked, spelling), ids) for spelling, ids in self.spellings.items())
        near = dict.fromkeys(one for likeness, ids in ranked if -likeness >= FEWEST_SHARED for one in ids)
        return tuple(self.labels[one] for one in list(near)[:most])


def read_substances(*folders: Path) -> Substances:
    """Substances of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders with ``classes/carriers.csv`` or ``factors/names*.csv``.

    Returns
    -------
    Substances
        All substances that factors and methods can speak of.

    Raises
    ------
    DefinitionError
        If a file breaks its form.
    """
    rows = tuple(_rows(layers(*folders)))
    spellings: dict[str, tuple[str, ...]] = {}
    for row in rows:
        words = (row["id"], row["zh"], row["en"], row.get("symbol") or "", *(row.get("spellings") or "").split("|"))
        for word in dict.fromkeys(_plain(word) for word in words if word):
            spellings[word] = tuple(dict.fromkeys((*spellings.get(word, ()), row["id"])))
    return Substances({row["id"]: Label(row["zh"], row["en"]) for row in rows}, spellings)


def _rows(stack: tuple[Path, ...]) -> Iterator[Mapping[str, Any]]:
    for path in definition_files(stack, "classes/carriers.csv"):
        yield from ({**row, "id": row["carrier"]} for row in load_csv(path, CARRIERS, others=True))
    for path in definition_files(stack, "factors/names*.csv"):
        yield from (row for row in load_csv(path, NAMES, others=True) if row["kind"] == "substance")


def _plain(name: str) -> str:
    """Name without width, case, blanks and marks."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).lower() if sign.isalnum())


def _likeness(first: str, second: str) -> float:
    """Shared characters over all characters; what contains the other counts as half alike at least."""
    shared = len(set(first) & set(second)) / max(len(set(first) | set(second)), 1)
    return max(shared, 0.5) if first and (first in second or second in first) else shared
