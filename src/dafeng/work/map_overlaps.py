"""Districts that lie on each other: a boundary in which two share land is refused, pair by pair.

Invariant: borders that two districts share are no overlap, nor are slivers where both were digitised on their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, pairwise

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label
from dafeng.library.maps import Tile
from dafeng.readers.boundaries import MOST_TOLD, Area, Boundary

LINES = 200
"""Lines of latitude along which two districts are compared."""
TOLERANCE = 0.005
"""Part of the smaller district that may lie on the other. [1]"""
Box = tuple[float, float, float, float]
Span = tuple[float, float]


def check_overlaps(boundary: Boundary, tiles: Mapping[str, Tile], where: str) -> None:
    """Refuse a boundary whose districts overlap; development zones lie on districts and may.

    Parameters
    ----------
    boundary : Boundary
        The districts.
    tiles : mapping of str to Tile
        Districts of the city by code.
    where : str
        Name of the file.

    Raises
    ------
    FileRefused
        If two districts share more than `TOLERANCE` of the smaller one; the message names each pair.
    """
    areas = [area for area in boundary.areas if not tiles[area.place].zone]
    shares = ((first, other, overlap_share(first, other)) for first, other in combinations(areas, 2))
    found = [(tiles[first.place].full, tiles[other.place].full, share) for first, other, share in shares if share > TOLERANCE]
    if not found:
        return
    more = len(found) - MOST_TOLD
    zh = "；".join(f"{a.zh}与{b.zh}重叠 {100 * share:.1f}%" for a, b, share in found[:MOST_TOLD])
    en = "; ".join(f"{a.en} and {b.en} overlap by {100 * share:.1f} %" for a, b, share in found[:MOST_TOLD])
    raise FileRefused(
        Label(zh + (f"；另有 {more} 对" if more > 0 else ""), en + (f"; and {more} more pairs" if more > 0 else "")),
        where=where,
        expected=Label(
            f"区市互不重叠（共用边界除外，较小者至多 {100 * TOLERANCE}%）",
            f"districts that do not overlap but for their borders (at most {100 * TOLERANCE} % of the smaller one)",
        ),
        remedy=Label(
            "用测绘部门发布的标准边界重新导出；什么都没有保存", "export the official boundary again; nothing was kept"
        ),
    )


def overlap_share(first: Area, other: Area) -> float:
    """How much of the smaller of two districts lies on the other.

    Parameters
    ----------
    first, other : Area
        The districts.

    Returns
    -------
    float
        Share of the area in degrees, along `LINES` lines of latitude. [1]
    """
    boxes = _box(first), _box(other)
    left, right = max(boxes[0][0], boxes[1][0]), min(boxes[0][2], boxes[1][2])
    low, high = max(boxes[0][1], boxes[1][1]), min(boxes[0][3], boxes[1][3])
    if left >= right or low >= high:
        return 0.0
    shared = _lengths(first, other, low, high)
    whole = min(_lengths(one, one, box[1], box[3]) for one, box in zip((first, other), boxes, strict=True))
    return shared / whole if whole else 0.0


def _lengths(first: Area, other: Area, low: float, high: float) -> float:
    """Area that lies in both between two latitudes. [°²]"""
    step = (high - low) / LINES
    spans = [_spans(one, low, step) for one in (first, other)]
    return sum(_shared(spans[0].get(line, ()), spans[1].get(line, ())) for line in range(LINES)) * step


def _spans(area: Area, low: float, step: float) -> dict[int, list[Span]]:
    """Where lines of latitude run inside a district, by the number of the line."""
    crossings: dict[int, list[float]] = {}
    for ring in (ring for polygon in area.polygons for ring in polygon):
        for (ax, ay), (bx, by) in pairwise(ring):
            bottom, top = sorted(((ay - low) / step - 0.5, (by - low) / step - 0.5))
            for line in range(max(int(bottom) if bottom > 0 else 0, 0), min(int(top) + 2 if top > -1 else 0, LINES)):
                y = low + (line + 0.5) * step
                if (ay <= y) != (by <= y):
                    crossings.setdefault(line, []).append(ax + (bx - ax) * (y - ay) / (by - ay))
    return {line: list(zip(sorted(xs)[::2], sorted(xs)[1::2], strict=True)) for line, xs in crossings.items()}


def _shared(first: Iterable[Span], other: Iterable[Span]) -> float:
    held = list(other)
    return sum(max(min(b, d) - max(a, c), 0.0) for a, b in first for c, d in held)


def _box(area: Area) -> Box:
    xs = [x for polygon in area.polygons for x, _ in polygon[0]]
    ys = [y for polygon in area.polygons for _, y in polygon[0]]
    return min(xs), min(ys), max(xs), max(ys)
