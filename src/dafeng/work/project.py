"""``project``: the sector model of a city under every scenario to 2060, and its power balance hour by hour.

Invariant: every scenario runs on the same ranks; every driver a path was drawn from has an address, and a city of which
nothing is known has no pathway but a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.pathways.model.city import read_scenario_names
from dafeng.pathways.peak import History, Peak, read_history
from dafeng.plans.plan import Plan
from dafeng.work.city import City
from dafeng.work.coal_retrofits import RetrofitChoice, choose_retrofits
from dafeng.work.estimates import Operand, estimate, of_score
from dafeng.work.future import Future
from dafeng.work.futures import DRAWS, Futures, make_futures
from dafeng.work.hourly_feed import Feed, feed_power
from dafeng.work.influences import Influences, find_influences
from dafeng.work.measure import measure
from dafeng.work.outset import begin, read_goals, recorded_emissions
from dafeng.work.plan_orders import PlanOrders, order_plan
from dafeng.work.power import Power, balance_power
from dafeng.work.project_findings import find_gaps
from dafeng.work.project_traces import trace_futures
from dafeng.work.scores import Score, Scores, sort_scores
from dafeng.work.targets import target_operand
from dafeng.work.tracing import TraceBook

MAIN = "plan"
"""Scenario that answers where none is asked for."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Pathways of a city and what they say of the plan.

    Parameters
    ----------
    city : City
        The city.
    scores : Scores
        Indicators they start from, and the projected ones.
    futures : Futures or None
        The sector model under all scenarios; ``None`` where it was not run.
    history : History or None
        What the recorded series says.
    recorded : tuple of Score
        The recorded series of emissions.
    main : str
        The scenario that answers.
    power : Power or None
        Hourly balance of the target year.
    traces : TraceBook
        Explanations.
    findings : tuple of Finding
        What is missing.
    ordered : PlanOrders or None
        The plan's targets of the target year as constraints.
    retrofits : tuple of RetrofitChoice
        What the optimiser chose for coal plants.
    feed : Feed or None
        What the hourly balance gave to the sector model.
    influences : Influences or None
        Which drivers decide the answer.
    """

    city: City
    scores: Scores
    futures: Futures | None
    history: History | None
    recorded: tuple[Score, ...]
    main: str
    power: Power | None
    traces: TraceBook
    findings: tuple[Finding, ...] = ()
    ordered: PlanOrders | None = None
    retrofits: tuple[RetrofitChoice, ...] = ()
    feed: Feed | None = None
    influences: Influences | None = None

    @property
    def paths(self) -> Mapping[str, Future]:
        """Futures by scenario; empty where there is none."""
        return {} if self.futures is None else self.futures.paths

    @property
    def peak(self) -> Peak | None:
        """Peak-year distribution of the main scenario; ``None`` where there is no pathway."""
        return self.paths[self.main].peak if self.main in self.paths else None


def project(
    city: City,
    plan: Plan | None = None,
    *,
    scores: Scores | None = None,
    scenario: str | None = None,
    draws: int = DRAWS,
    segments: int | None = None,
) -> Projection:
    """Pathways of a city to 2060, and the hourly power balance of the plan's target year.

    Parameters
    ----------
    city : City
        The city.
    plan : Plan, optional
        The plan whose targets the scenarios may follow; by default the one in the city's folder.
    scores : Scores, optional
        Indicators; measured afresh where they are not given.
    scenario : str, optional
        The scenario that answers; by default ``plan``.
    draws : int
        Draws of every scenario: all use the same ones.
    segments : int, optional
        Segments of time over which the capacities that the plan orders are decided; by default what the city's file says.

    Returns
    -------
    Projection
        Paths per scenario, the peak, the power balance and the projected indicators.

    Raises
    ------
    SettingError
        If the scenario does not exist, or there is no draw.
    DefinitionError
        If a table of drivers breaks its form.
    """
    main = _main(scenario, draws, city)
    plan = plan or city.read_plan()
    scores = scores or measure(city)
    traces = TraceBook(scores.traces)
    outset, inferred = begin(city, scores, read_goals(plan, city, traces))
    recorded = recorded_emissions(scores)
    known, _ = estimate(_rules(city, later=False), _finder(plan, scores, {}, city, traces), city.catalogue(), traces)
    now = _ahead(scores, known, traces)
    power = balance_power(city, plan, now, traces, outset=outset)
    feed = feed_power(power, city.definition("power"), outset, traces)
    futures = make_futures(outset, main=main, above=feed.rows if feed else None, draws=draws)
    trace_futures(futures, tuple(row.address for row in recorded), traces, folder=city.overlay)
    made, missing = estimate(
        _rules(city, later=True), _finder(plan, now, futures.paths, city, traces), city.catalogue(), traces
    )
    ahead = _ahead(now, made, traces)
    ordered = order_plan(city, plan, power, _finder(plan, ahead, futures.paths, city, traces), traces, segments=segments)
    retrofits, unknown = choose_retrofits(city, power, traces)
    said = (*inferred, *(power.findings if power else ()), *(ordered.findings if ordered else ()), *unknown, *missing)
    findings = (*said, *find_gaps(city, scores, ahead, futures, main))
    return Projection(
        city,
        ahead,
        futures,
        read_history(tuple((row.year, row.value) for row in recorded)) if recorded else None,
        recorded,
        main,
        power,
        traces,
        findings,
        ordered,
        retrofits,
        feed,
        find_influences(futures, main, traces),
    )


def _ahead(scores: Scores, made: Sequence[Any], traces: TraceBook) -> Scores:
    rows = {row.address: row for row in (*scores.rows, *(item.score for item in made))}
    return Scores(scores.place, sort_scores(rows.values()), traces, scores.findings)


def _main(scenario: str | None, draws: int, city: City) -> str:
    known = [item.id for item in read_scenario_names(city.overlay)]
    wanted = scenario or MAIN
    if wanted not in known:
        raise SettingError(
            Label(f"没有情景“{wanted}”", f"no scenario '{wanted}'"),
            where="--scenario",
            expected=Label(f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
            remedy=Label("选用其中之一", "choose one of them"),
        )
    if draws < 1:
        raise SettingError(
            Label(f"抽样次数是 {draws}", f"{draws} draws"),
            where="--draws",
            expected=Label("至少 1 次", "at least 1"),
            remedy=Label("通常用 10000 次", "10000 is usual"),
        )
    return wanted


def _rules(city: City, *, later: bool) -> list[Mapping[str, Any]]:
    """Estimates that need a pathway, or those that need a target and no pathway."""
    listed = city.definition("estimates").get("estimates", ())
    needing: set[str] = set()
    for rule in listed:
        inputs = rule["inputs"].values()
        if any("pathway" in item or item.get("estimate") in needing for item in inputs):
            needing.add(rule["id"])
    aimed = {rule["id"] for rule in listed if any("target" in item for item in rule["inputs"].values())}
    return [rule for rule in listed if (rule["id"] in needing if later else rule["id"] in aimed - needing)]


def _finder(
    plan: Plan, scores: Scores, paths: Mapping[str, Future], city: City, traces: TraceBook
) -> Callable[[Mapping[str, Any]], Operand | None]:
    catalogue = city.catalogue()
    earlier = {row.address.rsplit(".", 1)[-1]: row for row in scores.rows}

    def find(item: Mapping[str, Any]) -> Operand | None:
        if "target" in item:
            return target_operand(plan, item["target"], int(item["year"]), catalogue, traces)
        if "pathway" in item:
            return _path_operand(paths, item)
        if "estimate" in item:
            row = earlier.get(item["estimate"])
            return None if row is None else of_score(row, catalogue.indicators[row.indicator].label)
        row = scores.at(item["indicator"], int(item["year"]))
        return None if row is None else of_score(row, catalogue.indicators[row.indicator].label)

    return find


def _path_operand(paths: Mapping[str, Future], item: Mapping[str, Any]) -> Operand | None:
    path, year = paths.get(item["scenario"]), int(item["year"])
    drawn = None if path is None else path.views.get(item["pathway"])
    if path is None or drawn is None or year not in path.years:
        return None
    low, middle, high = (float(value) for value in drawn.band[:, year - int(path.years[0])])
    address = f"pathway/{item['scenario']}.{item['pathway']}.{year}"
    return Operand(middle, low, high, drawn.view.unit, address, "estimated", drawn.view.label)
