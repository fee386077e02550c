"""The tables of the report of an inventory.

Invariant: a table holds figures of the form, rounded once for reading; a line without a result shows its key.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dafeng.reports.blocks import Figure, Part, Table
from dafeng.reports.voice import Voice, digits

Row = Mapping[str, Any]
SHOWN = 12
"""Rows of one field that the report lists; all of them stand in the workbook."""
TEXT = 156
"""Width of the text. [mm]"""


def list_methods(voice: Voice) -> Table:
    """Methods and editions that were used.

    Parameters
    ----------
    voice : Voice
        The form in one language.

    Returns
    -------
    Table
        One row per method and edition.
    """
    read = voice.read
    return Table(
        voice.text("所用方法与版本", "Methods and editions used"),
        "",
        voice.heads("方法|版本|出处|条款", "method|edition|source|clause"),
        (42, 44, 40, 30),
        tuple((read(m["title"]), read(m["edition"]), read(m["source"]), m["clause"] or "—") for m in voice.form["methods"]),
    )


def list_unknown(voice: Voice) -> Table:
    """What nobody here has seen of the guideline.

    Parameters
    ----------
    voice : Voice
        The form in one language.

    Returns
    -------
    Table
        One row per gap, with what stands in.
    """
    return Table(
        voice.text("指南中未见的内容", "What was not seen of the guideline"),
        "",
        voice.heads("类别|说明", "category|remark"),
        (44, TEXT - 44),
        tuple((gap["category"], voice.read(gap["says"])) for gap in voice.form["unknown"]),
    )


def list_lines(voice: Voice) -> Table:
    """The inventory in the lines of the main layout.

    Parameters
    ----------
    voice : Voice
        The form in one language.

    Returns
    -------
    Table
        Only columns of gases that occur; a line without a result shows its key.
    """
    gases = [g for g in voice.form["gases"] if any(line["gases"][g["id"]] is not None for line in voice.lines)]
    width = min(22, 92 // (len(gases) + 1))

    def row(line: Row) -> tuple[Part, ...]:
        name = voice.text("　", "   ") * line["level"] + voice.read(line["label"])
        masses = (digits(line["gases"][g["id"]]) for g in gases)
        return ("" if line["total"] else line["code"], name, *masses, voice.figure(line))

    return Table(
        voice.text("温室气体清单汇总表", "Summary of the inventory"),
        voice.text(
            "万吨（CO2、CH4、N2O 为气体质量，其余为二氧化碳当量）", "10⁴ t (CO2, CH4, N2O by mass, others as equivalents)"
        ),
        (
            *voice.heads("代码|项目", "code|item"),
            *(voice.read(g["label"]) for g in gases),
            voice.text("合计 CO2e", "total CO2e"),
        ),
        (11, TEXT - 11 - width * (len(gases) + 1), *(width for _ in gases), width),
        tuple(row(line) for line in voice.lines),
        right=frozenset(range(2, 3 + len(gases))),
        strong=frozenset(at for at, line in enumerate(voice.lines) if line["level"] == 0),
        source=voice.text(
            "标识：NE 未估算，NO 不存在，IE 计入别处，NA 不适用，C 保密；“—”不是零。",
            "NE not estimated, NO not occurring, IE included elsewhere, NA not applicable, C confidential; a dash is no zero.",
        ),
    )


def list_fuels(voice: Voice) -> Table:
    """Carbon dioxide of fuel burnt by fuel and sector.

    Parameters
    ----------
    voice : Voice
        The form in one language.

    Returns
    -------
    Table
        With its sums.
    """
    table = voice.form["fuels"]
    codes = [column["code"] for column in table["columns"]]
    width = min(19, 132 // (len(codes) + 1))
    rows = [
        (voice.read(row["label"]), *(digits(row["values"].get(code)) for code in codes), digits(row["total"]))
        for row in table["rows"]
    ]
    whole = (voice.text("合计", "total"), *(digits(table["totals"][code]) for code in codes), digits(table["total"]))
    names = (voice.read(column["label"]) for column in table["columns"])
    return Table(
        voice.text("分品种、分部门的燃料燃烧二氧化碳排放", "CO2 of fuel burnt by fuel and sector"),
        voice.text("万吨二氧化碳", "10⁴ tCO2"),
        (voice.text("品种", "fuel"), *names, voice.text("合计", "total")),
        (TEXT - width * (len(codes) + 1), *(width for _ in codes), width),
        (*rows, whole),
        right=frozenset(range(1, len(codes) + 2)),
        strong=frozenset({len(rows)}),
        source=voice.text(
            "各格为该品种在该部门各项结果之和，各项结果及其地址列于“分领域情况”和工作簿。",
            "Each cell sums the results of that fuel and sector; their addresses are listed by field and in the workbook.",
        ),
    )


def list_layouts(voice: Voice) -> Table:
    """Totals of the other layouts.

    Parameters
    ----------
    voice : Voice
        The form in one language.

    Returns
    -------
    Table
        One row per total.
    """
    totals = [(layout, line) for layout in voice.form["layouts"][1:] for line in layout["lines"] if line["total"]]
    return Table(
        voice.text("其他口径的合计", "Totals of the other layouts"),
        voice.text("万吨二氧化碳当量", "10⁴ tCO2e"),
        voice.heads("口径|合计|数值", "layout|total|value"),
        (62, 62, 32),
        tuple((voice.read(layout["label"]), voice.read(line["label"]), voice.figure(line)) for layout, line in totals),
        right=frozenset({2}),
    )


def list_years(voice: Voice) -> Table:
    """Totals of all years.

    Parameters
    ----------
    voice : Voice
        The form in one language.

    Returns
    -------
    Table
        One row per year, with whether nothing is lacking.
    """
    rows = []
    for one in voice.form["years"]:
        cells = [one["totals"].get(code) for code in ("gross", "net", "all")]
        figures = tuple(Figure(digits(cell["value"]), cell["address"]) if cell else "—" for cell in cells)
        rows.append((str(one["year"]), *figures, voice.text("是", "yes") if one["complete"] else voice.text("否", "no")))
    return Table(
        voice.text("各年温室气体排放", "Greenhouse gas emissions by year"),
        voice.text("万吨二氧化碳当量", "10⁴ tCO2e"),
        voice.heads(
            "年份|直接排放（不含林业）|直接排放（含林业）|直接排放与信息项|各项齐全",
            "year|direct, without forestry|direct, with forestry|with information item|complete",
        ),
        (18, 40, 40, 38, 20),
        tuple(rows),
        right=frozenset({1, 2, 3}),
        source=voice.text(
            "“否”的年份有未估算或缺因子的项，不可与其他年份直接比较。",
            "Years marked 'no' lack lines or factors and cannot be compared with others.",
        ),
    )


def list_cells(voice: Voice, line: Row) -> Table:
    """Results of one top line, the largest first.

    Parameters
    ----------
    voice : Voice
        The form in one language.
    line : mapping
        The line.

    Returns
    -------
    Table
        At most ``SHOWN`` rows; how many more there are stands below.
    """
    name, head = voice.read(line["label"]), f"{line['code']}."
    own = [c for c in voice.form["cells"] if c["co2e"] is not None and f"{c['line']}.".startswith(head)]
    shown = sorted(own, key=lambda c: -abs(Decimal(c["co2e"])))[:SHOWN]
    rest = len(own) - len(shown)
    return Table(
        voice.text(f"{name}：活动数据、因子与排放", f"Activity, factor and emission: {name}"),
        "",
        voice.heads("类别|品种|活动数据|综合因子|排放（万吨CO2e）", "category|substance|activity|composed factor|10⁴ tCO2e"),
        (34, 30, 32, 36, 24),
        tuple(_cell(voice, row) for row in shown),
        right=frozenset({2, 3, 4}),
        source=voice.text(f"按排放量从大到小；另有 {rest} 项见工作簿。", f"Largest first; {rest} more in the workbook.")
        if rest
        else "",
    )


def _cell(voice: Voice, row: Row) -> tuple[Part, ...]:
    amount = f"{digits(row['amount'])} {voice.unit(row['amount_unit'])}"
    return (
        voice.read(row["category"]),
        f"{voice.read(row['carrier'])} {voice.read(row['flow'])}".strip(),
        Figure(amount, row["facts"][0]["address"]) if row["facts"] else amount,
        f"{digits(row['composed'], places=4)} {voice.unit(row['value_unit'])}/{voice.unit(row['amount_unit'])}",
        Figure(digits(row["co2e"]), row["address"]),
    )


def list_intervals(voice: Voice) -> Table:
    """Uncertainty of the categories, the largest part of the variance first.

    Parameters
    ----------
    voice : Voice
        The form in one language, with an interval.

    Returns
    -------
    Table
        At most ``SHOWN`` rows.
    """
    rows = voice.form["uncertainty"]["rows"][:SHOWN]
    return Table(
        voice.text("各类别的不确定性", "Uncertainty by category"),
        voice.text("万吨二氧化碳当量", "10⁴ tCO2e"),
        voice.heads("类别|气体|排放|95% 区间|相对 ±%|占方差 %", "category|gas|emission|95 % interval|±%|% of variance"),
        (44, 30, 24, 30, 14, 14),
        tuple(
            (
                voice.read(row["label"]),
                voice.read(row["gas"]),
                Figure(digits(row["value"]), row["address"]),
                f"{digits(row['low'])} ~ {digits(row['high'])}",
                _percent(row["combined"]),
                _percent(row["variance_share"]),
            )
            for row in rows
        ),
        right=frozenset({2, 3, 4, 5}),
    )


def _percent(value: float | None) -> str:
    return "—" if value is None else digits(repr(value), places=1)


def list_gaps(voice: Voice) -> Table | None:
    """Lines without a result.

    Parameters
    ----------
    voice : Voice
        The form in one language.

    Returns
    -------
    Table or None
        ``None`` where every line has one.
    """
    lines = [line for line in voice.lines if line["key"] and not line["total"]]
    if not lines:
        return None
    return Table(
        voice.text("没有结果的项", "Lines without a result"),
        "",
        voice.heads("代码|项目|标识|说明", "code|item|key|remark"),
        (14, 56, 14, 72),
        tuple(
            (line["code"], voice.read(line["label"]), line["key"], voice.read(line["says"] or line["key_says"]))
            for line in lines
        ),
    )


def list_errors(voice: Voice) -> Table | None:
    """Errors of the accounting: what is not in the inventory, and what to do.

    Parameters
    ----------
    voice : Voice
        The form in one language.

    Returns
    -------
    Table or None
        ``None`` where there is none.
    """
    rows = [one for one in voice.form["findings"] if one["severity"] == "error"]
    if not rows:
        return None
    return Table(
        voice.text("核算中的错误", "Errors of the accounting"),
        "",
        voice.heads("内容|处理", "what|remedy"),
        (106, 50),
        tuple((voice.read(one["says"]), voice.read(one["remedy"])) for one in rows),
    )


def list_factors(voice: Voice) -> Table:
    """Factors that were used.

    Parameters
    ----------
    voice : Voice
        The form in one language.

    Returns
    -------
    Table
        With source, evidence and match.
    """
    return Table(
        voice.text("所用因子", "Factors used"),
        "",
        voice.heads("因子|数值|出处与条款|等级|匹配", "factor|value|source and clause|evidence|match"),
        (38, 38, 44, 14, 22),
        tuple(
            (
                f"{voice.read(row['substance'])} {voice.read(row['parameter'])}",
                Figure(f"{row['value']} {voice.unit(row['value_unit'])}", row["address"]),
                f"{row['source']} {row['clause'] or ''}".strip(),
                voice.word("grade", row["grade"]),
                voice.word("match", row["match"]),
            )
            for row in voice.form["factors"]
        ),
        right=frozenset({1}),
    )
