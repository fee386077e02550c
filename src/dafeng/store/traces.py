"""The explanation graph of a run as one Parquet table, in which a single node is found at once.

Invariant: what is written is read back equal; the rows are sorted by address, and an address stands once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from dafeng.core.errors import AddressError, StoreError
from dafeng.core.labels import Label
from dafeng.core.tables import TEXT, Column, Schema
from dafeng.core.traces import Anchor, Cell, Trace

TRACES = Schema(
    "traces",
    (
        Column("address", TEXT, "table/row inside the run"),
        Column("kind", TEXT, "what sort of node (core.traces.TraceKind)"),
        Column("says_zh", TEXT, "the node in words, Chinese"),
        Column("says_en", TEXT, "the node in words, English"),
        Column("value", TEXT, "the number as decimal text", required=False),
        Column("unit", TEXT, "unit of the number", required=False),
        Column("year", pa.int32(), "year it speaks of", required=False),
        Column("expression", TEXT, "expression that was evaluated", required=False),
        Column("typeset", TEXT, "the expression as MathML", required=False),
        Column("inputs", pa.list_(TEXT), "addresses of the nodes it was made from"),
        Column("source", TEXT, "source id", required=False),
        Column("grade", TEXT, "evidence grade", required=False),
        Column("match", TEXT, "how a factor matched", required=False),
        Column("anchor_start", pa.int64(), "first character in the document", required=False),
        Column("anchor_end", pa.int64(), "character after the last", required=False),
        Column("anchor_paragraph", pa.int64(), "paragraph of the document", required=False),
        Column("anchor_sha256", TEXT, "hash of the document", required=False),
        Column("anchor_document", TEXT, "name of the document", required=False),
        Column("cell_file", TEXT, "delivered file", required=False),
        Column("cell_sheet", TEXT, "sheet of the file", required=False),
        Column("cell_cell", TEXT, "cell in A1 notation", required=False),
        Column("cell_sha256", TEXT, "hash of the file", required=False),
        Column("note_zh", TEXT, "reservation, Chinese", required=False),
        Column("note_en", TEXT, "reservation, English", required=False),
    ),
)
"""Traces of a run."""
PLAIN = ("address", "kind", "value", "unit", "year", "expression", "typeset", "source", "grade", "match")
GROUP_ROWS = 1024
"""Traces in one row group: what one look-up reads."""


def tabulate(traces: Iterable[Trace]) -> pa.Table:
    """Traces as a table, sorted by address.

    Parameters
    ----------
    traces : iterable of Trace
        The nodes.

    Returns
    -------
    pyarrow.Table
        TRACES.

    Raises
    ------
    StoreError
        If an address occurs twice.
    """
    listed = sorted(traces, key=lambda trace: trace.address)
    twice = sorted({one.address for one, two in pairwise(listed) if one.address == two.address})
    if twice:
        raise StoreError(
            Label(f"地址重复：{', '.join(twice[:5])}", f"addresses occur twice: {', '.join(twice[:5])}"),
            where="traces",
            expected=Label("每个地址一次", "each address once"),
            remedy=Label("每个数只记一次来历", "make one trace for each number"),
        )
    return TRACES.build(_spread(trace) for trace in listed)


def write_traces(traces: Iterable[Trace]) -> bytes:
    """Traces as the bytes of a Parquet file that `read_trace` can look into.

    Parameters
    ----------
    traces : iterable of Trace
        The nodes.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    StoreError
        If an address occurs twice.
    """
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(tabulate(traces), sink, compression="zstd", row_group_size=GROUP_ROWS)
    return bytes(sink.getvalue())


def read_trace(path: Path, address: str) -> Trace:
    """One node; only the row group that holds it is read.

    Parameters
    ----------
    path : Path
        File written by `write_traces`.
    address : str
        Its address inside the run.

    Returns
    -------
    Trace
        The node.

    Raises
    ------
    AddressError
        If there is no such node.
    StoreError
        If the file is missing or damaged.
    """
    rows = _rows_around(path, address)
    addresses = rows.column("address").to_pylist() if rows is not None else []
    place = bisect_left(addresses, address)
    if rows is None or place == len(addresses) or addresses[place] != address:
        raise AddressError(
            Label(f"没有地址“{address}”", f"there is no address '{address}'"),
            where=str(path.parent.name),
            expected=Label("该次运行中的一个地址，例如 targets/YT03", "an address of this run, e.g. targets/YT03"),
            remedy=Label("检查地址与运行编号", "check the address and the id of the run"),
        )
    return restore(rows.slice(place, 1).to_pylist()[0])


class TraceTable(Mapping[str, Trace]):
    """Nodes that stay rows of their table until one is asked for: a run with many figures takes little memory.

    Parameters
    ----------
    table : pyarrow.Table
        TRACES, sorted by address.
    """

    def __init__(self, table: pa.Table) -> None:
        self._table = table.combine_chunks()
        self._addresses = self._table.column("address")

    def __getitem__(self, address: str) -> Trace:
        place = self._place(address)
        if place is None:
            raise KeyError(address)
        return restore(self._table.slice(place, 1).to_pylist()[0])

    def __contains__(self, address: object) -> bool:
        return isinstance(address, str) and self._place(address) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._addresses.to_pylist())

    def __len__(self) -> int:
        return len(self._addresses)

    def _place(self, address: str) -> int | None:
        place = bisect_left(range(len(self)), address, key=lambda at: str(self._addresses[at]))
        return place if place < len(self) and str(self._addresses[place]) == address else None


def read_traces(path: Path) -> Mapping[str, Trace]:
    """All nodes by address.

    Parameters
    ----------
    path : Path
        File written by `write_traces`.

    Returns
    -------
    mapping of str to Trace
        Sorted by address; a node is made when it is asked for.

    Raises
    ------
    StoreError
        If the file is missing or damaged.
    """
    from dafeng.store.parts import read_table

    return TraceTable(read_table(path))


def dangling(traces: Iterable[Trace]) -> tuple[str, ...]:
    """Addresses that are named as inputs and stand for no node.

    Parameters
    ----------
    traces : iterable of Trace
        All nodes of a run.

    Returns
    -------
    tuple of str
        Sorted; empty in a graph that can be walked to its ends.
    """
    listed = list(traces)
    return tuple(sorted({name for trace in listed for name in trace.inputs} - {trace.address for trace in listed}))


def restore(row: Mapping[str, Any]) -> Trace:
    """The trace that a row of TRACES holds.

    Parameters
    ----------
    row : mapping
        One row.

    Returns
    -------
    Trace
        Equal to the one that was written.
    """
    anchor = _gather(row, "anchor_", ("start", "end", "paragraph", "sha256", "document"))
    cell = _gather(row, "cell_", ("file", "sheet", "cell", "sha256"))
    note = _gather(row, "note_", ("zh", "en"))
    return Trace(
        **{name: row[name] for name in PLAIN},
        says=Label(row["says_zh"], row["says_en"]),
        inputs=tuple(row["inputs"]),
        anchor=Anchor(**anchor) if anchor else None,
        cell=Cell(**cell) if cell else None,
        note=Label(**note) if note else None,
    )


def _gather(row: Mapping[str, Any], prefix: str, names: Sequence[str]) -> dict[str, Any]:
    """Values of a group of columns; empty when the group's first column is absent."""
    found = {name: row[prefix + name] for name in names}
    return found if found[names[0]] is not None else {}


def _spread(trace: Trace) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(trace, name) for name in PLAIN}
    row |= {"says_zh": trace.says.zh, "says_en": trace.says.en, "inputs": list(trace.inputs)}
    for prefix, part in (("anchor_", trace.anchor), ("cell_", trace.cell), ("note_", trace.note)):
        if part is not None:
            row |= {prefix + name: getattr(part, name) for name in part.__slots__}
    return row


def _rows_around(path: Path, address: str) -> pa.Table | None:
    """Rows of the one group whose ends hold an address between them."""
    import pyarrow.parquet as pq

    from dafeng.store.files import damaged

    try:
        state = path.stat()
        starts = _starts(path, state.st_size, state.st_mtime_ns)
        group = bisect_left(starts, address + "\0") - 1
        if group < 0:
            return None
        with pq.ParquetFile(path) as file:
            return file.read_row_group(group)
    except (OSError, pa.ArrowInvalid) as cause:
        raise damaged(path, str(cause)) from cause


@lru_cache(maxsize=64)
def _starts(path: Path, size: int, changed: int) -> tuple[str, ...]:  # noqa: ARG001 - tell states of a file apart
    """First address of each row group of a file."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        addresses = file.read(columns=["address"]).column("address")
    return tuple(addresses[start].as_py() for start in range(0, len(addresses), GROUP_ROWS))
