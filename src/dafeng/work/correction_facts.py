"""Which fact a correction speaks of: by its id, or by the cell in which it was reported.

Invariant: a fact in force is named, or it is said which ids are; a cell leads through corrections only, never to what a later
delivery says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.readers.delivery import place_in
from dafeng.work.city import City
from dafeng.work.facts import CORRECTED

ID = re.compile(r"[0-9a-f]{6,20}")
MOST = 5
"""Figures that a refusal lists."""
Row = Mapping[str, Any]


def find_fact(city: City, text: str, same: Callable[[Row], bool]) -> dict[str, Any]:
    """The fact in force that a text names.

    Parameters
    ----------
    city : City
        The city.
    text : str
        Id of a fact or its beginning, ``facts/ID``, or a cell ``file!sheet!cell``; a cell whose figure was corrected, once or
        more, names the value that counts now.
    same : callable
        Whether a correction is the one that is asked for.

    Returns
    -------
    dict
        A row of FACTS; of the id of a replaced figure the correction that replaced it, where that is the one asked for.

    Raises
    ------
    SettingError
        If nothing or more than one has the name, or another figure replaced it; the ids to use stand in the message.
    """
    wanted = text.strip().removeprefix("facts/")
    rows: list[dict[str, Any]] = city.facts.read().to_pylist()
    found = [row for row in rows if row["fact"] == wanted] or _standing(city, rows, wanted)
    if not found and ID.fullmatch(wanted):
        found = [row for row in rows if row["fact"].startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(row["fact"] for row in found[:MOST])
        raise refuse(
            Label(f"“{text}”有 {len(found)} 个数", f"'{text}' names {len(found)} figures"), "fact", Label(listed, listed)
        )
    after = next((row for row in rows if row["supersedes"] == wanted), None)
    if after is not None and same(after):
        return after
    newer = _replacing(city, rows, wanted)
    if newer:
        told = ", ".join(f"{row['fact']} ({place_in(row)})" for row in newer[:MOST])
        said = Label(f"“{text}”已被 {told} 取代", f"'{text}' was replaced by {told}")
        expected = ", ".join(row["fact"] for row in newer[:MOST])
        raise refuse(said, "fact", Label(f"现行数的编号 {expected}", f"the id of what counts now, {expected}"))
    raise refuse(
        Label(f"没有“{text}”这个数", f"there is no figure '{text}'"),
        "fact",
        Label("事实编号或 文件!工作表!单元格", "the id of a fact, or file!sheet!cell"),
    )


def _standing(city: City, rows: Sequence[dict[str, Any]], place: str) -> list[dict[str, Any]]:
    """Facts in force that were reported in a cell, or that corrections alone have made of what was reported there."""
    former = _before(city, [row for row in rows if row["file"].startswith(CORRECTED)])
    found = []
    for row in rows:
        one: Row | None = row
        while one is not None and place_in(one) != place and one["file"].startswith(CORRECTED):
            one = former.get(one["supersedes"])
        found.extend([row] if one is not None and place_in(one) == place else [])
    return found


def _replacing(city: City, rows: Sequence[Row], wanted: str) -> list[Row]:
    """Facts in force that have replaced, directly or not, a fact with an id or what was reported in a cell."""
    changed = [row for row in rows if row["supersedes"]]
    former, found = _before(city, changed), []
    for row in changed:
        one: Row | None = row
        while one is not None and wanted not in (one["fact"], place_in(one)):
            one = former.get(one["supersedes"])
        found.extend([row] if one is not None else [])
    return found


def _before(city: City, rows: Sequence[Row]) -> dict[str, Row]:
    """What some facts replaced, directly or not, by id; the facts themselves among them."""
    return {one["fact"]: one for one in city.facts.history([row["fact"] for row in rows]).to_pylist()} if rows else {}


def refuse(what: Label, where: str, expected: Label) -> SettingError:
    """Refusal of a correction.

    Parameters
    ----------
    what : Label
        What is wrong.
    where : str
        Option or place.
    expected : Label
        What was expected.

    Returns
    -------
    SettingError
        To be raised.
    """
    remedy = Label("改正后重试；没有写入任何改动", "mend it and try again; nothing was written")
    return SettingError(what, where=where, expected=expected, remedy=remedy)
