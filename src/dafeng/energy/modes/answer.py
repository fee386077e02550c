"""What every mode answers: a design, its real cost, what bounds it from below, and a sentence that says so.

Invariant: a gap is stated only from a bound that was proven; where there is none it is infinite, never left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

from dafeng.core.labels import Label
from dafeng.energy.certificate import Certificate
from dafeng.energy.network.design import Design
from dafeng.energy.network.table import Network


class Answer(Protocol):
    """What the results of all modes have in common.

    Parameters
    ----------
    network : Network
        What was asked; of several futures the first.
    design : Design
        Capacities, and what they cost.
    cost : float
        Real cost of the design and of an operation of all steps that was checked. [yuan]
    bound : float
        No solution costs less; minus infinity where the mode proves no bound. [yuan]
    gap : float
        How far the cost can be above the optimum, as a share of it; infinite without a bound.
    certificates : tuple of Certificate
        Of every programme that was solved on the way.
    violation : float
        Largest violation of any row by the operation, relative to its size.
    seconds : mapping of str to float
        CPU seconds by part. [s]
    statement : Label
        What is proven, and how large the error is or may be.
    """

    @property
    def network(self) -> Network:
        """What was asked; of several futures the first."""

    @property
    def design(self) -> Design:
        """Capacities, and what they cost."""

    @property
    def cost(self) -> float:
        """Real cost of the design and of an operation of all steps that was checked. [yuan]"""

    @property
    def bound(self) -> float:
        """No solution costs less; minus infinity where the mode proves no bound. [yuan]"""

    @property
    def gap(self) -> float:
        """How far the cost can be above the optimum, as a share of it; infinite without a bound."""

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Of every programme that was solved on the way."""

    @property
    def violation(self) -> float:
        """Largest violation of any row by the operation, relative to its size."""

    @property
    def seconds(self) -> Mapping[str, float]:
        """CPU seconds by part. [s]"""

    @property
    def statement(self) -> Label:
        """What is proven, and how large the error is or may be."""


def share_above(cost: float, other: float) -> float:
    """How much dearer a cost is than another one, as a share of the first.

    Parameters
    ----------
    cost, other : float
        Two costs of the same thing. [yuan]

    Returns
    -------
    float
        ``(cost - other) / |cost|``; of costs below one yuan, which have no share worth stating, the difference itself;
        infinite where either is.
    """
    if not (math.isfinite(cost) and math.isfinite(other)):
        return math.inf
    return (cost - other) / max(1.0, abs(cost))
