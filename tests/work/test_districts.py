"""What is known by district: counted in the plan, delivered, sited, spread; worked on the sample city and on Yantai."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import dafeng as df
from dafeng.core.errors import DefinitionError
from dafeng.core.places import children
from dafeng.library.maps import names_place, read_aliases, read_located, read_tiles
from dafeng.work.districts import ESTIMATE, CityTotal, Districts, collect_districts
from dafeng.work.tracing import TraceBook
from dafeng.work.view_districts import write_districts
from dafeng.work.view_number import Frame
from dafeng.work.view_plan import trace_tasks
from tests.work.form import DISTRICTS, faults

ROOT = Path(__file__).parents[2]
TOLD = """indicator,place,period,value,unit,source
population,990101,2025,40,万人,yunting-bulletin
population,990102,2025,30,万人,yunting-bulletin
population,990103,2025,20,万人,yunting-bulletin
population,990104,2025,10,万人,yunting-bulletin
population,990101,2020,39,万人,yunting-bulletin
"""


def known(city: Any, **more: Any) -> tuple[Districts, TraceBook]:
    """The districts of a city with their traces."""
    traces = TraceBook()
    plan = city.read_plan()
    trace_tasks(plan, traces)
    found = collect_districts(city, plan, traces, **more)
    assert found is not None
    return found, traces


def values(found: Districts, name: str) -> dict[tuple[str, int | None], Decimal]:
    """Figures of one quantity."""
    return {(one.place, one.year): one.value for quantity in found.quantities if quantity.id == name for one in quantity.values}


@pytest.mark.parametrize("city", ["370600", "370200"])
def test_every_district_of_a_city_has_one_tile(city: str) -> None:
    tiles = read_tiles(city)
    assert {tile.place for tile in tiles} == {place.code for place in children(city, zones=True)}
    assert len({(tile.column, tile.row) for tile in tiles}) == len(tiles)
    assert {tile.place for tile in tiles if not tile.zone} == {place.code for place in children(city)}


@pytest.mark.parametrize("row", ["990100,990105,云外,Yunwai,1,1", "990100,990105,云外,Yunwai,0,3"])
def test_a_tile_may_not_lie_on_another_or_outside(city_copy: Callable[[str], Path], row: str) -> None:
    folder = city_copy("yunting")
    path = folder / "data" / "tiles.csv"
    path.write_text(path.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    with pytest.raises(DefinitionError):
        read_tiles("990100", overlay=folder / "data")


def test_a_city_whose_tiles_nobody_drew_has_no_districts(city_copy: Callable[[str], Path]) -> None:
    folder = city_copy("yunting")
    (folder / "data" / "tiles.csv").unlink()
    city = df.open_city(folder)
    assert collect_districts(city, city.read_plan(), TraceBook()) is None


def test_counts_of_yantai_are_those_of_its_list(city_copy: Callable[[str], Path]) -> None:
    found, traces = known(df.open_city(city_copy("yantai")))
    counted = values(found, "clauses")
    assert (counted["370687", None], counted["370614", None], counted["370602", None]) == (10, 9, 0)
    assert sum(counted.values()) == len(read_located(ROOT / "cities" / "yantai" / "data") or ())
    trace = traces.get("districts/370687.clauses")
    assert (trace.value, len(trace.inputs)) == ("10", 10)
    assert all(traces.get(one).anchor is not None for one in trace.inputs)
    assert traces.get("districts/370602.clauses").note is not None


def test_tasks_are_those_of_the_districts_own_governments(city_copy: Callable[[str], Path]) -> None:
    found, traces = known(df.open_city(city_copy("yantai")))
    owned = {place: len(tasks) for place, tasks in found.duties.items() if tasks}
    assert owned == {"370614": 2, "370602": 1, "370613": 1, "370682": 1, "370687": 1}
    assert {one for tasks in found.duties.values() for one in tasks} <= {trace.address for trace in traces}


def test_every_passage_that_names_a_district_is_listed(shared: Path) -> None:
    lost = []
    for name, code in (("yantai", "370600"), ("qingdao", "370200")):
        text = (shared / "plans" / f"{name}.txt").read_text(encoding="utf-8")
        located = read_located(ROOT / "cities" / name / "data") or ()
        spans = [range(row.start, row.end) for row in located]
        words = [tile.label.zh for tile in read_tiles(code) if not tile.zone]
        words += [one.word for one in read_aliases() if one.place.startswith(code[:4])]
        hits = [match for word in words for match in re.finditer(word, text)]
        # the district's own government is counted with the tasks; names within one passage about Changdao stand together
        rest = [hit for hit in hits if not any(hit.start() in span for span in spans)]
        lost += [
            hit.group()
            for hit in rest
            if not re.match(r".{2}(区|市)政府|长岛综试区|长岛海洋生态文明|长岛的推广|长岛国际零碳岛主导", text[hit.start() :])
        ]
        assert all(any(word in text[row.start : row.end] for word in words) for row in located), name
    assert lost == []


def test_delivered_figures_come_up_and_emissions_are_spread_where_all_people_are_counted(
    city_copy: Callable[[str], Path], tmp_path: Path
) -> None:
    city = df.open_city(city_copy("yunting"))
    file = tmp_path / "districts.csv"
    file.write_text(TOLD, encoding="utf-8")
    assert df.ingest(city, [file]).findings == ()
    totals = [
        CityTotal(2020, Decimal(8), "Mt CO2", "results/co2.2020"),
        CityTotal(2025, Decimal(9), "Mt CO2", "results/co2.2025"),
    ]
    found, traces = known(city, totals=totals)
    assert values(found, "population")["990101", 2020] == 39
    # 9 Mt over 100: 40, 30, 20 and 10 of every 100 people; 2020 lacks three districts and is not estimated
    assert values(found, ESTIMATE) == {
        ("990101", 2025): Decimal("3.6"),
        ("990102", 2025): Decimal("2.7"),
        ("990103", 2025): Decimal("1.8"),
        ("990104", 2025): Decimal("0.9"),
    }
    trace = traces.get(f"districts/990101.{ESTIMATE}.2025")
    assert (trace.grade, trace.inputs[0], len(trace.inputs)) == ("estimated", "results/co2.2025", 5)
    assert traces.get(trace.inputs[1]).cell is not None
    part = write_districts(found, Frame("run", traces))
    assert faults(part, DISTRICTS) == []
    people = next(one for one in part["quantities"] if one["id"] == "population") if part else {}
    assert [row["values"][0] and row["values"][0]["value"] for row in people["rows"]] == [None, 39, None, None]
    assert found.lacking == ()


def test_without_people_what_is_lacking_is_said(city_copy: Callable[[str], Path]) -> None:
    found, _ = known(df.open_city(city_copy("yunting")))
    assert [quantity.id for quantity in found.quantities] == ["tasks"]
    assert "4 个区市中有 4 个" in found.lacking[0].zh


def test_a_figure_of_the_city_that_stands_in_one_district_is_shown_there(city_copy: Callable[[str], Path]) -> None:
    city = df.open_city(city_copy("yantai"))
    df.ingest(city, [city.folder / "data" / "figures.csv"])
    found, traces = known(city)
    assert values(found, "nuclear_capacity") == {("370687", 2018): 250}
    trace = traces.get("districts/370687.nuclear_capacity.2018")
    assert trace.note is not None
    assert traces.get(trace.inputs[0]).cell is not None


@pytest.mark.parametrize(
    ("name", "named"), [("蓬莱区政府", True), ("长岛综试区管委", True), ("市发展改革委", False), ("莱山区政府", False)]
)
def test_an_organisation_belongs_to_the_district_it_begins_with(name: str, named: bool) -> None:
    tile = next(one for one in read_tiles("370600") if one.place == "370614")
    assert names_place(name, tile) == named
