"""Shares of a group that attain a state: “80 % of the bodies meet the standard”, “all parks are rebuilt”, “full coverage”.

Invariant: the name says who and what; the figure says how many of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from dafeng.plans.lexicon import lexicon
from dafeng.plans.naming import Name, has_measure, normalise
from dafeng.plans.pieces import Piece

GENERIC = ("单位", "企业", "以上", "数量")
ADVERBS = re.compile(r"(?:率先|全部|基本|均|都|已)+$")
REQUIREMENT = re.compile(r"(?P<what>.*?)(?:要求|标准|水平)$")
ABLE = re.compile(r"(?P<what>.*?)的?能力$")


@dataclass(frozen=True, slots=True)
class State:
    """A state and who attains it.

    Parameters
    ----------
    group : str
        Words between the figure and the verb.
    verb : str
        Verb of the state.
    thing : str
        Its object.
    """

    group: str
    verb: str
    thing: str


def find_state(pieces: Sequence[Piece]) -> State | None:
    """State in the words behind a figure.

    Parameters
    ----------
    pieces : sequence of Piece
        What follows the figure, up to the next mark, and a clause that goes on with a verb.

    Returns
    -------
    State or None
        ``None`` where no verb of a state stands there.
    """
    text = "".join(piece.text for piece in pieces)
    found = _state().search(text)
    if found is None:
        return None
    thing = text[found.end() :].strip("，、的了 ")
    return State(ADVERBS.sub("", text[: found.start()].strip("，、的 ")), found.group(), thing) if len(thing) > 1 else None


def begins_with_state(text: str) -> bool:
    """Whether a clause goes on with a verb of a state.

    Parameters
    ----------
    text : str
        Words of the next clause.

    Returns
    -------
    bool
        True for 具备…能力, 达到…要求.
    """
    return _state().match(text) is not None


def name_share(subject: str, state: State) -> Name:
    """Name of the share of a group that attains a state.

    Parameters
    ----------
    subject : str
        Words before the figure.
    state : State
        The state.

    Returns
    -------
    Name
        Group and state as one name.
    """
    before = normalise(subject)
    listed = state.group.rpartition("、")
    group = re.sub(r"^\d[^，、]*?以[上下内]", "", listed[2]) if listed[1] else state.group
    scope = (*before.scope, *((state.group,) if listed[1] else ()))  # the last member too: its noun ends the list
    who = _plain_group(before.text)
    if group and not (group in GENERIC and who):
        scope, who = (*scope, *((before.text,) if before.text else ())), group
    if state.verb == "实现" and who:
        return Name(_with_ending(state.thing, "率"), (*scope, who))
    return Name(who + _say(state), scope)


def name_held(subject: str, pieces: Sequence[Piece]) -> Name:
    """Name of an ability of which a share is held: 电网基本具备5%以上的尖峰负荷响应能力.

    Parameters
    ----------
    subject : str
        Words before the figure.
    pieces : sequence of Piece
        Words behind it.

    Returns
    -------
    Name
        The ability, its holder as scope; empty where nothing is held.
    """
    thing = normalise("".join(piece.text for piece in pieces).removeprefix("的"))
    held = next((verb for verb in lexicon().words["holding"] if subject.endswith(verb)), None)
    if held is None or not has_measure(thing.text):
        return Name("")
    holder = normalise(subject.removesuffix(held))
    return Name(thing.text, (*holder.scope, *((holder.text,) if holder.text else ()), *thing.scope))


def name_cover(subject: str, word: str) -> Name:
    """Name of a coverage.

    Parameters
    ----------
    subject : str
        Words before 全覆盖.
    word : str
        The word of completeness.

    Returns
    -------
    Name
        Subject and 覆盖率, or the word itself as what is attained.
    """
    before = normalise(subject)
    if not before.text:
        return before
    noun = lexicon().sort("cover_nouns", word) or word[1]
    ending = "覆盖率" if "覆盖" in word else "达标率" if "达标" in word else noun + "率"
    base = before.text.removesuffix("覆盖").removesuffix("实现")
    return Name(base + ending, before.scope, before.counting)


def _say(state: State) -> str:
    able, asked = ABLE.fullmatch(state.thing), REQUIREMENT.fullmatch(state.thing)
    if state.verb == "具备" and able:
        return f"具备{able['what']}能力的比例"
    if asked and state.verb in ("达到", "符合", "满足", "达", "执行"):
        return f"{asked['what']}{state.thing[asked.end('what') :]}达标率"
    if state.verb in ("实现", "完成", "实施", "开展", "达到"):
        return _with_ending(state.thing, "率")
    if state.verb in ("建成", "创建", "创建成", "成为"):
        return f"{state.thing}建成率"
    return f"{state.verb}{state.thing}的比例"


def _with_ending(thing: str, ending: str) -> str:
    if thing.endswith(("全覆盖", "覆盖")):
        return thing.removesuffix("全覆盖").removesuffix("覆盖") + "覆盖率"
    return thing if thing.endswith(("率", "比例", "占比")) else thing + ending


def _plain_group(text: str) -> str:
    """“市、县两级党政机关” → 党政机关: the level of government is scope, not name."""
    return re.sub(r"^(?:[省市县区乡镇村]、)+[省市县区乡镇村][两三四]?级", "", text)


@cache
def _state() -> re.Pattern[str]:
    return re.compile(lexicon().pattern("state"))
