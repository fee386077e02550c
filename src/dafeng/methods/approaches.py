"""Pairs of methods that measure the same emission in two ways, and the known reasons why they differ.

Invariant: a pair names only methods that exist; its reasons are rows of the balance with their signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dafeng.core.labels import Label
from dafeng.core.sources import Source
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.records import Record
from dafeng.library.sources import check_source, read_sources
from dafeng.library.strict import read_yaml
from dafeng.methods.definition import Method


@dataclass(frozen=True, slots=True)
class Reason:
    """Why apparent consumption may differ from what is burnt.

    Parameters
    ----------
    id : str
        Id.
    label : Label
        Name in words.
    plus, minus : tuple of str
        Rows of the balance that are added and subtracted as printed.
    needs : str or None
        Row that the balance must print, so that its parts can be compared with it.
    """

    id: str
    label: Label
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    needs: str | None


@dataclass(frozen=True, slots=True)
class Approaches:
    """Two methods that measure the same emission in two ways, and the known reasons of a gap.

    Parameters
    ----------
    id : str
        Id.
    sectoral, reference : str
        Methods.
    reasons : tuple of Reason
        Known reasons.
    """

    id: str
    sectoral: str
    reference: str
    reasons: tuple[Reason, ...]


def read_approaches(methods: Mapping[str, Method], *folders: Path) -> Mapping[str, Approaches]:
    """Pairs of approaches that ship and those of overlay folders.

    Parameters
    ----------
    methods : mapping of str to Method
        Methods that exist.
    *folders : Path
        Overlay folders; their ``reconciliation/*.yaml`` add pairs, never edit them.

    Returns
    -------
    mapping of str to Approaches
        Pair by id.

    Raises
    ------
    DefinitionError
        If a file breaks the schema or names a method that does not exist.
    """
    known = read_sources(*folders)
    return merged(_read(definition_files(layers(*folders), "reconciliation/*.yaml"), methods, known))


def _read(
    paths: Iterator[Path], methods: Mapping[str, Method], known: Mapping[str, Source]
) -> Iterator[tuple[str, str, Approaches]]:
    for path in paths:
        root = Record(read_yaml(path), ()).allow({"id", "source", "sectoral", "reference", "reasons"})
        check_source(root.text("source"), known, root.marked.at("source"))
        pair = [root.text(key, among=tuple(methods)) for key in ("sectoral", "reference")]
        reasons = tuple(_reason(record) for record in root.children("reasons"))
        yield root.text("id"), root.marked.at("id"), Approaches(root.text("id"), pair[0], pair[1], reasons)


def _reason(record: Record) -> Reason:
    record.allow({"id", "label", "plus", "minus", "needs"})
    rows = record.texts("plus"), record.texts("minus")
    return Reason(record.text("id"), record.label("label"), *rows, record.text_or_none("needs"))
