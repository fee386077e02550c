"""Spark and Sail answer the portable text as DuckDB does, refuse what is not portable, and never wrap around in silence."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dafeng.core.errors import FormulaError, SettingError
from dafeng.store.accounting import FACTOR_KEYS, LACKING_KEYS, sum_cells
from dafeng.store.clusters import open_engine
from dafeng.store.engine import LocalEngine
from tests.bulk import spell

AMOUNTS = st.decimals(min_value="-9999999999999", max_value="9999999999999", places=6)
FACTORS = st.decimals(min_value="-9999", max_value="9999", places=9)
PRODUCT = "SELECT SUM(CAST(t.q AS DECIMAL(19, 6)) * CAST(t.f AS DECIMAL(18, 9))) AS total FROM t AS t"


def table(pairs):
    amounts, factors = zip(*pairs, strict=True)
    return pa.table({"q": pa.array(amounts, pa.decimal128(19, 6)), "f": pa.array(factors, pa.decimal128(18, 9))})


@settings(max_examples=8)
@given(st.lists(st.tuples(AMOUNTS, FACTORS), min_size=1, max_size=40))
def test_a_sum_of_products_is_exact(engine, pairs):
    exact = spell(sum(int(q.scaleb(6)) * int(f.scaleb(9)) for q, f in pairs))
    assert f"{engine.query(PRODUCT, {'t': table(pairs)}).column('total')[0].as_py():.15f}" == exact


def test_the_answer_has_the_type_that_duckdb_gives(engine):
    given_table = table([(Decimal("1.5"), Decimal(2))])
    with LocalEngine() as local:
        expected = local.query(PRODUCT, {"t": given_table})
    assert engine.query(PRODUCT, {"t": given_table}).equals(expected)


def test_a_cast_that_does_not_fit_is_refused(engine):
    wide = pa.table({"q": pa.array([Decimal("9999999999999.5")] * 2, pa.decimal128(19, 6))})
    with pytest.raises(FormulaError):
        engine.query("SELECT CAST(SUM(t.q) AS DECIMAL(19, 6)) AS s FROM t AS t", {"t": wide})


def test_a_sum_beyond_the_decimals_is_refused_even_where_the_engine_wraps_around(engine):
    # 20 keys of 9e12 t x 9e8 are 1.6e23, beyond DECIMAL(38, 15); Sail 0.7.2 would answer -1.8e23
    key = {"year": 2023, "category": "c", "carrier": "d", "flow": "", "unit": "t"}
    places = [str(370_000 + number) for number in range(20)]
    cells = [{**key, "place": one, "source": "a", "counted": 1, "amount": Decimal(9 * 10**12)} for one in places]
    kinds = {"year": pa.int32(), "counted": pa.int64(), "amount": pa.decimal128(19, 6)}
    columns = {name: pa.array([cell[name] for cell in cells], kinds.get(name, pa.string())) for name in cells[0]}
    engine.register("cells", pa.table(columns))
    told = {"quantity": "co2", "bucket": "all", "result_unit": "tCO2", "grade": "exact", "factor": Decimal(9 * 10**8)}
    with pytest.raises(FormulaError):
        sum_cells(engine, FACTOR_KEYS.build({**key, **told, "place": one} for one in places), LACKING_KEYS.build([]))


def test_what_is_not_portable_is_refused_before_it_is_sent(engine):
    with pytest.raises(FormulaError, match="not portable"):
        engine.query("SELECT AVG(t.a) AS a FROM t AS t", {"t": pa.table({"a": [1]})})


def test_an_unknown_table_is_refused(engine):
    with pytest.raises(FormulaError, match="refused"):
        engine.query("SELECT t.a AS a FROM nowhere AS t", {})


def test_a_table_of_one_question_is_forgotten_after_it(engine):
    engine.query("SELECT t.a AS a FROM once_only AS t", {"once_only": pa.table({"a": [1]})})
    with pytest.raises(FormulaError):
        engine.query("SELECT t.a AS a FROM once_only AS t", {})


def test_explain_shows_the_plan(engine):
    assert "Aggregat" in engine.explain("SELECT SUM(t.a) AS a FROM t AS t", {"t": pa.table({"a": [1]})})


def test_an_answer_is_kept_under_a_name(engine):
    engine.register("given", pa.table({"a": [1, 2]}))
    engine.materialise("kept", "SELECT SUM(g.a) AS a FROM given AS g")
    assert engine.query("SELECT k.a AS a FROM kept AS k", {}).to_pylist() == [{"a": 3}]


def test_folders_are_columns(engine, tmp_path):
    for year in (2020, 2021):
        (tmp_path / f"year={year}").mkdir()
        pq.write_table(pa.table({"a": [year]}), tmp_path / f"year={year}" / "rows.parquet")
    engine.open_files("parted", sorted(tmp_path.rglob("*.parquet")), root=tmp_path)
    sql = "SELECT CAST(p.year AS INT) AS year, SUM(p.a) AS a FROM parted AS p GROUP BY p.year ORDER BY year"
    assert engine.query(sql, {}).to_pylist() == [{"year": 2020, "a": 2020}, {"year": 2021, "a": 2021}]


def test_a_file_that_is_none_is_refused(engine, tmp_path):
    (tmp_path / "rows.parquet").write_text("no Parquet")
    with pytest.raises(FormulaError):
        engine.open_files("broken", [tmp_path / "rows.parquet"])


def test_an_address_of_another_kind_is_refused(cluster):
    with pytest.raises(SettingError, match="ftp"):
        open_engine(cluster, url="ftp://example.org")
