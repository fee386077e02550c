"""Key categories beside a hand calculation."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from dafeng.methods.key_categories import KeyCategory, Sinks, find_key_categories
from tests.methods.made import amount, factors, made, stated, write_overlay

THRESHOLDS = {"level_share": Decimal("0.95"), "uncertain_share": Decimal("0.9")}
ROWS = [stated("own.a", "activity", "5", "5"), stated("own.f", "factor", "0", "0")]


def found(
    folder: Path, rows: list[dict[str, str]], *, base: int | None = None, sinks: Sinks = "net"
) -> tuple[KeyCategory, ...]:
    model = made(folder, rows, years=(2020, 2025) if base else (2025,))
    return find_key_categories(model, factors(folder), THRESHOLDS, year=2025, base=base, sinks=sinks)


def test_the_largest_are_key_until_they_reach_95_percent(tmp_path: Path) -> None:
    """By hand: 70, 20, 6, 4 of 100: the first three reach 96 %."""
    folder = write_overlay(tmp_path / "o", ROWS)
    rows = found(folder, [amount(f"own_c{n}", value) for n, value in enumerate(("4", "70", "6", "20"))])
    assert [(row.category, row.shares["level"], "level" in row.key) for row in rows] == [
        ("own.c1", Decimal("0.7"), True),
        ("own.c3", Decimal("0.2"), True),
        ("own.c2", Decimal("0.06"), True),
        ("own.c0", Decimal("0.04"), False),
    ]


def test_the_trend_is_that_of_the_guideline(tmp_path: Path) -> None:
    """By hand (equation 4.2): 60 and 40, then 60 and 60, whole +20 %: 0.6 * |0 - 0.2| = 0.12 and 0.4 * |0.5 - 0.2| = 0.12."""
    folder = write_overlay(tmp_path / "o", ROWS)
    rows = [
        amount("own_c0", "60"),
        amount("own_c1", "60"),
        amount("own_c0", "60", year=2020),
        amount("own_c1", "40", year=2020),
    ]
    assert {row.category: row.shares["trend"] for row in found(folder, rows, base=2020)} == {
        "own.c0": Decimal("0.5"),
        "own.c1": Decimal("0.5"),
    }


def test_a_category_that_is_new_counts_by_its_size_over_the_base_year(tmp_path: Path) -> None:
    """By hand: base 100, now 100 and 50, whole +50 %: 1 * |0 - 0.5| = 0.5 and 50 / 100 = 0.5."""
    folder = write_overlay(tmp_path / "o", ROWS)
    rows = [amount("own_c0", "100"), amount("own_c1", "50"), amount("own_c0", "100", year=2020)]
    assert {row.category: row.shares["trend"] for row in found(folder, rows, base=2020)} == {
        "own.c0": Decimal("0.5"),
        "own.c1": Decimal("0.5"),
    }


def test_uncertainty_weighs_small_but_unsure_categories(tmp_path: Path) -> None:
    """By hand: 90 at 1 % and 10 at 50 %: 0.9 and 5 of 5.9 together."""
    stated_rows = [
        stated("own.sure", "factor", "1", "1"),
        stated("own.unsure", "factor", "50", "50", substance="steam"),
        stated("own.z", "activity", "0", "0"),
    ]
    folder = write_overlay(tmp_path / "o", stated_rows)
    rows = {row.category: row for row in found(folder, [amount("own_c0", "90"), amount("own_c1", "10", carrier="steam")])}
    assert abs(rows["own.c1"].shares["uncertain_level"] - Decimal(50) / Decimal(59)) < Decimal("1e-9")
    assert rows["own.c1"].key == ("level", "uncertain_level")


def test_removals_are_netted_or_stand_alone_or_are_left_out(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", ROWS)
    rows = [amount("own_c0", "60"), amount("sink_c0", "40")]
    assert {(row.category, row.removal): row.shares["level"] for row in found(folder, rows, sinks="gross")} == {
        ("own.c0", False): Decimal("0.6"),
        ("sink.c0", True): Decimal("0.4"),
    }
    assert {row.category: row.value for row in found(folder, rows)} == {"own.c0": 120, "sink.c0": -80}
    assert found(folder, rows, sinks="without") == ()


def test_the_shares_of_every_test_add_up_to_one(tmp_path: Path) -> None:
    folder = write_overlay(tmp_path / "o", ROWS)
    rows = [amount(f"own_c{n}", str(n + 1)) for n in range(7)] + [amount(f"own_c{n}", "3", year=2020) for n in range(7)]
    listed = found(folder, rows, base=2020)
    for test in ("level", "trend", "uncertain_level", "uncertain_trend"):
        assert abs(sum(row.shares[test] for row in listed) - 1) < Decimal("1e-13")
