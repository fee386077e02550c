"""What was found lately is found once, in bounded number."""

from __future__ import annotations

from dafeng.core.recent import Recent


def test_the_same_key_is_answered_once() -> None:
    made: list[str] = []
    recent: Recent[str] = Recent(2)

    def find(key: str) -> str:
        return recent.find(key, lambda: made.append(key) or key.upper())

    assert [find(key) for key in "aab"] == ["A", "A", "B"]
    assert made == ["a", "b"]


def test_what_was_not_asked_for_longest_goes_first() -> None:
    made: list[str] = []
    recent: Recent[str] = Recent(2)
    for key in "abaca":  # b goes when c comes, since a was asked for after it
        recent.find(key, lambda key=key: made.append(key) or key)
    recent.find("b", lambda: made.append("b again") or "b")
    assert made == ["a", "b", "c", "b again"]


def test_nothing_is_an_answer_too() -> None:
    recent: Recent[None] = Recent(1)
    asked: list[int] = []
    for _ in range(2):
        recent.find("x", lambda: asked.append(1))
    assert asked == [1]
