"""One window of time: where it begins and ends, what joins it to the rest, its certified optimum.

Invariant: a window without a certified optimum is an error that names its steps; nothing is carried on from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from dafeng.core.errors import SolveError
from dafeng.core.labels import Label
from dafeng.energy.certificate import Certificate
from dafeng.energy.network.table import Network
from dafeng.energy.program import Floats, Program
from dafeng.energy.solution import CancelledError, solve_program
from dafeng.energy.solving.answer import Algorithm
from dafeng.energy.windows.cutter import Cutter


def spans(steps: int, horizon: int, overlap: int) -> Iterator[tuple[int, int]]:
    """First and last step of every window.

    Parameters
    ----------
    steps, horizon, overlap : int
        Steps in all, of one window, and those decided again.

    Yields
    ------
    tuple of int
        First step and the step after the last.
    """
    for start in range(0, steps, horizon - overlap):
        yield start, min(steps, start + horizon)


def with_joint_rows(cutter: Cutter, part: Program, start: int, end: int) -> Program:
    """A window with the limits over all steps, each as if the window were all.

    Parameters
    ----------
    cutter : Cutter
        The whole programme.
    part : Program
        The window.
    start, end : int
        Its steps.

    Returns
    -------
    Program
        The window with those rows added.
    """
    count = int(cutter.row_start[0])
    if not count:
        return part
    matrix = sparse.vstack([part.matrix, cutter.joint(start, end)], format="csc")
    low, high = (getattr(cutter.program, name)[:count] for name in ("row_low", "row_high"))
    return replace(part, matrix=matrix, row_low=np.append(part.row_low, low), row_high=np.append(part.row_high, high))


def solve_window(
    part: Program, network: Network, steps: tuple[int, int], ladder: Sequence[Algorithm] | None
) -> tuple[Floats, Certificate]:
    """Certified optimum of one window.

    Parameters
    ----------
    part : Program
        The window.
    network : Network
        The network, for the names of its steps.
    steps : (start, end)
        Its steps.
    ladder : sequence of Algorithm, optional
        Solvers in the order in which they are tried; by kind and size if not given.

    Returns
    -------
    (columns,) array, Certificate
        The optimum and its proof.

    Raises
    ------
    SolveError
        If there is none; names the steps.
    """
    try:
        found = solve_program(part, ladder=ladder)
    except CancelledError:
        raise
    except SolveError as error:
        first, last = network.clock.labels[steps[0]], network.clock.labels[steps[1] - 1]
        raise SolveError(
            Label(
                f"时段 {first} 至 {last} 的窗口无解：{error.what.zh}",
                f"no solution in the window from {first} to {last}: {error.what.en}",
            ),
            where=f"energy.modes.rolling.{steps[0]}-{steps[1]}",
            expected=Label("每个窗口可行", "every window to be feasible"),
            remedy=Label("加长窗口，或给未满足的需求定价", "lengthen the window, or give unserved demand a price"),
        ) from error
    return found.values, found.certificate
