"""Which drivers decide the answer: shares of variance, swings, and what an estimated value without an interval would move.

Invariant: every uncertain driver is told with its effect, the weak ones too; a share is computed from the draws of the answer
itself, and exchanged draws (Sobol) only where they cost little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.pathways.model.axes import Array
from dafeng.pathways.model.definition import Model
from dafeng.pathways.model.drivers import Row
from dafeng.pathways.model.run import run_tape
from dafeng.pathways.model.sampling import Band, make_ranks
from dafeng.pathways.model.session import open_session
from dafeng.pathways.model.tape import Tape, compile_graph
from dafeng.pathways.model_error import draw_error
from dafeng.pathways.sensitivity import Influence, Split, Swing, sobol, split_variance, swings
from dafeng.work.error_draws import SEED, draw_normal
from dafeng.work.future import EMISSIONS, Future
from dafeng.work.futures import Futures
from dafeng.work.project_traces import GUESSED, row_address, row_label
from dafeng.work.tracing import TraceBook, number_text

YEAR = 2030
"""Year whose emissions are looked at beside the peak year."""
GROUPS = 7
"""Quantities whose interactions are computed by exchanged draws."""
DRAWS = 1_000
"""Draws of each exchange."""
NUDGE = 0.1
"""Part by which a value without interval is raised to see what it moves."""
REST = "rest"
"""Name of all other quantities together."""
ERROR = "error"
"""Name of the model's own error."""
SPLIT: Mapping[str, Label] = {
    "peak": Label("达峰年份方差中的份额", "share of the variance of the peak year"),
    "emitted": Label(f"{YEAR}年排放方差中的份额", f"share of the variance of the emissions of {YEAR}"),
    "drivers": Label("全部驱动因素", "all drivers"),
    "error": Label("模型自身误差", "the model's own error"),
    "together": Label("两者共同作用", "only both together"),
}
"""Parts of a variance and what they are parts of."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver and what it does to the answer.

    Parameters
    ----------
    quantity : str
        Quantity of the model.
    label : Label
        Quantity and members.
    rows : tuple of Row
        Its rows, dated or not.
    grade : str
        The weakest of their grades.
    sources : tuple of str
        Where they come from.
    address : str
        Address of its effect.
    alone : float or None
        Share of the variance of the peak year that it explains by itself; ``None`` without an interval. [1]
    emitted_alone : float or None
        The same for the emissions of the year looked at. [1]
    years : float
        Mean peak year where it is high, less that where it is low. [a]
    emitted : float
        Emissions of the year looked at where it is high, less those where it is low; without an interval, what a tenth more
        moves. [Mt CO2]
    """

    quantity: str
    label: Label
    rows: tuple[Row, ...]
    grade: str
    sources: tuple[str, ...]
    address: str
    alone: float | None
    emitted_alone: float | None
    years: float
    emitted: float

    @property
    def guessed(self) -> bool:
        """Whether nobody has published it."""
        return self.grade in GUESSED


@dataclass(frozen=True, slots=True)
class Influences:
    """All drivers of the main scenario with their effects.

    Parameters
    ----------
    drivers : tuple of Driver
        Those with an interval, the strongest first.
    fixed : tuple of Driver
        Estimated ones without an interval, the strongest first.
    exchanged : mapping of str to tuple of Influence
        Sobol's indices of the peak year (``peak``) and of the emissions (``emitted``): the strongest quantities and all others
        together.
    year : int
        Year whose emissions are looked at.
    split : mapping of str to Split
        For peak year and emissions: share of all drivers together, of the model's own error, and of both only together.
    """

    drivers: tuple[Driver, ...]
    fixed: tuple[Driver, ...]
    exchanged: Mapping[str, tuple[Influence, ...]]
    year: int
    split: Mapping[str, Split]


def find_influences(futures: Futures, main: str, traces: TraceBook) -> Influences | None:
    """What decides peak year and emissions of the main scenario.

    Parameters
    ----------
    futures : Futures
        All scenarios.
    main : str
        The one that answers.
    traces : TraceBook
        Gets one effect per driver.

    Returns
    -------
    Influences or None
        ``None`` where there is no pathway.
    """
    future = futures.paths.get(main)
    if future is None:
        return None
    peaks = future.years[future.co2.argmax(axis=1)].astype(float)
    emitted = {(one.driver, one.place): one for one in swings(future.ranks, future.at(EMISSIONS, YEAR))}
    own = {id(row) for table in futures.tables.drivers for row in table}
    found = []
    for swing in swings(future.ranks, peaks):
        rows = _rows_of(futures.model, future, swing)
        if rows:
            found.append(_driver(futures.model, main, own, rows, swing, emitted[swing.driver, swing.place], traces))
    found.sort(key=lambda one: (-max(one.alone or 0.0, one.emitted_alone or 0.0), one.address))
    fixed = tuple(_fixed(futures, future, main, own, traces))
    exchanged = _exchange(futures, future, found)
    return Influences(tuple(found), fixed, exchanged, YEAR, _split(future, peaks, traces))


def _split(future: Future, peaks: Array, traces: TraceBook) -> dict[str, Split]:
    """Variance between the drivers and the model's own error, over all draws."""
    at, mixed = YEAR - int(future.years[0]), future.drivers_co2 * np.roll(future.errors[EMISSIONS], 1, axis=0)
    found = {
        "peak": split_variance(peaks, future.years[mixed.argmax(axis=1)].astype(float)),
        "emitted": split_variance(future.at(EMISSIONS, YEAR), mixed[:, at]),
    }
    for name, split in found.items():
        for part, share in (("drivers", split.one), ("error", split.other), ("together", split.together)):
            address, what = f"influences/{part}.{name}", SPLIT[name]
            inputs = (f"pathway/{future.scenario.id}.peak",)
            _keep(address, SPLIT[part], what, share, "1", None, inputs, traces)
    return found


def _rows_of(model: Model, future: Future, swing: Swing) -> tuple[Row, ...]:
    """Rows that speak for one rank of a quantity; none where its interval has no width there."""
    band = future.drivers.values[swing.driver]
    if not isinstance(band, Band):
        return ()
    cut = tuple(
        slice(at, at + 1) if axis.name in band.apart else slice(None)
        for axis, at in zip(model.graph.space.axes, swing.place, strict=True)
    )
    if not bool((band.high[cut] > band.low[cut]).any()):
        return ()
    members = {
        axis.members[at] for axis, at in zip(model.graph.space.axes, swing.place, strict=True) if axis.name in band.apart
    }
    speaking = [row for row in future.drivers.used[swing.driver] if not _others(model, row, members, band.apart)]
    strength = max((len(row.members) for row in speaking), default=0)
    return tuple(row for row in speaking if not band.apart or len(row.members) == strength)


def _others(model: Model, row: Row, members: set[str], apart: frozenset[str]) -> bool:
    """Whether a row names a member of an axis with ranks of its own that is another one."""
    return any(model.graph.marks[one][0] in apart and one not in members for one in row.members)


def _driver(
    model: Model, main: str, own: set[int], rows: tuple[Row, ...], peak: Swing, emitted: Swing, traces: TraceBook
) -> Driver:
    label = row_label(rows[0], model) if len({row.members for row in rows}) == 1 else model.graph.quantities[peak.driver].label
    inputs = tuple(row_address(row, scenario="" if id(row) in own else main) for row in rows)
    place = rows[0].members if len({row.members for row in rows}) == 1 else frozenset()
    root = f"influences/{peak.driver}.{'-'.join(sorted(place)) or 'all'}"
    if root + ".years" in traces:
        root = f"influences/{peak.driver}.{'-'.join(str(at) for at in peak.place)}"
    years, moved = peak.high - peak.low, emitted.high - emitted.low
    said = Label(f"{label.zh}：由低到高", f"{label.en}: from low to high")
    _keep(root + ".years", said, Label("达峰年份平均推迟", "mean delay of the peak year"), years, "年", None, inputs, traces)
    moves = Label(f"{YEAR}年排放的变化", f"change of the emissions of {YEAR}")
    _keep(root + ".emitted", said, moves, moved, "Mt CO2", YEAR, inputs, traces)
    share = Label("达峰年份方差中由其单独解释的份额", "share of the variance of the peak year that it explains alone")
    _keep(root + ".alone", label, share, peak.alone, "1", None, inputs, traces)
    grade, sources = _weakest(rows), tuple(dict.fromkeys(row.source for row in rows))
    return Driver(peak.driver, label, rows, grade, sources, root, peak.alone, emitted.alone, years, moved)


def _keep(
    address: str, of: Label, what: Label, value: float, unit: str, year: int | None, inputs: tuple[str, ...], traces: TraceBook
) -> None:
    says = Label(f"{of.zh}，{what.zh}", f"{of.en}, {what.en}")
    traces.add(Trace(address, "projection", says, number_text(value), unit, year, inputs=inputs, grade="estimated"))


def _weakest(rows: Sequence[Row]) -> str:
    order = ("primary", "secondary", "derived", "estimated", "assumption")
    return max((row.grade for row in rows), key=order.index)


def _fixed(futures: Futures, future: Future, main: str, own: set[int], traces: TraceBook) -> Iterator[Driver]:
    """Estimated values without an interval: what a tenth more of each moves, all else at its middle."""
    model = futures.model
    values = {name: value.mid if isinstance(value, Band) else value for name, value in future.drivers.values.items()}
    session = open_session(compile_graph(model.graph, (EMISSIONS,)), values)
    start = session.read()[EMISSIONS].along("year")
    years, found = model.graph.space.years, []
    for rows in _unbounded(future, set(session.tape.given)):
        name = rows[0].quantity
        session.change(name, _nudged(model, values[name], rows[0]))
        after = session.read()[EMISSIONS].along("year")
        session.change(name, values[name])
        at = YEAR - int(years[0])
        moved, delay = 1e-6 * float(after[at] - start[at]), float(years[after.argmax()] - years[start.argmax()])
        found.append(_moved(model, main, own, rows, moved, delay, traces))
    return iter(sorted(found, key=lambda one: (-abs(one.emitted), one.address)))


def _moved(
    model: Model, main: str, own: set[int], rows: tuple[Row, ...], moved: float, delay: float, traces: TraceBook
) -> Driver:
    label = row_label(rows[0], model)
    inputs = tuple(row_address(row, scenario="" if id(row) in own else main) for row in rows)
    root = f"influences/{rows[0].quantity}.{'-'.join(sorted(rows[0].members)) or 'all'}.tenth"
    said = Label(f"{label.zh}：提高一成", f"{label.en}: a tenth more")
    moves = Label(f"{YEAR}年排放的变化", f"change of the emissions of {YEAR}")
    _keep(root + ".emitted", said, moves, moved, "Mt CO2", YEAR, inputs, traces)
    sources = tuple(dict.fromkeys(row.source for row in rows))
    return Driver(rows[0].quantity, label, rows, _weakest(rows), sources, root, None, None, delay, moved)


def _unbounded(future: Future, given: set[str]) -> Iterator[tuple[Row, ...]]:
    """Rows of one place together, where one of them is estimated, none has an interval and none is a mark of 0 or 1."""
    for name, rows in future.drivers.used.items():
        places: dict[frozenset[str], list[Row]] = {}
        for row in rows:
            places.setdefault(row.members, []).append(row)
        for found in places.values():
            plain = all(row.low is None and row.high is None for row in found)
            if name in given and plain and any(row.grade in GUESSED and row.mid not in (None, 0, 1) for row in found):
                yield tuple(found)


def _nudged(model: Model, values: Array, row: Row) -> Array:
    place: list[slice] = []
    for axis in model.graph.space.axes:
        named = [at for at, member in enumerate(axis.members) if member in row.members]
        place.append(slice(named[0], named[0] + 1) if named and values.shape[len(place)] > 1 else slice(None))
    raised = np.array(values)
    raised[tuple(place)] *= 1 + NUDGE
    return raised


def _exchange(futures: Futures, future: Future, drivers: Sequence[Driver]) -> dict[str, tuple[Influence, ...]]:
    """Sobol's indices of peak year and emissions: the strongest quantities, all others together, the model's own error."""
    model, strength = futures.model, dict[str, float]()
    for one in drivers:
        strength[one.quantity] = strength.get(one.quantity, 0.0) + (one.alone or 0.0) + (one.emitted_alone or 0.0)
    named = sorted(strength, key=lambda name: (-strength[name], name))[:GROUPS]
    bands = {name: band for name, band in future.drivers.values.items() if name in future.ranks and isinstance(band, Band)}
    first, second = (
        _grouped(make_ranks(model.graph.space, bands, draws=DRAWS, seed=SEED + number), named) for number in (1, 2)
    )
    tape = compile_graph(model.graph, (EMISSIONS,), drawn=future.drivers.drawn)
    runs: dict[frozenset[str], Mapping[str, Mapping[str, Array]]] = {frozenset(): first, frozenset(first): second}
    runs |= {frozenset({name}): {**first, name: second[name]} for name in first}
    paths = {which: _path(tape, future, groups) for which, groups in runs.items()}
    factors = [
        draw_error(futures.errors[EMISSIONS], draw_normal(f"exchange/{at}", DRAWS, len(future.years))).T for at in (0, 1)
    ]
    whole = frozenset((*first, ERROR))
    erring = {which: path * factors[0] for which, path in paths.items() if which != frozenset(first)}
    erring |= {frozenset({ERROR}): paths[frozenset()] * factors[1], whole: paths[frozenset(first)] * factors[1]}
    peaks = {which: future.years[path.argmax(axis=0)].astype(float) for which, path in erring.items()}
    emitted = {which: 1e-6 * path[YEAR - int(future.years[0])] for which, path in erring.items()}
    return {"peak": _indices(peaks, (*first, ERROR)), "emitted": _indices(emitted, (*first, ERROR))}


def _indices(answers: Mapping[frozenset[str], Array], names: Sequence[str]) -> tuple[Influence, ...]:
    """Sobol's indices from answers by the groups that were exchanged."""

    def answer(exchanged: Mapping[str, bool]) -> Array:
        return answers[frozenset(name for name, is_other in exchanged.items() if is_other)]

    return sobol(answer, dict.fromkeys(names, False), dict.fromkeys(names, True)).influences


def _path(tape: Tape, future: Future, groups: Mapping[str, Mapping[str, Array]]) -> Array:
    ranks = {name: rank for group in groups.values() for name, rank in group.items() if name in tape.given}
    return run_tape(tape, future.drivers.values, ranks=ranks)[EMISSIONS].along("year", "draw")


def _grouped(ranks: Mapping[str, Array], named: Sequence[str]) -> dict[str, dict[str, Array]]:
    groups: dict[str, dict[str, Array]] = {name: {name: ranks[name]} for name in named}
    groups[REST] = {name: rank for name, rank in ranks.items() if name not in groups}
    return groups
