"""The report of an enterprise's carbon account for a bank, in words and tables.

Invariant: what stands here stands in the body of the report; figures are set as they are, never computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dafeng.core.labels import Language
from dafeng.reports.blocks import Block, Figure, Heading, Paragraph, Report, Table

Row = Mapping[str, Any]
NONE = "—"
PARTS: Sequence[tuple[str, tuple[str, ...], str, str]] = (
    ("facts", ("fact",), "填报与核算数据", "Delivered and accounted figures"),
    ("indicators", ("indicator",), "指标", "Indicators"),
    ("comparisons", ("benchmark", "before"), "与基准、上年之比", "Against benchmark and year before"),
    ("scores", ("part", "score"), "评分", "Scores"),
    ("completion", ("completion",), "目标完成率", "Completion of targets"),
)
"""Kinds of figures that stand in one table."""


def write_report(document: Row, language: Language) -> Report:
    """The report as blocks.

    Parameters
    ----------
    document : mapping
        ``work.credit_report.export_credit``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    Report
        What it is for, judgements, figures by kind, and how it can be verified.
    """
    body = document["body"]
    zh = language == "zh"
    name = body["enterprise"]["label"][language]
    title = f"{name}碳账户信用报告" if zh else f"Carbon account of {name}: credit report"
    if body["city"]["invented"]:
        title += "（虚构示例）" if zh else " (invented example)"
    code = document["code"]
    return Report(
        title=title,
        subtitle=f"验证码 {code}" if zh else f"verification code {code}",
        language=language,
        blocks=tuple(_blocks(document, language)),
    )


def _blocks(document: Row, language: Language) -> Iterator[Block]:
    body, zh = document["body"], language == "zh"
    yield Heading(1, "用途与授权" if zh else "Purpose and authorisation")
    yield Table(
        "授权要素" if zh else "Terms",
        "",
        *_columns(("项目", "内容"), ("item", "content"), language, (40, 120)),
        tuple(list_terms(document, language)),
    )
    judged = list_judgements(document, language)
    if judged:
        yield Heading(1, "评价" if zh else "Judgements")
        heads = ("年份", "项目", "结果", "来源"), ("year", "item", "result", "source")
        yield Table("评价结果" if zh else "Results", "", *_columns(*heads, language, (16, 60, 40, 44)), tuple(judged))
    for _, kinds, name_zh, name_en in PARTS:
        rows = [one for one in body["figures"] if one["kind"] in kinds and one["value"] is not None]
        if rows:
            yield Heading(1, name_zh if zh else name_en)
            heads = ("年份", "项目", "数值", "单位"), ("year", "item", "value", "unit")
            yield Table(
                name_zh if zh else name_en,
                "",
                *_columns(*heads, language, (16, 74, 36, 34)),
                tuple(_figure(one, language) for one in rows),
                frozenset({2}),
            )
    unknown = sum(one["value"] is None for one in body["figures"])
    if unknown:
        said = f"另有 {unknown} 项没有数据，不能确定；缺数不等于零。"
        said_en = f"{unknown} further figures are unknown for want of data; unknown is not zero."
        yield Paragraph((said if zh else said_en,))
    yield Heading(1, "验证" if zh else "Verification")
    told = f"数据摘要 SHA-256 为 {document['sha256']}；验证码 {document['code']}。向出具城市查询该验证码可核对真伪与授权状态。"
    told_en = (
        f"SHA-256 of the data: {document['sha256']}; code {document['code']}. "
        "The issuing city tells by the code whether it handed this out and whether the authorisation still holds."
    )
    yield Paragraph((told if zh else told_en,))


def list_terms(document: Row, language: Language) -> list[tuple[str, str]]:
    """Terms of the report: for whom, what for, until when.

    Parameters
    ----------
    document : mapping
        The report.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    list of (str, str)
        Item and content.
    """
    body, zh = document["body"], language == "zh"
    granted = body["authorisation"]
    city = f"{body['city']['label'][language]} {body['city']['code']}"
    return [
        ("企业" if zh else "enterprise", f"{body['enterprise']['label'][language]} {body['enterprise']['id']}"),
        ("行业" if zh else "sector", body["enterprise"]["sector"] or NONE),
        ("出具城市" if zh else "issued by", city),
        ("使用机构" if zh else "recipient", body["recipient"]),
        ("用途" if zh else "purpose", body["purpose"]),
        ("授权编号" if zh else "authorisation", f"{granted['id']} ({granted['at']})"),
        ("授权书" if zh else "letter", granted["evidence"]),
        ("授权截止" if zh else "valid until", granted["until"]),
        ("授权内容" if zh else "parts", ", ".join(body["fields"])),
        ("出具时间" if zh else "issued at", body["issued_at"]),
        ("验证码" if zh else "verification code", document["code"]),
    ]


def list_judgements(document: Row, language: Language) -> list[tuple[str, str, Figure, str]]:
    """Grades, warnings and sizes as rows.

    Parameters
    ----------
    document : mapping
        The report.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    list of tuple
        Year, item, result, source.
    """
    return [
        (str(one["year"]), one["label"][language], Figure(one["says"][language], one["address"]), one["source"])
        for one in document["body"]["judgements"]
    ]


def _figure(one: Row, language: Language) -> tuple[str, str, Figure, str]:
    return str(one["year"]), one["label"][language], Figure(one["value"], one["address"]), one["unit"]


def _columns(
    zh: tuple[str, ...], en: tuple[str, ...], language: Language, widths: tuple[int, ...]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    return (zh if language == "zh" else en), widths
