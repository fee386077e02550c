"""One set of words for page, spreadsheet and command line."""

from __future__ import annotations

from typing import get_args

import pytest

from dafeng.plans.edits import Action
from dafeng.plans.fields import FIELDS
from dafeng.plans.lexicon import lexicon
from dafeng.plans.replay import State
from dafeng.plans.statements import Kind
from dafeng.plans.vocabulary import group_of, headline, read_vocabulary, say_figure, say_reasons, say_word
from tests.plans.reviews import base

CHOICES = [(group_of(kind, field), word) for kind, fields in FIELDS.items() for field in fields for word in field.words]


@pytest.mark.parametrize(("group", "word"), CHOICES)
def test_every_choice_has_a_word(group, word):
    assert word in read_vocabulary()[group]


@pytest.mark.parametrize(
    ("group", "names"),
    [("state", get_args(State)), ("action", get_args(Action)), ("figure_kind", get_args(Kind)), ("kind", tuple(FIELDS))],
)
def test_every_member_of_a_closed_list_has_a_word(group, names):
    assert set(read_vocabulary()[group]) == set(names)


def test_every_reason_that_lowers_a_certainty_has_words():
    assert set(lexicon().certainty) - {"emit", "review"} == set(read_vocabulary()["reason"])


def test_a_word_nobody_listed_is_shown_as_it_is():
    assert say_word("state", "odd", "zh") == "odd"


def test_a_record_is_said_in_one_line_and_a_figure():
    target = base().reading.targets[0]
    assert (headline(target, "zh"), say_figure(target, "zh"), say_figure(target, "en")) == (
        target.indicator,
        "28%左右",
        "about 28%",
    )


def test_reasons_are_said_in_both_languages():
    other = base().reading.others[0]
    assert len(say_reasons(other, "zh")) == len(say_reasons(other, "en"))
