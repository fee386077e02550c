"""Names of indicators: normalised, shared over a list, and built for parts of a whole.

Invariant: what is taken from a name (where, how counted) is kept beside it; the denominator of an intensity is never lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from dafeng.plans.lexicon import either, lexicon

THRESHOLD = re.compile(r"(?P<limit>[^，、]{0,12}\d[^，、]{0,8}?(?:及以上|或以上|以上|及以下|以下|以内))的?(?=[^，、\d]{4})")
GROUPS = (
    "所在地",
    "城区",
    "建成区",
    "县城",
    "城市",
    "地区",
    "行业",
    "企业",
    "园区",
    "机关",
    "部门",
    "领域",
    "市",
    "县",
    "区",
    "乡",
    "镇",
    "乡镇",
    "农村",
    "牧区",
    "山区",
    "机构",
    "单位",
    "学校",
    "医院",
)
"""Words by which a part is told to be a group or place, of which the whole name holds."""
RATE_OF = re.compile(r"(?:年度|年均|平均)?(?:降幅|增幅|增速|占比|比重|比例)")
"""Words that alone speak of the whole."""
SHORT = 3
"""Longest word that only qualifies a whole: 公用, 专用, 私人. [characters]"""
DURATION = re.compile(r"(?:[\d一二三四五六七八九十]{1,2}年|五年)(?:累计|间|内)?$")
YEARLY = re.compile(r"(?:年均|年平均|平均每年)$")
BRACKETED = re.compile(r"（[^（）]*）")
TRIMMED = "/，、的：；。 “”"


@dataclass(frozen=True, slots=True)
class Name:
    """A normalised name.

    Parameters
    ----------
    text : str
        Name of the indicator as the text has it, without place and adverbs.
    scope : tuple of str
        What was said about where or under which conditions.
    counting : str or None
        ``built_and_under_construction`` or ``operating``.
    """

    text: str
    scope: tuple[str, ...] = ()
    counting: str | None = None


@lru_cache(maxsize=32768)
def normalise(subject: str, *, members: bool = False) -> Name:
    """Name of an indicator from the words before its figure.

    Parameters
    ----------
    subject : str
        Words before the figure.
    members : bool
        Whether the members of a list (A、B等…) stay, because each has a figure of its own.

    Returns
    -------
    Name
        Name, scope and counting; the name may be empty.
    """
    text, counting = _without_counting(subject.strip(TRIMMED))
    text, scopes = _without_openings(_without_ending(text))
    text, conditions = _without_conditions(text)
    text, thresholds = _without_threshold(text)
    text = _without_ending(text)
    text, listed = (text, []) if members else _without_members(text)
    return Name(text, (*scopes, *thresholds, *conditions, *listed), counting)


def has_measure(name: str) -> bool:
    """Whether a name ends with a measurable noun.

    Parameters
    ----------
    name : str
        Normalised name.

    Returns
    -------
    bool
        True for 装机容量, 占比, 煤耗 …
    """
    return _measure().search(BRACKETED.sub("", name)) is not None


def is_bare_measure(name: str) -> bool:
    """Whether a name is only a measurable noun that needs a name before it.

    Parameters
    ----------
    name : str
        Normalised name.

    Returns
    -------
    bool
        True for 占比, 规模 … alone.
    """
    return name in lexicon().words["relative"]


def has_coefficient(name: str) -> bool:
    """Whether a name can have a value without a unit.

    Parameters
    ----------
    name : str
        Normalised name.

    Returns
    -------
    bool
        True for 系数, 指数, PUE …
    """
    return name.endswith(lexicon().words["coefficient"])


def name_part(modifier: str, whole: str) -> str:
    """Name of a part of a whole.

    Parameters
    ----------
    modifier : str
        Words before the part's figure: 海上, 分布式光伏.
    whole : str
        Name of the whole.

    Returns
    -------
    str
        Modifier and as much of the whole's name as it lacks.
    """
    if RATE_OF.fullmatch(modifier):
        return whole + modifier
    if not modifier or (has_measure(modifier) and len(modifier) > 3):
        return modifier or whole
    if modifier in whole:
        return whole if whole.startswith(modifier) else modifier + whole
    for size in range(len(modifier), 1, -1):
        at = whole.find(modifier[-size:])
        if at >= 0:
            return modifier + whole[at + size :]
    if modifier.endswith(lexicon().words["child_kinds"]):
        return modifier + whole
    inner = max(whole.find(head) for head in lexicon().words["intensity_heads"])  # 其中钢铁行业下降12%
    if inner >= 0:
        return modifier + whole[inner:]
    if modifier.endswith(GROUPS):
        return modifier + whole
    ending = _plain_ending().search(whole)
    if ending is None and len(modifier) <= SHORT:
        return modifier + whole.removeprefix("各类")
    return modifier + (ending.group() if ending else "")


def inherit_denominator(name: str, previous: str) -> str:
    """Name of an intensity whose denominator stands in the clause before.

    Parameters
    ----------
    name : str
        Name of a later clause: 二氧化碳排放.
    previous : str
        Name of the clause before: 单位地区生产总值能源消耗.

    Returns
    -------
    str
        With the denominator where it was left out, else unchanged.
    """
    words = lexicon().words
    denominator = _denominator().match(previous)
    if denominator is None or name.startswith(words["intensity_heads"]) or name not in words["intensity"]:
        return name
    return denominator.group() + name


def _without_counting(text: str) -> tuple[str, str | None]:
    found: str | None = None
    for kind, listed in lexicon().groups["counting"].items():
        word = next((word for word in listed if word in text), None)
        if word is not None and found is None:
            text, found = text.replace(word, "", 1), kind
    return text.strip(TRIMMED), found


def _without_openings(text: str) -> tuple[str, list[str]]:
    scopes: list[str] = []
    while found := _opening().match(text):
        if found["scope"]:
            scopes.append(found["scope"])
        if found.end() == len(text):
            return ("" if found["scope"] or found["verb"] else text), scopes
        text = text[found.end() :].lstrip(TRIMMED)
    return text, scopes


def _without_ending(text: str) -> str:
    words = lexicon().words
    while text.endswith(words["ending"]) and not text.endswith(words["ending_words"]):
        ending = next(word for word in words["ending"] if text.endswith(word))
        text = text[: -len(ending)].rstrip(TRIMMED)
    return text


def _without_conditions(text: str) -> tuple[str, list[str]]:
    """Brackets that only explain, and “under … conditions”."""
    said = BRACKETED.findall(text)
    text = BRACKETED.sub("", text)
    found = _conditions().search(text)
    if found and found.start() > 0:
        said.append(found.group())
        text = text[: found.start()] + text[found.end() :]
    return text, said


def _without_threshold(text: str) -> tuple[str, list[str]]:
    """“年吞吐量5000万吨以上港口…” and “…年均”: a limit of size, or a yearly mean, is scope."""
    found = THRESHOLD.match(text)
    said = [found["limit"]] if found else []
    text = text[found.end() :] if found else text
    yearly = YEARLY.search(text)
    if yearly and yearly.start() > 2:
        said.append(yearly.group())
        text = text[: yearly.start()]
    lasting = DURATION.search(text)
    if lasting and lasting.start() > 2:
        said.append(lasting.group())
        text = text[: lasting.start()]
    return text, said


def _without_members(text: str) -> tuple[str, list[str]]:
    """“废钢、废铜等再生资源产品年利用量”: the members are scope, the whole is the name."""
    found = re.fullmatch(r"(?P<members>[^（）]+、[^（）]+?等)(?P<whole>[^、]{4,})", text)
    if found and has_measure(found["whole"]) and not found["whole"].startswith(lexicon().words["holders"]):
        return found["whole"], [found["members"]]
    return text, []


@cache
def _conditions() -> re.Pattern[str]:
    return re.compile(rf"(?:正常|标准|同等|现行|可比)?\w{{0,2}}(?:{lexicon().pattern('conditions')})")


@cache
def _measure() -> re.Pattern[str]:
    return re.compile(rf"(?:{lexicon().pattern('measure')})$")


@cache
def _opening() -> re.Pattern[str]:
    words = lexicon()
    held = either(words.words["opening_words"])
    return re.compile(
        rf"(?P<scope>在?(?:{words.pattern('scope')})(?:范围内)?)|(?P<verb>{words.pattern('opening')})|(?!{held})(?:{words.pattern('opening_single')})(?=\w\w)"
    )


@cache
def _plain_ending() -> re.Pattern[str]:
    return re.compile(rf"(?:{lexicon().pattern('share_tail')})*(?:{lexicon().pattern('measure')})+$")


@cache
def _denominator() -> re.Pattern[str]:
    heads = [word for word in lexicon().words["shared_head"] if word.startswith(lexicon().words["intensity_heads"])]
    return re.compile(rf"(?:{lexicon().pattern('scope')})?(?:{either(heads)})")
