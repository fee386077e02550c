"""``hindcast``: the pathway engine started in a past year with what was known, against what was published since.

Invariant: bands come from rows and figures of the year of origin or before; outcomes enter only after the draws are made.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.library.overlay import shipped
from dafeng.library.sources import read_sources
from dafeng.library.strict import read_yaml
from dafeng.pathways.decomposition import effects
from dafeng.pathways.hindcast import (
    FACTORS,
    INSIDE,
    PERIOD,
    Array,
    Record,
    bridge,
    continue_record,
    join_accounts,
    mirror_misses,
    read_record,
    score_draws,
)
from dafeng.pathways.model.axes import YEAR, Axis, Space
from dafeng.pathways.model.definition import Model, read_model
from dafeng.pathways.model.drivers import Row, read_drivers
from dafeng.pathways.model.quantity import make_graph
from dafeng.pathways.model.run import run_tape
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.tables import ScenarioRow, read_scenarios, scenario_rows
from dafeng.pathways.model.tape import compile_graph
from dafeng.pathways.model_error import size_error
from dafeng.work.past_misses import list_pairs, read_misses

CASES: Mapping[str, Label] = {
    "documents": Label("当时文件所说", "what documents said"),
    "mirrored": Label("当时文件，按以往偏差放宽", "documents, as uncertain as plans had been"),
    "widened": Label("当时文件，加模型自身误差", "documents, with the model's own error"),
    "record": Label("过去十年延续", "the last ten years continued"),
}
"""How the bands are made."""
STATED = 2010
"""Origin for which the lowest, middle and highest of what was stated are known."""
PARTS = ("activity", "intensity", "carbon")
"""Factors of the total, as the model names their indices."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One total, forecast and published.

    Parameters
    ----------
    case : str
        How the bands were made: ``documents``, ``mirrored`` or ``record``.
    quantity : str
        ``energy`` or ``co2``.
    origin, year : int
        Year it starts from, year it speaks of.
    low, middle, high : float
        5 %, 50 % and 95 % quantiles. [tce or tCO2]
    published : float
        The outcome. [tce or tCO2]
    percentile : float
        Share of the draws below the outcome. [0..1]
    score : float
        Continuous ranked probability score. [tce or tCO2]
    same, trend : float
        Score of saying that nothing changes, and of continuing the last five years. [tce or tCO2]
    joined : float
        The outcome if the accounts had gone on without their break. [tce or tCO2]
    parts : mapping of str to float
        Difference of the outcome from the path of median factors, by factor (LMDI-I). [tce or tCO2]
    """

    case: str
    quantity: str
    origin: int
    year: int
    low: float
    middle: float
    high: float
    published: float
    percentile: float
    score: float
    same: float
    trend: float
    joined: float
    parts: Mapping[str, float]

    @property
    def inside(self) -> bool:
        """Whether the outcome lies in the 90 % interval."""
        return self.low <= self.published <= self.high

    @property
    def stretch(self) -> float:
        """How many times as wide, in logarithms, the interval would have to be to reach the outcome."""
        edge = self.low if self.published < self.middle else self.high
        return float(np.log(self.published / self.middle) / np.log(edge / self.middle))


@dataclass(frozen=True, slots=True)
class Hindcast:
    """Forecasts of the past.

    Parameters
    ----------
    origin, year : int
        Year it starts from, year it speaks of.
    forecasts : tuple of Forecast
        For that year, one per case and quantity.
    rolling : tuple of Forecast
        From all origins, by what was stated with the misses of earlier plans and by the record alone.
    stated : tuple of Row
        What was known of later years, with source.
    record : Record
        Published figures.
    """

    origin: int
    year: int
    forecasts: tuple[Forecast, ...]
    rolling: tuple[Forecast, ...]
    stated: tuple[Row, ...]
    record: Record


def hindcast(*, origin: int = STATED, year: int = 2019, draws: int = 10_000, seed: int = 1) -> Hindcast:
    """Forecast the energy and CO2 of Shandong from a past year and compare with what was published.

    Parameters
    ----------
    origin : int
        Year it starts from; statements of the time are known for 2005, 2008, 2010 and 2012, else the record alone speaks.
    year : int
        Year it speaks of.
    draws : int
        Number of draws, at least 100.
    seed : int
        Seed of the draws.

    Returns
    -------
    Hindcast
        The forecasts for that year, and the calibration over several origins.

    Raises
    ------
    SettingError
        If the record does not reach from four years before the origin to the year.
    """
    sources = read_sources()
    folder = shipped() / "hindcast"
    record = read_record(folder / "shandong.csv", sources=sources)
    known = read_scenarios(folder / "known.csv", sources=sources)
    _check(record, origin, year)
    model = read_model(read_yaml(folder / "province.yaml"))

    def run(pairs: Iterable[tuple[int, int]], wanted: Container[str]) -> tuple[Forecast, ...]:
        found: list[Forecast] = []
        for pair in pairs:
            stated = _stated(known, pair[0])
            for case in (case for case in _cases(stated) if case in wanted):
                found += _forecast(model, record, case, stated, pair, draws, seed)
        return tuple(found)

    rolling = run(list_pairs(record), ("mirrored", "record"))
    return Hindcast(origin, year, run([(origin, year)], CASES), rolling, _stated(known, origin), record)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a rule did over all origins.

    Parameters
    ----------
    case, quantity : str
        Rule, total.
    count, inside : int
        Outcomes, and those in the 90 % interval.
    score, same, trend : float
        Mean scores of the rule, of no change, and of the trend of five years. [tce or tCO2]
    """

    case: str
    quantity: str
    count: int
    inside: int
    score: float
    same: float
    trend: float


def calibrate(rolling: Sequence[Forecast]) -> tuple[Calibration, ...]:
    """Sum up forecasts from several origins.

    Parameters
    ----------
    rolling : sequence of Forecast
        Of any rules and totals.

    Returns
    -------
    tuple of Calibration
        One per rule and total.
    """
    groups: dict[tuple[str, str], list[Forecast]] = {}
    for one in rolling:
        groups.setdefault((one.case, one.quantity), []).append(one)
    return tuple(
        Calibration(
            *key, len(group), sum(one.inside for one in group), *(_mean(group, name) for name in ("score", "same", "trend"))
        )
        for key, group in groups.items()
    )


def _mean(group: Sequence[Forecast], name: str) -> float:
    return float(np.mean([getattr(one, name) for one in group]))


def _check(record: Record, origin: int, year: int) -> None:
    last = min(max(series) for series in record.series.values())
    first = max(min(series) for series in record.series.values()) + PERIOD - 1
    if not first <= origin < year <= last:
        raise SettingError(
            Label(f"起点 {origin} 年、比较 {year} 年不在记录之内", f"origin {origin} and year {year} lie outside the record"),
            where="hindcast",
            expected=Label(f"{first} ≤ 起点 < 比较年 ≤ {last}", f"{first} <= origin < year <= {last}"),
            remedy=Label("改用记录之内的年份", "choose years of the record"),
        )


def _stated(known: Sequence[ScenarioRow], origin: int) -> tuple[Row, ...]:
    return scenario_rows(known, str(origin), {})[0]


def _cases(stated: Sequence[Row]) -> list[str]:
    """Rules that the statements of an origin allow."""
    if not stated:
        return ["record"]
    return list(CASES) if all(row.low is not None for row in stated) else ["mirrored", "record"]


def _widen(drawn: Mapping[str, Array], years: tuple[int, int], seed: int) -> dict[str, Array]:
    """Both totals with the model's own error as sized by the misses that were known at the origin."""
    origin, ahead = years[0], years[1] - years[0]
    past, normal = read_misses(), np.random.default_rng(seed).standard_normal(drawn["co2"].shape)
    found = dict(drawn)
    for total in ("energy", "co2"):
        known = [one for one in past.of(total) if one.year <= origin]
        own = float(np.var(np.log(drawn[total])))
        spread = {one.ahead: own * (one.ahead / ahead) ** 2 for one in known}
        if known:
            found[total] = drawn[total] * np.exp(size_error(known, spread, past.memory).deviation(ahead) * normal)
    return found


def _forecast(
    model: Model, record: Record, case: str, stated: Sequence[Row], years: tuple[int, int], draws: int, seed: int
) -> list[Forecast]:
    """Both totals of one case; everything before the comparison sees only the record until the origin."""
    origin, year = years
    known = record.until(origin)
    rows = (*_bands(case, known, stated, year - origin), *_start(known, origin))
    drawn = _run(model, rows, years, draws, seed)
    if case == "widened":
        drawn = _widen(drawn, years, seed)
    return [_compare(drawn, record, case, quantity, years) for quantity in ("energy", "co2")]


def _bands(case: str, known: Record, stated: Sequence[Row], horizon: int) -> tuple[Row, ...]:
    if case in ("documents", "widened"):
        return tuple(stated)
    if case == "mirrored":
        return mirror_misses({row.quantity: float(row.mid or 0) / 100 for row in stated}, known)
    return continue_record(known, horizon)


def _start(known: Record, origin: int) -> Iterator[Row]:
    for name, unit in (("energy", "tce"), ("co2", "tCO2")):
        source = known.sources.get((name, origin), "dafeng")
        yield Row(f"{name}_start", frozenset(), None, None, bridge(known.series[name])[origin], None, unit, source, "secondary")


def _run(model: Model, rows: Sequence[Row], years: tuple[int, int], draws: int, seed: int) -> Mapping[str, Array]:
    """Draws of the last year, by quantity."""
    old = model.graph.space
    moved = [
        Axis(YEAR, tuple(str(at) for at in range(years[0], years[1] + 1)), axis.label) if axis.name == YEAR else axis
        for axis in old.axes
    ]
    graph = make_graph(Space(tuple(moved)), model.graph.quantities.values())
    drivers = read_drivers(graph, model.given, rows)
    tape = compile_graph(graph, ("energy", "co2", *PARTS), drawn=drivers.drawn)
    bands = {name: band for name, band in drivers.values.items() if isinstance(band, Band)}
    made = run_tape(tape, drivers.values, ranks=make_ranks(graph.space, bands, draws=draws, seed=seed))
    return {name: made[name].along(YEAR, "draw")[-1] for name in ("energy", "co2", *PARTS)}


def _compare(drawn: Mapping[str, Array], record: Record, case: str, quantity: str, years: tuple[int, int]) -> Forecast:
    origin, year = years
    series, draws = bridge(record.series[quantity]), drawn[quantity]
    published = series[year]
    low, middle, high = (float(value) for value in np.quantile(draws, [(1 - INSIDE) / 2, 0.5, (1 + INSIDE) / 2]))
    trend = series[origin] * (series[origin] / series[origin - PERIOD]) ** ((year - origin) / PERIOD)
    return Forecast(
        case,
        quantity,
        origin,
        year,
        low,
        middle,
        high,
        published,
        percentile=float((draws < published).mean()),
        score=score_draws(draws, published),
        same=abs(series[origin] - published),
        trend=abs(trend - published),
        joined=join_accounts(record.until(year), quantity, year) if _joinable(record, quantity, years) else published,
        parts=_parts(drawn, record, quantity, years),
    )


def _joinable(record: Record, quantity: str, years: tuple[int, int]) -> bool:
    return any(years[0] < at < years[1] for at in record.breaks[quantity])


def _parts(drawn: Mapping[str, Array], record: Record, quantity: str, years: tuple[int, int]) -> dict[str, float]:
    """Miss of the path of median factors, taken apart by factor."""
    names = PARTS if quantity == "co2" else PARTS[:2]
    start = bridge(record.series[quantity])[years[0]]
    rates = {name: values[-(years[1] - years[0]) :] for name, values in record.until(years[1]).rates().items()}
    came = {part: float(np.prod(1 + rates[factor])) for part, factor in zip(PARTS, FACTORS, strict=True)}
    said = {part: float(np.median(drawn[part])) for part in names}
    missed = effects([start, *said.values()], [start, *(came[part] for part in names)])
    return {part: float(missed[at]) for at, part in enumerate(names, 1)}
