"""Pathways in the view: percentiles of the drawn paths, shares in percent, every driver with what it moves."""

from __future__ import annotations

import pytest


def test_the_fan_is_that_of_the_paths(view, assessment):
    scenario = next(one for one in view["pathway"]["scenarios"] if one["id"] == "plan")
    stored = float(assessment.traces.get("pathway/plan.co2.2030").value)
    assert (scenario["p50"][10], len(scenario["p10"]), scenario["p10"][5] <= scenario["p50"][5] <= scenario["p90"][5]) == (
        float(f"{stored:.6g}"),
        41,
        True,
    )


def test_the_shares_of_the_peak_years_add_up(view):
    assert sum(view["pathway"]["scenarios"][0]["peak"]["shares"]) == pytest.approx(1, abs=1e-5)


def test_what_a_published_series_would_show_stands_beside_the_peak(view):
    main = next(one for one in view["pathway"]["scenarios"] if one["id"] == view["pathway"]["main"])
    assert sum(main["observed"]["shares"]) == pytest.approx(1, abs=1e-5)
    assert view["pathway"]["residual"]["size"]["unit"] == "%"


def test_a_non_fossil_share_is_percent_and_energy_is_not(view):
    units = {quantity["id"]: quantity["unit"] for quantity in view["pathway"]["quantities"]}
    assert (units["averaged_share"], units["energy"], units["energy_intensity"]) == ("%", "万吨标准煤", "吨标准煤/万元")


def test_official_views_stand_in_the_years_of_the_table(view):
    row = next(one for one in view["pathway"]["views"]["rows"] if one["id"] == "energy")
    assert [cell["year"] for cell in row["scenarios"]["plan"]] == view["pathway"]["views"]["years"]
    assert row["scenarios"]["plan"][0]["value"] == pytest.approx(200.0, rel=0.02)


def test_parts_add_up_to_the_mean_of_the_draws(view, assessment):
    mean = assessment.projection.paths["plan"].drivers_co2.mean(axis=0)
    sums = [sum(values) for values in zip(*(part["scenarios"]["plan"] for part in view["pathway"]["parts"]), strict=True)]
    assert sums == pytest.approx(list(mean), rel=1e-4)


def test_every_estimated_driver_is_marked_and_has_an_effect(view):
    drivers = [*view["pathway"]["influences"]["drivers"], *view["pathway"]["influences"]["fixed"]]
    assert drivers
    assert all(one["guessed"] == (one["grade"] in ("estimated", "assumption")) for one in drivers)
    assert all(one["emitted"]["value"] is not None and one["sources"] for one in drivers)
