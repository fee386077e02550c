"""Whether a figure is a target, and if not, what it is.

Invariant: a figure is a target only with a year ahead (or an announced goal), a name, and no word that makes it a past
value, a rule, a quota or the size of a project.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dafeng.plans.clause import Clause
from dafeng.plans.context import Context
from dafeng.plans.lexicon import lexicon
from dafeng.plans.naming import has_coefficient, has_measure
from dafeng.plans.pieces import Quantity, Time
from dafeng.plans.statements import Kind, YearFrom

EACH_ABOVE = re.compile(r"单[机体台个站][^，。；]{0,14}?(?:及以上|以上|及以下|以下)")
"""单机30万千瓦及以上: which ones are meant, not the size of a project."""
NO_NAMES = frozenset({"", "是", "为", "即", "约", "达"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against a target.

    Parameters
    ----------
    name : str
        Normalised name.
    quantity : Quantity
        The figure.
    time : Time or None
        Its year.
    year_from : YearFrom
        Where the year stands.
    verb : bool
        Whether a verb of reaching or changing, or a bound, stands at the figure.
    reached : bool
        Whether a verb of reaching or changing stands there, not only a bound.
    attained : bool
        Whether that verb says that a level is attained (达到) rather than a deed done (完成).
    process : bool
        Whether the deed is one that goes on (建设) rather than a result (建成).
    deed : bool
        Whether there is a deed at all.
    text : str
        Words of the clause, for looking up notes.
    """

    name: str
    quantity: Quantity
    time: Time | None
    year_from: YearFrom
    verb: bool
    reached: bool
    attained: bool
    process: bool
    deed: bool
    text: str


def judge_kind(evidence: Evidence, clause: Clause, context: Context) -> Kind:
    """Kind of a figure.

    Parameters
    ----------
    evidence : Evidence
        What was read of it.
    clause : Clause
        The words before it.
    context : Context
        Context of its clause.

    Returns
    -------
    Kind
        ``target`` or the reason why not.
    """
    if _is_done(evidence, clause, context):
        return "achieved"
    if clause.modal and not _is_ordered(evidence):
        return "threshold"
    if _is_rule(evidence, clause, context) or (context.lawful and not _is_ordered(evidence)):
        return "threshold"
    noted = "project" if context.project and evidence.year_from not in ("own", "sentence") else _noted(evidence)
    if noted is not None:
        return noted
    if evidence.name in NO_NAMES or evidence.name.startswith(("比", "较")):
        return "unnamed"
    if evidence.quantity.kind == "bare" and not has_coefficient(evidence.name):
        return "number"
    return "target" if _is_dated(evidence, clause, context) else "undated"


def _is_done(evidence: Evidence, clause: Clause, context: Context) -> bool:
    time = evidence.time
    if context.telling:
        return True
    if time is None:
        return context.past and not clause.strength
    if not context.era.is_past(time) or _beside_future(time, clause, context):
        return context.past and not clause.own
    hoped = bool(clause.strength) and (context.era.now is None or time.year > context.era.now)
    title = context.era.title
    before = title is not None and title.first is not None and time.year < title.first
    said = evidence.reached and not evidence.attained  # 2021年，回收率为35%: how it was
    return not (hoped or (context.aimed and time.kind == "plain" and not clause.past and not before and not said))


def _beside_future(time: Time, clause: Clause, context: Context) -> bool:
    """2023年、2025年、2030年分别达到…: plainly named years go with the first that is surely ahead."""
    listed = clause.own or clause.leading or context.times
    return context.era.now is None and time.kind == "plain" and time in listed and not all(map(context.era.is_past, listed))


def _is_rule(evidence: Evidence, clause: Clause, context: Context) -> bool:
    """新建项目供电煤耗不高于270克标准煤: only a bound, in a sentence without year and strength."""
    bounded = evidence.verb and not evidence.reached and not evidence.deed
    bounded = bounded and any(word in evidence.name for word in lexicon().words["ruling"])
    return bounded and not clause.strength and not context.held and evidence.year_from not in ("own", "sentence")


def _is_ordered(evidence: Evidence) -> bool:
    """到2027年，绿色建筑占比需达到100%: with a year to reach it, what must be is a target, but for what must not be."""
    dated = evidence.year_from in ("own", "sentence") and evidence.time is not None and evidence.time.kind == "until"
    said = evidence.attained or "达到" in evidence.text
    return dated and said and not any(word in evidence.text for word in lexicon().words["forbidding"])


def _noted(evidence: Evidence) -> Kind | None:
    words = lexicon().words
    money = "元" in evidence.quantity.unit or evidence.quantity.kind == "share"
    if any(word in evidence.text for word in (*words["quota"], *(words["subsidy"] if money else ()))):
        return "quota"
    text = EACH_ABOVE.sub("", evidence.text)
    if any(word in text for word in words["project"]):
        return "project"
    if evidence.quantity.kind == "count" and evidence.name in words["works_at_large"]:
        return "slogan"
    if evidence.quantity.kind == "count" and not evidence.attained and evidence.name.endswith(words["slogan_counts"]):
        return "slogan"
    done = evidence.deed and not evidence.process
    if evidence.quantity.kind == "measure" and not evidence.verb and not done and evidence.name.endswith(words["works"]):
        return "project"
    if evidence.name.startswith(words["remarking"]):
        return "note"
    if evidence.quantity.unit in words["duration_units"] and not evidence.verb:
        return "note"
    return None


def _is_dated(evidence: Evidence, clause: Clause, context: Context) -> bool:
    """An own year is enough; a year from afar needs a firmer statement."""
    if evidence.quantity.kind == "bare" and evidence.year_from in ("paragraph", "heading") and not evidence.reached:
        return False
    firm = evidence.verb or bool(clause.strength) or context.held or (has_measure(evidence.name) and not evidence.process)
    if evidence.year_from in ("own", "sentence"):
        return evidence.verb or evidence.deed or evidence.quantity.kind != "count" or len(evidence.name) > 1
    if evidence.year_from in ("paragraph", "heading"):
        return firm or (evidence.deed and not evidence.process)
    if evidence.year_from == "title":
        stated = evidence.verb or context.held or (evidence.deed and not evidence.process)
        annual = context.era.title is not None and context.era.title.period is None
        built = evidence.deed and evidence.quantity.kind == "measure" and (clause.cumulative or "五年" in evidence.text)
        return stated and (annual or built or has_measure(evidence.name) or bool(clause.bases))
    return bool(context.aimed and evidence.verb and has_measure(evidence.name))
