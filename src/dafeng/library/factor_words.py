"""The words by which tables of factors call columns, substances, parameters, purposes and standards.

Invariant: a word that two things could be called by is no name of either; nothing is guessed from likeness, which
only suggests.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from dafeng.library.factors import FactorLibrary
from dafeng.library.listing import Kind, load_csv
from dafeng.library.overlay import definition_files, layers

_COLUMNS: Mapping[str, Kind] = {"field": "text", "zh": "text", "en": "text", "spellings": "text?"}
_WORDS: Mapping[str, Kind] = {"kind": "text", "id": "text", "spellings": "text"}
_PATHS: Mapping[str, Kind] = {"path": "text", "purpose": "text", "sector": "text?", "note": "text?"}
_CARRIERS: Mapping[str, Kind] = {"carrier": "text", "zh": "text", "en": "text", "spellings": "text?"}
_MARKS = str.maketrans("", "", " \t\r\n　_·.,，、:：;；'\"“”‘’()（）[]【】/-—–")
_LIKE = 0.5


@dataclass(frozen=True, slots=True)
class PathRule:
    """What a category path of the national factor database says.

    Parameters
    ----------
    purpose : str
        Purpose that follows.
    sector : str or None
        Inventory category that the factor is limited to.
    """

    purpose: str
    sector: str | None


@dataclass(frozen=True, slots=True)
class FactorWords:
    """Names by kind.

    Parameters
    ----------
    columns : mapping of str to str
        Field by normal form of a heading.
    names : mapping of str to (mapping of str to str)
        By kind (``substance``, ``parameter``, ``purpose``, ``standard``): id by normal form of a name.
    paths : mapping of str to PathRule
        Rule by normal form of a path.
    """

    columns: Mapping[str, str]
    names: Mapping[str, Mapping[str, str]]
    paths: Mapping[str, PathRule]

    def find(self, kind: str, text: str) -> str | None:
        """Id of a name.

        Parameters
        ----------
        kind : {"substance", "parameter", "purpose", "standard"}
            What sort of name it is.
        text : str
            The name.

        Returns
        -------
        str or None
            Its id; ``None`` where it is unknown.
        """
        return self.names[kind].get(normal_word(text))

    def suggest(self, kind: str, text: str) -> tuple[str, ...]:
        """Ids whose names look like a text.

        Parameters
        ----------
        kind : {"substance", "parameter", "purpose", "standard"}
            What sort of name it is.
        text : str
            The text.

        Returns
        -------
        tuple of str
            At most three, the likest first; for people, never taken.
        """
        known = self.names[kind]
        inside = [known[name] for name in known if len(name) > 1 and (name in normal_word(text) or normal_word(text) in name)]
        near = [known[name] for name in get_close_matches(normal_word(text), known, n=3, cutoff=_LIKE)]
        return tuple(dict.fromkeys((*near, *inside)))[:3]

    def rule(self, path: str) -> PathRule | None:
        """Rule of the longest known beginning of a category path.

        Parameters
        ----------
        path : str
            Path such as 能源活动-化石燃料燃烧-天然气-固定燃烧.

        Returns
        -------
        PathRule or None
            ``None`` where no beginning is known.
        """
        said = normal_word(path)
        fitting = [known for known in self.paths if said.startswith(known)]
        return self.paths[max(fitting, key=len)] if fitting else None


def read_factor_words(found: FactorLibrary, *folders: Path) -> FactorWords:
    """Words of the package and of overlay folders.

    Parameters
    ----------
    found : FactorLibrary
        Names of substances, parameters, purposes and standards.
    *folders : Path
        Overlay folders of a province or city.

    Returns
    -------
    FactorWords
        All words; those with two meanings are left out.

    Raises
    ------
    DefinitionError
        If a file breaks its columns.
    """
    stack = layers(*folders)
    columns = [
        (row["field"], (row["field"], row["zh"], row["en"], *_split(row["spellings"]))) for row in _load(stack, "columns")
    ]
    words = {kind: _own_names(found, kind) for kind in ("substance", "parameter", "purpose", "standard")}
    for path in definition_files(stack, "classes/carriers.csv"):
        words["substance"] += [
            (row["carrier"], _split(row["spellings"])) for row in load_csv(path, _CARRIERS, others=True) if row["spellings"]
        ]
    for row in _load(stack, "words"):
        words[row["kind"]].append((row["id"], _split(row["spellings"])))
    paths = {normal_word(row["path"]): PathRule(row["purpose"], row["sector"]) for row in _load(stack, "paths")}
    return FactorWords(_index(columns), {kind: _index(rows) for kind, rows in words.items()}, paths)


def normal_word(text: str) -> str:
    """A name without what does not distinguish: width, case, blanks and marks.

    Parameters
    ----------
    text : str
        A name.

    Returns
    -------
    str
        Normal form.
    """
    return unicodedata.normalize("NFKC", text).casefold().translate(_MARKS)


def _load(stack: Iterable[Path], name: str) -> list[dict[str, str]]:
    kinds = {"columns": _COLUMNS, "words": _WORDS, "paths": _PATHS}[name]
    return [row for path in definition_files(stack, f"classes/factor_{name}.csv") for row in load_csv(path, kinds)]


def _own_names(found: FactorLibrary, kind: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(name, (name, label.zh, label.en)) for (of, name), (label, _) in found.names.items() if of == kind]


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split("|") if part)


def _index(rows: Iterable[tuple[str, tuple[str, ...]]]) -> Mapping[str, str]:
    found: dict[str, set[str]] = {}
    for name, spellings in rows:
        for spelling in spellings:
            found.setdefault(normal_word(spelling), set()).add(name)
    return {word: next(iter(ids)) for word, ids in found.items() if len(ids) == 1 and word}
