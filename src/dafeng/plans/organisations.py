"""Responsible organisations: found in brackets, split, given one name each.

Invariant: a collective (各区市政府、管委) stays one organisation; “and others” (等) is a flag, not a name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Role = Literal["lead", "support", "responsible"]

LABEL = (
    r"(?:主要|具体|共同)?(?:责任|牵头|负责|配合|实施|承担|主管|落实|协同|参与|协办|主办)"
    r"(?:单位|部门|主体|处室|科室)?(?:及分工)?"
)
BRACKET = re.compile(r"[（(\[【](?P<inside>[^（）()\[\]【】]*(?:[（(][^（）()]*[）)][^（）()\[\]【】]*)*)[）)\]】]")
LABELLED = re.compile(rf"^(?P<label>{LABEL})[：:]")
TRAILING = re.compile(rf"(?:^|[。；])(?P<label>{LABEL})[：:](?P<inside>[^。]+)。?$")
ENDINGS = (
    r"局|委|委员会|办|办公室|厅|部|院|中心|公司|集团|政府|管委会?|银行|分行|支行|分局|协会|学会|联合会|联盟|总会|机场|港|单位|部门"
    r"|科协|团市?委|妇联|工会|总工会|工委|法院|检察院|站|所|处|社|台|海事|海关|税务|供电|电网|铁塔|石化|石油|气象|管理处|街道|镇|乡"
    r"|新区|开发区|高新区|园区|企业|大队|支队|总队|党校|大学|学院|研究院|指挥部|专班"
)
NAME = re.compile(rf"[^，。；：？！“”\d]{{1,30}}?(?:{ENDINGS})(?:（[^（）]{{1,20}}）)?$")
COLLECTIVE = re.compile(
    r"^(?:各|有关|相关|其他|其它|全市各|市直各|市各|市有关|市级有关|市直有关|驻.{1,4}各|沿海各|市相关|省有关|市级相关|沿黄各)"
    r"|各成员单位$|有关部门$|相关部门$|有关单位$|相关单位$|成员单位$"
)
CONTINUED = re.compile(
    r"^(?:各)?(?:功能区|开发区|管委会?|管理委员会|区管委会?|开发区管委会?|功能区管委会?|高新区|新区|园区|人民政府|街道|街道办事处|镇街|乡镇|市直部门|部门|企业)(?:管委会?|管理机构)?$"
)
DUTY = re.compile(
    r"(?:按|依据?|根据)(?:各自)?(?:职责|职能)(?:分工)?(?:协同)?(?:负责|落实|推进)?|(?:按|依)?分工(?:分别)?负责|共同牵头|共同负责|分别牵头|牵头|配合|负责|参与|参加|协同|落实|实施|组织实施|承办|主办|协办"
)


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
    """

    name: str
    written: str
    collective: bool
    role: Role


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


def find_duty(text: str, *, place: str = "") -> Duty:
    """Organisations named in the brackets of a paragraph.

    Parameters
    ----------
    text : str
        Cleaned paragraph.
    place : str
        Administrative code, for names that hold in one place only.

    Returns
    -------
    Duty
        Empty where no bracket names organisations.
    """
    mentions: dict[str, Mention] = {}
    spans: list[tuple[int, int]] = []
    open_list = False
    for start, end, inside, label in _brackets(text):
        found, more = _read_list(inside, label, place)
        if found:
            spans.append((start, end))
            open_list = open_list or more
            for mention in found:
                mentions.setdefault(mention.name, mention)
    return Duty(tuple(mentions.values()), open_list, tuple(spans))


def read_list(text: str, *, role: Role = "responsible", place: str = "") -> Duty:
    """Organisations of a text that is nothing but a list of them, as a cell of a table is.

    Parameters
    ----------
    text : str
        The list, with or without brackets and label.
    role : Role
        What the column or the line makes of those whose role the text does not tell.
    place : str
        Administrative code, for names that hold in one place only.

    Returns
    -------
    Duty
        Without ranges; empty where the text names nobody.
    """
    bracket = BRACKET.fullmatch(text.strip())
    inside = bracket["inside"] if bracket else text.strip()
    labelled = LABELLED.match(inside)
    label = {"lead": "牵头", "support": "配合", "responsible": ""}[role]
    found, open_list = _read_list(
        inside[labelled.end() :] if labelled else inside, labelled["label"] if labelled else label, place
    )
    return Duty(
        tuple({mention.name: mention for mention in reversed(found)}[name] for name in dict.fromkeys(m.name for m in found)),
        open_list,
    )


def join_duties(duties: list[Duty]) -> Duty:
    """Organisations of several paragraphs of one task.

    Parameters
    ----------
    duties : list of Duty
        One per paragraph.

    Returns
    -------
    Duty
        Each name once; without ranges.
    """
    mentions = {mention.name: mention for duty in reversed(duties) for mention in reversed(duty.mentions)}
    ordered = dict.fromkeys(mention.name for duty in duties for mention in duty.mentions)
    return Duty(tuple(mentions[name] for name in ordered), any(duty.open_list for duty in duties))


def canonical(name: str, *, place: str = "") -> str:
    """The one name of an organisation.

    Parameters
    ----------
    name : str
        Name as written.
    place : str
        Administrative code.

    Returns
    -------
    str
        Name in the gazetteer, with the level (市, 省 …) as written; unknown names stay as they are.
    """
    level = re.match(r"[市省县区州](?=[^、])", name)
    stem = name[1:] if level else name
    known = _gazetteer()
    found = known.get((place, stem)) or known.get((place[:4] + "00", stem)) or known.get(("", stem))
    return (level.group() if level else "") + found if found else name


def list_local(place: str) -> frozenset[str]:
    """Names that the gazetteer has for one place only.

    Parameters
    ----------
    place : str
        Administrative code.

    Returns
    -------
    frozenset of str
        Canonical names without level.
    """
    return frozenset(name for (code, _), name in _gazetteer().items() if code and code in (place, place[:4] + "00"))


def _brackets(text: str) -> Iterator[tuple[int, int, str, str]]:
    last = 0
    for bracket in BRACKET.finditer(text):
        last = bracket.end()
        inside = bracket["inside"]
        labelled = LABELLED.match(inside)
        label = labelled["label"] if labelled else ""
        body = inside[labelled.end() :] if labelled else inside
        if labelled or _names_only(body):
            yield bracket.start(), bracket.end(), body, label
    trailing = TRAILING.search(text, max(len(text) - 2000, 0))
    if trailing and trailing.start("label") >= last:
        yield trailing.start("label"), trailing.end(), trailing["inside"], trailing["label"]


def _names_only(body: str) -> bool:
    """A bare bracket names organisations when each of its members looks like one, or when it says who leads."""
    members = [DUTY.sub("", member).removesuffix("等") for member in re.split("[、，；]", body) if member]
    named = [member for member in members if member]
    if not named or len(body) < 4 or re.search(r"\d", body):
        return False
    fits = [bool(NAME.fullmatch(member) or COLLECTIVE.search(member)) for member in named]
    return all(fits) and (len(named) > 1 or bool(DUTY.search(body)) or named[0][0] in "市省县区各")


def _read_list(inside: str, label: str, place: str) -> tuple[list[Mention], bool]:
    open_list = False
    found: list[Mention] = []
    default: Role = "lead" if "牵头" in label else "support" if "配合" in label or "协" in label else "responsible"
    for stretch in re.split("[；。]", inside):
        labelled = LABELLED.match(stretch)
        role = _role(labelled["label"]) if labelled else default
        pending: list[str] = []
        for clause in re.split("，", stretch[labelled.end() :] if labelled else stretch):
            names, more, duty = _members(clause)
            open_list = open_list or more
            pending += names
            if duty:
                found += [_mention(name, place, duty) for name in pending]
                pending = []
        found += [_mention(name, place, role) for name in pending]
    return found, open_list


def _role(label: str) -> Role:
    return "lead" if "牵头" in label or "主办" in label else "support" if re.search("配合|协|参与", label) else "responsible"


def _members(clause: str) -> tuple[list[str], bool, Role | None]:
    """Names of a clause, whether it ends with 等, and the duty that its last words give them."""
    duty = DUTY.search(clause)
    role: Role | None = None
    if duty:
        role = "lead" if "牵头" in clause else "support" if re.search("配合|参与|协同|参加", clause) else "responsible"
        clause = DUTY.sub("", clause)
    open_list = re.search(r"等(?:有关|相关)?(?:部门|单位|市直部门)?(?:和单位)?$", clause) is not None
    clause = re.sub(r"等(?:有关|相关)?(?:部门|单位|市直部门)?(?:和单位)?$", "", clause)
    return list(_split(clause)), open_list, role


def _split(clause: str) -> Iterator[str]:
    """Names between pause marks; what goes on a collective stays with it."""
    current = ""
    for member in re.split("[、 ]", clause):
        name = member.strip("，。：、 ")
        if current and COLLECTIVE.search(current) and CONTINUED.match(name):
            current = f"{current}、{name}"
            continue
        if current:
            yield current
        current = name
    if current:
        yield current


def _mention(written: str, place: str, role: Role) -> Mention:
    collective = COLLECTIVE.search(written) is not None
    return Mention(written if collective else canonical(written, place=place), written, collective, role)


@cache
def _gazetteer() -> dict[tuple[str, str], str]:
    text = files("dafeng").joinpath("data/plans/organisations.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {(row["place"], row["alias"]): row["name"] for row in rows}
