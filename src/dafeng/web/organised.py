"""Which organisations a plan and its task list name.

Invariant: who is named here has a page, and nobody else has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]


def list_names(view: Row) -> frozenset[str]:
    """Names that have a page.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    frozenset of str
        Names.
    """
    own = [one["name"] for one in view.get("organisations") or ()]  # a damaged view still has to give the page of its failure
    listed = [
        one["name"] for task in (view.get("tasklist") or {}).get("tasks") or () for one in task.get("organisations") or ()
    ]
    tasked = [
        name
        for task in view.get("tasks") or ()
        for name in (*(task.get("organisations") or ()), *(task.get("collectives") or ()))
    ]
    held = [name for row in view.get("verdicts") or () for name in row.get("organisations") or ()]
    return frozenset((*own, *listed, *tasked, *held))
