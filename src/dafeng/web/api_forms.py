"""Forms of the answers of the API, for its description and for tests that hold the answers to it.

Invariant: a form says what an answer always has; rows and contents are those of the view document, which
``docs/view.md`` describes.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

Row = dict[str, Any]
Item = TypeVar("Item")


class Form(BaseModel):
    """An answer of the API; nothing else stands in it."""

    model_config = ConfigDict(extra="forbid")


class Said(Form):
    """A text in both languages."""

    zh: str
    en: str


class Place(Form):
    """What was wrong with a part of a request."""

    at: str
    says: Said


class Refusal(Form):
    """Why a request was not answered; ``expected`` and ``remedy`` tell what to do, where more than the request was wrong."""

    error: int
    says: Said
    where: list[Place] | str = []
    expected: Said | None = None
    remedy: Said | None = None


class Window(Form, Generic[Item]):
    """Rows of a list; ``next`` leads to those that follow, as the header ``Link`` does."""

    items: list[Item]
    total: int
    next: str | None


class FindingRow(Form):
    """Something to be said about the data: where, how weighty, what and what to do."""

    rule: str
    at: str
    severity: str
    says: Said
    remedy: Said


class CityBrief(Form):
    """A city with its verdict counts."""

    slug: str
    code: str
    label: Said
    invented: bool = False
    year: int
    run: str
    counts: dict[str, int]


class PartRows(Form):
    """Rows of a list, one page of them; ``next`` leads to the next page."""

    run: str
    part: str
    total: int
    offset: int
    limit: int
    next: str | None
    items: list[Any]


class PartContent(Form):
    """A part that is no list."""

    run: str
    part: str
    content: Any


class OneRow(Form):
    """One row of a list."""

    run: str
    part: str
    row: Row


class Explanation(Form):
    """How a number came about: its trace and those of its direct inputs."""

    run: str
    address: str
    trace: Row
    inputs: dict[str, Row | None]
    past: tuple[Row, ...] = ()
