"""One concept, one word: verdicts are called the same in the terminal, the answers and the cockpit."""

from __future__ import annotations

from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml
from dafeng.plans.verdict import WORDS


def test_the_cockpit_calls_verdicts_as_the_judge_does() -> None:
    shown = load_yaml(shipped() / "pages" / "labels.yaml")["verdict"]
    assert {kind: shown[kind] for kind in WORDS} == {kind: {"zh": word.zh, "en": word.en} for kind, word in WORDS.items()}
