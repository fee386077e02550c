"""What a comparison of plans says, in both languages.

Invariant: a sentence holds only numbers of its row; every standing, obstacle and aspect has a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal

from dafeng.core.labels import Label
from dafeng.plans.alignment import Obstacle
from dafeng.plans.contrast import Aspect, Contrast, Difference, Relation, Standing, is_extensive
from dafeng.work.parties import Party
from dafeng.work.tracing import number_text

STANDING_WORDS: Mapping[Standing, Label] = {
    "stricter": Label("更严", "stricter"),
    "looser": Label("更宽", "looser"),
    "equal": Label("相同", "equal"),
    "not_comparable": Label("不可比", "not comparable"),
    "missing": Label("缺少", "missing"),
    "added": Label("独有", "own only"),
    "delegated": Label("由上级下达", "delegated"),
}
OBSTACLE_WORDS: Mapping[Obstacle, Label] = {
    "value": Label("一方没有数值", "one has no figure"),
    "unit": Label("单位不同类", "the units measure different things"),
    "base": Label("基期不同", "the bases differ"),
    "direction": Label("一升一降", "one rises, the other falls"),
    "counting": Label("口径不同", "they count differently"),
    "scope": Label("范围不同", "the scopes differ"),
    "period": Label("时期不同", "the periods differ"),
    "year": Label("年份不同", "they are due in different years"),
    "extensive": Label("总量指标，不能跨地区比较", "a total that adds up over places"),
    "side": Label("无从判断哪一边更严", "which side is stricter cannot be told"),
    "range": Label("区间相互交错", "the ranges overlap crosswise"),
}
ASPECT_WORDS: Mapping[Aspect, Label] = {
    "comparator": Label("措辞", "wording"),
    "strength": Label("力度", "strength"),
    "nature": Label("约束性、预期性", "binding or expected"),
    "name": Label("名称", "name"),
    "clause": Label("条款", "clause"),
    "organisations": Label("责任单位", "organisations"),
    "title": Label("标题", "title"),
    "number": Label("序号", "number"),
    "roles": Label("牵头、配合", "lead and support"),
    "year": Label("年份", "year"),
}
RELATION_WORDS: Mapping[Relation, Label] = {
    "version": Label("同一方案的另一文本", "another text of the plan"),
    "level": Label("上下级", "another level"),
    "peer": Label("其他地区", "another place"),
}
SHORT = Context(prec=4)
"""Digits of a gap or a share in a sentence; the row itself keeps all."""


def explain_cell(cell: Contrast, mine: Party, other: Party) -> Label:
    """One sentence on how two plans stand to one another in a target.

    Parameters
    ----------
    cell : Contrast
        The targets.
    mine, other : Party
        The plan that is judged, and the one it is judged against.

    Returns
    -------
    Label
        The sentence.
    """
    names = (mine.label, other.label)
    if cell.standing == "not_comparable":
        return _say_apart(cell, *names)
    if cell.standing in ("missing", "added", "delegated"):
        return _say_single(cell, *names, versions=other.relation == "version")
    return _say_judged(cell, other.label)


def explain_difference(difference: Difference) -> Label:
    """A difference of wording in a phrase.

    Parameters
    ----------
    difference : Difference
        The difference.

    Returns
    -------
    Label
        What differs and how.
    """
    word = ASPECT_WORDS[difference.aspect]
    one, two = (_member(difference.aspect, said) for said in (difference.left, difference.right))
    return Label(f"{word.zh}：{one.zh} / {two.zh}", f"{word.en}: {one.en} / {two.en}")


MEMBERS: Mapping[str, Label] = {
    "strive": Label("力争", "strive"),
    "ensure": Label("确保", "ensure"),
    "expect": Label("预计", "expect"),
    "binding": Label("约束性", "binding"),
    "expected": Label("预期性", "expected"),
    ">=": Label("以上", "at least"),
    ">": Label("超过", "more than"),
    "<=": Label("以内", "at most"),
    "<": Label("低于", "less than"),
    "~": Label("左右", "about"),
    "=": Label("等于", "exactly"),
}


def _member(aspect: Aspect, said: str) -> Label:
    if not said:
        return Label("未写", "nothing")
    return MEMBERS[said] if aspect in ("strength", "nature", "comparator") and said in MEMBERS else Label(said, said)


def _say_judged(cell: Contrast, other: Label) -> Label:
    line = f"（按直线折算到{cell.line_year}年）" if cell.line_year else ""
    bent = f" (along a straight line, in {cell.line_year})" if cell.line_year else ""
    if cell.standing == "equal":
        return Label(f"与{other.zh}相同{line}", f"the same as {other.en}{bent}")
    word = STANDING_WORDS[cell.standing]
    gap = _gap(cell)
    return Label(f"比{other.zh}{word.zh}，相差{gap.zh}{line}", f"{word.en} than {other.en} by {gap.en}{bent}")


def _gap(cell: Contrast) -> Label:
    unit = cell.left.unit if cell.left is not None else ""
    size = number_text(SHORT.plus(abs(cell.gap or Decimal(0))))
    if unit == "%":
        return Label(f"{size}个百分点", f"{size} percentage points")
    return Label(f"{size}{unit}", f"{size} {unit}".strip())


def _say_apart(cell: Contrast, mine: Label, other: Label) -> Label:
    words = [OBSTACLE_WORDS[name] for name in cell.obstacles]
    zh, en = "；".join(word.zh for word in words), "; ".join(word.en for word in words)
    if cell.share is None:
        return Label(f"不可比：{zh}", f"not comparable: {en}")
    part = number_text(SHORT.plus(cell.share * 100))
    return Label(f"不可比：{zh}；{mine.zh}为{other.zh}的{part}%", f"not comparable: {en}; {mine.en} has {part}% of {other.en}")


def _say_single(cell: Contrast, mine: Label, other: Label, *, versions: bool) -> Label:
    holder, lacking = (other, mine) if cell.left is None else (mine, other)
    if cell.standing == "delegated":
        return Label(
            f"{lacking.zh}写明完成上级下达的任务，{holder.zh}给出数值",
            f"{lacking.en} leaves it to the level above; {holder.en} has a figure",
        )
    zh, en = f"{holder.zh}有，{lacking.zh}没有", f"{holder.en} has it, {lacking.en} has not"
    if versions:
        zh, en = (
            (f"{mine.zh}新增", f"new in {mine.en}") if cell.right is None else (f"{mine.zh}已删去", f"no longer in {mine.en}")
        )
    target = cell.left or cell.right
    if cell.standing == "missing" and target is not None and not versions and is_extensive(target, cell.indicator):
        zh, en = f"{zh}（总量指标，未分解）", f"{en} (a total, not broken down)"
    if cell.goal is not None:
        zh, en = f"{zh}；仅有“{cell.goal.text}”，无数值", f"{en}; only “{cell.goal.text}”, without a figure"
    return Label(zh, en)
