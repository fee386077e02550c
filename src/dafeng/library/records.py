"""Take a definition record apart: every field is declared, typed and placed.

Invariant: a record holds the declared fields and no others (a misspelt key is an error with its line, never
ignored), and a text is not a number.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.library.strict import Marked, Trail, refusal


@dataclass(frozen=True, slots=True)
class Record:
    """One mapping inside a definition file.

    Parameters
    ----------
    marked : Marked
        The file it stands in.
    path : tuple
        Keys from the root of the file to the mapping.
    """

    marked: Marked
    path: Trail

    def error(self, zh: str, en: str, *, key: str | None = None, expected: Label | None = None) -> DefinitionError:
        """Error at this record or one of its fields.

        Parameters
        ----------
        zh, en : str
            What is wrong.
        key : str, optional
            Field it is about.
        expected : Label, optional
            What would have been accepted.

        Returns
        -------
        DefinitionError
            To be raised by the caller.
        """
        trail = self.path if key is None else (*self.path, key)
        said = ".".join(str(part) for part in trail)
        return refusal(self.marked.at(*trail), f"{said}：{zh}", f"{said}: {en}", expected=expected)

    def value(self, key: str) -> Any:
        """Value of a field as read; ``None`` where it is absent.

        Parameters
        ----------
        key : str
            Field.

        Returns
        -------
        object
            The value.
        """
        return self._mapping().get(key)

    def keys(self) -> tuple[str, ...]:
        """Fields that are present.

        Returns
        -------
        tuple of str
            Keys in order.
        """
        return tuple(str(key) for key in self._mapping())

    def child(self, key: str) -> Record:
        """Record under a field.

        Parameters
        ----------
        key : str
            Field.

        Returns
        -------
        Record
            The record, empty if the field is absent.

        Raises
        ------
        DefinitionError
            If the field is no mapping.
        """
        found = self.value(key)
        if found is not None and not isinstance(found, dict):
            raise self.error("应为映射", "must be a mapping", key=key)
        return Record(self.marked, (*self.path, key))

    def children(self, key: str) -> tuple[Record, ...]:
        """Records in the list under a field.

        Parameters
        ----------
        key : str
            Field.

        Returns
        -------
        tuple of Record
            Records in order; none if the field is absent.

        Raises
        ------
        DefinitionError
            If the field is no list of mappings.
        """
        found = self.value(key)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self.error("应为映射的列表", "must be a list of mappings", key=key)
        return tuple(Record(self.marked, (*self.path, key, place)) for place in range(len(found)))

    def text(self, key: str, *, among: Collection[str] = ()) -> str:
        """Text of a field that must be there.

        Parameters
        ----------
        key : str
            Field.
        among : collection of str
            The only words allowed; empty allows all.

        Returns
        -------
        str
            Text, not empty.

        Raises
        ------
        DefinitionError
            If it is absent, empty, no text, or not among the words.
        """
        found = self.value(key)
        if not isinstance(found, str) or not found.strip():
            raise self.error(f"应为非空文字，实为 {found!r}", f"must be a text, is {found!r}", key=key)
        if among and found not in among:
            raise self.error(
                f"不认识“{found}”",
                f"unknown '{found}'",
                key=key,
                expected=Label("、".join(sorted(among)), ", ".join(sorted(among))),
            )
        return found

    def text_or_none(self, key: str, *, among: Collection[str] = ()) -> str | None:
        """Text of a field that may be absent or ``null``.

        Parameters
        ----------
        key : str
            Field.
        among : collection of str
            The only words allowed; empty allows all.

        Returns
        -------
        str or None
            Text.
        """
        return None if self.value(key) in (None, "") else self.text(key, among=among)

    def texts(self, key: str) -> tuple[str, ...]:
        """List of texts; empty where the field is absent.

        Parameters
        ----------
        key : str
            Field.

        Returns
        -------
        tuple of str
            Texts in order.

        Raises
        ------
        DefinitionError
            If it is no list of texts.
        """
        found = self.value(key)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(item, str) and item for item in found):
            raise self.error("应为文字列表", "must be a list of texts", key=key)
        return tuple(found)

    def decimal(self, key: str) -> Decimal | None:
        """Number of a field; ``None`` where it is absent or ``null``.

        Parameters
        ----------
        key : str
            Field.

        Returns
        -------
        Decimal or None
            Exact value.

        Raises
        ------
        DefinitionError
            If it is no number.
        """
        found = self.value(key)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | Decimal):
            raise self.error(f"应为数，实为 {found!r}", f"must be a number, is {found!r}", key=key)
        return Decimal(found)

    def year(self, key: str) -> int | None:
        """Year of a field; ``None`` where it is absent or ``null``.

        Parameters
        ----------
        key : str
            Field.

        Returns
        -------
        int or None
            The year.

        Raises
        ------
        DefinitionError
            If it is no year between 1900 and 2200.
        """
        found = self.value(key)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int) or not 1900 <= found <= 2200:
            raise self.error(f"应为年份，实为 {found!r}", f"must be a year, is {found!r}", key=key)
        return found

    def label(self, key: str) -> Label:
        """Label of a field with ``zh`` and ``en``.

        Parameters
        ----------
        key : str
            Field.

        Returns
        -------
        Label
            Text in both languages.

        Raises
        ------
        DefinitionError
            If one of the languages is missing.
        """
        inner = self.child(key)
        inner.allow({"zh", "en"})
        return Label(inner.text("zh"), inner.text("en"))

    def allow(self, fields: Collection[str]) -> Record:
        """The same record, if it has no other fields.

        Parameters
        ----------
        fields : collection of str
            Fields allowed.

        Returns
        -------
        Record
            The record itself.

        Raises
        ------
        DefinitionError
            If there is a field that is not declared, or the whole file is no mapping of fields.
        """
        if not self.path and self.marked.value is not None and not isinstance(self.marked.value, dict):
            raise self.error(
                "应为映射", "must be a mapping", expected=Label("、".join(sorted(fields)), ", ".join(sorted(fields)))
            )
        for key in self.keys():
            if key not in fields:
                comma = self.value(key) is None and " " in key
                raise self.error(
                    f"未声明的字段“{key}”{'（{ } 中含逗号的文字要加引号）' if comma else ''}",
                    f"undeclared field '{key}'{' (inside { } a text with a comma needs quotes)' if comma else ''}",
                    key=key,
                    expected=Label("、".join(sorted(fields)), ", ".join(sorted(fields))),
                )
        return self

    def _mapping(self) -> dict[str | int, Any]:
        found: Any = self.marked.value
        for part in self.path:
            found = found[part] if isinstance(part, int) else found.get(part) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}


def records(marked: Marked, key: str) -> tuple[tuple[str, Record], ...]:
    """Named records of a file that is one mapping under one head key.

    Parameters
    ----------
    marked : Marked
        File as read.
    key : str
        Head key, e.g. ``sources``.

    Returns
    -------
    tuple of (str, Record)
        Id and record, in order.

    Raises
    ------
    DefinitionError
        If the file is not ``key:`` followed by a mapping of mappings.
    """
    root = Record(marked, ())
    if marked.value is None:
        return ()
    if not isinstance(marked.value, dict):
        raise root.error(f"应以“{key}:”开头", f"must open with '{key}:'")
    root.allow({key})
    head = root.child(key)
    for name in head.keys():  # noqa: SIM118 - a record is no mapping
        if not isinstance(head.value(name), dict):
            raise head.error("应为映射", "must be a mapping", key=name)
    return tuple((name, head.child(name)) for name in head.keys())  # noqa: SIM118 - a record is no mapping
