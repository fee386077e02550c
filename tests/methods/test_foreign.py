"""Gaps to a foreign inventory: causes add up exactly, absolute beside net (F11), nothing counted twice."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dafeng.core.published import PublishedCell
from dafeng.library.factors import FactorLibrary
from dafeng.methods.account import Accounting, account
from dafeng.methods.definition import Method
from dafeng.methods.foreign import CAUSES, ForeignComparison, compare_published
from tests.methods.conftest import definitions, factors, facts

Row = tuple[tuple[str, ...], str | None, Decimal, Decimal | None]
ROWS = [
    {"flow": "final.transport", "carrier": "diesel", "value": "10", "unit": "万吨"},
    {"flow": "final.industry", "carrier": "diesel", "value": "5", "unit": "万吨"},
    {"flow": "final.industry", "carrier": "natural_gas", "value": "2", "unit": "亿立方米"},
    {"flow": "final.industry", "carrier": "coal_gangue", "value": "3", "unit": "万吨"},
]


def ours(library: FactorLibrary, methods: Mapping[str, Method]) -> Accounting:
    used = {"fuel_combustion": methods["fuel_combustion"]}
    return account(facts(*ROWS), library=library, methods=used, place="370600", year=2025)


def cell(categories: tuple[str, ...], carrier: str | None, value: object, **more: object) -> PublishedCell:
    known = {"activity": None, "unit": "", "factor": None, "factor_unit": "", "said": "某行", "at": "f.csv!C2", **more}
    return PublishedCell(categories, carrier, Decimal(str(value)), **known)  # type: ignore[arg-type]


def compared(*published: PublishedCell, **options: bool) -> ForeignComparison:
    library = factors()
    found = ours(library, definitions())
    return compare_published(found.cells, found.missing, published, library, **options)


def test_a_gap_is_split_into_activity_and_factor_by_their_means() -> None:
    found = compared(cell(("energy.transport",), "diesel", 240000, activity=Decimal(8), unit="万吨"))
    (gap,) = [g for g in found.gaps if g.categories == ("energy.transport",)]
    our_factor = Decimal("3.0959096373333")
    assert gap.their_factor == 3
    assert gap.causes["activity"] == ((100000 - 80000) * (our_factor + 3) / 2).quantize(Decimal("1e-15"))
    assert sum(gap.causes.values()) == gap.amount


def test_the_factor_of_the_publisher_gives_his_activity() -> None:
    found = compared(cell(("energy.transport",), "diesel", 240000, factor=Decimal(3), factor_unit="tCO2/t"))
    (gap,) = [g for g in found.gaps if g.categories == ("energy.transport",)]
    assert set(gap.causes) == {"activity", "factor"}


def test_equal_activity_leaves_the_factor_alone() -> None:
    found = compared(cell(("energy.transport",), "diesel", 310000, activity=Decimal(100000), unit="t"))
    (gap,) = [g for g in found.gaps if g.categories == ("energy.transport",)]
    assert set(gap.causes) == {"factor"}
    assert "3.100000" in gap.says.en


def test_without_activity_a_gap_is_undetermined_unless_it_is_known_to_be_the_same() -> None:
    one = cell(("energy.transport",), "diesel", 310000)
    first, second = compared(one), compared(one, same_activity=True)
    assert [set(g.causes) for f in (first, second) for g in f.gaps if g.categories == ("energy.transport",)] == [
        {"undetermined"},
        {"factor"},
    ]


def test_what_only_one_side_has_is_boundary() -> None:
    found = compared(cell(("process",), None, 1000), cell((), "diesel", 460000))
    assert {g.says.en for g in found.gaps if g.causes.get("boundary")} == {
        "only in our inventory",
        "only in the foreign inventory",
    }
    assert sum((g.ours or 0) for g in found.gaps) == found.ours


def test_a_gap_from_a_missing_factor_says_so() -> None:
    found = compared(cell(("energy.industry",), "coal_gangue", 5000))
    (gap,) = [g for g in found.gaps if g.carrier == "coal_gangue"]
    assert gap.says.en == "we have the activity but no factor"


def test_opposite_gaps_do_not_hide_one_another() -> None:
    library, methods = factors(), definitions()
    found = ours(library, methods)
    values = {(c.activity.category.id, c.activity.carrier): c.value for c in found.cells}
    published = [
        cell((category,), carrier, value * factor)
        for ((category, carrier), value), factor in zip(
            values.items(), (Decimal("1.3"), Decimal("0.7"), Decimal(1)), strict=True
        )
    ]
    result = compare_published(found.cells, found.missing, published, library)
    assert result.absolute == sum(abs(g.amount) for g in result.gaps) > abs(result.net)
    assert result.hidden == result.absolute - abs(result.net) > 0


def test_our_cells_go_to_the_published_cell_that_says_most_precisely_what_it_covers() -> None:
    found = compared(cell(("energy.transport",), "diesel", 1), cell((), "diesel", 1), cell(("energy",), None, 1))
    sizes = {(g.categories, g.carrier): len(g.cells) for g in found.gaps if g.at}
    assert sizes == {(("energy.transport",), "diesel"): 1, ((), "diesel"): 0, (("energy",), None): 2}
    used = [name for g in found.gaps for name in g.cells]
    assert len(used) == len(set(used))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([("energy.transport",), ("energy.industry",), (), ("process",), ("energy",)]),
            st.sampled_from(["diesel", "natural_gas", "coke", None]),
            st.decimals(min_value=-1000000, max_value=1000000, places=3),
            st.one_of(st.none(), st.decimals(min_value=1, max_value=100000, places=2)),
        ),
        max_size=6,
        unique_by=lambda row: row[:2],
    )
)
def test_causes_add_up_to_the_net_and_every_result_counts_once(
    rows: list[tuple[tuple[str, ...], str | None, Decimal, Decimal | None]],
) -> None:
    published = [
        cell(categories, carrier, value, activity=activity, unit="t" if activity else "")
        for categories, carrier, value, activity in rows
    ]
    found = compared(*published)
    assert sum((found.causes[kind] for kind in CAUSES), Decimal(0)) == found.net == found.ours - found.theirs
    assert found.theirs == sum((Decimal(str(p.value)) for p in published), Decimal(0))
    results = ours(factors(), definitions()).cells
    assert found.ours == sum((c.value for c in results), Decimal(0))


def test_mixed_kinds_of_activity_are_not_added() -> None:
    found = compared(cell(("energy.industry",), None, 500000, activity=Decimal(1), unit="t"))
    (gap,) = [g for g in found.gaps if g.categories == ("energy.industry",) and g.carrier is None]
    assert (gap.our_factor, set(gap.causes)) == (None, {"undetermined"})


@pytest.mark.parametrize("unit", ["kWh", "人"])
def test_a_published_activity_of_another_dimension_is_not_used(unit: str) -> None:
    found = compared(cell(("energy.transport",), "diesel", 1, activity=Decimal(3), unit=unit))
    (gap,) = [g for g in found.gaps if g.categories == ("energy.transport",)]
    assert set(gap.causes) == {"undetermined"}
