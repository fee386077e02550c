"""Sources of figures: ``sources.yaml`` of the package and of each overlay.

Invariant: a row that quotes a source id resolves to exactly one source.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from dafeng.core.labels import Label, Wording
from dafeng.core.sources import Source
from dafeng.library.overlay import definition_files, layers, merged
from dafeng.library.records import Record, records
from dafeng.library.strict import Texts, read_texts, read_yaml, refusal

_FIELDS = frozenset({"title", "publisher", "date", "url", "seen"})
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]*")


def read_sources(*folders: Path) -> Mapping[str, Source]:
    """Sources of the package and of overlay folders.

    Parameters
    ----------
    *folders : Path
        Overlay folders of a province or city.

    Returns
    -------
    mapping of str to Source
        Source by id.

    Raises
    ------
    DefinitionError
        If a file breaks the schema, or an id comes twice.
    """
    return dict(_sources(read_texts(definition_files(layers(*folders), "sources*.yaml"))))


def check_source(name: str, known: Collection[str], at: str) -> str:
    """The same id, if it is a known source.

    Parameters
    ----------
    name : str
        Source id.
    known : collection of str
        Ids of the known sources.
    at : str
        Place of the row that quotes it.

    Returns
    -------
    str
        The id.

    Raises
    ------
    DefinitionError
        If there is no such source.
    """
    if name not in known:
        raise refusal(
            at,
            f"来源“{name}”未登记",
            f"unknown source '{name}'",
            expected=Label("sources.yaml 中的编号", "an id in sources.yaml"),
        )
    return name


@lru_cache(maxsize=16)
def _sources(files: Texts) -> Mapping[str, Source]:
    return merged(_rows(files))


def _rows(files: Texts) -> Iterator[tuple[str, str, Source]]:
    for file, text in files:
        marked = read_yaml(text, name=file)
        for name, record in records(marked, "sources"):
            yield name, marked.at(*record.path), _source(name, record)


def _source(name: str, record: Record) -> Source:
    record.allow(_FIELDS)
    if not _ID.fullmatch(name):
        raise record.error("编号只能用小写字母、数字和 . _ -", "an id is lower case letters, digits and . _ -")
    return Source(
        id=name,
        title=_wording(record, "title"),
        publisher=record.text_or_none("publisher") or "",
        date=record.text_or_none("date") or "",
        url=record.text_or_none("url") or "",
        seen=_wording(record, "seen"),
    )


def _wording(record: Record, key: str) -> Wording:
    """A text as published, or one of the project's own in both languages."""
    return record.label(key) if isinstance(record.value(key), dict) else record.text(key)
