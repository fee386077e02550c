"""The programme of a system: every component's piece, joined by one balance per carrier and hour.

Invariant: in each hour everything that feeds a carrier equals its demand plus everything that draws from it, and
every variable has finite bounds, so that the certificate's bound is rigorous.
"""

from __future__ import annotations

from collections.abc import Collection

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.energy.components import generator, line, load, storage
from dafeng.energy.components.piece import Piece
from dafeng.energy.profiles import Profiles
from dafeng.energy.program import Constraints, Program, Term, compile_program
from dafeng.energy.system import Load, System


def program_of(system: System, profiles: Profiles, *, expand: Collection[str] = ()) -> Program:
    """Compile a system over the hours of its profiles.

    Parameters
    ----------
    system : System
        The components.
    profiles : Profiles
        Hourly series.
    expand : collection of str
        Storages whose power is to be chosen.

    Returns
    -------
    Program
        Cost in yuan, variables in MW (levels in MWh).

    Raises
    ------
    SettingError
        If ``expand`` names something that is no storage.
    LookupFailure
        If a component names a profile that is not there.
    """
    _check_expand(system, expand)
    pieces = [
        *(generator.state(one, profiles) for one in system.generators),
        *(storage.state(one, profiles.hours, expand=one.name in expand) for one in system.storages),
        *(line.state(one, profiles) for one in system.lines),
        *(load.state(one, profiles, feed_mw=_feed(system, one)) for one in system.loads),
    ]
    balances = [_balance(one, pieces, profiles) for one in system.loads]
    return compile_program(
        [block for piece in pieces for block in piece.variables],
        [*balances, *(block for piece in pieces for block in piece.constraints)],
        constant=sum(piece.constant for piece in pieces),
    )


def _balance(one: Load, pieces: Collection[Piece], profiles: Profiles) -> Constraints:
    demand = load.demand(one, profiles)
    flows = (flow for piece in pieces for flow in piece.flows if flow.carrier == one.carrier)
    return Constraints(f"balance.{one.carrier}", tuple(Term(flow.variables, flow.sign) for flow in flows), demand, demand)


def _feed(system: System, one: Load) -> float:
    """Most that generators, imports and storages can feed into a load's carrier. [MW]"""
    generators = sum(part.capacity_mw for part in system.generators if part.carrier == one.carrier)
    imports = sum(part.limit_mw for part in system.lines if part.carrier == one.carrier and part.direction == "import")
    storages = sum(max(part.power_mw, part.power_most_mw) for part in system.storages if part.carrier == one.carrier)
    return generators + imports + storages


def _check_expand(system: System, expand: Collection[str]) -> None:
    known = {one.name for one in system.storages}
    unknown = ", ".join(sorted(set(expand) - known))
    if unknown:
        said = ", ".join(sorted(known)) or "-"
        raise SettingError(
            Label(f"“{unknown}”不是储能", f"'{unknown}' is no storage"),
            where="energy.dispatch.expand",
            expected=Label(f"以下储能之一：{said}", f"some of the storages {said}"),
            remedy=Label("改正 expand", "correct expand"),
        )
