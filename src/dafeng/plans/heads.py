"""Lists of names that share words: A、B排放量, 单位GDP能耗、二氧化碳排放; the name of each of them in full.

Invariant: a list is taken apart only into as many names as there are figures; what cannot be told apart stays one name.
"""

from __future__ import annotations

import re
from functools import cache

from dafeng.plans.lexicon import lexicon
from dafeng.plans.naming import BRACKETED, TRIMMED, has_measure

JOINTS = re.compile(r"、|以及|和(?!谐)|与(?!会)|及(?!以上|以下|以内|其|时|格|早)|以及")
FALSE_JOINTS = re.compile(r"中和|饱和|温和|共和|调和|参与|普及|涉及|触及|波及|及以上|及以下|给与|赋与")
SUMMED = re.compile(
    r"(?:等(?!级|效|量)(?:[\d一二三四五六七八九十]{0,3}[项类种个])?|[\d二三四五六七八九十]{1,3}[项类种])(?:[^、，的]{0,10}的)?"
)
"""What sums up a list before the noun that all share: A、B等重点工程减排量; A和B四项主要污染物的减排量."""
HOLDER = re.compile(r"行业|领域")


def split_heads(subject: str, count: int) -> tuple[str, ...] | None:
    """Names of a list that share their opening or their last words.

    Parameters
    ----------
    subject : str
        Words before distributed figures.
    count : int
        How many names are wanted, at least 2.

    Returns
    -------
    tuple of str, or None
        The names in full; ``None`` if the list does not have that many.
    """
    summed = SUMMED.search(subject)
    if summed is not None and has_measure(subject):
        heads = _parts(subject[: summed.start()], count)
        if heads is not None:
            return tuple(head + subject[summed.end() :] for head in heads)
    parts = _parts(subject, count)
    if parts is None:
        return None
    return _share_opening(_share_ending(parts))


def count_heads(subject: str) -> int:
    """How many names a list can hold.

    Parameters
    ----------
    subject : str
        Words before a figure.

    Returns
    -------
    int
        One more than its joints.
    """
    return len(_cuts(subject)) + 1


def _cuts(subject: str) -> list[re.Match[str]]:
    held = {at for found in FALSE_JOINTS.finditer(subject) for at in range(found.start(), found.end())}
    held |= {at for found in BRACKETED.finditer(subject) for at in range(found.start(), found.end())}
    cuts = [cut for cut in JOINTS.finditer(subject) if cut.start() not in held and 0 < cut.start() < len(subject) - 1]
    kinds = lexicon().words["share_kinds"]  # 新能源和清洁能源车辆 is one kind of vehicles
    apart = [cut for cut in cuts if not (subject[: cut.start()].endswith(kinds) and subject[cut.end() :].startswith(kinds))]
    return apart or cuts


def _parts(subject: str, count: int) -> tuple[str, ...] | None:
    cuts = _cuts(subject)
    if len(cuts) < count - 1:
        return None
    chosen = cuts[-(count - 1) :]
    bounds = [0, *(edge for cut in sorted(chosen, key=lambda cut: cut.start()) for edge in cut.span()), len(subject)]
    parts = tuple(subject[start:end].strip(TRIMMED) for start, end in zip(bounds[::2], bounds[1::2], strict=True))
    return parts if all(parts) else None


def _share_ending(parts: tuple[str, ...]) -> tuple[str, ...]:
    last = parts[-1]
    lacking = [not has_measure(part) for part in parts[:-1]]
    spread = len(parts) > 2 and any(lacking)  # 化学需氧量、氨氮、…排放总量: the last words belong to all
    filled = (part + _ending_for(part, last) if lacks or spread else part for part, lacks in zip(parts, lacking, strict=False))
    return (*filled, last)


def _ending_for(part: str, last: str) -> str:
    opening, other = _shared_opening().fullmatch(part), _shared_opening().match(last)
    if opening and other:
        return last[other.end() :]
    if len(part) in (2, 3) and last[len(part) - 1 : len(part)] == part[-1]:  # 水路和铁路承担的…
        return last[len(part) :]
    for size in range(len(part), 1, -1):
        at = last.rfind(part[-size:])
        if at >= 0 and at + size < len(last):
            return last[at + size :]
    held = HOLDER.search(last, 2, 10)  # 钢铁、建材、石化行业能效达标产能比例
    if held and not part.endswith(held.group()):
        return last[held.start() :]
    inner = max(last.find(head) for head in lexicon().words["intensity_heads"])  # 营运货车、营运船舶单位周转量排放
    if inner > 1:
        return last[inner:]
    found = _shared_ending().search(last)
    if found is None or found.start() == 0:
        return ""
    start = found.start() if len(found.group()) > 1 else max(found.start() - 2, 2)
    return last[start:]


def _share_opening(parts: tuple[str, ...]) -> tuple[str, ...]:
    opening = _shared_opening().match(parts[0])
    if opening is None or opening.end() == len(parts[0]):
        return parts
    return (parts[0], *(_with_opening(opening.group(), part) for part in parts[1:]))


def _with_opening(opening: str, part: str) -> str:
    words = lexicon().words
    if _shared_opening().match(part) or part.startswith(words["scope"]):
        return part
    if any(head in opening for head in words["intensity_heads"]) and not part.endswith(words["intensity"]):
        return part
    return opening + part


@cache
def _shared_opening() -> re.Pattern[str]:
    return re.compile(
        rf"(?:(?:{lexicon().pattern('shared_head', 'scope')})(?:(?:、|和|及)(?=(?:{lexicon().pattern('shared_head')})))?)+"
    )


@cache
def _shared_ending() -> re.Pattern[str]:
    return re.compile(rf"(?:{lexicon().pattern('share_tail', 'share_kinds')})*(?:{lexicon().pattern('measure')})+$")
