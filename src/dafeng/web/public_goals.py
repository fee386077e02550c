"""Goals and names as the public pages write them.

Invariant: a comparator is said in words, and the figure is the one of the plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dafeng.web.figures import span
from dafeng.web.labels import Words

_COMPARED: Mapping[str, str] = {">=": "at_least", "<=": "at_most", "~": "about", ">": "over", "<": "under"}


def say_goal(row: Mapping[str, Any], words: Words) -> str:
    """A goal in words: *at least 13 GW*.

    Parameters
    ----------
    row : mapping
        One of the targets of an indicator.
    words : Words
        Language of the page.

    Returns
    -------
    str
        What is delegated from above has no figure and is said so.
    """
    asked = row["value"]
    if asked["value"] is None:
        return words.say("target.delegated")
    figure = span(asked["value"], row["upper"], asked["unit"], words.language, basis="target")
    return words.say(f"public_goal.{_COMPARED.get(row['comparator'] or '', 'exactly')}", values={"value": figure})


def say_name(text: str) -> str:
    """A name or sentence with a capital at its beginning, as a page sets it.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The rest as it was.
    """
    return text[:1].upper() + text[1:]
