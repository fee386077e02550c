"""The engine: exact sums, no network, no foreign files, limits."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dafeng.core.errors import FormulaError, SettingError
from dafeng.store.engine import Engine, LocalEngine

AMOUNTS = st.decimals(min_value="-999999999", max_value="999999999", places=6)
SUM = "SELECT SUM(CAST(f.value AS DECIMAL(19, 6)) * CAST(f.factor AS DECIMAL(18, 9))) AS total FROM facts AS f"


def table(values, factors):
    return pa.table({"value": pa.array(values, pa.decimal128(19, 6)), "factor": pa.array(factors, pa.decimal128(18, 9))})


def total(values, factors, *, threads=2):
    with LocalEngine(threads=threads) as engine:
        return engine.query(SUM, {"facts": table(values, factors)}).column("total")[0].as_py()


@pytest.fixture
def engine():
    with LocalEngine() as opened:
        yield opened


WORDS = st.sampled_from(["煤", "", " ", "a", "A", "b'c", 'b"c', "NULL", "10", "9", None])
"""Texts that an engine might take for one another, or for a name, a number or nothing."""
GROUPED = """
SELECT COALESCE(CAST(r.first AS VARCHAR), '-') AS first, MIN(r.second) AS low, MAX(r.second) AS high, COUNT(r.second) AS known,
  COUNT(*) AS row_count
FROM rows AS r GROUP BY r.first ORDER BY first, row_count, known
"""


def grouped(file, repeated):
    """Rows by one column, and the types in which the engine holds the two."""
    with LocalEngine(folders=[file.parent]) as engine:
        engine.open_files("rows", [file], repeated=repeated)
        kinds = engine.scan("SELECT DISTINCT typeof(first) AS one, typeof(second) AS other FROM rows").to_pylist()
        return engine.query(GROUPED, {}).to_pylist(), [kind for row in kinds for kind in row.values()]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=40))
def test_texts_held_as_numbers_answer_like_texts(monkeypatch, tmp_path, pairs):
    monkeypatch.setattr("dafeng.store.engine.SAMPLE", 9)  # one row in ten is none: all rows count as mixed
    columns = list(zip(*pairs, strict=True))
    pq.write_table(pa.table([pa.array(column, pa.string()) for column in columns], ["first", "second"]), tmp_path / "r.parquet")
    plain, numbered = grouped(tmp_path / "r.parquet", ()), grouped(tmp_path / "r.parquet", ("first", "second"))
    assert plain[0] == numbered[0]
    assert plain[1] == ["VARCHAR", "VARCHAR"]
    assert [kind[:4] for kind in numbered[1]] == [
        "ENUM" if any(text is not None for text in column) else "VARC" for column in columns
    ]


@pytest.mark.parametrize(
    ("sample", "words", "kinds"),
    [
        (9, 2, ["ENUM('a', 'b')", "VARCHAR"]),
        (9, 3, ["ENUM('a', 'b')", "ENUM('x', 'y', 'z')"]),
        (9, 1, ["VARCHAR", "VARCHAR"]),
        (100, 3, ["VARCHAR", "VARCHAR"]),
    ],
)
def test_only_few_texts_of_mixed_rows_are_held_as_numbers(sample, words, kinds, monkeypatch, tmp_path):
    monkeypatch.setattr("dafeng.store.engine.SAMPLE", sample)
    monkeypatch.setattr("dafeng.store.engine.WORDS", words)
    pq.write_table(pa.table({"first": ["b", "a", "b"], "second": ["z", "y", "x"]}), tmp_path / "r.parquet")
    assert grouped(tmp_path / "r.parquet", ("first", "second"))[1] == kinds


def test_the_local_engine_is_an_engine(engine):
    protocol: Engine = engine
    assert protocol.query("SELECT 1 AS one", {}).to_pylist() == [{"one": 1}]


def test_a_registered_table_can_be_asked(engine):
    engine.register("facts", pa.table({"a": [1, 2]}))
    assert engine.query("SELECT SUM(f.a) AS a FROM facts AS f", {}).to_pylist() == [{"a": 3}]


def test_a_table_of_one_question_is_forgotten_after_it(engine):
    engine.query("SELECT f.a AS a FROM facts AS f", {"facts": pa.table({"a": [1]})})
    with pytest.raises(FormulaError, match="facts"):
        engine.query("SELECT f.a AS a FROM facts AS f", {})


def test_explain_shows_the_plan(engine):
    assert "Aggregat" in engine.explain("SELECT SUM(f.a) AS a FROM facts AS f", {"facts": pa.table({"a": [1]})})


def test_a_sum_of_decimals_is_a_decimal():
    # 1.5 × 2 + 0.1 × 3 = 3.3, by hand; as float 3.3000000000000003.
    assert total([Decimal("1.5"), Decimal("0.1")], [Decimal(2), Decimal(3)]) == Decimal("3.3")


def test_a_product_of_full_width_is_exact():
    # 9999999999999.999999 × 0.000000001 = 9999.999999999999999, by shifting the point.
    assert total([Decimal("9999999999999.999999")], [Decimal("0.000000001")]) == Decimal("9999.999999999999999")


@settings(max_examples=20)
@given(st.lists(AMOUNTS, min_size=1, max_size=60), st.randoms(use_true_random=False), st.sampled_from([1, 2, 3]))
def test_a_sum_does_not_depend_on_the_order_of_rows_or_the_threads(values, chance, threads):
    exact = sum(values, Decimal(0))
    chance.shuffle(values)
    assert total(values, [Decimal(1)] * len(values), threads=threads) == exact


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_a_sum_of_many_rows_does_not_depend_on_the_threads(threads):
    # 0.000001 + 0.000002 + … + 0.2 = 200000 × 200001 / 2 millionths = 20000.1, by Gauss; many row groups for the threads.
    values = [Decimal(number).scaleb(-6) for number in range(1, 200_001)]
    assert total(values, [Decimal(1)] * len(values), threads=threads) == Decimal("20000.1")


def test_a_sum_is_the_same_number_and_type_as_in_memory():
    # platforms.md F05: a driver returned SUM as text.
    answer = total([Decimal("1.25")], [Decimal(1)])
    assert (type(answer), answer) == (Decimal, Decimal("1.25"))


def test_a_sum_that_overflows_is_refused_loudly(engine):
    wide = pa.table({"v": pa.array([Decimal("9" * 38)] * 2, pa.decimal128(38, 0))})
    with pytest.raises(FormulaError, match=r"[Oo]verflow|[Oo]ut of range"):
        engine.query("SELECT SUM(t.v) AS s FROM wide AS t", {"wide": wide})


def test_no_foreign_file_can_be_read(engine, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(FormulaError, match="Permission"):
        engine.scan(f"SELECT * FROM read_csv('{tmp_path / 'secret.csv'}')")


def test_a_folder_that_was_given_can_be_read(tmp_path):
    (tmp_path / "open.csv").write_text("a\n1\n")
    with LocalEngine(folders=[tmp_path]) as engine:
        assert engine.scan(f"SELECT * FROM read_csv('{tmp_path / 'open.csv'}')").num_rows == 1


def test_no_extension_can_be_installed(engine):
    with pytest.raises(FormulaError, match="Permission"):
        engine.scan("INSTALL spatial")


def test_nobody_can_loosen_the_settings(engine):
    with pytest.raises(FormulaError, match="locked"):
        engine.scan("SET enable_external_access = true")


def test_a_variable_of_the_caller_is_no_table(engine):
    secret = pa.table({"a": [1]})
    with pytest.raises(FormulaError, match="secret"):
        engine.query("SELECT s.a AS a FROM secret AS s", {})
    assert secret.num_rows == 1


def test_a_question_larger_than_the_memory_is_answered():
    # 1 000 000 texts of 97 bytes are 97 MB; the engine may take 64 MB.
    texts = [f"{number * 7919 % 1_000_000:07d}" + "x" * 90 for number in range(1_000_000)]
    with LocalEngine(memory_mb=64) as engine:
        answer = engine.query("SELECT t.a AS a FROM t AS t ORDER BY a", {"t": pa.table({"a": texts})})
    assert answer.column("a")[999_999].as_py()[:7] == "0999999"


@pytest.mark.parametrize("options", [{"memory_mb": 0}, {"threads": 0}, {"threads": -1}])
def test_a_limit_that_is_not_positive_is_refused(options):
    with pytest.raises(SettingError, match="not positive"):
        LocalEngine(**options)


def test_the_store_is_imported_without_its_heavy_parts(root):
    heavy = "{'duckdb', 'sqlglot', 'sqlalchemy', 'alembic', 'pyarrow.parquet'}"
    code = f"import sys, dafeng.store.facts, dafeng.store.runs; print({heavy} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == "set()"
