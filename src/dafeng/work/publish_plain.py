"""Plain words for visitors: what an indicator is, why it matters, what a verdict and a term mean.

Invariant: these texts hold no figure; an indicator nobody described is told by its name and its field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, cast

from dafeng.core.labels import Label
from dafeng.library.strict import load_yaml

PLAIN = "data/public/plain.yaml"
"""File of the package with the texts."""


@cache
def read_plain() -> Mapping[str, Any]:
    """All texts.

    Returns
    -------
    mapping
        ``fields``, ``indicators`` and ``verdicts`` by id, ``words`` as a list with ``id``, ``term`` and ``says``.
    """
    found = load_yaml(files("dafeng").joinpath(PLAIN).read_text(encoding="utf-8"))
    return cast("Mapping[str, Any]", found)


def describe(group: str, name: str) -> Label | None:
    """What something is.

    Parameters
    ----------
    group : {"fields", "indicators", "verdicts"}
        Group of texts.
    name : str
        Id.

    Returns
    -------
    Label or None
        ``None`` where nobody described it.
    """
    said = read_plain()[group].get(name)
    return Label(said["zh"], said["en"]) if said else None


def list_words() -> Sequence[tuple[str, Label, Label]]:
    """Terms with their meaning.

    Returns
    -------
    sequence of (str, Label, Label)
        Id, term and meaning, in the order of the page.
    """
    return [
        (one["id"], Label(one["term"]["zh"], one["term"]["en"]), Label(one["says"]["zh"], one["says"]["en"]))
        for one in read_plain()["words"]
    ]
