"""Targets that are no rows: counted by the kind of reason, and named.

Invariant: a target is a row, or stands here with the reason why it is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from dafeng.core.findings import Finding
from dafeng.core.labels import Label
from dafeng.work.target_reasons import Lacking, Reason, read_reasons
from dafeng.work.target_rows import Gathered


def find_lacking(lacking: Sequence[Lacking], gathered: Gathered, *, doubtful: int) -> tuple[Finding, ...]:
    """Targets that are no rows, counted and named.

    Parameters
    ----------
    lacking : sequence of Lacking
        The targets.
    gathered : Gathered
        Those that are rows.
    doubtful : int
        Sets of linear pictures that the model did not confirm.

    Returns
    -------
    tuple of Finding
        One for the plan, one for the plans above it, one for each reason; empty where nothing lacks.
    """
    found: list[Finding] = []
    for above in (False, True):
        own = [one for one in lacking if one.above == above]
        if own:
            rows = sum(one.goal.address.startswith("above/") == above for one in gathered.asked)
            found.append(_counted(own, rows, above=above))
    if doubtful:
        zh = f"线性图景中有 {doubtful} 组冲突未得到模型证实，已略去"
        en = f"{doubtful} clashing sets of linear pictures were not confirmed by the model and are left out"
        found.append(Finding("reconcile.doubtful", "plan", "info", Label(zh, en), Label("无须处理", "nothing to do")))
    return tuple(found)


def _counted(lacking: Sequence[Lacking], rows: int, *, above: bool) -> Finding:
    whose = Label("上级方案", "plans above the city") if above else Label("本方案", "the plan")
    told = [(reason, [one.label for one in lacking if one.reason.kind == reason.kind]) for reason, _ in _kinds(lacking)]
    zh = "；".join(f"{why.label.zh} {len(of)} 个（{'、'.join(dict.fromkeys(one.zh for one in of))}）" for why, of in told)
    en = "; ".join(f"{why.label.en}: {len(of)} ({', '.join(dict.fromkeys(one.en for one in of))})" for why, of in told)
    total = rows + len(lacking)
    return Finding(
        rule="reconcile.not_in_rows",
        at="above" if above else "plan",
        severity="info",
        says=Label(
            f"{whose.zh}的 {total} 个目标中 {rows} 个成为约束，{len(lacking)} 个没有：{zh}",
            f"of {total} targets of {whose.en}, {rows} are rows and {len(lacking)} are not: {en}",
        ),
        remedy=Label(
            "在 data/consistency/views.yaml 中补对应关系，或补充数据",
            "map them in data/consistency/views.yaml, or add what is missing",
        ),
    )


def _kinds(lacking: Sequence[Lacking]) -> list[tuple[Reason, int]]:
    return read_reasons().count(lacking)
