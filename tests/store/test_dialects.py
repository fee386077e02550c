"""Portable SQL: what is allowed, what is refused and how it is spelled elsewhere."""

from __future__ import annotations

import psycopg
import pyarrow as pa
import pytest

from dafeng.core.errors import FormulaError
from dafeng.store.dialects import DIALECTS, check_portable, translate
from dafeng.store.engine import LocalEngine

PORTABLE = (
    "SELECT f.place AS place, SUM(f.value) AS total FROM facts AS f GROUP BY f.place ORDER BY place",
    "SELECT SUM(CAST(f.value AS DECIMAL(19, 6)) * CAST(k.value AS DECIMAL(18, 9))) AS co2 FROM facts AS f JOIN factors AS k"
    " ON f.carrier = k.carrier AND (k.place = f.place OR k.place IS NULL) WHERE f.period BETWEEN '2020' AND '2025'",
    "WITH a AS (SELECT f.place AS place, COUNT(*) AS n FROM facts AS f GROUP BY f.place HAVING COUNT(*) > 1)"
    " SELECT a.place AS place, CASE WHEN a.n > 2 THEN 'many' ELSE 'few' END AS how FROM a AS a",
    "SELECT f.fact AS fact, ROW_NUMBER() OVER (PARTITION BY f.place ORDER BY f.period DESC) AS turn FROM facts AS f",
    "SELECT CAST(f.value AS DOUBLE) / NULLIF(f.other, 0) AS ratio FROM facts AS f",
    "SELECT f.value AS value FROM facts AS f WHERE NOT EXISTS (SELECT 1 FROM old AS o WHERE o.fact = f.fact)",
    "SELECT COALESCE(f.a, f.b, 0) AS a, GREATEST(f.a, 0) AS b, POWER(f.a, 2) AS c FROM facts AS f",
    "SELECT SUBSTRING(f.place, 1, 4) AS city FROM facts AS f",
    "SELECT f.a AS a FROM x AS f UNION ALL SELECT g.a FROM y AS g ORDER BY a LIMIT 5",
    "SELECT SUM(f.a) FILTER (WHERE f.b > 1) AS a FROM facts AS f",
)
REFUSED = {
    "SELECT FSUM(f.value) AS s FROM facts AS f": "Anonymous",
    "SELECT AVG(f.value) AS s FROM facts AS f": "Avg",
    "SELECT MEDIAN(f.value) AS s FROM facts AS f": "Median",
    "SELECT ROUND(f.value, 2) AS s FROM facts AS f": "Round",
    "SELECT f.a / f.b AS s FROM facts AS f": "Div",
    "SELECT f.a // f.b AS s FROM facts AS f": "IntDiv",
    "SELECT RANDOM() AS s": "Rand",
    "SELECT CURRENT_TIMESTAMP AS s": "CurrentTimestamp",
    "SELECT LIST(f.a) AS s FROM facts AS f": "ArrayAgg",
    "SELECT f.a AS a FROM facts AS f GROUP BY ALL": "Group",
    "SELECT f.a AS a FROM facts AS f GROUP BY 1": "Group",
    "SELECT f.a AS a FROM facts AS f ORDER BY 1": "Order",
    "SELECT f.a AS a FROM facts AS f ORDER BY ALL": "Order",
    "SELECT f.a AS a FROM facts AS f LIMIT 3": "Limit",
    "SELECT * EXCLUDE (a) FROM facts AS f": "Star",
    "SELECT f.a AS a FROM facts AS f QUALIFY ROW_NUMBER() OVER (ORDER BY f.a) = 1": "Qualify",
    "SELECT f.a AS a FROM facts AS f USING SAMPLE 10": "TableSample",
    "SELECT * FROM READ_CSV('/etc/passwd')": "ReadCSV",
    "SELECT * FROM 'figures.csv'": "Table",
    "SELECT * FROM other.facts AS f": "Table",
    "SELECT f.a[1] AS a FROM facts AS f": "Bracket",
    "SELECT CAST(f.a AS TIMESTAMP) AS a FROM facts AS f": "DataType",
    "SELECT CAST(f.a AS DECIMAL(19, 3)) * CAST(f.b AS DECIMAL(19, 9)) AS a FROM facts AS f": "19 and 19 digits",
    "SELECT CAST(f.a AS DECIMAL(18, 6)) * CAST(f.b AS DECIMAL(18, 6)) AS a FROM facts AS f": "18 and 18 digits",
    "SELECT CAST(CAST(f.a AS DOUBLE) AS DECIMAL(18, 6)) AS a FROM facts AS f": "Cast of DOUBLE",
    "SELECT 1 AS a; SELECT 2 AS a": "2 statements",
    "DELETE FROM facts": "no SELECT",
    "COPY facts TO 'x'": "no SELECT",
    "ATTACH 'x'": "no SELECT",
    "INSTALL spatial": "no SELECT",
    "SET threads = 1": "no SELECT",
    "": "no SELECT",
    "SELECT FROM WHERE": "ParseError",
    "SELECT 'open": "TokenError",
}


@pytest.mark.parametrize("sql", PORTABLE)
def test_a_portable_text_is_returned_unchanged(sql):
    assert check_portable(sql) == sql


@pytest.mark.parametrize(("sql", "named"), REFUSED.items())
def test_a_text_that_is_not_portable_is_refused_by_name(sql, named):
    with pytest.raises(FormulaError, match=named):
        check_portable(sql)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("sql", PORTABLE)
def test_a_portable_text_can_be_said_in_every_dialect(sql, dialect):
    assert translate(sql, dialect).startswith(("SELECT", "WITH"))


def test_decimal_types_keep_their_digits_in_spark():
    assert "CAST(f.value AS DECIMAL(19, 6))" in translate("SELECT CAST(f.value AS DECIMAL(19, 6)) AS v FROM f AS f", "spark")


def test_nulls_stay_last_in_spark():
    assert "NULLS LAST" in translate("SELECT f.a AS a FROM f AS f ORDER BY a", "spark")


def test_a_text_that_is_not_portable_is_not_translated():
    with pytest.raises(FormulaError, match="Avg"):
        translate("SELECT AVG(f.a) AS a FROM f AS f", "postgres")


def test_the_refusal_speaks_chinese():
    with pytest.raises(FormulaError) as caught:
        check_portable("SELECT AVG(f.a) AS a FROM f AS f")
    assert "不可移植" in caught.value.read("zh")


def test_postgresql_gives_the_same_exact_answer(server):
    rows = [("a", "1.5", "2.000000001"), ("a", "9999999999999.999999", "0.000000001"), ("b", None, "3")]
    sql = (
        "SELECT t.k AS k, SUM(CAST(t.v AS DECIMAL(19, 6)) * CAST(t.f AS DECIMAL(18, 9))) AS total, COUNT(t.v) AS n"
        " FROM facts AS t GROUP BY t.k ORDER BY k"
    )
    with psycopg.connect(server.get_uri()) as connection:
        connection.execute("CREATE TEMP TABLE facts (k TEXT, v DECIMAL(19, 6), f DECIMAL(18, 9))")
        connection.cursor().executemany("INSERT INTO facts VALUES (%s, %s, %s)", rows)
        theirs = [tuple(map(str, row)) for row in connection.execute(translate(sql, "postgres"))]
    k, v, f = zip(*rows, strict=True)
    facts = pa.table({"k": k, "v": pa.array(v).cast(pa.decimal128(19, 6)), "f": pa.array(f).cast(pa.decimal128(18, 9))})
    with LocalEngine() as engine:
        ours = [tuple(map(str, row.values())) for row in engine.query(sql, {"facts": facts}).to_pylist()]
    # By hand: 3.0000000015 + 9999.999999999999999 = 10003.000000001499999; an empty sum is absent, not zero (R3, F05).
    assert ours == theirs == [("a", "10003.000000001499999", "2"), ("b", "None", "0")]
