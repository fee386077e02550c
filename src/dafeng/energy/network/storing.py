"""Levels over time: which step comes before which, and where a level starts anew.

Invariant: the level before the first active step is the initial one, or the last one where the storage is cyclic; with
investment periods a storage may cycle or start anew in each of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.energy.network.frame import Frame
from dafeng.energy.network.linear import Linear, Places, Present
from dafeng.energy.network.table import Clock, Flags
from dafeng.energy.program import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """How a storage's level is carried from step to step.

    Parameters
    ----------
    cyclic, cyclic_period, initial_period : (n,) array of bool
        Whether the last step leads to the first, the same within each period, every period starts anew.
    initial : (n,) array
        Level before the first step. [MWh]
    """

    cyclic: Flags
    cyclic_period: Flags
    initial_period: Flags
    initial: Floats


def level_before(frame: Frame, level: Linear, turn: Turn) -> tuple[Linear, Floats]:
    """Level at the end of the step before, without losses.

    Parameters
    ----------
    frame : Frame
        Storages.
    level : Linear
        Level at the end of each step. [MWh]
    turn : Turn
        How it is carried.

    Returns
    -------
    Linear
        (steps, n); nothing where the level starts anew.
    (steps, n) array
        Initial level where it starts anew, zero elsewhere; it suffers no loss in the first step. [MWh]
    """
    steps, carried = _sources(frame, turn)
    return level.at(steps).where(carried), np.where(carried, 0.0, turn.initial[None, :])


def hours(frame: Frame) -> Floats:
    """Length of each step for levels.

    Parameters
    ----------
    frame : Frame
        Storages.

    Returns
    -------
    (steps, 1) array
        [h]
    """
    return frame.model.clock.stores[:, None]


def kept(frame: Frame) -> Floats:
    """Share of a level that is left after a step.

    Parameters
    ----------
    frame : Frame
        Storages.

    Returns
    -------
    (steps, n) array
        ``(1 - standing_loss) ** hours``.
    """
    return np.asarray((1.0 - frame.varying("standing_loss")) ** hours(frame))


def _sources(frame: Frame, turn: Turn) -> tuple[Places, Present]:
    clock, active = frame.model.clock, frame.active
    if not clock.periods:
        steps = np.roll(np.arange(clock.size), 1)[:, None]
        return np.repeat(steps, active.shape[1], axis=1), ~clock.first[:, None] | turn.cyclic[None, :]
    wide, begun = _across(active)
    within, inside = _within(clock.period, clock.first)
    own = (turn.cyclic_period | turn.initial_period)[None, :] & clock.invested
    carried = np.where(own, inside[:, None] | turn.cyclic_period[None, :], begun | turn.cyclic[None, :])
    return np.where(own, within[:, None], wide), carried & active


def _across(active: Present) -> tuple[Places, Present]:
    """Last active step before each step, the last of all before the first; and whether there is one before."""
    size = active.shape[0]
    numbered = np.where(active, np.arange(size)[:, None], -1)
    latest = np.maximum.accumulate(numbered, axis=0)
    shifted = np.vstack([np.full((1, active.shape[1]), -1), latest[:-1]])
    return np.where(shifted < 0, latest[-1], shifted), shifted >= 0


def _within(period: Places, first: Flags) -> tuple[Places, Flags]:
    """Step before each step of the same period, its last before its first; and whether it is inside."""
    steps = np.arange(len(period)) - 1
    starts = np.flatnonzero(first)
    steps[starts] = np.append(starts[1:], len(period)) - 1
    return steps, ~first


def period_ends(clock: Clock, period: int | None) -> Places:
    """Last step of each period.

    Parameters
    ----------
    clock : Clock
        Time steps.
    period : int or None
        Only this one; all by default.

    Returns
    -------
    (k,) array of int
        Positions of the steps.
    """
    last = np.flatnonzero(np.append(clock.first[1:], True))
    return last if period is None else last[clock.period[last] == period]
