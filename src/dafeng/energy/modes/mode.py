"""The words by which a way to use a network is asked for, and what each of them needs.

Invariant: a mode that a network or an option contradicts is refused before anything is built, with what would fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.energy.network.table import CAPACITY, Network

NAMES: Mapping[str, Label] = {
    "dispatch": Label("容量给定的逐时运行", "operation of given capacities"),
    "expand": Label("容量与运行一并优化", "capacities and operation together"),
    "path": Label("各投资期一并优化（完全预见）", "all investment periods at once, with foresight"),
    "myopic": Label("逐期优化（无预见）", "one investment period after another"),
    "rolling": Label("滚动运行", "operation window by window"),
    "segments": Label("时段合并后逐时复核", "segments of time, then every step"),
    "certified": Label("带下界证明的时段合并", "segments with a proven bound"),
    "near-optimal": Label("近优方案", "near-optimal alternatives"),
}
"""Modes with what they do."""
GIVEN = ("dispatch", "rolling")
"""Modes that operate capacities which are given."""
PLAIN = ("dispatch", "expand", "path")
"""Modes that solve the network as one programme."""
SLACK = 0.05
"""How much more an alternative may cost where nothing is said, as a share of the optimum."""
EXPECTED = "dispatch, expand, path, myopic, rolling, segments=N, certified, near-optimal[=SLACK]"
"""How modes are written."""


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to use a network.

    Parameters
    ----------
    name : str
        One of ``NAMES``.
    segments : int
        Number of segments; zero in other modes.
    slack : float
        How much more an alternative may cost, as a share of the optimum; zero in other modes.
    """

    name: str
    segments: int = 0
    slack: float = 0.0

    @property
    def text(self) -> str:
        """As it is asked for."""
        if self.segments:
            return f"{self.name}={self.segments}"
        return f"{self.name}={self.slack:g}" if self.name == "near-optimal" else self.name


def read_mode(text: str) -> Mode:
    """Mode that a text asks for.

    Parameters
    ----------
    text : str
        ``dispatch``, ``expand``, ``path``, ``myopic``, ``rolling``, ``segments=N``, ``certified`` or
        ``near-optimal[=SLACK]``.

    Returns
    -------
    Mode
        The mode.

    Raises
    ------
    SettingError
        If there is no such mode, or its number is missing, out of range or not asked for.
    """
    name, sign, number = text.strip().partition("=")
    try:
        if name == "segments" and int(number) > 0:
            return Mode(name, segments=int(number))
        if name == "near-optimal" and 0.0 <= float(number if sign else SLACK) <= 1.0:
            return Mode(name, slack=float(number if sign else SLACK))
    except ValueError:
        raise _unknown(text) from None
    if sign or name not in NAMES or name in ("segments", "near-optimal"):
        raise _unknown(text)
    return Mode(name)


def usual_mode(network: Network) -> Mode:
    """Mode that a network asks for by what it holds.

    Parameters
    ----------
    network : Network
        A network.

    Returns
    -------
    Mode
        ``path`` with investment periods, ``expand`` where capacity may grow, else ``dispatch``.
    """
    return Mode("path" if network.clock.periods else "expand" if grows(network) else "dispatch")


def grows(network: Network) -> bool:
    """Whether there is capacity to decide.

    Parameters
    ----------
    network : Network
        A network.

    Returns
    -------
    bool
        Whether any component may be extended.
    """
    tables = ((network.table(kind), letter) for kind, letter in CAPACITY.items())
    return any(table.flag(f"{letter}_nom_extendable").any() for table, letter in tables if len(table))


def check_mode(mode: Mode, network: Network) -> None:
    """Refuse a mode that a network has no use for.

    Parameters
    ----------
    mode : Mode
        A mode.
    network : Network
        A network.

    Raises
    ------
    SettingError
        If investment periods or capacities to decide are missing, or in the way; the number of segments is that of the
        steps at most.
    """
    periods, decides, steps = bool(network.clock.periods), grows(network), network.clock.size
    if mode.name in ("path", "myopic") and not periods:
        raise _unfit(mode, "网络没有投资期", "the network has no investment periods", "expand")
    if mode.name == "expand" and periods:
        raise _unfit(mode, "网络有投资期", "the network has investment periods", "path, myopic, --no-periods")
    if mode.name == "rolling" and decides:
        raise _unfit(mode, "网络有待定容量", "the network has capacities to decide", "expand --out FILE, dispatch")
    if mode.name in ("segments", "certified", "near-optimal") and not decides:
        raise _unfit(mode, "网络没有待定容量", "the network has no capacity to decide", "dispatch, rolling")
    if mode.segments > steps:
        raise _unfit(mode, f"网络只有 {steps} 个时段", f"the network has {steps} steps only", f"segments=1 … segments={steps}")


def _unknown(text: str) -> SettingError:
    return SettingError(
        Label(f"没有模式“{text}”", f"there is no mode '{text}'"),
        where="dafeng energy solve --mode",
        expected=Label(f"以下之一：{EXPECTED}（N 为正整数，SLACK 为 0 至 1）", f"one of {EXPECTED}; N whole, SLACK 0 to 1"),
        remedy=Label("改正该选项，或不写", "correct the option, or leave it out"),
    )


def _unfit(mode: Mode, zh: str, en: str, other: str) -> SettingError:
    return SettingError(
        Label(f"模式“{mode.text}”不适用：{zh}", f"the mode '{mode.text}' does not fit: {en}"),
        where="dafeng energy solve --mode",
        expected=Label(f"适合该网络的模式：{other}", f"a mode that fits the network: {other}"),
        remedy=Label("换用其中之一，或改网络", "use one of these, or change the network"),
    )
