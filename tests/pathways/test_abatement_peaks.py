"""What a measure does to the peak: shifts derived on paper, their error, and which measures can be ranked apart."""

from __future__ import annotations

import numpy as np
import pytest

from dafeng.pathways.abatement_peaks import SURE, gain_per_cost, move_peaks, rank_apart
from dafeng.pathways.abatement_runs import Board
from dafeng.pathways.abatement_shares import Shifted, Span
from dafeng.pathways.model.sampling import Band
from tests.pathways.test_measures import toy_graph, toy_measure, toy_values


def rising(draws: int = 4000, seed: int = 1) -> tuple[Board, dict[str, Shifted]]:
    """Need is 1000, then 1020, then 1030 plus something even between -20 and 20: the third year is the highest in three
    draws of four (1030 + x > 1020), else the second. Saving 2 % of 2021 and 2022 lowers 1020 to 999.6 and 1030 + x to
    (1030 + x) × 0.98, which passes 1000 for x > -9.59: the first year is the highest where it does not."""
    graph = toy_graph()
    values = dict(toy_values(graph))
    need = np.array([1000.0, 1020.0, 1030.0]).reshape(values["need"].shape)
    edge = np.array([0.0, 0.0, 20.0]).reshape(need.shape)
    made = {**values, "need": Band(need - edge, need, need + edge)}
    measures = [toy_measure("saving", "saved", 0.02), toy_measure("nothing", "saved", 0.0)]
    board = Board(graph, made, measures, (2021,))
    return board, move_peaks(board, draws=draws, seed=seed)[1]


def below(point: float) -> float:
    """Probability that a triangle on -20 to 20 with its top at 0 lies below a point left of it."""
    return (point + 20) ** 2 / 800


def test_the_mean_shift_is_that_of_the_paper() -> None:
    """Without: 2022, and 2021 below -10 (1/8 of the draws). With saving: 2022, and 2020 where (1030 + x) × 0.98 < 1000."""
    _, found = rising()
    expected = -2 * below(1000 / 0.98 - 1030) + below(-10.0)
    assert found["saving"].years == pytest.approx(expected, abs=4 * found["saving"].error)
    assert 0 < found["saving"].error < 0.02


def test_a_measure_that_does_nothing_moves_no_draw() -> None:
    _, found = rising(200)
    assert (found["nothing"].years, found["nothing"].error, found["nothing"].moved) == (0.0, 0.0, 0.0)


def test_the_stated_error_covers_what_other_seeds_give() -> None:
    found = [rising(400, seed)[1]["saving"] for seed in range(1, 21)]
    spread = float(np.std([one.years for one in found], ddof=1))
    assert spread < 1.5 * float(np.mean([one.error for one in found]))


def test_an_error_of_the_model_that_is_drawn_several_times_counts_each_draw_once() -> None:
    board, _ = rising(100)
    shares = np.random.default_rng(1).normal(1.0, 0.01, (300, 3))
    once = move_peaks(board, draws=100, seed=1, erring=lambda _: shares[:100])[1]["saving"]
    often = move_peaks(board, draws=100, seed=1, erring=lambda _: shares)[1]["saving"]
    assert once.error / 3 < often.error <= 1.2 * once.error


def shifted(years: float, error: float) -> Shifted:
    board, found = rising(10)
    one = found["nothing"]
    assert board.known
    return Shifted("one", one.peak, years, error, 0.0, 0.0, 0.5, 0.0)


def test_a_shift_that_cannot_be_told_from_zero_has_no_figure_per_yuan() -> None:
    drawn = np.full(50, 2.0)
    assert gain_per_cost(shifted(-0.1, 0.1 / SURE * 1.01), 2.0, drawn, 1) is None
    found = gain_per_cost(shifted(-0.1, 0.0), 2.0, drawn, 1)
    assert found == Span(0.05, 0.05, 0.05)


def test_measures_whose_intervals_overlap_stand_in_one_group() -> None:
    gains = {"a": Span(5.0, 4.0, 6.0), "b": Span(4.5, 3.0, 5.0), "c": Span(3.5, 3.2, 3.8), "d": Span(1.0, 0.5, 3.3)}
    assert rank_apart(gains) == (("a", "b"), ("c", "d"))
    assert rank_apart({}) == ()
