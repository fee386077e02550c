"""What past forecasts of the same kind missed, and the error of the model that follows for a city.

Invariant: statements and outcomes are those that ``dafeng hindcast`` shows; a city's drivers are credited with what they spread
already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp

import numpy as np
import numpy.typing as npt

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.library.overlay import shipped
from dafeng.library.sources import read_sources
from dafeng.library.strict import load_yaml
from dafeng.pathways.hindcast import Record, read_record
from dafeng.pathways.model.tables import ScenarioRow, read_scenarios
from dafeng.pathways.model_error import Miss, ModelError, list_misses, size_error
from dafeng.work.tracing import TraceBook, number_text

Array = npt.NDArray[np.float64]
ORIGINS = (2005, 2008, 2010, 2012, 2015)
"""Origins of the calibration."""
HORIZONS = (4, 5, 9)
"""Years ahead of the calibration; the shortest only where no longer one has an outcome."""
NORMAL = 1.6449
"""Half width of the 90 % interval of a normal distribution over its standard deviation."""
NAMES: Mapping[str, Label] = {
    "energy": Label("能源消费总量", "energy consumption"),
    "co2": Label("二氧化碳排放", "CO2 emissions"),
}
"""Totals for readers."""


@dataclass(frozen=True, slots=True)
class PastMisses:
    """Misses of all forecasts whose outcome is known.

    Parameters
    ----------
    misses : tuple of Miss
        Of both totals.
    memory : float
        Share of the error of a yearly rate that is taken to be left in the next year. [0..1]
    lasting : float
        Time after which 1/e of it is left. [a]
    """

    misses: tuple[Miss, ...]
    memory: float
    lasting: float

    def of(self, total: str) -> tuple[Miss, ...]:
        """Misses of one total.

        Parameters
        ----------
        total : str
            ``energy`` or ``co2``.

        Returns
        -------
        tuple of Miss
            In the order of their origins.
        """
        return tuple(one for one in self.misses if one.total == total)

    def left_out(self, total: str) -> tuple[int, int]:
        """How often an error sized by all other origins holds the outcomes of one.

        Parameters
        ----------
        total : str
            ``energy`` or ``co2``.

        Returns
        -------
        (int, int)
            Outcomes inside the 90 % interval around what was stated, and outcomes.
        """
        held = 0
        for one in self.of(total):
            others = [other for other in self.of(total) if other.origin != one.origin]
            held += abs(one.size) <= NORMAL * size_error(others, {}, self.memory).deviation(one.ahead)
        return held, len(self.of(total))

    def ahead(self) -> tuple[int, ...]:
        """Years ahead for which there is an outcome.

        Returns
        -------
        tuple of int
            Each once, in order. [a]
        """
        return tuple(sorted({one.ahead for one in self.misses}))

    def size(self, own: Mapping[str, Mapping[int, float]], *, memory: float | None = None) -> dict[str, ModelError]:
        """Error of the model by total.

        Parameters
        ----------
        own : mapping of str to mapping of int to float
            Total → years ahead → variance of the logarithm that the drivers give already. [1]
        memory : float, optional
            Another memory than the assumed one. [0..1]

        Returns
        -------
        dict of str to ModelError
            For each total in `own`.
        """
        kept = self.memory if memory is None else memory
        return {total: size_error(self.of(total), one, kept) for total, one in own.items()}


def list_pairs(record: Record) -> Iterator[tuple[int, int]]:
    """Origins with the years whose outcome is known.

    Parameters
    ----------
    record : Record
        Published totals.

    Yields
    ------
    (int, int)
        Origin and year.
    """
    last = min(max(series) for series in record.series.values())
    for origin in ORIGINS:
        ahead = [horizon for horizon in HORIZONS if origin + horizon <= last]
        yield from ((origin, origin + horizon) for horizon in (ahead[1:] or ahead))


def stated_rates(known: Sequence[ScenarioRow]) -> dict[int, dict[str, float]]:
    """Middle of what was stated, by origin.

    Parameters
    ----------
    known : sequence of ScenarioRow
        Statements, one scenario per origin, in per cent.

    Returns
    -------
    dict of int to dict of str to float
        Yearly rate of each factor. [1]
    """
    found: dict[int, dict[str, float]] = {}
    for one in known:
        found.setdefault(int(one.scenario), {})[one.row.quantity] = float(one.row.mid or 0) / 100
    return found


@cache
def read_misses() -> PastMisses:
    """What the package knows of past forecasts.

    Returns
    -------
    PastMisses
        Of Shandong, ``data/hindcast``.

    Raises
    ------
    DefinitionError
        If a table breaks its form.
    """
    sources, folder = read_sources(), shipped() / "hindcast"
    record = read_record(folder / "shandong.csv", sources=sources)
    stated = stated_rates(read_scenarios(folder / "known.csv", sources=sources))
    lasting = float(load_yaml(folder / "error.yaml")["lasting"]["years"])
    return PastMisses(list_misses(record, stated, list_pairs(record)), exp(-1 / lasting), lasting)


def spread_ahead(paths: Array) -> dict[int, float]:
    """Variance of the logarithm of a total against its first year, for the years ahead for which there is an outcome.

    Parameters
    ----------
    paths : (years, draws) array
        The total as its drivers give it. [any one unit]

    Returns
    -------
    dict of int to float
        By years ahead. [1]
    """
    return {ahead: float(np.var(np.log(paths[ahead] / paths[0]))) for ahead in read_misses().ahead()}


def trace_misses(errors: Mapping[str, ModelError], traces: TraceBook) -> None:
    """Addresses of the error of the model and of the misses it follows from.

    Parameters
    ----------
    errors : mapping of str to ModelError
        By total.
    traces : TraceBook
        Gets ``pathway/error.co2`` with ``hindcast/co2.2010.2019`` and so on.
    """
    rule = load_yaml(shipped() / "hindcast" / "error.yaml")["lasting"]
    for total, error in errors.items():
        inputs = tuple(_trace_miss(one, traces) for one in error.misses)
        name = NAMES[total]
        traces.add(
            Trace(
                f"pathway/error.{total}",
                "result",
                Label(f"模型自身误差：{name.zh}年变化率（标准差）", f"the model's own error: rate of {name.en} (deviation)"),
                number_text(error.size),
                "1/a",
                inputs=inputs,
                source=rule["source"],
                grade="estimated",
                note=_note(error, Label(**rule["note"])),
            )
        )


def _note(error: ModelError, lasting: Label) -> Label:
    count, later = len(error.misses), f"±{error.deviation(10):.0%}"
    return Label(
        f"由 {count} 次以往预测的偏差定，已扣除驱动因素自身的离散；相当于十年后 {later}（一倍标准差）。"
        f"上年误差留存 {error.memory:.2f}（{lasting.zh}）",
        f"sized by {count} misses of past forecasts less the drivers' own spread; {later} after ten years (one deviation);"
        f" {error.memory:.2f} of it is left in the next year ({lasting.en})",
    )


def _trace_miss(one: Miss, traces: TraceBook) -> str:
    name = NAMES[one.total]
    return traces.add(
        Trace(
            f"hindcast/{one.total}.{one.origin}.{one.year}",
            "result",
            Label(
                f"山东{one.origin}年所说的{one.year}年{name.zh}与公布值之比的对数",
                f"logarithm of Shandong's published {name.en} of {one.year} over what was stated in {one.origin}",
            ),
            number_text(one.size),
            "1",
            one.year,
            source=one.source,
            grade="derived",
            note=Label("dafeng hindcast 列出依据", "dafeng hindcast lists what it rests on"),
        )
    )
