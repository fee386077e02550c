"""Which solvers are tried in which order, as data: by kind and size of the programme.

Invariant: the table answers for every kind and size; the first row that fits counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast, get_args

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.energy.certificate import Kind, kind_of
from dafeng.energy.program import Program
from dafeng.energy.solving.answer import Algorithm
from dafeng.library.listing import Kind as Cell
from dafeng.library.listing import load_csv

TABLE = Path(__file__).resolve().parent.parent / "data" / "energy" / "ladders.csv"
"""The ladders."""
COLUMNS: Mapping[str, Cell] = {"kind": "text", "most_columns": "integer?", "ladder": "text"}
"""Columns of ``ladders.csv``."""


def choose_ladder(program: Program) -> tuple[Algorithm, ...]:
    """Solvers for a programme, in the order in which they are tried.

    Parameters
    ----------
    program : Program
        Any programme.

    Returns
    -------
    tuple of Algorithm
        The ladder of the first row of ``data/energy/ladders.csv`` that fits its kind and size.
    """
    kind, size = kind_of(program), len(program.cost)
    return next(ladder for name, most, ladder in _rows() if name == kind and size <= most)


@cache
def _rows() -> tuple[tuple[Kind, float, tuple[Algorithm, ...]], ...]:
    return tuple(
        (cast(Kind, row["kind"]), math.inf if row["most_columns"] is None else row["most_columns"], _ladder(row["ladder"]))
        for row in load_csv(TABLE, COLUMNS)
    )


def _ladder(text: str) -> tuple[Algorithm, ...]:
    names = text.split("|")
    unknown = ", ".join(sorted(set(names) - set(get_args(Algorithm))))
    if unknown:
        raise DefinitionError(
            Label(f"没有求解器“{unknown}”", f"no solver '{unknown}'"),
            where="data/energy/ladders.csv",
            expected=Label("已有的求解器", "solvers that exist: " + ", ".join(get_args(Algorithm))),
            remedy=Label("改正该行", "correct the row"),
        )
    return tuple(cast(Algorithm, name) for name in names)
