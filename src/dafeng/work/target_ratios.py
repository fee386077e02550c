"""Targets that are shares of two sums: how far the share itself could go, and by how much it must give way.

Invariant: a share is told in its own unit; its row ``part - share × whole`` is only how an optimiser is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from dafeng.energy import rows as energy_rows
from dafeng.energy.rows import Rows
from dafeng.work.target_system import ROUNDS, Settled, TargetSystem, settle

STILL_MOVING = 1e-9
"""Change of a share from which the next optimum is asked for."""


def reach_share(system: TargetSystem, name: str, *, start: Mapping[str, float]) -> tuple[float, Settled[None]]:
    """Best value of a share while all other rows hold.

    Part less share times whole is linear for a given share; its best point gives a better share, until that stays (Dinkelbach).

    Parameters
    ----------
    system : TargetSystem
        The rows; the others can hold together.
    name : str
        Row of the share.
    start : mapping of str to float
        Where the first picture is drawn.

    Returns
    -------
    float
        The share. [1]
    Settled
        The point at which it is reached.

    Raises
    ------
    SolveError
        If nothing limits it.
    """
    ratio, upward = system.ratios[name], next(row.sense for row in system.rows if row.name == name) != "<="
    share = ratio.share
    for _ in range(ROUNDS):
        asked = system.moved(name, share - ratio.share)

        def choose(table: Rows) -> tuple[Mapping[str, float], None]:
            others = Rows(table.variables, {one: row for one, row in table.rows.items() if one != name})
            return energy_rows.solve(others, table.rows[name].coefficients, maximise=upward, sure=True).values, None

        settled = settle(asked, choose, start=start)
        before, share = share, ratio.of(settled.point)
        if abs(share - before) <= STILL_MOVING:
            break
    return share, settled


def give_share(
    system: TargetSystem, held: Collection[str], name: str, *, start: Mapping[str, float]
) -> tuple[float, Settled[None]]:
    """By how much a share must give way when others hold.

    Parameters
    ----------
    system : TargetSystem
        The rows.
    held : collection of str
        Soft rows that hold beside the hard ones.
    name : str
        Row of the share.
    start : mapping of str to float
        Where the first picture is drawn.

    Returns
    -------
    float
        Least amount. [1]
    Settled
        The point at which the others hold.
    """
    names = {*held, name}
    part = system.without([one for one in system.soft if one not in names])
    best, settled = reach_share(part, name, start=start)
    return abs(best - system.ratios[name].share), settled
