"""Names of indicators brought to one spelling, and the keys by which a name is looked up.

Invariant: names get one key only where they say the same; a word that narrows or widens the meaning (new, rural, per head,
above-scale) is never removed, and which words mean the same stands in ``classes/naming.yaml`` only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from dafeng.core.errors import UnitError
from dafeng.core.units import family, same_dimension, unit
from dafeng.library.overlay import shipped
from dafeng.library.strict import load_yaml

LIGHT = (("国内生产总值", "gdp"), ("地区生产总值", "gdp"), ("二氧化碳", "co2"), ("能源消费总量", "能源消费量"))
FALL, RISE, GROWTH, SHARE = "下降率", "提高率", "增速", "占比"
"""Endings that stand for all endings of a fall and a rise against a base year, of yearly growth, and of a share."""
NEW = "新增"
YEARLY = "年均"
POINT, YEAR, ELECTRIC = "百分点", "/年", "Wh"
COAL = frozenset({"gce", "tce", "goe", "toe"})
UNIT_BEHIND = re.compile(r"\(([^()]{1,12})\)$")
WITHIN = re.compile(r"(?<![集其])中(?![心小国水央型等长期])")
AMOUNT = re.compile(r"(?<=..)(?:总量|量)$")
TOTAL = re.compile(r"(?<=.)总(?=装机|发电|产|销|货运|用电)")
SECTOR = re.compile(r"(?:产业|经济|制造业|服务业)$")
INSTALLED = re.compile(r"(?:发电)?(?:机组)?(总?)装机(?:容量|规模|总量|总容量|总规模)?")
HELD_IN = re.compile(r"(?P<part>.{2,})在(?P<whole>.{2,})中")
NUMBER = re.compile(r"(?<![指系户人天])数$")


@dataclass(frozen=True, slots=True)
class Words:
    """Words of ``classes/naming.yaml``, ready for use.

    Parameters
    ----------
    patterns : mapping of str to re.Pattern
        Patterns by role.
    same : mapping of str to str
        Written spelling to the spelling that is kept.
    totals : mapping of str to tuple of str
        Wholes by the noun that a share of them ends with.
    counting : mapping of str to tuple of str
        Words by how a capacity counts.
    per : mapping of str to str
        Denominators by the opening that tells them.
    heads : frozenset of str
        Words that belong to the one that follows.
    """

    patterns: Mapping[str, re.Pattern[str]]
    same: Mapping[str, str]
    totals: Mapping[str, tuple[str, ...]]
    counting: Mapping[str, tuple[str, ...]]
    per: Mapping[str, str]
    heads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Keys:
    """What a name is looked up by.

    Parameters
    ----------
    plain : str
        Normal form.
    folded : str
        Folded form.
    short : str
        The same without the endings for share and number.
    order : str
        Its words in alphabetical order; empty where the order of the words may matter.
    """

    plain: str
    folded: str
    short: str
    order: str


@lru_cache(maxsize=1)
def naming_words() -> Words:
    """Words that names are brought to one spelling with.

    Returns
    -------
    Words
        Shipped words.
    """
    tree: dict[str, Any] = load_yaml(shipped() / "classes" / "naming.yaml")
    same = {written: kept for kept, listed in tree["same"].items() for written in listed}
    patterns = {
        "joints": re.compile(tree["joints"]["pattern"]),
        "marks": re.compile(tree["marks"]),
        "scope": re.compile(rf"^(?:{_either(tree['scope'])})+(?!{_either(tree['bare'])})"),
        "within": re.compile(rf"^(?:{_either(tree['within'])})+"),
        "same": re.compile(_either(same)),
        "shares": re.compile(rf"(?:{_either(tree['shares'])})$"),
        "falls": re.compile(rf"(?:{_either(tree['falls'])})$"),
        "rises": re.compile(rf"(?:{_either(tree['rises'])})$"),
        "growths": re.compile(rf"(?:{_either(tree['growths'])})$"),
        "numbers": re.compile(rf"(?:{_either(tree['numbers'])})$"),
        "components": re.compile(_either(tree["components"])),
    }
    return Words(
        patterns,
        same,
        {noun: tuple(listed) for noun, listed in tree["totals"].items()},
        {kind: tuple(sorted(listed, key=len, reverse=True)) for kind, listed in tree["counting"].items()},
        dict(tree["per"]),
        frozenset(tree["heads"]),
    )


@lru_cache(maxsize=65536)
def normal(name: str) -> str:
    """Name without what does not distinguish: width, blanks, fillers, the whole place; the GDP under one word.

    Parameters
    ----------
    name : str
        Chinese name.

    Returns
    -------
    str
        Normal form, lower case.
    """
    words = naming_words()
    text = "".join(unicodedata.normalize("NFKC", name).split()).lower()
    for spelling, kept in LIGHT:
        text = text.replace(spelling, kept)
    return _without_scope(words.patterns["marks"].sub("", text.replace("、", "")))


@lru_cache(maxsize=65536)
def folded(name: str) -> str:
    """Name in its one spelling: words that mean the same under one of them, one ending for falls, rises and shares.

    Parameters
    ----------
    name : str
        Chinese name.

    Returns
    -------
    str
        Folded form, lower case.
    """
    words = naming_words()
    text = "".join(unicodedata.normalize("NFKC", name).split()).lower()
    text = words.patterns["joints"].sub("", words.patterns["marks"].sub("", _without_unit(text)))
    text = words.patterns["same"].sub(lambda found: words.same[found.group()], _without_scope(text))
    return _with_ending(INSTALLED.sub(r"\1装机", text))


@lru_cache(maxsize=65536)
def keys_of(name: str) -> Keys:
    """Keys of a name.

    Parameters
    ----------
    name : str
        Chinese name.

    Returns
    -------
    Keys
        Normal form, short form and words in order.
    """
    one = folded(name)
    short = _short(one)
    return Keys(normal(name), one, short, "" if naming_words().patterns["joints"].search(name) else _ordered(short))


def is_change(name: str) -> bool:
    """Whether a name speaks of a fall or rise against a base year.

    Parameters
    ----------
    name : str
        Folded form.

    Returns
    -------
    bool
        True for …下降率, …提高率; yearly growth (…增速) is none.
    """
    return name.endswith((FALL, RISE))


def asked_names(name: str, counting: str | None, change: str | None) -> tuple[tuple[str, str | None], ...]:
    """Names that a figure asks for, with what its sentence says beside the name.

    Parameters
    ----------
    name : str
        Name as a text gives it.
    counting : str or None
        What a capacity counts, where the sentence says so.
    change : str or None
        ``increase``, ``decrease`` or ``yearly`` where the figure is a change.

    Returns
    -------
    tuple of (str, str or None)
        Names to look up with the counting each tells; the literal one first.
    """
    if change is not None:
        if change == "yearly":
            return ((YEARLY + name + GROWTH, counting),)
        return ((name if is_change(folded(name)) else name + (FALL if change == "decrease" else RISE), counting),)
    if counting == "new":
        return ((name if NEW in name else NEW + name, counting),)
    literal = (name, counting)
    return (literal,) if counting is not None else tuple(dict.fromkeys((literal, _split_counting(name))))


def fit_unit(name: str, text: str, own: str) -> str | None:
    """Unit of a figure with what its name or custom adds: 人均…15平方米 is per person, 产能…万吨 is per year.

    Parameters
    ----------
    name : str
        Name as a text gives it.
    text : str
        Unit as printed.
    own : str
        Unit that the indicator has.

    Returns
    -------
    str or None
        Unit of the dimension of `own`; ``None`` where the printed unit is of another.
    """
    printed = text.strip() or "1"
    year = printed.removesuffix(YEAR) if printed.endswith(YEAR) else printed + YEAR
    per = next((unit for opening, unit in naming_words().per.items() if _opens(name, opening)), None)
    tried = [printed, year] if per is None or "/" in printed else [printed, f"{printed}/{per}"]
    return next((one for one in tried if _agrees(one, own)), None)


@lru_cache(maxsize=65536)
def _agrees(asked: str, own: str) -> bool:
    """Whether units have one dimension, a share is not taken for a quotient, nor coal equivalent for electricity."""
    try:
        if not same_dimension(asked, own) or (asked.endswith(POINT) != own.endswith(POINT)):
            return False
    except UnitError:
        return False
    if ("/" in asked) != ("/" in own) and same_dimension(own, "1"):
        return False
    families = {family(asked), family(own)}
    return not (ELECTRIC in families and families & COAL)


def _split_counting(name: str) -> tuple[str, str | None]:
    """Take the words for how a capacity counts out of a name."""
    for kind, listed in naming_words().counting.items():
        for word in listed:
            if word in name:
                return name.replace(word, "", 1), kind
    return name, None


def _opens(name: str, opening: str) -> bool:
    return re.match(rf"(?:城市|城镇)?{opening}", _without_scope(name)) is not None


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


def _without_unit(text: str) -> str:
    """“绿色建筑占比（%）”: the unit of a table's heading."""
    found = UNIT_BEHIND.search(text)
    return text[: found.start()] if found and _is_unit(found.group(1).removeprefix("单位:")) else text


@cache
def _is_unit(text: str) -> bool:
    try:
        unit(text)
    except UnitError:
        return False
    return True


def _without_scope(text: str) -> str:
    short = naming_words().patterns["scope"].sub("", text)
    return short if len(short) > 1 else text


def _with_ending(text: str) -> str:
    """One ending for falls, rises and shares; a share with its whole as “part 占 whole”."""
    patterns = naming_words().patterns
    for role, kept in (("falls", FALL), ("rises", RISE), ("growths", GROWTH)):
        found = patterns[role].search(text)
        if found and found.start():
            return _whole_share(text[: found.start()]) + kept
    return _whole_share(text)


def _whole_share(text: str) -> str:
    found = naming_words().patterns["shares"].search(text)
    if found is None or not found.start():
        return text
    stem = text[: found.start()]
    within, held = WITHIN.search(stem), HELD_IN.fullmatch(stem)
    if held:
        return _related(held["part"], held["whole"])
    if "占" in stem:
        part, _, whole = stem.partition("占")
        return _related(part, whole)
    if within and 1 < within.start() < len(stem) - 2:
        return _related(stem[within.end() :], stem[: within.start()])
    return _plain_part(stem) + SHARE


def _related(part: str, whole: str) -> str:
    words = naming_words()
    part, whole = _plain_part(part), TOTAL.sub("", AMOUNT.sub("", words.patterns["within"].sub("", whole)))
    for noun, wholes in words.totals.items():
        if whole in wholes:
            return (part if part.endswith(noun) else part + noun) + SHARE
    if whole in ("gdp", "规上工业增加值") and SECTOR.search(part):
        part += "增加值"
    return f"{part}占{whole}{SHARE}"


def _plain_part(part: str) -> str:
    return TOTAL.sub("", AMOUNT.sub("", part))


def _short(plain: str) -> str:
    if is_change(plain) or plain.endswith(GROWTH):
        return plain
    patterns = naming_words().patterns
    text = TOTAL.sub("", patterns["numbers"].sub("", plain.removesuffix(SHARE)))
    text = NUMBER.sub("", text)
    return text.removesuffix("率") if len(text) > 2 else text


def _ordered(short: str) -> str:
    sides = [sorted(_components(side)) for side in short.split("占")]
    if all(len(side) < 2 for side in sides):
        return ""
    return "占".join(" ".join(side) for side in sides)


def _components(text: str) -> list[str]:
    """Known words and what stands between them; a head is one word with what follows."""
    words, found, at = naming_words(), [], 0
    for match in words.patterns["components"].finditer(text):
        found += [text[at : match.start()], match.group()]
        at = match.end()
    joined: list[str] = []
    for piece in (*found, text[at:]):
        if joined and (joined[-1] in words.heads or joined[-1].endswith(tuple(words.heads))):
            joined[-1] += piece
        elif piece:
            joined.append(piece)
    return joined
