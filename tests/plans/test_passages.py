"""Whole passages are read with high recall and precision, and what is no target stays none."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from dafeng.library.strict import load_yaml
from dafeng.plans.passages import split_sentences
from tests.plans.score import Truth, score

PASSAGES = load_yaml(Path(__file__).parent / "passages.yaml")["passages"]
LEAST = 0.95


def truth(line: str) -> Truth:
    """A line of the table."""
    year, indicator, figure = (part.strip() for part in line.split("|"))
    comparator, value, *unit = figure.split(" ")
    return Truth(indicator, int(year), Decimal(value), "".join(unit), comparator)


def dated(passage: dict[str, object]) -> str:
    """Text of a passage, after a line that dates the document where asked for."""
    era = passage.get("era")
    return (f"依据相关文件（某发〔{era}〕1号）制定。\n" if era else "") + str(passage["text"])


@pytest.fixture
def scores(read_text):
    return [score(read_text(dated(passage)), [truth(line) for line in passage["targets"]]) for passage in PASSAGES]


def test_nearly_all_targets_of_the_passages_are_found(scores):
    found, missed = (sum(len(part) for part in parts) for parts in zip(*[(s.found, s.missed) for s in scores], strict=True))
    assert found / (found + missed) >= LEAST


def test_nearly_all_that_is_found_is_a_target(scores):
    explicit = [target for one in scores for target in one.false if not target.implied]
    found = sum(len(one.found) for one in scores)
    assert found / (found + len(explicit)) >= LEAST


def test_a_very_long_sentence_is_cut_at_a_mark():
    text = "能源，" * 1000
    assert all(end - start <= 1500 and text[end : end + 1] in "，" for start, end in split_sentences(text, 0))


def test_sentences_end_at_full_stops():
    assert list(split_sentences("甲。乙！丙", 0)) == [(0, 1), (2, 3), (4, 5)]
