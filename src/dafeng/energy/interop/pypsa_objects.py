"""PyPSA networks in memory: read as a network, solved in place of ``pypsa.Network.optimize``.

Invariant: PyPSA is never needed to read one; its object is only asked for its tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.interop.frames import LISTS, Sheet, network_of
from dafeng.energy.network.table import Clock, Network


def read_object(source: Any, *, multi_period: bool | None = None) -> Network:
    """Network from a ``pypsa.Network``.

    Parameters
    ----------
    source : pypsa.Network
        What is read; standard types of lines and transformers are resolved by PyPSA itself.
    multi_period : bool, optional
        Whether investment periods count; by default where the network has any.

    Returns
    -------
    Network
        The same network.

    Raises
    ------
    DefinitionError
        If it uses what the model does not have.
    """
    if getattr(source, "has_scenarios", False):
        raise _scenarios()
    source.calculate_dependent_values()
    return network_of(str(source.name or "pypsa"), _clock(source, multi_period), {kind: _sheet(source, kind) for kind in LISTS})


def _sheet(source: Any, kind: str) -> Sheet:
    component = source.components[kind]
    static = component.static
    names = tuple(map(str, static.index))
    columns = {str(name): static[name].to_numpy() for name in static.columns}
    if kind in ("lines", "transformers") and "type" in columns:
        columns["type"] = np.full(len(names), "", dtype=object)
    series = {
        str(name): {str(one): frame[one].to_numpy(dtype=np.float64) for one in frame.columns}
        for name, frame in component.dynamic.items()
        if len(frame.columns)
    }
    return Sheet(names, columns, series)


def _clock(source: Any, multi_period: bool | None) -> Clock:
    weights, snapshots = source.snapshot_weightings, source.snapshots
    columns = {name: weights[name].to_numpy(dtype=np.float64) for name in ("objective", "stores", "generators")}
    years = tuple(int(year) for year in source.investment_periods) if multi_period is not False else ()
    if multi_period and not years:
        raise _periods()
    if not years:
        return Clock(tuple(map(str, snapshots)), **columns, period=np.zeros(len(snapshots), dtype=np.int64))
    own: Mapping[int, int] = {year: place for place, year in enumerate(years)}
    period = np.array([own[int(year)] for year in snapshots.get_level_values(0)], dtype=np.int64)
    labels = tuple(f"{year} {step}" for year, step in snapshots)
    weighting = source.investment_period_weightings
    objective, length = (weighting[name].to_numpy(dtype=np.float64) for name in ("objective", "years"))
    return Clock(labels, **columns, period=period, periods=years, period_objective=objective, period_years=length)


def _scenarios() -> DefinitionError:
    return DefinitionError(
        Label("网络带有随机情景", "the network has stochastic scenarios"),
        where="energy.interop.scenarios",
        expected=Label("没有情景的网络", "a network without scenarios"),
        remedy=Label("用 build_scenarios 逐个给出情景", "give the scenarios one by one to build_scenarios"),
    )


def _periods() -> DefinitionError:
    return DefinitionError(
        Label("网络没有投资期", "the network has no investment periods"),
        where="energy.interop.investment_periods",
        expected=Label("至少一个投资期", "at least one investment period"),
        remedy=Label("不要求多期，或先设投资期", "do not ask for periods, or set them first"),
    )
