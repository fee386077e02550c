"""The public pages: what their templates get, and the environment that renders them.

Invariant: a template gets the published document and nothing of the run behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dafeng.core.labels import Label
from dafeng.web import figures
from dafeng.web.chinese_words import mark_chinese
from dafeng.web.clocks import date_words
from dafeng.web.labels import Words
from dafeng.web.public_charts import Sketch, draw_indicator
from dafeng.web.public_goals import say_goal, say_name
from dafeng.web.public_links import PublicLinks
from dafeng.web.public_words import TRIES, count_dots, pick_target, tell_home, tell_range, tell_value
from dafeng.web.render import environment
from dafeng.work.publish import VERDICTS, Published
from dafeng.work.publish_plain import describe, list_words
from dafeng.work.publish_table import COLUMNS, FORMS, tell_metadata

Context = dict[str, Any]
PAGES = ("home", "indicators", "words", "data", "about")
"""Pages of the public side besides the articles."""
MOST = 100
"""Longest search. [characters]"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What surrounds a public page.

    Parameters
    ----------
    words : Words
        Language.
    links : PublicLinks
        Addresses.
    published : Published or None
        The public side of the run; ``None`` on pages above the cities.
    page : str
        Id of the page, for the navigation.
    here : str
        The present page as the language switch needs it.
    """

    words: Words
    links: PublicLinks
    published: Published | None
    page: str
    here: str = ""


def render_public(template: str, stage: Stage, context: Mapping[str, Any]) -> str:
    """One public page.

    Parameters
    ----------
    template : str
        File name of the template.
    stage : Stage
        What surrounds it.
    context : mapping
        What it shows.

    Returns
    -------
    str
        HTML.
    """
    made = environment().get_template(template).render({**_tools(stage), **context})
    return made if stage.words.language == "zh" else mark_chinese(made)


def _tools(stage: Stage) -> Context:
    words = stage.words
    return {
        "lang": words.language,
        "t": lambda key, values=None: words.say(key, values=values),
        "L": words.read,
        "word": words.word,
        "links": stage.links,
        "page": stage.page,
        "here": stage.here,
        "shown": stage.published.view if stage.published else None,
        "show": lambda value, unit, basis="actual": figures.show(value, unit, words.language, basis=basis),
        "goal": lambda row: say_goal(row, words),
        "capital": say_name,
        "plain": lambda group, name: _read(describe(group, name), words),
        **date_words(words),
    }


def _read(label: Label | None, words: Words) -> str:
    return label.read(words.language) if label else ""


def find_indicator(published: Published, name: str) -> Mapping[str, Any] | None:
    """Entry of an indicator.

    Parameters
    ----------
    published : Published
        The public side of a run.
    name : str
        Its id.

    Returns
    -------
    mapping or None
        ``None`` where there is none, or none that is public.
    """
    return next((entry for entry in published.view["indicators"] if entry["id"] == name), None)


def build_page(name: str, published: Published, words: Words) -> Context:
    """What the template of a page gets.

    Parameters
    ----------
    name : str
        One of `PAGES`.
    published : Published
        The public side of a run.
    words : Words
        Language.

    Returns
    -------
    dict
        Name → value.
    """
    view = published.view
    if name == "home":
        dots = count_dots(view["peak"]["probability_before_2030"]) if view["peak"] else 0
        return {
            "sentences": tell_home(view, words),
            "dots": dots,
            "tries": TRIES,
            "order": VERDICTS,
            "fields": group_fields(published),
            "lacking": list_lacking(published, words),
        }
    if name == "indicators":
        return {"fields": group_fields(published)}
    if name == "words":
        return {"terms": [(one, term.read(words.language), says.read(words.language)) for one, term, says in list_words()]}
    if name == "data":
        columns = [(column, label.read(words.language)) for column, label in COLUMNS.items()]
        return {"forms": [*FORMS], "columns": columns, "metadata": tell_metadata(published, words.language)}
    return {}


def list_lacking(published: Published, words: Words) -> list[str]:
    """Data that would let most targets be judged, the most wanted first.

    Parameters
    ----------
    published : Published
        The public side of a run.
    words : Words
        Language.

    Returns
    -------
    list of str
        Each once.
    """
    rows = [
        target for entry in published.view["indicators"] for target in entry["targets"] if target["verdict"] == "not_measurable"
    ]
    named = Counter(words.read(one) for target in rows for one in target["lacking"])
    return [text for text, _ in named.most_common()]


def group_fields(published: Published) -> list[tuple[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]]]:
    """Indicators by field, each with the target that its article speaks of first.

    Parameters
    ----------
    published : Published
        The public side of a run.

    Returns
    -------
    list of (str, list of (entry, target))
        Fields in the order of the plan.
    """
    found: dict[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = {}
    for entry in published.view["indicators"]:
        found.setdefault(entry["field"], []).append((entry, pick_target(entry)))
    return list(found.items())


def build_article(published: Published, entry: Mapping[str, Any], words: Words, links: PublicLinks) -> Context:
    """What the article of an indicator and its small page for frames get.

    Parameters
    ----------
    published : Published
        The public side of a run.
    entry : mapping
        Entry of ``indicators``.
    words : Words
        Language.
    links : PublicLinks
        Addresses, for the snippet.

    Returns
    -------
    dict
        Name → value.
    """
    view, target = published.view, pick_target(entry)
    title = words.say(
        "public.finding",
        values={"name": say_name(words.read(entry["label"])), "verdict": words.word("verdict", target["verdict"])},
    )
    tasks = {one["id"]: one for one in view["tasks"]}
    named = [tasks[one["task"]] for one in entry["targets"] if one["task"] in tasks]
    value = tell_value(entry, words)
    return {
        "entry": entry,
        "target": target,
        "title": title,
        "value": value,
        "pictures": [draw_indicator(entry, Sketch(words, title, narrow=narrow)) for narrow in (False, True)],
        "projections": [(one, tell_range(one["projected"], words)) for one in entry["targets"] if one["projected"]],
        "tasks": list({one["id"]: one for one in named}.values()),
        "organisations": list(dict.fromkeys(name for one in entry["targets"] for name in one["organisations"])),
        "sources": _sources(published, entry),
        "lacking": list({words.read(one): None for row in entry["targets"] for one in row["lacking"]}),
        "trace": published.traces.get(value["address"]) if value else None,
        "taken": _is_taken(published, value["address"]) if value else False,
        "cite": _cite(view, entry, words, links),
        "snippet": _snippet(links, entry, title),
    }


def _is_taken(published: Published, address: str) -> bool:
    """Whether a figure stands as its source tells it, without a sum."""
    trace = published.traces.get(address)
    return trace is not None and not trace["internal"] and not trace["expression"] and len(trace["inputs"]) <= 1


def _sources(published: Published, entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Published sources that the values of an indicator and their evidence name."""
    addresses = [point[2] for point in entry["actuals"]] + [
        one["actual"]["address"] for one in entry["targets"] if one["actual"]
    ]
    waiting, seen = [one for one in addresses if one], set[str]()
    while waiting:
        one = waiting.pop()
        if one in published.traces and one not in seen:
            seen.add(one)
            waiting += published.traces[one]["inputs"]
    named = {published.traces[one]["source"] for one in seen} | {
        one["actual"]["source"] for one in entry["targets"] if one["actual"]
    }
    return [source for source in published.view["sources"] if source["id"] in named]


def _cite(view: Mapping[str, Any], entry: Mapping[str, Any], words: Words, links: PublicLinks) -> str:
    said = {
        "city": words.read(view["city"]["label"]), "name": words.read(entry["label"]), "year": view["year"],
        "run": view["run"]["id"], "address": links.absolute(links.indicator(entry["id"])),
    }  # fmt: skip
    return words.say("public.citation", values=said)


def _snippet(links: PublicLinks, entry: Mapping[str, Any], title: str) -> str:
    address = links.absolute(links.embed(entry["id"]))
    quoted = title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return f'<iframe src="{address}" title="{quoted}" width="100%" height="460" loading="lazy"></iframe>'


def search_public(published: Published, wanted: str, words: Words) -> list[tuple[str, str]]:
    """Public indicators and terms whose name or text contains some words.

    Parameters
    ----------
    published : Published
        The public side of a run.
    wanted : str
        What was typed.
    words : Words
        Language.

    Returns
    -------
    list of (id, name)
        Indicators in the order of the plan.
    """
    text = wanted.strip().lower()[:MOST]
    if not text:
        return []
    rows = [
        (entry["id"], entry["label"], _read(describe("indicators", entry["id"]), words))
        for entry in published.view["indicators"]
    ]
    return [(name, words.read(label)) for name, label, says in rows if text in f"{label['zh']} {label['en']} {says}".lower()]
