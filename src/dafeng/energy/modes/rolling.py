"""Rolling horizon: operate window after window, each starting from where the one before was left.

Invariant: the programme is assembled once; a window without a certified optimum ends the run, and its steps are named.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.certificate import Certificate
from dafeng.energy.network.build import Built, build_network, values_of
from dafeng.energy.network.design import Design, design_at
from dafeng.energy.network.table import CAPACITY, Network
from dafeng.energy.network.vintages import shares
from dafeng.energy.program import Floats, cost_of
from dafeng.energy.solving.answer import Algorithm
from dafeng.energy.windows.cutter import cutter_of
from dafeng.energy.windows.timing import time_program
from dafeng.energy.windows.window import solve_window, spans, with_joint_rows


@dataclass(frozen=True, slots=True)
class Window:
    """One window of a rolling horizon.

    Parameters
    ----------
    start, end : int
        First step and the step after the last.
    certificate : Certificate
        Proof that the window was operated at least cost.
    """

    start: int
    end: int
    certificate: Certificate


@dataclass(frozen=True, slots=True, eq=False)
class Rolled:
    """Operation by a rolling horizon.

    Parameters
    ----------
    built : Built
        Network and programme.
    values : (columns,) array
        Value of every variable, from the last window that held it.
    windows : tuple of Window
        All windows in order.
    seconds : mapping of str to float
        CPU seconds of ``build`` and ``solve``. [s]
    """

    built: Built
    values: Floats
    windows: tuple[Window, ...]
    seconds: Mapping[str, float]

    @property
    def network(self) -> Network:
        """What was asked."""
        return self.built.network

    @property
    def design(self) -> Design:
        """The capacities that were given."""
        return design_at(self.network, self.built, self.values)

    @property
    def bound(self) -> float:
        """None: each window is proven, not all of them together. [yuan]"""
        return -math.inf

    @property
    def gap(self) -> float:
        """Infinite, since there is no bound."""
        return math.inf

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Proofs of all windows."""
        return tuple(one.certificate for one in self.windows)

    @property
    def violation(self) -> float:
        """Largest violation of any row in its window, relative to its size."""
        return max(one.certificate.primal_share for one in self.windows)

    @property
    def statement(self) -> Label:
        """What each window knew."""
        count = len(self.windows)
        return Label(
            f"{count} 个窗口各自最优，不知窗口以后；与整体最优的差距未算",
            f"{count} windows, each optimal without knowing what follows it; the distance to the whole was not computed",
        )

    @property
    def cost(self) -> float:
        """Cost of operating all steps as they were decided. [yuan]"""
        return cost_of(self.built.program, self.values)

    def value(self, component: str, quantity: str) -> Floats:
        """A quantity of the active components of a kind.

        Parameters
        ----------
        component : str
            Kind, e.g. ``generator``.
        quantity : str
            Its name, e.g. ``p``.

        Returns
        -------
        (steps, n) array
            Values. [unit of the quantity]
        """
        frame = self.built.frames[component]
        sizes = np.broadcast_to(values_of(frame.sizes, self.values), (1, len(frame.members)))[0]
        joint = values_of(frame.variables[quantity], self.values)
        return np.asarray(joint[:, frame.group] * shares(sizes, frame.group, frame.alive))


def solve_rolling(network: Network, *, horizon: int, overlap: int = 0, ladder: Sequence[Algorithm] | None = None) -> Rolled:
    """Operate a network with given capacities window by window.

    Parameters
    ----------
    network : Network
        A network with nothing to extend.
    horizon : int
        Steps of one window.
    overlap : int
        Steps that the next window decides again.
    ladder : sequence of Algorithm, optional
        Solvers in the order in which they are tried; by kind and size if not given.

    Returns
    -------
    Rolled
        What each step was decided to be in the last window that held it. Levels, output and status are handed on;
        limits over all steps hold in each window, cyclic storages cycle within it, as in PyPSA.

    Raises
    ------
    DefinitionError
        If a capacity is to be decided or the overlap is not shorter than the window.
    SolveError
        If a window has no certified optimum; the error names its steps.
    """
    _check(network, horizon, overlap)
    begin = time.process_time()
    built = build_network(network)
    cutter = cutter_of(time_program([built]))
    middle = time.process_time()
    values, windows = np.zeros(len(built.program.cost)), []
    for start, end in spans(network.clock.size, horizon, overlap):
        part = with_joint_rows(cutter, cutter.window(start, end, values, handed=True), start, end)
        solution = solve_window(part, network, (start, end), ladder)
        values[slice(*cutter.column_start[[start, end]])] = solution[0]
        windows.append(Window(start, end, solution[1]))
    seconds = {"build": middle - begin, "solve": time.process_time() - middle}
    return Rolled(built, cutter.restored(values), tuple(windows), seconds)


def _check(network: Network, horizon: int, overlap: int) -> None:
    for component in CAPACITY:
        table = network.table(component)
        if len(table) and table.flag(f"{CAPACITY[component]}_nom_extendable").any():
            raise _refusal(component, "容量待定", "capacity is to be decided", "先定容量", "decide the capacity first")
    if not 0 <= overlap < horizon:
        zh, en = f"重叠 {overlap}、窗口 {horizon}", f"overlap {overlap}, window {horizon}"
        raise _refusal("overlap", zh, en, "重叠要短于窗口", "make the overlap shorter than the window")


def _refusal(where: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> DefinitionError:
    return DefinitionError(
        Label(zh, en),
        where=f"energy.modes.rolling.{where}",
        expected=Label("容量已定、重叠短于窗口", "capacities that are given, an overlap shorter than the window"),
        remedy=Label(remedy_zh, remedy_en),
    )
