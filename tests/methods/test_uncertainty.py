"""Uncertainty of made inventories beside what a hand calculation gives."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.errors import DefinitionError
from dafeng.library.pedigree import read_pedigree
from dafeng.library.uncertainty import read_uncertainty
from dafeng.methods.account import account
from dafeng.methods.distribution import CONFIDENCE, Spread
from dafeng.methods.propagation import propagate
from dafeng.methods.simulation import describe, simulate_inventory
from dafeng.methods.uncertain import Model
from dafeng.methods.uncertain_inputs import Statements, build_model, split_facts
from dafeng.methods.uncertainty import Uncertainty, assess_uncertainty
from tests.methods.conftest import HEAD, facts
from tests.methods.made import accounted, amount, definitions, factors, made, stated, write_overlay
from tests.methods.test_times import DUMP
from tests.methods.test_times import ROWS as DUMP_ROWS

SURE = stated("own.sure", "activity", "0", "0")
FIVE = stated("own.five", "activity", "5", "5")
TEN = stated("own.ten", "factor", "10", "10")
SKEWED = stated("own.skewed", "factor", "50", "100", shape="lognormal")


def study(folder: Path, model: Model, base: int | None = None, draws: int = 10_000) -> Uncertainty:
    return assess_uncertainty(model, factors(folder), standard="ar5", year=2025, base=base, draws=draws)


def many(count: int, value: str = "1", head: str = "own_c") -> list[dict[str, str]]:
    return [amount(f"{head}{n}", value) for n in range(count)]


def half(model: Model, year: int = 2025) -> float:
    effects = propagate(model)
    return CONFIDENCE * effects.deviation(effects.total(year))


def test_activity_and_factor_combine_by_the_root_of_the_sum_of_squares(tmp_path: Path) -> None:
    """By hand: 1 t x 2 tCO2/t, +-5 % and +-10 %: 2 * sqrt(0.05**2 + 0.1**2) = 0.22360680."""
    model = made(write_overlay(tmp_path / "o", [FIVE, TEN]), many(1))
    assert half(model) == pytest.approx(0.2236067977, rel=1e-9)


def test_one_factor_in_a_hundred_sources_keeps_its_uncertainty(tmp_path: Path) -> None:
    """Failure F28: independent sources would give 10 % / 10 = 1 %."""
    folder = write_overlay(tmp_path / "o", [SURE, TEN])
    found = study(folder, made(folder, many(100)))
    assert found.total.relative == pytest.approx(0.1, rel=1e-9)
    assert (found.total.simulated.high - found.total.simulated.low) / 2 / 200 == pytest.approx(0.1, rel=0.03)


def test_a_hundred_independent_activities_do_average_out(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [TEN.replace("factor", "activity"), stated("own.exact", "factor", "0", "0")])
    found = study(folder, made(folder, many(100)))
    assert found.total.relative == pytest.approx(0.01, rel=1e-9)
    assert found.total.simulated.deviation / 200 * CONFIDENCE == pytest.approx(0.01, rel=0.03)


def test_facts_that_vary_together_do_not_average_out(tmp_path: Path) -> None:
    row = stated("own.together", "activity", "10", "10", together="source")
    folder = write_overlay(tmp_path / "o", [row, stated("own.exact", "factor", "0", "0")])
    assert study(folder, made(folder, many(100))).total.relative == pytest.approx(0.1, rel=1e-9)


def test_a_net_near_zero_has_a_finite_absolute_interval_and_no_relative_one(tmp_path: Path) -> None:
    """Failure F28: 100 sources of 2 t and 100 sinks of 2 t with other activities of +-5 %: 2 * 0.05 * sqrt(200)."""
    folder = write_overlay(tmp_path / "o", [FIVE, stated("own.exact", "factor", "0", "0")])
    found = study(folder, made(folder, [*many(100), *many(100, head="sink_c")]))
    assert (found.total.value, found.total.gross, found.total.relative) == (0, 400, None)
    assert found.total.half == pytest.approx(2 * 0.05 * sqrt(200), rel=1e-9)
    assert found.total.simulated.high == pytest.approx(found.total.half, rel=0.05)
    assert [f.rule for f in found.findings if f.rule == "uncertainty.relative"]


def test_a_factor_shared_by_sources_and_sinks_cancels(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [SURE, TEN])
    assert half(made(folder, [*many(3), *many(3, head="sink_c")])) == pytest.approx(0, abs=1e-12)


def test_what_nobody_stated_is_counted_and_never_certain(tmp_path: Path) -> None:
    """Two of four tonnes have a factor that nobody spoke of."""
    folder = write_overlay(tmp_path / "o", [SURE, stated("own.one", "factor", "10", "10", substance="clinker")])
    rows = [amount("own_c0", "2"), amount("own_c1", "2", carrier="steam")]
    found = study(folder, made(folder, rows))
    assert found.uncovered == {"activity": 0.0, "factor": 0.5}
    assert {row.category: row.covered for row in found.rows} == {"own.c0": 1.0, "own.c1": 0.0}
    said = next(f for f in found.findings if f.rule == "uncertainty.unknown")
    assert "50.0%" in said.says.en
    assert said.severity == "warning"


def test_a_statement_that_nobody_knows_counts_as_unknown(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [SURE, stated("own.unknown", "factor", "", "")])
    assert study(folder, made(folder, many(1))).uncovered["factor"] == 1.0


def test_weak_evidence_is_used_only_on_request(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [SURE, stated("own.weak", "factor", "10", "10", evidence="provisional")])
    assert study(folder, made(folder, many(1))).uncovered["factor"] == 1.0
    assert study(folder, made(folder, many(1), provisional=True)).uncovered["factor"] == 0.0


def test_propagation_and_draws_agree_within_the_sampling_error(tmp_path: Path) -> None:
    """The deviation of 40 000 draws is itself sure to about 1 / sqrt(2 * 40 000) = 0.35 %; four times that is allowed."""
    folder = write_overlay(tmp_path / "o", [FIVE, TEN])
    rows = [*many(20), *[amount(f"own_c{n}", "3", carrier="steam") for n in range(20, 30)]]
    found = study(folder, made(folder, rows), draws=40_000)
    assert CONFIDENCE * found.total.simulated.deviation == pytest.approx(found.total.half, rel=0.014)
    assert found.total.simulated.mean == pytest.approx(float(found.total.value), rel=0.002)


def test_the_order_of_facts_and_other_cells_do_not_change_a_draw(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [FIVE, TEN])
    rows = many(10)
    one = simulate_inventory(made(folder, rows), seed=3, count=500)
    other = simulate_inventory(made(folder, [*reversed(rows), amount("own_c50", "7", carrier="steam")]), seed=3, count=500)
    assert all(np.array_equal(drawn, other.rows[key]) for key, drawn in one.rows.items())
    assert not np.array_equal(one.total(2025), simulate_inventory(made(folder, rows), seed=4, count=500).total(2025))


def test_contributions_add_up_to_the_whole_also_with_sinks(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [FIVE, TEN])
    rows = [
        *many(5, "4"),
        *many(3, "1", head="sink_c"),
        *[{**row, "period": "2020", "fact": f"{row['fact']}.old"} for row in many(5, "3")],
    ]
    found = study(folder, made(folder, rows, years=(2020, 2025)), base=2020)
    assert sum(row.variance_share or 0 for row in found.rows) == pytest.approx(1, rel=1e-12)
    assert sum(row.trend_share or 0 for row in found.rows) == pytest.approx(1, rel=1e-12)
    assert sum(share for _, share in found.inputs) == pytest.approx(1, rel=1e-12)


def test_a_factor_of_both_years_leaves_the_trend_alone(tmp_path: Path) -> None:
    """By hand: 1 t then 2 t with exact activities and one factor: +100 %, whatever the factor is."""
    folder = write_overlay(tmp_path / "o", [SURE, TEN])
    found = study(
        folder, made(folder, [amount("own_c0", "2"), amount("own_c0", "1", year=2020)], years=(2020, 2025)), base=2020
    )
    assert found.trend is not None
    assert (found.trend.change, found.trend.half) == (pytest.approx(1.0), pytest.approx(0, abs=1e-9))


def test_independent_activities_make_the_trend_uncertain(tmp_path: Path) -> None:
    """By hand: ratio 2 of two quantities of +-5 %: 2 * sqrt(2) * 5 % = 14.142 %."""
    folder = write_overlay(tmp_path / "o", [FIVE, TEN])
    found = study(
        folder, made(folder, [amount("own_c0", "2"), amount("own_c0", "1", year=2020)], years=(2020, 2025)), base=2020
    )
    assert found.trend is not None
    assert found.trend.half == pytest.approx(0.1414213562, rel=1e-6)


def test_negative_draws_are_counted_and_said(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [SURE, stated("own.wild", "factor", "150", "150")])
    found = study(folder, made(folder, many(1)))
    assert [f.rule for f in found.findings if f.rule == "uncertainty.negative"]
    assert found.total.simulated.low < 0


def test_a_skewed_factor_never_turns_negative_and_keeps_its_ends(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [SURE, SKEWED])
    drawn = simulate_inventory(made(folder, many(1)), seed=1, count=40_000).total(2025)
    assert drawn.min() > 0
    assert describe(drawn).low == pytest.approx(1, rel=0.03)
    assert describe(drawn).high == pytest.approx(4, rel=0.03)


def test_bounds_of_the_library_come_before_the_table(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [SURE, TEN])
    path = folder / "factors/own.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",2,,,tCO2/t", ",2,1,4,tCO2/t"), encoding="utf-8")
    factor = next(one for one in made(folder, many(1)).inputs.values() if one.subject == "factor")
    assert (factor.spreads[0].low, factor.spreads[0].high, factor.spreads[0].shape) == (0.5, 2.0, "triangular")


def test_a_row_of_the_city_comes_before_the_shipped_ones(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [stated("own.balance", "activity", "1", "1")])
    assert read_uncertainty(folder)[0].id == "own.balance"


@pytest.mark.parametrize(
    "row",
    [
        stated("a", "activity", "5", "6"),
        stated("a", "activity", "", "6"),
        stated("a", "activity", "100", "300", shape="lognormal"),
        stated("a", "activity", "-1", "1"),
        stated("a", "nothing", "1", "1"),
        stated("a", "activity", "1", "1", shape="bell"),
        stated("a", "activity", "1", "1").replace(",dafeng,", ",nobody,"),
    ],
)
def test_a_statement_that_makes_no_sense_is_refused(row: str, tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [row])
    with pytest.raises(DefinitionError, match=r"uncertainty\.csv:2"):
        read_uncertainty(folder)


def test_facts_of_an_activity_add_up_to_it(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", [])
    found = accounted(folder, [*many(2, "1.5"), *many(1, "4", head="sink_c")])
    assert {cell.id: sum(part for _, part in split_facts(cell.activity)) for cell in found.cells} == {
        cell.id: cell.activity.amount for cell in found.cells
    }
    assert min(cell.activity.amount for cell in found.cells) == Decimal(-4)


@given(
    st.sampled_from(["normal", "lognormal", "triangular", "uniform"]),
    st.floats(0.01, 0.9),
    st.floats(0.01, 2.0),
    st.integers(0, 50),
)
def test_moments_are_those_of_what_is_drawn(shape: str, below: float, above: float, seed: int) -> None:
    spread = Spread(shape, 1 - below, 1 + (below if shape == "normal" else above))  # type: ignore[arg-type]
    drawn = spread.draw("any", seed, 20_000)
    error = spread.deviation / sqrt(20_000)
    assert abs(drawn.mean() - spread.mean) < 6 * error
    assert drawn.std() == pytest.approx(spread.deviation, rel=0.15)


def test_the_ends_of_a_normal_and_a_lognormal_hold_95_percent() -> None:
    for spread in (Spread("normal", 0.8, 1.2), Spread("lognormal", 0.5, 2.0)):
        drawn = spread.draw("any", 1, 100_000)
        assert np.mean((drawn > spread.low) & (drawn < spread.high)) == pytest.approx(0.95, abs=0.003)


def test_a_decay_that_is_no_product_propagates_as_it_draws(tmp_path: Path) -> None:
    """Years of a dump share one rate of +-10 %; first order is good to the sampling error there."""
    folder = write_overlay(tmp_path / "o", [FIVE, TEN, stated("own.rate", "factor", "10", "10", parameter="own_rate")])
    (folder / "methods/dump.yaml").write_text(DUMP, encoding="utf-8")
    (folder / "factors/dump.csv").write_text(
        "\n".join((HEAD, *DUMP_ROWS[:2], "")).replace(",process,user,,,,0.5", ",process,user,,,waste,0.5"), encoding="utf-8"
    )
    (folder / "factors/names_own.csv").write_text("kind,id,zh,en,symbol\nparameter,own_rate,速率,rate,k\n", encoding="utf-8")
    rows = [
        {"indicator": "own_waste", "carrier": "clinker", "period": str(year), "value": "100", "unit": "t"}
        for year in range(2000, 2025)
    ]
    found = account(
        facts(*rows), library=factors(folder), methods={"own_dump": definitions(folder)["own_dump"]}, place="370600", year=2025
    )
    statements = Statements(read_uncertainty(folder), read_pedigree(folder))
    model = build_model(found.cells, factors(folder), statements, standard="ar5")
    drawn = simulate_inventory(model, seed=1, count=40_000).total(2025)
    assert len(model.terms) == 25
    assert CONFIDENCE * drawn.std() == pytest.approx(half(model), rel=0.02)
