"""A generator: output between what must run and what is available, with limited change from hour to hour.

Equations: ``must <= x_t <= available_t`` and, where a ramp is given, ``|x_t - x_(t-1)| <= ramp``; both in MW.
"""

from __future__ import annotations

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.components.piece import Flow, Piece, fill
from dafeng.energy.profiles import Profiles
from dafeng.energy.program import Constraints, Floats, Term, Variables
from dafeng.energy.system import Generator


def available(generator: Generator, profiles: Profiles) -> Floats:
    """Largest output in each hour.

    Parameters
    ----------
    generator : Generator
        The component.
    profiles : Profiles
        Hourly series.

    Returns
    -------
    (hours,) array
        Capacity × availability × profile. [MW]
    """
    return generator.capacity_mw * generator.available_share * profiles.series(generator.profile)


def must_run(generator: Generator, profiles: Profiles) -> Floats:
    """Least output in each hour.

    Parameters
    ----------
    generator : Generator
        The component.
    profiles : Profiles
        Hourly series.

    Returns
    -------
    (hours,) array
        Share × shape × what is available. [MW]
    """
    return generator.must_run_share * profiles.series(generator.must_run_profile) * available(generator, profiles)


def state(generator: Generator, profiles: Profiles) -> Piece:
    """Variables and equations of a generator.

    Parameters
    ----------
    generator : Generator
        The component.
    profiles : Profiles
        Hourly series.

    Returns
    -------
    Piece
        Output, and its ramp where there is a limit.

    Raises
    ------
    DefinitionError
        If what must run in one hour cannot be left in time for what is available in the next.
    """
    name = f"generation.{generator.name}"
    low, high = must_run(generator, profiles), available(generator, profiles)
    output = Variables(name, low, high, fill(generator.variable_cost, profiles.hours))
    ramps = (_ramp(generator, name, low, high),) if generator.ramp_share < 1 and profiles.hours > 1 else ()
    return Piece((output,), (Flow(generator.carrier, name, 1.0),), ramps)


def _ramp(generator: Generator, name: str, low: Floats, high: Floats) -> Constraints:
    limit = generator.ramp_share * generator.capacity_mw * generator.available_share
    if np.any(low[:-1] - high[1:] > limit) or np.any(low[1:] - high[:-1] > limit):
        raise DefinitionError(
            Label("最小出力与可用出力的变化超过爬坡上限", "least and available output change faster than the ramp allows"),
            where=f"generator.{generator.name}",
            expected=Label("爬坡上限容得下曲线本身的变化", "a ramp that leaves room for the profile itself"),
            remedy=Label("放宽 ramp_share 或改正曲线", "widen ramp_share or correct the profile"),
        )
    now = np.arange(1, len(low))
    sides = np.full(len(now), limit)
    return Constraints(f"ramp.{generator.name}", (Term(name, 1.0, now), Term(name, -1.0, now - 1)), -sides, sides)
