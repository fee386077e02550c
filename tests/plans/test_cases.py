"""Every construct of plan language, in invented sentences: ``cases.yaml`` is the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.library.strict import load_yaml
from dafeng.plans.plan import Target

CASES = load_yaml(Path(__file__).parent / "cases.yaml")["cases"]
GROUPS = 20


def said(target: Target) -> str:
    """A target in the form of the table."""
    fields = {
        "base": target.base_year,
        "direction": target.direction,
        "strength": target.strength,
        "counting": target.counting,
    }
    told = [f"{key}={value}" for key, value in fields.items() if value]
    told += ["part"] * (target.part_of is not None) + ["implied"] * target.implied
    year = target.period or target.year
    return " | ".join(
        [f"{year}", target.indicator, f"{target.comparator} {target.value} {target.unit}".strip(), *_joined(told)]
    )


def _joined(told):
    return [" ".join(sorted(told))] if told else []


def wanted(line: str) -> str:
    """A line of the table with its further fields in order."""
    parts = [part.strip() for part in line.split("|")]
    return " | ".join([*parts[:3], *_joined(parts[3].split() if len(parts) > 3 else [])])


def text_of(case: dict[str, object]) -> str:
    """Text of a case, after a line that dates the document where the case asks for it."""
    era = case.get("era")
    return (f"依据相关文件（某发〔{era}〕1号）制定。\n" if era else "") + str(case["text"])


@pytest.mark.parametrize("case", CASES, ids=[f"{case['group']}-{number}" for number, case in enumerate(CASES)])
def test_a_sentence_gives_its_targets_and_no_other(case, read_text):
    assert [said(target) for target in read_text(text_of(case)).targets] == [wanted(line) for line in case["targets"]]


def test_the_table_covers_all_constructs():
    assert len({case["group"] for case in CASES}) >= GROUPS


def test_figures_are_found_where_they_stand(read_text):
    case = next(case for case in CASES if case["group"] == "bookmarks")
    target = read_text(case["text"]).targets[0]
    assert case["text"][slice(*target.figure)] == "15%"
