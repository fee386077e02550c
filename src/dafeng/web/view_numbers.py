"""Numbers of a view document that have an address, under which they are explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NESTED = (dict, list, tuple)
"""What parts of a document hold further parts."""


def numbers_of(view: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every number of a document that has an address.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    list of mapping
        In the order of the document.
    """
    found: list[Mapping[str, Any]] = []
    left: list[Any] = [view]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            if part.get("address") and "unit" in part and isinstance(part.get("value"), int | float):
                found.append(part)
            part = part.values()
        left.extend([one for one in reversed(part) if isinstance(one, NESTED)])
    return found
