"""Choices in the address of a page that there are not: left aside, and told in the reader's language.

Invariant: a page shows what it shows without the choice, and says so; the API refuses the same choice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dafeng.web import inventories, measures, task_views
from dafeng.web.api_choices import Choices, choices_of_hours, choices_of_page
from dafeng.web.cities import CityView
from dafeng.web.labels import Words
from dafeng.web.scenario_wish import MINE
from dafeng.work.scenario_live import LiveScenarios
from dafeng.work.schedule_rows import GROUPS

Row = Mapping[str, Any]
FILTERING = ("verdict", "field", "organisation", "state", "chapter", "standing", "party", "hide", "purpose", "parameter",
             "substance", "standard", "place", "grade", "type", "scheme", "sector", "top")  # fmt: skip
"""Choices that leave rows out: without them all rows are shown; without any other the usual one is."""
YEARS_OF_ONE = ("map", "inventory", "measures", "enterprises")
"""Pages that show one year at a time; on the others a year is a filter."""
LISTED = "hide"
"""Choice that names several, with commas between."""
REPEATED = "beside"
"""Choice that may be made several times; those that there are stay."""
NAMED: Mapping[tuple[str, str], str] = {("enterprises", "grade"): "rating"}
"""Choices that mean something else on a page, with the name that they have there."""
LONGEST = 40
"""Longest text of a choice that is said again. [characters]"""


def find_unknown(city: CityView, page: str, query: Mapping[str, str]) -> dict[str, str]:
    """Choices of an address that the page does not know.

    Parameters
    ----------
    city : CityView
        The city.
    page : str
        Page id.
    query : mapping of str to str
        The address.

    Returns
    -------
    dict of str to str
        Text by name, in the order of the address; names that no page has are passed over.
    """
    return compare_choices(query.items(), choices_of_address(city, page, query) if query else {})


def compare_choices(items: Iterable[tuple[str, str]], known: Choices) -> dict[str, str]:
    """Choices that are not among those there are.

    Parameters
    ----------
    items : iterable of (str, str)
        Names and texts of an address.
    known : mapping of str to collection of str, or None
        What may be chosen, ``None`` for any text.

    Returns
    -------
    dict of str to str
        Text by name, in the order of the address; names that are not in ``known`` are passed over.
    """
    found: dict[str, list[str]] = {}
    for name, text in items:
        if name in known:
            found.setdefault(name, []).extend(part for part in _parts(name, text) if not _is_known(part, known[name]))
    return {name: ",".join(parts) for name, parts in found.items() if parts}


def leave_aside(query: Mapping[str, str], unknown: Mapping[str, str]) -> dict[str, str]:
    """An address without the choices that its page does not know.

    Parameters
    ----------
    query : mapping of str to str
        The address.
    unknown : mapping of str to str
        From `find_unknown`.

    Returns
    -------
    dict of str to str
        Of a list of columns those that are known stay.
    """
    kept = {name: [part for part in _parts(name, text) if part not in _parts(name, unknown.get(name, ""))]
            for name, text in query.items()}  # fmt: skip
    return {name: ",".join(kept[name]) if name in unknown else text for name, text in query.items()
            if name not in unknown or kept[name]}  # fmt: skip


def choices_of_address(city: CityView, page: str, query: Mapping[str, str]) -> Choices:
    """What may be chosen in the address of a page.

    Parameters
    ----------
    city : CityView
        The city.
    page : str
        Page id.
    query : mapping of str to str
        The address; years, carriers and weeks are those of the model that it chooses.

    Returns
    -------
    mapping
        Choices with their values, ``None`` for any text.
    """
    view = city.view
    if page == "hours":
        index = view.get("hours")
        return choices_of_hours(index, query, "week") if index and index["cases"] else {}
    if page == "inventory":
        return {
            name: [str(row["year"]) for row in (view.get("inventory") or {}).get("years") or ()] for name in inventories.FILTERS
        }
    if page == "measures":
        found = view.get("abatement") or {}
        values = {"year": [str(one["year"]) for one in found.get("curves") or ()], "scope": list(found.get("scopes") or ())}
        return {name: values[name] for name in measures.FILTERS}
    own: dict[str, Collection[str]] = {}
    if page == "tasks":
        own = {"view": task_views.VIEWS, "group": tuple(GROUPS)}
    if page == "factors":
        own = {"tab": ("conflicts",)}
    return {**choices_of_page(city, page), **own}


def choices_of_scenarios(live: LiveScenarios) -> Choices:
    """What may be chosen in the address of the scenarios besides the reader's own one, whose refusal has words of its own.

    Parameters
    ----------
    live : LiveScenarios
        Knows scenarios and years.

    Returns
    -------
    mapping
        Scenarios beside it and the two sides of the waterfall, with their values.
    """
    names, years = [one.id for one in live.layers.scenarios], [str(year) for year in live.model.graph.space.years]
    sides = {"left": (MINE, *names), "left_year": years, "right": (MINE, *names), "right_year": years}
    return {REPEATED: names, **sides}


def take_choices(query: Mapping[str, str], known: Choices, page: str, words: Words) -> tuple[dict[str, str], list[str]]:
    """An address without what a page does not know, and what the page says of that.

    Parameters
    ----------
    query : mapping of str to str
        The address.
    known : mapping of str to collection of str, or None
        What may be chosen, ``None`` for any text.
    page : str
        Page id.
    words : Words
        Language of the page.

    Returns
    -------
    (dict of str to str, list of str)
        Texts by name for ``known`` alone, without blanks around them; one sentence for each choice that there is not.
    """
    unknown = compare_choices(query.items(), known)
    kept = leave_aside(query, unknown)
    return {name: kept.get(name, "").strip() for name in known}, tell_unknown(unknown, page, words)


def tell_unknown(unknown: Mapping[str, str], page: str, words: Words) -> list[str]:
    """What a page says of choices that it does not know.

    Parameters
    ----------
    unknown : mapping of str to str
        Text by name.
    page : str
        Page id.
    words : Words
        Language of the page.

    Returns
    -------
    list of str
        One sentence each: which choice, and what is shown instead.
    """
    return [_tell(name, text, page, words) for name, text in unknown.items()]


def _tell(name: str, text: str, page: str, words: Words) -> str:
    called = words.word("choice", NAMED.get((page, name), name))
    said = {"name": called, "text": text[:LONGEST] + ("…" if len(text) > LONGEST else "")}
    if name == REPEATED:
        return words.say("app.unknown_part", values=said)
    if name in FILTERING or (name == "year" and page not in YEARS_OF_ONE):
        return words.say("app.unknown_filter", values=said)
    return words.say("app.unknown_choice", values=said)


def _parts(name: str, text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if name == LISTED else [text.strip()]


def _is_known(part: str, values: Collection[str] | None) -> bool:
    return values is None or not part or part in values
