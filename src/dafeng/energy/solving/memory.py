"""Give memory back before a solver takes its own: what numpy freed, and what the solver has copied.

Invariant: nothing here changes a value; where the system cannot give memory back, nothing happens.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Any


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


def release_memory() -> None:
    """Collect what is no longer used and let the C library return it to the system, where it is glibc."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
