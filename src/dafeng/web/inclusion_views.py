"""What the pages of carbon inclusion show: sums by scene and month, scenes, double claims, accounts, bundles, intake.

Invariant: nothing is booked here; no name and no identity is shown, and sums over few accounts are told as withheld.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from dafeng.core.errors import LookupFailure
from dafeng.core.labels import Label
from dafeng.formula import typeset
from dafeng.ledger.inclusion.claims import read_overlaps, read_registered
from dafeng.ledger.inclusion.operators import list_keys
from dafeng.ledger.inclusion.scenes import Scene
from dafeng.library.sources import read_sources
from dafeng.web.asking import Ask
from dafeng.web.labels import Words
from dafeng.work.inclusion_messages import list_messages
from dafeng.work.inclusion_reading import (
    SMALLEST_GROUP,
    InclusionView,
    count_claims,
    count_held,
    count_waiting,
    find_bundle,
    has_inclusion,
    list_claims,
    read_bundles,
    read_inclusion,
    read_terms,
)
from dafeng.work.inclusion_sums import InclusionSum, sum_bundle, sum_months

Context = dict[str, Any]
LINES = 50
"""Rows of a page."""
MONTHS = 24
"""Months of the chart."""
_ORDER = ("inclusion.claimed", "inclusion.overlap", "inclusion.registered")


def build_overview(ask: Ask) -> Context:
    """What the overview shows.

    Parameters
    ----------
    ask : Ask
        The request.

    Returns
    -------
    dict
        Sums, chart, scenes, double claims, bundles; empty where nobody has joined.
    """
    if not has_inclusion(ask.office.city):
        return {"started": False, "few": SMALLEST_GROUP}
    words = Words(ask.language)
    with read_inclusion(ask.office.city) as view:
        sums = sum_months(view)
        claims, bundles, waiting = count_claims(view), read_bundles(view), count_waiting(view)
        scenes = [_scene_row(view, scene, sums) for scene in view.scenes.values()]
        names = {one.id: one.title for one in view.scenes.values()}
        policy, book = view.policy, view.credits
    return {
        "started": True, "policy": policy, "book": book, "sums": sums[::-1][:LINES], "names": names,
        "more_sums": len(sums) > LINES,
        "scenes": sorted(scenes, key=lambda one: -one["grams"]), "grams": sum(one.grams or 0 for one in sums),
        "events": sum(one.events or 0 for one in sums), "points": sum(one.points or 0 for one in sums),
        "withheld": sum(one.events is None for one in sums),
        "claims": [(rule, claims[rule]) for rule in _ORDER if rule in claims],
        "bundles": bundles, "certified": sum(one.grams for one in bundles), "waiting": waiting, "few": SMALLEST_GROUP,
        "chart": draw_months(sums, names, words), "kg": tell_kilograms, "units": tell_units, "day": tell_day,
        "today": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip


def draw_months(sums: Sequence[InclusionSum], names: Mapping[str, Label], words: Words) -> Context | None:
    """Chart of reductions by month and scene.

    Parameters
    ----------
    sums : sequence of InclusionSum
        From `sum_months`.
    names : mapping of str to Label
        Names of scenes.
    words : Words
        Language of the page.

    Returns
    -------
    dict or None
        Chart ``months`` in kilograms; ``None`` where no sum may be told.
    """
    known = {(one.scene, one.month): one.grams for one in sums if one.grams is not None}
    months = sorted({one.month for one in sums})[-MONTHS:]
    scenes = sorted({scene for scene, month in known if month in months})
    if not scenes:
        return None
    by_month = {month: sum(grams for (_, at), grams in known.items() if at == month) for month in months}
    most = max(months, key=lambda month: by_month[month])
    title = words.say("inclusion.chart", values={"month": most, "value": tell_kilograms(by_month[most])})
    series = [
        {"name": names[scene].read(words.language) if scene in names else scene,
         "values": [_kilograms(known.get((scene, month))) for month in months]}
        for scene in scenes
    ]  # fmt: skip
    said = words.say("inclusion.chart_sub", values={"n": SMALLEST_GROUP})
    return {"kind": "months", "title": title, "subtitle": said, "unit": "kg", "months": months, "series": series}


def build_scene(ask: Ask, name: str) -> Context:
    """What the page of a scene shows: its method, editions with factors and sources, rules and sums.

    Parameters
    ----------
    ask : Ask
        The request.
    name : str
        Id of the scene.

    Returns
    -------
    dict
        The scene; sums only where somebody has joined.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    city = ask.office.city
    scenes, policy = read_terms(city)
    if name not in scenes:
        raise _no_scene(name, scenes)
    scene = scenes[name]
    sums: list[InclusionSum] = []
    if has_inclusion(city):
        with read_inclusion(city) as view:
            sums = sum_months(view, scene=name)
    overlap = read_overlaps(scenes, city.overlay).get(name)
    group = [one for one, said in read_overlaps(scenes, city.overlay).items() if overlap and said.group == overlap.group]
    words, names = Words(ask.language), {name: scene.title}
    return {
        "scene": scene, "policy": policy, "used": policy.editions.get(name), "reward": policy.rewards.get(name),
        "equations": [(one, typeset(said, {}, subject="R")) for one, said in scene.equations.items()],
        "sources": read_sources(city.overlay), "sums": sums[::-1][:LINES], "kg": tell_kilograms, "few": SMALLEST_GROUP,
        "overlap": overlap, "group": [scenes[one].title for one in group if one != name],
        "registered": [one for one in read_registered(city.overlay) if one.scene in ("", name)],
        "chart": draw_months(sums, names, words), "day": tell_day, "plain": _plain,
    }  # fmt: skip


def build_claims(ask: Ask) -> Context:
    """What the list of double claims shows.

    Parameters
    ----------
    ask : Ask
        The request.

    Returns
    -------
    dict
        One window, the newest first.
    """
    before = read_number(ask.request.query_params.get("before"))
    if not has_inclusion(ask.office.city):
        return {"rows": [], "counts": [], "more": 0, "before": 0, "names": {}}
    with read_inclusion(ask.office.city) as view:
        counts, rows = count_claims(view), list_claims(view, before=before, limit=LINES + 1)
        names = {one.id: one.title for one in view.scenes.values()}
    more = rows[LINES - 1].no if len(rows) > LINES else 0
    told = [(rule, counts[rule]) for rule in _ORDER if rule in counts]
    return {"rows": rows[:LINES], "counts": told, "more": more, "before": before, "names": names}


def build_people(ask: Ask) -> Context:
    """What the page for finding an account shows.

    Parameters
    ----------
    ask : Ask
        The request, with ``lost`` where what was typed led nowhere.

    Returns
    -------
    dict
        ``lost``: ``pseudonym`` or ``identity``; what was typed is not told again.
    """
    return {"lost": ask.request.query_params.get("lost", ""), "policy": read_terms(ask.office.city)[1]}


def build_bundle(ask: Ask, name: str) -> Context:
    """What the page of a bundle shows.

    Parameters
    ----------
    ask : Ask
        The request.
    name : str
        Its name.

    Returns
    -------
    dict
        The bundle, what it holds by scene, what the city still has of its credits.

    Raises
    ------
    LookupFailure
        If there is none.
    """
    with read_inclusion(ask.office.city) as view:
        found = find_bundle(view, name)
        holds = sum_bundle(view, name)
        names, policy, book = {one.id: one.title for one in view.scenes.values()}, view.policy, view.credits
    held = count_held(ask.office.rights, name)
    return {
        "bundle": found, "holds": holds, "names": names, "policy": policy, "book": book, "held": held, "kg": tell_kilograms,
        "units": tell_units, "day": tell_day, "few": SMALLEST_GROUP,
    }  # fmt: skip


def build_intake(ask: Ask) -> Context:
    """What the page of intake shows: the form for a file, keys of operators, messages that came.

    Parameters
    ----------
    ask : Ask
        The request.

    Returns
    -------
    dict
        Keys without their secrets; ``tally`` and ``made`` are filled by what a form has done.
    """
    now, keys, messages = int(time.time()), [], []
    if has_inclusion(ask.office.city):
        with read_inclusion(ask.office.city) as view:
            keys, messages = list_keys(view.rows)[::-1], list_messages(view)
    base = str(ask.request.base_url).rstrip("/")
    return {
        "keys": [(one, one.state(now)) for one in keys], "messages": messages, "tally": None, "made": None,
        "address": f"{base}/api/v1/cities/{ask.office.slug}/inclusion/messages",
        "scenes": read_terms(ask.office.city)[0].values(), "kg": tell_kilograms,
    }  # fmt: skip


def _scene_row(view: InclusionView, scene: Scene, sums: Sequence[InclusionSum]) -> Context:
    own = [one for one in sums if one.scene == scene.id]
    edition = scene.editions.get(view.policy.editions.get(scene.id, ""))
    return {
        "scene": scene, "edition": edition, "per_unit": _plain(edition.per_unit) if edition else "",
        "events": sum(one.events or 0 for one in own), "grams": sum(one.grams or 0 for one in own),
        "withheld": any(one.events is None for one in own),
    }  # fmt: skip


def tell_kilograms(grams: int) -> str:
    """Grams as kilograms, exactly.

    Parameters
    ----------
    grams : int
        A mass. [g]

    Returns
    -------
    str
        With three digits after the point. [kg]
    """
    return f"{Decimal(grams).scaleb(-3):,.3f}"


def tell_units(units: int, scale: int) -> str:
    """Credits in whole units.

    Parameters
    ----------
    units : int
        Quantity. [minimal units]
    scale : int
        Digits after the point.

    Returns
    -------
    str
        Decimal number.
    """
    return f"{Decimal(units).scaleb(-scale):,.{scale}f}"


def tell_day(ordinal: int) -> str:
    """Day of an ordinal.

    Parameters
    ----------
    ordinal : int
        Ordinal. [d]

    Returns
    -------
    str
        ISO date.
    """
    return datetime.fromordinal(ordinal).date().isoformat()


def read_number(text: str | None) -> int:
    """Number of a parameter.

    Parameters
    ----------
    text : str or None
        As it stands in the address.

    Returns
    -------
    int
        0 where it is none.
    """
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _kilograms(grams: int | None) -> float | None:
    return None if grams is None else grams / 1000


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _no_scene(name: str, known: Mapping[str, Scene]) -> LookupFailure:
    return LookupFailure(
        Label(f"没有场景“{name[:60]}”", f"there is no scene '{name[:60]}'"),
        where="scene",
        expected=Label("、".join(known), ", ".join(known)),
        remedy=Label("核对编号", "check the id"),
    )
