"""What the tests of plans share: documents made of texts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from dafeng.core.documents import Document, Paragraph
from dafeng.plans.plan import Plan
from dafeng.plans.read import read_plan_text


def document_of(text: str, name: str = "plan.txt") -> Document:
    """A document whose paragraphs are the lines of a text."""
    paragraphs: list[Paragraph] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            paragraphs.append(Paragraph(len(paragraphs), at, at + len(line), line))
        at += len(line) + 1
    return Document(name, hashlib.sha256(text.encode()).hexdigest(), text, tuple(paragraphs), "utf-8")


@pytest.fixture
def make_document() -> Callable[..., Document]:
    """Make a document of a text."""
    return document_of


@pytest.fixture
def read_text() -> Callable[..., Plan]:
    """Read the plan that a text is."""
    return lambda text, **options: read_plan_text(document_of(text), **options)
