"""The pages of methods: the list by field, and one method with its neighbours.

Invariant: everything shown stands in the view document; a method of another run is never mixed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def list_rows(view: Row) -> Sequence[Row]:
    """Methods of a run.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    sequence of mapping
        In the order of the fields; empty where the run is older than method pages.
    """
    found: Sequence[Row] = (view.get("definitions") or {}).get("methods") or ()
    return found


def build_methods(view: Row) -> dict[str, Any]:
    """What the template of the list gets.

    Parameters
    ----------
    view : mapping
        View document.

    Returns
    -------
    dict
        ``groups`` (field and its methods), ``guides``, ``total``, ``examples``, ``held``.
    """
    definitions, rows = view.get("definitions") or {}, list_rows(view)
    grouped = [(field, [row for row in rows if row["field"] == field["id"]]) for field in definitions.get("fields") or ()]
    examples = [one for row in rows for one in row["examples"]]
    return {
        "groups": [(field, listed) for field, listed in grouped if listed],
        "guides": definitions.get("guides") or (),
        "total": len(rows),
        "examples": len(examples),
        "held": sum(one["holds"] for one in examples),
    }


def find_method(view: Row, method: str) -> Row | None:
    """Method of a run.

    Parameters
    ----------
    view : mapping
        View document.
    method : str
        Method id.

    Returns
    -------
    mapping or None
        ``None`` where the run has no such method.
    """
    return next((row for row in list_rows(view) if row["id"] == method), None)


def build_method(view: Row, method: str) -> dict[str, Any] | None:
    """What the template of one method gets.

    Parameters
    ----------
    view : mapping
        View document.
    method : str
        Method id.

    Returns
    -------
    dict or None
        ``m`` (the method), ``field``, ``guides`` (by id), ``library`` (whether the run has pages of factors);
        ``None`` where the run has no such method.
    """
    row = find_method(view, method)
    if row is None:
        return None
    definitions = view["definitions"]
    return {
        "m": row,
        "field": next(field for field in definitions["fields"] if field["id"] == row["field"]),
        "guides": {guide["id"]: guide for guide in definitions["guides"]},
        "library": bool(view.get("library")),
    }
