"""Pedigree: scores that nobody gave are the worst, and steps combine as logarithms."""

from __future__ import annotations

from math import exp, log, sqrt
from pathlib import Path

import pytest

from dafeng.core.errors import DefinitionError
from dafeng.library.pedigree import DIMENSIONS, WORST, read_pedigree
from tests.methods.made import write_overlay

OWN = [("grade", "primary"), ("match", "exact"), ("age", "0"), ("place", "own"), ("factor", "own.clinker")]


def test_the_best_scores_widen_nothing() -> None:
    pedigree = read_pedigree()
    assert pedigree.score(OWN[:4]) == (1, 1, 1, 1, 1)  # type: ignore[arg-type]
    assert pedigree.widen((1, 1, 1, 1, 1)) == 1


def test_what_nobody_scored_is_the_worst() -> None:
    assert read_pedigree().score([("grade", "memory")]) == (WORST,) * len(DIMENSIONS)


def test_an_old_factor_scores_by_its_age_and_beyond_all_limits_the_worst() -> None:
    pedigree = read_pedigree()
    assert [pedigree.score([("age", str(age))])[2] for age in (0, 1, 5, 6, 15, 16)] == [1, 2, 2, 3, 4, 5]


def test_steps_combine_by_the_root_of_the_sum_of_squared_logarithms() -> None:
    """By hand: steps 1.2 and 1.5 give exp(sqrt(ln(1.2)^2 + ln(1.5)^2)) = 1.5598."""
    wide = read_pedigree().widen((4, 1, 5, 1, 1))
    assert wide == pytest.approx(exp(sqrt(log(1.2) ** 2 + log(1.5) ** 2)), rel=1e-12)
    assert wide == pytest.approx(1.5598, abs=5e-5)


def test_the_scores_a_city_states_stand_alone_and_their_gaps_are_the_worst(tmp_path: Path) -> None:
    pedigree = read_pedigree(write_overlay(tmp_path / "o", [], scores=["factor,own.clinker,2,,3,1,1"]))
    assert pedigree.score(OWN) == (2, 5, 3, 1, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", ["factor,x,6,1,1,1,1", "colour,x,1,1,1,1,1", "grade,primary,1,1,1,1,1"])
def test_a_score_outside_its_range_or_twice_is_refused(row: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError):
        read_pedigree(write_overlay(tmp_path / "o", [], scores=[row]))
