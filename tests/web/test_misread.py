"""What is wrong with a part of a request has words in both languages, whatever the checker calls it."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dafeng.web.misread import tell_places


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(min_length=2, max_length=4, pattern="^[a-z]+$")
    side: Literal["buy", "sell"] = "buy"
    quantity: int = Field(1, ge=1, le=9)
    share: float = Field(0.5, gt=0, lt=1)
    names: list[str] = Field([], max_length=1)
    sure: bool = False
    code: bytes = b""


def wrong(body: Any) -> list[dict[str, Any]]:
    with pytest.raises(ValidationError) as caught:
        Wanted.model_validate(body)
    return tell_places(caught.value.errors())


@pytest.mark.parametrize(
    ("body", "at", "zh", "en"),
    [
        ({}, "id", "缺少这个字段", "This field is missing"),
        ({"id": "ab", "more": 1}, "more", "没有这个字段，不能多给", "There is no such field, and none may be added"),
        ({"id": 7}, "id", "应为文本", "This should be a text"),
        ({"id": "abcde"}, "id", "文本太长，至多 4 个字符", "The text is too long, at most 4 characters"),
        ({"id": "a"}, "id", "文本太短，至少 2 个字符", "The text is too short, at least 2 characters"),
        ({"id": "AB"}, "id", "文本的形式不对，应符合 ^[a-z]+$", "The text has another form than ^[a-z]+$"),
        ({"id": "ab", "side": "x"}, "side", "应为下列之一：'buy' 或 'sell'", "This should be one of: 'buy' or 'sell'"),
        ({"id": "ab", "quantity": "1"}, "quantity", "应为整数", "This should be a whole number"),
        ({"id": "ab", "quantity": 0}, "quantity", "不得小于 1", "This should be at least 1"),
        ({"id": "ab", "quantity": 10}, "quantity", "不得大于 9", "This should be at most 9"),
        ({"id": "ab", "share": 0.0}, "share", "应大于 0.0", "This should be greater than 0.0"),
        ({"id": "ab", "share": 1.0}, "share", "应小于 1.0", "This should be less than 1.0"),
        ({"id": "ab", "share": "x"}, "share", "应为数字", "This should be a number"),
        ({"id": "ab", "names": "x"}, "names", "应为列表", "This should be a list"),
        ({"id": "ab", "names": ["a", "b"]}, "names", "项数太多，至多 1 项", "There are too many, at most 1"),
        ({"id": "ab", "sure": 1}, "sure", "应为 true 或 false", "This should be true or false"),
        ([], "", "应为带字段的对象", "This should be an object with fields"),
    ],
)
def test_a_part_that_is_wrong_says_so_in_both_languages(body: Any, at: str, zh: str, en: str) -> None:
    assert wrong(body) == [{"at": at, "says": {"zh": zh, "en": en}}]


def test_an_error_without_own_words_is_told_in_general_and_by_the_checker() -> None:
    told = wrong({"id": "ab", "code": 1})[0]["says"]
    assert (told["zh"], "bytes" in told["en"]) == ("这一部分与接口说明不符", True)
