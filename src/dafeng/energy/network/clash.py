"""Why a network has no solution: the limits that clash, and the buses and hours where power is short or in excess.

Invariant: what is named is part of a contradiction that recomputed multipliers prove.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dafeng.core.labels import Label
from dafeng.energy.branching import WholeInfeasibility, prove_no_whole_point
from dafeng.energy.duality import price_rows
from dafeng.energy.infeasible import Clash, Group, explain_infeasible
from dafeng.energy.ladder import choose_ladder
from dafeng.energy.network.balance import BALANCE
from dafeng.energy.network.build import Built, balance_rows, build_network
from dafeng.energy.network.linear import Places
from dafeng.energy.network.table import Flags, Network
from dafeng.energy.program import Floats
from dafeng.energy.proofs import KEPT, elastic_program, keeps
from dafeng.energy.solvers import run_solver

MOST = 5
"""Buses, components and hours that are named one by one."""


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
        The limits that clash, by how much each would have to give way; the buses with the hours and the energy that is
        short or in excess; the components whose own limits take part; the units whose whole decisions leave nothing.
        Empty if the network has a solution.

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
    if clash is None:
        whole = prove_no_whole_point(built.program) if built.program.integer is not None else None
        return () if whole is None else tuple(_units(built, whole))
    return (*_limits(clash), *_buses(built, clash), *_bounds(built, clash), *_blocks(built, clash))


def _crossed(built: Built) -> tuple[Label, ...]:
    """Components whose own bounds leave no value, each with its first hour."""
    program, found = built.program, []
    apart = program.low > program.high + KEPT * (1.0 + np.abs(program.high))
    for block, places in built.builder.variables.items():
        wrong = (places >= 0) & apart[places]
        for component in np.flatnonzero(wrong.any(axis=0))[:MOST]:
            step, name = int(np.argmax(wrong[:, component])), _names(built, block, places)[component]
            low, high = program.low[places[step, component]], program.high[places[step, component]]
            label = built.network.clock.labels[step] if places.shape[0] > 1 else ""
            found.append(
                Label(
                    f"“{name}”的 {block}：下限 {low:.6g} 高于上限 {high:.6g} {label}".rstrip(),
                    f"{block} of '{name}': lower bound {low:.6g} above upper bound {high:.6g} {label}".rstrip(),
                )
            )
    return tuple(found)


def _names(built: Built, block: str, places: Places) -> tuple[str, ...]:
    """Names of the components in the last axis of a block."""
    frame = built.frames[block.split(".")[0]]
    return (frame.members if places.shape[-1] == len(frame.members) else frame.table).names


def _limits(clash: Clash) -> tuple[Label, ...]:
    found = []
    for group in clash.groups:
        short = clash.shortfall.get(group.name)
        zh, en = ("", "") if short is None else (f"，须放宽 {short:.6g}", f", which would have to give way by {short:.6g}")
        found.append(Label(f"{group.label.zh}{zh}", f"{group.label.en}{en}"))
    return tuple(found)


def _buses(built: Built, clash: Clash) -> tuple[Label, ...]:
    """Buses of the contradiction with their hours, and what is short or in excess there."""
    if BALANCE not in clash.places:
        return ()
    rows = balance_rows(built)
    start = built.program.constraints[BALANCE].start
    taking = np.isin(rows, clash.places[BALANCE] + start) & (rows >= 0)
    lacking = _lacking(built)
    found = []
    for bus in _longest(taking):
        hours_zh, hours_en = _hours(built, taking[:, bus])
        short_zh, short_en = _short(None if lacking is None else lacking[rows[:, bus]] * (rows[:, bus] >= 0))
        name = built.network.table("bus").names[bus]
        found.append(Label(f"母线“{name}”的平衡，{hours_zh}{short_zh}", f"the balance of bus '{name}' in {hours_en}{short_en}"))
    return tuple(found)


def _hours(built: Built, taking: Flags) -> tuple[str, str]:
    """Which steps take part: one by one where they are few."""
    steps = np.flatnonzero(taking)
    labels = [built.network.clock.labels[step] for step in steps[:MOST]]
    if len(steps) <= MOST:
        return f"时段 {'、'.join(labels)}", f"{', '.join(labels)}"
    return f"共 {len(steps)} 个时段，自 {labels[0]} 起", f"{len(steps)} steps from {labels[0]}"


def _short(lacking: Floats | None) -> tuple[str, str]:
    """How much is missing at a bus, or cannot be taken, in the step where that is most."""
    if lacking is None or not np.any(np.abs(lacking) > KEPT):
        return "", ""
    worst = float(lacking[int(np.argmax(np.abs(lacking)))])
    zh, en = ("缺", "short of") if worst > 0 else ("多", "in excess by")
    return f"；最多{zh} {abs(worst):.6g} MW", f"; at most {en} {abs(worst):.6g} MW"


def _lacking(built: Built) -> Floats | None:
    """By row of the programme, what must come from elsewhere while all else holds; ``None`` where that is not enough."""
    program, rows = built.program, balance_rows(built)
    chosen = np.unique(rows[rows >= 0])
    elastic, columns = elastic_program(program, chosen), len(program.cost)
    for algorithm in choose_ladder(elastic):
        answer = run_solver(elastic, algorithm)
        if keeps(elastic, answer.values):
            values = answer.values.copy()
            values[:columns] = 0.0
            return np.asarray(elastic.matrix @ values)
    return None


def _longest(taking: Flags) -> list[int]:
    counts = taking.sum(axis=0)
    return [int(bus) for bus in np.argsort(-counts, kind="stable")[:MOST] if counts[bus]]


def _bounds(built: Built, clash: Clash) -> Iterator[Label]:
    """Components whose own limits the contradiction needs: those of most weight first."""
    program = built.program
    priced = price_rows(
        replace(program, cost=np.zeros(len(program.cost)), integer=None, quadratic=None), clash.proof.multipliers
    )
    bound = np.where(priced.reduced > 0, program.low, program.high)
    weight = np.abs(priced.reduced * np.where(np.isfinite(bound), bound, 0.0))
    for block, places in built.builder.variables.items():
        shares = np.where(places >= 0, weight[places], 0.0)
        for component in np.argsort(-shares.max(axis=0, initial=0.0), kind="stable")[:MOST]:
            step = int(np.argmax(shares[:, component]))
            if shares[step, component] > KEPT * weight.max(initial=0.0):
                column, name = places[step, component], _names(built, block, places)[component]
                zh, en = ("不高于", "at most") if priced.reduced[column] < 0 else ("不低于", "at least")
                hour = f" {built.network.clock.labels[step]}" if places.shape[0] > 1 else ""
                yield Label(
                    f"“{name}”的 {block} {zh} {bound[column]:.6g}{hour}", f"{block} of '{name}' {en} {bound[column]:.6g}{hour}"
                )


def _blocks(built: Built, clash: Clash) -> Iterator[Label]:
    """Further constraints that take part, with the components they belong to."""
    told = {BALANCE, *(block for group in clash.groups for block in group.constraints)}
    for block, places in clash.places.items():
        if block not in told:
            members = _members(built, block, places + built.program.constraints[block].start)
            zh = f"（{'、'.join(members)}）" if members else ""
            en = f" of {', '.join(members)}" if members else ""
            yield Label(f"约束“{block}”{zh}", f"the constraints '{block}'{en}")


def _members(built: Built, block: str, rows: Places) -> tuple[str, ...]:
    """Components whose rows of a block take part; none where its rows belong to no single component."""
    where, kind = built.builder.rows[block].row, block.split(".")[0]
    frame = built.frames.get(kind)
    if frame is None or where.ndim != 2 or where.shape[1] not in (len(frame.members), len(frame.table)):
        return ()
    taking = (np.isin(where, rows) & (where >= 0)).any(axis=0)
    return tuple(_names(built, block, where)[one] for one in np.flatnonzero(taking)[:MOST])


def _units(built: Built, proof: WholeInfeasibility) -> Iterator[Label]:
    """Units whose whole decisions were tried one by one, and the buses that no choice serves."""
    program, count = built.program, len(proof.parts)
    tried = np.any([(part.low != program.low) | (part.high != program.high) for part in proof.parts], axis=0)
    for block, places in built.builder.variables.items():
        halved = (places >= 0) & tried[places]
        for component in np.flatnonzero(halved.any(axis=0))[:MOST]:
            zh, en = _hours(built, halved[:, component]) if places.shape[0] > 1 else ("", "")
            name = _names(built, block, places)[component]
            yield Label(
                f"“{name}”的整数决策 {block}：{count} 种情形都没有可行点 {zh}".rstrip(),
                f"the whole decision {block} of '{name}': no point in any of {count} cases {en}".rstrip(),
            )
    rows = balance_rows(built)
    used = np.any([part.proof.multipliers != 0 for part in proof.parts], axis=0)
    for bus in _longest((rows >= 0) & used[rows]):
        zh, en = _hours(built, (rows[:, bus] >= 0) & used[rows[:, bus]])
        name = built.network.table("bus").names[bus]
        yield Label(f"母线“{name}”的平衡，{zh}", f"the balance of bus '{name}' in {en}")
