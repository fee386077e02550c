"""Shandong from 2010: nothing known later goes in, and what is said of the outcome is so."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import dafeng as df
from dafeng.core.errors import SettingError
from dafeng.library.overlay import shipped
from dafeng.library.sources import read_sources
from dafeng.pathways.model.tables import read_scenarios
from dafeng.work.hindcast import calibrate


@pytest.fixture(scope="module")
def found():
    """The hindcast of the package."""
    return df.hindcast(draws=2000)


@pytest.fixture(scope="module")
def by_case(found):
    """Forecasts for 2019 by rule and total."""
    return {(one.case, one.quantity): one for one in found.forecasts}


def test_no_statement_is_younger_than_its_origin() -> None:
    sources = read_sources()
    rows = read_scenarios(shipped() / "hindcast" / "known.csv", sources=sources)
    stated = [(int(one.scenario), sources[one.row.source]) for one in rows if one.row.source != "dafeng"]
    assert [(origin, source.id) for origin, source in stated if int(source.date[:4]) > origin] == []
    assert {origin for origin, _ in stated} == {2005, 2008, 2010, 2012}


def test_the_sources_named_in_notes_of_2010_are_no_younger() -> None:
    sources = read_sources()
    rows = read_scenarios(shipped() / "hindcast" / "known.csv", sources=sources)
    notes = " ".join(one.row.note.en for one in rows if one.scenario == "2010" and one.row.note)
    named = [sources[name] for name in re.findall(r"\(([a-z]+-[a-z0-9-]+)\)", notes)]
    assert len(named) >= 4
    assert [source.id for source in named if int(source.date[:4]) > 2010] == []


def test_an_outcome_changes_no_forecast(monkeypatch, found) -> None:
    import dafeng.work.hindcast as module

    def without_outcome(source, *, sources):
        made = read(source, sources=sources)
        later = {name: {at: value * (3 if at > 2010 else 1) for at, value in one.items()} for name, one in made.series.items()}
        return type(made)(later, made.breaks, made.sources)

    read = module.read_record
    monkeypatch.setattr(module, "read_record", without_outcome)
    changed = module.hindcast(draws=2000)
    bounds = [[(one.low, one.middle, one.high) for one in made.forecasts] for made in (found, changed)]
    assert bounds[0] == bounds[1]
    assert [one.published for one in changed.forecasts] != [one.published for one in found.forecasts]


def test_documents_alone_miss_2019_and_as_uncertain_as_plans_were_they_hold_it(by_case) -> None:
    inside = {key: one.inside for key, one in by_case.items()}
    assert inside == {
        ("documents", "energy"): False, ("documents", "co2"): False,
        ("mirrored", "energy"): True, ("mirrored", "co2"): True,
        ("widened", "energy"): False, ("widened", "co2"): False,
        ("record", "energy"): False, ("record", "co2"): False,
    }  # fmt: skip


def test_published_totals_are_those_of_the_yearbook_and_of_ceads(by_case) -> None:
    assert by_case["documents", "energy"].published == pytest.approx(413_900_000)
    assert by_case["documents", "co2"].published == pytest.approx(937_117_000)


def test_an_interval_reaches_the_outcome_at_the_width_that_is_told(by_case) -> None:
    one = by_case["documents", "energy"]
    assert one.stretch == pytest.approx(np.log(one.published / one.middle) / np.log(one.low / one.middle))
    assert all((one.stretch <= 1) == one.inside for one in by_case.values())


def test_the_miss_adds_up_from_its_factors(by_case) -> None:
    # the median path of two factors is nearly the median of their product
    for one in by_case.values():
        assert set(one.parts) == {"activity", "intensity"} | ({"carbon"} if one.quantity == "co2" else set())
        assert one.published - sum(one.parts.values()) == pytest.approx(one.middle, rel=0.05)
    energy = by_case["documents", "energy"].parts
    assert energy["activity"] < energy["intensity"] < 0


def test_the_score_beats_no_change_and_trend_where_plans_are_taken_as_uncertain_as_they_were(found) -> None:
    summed = {(one.case, one.quantity): one for one in calibrate(found.rolling)}
    for quantity in ("energy", "co2"):
        mirrored, past = summed["mirrored", quantity], summed["record", quantity]
        assert mirrored.score < mirrored.same < mirrored.trend
        assert past.score > past.same
        assert (mirrored.count, past.count) == (7, 8)
        assert mirrored.inside / mirrored.count == pytest.approx(6 / 7)


def test_the_same_seed_gives_the_same_bits(found) -> None:
    assert json.dumps(df.hindcast_document(df.hindcast(draws=2000))) == json.dumps(df.hindcast_document(found))


@pytest.mark.parametrize(("origin", "year"), [(1999, 2019), (2010, 2010), (2010, 2035)])
def test_years_outside_the_record_are_refused(origin: int, year: int) -> None:
    with pytest.raises(SettingError, match="2005"):
        df.hindcast(origin=origin, year=year)


def test_the_one_miss_known_in_2010_brings_the_documents_from_nowhere_to_the_edge(by_case) -> None:
    before, after = by_case["documents", "co2"].percentile, by_case["widened", "co2"].percentile
    assert before < 0.001 < 0.01 < after < 0.05


def test_an_error_sized_by_all_other_origins_holds_six_of_seven_outcomes(found) -> None:
    assert df.hindcast_document(found)["left_out"] == {"energy": [6, 7], "co2": [6, 7]}
