"""Ids of what a plan holds, and when two targets are one.

Invariant: ids count in the order of the document, so the same document always gives the same ids.
"""

from __future__ import annotations

import re

from dafeng.plans.statements import Statement


def make_id(place: str | None, letter: str, number: int) -> str:
    """Id of a record.

    Parameters
    ----------
    place : str or None
        Administrative code; ``plan`` stands for none.
    letter : str
        ``T`` target, ``A`` task (action), ``G`` goal.
    number : int
        Position, from 1.

    Returns
    -------
    str
        E.g. ``370600-T01``.
    """
    return f"{place or 'plan'}-{letter}{number:02d}"


def target_key(statement: Statement) -> tuple[object, ...]:
    """What makes two statements of one document the same target.

    Parameters
    ----------
    statement : Statement
        A target.

    Returns
    -------
    tuple
        Name (but for the shares' ending), year, figure, unit, counting and direction.
    """
    name = re.sub(r"(?:占比|比重|比例|率)$", "", statement.name)
    year = (statement.time.year, statement.time.period) if statement.time else None
    quantity = statement.quantity
    return name, year, quantity.value, quantity.upper, quantity.unit, statement.counting, statement.direction
