"""Hourly profiles as files: CSV for people, Parquet for machines, JSON for pages.

Invariant: a file says of every profile what it is and where it comes from; it appears whole or not at all, and our own
CSV of one year is read back to the same values.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.energy.profiles import HOURS
from dafeng.store.files import write_whole
from dafeng.store.parts import write_table
from dafeng.work.profiles import HourlyProfiles, profiles_document

MOST_ROWS = 50 * HOURS
"""Most rows of a CSV or JSON file; more belong into Parquet."""


def save_profiles(found: HourlyProfiles, path: Path | str) -> Path:
    """Write hourly profiles to a file.

    Parameters
    ----------
    found : HourlyProfiles
        The profiles.
    path : Path or str
        ``NAME.csv`` (hours numbered from 0, notes above the heads), ``NAME.parquet`` (columns ``year``, ``hour`` and one
        per profile, notes in its metadata) or ``NAME.json`` (document and values).

    Returns
    -------
    Path
        The file.

    Raises
    ------
    SettingError
        If the ending is none of these, or there are too many years for it.
    """
    path = Path(path)
    writer = WRITERS.get(path.suffix)
    if writer is None or (path.suffix != ".parquet" and len(found.years) * HOURS > MOST_ROWS):
        raise SettingError(
            Label(
                f"“{path.name}”写不了 {len(found.years)} 个天气年",
                f"'{path.name}' cannot hold {len(found.years)} weather years",
            ),
            where="out",
            expected=Label(
                f"以 {'、'.join(WRITERS)} 结尾；超过 {MOST_ROWS // HOURS} 年时用 .parquet",
                f"an ending {', '.join(WRITERS)}; .parquet beyond {MOST_ROWS // HOURS} years",
            ),
            remedy=Label("改正文件名", "correct the name"),
        )
    write_whole(path, writer(found))
    return path


def _csv(found: HourlyProfiles) -> bytes:
    notes = [f"# {name}: {one.origin}, {one.source}. {one.note.zh} | {one.note.en}" for name, one in found.listed.items()]
    heads = [f"{name} [{one.unit}]" for name, one in found.listed.items()]
    index = ["hour"] if len(found.years) == 1 else ["year", "hour"]
    whole = np.stack([found.series[name].ravel() for name in found.listed], axis=1).tolist()
    years = np.repeat(found.years, HOURS).tolist()
    rows = (
        ",".join([*([str(year)] if len(index) > 1 else []), str(number % HOURS), *(repr(value) for value in row)])
        for number, (year, row) in enumerate(zip(years, whole, strict=True))
    )
    return ("\n".join([*notes, ",".join([*index, *heads]), *rows]) + "\n").encode()


def _parquet(found: HourlyProfiles) -> bytes:
    columns: dict[str, pa.Array] = {
        "year": pa.array(np.repeat(np.array(found.years, dtype=np.int32), HOURS)),
        "hour": pa.array(np.tile(np.arange(HOURS, dtype=np.int32), len(found.years))),
    }
    fields = [pa.field(name, values.type) for name, values in columns.items()]
    for name, one in found.listed.items():
        columns[name] = pa.array(np.ascontiguousarray(found.series[name]).ravel())
        about = {"unit": one.unit, "origin": one.origin, "source": one.source, "note_zh": one.note.zh, "note_en": one.note.en}
        fields.append(pa.field(name, pa.float64(), metadata=about))
    return write_table(pa.table(list(columns.values()), schema=pa.schema(fields)))


def _json(found: HourlyProfiles) -> bytes:
    values = {name: found.series[name].tolist() for name in found.listed}
    return (json.dumps({**profiles_document(found), "series": values}, ensure_ascii=False) + "\n").encode()


WRITERS: Mapping[str, Callable[[HourlyProfiles], bytes]] = {".csv": _csv, ".parquet": _parquet, ".json": _json}
"""Writers by ending."""
