"""Boundary files (GeoJSON) of districts, read with suspicion: what is drawn later has passed every check here.

Invariant: a file is refused before it is parsed if it is too large or too deep; every ring is closed, finite and does not cross
itself or its neighbours in the polygon; only codes, names and coordinates are taken out of a file.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NoReturn

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label

LARGEST = 8 * 1024 * 1024
"""Largest file that is read. [bytes]"""
DEEPEST = 12
"""Deepest nesting; the geometry of several polygons needs nine. [levels]"""
MOST_POINTS = 200_000
"""Most points of a file."""
CODES = ("code", "adcode", "id", "区划代码", "行政区划代码")
"""Properties that may hold the code of a district."""
NAMES = ("name", "zh", "名称")
"""Properties that may hold its name."""
MEMBERS = frozenset({"type", "features", "crs", "name", "bbox"})
"""Members of the whole file."""
MOST_TOLD = 20
"""Most features that a refusal names one by one."""
CELLS = 256
"""Most cells to each side of the net in which crossings are looked for."""

EFFORT = 20_000_000
"""Most pairs of lines that are compared in one polygon."""
_BRACKETS = re.compile(r'"(?:[^"\\]|\\[\s\S])*"|[\[\]{}]')

Point = tuple[float, float]
"""Longitude and latitude. [°]"""
Ring = tuple[Point, ...]
"""Closed line: the last point is the first."""
Polygon = tuple[Ring, ...]
"""Outer ring, then holes."""


@dataclass(frozen=True, slots=True)
class Area:
    """One district of a boundary file.

    Parameters
    ----------
    place : str
        Administrative code.
    polygons : tuple of tuple of tuple of (float, float)
        Its parts, each with its outer ring and its holes. [°]
    by : {"code", "name"}
        What told which district it is.
    """

    place: str
    polygons: tuple[Polygon, ...]
    by: str = "code"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary file that passed.

    Parameters
    ----------
    areas : tuple of Area
        The districts, by code.
    crs : str
        Coordinate system as the file names it; empty where it names none.
    points : int
        Points of all rings.
    dropped : tuple of str
        Names of properties that were not taken.
    """

    areas: tuple[Area, ...]
    crs: str
    points: int
    dropped: tuple[str, ...]


def read_boundary(content: bytes, *, where: str, places: Mapping[str, Label], needed: Iterable[str] = ()) -> Boundary:
    """Read a boundary file.

    Parameters
    ----------
    content : bytes
        The file.
    where : str
        Its name, for messages.
    places : mapping of str to Label
        Districts that may occur: code → official name.
    needed : iterable of str, optional
        Codes that must occur.

    Returns
    -------
    Boundary
        The districts.

    Raises
    ------
    FileRefused
        If the file is too large or too deep, is no GeoJSON of polygons, names other districts, lacks one, or has a ring that is
        open, crossed or off the globe; the message names the district and the point.
    """
    return _Reader(where, places).read(content, tuple(needed))


def nesting(text: str) -> int:
    """Deepest nesting of brackets outside texts, found without parsing.

    Parameters
    ----------
    text : str
        JSON.

    Returns
    -------
    int
        Levels.
    """
    depth = deepest = 0
    for found in _BRACKETS.finditer(text):
        if found[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif found[0] in "]}":
            depth -= 1
    return deepest


@dataclass(frozen=True, slots=True)
class _Reader:
    """One reading; it knows what to call the file in messages."""

    where: str
    places: Mapping[str, Label]

    def read(self, content: bytes, needed: Sequence[str]) -> Boundary:
        root = self._parse(content)
        if not isinstance(root, dict) or root.get("type") != "FeatureCollection" or not isinstance(root.get("features"), list):
            self._refuse("不是 GeoJSON 的 FeatureCollection", "it is no FeatureCollection of GeoJSON", self.where)
        if strange := sorted(set(root) - MEMBERS):
            self._refuse(f"含有不认识的成员 {strange[0]!r}", f"it has an unknown member {strange[0]!r}", self.where)
        self._check_known(root["features"])
        areas: dict[str, Area] = {}
        dropped: set[str] = set()
        for number, feature in enumerate(root["features"], 1):
            area = self._feature(feature, f"{self.where}: feature {number}", dropped)
            if area.place in areas:
                self._refuse(
                    f"代码 {area.place} 出现两次", f"the code {area.place} occurs twice", f"{self.where}: feature {number}"
                )
            areas[area.place] = area
        if missing := [code for code in needed if code not in areas]:
            zh = "；".join(f"缺少 {self.places[code].zh}（{code}）" for code in missing)
            self._refuse(zh, "; ".join(f"{self.places[code].en} ({code}) is missing" for code in missing), self.where)
        points = sum(len(ring) for area in areas.values() for polygon in area.polygons for ring in polygon)
        if points > MOST_POINTS:
            self._refuse(f"共 {points} 个点，太多", f"it has {points} points, too many", self.where)
        for area in areas.values():
            for polygon in area.polygons:
                self._check_crossings(polygon, area.place)
        return Boundary(
            tuple(areas[code] for code in sorted(areas)), self._crs(root.get("crs")), points, tuple(sorted(dropped))
        )

    def _parse(self, content: bytes) -> Any:
        if len(content) > LARGEST:
            said = f"文件有 {len(content)} 字节，超过 {LARGEST}", f"the file has {len(content)} bytes, more than {LARGEST}"
            self._refuse(*said, self.where)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as cause:
            self._refuse("不是 UTF-8 文本", "it is no UTF-8 text", f"{self.where}: byte {cause.start}")
        if (levels := nesting(text)) > DEEPEST:
            self._refuse(
                f"嵌套 {levels} 层，超过 {DEEPEST}", f"it is nested {levels} levels deep, more than {DEEPEST}", self.where
            )
        try:
            return json.loads(text, parse_constant=self._constant, object_pairs_hook=self._pairs, parse_int=float)
        except json.JSONDecodeError as cause:
            self._refuse("不是合法的 JSON", "it is no valid JSON", f"{self.where}: line {cause.lineno}, column {cause.colno}")

    def _constant(self, name: str) -> NoReturn:
        self._refuse(f"含有非有限数 {name}", f"it holds {name}, which is no finite number", self.where)

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            self._refuse("同一对象内键重复", "a key occurs twice in one object", self.where)
        return made

    def _crs(self, said: Any) -> str:
        if said is None:
            return ""
        name = (
            said.get("properties", {}).get("name")
            if isinstance(said, dict) and isinstance(said.get("properties"), dict)
            else None
        )
        if not isinstance(name, str) or said.get("type") != "name":
            self._refuse("crs 不是按名称给出", "crs does not give a name", f"{self.where}: crs")
        return name

    def _feature(self, feature: Any, at: str, dropped: set[str]) -> Area:
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            self._refuse("不是 Feature", "it is no Feature", at)
        properties = feature.get("properties") or {}
        if not isinstance(properties, dict):
            self._refuse("properties 不是对象", "properties is no object", at)
        place, by = self._place(properties, feature.get("id"), at)
        dropped.update(name for name in properties if name not in (*CODES, *NAMES))
        geometry = feature.get("geometry")
        if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
            kind = geometry.get("type") if isinstance(geometry, dict) else None
            self._refuse(f"几何类型 {kind!r} 不是多边形", f"the geometry {kind!r} is no polygon", at)
        parts = [geometry.get("coordinates")] if geometry["type"] == "Polygon" else geometry.get("coordinates")
        if not isinstance(parts, list) or not parts:
            self._refuse("没有坐标", "it has no coordinates", at)
        return Area(place, tuple(self._polygon(part, f"{at} ({place})") for part in parts), by)

    def _check_known(self, features: Sequence[Any]) -> None:
        """Tell every feature that is no district, one by one, before anything else is said of the file."""
        told = [one if isinstance(one, dict) else {} for one in features]
        strange = [
            (number, said, name)
            for number, one in enumerate(told, 1)
            if isinstance(one.get("properties") or {}, dict) and one
            for place, said, name in (self._find(one.get("properties") or {}, one.get("id")),)
            if place is None
        ]
        if not strange:
            return
        shown, more = strange[:MOST_TOLD], len(strange) - MOST_TOLD
        zh = "；".join(f"第 {at} 个要素：{_spell(said, name, 'zh')} 不是本市的区市" for at, said, name in shown)
        en = "; ".join(f"feature {at}: {_spell(said, name, 'en')} is no district of this city" for at, said, name in shown)
        more_zh, more_en = (f"；另有 {more} 个", f"; and {more} more") if more > 0 else ("", "")
        self._refuse(zh + more_zh, en + more_en, f"{self.where}: feature {strange[0][0]}")

    def _find(self, properties: Mapping[str, Any], number: Any) -> tuple[str | None, Any, Any]:
        """District by its code, and where a feature has none by its name; what the feature says of both."""
        said = next((properties[name] for name in CODES if name in properties), number)
        name = next((properties[key] for key in NAMES if key in properties), None)
        place = f"{said:.0f}" if isinstance(said, float) and said.is_integer() else said
        if said is None:
            place = next((code for code, own in self.places.items() if name in (own.zh, own.en)), None)
        return (place if isinstance(place, str) and place in self.places else None), said, name

    def _place(self, properties: Mapping[str, Any], number: Any, at: str) -> tuple[str, str]:
        place, said, name = self._find(properties, number)
        if place is None:
            self._refuse(f"{_spell(said, name, 'zh')} 不是本市的区市", f"{_spell(said, name, 'en')} is no district", at)
        if name is not None and name not in (self.places[place].zh, self.places[place].en):
            own = self.places[place]
            self._refuse(f"代码 {place} 应为{own.zh}，文件写作 {name!r}", f"{place} is {own.en}, the file says {name!r}", at)
        return place, "name" if said is None else "code"

    def _polygon(self, rings: Any, at: str) -> Polygon:
        if not isinstance(rings, list) or not rings:
            self._refuse("多边形没有环", "a polygon has no ring", at)
        return tuple(self._ring(ring, f"{at}, ring {number}") for number, ring in enumerate(rings, 1))

    def _ring(self, points: Any, at: str) -> Ring:
        if not isinstance(points, list) or len(points) < 4:
            self._refuse("环少于四个点", "a ring has fewer than four points", at)
        ring = tuple(self._point(point, f"{at}, point {number}") for number, point in enumerate(points, 1))
        if ring[0] != ring[-1]:
            self._refuse("环没有闭合（首尾点不同）", "a ring is not closed: its ends differ", at)
        kept = (ring[0], *(point for before, point in pairwise(ring) if point != before))
        if len(kept) < 4 or area_of(kept) == 0:
            self._refuse("环没有面积", "a ring has no area", at)
        return kept

    def _point(self, point: Any, at: str) -> Point:
        if not isinstance(point, list) or len(point) not in (2, 3) or not all(isinstance(one, float) for one in point):
            self._refuse("坐标不是两个数", "a position is not two numbers", at)
        longitude, latitude = point[0], point[1]
        if not (math.isfinite(longitude) and math.isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) <= 90):
            said = f"坐标 ({longitude}, {latitude}) 不在经度 ±180、纬度 ±90 之内", f"({longitude}, {latitude}) is off the globe"
            self._refuse(*said, at)
        return longitude, latitude

    def _check_crossings(self, polygon: Polygon, place: str) -> None:
        try:
            crossed = find_crossing(polygon)
        except OverflowError:
            self._refuse(
                "点挤在一处，无法检查是否自相交",
                "its points lie too dense to be checked for crossings",
                f"{self.where}: {place}",
            )
        if crossed is not None:
            at = f"{self.where}: {place} ({crossed[0]:.6f}, {crossed[1]:.6f})"
            self._refuse("边界自相交", "the boundary crosses itself", at)

    def _refuse(self, zh: str, en: str, where: str) -> NoReturn:
        size = LARGEST // 1024**2
        raise FileRefused(
            Label(zh, en),
            where=where,
            expected=Label(
                f"UTF-8 的 GeoJSON：每区市一个多边形，属性 code 为六位代码（没有代码的以 name 为全称），"
                f"至多 {size} MB、{DEEPEST} 层、{MOST_POINTS} 个点",
                "GeoJSON in UTF-8, a polygon per district with its code of six digits, or without one its official name, "
                f"at most {size} MB, {DEEPEST} levels, {MOST_POINTS} points",
            ),
            remedy=Label(
                "用测绘部门发布的标准边界重新导出；什么都没有保存", "export the official boundary again; nothing was kept"
            ),
        )


def _spell(said: Any, name: Any, language: str) -> str:
    """How a feature says which district it is."""
    zh = language == "zh"
    if said is None:
        nameless = "没有代码和名称的要素" if zh else "a feature without code and name"
        return nameless if name is None else f"{'名称' if zh else 'the name'} {str(name)[:60]!r}"
    return f"{'代码' if zh else 'the code'} {str(said)[:60] if not isinstance(said, str) else said[:60]!r}"


def area_of(ring: Sequence[Point]) -> float:
    """Signed area of a ring.

    Parameters
    ----------
    ring : sequence of (float, float)
        Closed line. [unit]

    Returns
    -------
    float
        Above zero if it runs against the clock. [unit²]
    """
    x, y = ring[0]
    return sum((a[0] - x) * (b[1] - y) - (b[0] - x) * (a[1] - y) for a, b in pairwise(ring)) / 2


def find_crossing(polygon: Polygon) -> Point | None:
    """Where the rings of a polygon cross one another or themselves.

    Parameters
    ----------
    polygon : tuple of rings
        Outer ring and holes. [°]

    Returns
    -------
    (float, float) or None
        Beginning of a line that crosses another; ``None`` where none does. Rings may touch in a point.

    Raises
    ------
    OverflowError
        If more than `EFFORT` pairs would have to be compared.
    """
    lines = [
        (a, b, ring, at, len(points) - 1) for ring, points in enumerate(polygon) for at, (a, b) in enumerate(pairwise(points))
    ]
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    effort = 0
    for number, spot in _place_lines(polygon, lines):
        first = lines[number]
        effort += 1 + len(cells[spot])
        if effort > EFFORT:
            raise OverflowError(effort)
        if any(_cross(first, lines[other]) for other in cells[spot]):
            return first[0]
        cells[spot].append(number)
    return None


_Line = tuple[Point, Point, int, int, int]
"""Ends of a line, number of its ring, its place in the ring, lines of the ring."""


def _place_lines(polygon: Polygon, lines: Sequence[_Line]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Every line with each cell of the net that its box touches."""
    xs = [point[0] for ring in polygon for point in ring]
    ys = [point[1] for ring in polygon for point in ring]
    side = max(max(xs) - min(xs), max(ys) - min(ys)) / min(CELLS, 1 + math.isqrt(len(lines)))
    left, low = min(xs), min(ys)
    for number, (a, b, *_) in enumerate(lines):
        columns = sorted((int((a[0] - left) / side), int((b[0] - left) / side)))
        rows = sorted((int((a[1] - low) / side), int((b[1] - low) / side)))
        for column in range(columns[0], columns[1] + 1):
            for row in range(rows[0], rows[1] + 1):
                yield number, (column, row)


def _cross(first: _Line, other: _Line) -> bool:
    """Whether two lines cross or lie on each other; neighbours in a ring share a point and may not fold back."""
    a, b, ring, at, length = first
    c, d, ring_too, at_too, _ = other
    if ring == ring_too and abs(at - at_too) in (1, length - 1):
        shared, far, far_too = (b, a, d) if b == c else (a, b, c)
        ahead = (far[0] - shared[0]) * (far_too[0] - shared[0]) + (far[1] - shared[1]) * (far_too[1] - shared[1])
        return _side(far, shared, far_too) == 0 and ahead > 0
    sides = (_side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b))
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    return all(side == 0 for side in sides) and _overlap(a, b, c, d)


def _side(a: Point, b: Point, point: Point) -> int:
    turn = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
    return (turn > 0) - (turn < 0)


def _overlap(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two lines on one straight line share more than a point."""
    axis = 0 if a[0] != b[0] else 1
    first, other = sorted((a[axis], b[axis])), sorted((c[axis], d[axis]))
    return min(first[1], other[1]) > max(first[0], other[0])
