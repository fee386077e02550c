"""The place of a factor, from what a table says.

Invariant: a code or a whole name is a place; nothing else is.
"""

from __future__ import annotations

import re

from dafeng.core.errors import LookupFailure
from dafeng.core.places import children, place
from dafeng.library.factor import NATION

_ANYWHERE = frozenset({"", "通用", "缺省", "不限", "默认", "any", "default", "all"})
_NATION = frozenset({"全国", "中国", "国家", "china", "cn", "national"})


def find_place(text: str) -> tuple[str | None, bool]:
    """Administrative code of a place.

    Parameters
    ----------
    text : str
        Code or name, half width.

    Returns
    -------
    str or None
        Code; ``None`` for a default of the standard, which is tied to no place.
    bool
        Whether the text was understood.
    """
    said = text.casefold()
    if said in _ANYWHERE:
        return None, True
    if said in _NATION:
        return NATION, True
    if re.fullmatch(r"\d{6}", text):
        return text, True
    code = _by_name(said)
    return code, code is not None


def _by_name(said: str) -> str | None:
    found = {code for code in _below(NATION) if said in _names(code)}
    return found.pop() if len(found) == 1 else None


def _names(code: str) -> set[str]:
    label = place(code).label
    return {label.zh.casefold(), label.zh.casefold().rstrip("省市"), label.en.casefold()}


def _below(code: str) -> list[str]:
    try:
        below = [one.code for one in children(code)]
    except LookupFailure:
        return []
    return below + [deeper for one in below for deeper in _below(one)]
