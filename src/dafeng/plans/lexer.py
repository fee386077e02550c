"""A cleaned sentence as pieces: what stands before, at and after a figure, everything else as words.

Invariant: words are recognised by their place beside a figure (a verb of reaching is one only before a number), so that
free text never turns into grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from dafeng.plans.amounts import MULTIPLIER, NUMBER, amount_pattern, read_amount
from dafeng.plans.lexicon import Lexicon, either, lexicon
from dafeng.plans.naming import has_measure
from dafeng.plans.pieces import Piece
from dafeng.plans.times import BASE, TIME, YEAR, read_base, read_times

MARKS: Mapping[str, str] = {"，": "COMMA", "；": "SEMI", "：": "COLON", "、": "DUN", "（": "LP", "）": "RP"}
NAMED = r"《[^》]{0,200}》|〔\d+〕\d*号?|第[\d一二三四五六七八九十]+[条章节页号期批届]|\d{3,4}-\d{7,8}|No\.?\d+"
QUOTED = r"[“\"「『][^”\"」』，。]{0,60}[”\"」』]"
SIZES = (
    rf"(?<!\d)\d+(?:\.\d+)?[×xX*]\d+(?:\.\d+)?[十百千万亿]*(?:千瓦|兆瓦|吨)?|(?<!\d){NUMBER}(?:千伏(?!安)|kV|KV|伏(?!安)|毫米|厘米|℃|摄氏度|赫兹|分钟|°)"
    rf"|(?:年产|日产|日处理|年处理|单机容量|总投资|单体){NUMBER}[十百千万亿]*(?:{{units}})"
)
DATES = rf"{YEAR}年\d+月(?:\d+日)?(?!起|开始|底前|前|以来)|(?<!\d)\d{{1,2}}月\d{{1,2}}日"
ROLES = (
    "reach",
    "change",
    "bound",
    "strength",
    "each",
    "both",
    "including",
    "modal",
    "past",
    "cumulative",
    "cover",
    "all",
    "do",
)
FIRSTS = '翻，；：、（）《〔“「『"第N一二两三四五六七八九十百到至力截自从在于由相对比较与同以不应须需的和及或并年日单总'
NEAR = r"(?:内|外|范围|处|长|高|宽|深)"
AHEAD = 24
"""How far words behind an amount are looked at for what it measures. [characters]"""
BOUNDARY = "，。；、：（）！？”》」』"
CONNECTIVES = "/和与及以并或，。；、：（）！？其力争到至分较比"
STARTERS = frozenset(
    {"COMMA", "SEMI", "COLON", "TIME", "STRENGTH", "CUM", "INCL", "LP", "EACH", "BASE", "PAST", "ALL", "COVER"}
)
PREDICATES = frozenset({"REACH", "CHANGE", "BOUND"})
BETWEEN = frozenset({"TIME", "STRENGTH", "OF", "BOUND"})
GUARDS = frozenset({"REACH", "CHANGE", "BOUND", "VSEP", "DO", "STRENGTH"})


@dataclass(slots=True)
class _State:
    """Pieces so far and what the current item holds."""

    pieces: list[Piece] = field(default_factory=list)
    figure: bool = False
    doing: bool = False

    def last(self) -> str:
        return self.pieces[-1].kind if self.pieces else "COMMA"

    def before(self, count: int) -> str:
        return self.pieces[-1].text[-count:] if self.pieces and self.pieces[-1].kind == "WORDS" else ""


@cache
def _scanner() -> re.Pattern[str]:
    words = lexicon()
    amount, plain = amount_pattern(), rf"(?<![\dA-Za-z.]){NUMBER}"
    number = rf"(?:{words.pattern('bound')})?\s?(?:{amount}|{plain}(?![\dA-Za-z年月日号〕])|百分之)"
    ahead = rf"(?=(?:的)?{number})"
    verbs = f"{words.pattern('reach', 'change')}"
    before_verb = rf"(?=(?:{words.pattern('both', 'cumulative', 'each')})?(?:{verbs}|{words.pattern('bound')})?{number})"
    strong, weak = ("力争", "争取", "确保", "预计", "力求", "保证"), words.listed("strength")
    sizes = SIZES.replace("{units}", either(words.units))
    rules = (
        ("NAMED", NAMED),
        ("BASE", BASE),
        ("TIME", rf"(?:{TIME})(?:时，|时)?"),
        ("DATE", DATES),
        ("SIZE", sizes),
        ("QUOTED", rf"(?!{amount}){QUOTED}"),
        (
            "FROM",
            rf"(?:从|由)(?:{YEAR}年?底?|目前|现在|当前|现有|现状|上年)?(?:的)?(?:约|每\w{{1,4}})?(?:{amount}|{NUMBER}{MULTIPLIER})(?=[^，。；]{{0,8}}?(?:{words.pattern('reach')}))",
        ),
        ("EACH", rf"(?:{words.pattern('each')})(?:约?为|是|(?=.))"),
        ("BOTH", rf"(?:(?<![年人户平])(?:{words.pattern('both')})|各)(?=(?:{verbs})?{number})"),
        ("INCL", rf"(?:{words.pattern('including')})[：，]?"),
        (
            "MODAL",
            rf"(?:{words.pattern('modal')})(?=(?:{words.pattern('bound')}|{verbs})?{number})|(?:不得|应|须|需)(?=(?:{words.pattern('bound')}|{verbs}){number})",
        ),
        ("PAST", words.pattern("past")),
        ("REACH", rf"(?:{words.pattern('reach')})(?={number}|的?{YEAR}年?的?{number}|(?:{words.pattern('strength')}){number})"),
        ("CHANGE", rf"(?:{words.pattern('change')})(?:了|幅度)?{ahead}"),
        ("BOUND", rf"(?:{words.pattern('bound')}){ahead}"),
        ("STRENGTH", rf"{either(strong)}|(?:{either(weak)})(?:{before_verb}|(?={TIME}))"),
        (
            "LISTED",
            rf"(?<![\dA-Za-z.〔]){NUMBER}{MULTIPLIER}(?=(?:[、和及与]{NUMBER}{MULTIPLIER})*[、和及与](?:{amount}))|{NUMBER}个(?=(?:[、和与]{NUMBER}个)*[、和与]{NUMBER}个百分点)",
        ),
        ("VALUE", amount),
        ("BARE", rf"{plain}(?![\dA-Za-z年月日号〕级型])"),
        ("CUM", words.pattern("cumulative")),
        ("COVER", words.pattern("cover")),
        ("ALL", rf"(?:{words.pattern('all')})(?!的|(?:{verbs})?{number})"),
        ("OF", rf"的(?={number})"),
        ("MARK", "[，；：、（）]"),
        ("DO", words.pattern("do")),
        ("AND", r"以及|[和与及或并]"),
        ("CHAR", rf"\d+|[^{_beginnings(words)}]+|[\s\S]"),
    )
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in rules))


def _beginnings(words: Lexicon) -> str:
    """Characters that a word of the grammar, a mark or a figure can begin with."""
    firsts = {word[0] for role in ROLES for word in words.listed(role)} | set(FIRSTS)
    return "".join(re.escape(first) for first in sorted(firsts)) + r"\d\s"


def cut(text: str, *, start: int = 0, end: int | None = None) -> tuple[Piece, ...]:
    """Pieces of a sentence.

    Parameters
    ----------
    text : str
        Cleaned paragraph.
    start, end : int
        Range of the sentence in it. [characters]

    Returns
    -------
    tuple of Piece
        In order, covering the range; brackets without a figure are words.
    """
    state = _State()
    scanner, stop, at = _scanner(), len(text) if end is None else end, start
    while at < stop:
        found = scanner.match(text, at, stop)
        if found is None or found.end() == at:
            break
        at = _take(state, found, text, stop)
    return tuple(_without_idle_brackets(_without_idle_verbs(state.pieces)))


def _take(state: _State, found: re.Match[str], text: str, stop: int) -> int:
    kind = str(found.lastgroup)
    if kind in ("VALUE", "BARE", "LISTED"):
        return _take_amount(state, found, text, stop)
    start, end, matched = found.start(), found.end(), found.group()
    if kind == "MARK":
        _take_mark(state, matched, text, start, stop)
    elif kind == "TIME":
        state.pieces.append(Piece("TIME", matched, start, end, times=read_times(matched.removesuffix("，").removesuffix("时"))))
    elif kind in ("BASE", "FROM"):
        state.pieces.append(Piece(kind, matched, start, end, base=read_base(matched)))
    elif _is_deed(kind, matched) and _begins_item(state):
        state.doing = True
        state.pieces.append(Piece("DO", matched, start, end))
    elif kind == "AND" and state.last() in ("VALUE", "QUAL"):
        joint = "VSEP" if _amount_follows(text, end, stop) else "DUN"
        state.pieces.append(Piece(joint, matched, start, end))
    elif kind == "AND" and state.figure and _amount_follows(text, end, stop):
        state.pieces.append(Piece("DUN", matched, start, end))
    elif kind in ("NAMED", "DATE", "SIZE", "QUOTED", "CHAR", "AND", "DO"):
        _add_words(state, matched, start)
    else:
        state.pieces.append(Piece(kind, matched, start, end))
    return end


def _is_deed(kind: str, word: str) -> bool:
    return kind == "DO" or (kind == "REACH" and word in lexicon().listed("do"))


def _take_mark(state: _State, mark: str, text: str, start: int, stop: int) -> None:
    kind = MARKS[mark]
    if kind == "DUN" and state.last() in ("VALUE", "QUAL") and _amount_follows(text, start + 1, stop):
        kind = "VSEP"
    elif kind in ("COMMA", "SEMI", "COLON"):
        state.figure = state.doing = False
    state.pieces.append(Piece(kind, mark, start, start + 1))


def _take_amount(state: _State, found: re.Match[str], text: str, stop: int) -> int:
    quantity = read_amount(found.group() + (_shared_unit(found, text, stop) if found.lastgroup == "LISTED" else ""))
    start, end = found.start(), found.end()
    if quantity is None:
        _add_words(state, found.group(), start)
        return end
    qualifier = _qualifier().match(text, end, stop)
    after = qualifier.end() if qualifier else end
    if _is_part_of_name(state, quantity.kind, qualifier.group() if qualifier else "", text[after : min(stop, after + AHEAD)]):
        _add_words(state, text[start:after], start)
        return after
    state.pieces.append(Piece("VALUE", found.group(), start, end, quantity=quantity))
    if qualifier:
        state.pieces.append(Piece("QUAL", qualifier.group(), end, after))
    state.figure = True
    return after


def _shared_unit(found: re.Match[str], text: str, stop: int) -> str:
    """Unit that the last amount of a list gives to all: 800万、300万、20万千瓦; 80、60万千瓦."""
    if found.group().endswith("个"):
        return "百分点"
    last = _last_listed().match(text, found.end(), stop)
    if last is None:
        return ""
    return last["unit"] if found.group()[-1].isdigit() else last["plain"]


def _is_part_of_name(state: _State, kind: str, qualifier: str, following: str) -> bool:
    """Whether an amount describes the noun that follows it: a threshold, a size, a distance, a count in a name."""
    after = following[:3]
    noun = bool(after) and after[0] not in CONNECTIVES
    guarded = state.last() in GUARDS
    if kind == "bare":
        return not guarded or state.last() == "DO" or (noun and not qualifier)
    if qualifier[:1] in ("及", "或"):
        return noun and not (guarded and state.last() != "DO")
    if state.last() in ("BOUND", "REACH") and _ruled().match(following):
        return True
    if state.last() in ("BOUND", "REACH") and _condition().match(following) is not None and _has_measure(state):
        return True
    if kind == "share":
        return False
    if re.match(NEAR, after) and not qualifier:
        return not guarded
    if (
        not noun
        or (state.last() == "DUN" and state.figure and state.doing)
        or (kind == "count" and (not state.pieces or state.last() in STARTERS) and _group().match(following))
    ):
        return False
    if kind == "measure" and state.pieces and _holds().search(state.pieces[-1].text) and _ability().match(following):
        return False
    if kind == "measure" and qualifier:
        return not (guarded and state.last() != "DO")
    return not guarded and not (state.doing and _short_words_since_do(state))


def _short_words_since_do(state: _State) -> bool:
    return len(state.pieces) >= 2 and state.pieces[-2].kind in ("DO", "CUM") and len(state.pieces[-1].text) <= 4


def _begins_item(state: _State) -> bool:
    last = state.pieces[-1] if state.pieces else None
    if last is None or last.kind in STARTERS or last.kind == "DO":
        return True
    if last.kind in ("DUN", "VSEP"):
        return state.figure
    return last.kind == "WORDS" and _adverbs().fullmatch(last.text) is not None and _starts(state.pieces[:-1])


def _starts(pieces: Sequence[Piece]) -> bool:
    return not pieces or pieces[-1].kind in STARTERS


def _amount_follows(text: str, at: int, stop: int) -> bool:
    return _amount_ahead().match(text, at, stop) is not None


def _add_words(state: _State, text: str, start: int) -> None:
    last = state.pieces[-1] if state.pieces else None
    if last is not None and last.kind == "WORDS":
        state.pieces[-1] = Piece("WORDS", last.text + text, last.start, start + len(text))
    else:
        state.pieces.append(Piece("WORDS", text, start, start + len(text)))


def _without_idle_verbs(pieces: Sequence[Piece]) -> list[Piece]:
    """A verb or bound stays grammar only before a figure; where the figure turned out to be part of a name, it is a word."""
    state = _State()
    ahead = "END"
    idle: set[int] = set()
    for at in range(len(pieces) - 1, -1, -1):
        kind = pieces[at].kind
        if kind in PREDICATES and ahead != "VALUE":
            idle.add(at)
        if kind not in BETWEEN or at in idle:
            ahead = "WORDS" if at in idle else kind
    for at, piece in enumerate(pieces):
        if at in idle or piece.kind == "WORDS":
            _add_words(state, piece.text, piece.start)
        else:
            state.pieces.append(piece)
    return state.pieces


def _without_idle_brackets(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Brackets stay grammar only where they are balanced and hold a figure; else they and their content are words."""
    kept, idle = _bracketed(pieces)
    state = _State()
    depth = 0
    for at, piece in enumerate(pieces):
        depth += piece.kind == "LP" and at in idle
        if depth > 0 or piece.kind in ("WORDS", "AND") or (piece.kind in ("LP", "RP") and at not in kept):
            _add_words(state, piece.text, piece.start)
        else:
            state.pieces.append(piece)
        depth -= piece.kind == "RP" and at in idle
    yield from state.pieces


def _bracketed(pieces: Sequence[Piece]) -> tuple[set[int], set[int]]:
    """Places of brackets that hold a figure, and of pairs that hold none."""
    opened: list[int] = []
    kept: set[int] = set()
    idle: set[int] = set()
    for at, piece in enumerate(pieces):
        if piece.kind == "LP":
            opened.append(at)
        elif piece.kind == "RP" and opened:
            first = opened.pop()
            holds = _tells(pieces[first + 1 : at])
            (kept if holds else idle).update((first, at))
    return kept, idle


def _tells(inner: Sequence[Piece]) -> bool:
    """Whether brackets hold a figure, or a year or base alone."""
    kinds = {piece.kind for piece in inner}
    return bool(kinds & {"VALUE", "COVER"}) or (bool(kinds) and kinds <= {"TIME", "BASE"})


@cache
def _qualifier() -> re.Pattern[str]:
    return re.compile(lexicon().pattern("qualifier"))


def _has_measure(state: _State) -> bool:
    """Whether the words before the bound say what is measured: 峰谷差率超过40%的地区."""
    before = next((piece for piece in reversed(state.pieces) if piece.kind not in ("BOUND", "REACH")), None)
    return before is not None and before.kind == "WORDS" and has_measure(before.text)


@cache
def _group() -> re.Pattern[str]:
    """Members and a verb of a state: 大中城市率先建成…"""
    return re.compile(
        rf"[^，。；、：（）]{{2,14}}?(?:率先|全部|基本|均|都)?(?:{lexicon().pattern('state')})[^，。；、：（）]{{3,}}"
    )


@cache
def _last_listed() -> re.Pattern[str]:
    return re.compile(
        rf"(?:[、和及与]{NUMBER}{MULTIPLIER})*?[、和及与]{NUMBER}(?P<unit>{MULTIPLIER}?(?P<plain>%|(?:{either(lexicon().units)})))"
    )


@cache
def _ruled() -> re.Pattern[str]:
    """达到1万人的给予奖励: who reaches it is treated so."""
    return re.compile(r"的，?(?:给予|予以|纳入|视为|可以|应当|一律|按照|不予)")


@cache
def _condition() -> re.Pattern[str]:
    return re.compile(r"的(?!目标|水平|要求|任务|控制|比例|增速|速度)[^，。；、：（）]{2,}")


@cache
def _holds() -> re.Pattern[str]:
    return re.compile(rf"(?:{lexicon().pattern('holding')})$")


@cache
def _ability() -> re.Pattern[str]:
    return re.compile(r"以?上?的?[^，。；、：（）\d]{2,20}(?:能力|规模|产能)(?=[，。；、：（）]|$)")


@cache
def _adverbs() -> re.Pattern[str]:
    return re.compile(rf"(?:在?(?:{lexicon().pattern('scope')})|{lexicon().pattern('opening')}|[新再共要将]|全面)+")


@cache
def _amount_ahead() -> re.Pattern[str]:
    bound = lexicon().pattern("bound")
    return re.compile(rf"(?:{bound})?(?:{amount_pattern()}|{NUMBER}(?![\dA-Za-z年月日号级型]))(?!{YEAR})")
