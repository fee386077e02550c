"""What is asked of a solver and what it hands back.

Invariant: an answer is a claim; the algorithm it names is read from counters, its status word is text and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dafeng.energy.program import Floats
from dafeng.energy.solving.start import Start

Algorithm = Literal["simplex", "clarabel", "clarabel_exact", "ipx", "hipo", "pdlp", "branch", "active_set"]
"""What can be asked for.

``simplex`` HiGHS dual simplex; ``clarabel`` Clarabel without refinement; ``clarabel_exact`` with refinement and tighter;
``ipx``, ``hipo`` HiGHS interior points with crossover; ``pdlp`` HiGHS first-order method; ``branch`` HiGHS branch and cut
for whole variables; ``active_set`` HiGHS for squared costs.
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a solver stands.

    Parameters
    ----------
    algorithm : str
        What was asked for.
    iteration : int
        Iterations so far; nodes of the tree where whole variables are searched.
    gap : float
        Relative gap that the solver states; NaN where it states none.
    seconds : float
        Wall time since it began. [s]
    """

    algorithm: str
    iteration: int
    gap: float
    seconds: float


Watch = Callable[[Progress], object]
"""Called between iterations; the solve is cancelled when it returns true."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a solver runs.

    Parameters
    ----------
    tolerance : float
        Relative gap and residuals that the certificate will ask for; solvers aim a hundredth below.
    watch : callable or None
        Told where the solver stands; true cancels.
    seconds : float
        Wall time after which it is stopped. [s]
    start : Start or None
        Where the simplex begins; other algorithms, and small programmes, begin without.
    """

    tolerance: float = 1e-6
    watch: Watch | None = None
    seconds: float = np.inf
    start: Start | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a solver returned.

    Parameters
    ----------
    asked, ran : str
        Algorithm asked for and the one its counters show.
    status : str
        Status word of the solver; informative only.
    values : (columns,) array
        Point.
    multipliers : (rows,) array
        Price of each constraint.
    iterations : int
        Iterations of the algorithm.
    seconds : float
        CPU time of this process while it ran. [s]
    bound : float
        Lower bound that the solver states where it searches whole variables; minus infinity elsewhere.
    cancelled : bool
        Whether the watch stopped it.
    start : Start or None
        Where a like programme may begin.
    """

    asked: str
    ran: str
    status: str
    values: Floats
    multipliers: Floats
    iterations: int
    seconds: float
    bound: float = -np.inf
    cancelled: bool = False
    start: Start | None = None
