"""Runs: what one computation made, in a folder that is written once and never edited.

Invariant: a run's folder appears whole or not at all. A re-run is a new run: its id is a serial number and the hash
of inputs, versions and options, so that two runs of the same thing are two, and can be seen to be of the same thing.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from dafeng.core.errors import StoreError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.core.traces import Trace
from dafeng.store.files import check_file, damaged, hash_bytes, hash_tree, seal, sync_folder, unseal
from dafeng.store.parts import read_table
from dafeng.store.refusals import check_instant
from dafeng.store.shelves import HEAD, TRACES_FILE, fill_shelf, gather_files
from dafeng.store.traces import read_trace, read_traces

FORMAT = 1
RUN_NAME = re.compile(r"(\d{4,})-([0-9a-f]{8})")
ATTEMPTS = 1000


@dataclass(frozen=True, slots=True)
class Run:
    """One computation.

    Parameters
    ----------
    id : str
        Serial number in its store and hash of what it was made from: ``0007-3f2a91bc``.
    at : datetime
        When it was begun.
    versions : mapping of str to str
        Versions of what computed: the programme, methods, factors.
    inputs : mapping of str to str
        What it was made from, with hashes.
    options : mapping of str to str
        What was chosen.
    """

    id: str
    at: datetime
    versions: Mapping[str, str]
    inputs: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def serial(self) -> int:
        """Number of the run in its store, from 1."""
        return int(self.id.split("-")[0])

    @property
    def fingerprint(self) -> str:
        """Hash of inputs, versions and options: equal for runs of the same thing."""
        return self.id.split("-")[1]


def fingerprint(inputs: Mapping[str, str], versions: Mapping[str, str], options: Mapping[str, str]) -> str:
    """Hash of what a run is made from.

    Parameters
    ----------
    inputs, versions, options : mapping of str to str
        As in `Run`; their order does not matter.

    Returns
    -------
    str
        8 hexadecimal digits.
    """
    return hash_tree({"inputs": dict(inputs), "versions": dict(versions), "options": dict(options)})[:8]


class RunStore:
    """The runs of a city, one folder each.

    Parameters
    ----------
    folder : Path
        The folder; it is made by the first run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def begin(
        self,
        *,
        at: datetime,
        versions: Mapping[str, str],
        inputs: Mapping[str, str],
        options: Mapping[str, str] | None = None,
    ) -> Run:
        """Reserve the next number for a run that is about to be computed.

        Parameters
        ----------
        at : datetime
            Now, with time zone.
        versions, inputs, options : mapping of str to str
            As in `Run`.

        Returns
        -------
        Run
            To be handed to `write`; until then nobody sees it.

        Raises
        ------
        StoreError
            If the instant has no time zone or the folder cannot be written.
        """
        chosen = dict(options or {})
        serial = self._reserve()
        name = f"{serial:04d}-{fingerprint(inputs, versions, chosen)}"
        return Run(name, check_instant(at, "at"), dict(versions), dict(inputs), chosen)

    def write(
        self,
        run: Run,
        tables: Mapping[str, pa.Table],
        documents: Mapping[str, bytes],
        *,
        traces: Iterable[Trace] = (),
    ) -> Run:
        """Store what a run made, all in one step.

        Parameters
        ----------
        run : Run
            From `begin`.
        tables : mapping of str to pyarrow.Table
            Tables by name.
        documents : mapping of str to bytes
            Other files by name, e.g. ``view.json``.
        traces : iterable of Trace, optional
            The explanation graph.

        Returns
        -------
        Run
            The run, now readable.

        Raises
        ------
        StoreError
            If the run is there already or was not begun here, or a name cannot be a file's name.
        """
        files = gather_files(tables, documents, traces)
        shelf = self.folder / f".{run.serial:04d}"
        if not shelf.is_dir() or (self.folder / run.id).exists():
            raise self._refusal(
                run.id, Label("该运行未在此开始，或已写入", "the run was not begun here, or was written before")
            )
        hashes = {name: hash_bytes(content) for name, content in files.items()}
        fill_shelf(shelf, {**files, HEAD: seal(_describe(run, hashes))})
        os.rename(shelf, self.folder / run.id)
        sync_folder(self.folder)
        return run

    def list(self) -> tuple[Run, ...]:
        """Runs in the order they were begun.

        Returns
        -------
        tuple of Run
            Whole ones only.

        Raises
        ------
        StoreError
            If the head of a run is damaged.
        """
        return tuple(self.open(name) for name in self._names())

    def newest(self) -> Iterator[Run]:
        """Runs from the one begun last to the first; each is looked at only when it is asked for.

        Yields
        ------
        Run
            Whole ones only.

        Raises
        ------
        StoreError
            If the head of a run that is asked for is damaged.
        """
        yield from (self.open(name) for name in reversed(self._names()))

    def latest(self) -> Run | None:
        """The run begun last.

        Returns
        -------
        Run or None
            ``None`` where there is no run.

        Raises
        ------
        StoreError
            If its head is damaged.
        """
        names = self._names()
        return self.open(names[-1]) if names else None

    def open(self, run: str) -> Run:
        """What a run is.

        Parameters
        ----------
        run : str
            Its id.

        Returns
        -------
        Run
            As it was begun.

        Raises
        ------
        StoreError
            If there is no such run, or its head is damaged or of another version.
        """
        body = self._head(run)
        at = datetime.fromisoformat(body["at"])
        return Run(run, at, body["versions"], body["inputs"], body["options"])

    def read(self, run: str, table: str) -> pa.Table:
        """A table of a run.

        Parameters
        ----------
        run : str
            Id of the run.
        table : str
            Name of the table.

        Returns
        -------
        pyarrow.Table
            As it was written.

        Raises
        ------
        StoreError
            If the run or table does not exist, or the file is not what was written; the message names it.
        """
        return read_table(self._file(run, f"{table}.parquet"))

    def document(self, run: str, name: str) -> bytes:
        """A document of a run.

        Parameters
        ----------
        run : str
            Id of the run.
        name : str
            Name of the document, e.g. ``view.json``.

        Returns
        -------
        bytes
            As it was written.

        Raises
        ------
        StoreError
            As for `read`.
        """
        return self._file(run, name).read_bytes()

    def trace(self, run: str, address: str) -> Trace:
        """One node of a run's explanation graph.

        Parameters
        ----------
        run : str
            Id of the run.
        address : str
            Address inside the run.

        Returns
        -------
        Trace
            The node.

        Raises
        ------
        AddressError
            If the run has no such node.
        StoreError
            As for `read`.
        """
        return read_trace(self._file(run, TRACES_FILE), address)

    def traces(self, run: str) -> Mapping[str, Trace]:
        """The whole explanation graph of a run.

        Parameters
        ----------
        run : str
            Id of the run.

        Returns
        -------
        mapping of str to Trace
            By address, sorted.

        Raises
        ------
        StoreError
            As for `read`.
        """
        return read_traces(self._file(run, TRACES_FILE))

    def verify(self) -> tuple[Finding, ...]:
        """Compare every file of every run with what its head says.

        Returns
        -------
        tuple of Finding
            One per file that is missing or changed; empty if all is well.
        """
        from dafeng.store.inspection import inspect_run

        return tuple(fault for name in self._names() for fault in inspect_run(self.folder / name, HEAD))

    def sweep(self) -> tuple[str, ...]:
        """Remove what runs left that were begun and never written; call it when no run is under way.

        Returns
        -------
        tuple of str
            Names of the folders removed.
        """
        left = tuple(sorted(path.name for path in self.folder.glob(".[0-9]*") if path.is_dir()))
        for name in left:
            shutil.rmtree(self.folder / name)
        return left

    def _names(self) -> tuple[str, ...]:
        """Ids of whole runs, in the order they were begun."""
        found = self.folder.iterdir() if self.folder.is_dir() else []
        names = (path.name for path in found if RUN_NAME.fullmatch(path.name))
        return tuple(sorted(names, key=lambda name: (int(name.split("-")[0]), name)))

    def _reserve(self) -> int:
        """Take the next free number: making its hidden folder is the one step that only one process can do."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for _ in range(ATTEMPTS):
            serial = max((number for path in self.folder.iterdir() if (number := _number(path.name))), default=0) + 1
            try:
                (self.folder / f".{serial:04d}").mkdir()
            except FileExistsError:
                continue
            if not any(self.folder.glob(f"{serial:04d}-*")):
                return serial
            (self.folder / f".{serial:04d}").rmdir()
        raise self._refusal(str(self.folder), Label("无法预留运行编号", "no run number could be reserved"))

    def _head(self, run: str) -> dict[str, Any]:
        path = self.folder / run / HEAD
        if not RUN_NAME.fullmatch(run) or not path.parent.is_dir():
            raise self._refusal(run, Label(f"没有运行“{run}”", f"there is no run '{run}'"))
        body = unseal(path)
        if body.get("format") != FORMAT:
            raise damaged(path, f"format {body.get('format')!r}")
        return body

    def _file(self, run: str, name: str) -> Path:
        """Path of a file of a run, after it was found to be what was written."""
        hashes = self._head(run)["files"]
        if name not in hashes:
            raise self._refusal(run, Label(f"运行中没有“{name}”", f"the run has no '{name}'"))
        path = self.folder / run / name
        check_file(path, hashes[name])
        return path

    def _refusal(self, run: str, what: Label) -> StoreError:
        return StoreError(
            what,
            where=run,
            expected=Label(
                f"运行编号，例如 {'、'.join(self._names()[-3:]) or '0001-…'}", "the id of a run in this store, or a new one"
            ),
            remedy=Label("检查编号；要重算请开始新的运行", "check the id; to compute again, begin a new run"),
        )


def _number(name: str) -> int:
    """Number that a folder's name takes, reserved (``.0007``) or written (``0007-3f2a91bc``); 0 for other names."""
    head = name.removeprefix(".").split("-")[0]
    return int(head) if head.isascii() and head.isdigit() else 0


def _describe(run: Run, hashes: Mapping[str, str]) -> dict[str, Any]:
    made = {"versions": dict(run.versions), "inputs": dict(run.inputs), "options": dict(run.options)}
    return {"format": FORMAT, "at": run.at.isoformat(), "files": dict(hashes), **made}
