# ruff: noqa: S608 - the texts are made of declared names and quoted literals
"""The facts of a store as they were known at an instant, as one SQL text over its Parquet files.

Invariant: a fact is seen when it was known by the instant, its lot was not withdrawn by then, and no fact known by
then replaces it; a fact that was delivered several times is seen once, as first delivered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from dafeng.core.tables import FACTS
from dafeng.store.engine import spell_path
from dafeng.store.lots import Lot, Manifest, Part

ORDER = ("indicator", "place", "period", "flow", "carrier", "organisation", "source", "known_at", "fact")
"""Order of facts on disk and in every answer; the id at the end makes it total."""
ORDER_SQL = ", ".join(f"{name} ASC NULLS FIRST" for name in ORDER)
COLUMNS_SQL = ", ".join(column.name for column in FACTS.columns)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which facts are asked for.

    Parameters
    ----------
    known_at : datetime or None
        As known at this instant; ``None`` for everything known.
    standing : datetime or None
        Withdrawals up to this instant count; ``None`` for all of them.
    wanted : mapping of str to collection of str
        Accepted values by column: ``indicator``, ``place``, ``period``; a column left out accepts all.
    """

    known_at: datetime | None = None
    standing: datetime | None = None
    wanted: Mapping[str, Collection[str]] = field(default_factory=dict)

    def needs(self, part: Part) -> bool:
        """Whether a part may hold what is asked for.

        Parameters
        ----------
        part : Part
            A part of the store.

        Returns
        -------
        bool
            False only when no row of it can match.
        """
        if not self.reaches(part):
            return False
        spans = ((part.lowest[name], values, part.highest[name]) for name, values in self.wanted.items())
        return all(any(low <= value <= high for value in values) for low, values, high in spans)

    def reaches(self, part: Part) -> bool:
        """Whether anything of a part was known.

        Parameters
        ----------
        part : Part
            A part of the store.

        Returns
        -------
        bool
            False when all of it became known later.
        """
        return self.known_at is None or part.known_from <= self.known_at


def live_lots(manifest: Manifest, known_at: datetime | None) -> tuple[Lot, ...]:
    """Lots that are not withdrawn at an instant.

    Parameters
    ----------
    manifest : Manifest
        The store.
    known_at : datetime or None
        The instant; ``None`` for now.

    Returns
    -------
    tuple of Lot
        In order of delivery.
    """
    absent = manifest.absent(known_at)
    return tuple(lot for lot in manifest.lots if lot.id not in absent)


def parts_read(manifest: Manifest, wish: Wish) -> tuple[Part, ...]:
    """Parts that `select_facts` opens for a wish.

    Parameters
    ----------
    manifest : Manifest
        The store.
    wish : Wish
        What is asked for.

    Returns
    -------
    tuple of Part
        Each once.
    """
    rows = _row_parts(manifest, wish)
    return tuple({part.sha256: part for part in (*rows, *_edge_parts(manifest, wish))}.values())


def select_facts(folder: Path, manifest: Manifest, wish: Wish, *, pending: str | None = None) -> str:
    """SQL of the facts asked for, in no particular order.

    Parameters
    ----------
    folder : Path
        The store.
    manifest : Manifest
        What belongs to it.
    wish : Wish
        What is asked for.
    pending : str, optional
        Name of a registered FACTS table that counts as stored too; it repeats nothing.

    Returns
    -------
    str
        A SELECT in DuckDB's SQL with the columns of FACTS.
    """
    rows = _rows(folder, _row_parts(manifest, wish), pending, COLUMNS_SQL)
    edges = _rows(folder, _edge_parts(manifest, wish), pending, "fact, supersedes, lot, known_at")
    conditions = [*_conditions(wish), "NOT EXISTS (SELECT 1 FROM replaced AS r WHERE r.fact = f.fact)"]
    repeated = _reads_repeats(manifest, wish)
    first = "PARTITION BY f.fact ORDER BY f.known_at, f.lot, f.file, f.sheet, f.cell"
    return (
        f"WITH RECURSIVE edges AS (SELECT e.* FROM ({edges}) AS e WHERE e.supersedes IS NOT NULL{_known(wish, 'e')}),\n"
        f"replaced(fact) AS ({_replaced(manifest, wish)})\n"
        f"SELECT {COLUMNS_SQL} FROM ({rows}) AS f WHERE {' AND '.join(conditions)}"
        + (f"\nQUALIFY row_number() OVER ({first}) = 1" if repeated else "")
    )


def select_ids(folder: Path, lots: Iterable[Lot]) -> str:
    """SQL of all facts of some lots, in force or not: their ids and when they were known.

    Parameters
    ----------
    folder : Path
        The store.
    lots : iterable of Lot
        The lots.

    Returns
    -------
    str
        A SELECT in DuckDB's SQL with the columns ``fact`` and ``known_at``.
    """
    return _rows(folder, [part for lot in lots for part in lot.parts], None, "fact, known_at")


def select_history(folder: Path, manifest: Manifest, facts: Collection[str]) -> str:
    """SQL of some facts and of all that they replaced, directly or not, in force or not.

    Parameters
    ----------
    folder : Path
        The store.
    manifest : Manifest
        What belongs to it.
    facts : collection of str
        Ids of facts.

    Returns
    -------
    str
        A SELECT in DuckDB's SQL with the columns of FACTS, each fact once.
    """
    every = Wish()
    rows = _rows(folder, [part for lot in manifest.lots for part in lot.parts], None, COLUMNS_SQL)
    edges = _rows(folder, _edge_parts(manifest, every), None, "fact, supersedes")
    first = "PARTITION BY f.fact ORDER BY f.known_at, f.lot, f.file, f.sheet, f.cell"
    return (
        f"WITH RECURSIVE edges AS (SELECT e.* FROM ({edges}) AS e WHERE e.supersedes IS NOT NULL),\n"
        f"chain(fact) AS (SELECT e.fact FROM edges AS e WHERE e.fact IN {_tuple(facts)} "
        "UNION SELECT e.supersedes FROM edges AS e JOIN chain AS c ON e.fact = c.fact)\n"
        f"SELECT {COLUMNS_SQL} FROM ({rows}) AS f WHERE f.fact IN {_tuple(facts)} OR f.fact IN (SELECT c.fact FROM chain AS c) "
        f"QUALIFY row_number() OVER ({first}) = 1"
    )


def _row_parts(manifest: Manifest, wish: Wish) -> list[Part]:
    repeats = _reads_repeats(manifest, wish)
    parts = (part for lot in live_lots(manifest, wish.standing) for part in lot.parts)
    return [part for part in parts if wish.needs(part) and (repeats or not part.repeats)]


def _reads_repeats(manifest: Manifest, wish: Wish) -> bool:
    """Whether a repetition can show a fact that its first delivery does not show."""
    return bool(manifest.absent(wish.standing)) or any(part.earlier for lot in manifest.lots for part in lot.parts)


def _edge_parts(manifest: Manifest, wish: Wish) -> list[Part]:
    """Parts that may replace a fact: also of withdrawn lots, through which a later fact replaces an earlier one."""
    return [part for lot in manifest.lots for part in lot.parts if part.superseding and wish.reaches(part)]


def _replaced(manifest: Manifest, wish: Wish) -> str:
    """Facts replaced by a fact in force; through withdrawn facts only where there are withdrawn facts that replace."""
    absent = manifest.absent(wish.standing)
    through = any(lot.superseding for lot in manifest.lots if lot.id in absent)
    start = f"SELECT e.supersedes FROM edges AS e{' WHERE e.lot NOT IN ' + _tuple(absent) if through else ''}"
    return f"{start} UNION SELECT e.supersedes FROM edges AS e JOIN replaced AS r ON e.fact = r.fact" if through else start


def _conditions(wish: Wish) -> list[str]:
    known = [f"true{_known(wish, 'f')}"]
    return known + [f"f.{name} IN {_tuple(values)}" for name, values in wish.wanted.items()]


def _known(wish: Wish, table: str) -> str:
    if wish.known_at is None:
        return ""
    return f" AND {table}.known_at <= TIMESTAMPTZ '{wish.known_at.astimezone(UTC).isoformat()}'"


def _rows(folder: Path, parts: Collection[Part], pending: str | None, columns: str) -> str:
    """SQL of the raw rows of some parts and of the pending table; none at all gives an empty table."""
    sources = [f"SELECT {columns} FROM {read_files(folder / part.name for part in parts)}"] if parts else []
    sources += [f"SELECT {columns} FROM {pending}"] if pending else []
    return " UNION ALL ".join(sources) or _empty(columns)


def _empty(columns: str) -> str:
    casts = ", ".join(f"CAST(NULL AS {_TYPES.get(name, 'VARCHAR')}) AS {name}" for name in columns.split(", "))
    return f"SELECT {casts} WHERE false"


_TYPES: Mapping[str, str] = {"value": "DECIMAL(19,6)", "known_at": "TIMESTAMPTZ"}


def read_files(paths: Iterable[Path]) -> str:
    """SQL that reads Parquet files, with what a folder's name may hold (quotes, wildcards) made harmless.

    Parameters
    ----------
    paths : iterable of Path
        The files.

    Returns
    -------
    str
        A call of ``read_parquet``.
    """
    return f"read_parquet([{', '.join(quote(spell_path(path)) for path in paths)}])"


def quote(text: str) -> str:
    """A text as an SQL literal.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The literal.
    """
    return "'" + text.replace("'", "''") + "'"


def _tuple(values: Iterable[str]) -> str:
    """SQL list of texts; an empty one matches nothing."""
    return f"({', '.join(quote(value) for value in sorted(values)) or 'NULL'})"
