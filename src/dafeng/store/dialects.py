"""The part of SQL that every engine answers alike, and its translation to their dialects.

Invariant: a text that passes `check_portable` is one SELECT made only of the allowed constructs, so that it means
the same on DuckDB, Spark, PostgreSQL and ClickHouse. Write it in DuckDB's spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from dafeng.core.errors import FormulaError
from dafeng.core.labels import Label

if TYPE_CHECKING:
    from sqlglot import exp

Dialect = Literal["duckdb", "spark", "postgres", "clickhouse"]
DIALECTS: tuple[Dialect, ...] = ("duckdb", "spark", "postgres", "clickhouse")
"""Dialects that every portable text is translated to in the tests."""

_CLAUSES = """
Select Union Intersect Except Subquery CTE With From Join Where Group Having Order Ordered Limit Distinct Table TableAlias
Alias Column Identifier Star Window WindowSpec Filter Paren Tuple Var DataType DataTypeParam Literal Boolean Null
"""
_OPERATORS = """
And Or Not EQ NEQ GT GTE LT LTE Is In Between Like Exists Add Sub Mul Div Neg DPipe Case If NullSafeEQ NullSafeNEQ
"""
_FUNCTIONS = """
Sum Min Max Count Coalesce Nullif Cast Abs Floor Ceil Greatest Least Exp Ln Sqrt Pow Extract Year Month Lower Upper Trim
Substring RowNumber Rank DenseRank Lag Lead
"""
ALLOWED = frozenset(f"{_CLAUSES}{_OPERATORS}{_FUNCTIONS}".split())
"""Constructs, by SQLGlot's names, whose answer was found or is stated to be the same everywhere. Left out on purpose:
AVG and ROUND (types and ties differ), CONCAT and LENGTH (nulls, bytes), everything random, every list, every file."""
TYPES = frozenset({"DECIMAL", "DOUBLE", "INT", "BIGINT", "BOOLEAN", "TEXT", "VARCHAR", "DATE"})
WIDTH = 37
"""Digits that the factors of one product may have together; Spark cuts the scale silently above. [digits]"""
NARROW = 18
"""Digits up to which DuckDB keeps a product in 64 bits, where it overflows. [digits]"""


class Kernel(str):
    """A text of our own whose portability a test holds: it is taken at its word, not parsed anew in every process."""

    __slots__ = ()


def check_portable(sql: str) -> str:
    """The same text, if every engine answers it alike.

    Parameters
    ----------
    sql : str
        One SELECT.

    Returns
    -------
    str
        The text itself.

    Raises
    ------
    FormulaError
        If it cannot be parsed, is no single SELECT, or uses a construct, function, type or decimal width that is
        not allowed; the message names it.
    """
    problems = () if isinstance(sql, Kernel) else _problems(sql)
    if problems:
        raise _refusal(sql, "; ".join(problems))
    return sql


def translate(sql: str, dialect: Dialect) -> str:
    """A portable text in the spelling of another engine.

    Parameters
    ----------
    sql : str
        One SELECT.
    dialect : {"duckdb", "spark", "postgres", "clickhouse"}
        Whose spelling.

    Returns
    -------
    str
        The translated text.

    Raises
    ------
    FormulaError
        If the text is not portable, or the dialect cannot say it.
    """
    import sqlglot
    from sqlglot.errors import ErrorLevel, SqlglotError

    check_portable(sql)
    try:
        return sqlglot.transpile(sql, read="duckdb", write=dialect, unsupported_level=ErrorLevel.RAISE)[0]
    except SqlglotError as cause:
        raise _refusal(sql, f"{dialect}: {cause}") from cause


@lru_cache(maxsize=512)
def _problems(sql: str) -> tuple[str, ...]:
    """What is not portable in a text; a pure function of it, remembered because kernels are asked again and again."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        statements = sqlglot.parse(sql, read="duckdb")
    except (SqlglotError, RecursionError) as cause:
        return (f"{type(cause).__name__}: {cause}",)
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        return (f"{len(statements)} statements, or no SELECT",)
    found = (problem for node in statements[0].walk() for problem in _node_problems(node))
    return tuple(dict.fromkeys(found))


def _node_problems(node: exp.Expr) -> Iterator[str]:
    kind = type(node).__name__
    if kind not in ALLOWED:
        yield f"{kind}: {node.sql('duckdb')}"
    elif kind in _CHECKS:
        yield from _CHECKS[kind](node)


def _check_table(node: exp.Expr) -> Iterator[str]:
    if node.args.get("db") or not node.name.replace("_", "a").isalnum() or node.args.get("sample"):
        yield f"Table: {node.sql('duckdb')}"


def _check_star(node: exp.Expr) -> Iterator[str]:
    if any(node.args.get(part) for part in ("except_", "replace", "rename")):
        yield f"Star: {node.sql('duckdb')}"


def _check_group(node: exp.Expr) -> Iterator[str]:
    if node.args.get("all") or any(type(part).__name__ == "Literal" for part in node.expressions):
        yield f"Group: {node.sql('duckdb').strip()}"


def _check_ordered(node: exp.Expr) -> Iterator[str]:
    if type(node.this).__name__ in {"Literal", "Var"}:
        yield f"Order: {node.sql('duckdb')}"


def _check_limit(node: exp.Expr) -> Iterator[str]:
    if node.parent is None or not node.parent.args.get("order"):
        yield f"Limit without Order: {node.sql('duckdb').strip()}"


def _check_type(node: exp.Expr) -> Iterator[str]:
    named = node.this.name if hasattr(node.this, "name") else str(node.this)
    if named not in TYPES or (named == "DECIMAL" and len(node.expressions) != 2):
        yield f"DataType: {node.sql('duckdb')}"


def _check_division(node: exp.Expr) -> Iterator[str]:
    """Decimal division is DOUBLE here and exact there: only a division that says DOUBLE is the same everywhere."""
    if "DOUBLE" not in {_cast_to(node.this), _cast_to(node.expression)}:
        yield f"Div of no DOUBLE: {node.sql('duckdb')}"


def _check_product(node: exp.Expr) -> Iterator[str]:
    digits = [_digits(side) for side in (node.this, node.expression)]
    total = sum(digits)
    if 0 not in digits and (total > WIDTH or (max(digits) <= NARROW < total)):
        yield f"Mul of {digits[0]} and {digits[1]} digits: {node.sql('duckdb')}"


def _check_cast(node: exp.Expr) -> Iterator[str]:
    if _cast_to(node) == "DECIMAL" and _cast_to(node.this) == "DOUBLE":
        yield f"Cast of DOUBLE to DECIMAL: {node.sql('duckdb')}"


def _cast_to(node: exp.Expr) -> str:
    """Name of the type a node is cast to, through brackets; empty when it is no cast."""
    bare = node.unnest()
    return str(bare.args["to"].this.name) if type(bare).__name__ == "Cast" else ""


def _digits(node: exp.Expr) -> int:
    """Digits of the decimal type that a node is cast to; 0 when it is not cast to one."""
    bare = node.unnest()
    widths = bare.args["to"].expressions if _cast_to(bare) == "DECIMAL" else []
    return int(widths[0].name) if widths else 0


_CHECKS: Mapping[str, Callable[[exp.Expr], Iterator[str]]] = {
    "Table": _check_table,
    "Star": _check_star,
    "Group": _check_group,
    "Ordered": _check_ordered,
    "Limit": _check_limit,
    "DataType": _check_type,
    "Div": _check_division,
    "Mul": _check_product,
    "Cast": _check_cast,
}


def _refusal(sql: str, said: str) -> FormulaError:
    return FormulaError(
        Label(f"这条 SQL 不可移植：{said}", f"this SQL is not portable: {said}"),
        where=" ".join(sql.split())[:120],
        expected=Label("一条只用允许的子句、函数和类型的 SELECT", "one SELECT of allowed clauses, functions and types only"),
        remedy=Label("改写，或先在 Python 的 decimal 中算好因子", "rewrite it, or compose the factor in Python's decimal"),
    )
