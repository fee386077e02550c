"""Pathways in the view: percentiles of the simulated paths, percent for the non-fossil share only."""

from __future__ import annotations

import pytest


def test_the_fan_is_that_of_the_paths(view, assessment):
    scenario = view["pathway"]["scenarios"][0]
    stored = float(assessment.traces.get("pathway/plan.co2.2030").value)
    assert (scenario["p50"][10], len(scenario["p10"]), scenario["p10"][5] <= scenario["p50"][5] <= scenario["p90"][5]) == (
        float(f"{stored:.6g}"),
        21,
        True,
    )


def test_the_shares_of_the_peak_years_add_up(view):
    assert sum(view["pathway"]["scenarios"][0]["peak"]["shares"]) == pytest.approx(1, abs=1e-5)


def test_the_non_fossil_share_is_percent_and_an_index_is_not(view):
    units = {quantity["id"]: quantity["unit"] for quantity in view["pathway"]["quantities"]}
    assert units == {"non_fossil_share": "%", "activity": "1", "intensity": "1", "carbon": "1"}


def test_an_unknown_energy_level_leaves_energy_out(view):
    # the made city has no energy consumption, so its paths of energy are not finite
    assert "energy" not in {quantity["id"] for quantity in view["pathway"]["quantities"]}


def test_a_band_of_shares_is_percent_and_a_band_of_rates_is_not(view):
    rows = {row["id"]: row for row in view["pathway"]["assumptions"]}
    share, rate = rows["plan.non_fossil_share.2040"], rows["plan.growth.2040"]
    assert ((share["low"], share["mid"], share["unit"]), (rate["mid"], rate["unit"])) == ((30.0, 40.0, "%"), (0.05, "1/a"))
