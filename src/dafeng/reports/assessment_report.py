"""The assessment of a city in words, tables and charts, written from the view document of a run.

Invariant: every figure is one of the view and brings its address; a part whose figures are missing says so and claims nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dafeng.core.labels import Label, Language
from dafeng.reports.assessment_balance import tell_balance
from dafeng.reports.assessment_clashes import tell_clashes
from dafeng.reports.assessment_measures import tell_measures
from dafeng.reports.assessment_peak import tell_peak
from dafeng.reports.assessment_power import tell_power
from dafeng.reports.assessment_quality import tell_methods, tell_quality
from dafeng.reports.assessment_targets import tell_targets
from dafeng.reports.blocks import Block, Heading, Paragraph, Report
from dafeng.reports.teller import Teller


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the report.

    Parameters
    ----------
    id : str
        Name that templates call it by.
    title : str
        Heading, without a number.
    blocks : tuple of Heading, Paragraph, Table or Chart
        What stands under it.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]


def list_chapters(view: Mapping[str, Any], language: Language) -> tuple[Chapter, ...]:
    """Chapters of the assessment report.

    Parameters
    ----------
    view : mapping
        View document of a run.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    tuple of Chapter
        Conclusions, targets, peak, contradictions, measures, energy and emissions, hours, data, methods.
    """
    teller = Teller(view, language)
    return tuple(Chapter(name, label.read(language), tuple(_TOLD[name](teller))) for name, label in CHAPTERS.items())


def write_report(view: Mapping[str, Any], language: Language) -> Report:
    """The assessment report.

    Parameters
    ----------
    view : mapping
        View document of a run.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    Report
        All chapters, one after another.
    """
    teller = Teller(view, language)
    day = date.fromisoformat(view["run"]["at"][:10])
    blocks = tuple(block for chapter in list_chapters(view, language) for block in (Heading(1, chapter.title), *chapter.blocks))
    return Report(
        title=teller.text(f"{teller.city}碳达峰实施方案评估报告", f"{teller.city}: assessment of the climate plan"),
        subtitle=teller.text(
            f"（{view['year']}年评估　{day.year}年{day.month}月{day.day}日）",
            f"Assessment year {view['year']}, {day.isoformat()}",
        ),
        language=language,
        blocks=blocks,
    )


def _tell_conclusions(teller: Teller) -> Iterator[Block]:
    """The answers of the first screen and the headline questions, as the run told them."""
    answers, headlines = teller.form.get("answers") or (), teller.form.get("headlines") or ()
    if not answers and not headlines:
        yield Paragraph((teller.text("本次评估没有得出结论。", "This assessment came to no conclusion."),))
        return
    titles = [row["title"] for row in teller.form.get("documents") or () if row["title"]]
    subject = teller.text("".join(f"《{title}》" for title in titles), "; ".join(titles))
    yield Paragraph(
        (
            teller.text(
                f"本报告评估{subject or '本市实施方案'}，依据冻结的评估运行 {teller.run} 写成；上标为追溯号，附录列出其地址。",
                f"This report assesses {subject or 'the plan of the city'}. It is written from the frozen run {teller.run}; "
                "raised numbers lead to the addresses in the appendix.",
            ),
        )
    )
    yield Heading(2, teller.text("总体判断", "The four answers"))
    for one in answers:
        yield _answer(teller, one)
    if headlines:
        yield Heading(2, teller.text("关键问题", "Key questions"))
    for at, one in enumerate(headlines, 1):
        yield Heading(3, teller.read(one["question"]))
        yield Paragraph((_ended(teller.read(one["answer"])), teller.mark(one.get("address"))))
        if one.get("numbers"):
            yield _figures(teller, one, at)


def _answer(teller: Teller, one: Mapping[str, Any]) -> Paragraph:
    return Paragraph((f"{teller.read(one['question'])} ", _ended(teller.read(one["answer"])), teller.mark(one.get("address"))))


def _ended(text: str) -> str:
    """A sentence that begins with a capital and has its full stop."""
    said = text[:1].upper() + text[1:]
    if said.endswith((".", "。", "?", "？")):
        return said
    return said + ("。" if any("一" <= sign <= "鿿" for sign in said) else ".")


def _figures(teller: Teller, one: Mapping[str, Any], at: int) -> Block:
    rows = [
        (
            teller.read(row["label"]),
            str(row["year"] or "—"),
            teller.word("basis", row["basis"]),
            teller.band(row),
            teller.word("grade", row["grade"]) if row["grade"] else "—",
        )
        for row in one["numbers"]
    ]
    heads = teller.heads("数字|年份|依据|数值|证据", "figure|year|basis|value|evidence")
    title = teller.text(f"问题 {at} 所依据的数字", f"Figures behind question {at}")
    return teller.table(title, heads, (66, 14, 16, 44, 16), rows, right=(1, 3))


CHAPTERS: Mapping[str, Label] = {
    "conclusions": Label("评估结论", "Conclusions"),
    "targets": Label("目标完成情况", "The targets"),
    "peak": Label("达峰判断", "The peak"),
    "clashes": Label("目标之间的矛盾与代价", "Contradictions and prices"),
    "measures": Label("补救措施", "Measures by cost"),
    "balance": Label("能源与排放", "Energy and emissions"),
    "hours": Label("逐时电力检验", "The hourly proof"),
    "quality": Label("数据质量与估计", "Data quality and estimates"),
    "methods": Label("方法、版本与运行", "Methods, versions and run"),
}
"""Chapters in their order."""
_TOLD: Mapping[str, Callable[[Teller], Iterator[Block]]] = {
    "conclusions": _tell_conclusions,
    "targets": tell_targets,
    "peak": tell_peak,
    "clashes": tell_clashes,
    "measures": tell_measures,
    "balance": tell_balance,
    "hours": tell_power,
    "quality": tell_quality,
    "methods": tell_methods,
}
