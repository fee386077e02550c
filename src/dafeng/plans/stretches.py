"""Where a paragraph says who is responsible: brackets, labelled lines and last sentences, “由…牵头”.

Invariant: without a label the names must be certain, so that a bracket that explains something is never a duty; one pass,
linear in the length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dafeng.plans.gazetteer import is_subject
from dafeng.plans.rosters import CLOSERS, OPENERS, Roster, is_collective, looks_certain, read_roster, tell_role
from dafeng.plans.wording import wording

LONGEST = 1200
"""Most characters of a stretch that names organisations. [characters]"""
DEEPEST = 3
"""Most brackets inside the bracket of a duty."""
MOST = 50
"""Most sentences of the form “由…牵头” that are read in a paragraph."""
ENDS = "。；！？\n"
BRACKET = re.compile(f"[{re.escape(OPENERS + CLOSERS)}]")
BEGIN = re.compile("^|[。；！？\n]")
SENTENCE = re.compile(r"(?:^|(?<=[。；]))[^。；]{4,600}(?=[。；]?$)")
DEADLINE = re.compile(r"[，；](?:\d{4}年[^，；]{0,12}|持续推进|长期坚持|长期推进|常态化推进)$")
ORDERED = re.compile(r"(?:^|(?<=[。；，：]))(?:并|主要|统一|具体|原则上|工作)?由(?=[^，。；]{3,120}?(?:牵头|负责|会同))")
GIVEN = re.compile(
    r"(?P<names>[^。；]{3,160}?)(?P<verb>牵头|(?:具体|分别|共同|按职责分工)?负责(?!解释)|会同(?P<partners>[^，。；]{2,80}?)(?=牵头|负责|制定|研究|组织|开展|，|$))"
)
FOLLOWING = re.compile(
    r"，(?:会同(?P<partners>[^，。；]{2,120}?)(?:等(?:有关|相关)?(?:部门|单位)?)?(?=共同|联合|制定|研究|组织|开展|建立|负责|，|。|；|$)"
    r"|[^。；，]{3,200}?(?:配合|参与|参加|协助|协同|按职责分工负责)(?=[，。；]|$))"
)


FRAMED = re.compile(r"[【\[](?P<label>[\u4e00-\u9fff]{2,6}(?:单位|部门|主体))[】\]]")
"""【责任单位】市工业和信息化局: the label stands in the brackets, the list behind them."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range of a paragraph that names organisations.

    Parameters
    ----------
    start, end : int
        Range, brackets included. [characters]
    roster : Roster
        Who is named.
    """

    start: int
    end: int
    roster: Roster


def find_stretches(text: str) -> Iterator[Stretch]:
    """Ranges of a paragraph that name responsible organisations.

    Parameters
    ----------
    text : str
        Cleaned paragraph.

    Yields
    ------
    Stretch
        In the order of the text, without overlap.
    """
    text = FRAMED.sub(lambda framed: f"。{framed['label']}：", text)
    found = sorted([*_bracketed(text), *_labelled(text), *_last(text), *_ordered(text)], key=lambda one: (one.start, -one.end))
    last = 0
    for stretch in found:
        if stretch.start >= last:
            last = stretch.end
            yield stretch


def _bracketed(text: str) -> Iterator[Stretch]:
    last = 0
    for start, end, deep in _pairs(text):
        if start < last or deep > DEEPEST or end - start > LONGEST:
            continue
        inside = text[start + 1 : end - 1]
        roster = _inside(inside, text, start, end)
        if roster.entries:
            last = end
            yield Stretch(start, end, roster)


def _pairs(text: str) -> list[tuple[int, int, int]]:
    """Brackets in the order of the text, with the number of levels inside; one left open reaches to the end of the text."""
    waiting: list[list[int]] = []
    found: list[tuple[int, int, int]] = []
    for bracket in BRACKET.finditer(text):
        at = bracket.start()
        if bracket.group() in OPENERS:
            waiting.append([at, 0])
        elif waiting:
            start, deep = waiting.pop()
            found.append((start, at + 1, deep))
            if waiting:
                waiting[-1][1] = max(waiting[-1][1], deep + 1)
    if waiting and wording().label.match(text, waiting[-1][0] + 1) and len(text) - waiting[-1][0] <= LONGEST:
        found.append((waiting[-1][0], len(text) + 1, 0))
    return sorted(found)


def _inside(inside: str, text: str, start: int, end: int) -> Roster:
    labelled = wording().label.match(inside)
    if labelled and not (wording().unnamed.fullmatch(labelled["label"]) and not wording().label.search(inside, labelled.end())):
        return read_roster(inside)
    unmarked = wording().bare_label.match(inside)
    if unmarked:
        return read_roster(inside[unmarked.end() :], role=tell_role(unmarked.group()))
    behind = wording().label.search(inside) if "：" in inside else None
    if behind is not None and _certain(inside[: behind.start()].rstrip("，；、"), at_end=True).entries:
        return read_roster(inside)
    return _certain(inside, at_end=end >= len(text) or text[end] in ENDS or text[start - 1 : start] in tuple(ENDS))


def _certain(inside: str, *, at_end: bool) -> Roster:
    """A list without label counts when its names are certain and it stands where duties stand, or says who does what."""
    plain = DEADLINE.sub("", inside)
    if len(plain) < 4 or re.search(r"\d{2}|[%“”：]", plain):
        return Roster()
    roster = read_roster(plain)
    names = [entry.written for entry in roster.entries]
    told = wording().duty.search(plain[-60:]) is not None or re.search("牵头|配合|分工负责", plain) is not None
    sure = [looks_certain(name) for name in names]
    if names and sure[0] and (told or at_end):
        sure = [one or is_subject(name) for one, name in zip(sure, names, strict=True)]
        return roster if sum(sure) * 2 >= len(sure) else Roster()
    return roster if names and told and sum(sure) * 2 > len(sure) else Roster()


def _labelled(text: str) -> Iterator[Stretch]:
    """“责任单位：…” on its own line or after a full stop."""
    last = 0
    for begin in BEGIN.finditer(text) if "：" in text else ():
        found = wording().label.match(text, begin.end())
        if found is None or found.start() < last or wording().unnamed.fullmatch(found["label"]):
            continue
        end = _line_end(text, found.end())
        roster = read_roster(text[found.start() : end])
        if roster.entries:
            last = end
            yield Stretch(found.start(), end, roster)


def _line_end(text: str, start: int) -> int:
    """End of a labelled list: the full stop behind which no further label follows."""
    end = start
    while True:
        stop = text.find("。", end, start + LONGEST)
        if stop < 0:
            return min(len(text), start + LONGEST)
        if not wording().label.match(text, stop + 1):
            return stop + 1
        end = stop + 1


def _last(text: str) -> Iterator[Stretch]:
    """A last sentence that is nothing but names and what they do."""
    found = SENTENCE.search(text, max(text.rfind("。", 0, len(text) - 1), text.rfind("；", 0, len(text) - 1), 0))
    if found is None or found.end() - found.start() > 600 or not wording().duty.search(found.group()[-60:]):
        return
    roster = read_roster(found.group())
    names = [entry.written for entry in roster.entries]
    if names and all(map(looks_certain, names)) and sum(map(len, names)) * 2 >= found.end() - found.start() - 12:
        yield Stretch(found.start(), found.end(), roster)


def _ordered(text: str) -> Iterator[Stretch]:
    """“由市发展改革委牵头，市财政局配合” in running text."""
    for order in islice(ORDERED.finditer(text), MOST) if "由" in text else ():
        given = GIVEN.match(text, order.end())
        if given is None:
            continue
        end = given.end()
        roster = read_roster(text[order.end() : end])
        following = FOLLOWING.match(text, end)
        if following is not None:
            more = read_roster(following.group().lstrip("，"))
            if more.entries and all(looks_certain(entry.written) for entry in more.entries):
                roster = Roster((*roster.entries, *more.entries), roster.open_list or more.open_list)
                end = following.end()
        if roster.entries and all(looks_certain(entry.written) and not _vague(entry.written) for entry in roster.entries[:1]):
            sure = tuple(entry for entry in roster.entries if looks_certain(entry.written))
            yield Stretch(order.start(), end, Roster(sure, roster.open_list))


def _vague(name: str) -> bool:
    """企业、单位 in running text are no organisations that can be called to account."""
    return is_collective(name) and not re.search("政府|管委|部门", name)
