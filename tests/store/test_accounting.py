"""The bulk kernels: exact on every engine, in every order, with any threads; loud where a number does not fit."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import FormulaError
from dafeng.store.accounting import (
    FACTOR_KEYS,
    KEYS_SQL,
    LACKING_KEYS,
    LACKING_SQL,
    TOTALS_SQL,
    cells_sql,
    check_magnitude,
    gather_cells,
    sum_cells,
)
from dafeng.store.dialects import DIALECTS, Kernel, check_portable, translate
from dafeng.store.engine import LocalEngine
from tests.bulk import spell

KERNELS = {
    "cells": cells_sql(()),
    "cells_with_flow": cells_sql(("flow",), year=2023),
    "cells_of_records": cells_sql(("record",)),
    "cells_of_records_with_flow": cells_sql(("record", "flow"), year=2023),
    "keys": KEYS_SQL,
    "totals": TOTALS_SQL,
    "lacking": LACKING_SQL,
}
TEXTS = {name: str(kernel) for name, kernel in KERNELS.items()}
"""A kernel as a plain text, which is taken apart: a kernel itself is taken at its word."""
KEY = {"place": "370600", "year": 2023, "category": "energy.transport", "carrier": "diesel", "unit": "t"}
AMOUNTS = st.decimals(min_value="-99999999", max_value="99999999", places=6)
FACTORS = st.decimals(min_value="-9999", max_value="9999", places=9)


def activities(rows):
    names = ("place", "year", "category", "carrier", "amount", "unit", "source", "record")
    kinds = {"year": pa.int32(), "amount": pa.decimal128(19, 6)}
    columns = {name: pa.array([row.get(name) for row in rows], kinds.get(name, pa.string())) for name in names}
    return pa.table(columns)


def row(amount, source="lot", record=None, **other):
    return {**KEY, "amount": None if amount is None else Decimal(amount), "source": source, "record": record, **other}


def factor_table(factors):
    rows = [
        {
            **KEY,
            "flow": "",
            "quantity": name,
            "bucket": "energy.transport",
            "result_unit": "tCO2",
            "factor": one,
            "grade": "exact",
        }
        for name, one in factors.items()
    ]
    return FACTOR_KEYS.build(rows)


def account(rows, factors, *, lacking=(), columns=("record",), threads=2):
    with LocalEngine(threads=threads) as engine:
        engine.register("activities", activities(rows))
        counted = gather_cells(engine, columns)
        left = LACKING_KEYS.build({**KEY, "flow": "", **one} for one in lacking)
        return counted, *sum_cells(engine, factor_table(factors), left)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", TEXTS)
def test_every_kernel_is_portable(name, dialect):
    assert "DECIMAL" in translate(TEXTS[name], dialect).upper() or name == "keys"


@pytest.mark.parametrize("name", TEXTS)
def test_every_kernel_is_known_as_one(name):
    assert isinstance(KERNELS[name], Kernel)
    assert check_portable(TEXTS[name]) == KERNELS[name]


@settings(max_examples=25)
@given(
    st.lists(st.tuples(AMOUNTS, st.sampled_from(["a", "b", "c"])), min_size=1, max_size=60),
    FACTORS,
    st.randoms(use_true_random=False),
    st.sampled_from([1, 2, 4]),
)
def test_the_product_of_sums_is_the_sum_of_products(pairs, factor, chance, threads):
    exact = sum(int(amount.scaleb(6)) * int(factor.scaleb(9)) for amount, _ in pairs)
    chance.shuffle(pairs)
    rows = [row(amount, source) for amount, source in pairs]
    _, results, _ = account(rows, {"co2": factor}, columns=(), threads=threads)
    (found,) = results.to_pylist()
    assert f"{found['value']:.15f}" == spell(exact)
    assert (found["rows"], found["sources"]) == (len(pairs), len({source for _, source in pairs}))


def test_a_row_is_multiplied_once_for_each_gas():
    # by hand: 2 t x 3.1 = 6.2 and 2 t x 0.0001 = 0.0002
    _, results, _ = account([row("2")], {"co2": Decimal("3.1"), "ch4": Decimal("0.0001")})
    assert {one["quantity"]: one["value"] for one in results.to_pylist()} == {"co2": Decimal("6.2"), "ch4": Decimal("0.0002")}


def test_what_has_no_factor_keeps_its_amount():
    lacking = [{"quantity": "n2o", "reason": "factor"}]
    _, _, left = account([row("2"), row("3.5", "other")], {"co2": Decimal(1)}, lacking=lacking)
    (found,) = left.to_pylist()
    assert (found["quantity"], found["reason"], found["amount"], found["rows"], found["sources"]) == (
        "n2o",
        "factor",
        Decimal("5.5"),
        2,
        2,
    )


def test_a_missing_amount_is_counted_and_not_taken_for_zero():
    (counted,), results, _ = account([row("2"), row(None)], {"co2": Decimal(1)})
    assert (counted["delivered"], counted["counted"]) == (2, 1)
    assert results.column("rows").to_pylist() == [1]


def test_a_key_whose_amounts_are_all_missing_has_no_result():
    _, results, _ = account([row(None)], {"co2": Decimal(1)})
    assert results.num_rows == 0


def test_a_true_zero_is_a_result():
    _, results, _ = account([row("0")], {"co2": Decimal("3.1")})
    assert results.column("value").to_pylist() == [Decimal(0)]


def test_the_same_record_counts_once_also_from_another_lot():
    (counted,), results, _ = account([row("2", "a", "r1"), row("2", "b", "r1"), row("3", "a", "r2")], {"co2": Decimal(1)})
    assert (counted["counted"], counted["repeated"], counted["contradictory"]) == (2, 1, 0)
    assert results.column("value").to_pylist() == [Decimal(5)]


@pytest.mark.parametrize("other", [{"amount": Decimal(3)}, {"unit": "kg"}])
def test_a_record_that_says_two_things_is_left_out(other):
    counted, results, _ = account([row("2", "a", "r1"), row("2", "a", "r1") | other, row("7", "a", "r2")], {"co2": Decimal(1)})
    assert sum(one["contradictory"] for one in counted) == 2
    assert results.column("value").to_pylist() == [Decimal(7)]


def test_rows_without_number_are_never_taken_for_repetitions():
    (counted,), _, _ = account([row("2"), row("2")], {"co2": Decimal(1)})
    assert (counted["counted"], counted["repeated"]) == (2, 0)


@pytest.mark.parametrize("columns", [(), ("record",)])
def test_a_sum_of_a_key_that_does_not_fit_is_refused(columns):
    rows = [row("9999999999999", record=f"r{number}") for number in range(2)]
    with pytest.raises(FormulaError, match="refused"):
        account(rows, {"co2": Decimal(1)}, columns=columns)


def test_a_sum_that_an_engine_would_wrap_around_is_refused_on_all():
    # 20 keys of 9e12 t x 9e8 are 1.6e23: beyond DECIMAL(38, 15), which ends at 1e23
    keys = [{**KEY, "place": str(370_000 + number)} for number in range(20)]
    given_to = {"flow": "", "quantity": "co2", "bucket": "all", "result_unit": "tCO2", "grade": "exact"}
    factors = FACTOR_KEYS.build({**key, **given_to, "factor": Decimal(900_000_000)} for key in keys)
    with LocalEngine() as engine:
        engine.register("activities", activities([{**row("9000000000000"), **key} for key in keys]))
        gather_cells(engine, ())
        with pytest.raises(FormulaError, match=r"(?i)overflow"):
            sum_cells(engine, factors, LACKING_KEYS.build([]))


def test_a_sum_close_to_the_end_is_refused_by_its_magnitude():
    # 9.95e22 fits DECIMAL(38, 15) and is refused all the same: the guard is the same on every engine
    with pytest.raises(FormulaError, match="overflows"):
        check_magnitude(pa.table({"quantity": ["co2"], "bucket": ["all"], "year": [2023], "magnitude": [9.95e22]}))


def test_postgres_gives_the_same_digits(server):
    import psycopg

    rows = [row(f"{number * 7919 % 1_000_003}.{number:03d}", f"lot{number % 7}") for number in range(1, 500)]
    _, expected, _ = account(rows, {"co2": Decimal("2.071523456")}, columns=())
    with psycopg.connect(server.get_uri()) as connection:
        connection.execute(
            "CREATE TEMP TABLE activities (place TEXT, year INT, category TEXT, carrier TEXT, amount DECIMAL(19, 6),"
            " unit TEXT, source TEXT)"
        )
        with connection.cursor() as cursor:
            values = [
                tuple(one[name] for name in ("place", "year", "category", "carrier", "amount", "unit", "source"))
                for one in rows
            ]
            cursor.executemany("INSERT INTO activities VALUES (%s, %s, %s, %s, %s, %s, %s)", values)
        connection.execute(f"CREATE TEMP TABLE cells AS {translate(cells_sql(()), 'postgres')}")
        (factor,) = factor_table({"co2": Decimal("2.071523456")}).to_pylist()
        connection.execute(
            "CREATE TEMP TABLE factor_keys (place TEXT, year INT, category TEXT, carrier TEXT, flow TEXT, unit TEXT,"
            " quantity TEXT, bucket TEXT, result_unit TEXT, factor DECIMAL(18, 9), grade TEXT)"
        )
        connection.execute(f"INSERT INTO factor_keys VALUES ({', '.join(['%s'] * 11)})", tuple(factor.values()))
        (found,) = connection.execute(translate(TOTALS_SQL, "postgres")).fetchall()
    (local,) = expected.to_pylist()
    assert f"{found[4]:.15f}" == f"{local['value']:.15f}"
    assert found[6:8] == (local["rows"], local["sources"])
