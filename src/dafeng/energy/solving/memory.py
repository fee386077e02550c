"""Give memory back before a solver takes its own: what numpy freed, what the solver has copied, what waits on disk.

Invariant: nothing here changes a value; where the system cannot give memory back or has no room on disk, nothing happens.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import mmap
import os
import pickle
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from dafeng.energy.program import Program

LARGE = 100_000
"""Columns from which a programme lies on disk while a solver works on its own copy."""
WORTH = 100_000
"""Rows from which giving memory back is worth looking through every object of the process, which takes up to a second."""
SIDES = ("row_low", "row_high", "low", "high", "cost")
"""Dense arrays of a programme."""


class Handed:
    """A sparse matrix by columns that lets go of each array once it has been read.

    Clarabel reads each array once and keeps a copy, but holds on to what it was given until it has factorised.

    Parameters
    ----------
    matrix : scipy.sparse.csc_matrix
        What is handed over; the caller keeps no reference.
    """

    def __init__(self, matrix: Any) -> None:
        self.shape = matrix.shape
        self.has_canonical_format = bool(matrix.has_canonical_format)
        self._parts = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr}

    @property
    def data(self) -> Any:
        """Entries, once."""
        return self._parts.pop("data")

    @property
    def indices(self) -> Any:
        """Row of each entry, once."""
        return self._parts.pop("indices")

    @property
    def indptr(self) -> Any:
        """Where each column begins, once."""
        return self._parts.pop("indptr")


def release_memory(rows: int) -> None:
    """Collect what is no longer used and let the C library return it to the system, where it is glibc.

    Parameters
    ----------
    rows : int
        Size of what is solved next; before something small nothing happens.
    """
    if rows < WORTH:
        return
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


class Shelf:
    """Keeps one object in a nameless temporary file until it is taken back; in memory where there is no room for it.

    Parameters
    ----------
    kept : object
        What is kept; the caller lets go of it.
    """

    def __init__(self, kept: Any) -> None:
        self._kept = kept
        self._file: Any = None
        with suppress(OSError):
            file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when taken back
            try:
                pickle.dump(kept, file, protocol=5)
                file.flush()  # what is still in a buffer when the disk is full must fail here and not when it is read
            except OSError:
                file.close()
                raise
            self._file, self._kept = file, None

    def take(self) -> Any:
        """What was kept, as it was; once.

        Returns
        -------
        object
            Read back from the file, or from memory where there was no room for one.
        """
        if self._file is None:
            return self._kept
        with self._file:
            self._file.seek(0)
            return pickle.load(self._file)  # noqa: S301 - written above, in a file without a name


def on_disk(program: Program) -> Program:
    """The programme with its arrays in a nameless temporary file that stands in memory only where it is read.

    Parameters
    ----------
    program : Program
        A programme that nobody changes; small ones stay as they are.

    Returns
    -------
    Program
        The same numbers.
    """
    if len(program.cost) < LARGE:
        return program
    matrix = program.matrix
    try:
        data, indices, indptr, *sides = [_mapped(array) for array in _arrays(program)]
    except OSError:
        return program
    mapped = sparse.csc_matrix((data, indices, indptr), shape=matrix.shape, copy=False)
    mapped.has_sorted_indices, mapped.has_canonical_format = matrix.has_sorted_indices, matrix.has_canonical_format
    return replace(program, matrix=mapped, **dict(zip(SIDES, sides, strict=True)))


def leave_to_disk(program: Program) -> None:
    """Let the system take the memory of a programme's arrays that lie on disk; they are read again when needed.

    Parameters
    ----------
    program : Program
        Any programme; arrays that do not lie on disk stay in memory.
    """
    for array in _arrays(program):
        held: Any = array
        while isinstance(held, np.ndarray):
            held = held.base
        file = held.obj if isinstance(held, memoryview) else held
        if isinstance(file, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            file.madvise(mmap.MADV_DONTNEED)


def _arrays(program: Program) -> list[Any]:
    matrix = program.matrix
    return [matrix.data, matrix.indices, matrix.indptr, *(getattr(program, side) for side in SIDES)]


def _mapped(array: Any) -> Any:
    """The array in a file, written before it is mapped, so that a full disk is an error and not a fault."""
    if not array.nbytes:
        return array
    with tempfile.TemporaryFile() as file:
        array.tofile(file)
        if os.fstat(file.fileno()).st_size < array.nbytes:  # numpy does not tell when the last buffer found no room
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return np.frombuffer(mmap.mmap(file.fileno(), 0), dtype=array.dtype)
