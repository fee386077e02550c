"""A list of organisations → its entries: cut at marks and linking words, each with its role.

Invariant: marks inside brackets cut nothing; a collective (各区市政府、管委) stays one entry; 等 is a flag of the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from dafeng.plans.gazetteer import LEVEL, LONGEST, REMEMBERED, is_subject, recognise
from dafeng.plans.wording import wording

Role = Literal["lead", "support", "responsible"]

BRANCH = re.compile(
    "[\u4e00-\u9fff]{2}(?:公司|分局|监管局|海关|海事局|管委会?|执委会|政府|分行|支行|银行|集团|大学|研究院|管理局|委员会|领导小组|办公室|人民法院|检察院)$"
)
"""Ending that makes a name without level certain: its bearer has a name of its own."""
OFFICE = ("政府", "公署", "管委", "管委会", "单位", "部门", "企业")
LEADING = re.compile(
    r"^(?:[\d①-⑳]+[.．、)）]|[-—*★☆]+|并?(?:(?:以上|上述|本项|该项)(?:各项)?(?:任务|工作)?|分别|主要|统一|共同|具体|原则上|工作)?由|请|并|同时|和|及|与|以及|以)+"
)
JOINED = re.compile(r"以及|[和及与]")
TOGETHER = re.compile(r"会同|商(?=[省市国]|有关|相关)|协同(?=[省市各有])|配合(?=[省市各有])")
BRACKETED_ROLE = re.compile(r"（(?P<role>牵头|主办|主责|主要|配合|协办|责任|负责)(?:单位|部门|责任单位)?）$")
FIRST_LEADS = re.compile("(?:排名?|列)(?:在)?(?:首位|第一|第一位|最前)[^，。；]{0,8}牵头")
OPEN_HEAD = re.compile(f"{LEVEL}|各|有关|相关")
LEVELS = "省市县区州盟旗"
OPENERS, CLOSERS = "（(〔[【［｛{", "）)〕]】］｝}"
HARD, SOFT, PAUSE = "；;。\n", "，,", "、 \t\u3000/|"


@dataclass(frozen=True, slots=True)
class Entry:
    """One organisation of a list.

    Parameters
    ----------
    written : str
        Name as written.
    role : Role
        What it answers for.
    """

    written: str
    role: Role


@dataclass(frozen=True, slots=True)
class Roster:
    """A list of organisations.

    Parameters
    ----------
    entries : tuple of Entry
        In the order of the text.
    open_list : bool
        Whether it ends with “and others”.
    """

    entries: tuple[Entry, ...] = ()
    open_list: bool = False


def read_roster(text: str, *, role: Role = "responsible") -> Roster:
    """Take a list of organisations apart.

    Parameters
    ----------
    text : str
        The list without the bracket around it, with or without labels.
    role : Role
        Role of those for whom the text tells none.

    Returns
    -------
    Roster
        Empty where nothing looks like an organisation.
    """
    entries: list[Entry] = []
    open_list = False
    for label, body in _labelled(text):
        if label and wording().unnamed.fullmatch(label):
            continue
        found, more = _read(body, tell_role(label) if label else role)
        entries += found
        open_list = open_list or (more and bool(found))
    return Roster(tuple(entries), open_list)


def tell_role(words: str) -> Role:
    """Role that a label or the last words of a list give.

    Parameters
    ----------
    words : str
        As 牵头单位, 按职责分工负责.

    Returns
    -------
    Role
        ``responsible`` where the words make no difference.
    """
    leads = re.search("牵头|主办|主责|总负责|为主|抓总", words) is not None
    supports = re.search("配合|参与|参加|协同|协办|协助|支持|为辅", words) is not None
    if leads:
        return "responsible" if supports and "单位" in words else "lead"
    return "support" if supports and "职责" not in words and "职能" not in words else "responsible"


@lru_cache(REMEMBERED)
def is_collective(name: str) -> bool:
    """Whether a name stands for many organisations.

    Parameters
    ----------
    name : str
        Name as written.

    Returns
    -------
    bool
        As for 各区市政府, 有关部门, 县（市、区）人民政府.
    """
    return (
        wording().collective.search(name) is not None
        or wording().several.fullmatch(name) is not None
        or "、" in re.sub("（[^）]*）", "", name)
    )


@lru_cache(REMEMBERED)
def looks_certain(name: str) -> bool:
    """Whether a name is one of an organisation even where no label says so.

    Parameters
    ----------
    name : str
        Name as written.

    Returns
    -------
    bool
        Known names, names with a level and a strong ending, collectives of offices, branches.
    """
    if len(name) > LONGEST or recognise(name) is not None or is_subject(re.sub(f"^{LEVEL}", "", name)) > is_subject(name):
        return len(name) <= LONGEST
    if is_collective(name):
        return (
            name.endswith(OFFICE)
            or re.search(r"政府|部门|单位|管委|企业|公署|机构$", name) is not None
            or name.startswith("各")
        )
    bare = re.sub(r"（[^（）]{0,20}）$", "", name)
    levelled = re.match(rf"{LEVEL}|中央|国务院|全国", bare) is not None
    return wording().named.fullmatch(bare) is not None and (levelled or _is_branch(bare))


def _is_branch(name: str) -> bool:
    return BRANCH.search(name) is not None


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    label, start = "", 0
    for found in wording().label.finditer(text):
        if text[start : found.start()].strip():
            yield label, text[start : found.start()]
        label, start = found["label"], found.end()
    yield label, text[start:]


class _Pending:
    """Names read so far whose role is still to come."""

    def __init__(self, default: Role) -> None:
        self.default = default
        self.waiting: list[tuple[str, Role | None]] = []
        self.done: list[Entry] = []
        self.helping = False

    def add(self, names: list[str], role: Role | None, joined: bool) -> None:
        if joined and names and self.waiting and _continues(self.waiting[-1][0], names[0]):
            self.waiting[-1] = (f"{self.waiting[-1][0]}、{names[0]}", self.waiting[-1][1])
            names = names[1:]
        self.waiting += [(name, role or ("support" if self.helping else None)) for name in names]

    def settle(self, role: Role | None = None) -> None:
        self.done += [Entry(name, own or role or self.default) for name, own in self.waiting if is_name(name)]
        self.waiting = []
        self.helping = False


def _read(body: str, default: Role) -> tuple[list[Entry], bool]:
    pending = _Pending(default)
    open_list = joined = False
    for token, mark in _tokens(wording().glued.sub(r"\1，", body)):
        if FIRST_LEADS.search(token):
            pending.settle()
            pending.done[:1] = [Entry(entry.written, "lead") for entry in pending.done[:1]]
            continue
        for text, helping in _together(token):
            if helping:
                pending.settle("lead") if text != token else None
                pending.helping, joined = True, False
            names, more, role, own = _member(text)
            open_list = open_list or more
            pending.add(names, own, joined)
            if role is not None:
                pending.settle(role)
        if mark in HARD:
            pending.settle()
        joined = mark == "、"
    pending.settle()
    return pending.done, open_list


def _tokens(body: str) -> Iterator[tuple[str, str]]:
    """Stretches between marks that stand outside brackets, with the mark behind; a bracket without its fellow is no bracket."""
    inside = _inside(body)
    start = 0
    for at, char in enumerate(body):
        if not inside[at] and char in HARD + SOFT + PAUSE:
            if at > start:
                yield body[start:at], char
            start = at + 1
    if start < len(body):
        yield body[start:], "。"


def _inside(body: str) -> bytearray:
    """For every character whether it stands inside a bracket that is closed."""
    inside = bytearray(len(body))
    waiting: list[int] = []
    covered = 0
    for at, char in enumerate(body):
        if char in OPENERS:
            waiting.append(at)
        elif char in CLOSERS and waiting:
            start = max(waiting.pop(), covered)
            inside[start : at + 1] = b"\1" * (at + 1 - start)
            covered = at + 1 if not waiting else covered
    return inside


def _together(token: str) -> Iterator[tuple[str, bool]]:
    """A会同B: first A, then B, who helps."""
    found = TOGETHER.search(token) if len(token) <= 3 * LONGEST else None
    if found is None:
        yield token, False
        return
    if found.start():
        yield token[: found.start()], False
    yield token[found.end() :], True


def _member(token: str) -> tuple[list[str], bool, Role | None, Role | None]:
    """Names of a token, whether 等 follows, the role its last words give to all before, the role of this one alone."""
    if len(token) > 3 * LONGEST:
        return [], False, None, None
    text = LEADING.sub("", token.strip("：:、， ."))
    duty = wording().duty.search(text)
    role = tell_role(duty.group()) if duty else None
    text = text[: duty.start()] if duty else text
    alone = BRACKETED_ROLE.search(text)
    own = tell_role(alone["role"]) if alone else None
    text = text[: alone.start()] if alone else text
    others = wording().others.search(text)
    if others is None:
        return _names(text), False, role, own
    rest = LEADING.sub("", text[others.end() :])
    return [*_names(text[: others.start()]), *_names(rest)], True, role, own


def _names(text: str) -> list[str]:
    """Names that linking words join, or that stand together without a mark."""
    name = _closed(text.strip("：:、，的 *★☆."))
    if not name:
        return []
    plain = re.sub(r"[（〔\[][^（）〔〕\[\]]*[）〕\]]", lambda found: "□" * len(found.group()), name)
    for found in JOINED.finditer(plain):
        left, right = name[: found.start()], name[found.end() :]
        if left and right and _links(left, found.group(), right, name):
            return [*_unglued(left), *_names(right)]
    return _unglued(name)


def _closed(name: str) -> str:
    """A name without a bracket at its end or beginning that has no fellow."""
    if name[-1:] in CLOSERS and sum(map(name.count, OPENERS)) < sum(map(name.count, CLOSERS)):
        return name[:-1]
    return name[1:] if name[:1] in OPENERS and sum(map(name.count, OPENERS)) > sum(map(name.count, CLOSERS)) else name


def _links(left: str, word: str, right: str, whole: str) -> bool:
    """Whether a linking word stands between two organisations and not inside one."""
    if wording().partner.fullmatch(right) or recognise(whole) is not None:
        return False
    if word == "以及":
        return True
    if wording().areas.fullmatch(left) and not wording().areas.fullmatch(right):
        return True
    ends = wording().named.fullmatch(left) is not None or is_collective(left) or left.endswith(("高新区", "开发区", "新区"))
    return ends and (wording().likely.match(right) is not None or is_collective(right))


def _unglued(name: str) -> list[str]:
    """Known names that stand together without a mark (a space between them was lost)."""
    if len(name) < 6 or len(name) > 2 * LONGEST or recognise(name) is not None:
        return [name]
    for cut in range(3, len(name) - 2):
        rest = name[cut:]
        if (
            OPEN_HEAD.match(rest)
            and name[cut - 1] in "局厅委办院会心"
            and name[cut - 2] not in LEVELS
            and recognise(name[:cut]) is not None
        ):
            following = _unglued(rest)
            if recognise(following[0]) is not None or is_collective(following[0]):
                return [name[:cut], *following]
    return [name]


def _continues(before: str, name: str) -> bool:
    """Whether a name goes on a collective instead of beginning a new one."""
    if len(before) > 2 * LONGEST:
        return False
    if before.endswith("行政公署") and wording().areas.fullmatch(name):
        return True
    if (wording().area.fullmatch(before) or before in {"中央", "国家"}) and (
        wording().areas.fullmatch(name) or is_collective(name)
    ):
        return True
    if not is_collective(before):
        return False
    return wording().continued.fullmatch(name) is not None or (
        not before.endswith(OFFICE) and wording().areas.fullmatch(name) is not None
    )


@lru_cache(REMEMBERED)
def is_name(name: str) -> bool:
    """Whether a stretch of a labelled list can be the name of an organisation.

    Parameters
    ----------
    name : str
        Stretch between marks.

    Returns
    -------
    bool
        ``False`` for remarks, dates, and what is too short or too long.
    """
    if (
        not 2 <= len(name) <= LONGEST + 20
        or not re.search(r"[\u4e00-\u9fff]{2}|[A-Z]{3}", name)
        or wording().remark.search(re.sub("（[^（）]{0,20}）", "", name))
    ):
        return False
    if is_subject(re.sub(f"^{LEVEL}", "", name)):
        return True
    bare = re.sub(r"（[^（）]{0,20}）$", "", name)
    return wording().likely.fullmatch(bare) is not None or is_collective(name) or not wording().stray.search(bare)
