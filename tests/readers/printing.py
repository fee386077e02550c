"""A PDF writer for tests: Chinese text at chosen places, lines, pictures, turned pages, and encryption with an empty password.

The font is one that every reader of PDF knows by name (Adobe-GB1), so that nothing is embedded. Places are in points from
the upper left corner.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field

WIDTH, HEIGHT = 595.0, 842.0
PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")  # PDF 1.7, 7.6.3.3, algorithm 2


@dataclass
class Sheet:
    """A page to print."""

    texts: list[tuple[float, float, float, str]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    picture: tuple[float, float, float, float] | None = None
    turned: int = 0
    operators: bytes = b""

    def write(self, x: float, y: float, text: str, size: float = 12) -> Sheet:
        self.texts.append((x, y, size, text))
        return self

    def rule(self, *ends: float) -> Sheet:
        self.rules.append(ends)  # type: ignore[arg-type]
        return self

    def grid(self, xs: list[float], ys: list[float]) -> Sheet:
        for y in ys:
            self.rule(xs[0], y, xs[-1], y)
        for x in xs:
            self.rule(x, ys[0], x, ys[-1])
        return self


def content(sheet: Sheet) -> bytes:
    """Operators of a page."""
    parts = [sheet.operators]
    for x, y, size, text in sheet.texts:
        matrix = f"1 0 0 1 {x} {HEIGHT - y}" if not sheet.turned else f"0 1 -1 0 {y} {x}"
        parts.append(f"BT /F1 {size} Tf {matrix} Tm <{text.encode('utf-16-be').hex()}> Tj ET".encode())
    for left, top, right, bottom in sheet.rules:
        parts.append(f"0.5 w {left} {HEIGHT - top} m {right} {HEIGHT - bottom} l S".encode())
    if sheet.picture:
        left, top, right, bottom = sheet.picture
        parts.append(f"q {right - left} 0 0 {bottom - top} {left} {HEIGHT - bottom} cm /I1 Do Q".encode())
    return b"\n".join(parts)


def print_pdf(*sheets: Sheet, protect: bool = False, lock: bool = False) -> bytes:
    """A PDF of sheets; ``protect`` encrypts it with an empty password, ``lock`` with one that nobody knows."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000 /W [1 95 500] "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8 /Length 1 >>\nstream\n\x80\nendstream",
    ]
    kids = []
    for sheet in sheets:
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {number + 1} 0 R "
            "/Resources << /Font << /F1 3 0 R >> /XObject << /I1 6 0 R >> >> >>".encode()
        )
        objects.append(stream(content(sheet), number + 1, key(lock) if protect or lock else None))
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return assemble(objects, encrypted=protect or lock, lock=lock)


def stream(data: bytes, number: int, secret: bytes | None) -> bytes:
    packed = zlib.compress(data)
    if secret is not None:
        packed = rc4(hashlib.md5(secret + number.to_bytes(3, "little") + b"\0\0").digest()[:10], packed)
    return f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream"


def assemble(objects: list[bytes], *, encrypted: bool = False, lock: bool = False) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    extra = ""
    if encrypted:
        user = rc4(key(lock), PADDING).hex() if not lock else "00" * 32
        extra = f"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O <{OWNER.hex()}> /U <{user}> /P -4 >>"
    return bytes(out) + f"trailer << /Size {len(objects) + 1} /Root 1 0 R {extra} >>\nstartxref\n{start}\n%%EOF\n".encode()


OWNER = bytes(range(32))


def key(lock: bool) -> bytes:
    """Key of 40 bits from the empty password (algorithm 2)."""
    return hashlib.md5(PADDING + OWNER + (-4).to_bytes(4, "little", signed=True) + b"\0" + (b"x" if lock else b"")).digest()[:5]


def rc4(secret: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + secret[i % len(secret)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
