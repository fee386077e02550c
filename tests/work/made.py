"""A small assessment put together by hand: one number of every kind that a view can hold."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.tables import FACTS
from dafeng.core.traces import Anchor, Cell, Trace
from dafeng.energy.dispatch import Dispatch
from dafeng.library.factors import read_factors
from dafeng.methods.account import account
from dafeng.methods.catalogue import read_methods
from dafeng.pathways.model.city import read_city_model, read_city_tables, read_scenario_names
from dafeng.pathways.model.drivers import Row
from dafeng.pathways.peak import read_history
from dafeng.plans.plan import Goal, Organisation, Plan, PlanDocument, Responsible, Target, Task
from dafeng.work.account import Account
from dafeng.work.assessment import Answer, Assessment, Figure, Headline, MeasureEffect
from dafeng.work.balance import balance
from dafeng.work.city import City, init
from dafeng.work.clashes import Clash, Member
from dafeng.work.futures import Outset, make_futures
from dafeng.work.influences import find_influences
from dafeng.work.inventory import arrange_account
from dafeng.work.judge import judge
from dafeng.work.power import Case, Power
from dafeng.work.project import Projection
from dafeng.work.project_traces import trace_futures
from dafeng.work.reconcile import Reconciliation
from dafeng.work.scores import Score, Scores, sort_scores
from dafeng.work.tracing import TraceBook, number_text
from tests.energy.toys import coal, hours, operate, series, system, wind

TEXT = "到2030年，非化石能源消费比重达到30%左右。\n光伏装机容量达到500万千瓦。\n"
SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()
AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
NAME = Label("数", "number")
ONE, TWO = Label("一", "one"), Label("二", "two")


def anchor(start: int, end: int, paragraph: int = 0) -> Anchor:
    """Position in the made document."""
    return Anchor(start, end, paragraph, SHA256, "样例市碳达峰方案")


def target(number: str, indicator: str, unit: str, value: str | None, **more: object) -> Target:
    """Target with everything unsaid left out."""
    said: dict[str, object] = {
        "indicator_id": None, "label": None, "year": 2030, "period": None, "upper": None, "comparator": ">=", "strength": None,
        "base_year": None, "base": None, "direction": None, "scope": None, "counting": None, "part_of": None, "implied": False,
        "organisations": ("发展改革委",), "task": None, "anchor": anchor(0, 10), "figure": (0, 2), "also": (),
        "certainty": Decimal(1), "reason": "",
    }  # fmt: skip
    figure = None if value is None else Decimal(value)
    return Target(id=number, indicator=indicator, unit=unit, value=figure, **{**said, **more})  # type: ignore[arg-type]


def plan() -> Plan:
    """Plan with four targets: a share, a capacity range, one without a figure, one of an unknown indicator."""
    targets = (
        target("T1", "非化石能源消费比重", "%", "30", indicator_id="non_fossil_share", comparator="~", anchor=anchor(7, 21)),
        target("T2", "光伏装机容量", "万千瓦", "500", indicator_id="pv_capacity", year=2025, upper=Decimal(600), task="A1"),
        target("T3", "单位地区生产总值二氧化碳排放下降率", "%", None, year=2025),
        target("T4", "零碳村庄", "个", "12"),
    )
    task = Task(
        "A1",
        "发展光伏",
        "二、重点任务",
        "（一）能源",
        "1",
        (Responsible("发展改革委", "lead", "市发改委"),),
        (),
        False,
        ("T2",),
        anchor(23, 37, 1),
    )
    goal = Goal("G1", "timing", "碳达峰", 2030, None, anchor(0, 5))
    organisation = Organisation("发展改革委", ("市发改委",), False, 1)
    return Plan(PlanDocument("plan.txt", SHA256, "样例市碳达峰方案"), "370600", targets, (task,), (organisation,), (goal,), ())


def score(
    traces: TraceBook, indicator: str, year: int, value: float, unit: str, basis: str = "actual", **more: object
) -> Score:
    """Value of an indicator with its trace and the cell below it."""
    cell = Cell("figures.csv", "", "B2", "0" * 64)
    fact = traces.add(
        Trace(f"facts/{indicator}{year}", "fact", NAME, number_text(value), unit, year, source="dafeng", cell=cell)
    )
    address = f"scores/{indicator}.{year}"
    traces.add(
        Trace(address, "indicator", NAME, number_text(value), unit, year, inputs=(fact,), source="dafeng", grade="secondary")
    )
    return Score(indicator, year, value, unit, basis, "secondary", address, (fact,), **more)  # type: ignore[arg-type]


def scores(traces: TraceBook) -> Scores:
    """Shares, a capacity, a projected share and five years of emissions."""
    rows = [
        score(traces, "non_fossil_share", 2020, 0.071, "1"),
        score(traces, "non_fossil_share", 2024, 0.12, "1"),
        score(traces, "non_fossil_share", 2030, 0.24, "1", "projected", low=0.2, high=0.28, outlook=True),
        score(traces, "pv_capacity", 2025, 520.5, "万千瓦"),
        *(score(traces, "co2_emissions_ceads", 2015 + n, 30.0 + n % 2, "Mt CO2") for n in range(6)),
    ]
    return Scores("370600", sort_scores(rows), traces)


def projection(city: City, found: Scores, traces: TraceBook) -> Projection:
    """Pathway of a city with a total of energy and electricity only: 2 Mt of coal equivalent and 1.5 TWh, 200 draws."""
    at = Trace("facts/total", "fact", NAME, "200", "万吨标准煤", 2020, source="dafeng")
    traces.add(at)
    rows = (
        Row("closed", frozenset({"whole"}), None, None, 1.0, None, "1", "dafeng", "derived", None, at.address),
        Row(
            "field_energy",
            frozenset({"whole"}),
            None,
            180.0,
            200.0,
            220.0,
            "万吨标准煤",
            "dafeng",
            "secondary",
            None,
            at.address,
        ),
        Row("field_power", frozenset({"whole"}), None, None, 15.0, None, "亿千瓦时", "dafeng", "secondary", None, at.address),
        Row("output_start", frozenset(), None, None, 400.0, None, "亿元", "dafeng", "secondary", None, at.address),
    )
    recorded = found.of("co2_emissions_ceads")
    series = tuple((row.year, row.value) for row in recorded)
    tables = read_city_tables()
    outset = Outset(read_city_model(), replace(tables, drivers=(*tables.drivers, rows)), {}, read_scenario_names(), series)
    futures = make_futures(outset, main="plan", draws=200)
    trace_futures(futures, tuple(row.address for row in recorded), traces)
    influences = find_influences(futures, "plan", traces)
    return Projection(
        city, found, futures, read_history(series), recorded, "plan", power(traces), traces, influences=influences
    )


def operated() -> Dispatch:
    """Coal and wind over eight weeks: load is highest in the second, wind in the third, and weakest in the fifth."""
    load, blowing = np.ones(1344), np.full(1344, 0.5)
    load[168:336], blowing[336:504], blowing[672:840] = 1.2, 0.9, 0.1
    return operate(system(load=80, parts=[coal(), wind()]), hours(series("load", *load), series("wind", *blowing)))


def power(traces: TraceBook) -> Power:
    """One case, and the same with more and with less storage."""
    found = operated()
    cases = [
        case(found, traces, "base", 60.0, 0.05),
        case(found, traces, "more", 120.0, 0.02),
        case(found, traces, "less", 30.0, 0.071),
    ]
    return Power(2030, (cases[0],), tuple(cases[1:]), (), 0.9, ())


def case(found: Dispatch, traces: TraceBook, name: str, storage: float, share: float) -> Case:
    """Case with five yearly figures."""
    totals = {"demand": 9.5, "generation.coal": 3.5, "curtailed_share": share, "storage_power": storage, "cost": 2.5}
    units = {
        "demand": "亿千瓦时",
        "generation.coal": "亿千瓦时",
        "curtailed_share": "1",
        "storage_power": "万千瓦",
        "cost": "亿元",
    }
    addresses = {
        key: traces.add(Trace(f"power/{name}.{key}", "result", NAME, number_text(value), units[key], 2030))
        for key, value in totals.items()
    }
    return Case(name, Label("基准", "base"), found, totals, addresses)


def accounted(traces: TraceBook) -> Account:
    """Industry and households burning raw coal in 2020, households split in two."""
    rows = [("final.industry", "100"), ("final.households.urban", "10"), ("final.households.rural", "30")]
    facts = FACTS.build(
        {
            "fact": f"f{n}", "lot": "l", "indicator": "balance", "flow": flow, "carrier": "raw_coal", "place": "370600",
            "period": "2020", "value": Decimal(value), "unit": "万吨", "source": "dafeng", "grade": "primary", "known_at": AT,
            "file": "balance.csv", "cell": "B2",
        }
        for n, (flow, value) in enumerate(rows)
    )  # fmt: skip
    methods = read_methods()
    found = account(facts, library=read_factors(), methods=methods, place="370600", year=2020)
    traces.extend(found.traces)
    traces.extend(Trace(f"facts/f{n}", "fact", NAME, value, "万吨", 2020, source="dafeng") for n, (_, value) in enumerate(rows))
    return Account("370600", None, {2020: found}, methods, (), found.traces, found.findings)


def figure(traces: TraceBook, address: str, value: float, unit: str, **more: object) -> Figure:
    """Number of an answer with its trace."""
    traces.add(Trace(address, "headline", NAME, number_text(value), unit))
    return Figure(NAME, value, unit, 2030, "projected", address, **more)  # type: ignore[arg-type]


def measure(traces: TraceBook) -> MeasureEffect:
    """Measure without a sourced cost."""
    chance, years, avoided = (
        figure(traces, f"measures/pv.{name}", value, unit)
        for name, value, unit in (("probability", 0.031, "1"), ("years", -0.4, "年"), ("avoided", 1.2, "Mt CO2"))
    )
    return MeasureEffect("pv", Label("光伏", "solar"), None, chance, years, avoided, None, "measures/pv")


def clash(traces: TraceBook) -> Clash:
    """One target against one known figure."""
    traces.add(Trace("clashes/1", "clash", NAME, "12.5", "万千瓦", inputs=("targets/T2", "scores/pv_capacity.2025")))
    members = (Member("targets/T2", TWO, "T2"), Member("scores/pv_capacity.2025", ONE, None))
    ways, said = ((TWO, 20.0), (ONE, 12.5)), Label("冲突", "a clash")
    return Clash("1", 2025, "operating", "least", members, 12.5, "万千瓦", ONE, ways, "clashes/1", said)


def assessment(folder: Path, *, order: Plan | None = None) -> Assessment:
    """The whole, in a new city folder that keeps the text of the plan."""
    city = init(folder / "sample", place="370600")
    (city.folder / "plans" / "plan.txt").write_text(TEXT, encoding="utf-8", newline="")
    traces = TraceBook()
    order, found = order or plan(), scores(traces)
    ahead = projection(city, found, traces)
    verdicts = judge(order, found, year=2025, catalogue=city.catalogue(), rules=city.rules())
    traces.extend(verdicts.traces)
    account_found = accounted(traces)
    clashes = Reconciliation((clash(traces),), {}, (), ahead, order, traces, ())
    chance = figure(traces, "headlines/peak.probability", 0.125, "1", low=0.1, high=0.2)
    when = figure(traces, "headlines/peak.year", 2029.0, "年")
    for address in ("headlines/peak", "answers/peak"):
        traces.add(Trace(address, "headline", NAME, inputs=(chance.address, when.address)))
    question, said = Label("何时达峰？", "When is the peak?"), Label("2029年", "2029")
    energy = balance(city)
    arranged = arrange_account(city, account_found)
    traces.extend([*energy.traces, *arranged.traces()])
    return Assessment(
        city=city,
        year=2025,
        run=city.runs.begin(at=AT, versions={"dafeng": "0"}, inputs={"plan": SHA256}),
        plan=order,
        account=account_found,
        energy=energy,
        inventory=arranged,
        scores=found,
        verdicts=verdicts,
        projection=ahead,
        reconciliation=clashes,
        measures=(measure(traces),),
        headlines=(Headline("peak", question, said, (when, chance), (), "headlines/peak"),),
        answers=(Answer("peak", question, said, (chance, when), "answers/peak"),),
        findings=(Finding("rule", "here", "info", said, question),),
        traces=traces,
    )
