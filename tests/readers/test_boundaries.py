"""Boundary files: what is refused, and that what passes is what stands in the file."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from dafeng.core.errors import FileRefused
from dafeng.core.labels import Label
from dafeng.readers.boundaries import DEEPEST, LARGEST, Boundary, area_of, find_crossing, nesting, read_boundary

PLACES = {"990201": Label("杨东", "Yangdong"), "990202": Label("杨西", "Yangxi")}
SQUARE = [[120, 37], [121, 37], [121, 38], [120, 38], [120, 37]]
EAST = [[121, 37], [122, 37], [122, 38], [121, 38], [121, 37]]
LINE = [[120, 37], [121, 37], [122, 37], [120, 37]]
HOLE = [[120.4, 37.4], [120.4, 37.6], [120.6, 37.6], [120.6, 37.4], [120.4, 37.4]]


def feature(code: Any, *rings: Any, **more: Any) -> dict[str, Any]:
    """One district."""
    geometry = {"type": "Polygon", "coordinates": list(rings)}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry, **more}


def collection(*features: Any, **more: Any) -> dict[str, Any]:
    """A file."""
    return {"type": "FeatureCollection", "features": list(features), **more}


GOOD = collection(feature("990201", SQUARE, HOLE), feature("990202", EAST))


def read(content: Any) -> Boundary:
    """Read a file, given as tree or as text."""
    raw = content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content)).encode()
    return read_boundary(raw, where="a.geojson", places=PLACES, needed=("990201", "990202"))


def refusal(content: Any) -> str:
    """Why a file is refused."""
    with pytest.raises(FileRefused) as caught:
        read(content)
    return str(caught.value)


def swapped(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The good file with one change."""
    tree: dict[str, Any] = json.loads(json.dumps(GOOD))
    change(tree)
    return tree


def test_codes_rings_and_holes_are_taken() -> None:
    made = read(GOOD)
    assert [(area.place, [len(ring) for polygon in area.polygons for ring in polygon]) for area in made.areas] == [
        ("990201", [5, 5]),
        ("990202", [5]),
    ]
    assert (made.points, made.crs, made.dropped) == (15, "", ())


def test_other_properties_are_told_and_not_taken() -> None:
    made = read(swapped(lambda tree: tree["features"][0]["properties"].update(name="杨东", onclick="alert(1)", style="x")))
    assert made.dropped == ("onclick", "style")


def test_a_code_may_be_a_number_or_the_id_of_the_feature() -> None:
    tree = collection(feature(990201, SQUARE), {**feature("", EAST), "properties": {}, "id": "990202"})
    assert [area.place for area in read(tree).areas] == ["990201", "990202"]


def test_several_parts_stand_for_islands() -> None:
    island = [[[x + 3, y] for x, y in SQUARE]]
    both = {"type": "MultiPolygon", "coordinates": [[EAST], island]}
    assert len(read(collection(feature("990201", SQUARE), {**feature("990202"), "geometry": both})).areas[1].polygons) == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda tree: tree.update(type="Feature"), "no FeatureCollection"),
        (lambda tree: tree.update(features={}), "no FeatureCollection"),
        (lambda tree: tree.update(script="x"), "unknown member 'script'"),
        (lambda tree: tree["features"].pop(), "Yangxi (990202) is missing"),
        (lambda tree: tree["features"].append(tree["features"][0]), "occurs twice"),
        (lambda tree: tree["features"].append(5), "no Feature"),
        (lambda tree: tree["features"][0]["properties"].update(code="370602"), "'370602' is no district"),
        (lambda tree: tree["features"][0]["properties"].update(code=["990201"]), "is no district"),
        (lambda tree: tree["features"][0]["properties"].update(name="杨西"), "990201 is Yangdong, the file says '杨西'"),
        (lambda tree: tree["features"][0].update(properties=[1]), "properties is no object"),
        (lambda tree: tree["features"][0].update(geometry=None), "no polygon"),
        (lambda tree: tree["features"][0]["geometry"].update(type="LineString"), "'LineString' is no polygon"),
        (lambda tree: tree["features"][0]["geometry"].update(type="MultiPolygon", coordinates=[]), "no coordinates"),
        (lambda tree: tree["features"][0]["geometry"].update(coordinates={}), "no ring"),
        (lambda tree: tree["features"][0]["geometry"].update(coordinates=[SQUARE[:3]]), "fewer than four"),
        (lambda tree: tree["features"][0]["geometry"].update(coordinates=[[*SQUARE[:4], [120, 37.1]]]), "not closed"),
        (lambda tree: tree["features"][0]["geometry"].update(coordinates=[[[120, 37]] * 5]), "no area"),
        (lambda tree: tree["features"][0]["geometry"].update(coordinates=[LINE]), "no area"),
        (lambda tree: tree["features"][0]["geometry"].update(coordinates=[[[120, "37"], *SQUARE[1:]]]), "not two numbers"),
        (lambda tree: tree["features"][0]["geometry"].update(coordinates=[[[True, 37], *SQUARE[1:]]]), "not two numbers"),
        (lambda tree: tree["features"][0]["geometry"].update(coordinates=[[[y, x] for x, y in SQUARE]]), "off the globe"),
        (lambda tree: tree["features"][0]["geometry"].update(coordinates=[[[x * 1e5, y] for x, y in SQUARE]]), "off the globe"),
        (lambda tree: tree.update(crs={"type": "link", "properties": {"href": "http://a"}}), "crs does not give a name"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_with_the_reason(change: Callable[[dict[str, Any]], None], why: str) -> None:
    assert why in refusal(swapped(change))


@pytest.mark.parametrize(
    ("rings", "crosses"),
    [
        ([[[0, 0], [2, 2], [2, 0], [0, 1], [0, 0]]], True),  # a bow tie
        ([[[0, 0], [4, 0], [4, 4], [2, 4], [2, -1], [1, -1], [1, 4], [0, 4], [0, 0]]], True),  # a spike through the base
        ([[[0, 0], [2, 0], [1, 0], [1, 2], [0, 0]]], True),  # folds back on itself
        ([SQUARE, [[119, 37.5], [120.5, 37.4], [120.5, 37.6], [119, 37.5]]], True),  # a hole that leaves the polygon
        ([SQUARE, HOLE], False),
        ([[[0, 0], [2, 0], [2, 2], [1, 0], [0, 2], [0, 0]]], False),  # touches itself in one point
    ],
)
def test_crossings_are_found(rings: list[Any], crosses: bool) -> None:
    assert (find_crossing(tuple(tuple(map(tuple, ring)) for ring in rings)) is not None) == crosses
    tree = collection(feature("990201", *rings), feature("990202", EAST))
    assert ("crosses itself" in refusal(tree)) if crosses else read(tree)


def test_crossings_are_those_that_every_pair_of_lines_would_show() -> None:
    def crossed(a: Any, b: Any, c: Any, d: Any) -> bool:
        def turn(p: Any, q: Any, r: Any) -> float:
            return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

        return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0

    found = []
    for seed in range(60):
        dice = random.Random(seed)
        ring = [(dice.uniform(0, 9), dice.uniform(0, 9)) for _ in range(4 + seed % 5)]
        lines = list(zip(ring, ring[1:] + ring[:1], strict=True))
        apart = [(one, two) for at, one in enumerate(lines) for two in lines[at + 2 :]]
        found.append((find_crossing(((*ring, ring[0]),)) is not None, any(crossed(*one, *two) for one, two in apart)))
    assert all(one == two for one, two in found)
    assert len(set(found)) == 2


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(number: str) -> None:
    said = refusal(json.dumps(GOOD).replace("120.4", number, 1))
    assert "no finite number" in said or "off the globe" in said


def test_a_bomb_is_refused_before_it_is_parsed() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert "nested 100001 levels" in refusal('{"type": "FeatureCollection", "features": ' + deep + "}")
    assert "bytes, more than" in refusal(b" " * (LARGEST + 1))


@pytest.mark.parametrize(("text", "levels"), [("", 0), ("[]", 1), ('{"a": ["[[["]}', 2), (r'["\"[", [[]]]', 3), ('"[[[', 3)])
def test_nesting_is_counted_outside_texts(text: str, levels: int) -> None:
    assert nesting(text) == levels <= DEEPEST


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b'{"type": "FeatureCollection", "type": "x", "features": []}', b"null", b"[1]"]
)
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    refusal(content)


def test_dense_points_do_not_hold_the_machine_up() -> None:
    dice = random.Random(1)
    knot = [[120 + dice.random() * 1e-9, 37 + dice.random() * 1e-9] for _ in range(12_000)]
    ring = [*knot, [130, 37], [130, 40], knot[0]]
    said = refusal(collection(feature("990201", ring), feature("990202", EAST)))
    assert "crosses itself" in said or "too dense" in said


def test_area_is_signed() -> None:
    assert (area_of([(0, 0), (2, 0), (2, 1), (0, 1), (0, 0)]), area_of([(0, 0), (0, 1), (2, 1), (2, 0), (0, 0)])) == (2, -2)
