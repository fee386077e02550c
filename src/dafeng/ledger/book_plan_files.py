"""Files that define books, taken apart: every field is declared, typed and placed.

Invariant: what is misspelt or of another type is refused where it stands, never taken for something else; a city adds to what
needs two persons and never takes away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from dafeng.core.labels import Label
from dafeng.core.persons import fold_person
from dafeng.ledger.definitions import account_types, kinds
from dafeng.ledger.flaws import MOST_SCALE
from dafeng.ledger.requests import MOST, VERBS
from dafeng.library.records import Record
from dafeng.library.strict import Marked, refusal

CLAIMED = ("freeze", "pledge", "blocked", "closed")
"""Kinds of claims and states of accounts that may need two persons, beside verbs and kinds of transfers."""
_NAME = re.compile(r"[^\s/?#%:]{1,60}")


class Layers(NamedTuple):
    """What files say together: the fields of each book by its id, and what needs two persons."""

    books: Mapping[str, Mapping[str, Any]]
    pairs: frozenset[str]


def read_layers(files: Iterable[Marked]) -> Layers:
    """Fields of books, each file laid over those before it.

    Parameters
    ----------
    files : iterable of Marked
        The file of the package, then those of overlay folders.

    Returns
    -------
    Layers
        Every book has all its fields.

    Raises
    ------
    DefinitionError
        If a file does not keep its form, with the place.
    """
    books: dict[str, Mapping[str, Any]] = {}
    pairs: set[str] = set()
    for file in files:
        root = Record(file, ())
        if file.value is None:
            continue
        if not isinstance(file.value, dict):
            raise refusal(file.at(), "文件应为映射", "the file must be a mapping", expected=_EITHER)
        root.allow({"books", "four_eyes"})
        told = root.child("books")
        for name in _keys(told):
            row = _row(told, name)
            books[name] = _lay(row, books.get(name, {}))
            _check_instrument(row, name, books)
        if "four_eyes" in _keys(root):
            pairs.update(_words(root, "four_eyes", {*VERBS, *kinds(), *CLAIMED}))
    return Layers(MappingProxyType(books), frozenset(pairs))


def _keys(row: Record) -> tuple[str, ...]:
    return row.keys()


def _row(books: Record, name: str) -> Record:
    if not _NAME.fullmatch(name):
        expected = Label("1 至 60 个字符，不含空格和 / ? # % :", "1 to 60 characters without spaces and / ? # % :")
        raise books.error(f"账簿编号“{name[:60]}”不能采用", f"the id '{name[:60]}' cannot be used", expected=expected)
    if books.value(name) is None:
        raise books.error("应为映射", "must be a mapping", key=name)
    return books.child(name).allow(_FIELDS)


def _lay(row: Record, under: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields of a book laid over those of an earlier file; instruments of earlier versions stay."""
    told = {key: _FIELDS[key](row, key) for key in _keys(row)}
    missing = [key for key in _FIELDS if key not in _OPTIONAL and key not in {**under, **told}]
    if missing:
        raise row.error(
            f"缺少 {'、'.join(missing)}",
            f"{', '.join(missing)} missing",
            expected=Label("与程序自带的 books.yaml 相同的各项", "the fields of the package's books.yaml"),
        )
    formerly = tuple(dict.fromkeys([*under.get("formerly", ()), *told.get("formerly", ())]))
    made = {**_OPTIONAL, **under, **told, "formerly": formerly}
    before = under.get("instrument", made["instrument"])
    if before not in (made["instrument"], *formerly):
        raise row.error(
            f"“{before}”改名为“{made['instrument']}”而未写 formerly",
            f"'{before}' is renamed to '{made['instrument']}' without formerly",
            key="instrument",
            expected=Label(
                f"formerly: [{before}]，使原账簿仍受同样规则约束", f"formerly: [{before}], so that its book keeps its rules"
            ),
        )
    return MappingProxyType(made)


def _check_instrument(row: Record, name: str, books: Mapping[str, Mapping[str, Any]]) -> None:
    """An instrument has one definition, however it is spelt."""
    own = {fold_person(one) for one in (books[name]["instrument"], *books[name]["formerly"])}
    for other, fields in books.items():
        if other != name and own & {fold_person(one) for one in (fields["instrument"], *fields["formerly"])}:
            raise row.error(
                f"“{books[name]['instrument']}”已由账簿“{other}”定义",
                f"'{books[name]['instrument']}' is defined by the book '{other}'",
                expected=Label("每种权利一个定义", "one definition for each instrument"),
            )


def _words(row: Record, key: str, among: Iterable[str]) -> tuple[str, ...]:
    known = list(among)
    found = row.value(key)
    if not isinstance(found, list):
        raise row.error(f"应为列表，实为 {found!r}", f"must be a list, is {found!r}", key=key)
    for one in found:
        if one not in known or found.count(one) > 1:
            raise row.error(
                f"不认识或重复“{one}”",
                f"'{one}' is unknown or stands twice",
                key=key,
                expected=Label("、".join(known), ", ".join(known)),
            )
    return tuple(found)


def _flag(row: Record, key: str) -> bool:
    found = row.value(key)
    if not isinstance(found, bool):
        raise row.error(f"应为 true 或 false，实为 {found!r}", f"must be true or false, is {found!r}", key=key)
    return found


def _whole(most: int) -> Callable[[Record, str], int]:
    def read(row: Record, key: str) -> int:
        found = row.value(key)
        if type(found) is not int or not 0 <= found <= most:
            raise row.error(
                f"应为 0 至 {most} 的整数，实为 {found!r}", f"must be a whole number from 0 to {most}, is {found!r}", key=key
            )
        return found

    return read


def _whole_or_none(row: Record, key: str) -> int | None:
    return None if row.value(key) is None else _whole(MOST)(row, key)


def _text(row: Record, key: str) -> str:
    return row.text(key)


def _text_or_empty(row: Record, key: str) -> str:
    return row.text_or_none(key) or ""


def _texts(row: Record, key: str) -> tuple[str, ...]:
    if row.value(key) is None:
        raise row.error("应为文字列表", "must be a list of texts", key=key)
    return row.texts(key)


def _label(row: Record, key: str) -> Label:
    return row.label(key)


_EITHER = Label("books 和 four_eyes", "books and four_eyes")
_FIELDS: Mapping[str, Callable[[Record, str], Any]] = MappingProxyType(
    {
        "label": _label,
        "of": _label,
        "instrument": _text,
        "unit": _text,
        "scale": _whole(MOST_SCALE),
        "serials": _flag,
        "dated": _flag,
        "project": _flag,
        "accounts": lambda row, key: _words(row, key, account_types()),
        "threshold": _whole_or_none,
        "source": _text_or_empty,
        "clause": _text_or_empty,
        "grade": _text_or_empty,
        "formerly": _texts,
        "single_year": _flag,
        "traded": _flag,
    }
)
_OPTIONAL: Mapping[str, Any] = MappingProxyType({"formerly": (), "single_year": False, "traded": True})
"""Fields that may be left out, with what then holds."""
