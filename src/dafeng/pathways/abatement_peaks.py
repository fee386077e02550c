"""What each measure alone does to the peak: on common draws, with the error of the draws and a figure per yuan.

Invariant: two paths that are compared differ in one measure and in no draw; a year that moves in no draw is a zero, not a
small number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from dafeng.pathways.abatement_runs import Board
from dafeng.pathways.abatement_shares import Shifted, Span
from dafeng.pathways.measures import Measure
from dafeng.pathways.model.axes import YEAR, Array
from dafeng.pathways.model.beside import Changes, run_beside
from dafeng.pathways.model.run import Labelled
from dafeng.pathways.peak import Peak, find_peak

ALL = "all"
"""Stands for all measures together."""
SURE = NormalDist().inv_cdf(0.975)
"""Standard errors from the mean to either end of its 95 % interval."""


def move_peaks(
    board: Board, *, draws: int, seed: int, erring: Callable[[Array], Array] | None = None
) -> tuple[Peak, dict[str, Shifted]]:
    """Peak without measures, and with each alone and all together.

    Parameters
    ----------
    board : Board
        The model with the measures.
    draws, seed : int
        Number of common draws, and their seed.
    erring : callable, optional
        From emissions without measures (draws, years) to factors of the model's own error (times · draws, years).

    Returns
    -------
    Peak
        Without any measure.
    dict of str to Shifted
        By measure; under ``all`` all together.
    """
    full = np.ones(board.space.shape(()))
    changes: dict[str, Changes] = {one.id: {one.id: full} for one in board.measures}
    changes |= {ALL: {one.id: full for one in board.measures}}
    parts: dict[str, list[Array]] = {name: [] for name in ("", *changes)}
    for block in run_beside(board.pulled.graph, board.values, "co2", changes, draws=draws, seed=seed):
        for name, values in block.items():
            parts[name].append(Labelled(board.space, values).along(YEAR, "draw").T / 1e6)
    years = np.asarray(board.space.years, dtype=np.int_)
    paths = {name: np.concatenate(part) for name, part in parts.items()}
    factors = np.ones_like(paths[""]) if erring is None else erring(paths[""])
    before = _Seen(years, paths.pop(""), factors)
    return before.peak, {name: _shifted(name, before, _Seen(years, path, factors)) for name, path in paths.items()}


class _Seen:
    """Peak of paths with the model's own error: what is kept of them for each draw and each repetition of the error."""

    def __init__(self, years: NDArray[np.int_], paths: Array, factors: Array) -> None:
        self.times = len(factors) // len(paths)
        seen = np.tile(paths, (self.times, 1)) * factors
        self.peak = find_peak(years, seen)
        self.years = years[seen.argmax(axis=1)]


def _shifted(name: str, before: _Seen, after: _Seen) -> Shifted:
    """Mean change of the year of the highest emissions, and its standard error.

    A draw of the drivers counts once however often the error of the model was drawn for it: the means of the draws are
    independent, its repetitions are not. The draws are stratified in each driver, which lowers the error of a mean, so that it
    is stated rather too wide than too narrow.
    """
    moved, crossed = after.years - before.years, (after.years < 2030).astype(float) - (before.years < 2030)
    means = [one.reshape(before.times, -1).mean(axis=0) for one in (moved, crossed)]
    errors = [float(one.std() / np.sqrt(len(one))) for one in means]
    return Shifted(
        name,
        after.peak,
        float(moved.mean()),
        errors[0],
        float(crossed.mean()),
        (after.peak.level_mt_p50 - before.peak.level_mt_p50) * 1e6,
        float(np.count_nonzero(moved) / len(moved)),
        errors[1],
    )


def gain_per_cost(shifted: Shifted, outlay: float, drawn: Array, seed: int) -> Span | None:
    """Years by which a measure brings the peak forward per yuan of its yearly outlay.

    The interval takes both doubts together: the error of the mean shift, drawn from its normal distribution, and the draws of
    the outlay.

    Parameters
    ----------
    shifted : Shifted
        What it does to the peak.
    outlay : float
        On middle values. [CNY/a]
    drawn : (draws,) array
        The same in every draw. [CNY/a]
    seed : int
        Seed of the error.

    Returns
    -------
    Span or None
        ``None`` where the shift cannot be told from zero, or nothing is paid. [a/CNY]
    """
    if outlay <= 0 or float(drawn.min()) <= 0 or shifted.years + SURE * shifted.error >= 0:
        return None
    word = int.from_bytes(hashlib.sha256(f"{seed}/{shifted.measure}/gain".encode()).digest()[:8], "big")
    errors = np.random.Generator(np.random.PCG64(word)).standard_normal(len(drawn)) * shifted.error
    low, high = np.quantile(-(shifted.years + errors) / drawn, [0.1, 0.9])
    mid = -shifted.years / outlay
    return Span(mid, min(float(low), mid), max(float(high), mid))


def rank_apart(gains: Mapping[str, Span]) -> tuple[tuple[str, ...], ...]:
    """Measures in groups: who shares an interval with the best of a group stands in it, and cannot be ranked within it.

    Parameters
    ----------
    gains : mapping of str to Span
        Figure per yuan by measure.

    Returns
    -------
    tuple of tuple of str
        Best group first; within a group by the middle value, which says nothing about who is better.
    """
    left: Sequence[str] = sorted(gains, key=lambda name: (-gains[name].mid, name))
    groups: list[tuple[str, ...]] = []
    while left:
        best = gains[left[0]]
        group = tuple(name for name in left if gains[name].high >= best.low)
        groups.append(group)
        left = [name for name in left if name not in group]
    return tuple(groups)


def price_shifts(
    shifts: Mapping[str, Shifted],
    measures: Sequence[Measure],
    outlays: Mapping[str, Array | None],
    bands: Mapping[str, Array | None],
    seed: int,
) -> dict[str, Span]:
    """Figure per yuan of every measure that moves the peak and has a price.

    Parameters
    ----------
    shifts : mapping of str to Shifted
        What each does to the peak.
    measures : sequence of Measure
        The measures.
    outlays : mapping of str to (columns,) array or None
        Outlay in the first year asked for and later columns. [CNY/a]
    bands : mapping of str to (columns, draws) array or None
        The same in every draw. [CNY/a]
    seed : int
        Seed of the errors.

    Returns
    -------
    dict of str to Span
        By measure, without those that have none. [a/CNY]
    """
    found: dict[str, Span] = {}
    for one in measures:
        outlay, drawn = outlays[one.id], bands[one.id]
        gain = None if outlay is None or drawn is None else gain_per_cost(shifts[one.id], float(outlay[0]), drawn[0], seed)
        found |= {} if gain is None else {one.id: gain}
    return found
