"""Boundaries as a page draws them: on one net of points for all districts, so that neighbours still share their border.

Invariant: the same file gives the same shapes on every machine; how far a point was moved is stated in metres, and a part too
small for the net is counted as left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dafeng.readers.boundaries import Area, Boundary, Point, Polygon, area_of

NETS = (2000, 1400, 1000, 700, 500, 350, 250)
"""Steps across the larger side of the map, the finest first."""
MOST_DRAWN = 6000
"""Most points of the drawing; the finest net that keeps to it is taken."""
METRES = 111_319.49
"""Length of a degree on the equator. [m/°]"""

Spot = tuple[int, int]
"""A point of the net: columns from the west, rows from the north."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One district as it is drawn.

    Parameters
    ----------
    place : str
        Administrative code.
    path : str
        Its outline as path data of SVG. [steps of the net]
    x, y : int
        Where its name stands, inside it. [steps of the net]
    """

    place: str
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """All districts on one net.

    Parameters
    ----------
    width, height : int
        Size. [steps of the net]
    shapes : tuple of Shape
        The districts.
    step, moved : float
        Width of a step; farthest that a point was moved. [m]
    points, left_out : int
        Points that are drawn; islands and holes too small for the net.
    """

    width: int
    height: int
    shapes: tuple[Shape, ...]
    step: float
    moved: float
    points: int
    left_out: int


def draw_boundary(boundary: Boundary) -> Drawing:
    """Simplify a boundary for a page.

    Parameters
    ----------
    boundary : Boundary
        The districts.

    Returns
    -------
    Drawing
        On the finest net of `NETS` with at most `MOST_DRAWN` points, else on the coarsest.
    """
    for steps in NETS:
        made = _draw(boundary, steps)
        if made.points <= MOST_DRAWN:
            return made
    return made


@dataclass(frozen=True, slots=True)
class _Net:
    """Where a longitude and a latitude fall; degrees of longitude shrink with the cosine of the middle latitude."""

    west: float
    north: float
    squeeze: float
    step: float

    def place(self, point: Point) -> Spot:
        return round((point[0] - self.west) * self.squeeze / self.step), round((self.north - point[1]) / self.step)

    def moved(self, point: Point) -> float:
        x, y = self.place(point)
        return METRES * math.hypot(
            (point[0] - self.west) * self.squeeze - x * self.step, (self.north - point[1]) - y * self.step
        )


def _draw(boundary: Boundary, steps: int) -> Drawing:
    points = [point for area in boundary.areas for polygon in area.polygons for ring in polygon for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    step = max((east - west) * squeeze, north - south) / steps
    net = _Net(west, north, squeeze, step)
    rings = {area.place: [_snap(polygon, net) for polygon in area.polygons] for area in boundary.areas}
    shapes = tuple(_shape(area, rings[area.place]) for area in boundary.areas if any(rings[area.place]))
    drawn = [ring for parts in rings.values() for part in parts for ring in part]
    whole = sum(len(polygon) for area in boundary.areas for polygon in area.polygons)
    width, height = net.place((east, south))
    return Drawing(
        width,
        height,
        shapes,
        METRES * step,
        max(net.moved(point) for point in points),
        sum(map(len, drawn)),
        whole - len(drawn),
    )


def _snap(polygon: Polygon, net: _Net) -> list[list[Spot]]:
    """Rings on the net, without points that say nothing; what has no area left is left out."""
    found = []
    for number, ring in enumerate(polygon):
        spots = _straighten([net.place(point) for point in ring[:-1]])
        if len(spots) >= 3 and area_of([*spots, spots[0]]) != 0:
            found.append(spots)
        elif number == 0:
            return []
    return found


def _straighten(spots: Sequence[Spot]) -> list[Spot]:
    """A ring without repeated points and without points in the middle of a straight line."""
    kept = [spot for before, spot in zip((spots[-1], *spots), spots, strict=False) if spot != before]
    return [
        here for before, here, after in zip((*kept[-1:], *kept), kept, (*kept[1:], *kept[:1]), strict=False)
        if (here[0] - before[0]) * (after[1] - here[1]) != (here[1] - before[1]) * (after[0] - here[0])
    ]  # fmt: skip


def _shape(area: Area, parts: Iterable[Sequence[Sequence[Spot]]]) -> Shape:
    rings = [rings for rings in parts if rings]
    largest = max(rings, key=lambda one: abs(area_of([*one[0], one[0][0]])))
    x, y = find_inside(largest)
    return Shape(area.place, "".join(_path(ring) for part in rings for ring in part), x, y)


def _path(ring: Sequence[Spot]) -> str:
    steps = [f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(ring)]
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z"


def find_inside(rings: Sequence[Sequence[Spot]]) -> Spot:
    """A point well inside an area, for its name.

    Parameters
    ----------
    rings : sequence of sequence of (int, int)
        Outer ring and holes, open. [steps]

    Returns
    -------
    (int, int)
        Middle of a wide stretch inside, among rows around the middle of the area. [steps]
    """
    ys = [spot[1] for spot in rings[0]]
    low, high = min(ys), max(ys)
    best: tuple[float, float, float] = (-1.0, float(rings[0][0][0]), float(low))
    for part in range(30, 71, 5):
        y = low + (high - low) * part / 100 + 0.25
        cuts = sorted(_cuts(rings, y))
        for left, right in zip(cuts[::2], cuts[1::2], strict=False):
            best = max(best, ((right - left) * (100 - abs(part - 50)), (left + right) / 2, y))
    return round(best[1]), round(best[2])


def _cuts(rings: Sequence[Sequence[Spot]], y: float) -> Iterable[float]:
    for ring in rings:
        for a, b in zip(ring, (*ring[1:], ring[0]), strict=True):
            if (a[1] > y) != (b[1] > y):
                yield a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1])


def drawing_document(drawing: Drawing) -> Mapping[str, Any]:
    """A drawing as the view holds it.

    Parameters
    ----------
    drawing : Drawing
        The drawing.

    Returns
    -------
    mapping
        ``width, height, step, moved, points, left_out, shapes``; lengths in whole metres, rounded up.
    """
    return {
        "width": drawing.width,
        "height": drawing.height,
        "step": math.ceil(drawing.step),
        "moved": math.ceil(drawing.moved),
        "points": drawing.points,
        "left_out": drawing.left_out,
        "shapes": [{"place": one.place, "path": one.path, "x": one.x, "y": one.y} for one in drawing.shapes],
    }
