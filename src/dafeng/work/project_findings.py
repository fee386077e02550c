"""What a projection cannot say, as findings.

Invariant: every finding names the figure that would change it.
"""

from __future__ import annotations

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.work.city import City
from dafeng.work.futures import Futures
from dafeng.work.scores import Score, Scores
from dafeng.work.wording import percent

SHOCK = 0.5
"""Yearly growth of a branch from which a trend no longer describes it. [1/a]"""


def find_shocks(city: City, scores: Scores, futures: Futures) -> list[Finding]:
    """Branches that grew in a step which no trend describes and no dated start of the city's drivers names.

    Parameters
    ----------
    city : City
        The city.
    scores : Scores
        Indicators.
    futures : Futures
        The sector model under all scenarios.

    Returns
    -------
    list of Finding
        None where nothing is to be said.
    """
    if not futures.paths or _has_events(futures):
        return []
    names = city.catalogue().indicators
    rows = [row for row in scores.rows if row.indicator.endswith("_growth") and row.value >= SHOCK]
    start = int(futures.model.graph.space.years[0])
    return [_shock(row, names[row.indicator].label) for row in rows if row.year > start]


def _has_events(futures: Futures) -> bool:
    used = next(iter(futures.paths.values())).drivers.used
    return any(row.mid for name in ("thermal_event", "power_event") for row in used[name])


def find_misfit(city: City, scores: Scores) -> list[Finding]:
    """Estimates of electricity and energy that do not fit together.

    Parameters
    ----------
    city : City
        The city.
    scores : Scores
        Indicators.

    Returns
    -------
    list of Finding
        None where nothing is to be said.
    """
    limit = float(city.rules().value("plausible.electric_share"))
    rows = [row for row in scores.of("electric_share") if row.value > limit]
    return [
        Finding(
            rule="project.estimates_disagree",
            at=row.address,
            severity="warning",
            says=Label(
                f"用电折标占能耗的{percent(row.value, digits=0)}，高于{percent(limit, digits=0)}：用电与能耗两个推算值不相容，"
                "由此得出的非化石比重偏高",
                f"electricity is {percent(row.value, digits=0)} of energy consumption, above {percent(limit, digits=0)}:"
                " the two estimates do not fit together, and the non-fossil share made from them is too high",
            ),
            remedy=Label("提供全社会用电量和能源消费总量的公布值", "deliver the published electricity and energy consumption"),
        )
        for row in rows
    ]


def tell_scope(city: City, futures: Futures) -> list[Finding]:
    """What the pathway does not tell apart.

    Parameters
    ----------
    city : City
        The city.
    futures : Futures
        The sector model under all scenarios.

    Returns
    -------
    list of Finding
        None where the city has drivers of its own.
    """
    if not futures.paths or (city.overlay / "drivers.csv").exists():
        return []
    return [
        Finding(
            rule="project.whole_city",
            at="pathway",
            severity="info",
            says=Label(
                "路径按全市一个部门模拟，驱动因素为通用区间",
                "the pathway moves the whole city as one sector, by generic intervals",
            ),
            remedy=Label("在 data/drivers.csv 中给出分部门数据", "give figures by sector in data/drivers.csv"),
        )
    ]


def _shock(row: Score, label: Label) -> Finding:
    grown = f"{row.value:.1%}"
    return Finding(
        rule="project.step_change",
        at=row.address,
        severity="warning",
        says=Label(
            f"{row.year}年{label.zh} {grown}，属阶跃变化，趋势驱动因素未包含其排放",
            f"{label.en} was {grown} in {row.year}: a step change whose emissions no trend driver contains",
        ),
        remedy=Label(
            "提供该项目的产能、能耗和投产时间，作为事件纳入路径",
            "deliver capacity, energy use and start date, to enter it as an event",
        ),
    )


def lack_level() -> Finding:
    """There is nothing to start from.

    Returns
    -------
    Finding
        With its remedy.
    """
    return Finding(
        rule="project.no_level",
        at="facts",
        severity="error",
        says=Label(
            "没有基年的能源消费或排放数据，无法预测路径与达峰",
            "neither energy nor emissions of the base year are known; no pathway and no peak",
        ),
        remedy=Label(
            "导入能源消费总量或排放数据，或给出 data/drivers.csv", "deliver energy or emissions, or give data/drivers.csv"
        ),
    )
