"""A city's own boundary: its number, its coordinate system, what is kept and how it is drawn."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import dafeng as df
from dafeng.core.errors import CityError, FileRefused, SettingError
from dafeng.readers.boundaries import Area, Boundary
from dafeng.work.map_checks import check_approval, check_system
from dafeng.work.maps import FOLDER, with_outline
from dafeng.work.outline import MOST_DRAWN, draw_boundary, find_inside

CODES = {"990102": (0, 1), "990101": (1, 1), "990104": (0, 0), "990103": (1, 0)}


def wave(from_: tuple[int, int], to: tuple[int, int], steps: int = 40) -> list[list[float]]:
    """A border that both neighbours have, whatever way they go along it."""
    first, last = sorted((from_, to))
    dice = random.Random(str((first, last)))
    made = []
    for step in range(steps + 1):
        part = step / steps
        off = 0.04 * math.sin(3 * math.pi * part) + (dice.uniform(-0.01, 0.01) if 0 < step < steps else 0)
        x, y = (first[0] + (last[0] - first[0]) * part, first[1] + (last[1] - first[1]) * part)
        x, y = (x, y + off) if first[1] == last[1] else (x + off, y)
        made.append([round(120 + 0.3 * x, 6), round(37 + 0.25 * y, 6)])
    return made if from_ == first else made[::-1]


def boundary(**more: Any) -> dict[str, Any]:
    """A boundary file of the invented city."""
    features = []
    for code, (x, y) in CODES.items():
        corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
        ring = [point for a, b in zip(corners, corners[1:] + corners[:1], strict=True) for point in wave(a, b)[:-1]]
        shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        features.append({"type": "Feature", "properties": {"code": code, "level": 3}, "geometry": shape})
    return {"type": "FeatureCollection", "features": features, **more}


@pytest.fixture
def city(city_copy: Callable[[str], Path]) -> Any:
    return df.open_city(city_copy("yunting"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "yunting.geojson"
    path.write_text(json.dumps(boundary()), encoding="utf-8")
    return path


def test_a_map_is_kept_with_its_number_hash_and_error(city: Any, file: Path) -> None:
    made = df.import_map(city, file, approval="鲁SG（2023）026号", system="cgcs2000")
    kept = df.read_outline(city)
    assert kept == json.loads(json.dumps(df.map_document(made)))
    assert (kept["approval"], kept["system"], len(kept["shapes"]), kept["dropped"]) == (
        "鲁SG(2023)026号",
        "CGCS2000",
        4,
        ["level"],
    )
    assert (city.folder / FOLDER / f"{kept['sha256']}.geojson").read_bytes() == file.read_bytes()
    assert 0 < kept["moved"] <= kept["step"]


def test_a_view_shows_the_map_that_the_city_keeps_now(city: Any, file: Path) -> None:
    view = {"districts": {"outline": None}, "year": 2025}
    assert with_outline(view, city) == view
    df.import_map(city, file, approval="GS(2019)1822号", system="WGS84")
    assert with_outline(view, city)["districts"]["outline"]["approval"] == "GS(2019)1822号"
    assert with_outline({"year": 2025}, city) == {"year": 2025}


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("GS(2019)1822号", "GS(2019)1822号"),
        ("ＧＳ（2024） 0650 号", "GS(2024)0650号"),
        ("GS京（2022）1061号", "GS京(2022)1061号"),
        ("鲁SG(2023)026号", "鲁SG(2023)026号"),
    ],
)
def test_numbers_are_written_one_way(text: str, printed: str) -> None:
    assert check_approval(text) == printed


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1822",
        "GS(19)1822号",
        "GS(2019)1822",
        "GS(2019)号",
        "GS(2019)1822号<script>",
        f"GS({datetime.now(UTC).year + 1})1号",
    ],
)
def test_without_a_number_nothing_is_kept_and_the_law_is_named(city: Any, file: Path, text: str) -> None:
    with pytest.raises(SettingError, match="approval number") as caught:
        df.import_map(city, file, approval=text, system="WGS84")
    assert "地图管理条例" in caught.value.read("zh")
    assert not (city.folder / FOLDER).exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "cannot be used"), ("GCJ-02", "shifted"), ("gcj02", "shifted"), ("BD09", "shifted"), ("EPSG:3857", "cannot be used")],
)
def test_only_stated_national_systems_are_taken(text: str, why: str) -> None:
    with pytest.raises(SettingError, match=why):
        check_system(text)


@pytest.mark.parametrize(
    ("crs", "taken"),
    [("urn:ogc:def:crs:OGC:1.3:CRS84", True), ("urn:ogc:def:crs:EPSG::4490", True), ("urn:ogc:def:crs:EPSG::3857", False)],
)
def test_the_file_may_not_name_another_system(city: Any, tmp_path: Path, crs: str, taken: bool) -> None:
    path = tmp_path / "named.geojson"
    path.write_text(json.dumps(boundary(crs={"type": "name", "properties": {"name": crs}})), encoding="utf-8")
    if taken:
        assert df.import_map(city, path, approval="GS(2019)1822号", system="WGS84").points == 644
        return
    with pytest.raises(SettingError, match="3857"):
        df.import_map(city, path, approval="GS(2019)1822号", system="WGS84")


def test_a_refused_file_leaves_the_map_that_was_kept(city: Any, file: Path) -> None:
    df.import_map(city, file, approval="GS(2019)1822号", system="WGS84")
    before = df.read_outline(city)
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(FileRefused):
        df.import_map(city, file, approval="GS(2020)1号", system="WGS84")
    assert df.read_outline(city) == before


def test_districts_that_overlap_are_refused_pair_by_pair(city: Any, file: Path) -> None:
    tree = boundary()
    for one in tree["features"][1:]:
        one["geometry"] = tree["features"][0]["geometry"]
    file.write_text(json.dumps(tree))
    with pytest.raises(FileRefused, match=r"overlap by 100\.0 %") as caught:
        df.import_map(city, file, approval="GS(2019)1822号", system="CGCS2000")
    assert caught.value.what.zh.count("重叠") == math.comb(len(tree["features"]), 2)
    assert df.read_outline(city) is None


@pytest.mark.parametrize(("shift", "refused"), [(0.0003, False), (0.01, True)])
def test_slivers_between_districts_pass(city: Any, file: Path, shift: float, refused: bool) -> None:
    tree = boundary()
    ring = tree["features"][0]["geometry"]["coordinates"][0]
    tree["features"][0]["geometry"]["coordinates"] = [[[x + shift, y] for x, y in ring]]
    file.write_text(json.dumps(tree))
    with pytest.raises(FileRefused, match="overlap") if refused else nullcontext():
        df.import_map(city, file, approval="GS(2019)1822号", system="CGCS2000")


def test_a_damaged_map_is_told(city: Any, file: Path) -> None:
    made = df.import_map(city, file, approval="GS(2019)1822号", system="WGS84")
    (city.folder / FOLDER / f"{made.sha256}.geojson").write_bytes(b"{}")
    with pytest.raises(CityError, match="damaged"):
        df.read_outline(city)


def square(x: float, y: float, side: float) -> tuple[tuple[float, float], ...]:
    return ((x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y))


def test_no_point_is_moved_further_than_is_told() -> None:
    dice = random.Random(7)
    ring = [
        (120 + math.cos(t / 500 * math.tau) + dice.uniform(-0.001, 0.001), 37 + math.sin(t / 500 * math.tau))
        for t in range(500)
    ]
    drawing = draw_boundary(Boundary((Area("1", (((*ring, ring[0]),),)),), "", 501, ()))
    assert drawing.moved <= drawing.step * math.sqrt(2) / 2 + 1e-9
    assert max(drawing.width, drawing.height) == 2000


def test_neighbours_still_share_their_border() -> None:
    drawing = draw_boundary(Boundary((Area("1", ((square(120, 37, 1),),)), Area("2", ((square(121, 37, 1),),))), "", 10, ()))
    # two degrees at 37.5° north are 2 cos 37.5° = 1.58671 wide, a step is a 2000th of that, one degree north 1260.5 steps
    assert [shape.path for shape in drawing.shapes] == ["M0 1260l1000 0 0 -1260 -1000 0z", "M1000 1260l1000 0 0 -1260 -1000 0z"]


def test_tiny_islands_are_left_out_and_counted() -> None:
    drawing = draw_boundary(Boundary((Area("1", ((square(120, 37, 1),), (square(125, 37, 1e-5),))),), "", 10, ()))
    assert (drawing.left_out, drawing.shapes[0].path.count("M")) == (1, 1)


def test_a_long_coast_is_drawn_on_a_wider_net() -> None:
    dice = random.Random(3)
    ring = [
        (
            (1 + dice.uniform(0, 0.004)) * math.cos(t / 30_000 * math.tau),
            (1 + dice.uniform(0, 0.004)) * math.sin(t / 30_000 * math.tau),
        )
        for t in range(30_000)
    ]
    drawing = draw_boundary(Boundary((Area("1", (((*ring, ring[0]),),)),), "", 30_001, ()))
    assert drawing.points <= MOST_DRAWN
    assert drawing.step > 111_319 * 2 / 2000


@pytest.mark.parametrize(
    "rings", [[[(0, 0), (90, 0), (90, 90), (0, 90)]], [[(0, 0), (90, 0), (90, 10), (10, 10), (10, 90), (0, 90)]]]
)
def test_a_name_stands_inside(rings: list[list[tuple[int, int]]]) -> None:
    x, y = find_inside(rings)
    ring = rings[0]
    inside = sum(
        (a[1] > y) != (b[1] > y) and x < a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1])
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True)
    )
    assert inside % 2 == 1
