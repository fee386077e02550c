"""``solve_energy``: an energy network in a file is used in the way that a mode names, and what was proven is told.

Invariant: where results are to stand is checked before anything is solved; a file is written whole or not at all.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from dafeng.core.errors import SettingError
from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.energy.certificate import GAP_TOLERANCE
from dafeng.energy.interop.absent import list_absent
from dafeng.energy.interop.designs import list_empty, stated_design, with_design
from dafeng.energy.interop.exchange import Exchange, network_from
from dafeng.energy.interop.odd import list_odd
from dafeng.energy.interop.options import REFINED, read_options
from dafeng.energy.interop.results import with_results
from dafeng.energy.interop.unused import list_unused
from dafeng.energy.modes.certified import Certified
from dafeng.energy.modes.mode import GIVEN, PLAIN, Mode, check_mode, read_mode, usual_mode
from dafeng.energy.modes.running import Found, Wishes, run_mode
from dafeng.energy.network.build import with_capacities
from dafeng.energy.network.solve import Ladder, Outcome
from dafeng.energy.solving.answer import Algorithm, Watch
from dafeng.work.network_files import check_target, read_futures, write_network, write_scenario

LOOSEST = 0.1
"""Largest tolerance that can be asked for; whatever it is, the gap is told."""
TABLED = (*PLAIN, "near-optimal")
"""Modes that end in one optimum with prices, which the long table needs."""
MANY = (*PLAIN, "certified")
"""Modes that decide once for several futures."""


@dataclass(frozen=True, slots=True, eq=False)
class SolvedEnergy:
    """What was found for a network from a file.

    Parameters
    ----------
    path : Path
        The file or folder.
    found : Found
        Cost, capacities and what was proven.
    seconds : mapping of str to float
        CPU seconds of ``read`` and of the parts of the mode. [s]
    scenarios : int
        How many futures the file holds; cost and proof are those of all together, operation that of the first.
    findings : tuple of Finding
        Cells of the file that were read as their default, columns that take no part, values that are hardly
        meant, capacities of zero that are operated, a gap asked for and not reached.
    """

    path: Path
    found: Found
    seconds: Mapping[str, float]
    scenarios: int = 1
    findings: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Certified optimum of one programme.

        Raises
        ------
        SettingError
            In modes that do not end in one; ``found.answer`` holds what they return.
        """
        outcome = self.found.outcome
        if outcome is None:
            raise _setting("mode", self.found.mode.text, ", ".join(TABLED))
        return outcome


def solve_energy(
    path: Path | str,
    *,
    mode: str | None = None,
    out: Path | str | None = None,
    scenario: Path | str | None = None,
    periods: bool | None = None,
    relaxed: bool = False,
    solver: str | None = None,
    tolerance: float = GAP_TOLERANCE,
    horizon: int | None = None,
    overlap: int | None = None,
    gap: float | None = None,
    compare: bool = False,
    progress: Watch | None = None,
) -> SolvedEnergy:
    """Use an energy network that stands in a file.

    Parameters
    ----------
    path : Path or str
        netCDF file or folder of CSV files, as PyPSA writes them, or a workbook of the same tables.
    mode : str, optional
        ``dispatch``, ``expand``, ``path``, ``myopic``, ``rolling``, ``segments=N``, ``certified`` or
        ``near-optimal[=SLACK]``; by default what the network holds: ``path``, ``expand`` or ``dispatch``.
        The two modes of given capacities, ``dispatch`` and ``rolling``, take those that the file states as decided
        (``p_nom_opt`` …), and else those that stand.
    out : Path or str, optional
        Where the network is written with its results, in the same forms; capacities alone in ``myopic``, ``segments`` and
        ``certified``.
    scenario : Path or str, optional
        Where the results are written as a long table in the IAMC format.
    periods : bool, optional
        Whether investment periods count; by default where the file has any.
    relaxed : bool
        Whether commitment is relaxed to shares.
    solver : str, optional
        The only solver that is tried; by kind and size if not given.
    tolerance : float
        Largest relative gap and violations that the certificate accepts.
    horizon, overlap : int, optional
        Steps of one window of ``rolling`` (72), and those that the next one decides again (24).
    gap : float, optional
        Gap at which ``certified`` ends, as a share of the cost (0.01).
    compare : bool
        Whether the exact optimum is solved beside, so that the regret is known.
    progress : callable, optional
        Told between iterations where the solver stands; cancels when it returns true.

    Returns
    -------
    SolvedEnergy
        What was found, with its proof.

    Raises
    ------
    FileRefused
        If the file cannot be read, or the results cannot stand where they are to.
    DefinitionError
        If the network uses what the model does not have, or contradicts itself.
    SettingError
        If mode, solver or a number is unknown, out of range, or does not fit the network or the mode.
    SolveError
        If there is no proven result; ``CancelledError`` where ``progress`` cancelled.
    """
    start = time.process_time()
    named = None if mode is None else read_mode(mode)
    wishes = _wishes(relaxed, solver, tolerance, horizon, overlap, gap, progress)
    for target in (out, scenario):
        if target is not None:
            check_target(target, table=target is scenario)
    if scenario is not None and Path(scenario).resolve() in (Path(path).resolve(), Path(out or path).resolve()):
        raise _setting("iamc", scenario, "a file of its own")
    futures = read_futures(path)
    exchange = futures[0][1]
    networks = [(share, network_from(one, multi_period=periods)) for share, one in futures]
    chosen = named or usual_mode(networks[0][1])
    empty: tuple[Finding, ...] = ()
    if chosen.name in GIVEN:
        stated = [stated_design(one, network) for (_, one), (_, network) in zip(futures, networks, strict=True)]
        empty = list_empty(networks[0][1], stated[0])
        networks = [(share, with_capacities(one, sizes)) for (share, one), sizes in zip(networks, stated, strict=True)]
    network = networks[0][1]
    check_mode(chosen, network)
    _check_options(chosen, wishes, horizon, overlap, gap, scenario)
    if len(futures) > 1:
        _check_futures(path, chosen, written=out is not None or scenario is not None, compared=compare)
        wishes = replace(wishes, futures=tuple(networks))
    spent = time.process_time() - start
    found = run_mode(network, chosen, wishes=wishes, compare=compare)
    _write(found, exchange, out, scenario, Path(path).stem)
    seconds = {"read": spent, **found.seconds}
    findings = (*list_absent(exchange.sheets), *list_unused(exchange.sheets), *list_odd(network), *empty, *_short_of(found))
    return SolvedEnergy(Path(path), found, seconds, len(futures), findings)


def _short_of(found: Found) -> tuple[Finding, ...]:
    """What was asked for and not reached."""
    made = found.answer
    if not isinstance(made, Certified) or made.reached:
        return ()
    says = Label(
        f"证得间隙 {made.gap:.2%}，未达到要求的 {made.asked:.2%}；{len(made.rounds)} 轮，末轮 {made.rounds[-1].segments} 段",
        f"a gap of {made.gap:.2%} was proven, not the {made.asked:.2%} asked for; {len(made.rounds)} rounds, the last one of"
        f" {made.rounds[-1].segments} segments",
    )
    remedy = Label(
        "放宽 --gap，或缩短时间范围后用 --mode expand 精确求解",
        "ask for a larger --gap, or solve fewer steps exactly with --mode expand",
    )
    return (Finding(rule="energy.modes.gap_not_reached", at="--gap", severity="warning", says=says, remedy=remedy),)


def _check_futures(path: Path | str, mode: Mode, *, written: bool, compared: bool) -> None:
    if mode.name not in MANY:
        raise _idle("mode", mode, MANY)
    if written or compared:
        raise SettingError(
            Label(
                "带随机情景的结果尚不能写成文件，也不另行比较",
                "results of stochastic scenarios cannot be written to a file yet, nor compared",
            ),
            where=f"dafeng energy solve {path}",
            expected=Label("不写 --out、--iamc 与 --compare", "neither --out nor --iamc nor --compare"),
            remedy=Label("用 dafeng.solve(network) 取得各情景的结果", "take the results of each from dafeng.solve(network)"),
        )


def _wishes(
    relaxed: bool,
    solver: str | None,
    tolerance: float,
    horizon: int | None,
    overlap: int | None,
    gap: float | None,
    progress: Watch | None,
) -> Wishes:
    if not 0.0 < tolerance <= LOOSEST:
        raise _setting("tolerance", tolerance, f"0 … {LOOSEST:g}")
    if gap is not None and not 0.0 < gap < 1.0:
        raise _setting("gap", gap, "0 … 1")
    if horizon is not None and horizon < 1:
        raise _setting("horizon", horizon, "1, 2, …")
    steps = 72 if horizon is None else horizon
    again = min(24, steps // 3) if overlap is None else overlap
    if not 0 <= again < steps:
        raise _setting("overlap", again, f"0 … {steps - 1}")
    return Wishes(
        ladder=_ladder(solver), relaxed=relaxed, tolerance=tolerance, horizon=steps, overlap=again,
        gap=0.01 if gap is None else gap, progress=progress,
    )  # fmt: skip


def _check_options(
    mode: Mode, wishes: Wishes, horizon: int | None, overlap: int | None, gap: float | None, scenario: Path | str | None
) -> None:
    """Refuse options that the mode would not listen to."""
    given = {
        "relaxed": (wishes.relaxed, PLAIN),
        "tolerance": (wishes.tolerance != GAP_TOLERANCE, PLAIN),
        "horizon": (horizon is not None, ("rolling",)),
        "overlap": (overlap is not None, ("rolling",)),
        "gap": (gap is not None, ("certified",)),
        "iamc": (scenario is not None, TABLED),
    }
    for name, (asked, modes) in given.items():
        if asked and mode.name not in modes:
            raise _idle(name, mode, modes)


def _write(found: Found, exchange: Exchange, out: Path | str | None, scenario: Path | str | None, name: str) -> None:
    outcome, answer = found.outcome, found.answer
    if out is not None and outcome is not None:
        write_network(with_results(exchange, outcome), out)
    elif out is not None:
        write_network(with_design(exchange, answer.network, answer.design.sizes, answer.cost - found.constant), out)
    if scenario is not None and outcome is not None:
        write_scenario(outcome, scenario, model="dafeng", scenario=name, region=answer.network.name)


def _ladder(name: str | None) -> Ladder:
    if name is None or name == "highs":
        return None if name is None else read_options(name, None, {})
    known: Mapping[str, Algorithm] = {one: one for one in get_args(Algorithm)}
    if name not in known:
        raise _setting("solver", name, ", ".join(("highs", *known)))
    return REFINED.get(name, (known[name],))


def _setting(name: str, given: object, expected: str) -> SettingError:
    return SettingError(
        Label(f"选项 {name} 不能为 {given}", f"the option {name} cannot be {given}"),
        where=f"dafeng energy solve --{name}",
        expected=Label(expected, expected),
        remedy=Label("改正该选项，或不写", "correct the option, or leave it out"),
    )


def _idle(name: str, mode: Mode, modes: tuple[str, ...]) -> SettingError:
    said = ", ".join(modes)
    return SettingError(
        Label(f"选项 {name} 在模式“{mode.text}”中不起作用", f"the option {name} has no effect in the mode '{mode.text}'"),
        where=f"dafeng energy solve --{name}",
        expected=Label(f"模式 {said}", f"the mode {said}"),
        remedy=Label("去掉该选项，或换用这些模式", "leave the option out, or use one of these modes"),
    )
