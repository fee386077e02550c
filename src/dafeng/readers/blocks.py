"""What all readers of documents share: blocks of text that become one document, and the words of refusals.

Invariant: ``document.text`` is the blocks one below the other, and every paragraph knows its place in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dafeng.core.documents import Cell, Document, Paragraph
from dafeng.core.errors import FileRefused
from dafeng.core.findings import Finding, Severity
from dafeng.core.labels import Label
from dafeng.readers.refusals import refusal

LARGEST = 64_000_000
"""Largest file that is read. [bytes]"""
MOST_PARAGRAPHS = 100_000
"""Most paragraphs of a document. [paragraphs]"""
LINE_END = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
ACCEPTED = Label("txt、docx、html 或有文字层的 pdf 文件", "a txt, docx or html file, or a pdf with a text layer")
CONVERT = Label("另存为 docx 或 UTF-8 编码的 txt 后再读", "save it as docx or as txt in UTF-8 and read that")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text that becomes one line of the document.

    Parameters
    ----------
    text : str
        Its characters; line ends inside become spaces.
    style : str
        Style name where the format has one.
    cell : Cell or None
        Place in a table.
    page : int or None
        Page it begins on, from 1, where the format has pages.
    """

    text: str
    style: str = ""
    cell: Cell | None = None
    page: int | None = None


def compose(
    data: bytes, name: str, blocks: Iterable[Block], encoding: str, findings: Sequence[Finding]
) -> tuple[Document, tuple[Finding, ...]]:
    """One document of blocks.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name.
    blocks : iterable of Block
        In reading order; blank ones become empty lines.
    encoding : str
        Format of the file.
    findings : sequence of Finding
        What the reader found.

    Returns
    -------
    Document, tuple of Finding
        The document; what lies beyond the most paragraphs is told, not kept.
    """
    lines: list[str] = []
    paragraphs: list[Paragraph] = []
    at = 0
    found = list(findings)
    for block in blocks:
        text = LINE_END.sub(" ", block.text)
        if text.strip():
            if len(paragraphs) == MOST_PARAGRAPHS:
                found.append(_too_long(name))
                break
            paragraphs.append(Paragraph(len(paragraphs), at, at + len(text), text, block.style, block.cell, block.page))
        lines.append(text)
        at += len(text) + 1
    return make_document(data, name, "\n".join(lines), paragraphs, encoding, found)


def make_document(
    data: bytes, name: str, text: str, paragraphs: Iterable[Paragraph], encoding: str, findings: Sequence[Finding]
) -> tuple[Document, tuple[Finding, ...]]:
    """A document of its text and paragraphs; an empty one has a finding.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name.
    text : str
        All characters.
    paragraphs : iterable of Paragraph
        The text cut up.
    encoding : str
        Encoding or format.
    findings : sequence of Finding
        What the reader found.

    Returns
    -------
    Document, tuple of Finding
        The document and all findings.
    """
    kept = tuple(paragraphs)
    empty = [] if kept else [finding("document.empty", name, "error", Label("文件没有文字", "the file has no text"))]
    document = Document(name, hashlib.sha256(data).hexdigest(), text, kept, encoding)
    return document, (*findings, *empty)


def finding(rule: str, at: str, severity: Severity, says: Label, *, remedy: Label = CONVERT) -> Finding:
    """Something to know about a document.

    Parameters
    ----------
    rule : str
        Id, ``document.…``.
    at : str
        Document, with the place in it.
    severity : {"info", "warning", "error"}
        How bad it is.
    says : Label
        What is there.
    remedy : Label
        What to do.

    Returns
    -------
    Finding
        The row.
    """
    return Finding(rule, at, severity, says, remedy)


def refuse(name: str, says: Label, *, expected: Label = ACCEPTED, remedy: Label = CONVERT) -> FileRefused:
    """Error for a document of which nothing is kept.

    Parameters
    ----------
    name : str
        File name.
    says : Label
        What is wrong.
    expected : Label
        What would have been read.
    remedy : Label
        What to do.

    Returns
    -------
    FileRefused
        To be raised by the caller.
    """
    return refusal(says, where=name, expected=expected, remedy=remedy)


def damaged(name: str, cause: str) -> FileRefused:
    """Error for a file that its own format does not hold together.

    Parameters
    ----------
    name : str
        File name.
    cause : str
        What the library says.

    Returns
    -------
    FileRefused
        To be raised by the caller.
    """
    return refuse(name, Label(f"文件已损坏（{cause}）", f"the file is damaged ({cause})"))


def too_large(name: str, size: int, *, most: int = LARGEST) -> FileRefused:
    """Error for a file that is, or unpacks to, more than is read.

    Parameters
    ----------
    name : str
        File name.
    size : int
        What it is. [bytes]
    most : int
        What is read. [bytes]

    Returns
    -------
    FileRefused
        To be raised by the caller.
    """
    return refuse(
        name,
        Label(f"文件或其解压后有 {size} 字节", f"the file has, or unpacks to, {size} bytes"),
        expected=Label(f"不超过 {most} 字节", f"at most {most} bytes"),
        remedy=Label("拆分后再读，或去掉图片", "split it, or take the pictures out"),
    )


def _too_long(name: str) -> Finding:
    says = Label(f"超过 {MOST_PARAGRAPHS} 段，其余未读", f"more than {MOST_PARAGRAPHS} paragraphs; the rest was not read")
    return finding("document.too_long", name, "error", says, remedy=Label("拆分后再读", "split it and read the parts"))
