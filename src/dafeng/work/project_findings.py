"""What a projection cannot say, as findings.

Invariant: every finding names the figure that would change it.
"""

from __future__ import annotations

import numpy as np

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.units import ratio
from dafeng.pathways.model.sampling import Band
from dafeng.work.city import City
from dafeng.work.futures import Futures
from dafeng.work.scores import Score, Scores
from dafeng.work.wording import percent

SHOCK = 0.5
"""Yearly growth of a branch from which a trend no longer describes it. [1/a]"""


def find_gaps(city: City, scores: Scores, ahead: Scores, futures: Futures, main: str) -> tuple[Finding, ...]:
    """Everything that the pathways of a city cannot say.

    Parameters
    ----------
    city : City
        The city.
    scores, ahead : Scores
        Indicators before and after the projection.
    futures : Futures
        The sector model under all scenarios.
    main : str
        The scenario that answers.

    Returns
    -------
    tuple of Finding
        In order: nothing to start from, drivers, steps, scope, estimates that do not fit.
    """
    return (
        *(() if futures.paths else (lack_level(),)),
        *futures.findings,
        *find_shocks(city, scores, futures),
        *tell_scope(city, futures),
        *find_misfit(city, ahead, futures, main),
    )


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


def find_misfit(city: City, scores: Scores, futures: Futures, main: str) -> list[Finding]:
    """Electricity and energy that do not fit together.

    Parameters
    ----------
    city : City
        The city.
    scores : Scores
        Indicators, with a share of electricity where the city's estimates name one.
    futures : Futures
        The sector model; where no estimate names the share, that of its base year is looked at.
    main : str
        The scenario that answers.

    Returns
    -------
    list of Finding
        None where nothing is to be said.
    """
    limit = float(city.rules().value("plausible.electric_share"))
    shares = [(row.address, row.value) for row in scores.of("electric_share")] or _modelled_share(futures, main)
    return [_misfit(address, share, limit) for address, share in shares if share > limit]


def _modelled_share(futures: Futures, main: str) -> list[tuple[str, float]]:
    """Share of electricity in the energy of the base year, by fuel equivalent, at the median of the draws."""
    path = futures.paths.get(main)
    if path is None or not {"energy", "consumption"} <= path.views.keys():
        return []
    given = path.drivers.values["equivalent"]
    equivalent = float(np.ravel(given.mid if isinstance(given, Band) else given)[0])
    powers, energy = path.views["consumption"], path.views["energy"]
    per = float(ratio(f"{powers.view.unit}*kgce/kWh", energy.view.unit))
    year = int(path.years[0])
    share = powers.band[1, 0] * equivalent * per / energy.band[1, 0]
    return [(f"pathway/{main}.consumption.{year}", float(share))]


def _misfit(address: str, share: float, limit: float) -> Finding:
    said, most = percent(share, digits=0), percent(limit, digits=0)
    return Finding(
        rule="project.estimates_disagree",
        at=address,
        severity="warning",
        says=Label(
            f"用电折标占能耗的{said}，高于{most}：用电与能耗两个推算值不相容，由此得出的非化石比重偏高",
            f"electricity is {said} of energy consumption, above {most}: the two estimates do not fit together,"
            " and the non-fossil share made from them is too high",
        ),
        remedy=Label("提供全社会用电量和能源消费总量的公布值", "deliver the published electricity and energy consumption"),
    )


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
