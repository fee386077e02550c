"""Text documents in any common encoding, and docx, as paragraphs with stable positions.

Invariant: ``document.text`` is the decoded file, character by character; what is no text is refused with the remedy,
what is doubtful is a finding.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from docx.table import Table

from dafeng.core.documents import Document, Paragraph
from dafeng.core.errors import FileRefused
from dafeng.core.findings import Finding
from dafeng.core.labels import Label

LARGEST = 64_000_000
"""Largest file that is read. [bytes]"""
MOST_UNPACKED = 200_000_000
"""Most bytes that a docx may hold unpacked. [bytes]"""
MOST_PARAGRAPHS = 100_000
"""Most paragraphs; the rest of the text is the last one. [paragraphs]"""
SAMPLE = 200_000
"""Bytes by which encodings are compared. [bytes]"""
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
OTHERS = (
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "doc/xls"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)
FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力"
    "里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比"
    "或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较"
    "國業會發產動對過來時為這們個說後實現點從開關與電體學經進長無機變結總員難華達標準節約環規劃區縣廠應續術資項構網絡"
)
LINE = re.compile(r"[^\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
ACCEPTED = Label("txt 或 docx 文件", "a txt or docx file")
CONVERT = Label("另存为 docx 或 UTF-8 编码的 txt 后再读", "save it as docx or as txt in UTF-8 and read that")


def read_document(source: Path | str | bytes, *, name: str = "") -> tuple[Document, tuple[Finding, ...]]:
    """Read a text document.

    Parameters
    ----------
    source : Path, str or bytes
        The file, or its bytes.
    name : str
        Name for messages; the file's own where empty.

    Returns
    -------
    Document, tuple of Finding
        The document; an empty one has no paragraphs and a finding.

    Raises
    ------
    FileRefused
        If the file is missing, too large, or no text.
    """
    data, title = _load(source, name)
    if len(data) > LARGEST:
        raise _refusal(title, f"文件有 {len(data)} 字节", f"the file has {len(data)} bytes", _limit(), CONVERT)
    if data.startswith(b"PK\x03\x04"):
        return _read_docx(data, title)
    text, encoding, findings = _decode(data, title)
    return _document(data, title, text, _cut(text), encoding, findings)


def _load(source: Path | str | bytes, name: str) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, name or "document"
    path = Path(source)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise _refusal(path.name, f"文件有 {size} 字节", f"the file has {size} bytes", _limit(), CONVERT)
        return path.read_bytes(), name or path.name
    except OSError as cause:
        said = cause.strerror or type(cause).__name__
        raise _refusal(
            name or path.name,
            f"文件不能打开（{said}）",
            f"the file cannot be opened ({said})",
            Label("可读的文件", "a readable file"),
            Label("检查路径和权限", "check path and permissions"),
        ) from cause


def _document(
    data: bytes, name: str, text: str, paragraphs: Iterable[Paragraph], encoding: str, findings: list[Finding]
) -> tuple[Document, tuple[Finding, ...]]:
    kept = tuple(paragraphs)
    if not kept:
        findings.append(_finding("document.empty", name, "error", "文件没有文字", "the file has no text"))
    document = Document(name, hashlib.sha256(data).hexdigest(), text, kept, encoding)
    return document, tuple(findings)


def _cut(text: str) -> Iterator[Paragraph]:
    """Lines that hold something; beyond the limit, all the rest as one."""
    number = 0
    for found in LINE.finditer(text):
        if not found.group().strip():
            continue
        if number == MOST_PARAGRAPHS:
            yield Paragraph(number, found.start(), len(text), text[found.start() :])
            return
        yield Paragraph(number, found.start(), found.end(), found.group())
        number += 1


def _decode(data: bytes, name: str) -> tuple[str, str, list[Finding]]:
    _refuse_known(data, name)
    for encoding in _candidates(data):
        text = _attempt(data, encoding)
        if text is not None and not _is_binary(text) and (not encoding.startswith("utf-16-") or _is_written(text)):
            return text, encoding, []
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if not _is_binary(text) and 0 < broken <= len(text) // 200:
        said = (f"{broken} 处字节不是 UTF-8，以“�”代替", f"{broken} bytes are no UTF-8 and stand as '�'")
        return text, "utf-8", [_finding("document.encoding", name, "warning", *said)]
    head = data[:8].hex(" ")
    raise _refusal(name, f"文件不是文本，开头字节为 {head}", f"the file is not text: it begins with {head}", ACCEPTED, CONVERT)


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


def _refuse_known(data: bytes, name: str) -> None:
    for mark, kind in OTHERS:
        if data.startswith(mark):
            raise _refusal(name, f"文件是 {kind} 格式", f"the file is of the format {kind}", ACCEPTED, CONVERT)


def _read_docx(data: bytes, name: str) -> tuple[Document, tuple[Finding, ...]]:
    _refuse_archive(data, name)
    try:
        file = docx.Document(io.BytesIO(data))
        blocks = list(_blocks(file))
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError, EOFError, NotImplementedError) as cause:
        raise _damaged(name, cause) from cause
    paragraphs: list[Paragraph] = []
    at = 0
    for text, style in blocks:
        if text.strip() and len(paragraphs) < MOST_PARAGRAPHS:
            paragraphs.append(Paragraph(len(paragraphs), at, at + len(text), text, style))
        at += len(text) + 1
    whole = "\n".join(text for text, _ in blocks)
    return _document(data, name, whole, paragraphs, "docx", [])


def _blocks(file: Any) -> Iterator[tuple[str, str]]:
    """Paragraphs and table cells in the order of the document; a merged cell once."""
    for block in file.iter_inner_content():
        if isinstance(block, Table):
            yield from _cells(block)
        else:
            yield from ((line, block.style.name if block.style is not None else "") for line in block.text.split("\n"))


def _cells(table: Table) -> Iterator[tuple[str, str]]:
    seen: set[Any] = set()
    for row in table.rows:
        for cell in row.cells:
            if cell._tc not in seen:
                seen.add(cell._tc)
                yield from ((line, "Table") for line in cell.text.split("\n"))


def _refuse_archive(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError) as cause:
        raise _damaged(name, cause) from cause
    if "word/document.xml" not in {info.filename for info in infos}:
        raise _refusal(name, "压缩包里没有 Word 文档", "the archive holds no Word document", ACCEPTED, CONVERT)
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MOST_UNPACKED or len(infos) > 5000:
        raise _refusal(name, f"解压后有 {unpacked} 字节", f"it unpacks to {unpacked} bytes", _limit(), CONVERT)


def _damaged(name: str, cause: Exception) -> FileRefused:
    said = str(cause) or type(cause).__name__
    return _refusal(name, f"文件已损坏（{said}）", f"the file is damaged ({said})", ACCEPTED, CONVERT)


def _limit() -> Label:
    return Label(f"不超过 {LARGEST} 字节", f"at most {LARGEST} bytes")


def _refusal(name: str, zh: str, en: str, expected: Label, remedy: Label) -> FileRefused:
    return FileRefused(Label(zh, en), where=name, expected=expected, remedy=remedy)


def _finding(rule: str, at: str, severity: Any, zh: str, en: str) -> Finding:
    return Finding(rule, at, severity, Label(zh, en), CONVERT)
