"""The scatter of a record, and what it does to the peak that a reader of published series sees."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from dafeng.pathways.peak import find_peak
from dafeng.pathways.residual import Residual, observe, read_residual


def _series(memory: float, size: float, *, years: int = 400, seed: int = 1) -> tuple[tuple[int, float], ...]:
    random = np.random.default_rng(seed)
    residual = np.zeros(years)
    for year in range(1, years):
        residual[year] = memory * residual[year - 1] + np.sqrt(1 - memory**2) * random.normal()
    return tuple((1600 + year, 50.0 * float(np.exp(size * residual[year]))) for year in range(years))


def test_a_straight_path_has_no_residual() -> None:
    found = read_residual(tuple((2000 + year, 30 * 1.05**year) for year in range(15)))
    assert found.size == pytest.approx(0.0, abs=1e-12)


def test_the_size_of_a_made_series_is_found() -> None:
    assert read_residual(_series(0.0, 0.05)).size == pytest.approx(0.05, rel=0.25)


def test_a_series_that_remembers_remembers_more_than_one_that_does_not() -> None:
    # a local trend takes most of the memory away, so that the estimate is too small rather than too large
    assert 0.7 > read_residual(_series(0.7, 0.05)).memory > read_residual(_series(0.0, 0.05)).memory + 0.05


def test_one_odd_year_moves_the_size_little() -> None:
    plain = _series(0.0, 0.05, years=30)
    odd = tuple((year, value * (1.6 if at == 12 else 1.0)) for at, (year, value) in enumerate(plain))
    assert read_residual(odd).size == pytest.approx(read_residual(plain).size, rel=0.35)


def test_a_year_without_neighbours_says_nothing() -> None:
    plain = tuple((2010 + year, 50.0 + year % 3) for year in range(10))
    assert read_residual(((1990, 10.0), *plain)) == read_residual(plain)


def test_too_short_a_record_is_refused() -> None:
    with pytest.raises(ValueError, match="5 points"):
        read_residual(((2015, 1.0), (2016, 1.1), (2017, 1.0)))


def test_what_is_seen_scatters_with_the_stated_size_and_memory() -> None:
    normal = np.random.default_rng(3).standard_normal((20_000, 12))
    seen = np.log(observe(np.ones((20_000, 12)), Residual(0.08, 0.5, 0.1, 20, 0.05), normal))
    assert seen.std(axis=0) == pytest.approx(np.full(12, 0.08), rel=0.03)
    assert np.corrcoef(seen[:, 5], seen[:, 6])[0, 1] == pytest.approx(0.5, abs=0.03)


def test_the_seen_peak_is_spread_wider_than_the_underlying_one() -> None:
    years = np.arange(2020, 2041)
    paths = np.tile(60 - 0.05 * (years - 2027.0) ** 2, (5000, 1))
    seen = observe(paths, Residual(0.05, 0.2, 0.1, 20, 0.05), np.random.default_rng(5).standard_normal(paths.shape))
    own, other = find_peak(years, paths), find_peak(years, seen)
    assert (own.year_p10, own.year_p90) == (2027, 2027)
    assert other.year_p10 < 2027 < other.year_p90
    assert other.probability_before_2030 < own.probability_before_2030


def test_records_of_two_cities_and_the_province_scatter_by_a_few_percent(shared: Path) -> None:
    read = json.loads((shared / "data/oracles/peak_series.json").read_text(encoding="utf-8"))["series"]
    found = {name: read_residual([(year, value) for year, value in rows]) for name, rows in read.items()}
    assert all(0.02 < one.size < 0.12 for one in found.values())
    assert found["青岛"].size > found["山东"].size
    assert all(0.0 <= one.memory <= 0.9 for one in found.values())


CITIES = {"Yantai": "烟台", "Qingdao": "青岛", "Shandong": "山东"}
GIVEN = {2000, 2005, *range(2010, 2020)}
"""Years that the figures delivered with a city have."""


def test_the_documented_scatter_is_that_of_the_record(shared: Path) -> None:
    series = json.loads((shared / "data/oracles/peak_series.json").read_text(encoding="utf-8"))["series"]
    text = (Path(__file__).resolve().parents[2] / "docs" / "pathways.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (Yantai|Qingdao|Shandong) (\d{4}.*?) \| (.*?) % \| (.*?) ± (.*?) \|$", text, re.MULTILINE)
    for city, years, *told in rows:
        record = tuple((year, value) for year, value in series[CITIES[city]] if "assessment" not in years or year in GIVEN)
        found = read_residual(record)
        assert told == [f"{100 * found.size:.1f}", f"{found.memory:.2f}", f"{found.error:.2f}"], (city, years)
    assert len(rows) == 5
