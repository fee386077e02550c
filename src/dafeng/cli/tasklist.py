"""What ``list-tasks`` prints.

Invariant: a proposal stands beside the word that says so; JSON and table say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dafeng as df
from dafeng.cli.printing import console, finding_rows, grid, print_json, say
from dafeng.core.labels import Label, Language

if TYPE_CHECKING:
    from dafeng.plans.agreement import Agreement, Basis
    from dafeng.plans.tasklist import ListedTask

STATES: Mapping[str, Label] = {
    "stated": Label("方案明确", "stated"),
    "proposed": Label("系统建议", "proposed"),
    "none": Label("未明确", "none"),
}
"""Whose word the organisations are."""
BASES: Mapping[Basis, Label] = {
    "whole": Label("全表", "whole table"),
    "left_out": Label("逐项剔除只由该任务得出的职责", "each task without rows that only it shows"),
    "without": Label("不用任何由方案得出的职责", "without rows concluded from plans"),
}
"""Which rows of the table were used."""


def show_tasks(listed: df.TaskList, language: Language, *, as_json: bool) -> None:
    """Print a task list.

    Parameters
    ----------
    listed : TaskList
        The list.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    if as_json:
        print_json(df.task_document(listed))
        return
    heads = say(
        language,
        "编号 领域 任务 措施 目标 时限 状态 牵头 配合或责任",
        "id field task measures targets due state lead support|responsible",
    )
    title = f"{listed.document.title} · {say(language, '重点任务清单', 'key tasks')}"
    out = console()
    out.print(grid(title, heads.split(), [_row(one, language) for one in listed.tasks], right=(3, 4)))
    version = listed.duties.sha256[:12]
    proposed = sum(one.state == "proposed" for one in listed.tasks)
    if proposed:
        zh = f"{proposed} 项任务的单位是系统按部门职责表（版本 {version}）提出的建议，不是方案的规定"
        en = (
            f"organisations of {proposed} tasks are proposals from the table of duties (version {version}), no word of the plan"
        )
        out.print(say(language, zh, en))
    if listed.findings:
        heads = say(language, "级别 位置 问题 处理", "severity place problem remedy")
        out.print(grid(say(language, "发现", "findings"), heads.split(), finding_rows(listed.findings, language)))


def show_agreement(found: Sequence[Agreement], language: Language, *, as_json: bool) -> None:
    """Print how proposals agree with a plan that names its organisations.

    Parameters
    ----------
    found : sequence of Agreement
        One per basis.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    if as_json:
        print_json([{**asdict(one), "precision": one.precision, "recall": one.recall} for one in found])
        return
    heads = say(
        language,
        "所用职责 任务 明确的单位 表中有的 建议的单位 相合 查准率 查全率 有牵头建议 建议牵头在明确单位中 且排第一",
        "duties tasks stated in_table proposed hits precision recall with_lead lead_stated lead_first",
    )
    title = say(language, "建议与方案的比对（任务 × 单位）", "proposals against the plan (task × organisation)")
    rows = [[BASES[one.basis].read(language), *_figures(one)] for one in found]
    console().print(grid(title, heads.split(), rows, right=tuple(range(1, 11))))


def show_schedule(schedule: df.Schedule, language: Language, *, as_json: bool) -> None:
    """Print which task waits for which, and from when to when each goes.

    Parameters
    ----------
    schedule : Schedule
        The schedule.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    from dafeng.work.schedule_rows import tell_place

    told = df.schedule_document(schedule)
    if as_json:
        print_json(told)
        return
    out = console()
    labels = {row["id"]: tell_place(row, language) for row in told["places"]}
    heads = say(language, "编号 任务 开始 完成 状态 缺少", "id task begins ends state lacking")
    titles = {one.listed.task.id: one.listed.task.title for one in schedule.tasks}
    rows = [_timed(row, titles, labels, language) for row in told["tasks"]]
    out.print(grid(f"{schedule.listed.document.title} · {schedule.day}", heads.split(), rows))
    heads = say(language, "在先 在后 关系 出自 余地（年） 依据", "first then relation origin spare[yr] ground")
    found = [_link(row, language) for row in told["links"]]
    out.print(grid(say(language, "依赖", "dependencies"), heads.split(), found, right=(4,)))
    if schedule.chain:
        zh, en = f"关键链（余地合计 {schedule.slack:g} 年）：", f"critical chain ({schedule.slack:g} yr to spare in sum): "
        out.print(say(language, zh, en) + " → ".join(schedule.chain))
    for one in schedule.warnings:
        out.print(f"! {one.task} ← {one.by}: {', '.join(one.troubles)}")
    if schedule.findings:
        heads = say(language, "级别 位置 问题 处理", "severity place problem remedy")
        out.print(grid(say(language, "发现", "findings"), heads.split(), finding_rows(schedule.findings, language)))


def show_tables(paths: Sequence[Path], language: Language, *, as_json: bool) -> None:
    """Print which empty tables were written.

    Parameters
    ----------
    paths : sequence of Path
        The files.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    if as_json:
        print_json([str(path) for path in paths])
        return
    for path in paths:
        console().print(say(language, f"已写 {path}", f"wrote {path}"))


def _timed(row: Mapping[str, Any], titles: Mapping[str, str], labels: Mapping[str, str], language: Language) -> list[str]:
    from dafeng.work.schedule_rows import tell_lacking

    ends = [row[side]["said"] if row[side] else "—" for side in ("begins", "ends")]
    return [row["id"], titles[row["id"]], *ends, labels[row["place"]], tell_lacking(row["lacking"], language) or "—"]


def _link(row: Mapping[str, Any], language: Language) -> list[str]:
    slack = "—" if row["slack"] is None else f"{'≤ ' if row['bound'] else ''}{row['slack']:g}"
    origin = say(language, "交付", "delivered") if row["origin"] == "delivered" else say(language, "推出", "derived")
    ground = row["source"] if row["origin"] == "delivered" else " ".join(row["grounds"])
    return [row["first"], row["second"], row["label"][language], origin, slack, ground]


def _figures(one: Agreement) -> list[str]:
    shares = ["—" if share is None else f"{share:.2f}" for share in (one.precision, one.recall)]
    counts = (one.tasks, one.stated, one.known, one.proposed, one.hits)
    return [*map(str, counts), *shares, *map(str, (one.leads, one.leads_named, one.leads_first))]


def _row(one: ListedTask, language: Language) -> list[str]:
    from dafeng.plans.duties import read_settings

    stated = [(own.organisation, own.role) for own in one.task.responsible]
    names = stated or [(candidate.organisation, candidate.role) for candidate in one.candidates]
    leads = "、".join(name for name, role in names if role == "lead")
    others = "、".join(name for name, role in names if role != "lead")
    return [
        one.task.id,
        read_settings().fields[one.field].read(language),
        one.task.title,
        str(len(one.measures)),
        str(len(one.targets)),
        "、".join(map(str, one.years)) or "—",
        STATES[one.state].read(language),
        leads or "—",
        others or (one.reason.read(language) if one.reason else "—"),
    ]
