"""The page of conflicts: which clauses and facts stand in which clashing set, and what each target costs.

Invariant: no figure is formed here; sets and targets are only arranged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.web.labels import Words
from dafeng.web.summary import tell_system

Row = dict[str, Any]


def build_consistency(view: Mapping[str, Any], words: Words) -> Row:
    """What the page shows beside the clashes themselves.

    Parameters
    ----------
    view : mapping
        The view document of a city.
    words : Words
        Language of the page.

    Returns
    -------
    dict
        ``graph`` (clauses and facts as rows, sets as columns), ``leading`` (the ways of counting shown first, side by side)
        and ``further`` (the other rules of counting non-fossil energy); empty parts where there is nothing to show.
    """
    given = (view.get("consistency") or {}).get("systems") or ()
    systems = [{**one, "says": tell_system(one, words)} for one in given if one["targets"]]
    rules = list(dict.fromkeys(one["rule"] for one in systems))
    return {
        "graph": _graph(view.get("clashes") or ()),
        "leading": [one for one in systems if rules and one["rule"] == rules[0]],
        "further": [one for one in systems if rules and one["rule"] != rules[0]],
        "placed": (view.get("consistency") or {}).get("placed"),
        "price_models": (view.get("consistency") or {}).get("price_models"),
        "reasons": (view.get("consistency") or {}).get("reasons") or [],
        "lacking": (view.get("consistency") or {}).get("lacking") or [],
    }


def _graph(clashes: Sequence[Mapping[str, Any]]) -> Row | None:
    """Members as rows and sets as columns; a line joins the members of a set."""
    members: dict[str, Mapping[str, Any]] = {}
    for clash in clashes:
        for member in clash["members"]:
            members.setdefault(member["address"] or member["label"]["en"], member)
    if not members:
        return None
    order = sorted(members, key=lambda key: (_kind(members[key]), list(members).index(key)))
    places = {key: number for number, key in enumerate(order)}
    spans = []
    for clash in clashes:
        inside = {places[member["address"] or member["label"]["en"]] for member in clash["members"]}
        spans.append((inside, min(inside), max(inside)))
    rows = [{"member": members[key], "cells": [_cell(places[key], span) for span in spans]} for key in order]
    return {
        "rows": rows,
        "sets": [{"id": clash["id"], "title": clash["title"], "above": clash.get("above")} for clash in clashes],
    }


def _kind(member: Mapping[str, Any]) -> int:
    return 0 if member["target"] else 1 if member.get("above") else 2


def _cell(place: int, span: tuple[set[int], int, int]) -> str:
    inside, first, last = span
    if place in inside:
        alone = first == last
        return "at" + ("" if alone else " line-down" if place == first else " line-up" if place == last else " line")
    return "line" if first < place < last else ""
