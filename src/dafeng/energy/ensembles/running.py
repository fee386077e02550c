"""Run an ensemble, part by part, into a folder of Parquet files; a run that was stopped goes on where it was.

Invariant: a file bears the hash of its part's content and is written whole; a file that does not say so itself is worked
on again; the ensemble's table holds exactly the parts that were asked for.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.ensembles.executors import Executor, LocalExecutor
from dafeng.energy.ensembles.parts import SIZE, Case, Part, parts_of
from dafeng.energy.years.dispatching import YearsResult
from dafeng.store.files import write_whole

SUFFIX = ".parquet"
"""Of a part's file; its name is the hash."""
PART = b"dafeng.part"
"""Key of the hash in a file's own description."""
SCHEMA = pa.schema(
    [
        pa.field("city", pa.string(), nullable=False),
        pa.field("scenario", pa.string(), nullable=False),
        pa.field("year", pa.int64(), nullable=False),
        pa.field("cost", pa.float64(), nullable=False),
        pa.field("bound", pa.float64(), nullable=False),
        pa.field("unserved", pa.float64(), nullable=False),
        pa.field("resolution", pa.float64(), nullable=False),
        pa.field("curtailed", pa.float64(), nullable=False),
        pa.field("exact", pa.float64()),
        pa.field("alone", pa.bool_(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("energy", pa.map_(pa.string(), pa.float64()), nullable=False),
    ]
)
"""Columns of an ensemble: costs in yuan, energy in MWh; ``exact`` only where a year was solved exactly, ``alone`` where its
result is that one, ``reason`` why the kernel fits none; unserved energy below ``resolution`` is not told from none."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ensemble is.

    Parameters
    ----------
    done, total : int
        Parts finished and asked for.
    kept : int
        Parts that an earlier run had finished.
    """

    done: int
    total: int
    kept: int


def run_ensemble(
    cases: Sequence[Case],
    folder: Path,
    *,
    executor: Executor | None = None,
    size: int = SIZE,
    told: Callable[[Progress], None] | None = None,
) -> pa.Table:
    """Operate all years of all cases.

    Parameters
    ----------
    cases : sequence of Case
        Cities and scenarios.
    folder : Path
        Where the parts stand; made if need be.
    executor : Executor, optional
        Where it is worked on; two processes of this machine if not given.
    size : int
        Most years of a part.
    told : callable, optional
        Called after each part; what it raises ends the run, and what is finished stays.

    Returns
    -------
    pyarrow.Table
        One row per city, scenario and year, see ``SCHEMA``.

    Raises
    ------
    DefinitionError
        If a case's series do not fit its network, or no cluster answers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = parts_of(cases, size=size)
    missing = [part for part in parts if not _finished(folder, part)]
    kept = done = len(parts) - len(missing)
    if missing:
        for place, content in (executor or LocalExecutor()).work(work_part, missing):
            write_whole(folder / f"{missing[place].name}{SUFFIX}", content)
            done += 1
            if told is not None:
                told(Progress(done, len(parts), kept))
    return read_ensemble(folder, parts)


def read_ensemble(folder: Path, parts: Sequence[Part]) -> pa.Table:
    """Table of finished parts.

    Parameters
    ----------
    folder : Path
        Where they stand.
    parts : sequence of Part
        Which.

    Returns
    -------
    pyarrow.Table
        Their rows in the order of the parts.

    Raises
    ------
    DefinitionError
        If a part is not finished.
    """
    for part in parts:
        if not _finished(folder, part):
            raise DefinitionError(
                Label(f"“{part.name}”尚未算完", f"'{part.name}' is not finished"),
                where=str(folder),
                expected=Label("全部部分的文件", "the files of all parts"),
                remedy=Label("再次运行集合", "run the ensemble again"),
            )
    tables = [pq.read_table(folder / f"{part.name}{SUFFIX}").replace_schema_metadata() for part in parts]
    return pa.concat_tables(tables) if tables else SCHEMA.empty_table()


def work_part(part: Part) -> bytes:
    """Operate a part's years and write them down.

    Parameters
    ----------
    part : Part
        Some years of one city in one scenario.

    Returns
    -------
    bytes
        A Parquet file.
    """
    result = part.run()
    described = {PART: part.name.encode(), **{f"version.{name}".encode(): one.encode() for name, one in part.versions.items()}}
    sink = io.BytesIO()
    pq.write_table(_table(part.case, result).replace_schema_metadata(described), sink, compression="zstd")
    return sink.getvalue()


def _table(case: Case, result: YearsResult) -> pa.Table:
    count = len(result.cost)
    names = [f"{component}.{name}" for component, name in result.energy]
    energy = [list(zip(names, row, strict=True)) for row in zip(*(v.tolist() for v in result.energy.values()), strict=True)]
    columns = {
        "city": [case.city] * count,
        "scenario": [case.scenario] * count,
        "year": list(range(case.first, case.first + count)),
        "cost": result.cost,
        "bound": result.bound,
        "unserved": result.unserved,
        "curtailed": result.curtailed,
        "resolution": result.resolution,
        "alone": np.isin(np.arange(count), result.alone),
        "reason": [result.reason] * count,
        "exact": [result.exact.get(year) for year in range(count)],
        "energy": energy,
    }
    return pa.table(columns, schema=SCHEMA)


def _finished(folder: Path, part: Part) -> bool:
    """Whether a part's file is there, has today's columns and says itself that it is this part's."""
    path = folder / f"{part.name}{SUFFIX}"
    if not path.is_file():
        return False
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowInvalid, OSError):
        return False
    return bool(schema.equals(SCHEMA) and (schema.metadata or {}).get(PART) == part.name.encode())
