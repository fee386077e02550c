"""What a reader of the plan must look at: figures that are no target for a weak reason, sentences not read, an empty plan.

Invariant: a figure in a dated sentence that became no target is told with its place and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.plans.certainty import least, rate
from dafeng.plans.lexicon import lexicon
from dafeng.plans.passages import Passage
from dafeng.plans.plan import Target, Task
from dafeng.plans.script import Script
from dafeng.plans.statements import Statement

WEAK: Mapping[str, Label] = {
    "unnamed": Label("没有找到指标名称", "no name of an indicator was found"),
    "number": Label("数字没有单位", "the number has no unit"),
    "undated": Label("没有找到年份", "no year was found"),
}
LOOK = Label("在核对页补充或确认", "complete or confirm it in the review")
MOST = 200
"""Most findings of one kind."""


def doubt_figures(name: str, passages: Sequence[Passage], *, most: int) -> tuple[Finding, ...]:
    """Findings on single figures and sentences.

    Parameters
    ----------
    name : str
        File name.
    passages : sequence of Passage
        What was read.
    most : int
        How many sentences are read at most; that many means that the rest was left out.

    Returns
    -------
    tuple of Finding
        At most two hundred.
    """
    found: list[Finding] = [_left_out(name, passages[-1])] if len(passages) >= most else []
    for passage in passages:
        if not passage.readable:
            found.append(_unread(name, passage))
        found += [_doubt(name, passage, s, why) for s in passage.statements if (why := _why(s)) is not None]
        if len(found) >= MOST:
            break
    return tuple(found[:MOST])


def doubt_document(name: str, scripts: Sequence[Script], targets: Sequence[Target], tasks: Sequence[Task]) -> Iterator[Finding]:
    """Findings on the document as a whole.

    Parameters
    ----------
    name : str
        File name.
    scripts : sequence of Script
        Its paragraphs.
    targets : sequence of Target
        What was found.
    tasks : sequence of Task
        What was found.

    Yields
    ------
    Finding
        Empty document, no target, no task, targets that match no indicator or need a review.
    """
    if not scripts:
        yield Finding(
            "plan.empty", name, "error", Label("文件没有文字", "the document has no text"), Label("检查文件", "check the file")
        )
        return
    if not targets:
        said = Label("没有读到有年份的数值目标", "no dated figure that is a target was found")
        yield Finding("plan.no_targets", name, "warning", said, Label("确认这是方案文件", "make sure that it is a plan"))
    if not tasks:
        said = Label("没有读到编号的任务", "no numbered task was found")
        yield Finding("plan.no_tasks", name, "info", said, Label("核对标题编号", "look at the numbers of the headings"))
    review = lexicon().certainty["review"]
    for target in targets:
        if target.certainty < review:
            yield _review(name, target)


def _why(statement: Statement) -> Label | None:
    dated = statement.year_from in ("own", "sentence")
    if statement.kind == "target" and rate(statement) < least():
        return Label("读法不确定", "the reading is not sure")
    return WEAK.get(statement.kind) if dated and not statement.implied else None


def _unread(name: str, passage: Passage) -> Finding:
    start, end = passage.script.span(passage.start, passage.end)
    said = Label("句子超出文法或过长，未读", "the sentence is outside the grammar or too long; it was not read")
    return Finding("plan.unread", f"{name}:{start}-{end}", "warning", said, LOOK)


def _left_out(name: str, last: Passage) -> Finding:
    _, end = last.script.span(last.start, last.end)
    said = Label(
        f"句子过多，第 {end} 个字符之后的数字未读", f"too many sentences: figures behind character {end} were not read"
    )
    return Finding("plan.too_long", f"{name}:{end}", "error", said, Label("拆分后再读", "split it and read the parts"))


def _doubt(name: str, passage: Passage, statement: Statement, why: Label) -> Finding:
    start, end = passage.script.span(statement.start, statement.end)
    figure = f"{statement.quantity.value}{statement.quantity.unit}"
    said = Label(f"{figure} 未作为目标：{why.zh}", f"{figure} was not taken as a target: {why.en}")
    return Finding("plan.doubtful_figure", f"{name}:{start}-{end}", "info", said, LOOK)


def _review(name: str, target: Target) -> Finding:
    at = f"{name}:{target.figure[0]}-{target.figure[1]}"
    said = Label(
        f"{target.id} {target.indicator} 的读法把握为 {target.certainty}（{target.reason}）",
        f"{target.id} {target.indicator} was read with certainty {target.certainty} ({target.reason})",
    )
    return Finding("plan.review", at, "info", said, LOOK)
