"""What ``dafeng balance`` prints: the views of each year, or one of them, or the energy flows.

Invariant: a number is printed as the verb gave it, with its unit; what is unknown says what it lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import dafeng as df
from dafeng.cli.printing import console, finding_rows, grid, print_json, read_label, say
from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language

Row = Mapping[str, Any]
GRADES: Mapping[str, Label] = {
    "primary": Label("一手", "primary"),
    "secondary": Label("二手", "secondary"),
    "derived": Label("推算", "derived"),
    "reported": Label("填报", "reported"),
    "estimated": Label("估算", "estimated"),
    "assumption": Label("假设", "assumption"),
    "provisional": Label("暂用", "provisional"),
}
"""Evidence grades in words, as the pages say them."""


def show_balance(found: df.EnergyAccount, language: Language, *, as_json: bool, view: str | None, sankey: bool) -> None:
    """Print energy balances.

    Parameters
    ----------
    found : EnergyAccount
        Result of ``balance``.
    language : {"zh", "en"}
        Language.
    as_json : bool
        Print JSON.
    view : str or None
        Only this view.
    sankey : bool
        Print the energy flows as JSON instead.

    Raises
    ------
    SettingError
        If there is no such view.
    """
    if view is not None and view not in found.book.views:
        raise _no_view(view, found)
    told = df.balance_document(found)
    if sankey:
        print_json({"place": told["place"], "years": [year["sankey"] for year in told["years"]], "findings": _leaks(told)})
        return
    for year in told["years"]:
        year["views"] = [row for row in year["views"] if view in (None, row["id"])]
    if as_json:
        print_json(told)
        return
    for year in told["years"]:
        _print_year(year, language, alone=view is not None)
    if view is None:
        _print_rest(found, told, language)


def _print_year(year: Row, language: Language, *, alone: bool) -> None:
    out = console()
    heads = say(language, "口径 数值 单位 各口径范围 等级 缺少", "view value unit range grade lacks").split()
    title = say(language, f"{year['year']}年能源平衡的口径", f"views of the energy balance of {year['year']}")
    out.print(grid(title, heads, [_view_row(row, language) for row in year["views"]], right=(1,)))
    if alone:
        return
    title = say(
        language, f"{year['year']}年分领域用能（{year['unit']}）", f"end use by field in {year['year']} ({year['unit']})"
    )
    rows = [
        [read_label(f["label"], language), _digits(f["calorific"]["value"]), _digits(f["equivalent"]["value"])]
        for f in year["fields"]
    ]
    out.print(grid(title, say(language, "领域 当量 等价", "field calorific equivalent").split(), rows, right=(1, 2)))


def _view_row(row: Row, language: Language) -> list[str]:
    ends = f"{_digits(row['low'])}–{_digits(row['high'])}" if row["low"] is not None else ""
    lacking = say(language, "、", "; ").join(read_label(label, language) for label in row["lacking"])
    number = row["value"]
    return [
        read_label(row["label"], language),
        _digits(number["value"]),
        number["unit"],
        ends,
        _grade(number["grade"], language),
        lacking,
    ]


def _grade(grade: str | None, language: Language) -> str:
    return read_label(GRADES[grade], language) if grade is not None and grade in GRADES else grade or ""


def _digits(value: float | None) -> str:
    return "—" if value is None else f"{Decimal(repr(value)).quantize(Decimal('0.0001')).normalize():f}"


def _print_rest(found: df.EnergyAccount, told: Row, language: Language) -> None:
    out = console()
    if told["published"] and not told["years"]:
        rows = [
            [
                str(p["value"]["year"]),
                read_label(p["label"], language),
                _digits(p["value"]["value"]),
                p["value"]["unit"],
                _grade(p["value"]["grade"], language),
            ]
            for p in told["published"]
        ]
        heads = say(language, "年份 指标 数值 单位 等级", "year indicator value unit grade").split()
        out.print(grid(say(language, "公布的单项数据", "published single figures"), heads, rows, right=(2,)))
    if found.findings:
        heads = say(language, "程度 位置 内容 处理", "severity place says remedy").split()
        out.print(grid(say(language, "问题", "findings"), heads, finding_rows(found.findings, language)))


def _leaks(told: Row) -> list[Row]:
    return [finding for finding in told["findings"] if finding["rule"] == "balance.leak"]


def _no_view(view: str, found: df.EnergyAccount) -> SettingError:
    known = ", ".join(found.book.views)
    return SettingError(
        Label(f"没有口径“{view}”", f"no view '{view}'"),
        where="--view",
        expected=Label(known, f"one of {known}"),
        remedy=Label("选用所列口径之一", "choose one of them"),
    )
