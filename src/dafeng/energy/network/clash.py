"""Why a network has no solution: the limits that clash, and the buses and hours where power is short or in excess.

Invariant: what is named is part of a contradiction that recomputed multipliers prove.
"""

from __future__ import annotations

import numpy as np

from dafeng.core.labels import Label
from dafeng.energy.infeasible import Clash, Group, explain_infeasible
from dafeng.energy.network.balance import BALANCE
from dafeng.energy.network.build import Built, balance_rows, build_network
from dafeng.energy.network.table import Flags, Network
from dafeng.energy.proofs import KEPT

MOST = 5
"""Buses that are named one by one."""


def explain_network(network: Network, *, relaxed: bool = False) -> tuple[Label, ...]:
    """Statements that together say why a network has no solution.

    Parameters
    ----------
    network : Network
        A network.
    relaxed : bool
        Whether commitment is relaxed to shares.

    Returns
    -------
    tuple of Label
        The limits that clash, by how much each would have to give way, and the buses and first hours of the contradiction;
        empty if the network has a solution.

    Raises
    ------
    SolveError
        If neither a solution nor a proof was found.
    """
    built = build_network(network, relaxed=relaxed)
    crossed = _crossed(built)
    if crossed:
        return crossed
    names = network.table("global_constraint").names
    groups = [
        Group(f"limit.{name}", Label(f"限额“{name}”", f"the limit '{name}'"), constraints=(f"limit.{name}",))
        for name in names
        if f"limit.{name}" in built.program.constraints
    ]
    clash = explain_infeasible(built.program, groups)
    return () if clash is None else (*_limits(clash), *_buses(built, clash), *_blocks(clash))


def _crossed(built: Built) -> tuple[Label, ...]:
    """Components whose own bounds leave no value, each with its first hour."""
    program, found = built.program, []
    apart = program.low > program.high + KEPT * (1.0 + np.abs(program.high))
    for block, places in built.builder.variables.items():
        wrong = (places >= 0) & apart[places]
        for component in np.flatnonzero(wrong.any(axis=0))[:MOST]:
            step, kind = int(np.argmax(wrong[:, component])), block.split(".")[0]
            frame = built.frames[kind]
            name = (frame.members if places.shape[1] == len(frame.members) else frame.table).names[component]
            low, high = program.low[places[step, component]], program.high[places[step, component]]
            label = built.network.clock.labels[step] if places.shape[0] > 1 else ""
            found.append(
                Label(
                    f"“{name}”的 {block}：下限 {low:.6g} 高于上限 {high:.6g} {label}".rstrip(),
                    f"{block} of '{name}': lower bound {low:.6g} above upper bound {high:.6g} {label}".rstrip(),
                )
            )
    return tuple(found)


def _limits(clash: Clash) -> tuple[Label, ...]:
    found = []
    for group in clash.groups:
        short = clash.shortfall.get(group.name)
        zh, en = ("", "") if short is None else (f"，须放宽 {short:.6g}", f", which would have to give way by {short:.6g}")
        found.append(Label(f"{group.label.zh}{zh}", f"{group.label.en}{en}"))
    return tuple(found)


def _buses(built: Built, clash: Clash) -> tuple[Label, ...]:
    if BALANCE not in clash.places:
        return ()
    network, rows = built.network, balance_rows(built)
    start = built.program.constraints[BALANCE].start
    taking = np.isin(rows, clash.places[BALANCE] + start) & (rows >= 0)
    found = []
    for bus in _longest(taking):
        steps = np.flatnonzero(taking[:, bus])
        name, label = network.table("bus").names[bus], network.clock.labels[steps[0]]
        found.append(
            Label(
                f"母线“{name}”的平衡，共 {len(steps)} 个时段，自 {label} 起",
                f"the balance of bus '{name}' in {len(steps)} steps from {label}",
            )
        )
    return tuple(found)


def _longest(taking: Flags) -> list[int]:
    counts = taking.sum(axis=0)
    return [int(bus) for bus in np.argsort(-counts, kind="stable")[:MOST] if counts[bus]]


def _blocks(clash: Clash) -> tuple[Label, ...]:
    """Further constraints that take part, by the names of their blocks."""
    told = {BALANCE, *(block for group in clash.groups for block in group.constraints)}
    return tuple(Label(f"约束“{block}”", f"the constraints '{block}'") for block in clash.places if block not in told)
