"""What stands in the sheets of an inventory workbook: headings, texts and amounts, before any format.

Invariant: an amount stays the exact decimal of the form; a missing one is ``None``, never zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dafeng.core.labels import Language
from dafeng.reports.voice import Voice

Row = Mapping[str, Any]
Cell = str | int | Decimal | None
"""What a cell may hold."""


@dataclass(frozen=True, slots=True)
class FormSheet:
    """One sheet of the workbook.

    Parameters
    ----------
    name : str
        Name, at most 31 characters.
    title : str
        Title above the table.
    heads : tuple of str
        Headings; the unit stands in them.
    widths : tuple of int
        Widths. [characters]
    rows : tuple of tuple
        Cells: texts, whole numbers, exact decimals, or ``None``.
    strong : frozenset of int
        Numbers of the rows that are sums.
    levels : tuple of int
        Indent of each row; empty where none is indented.
    notes : tuple of str
        Lines below the table.
    fixed : int
        Columns that stay in view.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    strong: frozenset[int] = frozenset()
    levels: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    fixed: int = 2


def list_sheets(form: Row, language: Language) -> tuple[FormSheet, ...]:
    """Sheets of an inventory in order.

    Parameters
    ----------
    form : mapping
        ``work.inventory_form.inventory_form``.
    language : {"zh", "en"}
        Language.

    Returns
    -------
    tuple of FormSheet
        One per layout, then fuels, activity data, factors, findings and checks.
    """
    say = _Speaker(form, language)
    layouts = [say.layout(row) for row in form["layouts"]]
    return (*layouts, say.fuels(), say.cells(), say.factors(), say.findings(), say.checks())


@dataclass(frozen=True, slots=True)
class _Speaker(Voice):
    @property
    def unit_name(self) -> str:
        return self.read(self.form["unit"])

    def layout(self, row: Row) -> FormSheet:
        lines = row["lines"]
        gases = [f"{self.read(g['label'])} ({self.unit_name}{'' if g['by_mass'] else ' CO2e'})" for g in self.form["gases"]]
        last = ("生物质CO2 标识 说明 追溯地址", "biogenic-CO2 key remark address")
        heads = (
            *self.text("代码 项目 范围", "code item scope").split(),
            *gases,
            f"{self.text('合计', 'total')} ({self.unit_name} CO2e)",
            *(word.replace("-", " ") for word in self.text(*last).split()),
        )
        rows = tuple(self._line(line) for line in lines)
        return FormSheet(
            name=self.text({"city": "清单汇总"}.get(row["id"], row["id"].upper()), row["id"]),
            title=f"{self.title} · {self.read(row['label'])}",
            heads=heads,
            widths=(8, 34, 6, *(15 for _ in gases), 17, 13, 7, 44, 30),
            rows=rows,
            strong=frozenset(at for at, line in enumerate(lines) if line["level"] == 0),
            levels=tuple(line["level"] for line in lines),
            notes=(
                self.text(
                    f"增温潜势 {self.form['warming']['id'].upper()}：{self.read(self.form['warming']['says'])}。",
                    f"Warming potentials {self.form['warming']['id'].upper()}: {self.read(self.form['warming']['says'])}.",
                ),
                self.text(
                    "标识：NE 未估算，NO 不存在，IE 计入别处，NA 不适用，C 保密；空格不是零。",
                    "Keys: NE not estimated, NO not occurring, IE included elsewhere, NA not applicable, C confidential; "
                    "an empty cell is no zero.",
                ),
            ),
        )

    def _line(self, line: Row) -> tuple[Cell, ...]:
        gases = [_number(line["gases"][g["id"]]) for g in self.form["gases"]]
        code = self.text("合计", "total") if line["total"] else line["code"]
        missing = (
            self.text(f"{line['missing']} 项缺因子", f"{line['missing']} results lack a factor") if line["missing"] else ""
        )
        said = "; ".join(part for part in (missing, self.read(line["says"])) if part)
        amounts = (_number(line["co2e"]), _number(line["biogenic"]))
        return (code, self.read(line["label"]), line["scope"], *gases, *amounts, line["key"], said, line.get("address"))

    def fuels(self) -> FormSheet:
        table = self.form["fuels"]
        columns = table["columns"]
        rows = [
            (self.read(row["label"]), *(_number(row["values"].get(c["code"])) for c in columns), _number(row["total"]))
            for row in table["rows"]
        ]
        whole = (self.text("合计", "total"), *(_number(table["totals"][c["code"]]) for c in columns), _number(table["total"]))
        unit = f"({self.unit_name} CO2)"
        return FormSheet(
            name=self.text("能源分品种", "fuels"),
            title=self.text("化石燃料燃烧二氧化碳：品种 × 部门", "CO2 of fuel burnt: fuels by sector"),
            heads=(
                self.text("品种", "fuel"),
                *(f"{c['code']} {self.read(c['label'])} {unit}" for c in columns),
                f"{self.text('合计', 'total')} {unit}",
            ),
            widths=(22, *(17 for _ in columns), 17),
            rows=(*rows, whole),
            strong=frozenset({len(rows)}),
            fixed=1,
        )

    def cells(self) -> FormSheet:
        heads = self.text(
            "行 类别 品种 处理 年份 活动数据 单位 综合因子 因子单位 排放量 单位 气体 CO2e 方法 版本 匹配 数据来源 数据等级 "
            "交付位置 地址",
            "line category substance treatment year activity unit composed-factor unit emission unit gas CO2e method edition "
            "match data-source data-grade delivered-cell address",
        ).split()
        heads[12] = f"{heads[12]} ({self.unit_name})"
        return FormSheet(
            name=self.text("活动数据与排放", "activity"),
            title=self.text("活动数据、因子与排放量（逐项）", "activity data, factors and emissions, one by one"),
            heads=tuple(head.replace("-", " ") for head in heads),
            widths=(7, 24, 18, 14, 7, 16, 12, 17, 16, 20, 10, 14, 16, 26, 28, 12, 18, 12, 34, 40),
            rows=tuple(self._cell(row) for row in self.form["cells"]),
            fixed=3,
        )

    def _cell(self, row: Row) -> tuple[Cell, ...]:
        facts = row["facts"]
        return (
            row["line"],
            self.read(row["category"]),
            self.read(row["carrier"]),
            self.read(row["flow"]),
            row["year"],
            _number(row["amount"]),
            row["amount_unit"],
            _number(row["composed"]),
            row["composed_unit"],
            _number(row["value"]),
            row["value_unit"],
            self.read(row["gas"]),
            _number(row["co2e"]),
            self.read(row["method"]["title"]),
            self.read(row["edition"]),
            self.word("match", row["match"]),
            _once(one["source"] for one in facts),
            _once(self.word("grade", one["grade"]) for one in facts),
            _once(one["at"] for one in facts),
            row["address"],
        )

    def factors(self) -> FormSheet:
        heads = self.text(
            "因子 参数 数值 单位 标准 地区 年份 出处 条款 证据等级 匹配 匹配过程 用于项数 地址",
            "factor parameter value unit standard place year source clause evidence match how-it-matched results address",
        ).split()
        rows = tuple(
            (
                self.read(row["substance"]),
                self.read(row["parameter"]),
                _number(row["value"]),
                row["value_unit"],
                self.read(row["standard"]),
                row["place"],
                row["year"],
                self.read(row["source"]),
                row["clause"],
                self.word("grade", row["grade"]),
                self.word("match", row["match"]),
                self.read(row["steps"]),
                row["cells"],
                row["address"],
            )
            for row in self.form["factors"]
        )
        return FormSheet(
            name=self.text("因子", "factors"),
            title=self.text("所用因子、出处与匹配", "factors used, their sources and how they matched"),
            heads=tuple(head.replace("-", " ") for head in heads),
            widths=(20, 18, 14, 14, 28, 9, 7, 36, 26, 11, 12, 60, 9, 44),
            rows=rows,
        )

    def findings(self) -> FormSheet:
        keys = [
            (
                self.text("标识", "key"),
                line["key"],
                f"{row['id']} {line['code']} {self.read(line['label'])}",
                self.read(line["says"]) or self.read(line["key_says"]),
                "",
            )
            for row in self.form["layouts"]
            for line in row["lines"]
            if line["key"]
        ]
        said = [
            (self.word("severity", one["severity"]), one["rule"], one["at"], self.read(one["says"]), self.read(one["remedy"]))
            for one in self.form["findings"]
        ]
        gaps = [
            (self.text("指南未知", "unknown"), "", one["category"], self.read(one["says"]), "") for one in self.form["unknown"]
        ]
        return FormSheet(
            name=self.text("问题与标识", "findings"),
            title=self.text("问题、指南未知内容与标识", "findings, what is unknown in the guideline, notation keys"),
            heads=tuple(self.text("类型 规则或标识 位置 内容 处理", "kind rule|key place content remedy").split()),
            widths=(12, 24, 44, 80, 60),
            rows=(*said, *gaps, *keys),
            fixed=1,
        )

    def checks(self) -> FormSheet:
        rows = tuple(
            (
                row["layout"],
                row["code"],
                self.read(row["label"]),
                _number(row["stated"]),
                _number(row["parts"]),
                self.text("相符", "equal") if row["holds"] else self.text("不符", "DIFFERENT"),
            )
            for row in self.form["checks"]
        )
        unit = f"({self.unit_name} CO2e)"
        return FormSheet(
            name=self.text("核对", "checks"),
            title=self.text("合计与分项之和", "totals beside the sums of their parts"),
            heads=(
                *self.text("口径 代码 项目", "layout code item").split(),
                f"{self.text('合计', 'total')} {unit}",
                f"{self.text('分项之和', 'sum of parts')} {unit}",
                self.text("核对", "check"),
            ),
            widths=(12, 10, 40, 22, 22, 10),
            rows=rows,
        )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _once(texts: Iterator[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))
