"""``aggregate``: millions of activity rows × the same methods and factors → sums with where they came from.

Invariant: every row that was delivered is counted exactly once as accounted, unaccounted, repeated, contradictory or
without amount; the sums are the same to the last digit on every engine.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import pyarrow as pa

from dafeng.core.errors import LookupFailure, SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.library.factors import read_factors
from dafeng.library.listing import load_csv
from dafeng.library.overlay import definition_files, layers
from dafeng.methods.catalogue import read_methods
from dafeng.methods.definition import Method
from dafeng.methods.keys import ActivityKey, Composed, Lack, Outcome, compose_keys
from dafeng.methods.packages import choose_package, read_packages
from dafeng.store.accounting import FACTOR_KEYS, LACKING_KEYS, gather_cells, sum_cells
from dafeng.store.activities import Intake, take_in
from dafeng.store.clusters import open_engine
from dafeng.work.aggregate_findings import find_all

By = Literal["sector", "category", "carrier", "place"]
"""What the sums are taken over, besides quantity and year."""
_HEADINGS: Mapping[str, Any] = {"column": "text", "zh": "text", "en": "text", "spellings": "text?", "note": "text?"}
_COUNTS = ("delivered", "counted", "repeated", "contradictory", "negative")


@dataclass(frozen=True, slots=True)
class Rows:
    """What became of the rows that were delivered.

    Parameters
    ----------
    delivered : int
        All rows. [rows]
    accounted : int
        Rows with a result for at least one quantity. [rows]
    unaccounted : int
        Rows with an amount and no result. [rows]
    repeated : int
        Rows that repeat a record and count once. [rows]
    contradictory : int
        Rows of records that say two things; left out. [rows]
    empty : int
        Rows without a usable amount. [rows]
    negative : int
        Rows with a negative amount, counted as they are. [rows]
    """

    delivered: int
    accounted: int
    unaccounted: int
    repeated: int
    contradictory: int
    empty: int
    negative: int


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Sums of activity rows.

    Parameters
    ----------
    results : pyarrow.Table
        ``core.tables.AGGREGATES``.
    unaccounted : pyarrow.Table
        ``core.tables.UNACCOUNTED``.
    factors : pyarrow.Table
        Composed factor of every key, ``store.accounting.FACTOR_KEYS``.
    rows : Rows
        What became of the rows.
    findings : tuple of Finding
        What was missing, not exact or contradictory.
    year : int or None
        Year asked for.
    by : By
        What the sums are taken over.
    engine : str
        Engine that computed them.
    package, edition : str or None
        Guideline and edition asked for.
    intake : Intake
        Which files were read and how.
    """

    results: pa.Table
    unaccounted: pa.Table
    factors: pa.Table
    rows: Rows
    findings: tuple[Finding, ...]
    year: int | None
    by: By
    engine: str
    package: str | None
    edition: str | None
    intake: Intake


def aggregate(
    rows: pa.Table | Path | str | Sequence[Path | str],
    *,
    year: int | None = None,
    by: By = "sector",
    engine: str = "duckdb",
    url: str | None = None,
    package: str | None = None,
    edition: str | None = None,
    overlay: Path | None = None,
    provisional: bool = False,
    memory_mb: int = 1024,
    threads: int = 2,
) -> Aggregate:
    """Account for activity rows in bulk.

    Parameters
    ----------
    rows : pyarrow.Table, Path or sequence of Path
        Rows as ``core.tables.ACTIVITIES``, or Parquet or CSV files, or one folder of Parquet.
    year : int, optional
        Only this year.
    by : {"sector", "category", "carrier", "place"}
        What the sums are taken over, besides quantity and year.
    engine : {"duckdb", "spark", "sail"}
        What computes them; the answers are the same.
    url : str, optional
        Address of a running Spark or Sail.
    package : str, optional
        Inventory guideline (``prov2011``): its methods in its editions; by default all methods.
    edition : str, optional
        Edition of the methods that have one of this name (``ind24``); the newest of the others.
    overlay : Path, optional
        Folder of a province or city with its own factors and methods.
    provisional : bool
        Whether weak evidence may be used where nothing better exists; it is marked.
    memory_mb, threads : int
        What the engine may take on this machine. [MB, threads]

    Returns
    -------
    Aggregate
        Sums, what is not in them, and findings.

    Raises
    ------
    FileRefused
        If a file cannot be read or lacks a column.
    FormulaError
        If a sum overflows its decimals.
    LookupFailure
        If there is no such edition.
    SettingError
        If there is no such engine or grouping, or the engine is not installed.
    """
    if by not in get_args(By):
        raise no_grouping(by)
    folders = () if overlay is None else (overlay,)
    library = read_factors(*folders)
    methods, editions = _chosen(read_methods(*folders), package, edition, folders)
    given = rows if isinstance(rows, pa.Table) else [Path(path) for path in ([rows] if isinstance(rows, Path | str) else rows)]
    with tempfile.TemporaryDirectory() as scratch:
        near = (
            () if isinstance(given, pa.Table) else tuple((path if path.is_dir() else path.parent).resolve() for path in given)
        )
        allowed = (Path(scratch), *near)
        with open_engine(engine, url=url, memory_mb=memory_mb, threads=threads, folders=allowed) as opened:
            spellings = _spellings(*folders)
            intake = take_in(opened, given, scratch=Path(scratch), spellings=spellings, memory_mb=memory_mb, threads=threads)
            counted = gather_cells(opened, intake.columns, year=year)
            keys = {_key(row): row for row in counted}
            outcomes = compose_keys(keys, library=library, methods=methods, editions=editions, provisional=provisional)
            factors = _factor_table(outcomes, by)
            results, left = sum_cells(opened, factors, _lacking_table(outcomes))
    fate = _fate(keys, outcomes)
    findings = find_all(outcomes, keys, left, fate, intake.defects, library)
    return Aggregate(results, left, factors, fate, tuple(findings), year, by, engine, package, edition, intake)


def _chosen(
    methods: Mapping[str, Method], package: str | None, edition: str | None, folders: Iterable[Path]
) -> tuple[Mapping[str, Method], Mapping[str, str]]:
    """Methods and their editions: those of a package, or all."""
    named = {name: edition for name, method in methods.items() if edition is not None and edition in method.editions}
    if edition is not None and not named:
        known = ", ".join(sorted({name for method in methods.values() for name in method.editions}))
        raise LookupFailure(
            Label(f"没有方法有版本“{edition}”", f"no method has an edition '{edition}'"),
            where="edition",
            expected=Label(known, f"one of {known}"),
            remedy=Label("选用所列版本之一；清单指南用 package", "choose one of them; a guideline is a package"),
        )
    if package is None:
        return methods, named
    chosen = choose_package(read_packages(methods, *folders), package)
    return {name: methods[name] for name in chosen.editions}, {**chosen.editions, **named}


def _spellings(*folders: Path) -> Mapping[str, str]:
    """Column by heading, in lower case."""
    found: dict[str, str] = {}
    for path in definition_files(layers(*folders), "classes/activities.csv"):
        for row in load_csv(path, _HEADINGS):
            for heading in (row["column"], row["zh"], row["en"], *(row["spellings"] or "").split("|")):
                found.setdefault(heading.strip().lower(), row["column"])
    return found


def _key(row: Mapping[str, Any]) -> ActivityKey:
    return ActivityKey(row["place"], row["year"], row["category"], row["carrier"], row["flow"], row["unit"])


def _factor_table(outcomes: Mapping[ActivityKey, tuple[Outcome, ...]], by: By) -> pa.Table:
    found = [(key, one) for key, listed in outcomes.items() for one in listed if isinstance(one, Composed)]
    columns = _columns([key for key, _ in found], [one.method.quantity for _, one in found]) | {
        "bucket": [_bucket(key, one, by) for key, one in found],
        "result_unit": [one.method.unit for _, one in found],
        "factor": [one.factor for _, one in found],
        "grade": [one.grade for _, one in found],
    }
    return FACTOR_KEYS.build_columns(columns)


def _lacking_table(outcomes: Mapping[ActivityKey, tuple[Outcome, ...]]) -> pa.Table:
    found = [(key, one) for key, listed in outcomes.items() for one in listed if isinstance(one, Lack)]
    columns = _columns([key for key, _ in found], [one.quantity or "" for _, one in found])
    columns["reason"] = [one.reason for _, one in found]
    return LACKING_KEYS.build_columns(columns)


def _columns(keys: Sequence[ActivityKey], quantities: list[str]) -> dict[str, list[Any]]:
    names = ("place", "year", "category", "carrier", "flow", "unit")
    return {name: [getattr(key, name) for key in keys] for name in names} | {"quantity": quantities}


def _bucket(key: ActivityKey, found: Composed, by: By) -> str:
    if by == "sector":
        return ".".join(found.category.id.split(".")[:2])
    return {"category": found.category.id, "carrier": found.carrier, "place": key.place}[by]


def _fate(keys: Mapping[ActivityKey, Mapping[str, int]], outcomes: Mapping[ActivityKey, tuple[Outcome, ...]]) -> Rows:
    total = {name: sum(row[name] for row in keys.values()) for name in _COUNTS}
    accounted = sum(row["counted"] for key, row in keys.items() if any(isinstance(one, Composed) for one in outcomes[key]))
    settled = total["counted"] + total["repeated"] + total["contradictory"]
    return Rows(
        delivered=total["delivered"],
        accounted=accounted,
        unaccounted=total["counted"] - accounted,
        repeated=total["repeated"],
        contradictory=total["contradictory"],
        empty=total["delivered"] - settled,
        negative=total["negative"],
    )


def no_grouping(by: str) -> SettingError:
    """Error for a grouping that does not exist.

    Parameters
    ----------
    by : str
        What was asked for.

    Returns
    -------
    SettingError
        To be raised by the caller.
    """
    known = ", ".join(get_args(By))
    return SettingError(
        Label(f"不能按“{by}”汇总", f"sums cannot be taken over '{by}'"),
        where="by",
        expected=Label(known, known),
        remedy=Label("改正该选项", "correct the option"),
    )
