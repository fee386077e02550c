"""Near-optimal alternatives (MGA): how far capacities may go apart while the cost stays within a share of the optimum.

Invariant: an alternative costs at most the optimum times one plus the slack, by a row of the programme; each one has its
own certificate.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.certificate import Certificate
from dafeng.energy.modes.answer import share_above
from dafeng.energy.network.build import Built
from dafeng.energy.network.design import Design, decided_by, sizes_at
from dafeng.energy.network.solve import Outcome, solve_network
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.program import Floats, Program, cost_of
from dafeng.energy.solution import solve_program
from dafeng.energy.solving.answer import Algorithm

Weights = Mapping[tuple[str, str], float]
"""Weight of the capacity of a component by kind and name."""


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """One near-optimal design.

    Parameters
    ----------
    weights : mapping of (kind, name) to float
        What was made as small as possible: the sum of capacities with these weights.
    sizes : mapping of str to (n,) array
        Capacity of every component by kind. [MW or MWh]
    aim : float
        The sum that was reached.
    cost : float
        Cost of the system. [yuan]
    certificate : Certificate
        Proof that no design within the budget has a smaller sum.
    """

    weights: Weights
    sizes: Mapping[str, Floats]
    aim: float
    cost: float
    certificate: Certificate


@dataclass(frozen=True, slots=True, eq=False)
class NearOptimal:
    """The optimum and alternatives to it.

    Parameters
    ----------
    outcome : Outcome
        The optimum.
    slack : float
        How much more an alternative may cost, as a share of the optimum.
    alternatives : tuple of Alternative
        In the order of the wishes.
    seconds : mapping of str to float
        CPU seconds of ``build``, ``solve`` (the optimum) and ``explore`` (the alternatives). [s]
    """

    outcome: Outcome
    slack: float
    alternatives: tuple[Alternative, ...]
    seconds: Mapping[str, float]

    @property
    def network(self) -> Network:
        """What was asked."""
        return self.outcome.network

    @property
    def design(self) -> Design:
        """Capacities of the optimum as the solver found them, and what they cost."""
        return decided_by(self.outcome)

    @property
    def cost(self) -> float:
        """Cost of the optimum. [yuan]"""
        return self.outcome.system_cost

    @property
    def bound(self) -> float:
        """Bound of the optimum by weak duality. [yuan]"""
        return self.outcome.solution.certificate.bound

    @property
    def gap(self) -> float:
        """How far the cost can be above the optimum, as a share of it."""
        return share_above(self.cost, self.bound)

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Proofs of the optimum and of every alternative."""
        return (self.outcome.solution.certificate, *(one.certificate for one in self.alternatives))

    @property
    def violation(self) -> float:
        """Largest violation of any row, relative to its size."""
        return max(one.primal_share for one in self.certificates)

    @property
    def statement(self) -> Label:
        """What the alternatives may cost."""
        count = len(self.alternatives)
        return Label(
            f"已证明最优；{count} 个备选方案各贵不超过 {self.slack:.1%}，其目标亦已证明最优",
            f"proven optimum; {count} alternatives cost at most {self.slack:.1%} more, each proven extreme in its wish",
        )


def solve_alternatives(
    network: Network, wishes: Sequence[Weights], *, slack: float = 0.05, ladder: Sequence[Algorithm] | None = None
) -> NearOptimal:
    """Designs within a budget around the optimum.

    Parameters
    ----------
    network : Network
        A network with capacities to decide.
    wishes : sequence of mapping of (kind, name) to float
        What each alternative makes as small as possible; negative weights make capacities large.
    slack : float
        How much more an alternative may cost, as a share of the optimum.
    ladder : sequence of Algorithm, optional
        Solvers in the order in which they are tried; by size if not given.

    Returns
    -------
    NearOptimal
        The optimum and one certified alternative per wish.

    Raises
    ------
    DefinitionError
        If the slack is negative, a wish names what is not extendable, or costs are squared.
    SolveError
        If an alternative has no certified optimum.
    """
    if slack < 0:
        raise _refusal("slack", f"余量 {slack} 为负", f"slack {slack} is negative")
    best = solve_network(network, ladder=ladder)
    if best.built.program.quadratic is not None:
        raise _refusal("marginal_cost_quadratic", "二次费用不能写成一行预算", "squared costs cannot stand in a row as a budget")
    program = _budgeted(best.built.program, best.system_cost + slack * abs(best.system_cost))
    begin = time.process_time()
    tried = tuple(_alternative(best, program, weights, ladder) for weights in wishes)
    return NearOptimal(best, slack, tried, {**best.seconds, "explore": time.process_time() - begin})


def extremes(groups: Mapping[str, Sequence[tuple[str, str]]]) -> list[Weights]:
    """Wishes for the least and the most capacity of groups.

    Parameters
    ----------
    groups : mapping of str to sequence of (kind, name)
        Components by group.

    Returns
    -------
    list of mapping
        Least and most of each group, in turn.
    """
    return [dict.fromkeys(members, sign) for members in groups.values() for sign in (1.0, -1.0)]


def group_wishes(network: Network) -> dict[str, Weights]:
    """Least and most capacity of every carrier that may grow.

    Parameters
    ----------
    network : Network
        A network with capacities to decide.

    Returns
    -------
    dict of str to mapping
        Wish by name: ``least`` or ``most``, and the carrier; a component without one stands for itself.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for kind in CAPACITY:
        table = network.table(kind)
        carriers = dict(zip(table.names, table.text("carrier"), strict=True)) if len(table) else {}
        for name in _extendable(network, kind):
            groups.setdefault(f"{kind}.{carriers[name] or name}", []).append((kind, name))
    names = [f"{end} {group}" for group in groups for end in ("least", "most")]
    return dict(zip(names, extremes(groups), strict=True))


def random_wishes(network: Network, count: int, *, seed: int = 0) -> list[Weights]:
    """Wishes in random directions, scaled by how large each capacity may become.

    Parameters
    ----------
    network : Network
        A network with capacities to decide.
    count : int
        How many.
    seed : int
        Same seed, same wishes.

    Returns
    -------
    list of mapping
        Directions of length one over all extendable components.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    chosen = [(kind, name) for kind in CAPACITY for name in _extendable(network, kind)]
    found: list[Weights] = []
    for _ in range(count):
        direction = 2.0 * rng.random(len(chosen)) - 1.0
        direction /= np.linalg.norm(direction) or 1.0
        found.append({one: float(weight) for one, weight in zip(chosen, direction, strict=True)})
    return found


def _extendable(network: Network, kind: str) -> list[str]:
    table = network.table(kind)
    flags = table.flag(f"{CAPACITY[kind]}_nom_extendable") if len(table) else ()
    return [name for name, grows in zip(table.names, flags, strict=True) if grows]


def _budgeted(program: Program, most: float) -> Program:
    """The programme with its cost as a row; divided by its size, so that it stands beside rows of capacities."""
    size = float(np.abs(program.cost).max(initial=0.0)) or 1.0
    row = sparse.csr_matrix(program.cost[None, :] / size)
    return replace(
        program,
        matrix=sparse.vstack([program.matrix, row], format="csc"),
        row_low=np.append(program.row_low, -np.inf),
        row_high=np.append(program.row_high, (most - program.constant) / size),
        constant=0.0,
    )


def _alternative(best: Outcome, program: Program, weights: Weights, ladder: Sequence[Algorithm] | None) -> Alternative:
    solution = solve_program(replace(program, cost=_direction(best.built, weights)), ladder=ladder)
    sizes = {
        kind: sizes_at(best.network, best.built, kind, solution.values) for kind in CAPACITY if len(best.network.table(kind))
    }
    cost = cost_of(best.built.program, solution.values)
    return Alternative(weights, sizes, solution.certificate.objective, cost, solution.certificate)


def _direction(built: Built, weights: Weights) -> Floats:
    found = np.zeros(len(built.program.cost))
    for (kind, name), weight in weights.items():
        frame = built.frames.get(kind)
        place = frame.members.names.index(name) if frame is not None and name in frame.members.names else -1
        columns = built.builder.variables[f"{kind}.{CAPACITY[kind]}_nom"][0] if place >= 0 else np.zeros(0)
        if place < 0 or columns[place] < 0:
            raise _refusal(f"{kind}.{name}", f"“{name}”的容量不可扩建", f"the capacity of '{name}' cannot be extended")
        found[columns[place]] += weight
    return found


def _refusal(where: str, zh: str, en: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where=f"energy.modes.near_optimal.{where}",
        expected=Label(
            "非负余量、可扩建的组件、线性费用", "slack of at least zero, components that may be extended, linear costs"
        ),
        remedy=Label("改正余量、名称或费用", "correct the slack, the name or the cost"),
    )
