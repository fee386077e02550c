"""A parsed sentence → statements, with what they inherit from the words before.

Invariant: statements are in the order of the figures; the context returned is what the next sentence inherits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dafeng.plans.assembly import Reading, assemble
from dafeng.plans.clause import Clause, enter, sort_words
from dafeng.plans.comparison import names_thing
from dafeng.plans.context import Context
from dafeng.plans.grammar import Element, Figure, Nested, Remark, Separator
from dafeng.plans.lexicon import lexicon
from dafeng.plans.naming import GROUPS, Name, has_measure, inherit_denominator, is_bare_measure, name_part, normalise
from dafeng.plans.pieces import Base, Piece
from dafeng.plans.shares import State, begins_with_state, find_state, name_cover, name_held, name_share
from dafeng.plans.statements import Statement

FEWEST_PARTS = 2
BEING = ("是", "为", "约为", "约是", "为的", "是的")
THAT = re.compile(r"(?:该|这一|此|其)(?:比例|比重|占比|指标|数字|数值|目标|规模|数量)")
MOST_NAMES = 12
"""How many names of a paragraph can be referred to."""
YEARLY = re.compile(r"^(?:每年|年均|年)?(?:新增)?(?=.{2})")
MEAN = re.compile(r"(?:年均|年平均|每年)$")
BECOMING = re.compile(r"[^，、的]{2,8}化")
"""公交车100%清洁能源化: a share of a group that becomes something."""
REFERENCE = re.compile(r"(?:上述|以上|前述|这)[^，、]{0,4}(?:指标|目标|比例|比重)")
TREND = re.compile(
    r"(?:持续|稳步|不断|进一步|显著|明显|大幅|稳中有|逐步|有效|总体)?(?:提升|提高|下降|降低|增长|优化|改善|增强|扩大|上升|升|降|减少|增加|保持稳定|过半|超过一半|翻番|翻一番)$"
)
"""石油产量稳中有升，力争回升到2亿吨: what a figure in the next clause speaks of stands before the trend."""
HELD = re.compile(r"(?:将|把|使)?(?P<verb>控制|保持|稳定|维持)(?P<name>[^，、；：]{2,30})(?P<at>在)")
_PAUSE = Piece("DUN", "、", 0, 1)


def read_sentence(elements: Sequence[Element], context: Context, first: int) -> tuple[list[Statement], Context]:
    """Statements of a sentence.

    Parameters
    ----------
    elements : sequence of Element
        The parsed sentence.
    context : Context
        What it inherits.
    first : int
        Position that its first statement will have in the paragraph.

    Returns
    -------
    list of Statement, Context
        One per figure, and the context after the last.
    """
    found: list[Statement] = []
    for at, element in enumerate(elements):
        if isinstance(element, Separator):
            works = element.kind == "COLON" and at > 0 and _names_works(elements[at - 1])
            context = replace(context.after(element.kind), project=context.project or works)
        elif isinstance(element, Remark):
            context = _pass(element, context)
        elif isinstance(element, Nested):
            found += _read_nested(element, context, first + len(found))
        else:
            new, context = _read_figure(element, context, elements[at + 1 :], first + len(found))
            found += new
    return found, context


def _foretells(clause: Clause) -> bool:
    """专家预测…: what somebody expects is nothing that the plan orders."""
    return any(word in clause.text for word in lexicon().words["foretelling"])


def _names_works(element: Element) -> bool:
    """东港海上风电项目：装机20万千瓦: what follows describes one project."""
    words = "".join(piece.text for piece in element.before) if isinstance(element, Remark) else ""
    return words.endswith(lexicon().words["works"])


def _pass(remark: Remark, context: Context) -> Context:
    clause = sort_words(remark.before)
    inner = enter(clause, context)
    if clause.own and remark.before[-1].kind == "TIME":  # 《方案》提出，力争到2025年，
        inner = inner.with_times(clause.own)
    words = clause.subject + clause.doing
    subject = TREND.sub("", clause.subject)
    named = normalise(subject).text
    return replace(
        inner,
        telling=inner.telling or _foretells(clause),
        subject=subject if named and has_measure(named) else inner.subject,
        bases=clause.bases or inner.bases,
        strength=clause.strength if not words else "",
        doing=clause.doing or inner.doing,
        parting=inner.parting or clause.parting,
        thing=clause.subject if clause.doing else inner.thing,
    )


def _read_nested(nested: Nested, context: Context, first: int) -> list[Statement]:
    """Brackets tell a part (其中…), another year (2030年…), or only explain."""
    figures = [element for element in nested.elements if isinstance(element, Figure)]
    clauses = [sort_words(figure.before) for figure in figures]
    telling = any(clause.parting or clause.leading or clause.own for clause in clauses)
    begins = [sort_words(e.before) for e in nested.elements if isinstance(e, Remark)]
    telling = telling or any(clause.parting for clause in begins)
    if not telling and _sums_up(figures, context):
        context, telling = replace(context, parting=True), True
    found, _ = read_sentence(nested.elements, context, first)
    return found if telling else [replace(s, kind="note") if s.kind == "target" else s for s in found]


def _goes_on_as(figure: Figure, clause: Clause, context: Context) -> str:
    """Words that a later clause without a name of its own speaks of."""
    if clause.subject:
        return (clause.doing if _keeps_deed(clause, figure) else "") + clause.subject
    counted = bool(figure.amounts) and figure.amounts[0].value.quantity_kind == "count"
    return context.thing if counted else context.subject


def _sums_up(figures: Sequence[Figure], context: Context) -> bool:
    """5万个（公用1.5万个、专用0.5万个、私人3万个）: several figures in one unit that do not exceed the whole are its parts."""
    amounts = [figure.amounts[0].value.quantity for figure in figures if len(figure.amounts) == 1]
    whole = context.whole_quantity
    parts = [part for part in amounts if part is not None]
    if whole is None or len(parts) < FEWEST_PARTS or len(parts) != len(figures):
        return False
    return all(part.unit == whole.unit for part in parts) and sum(part.value for part in parts) <= whole.value


def _read_figure(figure: Figure, context: Context, rest: Sequence[Element], first: int) -> tuple[list[Statement], Context]:
    clause, figure = _held_at(_multiplied(_annotated(sort_words(figure.before), rest), figure), figure)
    inner = enter(clause, context)
    inner = replace(inner, telling=True) if _foretells(clause) else inner
    if figure.form == "whole":
        reading = _read_whole(figure, clause, inner)
    else:
        reading = _read_covered(figure, clause, inner) or _read_amounts(figure, clause, inner, rest)
    statements = assemble(reading)
    parting = reading.part_of is not None
    named = bool(clause.subject) and not parting
    fresh = bool(clause.own) and inner.year_from != "sentence"
    listed = clause.own or inner.times
    going = listed[1:] if clause.each and len(figure.amounts) == 1 and len(listed) > 1 and len(statements) == 1 else ()
    return statements, replace(
        inner,
        times=going or (clause.own if fresh else inner.times),
        year_from="sentence" if fresh else inner.year_from,
        subject=_goes_on_as(figure, clause, inner) if named or inner.thing else inner.subject,
        bases=clause.bases or inner.bases,
        whole=inner.whole if parting else first + max(len(statements) - 1, 0),
        whole_name=inner.whole_name if parting else statements[-1].name if statements else reading.name.text,
        whole_quantity=inner.whole_quantity if parting or not statements else statements[-1].quantity,
        whole_counting=inner.whole_counting if parting else reading.name.counting or reading.counting,
        last=reading.name.text,
        parting=parting,
        doing=clause.doing or inner.doing,
        cumulative=clause.cumulative or inner.cumulative,
        strength="",
        thing="",
        names=(*context.names, *(statement.name for statement in statements))[-MOST_NAMES:],
        held=any(statement.kind == "target" for statement in statements),
    )


def _annotated(clause: Clause, rest: Sequence[Element]) -> Clause:
    """A clause with the year or base that stands alone in brackets behind its figure: 300万千瓦（2025年）."""
    if not rest or not isinstance(rest[0], Nested):
        return clause
    told = [sort_words(element.before) for element in rest[0].elements if isinstance(element, Remark)]
    if len(told) != 1 or told[0].subject or len(rest[0].elements) != 1:
        return clause
    times = (*told[0].leading, *told[0].own)
    return replace(clause, own=times or clause.own, bases=told[0].bases or clause.bases)


def _held_at(clause: Clause, figure: Figure) -> tuple[Clause, Figure]:
    """控制水泥熟料产能在18亿吨: a verb that stands around the name, joined before its figure."""
    found = HELD.fullmatch(clause.subject) if figure.verb is None and figure.form == "level" else None
    if found is None:
        return clause, figure
    at = figure.amounts[0].value.start
    verb = Piece("REACH", found["verb"] + found["at"], at - 1, at)
    return replace(clause, subject=found["name"]), replace(figure, verb=verb)


def _multiplied(clause: Clause, figure: Figure) -> Clause:
    """产值达到180亿元，是2025年的1.8倍: the year is the one that is multiplied, the thing is the one before."""
    if not figure.amounts or not figure.amounts[0].value.text.endswith("倍") or clause.subject not in BEING:
        return clause
    bases = tuple(Base(time.year, f"{time.year}年") for time in clause.own)
    return replace(clause, subject="", own=(), leading=(), bases=bases or clause.bases)


def _read_whole(figure: Figure, clause: Clause, context: Context) -> Reading:
    verb = figure.verb
    subject = clause.doing + clause.subject if clause.subject else ""
    subject, elided = (subject, ()) if subject else (context.subject, ("elided_head",))
    if verb is not None and verb.kind == "COVER":
        thing = "".join(piece.text for piece in figure.tail) if verb.text.startswith("应") else ""
        name = name_cover(subject + thing, verb.text)
    else:
        state = find_state((*_verb_of_all(verb), *figure.tail))
        name = name_share(subject, state) if state is not None else Name("")
    return Reading(figure, clause, context, name, ("implied", *elided), None, implied=True)


def _read_covered(figure: Figure, clause: Clause, context: Context) -> Reading | None:
    """实现11个设区市国家森林城市全覆盖: the number belongs to the group, and all of it is meant."""
    cover = next((piece for piece in figure.tail if piece.kind == "COVER"), None)
    if cover is None or len(figure.amounts) != 1 or figure.amounts[0].value.quantity_kind != "count":
        return None
    words = "".join(piece.text for piece in figure.tail if piece.start < cover.start)
    name = name_cover(clause.subject + words, cover.text)
    verb = replace(cover, kind="COVER")
    return Reading(replace(figure, verb=verb), clause, context, name, ("implied",), None, implied=True)


def _verb_of_all(verb: Piece | None) -> tuple[Piece, ...]:
    """全部完成 holds the verb 完成."""
    return () if verb is None or len(verb.text) < 3 else (Piece("WORDS", verb.text[2:], verb.start + 2, verb.end),)


def _read_amounts(figure: Figure, clause: Clause, context: Context, rest: Sequence[Element]) -> Reading:
    part_of = context.whole if clause.parting or _goes_on_parting(figure, clause, context) else None
    counting = _counting(figure, clause, context)
    if part_of is not None:
        return Reading(
            figure, clause, context, _part_name(figure, clause, context), ("composed_name",), counting, part_of=part_of
        )
    shared = _share_name(figure, clause, context, rest) or _held_name(figure, clause)
    if shared is not None:
        return Reading(figure, clause, context, shared, ("composed_name",), counting)
    state = find_state(figure.tail) if _counts_group(figure, clause) else None
    if state is not None:
        group = Name(f"{state.verb}{state.thing}的{state.group}")
        return Reading(figure, clause, context, group, ("composed_name",), counting, state=True)
    heads = _referred(figure, clause, context)
    if heads:
        return Reading(figure, clause, context, Name(heads[-1]), ("composed_name",), counting, heads=heads)
    subject, remarks = _subject(figure, clause, context, rest)
    return Reading(figure, clause, context, normalise(subject, members=len(figure.amounts) > 1), remarks, counting)


def _part_name(figure: Figure, clause: Clause, context: Context) -> Name:
    """Name of a part; a share of a whole that is an amount says of what it is one (其中清洁能源占60%)."""
    part, whole = normalise(clause.doing + clause.subject), context.whole_quantity
    share = figure.form == "level" and bool(figure.amounts) and figure.amounts[0].value.quantity_kind == "share"
    if share and part.text and whole is not None and whole.kind != "share":
        return Name(f"{part.text.removesuffix('占')}占{context.whole_name}比重", part.scope, part.counting)
    return Name(name_part(part.text, context.whole_name), part.scope, part.counting or context.whole_counting)


def _subject(figure: Figure, clause: Clause, context: Context, rest: Sequence[Element]) -> tuple[str, tuple[str, ...]]:
    """Words of the name: own ones, those behind the figure (建设20家平台), or those of the clause before."""
    own = clause.subject
    tail = _tail(figure, rest)
    if _does(figure) and tail and normalise(own).text:
        return tail, ()
    if names_thing(figure) and (clause.doing or context.doing):
        own += figure.verb.text if figure.verb is not None else ""
    deed = clause.doing or context.doing
    done = figure.verb is None or figure.verb.text in lexicon().groups["do"]["result"]
    deed = deed or (figure.verb.text if figure.verb is not None and done else "")
    if (clause.doing or deed) and not normalise(own).text and tail and done:
        return (clause.doing if _keeps_deed(clause, figure) else "") + own + tail, ()
    again = clause.cumulative and not own and clause.doing in lexicon().groups["do"]["keep"] and context.subject
    if again or not normalise((clause.doing if _keeps_deed(clause, figure) else "") + own).text:
        counted = bool(figure.amounts) and figure.amounts[0].value.quantity_kind == "count"
        if counted and context.thing:
            return context.thing, ("elided_head", "composed_name")
        subject = MEAN.sub("", context.subject)
        return (YEARLY.sub("", subject) if clause.cumulative or context.cumulative else subject), ("elided_head",)
    if own and context.subject.endswith(own):
        return context.subject, ()
    if own.startswith("占") and context.last and has_measure(own):
        return context.last + own, ("composed_name",)
    if _lacks_measure(figure, own) and has_measure(context.last):
        place = normalise(own).text
        return place + context.last.removeprefix("其他"), ("composed_name", "weak_name")
    if is_bare_measure(normalise(own).text) and (context.thing or context.last):
        return (context.thing or context.last) + normalise(own).text, ("composed_name",)
    name = (clause.doing if _keeps_deed(clause, figure) else "") + own
    inherited = inherit_denominator(normalise(name).text, normalise(context.subject).text) if figure.form == "change" else ""
    if inherited and inherited != normalise(name).text:
        return inherited, ("composed_name",)
    return name, ()


def _lacks_measure(figure: Figure, own: str) -> bool:
    """高海拔乡达到50%: a share of something that the clause before has named; this one only says where."""
    share = bool(figure.amounts) and figure.amounts[0].value.quantity_kind == "share" and figure.form == "level"
    said = figure.verb is not None or bool(figure.amounts and figure.amounts[0].bounds)
    return share and said and not figure.tail and normalise(own).text.endswith(GROUPS)


def _tail(figure: Figure, rest: Sequence[Element]) -> str:
    """The thing behind a number; of 30个特色鲜明、差异化发展的试点城市 the noun that the qualities belong to."""
    text = "".join(piece.text for piece in figure.tail).strip("的、")
    goes_on = len(rest) > 1 and rest[0] == Separator("DUN") and isinstance(rest[1], Remark)
    if goes_on and "的" not in text and isinstance(rest[1], Remark):
        more = "".join(piece.text for piece in rest[1].before)
        text = f"{text}、{more}" if "的" in more else text
    _, joint, noun = text.rpartition("的")
    return noun if joint and len(noun) > 2 else text


def _referred(figure: Figure, clause: Clause, context: Context) -> tuple[str, ...]:
    """Names that are only referred to: 上述三项指标分别达到…, 该比例提高到…, 2030年分别提升到60%、100%."""
    count, names = len(figure.amounts), tuple(dict.fromkeys(context.names))
    if not names:
        return ()
    if THAT.fullmatch(clause.subject):
        return names[-1:]
    again = not clause.subject and clause.each and count > 1 and len(clause.own or clause.leading or context.times) < 2
    return names[-count:] if (again or REFERENCE.fullmatch(clause.subject)) and len(names) >= count else ()


def _counts_group(figure: Figure, clause: Clause) -> bool:
    """60个左右大中城市率先建成回收体系: a number of members that attain a state, with nothing before it."""
    kind = figure.amounts[0].value.quantity_kind if len(figure.amounts) == 1 else ""
    return kind == "count" and figure.verb is None and not clause.doing and not normalise(clause.subject).text


def _does(figure: Figure) -> bool:
    """Whether a deed stands right before a number of things: 各园区建成20个零碳工厂."""
    kind = figure.amounts[0].value.quantity_kind if figure.amounts else ""
    return kind == "count" and figure.verb is not None and figure.verb.text in lexicon().listed("do")


def _keeps_deed(clause: Clause, figure: Figure) -> bool:
    """Whether the deed belongs to the name: 新增…占比, 淘汰落后产能, 建成及在建…"""
    words = lexicon()
    joined = clause.doing + clause.subject
    if any(joined.startswith(word) for word in words.listed("counting")):
        return True
    if clause.doing.endswith(words.groups["do"]["keep"]):
        return True
    rate = bool(figure.amounts) and figure.amounts[0].value.quantity_kind in ("share", "bare")
    return clause.doing.endswith(words.words["new"]) and (rate or figure.form == "whole")


def _counting(figure: Figure, clause: Clause, context: Context) -> str | None:
    words, verb = lexicon().words, figure.verb.text if figure.verb is not None else ""
    going_on = context.cumulative and clause.subject != "" and not clause.doing
    if clause.cumulative or going_on or verb.startswith(words["cumulative"]):
        return "cumulative"
    rate = bool(figure.amounts) and figure.amounts[0].value.quantity_kind in ("share", "bare")
    deed = verb or clause.doing or context.doing
    return "new" if deed.endswith(words["new"]) and not rate else None


def _goes_on_parting(figure: Figure, clause: Clause, context: Context) -> bool:
    """A list of parts goes on as long as no verb and no whole name of its own begins."""
    if not context.parting or context.whole is None or clause.leading or not clause.subject:
        return False
    return figure.verb is None and not clause.doing and not any(amount.bounds for amount in figure.amounts)


def _share_name(figure: Figure, clause: Clause, context: Context, rest: Sequence[Element]) -> Name | None:
    if len(figure.amounts) != 1 or figure.amounts[0].value.quantity_kind != "share" or figure.form != "level":
        return None
    tail = list(figure.tail)
    cover = next((piece for piece in tail if piece.kind == "COVER"), None)
    if cover is not None:
        return name_cover(clause.subject or context.subject, cover.text)
    if figure.verb is not None and figure.verb.text not in ("实现", "完成"):
        return None
    state = find_state(tail) or _shared_state(tail, rest)
    if state is None and tail:
        more = _continuation(rest)
        state = find_state([*tail, _PAUSE, *more]) if more else None
    said = "".join(piece.text for piece in tail)
    if state is None and BECOMING.fullmatch(said) and clause.subject:
        return Name(normalise(clause.subject).text + said + "率")
    if state is None and said[:1] == "的":
        return name_held(clause.subject, tail)
    return name_share(clause.doing + clause.subject, state) if state is not None else None


def _shared_state(tail: Sequence[Piece], rest: Sequence[Element]) -> State | None:
    """75%的国家级园区和50%的省级园区开展循环化改造: the state stands behind the second share."""
    if not tail or len(rest) < 2 or rest[0] != Separator("DUN") or not isinstance(rest[1], Figure) or rest[1].before:
        return None
    state = find_state(rest[1].tail)
    return replace(state, group="".join(piece.text for piece in tail).strip("的")) if state is not None else None


def _held_name(figure: Figure, clause: Clause) -> Name | None:
    """具备100万千瓦时新型储能调节能力: an ability that is had, with its size before it."""
    if len(figure.amounts) != 1 or figure.amounts[0].value.quantity_kind != "measure" or not figure.tail:
        return None
    verb = figure.verb.text if figure.verb is not None else ""
    named = name_held(clause.doing + clause.subject + verb, figure.tail)
    return named if named.text else None


def _continuation(rest: Sequence[Element]) -> tuple[Piece, ...]:
    """What goes on behind a mark: more members of the group (的A、B、C泊位), then a verb (，具备…的能力)."""
    group: tuple[Piece, ...] = ()
    if len(rest) > 1 and rest[0] == Separator("DUN") and isinstance(rest[1], Remark):
        group, rest = rest[1].before, rest[2:]
    if len(rest) > 1 and rest[0] == Separator("COMMA") and isinstance(rest[1], Remark):
        pieces = rest[1].before
        if begins_with_state("".join(piece.text for piece in pieces)):
            return (*group, *pieces)
    return group
