"""How many parts sums of long arrays are cut into.

Invariant: what the command line publishes does not depend on the number of processors: linear algebra adds in one piece.
"""

from __future__ import annotations

import os

_NAMES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What the libraries of linear algebra are told by."""


def add_in_one_piece() -> None:
    """Have linear algebra use one thread, here and in processes begun from here; call it before numpy is first imported.

    With several threads a long sum is cut into as many parts, which moves its last digits. What the environment says
    already stays.
    """
    for name in _NAMES:
        os.environ.setdefault(name, "1")
