"""What each command prints of the result of its verb.

Invariant: a number is printed as the verb gave it, with its unit; JSON and table say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.text import Text

import dafeng as df
from dafeng.cli.plain import plain_text
from dafeng.cli.printing import console, counts_row, explanation_tree, grid, print_findings, print_json, say, show_verdict
from dafeng.core.findings import Finding
from dafeng.core.labels import Label, Language

Report = Callable[[Label, float], None]
SHOWN, WIDE = 4, 12
"""Levels and inputs of a number that are shown where nobody asks for all."""
DEEP = 8
"""Levels where all are asked for."""


@contextmanager
def progress(*, quiet: bool) -> Iterator[Report | None]:
    """A progress bar on the terminal.

    Parameters
    ----------
    quiet : bool
        Show nothing.

    Yields
    ------
    callable or None
        To be told about each step.
    """
    out = console()
    if quiet or not out.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(TextColumn("{task.description}", markup=False), BarColumn(), console=out, transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def tell(step: Label, share: float) -> None:
            bar.update(task, description=f"{step.zh} · {step.en}", completed=share)

        yield tell


def show_plan(plan: df.Plan, language: Language) -> None:
    """Print a plan.

    Parameters
    ----------
    plan : Plan
        What was read.
    language : {"zh", "en"}
        Language of the heads.
    """
    out = console()
    heads = say(language, "编号 指标 年份 比较 数值 单位 位置", "id indicator year side value unit position").split()
    rows = [
        [t.id, t.indicator, str(t.year or "—"), t.comparator, str(t.value), t.unit, f"{t.anchor.start}–{t.anchor.end}"]
        for t in plan.targets
    ]
    title = say(language, f"{plan.document.title}：{len(rows)} 个目标", f"{plan.document.title}: {len(rows)} targets")
    out.print(grid(title, heads, rows, right=(4,)))
    said = say(
        language,
        f"任务 {len(plan.tasks)} 项，责任单位 {len(plan.organisations)} 个，不含数值的目标 {len(plan.goals)} 个",
        f"{len(plan.tasks)} tasks, {len(plan.organisations)} organisations, {len(plan.goals)} goals without a figure",
    )
    out.print(said)
    print_findings(plan.findings, language)


def show_city(city: df.City, language: Language, *, as_json: bool) -> None:
    """Print what a city folder holds.

    Parameters
    ----------
    city : City
        The open city.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    lots, runs, plan = city.facts.lots(), city.runs.list(), city.read_plan()
    told = {
        "place": city.code,
        "label": {"zh": city.label.zh, "en": city.label.en},
        "year": city.year,
        "lots": len(lots),
        "facts": sum(lot.facts for lot in lots),
        "runs": [run.id for run in runs],
        "targets": len(plan.targets),
        "tasks": len(plan.tasks),
    }
    if as_json:
        print_json(told)
        return
    numbers = tuple(told[name] for name in ("lots", "facts", "targets", "tasks"))
    zh = "{}（{}）：批次 {}，事实 {}，目标 {}，任务 {}，运行 {}".format(city.label.zh, city.code, *numbers, len(runs))
    en = "{} ({}): {} lots, {} facts, {} targets, {} tasks, {} runs".format(city.label.en, city.code, *numbers, len(runs))
    console().print(say(language, zh, en))


def show_ingest(taken: df.Ingested, language: Language, *, as_json: bool) -> None:
    """Print what was taken in.

    Parameters
    ----------
    taken : Ingested
        Result of ``ingest``.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    if as_json:
        lot = taken.lot
        told = {
            "lot": lot.id if lot else None,
            "facts": lot.facts if lot else 0,
            "files": taken.files,
            "refused": taken.refused,
            "kept": dict(taken.kept),
            "left": dict(taken.left),
        }
        print_json({**told, "findings": [describe_finding(f) for f in taken.findings]})
        return
    facts = taken.lot.facts if taken.lot else 0
    zh = f"读取 {len(taken.files)} 个文件，新增事实 {facts} 条，拒收 {len(taken.refused)} 个文件"
    en = f"read {len(taken.files)} files, {facts} new facts, {len(taken.refused)} files refused"
    if taken.kept or taken.left:
        zh += f"；有错误的数按原报入库 {len(taken.kept)} 个，不入库 {len(taken.left)} 个"
        en += f"; of figures with errors {len(taken.kept)} as reported, {len(taken.left)} left out"
    console().print(say(language, zh, en))
    print_findings(taken.findings, language)


def show_findings(findings: tuple[Finding, ...], language: Language, *, as_json: bool) -> None:
    """Print findings.

    Parameters
    ----------
    findings : tuple of Finding
        What was found.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    if as_json:
        print_json({"findings": [describe_finding(f) for f in findings]})
    elif findings:
        print_findings(findings, language)
    else:
        console().print(say(language, "没有发现问题", "nothing found"))


def show_scores(scores: df.Scores, language: Language, *, as_json: bool) -> None:
    """Print indicator values.

    Parameters
    ----------
    scores : Scores
        Result of ``measure``.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    """
    rows = scores.table().to_pylist()
    if as_json:
        print_json({"scores": rows, "findings": [describe_finding(f) for f in scores.findings]})
        return
    heads = say(language, "指标 年份 数值 单位 依据 等级", "indicator year value unit basis grade").split()
    cells = [[r["indicator"], str(r["year"]), f"{r['value']:,.4g}", r["unit"], r["basis"], r["grade"]] for r in rows]
    console().print(grid(say(language, "指标", "indicators"), heads, cells, right=(2,)))
    print_findings(scores.findings, language)


def show_explanation(city: df.City, address: str, language: Language, *, depth: int | None, whole: bool, as_json: bool) -> None:
    """Print how a number came about.

    Parameters
    ----------
    city : City
        The city.
    address : str
        Address, or words to look for.
    language : {"zh", "en"}
        Language.
    depth : int or None
        Levels to walk down; by default `SHOWN` on the terminal and `DEEP` as data.
    whole : bool
        Every level and every input.
    as_json : bool
        Print the JSON document.
    """
    node = df.explain(address, city=city, depth=depth or (DEEP if whole or as_json else SHOWN))
    if as_json:
        print_json(node)
    else:
        console().print(explanation_tree(node, language, widest=None if whole else WIDE))


def show_assessment(found: df.Assessment, language: Language, *, as_json: bool, part: str) -> None:
    """Print an assessment: verdict counts, headline findings, clashes.

    Parameters
    ----------
    found : Assessment
        Result of ``assess``.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print the JSON document.
    part : str
        ``all``, or ``verdicts`` for the verdicts only.
    """
    from dafeng.work.views import assessment_document, build_view

    if as_json:
        document = assessment_document(build_view(found))
        print_json(document if part == "all" else {"verdicts": document["verdicts"]})
        return
    out = console()
    city = plain_text(found.city.label.read(language), style="bold")
    out.rule(Text.assemble(city, f" {found.year} · run {found.run.id}"))
    out.print(counts_row(found.verdicts.counts, language))
    if part == "verdicts":
        _print_verdicts(found, language)
        return
    for one in found.answers:
        out.print(plain_text(one.question.read(language), style="bold"), one.answer.read(language))
    out.print()
    for line in found.headlines:
        out.print(plain_text(f"▸ {line.question.read(language)}", style="cyan"))
        out.print(f"  {line.answer.read(language)}")
    errors = sum(f.severity == "error" for f in found.findings)
    zh = f"发现 {len(found.findings)} 条（错误 {errors}）· 追溯任一数：dafeng explain {found.city.folder} 地址"
    en = f"{len(found.findings)} findings ({errors} errors) · walk any number down: dafeng explain {found.city.folder} ADDRESS"
    out.print(f"\n{say(language, zh, en)}")


def _print_verdicts(found: df.Assessment, language: Language) -> None:
    heads = say(language, "目标 指标 年份 要求 评价 依据", "target indicator year asked verdict reason").split()
    rows: list[list[str | Text]] = []
    for row in found.verdicts.rows:
        target = row.target
        name = row.indicator.label.read(language) if row.indicator else target.indicator
        asked = f"{target.comparator} {target.value if target.value is not None else '—'} {target.unit}"
        shape = show_verdict(row.judgement.verdict, language)
        rows.append([target.id, name, str(target.year or "—"), asked, shape, row.judgement.reason.read(language)])
    console().print(grid("", heads, rows))


def describe_finding(finding: Finding) -> Mapping[str, Any]:
    """A finding, as JSON-able values.

    Parameters
    ----------
    finding : Finding
        The finding.

    Returns
    -------
    mapping
        Id, rule, place, severity, text and remedy; a suggestion where there is one.
    """
    from dafeng.readers.numbers import plain
    from dafeng.readers.suggestions import AuditFinding, name_finding

    told: dict[str, Any] = {
        "id": name_finding(finding),
        "rule": finding.rule,
        "at": finding.at,
        "severity": finding.severity,
        "says": {"zh": finding.says.zh, "en": finding.says.en},
        "remedy": {"zh": finding.remedy.zh, "en": finding.remedy.en},
    }
    made = finding.suggestion if isinstance(finding, AuditFinding) else None
    if made is not None:
        told["suggestion"] = {"fact": made.fact, "at": made.at, "value": plain(made.value), "unit": made.unit}
    return told
