"""Plain text in any common encoding, with the tables that tabs or upright strokes draw in it.

Invariant: ``document.text`` is the decoded file, character by character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dafeng.core.documents import Cell, Document, Paragraph
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers.blocks import MOST_PARAGRAPHS, finding, make_document, refuse

SAMPLE = 200_000
"""Bytes by which encodings are compared. [bytes]"""
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力"
    "里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比"
    "或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较"
    "國業會發產動對過來時為這們個說後實現點從開關與電體學經進長無機變結總員難華達標準節約環規劃區縣廠應續術資項構網絡"
)
LINE = re.compile(r"[^\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
STROKES = "|｜│"
SEPARATOR = re.compile(r"\s*[-+=:|｜│─┼├┤┌┐└┘┬┴—\s]{3,}")
FEWEST_MARKS = 2
"""Fewest tabs or strokes of a line of a table."""


def read_plain(data: bytes, name: str) -> tuple[Document, tuple[Finding, ...]]:
    """Read plain text.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name, for messages.

    Returns
    -------
    Document, tuple of Finding
        The document.

    Raises
    ------
    FileRefused
        If the bytes are no text.
    """
    text, encoding, findings = decode_text(data, name)
    return make_document(data, name, text, _cut(text), encoding, findings)


def decode_text(data: bytes, name: str) -> tuple[str, str, list[Finding]]:
    """Characters of a text file.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name, for messages.

    Returns
    -------
    str, str, list of Finding
        Text, encoding, and a finding where some bytes stand as �.

    Raises
    ------
    FileRefused
        If the bytes are no text.
    """
    for encoding in _candidates(data):
        text = _attempt(data, encoding)
        if text is not None and not _is_binary(text) and (not encoding.startswith("utf-16-") or _is_written(text)):
            return text, encoding, []
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if not _is_binary(text) and 0 < broken <= len(text) // 200:
        says = Label(f"{broken} 处字节不是 UTF-8，以“�”代替", f"{broken} bytes are no UTF-8 and stand as '�'")
        return text, "utf-8", [finding("document.encoding", name, "warning", says)]
    head = data[:8].hex(" ")
    raise refuse(name, Label(f"文件不是文本，开头字节为 {head}", f"the file is not text: it begins with {head}"))


def _candidates(data: bytes) -> tuple[str, ...]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return (encoding,)
    if data[:4000].count(0) > min(len(data), 4000) // 50 or (data.count(0) and _looks_wide(data)):
        return _by_familiarity(data, "utf-16-le", "utf-16-be")
    if _attempt(data, "utf-8") is not None:
        return ("utf-8",)
    if _looks_wide(data):
        return _by_familiarity(data, "utf-16-le", "utf-16-be")
    return _by_familiarity(data, "gb18030", "big5hkscs")


def _by_familiarity(data: bytes, *encodings: str) -> tuple[str, ...]:
    return tuple(sorted(encodings, key=lambda encoding: -_familiar(data, encoding)))


def _looks_wide(data: bytes) -> bool:
    """Chinese text in UTF-16 without a mark: hardly any zero byte, but familiar when read so."""
    narrow = max(_familiar(data, "gb18030"), _familiar(data, "big5hkscs"))
    return max(_familiar(data, "utf-16-le"), _familiar(data, "utf-16-be")) > max(2 * narrow, 0.1)


def _familiar(data: bytes, encoding: str) -> float:
    """Share of frequent Chinese characters among the foreign ones, when read in an encoding. [0..1]"""
    sample = data[: SAMPLE - SAMPLE % 4].decode(encoding, errors="replace")
    foreign = [mark for mark in sample if ord(mark) > 0x7F]
    if not foreign or sample.count("\ufffd") > len(foreign) // 100 + 1:
        return 0.0
    return sum(mark in FREQUENT or mark in "，。、；：（）“”《》" for mark in foreign) / len(foreign)


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_binary(text: str) -> bool:
    marks = set(text[:100_000]) | set(text[-1000:])
    return any(unicodedata.category(mark) == "Cc" and mark not in "\t\n\r\x0b\x0c\x1a\x1c\x1d\x1e\x85" for mark in marks)


def _is_written(text: str) -> bool:
    """Whether most characters are ones that Chinese documents use; random bytes read as UTF-16 are not."""
    sample = text[:20_000]
    usual = sum(
        mark.isascii() or "\u3000" <= mark <= "\u303f" or "\u4e00" <= mark <= "\u9fff" or mark >= "\uff00" for mark in sample
    )
    return usual * 10 >= len(sample) * 9


def _cut(text: str) -> Iterator[Paragraph]:
    """Lines that hold something, those of a table as cells; beyond the limit, all the rest as one."""
    for number, (start, end, cell) in enumerate(_stretches(text)):
        if number == MOST_PARAGRAPHS:
            yield Paragraph(number, start, len(text), text[start:])
            return
        yield Paragraph(number, start, end, text[start:end], "", cell)


def _stretches(text: str) -> Iterator[tuple[int, int, Cell | None]]:
    table = 0
    for group, mark in _groups(text):
        rows = [_fields(line, mark) for line in group if not SEPARATOR.fullmatch(line.group())] if mark else []
        if len([row for row in rows if sum(start < end for start, end in row) > 1]) < 2:
            yield from ((line.start(), line.end(), None) for line in group if line.group().strip())
            continue
        for at, row in enumerate(rows):
            yield from ((start, end, Cell(table, at, column)) for column, (start, end) in enumerate(row) if start < end)
        table += 1


def _groups(text: str) -> Iterator[tuple[Sequence[re.Match[str]], str]]:
    """Neighbouring lines with as many tabs or strokes, with the mark; other lines alone, without."""
    group: list[re.Match[str]] = []
    form = ("", 0)
    for line in LINE.finditer(text):
        own = _form(line.group())
        ruled = bool(group) and form[0] != "" and form[0] != "\t" and SEPARATOR.fullmatch(line.group()) is not None
        if group and (ruled or (own == form and own[0])) and _follows(text, group[-1], line):
            group.append(line)
            continue
        if group:
            yield group, form[0]
        group, form = [line], own
    if group:
        yield group, form[0]


def _form(line: str) -> tuple[str, int]:
    for mark in ("\t", *STROKES):
        if line.count(mark) >= FEWEST_MARKS:
            return mark, line.rstrip().count(mark) if mark != "\t" else line.count(mark)
    return "", 0


def _follows(text: str, last: re.Match[str], line: re.Match[str]) -> bool:
    return text[last.end() : line.start()] in ("\n", "\r\n", "\r")


def _fields(line: re.Match[str], mark: str) -> list[tuple[int, int]]:
    """Half-open ranges between the marks, without blanks at their ends."""
    text, base = line.group(), line.start()
    cuts = [-1, *(at for at, one in enumerate(text) if one == mark), len(text)]
    found = [_trimmed(text, start + 1, end) for start, end in pairwise(cuts)]
    if mark != "\t" and len(found) > 2:
        found = found[_is_blank(found[0]) : len(found) - _is_blank(found[-1])]
    return [(base + start, base + end) for start, end in found]


def _is_blank(field: tuple[int, int]) -> bool:
    return field[0] >= field[1]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
