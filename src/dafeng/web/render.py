"""Templates to pages: one environment, the same templates for the server and for the frozen copy.

Invariant: everything is escaped unless this module made it; a template gets words, links and data, and no engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from dafeng.plans.vocabulary import say_word
from dafeng.web import figures
from dafeng.web.cities import CityView
from dafeng.web.labels import Words
from dafeng.web.links import Links
from dafeng.web.mathml import clean
from dafeng.web.pages import read_pages
from dafeng.web.pathway import share_text

TEMPLATES = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds the content of a page.

    Parameters
    ----------
    words : Words
        Language.
    links : Links
        Addresses.
    city : CityView or None
        The city, ``None`` on pages above the cities.
    page : str
        Id of the page, for the navigation.
    here : str
        The present page as the language switch needs it: its filters, or its file name in a frozen copy.
    cities : tuple of CityView
        All cities that are served.
    review : str
        Address of the city's review, empty where there is none.
    """

    words: Words
    links: Links
    city: CityView | None
    page: str
    here: str = ""
    cities: tuple[CityView, ...] = ()
    review: str = ""


@cache
def environment() -> Environment:
    """The template environment.

    Returns
    -------
    jinja2.Environment
        With autoescape on.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    made.filters["is_number"] = figures.is_number
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return made


def render(template: str, frame: Frame, context: Mapping[str, Any] | None) -> str:
    """One page or fragment.

    Parameters
    ----------
    template : str
        File name of the template.
    frame : Frame
        What surrounds the content.
    context : mapping or None
        What the page shows.

    Returns
    -------
    str
        HTML.
    """
    return environment().get_template(template).render({**_tools(frame), **(context or {})})


def _tools(frame: Frame) -> dict[str, Any]:
    """What every template may use."""
    words = frame.words
    return {
        "lang": words.language,
        "t": lambda key, values=None: words.say(key, values=values),
        "L": words.read,
        "word": words.word,
        "gather": words.gather,
        "links": frame.links,
        "city": frame.city,
        "view": frame.city.view if frame.city else None,
        "cities": frame.cities,
        "page": frame.page,
        "here": frame.here,
        "review_link": frame.review,
        "said_word": lambda group, name: say_word(group, name, words.language),
        "pages": read_pages(),
        "share": lambda value: share_text(value, words),
        "mathml": clean,
        "strip": frame.city.strip if frame.city else str,
        **_writers(words),
    }


def _writers(words: Words) -> dict[str, Any]:
    """How a template writes figures."""
    language = words.language
    return {
        "show": lambda value, unit, basis="actual", vague=False: figures.show(value, unit, language, basis=basis, vague=vague),
        "span": lambda low, high, unit, basis="actual": figures.span(low, high, unit, language, basis=basis),
        "goal": lambda row: _goal(row, words),
    }


def _goal(row: Mapping[str, Any], words: Words) -> str:
    """A target as one expression; a delegated one has no figure of its own."""
    asked = row["value"]
    if asked["value"] is None:
        return words.say("target.delegated")
    return figures.goal(row.get("comparator"), asked["value"], row.get("upper"), asked["unit"], words.language)
