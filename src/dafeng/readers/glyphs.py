"""A program of its own: opens a PDF from standard input and prints its runs of characters and its lines as JSON.

Invariant: it imports nothing of ``dafeng`` and runs under limits of memory and time, because a PDF is a program that can
ask for any amount of both, and a damaged one may end the process that reads it.
"""

from __future__ import annotations

import ctypes
import json
import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

MEMORY = 1_500_000_000
"""Most address space. [bytes]"""
MOST_CHARACTERS = 5_000_000
"""Most characters of a document. [characters]"""
MOST_OBJECTS = 200_000
"""Most drawn objects of a page."""
MOST_RULES = 20_000
"""Most straight lines of a page."""
DEEPEST = 8
"""Most drawings inside drawings."""
THIN = 3.0
"""Most width of a line. [points]"""
GAP = 0.25
"""Space that ends a run, as a share of the size of the characters."""
STEP = 1.6
"""Largest step to the next character of the same type. [sizes of type]"""
FULL_WIDTH = 0x2E80
"""First of the characters that are as wide as their size."""
OVERLAP = 0.6
"""How far a character may reach into the one before it, as marks that are set closer do. [sizes of type]"""
ASKEW = 0.06
"""Most slant of a line of text. [quarter turns]"""
SOFT_HYPHEN = 2
"""What the library puts for a hyphen at the end of a line."""
ERRORS: Mapping[int, str] = {pdfium.FPDF_ERR_PASSWORD: "password", pdfium.FPDF_ERR_SECURITY: "password"}

Matrix = tuple[float, float, float, float, float, float]


def main() -> None:
    """Read a PDF from standard input, print ``{"pages": …}`` or ``{"refused": …}``.

    The arguments are the largest number of pages and the most processor time. [s]
    """
    _limit(int(sys.argv[2]))
    try:
        answer = _read(sys.stdin.buffer.read(), int(sys.argv[1]))
    except (MemoryError, ValueError) as cause:
        answer = {"refused": str(cause) or type(cause).__name__}
    sys.stdout.write(json.dumps(answer))


def _limit(seconds: int) -> None:
    try:
        import resource
    except ImportError:  # a system without such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _read(data: bytes, most: int) -> dict[str, Any]:
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        return {"refused": ERRORS.get(pdfium.FPDF_GetLastError(), "format")}
    count = pdfium.FPDF_GetPageCount(document)
    if count > most:
        return {"refused": "pages", "count": count}
    pages, left = [], MOST_CHARACTERS
    for number in range(count):
        page = _page(document, number, left)
        left -= page.pop("characters")
        if left < 0:
            return {"refused": "characters"}
        pages.append(page)
    return {"pages": pages}


def _page(document: Any, number: int, left: int) -> dict[str, Any]:
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        return {"broken": True, "characters": 0}
    text = pdfium.FPDFText_LoadPage(page)
    count = max(pdfium.FPDFText_CountChars(text), 0) if text else 0
    found: dict[str, Any] = {"characters": count}
    if count <= left:
        found |= _contents(page, text, count)
    if text:
        pdfium.FPDFText_ClosePage(text)
    pdfium.FPDF_ClosePage(page)
    return found


def _contents(page: Any, text: Any, count: int) -> dict[str, Any]:
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    turns = tuple(_turn(box, quarter) for quarter in range(4))
    glyphs, quarter, told = _glyphs(text, count, turns)
    rules, pictures, shapes = _drawings(page, turns[quarter])
    size = (box.right - box.left, box.top - box.bottom)
    area = max(size[0] * size[1], 1.0)
    return {
        "size": [round(one, 1) for one in (size if quarter % 2 == 0 else size[::-1])],
        "runs": [*_runs(glyphs)],
        "rules": rules,
        "pictures": round(min(pictures / area, 1.0), 3),
        "shapes": shapes,
    } | told


@dataclass(slots=True)
class _Glyph:
    """A character on the upright page.

    Parameters
    ----------
    mark : str
        The character; � where the file does not say which it is.
    left, right : float
        Where it begins and ends. [points]
    base : float
        Its base line, from the top. [points]
    size : float
        Size of its type. [points]
    """

    mark: str
    left: float
    right: float
    base: float
    size: float


def _glyphs(text: Any, count: int, turns: tuple[Matrix, ...]) -> tuple[list[_Glyph], int, dict[str, int]]:
    """Characters that run as most do, the quarter turns of that direction, and how many have no meaning or run askew."""
    held: dict[int, list[_Glyph]] = {}
    told = {"unmapped": 0, "askew": 0}
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    last_x = last_y = -1e9
    slant, size = 0.0, 1.0
    for at in range(count):
        code = pdfium.FPDFText_GetUnicode(text, at)
        if (code <= 32 or code == 0xFFFE) and pdfium.FPDFText_IsGenerated(text, at) == 1:
            continue
        pdfium.FPDFText_GetCharOrigin(text, at, x, y)
        if y.value != last_y or not 0 < x.value - last_x < STEP * size:
            slant, size = _type(text, at)
        last_x, last_y = x.value, y.value
        quarter = round(slant) % 4
        if abs(slant - round(slant)) > ASKEW:
            told["askew"] += 1
            continue
        left, base = _apply(turns[quarter], last_x, last_y)
        right = left + size if code >= FULL_WIDTH else _right(text, at, box, turns[quarter], left)
        mark = _mark(text, at, code)
        told["unmapped"] += mark == "\ufffd"
        held.setdefault(quarter, []).append(_Glyph(mark, left, right, base, size))
    quarter = max(held, key=lambda one: len(held[one]), default=0)
    told["askew"] += sum(len(glyphs) for one, glyphs in held.items() if one != quarter)
    return held.get(quarter, []), quarter, told


def _type(text: Any, at: int) -> tuple[float, float]:
    """Direction [quarter turns] and size [points] of the type of a character."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, at, matrix)
    size = pdfium.FPDFText_GetFontSize(text, at) * math.sqrt(abs(matrix.a * matrix.d - matrix.b * matrix.c))
    return pdfium.FPDFText_GetCharAngle(text, at) / (math.pi / 2), size or 1.0


def _right(text: Any, at: int, box: Any, turn: Matrix, left: float) -> float:
    pdfium.FPDFText_GetLooseCharBox(text, at, box)
    return max(_apply(turn, box.left, box.bottom)[0], _apply(turn, box.right, box.top)[0], left)


def _mark(text: Any, at: int, code: int) -> str:
    if code in (0, 0xFFFE, 0xFFFF) or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return "\ufffd"
    if pdfium.FPDFText_HasUnicodeMapError(text, at) == 1:
        return "\ufffd"
    return "\u00ad" if code == SOFT_HYPHEN else chr(code)


def _turn(box: Any, quarter: int) -> Matrix:
    """Matrix from the page's own space to one with the text upright and the origin at the top left."""
    return {
        0: (1.0, 0.0, 0.0, -1.0, -box.left, box.top),
        1: (0.0, -1.0, -1.0, 0.0, box.top, box.right),
        2: (-1.0, 0.0, 0.0, 1.0, box.right, -box.bottom),
        3: (0.0, 1.0, 1.0, 0.0, -box.bottom, -box.left),
    }[quarter]


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    return matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]


def _product(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    first, second = _apply(outer, a, b), _apply(outer, c, d)
    return (
        first[0] - outer[4], first[1] - outer[5], second[0] - outer[4], second[1] - outer[5], *_apply(outer, e, f),
    )  # fmt: skip


def _runs(glyphs: list[_Glyph]) -> Iterator[list[Any]]:
    """Characters that stand side by side: text, where each begins, right end, base line, size.

    A run that ends at a printed space keeps one at its end.
    """
    run: list[_Glyph] = []
    for glyph in glyphs:
        blank = glyph.mark.isspace()
        if run and (blank or not _goes_on(run[-1], glyph)):
            yield _run(run, " " if blank else "")
            run = []
        if not blank:
            run.append(glyph)
    if run:
        yield _run(run, "")


def _goes_on(last: _Glyph, glyph: _Glyph) -> bool:
    level = abs(glyph.base - last.base) < 0.1 * last.size and abs(glyph.size - last.size) < 0.1 * last.size
    return level and -OVERLAP * last.size < glyph.left - last.right < GAP * last.size


def _run(run: list[_Glyph], end: str) -> list[Any]:
    lefts = [round(glyph.left, 1) for glyph in run]
    right = round(max(glyph.right for glyph in run), 1)
    return ["".join(glyph.mark for glyph in run) + end, lefts, right, round(run[0].base, 1), round(run[0].size, 1)]


def _drawings(page: Any, turn: Matrix) -> tuple[list[list[float]], float, int]:
    """Straight lines along the page, area of pictures [points²] and number of other shapes."""
    rules: list[list[float]] = []
    pictures, shapes = 0.0, 0
    for item, matrix in _objects(page, turn):
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures += abs(matrix[0] * matrix[3] - matrix[1] * matrix[2])
        elif kind == pdfium.FPDF_PAGEOBJ_PATH and len(rules) < MOST_RULES:
            before = len(rules)
            rules.extend(_lines(item, matrix))
            shapes += len(rules) == before
    return rules[:MOST_RULES], pictures, shapes


def _objects(page: Any, turn: Matrix) -> Iterator[tuple[Any, Matrix]]:
    """Objects of a page and of the drawings in it, each with its matrix to the upright page."""
    count = min(pdfium.FPDFPage_CountObjects(page), MOST_OBJECTS)
    stack = [(pdfium.FPDFPage_GetObject(page, at), turn, 0) for at in reversed(range(count))]
    left = MOST_OBJECTS
    while stack and left:
        item, outer, depth = stack.pop()
        left -= 1
        matrix = _product(_matrix(item), outer)
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_FORM:
            yield item, matrix
        elif depth < DEEPEST:
            inner = min(max(pdfium.FPDFFormObj_CountObjects(item), 0), MOST_OBJECTS)
            stack.extend((pdfium.FPDFFormObj_GetObject(item, at), matrix, depth + 1) for at in reversed(range(inner)))


def _matrix(item: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(item, found):
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _lines(item: Any, matrix: Matrix) -> Iterator[list[float]]:
    """Straight lines of a path: what it strokes, and filled areas that are as thin as a line."""
    mode, stroked = ctypes.c_int(), pdfium.FPDF_BOOL()
    pdfium.FPDFPath_GetDrawMode(item, mode, stroked)
    points = [*_segments(item, matrix)]
    if stroked.value:
        for start, end in points:
            yield from _rule(min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))
    elif mode.value and 3 <= len(points) <= 5:
        xs, ys = [x for pair in points for x, _ in pair], [y for pair in points for _, y in pair]
        yield from _rule(min(xs), min(ys), max(xs), max(ys))


def _rule(left: float, top: float, right: float, bottom: float) -> Iterator[list[float]]:
    if min(right - left, bottom - top) <= THIN < max(right - left, bottom - top):
        yield [round(left, 2), round(top, 2), round(right, 2), round(bottom, 2)]


def _segments(item: Any, matrix: Matrix) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for at in range(min(pdfium.FPDFPath_CountSegments(item), MOST_RULES)):
        segment = pdfium.FPDFPath_GetPathSegment(item, at)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = _apply(matrix, x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_LINETO:
            yield last, point
        elif kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield last, start
            last = start


if __name__ == "__main__":
    main()
