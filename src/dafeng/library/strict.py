"""Read YAML definitions without surprises: what a line looks like is what it means.

Invariant: a value that YAML 1.1 would silently turn into something else (``NO``, ``1e6``, ``012``, the last of
two equal keys) is refused with its line and column; numbers are exact (``int`` or ``Decimal``), never float. The same text is
parsed once, and each reader gets a tree of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label

LARGEST = 16 * 1024 * 1024
"""Largest definition file accepted. [bytes]"""
LONGEST = 1000
"""Longest number accepted: the smallest of double precision has 751 significant digits. [characters]"""
DEEPEST = 64
"""Deepest nesting accepted. [levels]"""
REMEMBERED = 1024 * 1024
"""Longest text whose tree is kept for the next reader. [characters]"""
Texts = tuple[tuple[str, str], ...]
"""File names and texts: what a reading depends on, so that a memory keyed by it cannot be out of date."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_ALIKE = re.compile(
    r"[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][-+]?\d+)?|[-+]?0[xXoObB][0-9a-fA-F_]+|[-+]?\d{1,3}(,\d{3})+(\.\d+)?"
    r"|[-+]?\.(inf|nan)|\d+(:[0-5]?\d)+(\.\d*)?",
    re.IGNORECASE,
)
_WORDS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null"})

Trail = tuple[str | int, ...]
"""Keys and positions from the root of a tree to one of its parts."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A value that was read, with the place of each of its parts.

    Parameters
    ----------
    value : object
        Tree of ``dict``, ``list``, ``str``, ``int``, ``Decimal``, ``bool`` and ``None``.
    name : str
        File name, for messages.
    marks : mapping of path to (line, column)
        Place of each part, counted from 1.
    """

    value: Any
    name: str
    marks: Mapping[Trail, tuple[int, int]]

    def at(self, *path: str | int) -> str:
        """Place of a part, for messages.

        Parameters
        ----------
        *path : str or int
            Keys and positions from the root.

        Returns
        -------
        str
            ``file:line:column``; of the nearest part above where that part is absent.
        """
        while path not in self.marks and path:
            path = path[:-1]
        line, column = self.marks.get(path, (1, 1))
        return f"{self.name}:{line}:{column}"


def load_yaml(source: Path | str) -> Any:
    """Value of a YAML document.

    Parameters
    ----------
    source : Path or str
        A file, or the text itself.

    Returns
    -------
    object
        Tree of ``dict``, ``list``, ``str``, ``int``, ``Decimal``, ``bool`` and ``None``.

    Raises
    ------
    DefinitionError
        If the text is not UTF-8, not YAML, or holds anything that could be misread.
    """
    return read_yaml(source).value


def read_yaml(source: Path | str, *, name: str = "text") -> Marked:
    """Value of a YAML document together with the places of its parts.

    Parameters
    ----------
    source : Path or str
        A file, or the text itself.
    name : str
        Name for messages where ``source`` is a text.

    Returns
    -------
    Marked
        Value and places.

    Raises
    ------
    DefinitionError
        As ``load_yaml``.
    """
    name = source.name if isinstance(source, Path) else name
    text = read_text(source, name=name)
    kept = _kept(text, name) if len(text) <= REMEMBERED else _parsed(text, name)
    return Marked(_own(kept.value), name, kept.marks)


def read_texts(paths: Iterable[Path]) -> Texts:
    """Names and texts of definition files: the key under which what they say is remembered.

    Parameters
    ----------
    paths : iterable of Path
        Files.

    Returns
    -------
    tuple of (str, str)
        Name and text of each file, in their order.

    Raises
    ------
    DefinitionError
        As ``read_text``.
    """
    return tuple((path.name, read_text(path, name=path.name)) for path in paths)


@lru_cache(maxsize=512)
def _kept(text: str, name: str) -> Marked:
    return _parsed(text, name)


def _parsed(text: str, name: str) -> Marked:
    marks: dict[Trail, tuple[int, int]] = {}
    try:
        events = iter(list(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))))
        value = _document(events, name, marks)
    except yaml.MarkedYAMLError as cause:
        mark = cause.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise refusal(f"{name}:{line}:{column}", f"不是合法的 YAML：{cause.problem}", f"not YAML: {cause.problem}") from cause
    except yaml.YAMLError as cause:
        raise refusal(f"{name}:1:1", f"不是合法的 YAML：{cause}", f"not YAML: {cause}") from cause
    return Marked(value, name, MappingProxyType(marks))


def _own(value: Any) -> Any:
    """The same tree in mappings and lists of its own."""
    if isinstance(value, dict):
        return {key: _own(part) for key, part in value.items()}
    return [_own(part) for part in value] if isinstance(value, list) else value


def read_text(source: Path | str, *, name: str = "text") -> str:
    """Text of a definition file, UTF-8 only.

    Parameters
    ----------
    source : Path or str
        A file, or the text itself.
    name : str
        Name for messages.

    Returns
    -------
    str
        The characters, without a byte order mark.

    Raises
    ------
    DefinitionError
        If the file is missing, too large or not UTF-8.
    """
    if isinstance(source, str):
        return source
    if not source.is_file():
        raise refusal(name, f"文件不存在：{source}", f"no such file: {source}")
    data = source.read_bytes()
    if len(data) > LARGEST:
        raise refusal(name, f"文件过大：{len(data)} 字节", f"too large: {len(data)} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        line = data[: cause.start].count(b"\n") + 1
        column = cause.start - data.rfind(b"\n", 0, cause.start)
        raise refusal(f"{name}:{line}:{column}", "不是 UTF-8 编码", "not UTF-8") from cause


def number(text: str, at: str) -> int | Decimal:
    """Exact number of a plain text.

    Parameters
    ----------
    text : str
        Digits with an optional minus sign and decimal point.
    at : str
        Place, for the message.

    Returns
    -------
    int or Decimal
        Its exact value.

    Raises
    ------
    DefinitionError
        If the text is no number, or one that can be misread (``1e6``, ``012``, ``1,000``, ``+3``, ``.5``).
    """
    readable = len(text) <= LONGEST
    if readable and _INTEGER.fullmatch(text):
        return int(text)
    if readable and _DECIMAL.fullmatch(text):
        return Decimal(text)
    raise refusal(
        at,
        f"“{text[:60]}”不是无歧义的数",
        f"'{text[:60]}' is no unambiguous number",
        expected=Label("如 12、-0.5、1000000", "such as 12, -0.5, 1000000"),
    )


def refusal(at: str, zh: str, en: str, *, expected: Label | None = None) -> DefinitionError:
    """Error for a definition that breaks a rule.

    Parameters
    ----------
    at : str
        Place, ``file:line:column``.
    zh, en : str
        What is wrong.
    expected : Label, optional
        What would have been accepted.

    Returns
    -------
    DefinitionError
        To be raised by the caller.
    """
    return DefinitionError(
        Label(zh, en),
        where=at,
        expected=expected or Label("无歧义的 UTF-8 定义文件", "an unambiguous definition file in UTF-8"),
        remedy=Label("按所示位置修改；文字加引号", "mend the place shown; quote what is meant as text"),
    )


def _document(events: Iterator[Event], name: str, marks: dict[Trail, tuple[int, int]]) -> Any:
    found: list[Any] = []
    for event in events:
        if isinstance(event, StreamStartEvent | StreamEndEvent | DocumentEndEvent):
            continue
        if not isinstance(event, DocumentStartEvent):
            raise refusal(_at(event, name), "结构错误", "unexpected structure")
        if found:
            raise refusal(_at(event, name), "一个文件只能有一个文档", "more than one document in a file")
        found.append(_value(next(events), events, name, (), marks))
    return found[0] if found else None


def _value(event: Event, events: Iterator[Event], name: str, path: Trail, marks: dict[Trail, tuple[int, int]]) -> Any:
    at = _at(event, name)
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        raise refusal(at, "不允许锚点和别名（& *）", "anchors and aliases (& *) are not allowed")
    if getattr(event, "tag", None):
        raise refusal(at, "不允许标签（!）", "tags (!) are not allowed")
    if len(path) > DEEPEST:
        raise refusal(at, f"嵌套超过 {DEEPEST} 层", f"nested deeper than {DEEPEST} levels")
    marks[path] = _spot(event)
    if isinstance(event, ScalarEvent):
        return _scalar(event, at)
    if isinstance(event, SequenceStartEvent):
        return _sequence(events, name, path, marks)
    return _mapping(events, name, path, marks)


def _sequence(events: Iterator[Event], name: str, path: Trail, marks: dict[Trail, tuple[int, int]]) -> list[Any]:
    values: list[Any] = []
    while not isinstance(event := next(events), SequenceEndEvent):
        values.append(_value(event, events, name, (*path, len(values)), marks))
    return values


def _mapping(events: Iterator[Event], name: str, path: Trail, marks: dict[Trail, tuple[int, int]]) -> dict[str | int, Any]:
    values: dict[str | int, Any] = {}
    while not isinstance(event := next(events), MappingEndEvent):
        at = _at(event, name)
        key = _key(event, events, name, path, marks)
        if key in values:
            raise refusal(at, f"键“{key}”重复", f"duplicate key '{key}'")
        values[key] = _value(next(events), events, name, (*path, key), marks)
    return values


def _key(event: Event, events: Iterator[Event], name: str, path: Trail, marks: dict[Trail, tuple[int, int]]) -> str | int:
    at = _at(event, name)
    if isinstance(event, MappingStartEvent | SequenceStartEvent):
        raise refusal(at, "键必须是文字或整数", "a key must be a text or an integer")
    key = _value(event, events, name, (*path, "(key)"), marks)
    if isinstance(key, bool) or not isinstance(key, str | int) or key in ("<<", ""):
        raise refusal(at, f"键“{key}”必须是文字或整数", f"key '{key}' must be a text or an integer")
    return key


def _scalar(event: ScalarEvent, at: str) -> Any:
    text: str = event.value
    if event.style:
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if text.lower() in _WORDS:
        raise refusal(
            at,
            f"“{text}”有歧义",
            f"'{text}' is ambiguous",
            expected=Label("true、false、null，或加引号的文字", "true, false, null, or quoted text"),
        )
    return number(text, at) if _ALIKE.fullmatch(text) else text


def _at(event: Event, name: str) -> str:
    line, column = _spot(event)
    return f"{name}:{line}:{column}"


def _spot(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
