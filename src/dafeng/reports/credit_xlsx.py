"""The credit report of an enterprise as a workbook: terms, judgements, figures, explanations.

Invariant: no text can become a formula; figures are the decimal text of the report; the same report gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

from dafeng.core.labels import Language
from dafeng.reports.credit_report import list_judgements, list_terms, write_report
from dafeng.reports.inventory_xlsx import BORN
from dafeng.reports.workbook import STRICT, neutralise

WIDTHS = (24, 40, 26, 20, 48)


def write_xlsx(document: Mapping[str, Any], language: Language) -> bytes:
    """Write a credit report as a workbook.

    Parameters
    ----------
    document : mapping
        ``work.credit_report.export_credit``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    bytes
        The file.
    """
    body, zh, made = document["body"], language == "zh", io.BytesIO()
    with xlsxwriter.Workbook(made, {**STRICT, "in_memory": True}) as book:
        book.set_properties({"title": write_report(document, language).title, "created": BORN})
        head = book.add_format({"bold": True, "bg_color": "#DFF0ED", "border": 1, "text_wrap": True})
        terms = [*list_terms(document, language), ("SHA-256", document["sha256"])]
        _sheet(book, head, "说明" if zh else "terms", ("项目", "内容") if zh else ("item", "content"), terms)
        judged = [(year, item, result.text, source) for year, item, result, source in list_judgements(document, language)]
        heads: tuple[str, ...] = ("年份", "项目", "结果", "来源") if zh else ("year", "item", "result", "source")
        _sheet(book, head, "评价" if zh else "judgements", heads, judged)
        heads = ("年份", "项目", "数值", "单位", "追溯地址") if zh else ("year", "item", "value", "unit", "address")
        _sheet(book, head, "数据" if zh else "figures", heads, (_figure(one, language) for one in body["figures"]))
        heads = ("追溯地址", "说明", "数值", "单位", "算式、来源") if zh else ("address", "says", "value", "unit", "made by")
        _sheet(book, head, "追溯" if zh else "explanations", heads, (_trace(one, language) for one in body["traces"].values()))
    return made.getvalue()


def _figure(one: Mapping[str, Any], language: Language) -> tuple[str, ...]:
    value = one["value"] if one["value"] is not None else one["why"][language]
    return str(one["year"]), one["label"][language], value, one["unit"], one["address"]


def _trace(one: Mapping[str, Any], language: Language) -> tuple[str, ...]:
    cell = one.get("cell")
    where = f"{cell['file']} {cell['sheet']} {cell['cell']}" if cell else ""
    made = " · ".join(part for part in (one.get("expression"), where, one.get("source")) if part)
    return one["address"], one["says"][language], one["value"] or "", one.get("unit") or "", made


def _sheet(book: Any, head: Any, name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    page = book.add_worksheet(name)
    for at, text in enumerate(heads):
        page.set_column(at, at, WIDTHS[at])
        page.write_string(0, at, text, head)
    for line, row in enumerate(rows, 1):
        for at, text in enumerate(row):
            page.write_string(line, at, neutralise(text))
    page.freeze_panes(1, 0)
