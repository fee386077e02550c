"""The tree of an explanation on the terminal: readable by default, whole where asked for."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from dafeng.cli.printing import explanation_tree


def node(address: str, *inputs: dict[str, Any], below: int = 0, seen: bool = False) -> dict[str, Any]:
    names = [one["trace"]["address"] for one in inputs] + [f"{address}.{at}" for at in range(below)]
    return {
        "trace": {"address": address, "says": {"zh": "数", "en": "figure"}, "inputs": names},
        "inputs": list(inputs),
        "seen": seen,
    }


def printed(root: dict[str, Any], widest: int | None) -> str:
    console = Console(width=120, no_color=True)
    with console.capture() as kept:
        console.print(explanation_tree(root, "en", widest=widest))
    return kept.get()


@pytest.mark.parametrize(("widest", "lines", "left"), [(None, 31, None), (12, 14, "18 more"), (3, 5, "27 more")])
def test_what_is_left_out_is_counted(widest: int | None, lines: int, left: str | None) -> None:
    found = printed(node("a/root", *(node(f"a/{at}") for at in range(30))), widest)
    assert len(found.strip().splitlines()) == lines
    assert (left or "figure") in found


def test_levels_that_were_not_walked_are_counted_and_repeated_ones_are_not() -> None:
    found = printed(node("a/root", node("a/deep", below=4), node("a/again", below=4, seen=True)), 12)
    assert found.count("4 more") == 1
