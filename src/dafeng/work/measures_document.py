"""Compared measures as a document and as files.

Invariant: document, table and workbook show the same figures; a figure that is unknown is an empty cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dafeng.core.errors import SettingError
from dafeng.core.labels import Label, Language
from dafeng.readers.table_book import write_book
from dafeng.store.files import write_whole
from dafeng.work.measures import CityMeasures
from dafeng.work.trace_abatement import trace_measures
from dafeng.work.tracing import TraceBook
from dafeng.work.view_measures import write_measures
from dafeng.work.view_number import Frame

Row = dict[str, Any]
FORMS = (".csv", ".xlsx")
"""Endings of files."""


def measures_document(compared: CityMeasures) -> Row:
    """What comparing measures found, as the view has it.

    Parameters
    ----------
    compared : CityMeasures
        Result of ``measures``.

    Returns
    -------
    dict
        ``city``, ``abatement`` (``None`` where the city's figures do not suffice) and ``findings``.
    """
    traces = TraceBook()
    trace_measures(compared, traces)
    return {
        "city": compared.city.slug,
        "abatement": write_measures(compared, Frame("", traces)),
        "findings": [
            {
                "rule": one.rule,
                "at": one.at,
                "severity": one.severity,
                "says": {"zh": one.says.zh, "en": one.says.en},
                "remedy": {"zh": one.remedy.zh, "en": one.remedy.en},
            }
            for one in compared.findings
        ],
    }


def save_measures(compared: CityMeasures, path: Path | str, *, language: Language = "zh") -> Path:
    """Write compared measures to a file.

    Parameters
    ----------
    compared : CityMeasures
        Result of ``measures``.
    path : Path or str
        ``.csv`` with one line per measure and year, or ``.xlsx`` with years, orders and the table of figures as sheets.
    language : {"zh", "en"}
        Language of headings and names.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    SettingError
        If the ending is none of these, or nothing could be compared.
    """
    target = Path(path)
    found = measures_document(compared)["abatement"]
    if target.suffix.lower() not in FORMS or found is None:
        raise _unwritable(target, found is None)
    lines = list(_lines(found, language))
    if target.suffix.lower() == ".csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(lines)
        write_whole(target, text.getvalue().encode("utf-8-sig"))
    else:
        sheets = {"curves": lines, "orders": list(_orders(found, language)), "figures": list(_figures(found, language))}
        named = {_SHEETS[name][language]: [list(map(_text, row)) for row in rows] for name, rows in sheets.items()}
        write_whole(target, write_book(named))
    return target


_SHEETS: Mapping[str, Mapping[str, str]] = {
    "curves": {"zh": "减排与成本", "en": "abatement"},
    "orders": {"zh": "最省次序", "en": "cheapest next"},
    "figures": {"zh": "措施数据", "en": "figures"},
}
_HEADS: Mapping[str, str] = {
    "zh": "措施 领域 年份 属地减排Mt P10 P90 标准误 单独 最后 消费口径减排Mt 年成本亿元 能源费用变化亿元 净成本亿元 "
    "属地元/吨 P10 P90 消费口径元/吨 财政亿元 企业亿元 居民亿元",
    "en": "measure field year local-Mt P10 P90 standard-error alone last consumed-Mt outlay energy-bill net-cost "
    "local-CNY/t P10 P90 consumed-CNY/t city enterprise household",
}


def _lines(found: Row, language: Language) -> Iterator[list[Any]]:
    yield _HEADS[language].split()
    named = {one["id"]: one for one in found["measures"]}
    for curve in found["curves"]:
        for share in curve["shares"]:
            one = named[share["id"]]
            avoided, price = share["avoided"]["local"], share["price"]["local"]
            yield [
                one["label"][language],
                found["fields"][one["field"]][language],
                curve["year"] if curve["year"] is not None else {"zh": "累计", "en": "all"}[language],
                avoided["value"],
                avoided["low"],
                avoided["high"],
                share["error"]["local"],
                share["alone"]["value"],
                share["last"]["value"],
                share["avoided"]["consumed"]["value"],
                _value(share["outlay"]),
                _value(share["saving"]),
                _value(share["cost"]),
                _value(price),
                "" if price is None else price["low"],
                "" if price is None else price["high"],
                _value(share["price"]["consumed"]),
                *(_value(share["paid"].get(payer)) for payer in ("city", "enterprise", "household")),
            ]


def _orders(found: Row, language: Language) -> Iterator[list[Any]]:
    yield {
        "zh": ["年份", "口径", "次序", "措施", "增加减排Mt", "增加净成本亿元", "元/吨"],
        "en": ["year", "scope", "step", "measure", "Mt added", "net cost added 10^8 CNY", "CNY/t"],
    }[language]
    named = {one["id"]: one["label"][language] for one in found["measures"]}
    for curve in found["curves"]:
        for scope, steps in curve["orders"].items():
            for at, step in enumerate(steps, 1):
                cells = (_value(step[key]) for key in ("avoided", "cost", "price"))
                yield [curve["year"], found["scopes"][scope][language], at, named[step["id"]], *cells]


def _figures(found: Row, language: Language) -> Iterator[list[Any]]:
    yield {
        "zh": ["数据", "低", "中", "高", "单位", "来源", "等级", "说明"],
        "en": ["figure", "low", "mid", "high", "unit", "source", "grade", "note"],
    }[language]
    for one in found["assumptions"]:
        note = one["note"][language] if one["note"] else ""
        corners = [one[corner] for corner in ("low", "mid", "high")]
        yield [one["label"][language], *corners, one["unit"], one["source"], one["grade"], note]


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else repr(cell)


def _value(number: Row | None) -> Any:
    return "" if number is None else number["value"]


def _unwritable(target: Path, empty: bool) -> SettingError:
    zh, en = ("没有可写的措施", "there are no measures to write") if empty else ("的结尾不认识", "has an unknown ending")
    return SettingError(
        Label(f"“{target.name}”{zh}", f"'{target.name}': {en}"),
        where="dafeng measures --out",
        expected=Label(f"以 {'、'.join(FORMS)} 结尾，且城市数据足够", f"an ending {', '.join(FORMS)} and a city with figures"),
        remedy=Label("换一个结尾，或补充城市的 data/drivers.csv", "use another ending, or add to the city's data/drivers.csv"),
    )
