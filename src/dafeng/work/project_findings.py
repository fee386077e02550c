"""What a projection cannot say, as findings.

Invariant: every finding names the figure that would change it.
"""

from __future__ import annotations

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.pathways.simulation import Base
from dafeng.work.city import City
from dafeng.work.scores import Score, Scores
from dafeng.work.wording import percent

SHOCK = 0.5
"""Yearly growth of a branch from which a trend no longer describes it. [1/a]"""


def find_shocks(city: City, scores: Scores, base: Base | None) -> list[Finding]:
    """Branches that grew in a step which no trend describes.

    Parameters
    ----------
    city : City
        The city.
    scores : Scores
        Indicators.
    base : Base or None
        State from which the paths start.

    Returns
    -------
    list of Finding
        None where nothing is to be said.
    """
    names = city.catalogue().indicators
    rows = [row for row in scores.rows if row.indicator.endswith("_growth") and row.value >= SHOCK]
    return [_shock(row, names[row.indicator].label) for row in rows if base is not None and row.year > base.year]


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


def tell_scope(base: Base | None) -> list[Finding]:
    """What the pathway does not tell apart.

    Parameters
    ----------
    base : Base or None
        State from which the paths start.

    Returns
    -------
    list of Finding
        None where nothing is to be said.
    """
    if base is None:
        return []
    return [
        Finding(
            rule="project.whole_city",
            at="pathway",
            severity="info",
            says=Label(
                "路径按全市四个驱动因素模拟，未分行业；驱动因素多为通用区间",
                "the pathway moves the whole city by four drivers, without sectors; most bands are generic",
            ),
            remedy=Label("补充分领域的能源和排放数据", "deliver energy and emissions by field"),
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
    """There is no level to start from.

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
            "没有至少五年的排放序列，无法预测路径与达峰",
            "no series of emissions of at least five years; no pathway and no peak",
        ),
        remedy=Label("导入能源平衡表或排放序列", "deliver energy balances or a series of emissions"),
    )


def lack_energy() -> Finding:
    """Total energy consumption is unknown.

    Returns
    -------
    Finding
        With its remedy.
    """
    return Finding(
        rule="project.no_energy",
        at="facts",
        severity="warning",
        says=Label("没有能源消费总量，路径只给出排放", "no total energy consumption; the pathway gives emissions only"),
        remedy=Label("补充能源消费总量", "deliver the total energy consumption"),
    )
