"""Bytes of a text table as characters: UTF-8, UTF-16 and GB18030.

Invariant: every byte is decoded strictly; bytes that fit no encoding are refused, never replaced.
"""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass

from dafeng.core.labels import Label
from dafeng.readers.refusals import refusal

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ALLOWED_CONTROLS = frozenset("\t\n\r\x0b\x0c\x1a")
DOUBTFUL_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters and how they were found.

    Parameters
    ----------
    text : str
        All characters, without byte-order mark.
    encoding : str
        Name of the encoding.
    doubtful : bool
        Whether the characters look like another encoding read as GB18030.
    """

    text: str
    encoding: str
    doubtful: bool


def decode(data: bytes, *, name: str) -> Decoded:
    """Characters of a text file.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name, for the message.

    Returns
    -------
    Decoded
        Text and encoding.

    Raises
    ------
    FileRefused
        If the bytes are not text in one of the encodings.
    """
    for encoding in _candidates(data):
        text = _attempt(data, encoding)
        if text is not None and not _controls(text):
            return Decoded(text, encoding, encoding == "gb18030" and _doubtful(text))
    raise refusal(
        Label(f"文件不是文本：开头字节为 {data[:8].hex(' ')}", f"the file is not text: it begins with {data[:8].hex(' ')}"),
        where=name,
        expected=Label("UTF-8、UTF-16 或 GB18030（GBK）编码的文本", "text encoded in UTF-8, UTF-16 or GB18030 (GBK)"),
    )


def _candidates(data: bytes) -> tuple[str, ...]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return (encoding,)
    head = data[:4000]
    if 0 in head and _is_padded(head):
        return ()
    if head[1::2].count(0) > len(head) // 5:
        return ("utf-16-le",)
    if head[0::2].count(0) > len(head) // 5:
        return ("utf-16-be",)
    return ("utf-8", "gb18030")


def _is_padded(head: bytes) -> bool:
    """Whether bytes are a text of one byte a sign with noughts between, which no encoding writes."""
    plain = head.replace(b"\0", b"")
    text = _attempt(plain, "utf-8")
    return 2 * len(plain) != len(head) and text is not None and not _controls(text)


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _controls(text: str) -> bool:
    return any(unicodedata.category(mark) == "Cc" and mark not in ALLOWED_CONTROLS for mark in set(text))


def _doubtful(text: str) -> bool:
    """Chinese tables hold mostly common ideographs and marks; a wrong encoding gives rare ones."""
    foreign = [mark for mark in text if ord(mark) > 0x7F]
    common = sum(_common(mark) for mark in foreign)
    return bool(foreign) and common < DOUBTFUL_SHARE * len(foreign)


def _common(mark: str) -> bool:
    if unicodedata.category(mark)[0] in "PSZN" or "\uff00" <= mark <= "\uffef":
        return True
    try:
        first = mark.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xB0 <= first <= 0xD7  # GB/T 2312 level 1: the 3 755 most frequent characters
