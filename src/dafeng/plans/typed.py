"""Texts that people type, brought into the one form in which they are kept.

Invariant: a text that cannot be a value is refused with what was expected, never guessed; tidying twice is tidying once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label
from dafeng.plans.fields import Field, Form, Known

LONGEST = 200
"""Most characters of a text. [characters]"""
LONGEST_GOAL = 16
"""Most characters of the text of a goal, so that no sentence is kept. [characters]"""
NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,9})?")
PERIOD = re.compile(r"(?:19|20)\d\d/(?:(?:19|20)\d\d|\.\.)")
YEAR = re.compile(r"(?:19|20)\d\d")
YES, NO = "1", "0"


def tidy(field: Field, text: str, *, known: Known | None = None) -> str:
    """A text in the one form in which it is kept.

    Parameters
    ----------
    field : Field
        The field.
    text : str
        As typed.
    known : Known, optional
        Indicators and tasks that may be named; without it any id passes.

    Returns
    -------
    str
        Canonical text.

    Raises
    ------
    SettingError
        If the text cannot be a value of the field.
    """
    plain = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(mark).startswith("C") for mark in plain):
        raise refuse(field, text, Label("一行文字，不含控制字符", "one line without control characters"))
    if not plain:
        return _empty(field, text)
    return _TIDY[field.form](field, plain, known)


def is_same(field: Field, one: str, other: str) -> bool:
    """Whether two canonical texts are the same value.

    Parameters
    ----------
    field : Field
        The field.
    one, other : str
        Canonical texts.

    Returns
    -------
    bool
        Numbers are compared by value: 30 is 30.0.
    """
    if field.form == "number" and one and other:
        return Decimal(one) == Decimal(other)
    return one == other


def split_names(text: str) -> tuple[str, ...]:
    """Names between separators that stand outside brackets: 各县（市、区）政府 is one name.

    Parameters
    ----------
    text : str
        Names separated by 、 or another mark.

    Returns
    -------
    tuple of str
        Each once.
    """
    depth, names = 0, [""]
    for mark in text:
        depth = max(0, depth + (mark in "（(") - (mark in "）)"))
        if depth == 0 and mark in "、,，;；":
            names.append("")
        else:
            names[-1] += mark
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def refuse(field: Field, text: str, expected: Label) -> SettingError:
    """The error for a text that cannot be a value.

    Parameters
    ----------
    field : Field
        The field.
    text : str
        As typed.
    expected : Label
        What may stand there.

    Returns
    -------
    SettingError
        To be raised by the caller.
    """
    shown = text if len(text) <= 60 else text[:60] + "…"
    return SettingError(
        Label(f"{field.label.zh}写作“{shown}”，不能采用", f"{field.label.en} reads '{shown}', which cannot be used"),
        where=field.name,
        expected=expected,
        remedy=Label("改正后再提交；原有内容未变", "correct it and hand it in again; nothing was changed"),
    )


def _empty(field: Field, text: str) -> str:
    if field.form == "flag":
        return NO
    if field.form == "name" or field.name in ("comparator", "kind"):
        raise refuse(field, text, Label("不能为空", "not empty"))
    return ""


def _tidy_text(field: Field, text: str, _: Known | None) -> str:
    most = LONGEST_GOAL if field.name == "text" else LONGEST
    if len(text) > most:
        raise refuse(field, text, Label(f"不超过 {most} 字", f"at most {most} characters"))
    return text


def _tidy_number(field: Field, text: str, _: Known | None) -> str:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not NUMBER.fullmatch(plain):
        raise refuse(field, text, Label("一个数，如 30 或 13.5，单位另填", "a number such as 30 or 13.5, its unit apart"))
    return format(Decimal(plain.replace(",", "")), "f")


def _tidy_year(field: Field, text: str, _: Known | None) -> str:
    plain = unicodedata.normalize("NFKC", text).removesuffix("年")
    if not YEAR.fullmatch(plain):
        raise refuse(field, text, Label("四位年份，如 2030", "a year of four digits such as 2030"))
    return plain


def _tidy_period(field: Field, text: str, _: Known | None) -> str:
    plain = unicodedata.normalize("NFKC", text)
    ends = plain.split("/")
    if not PERIOD.fullmatch(plain) or (ends[1] != ".." and ends[1] < ends[0]):
        raise refuse(field, text, Label("起止年份，如 2021/2025 或 2024/..", "years such as 2021/2025 or 2024/.."))
    return plain


def _tidy_word(field: Field, text: str, _: Known | None) -> str:
    if text not in field.words:
        listed = "、".join(field.words)
        raise refuse(field, text, Label(f"其中之一：{listed}", f"one of {', '.join(field.words)}"))
    return text


def _tidy_flag(field: Field, text: str, _: Known | None) -> str:
    said = text.lower()
    if said not in (YES, NO, "true", "false", "是", "否", "yes", "no", "on"):
        raise refuse(field, text, Label("是 或 否（1 或 0）", "yes or no (1 or 0)"))
    return YES if said in (YES, "true", "是", "yes", "on") else NO


def _tidy_names(field: Field, text: str, _: Known | None) -> str:
    names = split_names(text)
    if any(len(name) > 60 for name in names):
        raise refuse(field, text, Label("用顿号隔开的名称，每个不超过 60 字", "names separated by 、 of at most 60 characters"))
    return "、".join(names)


def _tidy_indicator(field: Field, text: str, known: Known | None) -> str:
    if known is not None and text not in known.indicators:
        raise refuse(field, text, Label("目录中的指标编号，或留空", "an id of the catalogue of indicators, or nothing"))
    return text


def _tidy_task(field: Field, text: str, known: Known | None) -> str:
    if known is not None and text not in known.tasks:
        raise refuse(field, text, Label("本方案任务的编号，或留空", "the id of a task of this plan, or nothing"))
    return text


_TIDY: Mapping[Form, Callable[[Field, str, Known | None], str]] = {
    "text": _tidy_text,
    "name": _tidy_text,
    "number": _tidy_number,
    "year": _tidy_year,
    "period": _tidy_period,
    "word": _tidy_word,
    "flag": _tidy_flag,
    "names": _tidy_names,
    "indicator": _tidy_indicator,
    "task": _tidy_task,
}
