"""The words of the target grammar, from ``data/plans/words.yaml``, as sets and longest-first patterns.

Invariant: a word's role stands in the data file only; code names roles, never words of a plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from dafeng.library.strict import load_yaml


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by role.

    Parameters
    ----------
    words : mapping of str to tuple of str
        All words of every role, longest word first.
    groups : mapping of str to mapping of str to tuple of str
        Roles with a meaning per word: ``reach``, ``change``, ``bound``, ``qualifier``, ``strength``, ``do``, ``counting``.
    units : mapping of str to str
        Spelling of a unit without multiplier to the spelling that is written out.
    certainty : mapping of str to Decimal
        Factor by which a remark lowers the certainty of a reading. [1]
    """

    words: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, Mapping[str, tuple[str, ...]]]
    units: Mapping[str, str]
    certainty: Mapping[str, Decimal]

    def sort(self, role: str, word: str) -> str | None:
        """Meaning of a word in a grouped role.

        Parameters
        ----------
        role : str
            Grouped role.
        word : str
            The word.

        Returns
        -------
        str or None
            Key of the group that holds the word.
        """
        return next((key for key, listed in self.groups[role].items() if word in listed), None)

    def pattern(self, *roles: str) -> str:
        """Alternation of the words of some roles.

        Parameters
        ----------
        *roles : str
            Flat or grouped roles.

        Returns
        -------
        str
            Regular expression, longest word first, without a group around it.
        """
        return either(word for role in roles for word in self.listed(role))

    def listed(self, role: str) -> tuple[str, ...]:
        """All words of a role.

        Parameters
        ----------
        role : str
            Flat or grouped role.

        Returns
        -------
        tuple of str
            Longest word first.
        """
        return self.words[role]


def either(words: Iterable[str]) -> str:
    """Alternation of words, longest first.

    Parameters
    ----------
    words : iterable of str
        Plain words.

    Returns
    -------
    str
        Regular expression.
    """
    return "|".join(re.escape(word) for word in _ordered(words))


def _ordered(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words), key=lambda word: (-len(word), word)))


@cache
def lexicon() -> Lexicon:
    """Words of the shipped grammar.

    Returns
    -------
    Lexicon
        Read once.

    Raises
    ------
    DefinitionError
        If the data file is malformed.
    """
    tree: dict[str, Any] = load_yaml(files("dafeng").joinpath("data/plans/words.yaml").read_text(encoding="utf-8"))
    units = {str(key): str(value) for key, value in tree.pop("units").items()}
    certainty = {str(key): Decimal(value) for key, value in tree.pop("certainty").items()}
    groups = {role: _grouped(value) for role, value in tree.items() if isinstance(value, dict)}
    words = {role: _ordered(_flat(value)) for role, value in tree.items()}
    return Lexicon(words, groups, units, certainty)


def _flat(value: Mapping[str, Iterable[str]] | Iterable[str]) -> Iterable[str]:
    return (word for words in value.values() for word in words) if isinstance(value, Mapping) else value


def _grouped(value: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {key: _ordered(words) for key, words in value.items()}
