"""Responsible organisations: found in brackets, split, given one name each.

Invariant: a collective (各区市政府、管委) stays one organisation; “and others” (等) is a flag, not a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dafeng.plans.gazetteer import LEVEL, complete, is_subject, recognise
from dafeng.plans.rosters import Entry, Roster, is_collective, read_roster
from dafeng.plans.rosters import Role as Role
from dafeng.plans.script import simplify
from dafeng.plans.stretches import find_stretches

BRACKET = re.compile(r"[（(\[【〔](?P<inside>.*)[）)\]】〕]", re.DOTALL)
UNLEVELLED = frozenset(
    {"委", "政府", "法院", "政协", "人大常委会", "前海管理局", "总工会", "团市委", "团省委", "团委", "人民银行"}
)
"""Known names that take no level from their neighbours."""
SUBJECT = re.compile(r"[\u4e00-\u9fff和]{2,9}")


@dataclass(frozen=True, slots=True)
class Mention:
    """An organisation named at a task.

    Parameters
    ----------
    name : str
        Canonical name.
    written : str
        Name as written.
    collective : bool
        Whether it stands for many.
    role : Role
        ``lead``, ``support``, or ``responsible`` where the text makes no difference.
    holds : bool
        Whether the spelling was in use at the date of the plan; an earlier name keeps its bearer.
    """

    name: str
    written: str
    collective: bool
    role: Role
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Duty:
    """All organisations of a stretch of text.

    Parameters
    ----------
    mentions : tuple of Mention
        In the order of the text, each name once.
    open_list : bool
        Whether the list ends with “and others”.
    spans : tuple of tuple of int
        Ranges of the brackets in the text. [characters]
    """

    mentions: tuple[Mention, ...] = ()
    open_list: bool = False
    spans: tuple[tuple[int, int], ...] = ()


def find_duty(text: str, *, place: str = "", on: int | date | None = None) -> Duty:
    """Organisations that a paragraph makes responsible.

    Parameters
    ----------
    text : str
        Cleaned paragraph.
    place : str
        Administrative code, for names that hold in one place only.
    on : int or date, optional
        Year or day of the plan, for names that hold in some years only.

    Returns
    -------
    Duty
        Empty where neither a bracket, a labelled line nor a sentence names any.
    """
    stretches = [*find_stretches(text)]
    duties = [_duty(stretch.roster, place, on) for stretch in stretches]
    found = join_duties(duties)
    return Duty(found.mentions, found.open_list, tuple((stretch.start, min(stretch.end, len(text))) for stretch in stretches))


def read_list(text: str, *, role: Role = "responsible", place: str = "", on: int | date | None = None) -> Duty:
    """Organisations of a text that is nothing but a list of them, as a cell of a table is.

    Parameters
    ----------
    text : str
        The list, with or without brackets and label.
    role : Role
        What the column or the line makes of those whose role the text does not tell.
    place : str
        Administrative code, for names that hold in one place only.
    on : int or date, optional
        Year or day of the plan.

    Returns
    -------
    Duty
        Without ranges; empty where the text names nobody.
    """
    plain = simplify(text).strip()
    bracket = BRACKET.fullmatch(plain)
    return join_duties([_duty(read_roster(bracket["inside"] if bracket else plain, role=role), place, on)])


def join_duties(duties: Iterable[Duty]) -> Duty:
    """Organisations of several paragraphs of one task.

    Parameters
    ----------
    duties : iterable of Duty
        One per paragraph.

    Returns
    -------
    Duty
        Each name once, as it is first named; without ranges.
    """
    listed = [*duties]
    mentions: dict[str, Mention] = {}
    for duty in listed:
        for mention in duty.mentions:
            mentions.setdefault(mention.name, mention)
    return Duty(tuple(mentions.values()), any(duty.open_list for duty in listed))


def canonical(name: str, *, place: str = "", on: int | date | None = None) -> str:
    """The one name of an organisation.

    Parameters
    ----------
    name : str
        Name as written.
    place : str
        Administrative code.
    on : int or date, optional
        Year or day; before a merger its members keep their own names.

    Returns
    -------
    str
        Name in the list, with the level (市, 省 …) as written; unknown names stay as they are.
    """
    known = recognise(name, place=place, on=on)
    return known.name if known is not None else name


def _duty(roster: Roster, place: str, on: int | date | None) -> Duty:
    """Entries with one name each; a level that only one of them shows holds for all of the list."""
    levels = [_level(entry.written, place) for entry in roster.entries]
    told = {level for level in levels if level}
    current = next(iter(told)) if len(told) == 1 else ""
    mentions: list[Mention] = []
    for entry, level in zip(roster.entries, levels, strict=True):
        current = level or current
        mentions.append(_mention(entry, current, place, on))
    return Duty(tuple(mentions), roster.open_list)


def _level(written: str, place: str) -> str:
    """Level that a department shows, empty where it shows none."""
    known = None if is_collective(written) else recognise(written, place=place)
    if known is None:
        own = re.match(LEVEL, written)
        return own.group() if own is not None and is_subject(written[own.end() :]) else ""
    if known.level:
        return "" if known.name.removeprefix(known.level) in UNLEVELLED else known.level
    national = known.name.startswith("国家") or (known.name.endswith("部") and not known.name.startswith("委"))
    return "国家" if national else ""


def _mention(entry: Entry, level: str, place: str, on: int | date | None) -> Mention:
    written = entry.written
    if is_collective(written):
        return Mention(written, written, True, entry.role)
    known = recognise(written, place=place, on=on)
    if known is None:
        return Mention(_completed(written, level) or written, written, False, entry.role)
    name = level + known.name if not known.level and _takes(known.name, level) else known.name
    return Mention(name, written, False, entry.role, known.holds)


def _takes(name: str, level: str) -> bool:
    """Whether a department without level takes the one of its neighbours (市农业农村局、林业局)."""
    if not level or name in UNLEVELLED or name.startswith(("国家", "中国", "中央", "国务院", "全国", "人民银行")):
        return False
    if level == "国家":
        known = recognise("国家" + name)
        return known is not None and known.name == "国家" + name and name.endswith(("局", "委"))
    return name.endswith(("局", "厅", "委", "办", "社", "联")) or name.startswith("委")


def _completed(written: str, level: str) -> str | None:
    """Name of a department of which only the subject is written, where the list knows just one (市财政、教育等部门)."""
    own = re.match(LEVEL, written)
    subject = written[own.end() :] if own else written
    if (own or level) and level != "国家" and SUBJECT.fullmatch(subject):
        return complete(subject, own.group() if own else level)
    return None
