"""Templates of the brief: sentences with places for figures, and the bounds that choose between them.

Invariant: a sentence without a figure, a figure nobody names, a digit among the words, or two languages that name
different figures are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from dafeng.core.errors import DefinitionError
from dafeng.core.labels import Label
from dafeng.library.strict import load_yaml
from dafeng.work.definitions import Form, Number, Words

PLACE = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")
"""Place of a figure: ``{name}`` or ``{name:form}``."""
FORMS = ("say", "size", "odds", "whole", "year", "span", "count", "at", "name")
"""How a figure can be written; ``at`` is the year it speaks of, ``name`` what it is called."""
Bound = Number | str | None
"""A limit: a number, the name of another figure, or none."""


class Option(Form):
    """A sentence and the bounds of figures within which it is said."""

    when: dict[str, tuple[Bound, Bound]] = Field(default_factory=dict)
    zh: str
    en: str

    def names(self) -> set[str]:
        """Figures that the sentence names.

        Returns
        -------
        set of str
            Their names in the claim.
        """
        return {name for name, _ in PLACE.findall(self.zh)}

    @model_validator(mode="after")
    def _speaks_of_figures(self) -> Self:
        for text in (self.zh, self.en):
            if not any(form != "name" for _, form in PLACE.findall(text)):
                raise ValueError(f"no figure in '{text}'")
            if re.search(r"[0-9{}]", PLACE.sub("", text)):
                raise ValueError(f"a digit or a bracket among the words of '{text}'")
        if set(PLACE.findall(self.zh)) != set(PLACE.findall(self.en)):
            raise ValueError(f"the languages name different figures: '{self.zh}', '{self.en}'")
        unknown = {form for _, form in PLACE.findall(self.zh)} - {"", *FORMS}
        if unknown:
            raise ValueError(f"unknown form {sorted(unknown)} in '{self.zh}'; one of {FORMS}")
        return self


class Claim(Form):
    """One thing to say: its figures, and the sentences to choose from."""

    about: Words
    kind: Literal["answer", "reason"] = "reason"
    each: str | None = None
    most: int = Field(default=1, ge=1)
    optional: bool = False
    figures: dict[str, str]
    options: tuple[Option, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _all_figures_are_used(self) -> Self:
        named = {name for option in self.options for name in option.names()} - {"city"}
        bounds = {name for option in self.options for name in option.when}
        bounds |= {
            limit for option in self.options for pair in option.when.values() for limit in pair if isinstance(limit, str)
        }
        if named | bounds != set(self.figures):
            raise ValueError(f"figures {sorted(self.figures)} are declared, {sorted(named | bounds)} are used")
        return self


class Tile(Form):
    """A figure that stands large at the top."""

    figure: str
    form: str = "say"
    label: Words


class Section(Form):
    """A question of the brief; the one that turns begins the second page."""

    id: str
    title: Words
    turn: bool = False
    claims: tuple[Claim, ...] = Field(min_length=1)


class Templates(Form):
    """All templates of the brief."""

    title: Words
    subtitle: Words
    source: Words
    words: dict[str, Words]
    tiles: tuple[Tile, ...] = ()
    sections: tuple[Section, ...] = Field(min_length=1)


@cache
def read_templates() -> Templates:
    """Templates that ship with the package.

    Returns
    -------
    Templates
        Checked.
    """
    return parse_templates(Path(str(files("dafeng") / "data" / "brief" / "brief.yaml")))


def parse_templates(source: Path | str) -> Templates:
    """Templates of a file.

    Parameters
    ----------
    source : Path or str
        YAML file, or the text itself.

    Returns
    -------
    Templates
        Checked.

    Raises
    ------
    DefinitionError
        If a field is unknown or missing, or a sentence breaks the invariant of this module.
    """
    tree: Mapping[str, Any] = load_yaml(source)
    try:
        return Templates.model_validate(tree, strict=False)
    except ValidationError as cause:
        fault = cause.errors()[0]
        at = ".".join(str(part) for part in fault["loc"])
        raise DefinitionError(
            Label(f"简报模板不符合格式：{fault['msg']}", f"a template of the brief breaks its form: {fault['msg']}"),
            where=f"brief.yaml: {at}",
            expected=Label("每句至少一个数字，数字都有地址", "at least one figure in each sentence, each with its address"),
            remedy=Label("改正该句", "correct the sentence"),
        ) from cause
