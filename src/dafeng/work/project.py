"""``project``: drivers, scenarios and the plan's own targets become pathways to 2060 and a power balance of 2030.

Invariant: every scenario runs on the same random ranks; every band a path was drawn from is an assumption with an
address, and a city without a recorded level of emissions has no pathway but a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml
from dafeng.pathways.drivers import Band, Driver, Scenario
from dafeng.pathways.peak import History, Peak, read_history
from dafeng.pathways.scenarios import Study, read_study
from dafeng.pathways.simulation import Base, Paths, quantiles, ranks, simulate
from dafeng.plans.plan import Plan
from dafeng.work.city import City
from dafeng.work.coal_retrofits import RetrofitChoice, choose_retrofits
from dafeng.work.estimates import Operand, estimate, of_score
from dafeng.work.measure import measure
from dafeng.work.plan_orders import PlanOrders, order_plan
from dafeng.work.power import Power, balance_power
from dafeng.work.project_findings import find_misfit, find_shocks, lack_energy, lack_level, tell_scope
from dafeng.work.scores import Score, Scores, sort_scores
from dafeng.work.targets import goal_values, target_operand
from dafeng.work.tracing import TraceBook, number_text
from dafeng.work.wording import odds

LEVELS = ("co2_emissions", "co2_emissions_ceads")
"""Indicators that can give the level of emissions, best first."""
QUANTITIES: Mapping[str, tuple[Label, str]] = {
    "co2": (Label("二氧化碳排放", "CO2 emissions"), "Mt CO2"),
    "energy": (Label("能源消费总量", "energy consumption"), "万吨标准煤"),
    "non_fossil_share": (Label("非化石能源消费比重", "non-fossil share"), "1"),
    "activity": (Label("经济总量（基年=1）", "output (base year = 1)"), "1"),
    "intensity": (Label("单位产出能耗（基年=1）", "energy per output (base year = 1)"), "1"),
    "carbon": (Label("单位化石能源碳排放（基年=1）", "carbon per fossil energy (base year = 1)"), "1"),
}
"""Quantities of a path with their names and units."""
MOVED_BY: Mapping[str, tuple[str, ...]] = {
    "co2": ("growth", "intensity_decline", "non_fossil_share", "carbon_decline"),
    "energy": ("growth", "intensity_decline"),
    "non_fossil_share": ("non_fossil_share",),
    "activity": ("growth",),
    "intensity": ("intensity_decline",),
    "carbon": ("carbon_decline",),
}
"""Drivers that move each quantity."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Pathways of a city and what they say of the plan.

    Parameters
    ----------
    city : City
        The city.
    scores : Scores
        Indicators they start from, and the projected ones.
    study : Study or None
        Scenarios; ``None`` where there is no level to start from.
    base : Base or None
        State from which the paths start.
    history : History or None
        What the recorded series says.
    recorded : tuple of Score
        The recorded series of emissions.
    paths : mapping of str to Paths
        Paths by scenario.
    main : str
        The scenario that answers, ``plan`` where the city has one.
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
    """

    city: City
    scores: Scores
    study: Study | None
    base: Base | None
    history: History | None
    recorded: tuple[Score, ...]
    paths: Mapping[str, Paths]
    main: str
    power: Power | None
    traces: TraceBook
    findings: tuple[Finding, ...] = field(default=())
    ordered: PlanOrders | None = None
    retrofits: tuple[RetrofitChoice, ...] = ()

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
    years: Iterable[int] | None = None,
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
    years : iterable of int, optional
        Years to cover; only the last one matters, by default the horizon of the scenario file.

    Returns
    -------
    Projection
        Paths per scenario, the peak, the power balance and the projected indicators.

    Raises
    ------
    SettingError
        If the scenario does not exist.
    """
    plan = plan or city.read_plan()
    scores = scores or measure(city)
    traces = TraceBook(scores.traces)
    goals = goal_values(plan, city.catalogue(), traces)
    findings: list[Finding] = []
    recorded = next((found for name in LEVELS if len(found := scores.of(name)) >= 5), ())
    history = read_history(tuple((row.year, row.value) for row in recorded)) if recorded else None
    study = read_study(load_yaml(shipped() / "scenarios" / "city.yaml"), overlay=city.definition("scenarios"), goals=goals)
    main = _main(study, scenario)
    base = _base(recorded, scores, study, findings)
    paths: dict[str, Paths] = {}
    if base is not None:
        last = max(years) if years is not None else study.horizon
        rank = ranks(study.draws, study.seed)
        traced = [_trace_bands(item, traces) for item in study.scenarios]
        paths = {item.id: simulate(item, base, last_year=last, rank=rank) for item in traced}
        _trace_paths(paths, recorded, scores, traces)
    made, missing = estimate(_rules(city), _finder(plan, scores, paths, city, traces), city.catalogue(), traces)
    ahead = Scores(scores.place, sort_scores([*scores.rows, *(item.score for item in made)]), traces, scores.findings)
    power = balance_power(city, plan, ahead, traces)
    if power is not None:
        findings.extend(power.findings)
    ordered = order_plan(city, plan, power, _finder(plan, ahead, paths, city, traces), traces)
    if ordered is not None:
        findings.extend(ordered.findings)
    retrofits, unknown = choose_retrofits(city, power, traces)
    findings.extend(unknown)
    findings += [*study.findings, *missing, *find_shocks(city, scores, base), *tell_scope(base), *find_misfit(city, ahead)]
    return Projection(
        city, ahead, study, base, history, recorded, paths, main, power, traces, tuple(findings), ordered, retrofits
    )


def _main(study: Study, scenario: str | None) -> str:
    from dafeng.core.errors import SettingError

    known = [item.id for item in study.scenarios]
    wanted = scenario or "plan"
    if wanted not in known:
        raise SettingError(
            Label(f"没有情景“{wanted}”", f"no scenario '{wanted}'"),
            where="--scenario",
            expected=Label(f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
            remedy=Label(
                "选用已有情景，或在 data/scenarios.yaml 中增加", "choose one of them, or add yours to data/scenarios.yaml"
            ),
        )
    return wanted


def _base(recorded: tuple[Score, ...], scores: Scores, study: Study, findings: list[Finding]) -> Base | None:
    if not recorded:
        findings.append(lack_level())
        return None
    last = np.array([row.value for row in recorded[-study.scatter_years :]])
    middle = float(np.median(last))
    scatter = 1.4826 * float(np.median(np.abs(last - middle))) / middle
    year = recorded[-1].year
    energy = [row for row in scores.of("energy_consumption") if row.year >= year]
    if not energy:
        findings.append(lack_energy())
        return Base(year, middle, scatter, year, (float("nan"),) * 3)
    first = energy[0]
    low, high = (first.low or first.value, first.high or first.value)
    return Base(year, middle, scatter, first.year, (low, first.value, high))


def _trace_bands(scenario: Scenario, traces: TraceBook) -> Scenario:
    return Scenario(
        scenario.id, scenario.label, {name: _trace_driver(scenario, d, traces) for name, d in scenario.drivers.items()}
    )


def _trace_driver(scenario: Scenario, driver: Driver, traces: TraceBook) -> Driver:
    bands = tuple(_trace_band(scenario, driver, band, traces) for band in driver.bands)
    return Driver(driver.id, driver.label, driver.kind, driver.unit, bands)


def _trace_band(scenario: Scenario, driver: Driver, band: Band, traces: TraceBook) -> Band:
    address = traces.add(
        Trace(
            address=f"assumptions/{scenario.id}.{driver.id}.{band.year}",
            kind="assumption",
            says=Label(
                f"{scenario.label.zh}：{driver.label.zh}，至{band.year}年"
                if driver.kind == "rate"
                else f"{scenario.label.zh}：{driver.label.zh}，{band.year}年",
                f"{scenario.label.en}: {driver.label.en}, {'to' if driver.kind == 'rate' else 'in'} {band.year}",
            ),
            value=number_text(band.mid),
            unit=driver.unit,
            year=band.year,
            inputs=(band.address,) if band.address else (),
            source=band.source,
            grade=band.grade,
            note=_range_note(band),
        )
    )
    return Band(band.year, band.low, band.mid, band.high, band.source, band.grade, address, band.note)


def _range_note(band: Band) -> Label:
    zh, en = f"区间 {band.low:.4g} 至 {band.high:.4g}（三角分布）", f"interval {band.low:.4g} to {band.high:.4g} (triangular)"
    return Label(f"{zh}；{band.note.zh}", f"{en}; {band.note.en}") if band.note else Label(zh, en)


def _trace_paths(paths: Mapping[str, Paths], recorded: tuple[Score, ...], scores: Scores, traces: TraceBook) -> None:
    level = tuple(row.address for row in recorded[-5:])
    energy = tuple(row.address for row in scores.of("energy_consumption")[:1])
    for name, path in paths.items():
        for quantity, (label, unit) in QUANTITIES.items():
            roots = level if quantity == "co2" else energy if quantity == "energy" else ()
            used = [path.scenario.drivers[driver] for driver in MOVED_BY[quantity]]
            bands = tuple(band.address for driver in used for band in driver.bands)
            _trace_quantity(name, path, quantity, label, unit, (*roots, *bands), traces)
        _trace_peak(name, path, traces)


def _trace_quantity(
    name: str, path: Paths, quantity: str, label: Label, unit: str, inputs: tuple[str, ...], traces: TraceBook
) -> None:
    low, mid, high = quantiles(getattr(path, quantity))
    if np.isnan(mid).any():
        return
    for at, year in enumerate(path.years):
        traces.add(
            Trace(
                address=f"pathway/{name}.{quantity}.{year}",
                kind="projection",
                says=Label(
                    f"{path.scenario.label.zh}：{year}年{label.zh}（中位数）",
                    f"{path.scenario.label.en}: {label.en} in {year} (median)",
                ),
                value=number_text(float(mid[at])),
                unit=unit,
                year=int(year),
                expression="level * activity * intensity * carbon * (1 - non_fossil_share)" if quantity == "co2" else None,
                inputs=inputs,
                grade="estimated",
                note=Label(f"P10–P90：{low[at]:.4g} 至 {high[at]:.4g}", f"P10–P90: {low[at]:.4g} to {high[at]:.4g}"),
            )
        )


def _trace_peak(name: str, path: Paths, traces: TraceBook) -> None:
    peak = path.peak
    traces.add(
        Trace(
            address=f"pathway/{name}.peak",
            kind="projection",
            says=Label(
                f"{path.scenario.label.zh}：达峰年份中位数；2030年前达峰概率 {odds(peak.probability_before_2030)}",
                f"{path.scenario.label.en}: median peak year; a peak before 2030 has {odds(peak.probability_before_2030)}",
            ),
            value=str(peak.year_p50),
            unit="年",
            year=peak.year_p50,
            inputs=tuple(f"pathway/{name}.co2.{year}" for year in (int(path.years[0]), 2025, 2030, 2035) if year in path.years),
            grade="estimated",
            note=Label(f"P10–P90：{peak.year_p10}–{peak.year_p90}年", f"P10–P90: {peak.year_p10}–{peak.year_p90}"),
        )
    )


def _rules(city: City) -> list[Mapping[str, Any]]:
    listed = city.definition("estimates").get("estimates", ())
    later = {rule["id"] for rule in listed if any({"target", "pathway"} & set(item) for item in rule["inputs"].values())}
    return [rule for rule in listed if rule["id"] in later]


def _finder(plan: Plan, scores: Scores, paths: Mapping[str, Paths], city: City, traces: TraceBook) -> Any:
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


def _path_operand(paths: Mapping[str, Paths], item: Mapping[str, Any]) -> Operand | None:
    path = paths.get(item["scenario"])
    if path is None or int(item["year"]) not in path.years:
        return None
    label, unit = QUANTITIES[item["pathway"]]
    at = int(item["year"]) - int(path.years[0])
    low, mid, high = (float(values[at]) for values in quantiles(getattr(path, item["pathway"])))
    if np.isnan(mid):
        return None
    return Operand(mid, low, high, unit, f"pathway/{item['scenario']}.{item['pathway']}.{item['year']}", "estimated", label)
