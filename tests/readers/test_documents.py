"""Documents in any format: what is none is refused with the remedy, an empty one has a finding."""

from __future__ import annotations

import pytest

from dafeng.core.errors import FileRefused
from dafeng.readers.documents import read_document

TEXT = "云溪市碳达峰实施方案\n到2030年，森林覆盖率达到40%。\n"


def test_the_hash_is_that_of_the_bytes():
    # sha256 of the three bytes "abc": FIPS 180-2, appendix B.1
    wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert read_document(b"abc")[0].sha256 == wanted


@pytest.mark.parametrize(
    "data", [b"", b"  \n\t\n", b"\xef\xbb\xbf", b"<html><body><p> </p></body></html>", b"<html>", b"<!doctype html>"]
)
def test_an_empty_file_is_a_document_with_a_finding(data):
    document, findings = read_document(data, name="empty")
    assert (document.paragraphs, [finding.rule for finding in findings]) == ((), ["document.empty"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x00" * 1000, "not text"),
        (b"\x00\x01", "not text"),
        (bytes(range(256)) * 40, "not text"),
        (b"%PDF-1.7 ...", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "doc/wps/xls"),
        (b"{\\rtf1 text}", "RTF"),
        (b"\x89PNG\r\n\x1a\n" + b"\x01" * 50, "PNG"),
        (b"\xff\xd8\xff\xe0" + b"\x01" * 50, "JPEG"),
        (b"II*\x00" + b"\x01" * 50, "TIFF"),
        (b"GIF89a" + b"\x01" * 50, "GIF"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "MHTML"),
        (b"PK\x03\x04 broken", "damaged"),
    ],
)
def test_what_is_no_document_is_refused_with_the_remedy(data, said):
    with pytest.raises(FileRefused, match=said) as refused:
        read_document(data, name="plan.bin")
    assert (refused.value.where, bool(refused.value.remedy.zh and refused.value.remedy.en)) == ("plan.bin", True)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="cannot be opened"):
        read_document(tmp_path / "nothing.txt")


def test_a_file_gives_its_name(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_bytes(TEXT.encode("gbk"))
    assert read_document(path)[0].name == "plan.txt"
