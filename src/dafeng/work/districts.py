"""What is known of the districts of a city: what the plan places there, who answers for tasks, delivered figures, one estimate.

Invariant: a district of which nothing is known has no value, which is not zero; a count is zero only where a whole
text was searched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from dafeng.core.labels import Label
from dafeng.core.traces import Anchor, Trace
from dafeng.library.indicators import Catalogue
from dafeng.library.maps import PROJECT, Located, Tile, names_place, read_located, read_sited, read_tiles
from dafeng.plans.plan import Plan, PlanDocument, Task
from dafeng.work.city import City
from dafeng.work.facts import Hashes, fact_trace, file_hashes, year_of
from dafeng.work.tracing import TraceBook, number_text

POPULATION = "population"
"""Indicator by which the emissions of the city are spread over its districts."""
ESTIMATE = "co2_by_population"
"""Id of the spread emissions."""
COUNT = "个"
"""Unit of a count."""
COUNTS = ("clauses", "projects", "tasks")
"""Quantities that are counts."""


@dataclass(frozen=True, slots=True)
class DistrictValue:
    """One figure of one district.

    Parameters
    ----------
    place : str
        Code of the district.
    year : int or None
        Year; ``None`` where the figure has none, as a count in the plan.
    value : Decimal
        The figure. [unit of its quantity]
    address : str
        Address of its trace.
    """

    place: str
    year: int | None
    value: Decimal
    address: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that is known by district.

    Parameters
    ----------
    id : str
        Name in addresses.
    label, says : Label
        Name; how it is counted.
    unit : str
        Unit of its values.
    basis : str
        ``actual`` or ``estimated``.
    values : tuple of DistrictValue
        What is known; a district that is not among them is unknown.
    """

    id: str
    label: Label
    says: Label
    unit: str
    basis: str
    values: tuple[DistrictValue, ...]


@dataclass(frozen=True, slots=True)
class Districts:
    """The districts of a city with what is known of them.

    Parameters
    ----------
    tiles : tuple of Tile
        The districts.
    located : tuple of Located
        What the plan places in them.
    document : PlanDocument
        Where the plan does so.
    quantities : tuple of Quantity
        Figures by district.
    duties : mapping of str to tuple of str
        Code of a district → addresses of the tasks that its own organisations answer for.
    lacking : tuple of Label
        What would have to be delivered for more.
    """

    tiles: tuple[Tile, ...]
    located: tuple[Located, ...]
    document: PlanDocument
    quantities: tuple[Quantity, ...]
    duties: Mapping[str, tuple[str, ...]]
    lacking: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class CityTotal:
    """Emissions of the whole city in a year.

    Parameters
    ----------
    year : int
        The year.
    value : Decimal
        The figure. [unit]
    unit : str
        Its unit.
    address : str
        Address of its trace.
    """

    year: int
    value: Decimal
    unit: str
    address: str


def collect_districts(city: City, plan: Plan, traces: TraceBook, *, totals: Sequence[CityTotal] = ()) -> Districts | None:
    """What is known by district.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan
        The plan that is judged.
    traces : TraceBook
        Gets a trace for every figure.
    totals : sequence of CityTotal, optional
        Emissions of the city, to be spread by population.

    Returns
    -------
    Districts or None
        ``None`` where nobody has drawn tiles for the city.
    """
    tiles = read_tiles(city.code, overlay=city.overlay)
    if not tiles:
        return None
    located = read_located(city.overlay)
    counted = _count_located(tiles, located, plan.document, traces) if located is not None else []
    figures = _figures(city, tiles, traces)
    spread = _spread(tiles, figures, totals, traces)
    duties = {tile.place: _duties(tile, plan.tasks) for tile in tiles}
    quantities = (*counted, _count("tasks", _TASKS, tiles, duties, traces), *figures, *spread)
    lacking = () if spread else (_lacking(tiles, figures),)
    return Districts(tiles, located or (), plan.document, quantities, duties, lacking)


def _count_located(
    tiles: Sequence[Tile], located: Sequence[Located], document: PlanDocument, traces: TraceBook
) -> list[Quantity]:
    """Passages of the plan that name a district, and the named projects among them."""
    for row in located:
        anchor = Anchor(row.start, row.end, row.paragraph, document.sha256, document.title or document.name)
        says = Label(f"方案写在此处：{row.label.zh}", f"the plan places here: {row.label.en}")
        traces.add(Trace(f"located/{row.id}", "clause", says, anchor=anchor, source="plan", grade="primary"))
    named = [row for row in located if row.kind == PROJECT]
    return [_counted("clauses", _CLAUSES, tiles, located, traces), _counted("projects", _PROJECTS, tiles, named, traces)]


def _counted(
    name: str, said: tuple[Label, Label], tiles: Sequence[Tile], rows: Sequence[Located], traces: TraceBook
) -> Quantity:
    inputs = {tile.place: [f"located/{row.id}" for row in rows if row.place == tile.place] for tile in tiles}
    return _count(name, said, tiles, inputs, traces)


_CLAUSES = (
    Label("方案点名处", "passages of the plan"),
    Label("方案正文中点到该区市的地方", "places in the text of the plan that name the district"),
)
_PROJECTS = (
    Label("方案写明的项目", "projects in the plan"),
    Label("写明名称的项目、园区、基地和试点", "plants, parks, bases and pilots with a name"),
)
_TASKS = (
    Label("区市负责的任务", "tasks of the district"),
    Label("责任单位是该区市政府或管委会的任务", "tasks whose responsible organisation is the district's own"),
)


def _duties(tile: Tile, tasks: Iterable[Task]) -> tuple[str, ...]:
    """Tasks whose responsible organisations are the district's own."""
    return tuple(f"tasks/{task.id}" for task in tasks if any(names_place(name, tile) for name in task.organisations))


def _count(
    name: str, said: tuple[Label, Label], tiles: Sequence[Tile], inputs: Mapping[str, Sequence[str]], traces: TraceBook
) -> Quantity:
    values = []
    for tile in tiles:
        found = tuple(inputs[tile.place])
        says = Label(f"{tile.full.zh}：{said[1].zh}", f"{tile.full.en}: {said[1].en}")
        none = Label("全文检索，没有点到该区市", "the whole text was searched; it does not name the district")
        trace = Trace(
            f"districts/{tile.place}.{name}", "result", says, value=str(len(found)), unit=COUNT, inputs=found, source="plan",
            grade="primary", note=None if found else none,
        )  # fmt: skip
        values.append(DistrictValue(tile.place, None, Decimal(len(found)), traces.add(trace)))
    return Quantity(name, said[0], said[1], COUNT, "actual", tuple(values))


def _figures(city: City, tiles: Sequence[Tile], traces: TraceBook) -> list[Quantity]:
    """Delivered figures of the districts, and those of the city that stand in one of them."""
    catalogue, sited = city.catalogue(), read_sited(city.overlay)
    places = tuple(tile.place for tile in tiles)
    rows = [row for row in city.facts.read(places=(*places, city.code)).to_pylist() if row["flow"] is None]
    own = [row for row in rows if row["place"] in places and row["indicator"] in catalogue.indicators]
    whole = [row for row in rows if row["place"] == city.code and row["indicator"] in sited]
    hashes = file_hashes(city.facts)
    found = sorted((*own, *whole), key=lambda row: (row["indicator"], row["place"], row["period"]))
    return [
        _figure(name, list(group), catalogue, sited, hashes, traces)
        for name, group in groupby(found, lambda row: str(row["indicator"]))
    ]


def _figure(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    catalogue: Catalogue,
    sited: Mapping[str, tuple[str, Label]],
    hashes: Hashes,
    traces: TraceBook,
) -> Quantity:
    indicator = catalogue.indicators[name]
    unit = str(rows[0]["unit"])
    latest: dict[tuple[str, int], DistrictValue] = {}
    for row in (one for one in rows if one["unit"] == unit):
        trace = fact_trace(row, indicator.label, hashes)
        address = trace.address if trace.address in traces else traces.add(trace)
        year, place = year_of(row["period"]), str(row["place"])
        if name in sited and place not in {place for place, _ in latest} and row["place"] != sited[name][0]:
            place, address = sited[name][0], _sited(name, row, sited[name], indicator.label, traces)
        latest[place, year] = DistrictValue(place, year, row["value"], address)
    says = sited[name][1] if name in sited else Label("各区市报送的数", "figures delivered for the districts")
    return Quantity(name, indicator.label, says, unit, "actual", tuple(latest.values()))


def _sited(name: str, row: Mapping[str, Any], site: tuple[str, Label], label: Label, traces: TraceBook) -> str:
    """Trace of a figure of the city that stands in one district."""
    year = year_of(row["period"])
    return traces.add(
        Trace(
            f"districts/{site[0]}.{name}.{year}",
            "result",
            label,
            value=number_text(row["value"]),
            unit=row["unit"],
            year=year,
            inputs=(f"facts/{row['fact']}",),
            source=row["source"],
            grade=row["grade"],
            note=site[1],
        )
    )


def _spread(
    tiles: Sequence[Tile], figures: Iterable[Quantity], totals: Sequence[CityTotal], traces: TraceBook
) -> list[Quantity]:
    """Emissions of the city by the people of its districts, for years in which all of them are counted."""
    people = next((one.values for one in figures if one.id == POPULATION), ())
    wanted = {tile.place for tile in tiles if not tile.zone}
    names = {tile.place: tile.full for tile in tiles}
    found: list[DistrictValue] = []
    for total in totals:
        known = {one.place: one for one in people if one.year == total.year and one.place in wanted}
        if set(known) == wanted:
            found += [_share(one, tuple(known.values()), total, names[one.place], traces) for one in known.values()]
    return [Quantity(ESTIMATE, *_SPREAD, totals[0].unit, "estimated", tuple(found))] if found else []


_SPREAD = (
    Label("二氧化碳排放（按人口分摊的估计）", "CO2 spread by population (estimate)"),
    Label(
        "全市排放乘以常住人口占比，只表示量级；工业不随人口分布，不能用于考核",
        "emissions of the city times the share of people: a scale only; industry does not follow people, unfit for judging",
    ),
)


def _share(
    one: DistrictValue, known: Sequence[DistrictValue], total: CityTotal, name: Label, traces: TraceBook
) -> DistrictValue:
    value = total.value * one.value / sum((other.value for other in known), Decimal(0))
    rounded = Decimal(number_text(float(value)))
    trace = Trace(
        f"districts/{one.place}.{ESTIMATE}.{total.year}", "result",
        Label(f"{name.zh}：全市排放按常住人口分摊", f"{name.en}: emissions of the city spread by population"),
        value=number_text(rounded), unit=total.unit, year=total.year, expression="total * people / sum(people)",
        inputs=(total.address, one.address, *(other.address for other in known if other is not one)), grade="estimated",
        note=_SPREAD[1],
    )  # fmt: skip
    return DistrictValue(one.place, total.year, rounded, traces.add(trace))


def _lacking(tiles: Sequence[Tile], figures: Iterable[Quantity]) -> Label:
    """What keeps emissions from being estimated by district."""
    people = next((one.values for one in figures if one.id == POPULATION), ())
    told, wanted = {one.place for one in people}, [tile for tile in tiles if not tile.zone]
    missing = sum(tile.place not in told for tile in wanted)
    return Label(
        f"各区市排放无法估计：{len(wanted)} 个区市中有 {missing} 个缺常住人口（与全市排放同年）",
        f"emissions by district cannot be estimated: {missing} of {len(wanted)} districts lack a population of such a year",
    )
