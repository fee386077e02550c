"""Documents as paragraphs with stable positions: plain text, Word, PDF and web pages.

Invariant: ``document.text[p.start:p.end] == p.text``, the same for the same bytes; what is no document is refused with
the remedy, what is doubtful is a finding.
"""

from __future__ import annotations

from pathlib import Path

from dafeng.core.documents import Document
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.readers.blocks import LARGEST, refuse, too_large
from dafeng.readers.hypertext import is_hypertext, read_hypertext
from dafeng.readers.office import read_office
from dafeng.readers.plain import read_plain
from dafeng.readers.portable import is_portable, read_portable

OTHERS = (
    (b"\xd0\xcf\x11\xe0", "doc/wps/xls"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"MIME-Version:", "MHTML"),
    (b"From: <Saved by ", "MHTML"),
)


def read_document(source: Path | str | bytes, *, name: str = "") -> tuple[Document, tuple[Finding, ...]]:
    """Read a document.

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
        If the file is missing, too large, protected, damaged, or no document.
    """
    data, title = _load(source, name)
    if len(data) > LARGEST:
        raise too_large(title, len(data))
    _refuse_known(data, title)
    if data.startswith(b"PK\x03\x04"):
        return read_office(data, title)
    if is_portable(data):
        return read_portable(data, title)
    if is_hypertext(data, title):
        return read_hypertext(data, title)
    return read_plain(data, title)


def _load(source: Path | str | bytes, name: str) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, name or "document"
    path = Path(source)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise too_large(name or path.name, size)
        return path.read_bytes(), name or path.name
    except OSError as cause:
        said = cause.strerror or type(cause).__name__
        raise refuse(
            name or path.name,
            Label(f"文件不能打开（{said}）", f"the file cannot be opened ({said})"),
            expected=Label("可读的文件", "a readable file"),
            remedy=Label("检查路径和权限", "check path and permissions"),
        ) from cause


def _refuse_known(data: bytes, name: str) -> None:
    for mark, kind in OTHERS:
        if data.startswith(mark):
            raise refuse(name, Label(f"文件是 {kind} 格式", f"the file is of the format {kind}"))
