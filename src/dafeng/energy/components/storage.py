"""A storage: a level that is filled and drawn, the same at the end of the year as at its start.

Equations: ``s_t = (1 - loss) s_(t-1) + in·c_t - d_t / out`` (cyclic), ``c, d <= power``, ``s <= hours·power``; the
power is a number, or a variable where it may be expanded.
"""

from __future__ import annotations

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.components.piece import Flow, Piece, fill
from dafeng.energy.program import Constraints, Floats, Term, Variables
from dafeng.energy.system import Storage

YEAR = 8760
"""Hours of a year without leap day: an annual cost is charged for the hours that are modelled."""


def state(storage: Storage, hours: int, *, expand: bool = False) -> Piece:
    """Variables and equations of a storage.

    Parameters
    ----------
    storage : Storage
        The component.
    hours : int
        Number of hours.
    expand : bool
        Whether its power is chosen between ``power_mw`` and ``power_most_mw``.

    Returns
    -------
    Piece
        Charge, discharge and level, and the power where it is chosen.

    Raises
    ------
    DefinitionError
        If it is to be expanded without room or without a cost.
    """
    power = _largest(storage) if expand else storage.power_mw
    charge, discharge, level = (f"{part}.{storage.name}" for part in ("charge", "discharge", "level"))
    variables = (
        Variables(charge, fill(0.0, hours), fill(power, hours), fill(0.0, hours)),
        Variables(discharge, fill(0.0, hours), fill(power, hours), fill(storage.variable_cost, hours)),
        Variables(level, fill(0.0, hours), fill(power * storage.hours, hours), fill(0.0, hours)),
    )
    flows = (Flow(storage.carrier, charge, -1.0), Flow(storage.carrier, discharge, 1.0))
    balance = _balance(storage, hours)
    if not expand:
        return Piece(variables, flows, (balance,))
    annual = storage.annual_cost * hours / YEAR
    chosen = Variables(f"power.{storage.name}", *(np.array([x]) for x in (storage.power_mw, power, annual)))
    limits = tuple(_limit(storage, part, hours) for part in ("charge", "discharge", "level"))
    return Piece((*variables, chosen), flows, (balance, *limits), constant=-annual * storage.power_mw)


def _balance(storage: Storage, hours: int) -> Constraints:
    before = np.roll(np.arange(hours), 1)
    terms = (
        Term(f"level.{storage.name}", 1.0),
        Term(f"level.{storage.name}", -(1.0 - storage.loss_share), before),
        Term(f"charge.{storage.name}", -storage.charge_efficiency),
        Term(f"discharge.{storage.name}", 1.0 / storage.discharge_efficiency),
    )
    return Constraints(f"level.{storage.name}", terms, fill(0.0, hours), fill(0.0, hours))


def _limit(storage: Storage, part: str, hours: int) -> Constraints:
    size = storage.hours if part == "level" else 1.0
    alone: Floats = fill(0.0, hours)
    terms = (Term(f"{part}.{storage.name}", 1.0), Term(f"power.{storage.name}", -size, np.zeros(hours, dtype=np.int64)))
    return Constraints(f"{part}_limit.{storage.name}", terms, fill(-np.inf, hours), alone)


def _largest(storage: Storage) -> float:
    if storage.power_most_mw < storage.power_mw or storage.annual_cost <= 0:
        raise DefinitionError(
            Label(
                f"不能扩建：上限 {storage.power_most_mw:g} MW，年化成本 {storage.annual_cost:g} 元/MW",
                f"cannot be expanded: at most {storage.power_most_mw:g} MW at {storage.annual_cost:g} yuan/MW",
            ),
            where=f"storage.{storage.name}",
            expected=Label("不小于现有功率的上限与正的年化成本", "a limit not below the power, and a positive annual cost"),
            remedy=Label("填写 power_most_mw 与 annual_cost", "give power_most_mw and annual_cost"),
        )
    return storage.power_most_mw
