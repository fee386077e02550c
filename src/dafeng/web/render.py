"""Templates to pages: one environment, the same templates for the server and for the frozen copy.

Invariant: everything is escaped unless this module made it; a template gets words, links and data, and no engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

from jinja2 import Environment, FileSystemLoader
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from dafeng.core.errors import UnitError
from dafeng.core.labels import Language
from dafeng.core.units import unit
from dafeng.library.sources import read_sources
from dafeng.plans.vocabulary import say_word
from dafeng.web import figures
from dafeng.web.chinese_words import mark_chinese
from dafeng.web.cities import CityView
from dafeng.web.clocks import date_words
from dafeng.web.file_names import file_name, shown_name
from dafeng.web.filters import ROWS
from dafeng.web.frozen_links import Links
from dafeng.web.labels import Words
from dafeng.web.mathml import clean
from dafeng.web.navigation import choose_groups, name_group
from dafeng.web.pathway import share_text
from dafeng.web.summary import lead_figure

TEMPLATES = Path(__file__).resolve().parent / "templates"
MOST_FRAGMENTS = 40_000
"""Drawn rows that are kept of one city."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
_PLAIN = (FunctionType, MethodType)
_METHODS = frozenset(dir(dict))


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


class _Call(Context):
    """Calls what is a macro or a plain function without asking first what jinja would pass to it."""

    def call(self, obj: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
        kind: type[object] = type(obj)
        if kind is not Macro and (kind not in _PLAIN or hasattr(obj, "jinja_pass_arg")):
            return super().call(obj, *args, **named)
        named.pop("_loop_vars", None)
        named.pop("_block_vars", None)
        return obj(self.eval_ctx, *args, **named) if kind is Macro else obj(*args, **named)


class _Pages(Environment):
    """Looks into a mapping for a key before asking it for an attribute, which is the rare case and the slow one."""

    context_class = _Call

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj and attribute not in _METHODS:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def environment() -> Environment:
    """The template environment.

    Returns
    -------
    jinja2.Environment
        With autoescape on.
    """
    made = _Pages(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True, auto_reload=False)
    made.filters |= {"is_number": figures.is_number, "shown_name": shown_name, "file_name": file_name}
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
    return next(render_each(template, frame, (context,)))


def render_each(template: str, frame: Frame, contexts: Iterable[Mapping[str, Any] | None]) -> Iterator[str]:
    """Many fragments of one kind, with what surrounds them made once.

    Parameters
    ----------
    template : str
        File name of the template.
    frame : Frame
        What surrounds each.
    contexts : iterable of mapping or None
        What each shows.

    Yields
    ------
    str
        HTML.
    """
    made, tools = environment().get_template(template), _tools(frame)
    for context in contexts:
        yield _mark(made.render({**tools, **(context or {})}), frame.words)


def name_source(name: str, frame: Frame) -> str:
    """Title of a source in the reader's language.

    Parameters
    ----------
    name : str
        Source id.
    frame : Frame
        The page.

    Returns
    -------
    str
        As the run has it, else as the package has it; the id where neither knows it.
    """
    row = frame.city.source(name) if frame.city else None
    known = None if row else read_sources().get(name)
    return frame.words.read(row["title"] if row else known.title if known else name)


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
        "source_name": lambda name: name_source(name, frame),
        "most_rows": ROWS,
        "organised": frame.city.organised if frame.city else frozenset(),
        "review_link": frame.review,
        "said_word": lambda group, name: say_word(group, name, words.language),
        "group_of": lambda page: words.read(name_group(page)),
        "menu": choose_groups(live=frame.links.live, accounts=bool(frame.review)),
        "share": lambda value: share_text(value, words),
        "mathml": clean,
        "lead_figure": lead_figure,
        "strip": frame.city.strip if frame.city else str,
        "once": _once(frame),
        **_writers(words),
        **date_words(words),
    }


def _once(frame: Frame) -> Callable[..., str]:
    """What draws a row of the view the first time only.

    The macro gets the row, and what else it is told; all else that it reads must follow from the city, the language and the
    links. The row itself is held with what was drawn, so that no other row can be taken for it.
    """
    city = frame.city
    for_whom = (frame.words.language, frame.links, frame.review)

    def once(macro: Macro, row: Any, *more: Any) -> str:
        if city is None:
            return Markup(macro(row, *more))  # noqa: S704 - as below
        key = (*for_whom, macro.name, id(row), *more)
        kept = city.fragments.get(key)
        if kept is None:
            kept = (row, Markup(_mark(str(macro(row, *more)), frame.words)))  # noqa: S704 - a macro escapes what it is told
            if len(city.fragments) < MOST_FRAGMENTS:
                city.fragments[key] = kept
        return kept[1]

    return once


def _mark(text: str, words: Words) -> str:
    return text if words.language == "zh" else mark_chinese(text)


def _writers(words: Words) -> dict[str, Any]:
    """How a template writes figures."""
    language = words.language
    return {
        "show": lambda value, unit, basis="actual", vague=False, scale=None: figures.show(
            value, unit, language, basis=basis, vague=vague, scale=scale
        ),
        "between": lambda number, scale=None: figures.between(number, language, scale=scale),
        "span": lambda low, high, unit, basis="actual": figures.span(low, high, unit, language, basis=basis),
        "goal": lambda row: _goal(row, words),
        "unit_name": lambda unit: name_unit(unit, language),
        "side_of": lambda note: choose_side(note, language),
    }


def choose_side(note: str, language: Language) -> str:
    """One language of a note that stands in both: Chinese, a dot, English.

    Parameters
    ----------
    note : str
        As the data have it.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    str
        The side of the language; the whole note where it stands in one language only.
    """
    zh, dot, en = note.partition(" · ")
    both = dot and CHINESE.search(zh) and not CHINESE.search(en)
    return (zh if language == "zh" else en) if both else note


def name_unit(stored: str, language: Language) -> str:
    """A unit for reading.

    Parameters
    ----------
    stored : str
        As stored.
    language : {"zh", "en"}
        The reader's language.

    Returns
    -------
    str
        For an English reader without Chinese words where the table of units has others; for a Chinese one in words where the
        stored form mixes both.
    """
    if stored.isascii() or (language == "zh" and "*" not in stored):
        return stored
    try:
        return unit(stored).read(language)
    except UnitError:
        return stored


def _goal(row: Mapping[str, Any], words: Words) -> str:
    """A target as one expression; a delegated one has no figure of its own."""
    asked = row["value"]
    if asked["value"] is None:
        return words.say("target.delegated")
    return figures.goal(row.get("comparator"), asked["value"], row.get("upper"), asked["unit"], words.language)
