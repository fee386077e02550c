"""One target beside the same quantity elsewhere: in the other cities that are served, and in the plans above.

Invariant: figures stand side by side only where quantity, way of counting, scope, base year, due year and unit agree;
otherwise the obstacle is said instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dafeng.core.errors import UnitError
from dafeng.core.units import conversion
from dafeng.web.cities import CityView
from dafeng.web.labels import Words

Row = Mapping[str, Any]
AGREEING = ("counting", "scope", "base_year", "year", "period")
"""What must be the same, beside the quantity and its unit."""


def build_beside(city: CityView, row: Row, others: Sequence[CityView], words: Words) -> list[dict[str, Any]]:
    """A target beside the other cities, province and nation.

    Parameters
    ----------
    city : CityView
        The city.
    row : mapping
        The target's verdict.
    others : sequence of CityView
        All cities that are served; the city itself is passed over.
    words : Words
        Language of the page.

    Returns
    -------
    list of dict
        ``label``, ``kind`` (``city`` or ``plan``), ``row`` (verdict there) or ``other`` (figure there), ``obstacles``
        (sentences; empty where the two can be compared), ``standing`` and ``says`` for a plan, ``slug`` for a city.
    """
    cities = [_city(one, row, words) for one in others if one.slug != city.slug]
    return [*cities, *_plans(city.view, row)]


def find_obstacles(row: Row, other: Row, words: Words) -> list[str]:
    """Why two targets on one quantity cannot be compared.

    Parameters
    ----------
    row, other : mapping
        Verdicts of two cities.
    words : Words
        Language of the page.

    Returns
    -------
    list of str
        One sentence per obstacle, empty where there is none.
    """
    said = []
    for key in AGREEING:
        if row.get(key) != other.get(key):
            values = {"here": _tell(key, row.get(key), words), "there": _tell(key, other.get(key), words)}
            said.append(words.say("beside.differs", values={"what": words.word("beside_aspect", key), **values}))
    units = row["value"]["unit"], other["value"]["unit"]
    if not _convertible(*units):
        values = {"what": words.word("beside_aspect", "unit"), "here": units[0], "there": units[1]}
        said.append(words.say("beside.differs", values=values))
    return said


def _city(other: CityView, row: Row, words: Words) -> dict[str, Any]:
    """The same quantity in another city: of its targets the one with fewest obstacles."""
    made = {"label": other.view["city"]["label"], "kind": "city", "slug": other.slug, "row": None, "obstacles": []}
    wanted = row.get("indicator_id")
    found = [one for one in other.view.get("verdicts") or () if wanted and one.get("indicator_id") == wanted]
    if not found:
        key = words.say("beside.undefined") if not wanted else words.say("beside.absent")
        return {**made, "obstacles": [key]}
    judged = [(find_obstacles(row, one, words), one) for one in found]
    obstacles, best = min(judged, key=lambda pair: len(pair[0]))
    return {**made, "row": best, "obstacles": obstacles}


def _plans(view: Row, row: Row) -> list[dict[str, Any]]:
    """What the comparison of plans knows of the target."""
    found = view.get("comparison") or {}
    labels = {party["id"]: party["label"] for party in found.get("parties") or ()}
    cells = [cell for line in found.get("rows") or () if _target(line) == row["target"] for cell in line["cells"]]
    return [
        {
            "label": labels[cell["party"]],
            "kind": "plan",
            "other": cell["other"],
            "standing": cell["standing"],
            "says": cell["reason"],
            "firm": cell["firm"],
            "address": cell["address"],
            "obstacles": [],
        }
        for cell in cells
    ]


def _target(line: Row) -> str | None:
    return (line.get("mine") or {}).get("target")


def _convertible(here: str | None, there: str | None) -> bool:
    if here == there:
        return True
    try:
        conversion(here or "", there or "")
    except UnitError:
        return False
    return True


def _tell(key: str, value: Any, words: Words) -> str:
    if value is None:
        return words.say("target.unsaid")
    return words.word("counting", value) if key == "counting" else str(value)
